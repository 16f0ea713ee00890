//! What a space shows to whom: for its managers.

use prox_types::{JsonText, PublicSpace, Role, ShareLinkId, Slice};

use crate::PageOf;
use crate::frame::*;
use crate::spaces::grant::principal_json;
use crate::spaces::public::{Reader, on_page, page_limits, public_page, restricted};
use crate::sql::statement;
use crate::statement::{Participants, Statement};

/// A space with a page of its items, and who sees them.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct ExposedSpace {
    /// The space.
    pub space: Exposed,
    /// Items in order.
    pub items: Vec<Exposed>,
    /// The key of the last item, when there are more: its position and id, with a space between.
    pub next: Option<String>,
}

/// A space or an item, and who sees it by grants and links of its own.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct Exposed {
    /// The JSON object for clients, without warnings.
    pub json: JsonText,
    /// The texts of [`SPACE_TEXTS`] or [`ITEM_TEXTS`].
    pub texts: Vec<Option<String>>,
}

/// The fields of a space with a text that others may see.
pub const SPACE_TEXTS: [&str; 3] = ["title", "description", "cover"];
/// The fields of an item with a text that others may see.
pub const ITEM_TEXTS: [&str; 5] = ["title", "description", "url", "body", "icon"];

/// The viewers of the space (`$item` is `null`) or of one item, by grants and by links.
macro_rules! audience_json {
    ($item:literal) => {
        concat!(
            r#"(select coalesce(json_agg(v.viewing order by v.id), '[]') from (
      select g.id, json_build_object('level', g.level, 'principal', "#,
            principal_json!("g"),
            r#", 'grant_id', g.id, 'share_link_id', null) as viewing
      from "grant" g where g.space_id = allowed.space_id and g.item_id is not distinct from "#,
            $item,
            r#"
      union all
      select l.id, json_build_object('level', l.level, 'principal', json_build_object('type', 'link', 'id', l.id,
        'handle', null, 'email', null, 'name', l.name), 'grant_id', null, 'share_link_id', l.id)
      from share_link l where l.space_id = allowed.space_id and l.item_id is not distinct from "#,
            $item,
            r#"
        and (l.expires_at is null or l.expires_at > :now)) v)"#
        )
    };
}

