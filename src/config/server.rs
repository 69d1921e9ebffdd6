//! `[server]`: where to listen, under which name, for which web pages.

use std::fmt;
use std::net::SocketAddr;

use super::check::Checker;
use super::origins::AllowedOrigins;

/// Longest name of a node, in bytes.
const NODE_ID_BYTES: usize = 64;

/// Where to listen, under which name, for which web pages.
#[derive(Debug, Clone)]
pub struct Server {
    /// Address and port; port 0 takes a free one.
    pub bind: SocketAddr,
    /// This process among others.
    pub node_id: NodeId,
    /// Whose web pages may call.
    pub allowed_origins: AllowedOrigins,
}

/// Name of this process: 1 to 64 of `A-Z a-z 0-9 . _ -`, so that it fits into a header as it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct NodeId(String);

impl NodeId {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn parse(text: &str) -> Result<Self, String> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
        if text.is_empty() {
            return Ok(Self(format!("node-{:08x}", rand::random::<u32>())));
        }
        if text.len() > NODE_ID_BYTES || !text.bytes().all(fits) {
            return Err(format!(
                "must be 1 to {NODE_ID_BYTES} of A-Z a-z 0-9 . _ -, or empty"
            ));
        }
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Server {
    pub(super) fn check(checker: &mut Checker<'_>) -> Option<Self> {
        let bind = checker.parsed("server.bind", |text| {
            text.parse()
                .map_err(|_| "must be an IP address and a port, as 127.0.0.1:3000".to_owned())
        });
        let node_id = checker.parsed("server.node_id", NodeId::parse);
        let allowed_origins = AllowedOrigins::check(checker, "server.allowed_origins");
        Some(Self {
            bind: bind?,
            node_id: node_id?,
            allowed_origins: allowed_origins?,
        })
    }

    /// Whether only this machine can connect.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        self.bind.ip().to_canonical().is_loopback()
    }
}
