//! Where an example listens.

use std::io::{Error, ErrorKind};

/// The port that `PORT` names.
#[expect(
    clippy::disallowed_methods,
    reason = "an example has no configuration but this"
)]
pub(crate) fn from_environment() -> std::io::Result<u16> {
    let text = std::env::var("PORT")
        .map_err(|error| Error::new(ErrorKind::InvalidInput, format!("PORT: {error}")))?;
    text.parse()
        .map_err(|error| Error::new(ErrorKind::InvalidInput, format!("PORT: {error}")))
}
