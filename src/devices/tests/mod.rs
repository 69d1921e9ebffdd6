//! The room as a whole: real uplinks, real webhook bodies, and anything at all.

mod corpus;
mod examples;
mod precedence;
mod properties;
mod sensors;
pub(super) mod support;
mod webhook;
