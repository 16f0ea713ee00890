//! Typed values, and how cells become values.

use std::borrow::Cow;

use serde::{Serialize, Serializer};

use crate::classify::{notation, notation_size, strip_affix};
use crate::column::{Column, ColumnFormat, Phrases as _};
use crate::number::{self, MAX_SAFE, Size};
use crate::record::{Cell, CellKind, Row};
use crate::stamp::{self, Stamp, StampKind};
use prox_types::{BadRow, ColumnType};

/// A value of a typed column.
///
/// Serializes to JSON in a form that a browser keeps exact: null, booleans; integers below 2^53 as
/// numbers and the others as strings of digits; numerics as strings; numbers as numbers; all
/// others as strings.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// Text as it is in the file.
    Text(String),
    /// True or false.
    Boolean(bool),
    /// An integer.
    Integer(i64),
    /// All digits of a decimal number, without exponent: `-1234.50`.
    Numeric(String),
    /// A finite number, never `-0.0`.
    Number(f64),
    /// `2024-05-01`.
    Date(String),
    /// `10:30:00`, with a fraction of up to nine digits when it has one.
    Time(String),
    /// `2024-05-01T10:30:00`, with a fraction as above.
    Datetime(String),
    /// `2024-05-01T08:30:00Z`, in UTC, with a fraction as above.
    Timestamp(String),
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Boolean(value) => serializer.serialize_bool(*value),
            Self::Integer(value) if value.unsigned_abs() <= MAX_SAFE.unsigned_abs() => {
                serializer.serialize_i64(*value)
            }
            Self::Integer(value) => serializer.collect_str(value),
            Self::Number(value) => serializer.serialize_f64(*value),
            Self::Text(text)
            | Self::Numeric(text)
            | Self::Date(text)
            | Self::Time(text)
            | Self::Datetime(text)
            | Self::Timestamp(text) => serializer.serialize_str(text),
        }
    }
}

