//! What people do, on a real database.

mod accounts;
mod alerts;
mod operator;
mod rules;

use super::OperationError;
use crate::domain::Code;

/// Why it was refused.
fn code<T: std::fmt::Debug>(outcome: Result<T, OperationError>) -> Code {
    outcome.expect_err("must be refused").code()
}
