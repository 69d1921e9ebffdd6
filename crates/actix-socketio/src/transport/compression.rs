//! Bodies in fewer bytes, for clients that accept it. Part of [`super`].
//! Bounds: bodies up to [`SMALL`] stay as they are; over [`LARGE`] the work is done beside the worker.

use std::io::Write as _;

use actix_web::http::header::{AcceptEncoding, Encoding, Header as _};
use actix_web::{HttpRequest, web};
use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

/// Bytes up to which compressing does not pay.
const SMALL: usize = 1024;

/// Bytes from which compressing would hold up the worker's other sessions for about a millisecond.
const LARGE: usize = 64 * 1024;

/// How a body is compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Coding {
    Gzip,
    /// In HTTP this is the zlib format (RFC 9110, 8.4.1.2).
    Deflate,
}

impl Coding {
    /// The name in `Content-Encoding`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Gzip => "gzip",
            Self::Deflate => "deflate",
        }
    }

    pub(crate) fn compress(self, body: &[u8]) -> Vec<u8> {
        let level = Compression::fast();
        let compressed = match self {
            Self::Gzip => {
                let mut encoder = GzEncoder::new(Vec::new(), level);
                encoder.write_all(body).and_then(|()| encoder.finish())
            }
            Self::Deflate => {
                let mut encoder = ZlibEncoder::new(Vec::new(), level);
                encoder.write_all(body).and_then(|()| encoder.finish())
            }
        };
        // A Vec takes every write.
        compressed.unwrap_or_default()
    }
}

/// What the client prefers of what it accepts; none is to be compressed unasked.
pub(super) fn accepted(request: &HttpRequest) -> Option<Coding> {
    let accepted = AcceptEncoding::parse(request).ok()?;
    let offered = [Encoding::gzip(), Encoding::deflate(), Encoding::identity()];
    let chosen = accepted.negotiate(offered.iter())?;
    [
        (Encoding::gzip(), Coding::Gzip),
        (Encoding::deflate(), Coding::Deflate),
    ]
    .into_iter()
    .find_map(|(encoding, coding)| (encoding == chosen).then_some(coding))
}

/// The body, compressed if it is large enough and the client accepts it.
pub(super) async fn compress(request: &HttpRequest, body: Vec<u8>) -> (Option<Coding>, Vec<u8>) {
    let Some(coding) = accepted(request).filter(|_| body.len() > SMALL) else {
        return (None, body);
    };
    if body.len() < LARGE {
        return (Some(coding), coding.compress(&body));
    }
    let body = std::sync::Arc::new(body);
    let kept = std::sync::Arc::clone(&body);
    match web::block(move || coding.compress(&kept)).await {
        Ok(compressed) => (Some(coding), compressed),
        Err(_) => (None, body.to_vec()),
    }
}
