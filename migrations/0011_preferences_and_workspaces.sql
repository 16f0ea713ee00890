-- What a person sets for themselves: preferences on all devices, and virtual desktops in each organization.

-- Applies a JSON merge patch (RFC 7396): members of an object are merged, null removes a member, and
-- everything else replaces what was there.
create function jsonb_merge_patch(target jsonb, patch jsonb) returns jsonb
  language sql immutable parallel safe
  as $$
    select case when jsonb_typeof(patch) <> 'object' then patch else coalesce((
      select jsonb_object_agg(key, case
        when p.value is null then t.value
        when jsonb_typeof(p.value) <> 'object' then p.value
        else jsonb_merge_patch(t.value, p.value) end)
      from jsonb_each(case when jsonb_typeof(target) = 'object' then target else '{}' end) t
      full join jsonb_each(patch) p using (key)
      where p.value is distinct from 'null'), '{}') end
  $$;

-- One row for each person who ever set something.
create table preference (
  user_id text collate "C" primary key constraint preference_user_fkey references "user" on delete cascade,
  version bigint not null default 1,
  -- An open object: a newer shell's members are kept by an older one.
  "values" jsonb not null constraint preference_values_object check (jsonb_typeof("values") = 'object')
    constraint preference_values_size check (octet_length("values"::text) <= 65536),
  updated_at timestamptz not null
);

create function workspace_wire_1(
    id text, organization_id text, name text, "position" integer, version bigint,
    created_at timestamptz, updated_at timestamptz)
  returns text language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select
    id, organization_id, name, "position", version,
    wire_time(created_at) as created_at, wire_time(updated_at) as updated_at) x);

-- A virtual desktop of one member. It ends with the membership.
create table workspace (
  id text collate "C" not null constraint workspace_id_prefix check (id like 'wks\_%'),
  organization_id text collate "C" not null,
  user_id text collate "C" not null,
  -- One of the 50 places for workspaces that a member has. It limits their number, also when
  -- several are created at once.
  slot smallint not null constraint workspace_slot_limit check (slot between 1 and 50),
  name text not null,
  "position" integer not null,
  layout jsonb not null constraint workspace_layout_object check (jsonb_typeof(layout) = 'object'),
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  layout_bytes integer not null generated always as (octet_length(layout::text)) stored
    constraint workspace_layout_size check (layout_bytes <= 262144),
  wire text not null generated always as (
    workspace_wire_1(id, organization_id, name, "position", version, created_at, updated_at)) stored,
  -- The client may choose the id, so it is unique for its owner only: nobody learns about others'.
  constraint workspace_pkey primary key (organization_id, user_id, id),
  constraint workspace_slot_key unique (organization_id, user_id, slot),
  constraint workspace_member_fkey foreign key (organization_id, user_id)
    references organization_user_membership (organization_id, user_id) on delete cascade
);
