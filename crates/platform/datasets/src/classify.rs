//! What a cell could be. Each cell is of exactly one class, and a class decides which formats fit.

use serde::{Deserialize, Serialize};

use crate::column::ColumnFormat;
use crate::number::{self, Size};
use crate::record::{Cell, CellKind};
use crate::stamp::{self, Stamp, StampKind};
use prox_types::{ColumnType, DateOrder};

/// Words that often mean null, compared without case.
pub(crate) const NULL_WORDS: [&str; 14] = [
    "NA", "n/a", "n.a.", "#N/A", "NULL", "(null)", "None", "nil", "\\N", "-", "--", "–", "—", "?",
];

/// Currencies and units that a number has before or after it.
pub(crate) const AFFIXES: [&str; 14] = [
    "$", "€", "£", "¥", "₹", "%", "EUR", "USD", "GBP", "CHF", "JPY", "CAD", "AUD", "kr",
];

/// Formats in which a date exists, as bits.
pub(crate) const ORDERS: [(u8, DateOrder); 3] = [
    (1, DateOrder::DayMonthYear),
    (2, DateOrder::MonthDayYear),
    (4, DateOrder::YearMonthDay),
];

/// All orders: the date begins with a year of four digits.
pub(crate) const ANY_ORDER: u8 = 7;

/// In which notations a number with a sign of its own can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Notation {
    /// `12`: with a decimal point and with a decimal comma.
    Digits,
    /// `1.5`: only with a decimal point.
    Point,
    /// `1.234`: with a decimal point, or as 1234 with a decimal comma.
    PointOrGroup,
    /// `1,234.5`, `1,234,567`: only with groups and a decimal point.
    Grouped,
    /// `1 234`, `1_000`: with groups, whatever the decimal sign.
    GroupedEither,
    /// `1,234`: as 1234 with groups, or as 1.234 with a decimal comma.
    CommaOrGroup,
    /// `1,5`, `1.234,56`, `1.234.567`: only with a decimal comma.
    Comma,
}

/// What a cell could be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Class {
    /// An empty string in JSON: null for every type but text.
    EmptyText,
    /// One of [`NULL_WORDS`].
    NullWord(u8),
    Boolean,
    /// A number: notation, and size of its value with a decimal point or groups.
    Number(Notation, Size),
    /// The same, with one of [`AFFIXES`].
    Affixed(u8, Notation, Size),
    /// `NaN`, `inf`.
    NonFinite,
    /// A number that must stay text: leading zeros, a plus sign, out of range.
    Code,
    /// A date in some orders (bits), or in none.
    Stamp {
        kind: StampKind,
        orders: u8,
        short_year: bool,
    },
    Time,
    /// A number in JSON, which has a notation of its own.
    Literal(Size),
    /// A string in JSON that looks like a number.
    QuotedNumber(Notation, Size),
    /// A string in JSON that looks like a boolean.
    QuotedBoolean,
    Other,
}

/// The class of a cell; `None` for null.
pub(crate) fn classify(cell: &Cell<'_>) -> Option<Class> {
    match cell.kind {
        CellKind::Null => None,
        CellKind::Boolean => Some(Class::Boolean),
        CellKind::Nested => Some(Class::Other),
        CellKind::Number => Some(match number::size(cell.text) {
            Some(size) if size != Size::Refused => Class::Literal(size),
            _ => Class::Code,
        }),
        CellKind::Plain => {
            let text = cell.text.trim_ascii();
            (!text.is_empty()).then(|| classify_text(text))
        }
        CellKind::String => {
            let text = cell.text.trim_ascii();
            Some(if text.is_empty() {
                Class::EmptyText
            } else {
                match classify_text(text) {
                    Class::Boolean => Class::QuotedBoolean,
                    Class::Number(notation, size) => Class::QuotedNumber(notation, size),
                    class => class,
                }
            })
        }
    }
}

/// The class of a text without blanks around it.
fn classify_text(text: &str) -> Class {
    let Some(first) = text.bytes().next() else {
        return Class::EmptyText;
    };
    if first.is_ascii_digit() || matches!(first, b'-' | b'.' | b'+') {
        match number::size(text) {
            Some(Size::Refused) => return Class::Code,
            Some(size) => return Class::Number(notation_of_point(text, size), size),
            None => {}
        }
        if let Some(stamp) = Stamp::parse(text) {
            let mut orders = 0;
            for (bit, order) in ORDERS {
                orders |= if stamp.exists(Some(order)) { bit } else { 0 };
            }
            return Class::Stamp {
                kind: stamp.kind,
                orders,
                short_year: stamp.short_year,
            };
        }
        if stamp::is_time(text) {
            return Class::Time;
        }
    }
    if text.len() <= 60 {
        if let Some(class) = formatted_number(text) {
            return class;
        }
        if text.eq_ignore_ascii_case("true") || text.eq_ignore_ascii_case("false") {
            return Class::Boolean;
        }
        let mut words = (0..).zip(NULL_WORDS);
        if let Some((index, _)) = words.find(|(_, it)| text.eq_ignore_ascii_case(it)) {
            return Class::NullWord(index);
        }
        let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
        if ["nan", "inf", "infinity", "∞"]
            .iter()
            .any(|it| unsigned.eq_ignore_ascii_case(it))
        {
            return Class::NonFinite;
        }
    }
    Class::Other
}

