//! How finely history is shown: every reading, or the sums of a span of time.

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Serialize;

use super::{Timestamp, text::text_enum};

text_enum! {
    /// A span whose readings are summed up; `raw` sums up nothing.
    Resolution {
        /// Every reading.
        Raw = "raw",
        /// A minute.
        Minute = "1m",
        /// A quarter of an hour.
        Quarter = "15m",
        /// An hour of UTC.
        Hour = "1h",
        /// From midnight to midnight where the unit is.
        Day = "1d",
    }
}

impl Resolution {
    /// The finest that gives a chart of this range about 2,000 points, of a sensor that reports once a minute.
    #[must_use]
    pub fn for_range(from: Timestamp, to: Timestamp) -> Self {
        match to.seconds_since(from) {
            ..=86_400 => Self::Raw,
            86_401..=1_800_000 => Self::Quarter,
            1_800_001..=7_200_000 => Self::Hour,
            _ => Self::Day,
        }
    }

    /// Milliseconds of a span that is the same everywhere.
    const fn fixed_millis(self) -> Option<i64> {
        match self {
            Self::Raw | Self::Day => None,
            Self::Minute => Some(60_000),
            Self::Quarter => Some(900_000),
            Self::Hour => Some(3_600_000),
        }
    }
}

/// The readings of one span, summed up; temperatures in °C.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Sum {
    /// When the span begins.
    pub starts_at: Timestamp,
    /// The lowest.
    pub min: f64,
    /// The highest.
    pub max: f64,
    /// All together.
    pub total: f64,
    /// How many there are.
    pub count: i64,
}

impl Sum {
    /// Of one reading.
    #[must_use]
    pub const fn of(at: Timestamp, celsius: f64) -> Self {
        Self {
            starts_at: at,
            min: celsius,
            max: celsius,
            total: celsius,
            count: 1,
        }
    }

    fn add(&mut self, other: &Self) {
        self.min = self.min.min(other.min);
        self.max = self.max.max(other.max);
        self.total += other.total;
        self.count += other.count;
    }
}

/// A span of history as clients see it.
///
/// ```json
/// {"timestamp":"2026-11-24T05:30:00.000Z","min":3.1,"max":4.2,"avg":3.6,"count":15}
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Bucket {
    /// When it begins.
    pub timestamp: Timestamp,
    /// The lowest temperature, °C.
    pub min: f64,
    /// The highest, °C.
    pub max: f64,
    /// The mean of all readings, °C.
    pub avg: f64,
    /// How many there are.
    pub count: i64,
}

impl From<Sum> for Bucket {
    #[expect(
        clippy::cast_precision_loss,
        reason = "a span has fewer readings than a double has whole numbers"
    )]
    fn from(sum: Sum) -> Self {
        Self {
            timestamp: sum.starts_at,
            min: sum.min,
            max: sum.max,
            avg: sum.total / sum.count as f64,
            count: sum.count,
        }
    }
}

/// Sums up what comes in order of time, span by span.
#[derive(Debug)]
pub struct Spans {
    resolution: Resolution,
    zone: TimeZone,
    done: Vec<Sum>,
    open: Option<Sum>,
    /// When the open span ends.
    until: Timestamp,
}

impl Spans {
    /// No span yet; days are those of `zone`.
    #[must_use]
    pub const fn new(resolution: Resolution, zone: TimeZone) -> Self {
        Self {
            resolution,
            zone,
            done: Vec::new(),
            open: None,
            until: Timestamp::MIN,
        }
    }

    /// When the span begins and ends that this moment lies in.
    #[must_use]
    pub fn around(&self, at: Timestamp) -> (Timestamp, Timestamp) {
        if let Some(millis) = self.resolution.fixed_millis() {
            let start = at.plus_millis(-at.as_millis().rem_euclid(millis));
            return (start, start.plus_millis(millis));
        }
        self.day(at).unwrap_or((at, at.plus_millis(1)))
    }

    /// `None` at the ends of the calendar.
    fn day(&self, at: Timestamp) -> Option<(Timestamp, Timestamp)> {
        let moment = jiff::Timestamp::from_millisecond(at.as_millis()).ok()?;
        let start = moment
            .to_zoned_datetime(self.zone.clone())
            .start_of_day()
            .ok()?;
        let end = start.tomorrow().ok()?.start_of_day().ok()?;
        let millis = |moment: &jiff::ZonedDateTime| {
            Timestamp::from_millis(moment.timestamp().as_millisecond())
        };
        Some((millis(&start), millis(&end)))
    }

