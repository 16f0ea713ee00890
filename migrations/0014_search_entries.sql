-- What search reads: one entry for each item, space, instance, domain and person.
--
-- The lexemes come from the application (docs/decisions/0022), which writes them with the row. An entry
-- without them, or with outdated ones, is `stale`, and the sweep fills it: rows that existed before this
-- file, and rows that the release before it writes while it is still running. To index everything again
-- after a change of the rules for words: `update search_entry set stale = true`.

create table search_entry (
  -- The id of the row that it describes; the triggers below keep the two together.
  id text collate "C" primary key,
  kind text not null constraint search_entry_kind_known
    check (kind in ('app', 'link', 'card', 'folder', 'space', 'instance', 'domain', 'member')),
  -- Null for a person, whom others find through their memberships, and before the sweep filled the entry.
  organization_id text collate "C"
    constraint search_entry_organization_fkey references organization on delete cascade,
  -- The space of an item or a domain; the id of a space itself.
  space_id text collate "C",
  -- Weights: A title, B tags, C description, D address. The positions mean nothing but carry them.
  head tsvector not null default '',
  -- The lexemes of the long text, without positions.
  body tsvector not null default '',
  terms tsvector not null generated always as (strip(head || body)) stored,
  -- `updated_at` of the row whose lexemes these are.
  updated_at timestamptz not null default '-infinity',
  stale boolean not null default true
);
create index search_entry_organization_id on search_entry (organization_id);
create index search_entry_stale on search_entry (id) where stale;

-- Adds an entry for the sweep, unless the statement that wrote the row added one. The kind of an item is
-- its own.
create function add_search_entry() returns trigger language plpgsql as $$
begin
  insert into search_entry (id, kind) values (new.id, coalesce(to_jsonb(new) ->> 'kind', tg_argv[0]))
  on conflict (id) do nothing;
  return null;
end $$;

-- Leaves the entry to the sweep, unless the statement that wrote the row updated it.
create function mark_search_entry() returns trigger language plpgsql as $$
begin
  update search_entry set stale = true where id = new.id and updated_at <> new.updated_at;
  return null;
end $$;

create function remove_search_entries() returns trigger language plpgsql as $$
begin
  delete from search_entry using removed where search_entry.id = removed.id;
  return null;
end $$;

create function remove_search_entry() returns trigger language plpgsql as $$
begin
  delete from search_entry where id = new.id;
  return null;
end $$;

create trigger item_is_added_to_search after insert on item
  for each row execute function add_search_entry('item');
create trigger item_is_changed_in_search after update on item for each row
  when ((old.title, old.tags, old.description, old.url, old.body)
    is distinct from (new.title, new.tags, new.description, new.url, new.body))
  execute function mark_search_entry();
create trigger item_is_removed_from_search after delete on item referencing old table as removed
  for each statement execute function remove_search_entries();

create trigger space_is_added_to_search after insert on space
  for each row execute function add_search_entry('space');
create trigger space_is_changed_in_search after update on space for each row
  when ((old.title, old.description, old.slug) is distinct from (new.title, new.description, new.slug))
  execute function mark_search_entry();
create trigger space_is_removed_from_search after delete on space referencing old table as removed
  for each statement execute function remove_search_entries();

create trigger instance_is_added_to_search after insert on instance
  for each row execute function add_search_entry('instance');
create trigger instance_is_changed_in_search after update on instance for each row
  when ((old.name, old.slug) is distinct from (new.name, new.slug))
  execute function mark_search_entry();
create trigger instance_is_removed_from_search after delete on instance referencing old table as removed
  for each statement execute function remove_search_entries();

-- A hostname never changes; a removed one stays as a tombstone.
create trigger domain_is_added_to_search after insert on domain
  for each row execute function add_search_entry('domain');
create trigger domain_is_retired_from_search after update on domain for each row
  when (old.removed_at is null and new.removed_at is not null)
  execute function remove_search_entry();
create trigger domain_is_removed_from_search after delete on domain referencing old table as removed
  for each statement execute function remove_search_entries();

create trigger user_is_added_to_search after insert on "user"
  for each row execute function add_search_entry('member');
create trigger user_is_changed_in_search after update on "user" for each row
  when ((old.name, old.email) is distinct from (new.name, new.email))
  execute function mark_search_entry();
create trigger user_is_removed_from_search after delete on "user" referencing old table as removed
  for each statement execute function remove_search_entries();

insert into search_entry (id, kind)
select id, kind from item
union all select id, 'space' from space
union all select id, 'instance' from instance
union all select id, 'domain' from domain where removed_at is null
union all select id, 'member' from "user";
