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

/// A theme, by its name in the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Theme {
    Paper,
    Glacier,
    Forest,
    Dusk,
    Clay,
    Blossom,
    Riso,
    Phosphor,
    Ink,
    Contrast,
}

impl Theme {
    /// Every theme, in the order of the app.
    pub const ALL: [Self; 10] = [
        Self::Paper,
        Self::Glacier,
        Self::Forest,
        Self::Dusk,
        Self::Clay,
        Self::Blossom,
        Self::Riso,
        Self::Phosphor,
        Self::Ink,
        Self::Contrast,
    ];

    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Paper => "paper",
            Self::Glacier => "glacier",
            Self::Forest => "forest",
            Self::Dusk => "dusk",
            Self::Clay => "clay",
            Self::Blossom => "blossom",
            Self::Riso => "riso",
            Self::Phosphor => "phosphor",
            Self::Ink => "ink",
            Self::Contrast => "contrast",
        }
    }
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
    /// Hue of its accent colour, in degrees; null for the usual one.
    pub accent: Option<u16>,
    /// Cover at its top: `art:NAME` of an art that the clients draw, `picture:HASH` of an uploaded picture,
    /// or the URL of one; null for none.
    pub cover: Option<String>,
    /// Theme of its public page; null for the usual one.
    pub theme: Option<Theme>,
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
    /// Hue of its accent colour, in degrees.
    #[garde(inner(range(max = 359)))]
    #[cfg_attr(feature = "openapi", schema(minimum = 0, maximum = 359))]
    pub accent: Option<u16>,
    /// Cover: `art:NAME`, `picture:HASH`, or the URL of a picture.
    #[garde(inner(length(chars, max = 2048), custom(cover_form)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 2048, format = "cover"))]
    pub cover: Option<String>,
    /// Theme of its public page.
    #[garde(skip)]
    pub theme: Option<Theme>,
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
    /// Hue of its accent colour, in degrees; null removes it.
    #[garde(inner(inner(range(max = 359))))]
    #[cfg_attr(
        feature = "openapi",
        schema(value_type = Option<u16>, minimum = 0, maximum = 359)
    )]
    #[serde(default, deserialize_with = "super::some_if_present")]
    pub accent: Option<Option<u16>>,
    /// Cover: `art:NAME`, `picture:HASH`, or the URL of a picture; null or the empty text removes it.
    #[garde(inner(length(chars, max = 2048), custom(super::or_empty(cover_form))))]
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 2048, format = "cover-or-empty")
    )]
    #[serde(default, deserialize_with = "super::empty_if_null")]
    pub cover: Option<String>,
    /// Theme of its public page; null removes it.
    #[garde(skip)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Theme>))]
    #[serde(default, deserialize_with = "super::some_if_present")]
    pub theme: Option<Option<Theme>>,
}

/// Accepts the name of an art, which clients draw, or that or the URL of a picture.
fn cover_form(text: &str, context: &()) -> garde::Result {
    match text.strip_prefix("art:") {
        Some(name) if super::picture::is_drawn_name(name) => Ok(()),
        Some(_) => Err(garde::Error::new(
            "must be art: and up to 40 lower-case letters, digits and hyphens",
        )),
        None => super::picture::picture_or_url(text, context),
    }
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
