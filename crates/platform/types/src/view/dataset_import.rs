//! Imports: files of rows on their way into a dataset.

use std::collections::BTreeMap;

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{ColumnType, DatasetId, ImportId, OrganizationId, Timestamp};

/// The largest file, in bytes.
pub const MAX_IMPORT: usize = 10_000_000;

/// The order of the parts of a date.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DateOrder {
    /// `13/04/2024`. Years of two digits are 1969 to 2068.
    DayMonthYear,
    /// `04/13/2024`.
    MonthDayYear,
    /// `24/04/13`, only for years of two digits: with four, the order is evident.
    YearMonthDay,
}

/// The character between the cells of a CSV file: `,` `;` tab `|` or another ASCII character.
///
/// As text in JSON; the empty text means that each row is one cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Delimiter(Option<u8>);

impl Delimiter {
    /// `,`
    pub const COMMA: Self = Self(Some(b','));
    /// `;`
    pub const SEMICOLON: Self = Self(Some(b';'));
    /// A tab.
    pub const TAB: Self = Self(Some(b'\t'));
    /// `|`
    pub const PIPE: Self = Self(Some(b'|'));
    /// No delimiter: each row is one cell.
    pub const NONE: Self = Self(None);

    /// A delimiter of the text; `None` unless it is empty or one ASCII character that is not a
    /// letter, digit, quote, backslash, space or line break.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.as_bytes() {
            [] => Some(Self::NONE),
            [b'"' | b'\\' | b' '] => None,
            [byte] if *byte == b'\t' || byte.is_ascii_punctuation() => Some(Self(Some(*byte))),
            _ => None,
        }
    }

    /// The character; none when each row is one cell.
    #[must_use]
    pub const fn byte(self) -> Option<u8> {
        self.0
    }
}

impl TryFrom<String> for Delimiter {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("A delimiter is one character, such as a comma.")
    }
}

impl From<Delimiter> for String {
    fn from(delimiter: Delimiter) -> Self {
        delimiter.0.map(char::from).into_iter().collect()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Delimiter {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .pattern(Some(r"^[\t!#-/:-@\[\]-`{-~]?$"))
            .description(Some(
                "The character between the cells of a CSV file; empty when each row is one cell.",
            ))
            .examples([serde_json::json!(";")])
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Delimiter {}

/// What a person chose about one column of a file. Absent: as inferred.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ColumnChoice {
    /// The type of its values.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<ColumnType>,
    /// The order of day, month and year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
    /// Whether `1.234,56` is a number and `1.5` is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal_comma: Option<bool>,
    /// Whether digits may be grouped: `1,234`, `1_000`, `1 000`, `1'000`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grouping: Option<bool>,
    /// The currency or unit that each number has before or after it: `$`, `%`, `EUR`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(inner(length(chars, max = 40), custom(super::prose)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 40, format = "prose"))]
    pub affix: Option<String>,
    /// Words that mean null, compared without case.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(inner(custom(few_texts)))]
    #[cfg_attr(feature = "openapi", schema(schema_with = few_texts_schema))]
    pub null_words: Option<Vec<String>>,
}

/// What a person chose about a file, instead of what is detected and inferred. Absent: as detected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[garde(allow_unvalidated)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportChoices {
    /// What is between two cells of a CSV file. With a choice the file is CSV, whatever it looks
    /// like.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delimiter: Option<Delimiter>,
    /// Whether the first row of a CSV file names the columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub header: Option<bool>,
    /// Whether `\"` and `\\` in a quoted cell mean `"` and `\`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub backslash_escapes: Option<bool>,
    /// How many physical lines are skipped at the beginning of a CSV file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skip_lines: Option<u64>,
    /// The keys that lead to the list of rows in a JSON document.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[garde(inner(custom(few_texts)))]
    #[cfg_attr(feature = "openapi", schema(schema_with = few_texts_schema))]
    pub list: Option<Vec<String>>,
    /// The order of day, month and year in all columns where it is not evident.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date_order: Option<DateOrder>,
    /// Whether `1.234,56` is a number and `1.5` is not, in all columns.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimal_comma: Option<bool>,
    /// Words that mean null in all columns, compared without case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[garde(custom(few_texts))]
    #[cfg_attr(feature = "openapi", schema(schema_with = few_texts_schema))]
    pub null_words: Vec<String>,
    /// Choices for single columns, by the name of the column.
    #[garde(custom(valid_columns))]
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub columns: BTreeMap<String, ColumnChoice>,
}

/// What happens to the rows that a dataset has already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ImportMode {
    /// They remain, and the file's rows follow them.
    #[default]
    Add,
    /// The file's rows replace them.
    Replace,
    /// Rows with the same key are changed, and rows with a new key added.
    Merge,
}

impl ImportMode {
    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Replace => "replace",
            Self::Merge => "merge",
        }
    }
}

/// How far an import is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ImportState {
    /// Its columns are being found.
    Reading,
    /// Its columns are found; it waits until somebody stores them.
    Review,
    /// Its rows are being stored aside.
    Storing,
    /// What it will change is known; it waits until somebody applies it.
    Ready,
    /// Its rows are in the dataset.
    Done,
    /// The file cannot be read this way: `problem` says why, and other choices may help.
    Failed,
}

impl ImportState {
    /// The name in JSON.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Review => "review",
            Self::Storing => "storing",
            Self::Ready => "ready",
            Self::Done => "done",
            Self::Failed => "failed",
        }
    }
}

