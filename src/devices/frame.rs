//! Which frame a reading is of: the keys by which the writer knows that it has it already.
//!
//! Two keys, because a frame comes as messages of two kinds. `uplink_normalized` messages come first, one for each
//! item, each with a part of the reading; the `uplink_message` follows and holds all of it. So
//! - `frame` names the row: the same for every message of one frame and moment;
//! - `seen` names what was delivered: equal to `frame` for a full message; for a normalized one it covers the
//!   content too, so that the second part of a frame is not taken for a repetition of the first.
//!
//! The writer drops a reading whose `seen` it knows; drops a normalized one whose `frame` it knows as a full one;
//! merges a normalized one into the row of that `frame`; and lets a full one replace that row.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::domain::{DeviceId, Timestamp};

use super::{
    measurement::Measurement,
    uplink::{Source, Uplink},
};

/// A truncated SHA-256: 16 bytes, so that a chance collision within a device is out of the question.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FrameKey(pub [u8; 16]);

impl fmt::Debug for FrameKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// The keys of one reading.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReadingKeys {
    /// Names the row of the reading.
    pub frame: FrameKey,
    /// Names this delivery of it.
    pub seen: FrameKey,
}

/// The keys of the measurements of one uplink, in their order. `received_at` stands in for an uplink that does not
/// tell when the network got it: the outer time, else the arrival.
///
/// A frame is its device, session, counter, payload and inner time: the time tells an ABP device whose counter
/// started again within one session from its own past. Without a session (simulated), or where a field mask has
/// removed both counter and time, the content and the minute stand in.
#[must_use]
pub fn reading_keys(
    device: DeviceId,
    uplink: &Uplink,
    received_at: Timestamp,
    measurements: &[Measurement],
) -> Vec<ReadingKeys> {
    let frame = frame(device, uplink, received_at);
    measurements
        .iter()
        .enumerate()
        .map(|(index, measurement)| {
            let moment = moment(measurement);
            let before = measurements.iter().take(index);
            let earlier = before.filter(|other| self::moment(other) == moment).count();
            let frame = key(frame.clone().chain(&slot(moment, earlier)));
            ReadingKeys {
                frame,
                seen: seen(frame, uplink),
            }
        })
        .collect()
}

/// Hashes fields so that no two sequences of fields look alike.
#[derive(Clone)]
struct Fields(Sha256);

impl Fields {
    fn new(device: DeviceId) -> Self {
        Self(Sha256::new()).chain(device.0.as_bytes())
    }

    fn chain(mut self, field: &[u8]) -> Self {
        self.0.update((field.len() as u64).to_be_bytes());
        self.0.update(field);
        self
    }

    fn chain_optional(self, field: Option<&[u8]>) -> Self {
        match field {
            Some(field) => self.chain(&[1]).chain(field),
            None => self.chain(&[0]),
        }
    }
}

fn key(fields: Fields) -> FrameKey {
    let digest: [u8; 32] = fields.0.finalize().into();
    let mut key = [0; 16];
    key.copy_from_slice(&digest[..16]);
    FrameKey(key)
}

fn frame(device: DeviceId, uplink: &Uplink, received_at: Timestamp) -> Fields {
    let session = uplink.session_key_id.as_deref().map(str::as_bytes);
    let fields = Fields::new(device)
        .chain_optional(session)
        .chain(&uplink.f_cnt.to_be_bytes())
        .chain(&uplink.frm_payload);
    let told_apart = uplink.received_at.is_some() || uplink.f_cnt > 0;
    if session.is_some() && told_apart {
        let at = uplink.received_at.map(|at| at.as_millis().to_be_bytes());
        return fields.chain_optional(at.as_ref().map(<[u8; 8]>::as_slice));
    }
    let at = uplink.received_at.unwrap_or(received_at);
    let fields = fields.chain(&at.as_millis().div_euclid(60_000).to_be_bytes());
    if uplink.frm_payload.is_empty() {
        fields.chain(&content(uplink))
    } else {
        fields
    }
}

/// What a measurement is of: the frame itself, or an earlier moment that may have a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    Live,
    History(Option<Timestamp>),
}

fn moment(measurement: &Measurement) -> Moment {
    if measurement.history {
        Moment::History(measurement.at)
    } else {
        Moment::Live
    }
}

/// Identifies a measurement within its uplink: its moment (which a normalized message of that moment shares, as it
/// would not share a place in the list), and how many of the same moment come before it.
fn slot(moment: Moment, earlier: usize) -> Vec<u8> {
    let mut slot = (earlier as u64).to_be_bytes().to_vec();
    match moment {
        Moment::Live => slot.push(0),
        Moment::History(None) => slot.push(1),
        Moment::History(Some(at)) => {
            slot.push(2);
            slot.extend_from_slice(&at.as_millis().to_be_bytes());
        }
    }
    slot
}

fn seen(frame: FrameKey, uplink: &Uplink) -> FrameKey {
    match uplink.source {
        Source::Full => frame,
        Source::Normalized => key(Fields(Sha256::new())
            .chain(&frame.0)
            .chain(&content(uplink))),
    }
}

