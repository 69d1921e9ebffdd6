//! What clients get: names, payloads, rooms, and the order in which it is sent. Pure: no IO, no clock.
//!
//! `storage` writes [`log`] entries in its transaction; `actors` follow them, and send by [`routing`] what
//! [`replay()`] would send again after a cut: both state the same rules, once.

pub mod batch;
pub mod event;
pub mod document;
pub mod log;
pub mod notice;
pub mod offset;
pub mod reader;
pub mod replay;
#[cfg(test)]
mod replay_properties;
pub mod room;
pub mod routing;

pub use batch::{UnitBatch, UnitOutput};
pub use event::{
    DataUpdated, Event, GapReason, ReadingsBatch, Resource, SensorReading, StreamGap,
    StreamPosition, UnitStatusChange,
};
pub use log::{Audience, LogEntry, LogId, LogItem, OnCommit};
pub use notice::{Heard, Notice};
pub use offset::{Cursor, InvalidOffset, Offset, Partial, Position, Step};
pub use reader::{Head, LogReader, LogUnreadable};
pub use replay::{JoinedRoom, Listener, ReplayError, replay};
pub use room::{InvalidRoom, Room};
pub use routing::{Outgoing, flush, gap, progress, route};
