//! What a stretch of a unit's history comes to: how warm it was, for how long, and how much of it is known.

use schemars::JsonSchema;
use serde::Serialize;

use super::{EffectiveRule, Timestamp};

/// 0 °C in kelvin.
const KELVIN: f64 = 273.15;

/// ΔH/R of the mean kinetic temperature, kelvin: 83.144 kJ/mol by 8.314 J/(mol K).
const ACTIVATION: f64 = 83.144 / 8.314e-3;

/// The figures of a stretch; times in whole seconds, temperatures in °C, absent where nothing was measured.
///
/// ```json
/// {"from":"…","to":"…","count":144,"min":3.1,"max":8.2,"avg":3.9,"meanKineticTemperature":4.0,"secondsAbove":1200,
///  "secondsBelow":0,"secondsUnknown":600,"completeness":0.993,"excursions":1}
/// ```
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Summary {
    /// Inclusive.
    pub from: Timestamp,
    /// Exclusive.
    pub to: Timestamp,
    /// Readings in it.
    pub count: u64,
    /// The lowest reading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub min: Option<f64>,
    /// The highest reading.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max: Option<f64>,
    /// The mean, each reading weighted by the time it stands for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avg: Option<f64>,
    /// The constant temperature that would have done the same to what is stored, weighted likewise.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mean_kinetic_temperature: Option<f64>,
    /// Above the highest allowed, by the limits of now.
    pub seconds_above: i64,
    /// Below the lowest allowed.
    pub seconds_below: i64,
    /// Without a reading that stands.
    pub seconds_unknown: i64,
    /// What is known of it, 0 to 1.
    pub completeness: f64,
    /// Temperature alerts that began in it.
    pub excursions: i64,
}

/// Adds readings up, in the order of time, from those whose value may stand still when the stretch begins.
#[derive(Debug, Clone)]
pub struct Tally {
    from: Timestamp,
    to: Timestamp,
    rule: EffectiveRule,
    /// How long a reading stands without a newer one: two intervals, milliseconds.
    stands_ms: i64,
    standing: Option<(Timestamp, f64)>,
    count: u64,
    extremes: Option<(f64, f64)>,
    known_ms: i64,
    above_ms: i64,
    below_ms: i64,
    /// °C by milliseconds.
    warmth: f64,
    /// exp(-ΔH/RT) by milliseconds.
    kinetic: f64,
}

impl Tally {
    /// Of nothing yet; the sensor reports every `interval_seconds`.
    #[must_use]
    pub fn new(
        (from, to): (Timestamp, Timestamp),
        rule: EffectiveRule,
        interval_seconds: i32,
    ) -> Self {
        Self {
            from,
            to,
            rule,
            stands_ms: 2000 * i64::from(interval_seconds.max(0)),
            standing: None,
            count: 0,
            extremes: None,
            known_ms: 0,
            above_ms: 0,
            below_ms: 0,
            warmth: 0.0,
            kinetic: 0.0,
        }
    }

    /// From when readings matter: an earlier one no longer stands when the stretch begins.
    #[must_use]
    pub fn reads_from(&self) -> Timestamp {
        self.from.plus_millis(-self.stands_ms)
    }

    /// A reading, not older than those before.
    pub fn add(&mut self, at: Timestamp, celsius: f64) {
        self.stand_until(at);
        if at >= self.from && at < self.to {
            self.count += 1;
            let (min, max) = self.extremes.unwrap_or((celsius, celsius));
            self.extremes = Some((min.min(celsius), max.max(celsius)));
        }
        self.standing = Some((at, celsius));
    }

