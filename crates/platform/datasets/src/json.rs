//! Finds the rows of JSON files, and splits an object into cells.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::{IgnoredAny, MapAccess, Visitor};
use serde_json::value::RawValue;

use crate::error::FileError;
use crate::number::{self, Size};
use crate::record::{CellKind, Span};
use crate::source::Limits;

/// Where the JSON value at the beginning of `input` ends. `None`: not inside of `input`. Not
/// affected by what is wrong inside of the value. A string ends at a line break at the latest,
/// because JSON has none in strings.
pub(crate) fn value_end(input: &[u8], end: bool) -> Option<usize> {
    let first = input.first()?;
    if !matches!(first, b'{' | b'[' | b'"') {
        let ends = |it: &u8| matches!(it, b',' | b']' | b'}') || it.is_ascii_whitespace();
        return match input.iter().position(ends) {
            None if end => Some(input.len()),
            found => found,
        };
    }
    let mut depth = 0_usize;
    let mut in_string = false;
    let mut escaped = false;
    for (at, byte) in input.iter().enumerate() {
        if in_string {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' | b'\n' | b'\r' => in_string = false,
                _ => {}
            }
        } else {
            match byte {
                b'"' => in_string = true,
                b'{' | b'[' => depth += 1,
                b'}' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
        }
        if depth == 0 && !in_string {
            return Some(at + 1);
        }
    }
    None
}

/// The columns of JSON rows, in the order of their first appearance.
#[derive(Debug, Default)]
pub(crate) struct Keys {
    index: BTreeMap<String, usize>,
}

impl Keys {
    pub(crate) fn new(headers: &[String]) -> Self {
        let mut keys = Self::default();
        for (column, header) in headers.iter().enumerate() {
            keys.index.insert(header.clone(), column);
        }
        keys
    }

    /// The column of a key. `guess` is the column where it most likely is.
    fn find(&self, headers: &[String], guess: usize, key: &str) -> Option<usize> {
        if headers.get(guess).is_some_and(|it| it == key) {
            return Some(guess);
        }
        self.index.get(key).copied()
    }
}

/// Splits the JSON object `text` into cells. Adds its keys to the headers unless it is bad.
///
/// # Errors
///
/// A sentence when the row is bad.
pub(crate) fn split(
    text: &str,
    limits: &Limits,
    headers: &mut Vec<String>,
    keys: &mut Keys,
    cells: &mut String,
    spans: &mut Vec<Span>,
) -> Result<(), Bad> {
    cells.clear();
    spans.clear();
    if !text.starts_with('{') {
        let kind = if serde_json::from_str::<IgnoredAny>(text).is_ok() {
            "A row must be a JSON object, such as {\"name\": \"Ada\"}."
        } else {
            "This row is not valid JSON."
        };
        return Err(Bad::Row(kind.to_owned()));
    }
    let pairs: Pairs<'_> = serde_json::from_str(text).map_err(|error| Bad::Row(explain(&error)))?;
    let null = Span {
        kind: CellKind::Null,
        start: 0,
        end: 0,
    };
    spans.resize(headers.len(), null);
    let mut filled = vec![false; headers.len()];
    let mut added: Vec<&str> = Vec::new();
    for (position, (key, value)) in pairs.0.iter().enumerate() {
        let column = match keys.find(headers, position, key) {
            Some(column) => column,
            None => match added.iter().position(|it| it == key) {
                Some(position) => headers.len() + position,
                None if key.len() > MAX_KEY => {
                    let key = shortened(key);
                    let reason = format!("The key “{key}” is longer than {MAX_KEY} bytes.");
                    return Err(Bad::Row(reason));
                }
                None => {
                    added.push(key);
                    spans.push(null);
                    filled.push(false);
                    if spans.len() > limits.columns {
                        return Err(Bad::TooManyColumns);
                    }
                    spans.len() - 1
                }
            },
        };
        if filled.get(column) != Some(&false) {
            let key = shortened(key);
            return Err(Bad::Row(format!("The key “{key}” appears more than once.")));
        }
        let span = cell(key, value.get(), limits, cells).map_err(Bad::Row)?;
        if let (Some(slot), Some(filled)) = (spans.get_mut(column), filled.get_mut(column)) {
            *slot = span;
            *filled = true;
        }
    }
    for key in added {
        keys.index.insert(key.to_owned(), headers.len());
        headers.push(key.to_owned());
    }
    Ok(())
}

/// The longest key of a column, in bytes.
pub(crate) const MAX_KEY: usize = 1000;

/// Why an object is not a row.
#[derive(Debug)]
pub(crate) enum Bad {
    Row(String),
    TooManyColumns,
}

/// Appends the text of a JSON value, and returns where it is.
fn cell(key: &str, raw: &str, limits: &Limits, cells: &mut String) -> Result<Span, String> {
    let start = cells.len();
    let kind = read_value(key, raw, cells)?;
    let end = cells.len();
    if end - start > limits.cell_bytes {
        return Err(too_long(&shortened(key), limits));
    }
    Ok(Span { kind, start, end })
}

