//! Integration tests: one binary, a module per behaviour.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

#[macro_use]
mod support;

mod browser;
mod cli;
mod clients;
mod commands;
mod connect;
mod documents;
mod duplicates;
mod durability;
mod flow;
mod health;
mod history;
mod isolation;
mod limits;
mod newcomers;
mod postgres;
mod recovery;
mod rooms;
mod rules;
mod sessions;
mod simulate;
mod subscriptions;
mod webhook;
