//! Who somebody is, proven: passwords, access tokens, refresh tokens, webhook secrets.
//!
//! `operations`, `http` and `realtime` ask; rows come from `storage` by way of them, the time is passed in.
//! Nothing here reads a clock or a database. Argon2 runs on the blocking pool only, through [`PasswordHasher`],
//! whose queue is bounded; so is the memory of failed logins.

mod attempts;
mod error;
mod hasher;
mod identity;
mod new_password;
mod password;
mod pid;
mod refresh;
mod secret;
mod token;

pub use attempts::LoginAttempts;
pub use error::{AuthError, TokenError};
pub use hasher::PasswordHasher;
pub use identity::Identity;
pub use new_password::{NewPassword, WeakPassword};
pub use password::PasswordHash;
pub use pid::{PID_DAYS, Pid, PidKey};
pub use refresh::{Refresh, RefreshToken};
pub use secret::{Secret, SecretHash};
pub use token::{AccessGrant, AccessToken, TokenKey};
