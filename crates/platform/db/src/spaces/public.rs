//! The pages of spaces, each for one viewer: what they see is decided inside the statement.
//!
//! A statement names the viewer in `place`: the space, and whatever the viewer is known by. [`granted`] finds
//! the grants to them, and [`public_page`] the part of the space that they see.

use prox_types::{PublicAddress, PublicSpace};

use crate::frame::*;
use crate::sql::statement;
use crate::statement::{Anonymous, Statement, Viewers};

/// [`slice`], and `public_page(body text, version int8)`: the JSON of what they see. A viewer who sees single items only
/// learns nothing else of the space.
///
/// The items are the first ones up to the size limit of a page, and for a feed the newest of the others. The
/// items of a folder follow it directly. Widgets are for members, except feeds, which are links here.
macro_rules! public_page {
    () => {
        concat!(
            slice!(),
            r#",
public_page as (
  select json_build_object(
    'id', slice.id,
    'organization', json_build_object('slug', o.slug, 'name', o.name, 'personal', o.personal_user_id is not null,
      'image', (select u.image from "user" u where u.id = o.personal_user_id)),
    'slug', slice.slug, 'visibility', slice.visibility, 'role', slice.role,
    'title', case when slice.level > 0 then slice.title else o.name end,
    'description', case when slice.level > 0 then slice.description else '' end,
    'accent', case when slice.level > 0 then slice.accent end, 'cover', case when slice.level > 0 then slice.cover end,
    'theme', case when slice.level > 0 then slice.theme end,
    'version', slice.version, 'published_at', rfc3339(coalesce(slice.published_at, slice.created_at)),
    'updated_at', rfc3339(slice.updated_at), 'items', page.items, 'items_left_out', page.items_left_out,
    'spaces', (
      select coalesce(json_agg(json_build_object('slug', n.slug, 'title', n.title, 'description', n.description)
        order by n.id), '[]')
      from space n
      where slice.level > 0 and slice.slug = 'home' and n.organization_id = slice.organization_id
        and n.id <> slice.id and n.visibility = 'public')
    )::text as body, slice.version
  from slice join organization o on o.id = slice.organization_id cross join lateral (
    with shown as (
      select counted.id, counted.wire, counted.icon, counted.place, counted.restricted
      from (
        select first.id, first.wire, first.icon, first.restricted, row_number() over reading as place,
          sum(first.text) over reading as text
        from (
          select i.id, i.wire, coalesce(i.icon, i.url) as icon, i.folder_id is not null as inside,
            i.position as inner_position, coalesce(folder.position, i.position) as outer_position,
            coalesce(folder.id, i.id) as outer_id, "#, restricted!("i"), r#" as restricted,
            octet_length(i.title) + octet_length(i.description) + octet_length(i.body)
              + coalesce(octet_length(i.url), 0) as text
          from item i left join item folder on folder.id = i.folder_id
          where i.space_id = slice.id and "#, on_page!("i"), r#"
          order by outer_position, outer_id, inside, inner_position, i.id limit :max_items) first
        window reading as (
          order by first.outer_position, first.outer_id, first.inside, first.inner_position, first.id)) counted
      where counted.text <= :max_text),
    kept as (
      select shown.wire, shown.icon, shown.place, shown.restricted from shown
      union all (
        select i.wire, coalesce(i.icon, i.url), null, "#, restricted!("i"), r#" from item i
        where i.space_id = slice.id and i.kind <> 'folder' and "#, on_page!("i"), r#"
          and not exists (select from shown where shown.id = i.id)
        order by i.updated_at desc, i.id desc limit :newest))
    select coalesce('[{' || string_agg(kept.wire || ',"has_icon":'
        || (coalesce(kept.icon like 'picture:%', false) or exists (
          select from site_icon c
          where c.address_hash = sha256(convert_to(kept.icon, 'UTF8')) and c.media_type is not null))
        || case when kept.restricted then ',"restricted":true' else '' end,
        '},{' order by kept.place) || '}]', '[]')::json as items,
      (select count(*) from item i where i.space_id = slice.id and "#, on_page!("i"), r#")
        - count(kept.wire) as items_left_out
    from kept) page)"#
        )
    };
}

