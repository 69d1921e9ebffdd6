//! Failed logins: ten for one account from one address within five minutes, and that pair has to wait.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::time::Duration;

use super::AuthError;

/// Remembers failures by account and address. Holds at most [`Self::CAPACITY`] pairs, each with at most
/// [`Self::LIMIT`] times; over it the pair that failed longest ago is forgotten.
#[derive(Debug, Default)]
pub struct LoginAttempts {
    failures: HashMap<(String, IpAddr), VecDeque<Duration>>,
}

impl LoginAttempts {
    /// Failures within the window that close an account to an address.
    pub const LIMIT: usize = 10;
    /// How long a failure counts.
    pub const WINDOW: Duration = Duration::from_secs(300);
    /// Pairs remembered: some 2 MB.
    pub const CAPACITY: usize = 10_000;

    /// Whether this pair may try; asked before the password is looked at. `now` is monotonic.
    ///
    /// # Errors
    /// [`AuthError::TooManyAttempts`] if it has to wait.
    pub fn check(&self, email: &str, address: IpAddr, now: Duration) -> Result<(), AuthError> {
        let Some(times) = self.failures.get(&key(email, address)) else {
            return Ok(());
        };
        let mut counted = times.iter().filter(|at| **at + Self::WINDOW > now);
        let oldest = counted.next().copied();
        match oldest {
            Some(oldest) if 1 + counted.count() >= Self::LIMIT => {
                let wait = (oldest + Self::WINDOW).saturating_sub(now);
                Err(AuthError::TooManyAttempts {
                    retry_after_seconds: wait.as_secs() + u64::from(wait.subsec_nanos() > 0),
                })
            }
            _ => Ok(()),
        }
    }

    /// One more failure of this pair.
    pub fn failed(&mut self, email: &str, address: IpAddr, now: Duration) {
        let key = key(email, address);
        if self.failures.len() >= Self::CAPACITY && !self.failures.contains_key(&key) {
            self.make_room(now);
        }
        let times = self.failures.entry(key).or_default();
        if times.len() == Self::LIMIT {
            times.pop_front();
        }
        times.push_back(now);
    }

    /// This pair has logged in.
    pub fn succeeded(&mut self, email: &str, address: IpAddr) {
        self.failures.remove(&key(email, address));
    }

    fn make_room(&mut self, now: Duration) {
        let counts = |times: &VecDeque<Duration>| {
            times.back().is_some_and(|last| *last + Self::WINDOW > now)
        };
        self.failures.retain(|_, times| counts(times));
        if self.failures.len() < Self::CAPACITY {
            return;
        }
        let longest_ago = self.failures.iter().min_by_key(|(_, times)| times.back());
        if let Some(key) = longest_ago.map(|(key, _)| key.clone()) {
            self.failures.remove(&key);
        }
    }
}

/// Accounts are told apart without case, as their e-mail addresses are; a longer text is nobody's address
/// (RFC 5321, 4.5.3.1) and must not fill the memory.
fn key(email: &str, address: IpAddr) -> (String, IpAddr) {
    let email = email.chars().take(254).collect::<String>();
    (email.to_lowercase(), address)
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const AWAY: IpAddr = IpAddr::V4(Ipv4Addr::new(192, 0, 2, 1));

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn wait(attempts: &LoginAttempts, email: &str, address: IpAddr, seconds: u64) -> u64 {
        match attempts.check(email, address, at(seconds)) {
            Ok(()) => 0,
            Err(AuthError::TooManyAttempts {
                retry_after_seconds,
            }) => retry_after_seconds,
            Err(other) => panic!("{other}"),
        }
    }

    /// Ten failures at 0, 10, .. 90 seconds.
    fn closed() -> LoginAttempts {
        let mut attempts = LoginAttempts::default();
        for tens in 0..10 {
            assert_eq!(wait(&attempts, "ada@x.example", HOME, tens * 10), 0);
            attempts.failed("ada@x.example", HOME, at(tens * 10));
        }
        attempts
    }

    #[test]
    fn the_tenth_failure_closes_one_account_to_one_address() {
        let attempts = closed();
        for (name, email, address, seconds, expected) in [
            ("at once", "ada@x.example", HOME, 90, 210),
            ("in other letters", "Ada@X.example", HOME, 90, 210),
            ("just before the end", "ada@x.example", HOME, 299, 1),
            (
                "when the first failure is old",
                "ada@x.example",
                HOME,
                300,
                0,
            ),
            ("from another address", "ada@x.example", AWAY, 90, 0),
            ("another account", "bob@x.example", HOME, 90, 0),
        ] {
            assert_eq!(wait(&attempts, email, address, seconds), expected, "{name}");
        }
    }

    #[test]
    fn a_login_forgets_the_failures_and_one_more_closes_again() {
        let mut attempts = closed();
        attempts.failed("ada@x.example", HOME, at(305));
        assert_eq!(wait(&attempts, "ada@x.example", HOME, 305), 5);
        attempts.succeeded("ada@x.example", HOME);
        assert_eq!(wait(&attempts, "ada@x.example", HOME, 305), 0);
    }

    #[test]
    fn at_capacity_the_pair_that_failed_longest_ago_leaves() {
        let mut attempts = closed();
        for number in 0..LoginAttempts::CAPACITY as u64 - 1 {
            attempts.failed(&number.to_string(), AWAY, at(100));
        }
        assert_eq!(wait(&attempts, "ada@x.example", HOME, 100), 200);
        attempts.failed("one more", AWAY, at(100));
        assert_eq!(wait(&attempts, "ada@x.example", HOME, 100), 0);
        assert_eq!(attempts.failures.len(), LoginAttempts::CAPACITY);
        attempts.failed("much later", AWAY, at(1000));
        assert_eq!(attempts.failures.len(), 1);
    }
}
