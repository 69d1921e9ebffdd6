//! What an uplink says of one quantity, and what a sensor can measure at all.

/// One quantity of one sample.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) enum Quantity {
    /// Not mentioned.
    #[default]
    Absent,
    /// A number; possible only once [`Quantity::within`] has judged it.
    Value(f64),
    /// Mentioned, and cannot be: an unplugged probe, a broken sensor.
    Impossible,
}

impl Quantity {
    /// This, or the other if this is not mentioned. A fault is not healed by another source.
    pub(super) fn or(self, other: Self) -> Self {
        match self {
            Self::Absent => other,
            Self::Value(_) | Self::Impossible => self,
        }
    }

    /// Impossible if outside the range. The marks of broken sensors (327.67, -327.68, 3276.7, -2048, 655.35 %)
    /// lie outside every range here.
    pub(super) fn within(self, range: Range) -> Self {
        match self {
            // `+ 0.0` turns a codec's -0 into 0.
            Self::Value(value) if range.low <= value && value <= range.high => {
                Self::Value(value + 0.0)
            }
            Self::Value(_) | Self::Impossible => Self::Impossible,
            Self::Absent => Self::Absent,
        }
    }

    /// The number, if there is a possible one.
    pub(super) fn value(self) -> Option<f64> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Impossible => None,
        }
    }
}

/// Lowest and highest value that a sensor can report, both possible.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Range {
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Range {
    /// °C of a sensor that we do not know: wide enough for any kitchen, too narrow for any mark of a fault.
    pub(super) const ANY_TEMPERATURE: Self = Self::new(-100.0, 200.0);
    /// °C of the SHT20 and SHT31 element. The element's range, not the housing's: a value that the element can
    /// measure is better judged than hidden as a fault.
    pub(super) const SHT: Self = Self::new(-40.0, 125.0);
    /// °C of the DS18B20 and TMP117 element.
    pub(super) const DS18B20: Self = Self::new(-55.0, 125.0);
    /// Relative humidity and battery charge, %.
    pub(super) const PERCENT: Self = Self::new(0.0, 100.0);
    /// Battery or supply, V.
    pub(super) const VOLTS: Self = Self::new(0.0, 60.0);

    const fn new(low: f64, high: f64) -> Self {
        Self { low, high }
    }
}
