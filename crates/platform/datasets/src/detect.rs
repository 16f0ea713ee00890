//! Looks at the beginning of a file, and suggests how to read it.

use serde::{Deserialize, Serialize};

use crate::classify::{Class, classify};
use crate::csv::{self, Cells, Split};
use crate::error::FileError;
use crate::json;
use crate::record::{Cell, line_breaks, line_end};
use crate::source::{CANDIDATES, Dialect, Limits, Note, Source};
use prox_types::{Delimiter, ImportChoices};

/// How many rows detection looks at.
const SAMPLE_ROWS: usize = 500;

/// How many lines of titles are skipped at most.
const MAX_TITLES: usize = 10;

/// How a file can be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Detection {
    /// The suggestion, with the choices in it.
    pub source: Source,
    /// What a person should know about it.
    pub notes: Vec<Note>,
    /// The lists of objects in a JSON document, to choose from.
    pub lists: Vec<JsonList>,
}

/// A list of objects in a JSON document.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JsonList {
    /// The keys that lead to it; none when the document is the list.
    pub path: Vec<String>,
}

/// Suggests how to read a file.
///
/// `head` is the beginning of the file, at best 64 kB or more; `complete` says that it is all of
/// it. The lists in a JSON document are found in `head` only. `file_name` decides only where the
/// content does not.
///
/// # Errors
///
/// When the file cannot be imported at all. Other mistakes are found by the reader.
pub fn detect(
    head: &[u8],
    complete: bool,
    file_name: Option<&str>,
    choices: &ImportChoices,
    limits: &Limits,
) -> Result<Detection, FileError> {
    check_encoding(head)?;
    let bom = if head.starts_with(b"\xEF\xBB\xBF") {
        3
    } else {
        0
    };
    let text = head.get(bom..).unwrap_or_default();
    if complete && text.trim_ascii().is_empty() {
        return Err(FileError::Empty);
    }
    if choices.delimiter.is_some() {
        return detect_csv(text, complete, choices, limits);
    }
    match json_kind(text, complete, file_name) {
        JsonKind::NotJson => detect_csv(text, complete, choices, limits),
        JsonKind::Lines => Ok(Detection {
            source: Source::JsonLines,
            notes: Vec::new(),
            lists: Vec::new(),
        }),
        JsonKind::Document => detect_lists(text, bom, choices),
    }
}

fn check_encoding(head: &[u8]) -> Result<(), FileError> {
    if head.starts_with(b"\xFF\xFE") || head.starts_with(b"\xFE\xFF") {
        return Err(FileError::Utf16);
    }
    for (magic, kind) in [
        (&b"PK\x03\x04"[..], "an Excel workbook or a zip file"),
        (b"\xD0\xCF\x11\xE0", "an old Excel workbook"),
        (b"\x1F\x8B", "a gzip file"),
        (b"%PDF-", "a PDF"),
        (b"PAR1", "a Parquet file"),
        (b"SQLite format 3\0", "a SQLite database"),
    ] {
        if head.starts_with(magic) {
            return Err(FileError::NotText { kind });
        }
    }
    // Text in UTF-16 has a zero byte in nearly every character.
    let sample = head.get(..1000).unwrap_or(head);
    let zeros = sample.iter().filter(|it| **it == 0).count();
    if zeros * 4 > sample.len() {
        return Err(FileError::Utf16);
    }
    Ok(())
}

enum JsonKind {
    NotJson,
    Lines,
    Document,
}

fn json_kind(text: &[u8], complete: bool, file_name: Option<&str>) -> JsonKind {
    let named = |extensions: &[&str]| {
        let extension = file_name.and_then(|it| it.rsplit_once('.')).map(|it| it.1);
        extension.is_some_and(|it| {
            extensions
                .iter()
                .any(|known| it.eq_ignore_ascii_case(known))
        })
    };
    let trimmed = text.trim_ascii_start();
    let second = trimmed
        .get(1..)
        .unwrap_or_default()
        .trim_ascii_start()
        .first();
    let begins = match trimmed.first() {
        Some(b'{') => matches!(second, Some(b'"' | b'}')),
        // A list of something else is told what a row is, but only when it surely is a list.
        Some(b'[') => {
            matches!(second, Some(b'{'))
                || complete && serde_json::from_slice::<serde::de::IgnoredAny>(trimmed).is_ok()
        }
        _ => false,
    };
    if !begins || named(&["csv", "tsv", "tab"]) && !looks_like_object(trimmed) {
        return if named(&["ndjson", "jsonl"]) {
            JsonKind::Lines
        } else if named(&["json", "geojson"]) {
            JsonKind::Document
        } else {
            JsonKind::NotJson
        };
    }
    if trimmed.first() == Some(&b'[') {
        return JsonKind::Document;
    }
    if named(&["ndjson", "jsonl"]) {
        return JsonKind::Lines;
    }
    // A whole object on the first line, and more lines after it.
    let length = line_end(trimmed).unwrap_or(trimmed.len());
    let (first, rest) = trimmed.split_at(length);
    if serde_json::from_slice::<serde::de::IgnoredAny>(first).is_err() {
        return JsonKind::Document;
    }
    let more = rest.trim_ascii().first() == Some(&b'{');
    if more || !complete && rest.trim_ascii().is_empty() && line_end(trimmed).is_some() {
        return JsonKind::Lines;
    }
    if json::lists(trimmed).is_empty() {
        JsonKind::Lines
    } else {
        JsonKind::Document
    }
}

