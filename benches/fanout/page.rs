//! Writes a whole run into `docs/`: the tables between two markers of `performance.md`, the picture beside it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::Failure;

const BEGIN: &str = "<!-- fanout: written by scripts/bench fanout -->";
const END: &str = "<!-- fanout: end -->";

/// # Errors
/// If the page is not there, or has lost its markers.
pub(crate) fn write(tables: &str, picture: &str) -> Result<(), Failure> {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs");
    let path = docs.join("performance.md");
    let page = fs::read_to_string(&path).map_err(Failure::io("docs/performance.md"))?;
    let (before, rest) = split(&page, BEGIN, &path)?;
    let (_, after) = split(rest, END, &path)?;
    let page = format!("{before}{BEGIN}\n\n{tables}\n{END}{after}");
    fs::write(&path, page).map_err(Failure::io("docs/performance.md"))?;
    fs::write(docs.join("fanout.svg"), picture).map_err(Failure::io("docs/fanout.svg"))
}

fn split<'a>(
    page: &'a str,
    marker: &'static str,
    path: &Path,
) -> Result<(&'a str, &'a str), Failure> {
    page.split_once(marker).ok_or_else(|| Failure::Marker {
        path: PathBuf::from(path),
        marker,
    })
}
