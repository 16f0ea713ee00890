//! Pure parsers and verifiers of the formats of other systems: Slack deliveries, OAuth, DNS, HTML
//! heads, feeds, framing headers, pictures, and web addresses.
//!
//! Does no I/O and reads no clock or randomness: bytes, time and random bytes are
//! arguments. Builds for wasm32-unknown-unknown. Contains no rules of the product; those are
//! in `prox-core`.

pub mod address;
pub mod cookies;
pub mod dns;
pub mod feed;
pub mod frame;
pub mod hostname;
pub mod json;
pub mod media_type;
pub mod oauth;
pub mod page_meta;
pub mod picture;
pub mod refresh;
pub mod slack;
pub mod unicode;
