//! One message of The Things Stack v3 webhook (ApplicationUp): who it is from and what kind it is.
//!
//! `{end_device_ids, received_at, <kind>: {...}, simulated}`. Any field can be missing (field masks, zero
//! values); only a body that is no JSON object is refused. Everything else becomes a [`Message`], so that what
//! cannot be used can be kept.

use serde_json::Value;

use crate::domain::{DevEui, InvalidJson, Timestamp, json};

use super::{
    field::{self, Object},
    uplink::{Source, Uplink},
};

/// Who a message is from; every part can be missing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// 16 upper-case hex digits.
    pub dev_eui: Option<String>,
    /// Application in the network; with `device_id` the fallback where there is no `dev_eui`.
    pub application_id: Option<String>,
    /// Device within the application.
    pub device_id: Option<String>,
}

/// A message that we know and that carries no reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtherKind {
    /// The device joined: it is alive.
    JoinAccept,
    /// The device confirmed a downlink.
    DownlinkAck,
    /// It did not; the stack tries again.
    DownlinkNack,
    /// A downlink was sent to a gateway.
    DownlinkSent,
    /// A downlink was queued in the network.
    DownlinkQueued,
    /// A downlink failed for good.
    DownlinkFailed,
    /// The queue of downlinks was dropped.
    DownlinkQueueInvalidated,
    /// Where the device is.
    LocationSolved,
    /// Something of a LoRa Cloud service; a temperature in it is the chip's.
    ServiceData,
}

impl OtherKind {
    /// Every kind.
    pub const ALL: &'static [Self] = &[
        Self::JoinAccept,
        Self::DownlinkAck,
        Self::DownlinkNack,
        Self::DownlinkSent,
        Self::DownlinkQueued,
        Self::DownlinkFailed,
        Self::DownlinkQueueInvalidated,
        Self::LocationSolved,
        Self::ServiceData,
    ];

    /// The key of the message that holds it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::JoinAccept => "join_accept",
            Self::DownlinkAck => "downlink_ack",
            Self::DownlinkNack => "downlink_nack",
            Self::DownlinkSent => "downlink_sent",
            Self::DownlinkQueued => "downlink_queued",
            Self::DownlinkFailed => "downlink_failed",
            Self::DownlinkQueueInvalidated => "downlink_queue_invalidated",
            Self::LocationSolved => "location_solved",
            Self::ServiceData => "service_data",
        }
    }
}

/// What a message is.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// A frame of a device.
    Uplink(Box<Uplink>),
    /// Known, without a reading.
    Other(OtherKind),
    /// An uplink whose identity or bytes cannot be read: `field` is not what it must be.
    Undecodable {
        /// Name of the field, as in the message.
        field: &'static str,
    },
    /// None of the kinds we know.
    Unknown,
}

/// One message with what surrounds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Envelope {
    /// Who it is from.
    pub identity: Identity,
    /// When the Application Server got it (the outer time).
    pub received_at: Option<Timestamp>,
    /// Sent by a button of the Console, not by a device.
    pub simulated: bool,
    /// What it is.
    pub message: Message,
}

impl Envelope {
    /// When the network got it: the inner time of an uplink, else the outer.
    #[must_use]
    pub fn network_time(&self) -> Option<Timestamp> {
        match &self.message {
            Message::Uplink(uplink) => uplink.received_at.or(self.received_at),
            Message::Other(_) | Message::Undecodable { .. } | Message::Unknown => self.received_at,
        }
    }
}

/// Reads the body of one webhook request. Its size is bounded by the caller.
///
/// # Errors
/// [`InvalidJson`] if the body is no JSON object that all parsers read alike.
pub fn parse(body: &[u8]) -> Result<Envelope, InvalidJson> {
    let body = json::parse_object(body)?;
    Ok(Envelope {
        identity: identity(&body),
        received_at: field::text(&body, "received_at").and_then(|t| Timestamp::parse(t).ok()),
        simulated: body.get("simulated") == Some(&Value::Bool(true)),
        message: message(&body),
    })
}

fn identity(body: &Object) -> Identity {
    let Some(ids) = field::object(body, "end_device_ids") else {
        return Identity::default();
    };
    Identity {
        dev_eui: field::text(ids, "dev_eui")
            .and_then(|text| text.parse().ok())
            .map(DevEui::into_text),
        application_id: field::object(ids, "application_ids")
            .and_then(|ids| field::text(ids, "application_id"))
            .map(str::to_owned),
        device_id: field::text(ids, "device_id").map(str::to_owned),
    }
}

fn message(body: &Object) -> Message {
    let uplink = [
        ("uplink_message", Source::Full),
        ("uplink_normalized", Source::Normalized),
    ]
    .into_iter()
    .find_map(|(key, source)| Some((field::object(body, key)?, source)));
    match uplink {
        Some((fields, source)) => match Uplink::read(fields, source) {
            Ok(uplink) => Message::Uplink(Box::new(uplink)),
            Err(field) => Message::Undecodable { field },
        },
        None => OtherKind::ALL
            .iter()
            .find(|kind| field::object(body, kind.as_str()).is_some())
            .map_or(Message::Unknown, |kind| Message::Other(*kind)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Envelope {
        parse(body.as_bytes()).expect(body)
    }

    #[test]
    fn identities_are_normalized_and_may_be_missing() {
        for (eui, normalized) in [
            ("A84041B6218263F5", Some("A84041B6218263F5")),
            ("a8-40-41-b6-21-82-63-f5", Some("A84041B6218263F5")),
            ("a8:40:41:b6:21:82:63:f5", Some("A84041B6218263F5")),
            ("A84041B6218263", None),
            ("A84041B6218263FG", None),
            ("ÄÄÄÄÄÄÄÄ", None),
            ("", None),
        ] {
            let body = format!(r#"{{"end_device_ids":{{"dev_eui":"{eui}"}}}}"#);
            assert_eq!(read(&body).identity.dev_eui.as_deref(), normalized, "{eui}");
        }
        for body in ["{}", r#"{"end_device_ids":7}"#] {
            assert_eq!(read(body).identity, Identity::default(), "{body}");
        }
    }

    #[test]
    fn a_wrong_type_loses_no_message() {
        for (body, message) in [
            (r#"{"uplink_message":5}"#, Message::Unknown),
            (r#"{"something_new":{}}"#, Message::Unknown),
            (r#"{"join_accept":"x"}"#, Message::Unknown),
            (
                r#"{"uplink_message":{"f_cnt":"many"}}"#,
                Message::Undecodable { field: "f_cnt" },
            ),
            (
                r#"{"uplink_message":{"f_cnt":-1}}"#,
                Message::Undecodable { field: "f_cnt" },
            ),
            (
                r#"{"uplink_message":{"f_port":256}}"#,
                Message::Undecodable { field: "f_port" },
            ),
            (
                r#"{"uplink_message":{"frm_payload":"%"}}"#,
                Message::Undecodable {
                    field: "frm_payload",
                },
            ),
            (
                r#"{"uplink_message":{"decoded_payload":[1]}}"#,
                Message::Undecodable {
                    field: "decoded_payload",
                },
            ),
        ] {
            assert_eq!(read(body).message, message, "{body}");
        }
    }

    #[test]
    fn an_unreadable_time_is_no_time() {
        let envelope = read(r#"{"received_at":"yesterday","uplink_message":{"received_at":7}}"#);
        assert_eq!(envelope.network_time(), None);
    }
}
