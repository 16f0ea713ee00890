//! Splits one row of a CSV file into cells.
//!
//! Written by hand although the crate `csv` exists: an import needs the physical line of each row
//! on files with CRLF and CR, the line of a quote that is never closed, the text of bad rows, and
//! the place after a row whose quotes are wrong. `csv-core` tells none of them. The property tests
//! compare both on well-formed files.

use crate::record::{CellKind, Span, line_end};
use crate::source::{Dialect, Limits};

/// What the bytes at the beginning of a row are.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Split {
    /// The row may go on after the bytes. Inside of a quote, with the offset of the opening one.
    Incomplete { open_quote: Option<usize> },
    /// A row of this many bytes, line break included (of CRLF only the CR).
    Row { consumed: usize, flaw: Option<Flaw> },
}

/// Why a row is bad, whatever the number of its cells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flaw {
    /// Text follows a closing quote, in this cell, from 0.
    TextAfterQuote { cell: usize },
    /// This cell is too long, from 0.
    CellTooLong { cell: usize },
}

/// The cells of one row.
#[derive(Debug, Default)]
pub(crate) struct Cells {
    /// The text of all cells, one after the other. UTF-8 when the row is.
    pub(crate) bytes: Vec<u8>,
    /// The cells, up to one more than the limit of columns.
    pub(crate) spans: Vec<Span>,
    /// How many cells there are.
    pub(crate) count: usize,
    /// How many cells there are up to the last one that is not empty.
    pub(crate) filled: usize,
}

/// Splits the row at the beginning of `input`, which begins with a byte of a cell. `end` says that
/// no bytes follow.
pub(crate) fn split(
    input: &[u8],
    dialect: &Dialect,
    limits: &Limits,
    end: bool,
    cells: &mut Cells,
) -> Split {
    cells.bytes.clear();
    cells.spans.clear();
    cells.count = 0;
    cells.filled = 0;
    let delimiter = dialect.delimiter.byte();
    let mut flaw = None;
    let mut at = 0;
    loop {
        let start = cells.bytes.len();
        match cell(input, at, dialect, end, &mut cells.bytes) {
            Found::Incomplete { open_quote } => return Split::Incomplete { open_quote },
            Found::Malformed { after } => {
                // The next line is a row again, whatever the quotes on the rest of this one are.
                let rest = input.get(after..).unwrap_or_default();
                let consumed = match line_end(rest) {
                    Some(length) => after + length + 1,
                    None if end => input.len(),
                    None => return Split::Incomplete { open_quote: None },
                };
                let flaw = Some(Flaw::TextAfterQuote { cell: cells.count });
                return Split::Row { consumed, flaw };
            }
            Found::Cell { next } => at = next,
        }
        let length = cells.bytes.len() - start;
        if length > limits.cell_bytes && flaw.is_none() {
            flaw = Some(Flaw::CellTooLong { cell: cells.count });
        }
        cells.count += 1;
        if length > 0 {
            cells.filled = cells.count;
        }
        if cells.count <= limits.columns + 1 {
            cells.spans.push(Span {
                kind: CellKind::Plain,
                start,
                end: start + length,
            });
        } else {
            cells.bytes.truncate(start);
        }
        match input.get(at) {
            Some(byte) if Some(*byte) == delimiter => at += 1,
            Some(_) => {
                let consumed = at + 1;
                return Split::Row { consumed, flaw };
            }
            None => return Split::Row { consumed: at, flaw },
        }
    }
}

enum Found {
    /// A cell that ends before `next`: a delimiter, a line break or the end.
    Cell {
        next: usize,
    },
    /// Text follows the closing quote that is before `after`.
    Malformed {
        after: usize,
    },
    Incomplete {
        open_quote: Option<usize>,
    },
}

/// Reads the cell that begins at `at`, and appends its text.
fn cell(input: &[u8], at: usize, dialect: &Dialect, end: bool, text: &mut Vec<u8>) -> Found {
    let delimiter = dialect.delimiter.byte();
    let rest = input.get(at..).unwrap_or_default();
    let blanks = blanks(rest, delimiter);
    if rest.get(blanks) == Some(&b'"') {
        let before = text.len();
        let open = at + blanks;
        match quoted(input, open, dialect, end, text) {
            // `a, "b,c"`: a quote after blanks opens a cell only when the same line closes it.
            Found::Cell { next }
                if blanks > 0 && line_end(input.get(open..next).unwrap_or_default()).is_some() => {}
            Found::Incomplete { .. }
                if blanks > 0
                    && (end || line_end(input.get(open..).unwrap_or_default()).is_some()) => {}
            Found::Malformed { .. } if blanks > 0 => {}
            found => return found,
        }
        text.truncate(before);
    }
    let ends = |byte: &u8| Some(*byte) == delimiter || matches!(byte, b'\r' | b'\n');
    match rest.iter().position(ends) {
        Some(length) => {
            text.extend_from_slice(rest.get(..length).unwrap_or_default());
            Found::Cell { next: at + length }
        }
        None if end => {
            text.extend_from_slice(rest);
            Found::Cell { next: input.len() }
        }
        None => Found::Incomplete { open_quote: None },
    }
}

/// Reads the quoted cell whose quote is at `open`.
fn quoted(input: &[u8], open: usize, dialect: &Dialect, end: bool, text: &mut Vec<u8>) -> Found {
    let escapes = dialect.backslash_escapes;
    let unclosed = Found::Incomplete {
        open_quote: Some(open),
    };
    let mut start = open + 1;
    loop {
        let rest = input.get(start..).unwrap_or_default();
        let Some(length) = rest
            .iter()
            .position(|it| *it == b'"' || (escapes && *it == b'\\'))
        else {
            return unclosed;
        };
        text.extend_from_slice(rest.get(..length).unwrap_or_default());
        match (rest.get(length), rest.get(length + 1)) {
            (Some(b'\\'), Some(escaped @ (b'"' | b'\\'))) => {
                text.push(*escaped);
                start += length + 2;
            }
            (Some(b'\\'), Some(_)) => {
                text.push(b'\\');
                start += length + 1;
            }
            (Some(b'\\'), None) => return unclosed,
            (_, Some(b'"')) => {
                text.push(b'"');
                start += length + 2;
            }
            (_, None) if !end => return unclosed,
            _ => {
                start += length + 1;
                break;
            }
        }
    }
    let delimiter = dialect.delimiter.byte();
    let rest = input.get(start..).unwrap_or_default();
    let next = start + blanks(rest, delimiter);
    match input.get(next) {
        Some(byte) if Some(*byte) == delimiter || matches!(byte, b'\r' | b'\n') => {
            Found::Cell { next }
        }
        Some(_) => Found::Malformed { after: next },
        None if end => Found::Cell { next },
        None => Found::Incomplete { open_quote: None },
    }
}

/// How many spaces and tabs there are before something else; a delimiter is something else.
pub(crate) fn blanks(bytes: &[u8], delimiter: Option<u8>) -> usize {
    bytes
        .iter()
        .take_while(|it| matches!(it, b' ' | b'\t') && Some(**it) != delimiter)
        .count()
}
