//! Public pages: a published space as HTML, and its markdown, JSON and RSS twins.
//!
//! Owns every word and every byte that a stranger gets. Pure functions from view
//! types to text: no I/O, no clock (dates are absolute), no knowledge of who asks.
//! What a caller may see was decided before a [`prox_types::PublicSpace`] existed.

mod address;
mod context;
mod date;
mod feed;
mod head;
mod html;
mod jsonld;
mod mark;
mod markdown;
mod notice;
mod outline;
mod pack;
mod policy;
mod twin;

pub use context::PageContext;
pub use feed::rss;
pub use html::html;
pub use markdown::markdown_to_html;
pub use notice::{not_found, unavailable, unknown_host};
pub use pack::json_twin;
pub use policy::{csp, style_hash};
pub use twin::markdown_twin;

/// What the page loads from `/_prox/live.js`: refetches the page while somebody
/// looks at it, and swaps `<main>` when it changed. Pages are complete without it.
pub const LIVE_SCRIPT: &str = include_str!("live.js");
