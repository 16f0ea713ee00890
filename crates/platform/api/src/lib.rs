//! The HTTP surface. Owns routes, extractors and the form of responses.
//!
//! Independent of the platform: everything outside (a database, a clock, the network)
//! comes in through [`ports::Ports`]. Writes no SQL, knows no JavaScript, and reaches
//! the database only through the extractors of [`http::access`].

pub mod config;
pub mod egress;
pub mod http;
pub mod ports;

mod areas;
mod contract;
mod oauth_flow;
mod router;

pub use self::http::envelope::serve;
pub use areas::socket::SocketTicket;
pub use contract::document;
pub use router::router;
