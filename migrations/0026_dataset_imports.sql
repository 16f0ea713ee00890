-- Imports: a file of rows on its way into a dataset. A job reads it in steps, twice: first it finds the columns, then
-- it stores typed rows in a set of their own, which becomes rows of the dataset at once: docs/decisions/0033.

create function dataset_import_wire_1(
    id text, organization_id text, dataset_id text, name text, file_name text, size bigint, state text,
    read_bytes bigint, rows bigint, bad_rows bigint, problem text, mode text, key text, removes boolean,
    choices jsonb, report jsonb, changes jsonb, version bigint, created_at timestamptz, updated_at timestamptz)
  returns text language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select
    id, organization_id, dataset_id, name, file_name, size, state, read_bytes, rows, bad_rows, problem, mode, key,
    removes, choices, coalesce(report->'columns', '[]') as columns, coalesce(report->'notes', '[]') as notes,
    coalesce(report->'lists', '[]') as lists, coalesce(report->'sample', '[]') as sample, changes, version,
    wire_time(created_at) as created_at, wire_time(updated_at) as updated_at) x);

create table dataset_import (
  id text collate "C" primary key constraint dataset_import_id_prefix check (id like 'imp\_%'),
  organization_id text collate "C" not null
    constraint dataset_import_organization_fkey references organization on delete cascade,
  -- Where the rows go; null: into a dataset that is made for them.
  dataset_id text collate "C" constraint dataset_import_dataset_fkey references dataset on delete cascade,
  -- The name of a new dataset.
  name text not null,
  file_name text not null,
  size bigint not null,
  -- The bytes until the import is done.
  file bytea,
  state text not null default 'reading' constraint dataset_import_state_known
    check (state in ('reading', 'review', 'storing', 'ready', 'done', 'failed')),
  -- Grows with every change, so that of two workers that take the same step only one is counted.
  step bigint not null default 0,
  -- What the job keeps between its steps; crates/platform/datasets/src/import.rs.
  progress jsonb,
  read_bytes bigint not null default 0,
  rows bigint not null default 0,
  bad_rows bigint not null default 0,
  -- Why it failed, or what to change before it can go on: a sentence.
  problem text,
  mode text not null default 'add' constraint dataset_import_mode_known check (mode in ('add', 'replace', 'merge')),
  -- The column by whose values rows are merged.
  key text,
  -- Whether a merge removes rows that are not in the file.
  removes boolean not null default false,
  choices jsonb not null default '{}',
  -- What the first pass found: columns, notes, lists, sample.
  report jsonb,
  -- The set of its rows.
  rows_number bigint constraint dataset_import_rows_number_key unique,
  -- The number of its first row.
  first_row bigint not null default 1,
  -- `columns` of the dataset afterwards, `base`: those before; of each column of the file its `places` and `types`.
  layout jsonb,
  -- What it will do, or has done.
  changes jsonb,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  wire text not null generated always as (
    dataset_import_wire_1(id, organization_id, dataset_id, name, file_name, size, state, read_bytes, rows, bad_rows,
      problem, mode, key, removes, choices, report, changes, version, created_at, updated_at)) stored
);
-- Parts of a file are read without reading what is before them.
alter table dataset_import alter column file set storage external;
create index dataset_import_organization on dataset_import (organization_id, id);
create index dataset_import_dataset on dataset_import (dataset_id);
create index dataset_import_running on dataset_import (updated_at) where state in ('reading', 'storing');

create trigger import_rows_end_with_it after delete on dataset_import
  for each row execute function delete_dataset_rows();

-- Rows of the file that are kept aside, in their order.
create table dataset_bad_row (
  import_id text collate "C" not null constraint dataset_bad_row_import_fkey references dataset_import on delete cascade,
  n bigint not null,
  -- The physical line where the row begins, from 1.
  line bigint not null,
  reason text not null,
  text text not null,
  constraint dataset_bad_row_pkey primary key (import_id, n)
);

