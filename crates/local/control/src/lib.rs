//! The local API: how everything outside of the supervisor looks at it and tells it what to do.
//! Never decides anything itself.

pub mod api_types;
pub mod client;
mod error;
mod guard;
mod page;
pub mod registry;
pub mod requests;
mod routes;
mod server;
pub mod sse;
mod stream;

pub use client::{Client, ClientError};
pub use error::ApiError;
pub use routes::document;
pub use server::{Context, serve};

/// Where all of it is.
pub const PREFIX: &str = "/api/v1";