    /// The figures, with the number of `excursions` that somebody else counts.
    #[must_use]
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of any stretch are far fewer than a double has whole numbers"
    )]
    pub fn finish(mut self, excursions: i64) -> Summary {
        self.stand_until(self.to);
        let whole_ms = self.to.millis_since(self.from);
        let known = self.known_ms as f64;
        let weighted = |sum: f64| (self.known_ms > 0).then(|| sum / known);
        Summary {
            from: self.from,
            to: self.to,
            count: self.count,
            min: self.extremes.map(|(min, _)| min),
            max: self.extremes.map(|(_, max)| max),
            avg: weighted(self.warmth),
            mean_kinetic_temperature: weighted(self.kinetic)
                .map(|mean| ACTIVATION / -mean.ln() - KELVIN),
            seconds_above: self.above_ms / 1000,
            seconds_below: self.below_ms / 1000,
            seconds_unknown: (whole_ms - self.known_ms) / 1000,
            completeness: if whole_ms > 0 {
                known / whole_ms as f64
            } else {
                1.0
            },
            excursions,
        }
    }

    /// Counts the time that the standing value covers until a newer one comes.
    #[expect(
        clippy::cast_precision_loss,
        reason = "milliseconds of any stretch are far fewer than a double has whole numbers"
    )]
    fn stand_until(&mut self, moment: Timestamp) {
        let Some((since, celsius)) = self.standing else {
            return;
        };
        let begin = since.max(self.from);
        let end = moment.min(since.plus_millis(self.stands_ms)).min(self.to);
        let stood = end.millis_since(begin).max(0);
        self.known_ms += stood;
        if self.rule.max_temperature.is_some_and(|max| celsius > max) {
            self.above_ms += stood;
        } else if self.rule.min_temperature.is_some_and(|min| celsius < min) {
            self.below_ms += stood;
        }
        self.warmth += celsius * stood as f64;
        self.kinetic += (-ACTIVATION / (celsius + KELVIN)).exp() * stood as f64;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::UnitKind;

    const NOON: i64 = 1_777_636_800;

    fn second(second: i64) -> Timestamp {
        Timestamp::from_millis((NOON + second) * 1000)
    }

    /// Of a fridge (0 to 5 °C) with a sensor that reports every 600 s, over its first hour.
    fn hour_of(readings: &[(i64, f64)]) -> Summary {
        let rule = EffectiveRule::resolve(UnitKind::Fridge, []);
        let mut tally = Tally::new((second(0), second(3600)), rule, 600);
        for (at, celsius) in readings {
            tally.add(second(*at), *celsius);
        }
        tally.finish(0)
    }

    #[test]
    fn a_reading_stands_until_the_next_and_at_most_two_intervals() {
        for (name, readings, known, above, below, unknown) in [
            ("nothing", vec![], 0, 0, 0, 3600),
            ("one", vec![(0, 4.0)], 1200, 0, 0, 2400),
            ("one at the end", vec![(3000, 4.0)], 600, 0, 0, 3000),
            (
                "before it, standing still",
                vec![(-600, 4.0)],
                600,
                0,
                0,
                3000,
            ),
            ("before it, long past", vec![(-1200, 4.0)], 0, 0, 0, 3600),
            (
                "warm, then inside",
                vec![(0, 9.0), (600, 5.0)],
                1800,
                600,
                0,
                1800,
            ),
            ("cold", vec![(0, -0.1), (600, 0.0)], 1800, 0, 600, 1800),
            ("a gap", vec![(0, 4.0), (3000, 9.0)], 1800, 600, 0, 1800),
            ("after it", vec![(0, 4.0), (4000, 9.0)], 1200, 0, 0, 2400),
        ] {
            let summary = hour_of(&readings);
            assert_eq!(
                (
                    summary.seconds_above,
                    summary.seconds_below,
                    summary.seconds_unknown
                ),
                (above, below, unknown),
                "{name}"
            );
            assert!(
                (summary.completeness - f64::from(known) / 3600.0).abs() < 1e-9,
                "{name}"
            );
        }
    }

    #[test]
    fn extremes_are_of_the_readings_inside_and_the_mean_is_weighted_by_time() {
        let summary = hour_of(&[
            (-300, 20.0),
            (300, 2.0),
            (600, 8.0),
            (1800, 5.0),
            (3600, -9.0),
        ]);
        assert_eq!(
            (summary.count, summary.min, summary.max),
            (3, Some(2.0), Some(8.0))
        );
        // 300 s of 20, 300 s of 2, 1200 s of 8, 1200 s of 5.
        let expected = (300.0 * 20.0 + 300.0 * 2.0 + 1200.0 * 8.0 + 1200.0 * 5.0) / 3000.0;
        let mean = summary.avg.expect("a mean");
        assert!((mean - expected).abs() < 1e-9, "{mean}");
        let empty = hour_of(&[]);
        assert_eq!((empty.count, empty.min, empty.avg), (0, None, None));
        assert_eq!(empty.mean_kinetic_temperature, None);
    }

    #[test]
    fn the_mean_kinetic_temperature_weighs_warmth_more() {
        let constant = hour_of(&[(0, 5.0), (600, 5.0), (1200, 5.0)]);
        let same = constant.mean_kinetic_temperature.expect("a figure");
        assert!((same - 5.0).abs() < 1e-9, "{same}");
        // Half of the time at 2 °C, half at 8 °C, by the formula in kelvin.
        let figure = hour_of(&[(0, 2.0), (1200, 8.0)])
            .mean_kinetic_temperature
            .expect("a figure");
        let (cold, warm): (f64, f64) = (
            (-10_000.529_f64 / 275.15).exp(),
            (-10_000.529_f64 / 281.15).exp(),
        );
        let expected = 10_000.529 / -((cold + warm) / 2.0).ln() - 273.15;
        assert!((figure - expected).abs() < 1e-4, "{figure} {expected}");
        assert!(figure > 5.0 && figure < 8.0, "{figure}");
    }
}
