//! One row as it was read: cells of text with their kind.

use serde::{Deserialize, Serialize};

/// How many lines a [`Lines`] names.
pub(crate) const NAMED_LINES: usize = 20;

/// How often something happens in a file, and on which lines at first.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lines {
    /// How many rows.
    pub count: u64,
    /// The physical lines of up to 20 of the rows, the first ones, ascending.
    pub lines: Vec<u64>,
}

impl Lines {
    /// Adds one row. Rows are usually added in the order of their lines.
    pub(crate) fn add(&mut self, line: u64) {
        self.count += 1;
        if self.lines.last().is_none_or(|last| *last <= line) {
            if self.lines.len() < NAMED_LINES {
                self.lines.push(line);
            }
        } else {
            let at = self.lines.partition_point(|it| *it <= line);
            self.lines.insert(at, line);
            self.lines.truncate(NAMED_LINES);
        }
    }

    /// Adds all rows of another part of the file.
    pub(crate) fn merge(&mut self, other: &Self) {
        let count = self.count + other.count;
        for line in &other.lines {
            self.add(*line);
        }
        self.count = count;
    }
}

/// What a cell is before it has a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CellKind {
    /// A cell of a CSV file. An empty one is null, quoted or not.
    Plain,
    /// `null` in JSON, or a key that the object does not have.
    Null,
    /// `true` or `false` in JSON.
    Boolean,
    /// A number in JSON, with the digits of the file.
    Number,
    /// A string in JSON, decoded.
    String,
    /// An array or object in JSON, as JSON text.
    Nested,
}

/// One cell of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell<'a> {
    /// What the cell is.
    pub kind: CellKind,
    /// Its text. Empty for null.
    pub text: &'a str,
}

impl<'a> Cell<'a> {
    /// A cell that does not exist.
    pub const NULL: Cell<'static> = Cell {
        kind: CellKind::Null,
        text: "",
    };

    /// A cell of a CSV file.
    #[must_use]
    pub fn plain(text: &'a str) -> Self {
        Self {
            kind: CellKind::Plain,
            text,
        }
    }
}

/// Where a cell's text is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Span {
    pub(crate) kind: CellKind,
    pub(crate) start: usize,
    pub(crate) end: usize,
}

/// A row as it was read. Column `n` of the reader's headers is cell `n`.
#[derive(Clone, Copy, Debug)]
pub struct Row<'a> {
    pub(crate) line: u64,
    pub(crate) raw: &'a [u8],
    pub(crate) text: &'a str,
    pub(crate) spans: &'a [Span],
}

impl<'a> Row<'a> {
    /// The physical line where the row begins, from 1.
    #[must_use]
    pub fn line(&self) -> u64 {
        self.line
    }

    /// The row as it is in the file, without the line break at its end.
    #[must_use]
    pub fn raw(&self) -> String {
        raw_text(self.raw)
    }

    /// Cell `index`; null when the row does not have it.
    #[must_use]
    pub fn cell(&self, index: usize) -> Cell<'a> {
        self.spans
            .get(index)
            .map_or(Cell::NULL, |span| self.resolve(*span))
    }

    /// All cells. Objects in JSON may have fewer of them than there are columns.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'a>> + '_ {
        self.spans.iter().map(|span| self.resolve(*span))
    }

    fn resolve(&self, span: Span) -> Cell<'a> {
        Cell {
            kind: span.kind,
            text: self.text.get(span.start..span.end).unwrap_or_default(),
        }
    }
}

/// The text of a row's bytes, without line breaks at its end.
pub(crate) fn raw_text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes)
        .trim_end_matches(['\r', '\n'])
        .to_owned()
}

/// How many line breaks the bytes hold: CRLF is one, CR alone and LF alone are one each.
pub(crate) fn line_breaks(bytes: &[u8]) -> u64 {
    let mut count = 0;
    let mut after_cr = false;
    for byte in bytes {
        match byte {
            b'\r' => count += 1,
            b'\n' if !after_cr => count += 1,
            _ => {}
        }
        after_cr = *byte == b'\r';
    }
    count
}

/// The bytes before the first line break, or all of them.
pub(crate) fn line_end(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|it| matches!(it, b'\r' | b'\n'))
}
