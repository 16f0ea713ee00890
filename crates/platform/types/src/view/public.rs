//! The public view of a space, from which the public pages are rendered.

use serde::{Deserialize, Serialize};

use crate::{ItemId, ItemKind, Mode, Role, Slug, SpaceId, Theme, Timestamp, Visibility};

/// A space with what a viewer may see, up to the size limit of a page.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicSpace {
    pub id: SpaceId,
    pub organization: PublicOrganization,
    pub slug: Slug,
    pub title: String,
    pub description: String,
    pub visibility: Visibility,
    /// The viewer's role in the organization; null for others.
    #[serde(default)]
    pub role: Option<Role>,
    /// Hue of the accent colour, in degrees.
    #[serde(default)]
    pub accent: Option<u16>,
    /// `art:NAME`, `picture:HASH`, or the URL of a picture.
    #[serde(default)]
    pub cover: Option<String>,
    /// Theme of the page.
    #[serde(default)]
    pub theme: Option<Theme>,
    pub version: i64,
    /// When it was published; of a space that is not, when it was created.
    #[serde(deserialize_with = "crate::timestamp::read")]
    pub published_at: Timestamp,
    #[serde(deserialize_with = "crate::timestamp::read")]
    pub updated_at: Timestamp,
    /// Items in order; those of a folder follow it directly. For a feed, the newest of the others
    /// come after them.
    pub items: Vec<PublicItem>,
    /// The number of items that are not in `items`.
    #[serde(default)]
    pub items_left_out: usize,
    /// Other public spaces of the organization; empty except for the home.
    pub spaces: Vec<PublicSpaceLink>,
}

impl PublicSpace {
    /// The maximum number of items on a page.
    pub const MAX_ITEMS: usize = 2_000;
    /// The maximum size of the text of a page, in bytes: titles, descriptions, bodies and URLs.
    pub const MAX_TEXT: usize = 1 << 20;
    /// The maximum number of entries of a feed. Feed readers keep older entries themselves.
    pub const MAX_ENTRIES: usize = 50;
}

/// The address of a public space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicAddress {
    /// Slug of the organization.
    pub handle: Slug,
    pub slug: Slug,
    #[serde(deserialize_with = "crate::timestamp::read")]
    pub updated_at: Timestamp,
}

/// The organization of a public space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicOrganization {
    /// Slug, which is the handle in `/@{handle}`.
    pub slug: Slug,
    pub name: String,
    /// Whether it is the personal organization of its owner.
    pub personal: bool,
    /// URL of a picture: the user's, for a personal organization.
    pub image: Option<String>,
}

/// An item on a published space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicItem {
    pub id: ItemId,
    /// Never `widget`: the widgets that are on a page are links there.
    #[serde(deserialize_with = "link_if_widget")]
    pub kind: ItemKind,
    pub title: String,
    pub description: String,
    pub url: Option<String>,
    pub body: String,
    pub icon: Option<String>,
    /// Whether the service keeps a picture for its icon.
    #[serde(default)]
    pub has_icon: bool,
    /// Whether the viewer sees it, but not everybody with the address of the page.
    #[serde(default)]
    pub restricted: bool,
    pub tags: Vec<String>,
    pub mode: Mode,
    pub folder_id: Option<ItemId>,
    #[serde(deserialize_with = "crate::timestamp::read")]
    pub created_at: Timestamp,
    #[serde(deserialize_with = "crate::timestamp::read")]
    pub updated_at: Timestamp,
}

fn link_if_widget<'de, D: serde::Deserializer<'de>>(from: D) -> Result<ItemKind, D::Error> {
    ItemKind::deserialize(from).map(|kind| match kind {
        ItemKind::Widget => ItemKind::Link,
        other => other,
    })
}

/// Another public space of the same organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicSpaceLink {
    pub slug: Slug,
    pub title: String,
    pub description: String,
}
