//! The demo: two organizations with well-known logins, so that there is something to look at.
//!
//! Used by `app` for `serve --demo`. Writes through storage's writer; imports nothing above it.

pub mod seed;
