//! Published spaces for anonymous callers. The `where` clause of each statement is its
//! authorization.

use prox_types::{PublicAddress, PublicSpace};

use crate::frame::*;
use crate::sql::statement;
use crate::statement::{Anonymous, Statement};

/// The JSON of the space `s` of organization `o` for anonymous callers. The items of a folder
/// follow it directly.
macro_rules! public_json {
    () => {
        r#"
  select json_build_object(
    'id', s.id,
    'organization', json_build_object('slug', o.slug, 'name', o.name, 'personal', o.personal_user_id is not null,
      'image', (select u.image from "user" u where u.id = o.personal_user_id)),
    'slug', s.slug, 'title', s.title, 'description', s.description, 'visibility', s.visibility,
    'version', s.version, 'published_at', rfc3339(s.published_at), 'updated_at', rfc3339(s.updated_at),
    'items', (
      select coalesce('[{' || string_agg(i.wire, '},{' order by coalesce(folder.position, i.position),
        coalesce(folder.id, i.id), i.folder_id is not null, i.position, i.id) || '}]', '[]')::json
      from item i left join item folder on folder.id = i.folder_id where i.space_id = s.id),
    'spaces', (
      select coalesce(json_agg(json_build_object('slug', n.slug, 'title', n.title, 'description', n.description)
        order by n.id), '[]')
      from space n
      where s.slug = 'home' and n.organization_id = o.id and n.id <> s.id and n.visibility = 'public')
    )::text as body, s.version"#
    };
}

/// Reads a public space by its address. The former handle of an organization is found for 90 days;
/// the answer's `organization.slug` is the new one.
#[must_use]
pub fn by_handle(handle: &str, space: &str) -> Statement<Anonymous, PublicSpace> {
    statement!(
        Read: open_read!(concat!(
            public_json!(),
            r#"
  from organization o join space s on s.organization_id = o.id
  where o.id = coalesce(
      (select named.id from organization named where named.slug = :handle),
      (select f.organization_id from former_slug f where f.slug = :handle and f.held_until > :now))
    and s.slug = :space and s.visibility in ('public', 'unlisted')"#
        )),
        handle = handle.to_owned(),
        space = space.to_owned(),
    )
}

/// Reads a public space by its verified hostname.
#[must_use]
pub fn by_hostname(hostname: &str) -> Statement<Anonymous, PublicSpace> {
    statement!(
        Read: open_read!(concat!(
            public_json!(),
            r#"
  from domain d join space s on s.id = d.space_id join organization o on o.id = s.organization_id
  where d.hostname = :hostname and d.status = 'verified' and d.removed_at is null
    and s.visibility in ('public', 'unlisted')"#
        )),
        hostname = hostname.to_owned(),
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
