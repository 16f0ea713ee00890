//! The local API of a running project: server, client, and the registry of running supervisors.

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

/// The path prefix of the local API.
pub const PREFIX: &str = "/api/v1";
