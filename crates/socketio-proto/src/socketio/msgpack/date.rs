//! Dates of JavaScript clients as the text that their JSON has: `2026-01-31T12:00:00.000Z`. Part of [`super`].

use serde_json::Value;

const DAY_MS: i64 = 86_400_000;

/// Beyond this JavaScript has no dates: 100,000,000 days around 1970, in milliseconds.
const FARTHEST_MS: i64 = 100_000_000 * DAY_MS;

/// The timestamp extension of msgpack, in 4, 8 or 12 bytes.
pub(super) fn from_timestamp(bytes: &[u8]) -> Option<Value> {
    let (seconds, nanoseconds) = match bytes.len() {
        4 => (i64::from(u32::from_be_bytes(bytes.try_into().ok()?)), 0),
        8 => {
            let both = u64::from_be_bytes(bytes.try_into().ok()?);
            let seconds = i64::try_from(both & ((1 << 34) - 1)).ok()?;
            (seconds, i64::try_from(both >> 34).ok()?)
        }
        12 => {
            let (nanoseconds, seconds) = bytes.split_first_chunk()?;
            let seconds = i64::from_be_bytes(seconds.try_into().ok()?);
            (seconds, i64::from(u32::from_be_bytes(*nanoseconds)))
        }
        _ => return None,
    };
    let milliseconds = seconds.checked_mul(1000)?;
    text(milliseconds.checked_add(nanoseconds / 1_000_000)?)
}

/// As older clients write them: milliseconds since 1970 in 8 bytes.
pub(super) fn from_milliseconds(bytes: &[u8]) -> Option<Value> {
    text(i64::from_be_bytes(bytes.try_into().ok()?))
}

fn text(milliseconds: i64) -> Option<Value> {
    if !(-FARTHEST_MS..=FARTHEST_MS).contains(&milliseconds) {
        return None;
    }
    let (days, ms) = (
        milliseconds.div_euclid(DAY_MS),
        milliseconds.rem_euclid(DAY_MS),
    );
    let (year, month, day) = civil(days);
    let year = match year {
        0..=9999 => format!("{year:04}"),
        _ => format!("{year:+07}"),
    };
    let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
    let fraction = ms % 1000;
    Some(Value::String(format!(
        "{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{fraction:03}Z"
    )))
}

/// Year, month and day of the Gregorian calendar. Years are counted from March, so that the leap day comes last.
const fn civil(days_since_1970: i64) -> (i64, i64, i64) {
    /// Days of 400 years.
    const ERA: i64 = 146_097;
    // From the first of March of year 0.
    let days = days_since_1970 + 719_468;
    let (era, day_of_era) = (days.div_euclid(ERA), days.rem_euclid(ERA));
    let year_of_era =
        (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let months = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * months + 2) / 5 + 1;
    let month = if months < 10 { months + 3 } else { months - 9 };
    let year = year_of_era + era * 400 + if month <= 2 { 1 } else { 0 };
    (year, month, day)
}
