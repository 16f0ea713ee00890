//! Spaces of an organization.
//!
//! A space's version covers all that its public page shows. What a home shows of
//! its sister spaces is part of that, so their changes count for the home too.

use prox_types::{Audience, CreateSpace, Space, SpaceId, UpdateSpace};

use crate::PageOf;
use crate::statement::{Statement, Tenants, *};

macro_rules! space_json {
    ($s:literal) => {
        concat!(
            "json_build_object('id', ",
            $s,
            ".id, 'organization_id', ",
            $s,
            ".organization_id, 'slug', ",
            $s,
            ".slug, 'title', ",
            $s,
            ".title, 'description', ",
            $s,
            ".description, 'visibility', ",
            $s,
            ".visibility, 'version', ",
            $s,
            ".version, 'item_count', (select count(*) from item i where i.space_id = ",
            $s,
            ".id), 'published_at', rfc3339(",
            $s,
            ".published_at), 'created_at', rfc3339(",
            $s,
            ".created_at), 'updated_at', rfc3339(",
            $s,
            ".updated_at))"
        )
    };
}

/// `found`: the space `$8` of the caller's organization.
macro_rules! found {
    () => {
        "found as (select s.* from gate g join space s on s.organization_id = g.id where s.slug = $8 or s.id = $8)"
    };
}

/// `home`: the home that shows the changed space, one version on.
macro_rules! home_follows {
    () => {
        "home as (update space s set version = s.version + 1 from found f, changed c
  where s.organization_id = f.organization_id and s.slug = 'home' and s.id <> f.id)"
    };
}

macro_rules! space_audience {
    () => {
        "audience as (select f.organization_id, jsonb_build_array(jsonb_build_array('spaces', f.organization_id), jsonb_build_array('space', f.id)) as keys,
  null::jsonb as close from found f where exists (select from changed))"
    };
}

/// `written` for an update of `found` that may lose against its `If-Match`.
macro_rules! written_unless_stale {
    ($json:expr) => {
        concat!(
            "written as (select ", $json, " as body, c.version, null::text as problem from changed c",
            " union all select null, null, 'stale' from found where not exists (select from changed))"
        )
    };
}

pub(crate) use written_unless_stale;

/// The spaces, oldest first.
#[must_use]
pub fn list(page: PageOf<String>) -> Statement<Tenants, Vec<Space>> {
    Statement::read(tenant_list!(
        concat!(
            "select ",
            space_json!("s"),
            " as body, s.id as key from allowed t join space s on s.organization_id = t.id",
            " where ($9::text is null or s.id > $9) order by s.id limit $8 + 1"
        ),
        "true"
    ))
    .int(page.limit)
    .maybe_text(page.after)
}

/// One space, by slug or id.
#[must_use]
pub fn read(space: &str) -> Statement<Tenants, Space> {
    Statement::read(tenant_read!(concat!(
        "select ", space_json!("s"), " as body, s.version from allowed t join space s on s.organization_id = t.id where s.slug = $8 or s.id = $8"
    )))
    .text(space)
}

/// Makes a private space with the first free of `slugs`.
#[must_use]
pub fn create(id: SpaceId, body: CreateSpace, slugs: Vec<String>) -> Statement<Tenants, Space> {
    Statement::write(tenant_write!(concat!(
        "free as (select c.slug from gate g, unnest($11::text[]) with ordinality c(slug, place)",
        " where not exists (select from space s where s.organization_id = g.id and s.slug = c.slug) order by c.place limit 1),\n",
        "changed as (insert into space (id, organization_id, slug, title, description, created_at, updated_at)",
        " select $8, g.id, free.slug, $9, $10, $3, $3 from gate g, free returning *),\n",
        "written as (select ", space_json!("c"), " as body, c.version, null::text as problem from changed c",
        " union all select null, null, 'slug_taken' from gate where not exists (select from free)),\n",
        "audience as (select c.organization_id, jsonb_build_array(jsonb_build_array('spaces', c.organization_id)) as keys, null::jsonb as close from changed c)"
    )))
    .text(id.to_string())
    .text(body.title)
    .text(body.description)
    .texts(slugs)
}

/// Changes a space, when its version is one of `versions` (any, when absent).
#[must_use]
pub fn update(
    space: &str,
    body: UpdateSpace,
    versions: Option<Vec<i64>>,
) -> Statement<Tenants, Space> {
    Statement::write(tenant_write!(concat!(
        found!(), ",\n",
        "fixed as (select case when $11 is not null and $11 <> f.slug and 'home' in ($11, f.slug) then 'invalid slug' end as problem from found f),\n",
        "changed as (update space s set title = coalesce($9, s.title), description = coalesce($10, s.description),",
        " slug = coalesce($11, s.slug), version = s.version + 1, updated_at = $3 from found f, fixed",
        " where s.id = f.id and fixed.problem is null and ($12::int8[] is null or s.version = any($12)) returning s.*),\n",
        home_follows!(), ",\n",
        "written as (select ", space_json!("c"), " as body, c.version, null::text as problem from changed c",
        " union all select null, null, coalesce(fixed.problem, 'stale') from fixed where not exists (select from changed)),\n",
        space_audience!()
    )))
    .text(space)
    .maybe_text(body.title)
    .maybe_text(body.description)
    .maybe_text(body.slug.map(|s| s.to_string()))
    .maybe_ints(versions)
}

/// Publishes a space to an audience, or takes it back (`None`).
#[must_use]
pub fn set_audience(
    space: &str,
    audience: Option<Audience>,
    versions: Option<Vec<i64>>,
) -> Statement<Tenants, Space> {
    let visibility = match audience {
        Some(Audience::Public) => "public",
        Some(Audience::Unlisted) => "unlisted",
        None => "private",
    };
    Statement::write(tenant_write!(concat!(
        found!(), ",\n",
        "changed as (update space s set visibility = $9, version = s.version + 1, updated_at = $3,",
        " published_at = case when $9 = 'private' then null else coalesce(s.published_at, $3) end from found f",
        " where s.id = f.id and ($10::int8[] is null or s.version = any($10)) returning s.*),\n",
        home_follows!(), ",\n",
        written_unless_stale!(space_json!("c")), ",\n",
        space_audience!()
    )))
    .text(space)
    .text(visibility)
    .maybe_ints(versions)
}

/// Deletes a space with its items.
#[must_use]
pub fn delete(space: &str, versions: Option<Vec<i64>>) -> Statement<Tenants, ()> {
    Statement::write(tenant_write!(concat!(
        found!(), ",\n",
        "changed as (delete from space s using found f where s.id = f.id and ($9::int8[] is null or s.version = any($9)) returning s.version),\n",
        home_follows!(), ",\n",
        "written as (select 'null'::json as body, null::int8 as version, case when exists (select from changed) then null else 'stale' end as problem from found),\n",
        space_audience!()
    )))
    .text(space)
    .maybe_ints(versions)
}
