-- A connector whose app was removed at the provider is kept, and shown as disconnected.

alter table instance_account_permission
  add column disconnected_at timestamptz,
  add column disconnected_reason text
    constraint permission_disconnected_reason_known check (disconnected_reason in ('app_uninstalled', 'tokens_revoked')),
  add constraint permission_disconnected_with_reason check ((disconnected_at is null) = (disconnected_reason is null));
