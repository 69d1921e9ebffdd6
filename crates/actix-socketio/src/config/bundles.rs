//! The client's JavaScript, for pages that load it from this server. application -> *bundles* -> transport.
//! Bound: what the application hands in, and once more compressed.

use std::sync::OnceLock;

use bytes::Bytes;

use crate::transport::Coding;

/// Files of one version of `socket.io-client`, served below the path: `/socket.io/socket.io.min.js`.
///
/// ```
/// use actix_socketio::ClientBundles;
///
/// let bundles = ClientBundles::new("4.8.3")
///     .file("socket.io.min.js", "/* the content of dist/socket.io.min.js */")
///     .file("socket.io.esm.min.js", "/* .. */");
/// ```
#[derive(Debug)]
pub struct ClientBundles {
    version: String,
    files: Vec<(String, Bundle)>,
}

#[derive(Debug)]
pub(crate) struct Bundle {
    pub(crate) plain: Bytes,
    gzip: OnceLock<Bytes>,
    deflate: OnceLock<Bytes>,
}

impl ClientBundles {
    /// No files yet. The version becomes their `ETag`.
    pub fn new(version: impl Into<String>) -> Self {
        Self {
            version: version.into(),
            files: Vec::new(),
        }
    }

    /// A file and its content.
    #[must_use]
    pub fn file(mut self, name: impl Into<String>, content: impl Into<Bytes>) -> Self {
        let bundle = Bundle {
            plain: content.into(),
            gzip: OnceLock::new(),
            deflate: OnceLock::new(),
        };
        self.files.push((name.into(), bundle));
        self
    }

    pub(crate) fn etag(&self) -> String {
        format!("\"{}\"", self.version)
    }

    pub(crate) fn find(&self, name: &str) -> Option<&Bundle> {
        let file = self.files.iter().find(|(known, _)| known == name);
        file.map(|(_, bundle)| bundle)
    }
}

impl Bundle {
    /// Compressed at the first request for it.
    pub(crate) fn compressed(&self, coding: Coding) -> Bytes {
        let kept = match coding {
            Coding::Gzip => &self.gzip,
            Coding::Deflate => &self.deflate,
        };
        kept.get_or_init(|| coding.compress(&self.plain).into())
            .clone()
    }
}
