//! `freshtrack openapi` and `asyncapi`: the documents of the REST API and of the Socket.IO events.

use std::io::Write;

use serde_json::Value;

use super::Failure;

/// Prints a document as indented JSON; needs no configuration.
pub(super) fn print(document: &Value) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    serde_json::to_writer_pretty(&mut out, document)?;
    Ok(writeln!(out)?)
}
