-- Search finds datasets, by their names, notes and the names of their columns.

alter table search_entry
  drop constraint search_entry_kind_known,
  add constraint search_entry_kind_known check (kind in (
    'app', 'link', 'card', 'folder', 'widget', 'space', 'instance', 'domain', 'member', 'dataset'));

create trigger dataset_is_added_to_search after insert on dataset
  for each row execute function add_search_entry('dataset');
create trigger dataset_is_changed_in_search after update on dataset for each row
  when ((old.name, old.slug, old.notes, old.columns) is distinct from (new.name, new.slug, new.notes, new.columns))
  execute function mark_search_entry();
create trigger dataset_is_removed_from_search after delete on dataset referencing old table as removed
  for each statement execute function remove_search_entries();

insert into search_entry (id, kind) select id, 'dataset' from dataset;

-- The names of a dataset's columns as a text.
create function column_names(columns jsonb) returns text language sql immutable parallel safe
  return coalesce((select string_agg(c->>'name', ', ' order by at)
    from jsonb_array_elements(columns) with ordinality e(c, at)), '');
