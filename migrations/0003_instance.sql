-- Instances, the provider accounts they may use, and what happened in them.

create table instance (
  id text collate "C" primary key constraint instance_id_prefix check (id like 'inst\_%'),
  organization_id text collate "C" not null constraint instance_organization_fkey references organization on delete cascade,
  slug text collate "C" not null,
  name text not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint instance_organization_slug_key unique (organization_id, slug)
);

create table instance_account_permission (
  id text collate "C" primary key constraint permission_id_prefix check (id like 'iap\_%'),
  instance_id text collate "C" not null constraint permission_instance_fkey references instance on delete cascade,
  -- One account serves one instance: a Slack team's events have one destination.
  account_id text collate "C" not null constraint permission_account_key unique
    constraint permission_account_fkey references account on delete cascade,
  created_at timestamptz not null
);
create index permission_instance_id on instance_account_permission (instance_id);

create table event (
  id text collate "C" primary key constraint event_id_prefix check (id like 'evt\_%'),
  -- Null: nobody claims the source; kept for platform admins.
  instance_id text collate "C" constraint event_instance_fkey references instance on delete cascade,
  type text not null,
  source text not null constraint event_source_known check (source in ('slack', 'api')),
  external_id text,
  payload jsonb not null,
  created_at timestamptz not null,
  constraint event_of_no_instance_is_slacks check (instance_id is not null or source = 'slack')
);
create index event_instance_id on event (instance_id, id desc);
create unique index event_slack_external_id_key on event (external_id) where source = 'slack';
create unique index event_api_external_id_key on event (instance_id, external_id) where source = 'api';
