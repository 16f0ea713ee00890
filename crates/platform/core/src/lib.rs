//! The rules of the product, as pure functions and state machines.
//!
//! The crate does no I/O and reads neither clock nor randomness: time and random bytes are
//! arguments. It builds for wasm32-unknown-unknown. Formats of other systems are in
//! `prox-integrations`.

pub mod cursor;
pub mod etag;
pub mod exposure;
pub mod grants;
pub mod origin;
pub mod roles;
pub mod room;
pub mod route;
pub mod search;
pub mod session;
pub mod share;
pub mod slug;
