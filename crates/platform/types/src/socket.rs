//! Messages from the server to a client of the organization websocket.

use serde::{Deserialize, Serialize};

use crate::UserId;
use crate::durable::room::QueryKey;

/// One text frame, server → client.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum Message {
    /// Always the first frame.
    #[serde(rename = "CONNECTED", rename_all = "camelCase")]
    Connected {
        /// The user that the session belongs to.
        user_id: UserId,
        /// Where the room's log stands.
        seq: i64,
        /// Changes when the room's log was lost.
        epoch: String,
    },
    /// Something changed.
    #[serde(rename = "INVALIDATE", rename_all = "camelCase")]
    Invalidate {
        /// The last change that the frame covers.
        seq: i64,
        /// What to fetch again.
        invalidate_info: InvalidateInfo,
    },
    /// A text for the person.
    #[serde(rename = "NOTIFICATION", rename_all = "camelCase")]
    Notification {
        /// How it is shown.
        notification_type: NotificationType,
        /// The text.
        message: String,
        /// Options for the toast.
        extra_toast_args: serde_json::Map<String, serde_json::Value>,
    },
    /// Anything else, by agreement of both ends.
    #[serde(rename = "CUSTOM")]
    Custom {
        /// The content.
        payload: serde_json::Value,
    },
    /// The server could not do what was asked.
    #[serde(rename = "ERROR")]
    Error {
        /// What to do.
        message: String,
    },
}

/// What a client fetches again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type")]
pub enum InvalidateInfo {
    /// Everything: a reset.
    #[serde(rename = "ALL")]
    All,
    /// These keys, and what starts with them.
    #[serde(rename = "QUERY_KEY", rename_all = "camelCase")]
    QueryKey {
        /// Without duplicates.
        query_keys: Vec<QueryKey>,
    },
}

/// How a notification is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotificationType {
    /// It worked.
    Success,
    /// It did not.
    Error,
    /// Good to know.
    Info,
    /// Mind this.
    Warning,
}
