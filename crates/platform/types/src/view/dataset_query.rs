//! Declared queries over a dataset: groups, aggregates, a filter and the first groups in an order.

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::JsonText;

/// A function over the rows of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum AggregateFunction {
    /// Rows, or those in which the column is not null.
    Count,
    /// Different values of the column.
    Distinct,
    /// Sum of a column of numbers.
    Sum,
    /// Average of a column of numbers, to ten digits after the point.
    Avg,
    /// Median of a column of numbers.
    Median,
    /// Least value.
    Min,
    /// Greatest value.
    Max,
}

/// What rows are grouped by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueryGroup {
    /// Name of the column.
    #[garde(length(chars, max = 120))]
    #[cfg_attr(feature = "openapi", schema(max_length = 120))]
    pub column: String,
    /// Buckets instead of single values: `hour`, `day`, `week`, `month`, `quarter` or `year` of a date or time, or the
    /// width of buckets of a number, such as `10`.
    #[garde(inner(length(chars, max = 20)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 20))]
    #[serde(default)]
    pub bucket: Option<String>,
}

/// A figure of each group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueryValue {
    #[garde(skip)]
    pub function: AggregateFunction,
    /// Name of the column; null counts rows.
    #[garde(inner(length(chars, max = 120)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 120))]
    #[serde(default)]
    pub column: Option<String>,
}

/// What the groups are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum SortBy {
    /// One of `group`.
    Group,
    /// One of `values`.
    Value,
}

/// The order of the groups.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QuerySort {
    #[garde(skip)]
    pub by: SortBy,
    /// Which of them, from 0.
    #[garde(range(max = 5))]
    #[cfg_attr(feature = "openapi", schema(maximum = 5))]
    #[serde(default)]
    pub index: u8,
    /// From the greatest down. Null is last in both directions.
    #[garde(skip)]
    #[serde(default)]
    pub desc: bool,
}

/// A declared query.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DatasetQuery {
    /// At most two; none: all rows are one group.
    #[garde(length(max = 2), dive)]
    #[cfg_attr(feature = "openapi", schema(max_items = 2))]
    #[serde(default)]
    pub group: Vec<QueryGroup>,
    /// One to six figures.
    #[garde(length(min = 1, max = 6), dive)]
    #[cfg_attr(feature = "openapi", schema(min_items = 1, max_items = 6))]
    pub values: Vec<QueryValue>,
    /// Conditions such as `price>3`, as those of rows; all hold.
    #[garde(length(max = 10), inner(length(chars, max = 1200)))]
    #[cfg_attr(feature = "openapi", schema(schema_with = conditions))]
    #[serde(default)]
    pub filter: Vec<String>,
    /// Null: by the groups.
    #[garde(dive)]
    #[serde(default)]
    pub sort: Option<QuerySort>,
    /// The most groups, 1 to 200.
    #[garde(range(min = 1, max = 200))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 200))]
    #[serde(default = "all_shown")]
    pub limit: i64,
}

/// The schema of conditions.
#[cfg(feature = "openapi")]
fn conditions() -> utoipa::openapi::schema::Array {
    use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};

    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(1200));
    ArrayBuilder::new()
        .items(text)
        .max_items(Some(10))
        .description(Some(
            "Conditions such as `price>3`, as those of rows; all hold.",
        ))
        .build()
}

fn all_shown() -> i64 {
    200
}

/// One group of an answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueryRow {
    /// Values of `group`, as those of rows; buckets of time are texts such as `2024-05`, `2024-Q2` and `2024-W18`, buckets
    /// of numbers their least value.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<serde_json::Value>))]
    pub group: Vec<JsonText>,
    /// Values of `values`; numbers that a browser would round are texts of digits.
    #[cfg_attr(feature = "openapi", schema(value_type = Vec<serde_json::Value>))]
    pub values: Vec<JsonText>,
}

/// The answer of a declared query.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct QueryAnswer {
    /// Number of groups, also of those beyond the limit.
    pub groups: i64,
    pub rows: Vec<QueryRow>,
}
