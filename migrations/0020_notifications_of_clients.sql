-- Kinds of notifications that a client reports.
alter table notification drop constraint notification_type_known, add constraint notification_type_known
  check (type in ('member_joined', 'domain_verified', 'domain_lost', 'connector_disconnected', 'frame_failed',
    'api_unavailable'));

-- The sweep looks these up again, the oldest first.
create index domain_checked_at on domain (checked_at) where removed_at is null and verified_at is not null;
