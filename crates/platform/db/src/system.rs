//! What the platform does for itself: health, the outbox sweep, a room's recovery.

use prox_types::durable::room::Poke;
use prox_types::{OrganizationId, SessionId, UserId};

use crate::statement::{Anonymous, Statement, Tenants, *};

/// Where an organization's sequence stands.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Head {
    /// Whose.
    pub organization_id: OrganizationId,
    /// The last committed sequence number.
    pub seq: i64,
}

/// What an outbox still has.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Missed {
    /// In order.
    pub pokes: Vec<Poke>,
    /// The last committed sequence number.
    pub head: i64,
}

/// Who opens a socket, and where the sequence stood at that moment.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Listener {
    /// The resolved organization.
    pub organization_id: OrganizationId,
    /// The person.
    pub user_id: UserId,
    /// Their session.
    pub session_id: SessionId,
    /// The last committed sequence number.
    pub head: i64,
}

/// How long the outbox keeps a change. A room that was away longer resets its clients.
const KEPT: &str = "1 day";

/// Asks the database for a sign of life.
#[must_use]
pub fn health() -> Statement<Anonymous, bool> {
    Statement::read(open_read!(
        "select 'true'::json as body, null::int8 as version"
    ))
}

/// A member who wants to listen.
#[must_use]
pub fn listener() -> Statement<Tenants, Listener> {
    Statement::read(tenant_read!(
        "select json_build_object('organization_id', t.id, 'user_id', t.user_id, 'session_id', t.session_id, 'head', t.seq) as body,
    null::int8 as version from allowed t"
    ))
}

/// What an organization's room missed after `after`, at most 1,000 changes.
#[must_use]
pub fn missed(organization: OrganizationId, after: i64) -> Statement<Anonymous, Missed> {
    Statement::read(open_read!(
        "select json_build_object(
    'pokes', (select coalesce(json_agg(json_build_object('seq', m.seq, 'keys', m.keys, 'close', m.close) order by m.seq), '[]')
      from (select o.seq, o.keys, o.close from outbox o where o.organization_id = $8 and o.seq > $9 order by o.seq limit 1000) m),
    'head', coalesce((select q.seq from organization_sequence q where q.organization_id = $8),
      (select max(o.seq) from outbox o where o.organization_id = $8), $9)) as body, null::int8 as version"
    ))
    .text(organization.to_string())
    .int(after)
}

/// Forgets what is too old to matter, and answers where the organizations stand that changed
/// within the last minutes, so that their rooms can notice what they missed.
#[must_use]
pub fn sweep() -> Statement<Anonymous, Vec<Head>> {
    Statement::write(open_write!(concat!(
        "old as (delete from outbox where created_at < $3 - $8::interval),
keys as (delete from idempotency_key where created_at < $3 - $8::interval),
proofs as (delete from verification where expires_at < $3 - $8::interval),
ended as (delete from session where greatest(revoked_at, expires_at) < $3 - $8::interval * 30),
heads as (select o.organization_id, max(o.seq) as seq from outbox o where o.created_at > $3 - interval '5 minutes' group by 1),
written as (select (select coalesce(json_agg(json_build_object('organization_id', h.organization_id, 'seq', h.seq)), '[]') from heads h) as body,
  null::int8 as version, null::text as problem),\n",
        no_audience!()
    )))
    .text(KEPT)
}
