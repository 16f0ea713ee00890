-- Notifications of a person. The statement that causes one adds it; the sweep removes those older than
-- 90 days.

create table notification (
  user_id text collate "C" not null constraint notification_user_fkey references "user" on delete cascade,
  -- The same for everybody whom one event concerns.
  id text collate "C" not null constraint notification_id_prefix check (id like 'ntf\_%'),
  organization_id text collate "C"
    constraint notification_organization_fkey references organization on delete cascade,
  type text not null constraint notification_type_known
    check (type in ('member_joined', 'domain_verified', 'domain_lost', 'connector_disconnected')),
  title text not null,
  body text not null default '',
  -- Path in the app, below the organization when there is one: `/lab?window=domains`.
  path text not null,
  -- Notifications with the same key are about the same thing.
  group_key text not null,
  -- What happens to a thing several times on one day is one notification.
  dedupe_key text not null,
  created_at timestamptz not null,
  read_at timestamptz,
  constraint notification_pkey primary key (user_id, id),
  constraint notification_dedupe_key unique (user_id, dedupe_key)
);
create index notification_organization_id on notification (organization_id);
create index notification_created_at on notification (created_at);
create index notification_unread on notification (user_id) where read_at is null;