/// Reads what a space shows to whom, with a page of its items. `pattern` is a regular expression in any case
/// of letters: only items with a text that matches it.
#[must_use]
pub fn read(
    space: &str,
    pattern: Option<&'static str>,
    page: PageOf<(String, String)>,
) -> Statement<Participants, ExposedSpace> {
    let (position, id) = page.after.unzip();
    statement!(
        Read: guest_read!(concat!(
            r#"
  with found as materialized (
    select i.* from allowed join item i on i.space_id = allowed.space_id
    where (:after_position is null or (i.position, i.id) > (:after_position::numeric, :after_id))
      and (:pattern is null or concat_ws(E'\n', i.title, i.description, i.url, i.body, i.icon) ~* :pattern)
    order by i.position, i.id limit :limit + 1),
  shown as materialized (select * from found order by found.position, found.id limit :limit)
  select json_build_object(
    'space', json_build_object('texts', json_build_array(s.title, s.description, s.cover),
      'json', json_build_object('visibility', s.visibility, 'audience', "#,
            audience_json!("null"),
            r#")),
    'items', (select coalesce(json_agg(json_build_object(
      'texts', json_build_array(i.title, i.description, i.url, i.body, i.icon),
      'json', json_build_object('id', i.id, 'kind', i.kind, 'title', i.title, 'folder_id', i.folder_id,
        'visibility', i.visibility,
        'inherits_from', case when i.visibility = 'private' then null when i.folder_id is null then 'space'
          else 'folder' end,
        'audience', "#,
            audience_json!("i.id"),
            r#")) order by i.position, i.id), '[]') from shown i),
    'next', case when (select count(*) from found) > :limit then (
      select i.position::text || ' ' || i.id from shown i order by i.position desc, i.id desc limit 1) end
    )::text as body, null::int8 as version
  from allowed join space s on s.id = allowed.space_id"#
        )),
        space = space.to_owned(),
        pattern = pattern,
        limit = page.limit,
        after_position = position,
        after_id = id,
    )
}

/// Somebody whose slice a manager looks at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ViewAs {
    /// Everybody, without an account.
    Anyone,
    /// Somebody who opens a share link of the space.
    Link(ShareLinkId),
    /// A person, by handle or mail address. Somebody without a relation to the space, and who does not exist,
    /// sees what everybody sees.
    User(String),
    /// A member with a role.
    Role(Role),
}

impl ViewAs {
    fn parts(&self) -> (&'static str, Option<String>) {
        match self {
            Self::Anyone => ("anyone", None),
            Self::Link(id) => ("link", Some(id.to_string())),
            Self::User(name) => ("user", Some(name.to_lowercase())),
            Self::Role(Role::Member) => ("role", Some("member".to_owned())),
            Self::Role(Role::Admin) => ("role", Some("admin".to_owned())),
            Self::Role(Role::Owner) => ("role", Some("owner".to_owned())),
        }
    }
}

/// `place` for a viewer that the actor, a manager, names. A person named by handle is known by grants to them
/// and by memberships, one named by address by grants to the address: nobody learns which handle has which
/// address, nor anything about people without a relation to the space.
macro_rules! viewed_place {
    () => {
        r#"
  with place as materialized (
    select allowed.space_id, true as with_public, person.user_id,
      case when :viewer_kind = 'user' and strpos(:viewer, '@') > 0 then :viewer end as email,
      link.id as link_id, coalesce(person.role, given.role) as role,
      role_level(coalesce(person.role, given.role)) as by_role
    from allowed
    cross join (select case when :viewer_kind = 'role' then :viewer end as role) given
    left join share_link link on :viewer_kind = 'link' and link.space_id = allowed.space_id and link.id = :viewer
    left join lateral (
      select u.id as user_id, m.role
      from "user" u
      left join organization p on p.personal_user_id = u.id
      left join organization_user_membership m on m.organization_id = allowed.id and m.user_id = u.id
      where :viewer_kind = 'user' and (u.email = :viewer and m.role is not null or p.slug = :viewer and (
        m.role is not null or exists (
          select from "grant" g where g.space_id = allowed.space_id and g.user_id = u.id)))) person on true
    where :viewer_kind <> 'link' or link.id is not null)"#
    };
}

/// Reads the page of a space as somebody else sees it; none when they see nothing of it.
#[must_use]
pub fn page_as(space: &str, viewer: &ViewAs) -> Statement<Participants, Option<PublicSpace>> {
    let (kind, name) = viewer.parts();
    let limits = page_limits(Reader::Page);
    statement!(
        Read: guest_read!(concat!(
            viewed_place!(),
            granted!(),
            public_page!(),
            "
    select coalesce((select public_page.body from public_page), 'null') as body, null::int8 as version from place"
        )),
        space = space.to_owned(),
        viewer_kind = kind,
        viewer = name,
        max_items = limits.items,
        max_text = limits.text,
        newest = limits.newest,
    )
}

/// Lists the items that somebody else sees of a space, at most as many as a page has.
#[must_use]
pub fn slice_of(space: &str, viewer: &ViewAs) -> Statement<Participants, Slice> {
    let (kind, name) = viewer.parts();
    statement!(
        Read: guest_read!(concat!(
            viewed_place!(),
            granted!(),
            slice!(),
            r#",
  seen as (
    select i.wire, i.position, i.id, "#,
            item_level!("i", "slice"),
            r#" as level
    from slice join item i on i.space_id = slice.id
    where slice.by_role > 0 or "#,
            on_page!("i"),
            r#"),
  shown as (select * from seen order by seen.position, seen.id limit :max_items)
  select '{"level":' || coalesce((
        select to_json((array['view', 'edit', 'manage'])[slice.level])::text from slice), 'null')
      || ',"items":' || (select coalesce('[{' || string_agg(shown.wire || ',"level":"'
        || (array['view', 'edit', 'manage'])[shown.level] || '"', '},{' order by shown.position, shown.id) || '}]', '[]')
        from shown)
      || ',"items_left_out":' || (select count(*) from seen) - (select count(*) from shown) || '}' as body,
    null::int8 as version
  from place"#
        )),
        space = space.to_owned(),
        viewer_kind = kind,
        viewer = name,
        max_items = page_limits(Reader::Page).items,
    )
}
