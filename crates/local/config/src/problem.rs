//! The mistakes in a configuration, with their positions. They are collected and reported together.

use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use miette::{Diagnostic, LabeledSpan, SourceCode};
use serde_json::json;

use super::source::{self, Source, Unreadable};
use super::suggest::nearest;

/// The maximum number of reported mistakes. More usually have one common cause.
const MAX_PROBLEMS: usize = 100;

/// A mistake in a configuration.
#[derive(Clone, Debug)]
pub struct Problem {
    /// Message: a sentence without a full stop.
    pub message: String,
    /// Advice on what to do.
    pub help: Option<String>,
    /// Text with the mistake.
    pub source: Arc<Source>,
    /// Position in the text in bytes, within one line. None when the mistake is about the whole
    /// file.
    pub span: Option<Range<usize>>,
    /// A second position with its label.
    pub other: Option<(Range<usize>, String)>,
}

impl Problem {
    /// Line and column, from 1, when it has a position.
    pub fn position(&self) -> Option<(usize, usize)> {
        let span = self.span.as_ref()?;
        Some(self.source.position(span.start))
    }

    pub(super) fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub(super) fn with_other(mut self, span: Range<usize>, label: &str) -> Self {
        self.other = Some((within_line(&self.source, span), label.to_owned()));
        self
    }

    /// Adds a suggestion, when a candidate is similar to `word`.
    pub(super) fn did_you_mean<'a>(
        self,
        word: &str,
        candidates: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        match nearest(word, candidates) {
            Some(near) => self.with_help(format!("did you mean `{near}`?")),
            None => self,
        }
    }
}

/// A text from a file in quotes, shortened and escaped for use in a sentence.
pub(super) fn quoted(text: &str) -> String {
    let mut short: String = text.chars().take(60).flat_map(char::escape_debug).collect();
    if text.chars().nth(60).is_some() {
        short.push('…');
    }
    format!("\"{}\"", short.replace("\\'", "'"))
}

/// A sentence that may contain text from a file, made safe for a terminal.
fn terminal_safe(text: String, keeps: &[char]) -> String {
    let dangerous = |c: &char| c.is_control() && !keeps.contains(c);
    if !text.chars().any(|c| dangerous(&c)) {
        return text;
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match dangerous(&c) {
            true => safe.extend(c.escape_debug()),
            false => safe.push(c),
        }
    }
    safe
}

/// The part of a span in its first line, extended to whole characters.
fn within_line(source: &Source, span: Range<usize>) -> Range<usize> {
    let text = &source.text;
    let start = text.floor_char_boundary(span.start);
    let line = text.get(..source.line_of(start).end).unwrap_or(text);
    let line_end = line.trim_end_matches('\r').len().max(start);
    let end = span.end.clamp(start, line_end);
    start..text.ceil_char_boundary(end)
}

/// The mistakes and warnings found so far.
#[derive(Debug, Default)]
pub(super) struct Problems {
    list: Vec<Problem>,
    unreported: usize,
    /// Probable mistakes that do not prevent a start.
    warnings: Vec<Problem>,
}

impl Problems {
    /// Adds a mistake. The same mistake at the same position is reported once, even when an alias
    /// repeats the position or a file is named twice.
    pub(super) fn add(&mut self, mut problem: Problem) {
        problem.message = terminal_safe(problem.message, &[]);
        problem.help = problem.help.map(|help| terminal_safe(help, &['\n']));
        let known = self.list.iter().any(|other| {
            other.span == problem.span
                && other.message == problem.message
                && other.source.path == problem.source.path
        });
        if known {
            return;
        }
        if self.list.len() == MAX_PROBLEMS {
            self.unreported += 1;
        } else {
            self.list.push(problem);
        }
    }

    /// Adds a warning. The same warning at the same position is reported once.
    pub(super) fn warn(&mut self, mut warning: Problem) {
        warning.message = terminal_safe(warning.message, &[]);
        warning.help = warning.help.map(|help| terminal_safe(help, &['\n']));
        let known = self.warnings.iter().any(|other| {
            other.span == warning.span
                && other.message == warning.message
                && other.source.path == warning.source.path
        });
        if !known && self.warnings.len() < MAX_PROBLEMS {
            self.warnings.push(warning);
        }
    }

    pub(super) fn take_warnings(&mut self) -> Vec<Problem> {
        std::mem::take(&mut self.warnings)
    }

    /// Adds the mistakes and warnings of another file.
    pub(super) fn extend(&mut self, other: Self) {
        for problem in other.list {
            self.add(problem);
        }
        self.unreported += other.unreported;
        for warning in other.warnings {
            self.warn(warning);
        }
    }

    /// Adds a mistake whose message is expensive to build. It is not built when the limit is
    /// reached.
    pub(super) fn add_with(&mut self, word: impl FnOnce() -> Problem) {
        if self.list.len() == MAX_PROBLEMS {
            self.unreported += 1;
        } else {
            self.add(word());
        }
    }

    pub(super) fn count(&self) -> usize {
        self.list.len() + self.unreported
    }

    /// Returns `value` when there are no mistakes.
    pub(super) fn or_errors<T>(self, value: T) -> Result<T, ConfigErrors> {
        if self.list.is_empty() {
            Ok(value)
        } else {
            Err(self.into_errors())
        }
    }

