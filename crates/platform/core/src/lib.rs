//! The rules of the product.
//!
//! Owns every decision that needs no I/O. Reads no clock and no randomness: time
//! and random bytes are arguments. Builds for wasm32-unknown-unknown as it is.

pub mod cursor;
pub mod etag;
pub mod origin;
pub mod roles;
pub mod room;
pub mod route;
pub mod session;
pub mod slug;
