//! Spaces of an organization.
//!
//! The version of a space changes with everything on its public page. A home also lists the other
//! public spaces of its organization, so a change of those changes the version of the home too.

use prox_types::{Audience, CreateSpace, Space, SpaceId, Theme, UpdateSpace};

use crate::PageOf;
use crate::frame::*;
use crate::search::{EntryTerms, entry_statement, new_entry, update_entry};
use crate::sql::statement;
use crate::statement::{Participants, Statement, Tenants};

/// The JSON of the space `$space`. Each read counts the items, because they are other rows.
macro_rules! space_json {
    ($space:literal) => {
        concat!(
            "'{' || ",
            $space,
            r#".wire || ',"item_count":' || (select count(*) from item i where i.space_id = "#,
            $space,
            ".id) || '}'"
        )
    };
}

/// `found`: the space `:space` of the caller's organization.
macro_rules! found {
    () => {
        r#",
found as (select s.* from gate join space s on s.organization_id = gate.id where s.slug = :space or s.id = :space)"#
    };
}

/// `home`: increments the version of the home that lists the changed space.
macro_rules! touch_home {
    () => {
        r#",
home as (
  update space s set version = s.version + 1 from found, changed
  where s.organization_id = found.organization_id and s.slug = 'home' and s.id <> found.id)"#
    };
}

/// `audience` for a change of `found`. `$close` says whose sockets it closes; nobody's by default.
macro_rules! space_audience {
    () => {
        space_audience!("null::jsonb")
    };
    ($close:literal) => {
        concat!(
            r#",
audience as (
  select found.organization_id, "#,
            $close,
            r#" as close, jsonb_build_array(
    jsonb_build_array('spaces', found.organization_id), jsonb_build_array('space', found.id)) as keys
  from found where exists (select from changed))"#
        )
    };
}

/// `written` for a change of `found`; its problem is `stale` when `If-Match` names another version.
macro_rules! written_unless_stale {
    ($json:expr) => {
        concat!(
            ",\nwritten as (\n  select ",
            $json,
            r#" as body, changed.version, null::text as problem from changed
  union all select null, null, 'stale' from found where not exists (select from changed))"#
        )
    };
}

pub(crate) use written_unless_stale;

/// Lists the spaces, oldest first.
#[must_use]
pub fn list(page: PageOf<String>) -> Statement<Tenants, Vec<Space>> {
    statement!(
        Read: tenant_list!(
            page: r#"
  select s.wire, (select count(*) from item i where i.space_id = s.id) as item_count, s.id as key
  from allowed join space s on s.organization_id = allowed.id
  where :after is null or s.id > :after order by s.id limit :limit + 1"#,
            found: "true",
            members: r#"page.wire || ',"item_count":' || page.item_count"#,
            bytes: "octet_length(page.wire)"
        ),
        limit = page.limit,
        after = page.after,
    )
}

/// Reads one space by slug or id.
#[must_use]
pub fn read(space: &str) -> Statement<Participants, Space> {
    statement!(
        Read: guest_read!(concat!(
            "\n  select ", space_json!("s"), " as body, s.version from allowed join space s on s.id = allowed.space_id"
        )),
        space = space.to_owned(),
    )
}

/// Creates a private space with the first free one of `slugs`. When a concurrent request takes that
/// slug, it gets the last one, which is random.
#[must_use]
pub fn create(
    id: SpaceId,
    body: CreateSpace,
    slugs: Vec<String>,
    terms: &EntryTerms,
) -> Statement<Tenants, Space> {
    entry_statement!(
        tenant_write!(
            r#",
verdict as materialized (
  select case when not picture_exists(gate.id, :cover) then 'invalid cover' end as problem from gate),
free as (
  select c.slug from verdict, gate, unnest(:slugs) with ordinality c(slug, place)
  where verdict.problem is null
    and not exists (select from space s where s.organization_id = gate.id and s.slug = c.slug)
  order by c.place limit 1),
first_choice as (
  insert into space (id, organization_id, slug, title, description, accent, cover, theme, created_at,
    updated_at)
  select :id, gate.id, free.slug, :title, :description, :accent, :cover, :theme, :now, :now from gate, free
  where cardinality(:slugs) > 1
  on conflict (organization_id, slug) do nothing returning *),
last_choice as (
  insert into space (id, organization_id, slug, title, description, accent, cover, theme, created_at,
    updated_at)
  select :id, gate.id, (:slugs)[cardinality(:slugs)], :title, :description, :accent, :cover, :theme, :now, :now
  from gate, free where not exists (select from first_choice) returning *),
changed as (select * from first_choice union all select * from last_choice)"#,
            new_entry!(
                kind: "'space'",
                organization: "changed.organization_id",
                space: "changed.id",
                from: "changed"
            ),
            r#",
written as (
  select "#,
            space_json!("changed"),
            r#" as body, changed.version, null::text as problem from changed
  union all select null, null, coalesce(verdict.problem, 'slug_taken') from verdict where not exists (select from free)),
audience as (
  select changed.organization_id, null::jsonb as close,
    jsonb_build_array(jsonb_build_array('spaces', changed.organization_id)) as keys from changed)"#
        ),
        terms.all_vectors(),
        id = id,
        title = body.title,
        description = body.description,
        accent = body.accent.map(i32::from),
        cover = body.cover,
        theme = body.theme.map(Theme::name),
        slugs = slugs,
    )
}