/// Whether a file that is called CSV is JSON all the same.
fn looks_like_object(trimmed: &[u8]) -> bool {
    let length = line_end(trimmed).unwrap_or(trimmed.len());
    let (first, _) = trimmed.split_at(length);
    let whole = serde_json::from_slice::<serde::de::IgnoredAny>(first);
    whole.is_ok() || first.len() <= 2
}

fn detect_lists(text: &[u8], bom: usize, choices: &ImportChoices) -> Result<Detection, FileError> {
    let found = json::lists(text);
    let whole = text.trim_ascii_start().first() == Some(&b'[');
    let chosen = match &choices.list {
        Some(path) => found.iter().find(|it| it.path == *path),
        None => found.first(),
    };
    let Some(chosen) = chosen else {
        if whole {
            // A list of something else: each row says so.
            let offset = text.len() - text.trim_ascii_start().len();
            let before = text.get(..offset).unwrap_or_default();
            return Ok(Detection {
                source: Source::JsonList {
                    path: Vec::new(),
                    offset: (bom + offset) as u64,
                    line: 1 + line_breaks(before),
                },
                notes: Vec::new(),
                lists: Vec::new(),
            });
        }
        return Err(FileError::NoList);
    };
    let source = Source::JsonList {
        path: chosen.path.clone(),
        offset: (bom + chosen.offset) as u64,
        line: chosen.line,
    };
    let notes = if chosen.path.is_empty() {
        Vec::new()
    } else {
        vec![Note::ListChosen {
            path: chosen.path.clone(),
        }]
    };
    let lists = found.into_iter().map(|it| JsonList { path: it.path });
    Ok(Detection {
        source,
        notes,
        lists: lists.collect(),
    })
}

/// A row of the sample.
struct Sampled {
    line: u64,
    cells: Vec<String>,
    /// How many cells it has, and how many up to the last one that is not empty.
    count: usize,
    filled: usize,
    bad: bool,
}

impl Sampled {
    /// How many cells of a row of `width` it has: empty ones after the width do not count.
    fn width(&self, width: usize) -> usize {
        if self.filled <= width && self.count > width {
            width
        } else {
            self.count
        }
    }

    /// Whether at most the first cell is filled.
    fn is_single(&self) -> bool {
        self.filled <= 1
    }

    fn class(&self, index: usize) -> Option<Class> {
        classify(&Cell::plain(self.cells.get(index)?))
    }
}

struct Sample {
    rows: Vec<Sampled>,
    /// A quote is not closed.
    unclosed: bool,
    /// Only the beginning of the first row is known.
    partial: bool,
}

