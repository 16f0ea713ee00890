//! Notifications: what happened while a person looked elsewhere.

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{ItemId, NotificationId, OrganizationSummary, Timestamp};

/// What a notification is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum NotificationType {
    /// A person became a member of an organization.
    MemberJoined,
    /// A hostname serves its space now.
    DomainVerified,
    /// The DNS records of a hostname are wrong, and it serves its space no longer.
    DomainLost,
    /// The app of a connector was removed at the provider.
    ConnectorDisconnected,
    /// An item of the user could not be shown in a window.
    FrameFailed,
    /// The API could not be reached from a device of the user for a minute or more.
    ApiUnavailable,
}

/// What a client reports about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ReportType {
    /// An item could not be shown in a window.
    FrameFailed,
    /// The API could not be reached, and can again.
    ApiUnavailable,
}

/// Why an item could not be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum FrameFailure {
    /// Its site forbids other pages to show it.
    Blocked,
    /// Its site did not answer.
    Unreachable,
}

/// A notification that a client adds for its user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReportNotification {
    /// What happened.
    #[serde(rename = "type")]
    #[garde(skip)]
    pub kind: ReportType,
    /// The item, for `frame_failed` only.
    #[garde(skip)]
    pub item: Option<ItemId>,
    /// Why, for `frame_failed` only.
    #[garde(skip)]
    pub failure: Option<FrameFailure>,
    /// Seconds without an answer, up to a week; for `api_unavailable` only.
    #[garde(inner(range(min = 60, max = 604_800)))]
    #[cfg_attr(feature = "openapi", schema(minimum = 60, maximum = 604_800))]
    pub seconds: Option<i32>,
}

/// A notification of the signed-in user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Notification {
    pub id: NotificationId,
    #[serde(rename = "type")]
    pub kind: NotificationType,
    pub title: String,
    /// One or two sentences; may be empty.
    pub body: String,
    /// Path in the app that shows what it is about.
    pub url: String,
    /// Notifications with the same key are about the same thing.
    pub group_key: String,
    /// Organization where it happened; null when it concerns the user alone.
    pub organization: Option<OrganizationSummary>,
    pub created_at: Timestamp,
    /// Time at which the user read it; null while unread.
    pub read_at: Option<Timestamp>,
}

/// One page of the notifications, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NotificationList {
    /// Notifications, at most `limit`.
    pub items: Vec<Notification>,
    /// Cursor of the next page, for `?cursor=`; null on the last page.
    pub next_cursor: Option<String>,
    /// Number of unread notifications on all pages.
    pub unread: i64,
}

/// The number of unread notifications.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnreadCount {
    /// Number of unread notifications.
    pub unread: i64,
}

/// Marks notifications as read: those of `ids`, those created until `before`, or all of them when both are
/// absent. With both, those that fit both.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ReadNotifications {
    /// Notifications to mark; unknown ones are ignored.
    #[garde(inner(length(max = 200)))]
    #[cfg_attr(feature = "openapi", schema(max_items = 200))]
    pub ids: Option<Vec<NotificationId>>,
    /// Time of the newest notification to mark, such as that of the newest one that the user saw.
    #[garde(skip)]
    pub before: Option<Timestamp>,
}
