//! A length of time on the command line: `90`, `90s`, `15m`, `12h` or `7d`.

use std::time::Duration;

/// Why a text is no span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum InvalidSpan {
    #[error("must be a number, in seconds or with s, m, h or d")]
    NoNumber,
    #[error("must be more than nothing and at most {most_days}d")]
    OutOfRange { most_days: u64 },
}

/// Parses a span of more than nothing and at most so many days.
pub(super) fn of_at_most<const DAYS: u64>(text: &str) -> Result<Duration, InvalidSpan> {
    let (number, unit) = match text.find(|c: char| !c.is_ascii_digit()) {
        None => (text, "s"),
        Some(end) => text.split_at(end),
    };
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(InvalidSpan::NoNumber),
    };
    if number.is_empty() {
        return Err(InvalidSpan::NoNumber);
    }
    // Digits alone: what does not fit is too long.
    let span = number.parse::<u64>().unwrap_or(u64::MAX);
    match span.saturating_mul(seconds) {
        span @ 1.. if span <= DAYS * 86_400 => Ok(Duration::from_secs(span)),
        _ => Err(InvalidSpan::OutOfRange { most_days: DAYS }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_a_number_with_or_without_a_unit() {
        let (no_number, out_of_range) = (
            Err(InvalidSpan::NoNumber),
            Err(InvalidSpan::OutOfRange { most_days: 30 }),
        );
        for (text, seconds) in [
            ("90", Ok(90)),
            ("90s", Ok(90)),
            ("15m", Ok(900)),
            ("12h", Ok(43_200)),
            ("30d", Ok(2_592_000)),
            ("31d", out_of_range),
            ("99999999999999999999d", out_of_range),
            ("18446744073709551615d", out_of_range),
            ("0m", out_of_range),
            ("-5m", no_number),
            ("1.5h", no_number),
            ("m", no_number),
            ("15 m", no_number),
            ("15µ", no_number),
            ("", no_number),
        ] {
            let span = of_at_most::<30>(text).map(|span| span.as_secs());
            assert_eq!(span, seconds, "{text}");
        }
    }
}