fn sample(
    text: &[u8],
    skip_lines: u64,
    complete: bool,
    dialect: &Dialect,
    limits: &Limits,
) -> Sample {
    let mut rows = Vec::new();
    let mut unclosed = false;
    let mut partial = false;
    let mut at = 0;
    let mut line = 1;
    let mut cells = Cells::default();
    while let Some(first) = text.get(at) {
        let rest = text.get(at..).unwrap_or_default();
        match first {
            b'\n' | b'\r' => {
                at += if rest.starts_with(b"\r\n") { 2 } else { 1 };
                line += 1;
                continue;
            }
            _ if line <= skip_lines => {
                at += line_end(rest).unwrap_or(rest.len());
                continue;
            }
            _ => {}
        }
        if rows.len() >= SAMPLE_ROWS {
            break;
        }
        let blanks = csv::blanks(rest, dialect.delimiter.byte());
        if matches!(rest.get(blanks), None | Some(b'\r' | b'\n')) {
            at += blanks;
            continue;
        }
        let window = rest.get(..limits.row_bytes).unwrap_or(rest);
        let end = complete && window.len() == rest.len();
        match csv::split(window, dialect, limits, end, &mut cells) {
            Split::Incomplete { open_quote } => {
                // What a file that goes on does later is not known.
                unclosed = open_quote.is_some() && (complete || window.len() < rest.len());
                if rows.is_empty() {
                    partial = true;
                    rows.push(sampled(line, &cells, false));
                }
                break;
            }
            Split::Row { consumed, flaw } => {
                rows.push(sampled(line, &cells, flaw.is_some()));
                let raw = rest.get(..consumed).unwrap_or_default();
                line += line_breaks(raw);
                at += consumed;
                if raw.last() == Some(&b'\r') && text.get(at) == Some(&b'\n') {
                    at += 1;
                }
            }
        }
    }
    Sample {
        rows,
        unclosed,
        partial,
    }
}

fn sampled(line: u64, cells: &Cells, bad: bool) -> Sampled {
    let text = |start: usize, end: usize| {
        let bytes = cells.bytes.get(start..end).unwrap_or_default();
        String::from_utf8_lossy(bytes).into_owned()
    };
    Sampled {
        line,
        cells: cells
            .spans
            .iter()
            .map(|it| text(it.start, it.end))
            .collect(),
        count: cells.count,
        filled: cells.filled,
        bad,
    }
}

/// How well a dialect fits a sample.
struct Fit {
    dialect: Dialect,
    sample: Sample,
    /// How many rows at the beginning are titles.
    titles: usize,
    /// The most frequent number of cells.
    width: usize,
    /// The share of rows that have it, in thousandths.
    regular: u64,
    /// The share of cells that are not plain text, in thousandths.
    typed: u64,
}

fn fit(sample: Sample, dialect: Dialect) -> Fit {
    let rows = &sample.rows;
    let mut counts: Vec<(usize, usize)> = Vec::new();
    for row in rows.iter().filter(|it| !it.bad) {
        match counts.iter_mut().find(|(count, _)| *count == row.count) {
            Some((_, times)) => *times += 1,
            None => counts.push((row.count, 1)),
        }
    }
    // Of equally frequent widths the first one.
    let mut width = 1;
    let mut most = 0;
    for (count, times) in &counts {
        if *count >= 2 && *times > most {
            (width, most) = (*count, *times);
        }
    }
    // A header that is one cell shorter, because of an empty cell at the end of each row.
    if let Some(first) = rows.iter().find(|it| !it.is_single()) {
        let fitting = rows
            .iter()
            .filter(|it| it.width(first.filled) == first.filled)
            .count();
        if first.filled >= 2 && first.filled < width && fitting >= most {
            width = first.filled;
        }
    }
    let titles = if width < 2 {
        0
    } else {
        let single = |it: &&Sampled| it.is_single() && !it.bad;
        let titles = rows.iter().take_while(single).count();
        if titles >= rows.len() || titles > MAX_TITLES {
            0
        } else {
            titles
        }
    };
    let table = rows.get(titles..).unwrap_or_default();
    let regular = table
        .iter()
        .filter(|it| !it.bad && it.width(width) == width)
        .count();
    let all = (table.len() + usize::from(sample.unclosed)).max(1);
    let (mut typed, mut cells) = (0, 0_u64);
    for row in table {
        for cell in &row.cells {
            cells += 1;
            let plain = matches!(classify(&Cell::plain(cell)), Some(Class::Other) | None);
            typed += u64::from(!plain);
        }
    }
    Fit {
        dialect,
        titles,
        width,
        regular: regular as u64 * 1000 / all as u64,
        typed: typed * 1000 / cells.max(1),
        sample,
    }
}

/// Whether the delimiter can be meant: most rows agree, or the first one is evidence enough. Commas
/// in prose, each before a blank and below a single word, are none.
fn is_plausible(fit: &Fit, text: &[u8]) -> bool {
    if fit.width < 2 {
        return false;
    }
    let Some(byte) = fit.dialect.delimiter.byte() else {
        return false;
    };
    let after = |pair: &[u8]| pair.first() == Some(&byte);
    let sample = text.get(..20_000).unwrap_or(text);
    let prose = sample
        .windows(2)
        .filter(|it| after(it))
        .all(|it| it.get(1) == Some(&b' '));
    let first = fit.sample.rows.first();
    let from_first = first.is_some_and(|it| it.width(fit.width) == fit.width);
    if prose && !from_first {
        return false;
    }
    fit.regular >= 500 || (from_first && !prose && fit.regular >= 250)
}