/// The notation and size of a number without affix; `None` when the text is not one.
pub(crate) fn notation(text: &str) -> Option<(Notation, Size)> {
    match number::size(text) {
        Some(size) => Some((notation_of_point(text, size), size)),
        None => grouped(text),
    }
}

/// The notation of a number that [`number::size`] accepts.
fn notation_of_point(text: &str, size: Size) -> Notation {
    let Some((_, fraction)) = text.split_once('.') else {
        return Notation::Digits;
    };
    let group = fraction.len() == 3 && size != Size::Refused;
    if group && number::normalize(text, true, true).is_some() {
        Notation::PointOrGroup
    } else {
        Notation::Point
    }
}

fn formatted_number(text: &str) -> Option<Class> {
    if let Some((notation, size)) = grouped(text) {
        return Some(if size == Size::Refused {
            Class::Code
        } else {
            Class::Number(notation, size)
        });
    }
    let (index, inner) = (0..)
        .zip(AFFIXES)
        .find_map(|(index, affix)| Some((index, strip_affix(text, affix)?)))?;
    let (notation, size) = notation(&inner)?;
    (size != Size::Refused).then_some(Class::Affixed(index, notation, size))
}

/// The notation and size of a number that is not in the plain notation with a decimal point.
fn grouped(text: &str) -> Option<(Notation, Size)> {
    let point = number::normalize(text, false, true);
    let comma = number::normalize(text, true, true);
    let first = point.as_ref().or(comma.as_ref())?;
    let size = number::size(first)?;
    Some(match (&point, &comma) {
        (Some(point), Some(comma)) if point == comma => (Notation::GroupedEither, size),
        (Some(_), Some(_)) => (Notation::CommaOrGroup, size),
        (Some(_), None) => (Notation::Grouped, size),
        (None, _) => (Notation::Comma, size),
    })
}

/// The number of a text that has `affix` before or after it, with its sign. `None`: it has not.
pub(crate) fn strip_affix(text: &str, affix: &str) -> Option<String> {
    let (sign, body) = match text.strip_prefix('-') {
        Some(body) => ("-", body),
        None => ("", text),
    };
    let blank = |it: char| matches!(it, ' ' | '\u{a0}' | '\u{202f}');
    let number = match body.strip_prefix(affix) {
        Some(rest) => rest.trim_start_matches(blank),
        None => body.strip_suffix(affix)?.trim_end_matches(blank),
    };
    if number.is_empty() || (!sign.is_empty() && number.starts_with('-')) {
        return None;
    }
    Some(format!("{sign}{number}"))
}

/// The size that a class has as a number of this format; `None` when it does not fit.
pub(crate) fn number_size(class: Class, format: &ColumnFormat) -> Option<Size> {
    let (notation, size) = match (class, &format.affix) {
        (Class::Literal(size), _) => return Some(size),
        (Class::Number(notation, size) | Class::QuotedNumber(notation, size), None) => {
            (notation, size)
        }
        (Class::Affixed(index, notation, size), Some(affix)) => {
            let own = AFFIXES.get(usize::from(index))?;
            if own != affix {
                return None;
            }
            (notation, size)
        }
        _ => return None,
    };
    notation_size(notation, size, format)
}

/// The same for a number whose affix is known to fit.
pub(crate) fn notation_size(notation: Notation, size: Size, format: &ColumnFormat) -> Option<Size> {
    let grouping = format.grouping;
    match (notation, format.decimal_comma) {
        (Notation::Digits, _) | (Notation::Point | Notation::PointOrGroup, false) => Some(size),
        // Groups of dots need no permission: they show that the comma is decimal.
        (Notation::PointOrGroup, true) => Some(Size::Safe),
        (Notation::Grouped, false) | (Notation::GroupedEither, _) if grouping => Some(size),
        (Notation::CommaOrGroup, false) if grouping => Some(size),
        (Notation::CommaOrGroup, true) => Some(Size::Double),
        (Notation::Comma, true) => Some(size),
        _ => None,
    }
}

/// Whether a value of this class fits the format. Classes of null are not asked.
pub(crate) fn fits(class: Class, format: &ColumnFormat) -> bool {
    let stamp = |wanted: StampKind| match class {
        Class::Stamp {
            kind,
            orders,
            short_year,
        } => {
            let bit = ORDERS
                .iter()
                .find(|(_, it)| Some(*it) == format.date_order)
                .map_or(0, |(bit, _)| *bit);
            kind == wanted && ((orders == ANY_ORDER && !short_year) || orders & bit != 0)
        }
        _ => false,
    };
    match format.r#type {
        ColumnType::Text => true,
        ColumnType::Boolean => matches!(class, Class::Boolean | Class::QuotedBoolean),
        ColumnType::Integer => {
            matches!(number_size(class, format), Some(Size::Safe | Size::Long))
        }
        ColumnType::Number => {
            matches!(number_size(class, format), Some(Size::Safe | Size::Double))
        }
        ColumnType::Numeric => number_size(class, format).is_some(),
        ColumnType::Date => stamp(StampKind::Date),
        ColumnType::Datetime => stamp(StampKind::Datetime),
        ColumnType::Timestamp => stamp(StampKind::Timestamp),
        ColumnType::Time => class == Class::Time,
    }
}
