//! Figures to an SVG: for each measure a bar for each server, the longest as wide as all others' longest.

use std::fmt::Write as _;

use crate::figures::{Figures, Measure};
use crate::peer::Peer;
use crate::table::short;

/// Pixels.
const WIDTH: usize = 860;
const NAMES: usize = 150;
const BARS: f64 = 620.0;
const BAR: usize = 18;
const HEAD: usize = 34;

/// The whole file.
pub(crate) fn of(figures: &Figures) -> String {
    let peers = figures.peers();
    let panel = HEAD + BAR * peers.len();
    let height = panel * Measure::ALL.len() + HEAD / 2;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{height}\" \
         font-family=\"Inter, sans-serif\" font-size=\"12\">\n\
         <title>What a Socket.IO server costs: shorter is better</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
    );
    for (at, measure) in Measure::ALL.into_iter().enumerate() {
        draw(&mut svg, figures, measure, &peers, at * panel + HEAD - 8);
    }
    svg.push_str("</svg>\n");
    svg
}

fn draw(svg: &mut String, figures: &Figures, measure: Measure, peers: &[Peer], top: usize) {
    let values = peers
        .iter()
        .filter_map(|peer| figures.median(*peer, measure));
    let longest = values.fold(f64::MIN_POSITIVE, f64::max);
    // A String takes everything.
    let _ = writeln!(
        svg,
        "<text x=\"10\" y=\"{top}\" font-weight=\"600\" fill=\"#1f2933\">{}</text>",
        measure.title()
    );
    for (at, peer) in peers.iter().enumerate() {
        let Some(value) = figures.median(*peer, measure) else {
            continue;
        };
        let (y, width) = (top + 8 + at * BAR, value / longest * BARS);
        let text = y + 11;
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{text}\" text-anchor=\"end\" fill=\"#52606d\">{}</text>\
             <rect x=\"{NAMES}\" y=\"{y}\" width=\"{width:.1}\" height=\"13\" rx=\"2\" fill=\"{}\"/>\
             <text x=\"{:.1}\" y=\"{text}\" fill=\"#1f2933\">{}</text>",
            NAMES - 8,
            peer.name(),
            color(*peer),
            NAMES as f64 + width + 6.0,
            short(value),
        );
    }
}

const fn color(peer: Peer) -> &'static str {
    match peer {
        Peer::Floor => "#cbd2d9",
        Peer::Ours => "#0b7285",
        Peer::OursInApp => "#66a9b4",
        Peer::Socketioxide | Peer::Node | Peer::Fastify => "#829ab1",
    }
}
