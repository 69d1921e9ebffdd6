//! Figures to Markdown: the medians, and what they are of the floor's and of ours.

use std::fmt::Write as _;

use crate::figures::{Figures, Measure};
use crate::peer::Peer;

/// Behind a figure that says more of the load than of the server.
const LIMITED: &str = " (load)";

/// The three tables.
pub(crate) fn of(figures: &Figures) -> String {
    let peers = figures.peers();
    let mut page = String::new();
    table(
        &mut page,
        "median",
        &peers,
        &Measure::ALL,
        |measure, peer| {
            let text = short(figures.median(peer, measure)?);
            let mark = if figures.limited(peer, measure) {
                LIMITED
            } else {
                ""
            };
            Some(format!("{text}{mark}"))
        },
    );
    if peers.len() > 1 && peers.contains(&Peer::Floor) {
        page.push('\n');
        of_the_floor(&mut page, figures, &peers);
    }
    if peers.len() > 1 && peers.contains(&Peer::Ours) {
        page.push('\n');
        of_ours(&mut page, figures, &peers);
    }
    page
}

fn of_the_floor(page: &mut String, figures: &Figures, peers: &[Peer]) {
    let others = without(peers, Peer::Floor);
    let measures = Measure::ALL
        .into_iter()
        .filter(|measure| measure.aim().is_some());
    let measures: Vec<Measure> = measures.collect();
    table(
        page,
        "times the floor (our aim)",
        &others,
        &measures,
        |measure, peer| {
            let text = short(figures.ratio(measure, peer, Peer::Floor)?);
            match measure.aim().filter(|_| peer == Peer::Ours) {
                Some(aim) => Some(format!("{text} ({aim})")),
                None => Some(text),
            }
        },
    );
}

fn of_ours(page: &mut String, figures: &Figures, peers: &[Peer]) {
    let others = without(&without(peers, Peer::Floor), Peer::Ours);
    table(
        page,
        "times ours",
        &others,
        &Measure::ALL,
        |measure, peer| Some(short(figures.ratio(measure, peer, Peer::Ours)?)),
    );
}

fn without(peers: &[Peer], left_out: Peer) -> Vec<Peer> {
    peers
        .iter()
        .copied()
        .filter(|peer| *peer != left_out)
        .collect()
}

fn table(
    page: &mut String,
    title: &str,
    peers: &[Peer],
    measures: &[Measure],
    cell: impl Fn(Measure, Peer) -> Option<String>,
) {
    let mut row = |first: &str, cells: Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!(" {cell:>17} |")).collect();
        // A String takes everything.
        let _ = writeln!(page, "| {first:<38} |{cells}");
    };
    row(
        title,
        peers.iter().map(|peer| peer.name().to_owned()).collect(),
    );
    row(
        &"-".repeat(38),
        peers
            .iter()
            .map(|_| format!("{}:", "-".repeat(16)))
            .collect(),
    );
    for measure in measures {
        let cells = peers
            .iter()
            .map(|peer| cell(*measure, *peer).unwrap_or_default());
        row(measure.title(), cells.collect());
    }
}

/// Three digits.
pub(crate) fn short(value: f64) -> String {
    match value {
        0.0..1.0 => format!("{value:.3}"),
        1.0..10.0 => format!("{value:.2}"),
        10.0..100.0 => format!("{value:.1}"),
        _ => format!("{value:.0}"),
    }
}