impl Value {
    /// The value as text that [`ColumnFormat::read`] of its type without options reads back.
    /// Empty for null.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Null => String::new(),
            Self::Boolean(value) => value.to_string(),
            Self::Integer(value) => value.to_string(),
            Self::Number(value) => number::shortest(*value),
            Self::Text(text)
            | Self::Numeric(text)
            | Self::Date(text)
            | Self::Time(text)
            | Self::Datetime(text)
            | Self::Timestamp(text) => text.clone(),
        }
    }

    /// Reads a value of this type from the JSON that [`Value`] serializes to, or that a client sends.
    ///
    /// # Errors
    ///
    /// When the JSON is not a value of the type.
    pub fn from_json(r#type: ColumnType, raw: &str) -> Result<Self, Misfit> {
        ColumnFormat::new(r#type).read_json(raw)
    }

    /// The value in the format of another type, for changing the type of a column. `format`'s
    /// options for text (date order, decimal comma, …) apply when the value is text.
    ///
    /// # Errors
    ///
    /// When the value does not fit.
    pub fn convert(&self, format: &ColumnFormat) -> Result<Self, Misfit> {
        let text = self.to_text();
        let kind = match self {
            Self::Null => CellKind::Null,
            Self::Text(_) => CellKind::String,
            _ => CellKind::Plain,
        };
        let cell = Cell { kind, text: &text };
        if matches!(self, Self::Text(_)) {
            format.read(&cell)
        } else {
            // `5.0` is an integer here: the person asks for it, and nothing is lost.
            let whole = text.split_once('.').filter(|(_, fraction)| {
                format.r#type == ColumnType::Integer && fraction.bytes().all(|it| it == b'0')
            });
            let text = whole.map_or(&*text, |(whole, _)| whole);
            ColumnFormat::new(format.r#type).read(&Cell { kind, text })
        }
    }
}

/// A value that does not fit the format of its column.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("“{text}” is not {}{}.", expected.phrase(), options)]
pub struct Misfit {
    /// The beginning of the value's text.
    pub text: String,
    /// The type that it does not fit.
    pub expected: ColumnType,
    options: &'static str,
}

impl ColumnFormat {
    /// Reads a cell of a file, or one that arrives by the API, as a value of this format.
    ///
    /// Blanks around values that are not text do not count. A string in JSON is read like the text
    /// of a CSV cell; an empty one is null, but stays an empty text in a text column.
    ///
    /// # Errors
    ///
    /// When the cell does not fit: it would lose its meaning.
    pub fn read(&self, cell: &Cell<'_>) -> Result<Value, Misfit> {
        let trimmed = cell.text.trim_ascii();
        let empty = match (cell.kind, self.r#type) {
            (CellKind::Null, _) => true,
            (CellKind::Plain, ColumnType::Text) => cell.text.is_empty(),
            (_, ColumnType::Text) => false,
            _ => trimmed.is_empty(),
        };
        if empty || self.is_null_word(cell.kind, trimmed) {
            return Ok(Value::Null);
        }
        if self.r#type == ColumnType::Text {
            return Ok(Value::Text(cell.text.to_owned()));
        }
        self.read_text(cell.kind, trimmed).ok_or_else(|| Misfit {
            text: crate::json::shortened(cell.text),
            expected: self.r#type,
            options: if self.decimal_comma
                && matches!(
                    self.r#type,
                    ColumnType::Integer | ColumnType::Numeric | ColumnType::Number
                ) {
                " with a decimal comma"
            } else {
                ""
            },
        })
    }

    /// Reads a JSON value that arrives by the API, as [`read`](Self::read) does.
    ///
    /// # Errors
    ///
    /// When the value does not fit, or is not valid JSON.
    pub fn read_json(&self, raw: &str) -> Result<Value, Misfit> {
        let raw = raw.trim_ascii();
        let misfit = || Misfit {
            text: crate::json::shortened(raw),
            expected: self.r#type,
            options: "",
        };
        serde_json::from_str::<serde::de::IgnoredAny>(raw).map_err(|_| misfit())?;
        let mut text = String::new();
        let kind = crate::json::read_value("", raw, &mut text).map_err(|_| misfit())?;
        self.read(&Cell { kind, text: &text })
    }

    fn is_null_word(&self, kind: CellKind, trimmed: &str) -> bool {
        matches!(kind, CellKind::Plain | CellKind::String)
            && self
                .null_words
                .iter()
                .any(|it| it.trim_ascii().eq_ignore_ascii_case(trimmed))
    }

    fn read_text(&self, kind: CellKind, text: &str) -> Option<Value> {
        if kind == CellKind::Nested
            || (kind == CellKind::Boolean && self.r#type != ColumnType::Boolean)
        {
            return None;
        }
        match self.r#type {
            ColumnType::Text => Some(Value::Text(text.to_owned())),
            ColumnType::Boolean => {
                if kind == CellKind::Number {
                    None
                } else if text.eq_ignore_ascii_case("true") {
                    Some(Value::Boolean(true))
                } else {
                    text.eq_ignore_ascii_case("false")
                        .then_some(Value::Boolean(false))
                }
            }
            ColumnType::Integer | ColumnType::Numeric | ColumnType::Number => {
                self.read_number(kind, text)
            }
            ColumnType::Time => stamp::time_text(text).map(Value::Time),
            ColumnType::Date => self.read_stamp(text, StampKind::Date).map(Value::Date),
            ColumnType::Datetime => self
                .read_stamp(text, StampKind::Datetime)
                .map(Value::Datetime),
            ColumnType::Timestamp => self
                .read_stamp(text, StampKind::Timestamp)
                .map(Value::Timestamp),
        }
    }

    fn read_stamp(&self, text: &str, kind: StampKind) -> Option<String> {
        let stamp = Stamp::parse(text)?;
        (stamp.kind == kind).then(|| stamp.text(self.date_order))?
    }

    fn read_number(&self, kind: CellKind, text: &str) -> Option<Value> {
        let stripped;
        let (plain, size) = if kind == CellKind::Number {
            // JSON has a notation of its own.
            (Cow::Borrowed(text), number::size(text)?)
        } else {
            let body = match &self.affix {
                Some(affix) => {
                    stripped = strip_affix(text, affix)?;
                    &stripped
                }
                None => text,
            };
            let (notation, size) = notation(body)?;
            let size = notation_size(notation, size, self)?;
            (number::normalize(body, self.decimal_comma, true)?, size)
        };
        match (self.r#type, size) {
            (_, Size::Refused) => None,
            (ColumnType::Integer, Size::Safe | Size::Long) => {
                plain.parse().ok().map(Value::Integer)
            }
            (ColumnType::Number, Size::Safe | Size::Double) => {
                let double: f64 = plain.parse().ok()?;
                // -0 is 0.
                Some(Value::Number(double + 0.0))
            }
            (ColumnType::Numeric, _) => number::plain(&plain).map(Value::Numeric),
            _ => None,
        }
    }
}

/// The values of a row in the order of `columns`.
///
/// # Errors
///
/// A bad row that names the first value that does not fit its column.
pub fn type_row(columns: &[Column], row: &Row<'_>) -> Result<Vec<Value>, BadRow> {
    let value = |column: &Column| {
        column
            .format
            .read(&row.cell(column.index))
            .map_err(|misfit| BadRow {
                line: row.line(),
                reason: format!("Column “{}”: {misfit}", column.name),
                text: row.raw(),
            })
    };
    columns.iter().map(value).collect()
}
