-- Who sees which part of a space: items that do not inherit, grants, and share links.

-- `private`: only members, and those whom a grant on the item itself names. `inherit`: also those who see
-- its folder, or its space when it has none.
alter table item
  add column visibility text not null default 'inherit'
    constraint item_visibility_known check (visibility in ('inherit', 'private'));

create function item_wire_4(
    id text, space_id text, kind text, widget text, title text, description text, url text, body text, icon text,
    tags text[], mode text, reasons text[], size text, color text, visibility text, folder_id text,
    "position" numeric, version bigint, created_at timestamptz, updated_at timestamptz)
  returns text language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select
    id, space_id, kind, widget, title, description, url, body, icon, tags, mode, reasons, size, color, visibility,
    folder_id, "position"::text as "position", version,
    wire_time(created_at) as created_at, wire_time(updated_at) as updated_at) x);
alter table item alter column wire set expression as (
  item_wire_4(id, space_id, kind, widget, title, description, url, body, icon, tags, mode, reasons, size, color,
    visibility, folder_id, "position", version, created_at, updated_at));
drop function item_wire_3;

create function share_link_wire_1(
    id text, space_id text, item_id text, name text, level text, has_passphrase boolean, expires_at timestamptz,
    max_uses integer, uses integer, last_used_at timestamptz, created_at timestamptz)
  returns text language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select
    id, space_id, item_id, name, level, has_passphrase, wire_time(expires_at) as expires_at, max_uses, uses,
    wire_time(last_used_at) as last_used_at, wire_time(created_at) as created_at) x);

-- An address with a secret that shows a space, or one item of it, to everybody who has it.
create table share_link (
  id text collate "C" primary key constraint share_link_id_prefix check (id like 'shr\_%'),
  space_id text collate "C" not null constraint share_link_space_fkey references space on delete cascade,
  item_id text collate "C",
  name text not null,
  -- Everybody who opens it views; `edit` is for those who keep it in their account.
  level text not null constraint share_link_level_known check (level in ('view', 'edit')),
  -- SHA-256 of the secret in the address.
  secret_hash bytea not null constraint share_link_secret_hash_key unique
    constraint share_link_secret_hash_length check (length(secret_hash) = 32),
  -- HMAC-SHA256 of the passphrase under the secret, which is not stored: the table alone proves no guess.
  passphrase_hash bytea constraint share_link_passphrase_hash_length check (length(passphrase_hash) = 32),
  expires_at timestamptz,
  max_uses integer constraint share_link_max_uses_positive check (max_uses > 0),
  uses integer not null default 0 constraint share_link_uses_limited check (uses <= max_uses),
  last_used_at timestamptz,
  -- Wrong passphrases since the last right one, and when the last one came.
  attempts integer not null default 0,
  attempted_at timestamptz,
  created_at timestamptz not null,
  wire text not null generated always as (
    share_link_wire_1(id, space_id, item_id, name, level, passphrase_hash is not null, expires_at, max_uses,
      uses, last_used_at, created_at)) stored,
  constraint share_link_item_fkey foreign key (space_id, item_id) references item (space_id, id) on delete cascade
);
create index share_link_space_item on share_link (space_id, item_id);

-- A browser that opened a link with a passphrase or a limited number of uses. It opens the link again
-- without a further use. The sweep removes those older than 30 days.
create table share_link_visit (
  share_link_id text collate "C" not null
    constraint share_link_visit_link_fkey references share_link on delete cascade,
  secret_hash bytea not null constraint share_link_visit_secret_hash_length check (length(secret_hash) = 32),
  created_at timestamptz not null,
  constraint share_link_visit_pkey primary key (share_link_id, secret_hash)
);
create index share_link_visit_created_at on share_link_visit (created_at);

create function grant_wire_1(id text, space_id text, item_id text, level text, created_at timestamptz)
  returns text language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select
    id, space_id, item_id, level, wire_time(created_at) as created_at) x);

