//! Search: what a person finds in their organizations.

use serde::{Deserialize, Serialize};

use crate::{ItemKind, OrganizationId, Slug, SpaceId};

/// What a search result is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SearchType {
    Item,
    Space,
    Event,
    Member,
    Instance,
    Domain,
    Dataset,
}

/// A part of a text, which is to be shown as text and never as HTML. All parts together are the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Segment {
    pub text: String,
    /// Whether the query matches here.
    pub hit: bool,
}

/// An organization, briefly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct OrganizationSummary {
    pub id: OrganizationId,
    pub slug: Slug,
    pub name: String,
}

/// A space, briefly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SpaceSummary {
    pub id: SpaceId,
    pub slug: Slug,
    pub title: String,
}

/// Something that a search found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SearchResult {
    #[serde(rename = "type")]
    pub kind: SearchType,
    /// Id of the item, space, event, member, instance, domain or dataset.
    pub id: String,
    pub title: String,
    /// The title in segments, to show what matched.
    pub title_segments: Vec<Segment>,
    /// Up to 200 characters of the text around the first match; empty when there is no text.
    pub snippet: Vec<Segment>,
    /// Path in the app that shows it.
    pub url: String,
    /// Why the caller may see it, in words.
    pub why: String,
    pub organization: OrganizationSummary,
    /// Space of an item or a domain, or the space itself; null for other types.
    pub space: Option<SpaceSummary>,
    /// Kind of an item; null for other types.
    pub item_kind: Option<ItemKind>,
    /// Icon of an item, in one of its forms, or URL of a person's picture; null without one.
    pub icon: Option<String>,
}
