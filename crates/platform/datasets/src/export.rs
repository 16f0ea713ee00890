//! Writes typed rows as CSV and JSON, so that an import of the file gives the same rows.
//!
//! **CSV** is RFC 4180 in UTF-8 with commas and a header. Lines end with LF, not CRLF: every
//! reader accepts it, physical lines count alike in all editors, and files compare well. A cell is
//! quoted when anything in it could be read differently: delimiters of other dialects, quotes,
//! line breaks, blanks at its ends, `#` at its beginning. Null is an empty cell; an empty text is,
//! too, because CSV cannot tell them apart (JSON can). A number always has a point or an exponent
//! (`5.0`), so that it is not read as an integer.
//!
//! Values are written unchanged, also those that begin with `=`, `+`, `-` or `@`. A spreadsheet
//! takes some of them for formulas. To change them would change the data, `-5` included, and the
//! file would not import to the same rows.
//!
//! **JSON** is an array of objects, one on each line, with all keys in each of them. Integers and
//! numerics are JSON numbers with all their digits.
//!
//! What a file cannot say is the type of a column whose values also look like another type: text
//! with only digits, a numeric without many of them, strings of dates in JSON. An import into the
//! dataset that was exported gives the types of its columns as
//! [`ImportChoices::columns`](crate::ImportChoices), each as `ColumnFormat::new(type).into()`: exported values
//! are in the canonical notation, whatever the notation of the first import was. With them, give
//! `header: Some(true)`, because names such as `2019` look like values.

use crate::value::Value;

/// The header line of a CSV file.
#[must_use]
pub fn csv_header<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut line = String::new();
    for (index, name) in names.into_iter().enumerate() {
        if index > 0 {
            line.push(',');
        }
        // A file that begins with `sep=` or like JSON would not be read as this one.
        let sep = name
            .get(..4)
            .is_some_and(|it| it.eq_ignore_ascii_case("sep="));
        let quoted = index == 0 && (sep || name.starts_with(['[', '{']));
        push_cell(&mut line, name, quoted || name.is_empty());
    }
    line.push('\n');
    line
}

/// Appends one row to a CSV file.
pub fn csv_row<'a>(file: &mut String, values: impl IntoIterator<Item = &'a Value>) {
    let start = file.len();
    let mut count = 0;
    for value in values {
        if count > 0 {
            file.push(',');
        }
        match value {
            Value::Text(text) => push_cell(file, text, false),
            value => push_cell(file, &value.to_text(), false),
        }
        count += 1;
    }
    if file.len() == start && count > 0 {
        // A blank line would not be a row.
        file.push_str("\"\"");
    }
    file.push('\n');
}

fn push_cell(line: &mut String, text: &str, always: bool) {
    let special = |it: char| matches!(it, ',' | ';' | '\t' | '|' | '"' | '\r' | '\n');
    let blank = |it: char| it.is_whitespace() || it == '\u{feff}';
    if always
        || text.contains(special)
        || text.starts_with(blank)
        || text.ends_with(blank)
        || text.starts_with('#')
    {
        line.push('"');
        for (index, part) in text.split('"').enumerate() {
            if index > 0 {
                line.push_str("\"\"");
            }
            line.push_str(part);
        }
        line.push('"');
    } else {
        line.push_str(text);
    }
}

/// The beginning of a JSON file.
#[must_use]
pub fn json_start() -> &'static str {
    "["
}

/// Appends one row to a JSON file: an object with the values by their names. `first` says that no
/// row is before it.
pub fn json_row<'a>(
    file: &mut String,
    first: bool,
    members: impl IntoIterator<Item = (&'a str, &'a Value)>,
) {
    file.push_str(if first { "\n{" } else { ",\n{" });
    for (index, (name, value)) in members.into_iter().enumerate() {
        if index > 0 {
            file.push(',');
        }
        push_string(file, name);
        file.push(':');
        match value {
            Value::Null => file.push_str("null"),
            Value::Boolean(_) | Value::Integer(_) | Value::Numeric(_) | Value::Number(_) => {
                file.push_str(&value.to_text());
            }
            Value::Text(text)
            | Value::Date(text)
            | Value::Time(text)
            | Value::Datetime(text)
            | Value::Timestamp(text) => push_string(file, text),
        }
    }
    file.push('}');
}

/// The end of a JSON file.
#[must_use]
pub fn json_end() -> &'static str {
    "\n]\n"
}

fn push_string(file: &mut String, text: &str) {
    file.push_str(&serde_json::to_string(text).unwrap_or_default());
}
