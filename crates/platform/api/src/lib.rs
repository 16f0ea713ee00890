//! The HTTP surface. Owns routes, extractors and the shape of answers.
//!
//! Platform-free: whatever the world has (a database, a clock, the network) comes
//! in through [`ports::Ports`]. Writes no SQL, knows no JavaScript, and reaches
//! the database only through the extractors of [`access`].

pub mod access;
pub mod config;
pub mod egress;
pub mod ports;
pub mod problem;

mod body;
mod envelope;
mod handler;
mod handover;
mod path;
mod reply;
mod routes;

pub use envelope::serve;
pub use routes::{SocketTicket, document, router};