/// Whether the viewer sees the item `$i` on the page of `slice`.
macro_rules! on_page {
    ($i:literal) => {
        concat!(
            "(",
            $i,
            ".kind <> 'widget' or ",
            $i,
            ".widget = 'feed')
      and (slice.by_role > 0 or ",
            item_level!($i, "slice"),
            " > 0)"
        )
    };
}

/// Whether not everybody with the address of the page sees the item `$i`. Nobody asks on behalf of
/// everybody, so that a page for everybody says nothing.
macro_rules! restricted {
    ($i:literal) => {
        concat!(
            "(slice.role is not null or exists (select from granted)) and (slice.visibility = 'private' or ", $i,
            ".visibility = 'private' or coalesce((select f.visibility = 'private' from item f where f.id = ", $i,
            r#".folder_id), false)) and not exists (
              select from "grant" g where g.space_id = slice.id and g.principal = 'anyone'
                and (g.item_id = "#, $i, ".id or ", $i, ".visibility = 'inherit' and (g.item_id = ", $i,
            ".folder_id or g.item_id is null)))"
        )
    };
}

pub(crate) use {on_page, public_page, restricted};

/// The document that a space is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// A page, in any format.
    Page,
    /// A feed, which has the newest items too.
    Feed,
}

/// The most that a page has, as parameters.
pub(crate) struct PageLimits {
    /// Items.
    pub(crate) items: i64,
    /// Bytes of text.
    pub(crate) text: i64,
    /// Newest items beyond those of a page.
    pub(crate) newest: i64,
}

pub(crate) fn page_limits(reader: Reader) -> PageLimits {
    PageLimits {
        items: count(PublicSpace::MAX_ITEMS),
        text: count(PublicSpace::MAX_TEXT),
        newest: match reader {
            Reader::Page => 0,
            Reader::Feed => count(PublicSpace::MAX_ENTRIES),
        },
    }
}

fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// The rest of a statement that answers with `public_page`.
macro_rules! page_answer {
    () => {
        concat!(
            granted!(),
            public_page!(),
            "\nselect case when not exists (select from public_page) then 'not_found' else 'ok' end,
  (select public_page.body from public_page), (select public_page.version from public_page), null::text, null::text, ",
            "null::int8"
        )
    };
}

/// Reads what the viewer sees of a space, by its address. The former handle of an organization is found for 90
/// days; the answer's `organization.slug` is the new one.
#[must_use]
pub fn by_handle(handle: &str, space: &str, reader: Reader) -> Statement<Viewers, PublicSpace> {
    let limits = page_limits(reader);
    statement!(
        Read: concat!(
            "with",
            actor!(),
            viewer_place!(
                "join organization o on o.id = coalesce(
    (select named.id from organization named where named.slug = :handle),
    (select f.organization_id from former_slug f where f.slug = :handle and f.held_until > :now))
  join space s on s.organization_id = o.id and s.slug = :space"
            ),
            page_answer!()
        ),
        handle = handle.to_owned(),
        space = space.to_owned(),
        max_items = limits.items,
        max_text = limits.text,
        newest = limits.newest,
    )
}

/// Reads what everybody sees of a space, by its verified hostname.
#[must_use]
pub fn by_hostname(hostname: &str, reader: Reader) -> Statement<Anonymous, PublicSpace> {
    let limits = page_limits(reader);
    statement!(
        Read: concat!(
            "with", r#"
place as materialized (
  select s.id as space_id, null::text as user_id, null::text as role, 0 as by_role, null::text as link_id,
    true as with_public, null::text as email
  from domain d join space s on s.id = d.space_id
  where d.hostname = :hostname and d.status = 'verified' and d.removed_at is null)"#,
            page_answer!()
        ),
        hostname = hostname.to_owned(),
        max_items = limits.items,
        max_text = limits.text,
        newest = limits.newest,
    )
}

/// Lists the addresses of public spaces, oldest first, at most as many as a sitemap may have.
#[must_use]
pub fn list() -> Statement<Anonymous, Vec<PublicAddress>> {
    statement!(Read: open_read!(
        r#"
  select coalesce(json_agg(json_build_object(
    'handle', p.handle, 'slug', p.slug, 'updated_at', rfc3339(p.updated_at)) order by p.id), '[]')::text as body,
    null::int8 as version
  from (
    select s.id, o.slug as handle, s.slug, s.updated_at
    from space s join organization o on o.id = s.organization_id
    where s.visibility = 'public' order by s.id limit 50000) p"#
    ))
}
