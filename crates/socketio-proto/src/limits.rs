//! The bounds of what a peer may send. Each is checked where the bytes are read, before they are kept.

/// Nesting depth of the JSON of one packet. Deeper is a bad packet: it would exhaust the stack of a recursive reader.
pub const JSON_DEPTH: usize = 100;

/// Binary attachments of one packet. More is a bad packet.
pub const ATTACHMENTS: usize = 10;

/// Longest namespace name in bytes, the leading `/` included. Longer is a bad packet.
pub const NAMESPACE_BYTES: usize = 256;

/// Namespaces that one client may be in at once. A further one is refused.
pub const NAMESPACES: usize = 64;
