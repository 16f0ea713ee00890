//! The real binary, as people and programs use it: real child processes, folders of its own.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a test may fail loudly, wait, and say that it was skipped"
)]

mod api;
// A library of the C kind is loaded that way only there.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
mod clock;
mod commands;
mod contract;
mod faults;
mod following;
mod guide;
mod readiness;
mod requests;
mod support;
mod together;
