//! Grants on spaces and items, and what is shared with a person.

use prox_types::{CreateGrant, Grant, GrantId, PrincipalType, SharedSpace, UpdateGrant};

use crate::PageOf;
use crate::frame::*;
use crate::sql::statement;
use crate::statement::{Actors, Participants, Statement};

/// The members of the JSON of the principal of the grant `$g`: those of other rows.
macro_rules! principal_json {
    ($g:literal) => {
        concat!(
            r#"(select row_to_json(p) from (select "#,
            $g,
            r#".principal as type,
      coalesce("#,
            $g,
            ".user_id, ",
            $g,
            ".to_organization_id, case when ",
            $g,
            ".principal = 'link' then ",
            $g,
            r#".share_link_id end) as id,
      coalesce(named.slug, personal.slug) as handle, "#,
            $g,
            r#".email as email,
      coalesce(named.name, u.name, case when "#,
            $g,
            r#".principal = 'link' then l.name end) as name
    from (select 1) one
    left join organization named on named.id = "#,
            $g,
            r#".to_organization_id
    left join "user" u on u.id = "#,
            $g,
            r#".user_id
    left join organization personal on personal.personal_user_id = u.id
    left join share_link l on l.id = "#,
            $g,
            ".share_link_id) p)"
        )
    };
}

/// The members of the JSON of the grant `$g`.
macro_rules! grant_members {
    ($g:literal) => {
        concat!(
            $g,
            r#".wire || ',"principal":' || "#,
            principal_json!($g),
            r#" || ',"via_link":' || coalesce(to_json(case when "#,
            $g,
            ".principal = 'user' then ",
            $g,
            ".share_link_id end)::text, 'null')"
        )
    };
}

/// The audience of a change of who sees the space of `sharer`, by rows of `changed` with the columns of a grant:
/// its organization, and those of the people and organizations that are named. `$close` closes sockets.
macro_rules! sharing_audience {
    ($close:literal) => {
        concat!(
            r#",
audience as (
  select sharer.id as organization_id, "#,
            $close,
            r#" as close, jsonb_build_array(jsonb_build_array('grants', sharer.space_id),
    jsonb_build_array('space', sharer.space_id)) as keys
  from sharer where exists (select from changed)
  union all
  select distinct o.id, null::jsonb, jsonb_build_array(jsonb_build_array('shared'))
  from sharer, changed left join "user" u on u.id = changed.user_id or u.email = changed.email and u.email_verified
  join organization o on o.id = changed.to_organization_id or o.personal_user_id = u.id
  where o.id <> sharer.id)"#
        )
    };
}

/// The actor's level on what the grant `:id` is for.
macro_rules! level_of_grant {
    () => {
        concat!(
            r#"coalesce((select "#,
            level_on!("g.item_id"),
            r#" from "grant" g where g.space_id = gate.space_id and g.id = :id), gate.level)"#
        )
    };
}

pub(crate) use principal_json;

/// Lists the grants of a space and its items that the actor manages, oldest first.
#[must_use]
pub fn list(space: &str, page: PageOf<String>) -> Statement<Participants, Vec<Grant>> {
    statement!(
        Read: tenant_list!(
            tenant: sharer!(),
            page: concat!(
                "\n  select ", grant_members!("g"), r#" as members, g.id as key
  from allowed join "grant" g on g.space_id = allowed.space_id left join item i on i.id = g.item_id
  where (:after is null or g.id > :after) and (allowed.level >= :min_rank or "#,
                item_level!("i", "allowed"),
                " >= :min_rank)
    order by g.id limit :limit + 1"
            ),
            found: "true",
            members: "page.members",
            bytes: "octet_length(page.members)"
        ),
        space = space.to_owned(),
        limit = page.limit,
        after = page.after,
    )
}

/// Grants a level on a space or an item. A principal that has a grant on it gets the new level.
#[must_use]
pub fn create(space: &str, id: GrantId, body: CreateGrant) -> Statement<Participants, Grant> {
    let principal = body.principal;
    let named = principal.id.is_some() || principal.handle.is_some();
    statement!(
        Write: sharing_write!(
            level_on!(":item"),
            r#",
named as materialized (
  select
    case when :principal = 'user' then coalesce(
      (select u.id from "user" u where u.id = :named_id),
      (select o.personal_user_id from organization o where o.slug = :handle)) end as user_id,
    case when :principal = 'organization' then (
      select o.id from organization o where o.id = :named_id or o.slug = :handle) end as to_organization_id,
    case when :principal = 'link' then (
      select l.id from share_link l where l.id = :named_id and l.space_id = sharer.space_id) end as share_link_id
  from sharer),
verdict as materialized (
  select case
    when :named and num_nonnulls(named.user_id, named.to_organization_id, named.share_link_id) = 0
      then case when :handle is null then 'invalid principal.id' else 'invalid principal.handle' end
    when named.to_organization_id = sharer.id then 'invalid principal'
    when :item is not null and not exists (
      select from item i where i.space_id = sharer.space_id and i.id = :item) then 'invalid item'
    end as problem
  from sharer, named),
changed as (
  insert into "grant" as g (id, space_id, item_id, principal, user_id, email, to_organization_id, share_link_id,
    level, created_at)
  select :id, sharer.space_id, :item, :principal, named.user_id, lower(:email), named.to_organization_id,
    named.share_link_id, :level, :now
  from sharer, named, verdict where verdict.problem is null
  on conflict on constraint grant_principal_key do update set level = excluded.level
  returning g.*),
written as (
  select '{' || "#,
            grant_members!("changed"),
            r#" || '}' as body, null::int8 as version, null::text as problem from changed
    union all select null, null, verdict.problem from verdict where verdict.problem is not null)"#,
            sharing_audience!("null::jsonb")
        ),
        space = space.to_owned(),
        id = id,
        principal = principal.kind.name(),
        named = named,
        named_id = principal.id.filter(|_| principal.kind != PrincipalType::Anyone),
        handle = principal.handle,
        email = principal.email,
        level = body.level.name(),
        item = body.item,
    )
}

/// Changes the level of a grant.
#[must_use]
pub fn update(space: &str, id: GrantId, body: &UpdateGrant) -> Statement<Participants, Grant> {
    statement!(
        Write: sharing_write!(
            level_of_grant!(),
            r#",
found as (
  select g.* from sharer join "grant" g on g.space_id = sharer.space_id where g.id = :id),
changed as (
  update "grant" g set level = :level from found
  where g.id = found.id and (:level = 'view' or found.principal in ('user', 'organization')) returning g.*),
written as (
  select '{' || "#,
            grant_members!("changed"),
            r#" || '}' as body, null::int8 as version, null::text as problem from changed
    union all select null, null, 'invalid level' from found where not exists (select from changed))"#,
            sharing_audience!("jsonb_build_object('space', sharer.space_id)")
        ),
        space = space.to_owned(),
        id = id,
        level = body.level.name(),
    )
}

/// Ends a grant.
#[must_use]
pub fn delete(space: &str, id: GrantId) -> Statement<Participants, ()> {
    statement!(
        Write: sharing_write!(
            level_of_grant!(),
            r#",
changed as (
  delete from "grant" g using sharer where g.space_id = sharer.space_id and g.id = :id returning g.*),
written as (select 'null' as body, null::int8 as version, null::text as problem from changed)"#,
            sharing_audience!("jsonb_build_object('space', sharer.space_id)")
        ),
        space = space.to_owned(),
        id = id,
    )
}

/// Lists the spaces of other organizations of which the actor sees something by a grant, oldest first.
#[must_use]
pub fn shared_with_actor(page: PageOf<String>) -> Statement<Actors, Vec<SharedSpace>> {
    statement!(
        Read: actor_list!(
            page: r#"
  select s.id as key, json_build_object('space_id', s.id,
      'organization', json_build_object('id', o.id, 'slug', o.slug, 'name', o.name), 'slug', s.slug,
      'title', case when found.level > 0 then s.title end,
      'level', (array['view', 'edit', 'manage'])[found.level], 'items', found.items)::text as json
  from (
    select g.space_id, max(level_rank(g.level)) filter (where g.item_id is null) as level,
      count(distinct g.item_id) as items
    from actor join "user" u on u.id = actor.user_id
    join "grant" g on g.user_id = u.id or u.email_verified and g.email = u.email
      or g.to_organization_id in (
        select m.organization_id from organization_user_membership m where m.user_id = u.id)
    left join share_link l on l.id = g.share_link_id
    where l.expires_at is null or l.expires_at > :now
    group by g.space_id) found
  join space s on s.id = found.space_id join organization o on o.id = s.organization_id
  where (:after is null or s.id > :after) and not exists (
    select from actor join organization_user_membership m on m.user_id = actor.user_id
    where m.organization_id = o.id)
  order by s.id limit :limit + 1"#,
            allowed: "true",
            members: "substr(page.json, 2, length(page.json) - 2)",
            bytes: "octet_length(page.json)"
        ),
        limit = page.limit,
        after = page.after,
    )
}
