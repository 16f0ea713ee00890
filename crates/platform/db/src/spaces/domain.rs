//! Custom hostnames of spaces.

use prox_types::{DnsRecord, Domain, DomainId, DomainStatus, JsonText, NotificationId};

use crate::PageOf;
use crate::frame::*;
use crate::identity::notification::{notified_keys, notify};
use crate::search::{EntryTerms, entry_statement, new_entry};
use crate::sql::statement;
use crate::statement::{Anonymous, Statement, Tenants};

macro_rules! domains_audience {
    () => {
        domains_audience!("'[]'")
    };
    ($more_keys:expr) => {
        concat!(
            r#",
audience as (
  select target_space.organization_id, null::jsonb as close,
    jsonb_build_array(jsonb_build_array('domains', target_space.id)) || "#,
            $more_keys,
            r#" as keys
  from target_space where exists (select from changed))"#
        )
    };
}

/// The news of [`notify`] when `changed` is verified and was not `before`, or the reverse.
macro_rules! verification_news {
    () => {
        r#"
  select changed.organization_id, null::text as except_user,
    case when changed.status = 'verified' then 'domain_verified' else 'domain_lost' end as type,
    changed.hostname || case when changed.status = 'verified' then ' is verified' else ' is no longer verified' end
      as title,
    case when changed.status = 'verified' then 'It shows ' || s.title || ' now.' else coalesce(changed.reason, '') end
      as body,
    '/' || s.slug || '?window=domains.' || changed.id as path, 'domain ' || changed.id as group_key,
    changed.id as subject
  from changed join before on (before.status = 'verified') <> (changed.status = 'verified')
  join space s on s.id = changed.space_id"#
    };
}

/// A claimed hostname with the token that its DNS records must contain.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Claim {
    /// The domain.
    pub id: DomainId,
    /// The canonical hostname.
    pub hostname: String,
    /// The token for the TXT record.
    pub token: String,
}

/// The result of a DNS lookup.
#[derive(Clone, Debug)]
pub struct Check {
    /// The new status.
    pub status: DomainStatus,
    /// Why the domain is not verified.
    pub reason: Option<String>,
}

/// Lists the hostnames of a space, oldest first.
#[must_use]
pub fn list(space: &str, page: PageOf<String>) -> Statement<Tenants, Vec<Domain>> {
    statement!(
        Read: tenant_list!(
            page: r#"
  select d.wire, d.id as key
  from allowed
  join space s on s.organization_id = allowed.id and (s.slug = :space or s.id = :space)
  join domain d on d.space_id = s.id and d.removed_at is null
  where :after is null or d.id > :after order by d.id limit :limit + 1"#,
            found: r#"exists (
    select from allowed join space s on s.organization_id = allowed.id where s.slug = :space or s.id = :space)"#
        ),
        space = space.to_owned(),
        limit = page.limit,
        after = page.after,
    )
}

/// Claims a hostname for a space. Fails when the organization has claimed it, or another
/// organization has verified it.
#[must_use]
pub fn create(
    space: &str,
    id: DomainId,
    hostname: &str,
    token: &str,
    records: &[DnsRecord],
    terms: &EntryTerms,
) -> Statement<Tenants, Domain> {
    entry_statement!(
        tenant_write!(
            target_space!(),
            r#",
taken as (
  select 1 from target_space join domain d on d.hostname = :hostname and d.removed_at is null
  where d.organization_id = target_space.organization_id or d.status = 'verified'),
changed as (
  insert into domain (id, organization_id, space_id, hostname, token, records, created_at)
  select :domain, target_space.organization_id, target_space.id, :hostname, :token, :records::jsonb, :now
  from target_space where not exists (select from taken) returning *)"#,
            new_entry!(
                kind: "'domain'",
                organization: "changed.organization_id",
                space: "changed.space_id",
                from: "changed"
            ),
            r#",
written as (
  select '{' || changed.wire || '}' as body, null::int8 as version, null::text as problem from changed
  union all select null, null, 'hostname_taken' from target_space where exists (select from taken))"#,
            domains_audience!()
        ),
        terms.all_vectors(),
        space = space.to_owned(),
        domain = id,
        hostname = hostname.to_owned(),
        token = token.to_owned(),
        records = JsonText::from(&records),
    )
}

/// Reads a claimed hostname for its verification.
#[must_use]
pub fn claim(space: &str, id: DomainId) -> Statement<Tenants, Claim> {
    statement!(
        Read: tenant_read!(
            r#"
  select json_build_object('id', d.id, 'hostname', d.hostname, 'token', d.token)::text as body,
    null::int8 as version
  from allowed
  join space s on s.organization_id = allowed.id and (s.slug = :space or s.id = :space)
  join domain d on d.space_id = s.id and d.removed_at is null where d.id = :domain"#
        ),
        space = space.to_owned(),
        domain = id,
    )
}

