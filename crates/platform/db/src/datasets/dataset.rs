//! Datasets of an organization.

use prox_types::{ColumnId, Dataset, DatasetId, JsonText, UpdateDataset};

use crate::PageOf;
use crate::frame::*;
use crate::search::{EntryTerms, entry_statement, new_entry, update_entry};
use crate::sql::statement;
use crate::statement::{Statement, Tenants};

/// `found`: the dataset `:dataset` of the caller's organization in its newest version, locked, so that writes
/// to one dataset run one after the other.
macro_rules! found_dataset {
    () => {
        r#",
found as materialized (
  select d.* from gate join dataset d on d.organization_id = gate.id
  where d.slug = :dataset or d.id = :dataset for update of d)"#
    };
}

/// `audience` of a write with the CTE `changed`, the dataset.
macro_rules! dataset_audience {
    ($keys:expr) => {
        concat!(
            r#",
audience as (
  select changed.organization_id, null::jsonb as close, jsonb_build_array(
    jsonb_build_array('dataset', changed.id), jsonb_build_array('datasets', changed.organization_id)"#,
            $keys,
            ") as keys\n  from changed)"
        )
    };
}

/// The key of a dataset's rows, for [`dataset_audience`].
macro_rules! and_rows {
    () => {
        ", jsonb_build_array('rows', changed.id)"
    };
}

pub(crate) use {and_rows, dataset_audience, found_dataset};

/// Lists the datasets, oldest first.
#[must_use]
pub fn list(page: PageOf<String>) -> Statement<Tenants, Vec<Dataset>> {
    statement!(
        Read: tenant_list!(
            page: r#"
  select d.wire, d.id as key
  from allowed join dataset d on d.organization_id = allowed.id
  where :after is null or d.id > :after order by d.id limit :limit + 1"#,
            found: "true"
        ),
        limit = page.limit,
        after = page.after,
    )
}

/// Reads one dataset by slug or id.
#[must_use]
pub fn read(dataset: &str) -> Statement<Tenants, Dataset> {
    statement!(
        Read: tenant_read!(
            r#"
  select '{' || d.wire || '}' as body, d.version
  from allowed join dataset d on d.organization_id = allowed.id
  where d.slug = :dataset or d.id = :dataset"#
        ),
        dataset = dataset.to_owned(),
    )
}

/// Creates a dataset with the first free one of `slugs`. `columns` is the JSON of its columns, with slots.
#[must_use]
pub fn create(
    id: DatasetId,
    name: String,
    notes: String,
    columns: JsonText,
    slugs: Vec<String>,
    terms: &EntryTerms,
) -> Statement<Tenants, Dataset> {
    entry_statement!(
        tenant_write!(
            r#",
free as (
  select c.slug from gate, unnest(:slugs) with ordinality c(slug, place)
  where not exists (select from dataset d where d.organization_id = gate.id and d.slug = c.slug)
  order by c.place limit 1),
changed as (
  insert into dataset (id, organization_id, slug, name, notes, columns, created_at, updated_at)
  select :id, gate.id, free.slug, :name, :notes, :columns::jsonb, :now, :now from gate, free returning *)"#,
            new_entry!(
                kind: "'dataset'",
                organization: "changed.organization_id",
                space: "null",
                from: "changed"
            ),
            r#",
written as (
  select '{' || changed.wire || '}' as body, changed.version, null::text as problem from changed
  union all select null, null, 'slug_taken' from gate where not exists (select from free))"#,
            dataset_audience!("")
        ),
        terms.all_vectors(),
        id = id,
        name = name,
        notes = notes,
        columns = columns,
        slugs = slugs,
    )
}

/// Changes a dataset or the order of its columns, when its version is one of `versions` (any version when absent).
#[must_use]
pub fn update(
    dataset: &str,
    body: UpdateDataset,
    terms: &EntryTerms,
    versions: Option<Vec<i64>>,
) -> Statement<Tenants, Dataset> {
    entry_statement!(
        tenant_write!(
            found_dataset!(),
            r#",
verdict as (
  select case
    when not (:versions is null or found.version = any(:versions)) then 'stale'
    when :order is not null and (select array_agg('c' || (c->>'slot') order by 'c' || (c->>'slot'))
        from jsonb_array_elements(found.columns) c)
      is distinct from nullif((select array_agg(o order by o) from unnest(:order) o), '{}')
      then 'invalid column_order'
    when exists (select from dataset d where d.organization_id = found.organization_id and d.slug = :slug
      and d.id <> found.id) then 'slug_taken' end as problem
  from found),
changed as (
  update dataset d set name = coalesce(:name, d.name), slug = coalesce(:slug, d.slug),
    notes = coalesce(:notes, d.notes), version = d.version + 1, updated_at = :now,
    columns = case when :order is null then found.columns else (
      select coalesce(jsonb_agg(c order by array_position(:order, 'c' || (c->>'slot'))), '[]')
      from jsonb_array_elements(found.columns) c) end
  from found, verdict where d.id = found.id and verdict.problem is null returning d.*)"#,
            update_entry!(),
            r#",
written as (
  select '{' || changed.wire || '}' as body, changed.version, null::text as problem from changed
  union all select null, null, verdict.problem from verdict where verdict.problem is not null)"#,
            dataset_audience!("")
        ),
        terms.vectors(),
        dataset = dataset.to_owned(),
        name = body.name,
        slug = body.slug,
        notes = body.notes,
        order = body
            .column_order
            .map(|ids| ids.into_iter().map(|ColumnId(id)| id).collect::<Vec<_>>()),
        versions = versions,
    )
}

/// Deletes a dataset with its rows.
#[must_use]
pub fn delete(dataset: &str, versions: Option<Vec<i64>>) -> Statement<Tenants, ()> {
    statement!(
        Write: tenant_write!(
            found_dataset!(),
            r#",
changed as (
  delete from dataset d using found
  where d.id = found.id and (:versions is null or found.version = any(:versions))
  returning d.id, d.organization_id),
written as (
  select 'null' as body, null::int8 as version, null::text as problem from changed
  union all select null, null, 'stale' from found where not exists (select from changed))"#,
            dataset_audience!("")
        ),
        dataset = dataset.to_owned(),
        versions = versions,
    )
}
