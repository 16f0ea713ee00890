-- How items and spaces look: the size and colour of an item, the accent and cover of a space.

alter table item
  add column size text not null default 'icon'
    constraint item_size_known check (size in ('icon', 'row', 'card', 'wide', 'tall')),
  add column color text constraint item_color_form check (color ~ '^#[0-9a-f]{6}$');
-- Cards showed their text before there were sizes.
update item set size = 'card' where kind = 'card';

create function item_wire_2(
    id text, space_id text, kind text, title text, description text, url text, body text, icon text, tags text[],
    mode text, reasons text[], size text, color text, folder_id text, "position" numeric, version bigint,
    created_at timestamptz, updated_at timestamptz)
  returns text language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select
    id, space_id, kind, title, description, url, body, icon, tags, mode, reasons, size, color, folder_id,
    "position"::text as "position", version,
    wire_time(created_at) as created_at, wire_time(updated_at) as updated_at) x);
alter table item alter column wire set expression as (
  item_wire_2(id, space_id, kind, title, description, url, body, icon, tags, mode, reasons, size, color, folder_id,
    "position", version, created_at, updated_at));
drop function item_wire_1;

alter table space
  -- A hue in degrees.
  add column accent integer constraint space_accent_is_a_hue check (accent between 0 and 359),
  -- `art:NAME`, which code draws, or the URL of a picture.
  add column cover text constraint space_cover_form check (cover ~ '^(art:[a-z0-9-]{1,40}$|[Hh][Tt][Tt][Pp][Ss]?://)');

create function space_wire_2(
    id text, organization_id text, slug text, title text, description text, visibility text, accent integer,
    cover text, version bigint, published_at timestamptz, created_at timestamptz, updated_at timestamptz)
  returns text language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select
    id, organization_id, slug, title, description, visibility, accent, cover, version,
    wire_time(published_at) as published_at, wire_time(created_at) as created_at,
    wire_time(updated_at) as updated_at) x);
alter table space alter column wire set expression as (
  space_wire_2(id, organization_id, slug, title, description, visibility, accent, cover, version, published_at,
    created_at, updated_at));
drop function space_wire_1;