-- Where the columns of a file go: those of the dataset with the same names, and new ones in the first free slots.
-- Null when there are more than 64.
create function dataset_layout(base jsonb, file_columns jsonb) returns jsonb language plpgsql immutable parallel safe as $$
declare
  columns jsonb := base; c jsonb; f jsonb; slot integer; places jsonb := '[]'; types jsonb := '[]';
begin
  for f in select * from jsonb_array_elements(file_columns) loop
    c := dataset_column(columns, f->>'name');
    if c is null then
      select min(k) into slot from generate_series(1, 64) k
        where not exists (select from jsonb_array_elements(columns) o where (o->>'slot')::integer = k);
      if slot is null then return null; end if;
      c := jsonb_build_object('slot', slot, 'name', f->'name', 'type', f->'type', 'notes', '', 'format', '{}'::jsonb);
      columns := columns || jsonb_build_array(c);
    end if;
    places := places || to_jsonb(dataset_place(c));
    types := types || jsonb_build_array(c->'type');
  end loop;
  return jsonb_build_object('base', base, 'columns', columns, 'places', places, 'types', types);
end $$;

-- Stores rows in a set. `rows` is one text: values of a row end with `value_end`, rows with `row_end`, null is
-- `null_mark`, and the first value is the row's number. None of the three is in a value.
create function dataset_store(rows_number bigint, places jsonb, rows text, value_end text, row_end text, null_mark text)
  returns bigint language plpgsql volatile as $$
declare stored bigint;
begin
  execute (select 'insert into dataset_row (rows_number, n' || coalesce(string_agg(', ' || p, '' order by at), '')
      || ') select $1, v[1]::bigint' || coalesce(string_agg(', v[' || at + 1 || ']'
        || case when p like 'n%' then '::numeric' else '' end, '' order by at), '')
      -- `offset 0`: each line is split once, not once for each of its values.
      || ' from (select string_to_array(line, $3, $5) as v from string_to_table($2, $4) line offset 0) x'
    from jsonb_array_elements_text(places) with ordinality e(p, at))
    using rows_number, rows, value_end, row_end, null_mark;
  get diagnostics stored = row_count;
  return stored;
end $$;

-- Before a merge: rows without a key, and rows whose key an earlier row has, leave the set of the import. Their
-- numbers are their lines times 2^20.
create function set_repeated_keys_aside(import text, rows_number bigint, place text, columns jsonb, first_n bigint)
  returns bigint language plpgsql volatile as $$
declare moved bigint;
begin
  execute format($q$
    with bad as (
      select x.n, x.first, x.key from (
        select r.n, r.%1$s::text as key, min(r.n) over (partition by r.%1$s) as first
        from dataset_row r where r.rows_number = $1) x where x.key is null or x.n <> x.first),
    kept as (
      insert into dataset_bad_row (import_id, n, line, reason, text)
      select $2, $4 + row_number() over (order by bad.n) - 1, bad.n >> 20,
        case when bad.key is null then 'The key is empty.'
          else 'Line ' || (bad.first >> 20) || ' has the key “' || left(bad.key, 100) || '” already.' end,
        '{' || (%2$s) || '}'
      from bad join dataset_row r on r.rows_number = $1 and r.n = bad.n)
    delete from dataset_row r using bad where r.rows_number = $1 and r.n = bad.n$q$, place, dataset_render_row(columns))
    using rows_number, import, columns, first_n;
  get diagnostics moved = row_count;
  return moved;
end $$;

-- What a merge would do to the rows of `base`: numbers of rows, and up to five keys of each kind.
create function merge_changes(base bigint, rows_number bigint, place text, others text[], removes boolean)
  returns jsonb language plpgsql stable as $$
