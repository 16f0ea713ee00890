//! Rows of a dataset. The functions of migration 0023 make the SQL that reads and writes their values.

use prox_types::{DatasetRow, JsonText};

use crate::PageOf;
use crate::datasets::dataset::{and_rows, dataset_audience, found_dataset};
use crate::frame::*;
use crate::sql::statement;
use crate::statement::{Statement, Tenants};

/// The order and the selection of rows.
#[derive(Clone, Debug)]
pub struct Selection {
    /// An array of objects with `column` and `desc`.
    pub sort: JsonText,
    /// An array of objects with `column`, `op` and `value`, all of which hold.
    pub filter: JsonText,
}

/// The last row of a page: its sort values as a JSON array, none when they are too long for a cursor, and its
/// number.
pub type After = (Option<JsonText>, i64);

/// A dataset with all its rows, for exports.
#[derive(Clone, Debug, serde::Serialize, serde::Deserialize)]
pub struct WholeDataset {
    /// The slug, which names the file.
    pub slug: String,
    /// The names of the columns.
    pub names: Vec<String>,
    /// Their types.
    pub types: Vec<prox_types::ColumnType>,
    /// The rows, each with its values in the order of the columns.
    pub rows: Vec<Vec<JsonText>>,
}

/// Lists the selected rows.
#[must_use]
pub fn list(
    dataset: &str,
    selection: Selection,
    page: PageOf<After>,
) -> Statement<Tenants, Vec<DatasetRow>> {
    let (after, after_n) = match page.after {
        Some((values, n)) => (values, Some(n)),
        None => (None, None),
    };
    statement!(
        Read: tenant_list!(
            tenant: concat!(
                tenant!(),
                r#",
target as materialized (
  select d.rows_number, d.columns, dataset_problem(d.columns, :sort::jsonb, :filter::jsonb) as problem
  from allowed join dataset d on d.organization_id = allowed.id and (d.slug = :dataset or d.id = :dataset))"#
            ),
            page: r#"
  select p.wire, p.key from target, dataset_page(target.rows_number, target.columns, :sort::jsonb, :filter::jsonb,
    :after::jsonb, :after_n, :limit + 1) p where target.problem is null"#,
            found: "exists (select from target)",
            problem: "(select 'invalid ' || target.problem from target)",
            members: "page.wire",
            bytes: "octet_length(page.wire)"
        ),
        dataset = dataset.to_owned(),
        sort = selection.sort,
        filter = selection.filter,
        after = after,
        after_n = after_n,
        limit = page.limit,
    )
}

/// Reads one row.
#[must_use]
pub fn read(dataset: &str, row: i64) -> Statement<Tenants, DatasetRow> {
    statement!(
        Read: tenant_read!(
            r#"
  select '{' || x.wire || '}' as body, null::int8 as version
  from allowed join dataset d on d.organization_id = allowed.id and (d.slug = :dataset or d.id = :dataset),
    dataset_row_wire(d.rows_number, :row, d.columns) x(wire)
  where x.wire is not null"#
        ),
        dataset = dataset.to_owned(),
        row = row,
    )
}

/// Adds a row at the end.
#[must_use]
pub fn create(dataset: &str, values: JsonText) -> Statement<Tenants, DatasetRow> {
    statement!(
        Write: tenant_write!(
            found_dataset!(),
            r#",
put as materialized (
  select case when found.row_count >= 200000 then 'limit_reached'
    else 'invalid ' || dataset_put(found.rows_number, found.next_row, found.columns, :values::jsonb, true) end as problem
  from found),
changed as (
  update dataset d set next_row = d.next_row + 1, row_count = d.row_count + 1, version = d.version + 1,
    updated_at = :now
  from found, put where d.id = found.id and put.problem is null returning d.*),
written as (
  select '{' || dataset_row_wire(changed.rows_number, changed.next_row - 1, changed.columns) || '}' as body,
    null::int8 as version, null::text as problem from changed
  union all select null, null, put.problem from put where put.problem is not null)"#,
            dataset_audience!(and_rows!())
        ),
        dataset = dataset.to_owned(),
        values = values,
    )
}

/// Changes values of a row.
#[must_use]
pub fn update(dataset: &str, row: i64, values: JsonText) -> Statement<Tenants, DatasetRow> {
    statement!(
        Write: tenant_write!(
            found_dataset!(),
            r#",
put as materialized (
  select dataset_put(found.rows_number, :row, found.columns, :values::jsonb, false) as problem from found),
changed as (
  update dataset d set version = d.version + 1, updated_at = :now
  from found, put where d.id = found.id and put.problem is null returning d.*),
written as (
  select '{' || dataset_row_wire(changed.rows_number, :row, changed.columns) || '}' as body,
    null::int8 as version, null::text as problem from changed
  union all select null, null, 'invalid values' from put where put.problem = 'values')"#,
            dataset_audience!(and_rows!())
        ),
        dataset = dataset.to_owned(),
        row = row,
        values = values,
    )
}

/// Deletes a row.
#[must_use]
pub fn delete(dataset: &str, row: i64) -> Statement<Tenants, ()> {
    statement!(
        Write: tenant_write!(
            found_dataset!(),
            r#",
gone as (
  delete from dataset_row r using found where r.rows_number = found.rows_number and r.n = :row returning r.n),
changed as (
  update dataset d set row_count = d.row_count - 1, version = d.version + 1, updated_at = :now
  from found, gone where d.id = found.id returning d.*),
written as (select 'null' as body, null::int8 as version, null::text as problem from changed)"#,
            dataset_audience!(and_rows!())
        ),
        dataset = dataset.to_owned(),
        row = row,
    )
}

/// Reads all rows in their order.
#[must_use]
pub fn export(dataset: &str) -> Statement<Tenants, WholeDataset> {
    statement!(
        Read: tenant_read!(
            r#"
  select '{"slug":"' || d.slug || '","names":' || (select coalesce(json_agg(c->'name' order by at), '[]')
      from jsonb_array_elements(d.columns) with ordinality e(c, at))
    || ',"types":' || (select coalesce(json_agg(c->'type' order by at), '[]')
      from jsonb_array_elements(d.columns) with ordinality e(c, at))
    || ',"rows":' || dataset_export(d.rows_number, d.columns) || '}' as body, null::int8 as version
  from allowed join dataset d on d.organization_id = allowed.id and (d.slug = :dataset or d.id = :dataset)"#
        ),
        dataset = dataset.to_owned(),
    )
}
