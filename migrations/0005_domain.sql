-- Custom hostnames.

create table domain (
  id text collate "C" primary key constraint domain_id_prefix check (id like 'dom\_%'),
  organization_id text collate "C" not null constraint domain_organization_fkey references organization on delete cascade,
  space_id text collate "C" not null constraint domain_space_fkey references space on delete cascade,
  hostname text collate "C" not null,
  -- What the TXT record must say.
  token text not null,
  status text not null default 'pending' constraint domain_status_known check (status in ('pending', 'verified', 'failed')),
  reason text,
  records jsonb not null,
  checked_at timestamptz,
  verified_at timestamptz,
  created_at timestamptz not null,
  -- A removed hostname stays as a tombstone, so that it is known who had it.
  removed_at timestamptz
);
create unique index domain_organization_hostname_key on domain (organization_id, hostname) where removed_at is null;
-- Several organizations may claim a hostname; its DNS decides who has it.
create unique index domain_hostname_key on domain (hostname) where status = 'verified' and removed_at is null;
create index domain_space_id on domain (space_id);