declare answer jsonb; differ text;
begin
  differ := coalesce((select 'row(' || string_agg('r.' || o, ', ') || ') is distinct from row('
    || string_agg('s.' || o, ', ') || ')' from unnest(others) o), 'false');
  execute format($q$
    select jsonb_build_object(
      'added', count(*) filter (where kind = 'added'), 'changed', count(*) filter (where kind = 'changed'),
      'removed', count(*) filter (where kind = 'removed'), 'unchanged', count(*) filter (where kind = 'unchanged'),
      'examples', jsonb_build_object(
        'added', coalesce(jsonb_agg(key order by n) filter (where kind = 'added' and at <= 5), '[]'),
        'changed', coalesce(jsonb_agg(key order by n) filter (where kind = 'changed' and at <= 5), '[]'),
        'removed', coalesce(jsonb_agg(key order by n) filter (where kind = 'removed' and at <= 5), '[]')))
    from (
      select y.*, row_number() over (partition by kind order by n) as at from (
        select left(coalesce(s.%1$s, r.%1$s)::text, 100) as key, coalesce(s.n, r.n) as n, case
          when r.n is null then 'added' when s.n is null then case when $3 then 'removed' else 'unchanged' end
          when %2$s then 'changed' else 'unchanged' end as kind
        from (select * from dataset_row where rows_number = $1 and %1$s is not null) r
        full join (select * from dataset_row where rows_number = $2) s on s.%1$s = r.%1$s) y) x$q$, place, differ)
    into answer using base, rows_number, removes;
  return answer;
end $$;

-- Makes the rows of an import rows of its dataset. Gives the problem, if any, and the dataset.
create function apply_import(import text, new_dataset text, slugs text[], at timestamptz)
  returns table (problem text, dataset_id text) language plpgsql volatile as $$
#variable_conflict use_column
declare
  m dataset_import; d dataset; place text; others text[]; stored bigint; removed bigint := 0; added bigint; free text;
begin
  select i.* into m from dataset_import i where i.id = import for update;
  select count(*) into stored from dataset_row r where r.rows_number = m.rows_number;
  if m.dataset_id is null then
    select c.slug into free from unnest(slugs) with ordinality c(slug, nth)
      where not exists (select from dataset x where x.organization_id = m.organization_id and x.slug = c.slug)
      order by c.nth limit 1;
    if free is null then return query select 'slug_taken', null::text; return; end if;
    insert into dataset (id, organization_id, slug, name, columns, rows_number, row_count, next_row, created_at, updated_at)
      values (new_dataset, m.organization_id, free, m.name, m.layout->'columns', m.rows_number, stored,
        m.first_row + stored, at, at) returning * into d;
  else
    select x.* into d from dataset x where x.id = m.dataset_id for update;
    if d.columns is distinct from m.layout->'base' then return query select 'conflict', d.id; return; end if;
    if m.mode = 'merge' then
      place := dataset_place(dataset_column(d.columns, m.key));
      others := array(select p from jsonb_array_elements_text(m.layout->'places') p where p <> place);
      if m.removes then
        execute format('delete from dataset_row r where r.rows_number = $1 and r.%1$s is not null and not exists (
          select from dataset_row s where s.rows_number = $2 and s.%1$s = r.%1$s)', place)
          using d.rows_number, m.rows_number;
        get diagnostics removed = row_count;
      end if;
      if cardinality(others) > 0 then
        execute (select format('update dataset_row r set (%1$s) = row(%2$s) from dataset_row s
            where r.rows_number = $1 and s.rows_number = $2 and s.%3$s = r.%3$s
              and row(%4$s) is distinct from row(%2$s)',
            string_agg(o, ', '), string_agg('s.' || o, ', '), place, string_agg('r.' || o, ', '))
          from unnest(others) o) using d.rows_number, m.rows_number;
      end if;
      execute (select format('insert into dataset_row (rows_number, n, %1$s)
          select $1, $3 - 1 + row_number() over (order by s.n), %2$s from dataset_row s
          where s.rows_number = $2 and not exists (
            select from dataset_row r where r.rows_number = $1 and r.%3$s = s.%3$s)',
          string_agg(o, ', '), string_agg('s.' || o, ', '), place)
        from unnest(others || place) o) using d.rows_number, m.rows_number, d.next_row;
      get diagnostics added = row_count;
      delete from dataset_row r where r.rows_number = m.rows_number;
    else
      if m.mode = 'replace' then
        delete from dataset_row r where r.rows_number = d.rows_number;
        removed := d.row_count;
      end if;
      added := stored;
      if d.row_count - removed + added <= 200000 then
        update dataset_row r set rows_number = d.rows_number, n = r.n - m.first_row + d.next_row
          where r.rows_number = m.rows_number;
      end if;
    end if;
    if d.row_count - removed + added > 200000 then
      raise check_violation using constraint = 'dataset_row_count_limit', message = 'a dataset has 200,000 rows';
    end if;
    update dataset x set columns = m.layout->'columns', row_count = d.row_count - removed + added,
      next_row = d.next_row + added, version = d.version + 1, updated_at = at where x.id = d.id;
  end if;
  update dataset_import i set state = 'done', dataset_id = d.id, file = null, progress = null, rows_number = null,
    step = i.step + 1, problem = null, version = i.version + 1, updated_at = at where i.id = import;
  return query select null::text, d.id;
