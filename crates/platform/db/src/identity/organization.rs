//! Organizations.

use prox_types::{
    CreateOrganization, InstanceId, MemberId, Organization, OrganizationId, UpdateOrganization,
};

use crate::PageOf;
use crate::statement::{Actors, Statement, Tenants, *};

/// An organization `o` as a caller with role `$role` sees it.
macro_rules! organization_json {
    ($o:literal, $role:literal) => {
        concat!(
            "json_build_object('id', ",
            $o,
            ".id, 'slug', ",
            $o,
            ".slug, 'name', ",
            $o,
            ".name, 'personal', ",
            $o,
            ".personal_user_id is not null, 'role', ",
            $role,
            ", 'created_at', rfc3339(",
            $o,
            ".created_at), 'updated_at', rfc3339(",
            $o,
            ".updated_at))"
        )
    };
}

/// A new tenant from `founded(id, slug)`: its owner, its counter, its first instance.
/// `$member`, `$instance` are parameters with fresh ids; `$owner` selects the user's id.
macro_rules! found_organization {
    ($member:literal, $instance:literal, $owner:literal) => {
        concat!(
            "owner as (insert into organization_user_membership (id, organization_id, user_id, role, created_at, updated_at)",
            " select ", $member, ", f.id, (", $owner, "), 'owner', $3, $3 from founded f),\n",
            "counter as (insert into organization_sequence (organization_id) select f.id from founded f),\n",
            "main as (insert into instance (id, organization_id, slug, name, created_at, updated_at)",
            " select ", $instance, ", f.id, 'main', 'Main', $3, $3 from founded f)"
        )
    };
}

/// `free`: the first of the slugs in `$candidates` that no organization has.
macro_rules! free_slug {
    ($candidates:literal) => {
        concat!(
            "free as (select c.slug from unnest(", $candidates, "::text[]) with ordinality c(slug, place)",
            " where not exists (select from organization o where o.slug = c.slug) order by c.place limit 1)"
        )
    };
}

pub(crate) use {found_organization, free_slug};

/// The ids of what a new organization brings with it.
#[derive(Clone, Copy, Debug)]
pub struct NewOrganization {
    /// Its own.
    pub id: OrganizationId,
    /// The founder's place.
    pub member: MemberId,
    /// Its instance `main`.
    pub instance: InstanceId,
}

/// The caller's organizations, oldest first.
#[must_use]
pub fn list(page: PageOf<String>) -> Statement<Actors, Vec<Organization>> {
    Statement::read(actor_list!(
        concat!(
            "select ", organization_json!("o", "m.role"), " as body, o.id as key from actor a",
            " join organization_user_membership m on m.user_id = a.user_id join organization o on o.id = m.organization_id",
            " where ($9::text is null or o.id > $9) order by o.id limit $8 + 1"
        ),
        "true"
    ))
    .int(page.limit)
    .maybe_text(page.after)
}

/// Makes an organization with the first free of `slugs`; the caller owns it.
#[must_use]
pub fn create(
    ids: NewOrganization,
    body: CreateOrganization,
    slugs: Vec<String>,
) -> Statement<Actors, Organization> {
    Statement::write(actor_write!(concat!(
        free_slug!("$12"), ",\n",
        "founded as (insert into organization (id, slug, name, created_at, updated_at)",
        " select $8, free.slug, $11, $3, $3 from gate, free returning *),\n",
        found_organization!("$9", "$10", "select user_id from gate"), ",\n",
        "written as (select ", organization_json!("f", "'owner'"), " as body, null::int8 as version, null::text as problem from founded f",
        " union all select null, null, 'slug_taken' from gate where not exists (select from free)),\n",
        no_audience!()
    )))
    .text(ids.id.to_string())
    .text(ids.member.to_string())
    .text(ids.instance.to_string())
    .text(body.name)
    .texts(slugs)
}

/// One organization.
#[must_use]
pub fn read() -> Statement<Tenants, Organization> {
    Statement::read(tenant_read!(concat!(
        "select ",
        organization_json!("t", "t.role"),
        " as body, null::int8 as version from allowed t"
    )))
}

/// Renames an organization; its public pages change with it.
#[must_use]
pub fn update(body: UpdateOrganization) -> Statement<Tenants, Organization> {
    Statement::write(tenant_write!(concat!(
        "changed as (update organization o set name = coalesce($8, o.name), slug = coalesce($9, o.slug), updated_at = $3",
        " from gate g where o.id = g.id returning o.*, g.role),\n",
        "pages as (update space s set version = s.version + 1 from changed c where s.organization_id = c.id),\n",
        "written as (select ", organization_json!("c", "c.role"), " as body, null::int8 as version, null::text as problem from changed c),\n",
        "audience as (select c.id as organization_id, jsonb_build_array(jsonb_build_array('organization', c.id)) as keys, null::jsonb as close from changed c)"
    )))
    .maybe_text(body.name)
    .maybe_text(body.slug.map(|s| s.to_string()))
}

/// Deletes an organization and all that is in it; a personal one stays.
#[must_use]
pub fn delete() -> Statement<Tenants, ()> {
    Statement::write(tenant_write!(
        "gone as (delete from organization o using gate g where o.id = g.id and o.personal_user_id is null returning o.id),
written as (select 'null'::json as body, null::int8 as version,
  case when exists (select from gone) then null else 'conflict' end as problem from gate),
audience as (select g.id as organization_id, jsonb_build_array(jsonb_build_array('organization', g.id)) as keys,
  '\"everyone\"'::jsonb as close from gone g)"
    ))
}
