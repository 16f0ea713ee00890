//! What widgets show: feeds of other sites, and the health of the items of a space.

use serde::{Deserialize, Serialize};

use crate::{ItemId, Timestamp};

/// The newest entries of a feed, as they were last fetched.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Feed {
    /// Title of the feed; null without one.
    pub title: Option<String>,
    /// Address of its site; null when it names none.
    pub site_url: Option<String>,
    /// Up to 20 entries, the newest first.
    pub entries: Vec<FeedEntry>,
    /// Time at which these entries were fetched; null when there are none yet.
    pub fetched_at: Option<Timestamp>,
    /// Time of the last attempt to fetch them; null while the first one is running.
    pub checked_at: Option<Timestamp>,
    /// Why the last attempt failed, in words; null when it did not.
    pub reason: Option<String>,
}

/// One entry of a feed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FeedEntry {
    /// Title as plain text.
    pub title: String,
    /// Absolute http or https URL.
    pub url: String,
    /// Time of its publication; null when the feed does not say it.
    pub published_at: Option<Timestamp>,
}

/// Whether the address of an item answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum HealthState {
    /// It answers, perhaps by asking to sign in.
    Ok,
    /// It does not answer, or with an error.
    Failing,
    /// It was not checked yet, or the service cannot reach it: an address without https, or on a local
    /// network.
    Unknown,
}

/// The health of an item with an address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemHealth {
    pub item_id: ItemId,
    pub state: HealthState,
    /// HTTP status of the last check; null without an answer.
    pub status: Option<u16>,
    /// What is wrong, in words; null when nothing is.
    pub reason: Option<String>,
    /// Time of the last check; null before the first one.
    pub checked_at: Option<Timestamp>,
}

/// The result of a check of a space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CheckedHealth {
    /// The items that were checked.
    pub items: Vec<ItemHealth>,
    /// Number of items that another check would check now.
    pub due: i64,
}
