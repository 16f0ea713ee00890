//! Messages from the API worker to an organization's room, and the entries of its log.

use serde::{Deserialize, Serialize};

use crate::{OrganizationId, SessionId, UserId};

/// A client-side cache key: a noun, then the ids that scope it.
/// `["items", "spc_…"]`, `["spaces", "org_…"]`.
pub type QueryKey = Vec<String>;

/// One committed change of an organization, as stored in its outbox row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poke {
    /// The organization's sequence number after the change, without gaps.
    pub seq: i64,
    /// The query keys that the change made stale.
    pub keys: Vec<QueryKey>,
    /// The sockets that the change closes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close: Option<Close>,
}

/// Selects the sockets to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Close {
    /// All sockets of a user, whose membership ended.
    User(UserId),
    /// The sockets of one session, which was revoked.
    Session(SessionId),
    /// All sockets, because the organization was deleted.
    Everyone,
}

/// What the API passes to the room with an authorized upgrade. The room trusts it, because only the
/// API worker can reach the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The organization, whose id names the room.
    pub organization_id: OrganizationId,
    /// The user at the other end of the socket.
    pub user_id: UserId,
    /// The session that made the request.
    pub session_id: SessionId,
    /// The organization's sequence number when the membership was checked.
    pub head: i64,
    /// The last sequence number that the client saw, when it reconnects.
    pub since: Option<i64>,
    /// The epoch of the room's log that the client saw, when it reconnects.
    pub epoch: Option<String>,
}

/// A message from the API to the room of an organization.
#[derive(Debug, Serialize, Deserialize)]
pub struct Notice {
    /// The organization of the room.
    pub organization_id: OrganizationId,
    /// The content.
    #[serde(rename = "news")]
    pub content: NoticeContent,
}

/// The content of a [`Notice`].
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeContent {
    /// Changes were committed.
    Pokes(Vec<Poke>),
    /// The organization's current sequence number.
    Head(i64),
}
