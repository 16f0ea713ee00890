-- Slugs that an organization gave up lately, indexes for every foreign key, a time limit for statements.

-- A renamed organization keeps its old slug for a while: nobody else gets it, and its address redirects.
create table former_slug (
  slug text collate "C" primary key,
  organization_id text collate "C" not null
    constraint former_slug_organization_fkey references organization on delete cascade,
  held_until timestamptz not null
);
create index former_slug_organization_id on former_slug (organization_id);
create index former_slug_held_until on former_slug (held_until);

-- Sees holds that were committed while the write waited for the slug, which its snapshot does not have.
create function refuse_held_slug() returns trigger language plpgsql as $$
begin
  if exists (select from former_slug f
      where f.slug = new.slug and f.organization_id <> new.id and f.held_until > new.updated_at) then
    raise unique_violation using constraint = 'organization_slug_key',
      message = format('the slug %s is held for another organization', new.slug);
  end if;
  return null;
end $$;
create trigger organization_slug_is_not_held after insert or update of slug on organization
  for each row execute function refuse_held_slug();

-- Deleting a row looks for rows that refer to it. Without an index that is a scan for each one.
create index verification_user_id on verification (user_id);
create index domain_organization_id on domain (organization_id);

-- No statement of the product runs longer than this. The runner of migrations lifts it for itself.
do $$ begin
  execute format('alter database %I set statement_timeout = %L', current_database(), '15s');
end $$;
