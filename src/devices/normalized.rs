//! `normalized_payload`: the network's own field names, the same for every sensor.
//!
//! `{"time":"…","air":{"temperature":3.4,"relativeHumidity":59.8},"battery":2.998,"action":{"contactState":"open"}}`
//! °C, %, V. The items of one uplink are parts of one moment, or moments of their own with a `time`. The
//! normalizer drops zeros and whatever is out of its bounds, so it only completes what the codec said.

use crate::domain::Timestamp;

use super::{
    field::{self, Object},
    quantity::Quantity,
    sample::{Sample, Samples},
};

/// An item measured this little before the frame came in, ms, is what the frame is about, not a backlog.
const LIVE_WITHIN_MILLIS: i64 = 60_000;

/// Everything that the normalizer made of one uplink, received at that time.
pub(super) fn read(items: &[Object], received_at: Option<Timestamp>) -> Samples {
    let mut samples = Samples::default();
    for item in items {
        let part = sample(item);
        match part.at {
            Some(at) if !is_live(at, received_at) => samples.history.push(part),
            at => {
                samples.live.at = samples.live.at.or(at);
                samples.live.complete(part);
            }
        }
    }
    samples
}

fn is_live(at: Timestamp, received_at: Option<Timestamp>) -> bool {
    received_at.is_some_and(|received| received.millis_since(at).abs() <= LIVE_WITHIN_MILLIS)
}

fn sample(item: &Object) -> Sample {
    let number = |group: &str, key: &str| {
        field::object(item, group)
            .and_then(|group| group.get(key))
            .map_or(Quantity::Absent, field::quantity)
    };
    let mut sample = Sample {
        at: field::text(item, "time").and_then(|text| Timestamp::parse(text).ok()),
        air: number("air", "temperature"),
        humidity: number("air", "relativeHumidity"),
        battery_volts: item
            .get("battery")
            .map_or(Quantity::Absent, field::quantity),
        door_open: field::object(item, "action")
            .and_then(|action| action.get("contactState"))
            .and_then(field::is_open),
        ..Sample::default()
    };
    let water = field::object(item, "water").and_then(|water| field::object(water, "temperature"));
    if let Some(current) = water.and_then(|water| water.get("current")) {
        sample.push_probe(field::quantity(current));
    }
    sample
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn items(values: &[Value]) -> Vec<Object> {
        values
            .iter()
            .filter_map(Value::as_object)
            .cloned()
            .collect()
    }

    #[test]
    fn parts_of_one_moment_are_put_together() {
        let parts = items(&[
            json!({"air": {"temperature": 3.5}}),
            json!({"air": {"relativeHumidity": 60}, "battery": 2.9}),
            json!({"action": {"contactState": "open"}}),
        ]);
        let samples = read(&parts, None);
        assert_eq!(
            samples.live,
            Sample {
                air: Quantity::Value(3.5),
                humidity: Quantity::Value(60.0),
                battery_volts: Quantity::Value(2.9),
                door_open: Some(true),
                ..Sample::default()
            }
        );
        assert_eq!(samples.history, []);
    }

    #[test]
    fn only_what_was_measured_well_before_the_frame_is_a_backlog() {
        let received = Timestamp::parse("2026-11-24T05:40:12.318Z").ok();
        for (time, live) in [
            ("2026-11-24T05:40:12Z", true),
            ("2026-11-24T05:39:13Z", true),
            ("2026-11-24T05:30:12Z", false),
            ("1970-01-01T00:00:00Z", false),
        ] {
            let samples = read(
                &items(&[json!({"time": time, "air": {"temperature": 3.5}})]),
                received,
            );
            assert_eq!(samples.history.is_empty(), live, "{time}");
            let of_its_own = samples.history.first().unwrap_or(&samples.live);
            assert_eq!(of_its_own.at, Timestamp::parse(time).ok(), "{time}");
        }
    }
}
