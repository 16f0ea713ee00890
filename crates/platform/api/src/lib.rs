//! The HTTP API: routes, extractors, handlers and responses.
//!
//! The crate is independent of the platform: it reaches everything outside, such as database, clock
//! and network, through [`ports::Ports`]. It contains no SQL and no JavaScript, and only the
//! extractors of [`http::access`] reach the database.

pub mod config;
pub mod egress;
pub mod http;
pub mod ports;

mod areas;
mod contract;
mod oauth_flow;
mod router;

pub use self::http::envelope::{REQUEST_HEADERS, serve};
pub use areas::datasets::importing::{Advance, advance_import, resume_imports};
pub use areas::search::fill_stale_entries;
pub use areas::socket::{SocketTicket, WatchTicket};
pub use areas::spaces::domains::recheck_domains;
pub use contract::document;
pub use router::{operations, pages};
