//! Spaces, what is on them, who sees it, and where they are published.

pub(crate) mod domains;
pub(crate) mod exposure;
pub(crate) mod feeds;
pub(crate) mod grants;
pub(crate) mod icons;
pub(crate) mod item_health;
pub(crate) mod items;
pub(crate) mod pictures;
pub(crate) mod preflight;
pub(crate) mod public;
pub(crate) mod share_links;
pub(crate) mod shared;
#[expect(
    clippy::module_inception,
    reason = "the area is named after its main resource"
)]
pub(crate) mod spaces;
