-- What widgets show: the entries of feeds, and whether the addresses of items answer.

create table item_feed (
  item_id text collate "C" primary key constraint item_feed_item_fkey references item on delete cascade,
  -- The address of the item that this was fetched for.
  url text not null,
  -- The address of the feed, when that of the item is a page that names it.
  source text,
  -- `{title, site_url, entries}`; null before the first successful fetch.
  content json constraint item_feed_content_size check (octet_length(content::text) <= 262144),
  -- Validators of the last response, for conditional requests.
  etag text,
  last_modified text,
  fetched_at timestamptz,
  checked_at timestamptz,
  -- Why the last attempt failed.
  reason text,
  -- A request after this time fetches it again.
  refresh_at timestamptz not null,
  constraint item_feed_fetched_has_content check ((content is null) = (fetched_at is null))
);

create table item_health (
  item_id text collate "C" primary key constraint item_health_item_fkey references item on delete cascade,
  -- The address that was checked.
  url text not null,
  state text not null constraint item_health_state_known check (state in ('ok', 'failing', 'unknown')),
  status integer,
  reason text,
  checked_at timestamptz not null
);
