-- Widgets: items that show something live on the desktop.

alter table item
  add column widget text
    constraint item_widget_known check (widget in ('clock', 'health', 'events', 'search', 'feed')),
  drop constraint item_kind_known,
  add constraint item_kind_known check (kind in ('app', 'link', 'card', 'folder', 'widget')),
  add constraint item_widget_fits_kind check ((widget is not null) = (kind = 'widget')),
  drop constraint item_url_fits_kind,
  add constraint item_url_fits_kind
    check ((url is not null) = (kind in ('app', 'link') or coalesce(widget = 'feed', false))),
  drop constraint item_body_fits_kind,
  -- The settings of a widget: for a clock, a time zone on each line.
  add constraint item_body_fits_kind check (body = '' or kind = 'card' or kind = 'widget' and length(body) <= 1000
    and (widget <> 'clock' or body ~ '^[A-Za-z0-9/_+-]{1,64}(\n[A-Za-z0-9/_+-]{1,64}){0,11}$'));

create function item_wire_3(
    id text, space_id text, kind text, widget text, title text, description text, url text, body text, icon text,
    tags text[], mode text, reasons text[], size text, color text, folder_id text, "position" numeric,
    version bigint, created_at timestamptz, updated_at timestamptz)
  returns text language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select
    id, space_id, kind, widget, title, description, url, body, icon, tags, mode, reasons, size, color, folder_id,
    "position"::text as "position", version,
    wire_time(created_at) as created_at, wire_time(updated_at) as updated_at) x);
alter table item alter column wire set expression as (
  item_wire_3(id, space_id, kind, widget, title, description, url, body, icon, tags, mode, reasons, size, color,
    folder_id, "position", version, created_at, updated_at));
drop function item_wire_2;

alter table search_entry
  drop constraint search_entry_kind_known,
  add constraint search_entry_kind_known
    check (kind in ('app', 'link', 'card', 'folder', 'widget', 'space', 'instance', 'domain', 'member'));
