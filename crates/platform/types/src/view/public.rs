//! The public view of a space: the input of the public pages.

use serde::{Deserialize, Serialize};

use crate::{ItemId, ItemKind, Mode, Slug, SpaceId, Timestamp, Visibility};

/// A published space with everything on it that anonymous readers may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicSpace {
    pub id: SpaceId,
    pub organization: PublicOrganization,
    pub slug: Slug,
    pub title: String,
    pub description: String,
    /// `public` or `unlisted`.
    pub visibility: Visibility,
    pub version: i64,
    #[serde(deserialize_with = "crate::timestamp::read")]
    pub published_at: Timestamp,
    #[serde(deserialize_with = "crate::timestamp::read")]
    pub updated_at: Timestamp,
    /// In order; items of a folder directly after it.
    pub items: Vec<PublicItem>,
    /// The organization's other public spaces, for the home only.
    pub spaces: Vec<PublicSpaceLink>,
}

/// The address of a public space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicAddress {
    /// The organization's slug.
    pub handle: Slug,
    pub slug: Slug,
    #[serde(deserialize_with = "crate::timestamp::read")]
    pub updated_at: Timestamp,
}

/// Whose space it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicOrganization {
    /// The handle in `/@{handle}`.
    pub slug: Slug,
    pub name: String,
    /// Whether it is the personal organization of its owner.
    pub personal: bool,
    /// URL of a picture; the owner's, for a personal organization.
    pub image: Option<String>,
}

/// One thing on a published space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicItem {
    pub id: ItemId,
    pub kind: ItemKind,
    pub title: String,
    pub description: String,
    pub url: Option<String>,
    pub body: String,
    pub icon: Option<String>,
    pub tags: Vec<String>,
    pub mode: Mode,
    pub folder_id: Option<ItemId>,
    #[serde(deserialize_with = "crate::timestamp::read")]
    pub created_at: Timestamp,
    #[serde(deserialize_with = "crate::timestamp::read")]
    pub updated_at: Timestamp,
}

/// Another public space of the same organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicSpaceLink {
    pub slug: Slug,
    pub title: String,
    pub description: String,
}
