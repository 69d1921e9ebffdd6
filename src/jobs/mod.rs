//! What happens by itself: deadlines that fall due, rows that leave by age.
//!
//! `app` starts each as one task and stops it; they read the clock, ask `storage` and write through its writer.

pub mod deadlines;
pub mod retention;
mod step_guard;
