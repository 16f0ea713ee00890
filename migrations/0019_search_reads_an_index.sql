-- Search reads the entries of an organization from an index that has all that it needs: they lie next to
-- each other there, and nothing is fetched from the table or from TOAST. Before, each entry was a page of
-- its own, and its `terms` a second one (docs/decisions/0022).

-- `terms` keeps the positions of `head`, so that the rank and the tags are read from it, too.
-- `is_long`: too long for a row of an index (2,704 bytes). The bound is the length as text, which is
-- immutable, and 4 bytes for each lexeme; the other columns have 150 bytes at most.
alter table search_entry
  alter column terms set expression as (head || body),
  alter column terms set storage external, -- no compression in the index
  add column is_long boolean not null generated always as
    (octet_length((head || body)::text) + 4 * length(head || body) > 2400) stored;

create index search_entry_short on search_entry (organization_id)
  include (id, kind, space_id, updated_at, terms) where not is_long;
create index search_entry_long on search_entry (organization_id) where is_long;

-- An entry on a page that was not vacuumed since it changed is looked up in the table.
alter table search_entry set
  (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_insert_scale_factor = 0.02);
