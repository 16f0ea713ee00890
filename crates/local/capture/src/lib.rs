//! What is kept of requests: a ring in memory, files on disk within a budget. It must never slow
//! a stream down or break it: what cannot be kept is dropped.

pub mod curl;
pub mod decode;
pub mod diff;
pub mod disk;
pub mod exchange;
pub mod filter;
pub mod har;
pub mod record;
pub mod redact;
pub mod render;
pub mod store;
pub mod unified;

pub use exchange::{Content, Encoding, Exchange, Header, Message, Payload, RequestDetail};
pub use filter::{Filter, Matcher};
pub use store::Store;

/// How many requests are remembered.
pub const REMEMBERED: usize = 5000;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod fuzz;
