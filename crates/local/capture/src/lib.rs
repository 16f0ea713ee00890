//! Captures requests: keeps the newest in a ring buffer in memory, and in files within a disk
//! budget. Capturing never delays or breaks a stream; data that cannot be stored is dropped.

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

/// The maximum number of requests that are kept.
pub const MAX_REQUESTS: usize = 5000;

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod fuzz;
