//! The frames: the SQL around each statement, which checks who the actor is and what they may do,
//! and publishes what a write changed.
//!
//! A frame is a macro that takes the statement's own part. Table aliases are the same everywhere:
//! `u` user, `ses` session, `o` organization, `m` membership, `inst` instance, `e` event,
//! `p` permission, `a` account, `s` space, `i` item, `d` domain or dataset, `g` grant, `l` share link.
//!
//! `wire` columns hold the members of a row's JSON object without braces
//! (`migrations/README.md`), so `'{' || i.wire || '}'` is an item.

/// `actor`: the session, when it is valid, and its user.
macro_rules! actor {
    () => {
        r#"
actor as materialized (
  select u.id as user_id, u.role as platform_role, ses.id as session_id
  from session ses join "user" u on u.id = ses.user_id
  where ses.id = :session_id and ses.secret_hash = :secret_hash
    and ses.revoked_at is null and ses.expires_at > :now)"#
    };
}

/// `tenant`: the organization, when the actor is a member. `allowed`: the same row, when the member
/// has the minimum role. A statement selects from `allowed`.
macro_rules! tenant {
    () => {
        r#",
tenant as materialized (
  select o.id, o.personal_user_id, o.wire, m.role, actor.user_id, actor.session_id,
    (select q.seq from organization_sequence q where q.organization_id = o.id) as seq
  from actor
  join organization_user_membership m on m.user_id = actor.user_id
  join organization o on o.id = m.organization_id
  where o.slug = :organization or o.id = :organization),
allowed as materialized (select * from tenant where role_rank(role) >= :min_rank)"#
    };
}

/// `granted`: the highest level by grants and links on the space of `place` (item null), and on each of its
/// items. `granted_levels`: those on items as an object by id, in which one is found fast. `place` has
/// `space_id`, and of the viewer `user_id`, `email` (a verified address) and `link_id`, each of which may be
/// null; `with_public` says whether what everybody sees counts.
macro_rules! granted {
    () => {
        r#",
granted as materialized (
  select found.item_id, max(found.level) as level
  from (
    select g.item_id, level_rank(g.level) as level
    from place join "grant" g on g.space_id = place.space_id
    left join share_link l on l.id = g.share_link_id
    where (l.expires_at is null or l.expires_at > :now) and (
      g.user_id = place.user_id
      or g.email = place.email
      or g.to_organization_id is not null and exists (
        select from organization_user_membership om
        where om.organization_id = g.to_organization_id and om.user_id = place.user_id)
      or g.principal = 'link' and g.share_link_id = place.link_id
      or g.principal = 'anyone' and place.with_public)
    union all
    select l.item_id, 1 from place join share_link l on l.id = place.link_id and l.space_id = place.space_id) found
  group by found.item_id),
granted_levels as materialized (
  select coalesce(jsonb_object_agg(granted.item_id, granted.level) filter (where granted.item_id is not null), '{}')
    as by_item
  from granted)"#
    };
}

/// `place` for the actor, if any, as a viewer of pages. `$from` joins the organization `o` and the space `s`; by
/// default those that `:of_organization` and `:space` name.
macro_rules! viewer_place {
    () => {
        viewer_place!(
            "join organization o on o.slug = :of_organization or o.id = :of_organization
  join space s on s.organization_id = o.id and (s.slug = :space or s.id = :space)"
        )
    };
    ($from:literal) => {
        concat!(
            r#",
place as materialized (
  select s.id as space_id, viewer.user_id, m.role, role_level(m.role) as by_role, null::text as link_id,
    true as with_public,
    (select u.email from "user" u where u.id = viewer.user_id and u.email_verified) as email
  from (select (select actor.user_id from actor) as user_id) viewer
  "#,
            $from,
            r#"
  left join organization_user_membership m on m.organization_id = o.id and m.user_id = viewer.user_id)"#
        )
    };
}

/// `place` for the holder of the share link `:link_hash`. `link`: the link, when it is there. `visitor(closed)`: why
/// it does not open for them; null when it does. One with a passphrase or a limit opens for who entered it as
/// `:visit`.
macro_rules! link_place {
    () => {
        r#"
link as materialized (
  select l.*, l.passphrase_hash is not null or l.max_uses is not null as gated,
    coalesce(l.expires_at <= :now, false) as is_over
  from share_link l where l.secret_hash = :link_hash),
visitor as materialized (
  select case
    when link.is_over then 'expired'
    when not link.gated or exists (
      select from share_link_visit v where v.share_link_id = link.id and v.secret_hash = :visit) then null
    when link.uses >= link.max_uses then 'used_up'
    when link.passphrase_hash is not null then 'passphrase'
    else 'limited' end as closed
  from link),
place as materialized (
  select link.space_id, null::text as user_id, null::text as role, 0 as by_role, link.id as link_id,
    true as with_public, null::text as email
  from link, visitor where visitor.closed is null)"#
    };
}

