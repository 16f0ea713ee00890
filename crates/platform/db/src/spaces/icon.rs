//! Icons of the sites of items. They are kept for everybody, and fetched for members only.

use prox_types::ItemId;

use crate::frame::*;
use crate::sql::statement;
use crate::statement::{Anonymous, Statement, Viewers};

/// The addresses of an item's icon, and what is kept of it. An item that shows letters or a glyph has
/// neither address nor picture, and one with an uploaded picture has no address.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct KeptIcon {
    /// The address of the icon that the item names itself.
    pub icon: Option<String>,
    /// The page of the item, when it names no icon.
    pub page: Option<String>,
    /// Whether anonymous callers see the item.
    pub published: bool,
    /// The media type of the kept picture; none when there is none.
    pub media_type: Option<String>,
    /// The kept picture in Base64.
    pub picture: Option<String>,
    /// Whether this request has to fetch the picture: the viewer is a member, there is none or an old
    /// one, and no other request is fetching it.
    pub fetch: bool,
    /// Seconds until a member's request fetches the picture again; none when the next one does.
    pub fresh_for: Option<u32>,
}

impl KeptIcon {
    /// The address under which the picture is kept.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.icon.as_deref().or(self.page.as_deref())
    }
}

/// The time after which a request no longer counts as fetching.
const FETCH_TIME: &str = "15 seconds";
/// The time for which a picture is kept before it is fetched again.
const FRESH_TIME: &str = "7 days";
/// The seconds after which a site without a picture is asked again.
pub const RETRY_SECONDS: u32 = 24 * 60 * 60;

/// The rest of a statement that finds the icon of the item `:item` on the `slice` of a viewer.
macro_rules! icon {
    () => {
        concat!(
        r#",
found as materialized (
  select slice.organization_id, substring(i.icon from '^picture:(.*)$') as picture,
    case when i.icon ~* '^https?:' then i.icon end as icon, case when i.icon is null then i.url end as url,
    sha256(convert_to(case when i.icon is null then i.url when i.icon ~* '^https?:' then i.icon end, 'UTF8')) as hash,
    slice.visibility <> 'private' and i.visibility = 'inherit' and not exists (
      select from item folder where folder.id = i.folder_id and folder.visibility = 'private') as published,
    slice.role is not null as is_member
  from slice join item i on i.space_id = slice.id and i.id = :item
  where "#,
        item_level!("i", "slice"),
        r#" > 0),
kept as materialized (
  select c.media_type, c.bytes, c.refresh_at from found join site_icon c on c.address_hash = found.hash
  union all select p.media_type, p.bytes, null
  from found join picture p on p.organization_id = found.organization_id and p.hash = found.picture),
claimed as (
  insert into site_icon as c (address_hash, refresh_at)
  select found.hash, :now + :fetch_time::interval from found
  where found.is_member and found.hash is not null and not exists (select from kept where kept.refresh_at > :now)
  on conflict (address_hash) do update set refresh_at = excluded.refresh_at where c.refresh_at <= :now
  returning c.address_hash),
written as (
  select json_build_object('icon', found.icon, 'page', found.url, 'published', found.published,
      'media_type', kept.media_type, 'picture', translate(encode(kept.bytes, 'base64'), E'\n', ''),
      'fetch', exists (select from claimed),
      'fresh_for', case when kept.refresh_at > :now then ceil(extract(epoch from kept.refresh_at - :now)) end
    )::text as body,
    null::int8 as version, null::text as problem
  from found left join kept on true)"#
        )
    };
}

/// Finds the icon of an item that the viewer sees.
#[must_use]
pub fn find(organization: &str, space: &str, item: ItemId) -> Statement<Viewers, KeptIcon> {
    statement!(
        Write: open_write!(
            actor!(),
            viewer_place!(),
            granted!(),
            slice!(),
            icon!(),
            no_audience!()
        ),
        of_organization = organization.to_owned(),
        space = space.to_owned(),
        item = item,
        fetch_time = FETCH_TIME,
    )
}

/// Finds the icon of an item that a share link shows.
#[must_use]
pub fn find_by_link(
    secret_hash: [u8; 32],
    visit: Option<[u8; 32]>,
    item: ItemId,
) -> Statement<Anonymous, KeptIcon> {
    statement!(
        Write: open_write!(link_place!(), granted!(), slice!(), icon!(), no_audience!()),
        link_hash = secret_hash,
        visit = visit.map(|hash| hash.to_vec()),
        item = item,
        fetch_time = FETCH_TIME,
    )
}

/// Keeps the picture of an address: its media type and bytes. When the site has none, a picture that
/// was kept before stays.
#[must_use]
pub fn keep(address: &str, picture: Option<(&'static str, Vec<u8>)>) -> Statement<Viewers, ()> {
    let refresh = match picture {
        Some(_) => FRESH_TIME.to_owned(),
        None => format!("{RETRY_SECONDS} seconds"),
    };
    let (media_type, bytes) = picture.unzip();
    statement!(
        Write: open_write!(
            actor!(),
            r#",
kept as (
  insert into site_icon as c (address_hash, media_type, bytes, refresh_at)
  select sha256(convert_to(:address, 'UTF8')), :media_type, :bytes, :now + :refresh::interval from actor
  on conflict (address_hash) do update set refresh_at = excluded.refresh_at,
    media_type = coalesce(excluded.media_type, c.media_type), bytes = coalesce(excluded.bytes, c.bytes)
  returning c.address_hash),
written as (select 'null' as body, null::int8 as version, null::text as problem from kept)"#,
            no_audience!()
        ),
        address = address.to_owned(),
        media_type = media_type,
        bytes = bytes,
        refresh = refresh,
    )
}
