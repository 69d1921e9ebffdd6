//! The room as a whole: real uplinks, real webhook bodies, and anything at all.

mod examples;
mod precedence;
mod properties;
pub(super) mod support;
mod webhook;
