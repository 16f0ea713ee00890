//! The rules of the product, as pure functions and state machines.
//!
//! Does no I/O and reads no clock or randomness: time and random bytes are arguments. Builds
//! for wasm32-unknown-unknown. What other systems speak is parsed in `prox-integrations`.

pub mod cursor;
pub mod etag;
pub mod origin;
pub mod roles;
pub mod room;
pub mod route;
pub mod session;
pub mod slug;
