//! The test kit: the real router over a database of its own, with fakes for everything else. Tests
//! send requests as clients do.
//!
//! A kit that cannot start panics, because a test without its database proves nothing.

#![allow(
    clippy::disallowed_methods,
    reason = "tests read the database without the API"
)]

mod app;
mod client;
mod contract;
mod database;
mod fakes;
mod proxy;

pub use app::{APP_ORIGIN, App};
pub use client::{Person, Reply, TestClient};
pub use database::Database;
pub use fakes::{Fakes, SLACK_SIGNING_SECRET};
pub use proxy::CountingProxy;
