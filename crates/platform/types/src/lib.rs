//! The contract: ids, wire types, error codes and socket messages.
//!
//! Owns every type that the API sends or receives ([`view`]). Does no I/O, reads no clock and no
//! randomness, and knows no rule that needs more than one value to decide.

pub mod durable;
pub mod error;
pub mod header;
pub mod id;
mod json_text;
pub mod list;
pub mod slug;
pub mod socket;
mod timestamp;
pub mod typeid;
pub mod view;

pub use error::{ErrorCode, FieldError, Problem};
pub use id::*;
pub use json_text::{JsonText, NotJson};
pub use list::Page;
pub use slug::Slug;
pub use view::*;

/// An instant, on the wire as RFC 3339 in UTC.
pub type Timestamp = jiff::Timestamp;
