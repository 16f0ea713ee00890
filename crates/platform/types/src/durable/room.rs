//! Messages from the API worker to an organization's room, and the entries of its log.

use serde::{Deserialize, Serialize};

use crate::{OrganizationId, SessionId, UserId};

/// A client-side cache key: a noun, then the ids that scope it.
/// `["items", "spc_…"]`, `["spaces", "org_…"]`.
pub type QueryKey = Vec<String>;

/// One committed change of an organization, as in its outbox row.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poke {
    /// The organization's sequence number after the change; gapless.
    pub seq: i64,
    /// Which client-side caches the change made stale.
    pub keys: Vec<QueryKey>,
    /// Whose sockets the change closes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub close: Option<Close>,
}

/// Whose sockets to close.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Close {
    /// All of a person's: the membership ended.
    User(UserId),
    /// Those of one session: it was revoked.
    Session(SessionId),
    /// All of them: the organization is gone.
    Everyone,
}

/// What an authorized upgrade hands to the room. The room trusts it: only the
/// API worker can reach the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ticket {
    /// The resolved organization; names the room.
    pub organization_id: OrganizationId,
    /// Who listens.
    pub user_id: UserId,
    /// Through which sign-in.
    pub session_id: SessionId,
    /// The organization's sequence number when the membership was checked.
    pub head: i64,
    /// The last sequence number that the client saw, when it reconnects.
    pub since: Option<i64>,
    /// The room's epoch that the client saw.
    pub epoch: Option<String>,
}

/// Something that an organization's room should know.
#[derive(Debug, Serialize, Deserialize)]
pub struct Notice {
    /// The organization of the room.
    pub organization_id: OrganizationId,
    /// What.
    pub news: News,
}

/// What a notice says.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// Changes were committed.
    Pokes(Vec<Poke>),
    /// The organization's sequence stands here.
    Head(i64),
}
