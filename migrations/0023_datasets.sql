-- Datasets: typed rows of an organization.
--
-- A row has one place for each column, `t1` to `t64` for text and `n1` to `n64` for numbers, so that Postgres
-- compares values without parsing anything: docs/decisions/0032. Which place a column has is its `slot`, in
-- `dataset.columns`; functions make the SQL of a read from it, so that a request still is one statement.

-- Numbers of sets of rows.
create sequence dataset_rows_number;

-- Whether columns with this type are numbers, in places with `n`.
create function dataset_is_number(type text) returns boolean language sql immutable parallel safe
  return type in ('integer', 'numeric', 'number');

-- The place of a column.
create function dataset_place(c jsonb) returns text language sql immutable parallel safe
  return case when dataset_is_number(c->>'type') then 'n' else 't' end || (c->>'slot')::integer;

create function dataset_wire_1(
    id text, organization_id text, slug text, name text, notes text, columns jsonb, row_count bigint,
    version bigint, created_at timestamptz, updated_at timestamptz)
  returns text language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select
    id, organization_id, slug, name, notes,
    (select coalesce(json_agg(json_build_object('id', 'c' || (c->>'slot'), 'name', c->'name', 'type', c->'type',
        'notes', c->'notes', 'format', c->'format') order by at), '[]')
      from jsonb_array_elements(columns) with ordinality e(c, at)) as columns,
    row_count, version, wire_time(created_at) as created_at, wire_time(updated_at) as updated_at) x);

create table dataset (
  id text collate "C" primary key constraint dataset_id_prefix check (id like 'dset\_%'),
  organization_id text collate "C" not null constraint dataset_organization_fkey references organization on delete cascade,
  slug text collate "C" not null constraint dataset_slug_form check (slug ~ '^[a-z0-9](-?[a-z0-9]){0,38}$'),
  name text not null,
  notes text not null default '',
  -- Objects with slot (1 to 64), name, type, notes and format, in the order in which they are shown.
  columns jsonb not null default '[]' constraint dataset_columns_are_few check (jsonb_array_length(columns) <= 64),
  -- The set of its rows.
  rows_number bigint not null default nextval('dataset_rows_number') constraint dataset_rows_number_key unique,
  row_count bigint not null default 0 constraint dataset_row_count_limit check (row_count between 0 and 200000),
  -- The number of the next row, which is never given twice.
  next_row bigint not null default 1,
  version bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  wire text not null generated always as (
    dataset_wire_1(id, organization_id, slug, name, notes, columns, row_count, version, created_at, updated_at)) stored,
  constraint dataset_organization_slug_key unique (organization_id, slug)
);

-- An organization has at most 500 datasets.
create function refuse_dataset_above_limit() returns trigger language plpgsql as $$
begin
  perform from organization_sequence q where q.organization_id = new.organization_id for no key update;
  if (select count(*) from dataset d where d.organization_id = new.organization_id) > 500 then
    raise check_violation using constraint = 'dataset_limit', message = 'the organization has 500 datasets';
  end if;
  return null;
end $$;
create trigger dataset_is_within_limit after insert on dataset
  for each row execute function refuse_dataset_above_limit();

-- No foreign key: to check it would take longer than the insertion of a row. A trigger deletes the rows instead.
do $$ begin
  execute (select 'create table dataset_row (rows_number bigint not null, n bigint not null, '
    || string_agg(format('t%1$s text collate "C", n%1$s numeric', k), ', ' order by k)
    || ', constraint dataset_row_pkey primary key (rows_number, n))' from generate_series(1, 64) k);
end $$;

create function delete_dataset_rows() returns trigger language plpgsql as $$
begin
  delete from dataset_row r where r.rows_number = old.rows_number;
  return null;
end $$;
create trigger dataset_rows_end_with_it after delete on dataset
  for each row execute function delete_dataset_rows();

-- The canonical text of a time of day; null when it is none.
create function dataset_time(value text) returns text language sql immutable parallel safe
  return case when value ~ '^([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9](\.[0-9]{1,9})?)?$'
    then case when length(value) = 5 then value || ':00' when value ~ '\.' then rtrim(rtrim(value, '0'), '.')
      else value end end;

