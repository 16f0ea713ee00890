//! Columns: their types, how text becomes their values, and what else they could be.

use prox_types::{ColumnChoice, ColumnType, DateOrder};
use serde::{Deserialize, Serialize};

use crate::record::Lines;
use crate::source::{counted, named};

/// Types in sentences.
pub(crate) trait Phrases {
    /// The type with its article.
    fn phrase(self) -> &'static str;

    /// The type in the plural.
    fn plural(self) -> &'static str;
}

impl Phrases for ColumnType {
    fn phrase(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Boolean => "true or false",
            Self::Integer => "an integer",
            Self::Numeric | Self::Number => "a number",
            Self::Date => "a date",
            Self::Time => "a time of day",
            Self::Datetime => "a date and time",
            Self::Timestamp => "a date and time with an offset from UTC",
        }
    }

    fn plural(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Boolean => "true or false",
            Self::Integer => "integers",
            Self::Numeric | Self::Number => "numbers",
            Self::Date => "dates",
            Self::Time => "times of day",
            Self::Datetime => "dates with times",
            Self::Timestamp => "dates with times and an offset from UTC",
        }
    }
}

/// The type of a column, and how the text of its cells becomes values.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ColumnFormat {
    /// The type of the values.
    pub r#type: ColumnType,
    /// The order of day, month and year. `None`: only dates that begin with a year of four digits.
    pub date_order: Option<DateOrder>,
    /// Whether `1.234,56` is a number and `1.5` is not.
    pub decimal_comma: bool,
    /// Whether digits may be grouped: `1,234`, `1_000`, `1 000`, `1'000`.
    pub grouping: bool,
    /// The currency or unit that each number has before or after it: `$`, `%`, `EUR`. It is left
    /// out of the value: `5%` becomes 5.
    pub affix: Option<String>,
    /// Words that mean null, compared without case and blanks around them.
    pub null_words: Vec<String>,
}

impl ColumnFormat {
    /// A format of this type without options.
    #[must_use]
    pub fn new(r#type: ColumnType) -> Self {
        Self {
            r#type,
            ..Self::default()
        }
    }
}

impl From<ColumnFormat> for ColumnChoice {
    /// The choice of this format, such as the one that a hint offers.
    fn from(format: ColumnFormat) -> Self {
        Self {
            r#type: Some(format.r#type),
            date_order: format.date_order,
            decimal_comma: Some(format.decimal_comma),
            grouping: Some(format.grouping),
            affix: format.affix,
            null_words: Some(format.null_words),
        }
    }
}

/// A column of the table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its unique name.
    pub name: String,
    /// How the file names it: the header, or the key in JSON. Empty without one.
    pub header: String,
    /// Its cell in each row of the reader, from 0.
    pub index: usize,
    /// Type and format: inferred, or chosen.
    pub format: ColumnFormat,
    /// How many rows have null here.
    pub nulls: u64,
    /// Rows whose value does not fit the chosen format. None do not fit an inferred one.
    pub misfits: Lines,
    /// What else the column could be.
    pub hints: Vec<Hint>,
}

/// Why a hint is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HintKind {
    /// Some values are words such as `NA` that may mean null.
    NullWords,
    /// Some values are `NaN` or infinite, which is not a number in JSON.
    NonFinite,
    /// The values are numbers with groups of digits, a currency or a unit.
    FormattedNumbers,
    /// The values are numbers if the comma is the decimal sign.
    DecimalComma,
    /// The values are dates, and their order of day and month is not evident.
    DateOrder,
    /// Some values have an offset from UTC, and some have none.
    MixedOffsets,
    /// Some values do not fit.
    SomeDoNotFit,
}

/// Another type that a text column could have. Taking `offer` as the column's choice applies it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hint {
    /// Why it is only offered.
    pub kind: HintKind,
    /// The format that the column could have.
    pub offer: ColumnFormat,
    /// The rows that are the reason: those that do not fit or become null; when all fit, those
    /// that need the offered format.
    pub lines: Lines,
    /// How many rows would not fit the offered format, and would be kept aside.
    pub misfits: u64,
}

impl Hint {
    /// The hint as sentences.
    #[must_use]
    pub fn message(&self) -> String {
        let what = self.offer.r#type.plural();
        let lines = named(&self.lines);
        let values = counted(self.lines.count, "value", "values");
        match self.kind {
            HintKind::NullWords => format!(
                "All values are {what} if these words mean that there is none: {}{lines}.",
                self.offer.null_words.join(", ")
            ),
            HintKind::NonFinite => {
                format!("All values are {what}, except for {values} like NaN or infinity{lines}.")
            }
            HintKind::FormattedNumbers => {
                format!("{values} could be numbers without their groups, currency or unit{lines}.")
            }
            HintKind::DecimalComma => {
                format!("{values} could be numbers with a decimal comma{lines}.")
            }
            HintKind::DateOrder => {
                let order = match self.offer.date_order {
                    Some(DateOrder::MonthDayYear) => "month, day, year",
                    Some(DateOrder::YearMonthDay) => "year, month, day",
                    _ => "day, month, year",
                };
                format!("All values are {what} if the order is {order}{lines}.")
            }
            HintKind::MixedOffsets => {
                format!("All values have an offset from UTC, except for {values}{lines}.")
            }
            HintKind::SomeDoNotFit => {
                format!("All values are {what}, except for {values}{lines}.")
            }
        }
    }
}
