//! Feeds that widgets show: what was fetched of them, and when.

use prox_types::{Feed, ItemId, JsonText};

use crate::frame::*;
use crate::sql::statement;
use crate::statement::{Statement, Tenants};

/// What is kept of the feed of an item.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct KeptFeed {
    /// The address of the item.
    pub url: String,
    /// The address of the feed, when that of the item is a page that names it.
    pub source: Option<String>,
    /// The validator `ETag` of the last response.
    pub etag: Option<String>,
    /// The validator `Last-Modified` of the last response.
    pub last_modified: Option<String>,
    /// Whether this request has to fetch the feed: there is none or an old one, and no other request is
    /// fetching it.
    pub fetch: bool,
    /// The [`Feed`] as it is kept.
    pub answer: JsonText,
}

/// The result of an attempt to fetch a feed.
#[derive(Clone, Debug)]
pub enum FetchedFeed {
    /// Its content.
    Content {
        /// `{title, site_url, entries}`.
        content: JsonText,
        /// The address of the feed, when that of the item is a page that names it.
        source: Option<String>,
        /// The validator `ETag` of the response.
        etag: Option<String>,
        /// The validator `Last-Modified` of the response.
        last_modified: Option<String>,
    },
    /// The site answered that the kept content is current.
    Unchanged,
    /// It failed, and why.
    Failed(String),
}

/// The time after which a request no longer counts as fetching.
const FETCH_TIME: &str = "15 seconds";
/// The time for which a feed is not fetched again.
const FRESH_TIME: &str = "15 minutes";

/// The JSON of the feed in the row `$f`, perhaps without any.
macro_rules! feed_json {
    ($f:literal) => {
        concat!(
            "json_build_object('title', ",
            $f,
            ".content->'title', 'site_url', ",
            $f,
            ".content->'site_url',
      'entries', coalesce(",
            $f,
            ".content->'entries', '[]'), 'fetched_at', rfc3339(",
            $f,
            ".fetched_at),
      'checked_at', rfc3339(",
            $f,
            ".checked_at), 'reason', ",
            $f,
            ".reason)"
        )
    };
}

/// `target`: the feed widget `:item` of the space `:space`.
macro_rules! target {
    () => {
        r#",
target as materialized (
  select i.id, i.url from allowed
  join space s on s.organization_id = allowed.id and (s.slug = :space or s.id = :space)
  join item i on i.space_id = s.id where i.id = :item and i.widget = 'feed')"#
    };
}

/// Finds the feed of a widget. The first request after it is old fetches it again.
#[must_use]
pub fn find(space: &str, item: ItemId) -> Statement<Tenants, KeptFeed> {
    statement!(
        Write: tenant_read_through!(
            target!(),
            r#",
kept as materialized (
  select f.* from target join item_feed f on f.item_id = target.id and f.url = target.url),
claimed as (
  insert into item_feed as f (item_id, url, refresh_at)
  select target.id, target.url, :now + :fetch_time::interval from target
  where not exists (select from kept where kept.refresh_at > :now)
  on conflict (item_id) do update set refresh_at = excluded.refresh_at, url = excluded.url,
    source = case when f.url = excluded.url then f.source end,
    content = case when f.url = excluded.url then f.content end,
    etag = case when f.url = excluded.url then f.etag end,
    last_modified = case when f.url = excluded.url then f.last_modified end,
    fetched_at = case when f.url = excluded.url then f.fetched_at end,
    checked_at = case when f.url = excluded.url then f.checked_at end,
    reason = case when f.url = excluded.url then f.reason end
  where f.refresh_at <= :now or f.url <> excluded.url
  returning f.item_id),
data as (
  select json_build_object('url', target.url, 'source', kept.source, 'etag', kept.etag,
      'last_modified', kept.last_modified, 'fetch', exists (select from claimed), 'answer', "#,
            feed_json!("kept"),
            r#")::text as body, null::int8 as version
    from target left join kept on true)"#
        ),
        space = space.to_owned(),
        item = item,
        fetch_time = FETCH_TIME,
    )
}

/// Keeps the result of an attempt to fetch the feed at an address, unless the widget has another address
/// by now. After a failure, the content that was kept before stays.
#[must_use]
pub fn keep(space: &str, item: ItemId, url: &str, result: FetchedFeed) -> Statement<Tenants, Feed> {
    let (content, source, etag, last_modified, reason) = match result {
        FetchedFeed::Content {
            content,
            source,
            etag,
            last_modified,
        } => (Some(content), source, etag, last_modified, None),
        FetchedFeed::Unchanged => (None, None, None, None, None),
        FetchedFeed::Failed(reason) => (None, None, None, None, Some(reason)),
    };
    statement!(
        Write: tenant_read_through!(
            target!(),
            r#",
kept as (
  update item_feed f set checked_at = :now, refresh_at = :now + :fresh_time::interval, reason = :reason,
    fetched_at = case when :content is not null or :reason is null and f.content is not null
      then :now else f.fetched_at end,
    content = coalesce(:content::json, f.content),
    source = case when :content is null then f.source else :source end,
    etag = case when :content is null then f.etag else :etag end,
    last_modified = case when :content is null then f.last_modified else :last_modified end
  from target where f.item_id = target.id and f.url = target.url and f.url = :url returning f.*),
data as (
  select "#,
            feed_json!("kept"),
            r#"::text as body, null::int8 as version from target left join kept on true)"#
        ),
        space = space.to_owned(),
        item = item,
        url = url.to_owned(),
        fresh_time = FRESH_TIME,
        content = content,
        source = source,
        etag = etag,
        last_modified = last_modified,
        reason = reason,
    )
}
