//! The supervisor with real processes.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods
)]

mod changes;
mod faults;
mod order;
mod orphans;
mod support;