/// `slice`: the space of `place` with the viewer's level on it, when they see something of it.
macro_rules! slice {
    () => {
        r#",
slice as materialized (
  select seen.* from (
    select s.*, place.by_role, place.role, greatest(place.by_role,
      (select granted.level from granted where granted.item_id is null),
      case when place.with_public and s.visibility <> 'private' then 1 else 0 end) as level
    from place join space s on s.id = place.space_id) seen
  where seen.level > 0 or exists (select from granted))"#
    };
}

/// The level of a viewer on the item `$item`, by the columns `by_role` and `level` of `$viewer`, and by
/// `granted`. 0 when the viewer does not see it.
macro_rules! item_level {
    ($item:literal, $viewer:literal) => {
        concat!(
            "item_level(",
            $viewer,
            ".by_role, ",
            $viewer,
            ".level,
      ((select granted_levels.by_item from granted_levels)->>",
            $item,
            ".id)::integer, ",
            $item,
            ".visibility,
      ",
            $item,
            ".folder_id is not null,
      ((select granted_levels.by_item from granted_levels)->>",
            $item,
            ".folder_id)::integer,
      (select folder.visibility from item folder where folder.id = ",
            $item,
            ".folder_id))"
        )
    };
}

/// `tenant`: the space `:space` of the organization `:organization`, when the actor sees something of it by
/// membership or by a grant to them. `level` is the level on the space, 0 when only items are granted.
/// `allowed`: the same row, when `$min` holds. The columns are those of [`tenant`] and more.
macro_rules! guest {
    ($min:literal) => {
        concat!(
            r#",
place as materialized (
  select s.id as space_id, o.id as organization_id, o.personal_user_id, o.wire, m.role, role_level(m.role) as by_role,
    actor.user_id, actor.session_id, false as with_public, null::text as link_id,
    (select u.email from "user" u where u.id = actor.user_id and u.email_verified) as email
  from actor
  join organization o on o.slug = :organization or o.id = :organization
  join space s on s.organization_id = o.id and (s.slug = :space or s.id = :space)
  left join organization_user_membership m on m.organization_id = o.id and m.user_id = actor.user_id)"#,
            granted!(),
            r#",
tenant as materialized (
  select place.organization_id as id, place.space_id, place.personal_user_id, place.wire, place.role,
    place.by_role, place.user_id, place.session_id,
    greatest(place.by_role, (select granted.level from granted where granted.item_id is null)) as level,
    (select q.seq from organization_sequence q where q.organization_id = place.organization_id) as seq
  from place where place.role is not null or exists (select from granted)),
allowed as materialized (select * from tenant where "#,
            $min,
            ")"
        )
    };
}

/// The outcomes that all statements of members share.
macro_rules! tenant_outcome {
    () => {
        r#"
  when not exists (select from actor) then 'unauthenticated'
  when not exists (select from tenant) then 'not_found'
  when not exists (select from allowed) then 'forbidden'"#
    };
}

/// `prior`: the stored answer of the idempotency key. `gate`: `$from`, when there is none. A write
/// selects from `gate`.
macro_rules! gate {
    ($from:literal) => {
        concat!(
            r#",
prior as materialized (
  select k.body, k.request_hash from idempotency_key k
  join actor on actor.user_id = k.user_id where k.key = :idempotency_key),
gate as materialized (select * from "#,
            $from,
            " where not exists (select from prior))"
        )
    };
}

/// The columns of an answer without pages and pokes, from `data(body text, version int8)`.
macro_rules! data_columns {
    () => {
        r#"
  (select data.body from data), (select data.version from data), null::text, null::text, "#
    };
}

/// A read by a member. `$data` selects `body text, version int8`, at most one row. `$problem` is why the request
/// cannot be answered, null when it can.
macro_rules! tenant_read {
    ($data:expr) => {
        tenant_read!(tenant!(), $data)
    };
    (problem: $problem:expr, $data:expr) => {
        tenant_read!(tenant!(), $problem, $data)
    };
    ($tenant:expr, $data:expr) => {
        tenant_read!($tenant, "null", $data)
    };
    ($tenant:expr, $problem:expr, $data:expr) => {
        concat!(
            "with",
            actor!(),
            $tenant,
            ",\ndata as (",
            $data,
            ")\nselect case",
            tenant_outcome!(),
            "\n  when not exists (select from data) then 'not_found' else coalesce(",
            $problem,
            ", 'ok') end,",
            data_columns!(),
            "(select allowed.seq from allowed)"
        )
    };
}

/// A read by a member that also writes what the service keeps for itself, such as the content of a
/// cache. Publishes nothing and remembers no answer. `$ctes` begins with a comma, selects from
/// `allowed`, and defines `data(body text, version int8)`, at most one row.
macro_rules! tenant_read_through {
    ($($ctes:expr),+ $(,)?) => {
        concat!(
            "with", actor!(), tenant!(), $($ctes),+, "\nselect case", tenant_outcome!(),
            "\n  when not exists (select from data) then 'not_found' else 'ok' end,",
            data_columns!(),
            "(select allowed.seq from allowed)"
        )
    };
}

/// A read by an actor outside of an organization. `$data` is as in [`tenant_read`].
macro_rules! actor_read {
    ($data:expr) => {
        concat!(
            "with",
            actor!(),
            ",\ndata as (",
            $data,
            ")\nselect case
  when not exists (select from actor) then 'unauthenticated'
  when not exists (select from data) then 'not_found' else 'ok' end,",
            data_columns!(),
            "null::int8"
        )
    };
}

/// A read by an anonymous caller. Its own `where` clause is its authorization.
macro_rules! open_read {
    ($data:expr) => {
        concat!(
            "with data as (",
            $data,
            ")\nselect case when not exists (select from data) then 'not_found' else 'ok' end,",
            data_columns!(),
            "null::int8"
        )
    };
}

/// `page`: at most `:limit + 1` rows, in order, each with its `key`. `page_size`: the number of
/// rows in the answer: `:limit`, or fewer when they have more than a million bytes.
///
/// The total is computed first, because running sums cost more and are rarely needed.
macro_rules! page {
    ($page:expr, $bytes:expr) => {
        concat!(
            ",\npage as materialized (",
            $page,
            r#"),
page_size as materialized (
  select case
    when coalesce((select sum("#,
            $bytes,
            r#") from page), 0) <= 1000000 then :limit
    else (select count(*) from (
      select row_number() over () as n, sum("#,
            $bytes,
            r#") over (rows unbounded preceding) as bytes
      from page limit :limit) running
    where running.n = 1 or running.bytes <= 1000000) end as n)"#
        )
    };
}

/// The columns of a list: its JSON array, and the key of its last row when there are more.
/// Postgres reads `page` in the order in which it was written, so nothing is sorted again.
macro_rules! list_columns {
    ($members:expr) => {
        concat!(
            r#"
  (select coalesce('[{' || string_agg("#,
            $members,
            r#", '},{') || '}]', '[]')
    from (select * from page limit (select n from page_size)) page),
  null::int8,
  (select page.key from page where (select count(*) from page) > (select n from page_size)
    offset (select n from page_size) - 1 limit 1),
  null::text, "#
        )
    };
}

/// A list for a member. `$page` selects the rows in order, at most `:limit + 1`, with `key text`.
/// `$found` is whether the parent of the list exists. `$members` are the members of a row's JSON
/// object, `$bytes` approximates their length; both default to the column `wire`. `$problem` is why the list
/// cannot be made, null when it can.
macro_rules! tenant_list {
    (page: $page:expr, found: $found:expr) => {
        tenant_list!(
            page: $page, found: $found, members: "page.wire", bytes: "octet_length(page.wire)"
        )
    };
    (page: $page:expr, found: $found:expr, members: $members:expr, bytes: $bytes:expr) => {
        tenant_list!(
            tenant: tenant!(), page: $page, found: $found, members: $members, bytes: $bytes
        )
    };
    (tenant: $tenant:expr, page: $page:expr, found: $found:expr, members: $members:expr, bytes: $bytes:expr) => {
        tenant_list!(
            tenant: $tenant, page: $page, found: $found, problem: "null", members: $members, bytes: $bytes
        )
    };
    (
        tenant: $tenant:expr, page: $page:expr, found: $found:expr, problem: $problem:expr, members: $members:expr,
        bytes: $bytes:expr
    ) => {
        concat!(
            "with", actor!(), $tenant, page!($page, $bytes), "\nselect case",
            tenant_outcome!(),
            "\n  when not (", $found, ") then 'not_found' else coalesce(", $problem, ", 'ok') end,",
            list_columns!($members),
            "(select allowed.seq from allowed)"
        )
    };
}

/// A list for an actor outside of an organization. `$allowed` is whether they may see it; the rest
/// is as in [`tenant_list`].
macro_rules! actor_list {
    (page: $page:expr, allowed: $allowed:expr, members: $members:expr, bytes: $bytes:expr) => {
        concat!(
            "with",
            actor!(),
            page!($page, $bytes),
            "\nselect case
  when not exists (select from actor) then 'unauthenticated'
  when not (",
            $allowed,
            ") then 'forbidden' else 'ok' end,",
            list_columns!($members),
            "null::int8"
        )
    };
}

/// `audience`: empty, for a write that makes no cached data stale.
macro_rules! no_audience {
    () => {
        r#",
audience as (select null::text as organization_id, null::jsonb as keys, null::jsonb as close where false)"#
    };
}

/// Rows of `audience`, after others: the organizations that granted something to the organization of `gate`,
/// when there is a row of `$changed`. Their watchers lose their sockets, and are checked again.
macro_rules! watchers_by_organization {
    ($changed:literal) => {
        concat!(
            r#"
  union all
  select s.organization_id, '[]'::jsonb, '"watchers"'::jsonb
  from gate join "grant" g on g.to_organization_id = gate.id join space s on s.id = g.space_id
  where s.organization_id <> gate.id and exists (select from "#,
            $changed,
            r#")
  group by s.organization_id"#
        )
    };
}

/// `target_space`: the space `:space` of the caller's organization.
macro_rules! target_space {
    () => {
        r#",
target_space as materialized (
  select s.id, s.organization_id, s.spacing
  from gate join space s on s.organization_id = gate.id where s.slug = :space or s.id = :space)"#
    };
}

/// `target_instance`: the instance `:instance` of the caller's organization.
macro_rules! target_instance {
    () => {
        r#",
target_instance as (
  select inst.id, inst.organization_id
  from gate join instance inst on inst.organization_id = gate.id
  where inst.slug = :instance or inst.id = :instance)"#
    };
}

/// Increments the sequence number of every organization in `audience` when `written` has no
/// problem, and inserts the outbox rows.
macro_rules! publish {
    () => {
        r#",
bump as (
  update organization_sequence q set seq = q.seq + 1
  where q.organization_id in (select audience.organization_id from audience)
    and (select written.problem is null from written)
  returning q.organization_id, q.seq),
sent as (
  insert into outbox (organization_id, seq, keys, close, created_at)
  select bump.organization_id, bump.seq, audience.keys, audience.close, :now
  from bump join audience on audience.organization_id = bump.organization_id
  returning organization_id, seq, keys, close)"#
    };
}

/// The pokes: the rows of `sent` as one JSON text.
macro_rules! pokes {
    () => {
        r#"(select json_agg(json_build_object('organization_id', sent.organization_id,
    'poke', json_build_object('seq', sent.seq, 'keys', sent.keys, 'close', sent.close)))::text from sent)"#
    };
}

/// `remembered`: stores the answer under the idempotency key.
macro_rules! remember {
    () => {
        r#",
remembered as (
  insert into idempotency_key (user_id, key, request_hash, body, created_at)
  select actor.user_id, :idempotency_key, :request_hash, written.body::json, :now
  from actor, written where :idempotency_key is not null and written.problem is null)"#
    };
}

/// The outcome of a write: `ok` for a row of `written` without a problem, else the reason.
macro_rules! write_outcome {
    ($denied:expr) => {
        concat!(
            "\nselect case",
            $denied,
            r#"
  when exists (select from prior where prior.request_hash <> :request_hash) then 'idempotency_conflict'
  when exists (select from prior) then 'ok'
  when not exists (select from written) then 'not_found'
  else coalesce((select written.problem from written), 'ok') end,
  coalesce((select prior.body::text from prior), (select written.body from written where written.problem is null)),
  coalesce((select (prior.body->>'version')::int8 from prior), (select written.version from written)),
  null::text, "#,
            pokes!(),
            ", null::int8"
        )
    };
}

/// A write by a member. `$ctes` selects from `gate`, begins with a comma, and defines
/// `written(body text, version int8, problem text)` with at most one row and
/// `audience(organization_id text, keys jsonb, close jsonb)`.
macro_rules! tenant_write {
    ($($ctes:expr),+ $(,)?) => {
        concat!(
            "with", actor!(), tenant!(), gate!("allowed"), $($ctes),+, publish!(), remember!(),
            write_outcome!(tenant_outcome!())
        )
    };
}

/// A read by a user with a level of at least `:min_rank` on the space `:space`. `$data` is as in
/// [`tenant_read`].
macro_rules! guest_read {
    ($data:expr) => {
        tenant_read!(guest!("tenant.level >= :min_rank"), $data)
    };
}

/// A read by a user who sees something of the space `:space`; `$data` is as in [`tenant_read`], and says
/// itself what they see.
macro_rules! visitor_read {
    ($data:expr) => {
        tenant_read!(guest!("true"), $data)
    };
}

/// A write by a user with a level of at least `:min_rank` on the space `:space`. `$ctes` is as in
/// [`tenant_write`].
macro_rules! guest_write {
    ($($ctes:expr),+ $(,)?) => {
        concat!(
            "with", actor!(), guest!("tenant.level >= :min_rank"), gate!("allowed"), $($ctes),+, publish!(),
            remember!(), write_outcome!(tenant_outcome!())
        )
    };
}

/// A write by a user who decides who sees something of the space `:space`. `$level` is an expression over `gate`
/// for their level on the thing in question; `$ctes` is as in [`tenant_write`], and selects from `sharer`.
macro_rules! sharing_write {
    ($level:expr, $($ctes:expr),+ $(,)?) => {
        item_write!(
            concat!(
                ",\nleveled as materialized (\n  select ", $level, " as level from gate),
sharer as materialized (select gate.* from gate join leveled on leveled.level >= :min_rank)"
            ),
            $($ctes),+
        )
    };
}

/// A user's level on the item `$id`, over `gate`; that on the space when `$id` is null or no item of it.
macro_rules! level_on {
    ($id:literal) => {
        concat!(
            "coalesce((select ",
            item_level!("thing", "gate"),
            " from item thing where thing.space_id = gate.space_id and thing.id = ",
            $id,
            "), gate.level)"
        )
    };
}

/// [`guest`] for lists of who sees what: those who manage the space, or an item of it.
macro_rules! sharer {
    () => {
        guest!(
            "tenant.level >= :min_rank or exists (select from granted where granted.level >= :min_rank)"
        )
    };
}

/// A write by a user with a level of at least `:min_rank` on one item of the space `:space`. `$ctes` is as
/// in [`tenant_write`], and defines `leveled(level int)`, the level on the item: no row when the user does
/// not see it.
macro_rules! item_write {
    ($($ctes:expr),+ $(,)?) => {
        concat!(
            "with", actor!(), guest!("true"), gate!("allowed"), $($ctes),+, publish!(), remember!(),
            write_outcome!(concat!(
                tenant_outcome!(),
                "\n  when exists (select from leveled where leveled.level < :min_rank) then 'forbidden'"
            ))
        )
    };
}

/// A write by an actor outside of an organization. `$ctes` is as in [`tenant_write`].
macro_rules! actor_write {
    ($($ctes:expr),+ $(,)?) => {
        concat!(
            "with", actor!(), gate!("actor"), $($ctes),+, publish!(), remember!(),
            write_outcome!("\n  when not exists (select from actor) then 'unauthenticated'")
        )
    };
}

/// A write by an anonymous caller. Its own CTEs are its authorization; the first one has no comma
/// before it.
macro_rules! open_write {
    ($($ctes:expr),+ $(,)?) => {
        concat!(
            "with", $($ctes),+, publish!(), "
select case when not exists (select from written) then 'not_found'
  else coalesce((select written.problem from written), 'ok') end,
  (select written.body from written where written.problem is null),
  (select written.version from written), null::text, ",
            pokes!(),
            ", null::int8"
        )
    };
}

pub(crate) use {
    actor, actor_list, actor_read, actor_write, data_columns, gate, granted, guest, guest_read,
    guest_write, item_level, item_write, level_on, link_place, list_columns, no_audience,
    open_read, open_write, page, pokes, publish, remember, sharer, sharing_write, slice,
    target_instance, target_space, tenant, tenant_list, tenant_outcome, tenant_read,
    tenant_read_through, tenant_write, viewer_place, visitor_read, watchers_by_organization,
    write_outcome,
};
