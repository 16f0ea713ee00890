-- Pictures that members upload, for icons, covers and wallpapers; and themes of public pages.

create table picture (
  organization_id text collate "C" not null
    constraint picture_organization_fkey references organization on delete cascade,
  -- SHA-256 of the bytes in hexadecimal.
  hash text collate "C" not null constraint picture_hash_form check (hash ~ '^[0-9a-f]{64}$'),
  media_type text not null constraint picture_media_type_known
    check (media_type in ('image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif')),
  bytes bytea not null constraint picture_size check (length(bytes) <= 524288),
  created_at timestamptz not null,
  constraint picture_pkey primary key (organization_id, hash)
);

-- Whether a text that may name a picture, as `picture:HASH`, names one of the organization.
create function picture_exists(organization text, name text) returns boolean
  language sql stable parallel safe
  return name is null or name not like 'picture:%' or exists (
    select from picture p where p.organization_id = organization and p.hash = substr(name, 9));

alter table space
  drop constraint space_cover_form,
  -- `art:NAME`, which code draws, `picture:HASH`, or the URL of a picture.
  add constraint space_cover_form
    check (cover ~ '^(art:[a-z0-9-]{1,40}$|picture:[0-9a-f]{64}$|[Hh][Tt][Tt][Pp][Ss]?://)'),
  add column theme text constraint space_theme_known check (theme in (
    'paper', 'glacier', 'forest', 'dusk', 'clay', 'blossom', 'riso', 'phosphor', 'ink', 'contrast'));

create function space_wire_3(
    id text, organization_id text, slug text, title text, description text, visibility text, accent integer,
    cover text, theme text, version bigint, published_at timestamptz, created_at timestamptz, updated_at timestamptz)
  returns text language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select
    id, organization_id, slug, title, description, visibility, accent, cover, theme, version,
    wire_time(published_at) as published_at, wire_time(created_at) as created_at,
    wire_time(updated_at) as updated_at) x);
alter table space alter column wire set expression as (
  space_wire_3(id, organization_id, slug, title, description, visibility, accent, cover, theme, version, published_at,
    created_at, updated_at));
drop function space_wire_2;
