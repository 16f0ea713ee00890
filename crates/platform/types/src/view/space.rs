//! Spaces: the pages of an organization.

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{OrganizationId, Slug, SpaceId, Timestamp};

/// Who may see a space.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Visibility {
    /// Everybody, and search engines.
    Public,
    /// Everybody with the address; not indexed, not listed.
    Unlisted,
    /// Members.
    Private,
}

/// A page of an organization. The one with the slug `home` is its home.
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
    /// Grows with every change of the space or its items; the ETag is `"v{version}"`.
    pub version: i64,
    /// How many items are on it.
    pub item_count: i64,
    /// When it last became public or unlisted; null while private.
    pub published_at: Option<Timestamp>,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Makes a private space.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateSpace {
    #[garde(length(chars, max = 120), custom(super::line))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 120, format = "line")
    )]
    #[serde(deserialize_with = "super::trimmed")]
    pub title: String,
    /// Made from the title when absent.
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
        schema(min_length = 1, max_length = 120, format = "line")
    )]
    #[serde(default, deserialize_with = "super::trimmed_if_any")]
    pub title: Option<String>,
    /// The slug `home` can neither be given nor taken away.
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
    /// To everybody (the default), or to those with the address.
    #[garde(skip)]
    #[serde(default)]
    pub audience: Audience,
}

/// Whom a published space is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Audience {
    /// Everybody, and search engines.
    #[default]
    Public,
    /// Everybody with the address; not indexed, not listed.
    Unlisted,
}
