-- Collectors: each event of a type that arrives at an instance becomes a row of a dataset.

create function dataset_collector_wire_1(
    id text, dataset_id text, instance_id text, event_type text, paths jsonb, created_at timestamptz)
  returns text language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select
    id, dataset_id, instance_id, event_type, paths, wire_time(created_at) as created_at) x);

create table dataset_collector (
  id text collate "C" primary key constraint dataset_collector_id_prefix check (id like 'clt\_%'),
  dataset_id text collate "C" not null constraint dataset_collector_dataset_fkey references dataset on delete cascade,
  instance_id text collate "C" not null
    constraint dataset_collector_instance_fkey references instance on delete cascade,
  event_type text not null,
  -- For each column id, the JSON pointer (RFC 6901) of its value in the event.
  paths jsonb not null,
  created_at timestamptz not null,
  wire text not null generated always as (
    dataset_collector_wire_1(id, dataset_id, instance_id, event_type, paths, created_at)) stored,
  constraint dataset_collector_key unique (dataset_id, instance_id, event_type)
);
create index dataset_collector_instance on dataset_collector (instance_id, event_type);

-- The value at a JSON pointer as text; null when there is none.
create function json_at(document jsonb, pointer text) returns text language sql immutable parallel safe
  return document #>> (
    select coalesce(array_agg(replace(replace(part, '~1', '/'), '~0', '~') order by at), '{}')
    from unnest(string_to_array(substr(pointer, 2), '/')) with ordinality e(part, at) where pointer <> '');

-- Adds a row to each dataset that collects this event. A value that does not fit its column is left out: the event
-- itself has it. Gives the datasets that changed.
create function collect_event(instance text, event text, kind text, payload text, happened_at timestamptz)
  returns table (dataset_id text, organization_id text) language plpgsql volatile as $$
declare
  collector record; d dataset; document jsonb; row_values jsonb;
begin
  for collector in
    select k.* from dataset_collector k where k.instance_id = instance and k.event_type = kind order by k.dataset_id
  loop
    -- JSON that `jsonb` refuses stays an event only.
    if document is null and pg_input_is_valid(payload, 'jsonb') then
      document := jsonb_build_object('id', event, 'type', kind, 'created_at', wire_time(happened_at),
        'payload', payload::jsonb);
    end if;
    select * into d from dataset x where x.id = collector.dataset_id for update;
    continue when document is null or d.id is null or d.row_count >= 200000;
    select coalesce(jsonb_object_agg(x.name, x.value), '{}') into row_values
    from (select c->>'name' as name, c->>'type' as type, json_at(document, collector.paths->>('c' || (c->>'slot'))) as value
      from jsonb_array_elements(d.columns) c where collector.paths ? ('c' || (c->>'slot'))) x
    where x.value is not null and length(x.value) <= 65536 and dataset_value(x.type, x.value) is not null;
    perform dataset_put(d.rows_number, d.next_row, d.columns, row_values, true);
    update dataset x set next_row = x.next_row + 1, row_count = x.row_count + 1, version = x.version + 1,
      updated_at = happened_at where x.id = d.id;
    dataset_id := d.id;
    organization_id := d.organization_id;
    return next;
  end loop;
end $$;
