//! Imports a whole file, as a person who accepts what is suggested.

#![allow(dead_code, reason = "each test program uses a part of it")]

use prox_datasets::{
    BadRow, Checkpoint, Column, Detection, FileError, ImportChoices, Inference, Limits, NextRow,
    Note, ReadReport, Reader, Schema, Value, detect, type_row,
};

/// A file after its import.
#[derive(Debug)]
pub(crate) struct Imported {
    pub(crate) detection: Detection,
    pub(crate) schema: Schema,
    /// Each typed row with its line.
    pub(crate) rows: Vec<(u64, Vec<Value>)>,
    /// Rows kept aside by the reader or because of their types.
    pub(crate) bad: Vec<BadRow>,
    pub(crate) report: ReadReport,
}

impl Imported {
    pub(crate) fn column(&self, name: &str) -> &Column {
        let mut columns = self.schema.columns.iter();
        let found = columns.find(|it| it.name == name);
        found.unwrap_or_else(|| panic!("no column {name} in {:?}", self.names()))
    }

    pub(crate) fn names(&self) -> Vec<&str> {
        self.schema.columns.iter().map(|it| &*it.name).collect()
    }

    /// The rows as JSON.
    pub(crate) fn json(&self) -> String {
        let rows: Vec<&Vec<Value>> = self.rows.iter().map(|(_, values)| values).collect();
        serde_json::to_string(&rows).unwrap()
    }

    pub(crate) fn lines(&self) -> Vec<u64> {
        self.rows.iter().map(|(line, _)| *line).collect()
    }

    pub(crate) fn bad_lines(&self) -> Vec<u64> {
        self.bad.iter().map(|it| it.line).collect()
    }

    pub(crate) fn has_note(&self, wanted: impl Fn(&Note) -> bool) -> bool {
        let read = self.report.notes();
        let notes = self
            .detection
            .notes
            .iter()
            .chain(&self.schema.notes)
            .chain(&read);
        notes.into_iter().any(wanted)
    }
}

pub(crate) fn import(file: &[u8]) -> Imported {
    import_with(file, &ImportChoices::default())
}

pub(crate) fn import_with(file: &[u8], choices: &ImportChoices) -> Imported {
    try_import(file, choices, file.len().max(1)).unwrap()
}

pub(crate) fn fails(file: &[u8]) -> FileError {
    try_import(file, &ImportChoices::default(), file.len().max(1)).unwrap_err()
}

/// Imports a file in chunks of `chunk` bytes, as an import does that stops and resumes after each
/// of them.
pub(crate) fn try_import(
    file: &[u8],
    choices: &ImportChoices,
    chunk: usize,
) -> Result<Imported, FileError> {
    let limits = Limits::default();
    let detection = detect(file, true, None, choices, &limits)?;
    let mut inference = Inference::new(choices);
    let mut headers = Vec::new();
    let mut report = ReadReport::default();
    each_row(file, &detection, chunk, &mut headers, &mut report, |row| {
        if let NextRow::Row(row) = row {
            inference.observe(&row);
        }
    })?;
    let schema = inference.schema(&detection.source, &headers, choices);
    let mut rows = Vec::new();
    let mut bad = Vec::new();
    each_row(
        file,
        &detection,
        chunk,
        &mut headers,
        &mut report,
        |row| match row {
            NextRow::Row(row) => match type_row(&schema.columns, &row) {
                Ok(values) => rows.push((row.line(), values)),
                Err(row) => bad.push(row),
            },
            NextRow::Bad(row) => bad.push(row),
        },
    )?;
    Ok(Imported {
        detection,
        schema,
        rows,
        bad,
        report,
    })
}

fn each_row(
    file: &[u8],
    detection: &Detection,
    chunk: usize,
    headers: &mut Vec<String>,
    report: &mut ReadReport,
    mut take: impl FnMut(NextRow<'_>),
) -> Result<(), FileError> {
    let limits = Limits::default();
    let mut checkpoint = Checkpoint::default();
    let mut pushed = 0;
    loop {
        // Each chunk has a reader of its own, which begins where the last one stopped.
        let mut reader = Reader::resume(detection.source.clone(), limits, checkpoint.clone());
        pushed = (pushed + chunk).min(file.len());
        let from = usize::try_from(checkpoint.offset).unwrap();
        reader.push(&file[from..pushed]);
        if pushed == file.len() {
            reader.end();
        }
        while let Some(row) = reader.next()? {
            take(row);
        }
        let stored = serde_json::to_string(&reader.checkpoint()).unwrap();
        checkpoint = serde_json::from_str(&stored).unwrap();
        if pushed == file.len() {
            *headers = reader.headers().to_vec();
            *report = reader.report().clone();
            return Ok(());
        }
    }
}
