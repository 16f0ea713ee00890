//! Custom hostnames of spaces.

use prox_types::{DnsRecord, Domain, DomainId, DomainStatus};

use crate::PageOf;
use crate::statement::{Statement, Tenants, *};

macro_rules! domain_json {
    ($d:literal) => {
        concat!(
            "json_build_object('id', ",
            $d,
            ".id, 'space_id', ",
            $d,
            ".space_id, 'hostname', ",
            $d,
            ".hostname, 'status', ",
            $d,
            ".status, 'reason', ",
            $d,
            ".reason, 'records', ",
            $d,
            ".records, 'checked_at', rfc3339(",
            $d,
            ".checked_at), 'verified_at', rfc3339(",
            $d,
            ".verified_at), 'created_at', rfc3339(",
            $d,
            ".created_at))"
        )
    };
}

macro_rules! domains_audience {
    () => {
        "audience as (select h.organization_id, jsonb_build_array(jsonb_build_array('domains', h.id)) as keys, null::jsonb as close
  from home h where exists (select from changed))"
    };
}

/// What a verification asks the DNS about.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Claim {
    /// The hostname's row.
    pub id: DomainId,
    /// Canonical.
    pub hostname: String,
    /// What the TXT record must say.
    pub token: String,
}

/// What the DNS said.
#[derive(Clone, Debug)]
pub struct Check {
    /// The new status.
    pub status: DomainStatus,
    /// Why not verified.
    pub reason: Option<String>,
}

/// The hostnames of a space, oldest first.
#[must_use]
pub fn list(space: &str, page: PageOf<String>) -> Statement<Tenants, Vec<Domain>> {
    Statement::read(tenant_list!(
        concat!(
            "select ", domain_json!("d"), " as body, d.id as key from allowed t",
            " join space s on s.organization_id = t.id and (s.slug = $10 or s.id = $10)",
            " join domain d on d.space_id = s.id and d.removed_at is null",
            " where ($9::text is null or d.id > $9) order by d.id limit $8 + 1"
        ),
        "exists (select from allowed t join space s on s.organization_id = t.id where s.slug = $10 or s.id = $10)"
    ))
    .int(page.limit)
    .maybe_text(page.after)
    .text(space)
}

/// Claims a hostname for a space; refused while another organization has it verified.
#[must_use]
pub fn create(
    space: &str,
    id: DomainId,
    hostname: &str,
    token: &str,
    records: &[DnsRecord],
) -> Statement<Tenants, Domain> {
    Statement::write(tenant_write!(concat!(
        home!("gate"), ",\n",
        "taken as (select 1 from home h join domain d on d.hostname = $10 and d.removed_at is null",
        " where d.organization_id = h.organization_id or d.status = 'verified'),\n",
        "changed as (insert into domain (id, organization_id, space_id, hostname, token, records, created_at)",
        " select $9, h.organization_id, h.id, $10, $11, $12::jsonb, $3 from home h where not exists (select from taken) returning *),\n",
        "written as (select ", domain_json!("c"), " as body, null::int8 as version, null::text as problem from changed c",
        " union all select null, null, 'hostname_taken' from home where exists (select from taken)),\n",
        domains_audience!()
    )))
    .text(space)
    .text(id.to_string())
    .text(hostname)
    .text(token)
    .json(&records)
}

/// What to ask the DNS about a claimed hostname.
#[must_use]
pub fn claim(space: &str, id: DomainId) -> Statement<Tenants, Claim> {
    Statement::read(tenant_read!(
        "select json_build_object('id', d.id, 'hostname', d.hostname, 'token', d.token) as body, null::int8 as version
  from allowed t join space s on s.organization_id = t.id and (s.slug = $8 or s.id = $8)
  join domain d on d.space_id = s.id and d.removed_at is null where d.id = $9"
    ))
    .text(space)
    .text(id.to_string())
}

/// Records what the DNS said. A hostname that was verified stays so until the DNS says
/// otherwise (`failed`), not while it says nothing (`pending`).
#[must_use]
pub fn record_check(space: &str, id: DomainId, check: Check) -> Statement<Tenants, Domain> {
    let status = match check.status {
        DomainStatus::Pending => "pending",
        DomainStatus::Verified => "verified",
        DomainStatus::Failed => "failed",
    };
    Statement::write(tenant_write!(concat!(
        home!("gate"), ",\n",
        "changed as (update domain d set status = case when d.status = 'verified' and $10 = 'pending' then d.status else $10 end,",
        " reason = $11, checked_at = $3, verified_at = case when $10 = 'verified' then coalesce(d.verified_at, $3) else d.verified_at end",
        " from home h where d.space_id = h.id and d.id = $9 and d.removed_at is null returning d.*),\n",
        "written as (select ", domain_json!("c"), " as body, null::int8 as version, null::text as problem from changed c),\n",
        domains_audience!()
    )))
    .text(space)
    .text(id.to_string())
    .text(status)
    .maybe_text(check.reason)
}

/// Gives a hostname up; its row stays as a tombstone.
#[must_use]
pub fn delete(space: &str, id: DomainId) -> Statement<Tenants, ()> {
    Statement::write(tenant_write!(concat!(
        home!("gate"), ",\n",
        "changed as (update domain d set removed_at = $3 from home h where d.space_id = h.id and d.id = $9 and d.removed_at is null returning d.id),\n",
        "written as (select 'null'::json as body, null::int8 as version, null::text as problem from changed),\n",
        domains_audience!()
    )))
    .text(space)
    .text(id.to_string())
}
