-- When an app was last installed again; null when it was installed once. An event about the end of an
-- installation can arrive late: one from before this time is about an earlier installation.

alter table instance_account_permission add column connected_at timestamptz;