/// Changes a space, when its version is one of `versions` (any version when absent).
#[must_use]
pub fn update(
    space: &str,
    body: UpdateSpace,
    terms: &EntryTerms,
    versions: Option<Vec<i64>>,
) -> Statement<Participants, Space> {
    entry_statement!(
        guest_write!(
            found!(),
            r#",
verdict as (
  select case when :slug is not null and :slug <> found.slug and 'home' in (:slug, found.slug)
    then 'invalid slug'
    when not picture_exists(found.organization_id, :cover) then 'invalid cover' end as problem from found),
changed as (
  update space s set title = coalesce(:title, s.title), description = coalesce(:description, s.description),
    slug = coalesce(:slug, s.slug), accent = case when :keep_accent then s.accent else :accent end,
    cover = case when :cover = '' then null else coalesce(:cover, s.cover) end,
    theme = case when :keep_theme then s.theme else :theme end, version = s.version + 1, updated_at = :now
  from found, verdict
  where s.id = found.id and verdict.problem is null and (:versions is null or s.version = any(:versions))
  returning s.*)"#,
            touch_home!(),
            update_entry!(),
            ",\nwritten as (\n  select ",
            space_json!("changed"),
            r#" as body, changed.version, null::text as problem from changed
  union all select null, null, coalesce(verdict.problem, 'stale') from verdict
  where not exists (select from changed))"#,
            space_audience!()
        ),
        terms.vectors(),
        space = space.to_owned(),
        title = body.title,
        description = body.description,
        slug = body.slug,
        keep_accent = body.accent.is_none(),
        accent = body.accent.flatten().map(i32::from),
        cover = body.cover,
        keep_theme = body.theme.is_none(),
        theme = body.theme.flatten().map(Theme::name),
        versions = versions,
    )
}

/// Publishes a space to an audience, or makes it private (`None`), which closes the sockets of its
/// watchers.
#[must_use]
pub fn set_audience(
    space: &str,
    audience: Option<Audience>,
    versions: Option<Vec<i64>>,
) -> Statement<Participants, Space> {
    let visibility = match audience {
        Some(Audience::Public) => "public",
        Some(Audience::Unlisted) => "unlisted",
        None => "private",
    };
    statement!(
        Write: guest_write!(
            found!(),
            r#",
changed as (
  update space s set visibility = :visibility, version = s.version + 1, updated_at = :now,
    published_at = case when :visibility = 'private' then null else coalesce(s.published_at, :now) end
  from found where s.id = found.id and (:versions is null or s.version = any(:versions)) returning s.*)"#,
            touch_home!(),
            written_unless_stale!(space_json!("changed")),
            // A member who watches it connects again.
            space_audience!(
                "case when :visibility = 'private' then jsonb_build_object('space', found.id) end"
            )
        ),
        space = space.to_owned(),
        visibility = visibility,
        versions = versions,
    )
}

/// Deletes a space with its items, and closes the sockets of its watchers.
#[must_use]
pub fn delete(space: &str, versions: Option<Vec<i64>>) -> Statement<Tenants, ()> {
    statement!(
        Write: tenant_write!(
            found!(),
            r#",
changed as (
  delete from space s using found
  where s.id = found.id and (:versions is null or s.version = any(:versions)) returning null::int8 as version)"#,
            touch_home!(),
            written_unless_stale!("'null'"),
            space_audience!("jsonb_build_object('space', found.id)")
        ),
        space = space.to_owned(),
        versions = versions,
    )
}
