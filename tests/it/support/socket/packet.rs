//! Socket.IO packets of the namespace `/`, as texts without the Engine.IO type in front.

use serde_json::Value;

/// What a server sends.
#[derive(Debug, PartialEq)]
pub(super) enum Packet {
    /// `0{"sid":"...","pid":"..."}`
    Connected(Identity),
    /// `1`
    Disconnected,
    /// `2["name",payload,"offset"]`
    Event {
        name: String,
        payload: Value,
        offset: Option<String>,
    },
    /// `37[payload]`
    Ack { id: u32, payload: Value },
    /// `4{"message":"...","data":...}`
    Refused { message: String, data: Value },
}

/// Who a socket is to others, and what its client shows to be it again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Identity {
    pub(crate) sid: String,
    pub(crate) pid: Option<String>,
}

impl Packet {
    /// Panics on what no server may send: a test that gets it has failed.
    pub(super) fn parse(text: &str) -> Self {
        Self::try_parse(text).unwrap_or_else(|| panic!("not a packet of this test: {text}"))
    }

    fn try_parse(text: &str) -> Option<Self> {
        let (kind, rest) = text.split_at_checked(1)?;
        match kind {
            "0" => {
                let answer: Value = serde_json::from_str(rest).ok()?;
                Some(Self::Connected(Identity {
                    sid: answer["sid"].as_str()?.to_owned(),
                    pid: answer["pid"].as_str().map(str::to_owned),
                }))
            }
            "1" => Some(Self::Disconnected),
            "2" => {
                let mut arguments = list(rest)?.into_iter();
                Some(Self::Event {
                    name: arguments.next()?.as_str()?.to_owned(),
                    payload: arguments.next().unwrap_or_default(),
                    offset: arguments
                        .next_back()
                        .and_then(|last| Some(last.as_str()?.to_owned())),
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
