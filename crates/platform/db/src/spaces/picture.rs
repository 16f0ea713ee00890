//! Pictures that members upload, addressed by the hash of their bytes.

use prox_types::Picture;

use crate::PageOf;
use crate::frame::*;
use crate::sql::statement;
use crate::statement::{Anonymous, Statement, Tenants, Viewers};

/// The bytes of a picture.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct PictureBytes {
    /// The media type.
    pub media_type: String,
    /// The picture in Base64.
    pub picture: String,
}

/// The picture that covers a space.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct CoverPicture {
    /// Whether anonymous callers see the space.
    pub published: bool,
    /// SHA-256 of its bytes in hexadecimal.
    pub hash: String,
    /// The picture.
    #[serde(flatten)]
    pub bytes: PictureBytes,
}

macro_rules! picture_json {
    ($p:literal) => {
        concat!(
            "json_build_object('hash', ",
            $p,
            ".hash, 'media_type', ",
            $p,
            ".media_type,
      'size', length(",
            $p,
            ".bytes), 'created_at', rfc3339(",
            $p,
            ".created_at))"
        )
    };
}

macro_rules! pictures_audience {
    () => {
        r#",
audience as (
  select gate.id as organization_id, null::jsonb as close,
    jsonb_build_array(jsonb_build_array('pictures', gate.id)) as keys
  from gate where exists (select from changed))"#
    };
}

/// Lists the pictures in the order of their hashes.
#[must_use]
pub fn list(page: PageOf<String>) -> Statement<Tenants, Vec<Picture>> {
    statement!(
        Read: tenant_list!(
            page: concat!("
  select wire_members(", picture_json!("p"), r#") as wire, p.hash as key
  from allowed join picture p on p.organization_id = allowed.id
  where :after is null or p.hash > :after order by p.hash limit :limit + 1"#),
            found: "true"
        ),
        limit = page.limit,
        after = page.after,
    )
}

/// Reads the bytes of a picture.
#[must_use]
pub fn read(hash: &str) -> Statement<Tenants, PictureBytes> {
    statement!(
        Read: tenant_read!(
            r#"
  select json_build_object('media_type', p.media_type,
      'picture', translate(encode(p.bytes, 'base64'), E'\n', ''))::text as body, null::int8 as version
  from allowed join picture p on p.organization_id = allowed.id where p.hash = :hash"#
        ),
        hash = hash.to_owned(),
    )
}

/// The rest of a statement that reads the uploaded cover of the `slice` of a viewer, who sees the space.
macro_rules! cover {
    () => {
        r#",
written as (
  select json_build_object('published', slice.visibility <> 'private', 'hash', p.hash,
      'media_type', p.media_type, 'picture', translate(encode(p.bytes, 'base64'), E'\n', ''))::text as body,
    null::int8 as version, null::text as problem
  from slice join picture p on p.organization_id = slice.organization_id and slice.cover = 'picture:' || p.hash
  where slice.level > 0)"#
    };
}

/// The uploaded picture that covers a space, for those who may see the space.
#[must_use]
pub fn cover(organization: &str, space: &str) -> Statement<Viewers, CoverPicture> {
    statement!(
        Read: open_write!(
            actor!(),
            viewer_place!(),
            granted!(),
            slice!(),
            cover!(),
            no_audience!()
        ),
        of_organization = organization.to_owned(),
        space = space.to_owned(),
    )
}

/// Reads the uploaded cover of a space that a share link shows.
#[must_use]
pub fn cover_by_link(
    secret_hash: [u8; 32],
    visit: Option<[u8; 32]>,
) -> Statement<Anonymous, CoverPicture> {
    statement!(
        Read: open_write!(link_place!(), granted!(), slice!(), cover!(), no_audience!()),
        link_hash = secret_hash,
        visit = visit.map(|hash| hash.to_vec()),
    )
}

/// Adds a picture. One with the same bytes is returned as it was added. A trigger (0021) holds the limit.
#[must_use]
pub fn create(hash: &str, media_type: &'static str, bytes: Vec<u8>) -> Statement<Tenants, Picture> {
    statement!(
        Write: tenant_write!(
            r#",
known as materialized (
  select p.* from gate join picture p on p.organization_id = gate.id where p.hash = :hash),
changed as (
  insert into picture (organization_id, hash, media_type, bytes, created_at)
  select gate.id, :hash, :media_type, :bytes, :now from gate
  where not exists (select from known) returning *),
added as (select * from known union all select * from changed),
written as (
  select "#,
            picture_json!("added"),
            r#"::text as body, null::int8 as version, null::text as problem from added)"#,
            pictures_audience!()
        ),
        hash = hash.to_owned(),
        media_type = media_type,
        bytes = bytes,
    )
}

/// Deletes a picture that no icon, cover or layout of a workspace names.
#[must_use]
pub fn delete(hash: &str) -> Statement<Tenants, ()> {
    statement!(
        Write: tenant_write!(
            r#",
found as materialized (
  select p.organization_id, p.hash, 'picture:' || p.hash as name
  from gate join picture p on p.organization_id = gate.id where p.hash = :hash),
used as materialized (
  select from found join space s on s.organization_id = found.organization_id and s.cover = found.name
  union all
  select from found join space s on s.organization_id = found.organization_id
  join item i on i.space_id = s.id and i.icon = found.name
  union all
  select from found join workspace w on w.organization_id = found.organization_id
  where strpos(w.layout::text, found.name) > 0),
changed as (
  delete from picture p using found
  where p.organization_id = found.organization_id and p.hash = found.hash and not exists (select from used)
  returning p.hash),
written as (
  select 'null' as body, null::int8 as version, null::text as problem from changed
  union all select null, null, 'picture_in_use' from found where exists (select from used))"#,
            pictures_audience!()
        ),
        hash = hash.to_owned(),
    )
}
