//! Statements of the platform itself: health, the sweep, the recovery of a room.

use prox_types::durable::room::Poke;
use prox_types::{OrganizationId, SessionId, UserId};

use crate::frame::*;
use crate::sql::statement;
use crate::statement::{Anonymous, Statement, Tenants};

/// The current sequence number of an organization.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Head {
    /// The organization.
    pub organization_id: OrganizationId,
    /// The last committed sequence number.
    pub seq: i64,
}

/// The changes that a room missed.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Missed {
    /// The changes in order.
    pub pokes: Vec<Poke>,
    /// The last committed sequence number.
    pub head: i64,
}

/// The member who opens a socket, with the organization's sequence number at that time.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Listener {
    /// The organization.
    pub organization_id: OrganizationId,
    /// The user.
    pub user_id: UserId,
    /// The session.
    pub session_id: SessionId,
    /// The last committed sequence number.
    pub head: i64,
}

/// The time that the outbox keeps a change. A room that needs an older one resets its clients.
const RETENTION: &str = "1 day";

/// Checks that the database answers.
#[must_use]
pub fn health() -> Statement<Anonymous, bool> {
    statement!(Read: open_read!("select 'true' as body, null::int8 as version"))
}

/// The member who opens a socket.
#[must_use]
pub fn listener() -> Statement<Tenants, Listener> {
    statement!(Read: tenant_read!(
        r#"
  select json_build_object('organization_id', allowed.id, 'user_id', allowed.user_id,
    'session_id', allowed.session_id, 'head', allowed.seq)::text as body, null::int8 as version
  from allowed"#
    ))
}

/// The changes of an organization after the sequence number `after`, at most 1,000.
#[must_use]
pub fn missed(organization: OrganizationId, after: i64) -> Statement<Anonymous, Missed> {
    statement!(
        Read: open_read!(
            r#"
  select json_build_object(
    'pokes', (
      select coalesce(json_agg(json_build_object('seq', m.seq, 'keys', m.keys, 'close', m.close) order by m.seq), '[]')
      from (
        select b.seq, b.keys, b.close from outbox b
        where b.organization_id = :room and b.seq > :after order by b.seq limit 1000) m),
    'head', coalesce(
      (select q.seq from organization_sequence q where q.organization_id = :room),
      (select max(b.seq) from outbox b where b.organization_id = :room),
      :after))::text as body, null::int8 as version"#
        ),
        room = organization,
        after = after,
    )
}

/// Deletes old rows. Returns the sequence numbers of organizations that changed within the last
/// five minutes, so that their rooms find out about lost pokes.
#[must_use]
pub fn sweep() -> Statement<Anonymous, Vec<Head>> {
    statement!(
        Write: open_write!(
            r#"
old_changes as (delete from outbox where created_at < :now - :retention::interval),
old_keys as (delete from idempotency_key where created_at < :now - :retention::interval),
old_proofs as (delete from verification where expires_at < :now - :retention::interval),
old_notifications as (delete from notification where created_at < :now - :retention::interval * 90),
old_holds as (delete from former_slug where held_until < :now),
old_icons as (delete from site_icon where refresh_at < :now - :retention::interval * 30),
old_visits as (delete from share_link_visit where created_at < :now - :retention::interval * 30),
old_imports as (
  delete from dataset_import
  where updated_at < :now - :retention::interval * case when state = 'done' then 30 else 7 end),
old_sessions as (
  delete from session where greatest(revoked_at, expires_at) < :now - :retention::interval * 30),
heads as (
  select b.organization_id, max(b.seq) as seq from outbox b
  where b.created_at > :now - interval '5 minutes' group by 1),
written as (
  select (
    select coalesce(json_agg(json_build_object('organization_id', heads.organization_id, 'seq', heads.seq)), '[]')
    from heads)::text as body, null::int8 as version, null::text as problem)"#,
            no_audience!()
        ),
        retention = RETENTION,
    )
}
