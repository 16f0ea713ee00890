//! The rules of the product.
//!
//! Owns every decision that needs no I/O. Reads no clock and no randomness: time
//! and random bytes are arguments. Builds for wasm32-unknown-unknown as it is.

pub mod address;
pub mod cursor;
pub mod dns;
pub mod etag;
pub mod frame;
pub mod hostname;
pub mod json;
pub mod oauth;
pub mod origin;
pub mod page_meta;
pub mod roles;
pub mod room;
pub mod route;
pub mod session;
pub mod slack;
pub mod slug;
pub mod unicode;