/// Rows of a file in number, and where the first of them are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LineCount {
    /// How many rows.
    pub count: u64,
    /// The physical lines of the first 20 of them.
    pub lines: Vec<u64>,
}

/// Something else that a column could be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ColumnHint {
    /// What it could be, as sentences.
    pub message: String,
    /// The choice that makes it so.
    pub choice: ColumnChoice,
    /// How many rows would not fit, and would be kept aside.
    pub misfits: u64,
}

/// A column that was found in a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportColumn {
    /// Its name in the dataset.
    pub name: String,
    pub r#type: ColumnType,
    /// How many rows have no value.
    pub nulls: u64,
    /// Rows whose value does not fit the type, which are kept aside.
    pub misfits: LineCount,
    pub hints: Vec<ColumnHint>,
}

/// Keys of rows that a merge changes, the first five of each kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangeExamples {
    pub added: Vec<String>,
    pub changed: Vec<String>,
    pub removed: Vec<String>,
}

/// What an import does to the rows of its dataset, in numbers of rows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ImportChanges {
    pub added: i64,
    pub changed: i64,
    pub removed: i64,
    pub unchanged: i64,
    /// Keys, of a merge.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub examples: Option<ChangeExamples>,
}

/// A file of rows on its way into a dataset.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DatasetImport {
    pub id: ImportId,
    pub organization_id: OrganizationId,
    /// The dataset of the rows; null before a new one is made for them.
    pub dataset_id: Option<DatasetId>,
    /// Name of the new dataset.
    pub name: String,
    pub file_name: String,
    /// Bytes of the file.
    pub size: i64,
    pub state: ImportState,
    /// Bytes that were read, of this pass: the file is read once to find its columns, and once to store its rows.
    pub read_bytes: i64,
    /// Rows that were read.
    pub rows: i64,
    /// Rows that are kept aside. `…/bad-rows.csv` has them once they are stored.
    pub bad_rows: i64,
    /// What is wrong, and what to do.
    pub problem: Option<String>,
    pub mode: ImportMode,
    /// Name of the column by whose values a merge finds rows.
    pub key: Option<String>,
    /// Whether a merge removes rows whose key the file does not have.
    pub removes: bool,
    pub choices: ImportChoices,
    /// Columns of the file.
    pub columns: Vec<ImportColumn>,
    /// What is worth knowing about how the file is read, as sentences.
    pub notes: Vec<String>,
    /// Lists of rows in a JSON document, to choose from: the keys that lead to each.
    pub lists: Vec<Vec<String>>,
    /// Cells of the first rows, as they are in the file; null where there is none.
    pub sample: Vec<Vec<Option<String>>>,
    /// What it will do, or has done.
    pub changes: Option<ImportChanges>,
    /// Version, which grows with every change; the ETag is `"v{version}"`.
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// A row of a file that is kept aside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BadRow {
    /// The physical line where the row begins, from 1.
    pub line: u64,
    /// Why, as a sentence.
    pub reason: String,
    /// The row as it is in the file.
    pub text: String,
}

/// Changes how a file is imported. Other choices, or another dataset, read the file again.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateImport {
    /// Name of the new dataset.
    #[garde(inner(length(chars, max = 120), custom(super::line)))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 120, format = "trimmed-line")
    )]
    #[serde(default, deserialize_with = "super::trimmed_if_any")]
    pub name: Option<String>,
    /// Slug or id of the dataset; null: a new one.
    #[garde(inner(inner(length(chars, max = 64))))]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>, max_length = 64))]
    #[serde(default, deserialize_with = "super::some_if_present")]
    pub dataset: Option<Option<String>>,
    #[garde(skip)]
    pub mode: Option<ImportMode>,
    /// Name of the column by whose values a merge finds rows.
    #[garde(inner(length(chars, max = 120)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 120))]
    pub key: Option<String>,
    /// Whether a merge removes rows whose key the file does not have.
    #[garde(skip)]
    pub removes: Option<bool>,
    /// All choices; those before do not count any more.
    #[garde(dive)]
    pub choices: Option<ImportChoices>,
}

#[allow(clippy::ptr_arg, reason = "garde passes the field")]
fn few_texts(texts: &Vec<String>, _: &()) -> garde::Result {
    if texts.len() > 20 || texts.iter().any(|it| it.chars().count() > 200) {
        return Err(garde::Error::new(
            "must be at most 20 texts of at most 200 characters",
        ));
    }
    texts.iter().try_for_each(|it| super::prose(it, &()))
}

#[cfg(feature = "openapi")]
fn few_texts_schema() -> utoipa::openapi::schema::Array {
    use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaFormat, Type};

    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(200))
        .format(Some(SchemaFormat::Custom(String::from("prose"))));
    ArrayBuilder::new()
        .items(text)
        .max_items(Some(20))
        .description(Some("Texts; see the description of the choices."))
        .build()
}

fn valid_columns(columns: &BTreeMap<String, ColumnChoice>, _: &()) -> garde::Result {
    if columns.len() > 64 {
        return Err(garde::Error::new("must name at most 64 columns"));
    }
    for (name, choice) in columns {
        super::prose(name, &())?;
        choice
            .validate()
            .map_err(|why| garde::Error::new(why.to_string().trim()))?;
    }
    Ok(())
}
