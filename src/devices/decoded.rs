//! `decoded_payload`: the fields of a codec for the moment of the uplink, and the backlogs that codecs write.
//!
//! Milesight `history[]` (Unix seconds), Laird `readings[]` and backlog messages (a clock since 2015, or none),
//! Dragino `DATALOG` and `retransmission_message` (text).

use serde_json::Value;

use crate::domain::Timestamp;

use super::{
    aliases,
    catalog::Sensor,
    dragino,
    field::{self, Object},
    sample::{Sample, Samples},
};

/// Everything that a codec made of one uplink.
pub(super) fn read(fields: &Object, sensor: &Sensor) -> Samples {
    let entries = field::objects(fields, "history").chain(field::objects(fields, "readings"));
    let mut history: Vec<Sample> = entries.map(|entry| timed(entry, sensor)).collect();
    for key in ["DATALOG", "retransmission_message"] {
        if let Some(text) = field::text(fields, key) {
            history.extend(dragino::datalog(text));
        }
    }
    let mut live = aliases::read(fields, sensor);
    if field::text(fields, "msgType") == Some("SendBackLogMessage") && !live.is_empty() {
        history.push(timed(fields, sensor));
        live = Sample::default();
    }
    Samples { live, history }
}

fn timed(entry: &Object, sensor: &Sensor) -> Sample {
    let at = entry.get("timestamp").or_else(|| entry.get("time"));
    Sample {
        at: at.and_then(moment),
        ..aliases::read(entry, sensor)
    }
}

/// Unix seconds, RFC 3339, or the fields of a calendar. A clock that was never set (0) is no moment.
fn moment(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Object(fields) => calendar(fields),
        Value::String(text) if text.contains('T') => Timestamp::parse(text).ok(),
        _ => field::whole(value)
            .filter(|seconds| *seconds > 0)
            .map(|seconds| Timestamp::from_millis(seconds.saturating_mul(1000))),
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `{"year":2015,"month":"January","day":1,"hours":0,"minutes":0,"seconds":2}`
fn calendar(fields: &Object) -> Option<Timestamp> {
    let part = |key| fields.get(key).and_then(field::whole);
    let name = field::text(fields, "month")?;
    let month = MONTHS.iter().position(|month| *month == name)? + 1;
    let (year, day) = (part("year")?, part("day")?);
    let (hours, minutes, seconds) = (part("hours")?, part("minutes")?, part("seconds")?);
    let text = format!("{year:04}-{month:02}-{day:02}T{hours:02}:{minutes:02}:{seconds:02}Z");
    Timestamp::parse(&text).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn moments_come_as_seconds_text_and_calendar() {
        let calendar = |month: &str| json!({"year": 2026, "month": month, "day": 5, "hours": 1, "minutes": 2, "seconds": 3});
        for (value, shown) in [
            (json!(1_700_000_000), Some("2023-11-14T22:13:20.000Z")),
            (json!("1700000000"), Some("2023-11-14T22:13:20.000Z")),
            (
                json!("2023-11-14T22:13:20Z"),
                Some("2023-11-14T22:13:20.000Z"),
            ),
            (calendar("May"), Some("2026-05-05T01:02:03.000Z")),
            (calendar("Mai"), None),
            (json!(0), None),
            (json!(-1), None),
            (json!("soon"), None),
            (json!(null), None),
        ] {
            let read = moment(&value).map(|at| at.to_string());
            assert_eq!(read.as_deref(), shown, "{value}");
        }
        assert_eq!(moment(&json!(i64::MAX)), Some(Timestamp::MAX));
    }
}