/// Stores the result of a DNS lookup. A verified hostname stays verified when the DNS does not
/// answer (`pending`), and becomes `failed` when its records are wrong. Notifies the admins when it is
/// verified, and when a verified one is no longer.
#[must_use]
pub fn record_check(
    space: &str,
    id: DomainId,
    notification: NotificationId,
    check: Check,
) -> Statement<Tenants, Domain> {
    let status = match check.status {
        DomainStatus::Pending => "pending",
        DomainStatus::Verified => "verified",
        DomainStatus::Failed => "failed",
    };
    statement!(
        Write: tenant_write!(
            target_space!(),
            r#",
before as materialized (
  select d.status from target_space
  join domain d on d.space_id = target_space.id where d.id = :domain and d.removed_at is null),
changed as (
  update domain d
  set status = case when d.status = 'verified' and :status = 'pending' then d.status else :status end,
    reason = :reason, checked_at = :now,
    verified_at = case when :status = 'verified' then coalesce(d.verified_at, :now) else d.verified_at end
  from target_space where d.space_id = target_space.id and d.id = :domain and d.removed_at is null
  returning d.*)"#,
            notify!(verification_news!()),
            r#",
written as (
  select '{' || changed.wire || '}' as body, null::int8 as version, null::text as problem from changed)"#,
            domains_audience!(notified_keys!())
        ),
        space = space.to_owned(),
        domain = id,
        notification = notification,
        status = status,
        reason = check.reason,
    )
}

/// Reads hostnames that were verified once and are due for another look, the longest unseen first, at most
/// `count`. A verified one whose last look failed is due after ten minutes, all others after six hours.
#[must_use]
pub fn due(count: i64) -> Statement<Anonymous, Vec<Claim>> {
    statement!(
        Read: open_read!(
            r#"
  select coalesce(json_agg(json_build_object('id', p.id, 'hostname', p.hostname, 'token', p.token)), '[]')::text as body,
    null::int8 as version
  from (
    select d.id, d.hostname, d.token from domain d
    where d.removed_at is null and d.verified_at is not null and d.checked_at < :now - interval '10 minutes'
      and (d.checked_at < :now - interval '6 hours' or (d.status = 'verified' and d.reason is not null))
    order by d.checked_at limit :count) p"#
        ),
        count = count,
    )
}

/// Stores the result of another look at a hostname, and notifies as [`record_check`] does. A verified
/// hostname fails when two looks in a row fail, because a single answer of the DNS may be wrong. A look
/// without an answer changes nothing but its time.
#[must_use]
pub fn record_look(
    id: DomainId,
    notification: NotificationId,
    check: Check,
) -> Statement<Anonymous, ()> {
    let looked = match check.status {
        DomainStatus::Verified => "proven",
        DomainStatus::Failed => "failed",
        DomainStatus::Pending => "unanswered",
    };
    statement!(
        Write: open_write!(
            r#"
before as materialized (select d.status from domain d where d.id = :domain and d.removed_at is null),
changed as (
  update domain d set checked_at = :now,
    status = case
      when :looked = 'proven' and not exists (
        select from domain other
        where other.hostname = d.hostname and other.id <> d.id and other.removed_at is null and other.status = 'verified')
      then 'verified'
      when :looked = 'failed' and (d.status <> 'verified' or d.reason is not null) then 'failed'
      else d.status end,
    reason = case when :looked = 'unanswered' then d.reason else :reason end
  where d.id = :domain and d.removed_at is null and d.verified_at is not null returning d.*)"#,
            notify!(verification_news!()),
            r#",
written as (select 'null' as body, null::int8 as version, null::text as problem from changed),
audience as (
  select changed.organization_id, null::jsonb as close,
    jsonb_build_array(jsonb_build_array('domains', changed.space_id)) || "#,
            notified_keys!(),
            r#" as keys
    from changed join before on before.status <> changed.status)"#
        ),
        domain = id,
        notification = notification,
        looked = looked,
        reason = check.reason,
    )
}

/// Removes a hostname. Its row stays as a tombstone.
#[must_use]
pub fn delete(space: &str, id: DomainId) -> Statement<Tenants, ()> {
    statement!(
        Write: tenant_write!(
            target_space!(),
            r#",
changed as (
  update domain d set removed_at = :now from target_space
  where d.space_id = target_space.id and d.id = :domain and d.removed_at is null returning d.id),
written as (select 'null' as body, null::int8 as version, null::text as problem from changed)"#,
            domains_audience!()
        ),
        space = space.to_owned(),
        domain = id,
    )
}
