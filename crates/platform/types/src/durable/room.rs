//! Messages from the API worker to an organization's room, and the entries of its log.

use serde::{Deserialize, Serialize};

use crate::{OrganizationId, SessionId, SpaceId, UserId};

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
    /// All watchers of a space, because some of them may not see it any more.
    Space(SpaceId),
    /// All watchers, because some of them may not see what they watch any more: they had a grant of another
    /// organization.
    Watchers,
    /// All sockets, because the organization was deleted.
    Everyone,
}

/// What the API passes to the room with an authorized upgrade. The room trusts it, because only the
/// API worker can reach the room.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Admission {
    /// A member, who receives the query keys of all changes.
    Member(Ticket),
    /// A viewer of one space, who receives [`CHANGED`] and nothing else.
    Watcher(Watch),
}

impl Admission {
    /// The organization, whose id names the room.
    #[must_use]
    pub fn organization_id(&self) -> OrganizationId {
        match self {
            Self::Member(ticket) => ticket.organization_id,
            Self::Watcher(watch) => watch.organization_id,
        }
    }

    /// The organization's sequence number when the right to the socket was checked.
    #[must_use]
    pub fn head(&self) -> i64 {
        match self {
            Self::Member(ticket) => ticket.head,
            Self::Watcher(watch) => watch.head,
        }
    }
}

/// The admission of a member.
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

/// The text that a watcher receives when the space changed.
pub const CHANGED: &str = "changed";

/// The admission of a watcher: somebody who may see one space, and need not be a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// The organization, whose id names the room.
    pub organization_id: OrganizationId,
    /// The space that is watched.
    pub space_id: SpaceId,
    /// The user at the other end of the socket, when the request carried a session.
    pub user_id: Option<UserId>,
    /// The session that made the request, if any.
    pub session_id: Option<SessionId>,
    /// The organization's sequence number when the right to see the space was checked.
    pub head: i64,
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
