//! What became of the uplinks.

use std::fmt;

use super::webhook::Outcome;

/// Counts of the answers.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Uplinks that the server took: everything that it will not ask for again.
    pub accepted: u64,
    /// Readings that it says are new and durable.
    pub stored: u64,
    /// Uplinks that it had already.
    pub duplicate: u64,
    /// Uplinks that it refused, or did not answer.
    pub errors: u64,
}

impl Tally {
    /// Counts one answer.
    pub(super) fn count(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Taken { stored, duplicate } => {
                self.accepted += 1;
                self.stored += stored;
                self.duplicate += u64::from(*duplicate);
            }
            Outcome::Failed(_) => self.errors += 1,
        }
    }
}

impl fmt::Display for Tally {
    /// `accepted 120 stored 118 duplicate 2 errors 0`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "accepted {} stored {} duplicate {} errors {}",
            self.accepted, self.stored, self.duplicate, self.errors
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_answer_is_counted_once() {
        let mut tally = Tally::default();
        for outcome in [
            Outcome::Taken {
                stored: 2,
                duplicate: false,
            },
            Outcome::Taken {
                stored: 0,
                duplicate: true,
            },
            Outcome::Taken {
                stored: 0,
                duplicate: false,
            },
            Outcome::Failed("503 Service Unavailable".to_owned()),
        ] {
            tally.count(&outcome);
        }
        assert_eq!(
            tally.to_string(),
            "accepted 3 stored 2 duplicate 1 errors 1"
        );
    }
}