-- The canonical text of a value as one of a column's type; null when it does not fit. It accepts the notation of
-- the API and of exports. Notations of other files are read by crates/platform/datasets.
create function dataset_value(type text, value text) returns text language sql stable parallel safe
  return case type
    when 'text' then value
    when 'boolean' then (select v from (select lower(btrim(value)) as v) x where v in ('true', 'false'))
    when 'integer' then (select trunc(v::numeric)::text from (select btrim(value) as v) x
      where length(v) <= 1000 and v ~ '^-?[0-9]{1,19}(\.0+)?$' and v::numeric between -9223372036854775808 and 9223372036854775807)
    when 'numeric' then (select v::numeric::text from (select btrim(value) as v) x
      where length(v) <= 1002 and v ~ '^-?[0-9]+(\.[0-9]+)?$')
    when 'number' then (select trim_scale(v::numeric)::text from (select btrim(value) as v) x
      where length(v) <= 1002 and v ~ '^-?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,3})?$'
        and pg_input_is_valid(v, 'double precision'))
    when 'date' then (select v from (select btrim(value) as v) x
      where v ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$' and v >= '0001' and pg_input_is_valid(v, 'date'))
    when 'time' then (select dataset_time(v) from (select btrim(value) as v) x)
    when 'datetime' then (select left(v, 10) || 'T' || dataset_time(substr(v, 12)) from (select btrim(value) as v) x
      where v ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]' and v >= '0001' and pg_input_is_valid(left(v, 10), 'date'))
    when 'timestamp' then (
      select case
        when v ~ 'Z$' then left(v, 10) || 'T' || dataset_time(rtrim(substr(v, 12), 'Z'))
        when dataset_time(regexp_replace(substr(v, 12), '[+-][0-9:]*$', '')) is not null then
          rtrim(rtrim(to_char(v::timestamptz at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US'), '0'), '.') end
      from (select btrim(value) as v) x
      where v ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(Z|[+-](0[0-9]|1[0-4]):[0-5][0-9])$' and v >= '0001-01-02'
        and pg_input_is_valid(left(v, 10), 'date'))
    end;

-- A number in JSON: as a number where a browser keeps it exact, else as a text.
create function dataset_number(n numeric) returns text language sql immutable parallel safe
  return case when length(n::text) <= 15 or abs(n) <= 9007199254740991 and scale(n) = 0 then n::text
    else '"' || n || '"' end;

-- SQL for the JSON of a column's value in the row `r`.
create function dataset_render(c jsonb) returns text language sql immutable parallel safe
  return format(case c->>'type'
    when 'boolean' then 'coalesce(r.%1$s, ''null'')'
    when 'timestamp' then 'coalesce(''"'' || r.%1$s || ''Z"'', ''null'')'
    when 'integer' then 'coalesce(dataset_number(r.%1$s), ''null'')'
    when 'numeric' then 'coalesce(''"'' || r.%1$s || ''"'', ''null'')'
    when 'number' then 'coalesce(r.%1$s::text, ''null'')'
    else 'coalesce(to_json(r.%1$s)::text, ''null'')' end, dataset_place(c));

-- SQL for the members of the row `r` as JSON: its id, and its values by the names of the columns.
create function dataset_render_row(columns jsonb) returns text language sql immutable parallel safe
  return $q$'"id":"row_' || r.n || '","values":{' || $q$ || coalesce((
    select string_agg(quote_literal(case when at > 1 then ',' else '' end || (c->'name')::text || ':')
      || ' || ' || dataset_render(c), ' || ' order by at)
    from jsonb_array_elements(columns) with ordinality e(c, at)) || ' || ', '') || $q$'}'$q$;

-- The column of a name; null when there is none.
create function dataset_column(columns jsonb, name text) returns jsonb language sql immutable parallel safe
  return (select c from jsonb_array_elements(columns) c where c->>'name' = name limit 1);

-- SQL for a condition on the row `r`: all of `filter`, objects with column, op and value. Null when a column does
-- not exist, or a value is none of its type.
create function dataset_condition(columns jsonb, filter jsonb) returns text language plpgsql stable as $$
declare
  f jsonb; c jsonb; place text; shown text; value text; op text; part text; whole text := 'true';
begin
  for f in select * from jsonb_array_elements(filter) loop
    c := dataset_column(columns, f->>'column');
    if c is null then return null; end if;
    place := 'r.' || dataset_place(c);
    shown := case when dataset_is_number(c->>'type') then place || '::text' else place end;
    op := f->>'op';
    if op = 'empty' then part := place || ' is null';
    elsif op = 'filled' then part := place || ' is not null';
    elsif op = 'contains' then part := format('strpos(lower(%s), lower(%L)) > 0', shown, f->>'value');
    elsif op = 'starts' then part := format('starts_with(lower(%s), lower(%L))', shown, f->>'value');
    else
      value := dataset_value(c->>'type', f->>'value');
      if value is null or op not in ('=', '!=', '<', '<=', '>', '>=') then return null; end if;
      part := format('%s %s %L', place, case op when '!=' then 'is distinct from' else op end, value)
        || case when dataset_is_number(c->>'type') then '::numeric' else '::text collate "C"' end;
    end if;
    whole := whole || ' and ' || part;
  end loop;
  return whole;
end $$;

-- `sort` (objects with column and desc) with the place of each column; null when a column does not exist.
create function dataset_order(columns jsonb, sort jsonb) returns jsonb language sql immutable parallel safe
  return (select case when bool_and(place is not null) is not false then coalesce(jsonb_agg(
      jsonb_build_object('place', place, 'desc', s->'desc') order by at), '[]') end
    from (select s, at, dataset_place(dataset_column(columns, s->>'column')) as place
      from jsonb_array_elements(sort) with ordinality e(s, at)) x);

-- Why a read cannot be made: the name of its parameter. Null when it can.
create function dataset_problem(columns jsonb, sort jsonb, filter jsonb) returns text language sql stable
  return case when dataset_order(columns, sort) is null then 'sort'
    when dataset_condition(columns, filter) is null then 'filter' end;

-- A page of rows in the order of `sort` and then of their numbers, nulls last: the members of each as JSON, and its
-- key, which is its sort values in hexadecimal and its number. `after`: the sort values of the key (an array; null
-- when they are too long for a key) and `after_n` its number.
create function dataset_page(
    rows_number bigint, columns jsonb, sort jsonb, filter jsonb, after jsonb, after_n bigint, most bigint)
  returns table (wire text, key text) language plpgsql stable as $$
declare
  places jsonb := dataset_order(columns, sort);
  condition text := dataset_condition(columns, filter);
  s jsonb; at bigint; place text; value text; cast_to text;
  ordering text := ''; keys text := ''; shown text := ''; same text := 'true'; beyond text := 'false';
begin
  if places is null or condition is null then return; end if;
  if after_n is not null and after is null then
    execute 'select jsonb_build_array(' || coalesce((
        select string_agg('r.' || (p->>'place') || '::text', ', ' order by i)
        from jsonb_array_elements(places) with ordinality e(p, i)), '') || ')
      from dataset_row r where r.rows_number = $1 and r.n = $2' into after using rows_number, after_n;
    if after is null then return; end if;
  end if;
  for s, at in select * from jsonb_array_elements(places) with ordinality loop
    place := 'r.' || (s->>'place');
    cast_to := case when s->>'place' like 'n%' then '::numeric' else '::text collate "C"' end;
    ordering := ordering || place || case when (s->'desc')::boolean then ' desc' else '' end || ' nulls last, ';
    keys := keys || ', ' || place;
    shown := shown || ', ' || place || '::text';
    if after_n is not null then
      value := after->>(at - 1)::integer;
      if value is not null then
        beyond := beyond || format(' or %s and (%s %s %L%s or %2$s is null)', same, place,
          case when (s->'desc')::boolean then '<' else '>' end, value, cast_to);
        same := same || format(' and %s = %L%s', place, value, cast_to);
      else
        same := same || format(' and %s is null', place);
      end if;
    end if;
  end loop;
  if after_n is not null then
    condition := condition || format(' and (%s or %s and r.n > %s)', beyond, same, after_n);
  end if;
  return query execute 'select ' || dataset_render_row(columns)
    || ', case when length(k.k) <= 600 then encode(convert_to(k.k, ''UTF8''), ''hex'') else ''-'' end || '' '' || r.n'
    -- Only the numbers of rows are sorted, with what sorts them: Postgres copies each row that it sorts.
    || ' from (select r.n' || keys || ' from dataset_row r where r.rows_number = $1 and ' || condition
    || ' order by ' || ordering || 'r.n limit $2) found(n)'
    || ' join dataset_row r on r.rows_number = $1 and r.n = found.n'
    || ', lateral (select json_build_array(' || ltrim(shown, ', ') || ')::text as k) k'
    || ' order by ' || ordering || 'r.n' using rows_number, most;
end $$;

-- Writes values, an object by the names of columns, into the row `row_n`, which is made when it is new. Gives the
-- problem: `values` when a column does not exist or a value does not fit, `missing` when there is no such row.
create function dataset_put(rows_number bigint, row_n bigint, columns jsonb, new_values jsonb, is_new boolean)
  returns text language plpgsql volatile as $$
declare
  name text; v jsonb; c jsonb; value text; places text := ''; literals text := ''; found boolean;
begin
  for name, v in select * from jsonb_each(new_values) loop
    c := dataset_column(columns, name);
    if c is null or jsonb_typeof(v) in ('array', 'object') then return 'values'; end if;
    value := case when v = '""' and c->>'type' <> 'text' then null else v #>> '{}' end;
    if value is not null then
      value := dataset_value(c->>'type', value);
      if value is null or length(value) > 65536 then return 'values'; end if;
    end if;
    places := places || ', ' || dataset_place(c);
    literals := literals || ', ' || quote_nullable(value)
      || case when dataset_is_number(c->>'type') then '::numeric' else '' end;
  end loop;
  if is_new then
    execute format('insert into dataset_row (rows_number, n%s) values ($1, $2%s)', places, literals)
      using rows_number, row_n;
    return null;
  end if;
  execute case when places = '' then 'select true from dataset_row r where r.rows_number = $1 and r.n = $2'
    else format('update dataset_row r set (%s) = row(%s) where r.rows_number = $1 and r.n = $2 returning true',
      ltrim(places, ', '), ltrim(literals, ', ')) end into found using rows_number, row_n;
  return case when found is null then 'missing' end;
end $$;

-- The members of one row as JSON; null when there is none.
create function dataset_row_wire(rows_number bigint, row_n bigint, columns jsonb)
  returns text language plpgsql volatile as $$
declare wire text;
begin
  execute 'select ' || dataset_render_row(columns) || ' from dataset_row r where r.rows_number = $1 and r.n = $2'
    into wire using rows_number, row_n;
  return wire;
end $$;

-- All rows in their order as a JSON array of arrays, with the values in the order of the columns.
create function dataset_export(rows_number bigint, columns jsonb) returns text language plpgsql stable as $$
declare whole text;
begin
  execute $q$select '[' || coalesce(string_agg('[' || $q$ || coalesce((
      select string_agg(dataset_render(c), $q$ || ',' || $q$ order by at)
      from jsonb_array_elements(columns) with ordinality e(c, at)), quote_literal(''))
    || $q$ || ']', E',\n' order by r.n), '') || ']' from dataset_row r where r.rows_number = $1$q$
    into whole using rows_number;
  return whole;
end $$;

-- How many values of a column would not fit another type, and the first ten of them with their rows.
create function dataset_misfits(rows_number bigint, c jsonb, type text) returns jsonb language plpgsql stable as $$
declare found jsonb; place text := dataset_place(c);
begin
  execute format($q$
    select jsonb_build_object('total', count(*), 'examples', coalesce((jsonb_agg(
      jsonb_build_object('row', 'row_' || x.n, 'text', left(x.v, 200)) order by x.n) filter (where x.at <= 10)), '[]'))
    from (select r.n, r.%1$s::text as v, row_number() over (order by r.n) as at from dataset_row r
      where r.rows_number = $1 and r.%1$s is not null and dataset_value($2, r.%1$s::text) is null) x$q$, place)
    into found using rows_number, type;
  return found;
end $$;

-- Moves the values of a column to its place for another type. Those that do not fit become null.
create function dataset_retype(rows_number bigint, c jsonb, type text) returns void language plpgsql volatile as $$
declare old_place text := dataset_place(c); new_place text := dataset_place(c || jsonb_build_object('type', type));
begin
  execute format('update dataset_row r set %1$s = dataset_value($2, r.%2$s::text)%3$s%4$s
      where r.rows_number = $1 and r.%2$s is not null', new_place, old_place,
    case when dataset_is_number(type) then '::numeric' else '' end,
    case when new_place <> old_place then format(', %s = null', old_place) else '' end)
    using rows_number, type;
end $$;

-- Empties the place of a column that is deleted, for the next column that gets it.
create function dataset_clear(rows_number bigint, c jsonb) returns void language plpgsql volatile as $$
begin
  execute format('update dataset_row r set %1$s = null where r.rows_number = $1 and r.%1$s is not null',
    dataset_place(c)) using rows_number;
end $$;