    /// Sorts the mistakes by position, and the files in the order in which they were read.
    pub(super) fn into_errors(self) -> ConfigErrors {
        let mut problems = self.list;
        let mut files = Vec::new();
        for problem in &problems {
            if !files.contains(&problem.source.path) {
                files.push(problem.source.path.clone());
            }
        }
        problems.sort_by_key(|problem| {
            (
                files.iter().position(|file| *file == problem.source.path),
                problem.span.as_ref().map(|span| span.start),
            )
        });
        ConfigErrors {
            problems,
            unreported: self.unreported,
        }
    }
}

/// A mistake at a position of a text.
pub(super) fn at(source: &Arc<Source>, span: Range<usize>, message: impl Into<String>) -> Problem {
    Problem {
        message: message.into(),
        help: None,
        source: Arc::clone(source),
        span: Some(within_line(source, span)),
        other: None,
    }
}

/// A mistake about a duplicate key.
pub(super) fn duplicate_key(
    source: &Arc<Source>,
    key: &str,
    span: Range<usize>,
    first: &Range<usize>,
) -> Problem {
    at(
        source,
        span,
        format!("the key {} is here twice", quoted(key)),
    )
    .with_other(first.clone(), "here first")
}

/// A mistake about a whole file.
pub(super) fn about(source: Arc<Source>, message: impl Into<String>) -> Problem {
    Problem {
        message: message.into(),
        help: None,
        source,
        span: None,
        other: None,
    }
}

/// Reads a file. None when it cannot be read; the reason is added to `problems`.
pub(super) fn read(path: &Path, problems: &mut Problems) -> Option<Arc<Source>> {
    let problem = match source::read(path) {
        Ok(text) => return Some(Arc::new(Source::open(path, text))),
        Err(Unreadable::Encoding { text, at: place }) => {
            let end = place + char::REPLACEMENT_CHARACTER.len_utf8();
            at(&Arc::new(*text), place..end, "this byte is not UTF-8")
                .with_help("save the file as UTF-8")
        }
        Err(Unreadable::Size { text, at: place }) => {
            let message = format!(
                "the file is larger than {} MB",
                source::MAX_BYTES / 1_000_000
            );
            at(&Arc::new(*text), place..place, message).with_help(
                "this is how far it was read; put long scripts and texts into files of their own",
            )
        }
        Err(error) => {
            let source = Arc::new(Source::open(path, String::new()));
            about(source, format!("the file {error}"))
        }
    };
    problems.add(problem);
    None
}

/// All mistakes of a configuration; at least one.
#[derive(Clone, Debug)]
pub struct ConfigErrors {
    /// Mistakes sorted by file and position, at most 100.
    pub problems: Vec<Problem>,
    /// Number of further mistakes.
    pub unreported: usize,
}

impl ConfigErrors {
    /// A report for people for each mistake, with its position. They are not miette's related
    /// errors, which have an empty heading each.
    pub fn reports(&self) -> Vec<String> {
        self.problems
            .iter()
            .map(|problem| {
                let report = format!("{:?}", miette::Report::new(problem.clone()));
                report.trim_end().to_owned()
            })
            .collect()
    }

    /// The mistakes as JSON: `[{file, line, column, message, help}]`. Line and column count from 1,
    /// and are null for a mistake about the whole file.
    pub fn problems_json(&self) -> serde_json::Value {
        self.problems
            .iter()
            .map(|problem| {
                let position = problem.position();
                json!({
                    "file": problem.source.path,
                    "line": position.map(|(line, _)| line),
                    "column": position.map(|(_, column)| column),
                    "message": problem.message,
                    "help": problem.help,
                })
            })
            .collect()
    }
}

impl fmt::Display for ConfigErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let count = self.problems.len() + self.unreported;
        let (number, noun) = match count {
            1 => ("one".to_owned(), "mistake"),
            _ => (count.to_string(), "mistakes"),
        };
        let file = self
            .problems
            .first()
            .map_or_else(String::new, |first| first.source.path.display().to_string());
        write!(f, "{number} {noun} in the configuration ({file})")?;
        if self.unreported > 0 {
            write!(f, "; the first {} are shown", self.problems.len())?;
        }
        Ok(())
    }
}

impl std::error::Error for ConfigErrors {}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // A snippet has its position above it.
        let snippet = self
            .span
            .as_ref()
            .and_then(|span| self.source.shown(span))
            .is_some();
        if !snippet {
            write!(f, "{}", self.source.path.display())?;
            if let Some((line, column)) = self.position() {
                write!(f, ":{line}:{column}")?;
            }
            write!(f, ": ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl Diagnostic for Problem {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help = self.help.as_ref()?;
        Some(Box::new(help))
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        let source = self.source.shown(self.span.as_ref()?)?;
        Some(source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.span.clone()?;
        let here = LabeledSpan::new_with_span(None, span.clone());
        let other = self
            .other
            .as_ref()
            // When both positions are near, the lines between them are shown, too.
            .filter(|(other, _)| {
                let both = span.start.min(other.start)..span.end.max(other.end);
                self.source.shown(&both).is_some()
            })
            .map(|(span, label)| LabeledSpan::new_with_span(Some(label.clone()), span.clone()));
        Some(Box::new([here].into_iter().chain(other)))
    }
}
