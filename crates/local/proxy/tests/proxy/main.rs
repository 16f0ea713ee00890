//! The proxy, end to end: real sockets on both sides.
#![allow(
    unreachable_pub,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing
)]

mod capture;
mod forward;
mod replay;
mod streams;
mod support;
mod tls;
