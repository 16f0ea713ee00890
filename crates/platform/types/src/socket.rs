//! Messages from the server to a client of the organization websocket.

use serde::{Deserialize, Serialize};

use crate::UserId;
use crate::durable::room::QueryKey;

/// One text frame from the server to the client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Message {
    /// The first frame of every connection.
    #[serde(rename = "CONNECTED", rename_all = "camelCase")]
    Connected {
        /// The user of the session.
        user_id: UserId,
        /// The last sequence number in the room's log.
        seq: i64,
        /// The epoch of the room's log; it changes when the log is lost.
        epoch: String,
    },
    /// Cached data became stale.
    #[serde(rename = "INVALIDATE", rename_all = "camelCase")]
    Invalidate {
        /// The sequence number of the last change that the frame covers.
        seq: i64,
        /// What to fetch again.
        invalidate_info: InvalidateInfo,
    },
    /// A message to show to the user.
    #[serde(rename = "NOTIFICATION", rename_all = "camelCase")]
    Notification {
        /// The style of the notification.
        notification_type: NotificationType,
        /// The text.
        message: String,
        /// Options for the toast.
        extra_toast_args: serde_json::Map<String, serde_json::Value>,
    },
    /// A message whose meaning server and client agree on.
    #[serde(rename = "CUSTOM")]
    Custom {
        /// The content.
        payload: serde_json::Value,
    },
    /// The server could not handle a frame of the client.
    #[serde(rename = "ERROR")]
    Error {
        /// What to do.
        message: String,
    },
}

/// The data that a client fetches again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum InvalidateInfo {
    /// All data: a reset.
    #[serde(rename = "ALL")]
    All,
    /// The data under these query keys, and under keys that begin with them.
    #[serde(rename = "QUERY_KEY", rename_all = "camelCase")]
    QueryKey {
        /// Query keys without duplicates.
        query_keys: Vec<QueryKey>,
    },
}

/// The style of a notification.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationType {
    /// An operation succeeded.
    Success,
    /// An operation failed.
    Error,
    /// Information.
    Info,
    /// A warning.
    Warning,
}
