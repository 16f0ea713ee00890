-- Tenants, who belongs to them, and the log of what changed in them.

create table organization (
  id text collate "C" primary key constraint organization_id_prefix check (id like 'org\_%'),
  slug text collate "C" not null constraint organization_slug_key unique,
  name text not null,
  -- Set for a personal organization, whose slug is this person's handle.
  personal_user_id text collate "C" constraint organization_personal_user_key unique
    constraint organization_personal_user_fkey references "user" on delete cascade,
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table organization_user_membership (
  id text collate "C" primary key constraint membership_id_prefix check (id like 'member\_%'),
  organization_id text collate "C" not null constraint membership_organization_fkey references organization on delete cascade,
  user_id text collate "C" not null constraint membership_user_fkey references "user" on delete cascade,
  role text not null constraint membership_role_known check (role in ('owner', 'admin', 'member')),
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint membership_organization_user_key unique (organization_id, user_id)
);
create index membership_user_id on organization_user_membership (user_id);

-- How far a role reaches; each may do what those below it may.
create function role_rank(role text) returns integer
  language sql immutable strict parallel safe
  return case role when 'owner' then 3 when 'admin' then 2 when 'member' then 1 else 0 end;

-- The counter behind `seq`: bumped inside the writing transaction, so gapless and in commit order.
create table organization_sequence (
  organization_id text collate "C" primary key
    constraint organization_sequence_organization_fkey references organization on delete cascade,
  seq bigint not null default 0
);

-- What changed, committed together with the change. Outlives its organization, so that the
-- last word (close every socket) can still be delivered.
create table outbox (
  organization_id text collate "C" not null,
  seq bigint not null,
  keys jsonb not null,
  close jsonb,
  created_at timestamptz not null,
  primary key (organization_id, seq)
);
create index outbox_created_at on outbox (created_at);

-- First answers, by the caller's Idempotency-Key.
create table idempotency_key (
  user_id text collate "C" not null constraint idempotency_key_user_fkey references "user" on delete cascade,
  key text not null,
  request_hash bytea not null,
  body json not null,
  created_at timestamptz not null,
  constraint idempotency_key_pkey primary key (user_id, key)
);
create index idempotency_key_created_at on idempotency_key (created_at);