    /// Adds what does not lie before anything added earlier.
    pub fn add(&mut self, sum: &Sum) {
        match &mut self.open {
            Some(open) if sum.starts_at < self.until => open.add(sum),
            _ => {
                self.done.extend(self.open.take());
                let (start, until) = self.around(sum.starts_at);
                self.until = until;
                self.open = Some(Sum {
                    starts_at: start,
                    ..*sum
                });
            }
        }
    }

    /// How many spans are complete.
    #[must_use]
    pub const fn complete(&self) -> usize {
        self.done.len()
    }

    /// All of them, the open one too.
    #[must_use]
    pub fn finish(mut self) -> Vec<Bucket> {
        self.done.extend(self.open);
        self.done.into_iter().map(Bucket::from).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Timezone;

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).expect(text)
    }

    fn berlin() -> TimeZone {
        let zone: Timezone = "Europe/Berlin".parse().expect("a zone");
        zone.rules()
    }

    #[test]
    fn a_span_begins_where_its_clock_says() {
        for (resolution, moment, start, end) in [
            (
                Resolution::Minute,
                "2026-05-01T12:07:59.999Z",
                "2026-05-01T12:07:00Z",
                "2026-05-01T12:08:00Z",
            ),
            (
                Resolution::Quarter,
                "2026-05-01T12:15:00Z",
                "2026-05-01T12:15:00Z",
                "2026-05-01T12:30:00Z",
            ),
            (
                Resolution::Hour,
                "1969-12-31T23:59:59Z",
                "1969-12-31T23:00:00Z",
                "1970-01-01T00:00:00Z",
            ),
            (
                Resolution::Day,
                "2026-05-01T21:59:59Z",
                "2026-04-30T22:00:00Z",
                "2026-05-01T22:00:00Z",
            ),
            // The clocks go forward: a day of 23 hours.
            (
                Resolution::Day,
                "2026-03-29T12:00:00Z",
                "2026-03-28T23:00:00Z",
                "2026-03-29T22:00:00Z",
            ),
            // And back: one of 25.
            (
                Resolution::Day,
                "2026-10-25T12:00:00Z",
                "2026-10-24T22:00:00Z",
                "2026-10-25T23:00:00Z",
            ),
        ] {
            let spans = Spans::new(resolution, berlin());
            assert_eq!(
                spans.around(at(moment)),
                (at(start), at(end)),
                "{resolution} {moment}"
            );
        }
    }

    #[test]
    fn readings_of_a_span_are_summed_up() {
        let mut spans = Spans::new(Resolution::Quarter, TimeZone::UTC);
        for (moment, celsius) in [
            ("2026-05-01T12:00:00Z", 4.0),
            ("2026-05-01T12:14:59Z", 2.0),
            ("2026-05-01T12:14:59Z", 9.0),
            ("2026-05-01T13:00:00Z", -1.0),
        ] {
            spans.add(&Sum::of(at(moment), celsius));
        }
        assert_eq!(spans.complete(), 1);
        let bucket = |moment, min, max, avg, count| Bucket {
            timestamp: at(moment),
            min,
            max,
            avg,
            count,
        };
        assert_eq!(
            spans.finish(),
            [
                bucket("2026-05-01T12:00:00Z", 2.0, 9.0, 5.0, 3),
                bucket("2026-05-01T13:00:00Z", -1.0, -1.0, -1.0, 1),
            ]
        );
    }

    #[test]
    fn a_chart_has_about_two_thousand_points_whatever_its_range() {
        let from = at("2026-01-01T00:00:00Z");
        for (days, resolution) in [
            (0, Resolution::Raw),
            (1, Resolution::Raw),
            (2, Resolution::Quarter),
            (20, Resolution::Quarter),
            (21, Resolution::Hour),
            (83, Resolution::Hour),
            (84, Resolution::Day),
            (3650, Resolution::Day),
        ] {
            let to = from.plus_seconds(days * 86_400);
            assert_eq!(Resolution::for_range(from, to), resolution, "{days} days");
        }
    }
}
