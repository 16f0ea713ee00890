-- People, how they prove who they are, and where they are signed in.

-- An instant as the wire has it: RFC 3339, UTC, milliseconds.
create function rfc3339(at timestamptz) returns text
  language sql stable strict parallel safe
  return to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"');

create table "user" (
  id text collate "C" primary key constraint user_id_prefix check (id like 'usr\_%'),
  email text not null constraint user_email_key unique constraint user_email_lower check (email = lower(email)),
  -- False until the person signed in with proof; a row made by an invitation is not theirs yet.
  email_verified boolean not null default false,
  name text not null,
  image text,
  role text not null default 'user' constraint user_role_known check (role in ('user', 'admin')),
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table account (
  id text collate "C" primary key constraint account_id_prefix check (id like 'acc\_%'),
  user_id text collate "C" constraint account_user_fkey references "user" on delete cascade,
  provider text not null constraint account_provider_known check (provider in ('google', 'slack', 'slack-bot')),
  -- The provider's own id: Google's `sub`, Slack's team id.
  external_id text not null,
  name text not null default '',
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint account_provider_external_id_key unique (provider, external_id)
);
create index account_user_id on account (user_id);

create table session (
  id text collate "C" primary key constraint session_id_prefix check (id like 'ses\_%'),
  user_id text collate "C" not null constraint session_user_fkey references "user" on delete cascade,
  secret_hash bytea not null constraint session_secret_hash_length check (length(secret_hash) = 32),
  provider text not null constraint session_provider_known check (provider in ('google', 'development')),
  user_agent text,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz
);
create index session_user_id on session (user_id);

-- Single-use proofs: spent by one update where used_at is null.
create table verification (
  id text collate "C" primary key constraint verification_id_prefix check (id like 'ver\_%'),
  purpose text not null constraint verification_purpose_known check (purpose in ('google-sign-in', 'slack-install')),
  secret_hash bytea not null constraint verification_secret_hash_key unique,
  user_id text collate "C" constraint verification_user_fkey references "user" on delete cascade,
  data jsonb not null default '{}',
  created_at timestamptz not null,
  expires_at timestamptz not null,
  used_at timestamptz
);
