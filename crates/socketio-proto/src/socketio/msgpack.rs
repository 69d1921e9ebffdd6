//! The msgpack parser: each packet is one binary message `{type, data, nsp, id?}`, with binary arguments inside it.
//! Neighbours: [`super::packet`] (what a client may send), [`super::frame`]. Bounds: [`limits`], as for JSON.
//!
//! Inside this crate arguments look the same whatever the parser: binary ones are [`super::placeholder`]s.
//!
//! ```text
//! {"type":2,"data":["upload",<bin 01 02>],"nsp":"/"}   <->   ["upload",{"_placeholder":true,"num":0}], [01 02]
//! ```

mod date;
mod read;
mod write;
#[cfg(test)]
mod tests;

use bytes::Bytes;
use serde_json::{Map, Value};

pub(super) use self::write::{Outgoing, write};
use super::ROOT;
use super::packet::{Kind, Malformed, Packet};
use crate::limits;

/// Reads one binary message as a packet and its attachments.
///
/// ```
/// use socketio_proto::socketio::{Packet, msgpack};
///
/// let connect = b"\x82\xa4type\x00\xa3nsp\xa1/";
/// let expected = Packet::Connect { namespace: "/".into(), auth: Default::default() };
/// assert_eq!(msgpack::read(&connect.as_slice().into()), Ok((expected, vec![])));
/// ```
///
/// # Errors
/// [`Malformed`] for what is no msgpack, and for what no client may send: see [`Packet::parse`].
pub fn read(message: &Bytes) -> Result<(Packet, Vec<Bytes>), Malformed> {
    let (value, attachments) = read::whole(message)?;
    let Value::Object(mut fields) = value else {
        return Err(Malformed);
    };
    let kind = match fields.get("type").and_then(Value::as_u64) {
        Some(0) => Kind::Connect,
        Some(1) => Kind::Disconnect,
        Some(2) => Kind::Event,
        Some(3) => Kind::Ack,
        _ => return Err(Malformed),
    };
    let namespace = match take(&mut fields, "nsp") {
        None => ROOT.to_owned(),
        Some(Value::String(name)) if is_namespace(&name) => name,
        Some(_) => return Err(Malformed),
    };
    let id = match take(&mut fields, "id") {
        None => None,
        Some(id) => Some(id.as_u64().ok_or(Malformed)?),
    };
    let data = take(&mut fields, "data");
    let packet = Packet::assemble(kind, namespace, id, data, attachments.len())?;
    match packet {
        Packet::Event { .. } | Packet::Ack { .. } => Ok((packet, attachments)),
        Packet::Connect { .. } | Packet::Disconnect { .. } if attachments.is_empty() => {
            Ok((packet, attachments))
        }
        Packet::Connect { .. } | Packet::Disconnect { .. } => Err(Malformed),
    }
}

/// A field that JavaScript leaves undefined is absent, nil, or an extension that reads as null.
fn take(fields: &mut Map<String, Value>, name: &str) -> Option<Value> {
    fields.remove(name).filter(|value| !value.is_null())
}

fn is_namespace(name: &str) -> bool {
    name.starts_with('/') && name.len() <= limits::NAMESPACE_BYTES
}
