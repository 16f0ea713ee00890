//! Published spaces for anonymous callers. The `where` clause of each statement is its
//! authorization.

use prox_types::{PublicAddress, PublicSpace};

use crate::frame::*;
use crate::sql::statement;
use crate::statement::{Anonymous, Statement};

/// The JSON of the space `s` of organization `o` for anonymous callers, with the items of `page`.
macro_rules! public_json {
    () => {
        r#"
  select json_build_object(
    'id', s.id,
    'organization', json_build_object('slug', o.slug, 'name', o.name, 'personal', o.personal_user_id is not null,
      'image', (select u.image from "user" u where u.id = o.personal_user_id)),
    'slug', s.slug, 'title', s.title, 'description', s.description, 'visibility', s.visibility,
    'accent', s.accent, 'cover', s.cover, 'theme', s.theme,
    'version', s.version, 'published_at', rfc3339(s.published_at), 'updated_at', rfc3339(s.updated_at),
    'items', page.items, 'items_left_out', page.items_left_out,
    'spaces', (
      select coalesce(json_agg(json_build_object('slug', n.slug, 'title', n.title, 'description', n.description)
        order by n.id), '[]')
      from space n
      where s.slug = 'home' and n.organization_id = o.id and n.id <> s.id and n.visibility = 'public')
    )::text as body, s.version"#
    };
}

/// The items of the space `s` that a page shows, the first ones up to its size limit, and for a
/// feed the newest of the others. The items of a folder follow it directly. Widgets are for members,
/// except feeds, which are links here.
macro_rules! page_items {
    () => {
        r#"
  cross join lateral (
    with shown as (
      select counted.id, counted.wire, counted.icon, counted.place
      from (
        select first.id, first.wire, first.icon, row_number() over reading as place, sum(first.text) over reading as text
        from (
          select i.id, i.wire, coalesce(i.icon, i.url) as icon, i.folder_id is not null as inside, i.position as inner_position,
            coalesce(folder.position, i.position) as outer_position, coalesce(folder.id, i.id) as outer_id,
            octet_length(i.title) + octet_length(i.description) + octet_length(i.body)
              + coalesce(octet_length(i.url), 0) as text
          from item i left join item folder on folder.id = i.folder_id
          where i.space_id = s.id and (i.kind <> 'widget' or i.widget = 'feed')
          order by outer_position, outer_id, inside, inner_position, i.id limit :max_items) first
        window reading as (
          order by first.outer_position, first.outer_id, first.inside, first.inner_position, first.id)) counted
      where counted.text <= :max_text),
    kept as (
      select shown.wire, shown.icon, shown.place from shown
      union all (
        select i.wire, coalesce(i.icon, i.url), null from item i
        where i.space_id = s.id and i.kind <> 'folder' and (i.kind <> 'widget' or i.widget = 'feed')
          and not exists (select from shown where shown.id = i.id)
        order by i.updated_at desc, i.id desc limit :newest))
    select coalesce('[{' || string_agg(kept.wire || ',"has_icon":'
        || (coalesce(kept.icon like 'picture:%', false) or exists (
          select from site_icon c
          where c.address_hash = sha256(convert_to(kept.icon, 'UTF8')) and c.media_type is not null)),
        '},{' order by kept.place) || '}]', '[]')::json as items,
      (select count(*) from item i where i.space_id = s.id and (i.kind <> 'widget' or i.widget = 'feed'))
        - count(kept.wire) as items_left_out
    from kept) page"#
    };
}

/// The document that a space is read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// A page, in any format.
    Page,
    /// A feed, which has the newest items too.
    Feed,
}

impl Reader {
    /// The number of newest items to read beyond those of a page.
    fn newest(self) -> i64 {
        match self {
            Self::Page => 0,
            Self::Feed => count(PublicSpace::MAX_ENTRIES),
        }
    }
}

fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

/// Reads a public space by its address. The former handle of an organization is found for 90 days;
/// the answer's `organization.slug` is the new one.
#[must_use]
pub fn by_handle(handle: &str, space: &str, reader: Reader) -> Statement<Anonymous, PublicSpace> {
    statement!(
        Read: open_read!(concat!(
            public_json!(),
            r#"
    from organization o join space s on s.organization_id = o.id"#,
            page_items!(),
            r#"
  where o.id = coalesce(
      (select named.id from organization named where named.slug = :handle),
      (select f.organization_id from former_slug f where f.slug = :handle and f.held_until > :now))
    and s.slug = :space and s.visibility in ('public', 'unlisted')"#
        )),
        handle = handle.to_owned(),
        space = space.to_owned(),
        max_items = count(PublicSpace::MAX_ITEMS),
        max_text = count(PublicSpace::MAX_TEXT),
        newest = reader.newest(),
    )
}

/// Reads a public space by its verified hostname.
#[must_use]
pub fn by_hostname(hostname: &str, reader: Reader) -> Statement<Anonymous, PublicSpace> {
    statement!(
        Read: open_read!(concat!(
            public_json!(),
            r#"
    from domain d join space s on s.id = d.space_id join organization o on o.id = s.organization_id"#,
            page_items!(),
            r#"
  where d.hostname = :hostname and d.status = 'verified' and d.removed_at is null
    and s.visibility in ('public', 'unlisted')"#
        )),
        hostname = hostname.to_owned(),
        max_items = count(PublicSpace::MAX_ITEMS),
        max_text = count(PublicSpace::MAX_TEXT),
        newest = reader.newest(),
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
