-- Icons of sites, fetched once for everybody who has an item with the address.

create table site_icon (
  -- SHA-256 of the address that it was fetched for: that of an item's icon, or of its page. The address
  -- itself is not stored here, so that nothing of a deleted item remains.
  address_hash bytea primary key constraint site_icon_address_hash_length check (length(address_hash) = 32),
  -- Both null when the site has no icon, and while it is fetched for the first time.
  media_type text constraint site_icon_media_type_known check (media_type in (
    'image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/x-icon', 'image/avif', 'image/svg+xml')),
  bytes bytea constraint site_icon_size check (length(bytes) <= 262144),
  -- A member's request after this time fetches it again.
  refresh_at timestamptz not null,
  constraint site_icon_has_a_type check ((media_type is null) = (bytes is null))
);
create index site_icon_refresh_at on site_icon (refresh_at);