/// The sentence about a cell that is too long.
pub(crate) fn too_long(column: &str, limits: &Limits) -> String {
    let limit = limits.cell_bytes / 1000;
    format!("The cell in column “{column}” is longer than {limit} kB.")
}

/// Appends the text of the JSON value of `column`, and returns its kind.
///
/// # Errors
///
/// A sentence when the value has no text that can be stored.
pub(crate) fn read_value(column: &str, raw: &str, text: &mut String) -> Result<CellKind, String> {
    let column = || shortened(column);
    Ok(match raw.as_bytes().first() {
        Some(b'n') => CellKind::Null,
        Some(b't' | b'f') => {
            text.push_str(raw);
            CellKind::Boolean
        }
        Some(b'"') => {
            let decoded: Decoded<'_> = serde_json::from_str(raw)
                .map_err(|_| format!("The text in column “{}” has half a character.", column()))?;
            if decoded.0.contains('\0') {
                return Err(no_nul(&column()));
            }
            text.push_str(&decoded.0);
            CellKind::String
        }
        Some(b'{' | b'[') => {
            text.push_str(raw);
            CellKind::Nested
        }
        _ => {
            match number::size(raw) {
                Some(Size::Refused) if number::is_zero(raw) => text.push_str("0.0"),
                Some(Size::Refused) | None => {
                    return Err(format!(
                        "The number {} in column “{}” is out of range.",
                        shortened(raw),
                        column()
                    ));
                }
                Some(_) => text.push_str(raw),
            }
            CellKind::Number
        }
    })
}

/// The sentence about a cell that holds U+0000, which databases cannot store.
pub(crate) fn no_nul(column: &str) -> String {
    format!(
        "The cell in column “{column}” holds a zero character (U+0000), which cannot be stored."
    )
}

/// The text, or its beginning.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((at, _)) => format!("{}…", text.get(..at).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn explain(error: &serde_json::Error) -> String {
    // "expected value at line 1 column 6": the line is the one inside of the row.
    let text = error.to_string();
    let what = text.split(" at line ").next().unwrap_or_default();
    let column = error.column();
    format!("This row is not valid JSON: {what}, at character {column}.")
}

#[derive(Deserialize)]
struct Decoded<'a>(#[serde(borrow)] Cow<'a, str>);

/// The members of an object in their order, with duplicates.
struct Pairs<'a>(Vec<(Cow<'a, str>, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Pairs<'a> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;
        impl<'de> Visitor<'de> for Members {
            type Value = Vec<(Cow<'de, str>, &'de RawValue)>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(key) = map.next_key::<Decoded<'de>>()? {
                    members.push((key.0, map.next_value()?));
                }
                Ok(members)
            }
        }
        deserializer.deserialize_map(Members).map(Self)
    }
}

/// A list of objects inside of a JSON document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FoundList {
    pub(crate) path: Vec<String>,
    pub(crate) offset: usize,
    pub(crate) line: u64,
}

/// How many keys lead to a list at most, and how many lists are offered.
const MAX_DEPTH: usize = 4;
const MAX_LISTS: usize = 20;

/// The lists of objects in the JSON object at the beginning of `input`, outside of other lists.
pub(crate) fn lists(input: &[u8]) -> Vec<FoundList> {
    let mut found = Vec::new();
    // Of each open object the key that was read last; `None` for an open list.
    let mut open: Vec<Option<String>> = Vec::new();
    let mut at = 0;
    let mut line = 1;
    while let Some(byte) = input.get(at) {
        match byte {
            b'"' => {
                let rest = input.get(at..).unwrap_or_default();
                let Some(length) = value_end(rest, true) else {
                    break;
                };
                let after = rest.get(length..).unwrap_or_default();
                let blank = after.iter().take_while(|it| it.is_ascii_whitespace());
                if let (Some(Some(key)), Some(b':')) = (open.last_mut(), after.get(blank.count())) {
                    let text = String::from_utf8_lossy(rest.get(..length).unwrap_or_default());
                    *key = serde_json::from_str(&text).unwrap_or_default();
                }
                at += length;
                continue;
            }
            b'{' => open.push(Some(String::new())),
            b'[' => {
                let rest = input.get(at + 1..).unwrap_or_default();
                let first = rest.iter().find(|it| !it.is_ascii_whitespace());
                let path: Option<Vec<String>> = open.iter().cloned().collect();
                if let (Some(path), Some(b'{' | b']')) = (path, first)
                    && path.len() <= MAX_DEPTH
                    && found.len() < MAX_LISTS
                {
                    found.push(FoundList {
                        path,
                        offset: at,
                        line,
                    });
                }
                open.push(None);
            }
            b'}' | b']' => {
                open.pop();
                if open.is_empty() {
                    break;
                }
            }
            b'\n' if at == 0 || input.get(at - 1) != Some(&b'\r') => line += 1,
            b'\r' => line += 1,
            _ => {}
        }
        at += 1;
    }
    found
}

/// What is wrong outside of the rows.
pub(crate) fn not_json(line: u64, reason: &'static str) -> FileError {
    FileError::Json { line, reason }
}
