//! The real binary, as people and programs use it: with real child processes, each in its own
//! folder.

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
// Preloading a C library works this way only on these systems.
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
