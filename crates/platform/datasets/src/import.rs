//! The steps of an import. Each takes a part of the file, and leaves a state that is kept as JSON until the next one.

use std::collections::HashSet;

use prox_types::{
    BadRow, ColumnChoice, ColumnHint, ColumnType, ImportChoices, ImportColumn, LineCount,
};
use serde::{Deserialize, Serialize};

use crate::column::Column;
use crate::detect::{Detection, detect};
use crate::error::FileError;
use crate::infer::Inference;
use crate::reader::{Checkpoint, NextRow, Reader};
use crate::record::{CellKind, Lines, Row};
use crate::source::{Limits, Source};
use crate::value::{Value, type_row};

/// The greatest sizes of an import.
pub const IMPORT_LIMITS: Limits = Limits {
    bytes: prox_types::MAX_IMPORT as u64,
    rows: 200_000,
    columns: 64,
    row_bytes: 1_000_000,
    cell_bytes: 64_000,
};

/// Bytes of the file that a step takes: more than the longest row.
pub const STEP_BYTES: usize = 2_000_000;

const SAMPLE_ROWS: usize = 10;
const SAMPLE_CHARS: usize = 120;

/// A part of a file: the bytes after those that were read.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// The bytes.
    pub bytes: &'a [u8],
    /// Whether no bytes follow.
    pub is_last: bool,
}

/// Choices with the types of the columns that the dataset has already.
#[must_use]
pub fn with_types_of(
    mut choices: ImportChoices,
    dataset: impl IntoIterator<Item = (String, ColumnType)>,
) -> ImportChoices {
    for (name, kind) in dataset {
        choices.columns.entry(name).or_default().r#type = Some(kind);
    }
    choices
}

/// The first pass: finds the columns.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Reading {
    detection: Detection,
    checkpoint: Checkpoint,
    inference: Inference,
    sample: Vec<Vec<Option<String>>>,
}

/// What the first pass found.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Found {
    /// How the file is read.
    pub source: Source,
    /// The columns with their formats, for the second pass.
    pub formats: Vec<Column>,
    /// The columns.
    pub columns: Vec<ImportColumn>,
    /// What a person should know, as sentences.
    pub notes: Vec<String>,
    /// The lists of rows in a JSON document.
    pub lists: Vec<Vec<String>>,
    /// Cells of the first rows.
    pub sample: Vec<Vec<Option<String>>>,
    /// How many rows can be read.
    pub rows: u64,
    /// How many cannot.
    pub bad_rows: u64,
}

impl Reading {
    /// Looks at the first part of a file.
    ///
    /// # Errors
    /// When the file cannot be imported.
    pub fn begin(
        part: Part<'_>,
        file_name: &str,
        choices: &ImportChoices,
    ) -> Result<Self, FileError> {
        let detection = detect(
            part.bytes,
            part.is_last,
            Some(file_name),
            choices,
            &IMPORT_LIMITS,
        )?;
        Ok(Self {
            detection,
            checkpoint: Checkpoint::default(),
            inference: Inference::new(choices),
            sample: Vec::new(),
        })
    }

    /// Where the next part begins.
    #[must_use]
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// Reads a part.
    ///
    /// # Errors
    /// When the file cannot be imported.
    pub fn read(&mut self, part: Part<'_>) -> Result<(), FileError> {
        let mut reader = reader(&self.detection.source, &self.checkpoint, part);
        while let Some(next) = reader.next()? {
            if let NextRow::Row(row) = next {
                self.inference.observe(&row);
                if self.sample.len() < SAMPLE_ROWS {
                    self.sample.push(shown(&row));
                }
            }
        }
        self.checkpoint = reader.checkpoint();
        Ok(())
    }

    /// What was found, after the last part.
    #[must_use]
    pub fn found(self, choices: &ImportChoices) -> Found {
        let Detection {
            source,
            notes,
            lists,
        } = self.detection;
        let schema = self
            .inference
            .schema(&source, self.checkpoint.headers(), choices);
        let report = self.checkpoint.report.notes();
        let all = notes.iter().chain(&schema.notes).chain(&report);
        let columns = &schema.columns;
        let sample = self.sample.into_iter().map(|row| {
            let cell = |column: &Column| row.get(column.index).cloned().flatten();
            columns.iter().map(cell).collect()
        });
        Found {
            notes: all.map(crate::Note::message).collect(),
            lists: lists.into_iter().map(|list| list.path).collect(),
            sample: sample.collect(),
            columns: columns.iter().map(described).collect(),
            formats: schema.columns,
            rows: self.checkpoint.report.rows,
            bad_rows: self.checkpoint.report.bad_rows,
            source,
        }
    }
}

/// A reader that goes on at a checkpoint with a part.
fn reader(source: &Source, checkpoint: &Checkpoint, part: Part<'_>) -> Reader {
    let mut reader = Reader::resume(source.clone(), IMPORT_LIMITS, checkpoint.clone());
    reader.push(part.bytes);
    if part.is_last {
        reader.end();
    }
    reader
}

/// The beginnings of a row's cells.
fn shown(row: &Row<'_>) -> Vec<Option<String>> {
    row.cells()
        .map(|cell| match (cell.kind, cell.text) {
            (CellKind::Null, _) | (CellKind::Plain, "") => None,
            (_, text) if text.chars().nth(SAMPLE_CHARS).is_some() => {
                let cut: String = text.chars().take(SAMPLE_CHARS - 1).collect();
                Some(cut + "…")
            }
            (_, text) => Some(text.to_owned()),
        })
        .collect()
}

