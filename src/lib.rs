//! FreshTrack: a real-time server for food temperature.
//!
//! The rooms of the house, top down. A room imports only rooms below it; `tests/it/rooms` enforces it.
//!
//! A reading's way: `http` (webhook) -> `ingest` (decode, find the device) -> `storage` (decide, commit,
//! number the log) -> `bus` (wake) -> `actors` (follow the log, tick, route) -> the Socket.IO clients.

pub mod cli;
pub mod app;
pub mod http;
pub mod realtime;
pub mod jobs;
pub mod simulate;
pub mod operations;
pub mod ingest;
pub mod actors;
pub mod bus;
pub mod storage;
pub mod auth;
pub mod telemetry;
pub mod config;
pub mod clock;
pub mod events;
pub mod devices;
pub mod alerts;
pub mod domain;
