//! Tests of the API over a real Postgres, as clients use it. All are one program, which is linked
//! once.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests may panic, and read the database without the API"
)]

#[path = "support/operations.rs"]
mod operations;

mod database;
mod datasets;
mod envelope;
mod hardening;
mod icons;
mod imports;
mod look;
mod notifications;
mod openapi;
mod pictures;
mod preferences;
mod preflight;
mod public;
mod round_trips;
mod search;
mod sharing;
mod sign_in;
mod slack;
mod slices;
mod spaces;
mod system;
mod tenancy;
mod watch;
mod widgets;
mod workspaces;
