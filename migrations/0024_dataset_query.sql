-- Declared queries over a dataset: groups, aggregates, a filter, the first groups in an order.

-- SQL for the value by which rows `r` are grouped; null when the column has no such buckets. `bucket`: hour to year
-- for dates and times, a width for numbers, null for the values themselves.
create function dataset_group(c jsonb, bucket text) returns text language sql immutable parallel safe
  return (select case
      when bucket is null then place
      when is_number and bucket ~ '^[0-9]+([.][0-9]+)?$' and bucket::numeric > 0 then
        format('trim_scale(floor(%1$s / %2$L::numeric) * %2$L::numeric)', place, bucket)
      when not is_dated then null
      when bucket = 'year' then format('left(%s, 4)', place)
      when bucket = 'quarter' then
        format('left(%1$s, 4) || ''-Q'' || (substr(%1$s, 6, 2)::integer + 2) / 3', place)
      when bucket = 'month' then format('left(%s, 7)', place)
      when bucket = 'week' then format('to_char(left(%s, 10)::date, ''IYYY-"W"IW'')', place)
      when bucket = 'day' then format('left(%s, 10)', place)
      when bucket = 'hour' and c->>'type' <> 'date' then format('left(%s, 13) || '':00''', place) end
    from (select 'r.' || dataset_place(c) as place, dataset_is_number(c->>'type') as is_number,
      c->>'type' in ('date', 'datetime', 'timestamp') as is_dated where c is not null) x);

-- SQL for an aggregate over rows `r`; null when the column has none of this kind.
create function dataset_aggregate(c jsonb, name text) returns text language sql immutable parallel safe
  return (select case
      when name = 'count' then case when c is null then 'count(*)' else format('count(%s)', place) end
      when c is null then null
      when name = 'distinct' then format('count(distinct %s)', place)
      when name in ('min', 'max') then format('%s(%s)', name, place)
      when not dataset_is_number(c->>'type') then null
      when name = 'sum' then format('sum(%s)', place)
      when name = 'avg' then format('trim_scale(round(avg(%s), 10))', place)
      when name = 'median' then
        format('trim_scale(round((percentile_cont(0.5) within group (order by %s::float8))::numeric, 10))', place) end
    from (select 'r.' || dataset_place(c) as place) x);

-- SQL for the JSON of a grouped or aggregated value, the expression `x`. `c`: its column when the value is one of
-- the column's; null for numbers that are counted or computed.
create function dataset_render_value(c jsonb, x text) returns text language sql immutable parallel safe
  return format(case
    when c is null or c->>'type' in ('integer', 'numeric', 'number') then 'coalesce(dataset_number((%s)::numeric), ''null'')'
    when c->>'type' = 'boolean' then 'coalesce(%s, ''null'')'
    when c->>'type' = 'timestamp' then 'coalesce(''"'' || %s || ''Z"'', ''null'')'
    else 'coalesce(to_json(%s)::text, ''null'')' end, x);

-- Answers a query: objects of `q` are `group` (column, bucket), `values` (function, column), `filter` as in
-- `dataset_condition`, `sort` (by: group or value; index; desc) and `limit`. `problem` names the member that is wrong.
create function dataset_query(rows_number bigint, columns jsonb, q jsonb, out body text, out problem text)
  language plpgsql stable as $$
declare
  e jsonb; c jsonb; at bigint; x text;
  selected text[] := '{}'; keys text[] := '{}'; shown_groups text[] := '{}'; shown_values text[] := '{}';
  condition text := dataset_condition(columns, q->'filter');
  ordering text; by_group boolean := q->'sort'->>'by' = 'group';
  comma constant text := $c$ || ',' || $c$;
begin
  if condition is null then problem := 'filter'; return; end if;
  for e, at in select * from jsonb_array_elements(q->'group') with ordinality loop
    c := dataset_column(columns, e->>'column');
    x := dataset_group(c, e->>'bucket');
    if x is null then problem := 'group'; return; end if;
    selected := selected || format('%s as g%s', x, at);
    keys := keys || format('g%s', at);
    if e->>'bucket' is not null and not dataset_is_number(c->>'type') then
      -- A bucket of time is a text of its own.
      c := '{"type": "text"}';
    end if;
    shown_groups := shown_groups || dataset_render_value(c, format('g%s', at));
  end loop;
  for e, at in select * from jsonb_array_elements(q->'values') with ordinality loop
    c := dataset_column(columns, e->>'column');
    x := dataset_aggregate(c, e->>'function');
    if x is null or c is null and e->>'column' is not null then problem := 'values'; return; end if;
    selected := selected || format('%s as v%s', x, at);
    shown_values := shown_values || dataset_render_value(
      case when e->>'function' in ('min', 'max') then c end, format('v%s', at));
  end loop;
  if q->'sort'->>'index' is not null then
    at := (q->'sort'->>'index')::bigint;
    if at >= cardinality(case when by_group then keys else shown_values end) then problem := 'sort'; return; end if;
    ordering := format('%s%s%s nulls last', case when by_group then 'g' else 'v' end, at + 1,
      case when (q->'sort'->'desc')::boolean then ' desc' else '' end);
  end if;
  ordering := nullif(concat_ws(', ', ordering, nullif(array_to_string(keys, ', '), '')), '');
  ordering := coalesce(' order by ' || ordering, '');
  execute 'with found as materialized (select ' || array_to_string(selected, ', ')
    || ' from dataset_row r where r.rows_number = $1 and ' || condition
    || coalesce(' group by ' || nullif(array_to_string(keys, ', '), ''), '') || ')'
    || $s$ select '{"groups":' || (select count(*) from found) || ',"rows":[' || coalesce(string_agg('{"group":[' || $s$
    || coalesce(nullif(array_to_string(shown_groups, comma), ''), $s$''$s$) || $s$ || '],"values":[' || $s$
    || array_to_string(shown_values, comma) || $s$ || ']}', ','$s$ || ordering || $s$), '') || ']}'$s$
    || ' from (select * from found' || ordering || ' limit $2) shown'
    into body using rows_number, (q->>'limit')::bigint;
end $$;