end $$;

-- An import as it is now, also within the statement that changed it.
create function applied_import(import text) returns setof dataset_import language plpgsql volatile as $$
begin
  return query select i.* from dataset_import i where i.id = import;
end $$;

-- After the last row of the file: makes the new dataset, or says what the import will do to the one that exists. Gives
-- the dataset when it was made.
create function finish_import(import text, new_dataset text, slugs text[], at timestamptz)
  returns text language plpgsql volatile as $$
declare
  m dataset_import; d dataset; place text; others text[]; moved bigint; found_changes jsonb; why text; made text;
  repeated boolean;
begin
  select i.* into m from dataset_import i where i.id = import for update;
  if m.dataset_id is null then
    update dataset_import i set changes = jsonb_build_object('added', m.rows, 'changed', 0, 'removed', 0, 'unchanged', 0)
      where i.id = import;
    select a.problem, a.dataset_id into why, made from apply_import(import, new_dataset, slugs, at) a;
    if why is not null then
      raise unique_violation using constraint = 'dataset_organization_slug_key', message = why;
    end if;
    return made;
  end if;
  select x.* into d from dataset x where x.id = m.dataset_id;
  if m.mode = 'merge' then
    place := dataset_place(dataset_column(m.layout->'columns', m.key));
    others := array(select p from jsonb_array_elements_text(m.layout->'places') p where p <> place);
    moved := set_repeated_keys_aside(import, m.rows_number, place, m.layout->'columns', m.bad_rows + 1);
    execute format('select exists (select from dataset_row r where r.rows_number = $1 and r.%1$s is not null
      group by r.%1$s having count(*) > 1)', place) into repeated using d.rows_number;
    if repeated then
      delete from dataset_row r where r.rows_number = m.rows_number;
      update dataset_import i set state = 'review', step = i.step + 1, rows_number = null, changes = null,
        problem = format('Several rows of the dataset have the same “%s”, so it cannot be the key. Choose another column.', m.key),
        version = i.version + 1, updated_at = at where i.id = import;
      return null;
    end if;
    found_changes := merge_changes(d.rows_number, m.rows_number, place, others, m.removes);
  else
    moved := 0;
    found_changes := jsonb_build_object('added', m.rows, 'changed', 0,
      'removed', case when m.mode = 'replace' then d.row_count else 0 end,
      'unchanged', case when m.mode = 'replace' then 0 else d.row_count end);
  end if;
  update dataset_import i set state = 'ready', step = i.step + 1, progress = null, changes = found_changes, problem = null,
    rows = m.rows - moved, bad_rows = m.bad_rows + moved, version = i.version + 1, updated_at = at where i.id = import;
  return null;
end $$;
