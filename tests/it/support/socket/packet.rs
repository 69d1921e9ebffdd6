//! Socket.IO packets of the namespace `/`, as texts without the Engine.IO type in front.

use serde_json::Value;

/// What a server sends.
#[derive(Debug, PartialEq)]
pub(super) enum Packet {
    /// `0{"sid":"..."}`
    Connected,
    /// `1`
    Disconnected,
    /// `2["name",payload]`; further arguments are left out
    Event { name: String, payload: Value },
    /// `37[payload]`
    Ack { id: u32, payload: Value },
    /// `4{"message":"...","data":...}`
    Refused { message: String, data: Value },
}

impl Packet {
    /// Panics on what no server may send: a test that gets it has failed.
    pub(super) fn parse(text: &str) -> Self {
        Self::try_parse(text).unwrap_or_else(|| panic!("not a packet of this test: {text}"))
    }

    fn try_parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_at_checked(1)?;
        match kind {
            "0" => Some(Self::Connected),
            "1" => Some(Self::Disconnected),
            "2" => {
                let mut arguments = list(rest)?.into_iter();
                Some(Self::Event {
                    name: arguments.next()?.as_str()?.to_owned(),
                    payload: arguments.next().unwrap_or_default(),
                })
            }
            "3" => {
                let start = rest.find('[')?;
                Some(Self::Ack {
                    id: rest[..start].parse().ok()?,
                    payload: list(&rest[start..])?.into_iter().next().unwrap_or_default(),
                })
            }
            "4" => {
                let mut error: Value = serde_json::from_str(rest).ok()?;
                Some(Self::Refused {
                    message: error["message"].as_str()?.to_owned(),
                    data: error["data"].take(),
                })
            }
            _ => None,
        }
    }
}

fn list(text: &str) -> Option<Vec<Value>> {
    serde_json::from_str(text).ok()
}
