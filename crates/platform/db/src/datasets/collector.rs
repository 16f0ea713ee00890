//! Collectors of a dataset. The function `collect_event` of migration 0025 adds their rows.

use prox_types::{Collector, CollectorId, CreateCollector, JsonText};

use crate::PageOf;
use crate::datasets::dataset::found_dataset;
use crate::frame::*;
use crate::sql::statement;
use crate::statement::{Statement, Tenants};

/// `collected`: the rows that an event becomes. `$event` selects its instance (`instance`) when it is new. Their keys:
/// [`collected_keys`].
macro_rules! collected {
    ($event:literal) => {
        concat!(
            ",
collected as materialized (
  select d.* from (",
            $event,
            r#") arrived, collect_event(arrived.instance, :event, :type, :payload, :now) d)"#
        )
    };
}

/// The keys of the datasets of [`collected`], which belong to the instance's organization.
macro_rules! collected_keys {
    () => {
        r#"coalesce((
    select jsonb_agg(key) from collected, lateral (values (jsonb_build_array('dataset', collected.dataset_id)),
      (jsonb_build_array('rows', collected.dataset_id)),
      (jsonb_build_array('datasets', collected.organization_id))) keys(key)), '[]')"#
    };
}

pub(crate) use {collected, collected_keys};

macro_rules! collectors_audience {
    () => {
        r#",
audience as (
  select found.organization_id, null::jsonb as close,
    jsonb_build_array(jsonb_build_array('collectors', found.id)) as keys
  from found where exists (select from changed))"#
    };
}

/// Lists the collectors, oldest first.
#[must_use]
pub fn list(dataset: &str, page: PageOf<String>) -> Statement<Tenants, Vec<Collector>> {
    statement!(
        Read: tenant_list!(
            page: r#"
  select k.wire, k.id as key
  from allowed join dataset d on d.organization_id = allowed.id and (d.slug = :dataset or d.id = :dataset)
  join dataset_collector k on k.dataset_id = d.id
  where :after is null or k.id > :after order by k.id limit :limit + 1"#,
            found: r#"exists (
    select from allowed join dataset d on d.organization_id = allowed.id
    where d.slug = :dataset or d.id = :dataset)"#
        ),
        dataset = dataset.to_owned(),
        limit = page.limit,
        after = page.after,
    )
}

/// Adds a collector. `paths` is the JSON of its paths.
#[must_use]
pub fn create(
    dataset: &str,
    id: CollectorId,
    body: CreateCollector,
    paths: JsonText,
) -> Statement<Tenants, Collector> {
    statement!(
        Write: tenant_write!(
            found_dataset!(),
            r#",
verdict as (
  select inst.id as instance_id, case
    when inst.id is null then 'invalid instance'
    when exists (select from jsonb_object_keys(:paths::jsonb) k where not exists (
      select from jsonb_array_elements(found.columns) c where 'c' || (c->>'slot') = k)) then 'invalid paths'
    when exists (select from dataset_collector k where k.dataset_id = found.id and k.instance_id = inst.id
      and k.event_type = :type) then 'conflict'
    when (select count(*) from dataset_collector k where k.dataset_id = found.id) >= 20 then 'limit_reached'
    end as problem
  from found left join instance inst
    on inst.organization_id = found.organization_id and (inst.slug = :instance or inst.id = :instance)),
changed as (
  insert into dataset_collector (id, dataset_id, instance_id, event_type, paths, created_at)
  select :id, found.id, verdict.instance_id, :type, :paths::jsonb, :now
  from found, verdict where verdict.problem is null returning wire),
written as (
  select '{' || changed.wire || '}' as body, null::int8 as version, null::text as problem from changed
  union all select null, null, verdict.problem from verdict where verdict.problem is not null)"#,
            collectors_audience!()
        ),
        dataset = dataset.to_owned(),
        id = id,
        instance = body.instance,
        type = body.event_type,
        paths = paths,
    )
}

/// Ends a collector. Its rows remain.
#[must_use]
pub fn delete(dataset: &str, id: CollectorId) -> Statement<Tenants, ()> {
    statement!(
        Write: tenant_write!(
            found_dataset!(),
            r#",
changed as (
  delete from dataset_collector k using found where k.dataset_id = found.id and k.id = :id returning k.id),
written as (select 'null' as body, null::int8 as version, null::text as problem from changed)"#,
            collectors_audience!()
        ),
        dataset = dataset.to_owned(),
        id = id,
    )
}
