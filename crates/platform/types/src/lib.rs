//! Ids, wire types, error codes and socket messages of the API.
//!
//! Every type that the API sends or receives is here ([`view`]). The crate does no I/O and reads
//! neither clock nor randomness. It validates single values; rules about several are in
//! `prox-core`.

pub mod durable;
pub mod error;
pub mod header;
pub mod id;
mod json_text;
pub mod list;
mod object;
pub mod slug;
pub mod socket;
mod timestamp;
pub mod typeid;
pub mod view;

pub use error::{ErrorCode, FieldError, Problem};
pub use id::*;
pub use json_text::{JsonText, NotJson};
pub use list::Page;
pub use object::Object;
pub use slug::Slug;
pub use view::*;

/// An instant; RFC 3339 in UTC in JSON.
pub type Timestamp = jiff::Timestamp;
