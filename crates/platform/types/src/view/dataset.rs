//! Datasets: typed rows of an organization.

use std::collections::BTreeMap;

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{DatasetId, JsonText, OrganizationId, Slug, Timestamp};

/// The type of a column's values.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ColumnType {
    /// Text as it is.
    #[default]
    Text,
    /// True or false.
    Boolean,
    /// An integer of 64 bits.
    Integer,
    /// A decimal number with all its digits, up to 1,000.
    Numeric,
    /// A decimal number that a double gives back digit for digit.
    Number,
    /// A day of the calendar, years 1 to 9999.
    Date,
    /// A time of day without a zone.
    Time,
    /// Date and time without an offset from UTC.
    Datetime,
    /// A point in time, read with its offset and kept in UTC.
    Timestamp,
}

impl ColumnType {
    /// Every type.
    pub const ALL: [Self; 9] = [
        Self::Text,
        Self::Boolean,
        Self::Integer,
        Self::Numeric,
        Self::Number,
        Self::Date,
        Self::Time,
        Self::Datetime,
        Self::Timestamp,
    ];

    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Boolean => "boolean",
            Self::Integer => "integer",
            Self::Numeric => "numeric",
            Self::Number => "number",
            Self::Date => "date",
            Self::Time => "time",
            Self::Datetime => "datetime",
            Self::Timestamp => "timestamp",
        }
    }
}

/// How the values of a column are shown. It changes no value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DisplayFormat {
    /// Digits after the point of a number; null: as many as it has.
    #[garde(inner(range(max = 10)))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u8>,
    /// Whether the digits of a number are grouped.
    #[garde(skip)]
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub grouping: bool,
    /// Unit after a number, such as `kg` or `€`.
    #[garde(inner(length(chars, max = 12), custom(super::line)))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 12, format = "line")
    )]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
}

/// The id of a column within its dataset: `c` and a number. A renamed column keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ColumnId(pub String);

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for ColumnId {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some("^c[1-9][0-9]?$"))
            .description(Some(
                "Id of a column within its dataset. A renamed column keeps it.",
            ))
            .examples([serde_json::json!("c1")])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for ColumnId {}

/// A column of a dataset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DatasetColumn {
    pub id: ColumnId,
    /// Its name, unique in the dataset; a key of each row's values.
    pub name: String,
    pub r#type: ColumnType,
    /// What the column means.
    pub notes: String,
    pub format: DisplayFormat,
}

/// Typed rows of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Dataset {
    pub id: DatasetId,
    pub organization_id: OrganizationId,
    pub slug: Slug,
    pub name: String,
    /// What the dataset is, and where it comes from.
    pub notes: String,
    /// Columns in the order in which they are shown, at most 64.
    pub columns: Vec<DatasetColumn>,
    /// Number of rows, at most 200,000.
    pub row_count: i64,
    /// Version, which grows with every change of the dataset or its rows; the ETag is `"v{version}"`.
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Adds a column.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateColumn {
    /// Its name, unique in the dataset.
    #[garde(length(chars, max = 120), custom(super::line))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 120, format = "trimmed-line")
    )]
    #[serde(deserialize_with = "super::trimmed")]
    pub name: String,
    #[garde(skip)]
    #[serde(default)]
    pub r#type: ColumnType,
    #[garde(length(chars, max = 500), custom(super::prose))]
    #[cfg_attr(feature = "openapi", schema(max_length = 500, format = "prose"))]
    #[serde(default)]
    pub notes: String,
    #[garde(dive)]
    #[serde(default)]
    pub format: DisplayFormat,
}

/// Changes a column.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateColumn {
    /// Another name, unique in the dataset.
    #[garde(inner(length(chars, max = 120), custom(super::line)))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 120, format = "trimmed-line")
    )]
    #[serde(default, deserialize_with = "super::trimmed_if_any")]
    pub name: Option<String>,
    /// Another type. 409 when values would not fit, unless `clear_misfits` is true.
    #[garde(skip)]
    pub r#type: Option<ColumnType>,
    /// Whether values that do not fit the new type become null.
    #[garde(skip)]
    #[serde(default)]
    pub clear_misfits: bool,
    #[garde(inner(length(chars, max = 500), custom(super::prose)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 500, format = "prose"))]
    pub notes: Option<String>,
    #[garde(dive)]
    pub format: Option<DisplayFormat>,
}

/// Creates a dataset without rows.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateDataset {
    #[garde(length(chars, max = 120), custom(super::line))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 120, format = "trimmed-line")
    )]
    #[serde(deserialize_with = "super::trimmed")]
    pub name: String,
    /// Slug; made from the name when absent.
    #[garde(skip)]
    pub slug: Option<Slug>,
    #[garde(length(chars, max = 2000), custom(super::prose))]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000, format = "prose"))]
    #[serde(default)]
    pub notes: String,
    /// Its columns, whose names differ.
    #[garde(length(max = 64), custom(unique_names), dive)]
    #[cfg_attr(feature = "openapi", schema(max_items = 64))]
    #[serde(default)]
    pub columns: Vec<CreateColumn>,
}

/// Changes a dataset.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateDataset {
    #[garde(inner(length(chars, max = 120), custom(super::line)))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 120, format = "trimmed-line")
    )]
    #[serde(default, deserialize_with = "super::trimmed_if_any")]
    pub name: Option<String>,
    #[garde(skip)]
    pub slug: Option<Slug>,
    #[garde(inner(length(chars, max = 2000), custom(super::prose)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 2000, format = "prose"))]
    pub notes: Option<String>,
    /// Ids of all columns in another order.
    #[garde(inner(length(max = 64)))]
    #[cfg_attr(feature = "openapi", schema(max_items = 64))]
    pub column_order: Option<Vec<ColumnId>>,
}

fn unique_names(columns: &[CreateColumn], _: &()) -> garde::Result {
    let mut names: Vec<&str> = columns.iter().map(|it| it.name.as_str()).collect();
    names.sort_unstable();
    if names.windows(2).any(|pair| pair.first() == pair.last()) {
        return Err(garde::Error::new("must have different names"));
    }
    Ok(())
}

/// What a change of a column's type would do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ColumnPreview {
    /// How many values do not fit the type.
    pub total: i64,
    /// The first ten of them.
    pub examples: Vec<MisfitExample>,
}

/// A value that does not fit a type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MisfitExample {
    /// The id of its row.
    pub row: String,
    /// The first 200 characters of the value.
    pub text: String,
}

/// A row of a dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DatasetRow {
    /// Id within the dataset: `row_` and a number.
    #[cfg_attr(feature = "openapi", schema(pattern = "^row_[1-9][0-9]{0,17}$"))]
    pub id: String,
    /// Values by the names of the columns: null, true, false, numbers or texts. Integers beyond 2^53 and all
    /// values of `numeric` columns are texts of digits, which no browser rounds; dates and times are texts.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub values: BTreeMap<String, JsonText>,
}

/// Adds a row, or changes values of one.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct WriteRow {
    /// Values by the names of the columns. In a new row, the others are null; in a change, they remain. Texts
    /// are read by the column's type: `"3.50"` is a number in a column of numbers.
    #[garde(custom(row_values))]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub values: JsonText,
}

fn row_values(json: &JsonText, context: &()) -> garde::Result {
    let _ = context;
    if !json.as_str().trim_start().starts_with('{') {
        return Err(garde::Error::new("must be an object"));
    }
    super::storable(json, 2)
}