/// What the network made of the bytes; repeated deliveries have the same, to the byte.
fn content(uplink: &Uplink) -> Vec<u8> {
    let made = (&uplink.decoded_payload, &uplink.normalized);
    serde_json::to_vec(&made).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::devices::tests::support;

    type Change = fn(&mut Uplink);

    const DEVICE: DeviceId = DeviceId(Uuid::from_u128(1));

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).expect(text)
    }

    fn original() -> Uplink {
        Uplink {
            session_key_id: Some("AZq0pQ3kL8mPZsU2hVn7Wg==".to_owned()),
            f_cnt: 7,
            frm_payload: vec![1, 2, 3],
            received_at: Some(at("2026-11-24T05:40:12.318Z")),
            ..support::uplink()
        }
    }

    fn live(uplink: &Uplink, received_at: &str) -> ReadingKeys {
        let keys = reading_keys(DEVICE, uplink, at(received_at), &[Measurement::default()]);
        *keys.first().expect("one measurement, one pair of keys")
    }

    #[test]
    fn a_repetition_has_the_same_keys_whenever_it_arrives() {
        let first = live(&original(), "2026-11-24T05:40:13Z");
        assert_eq!(first, live(&original(), "2026-11-24T06:50:13Z"));
        assert_eq!(first.seen, first.frame);
    }

    #[test]
    fn another_frame_has_another_key() {
        let first = live(&original(), "2026-11-24T05:40:13Z").frame;
        let changes: [(&str, Change); 5] = [
            ("rejoined", |u| u.session_key_id = Some("AZq1".to_owned())),
            ("session unknown", |u| u.session_key_id = None),
            ("next frame", |u| u.f_cnt = 8),
            ("other bytes", |u| u.frm_payload = vec![1, 2]),
            ("counter restarted in the session", |u| {
                u.received_at = Some(at("2026-11-25T05:40:12.318Z"));
            }),
        ];
        for (name, change) in changes {
            let mut other = original();
            change(&mut other);
            assert_ne!(live(&other, "2026-11-24T05:40:13Z").frame, first, "{name}");
        }
        let of_another = reading_keys(
            DeviceId(Uuid::from_u128(2)),
            &original(),
            at("2026-11-24T05:40:13Z"),
            &[Measurement::default()],
        );
        assert_ne!(of_another.first().map(|keys| keys.frame), Some(first));
    }

    #[test]
    fn without_session_or_time_the_minute_and_the_content_stand_in() {
        let no_session = Uplink {
            session_key_id: None,
            received_at: None,
            ..original()
        };
        let masked = Uplink {
            f_cnt: 0,
            received_at: None,
            frm_payload: Vec::new(),
            ..original()
        };
        for uplink in [no_session, masked] {
            let first = live(&uplink, "2026-11-24T05:40:13Z");
            assert_eq!(live(&uplink, "2026-11-24T05:40:59Z"), first);
            assert_ne!(live(&uplink, "2026-11-24T05:41:00Z"), first);
            let mut warmer = uplink;
            warmer.frm_payload.clear();
            warmer
                .decoded_payload
                .insert("temperature".to_owned(), json!(9));
            assert_ne!(live(&warmer, "2026-11-24T05:40:13Z"), first);
        }
    }

    #[test]
    fn parts_of_a_frame_share_its_row_and_are_told_apart() {
        let full = live(&original(), "2026-11-24T05:40:13Z");
        let part = |item: serde_json::Value| Uplink {
            source: Source::Normalized,
            normalized: item.as_object().cloned().into_iter().collect(),
            ..original()
        };
        let warm = live(
            &part(json!({"air": {"temperature": 4}})),
            "2026-11-24T05:40:13Z",
        );
        let humid = live(
            &part(json!({"air": {"relativeHumidity": 50}})),
            "2026-11-24T05:40:13Z",
        );
        assert_eq!((warm.frame, humid.frame), (full.frame, full.frame));
        assert_ne!(warm.seen, humid.seen);
        assert_ne!(warm.seen, full.seen);
    }

    #[test]
    fn every_measurement_of_an_uplink_has_a_key_of_its_own() {
        let history = |time: Option<&str>| Measurement {
            history: true,
            at: time.map(at),
            ..Measurement::default()
        };
        let same_time = Some("2015-01-01T00:00:00Z");
        let measurements = [
            Measurement::default(),
            history(same_time),
            history(same_time),
            history(None),
            history(None),
        ];
        let received_at = at("2026-11-24T05:40:13Z");
        let keys = reading_keys(DEVICE, &original(), received_at, &measurements);
        let distinct: std::collections::HashSet<_> = keys.iter().map(|keys| keys.frame).collect();
        assert_eq!(distinct.len(), measurements.len());
        // A normalized message holds one moment of the backlog only; it is the same row.
        let alone = reading_keys(DEVICE, &original(), received_at, &[history(same_time)]);
        assert_eq!(
            alone.first().map(|keys| keys.frame),
            keys.get(1).map(|keys| keys.frame)
        );
    }
}
