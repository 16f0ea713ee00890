//! Reads rows out of chunks of bytes, with the physical line of each row.

use prox_types::BadRow;
use serde::{Deserialize, Serialize};

use crate::csv::{self, Cells, Flaw, Split};
use crate::error::FileError;
use crate::json::{self, Bad, Keys, no_nul, not_json, too_long};
use crate::names::unique_names;
use crate::record::{Lines, Row, line_breaks, line_end, raw_text};
use crate::source::{Dialect, Limits, Note, Source};

const BOM: &[u8] = b"\xEF\xBB\xBF";

/// Where a reader stands between two rows. Serializable, so that an import can go on later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Checkpoint {
    /// How many bytes of the file are read: the next [`Reader::push`] begins with this byte.
    pub offset: u64,
    /// The physical line at this offset, from 1.
    pub line: u64,
    /// What was read so far.
    pub report: ReadReport,
    /// The byte before the offset is a CR, whose LF does not count.
    after_cr: bool,
    stage: Stage,
    /// The columns so far, as the file names them.
    headers: Vec<String>,
}

impl Checkpoint {
    /// The columns so far as the file names them, as [`Reader::headers`].
    #[must_use]
    pub fn headers(&self) -> &[String] {
        &self.headers
    }
}

impl Default for Checkpoint {
    fn default() -> Self {
        Self {
            offset: 0,
            line: 1,
            report: ReadReport::default(),
            after_cr: false,
            stage: Stage::Start,
            headers: Vec::new(),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Stage {
    /// Before the first row: header, or the list in a JSON document.
    Start,
    /// Before a row.
    Row,
    /// After a row of a JSON list.
    Separator,
    /// After the rows.
    Done,
}

/// What a reader has read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadReport {
    /// How many good rows.
    pub rows: u64,
    /// How many bad rows.
    pub bad_rows: u64,
    /// Rows with empty cells after the last column, which are left out.
    pub empty_cells: Lines,
    /// Comments between the rows.
    pub comments: Lines,
}

impl ReadReport {
    /// What a person should know about the rows.
    #[must_use]
    pub fn notes(&self) -> Vec<Note> {
        let mut notes = Vec::new();
        if self.empty_cells.count > 0 {
            notes.push(Note::EmptyCellsDropped(self.empty_cells.clone()));
        }
        if self.comments.count > 0 {
            notes.push(Note::CommentsSkipped(self.comments.clone()));
        }
        notes
    }
}

/// A row, or one that is kept aside.
#[derive(Debug)]
pub enum NextRow<'a> {
    /// A row with the right number of cells.
    Row(Row<'a>),
    /// A row that cannot be read.
    Bad(BadRow),
}

/// Reads the rows of a file whose bytes arrive in chunks.
///
/// Call [`push`](Self::push) with a chunk, then [`next`](Self::next) until it returns `None`;
/// after the last chunk call [`end`](Self::end), and `next` until it returns `None`. The result
/// does not depend on where chunks begin.
#[derive(Debug)]
pub struct Reader {
    source: Source,
    limits: Limits,
    position: Checkpoint,
    /// Bytes that were pushed; those before `start` are read.
    buffer: Vec<u8>,
    start: usize,
    ended: bool,
    /// A row is incomplete while there are fewer unread bytes than this.
    retry_at: usize,
    /// How many cells a row of a CSV file has.
    width: Option<usize>,
    keys: Keys,
    cells: Cells,
    text: String,
}

/// A row of which the bytes and the cells are known.
struct Good {
    line: u64,
    start: usize,
    end: usize,
}

enum Advance {
    More,
    Good(Good),
    Bad(BadRow),
}

impl Reader {
    /// A reader at the beginning of a file.
    #[must_use]
    pub fn new(source: Source, limits: Limits) -> Self {
        Self::resume(source, limits, Checkpoint::default())
    }

    /// A reader that goes on at a checkpoint, with the same source and limits as before.
    #[must_use]
    pub fn resume(source: Source, limits: Limits, checkpoint: Checkpoint) -> Self {
        let started = checkpoint.stage != Stage::Start;
        let (width, keys) = match &source {
            Source::Csv(_) => (started.then_some(checkpoint.headers.len()), Keys::default()),
            _ => (None, Keys::new(&checkpoint.headers)),
        };
        Self {
            source,
            limits,
            position: checkpoint,
            buffer: Vec::new(),
            start: 0,
            ended: false,
            retry_at: 0,
            width,
            keys,
            cells: Cells::default(),
            text: String::new(),
        }
    }

    /// Where this reader stands: after the last row that [`next`](Self::next) returned.
    #[must_use]
    pub fn checkpoint(&self) -> Checkpoint {
        self.position.clone()
    }

    /// What was read so far.
    #[must_use]
    pub fn report(&self) -> &ReadReport {
        &self.position.report
    }

    /// The columns so far as the file names them: the header of a CSV file (empty names without
    /// one), or the keys of JSON objects in the order of their first appearance.
    #[must_use]
    pub fn headers(&self) -> &[String] {
        &self.position.headers
    }

    /// Adds the next bytes of the file.
    pub fn push(&mut self, chunk: &[u8]) {
        if self.start > 0 {
            self.buffer.drain(..self.start);
            self.start = 0;
        }
        self.buffer.extend_from_slice(chunk);
    }

    /// Says that no bytes follow.
    pub fn end(&mut self) {
        self.ended = true;
    }

    /// The next row. `None`: it needs more bytes, or there are no more rows.
    ///
    /// # Errors
    ///
    /// When the file cannot be imported. The reader returns the same error again.
    #[allow(
        clippy::should_implement_trait,
        reason = "lends the row, which an iterator cannot"
    )]
    pub fn next(&mut self) -> Result<Option<NextRow<'_>>, FileError> {
        if self.position.offset + self.unread().len() as u64 > self.limits.bytes {
            return Err(FileError::TooManyBytes {
                limit: self.limits.bytes,
            });
        }
        let advance = match &self.source {
            Source::Csv(dialect) => {
                let dialect = dialect.clone();
                self.advance_csv(&dialect)?
            }
            Source::JsonLines => self.advance_lines()?,
            Source::JsonList { path, offset, line } => {
                let (whole, offset, line) = (path.is_empty(), *offset, *line);
                self.advance_list(whole, offset, line)?
            }
        };
        Ok(match advance {
            Advance::More => None,
            Advance::Bad(bad) => {
                self.position.report.bad_rows += 1;
                Some(NextRow::Bad(bad))
            }
            Advance::Good(good) => {
                self.position.report.rows += 1;
                Some(NextRow::Row(Row {
                    line: good.line,
                    raw: self.buffer.get(good.start..good.end).unwrap_or_default(),
                    text: &self.text,
                    spans: &self.cells.spans,
                }))
            }
        })
    }

    fn unread(&self) -> &[u8] {
        self.buffer.get(self.start..).unwrap_or_default()
    }

    fn consume(&mut self, count: usize) {
        self.start += count;
        self.position.offset += count as u64;
        self.retry_at = 0;
    }

    /// Consumes the line break at the beginning, when there is one.
    fn consume_break(&mut self) -> bool {
        match self.unread().first() {
            Some(b'\n') => {
                self.position.line += u64::from(!self.position.after_cr);
                self.position.after_cr = false;
            }
            Some(b'\r') => {
                self.position.line += 1;
                self.position.after_cr = true;
            }
            Some(_) => {
                self.position.after_cr = false;
                return false;
            }
            None => return false,
        }
        self.consume(1);
        true
    }

    /// Consumes a byte order mark. False: more bytes are needed to decide.
    fn consume_bom(&mut self) -> bool {
        if self.position.offset > 0 {
            return true;
        }
        if self.unread().starts_with(BOM) {
            self.consume(BOM.len());
            return true;
        }
        self.ended || !BOM.starts_with(self.unread())
    }

    fn needs_more(&mut self) -> Advance {
        self.retry_at = self.unread().len() * 2;
        Advance::More
    }

    /// Fails when there are as many rows as the limit, and one more begins.
    fn check_rows(&self) -> Result<(), FileError> {
        let limit = self.limits.rows;
        if self.position.report.rows + self.position.report.bad_rows >= limit {
            return Err(FileError::TooManyRows { limit });
        }
        Ok(())
    }

    fn row_too_long(&self) -> FileError {
        FileError::RowTooLong {
            line: self.position.line,
            limit: self.limits.row_bytes,
        }
    }

    /// Takes a row of `length` bytes, and returns it with its line. `start` and `end` are offsets
    /// in the buffer.
    fn take_row(&mut self, length: usize) -> Good {
        let start = self.start;
        let raw = self.buffer.get(start..start + length).unwrap_or_default();
        let breaks = line_breaks(raw);
        let after_cr = raw.last() == Some(&b'\r');
        let line = self.position.line;
        self.consume(length);
        self.position.line += breaks;
        self.position.after_cr = after_cr;
        Good {
            line,
            start,
            end: start + length,
        }
    }

    fn bad(&self, row: &Good, reason: String) -> Advance {
        let raw = self.buffer.get(row.start..row.end).unwrap_or_default();
        Advance::Bad(BadRow {
            line: row.line,
            reason,
            text: raw_text(raw),
        })
    }

    /// Fails when the next `length` bytes are not UTF-8.
    fn check_utf8(&self, length: usize) -> Result<&str, FileError> {
        let raw = self.unread().get(..length).unwrap_or_default();
        std::str::from_utf8(raw).map_err(|error| {
            let valid = raw.get(..error.valid_up_to()).unwrap_or_default();
            FileError::NotUtf8 {
                line: self.position.line + line_breaks(valid),
            }
        })
    }

    fn advance_csv(&mut self, dialect: &Dialect) -> Result<Advance, FileError> {
        loop {
            if !self.consume_bom() {
                return Ok(Advance::More);
            }
            if self.consume_break() {
                continue;
            }
            if self.unread().is_empty() {
                return Ok(Advance::More);
            }
            if self.position.line <= dialect.skip_lines {
                let length = line_end(self.unread()).unwrap_or(self.unread().len());
                self.consume(length);
                continue;
            }
            if !self.ended && self.unread().len() < self.retry_at {
                return Ok(Advance::More);
            }
            let (window, full, end) = window(&self.buffer, self.start, &self.limits, self.ended);
            if self.width != Some(1) {
                // A line of blanks is a blank line.
                let blanks = csv::blanks(window, dialect.delimiter.byte());
                match window.get(blanks) {
                    Some(b'\r' | b'\n') => {
                        self.consume(blanks);
                        continue;
                    }
                    None if end => {
                        self.consume(blanks);
                        continue;
                    }
                    None if !full => return Ok(self.needs_more()),
                    _ => {}
                }
            }
            // The memory of the last row's text serves again.
            self.cells.bytes = std::mem::take(&mut self.text).into_bytes();
            let split = csv::split(window, dialect, &self.limits, end, &mut self.cells);
            let (consumed, flaw) = match split {
                Split::Row { consumed, flaw } => (consumed, flaw),
                Split::Incomplete { open_quote } if end || full => {
                    return Err(match open_quote {
                        Some(open) => {
                            let before = self.unread().get(..open).unwrap_or_default();
                            let line = self.position.line + line_breaks(before);
                            FileError::UnclosedQuote { line }
                        }
                        None => self.row_too_long(),
                    });
                }
                Split::Incomplete { .. } => return Ok(self.needs_more()),
            };
            self.check_utf8(consumed)?;
            let bytes = std::mem::take(&mut self.cells.bytes);
            // The bytes are UTF-8 because the row is, and cells end at ASCII characters.
            self.text = String::from_utf8(bytes).unwrap_or_default();
            if let Some(advance) = self.take_csv_row(dialect, consumed, flaw)? {
                return Ok(advance);
            }
        }
    }

    /// Decides what the row is that was split: `None` for the header or a comment.
    fn take_csv_row(
        &mut self,
        dialect: &Dialect,
        consumed: usize,
        flaw: Option<Flaw>,
    ) -> Result<Option<Advance>, FileError> {
        let line = self.position.line;
        let count = self.cells.count;
        let Some(width) = self.width else {
            // A longer header than expected keeps all its names.
            let named = if dialect.header { self.cells.filled } else { 0 };
            let width = dialect.columns.map_or(count, |it| it.max(named));
            if width > self.limits.columns {
                let limit = self.limits.columns;
                return Err(FileError::TooManyColumns { line, limit });
            }
            let mut headers = vec![String::new(); width];
            if dialect.header {
                if let Some(flaw) = flaw {
                    let reason = self.explain(flaw);
                    return Err(FileError::Header { line, reason });
                }
                for (header, span) in headers.iter_mut().zip(&self.cells.spans) {
                    let text = self.text.get(span.start..span.end).unwrap_or_default();
                    *header = text.trim().chars().take(json::MAX_KEY / 4).collect();
                }
            }
            self.position.headers = headers;
            self.position.stage = Stage::Row;
            self.width = Some(width);
            if dialect.header {
                self.take_row(consumed);
            }
            // Without a header, the row is split once more.
            return Ok(None);
        };
        let comment = dialect.comments
            && self.unread().first() == Some(&b'#')
            && count != width
            && line_breaks(self.unread().get(..consumed).unwrap_or_default()) <= 1;
        if !comment {
            self.check_rows()?;
        }
        let row = self.take_row(consumed);
        if comment {
            self.position.report.comments.add(line);
            return Ok(None);
        }
        if let Some(flaw) = flaw {
            let reason = self.explain(flaw);
            return Ok(Some(self.bad(&row, reason)));
        }
        if count < width || self.cells.filled > width {
            let reason = format!(
                "This row has {}, and the table has {}.",
                crate::source::counted(count as u64, "cell", "cells"),
                crate::source::counted(width as u64, "column", "columns")
            );
            return Ok(Some(self.bad(&row, reason)));
        }
        if let Some(at) = self.text.bytes().position(|it| it == 0) {
            let mut spans = self.cells.spans.iter();
            let cell = spans.position(|it| at < it.end).unwrap_or_default();
            let reason = no_nul(&self.column_name(cell));
            return Ok(Some(self.bad(&row, reason)));
        }
        if count > width {
            self.cells.spans.truncate(width);
            self.position.report.empty_cells.add(line);
        }
        Ok(Some(Advance::Good(row)))
    }

    /// The name of a column for a sentence.
    fn column_name(&self, index: usize) -> String {
        let (names, _) = unique_names(&self.position.headers);
        let name = names.get(index).cloned();
        name.unwrap_or_else(|| format!("column{}", index + 1))
    }

    fn explain(&self, flaw: Flaw) -> String {
        match flaw {
            Flaw::TextAfterQuote { cell } => format!(
                "Text follows the closing quote in cell {}. A quote inside of a quoted cell is \
                 written twice.",
                cell + 1
            ),
            Flaw::CellTooLong { cell } => too_long(&self.column_name(cell), &self.limits),
        }
    }

    fn advance_lines(&mut self) -> Result<Advance, FileError> {
        loop {
            if !self.consume_bom() {
                return Ok(Advance::More);
            }
            if self.consume_break() {
                continue;
            }
            if self.unread().is_empty() || (!self.ended && self.unread().len() < self.retry_at) {
                return Ok(Advance::More);
            }
            let (window, full, end) = window(&self.buffer, self.start, &self.limits, self.ended);
            let length = match line_end(window) {
                Some(length) => length,
                None if end => window.len(),
                None if full => return Err(self.row_too_long()),
                None => return Ok(self.needs_more()),
            };
            let text = self.check_utf8(length)?;
            if text.trim_ascii().is_empty() {
                self.consume(length);
                continue;
            }
            return self.take_json_row(length);
        }
    }

    /// Takes the JSON object of `length` bytes.
    fn take_json_row(&mut self, length: usize) -> Result<Advance, FileError> {
        self.check_rows()?;
        let line = self.position.line;
        self.check_utf8(length)?;
        let raw = self.buffer.get(self.start..self.start + length);
        let text = std::str::from_utf8(raw.unwrap_or_default()).unwrap_or_default();
        let split = json::split(
            text.trim_ascii(),
            &self.limits,
            &mut self.position.headers,
            &mut self.keys,
            &mut self.text,
            &mut self.cells.spans,
        );
        if matches!(split, Err(Bad::TooManyColumns)) {
            let limit = self.limits.columns;
            return Err(FileError::TooManyColumns { line, limit });
        }
        let row = self.take_row(length);
        Ok(match split {
            Err(Bad::Row(reason)) => self.bad(&row, reason),
            _ => Advance::Good(row),
        })
    }

    fn advance_list(&mut self, whole: bool, offset: u64, line: u64) -> Result<Advance, FileError> {
        if self.position.offset <= offset && self.position.stage == Stage::Start {
            let before = usize::try_from(offset - self.position.offset).unwrap_or(usize::MAX);
            self.consume(before.min(self.unread().len()));
            if self.unread().is_empty() {
                return self.list_ends_early(line);
            }
            if self.unread().first() != Some(&b'[') {
                return Err(not_json(line, "The list of rows is expected here."));
            }
            self.position.line = line;
            self.position.stage = Stage::Row;
            self.consume(1);
        }
        loop {
            if self.position.stage == Stage::Done && !whole {
                // The rest of the document is not read.
                self.consume(self.unread().len());
                return Ok(Advance::More);
            }
            if self.consume_break() {
                continue;
            }
            let Some(first) = self.unread().first().copied() else {
                return if self.position.stage == Stage::Done {
                    Ok(Advance::More)
                } else {
                    self.list_ends_early(line)
                };
            };
            match (self.position.stage, first) {
                (_, b' ' | b'\t') => self.consume(1),
                (Stage::Row | Stage::Separator, b']') => {
                    self.consume(1);
                    self.position.stage = Stage::Done;
                }
                (Stage::Separator, b',') => {
                    self.consume(1);
                    self.position.stage = Stage::Row;
                }
                (Stage::Row, b',' | b'}' | b':') => {
                    return Err(not_json(self.position.line, "A row is expected here."));
                }
                (Stage::Row, _) => {
                    if !self.ended && self.unread().len() < self.retry_at {
                        return Ok(Advance::More);
                    }
                    let (window, full, end) =
                        window(&self.buffer, self.start, &self.limits, self.ended);
                    let Some(length) = json::value_end(window, end) else {
                        if full {
                            return Err(self.row_too_long());
                        }
                        if end {
                            return self.list_ends_early(self.position.line);
                        }
                        return Ok(self.needs_more());
                    };
                    let advance = self.take_json_row(length)?;
                    self.position.stage = Stage::Separator;
                    return Ok(advance);
                }
                (Stage::Done, _) => {
                    let reason = "Text follows the list of rows.";
                    return Err(not_json(self.position.line, reason));
                }
                _ => {
                    let reason = "A comma or the end of the list is expected here.";
                    return Err(not_json(self.position.line, reason));
                }
            }
        }
    }

    fn list_ends_early(&self, line: u64) -> Result<Advance, FileError> {
        if self.ended {
            return Err(FileError::Truncated { line });
        }
        Ok(Advance::More)
    }
}

/// The unread bytes that a row may have, whether there are more of them, and whether no byte
/// follows.
fn window<'a>(
    buffer: &'a [u8],
    start: usize,
    limits: &Limits,
    ended: bool,
) -> (&'a [u8], bool, bool) {
    let unread = buffer.get(start..).unwrap_or_default();
    match unread.get(..limits.row_bytes) {
        Some(window) if window.len() < unread.len() => (window, true, false),
        _ => (unread, false, ended),
    }
}