fn detect_csv(
    text: &[u8],
    complete: bool,
    choices: &ImportChoices,
    limits: &Limits,
) -> Result<Detection, FileError> {
    let mut notes = Vec::new();
    let mut skip_lines = choices.skip_lines.unwrap_or(0);
    let mut delimiter = choices.delimiter;
    if choices.skip_lines.is_none() {
        let first = text
            .get(..line_end(text).unwrap_or(text.len()))
            .unwrap_or_default();
        if let Some(named) = separator_line(first) {
            skip_lines = 1;
            notes.push(Note::SeparatorLine {
                line: 1,
                delimiter: named,
            });
            delimiter = delimiter.or(Some(named));
        }
    }
    let mut comment_lines = Vec::new();
    let table_line = match choices.skip_lines {
        Some(_) => skip_lines,
        None => leading_comments(text, skip_lines, &mut comment_lines),
    };
    let best = best_fit(text, complete, table_line, delimiter, choices, limits);
    let mut fit = best;
    if let Some((last, _)) = comment_lines.last().cloned() {
        // `#id,name` is a header when no other one follows.
        let with = sample(text, last - 1, complete, &fit.dialect, limits);
        let header = with.rows.first().is_some_and(|it| {
            it.line == last && fit.width >= 2 && it.width(fit.width) == fit.width && !it.bad
        });
        let table = fit.sample.rows.get(fit.titles..).unwrap_or_default();
        if header && !has_header(table, true) {
            comment_lines.pop();
            fit = self::fit(with, fit.dialect);
        }
    }
    let Fit {
        mut dialect,
        sample,
        titles,
        width,
        ..
    } = fit;
    for (line, text) in &comment_lines {
        notes.push(Note::CommentSkipped {
            line: *line,
            text: text.clone(),
        });
    }
    let titles = if choices.skip_lines.is_some() {
        0
    } else {
        titles
    };
    for row in sample.rows.get(..titles).unwrap_or_default() {
        notes.push(Note::TitleSkipped {
            line: row.line,
            text: row.cells.first().map(|it| shorten(it)).unwrap_or_default(),
        });
    }
    if dialect.backslash_escapes {
        notes.push(Note::BackslashEscapes);
    }
    let table = sample.rows.get(titles..).unwrap_or_default();
    if choices.skip_lines.is_none() {
        let first = table.first().map_or(table_line + 1, |it| it.line);
        skip_lines = first - 1;
    }
    dialect.header = choices.header.unwrap_or_else(|| has_header(table, false));
    dialect.comments = !comment_lines.is_empty();
    dialect.skip_lines = skip_lines;
    if let Some(first) = table.first() {
        let limit = limits.columns;
        let mut columns = column_count(first, table, width, dialect.header);
        let wide = columns > limit;
        if wide {
            // Spreadsheets write empty cells up to their last column.
            columns = table.iter().map(|it| it.filled).max().unwrap_or_default();
        }
        if columns > limit || (wide && columns == 0) {
            let line = first.line;
            return Err(FileError::TooManyColumns { line, limit });
        }
        dialect.columns = (!sample.partial).then_some(columns);
    }
    Ok(Detection {
        source: Source::Csv(dialect),
        notes,
        lists: Vec::new(),
    })
}

/// How many columns the table has: as many as its header, unless nearly all rows have more.
fn column_count(first: &Sampled, table: &[Sampled], width: usize, header: bool) -> usize {
    if !header {
        return width.max(1);
    }
    let rows = table.get(1..).unwrap_or_default();
    let longer = rows
        .iter()
        .filter(|it| it.filled > first.count && it.count == width)
        .count();
    if rows.len() >= 2 && longer * 10 >= rows.len() * 9 {
        width
    } else {
        first.count
    }
}

