//! Reads of published spaces by anonymous readers. The `where` is the authorization.

use prox_types::{PublicAddress, PublicSpace};

use crate::statement::{Anonymous, Statement, *};

/// The space `s` of organization `o` as anonymous readers see it.
macro_rules! public_json {
    () => {
        "select json_build_object('id', s.id,
    'organization', json_build_object('slug', o.slug, 'name', o.name, 'personal', o.personal_user_id is not null, 'image', (select u.image from \"user\" u where u.id = o.personal_user_id)),
    'slug', s.slug, 'title', s.title, 'description', s.description, 'visibility', s.visibility, 'version', s.version,
    'published_at', rfc3339(s.published_at), 'updated_at', rfc3339(s.updated_at),
    'items', (select coalesce(json_agg(json_build_object('id', i.id, 'kind', i.kind, 'title', i.title, 'description', i.description,
        'url', i.url, 'body', i.body, 'icon', i.icon, 'tags', i.tags, 'mode', i.mode, 'folder_id', i.folder_id,
        'created_at', rfc3339(i.created_at), 'updated_at', rfc3339(i.updated_at))
        order by coalesce(f.position, i.position), coalesce(f.id, i.id), i.folder_id is not null, i.position, i.id), '[]')
      from item i left join item f on f.id = i.folder_id where i.space_id = s.id),
    'spaces', (select coalesce(json_agg(json_build_object('slug', n.slug, 'title', n.title, 'description', n.description) order by n.id), '[]')
      from space n where s.slug = 'home' and n.organization_id = o.id and n.id <> s.id and n.visibility = 'public')) as body, s.version "
    };
}

/// A space by its address.
#[must_use]
pub fn by_handle(handle: &str, space: &str) -> Statement<Anonymous, PublicSpace> {
    Statement::read(open_read!(concat!(
        public_json!(),
        "from organization o join space s on s.organization_id = o.id where o.slug = $8 and s.slug = $9 and s.visibility in ('public', 'unlisted')"
    )))
    .text(handle)
    .text(space)
}

/// A space by its verified hostname.
#[must_use]
pub fn by_hostname(hostname: &str) -> Statement<Anonymous, PublicSpace> {
    Statement::read(open_read!(concat!(
        public_json!(),
        "from domain d join space s on s.id = d.space_id join organization o on o.id = s.organization_id",
        " where d.hostname = $8 and d.status = 'verified' and d.removed_at is null and s.visibility in ('public', 'unlisted')"
    )))
    .text(hostname)
}

/// The addresses of all public spaces, the oldest first: as many as a sitemap may have.
#[must_use]
pub fn list() -> Statement<Anonymous, Vec<PublicAddress>> {
    Statement::read(open_read!(
        "select coalesce(json_agg(json_build_object('handle', p.handle, 'slug', p.slug, 'updated_at', rfc3339(p.updated_at)) order by p.id), '[]') as body,
    null::int8 as version
  from (select s.id, o.slug as handle, s.slug, s.updated_at from space s join organization o on o.id = s.organization_id
    where s.visibility = 'public' order by s.id limit 50000) p"
    ))
}
