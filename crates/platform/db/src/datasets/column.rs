//! Columns of a dataset. Writes return the dataset.

use prox_types::{ColumnPreview, ColumnType, Dataset, JsonText};

use crate::datasets::dataset::{and_rows, dataset_audience, found_dataset};
use crate::frame::*;
use crate::sql::statement;
use crate::statement::{Statement, Tenants};

/// `c`: the column `:column` of `found`, with `at`, its place in the order of the columns.
macro_rules! found_column {
    () => {
        r#",
c as materialized (
  select e.c, e.at from found, jsonb_array_elements(found.columns) with ordinality e(c, at)
  where 'c' || (e.c->>'slot') = :column)"#
    };
}

/// `written`: the dataset, or the problem of `verdict`.
macro_rules! written_dataset {
    () => {
        r#",
written as (
  select '{' || changed.wire || '}' as body, changed.version, null::text as problem from changed
  union all select null, null, verdict.problem from verdict where verdict.problem is not null)"#
    };
}

/// Adds a column in the first free slot. `column` is its JSON without a slot, and `name` its name.
#[must_use]
pub fn create(
    dataset: &str,
    name: String,
    column: JsonText,
    versions: Option<Vec<i64>>,
) -> Statement<Tenants, Dataset> {
    statement!(
        Write: tenant_write!(
            found_dataset!(),
            r#",
free as (
  select min(k) as slot from found, generate_series(1, 64) k
  where not exists (select from jsonb_array_elements(found.columns) c where (c->>'slot')::integer = k)),
verdict as (
  select case
    when not (:versions is null or found.version = any(:versions)) then 'stale'
    when dataset_column(found.columns, :name) is not null then 'invalid name'
    when free.slot is null then 'limit_reached' end as problem
  from found, free),
changed as (
  update dataset d set version = d.version + 1, updated_at = :now,
    columns = found.columns || jsonb_build_array(:new::jsonb || jsonb_build_object('slot', free.slot))
  from found, free, verdict where d.id = found.id and verdict.problem is null returning d.*)"#,
            written_dataset!(),
            dataset_audience!(and_rows!())
        ),
        dataset = dataset.to_owned(),
        name = name,
        new = column,
        versions = versions,
    )
}

/// A change of a column. What is absent remains.
#[derive(Debug)]
pub struct Change {
    /// Another name.
    pub name: Option<String>,
    /// Another type.
    pub kind: Option<ColumnType>,
    /// Whether values that do not fit the type become null; else the change is refused.
    pub clear_misfits: bool,
    /// The other members of its JSON.
    pub members: JsonText,
}

/// Changes a column, and its values when its type changes.
#[must_use]
pub fn update(
    dataset: &str,
    column: &str,
    change: Change,
    versions: Option<Vec<i64>>,
) -> Statement<Tenants, Dataset> {
    statement!(
        Write: tenant_write!(
            found_dataset!(),
            found_column!(),
            r#",
verdict as materialized (
  select coalesce(:kind, c.c->>'type') <> c.c->>'type' as retypes, case
    when not (:versions is null or found.version = any(:versions)) then 'stale'
    when :name is not null and (dataset_column(found.columns, :name))->'slot' <> c.c->'slot' then 'invalid name'
    when :kind <> c.c->>'type' and not :clear_misfits
      and (dataset_misfits(found.rows_number, c.c, :kind)->>'total')::bigint > 0 then 'invalid type' end as problem
  from found, c),
retyped as materialized (
  select dataset_retype(found.rows_number, c.c, :kind) from found, c, verdict
  where verdict.problem is null and verdict.retypes),
changed as (
  update dataset d set version = d.version + 1, updated_at = :now,
    columns = jsonb_set(found.columns, array[(c.at - 1)::text], c.c || :members::jsonb
      || jsonb_strip_nulls(jsonb_build_object('name', :name, 'type', :kind)))
  from found, c, verdict, (select count(*) from retyped) r
  where d.id = found.id and verdict.problem is null returning d.*)"#,
            written_dataset!(),
            dataset_audience!(and_rows!())
        ),
        dataset = dataset.to_owned(),
        column = column.to_owned(),
        name = change.name,
        kind = change.kind.map(ColumnType::name),
        clear_misfits = change.clear_misfits,
        members = change.members,
        versions = versions,
    )
}

/// Deletes a column with its values.
#[must_use]
pub fn delete(
    dataset: &str,
    column: &str,
    versions: Option<Vec<i64>>,
) -> Statement<Tenants, Dataset> {
    statement!(
        Write: tenant_write!(
            found_dataset!(),
            found_column!(),
            r#",
verdict as (
  select case when not (:versions is null or found.version = any(:versions)) then 'stale' end as problem
  from found, c),
cleared as materialized (
  select dataset_clear(found.rows_number, c.c) from found, c, verdict where verdict.problem is null),
changed as (
  update dataset d set version = d.version + 1, updated_at = :now, columns = found.columns - (c.at - 1)::integer
  from found, c, verdict, (select count(*) from cleared) r
  where d.id = found.id and verdict.problem is null returning d.*)"#,
            written_dataset!(),
            dataset_audience!(and_rows!())
        ),
        dataset = dataset.to_owned(),
        column = column.to_owned(),
        versions = versions,
    )
}

/// Which values of a column would not fit another type.
#[must_use]
pub fn preview(dataset: &str, column: &str, kind: ColumnType) -> Statement<Tenants, ColumnPreview> {
    statement!(
        Read: tenant_read!(
            r#"
  select dataset_misfits(d.rows_number, c, :kind)::text as body, null::int8 as version
  from allowed join dataset d on d.organization_id = allowed.id and (d.slug = :dataset or d.id = :dataset),
    jsonb_array_elements(d.columns) c
  where 'c' || (c->>'slot') = :column"#
        ),
        dataset = dataset.to_owned(),
        column = column.to_owned(),
        kind = kind.name(),
    )
}
