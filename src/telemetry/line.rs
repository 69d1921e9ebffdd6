//! The form of a log line, apart from where it is written to, so that a test can look at it.

use std::fmt::Write;

use log::kv::{Error, Key, Value, VisitSource};
use log::{Level, Record};

use crate::domain::Timestamp;

/// `2026-05-01T12:00:00.000Z warn freshtrack::actors::unit: actor restarted after panic unit_id=0196... tries=2`
///
/// A value with blanks or quotes is quoted; line breaks are escaped, so that nobody else's text makes a line of its own.
pub(super) fn format(at: Timestamp, record: &Record<'_>) -> String {
    let level = match record.level() {
        Level::Error => "error",
        Level::Warn => "warn",
        Level::Info => "info",
        Level::Debug => "debug",
        Level::Trace => "trace",
    };
    let mut line = format!("{at} {level} {}: ", record.target());
    push_escaped(&mut line, &record.args().to_string());
    let mut fields = Fields(&mut line);
    // `Fields` never fails.
    let _ = record.key_values().visit(&mut fields);
    line
}

struct Fields<'a>(&'a mut String);

impl<'kvs> VisitSource<'kvs> for Fields<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let text = value.to_string();
        self.0.push(' ');
        self.0.push_str(key.as_str());
        self.0.push('=');
        if text.is_empty() || text.contains([' ', '"', '=']) {
            self.0.push('"');
            push_escaped(self.0, &text.replace('"', "\\\""));
            self.0.push('"');
        } else {
            push_escaped(self.0, &text);
        }
        Ok(())
    }
}

fn push_escaped(line: &mut String, text: &str) {
    for c in text.chars() {
        if c.is_control() {
            // Writing to a string never fails.
            let _ = write!(line, "{}", c.escape_default());
        } else {
            line.push(c);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_time_level_target_message_and_fields() {
        let at = Timestamp::from_millis(1_777_636_800_000);
        let fields: &[(&str, Value<'_>)] = &[
            ("unit_id", Value::from("0196")),
            ("tries", Value::from(2)),
            ("why", Value::from("said \"no\"\nand left")),
            ("note", Value::from("")),
        ];
        let line = format(
            at,
            &Record::builder()
                .args(format_args!("actor restarted\tafter panic"))
                .level(Level::Warn)
                .target("freshtrack::actors::unit")
                .key_values(&fields)
                .build(),
        );
        assert_eq!(
            line,
            "2026-05-01T12:00:00.000Z warn freshtrack::actors::unit: actor restarted\\tafter panic unit_id=0196 tries=2 why=\"said \\\"no\\\"\\nand left\" note=\"\""
        );
    }
}
