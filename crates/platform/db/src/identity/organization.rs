//! Organizations.

use prox_types::{
    CreateOrganization, InstanceId, MemberId, Organization, OrganizationId, UpdateOrganization,
};

use crate::PageOf;
use crate::frame::*;
use crate::search::EntryTerms;
use crate::sql::statement;
use crate::statement::{Actors, Statement, Tenants};

/// The first rows of a new organization `founded(id)`: its owner, its sequence number, its instance
/// `main`, and the search entry of that.
macro_rules! new_organization {
    ($owner:literal) => {
        concat!(
            r#",
owner as (
  insert into organization_user_membership (id, organization_id, user_id, role, created_at, updated_at)
  select :new_member, founded.id, "#,
            $owner,
            r#", 'owner', :now, :now from founded),
counter as (insert into organization_sequence (organization_id) select founded.id from founded),
main as (
  insert into instance (id, organization_id, slug, name, created_at, updated_at)
  select :new_instance, founded.id, 'main', 'Main', :now, :now from founded),
main_indexed as (
  insert into search_entry (id, kind, organization_id, head, updated_at, stale)
  select :new_instance, 'instance', founded.id, :instance_terms::tsvector, :now, false from founded)"#
        )
    };
}

pub(crate) use new_organization;

/// The ids of a new organization, its first membership and its first instance.
#[derive(Clone, Debug)]
pub struct NewOrganization {
    /// The organization.
    pub id: OrganizationId,
    /// The membership of its owner.
    pub member: MemberId,
    /// Its instance `main`.
    pub instance: InstanceId,
    /// The lexemes of that instance.
    pub instance_terms: EntryTerms,
}

/// Lists the organizations of the caller, oldest first.
#[must_use]
pub fn list(page: PageOf<String>) -> Statement<Actors, Vec<Organization>> {
    statement!(
        Read: actor_list!(
            page: r#"
  select o.wire, m.role, o.id as key
  from actor
  join organization_user_membership m on m.user_id = actor.user_id
  join organization o on o.id = m.organization_id
  where :after is null or o.id > :after order by o.id limit :limit + 1"#,
            allowed: "true",
            members: r#"page.wire || ',"role":"' || page.role || '"'"#,
            bytes: "octet_length(page.wire)"
        ),
        limit = page.limit,
        after = page.after,
    )
}

/// Creates an organization that the caller owns, with the first free one of `slugs`. When a
/// concurrent request takes that slug, it gets the last one, which is random.
#[must_use]
pub fn create(
    ids: NewOrganization,
    body: CreateOrganization,
    slugs: Vec<String>,
) -> Statement<Actors, Organization> {
    statement!(
        Write: actor_write!(
            r#",
free as (
  select c.slug from unnest(:slugs) with ordinality c(slug, place)
  where not exists (select from organization o where o.slug = c.slug)
    and not exists (select from former_slug f where f.slug = c.slug and f.held_until > :now)
  order by c.place limit 1),
first_choice as (
  insert into organization (id, slug, name, created_at, updated_at)
  select :id, free.slug, :name, :now, :now from gate, free where cardinality(:slugs) > 1
  on conflict (slug) do nothing returning id, wire),
last_choice as (
  insert into organization (id, slug, name, created_at, updated_at)
  select :id, (:slugs)[cardinality(:slugs)], :name, :now, :now
  from gate, free where not exists (select from first_choice) returning id, wire),
founded as (select * from first_choice union all select * from last_choice)"#,
            new_organization!("(select user_id from gate)"),
            r#",
written as (
  select '{' || founded.wire || ',"role":"owner"}' as body, null::int8 as version, null::text as problem
  from founded
  union all select null, null, 'slug_taken' from gate where not exists (select from free))"#,
            no_audience!()
        ),
        id = ids.id,
        new_member = ids.member,
        new_instance = ids.instance,
        instance_terms = ids.instance_terms.head(),
        name = body.name,
        slugs = slugs,
    )
}

/// Reads one organization.
#[must_use]
pub fn read() -> Statement<Tenants, Organization> {
    statement!(Read: tenant_read!(
        r#"
  select '{' || allowed.wire || ',"role":"' || allowed.role || '"}' as body, null::int8 as version
  from allowed"#
    ))
}

/// Changes the name or the slug of an organization, and so its public pages. The old slug stays
/// reserved for the organization for 90 days.
#[must_use]
pub fn update(body: UpdateOrganization) -> Statement<Tenants, Organization> {
    statement!(
        Write: tenant_write!(
            r#",
before as (select o.id, o.slug from gate join organization o on o.id = gate.id),
held_by_another as (
  select 1 from before join former_slug f
    on f.slug = :slug and f.organization_id <> before.id and f.held_until > :now),
changed as (
  update organization o set name = coalesce(:name, o.name), slug = coalesce(:slug, o.slug), updated_at = :now
  from gate where o.id = gate.id and not exists (select from held_by_another)
  returning o.id, o.slug, o.wire, gate.role),
held as (
  insert into former_slug (slug, organization_id, held_until)
  select before.slug, before.id, :now + interval '90 days'
  from before join changed on changed.slug <> before.slug
  on conflict (slug) do update
    set organization_id = excluded.organization_id, held_until = excluded.held_until),
taken_back as (
  delete from former_slug f using changed where f.slug = changed.slug and f.organization_id = changed.id),
pages as (
  update space s set version = s.version + 1 from changed where s.organization_id = changed.id),
written as (
  select '{' || changed.wire || ',"role":"' || changed.role || '"}' as body, null::int8 as version,
    null::text as problem from changed
  union all select null, null, 'slug_taken' from held_by_another),
audience as (
  select changed.id as organization_id, null::jsonb as close,
    jsonb_build_array(jsonb_build_array('organization', changed.id)) as keys from changed)"#
        ),
        name = body.name,
        slug = body.slug,
    )
}

/// Deletes an organization with everything in it. A personal organization cannot be deleted. Watchers in
/// organizations that granted something to this one are checked again.
#[must_use]
pub fn delete() -> Statement<Tenants, ()> {
    statement!(Write: tenant_write!(
        r#",
deleted as (
  delete from organization o using gate
  where o.id = gate.id and o.personal_user_id is null returning o.id),
written as (
  select 'null' as body, null::int8 as version,
    case when exists (select from deleted) then null else 'conflict' end as problem from gate),
audience as (
  select deleted.id as organization_id, jsonb_build_array(jsonb_build_array('organization', deleted.id)) as keys,
    '"everyone"'::jsonb as close from deleted"#,
        watchers_by_organization!("deleted"),
        ")"
    ))
}
