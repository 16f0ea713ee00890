-- Each row that a list returns keeps its own part of its wire JSON, rendered by the write.
--
-- `wire` holds the members of the JSON object without the braces, so that a statement can put
-- members of other rows beside them. It is a generated column: no write can forget it. It names
-- only columns of its own row. README.md says how a shape changes later.

-- As `rfc3339`, but immutable, as generated columns require: the format has no locale in it.
create function wire_time(at timestamptz) returns text
  language sql immutable strict parallel safe
  return to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

-- `{"a":1,"b":2}` becomes `"a":1,"b":2`.
create function wire_members(object json) returns text
  language sql immutable strict parallel safe
  return substr(object::text, 2, length(object::text) - 2);

create function user_wire_1(email text, name text, image text) returns text
  language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select email, name, image) x);

create function account_wire_1(provider text, external_id text, name text) returns text
  language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select provider, external_id, name) x);

create function session_wire_1(id text, provider text, user_agent text, created_at timestamptz, expires_at timestamptz)
  returns text language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select
    id, provider, user_agent, wire_time(created_at) as created_at, wire_time(expires_at) as expires_at) x);

create function organization_wire_1(
    id text, slug text, name text, personal_user_id text, created_at timestamptz, updated_at timestamptz)
  returns text language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select
    id, slug, name, personal_user_id is not null as personal,
    wire_time(created_at) as created_at, wire_time(updated_at) as updated_at) x);

create function membership_wire_1(id text, user_id text, role text, created_at timestamptz) returns text
  language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select
    id, user_id, role, wire_time(created_at) as created_at) x);

create function instance_wire_1(
    id text, organization_id text, slug text, name text, created_at timestamptz, updated_at timestamptz)
  returns text language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select
    id, organization_id, slug, name, wire_time(created_at) as created_at, wire_time(updated_at) as updated_at) x);

create function permission_wire_1(
    id text, instance_id text, created_at timestamptz, disconnected_at timestamptz, disconnected_reason text)
  returns text language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select
    id, instance_id, wire_time(created_at) as created_at, wire_time(disconnected_at) as disconnected_at,
    disconnected_reason) x);

-- Without the payload, which a list adds from its own column: it may be large.
create function event_wire_1(
    id text, instance_id text, type text, source text, external_id text, created_at timestamptz)
  returns text language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select
    id, instance_id, type, source, external_id, wire_time(created_at) as created_at) x);

create function space_wire_1(
    id text, organization_id text, slug text, title text, description text, visibility text, version bigint,
    published_at timestamptz, created_at timestamptz, updated_at timestamptz)
  returns text language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select
    id, organization_id, slug, title, description, visibility, version,
    wire_time(published_at) as published_at, wire_time(created_at) as created_at,
    wire_time(updated_at) as updated_at) x);

create function item_wire_1(
    id text, space_id text, kind text, title text, description text, url text, body text, icon text, tags text[],
    mode text, reasons text[], folder_id text, "position" numeric, version bigint,
    created_at timestamptz, updated_at timestamptz)
  returns text language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select
    id, space_id, kind, title, description, url, body, icon, tags, mode, reasons, folder_id,
    "position"::text as "position", version,
    wire_time(created_at) as created_at, wire_time(updated_at) as updated_at) x);

create function domain_wire_1(
    id text, space_id text, hostname text, status text, reason text, records jsonb,
    checked_at timestamptz, verified_at timestamptz, created_at timestamptz)
  returns text language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select
    id, space_id, hostname, status, reason, records, wire_time(checked_at) as checked_at,
    wire_time(verified_at) as verified_at, wire_time(created_at) as created_at) x);

-- `json` keeps the text of every number, `jsonb` writes `1e308` out. Writers of the last release
-- cast to `jsonb`, and Postgres assigns that to `json` by itself.
-- Slack's own ids move to a column of their own: one id may come from two teams. The last release
-- keeps writing `external_id`, and its unique index stays until that release is gone.
alter table event
  alter column payload type json using payload::text::json,
  add column sender_id text,
  add column delivery_id text,
  add constraint event_delivery_is_slacks check (delivery_id is null or (source = 'slack' and external_id is null)),
  add constraint event_payload_size check (octet_length(payload::text) <= 1048576) not valid;
create unique index event_slack_delivery_key on event (sender_id, delivery_id) nulls not distinct
  where source = 'slack' and delivery_id is not null;

-- Adding a stored generated column writes every row again, which renders those that exist.
alter table "user" add column wire text not null
  generated always as (user_wire_1(email, name, image)) stored;
alter table account add column wire text not null
  generated always as (account_wire_1(provider, external_id, name)) stored;
alter table session add column wire text not null
  generated always as (session_wire_1(id, provider, user_agent, created_at, expires_at)) stored;
alter table organization add column wire text not null
  generated always as (organization_wire_1(id, slug, name, personal_user_id, created_at, updated_at)) stored;
alter table organization_user_membership add column wire text not null
  generated always as (membership_wire_1(id, user_id, role, created_at)) stored;
alter table instance add column wire text not null
  generated always as (instance_wire_1(id, organization_id, slug, name, created_at, updated_at)) stored;
alter table instance_account_permission add column wire text not null
  generated always as (
    permission_wire_1(id, instance_id, created_at, disconnected_at, disconnected_reason)) stored;
alter table event
  add column wire text not null generated always as (
    event_wire_1(id, instance_id, type, source, coalesce(external_id, delivery_id), created_at)) stored,
  add column payload_bytes integer not null generated always as (octet_length(payload::text)) stored;
alter table space add column wire text not null generated always as (
  space_wire_1(id, organization_id, slug, title, description, visibility, version, published_at, created_at, updated_at)) stored;
alter table item add column wire text not null generated always as (
  item_wire_1(id, space_id, kind, title, description, url, body, icon, tags, mode, reasons, folder_id,
    "position", version, created_at, updated_at)) stored;
alter table domain add column wire text not null generated always as (
  domain_wire_1(id, space_id, hostname, status, reason, records, checked_at, verified_at, created_at)) stored;
