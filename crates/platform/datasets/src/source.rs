//! How a file is read, what a person chose about it, and what is worth telling them.

use prox_types::Delimiter;
use serde::{Deserialize, Serialize};

use crate::record::Lines;

/// The delimiters that detection considers.
pub(crate) const CANDIDATES: [Delimiter; 4] = [
    Delimiter::COMMA,
    Delimiter::SEMICOLON,
    Delimiter::TAB,
    Delimiter::PIPE,
];

/// How a CSV file is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dialect {
    /// What is between two cells.
    pub delimiter: Delimiter,
    /// Whether the first row names the columns.
    pub header: bool,
    /// Whether `\"` and `\\` in a quoted cell mean `"` and `\`.
    pub backslash_escapes: bool,
    /// Whether lines that begin with `#` and do not have the right number of cells are comments.
    pub comments: bool,
    /// How many physical lines are skipped at the beginning: `sep=`, comments and titles.
    pub skip_lines: u64,
    /// How many cells a row has. `None`: as many as the first row.
    pub columns: Option<usize>,
}

/// The format of a file, with everything that reading needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "format", rename_all = "snake_case")]
pub enum Source {
    /// CSV (RFC 4180) and its relatives.
    Csv(Dialect),
    /// One JSON document; the rows are the objects of one list in it.
    JsonList {
        /// The keys that lead to the list; none when the document is the list.
        path: Vec<String>,
        /// The byte offset of the list's `[`.
        offset: u64,
        /// The physical line of the list's `[`.
        line: u64,
    },
    /// One JSON object on each line (NDJSON, JSON Lines).
    JsonLines,
}

/// The greatest sizes that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Bytes of a file.
    pub bytes: u64,
    /// Rows of a file, bad ones included.
    pub rows: u64,
    /// Columns of a file.
    pub columns: usize,
    /// Bytes of one row.
    pub row_bytes: usize,
    /// Bytes of one cell.
    pub cell_bytes: usize,
}

impl Default for Limits {
    /// 10 MB, 100,000 rows, 500 columns, 1 MB for a row, 64 kB for a cell.
    fn default() -> Self {
        Self {
            bytes: 10_000_000,
            rows: 100_000,
            columns: 500,
            row_bytes: 1_000_000,
            cell_bytes: 64_000,
        }
    }
}

/// Something that a person should know about how the file is read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "snake_case")]
pub enum Note {
    /// A `sep=` line chose the delimiter.
    SeparatorLine {
        /// Its physical line.
        line: u64,
        /// The delimiter that it names.
        delimiter: Delimiter,
    },
    /// A line before the table is skipped as a title.
    TitleSkipped {
        /// Its physical line.
        line: u64,
        /// Its text, up to 200 characters.
        text: String,
    },
    /// A line that begins with `#` before the table is skipped as a comment.
    CommentSkipped {
        /// Its physical line.
        line: u64,
        /// Its text, up to 200 characters.
        text: String,
    },
    /// Lines that begin with `#` between the rows are skipped as comments.
    CommentsSkipped(Lines),
    /// Quotes are escaped as `\"`. The choice `backslash_escapes` changes it.
    BackslashEscapes,
    /// Rows have more cells than columns, and the extra cells are empty.
    EmptyCellsDropped(Lines),
    /// A last column without name and values is left out.
    EmptyColumnDropped {
        /// Its number, from 1.
        number: usize,
    },
    /// The name of a column is not the one in the file, which is empty, taken or unusable.
    ColumnRenamed {
        /// The name in the file.
        from: String,
        /// The name of the column.
        to: String,
    },
    /// The rows are those of a list inside of a JSON document. The choice `list` changes it.
    ListChosen {
        /// The keys that lead to it.
        path: Vec<String>,
    },
}

impl Note {
    /// The note as sentences.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::SeparatorLine { line, delimiter } => format!(
                "Line {line} sets the delimiter to “{}”.",
                String::from(*delimiter)
            ),
            Self::TitleSkipped { line, text } if text.is_empty() => {
                format!("Line {line} is skipped, because it is empty.")
            }
            Self::TitleSkipped { line, text } => {
                format!("Line {line} is skipped as a title: {text}")
            }
            Self::CommentSkipped { line, text } => {
                format!("Line {line} is skipped as a comment: {text}")
            }
            Self::CommentsSkipped(lines) => format!(
                "{} between the rows skipped as comments{}.",
                counted(lines.count, "line is", "lines are"),
                named(lines)
            ),
            Self::BackslashEscapes => {
                "Quotes are read as escaped by a backslash (\\\").".to_owned()
            }
            Self::EmptyCellsDropped(lines) => format!(
                "{} empty cells after the last column, which are left out{}.",
                counted(lines.count, "row has", "rows have"),
                named(lines)
            ),
            Self::EmptyColumnDropped { number } => {
                format!("Column {number} has no name and no values, and is left out.")
            }
            Self::ColumnRenamed { from, to } if from.is_empty() => {
                format!("A column without a name is called “{to}”.")
            }
            Self::ColumnRenamed { from, to } => format!("A column “{from}” is called “{to}”."),
            Self::ListChosen { path } => format!("The rows are the list “{}”.", path.join(".")),
        }
    }
}

/// A count with the words that follow it.
pub(crate) fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// The lines in parentheses, at most five.
pub(crate) fn named(lines: &Lines) -> String {
    let shown: Vec<String> = lines.lines.iter().take(5).map(u64::to_string).collect();
    let word = if lines.count == 1 { "line" } else { "lines" };
    let more = if lines.count > 5 { ", …" } else { "" };
    format!(" ({word} {}{more})", shown.join(", "))
}
