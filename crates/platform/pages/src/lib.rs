//! Public pages: a published space as HTML, and its alternate formats Markdown, JSON and
//! RSS.
//!
//! Pure functions from view types to text: no I/O, no clock (dates are absolute), and they do not
//! decide who sees what. A [`prox_types::PublicSpace`] contains only what its reader may see.

mod address;
mod context;
mod context_pack;
mod crawlers;
mod date;
mod feed;
mod glyph;
mod head;
mod html;
mod jsonld;
mod look;
mod mark;
mod markdown;
mod markdown_page;
mod notice;
mod outline;
mod policy;
mod theme;

pub use context::{PageContext, Viewer};
pub use context_pack::json;
pub use crawlers::{APP_ICON, app_robots, app_sitemap, host_robots, host_sitemap, icon};
pub use feed::rss;
pub use html::html;
pub use markdown::{markdown_to_html, markdown_to_text};
pub use markdown_page::markdown;
pub use notice::{Gate, gate, link_ended, not_found, nothing_to_see, unavailable, unknown_host};
pub use policy::{csp, gate_csp, page_csp, style_hash, viewer_csp};

/// The script at `/_prox/live.js`: requests the page again while it is visible, and
/// replaces `<main>` when it changed. Pages are complete without it.
pub const LIVE_SCRIPT: &str = include_str!("live.js");
