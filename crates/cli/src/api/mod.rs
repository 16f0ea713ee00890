//! The local API: how everything outside of the supervisor looks at it and tells it what to do.
//! Never decides anything itself.

pub mod client;
pub mod shape;
pub mod sse;

pub use client::{Client, ClientError};

/// Where all of it is.
pub const PREFIX: &str = "/api/v1";
