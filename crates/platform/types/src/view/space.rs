//! Spaces: the pages of an organization.

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{OrganizationId, Slug, SpaceId, Timestamp};

/// The visibility of a space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Visibility {
    /// Visible to everybody and to search engines.
    Public,
    /// Visible to everybody with the address; not listed, not indexed.
    Unlisted,
    /// Visible to members only.
    Private,
}

/// A page of an organization. The space with the slug `home` is its home.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Space {
    pub id: SpaceId,
    pub organization_id: OrganizationId,
    pub slug: Slug,
    pub title: String,
    /// One line under the title.
    pub description: String,
    pub visibility: Visibility,
    /// Version, which grows with every change of the space or its items; the ETag is
    /// `"v{version}"`.
    pub version: i64,
    /// Number of items on the space.
    pub item_count: i64,
    /// Time at which it last became public or unlisted; null while private.
    pub published_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Creates a private space.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateSpace {
    #[garde(length(chars, max = 120), custom(super::line))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 120, format = "trimmed-line")
    )]
    #[serde(deserialize_with = "super::trimmed")]
    pub title: String,
    /// Slug; made from the title when absent.
    #[garde(skip)]
    pub slug: Option<Slug>,
    #[serde(default)]
    #[garde(length(chars, max = 500), custom(super::no_control))]
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 500, format = "line-or-empty")
    )]
    pub description: String,
}

/// Changes a space.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateSpace {
    #[garde(inner(length(chars, max = 120), custom(super::line)))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 120, format = "trimmed-line")
    )]
    #[serde(default, deserialize_with = "super::trimmed_if_any")]
    pub title: Option<String>,
    /// Slug. The home keeps the slug `home`, and no other space can take it.
    #[garde(skip)]
    pub slug: Option<Slug>,
    #[garde(inner(length(chars, max = 500), custom(super::no_control)))]
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 500, format = "line-or-empty")
    )]
    pub description: Option<String>,
}

/// Publishes a space.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Publish {
    /// Audience: everybody (the default), or everybody with the address.
    #[garde(skip)]
    #[serde(default)]
    pub audience: Audience,
}

/// The audience of a published space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Audience {
    /// Visible to everybody and to search engines.
    #[default]
    Public,
    /// Visible to everybody with the address; not listed, not indexed.
    Unlisted,
}
