//! The test kit: the real router on a database of its own, with fakes for the rest of
//! the world. Tests talk to it as clients do.
//!
//! A kit that cannot start panics: a test that runs without its database proves nothing.

#![allow(
    clippy::disallowed_methods,
    reason = "a test looks behind the API's back as it likes"
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
