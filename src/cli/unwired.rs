//! Stands where `crate::app` and `crate::storage` will: `serve.rs` and `migrate.rs` then import those, and this file goes.

use super::Failure;

pub(super) mod app {
    pub(in crate::cli) fn run(_: crate::config::Config) -> Result<(), super::Failure> {
        Err("this build has no server".into())
    }
}

pub(super) mod storage {
    pub(in crate::cli) fn migrate(_: &crate::config::Database) -> Result<(), super::Failure> {
        Err("this build has no database".into())
    }
}