fn best_fit(
    text: &[u8],
    complete: bool,
    skip_lines: u64,
    delimiter: Option<Delimiter>,
    choices: &ImportChoices,
    limits: &Limits,
) -> Fit {
    let delimiters = match &delimiter {
        Some(delimiter) => std::slice::from_ref(delimiter),
        None => &CANDIDATES[..],
    };
    let fit_of = |delimiter: Delimiter, backslash_escapes: bool| {
        let dialect = Dialect {
            delimiter,
            header: true,
            backslash_escapes,
            comments: false,
            skip_lines,
            columns: None,
        };
        let sample = sample(text, skip_lines, complete, &dialect, limits);
        fit(sample, dialect)
    };
    // A line above a table is a title only when nothing else explains it.
    let rank = |it: &Fit| (it.regular, it.titles == 0, it.typed, it.width);
    let best_of = |escapes: bool| {
        let fits = delimiters.iter().map(|it| fit_of(*it, escapes));
        let plausible = fits.filter(|it| delimiter.is_some() || is_plausible(it, text));
        let best = plausible.reduce(|best, fit| if rank(&fit) > rank(&best) { fit } else { best });
        best.unwrap_or_else(|| fit_of(Delimiter::NONE, escapes))
    };
    if let Some(escapes) = choices.backslash_escapes {
        return best_of(escapes);
    }
    let best = best_of(false);
    if best.regular < 1000 && text.windows(2).any(|it| it == b"\\\"") {
        let escaped = best_of(true);
        if rank(&escaped) > rank(&best) {
            return escaped;
        }
    }
    best
}

/// The delimiter of a line `sep=;`, which Excel writes and obeys. In quotes it is a name or a title.
fn separator_line(line: &[u8]) -> Option<Delimiter> {
    let text = std::str::from_utf8(line).ok()?;
    let (key, value) = text.split_at_checked(4)?;
    if !key.eq_ignore_ascii_case("sep=") || value.is_empty() {
        return None;
    }
    Delimiter::parse(value)
}

/// The number of the last line before the table when lines that begin with `#` are comments, and
/// those lines.
fn leading_comments(text: &[u8], skip_lines: u64, comments: &mut Vec<(u64, String)>) -> u64 {
    let mut line = 1;
    let mut rest = text;
    let mut last = skip_lines;
    while !rest.is_empty() {
        let length = line_end(rest).unwrap_or(rest.len());
        let (own, after) = rest.split_at(length);
        if line > skip_lines {
            if own.first() == Some(&b'#') {
                comments.push((line, shorten(&String::from_utf8_lossy(own))));
                last = line;
            } else if !own.trim_ascii().is_empty() {
                return last;
            }
        }
        let skip = match after {
            [b'\r', b'\n', ..] => 2,
            [] => 0,
            _ => 1,
        };
        rest = after.get(skip..).unwrap_or_default();
        line += 1;
    }
    // Only comments: they are the rows.
    comments.clear();
    skip_lines
}

fn shorten(text: &str) -> String {
    text.trim().chars().take(200).collect()
}

/// Whether the first row of a table names its columns.
///
/// It does when a column below it is of another type than its own cell, or when all of it is text;
/// `evident` asks for the first of them.
fn has_header(table: &[Sampled], evident: bool) -> bool {
    let Some((first, rows)) = table.split_first() else {
        return true;
    };
    let is_typed = |class: Option<Class>| {
        class.is_some_and(|it| !matches!(it, Class::Other | Class::NullWord(_)))
    };
    let columns = 0..first.cells.len();
    let below_is_typed = |index: usize| {
        let classes = || rows.iter().filter_map(|row| row.class(index));
        classes().next().is_some() && classes().all(|it| is_typed(Some(it)))
    };
    let differs = |index: usize| first.class(index) == Some(Class::Other) && below_is_typed(index);
    if columns.clone().any(differs) {
        return true;
    }
    if evident {
        return false;
    }
    let typed: Vec<usize> = columns
        .filter(|index| is_typed(first.class(*index)))
        .collect();
    typed.is_empty() || has_years(first, rows, &typed)
}

/// Whether the typed cells of a first row are years above something else: `country,2019,2020`.
fn has_years(first: &Sampled, rows: &[Sampled], typed: &[usize]) -> bool {
    let year = |row: &Sampled, index: usize| {
        let text = row.cells.get(index).map(|it| it.trim());
        let year = text
            .filter(|it| it.len() == 4)
            .and_then(|it| it.parse::<u16>().ok());
        year.filter(|it| (1900..=2100).contains(it))
    };
    let years: Option<Vec<u16>> = typed.iter().map(|index| year(first, *index)).collect();
    let Some(years) = years else { return false };
    let ascending = years.is_sorted_by(|a, b| a < b) || years.is_sorted_by(|a, b| a > b);
    let labelled = typed.len() < first.count;
    let other = |row: &Sampled| typed.iter().any(|index| year(row, *index).is_none());
    years.len() >= 2 && ascending && labelled && rows.iter().any(other)
}