fn described(column: &Column) -> ImportColumn {
    let count = |lines: &Lines| LineCount {
        count: lines.count,
        lines: lines.lines.clone(),
    };
    ImportColumn {
        name: column.name.clone(),
        r#type: column.format.r#type,
        nulls: column.nulls,
        misfits: count(&column.misfits),
        hints: column
            .hints
            .iter()
            .map(|hint| ColumnHint {
                message: hint.message(),
                choice: ColumnChoice::from(hint.offer.clone()),
                misfits: hint.misfits,
            })
            .collect(),
    }
}

/// How rows are numbered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Numbering {
    /// One after the other, from this number on.
    From(u64),
    /// By their physical lines: the line times 2^20, and more for further rows on the same line.
    ByLine,
}

/// The second pass: makes typed rows.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Storing {
    source: Source,
    columns: Vec<Column>,
    numbering: Numbering,
    checkpoint: Checkpoint,
    stored: u64,
    bad: u64,
    /// The number of the last row, by lines.
    last: u64,
}

/// The rows of one part.
#[derive(Clone, Debug, Default)]
pub struct StoredRows {
    /// The rows as one text: their numbers and values, separated by the characters below.
    pub text: String,
    /// What is between two values, between two rows, and what stands for null. None of them is in a value.
    pub marks: [char; 3],
    /// The rows that are kept aside.
    pub bad: Vec<BadRow>,
}

impl Storing {
    /// Begins the second pass. `types` are those of the columns of the dataset, in the order of the formats.
    #[must_use]
    pub fn begin(found: Found, types: &[ColumnType], numbering: Numbering) -> Self {
        let mut columns = found.formats;
        for (column, kind) in columns.iter_mut().zip(types) {
            column.format.r#type = *kind;
        }
        Self {
            source: found.source,
            columns,
            numbering,
            checkpoint: Checkpoint::default(),
            stored: 0,
            bad: 0,
            last: 0,
        }
    }

    /// Where the next part begins.
    #[must_use]
    pub fn checkpoint(&self) -> &Checkpoint {
        &self.checkpoint
    }

    /// How many rows are stored, and how many are kept aside.
    #[must_use]
    pub fn counts(&self) -> (u64, u64) {
        (self.stored, self.bad)
    }

    /// Types the rows of a part.
    ///
    /// # Errors
    /// When the file cannot be imported.
    pub fn read(&mut self, part: Part<'_>) -> Result<StoredRows, FileError> {
        let mut reader = reader(&self.source, &self.checkpoint, part);
        let mut rows = Vec::new();
        let mut bad = Vec::new();
        while let Some(next) = reader.next()? {
            match next {
                NextRow::Bad(row) => bad.push(row),
                NextRow::Row(row) => match type_row(&self.columns, &row) {
                    Ok(values) => {
                        let number = match self.numbering {
                            Numbering::From(first) => first + self.stored,
                            Numbering::ByLine => (row.line() << 20).max(self.last + 1),
                        };
                        self.last = number;
                        self.stored += 1;
                        rows.push((number, values));
                    }
                    Err(row) => bad.push(row),
                },
            }
        }
        self.checkpoint = reader.checkpoint();
        self.bad += bad.len() as u64;
        let marks = unused_marks(rows.iter().flat_map(|(_, values)| values));
        Ok(StoredRows {
            text: joined(&rows, marks),
            marks,
            bad,
        })
    }
}

/// Three characters that no text has: control characters, which are rare, else any others. A part is too short to have
/// all characters.
fn unused_marks<'a>(values: impl Iterator<Item = &'a Value> + Clone) -> [char; 3] {
    let texts = values.filter_map(|value| match value {
        Value::Text(text) => Some(text.as_str()),
        _ => None,
    });
    let mut used = 0_u32;
    for byte in texts.clone().flat_map(str::bytes).filter(|it| *it < 32) {
        used |= 1 << byte;
    }
    let controls = (1..32_u8).rev().filter(|it| used & (1 << it) == 0);
    let mut free: Vec<char> = controls.map(char::from).take(3).collect();
    if free.len() < 3 {
        let used: HashSet<char> = texts.flat_map(str::chars).collect();
        free.extend(
            ('\u{e000}'..=char::MAX)
                .filter(|it| !used.contains(it))
                .take(3),
        );
    }
    let mut free = free.into_iter();
    std::array::from_fn(|_| free.next().unwrap_or_default())
}

fn joined(rows: &[(u64, Vec<Value>)], [value_end, row_end, null]: [char; 3]) -> String {
    let mut text = String::new();
    for (at, (number, values)) in rows.iter().enumerate() {
        if at > 0 {
            text.push(row_end);
        }
        text.push_str(&number.to_string());
        for value in values {
            text.push(value_end);
            match value {
                Value::Null => text.push(null),
                Value::Text(value)
                | Value::Numeric(value)
                | Value::Date(value)
                | Value::Time(value)
                | Value::Datetime(value) => text.push_str(value),
                // All are in UTC.
                Value::Timestamp(value) => text.push_str(value.trim_end_matches('Z')),
                // `9.0` is stored as 9, as the API stores it.
                Value::Number(_) => {
                    let number = value.to_text();
                    text.push_str(number.strip_suffix(".0").unwrap_or(&number));
                }
                Value::Boolean(_) | Value::Integer(_) => text.push_str(&value.to_text()),
            }
        }
    }
    text
}
