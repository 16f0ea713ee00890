//! Declared queries over a dataset, which the functions of migration 0024 turn into SQL.

use prox_types::{JsonText, QueryAnswer};

use crate::frame::*;
use crate::sql::statement;
use crate::statement::{Statement, Tenants};

/// Answers a query: the JSON of a [`prox_types::DatasetQuery`] with its filter as objects.
#[must_use]
pub fn answer(dataset: &str, query: JsonText) -> Statement<Tenants, QueryAnswer> {
    statement!(
        Read: tenant_read!(
            problem: "(select 'invalid ' || data.problem from data)",
            r#"
  select x.body, null::int8 as version, x.problem
  from allowed join dataset d on d.organization_id = allowed.id and (d.slug = :dataset or d.id = :dataset),
    dataset_query(d.rows_number, d.columns, :query::jsonb) x"#
        ),
        dataset = dataset.to_owned(),
        query = query,
    )
}
