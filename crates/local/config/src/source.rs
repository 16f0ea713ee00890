//! The text of a configuration file, with the line and column of each position. Rejects files that
//! are larger than any sensible configuration.

use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;
use std::path::{Path, PathBuf};

use miette::NamedSource;

/// Maximum size of a file, in bytes.
pub(super) const MAX_BYTES: u64 = 1_000_000;

/// Maximum length of a line that is shown with a mistake, in bytes.
const MAX_SHOWN_LINE: usize = 500;

/// The text of a file.
#[derive(Debug)]
pub struct Source {
    /// Path of the file.
    pub path: PathBuf,
    /// Text without a byte order mark. A carriage return alone is replaced by a line feed.
    pub text: String,
    /// Index of the first byte of each line.
    lines: Vec<usize>,
    shown: Option<NamedSource<String>>,
}

/// The error of a file that cannot be a configuration.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unreadable {
    #[error("{}", explain(.0))]
    Io(#[from] io::Error),
    #[error("is not a regular file")]
    Kind,
    #[error("is larger than {} MB, from line {} on", MAX_BYTES / 1_000_000, .text.position(*.at).0)]
    Size {
        /// Text that was read.
        text: Box<Source>,
        /// Index of its end.
        at: usize,
    },
    #[error("has a byte that is not UTF-8 in line {}, column {}", .text.position(*.at).0, .text.position(*.at).1)]
    Encoding {
        /// Text with a replacement character for each invalid byte.
        text: Box<Source>,
        /// Index of the first replacement character.
        at: usize,
    },
}

fn explain(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "does not exist".to_owned(),
        io::ErrorKind::PermissionDenied => "may not be read by this user".to_owned(),
        io::ErrorKind::IsADirectory => "is a folder".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}

impl Unreadable {
    pub(super) fn is_missing(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::NotFound)
    }
}

impl Source {
    /// A text whose lines may be shown with mistakes.
    pub(super) fn open(path: &Path, text: String) -> Self {
        let text = tidy(text);
        let shown = NamedSource::new(path.display().to_string(), text.clone());
        Self {
            path: path.to_owned(),
            lines: line_starts(&text),
            text,
            shown: Some(shown),
        }
    }

    /// A text with secrets: mistakes are reported without its lines.
    pub(super) fn secret(path: &Path, text: String) -> Self {
        // Values may have several lines, and programs expect them to end in line feeds.
        let text = tidy(text).replace("\r\n", "\n");
        Self {
            path: path.to_owned(),
            lines: line_starts(&text),
            text,
            shown: None,
        }
    }

    /// The text for a snippet around a position, when it may be shown.
    pub(super) fn shown(&self, span: &Range<usize>) -> Option<&NamedSource<String>> {
        let line = self.line_of(span.start);
        let dangerous = |c: char| c.is_control() && !matches!(c, '\t' | '\r');
        // A snippet also has the lines before and after.
        let from = self.line_of(line.start.saturating_sub(1)).start;
        let last = self.line_of(span.end);
        let to = self.line_of((last.end + 1).min(self.text.len())).end;
        let around = self.text.get(from..to)?;
        around
            .lines()
            .all(|line| line.len() <= MAX_SHOWN_LINE && !line.contains(dangerous))
            .then_some(self.shown.as_ref())?
    }

    /// The line and column of a byte, both from 1. Columns count characters.
    pub fn position(&self, at: usize) -> (usize, usize) {
        let line = self.lines.partition_point(|start| *start <= at);
        let before = self.text.get(self.line_of(at).start..at);
        (line, before.unwrap_or_default().chars().count() + 1)
    }

    /// The line that contains a byte, without its line end.
    pub(super) fn line_of(&self, at: usize) -> Range<usize> {
        let next = self.lines.partition_point(|start| *start <= at);
        let start = self.lines.get(next.saturating_sub(1));
        let end = self.lines.get(next).map(|next| next - 1);
        start.copied().unwrap_or(0)..end.unwrap_or(self.text.len())
    }
}

/// The index of the first byte of each line. Stored because the position of every mistake is looked
/// up.
fn line_starts(text: &str) -> Vec<usize> {
    let ends = text.match_indices('\n').map(|(at, _)| at + 1);
    std::iter::once(0).chain(ends).collect()
}

/// Removes a byte order mark. Replaces a carriage return alone by a line feed: it ends a line in
/// YAML, but not for programs that show or count lines.
fn tidy(mut text: String) -> String {
    if text.starts_with('\u{feff}') {
        text.remove(0);
    }
    if !text.contains('\r') {
        return text;
    }
    let mut rest = text.chars().peekable();
    std::iter::from_fn(|| match rest.next()? {
        '\r' if rest.peek() != Some(&'\n') => Some('\n'),
        other => Some(other),
    })
    .collect()
}

/// Reads the text of a file.
///
/// # Errors
/// When the file is missing, larger than [`MAX_BYTES`], not UTF-8 or not a regular file.
pub(super) fn read(path: &Path) -> Result<String, Unreadable> {
    // The metadata is read first, because opening a pipe would wait for its other end.
    let kind = std::fs::metadata(path)?;
    if kind.is_dir() {
        return Err(io::Error::from(io::ErrorKind::IsADirectory).into());
    }
    if !kind.is_file() {
        return Err(Unreadable::Kind);
    }
    let mut bytes = Vec::new();
    File::open(path)?
        .take(MAX_BYTES + 1)
        .read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MAX_BYTES {
        bytes.pop();
        let text = Box::new(Source::open(
            path,
            String::from_utf8_lossy(&bytes).into_owned(),
        ));
        return Err(Unreadable::Size {
            at: text.text.len(),
            text,
        });
    }
    String::from_utf8(bytes).map_err(|error| {
        let text = String::from_utf8_lossy(error.as_bytes()).into_owned();
        let whole = text.len();
        let source = Source::open(path, text);
        let mark = whole - source.text.len();
        Unreadable::Encoding {
            at: error.utf8_error().valid_up_to() - mark,
            text: Box::new(source),
        }
    })
}