-- Nothing wrote or read the table before.
drop table "grant";
create table "grant" (
  id text collate "C" primary key constraint grant_id_prefix check (id like 'grant\_%'),
  space_id text collate "C" not null constraint grant_space_fkey references space on delete cascade,
  -- Null: the whole space.
  item_id text collate "C",
  principal text not null constraint grant_principal_known
    check (principal in ('anyone', 'link', 'organization', 'user')),
  -- A user is named by id, or by an address that somebody may prove later to own.
  user_id text collate "C" constraint grant_user_fkey references "user" on delete cascade,
  email text constraint grant_email_lower check (email = lower(email)),
  to_organization_id text collate "C"
    constraint grant_to_organization_fkey references organization on delete cascade,
  -- The link that is the principal, or through which a user got the grant: both end with it.
  share_link_id text collate "C" constraint grant_share_link_fkey references share_link on delete cascade,
  level text not null constraint grant_level_known check (level in ('view', 'edit', 'manage')),
  created_at timestamptz not null,
  wire text not null generated always as (grant_wire_1(id, space_id, item_id, level, created_at)) stored,
  constraint grant_item_fkey foreign key (space_id, item_id) references item (space_id, id) on delete cascade,
  constraint grant_names_its_principal check (
    (num_nonnulls(user_id, email) = 1) = (principal = 'user')
    and num_nonnulls(user_id, email) <= 1
    and (to_organization_id is not null) = (principal = 'organization')
    and (share_link_id is not null or principal <> 'link')
    and (share_link_id is null or principal in ('link', 'user'))),
  constraint grant_without_account_views check (level = 'view' or principal in ('organization', 'user')),
  constraint grant_principal_key unique nulls not distinct
    (space_id, item_id, principal, user_id, email, to_organization_id, share_link_id)
);
create index grant_user on "grant" (user_id);
create index grant_email on "grant" (email);
create index grant_to_organization on "grant" (to_organization_id);
create index grant_share_link on "grant" (share_link_id);

-- Levels as numbers, to compare them: 0 sees nothing.
create function level_rank(level text) returns integer language sql immutable parallel safe
  return case level when 'view' then 1 when 'edit' then 2 when 'manage' then 3 else 0 end;

-- The level of a member by role; 0 for everybody else.
create function role_level(role text) returns integer language sql immutable parallel safe
  return case role when 'member' then 2 when 'admin' then 3 when 'owner' then 3 else 0 end;

-- The level of a viewer on an item. `by_role`: by membership. `of_space`: on its space, by anything. `own` and
-- `of_folder`: by grants on the item and on its folder; null for none.
create function item_level(
    by_role integer, of_space integer, own integer, visibility text,
    in_folder boolean, of_folder integer, folder_visibility text)
  returns integer language sql immutable parallel safe
  -- Each argument that may be a subquery stands here once; otherwise Postgres would not inline this.
  return greatest(by_role, own, case
    when visibility = 'private' then 0
    when not in_folder then of_space
    else greatest(of_folder, case when folder_visibility = 'private' then 0 else of_space end) end, 0);

-- A space has at most 2,000 grants and 500 links. Counts after the lock, so that it sees what was committed
-- while the write waited.
create function refuse_grant_above_limit() returns trigger language plpgsql as $$
begin
  perform from organization_sequence q join space s on s.organization_id = q.organization_id
    where s.id = new.space_id for no key update of q;
  if (select count(*) from "grant" g where g.space_id = new.space_id) > 2000 then
    raise check_violation using constraint = 'grant_limit', message = 'the space has 2,000 grants';
  end if;
  return null;
end $$;
create trigger grant_is_within_limit after insert on "grant"
  for each row execute function refuse_grant_above_limit();

create function refuse_share_link_above_limit() returns trigger language plpgsql as $$
begin
  perform from organization_sequence q join space s on s.organization_id = q.organization_id
    where s.id = new.space_id for no key update of q;
  if (select count(*) from share_link l where l.space_id = new.space_id) > 500 then
    raise check_violation using constraint = 'share_link_limit', message = 'the space has 500 links';
  end if;
  return null;
end $$;
create trigger share_link_is_within_limit after insert on share_link
  for each row execute function refuse_share_link_above_limit();
