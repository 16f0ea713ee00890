//! Renders log lines for a terminal: with the name of the process in its own colour, and JSON split
//! into fields. Output of a process never reaches the terminal with control sequences other than
//! colours.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::sync::LazyLock;

use regex::{Captures, Regex};

use super::level::{ANY_ESCAPE, Level, Structured, shown_value, strip_escapes};
use prox_events::{LogLine, Stream};

const RESET: &str = "\x1b[0m";
const DIM: &str = "\x1b[2m";
/// Colours that are readable on dark and light backgrounds.
const COLOURS: [&str; 6] = [
    "\x1b[36m", "\x1b[33m", "\x1b[32m", "\x1b[35m", "\x1b[34m", "\x1b[31m",
];

/// Renders lines.
#[derive(Clone, Debug)]
pub struct Renderer {
    colour: bool,
    names: Vec<String>,
    width: usize,
}

impl Renderer {
    /// A renderer for processes with these names, which decide the colours and the width of the
    /// first column.
    #[must_use]
    pub fn new(colour: bool, names: impl IntoIterator<Item = String>) -> Self {
        let names: Vec<String> = names.into_iter().collect();
        let width = names.iter().map(|name| name.chars().count()).max();
        Self {
            colour,
            width: width.unwrap_or(0).clamp(4, 24),
            names,
        }
    }

    /// Renders a line with its line end.
    pub fn line(&mut self, line: &LogLine) -> String {
        let index = match self.names.iter().position(|name| *name == line.process) {
            Some(index) => index,
            None => {
                self.names.push(line.process.clone());
                self.width = self.width.max(line.process.chars().count()).min(24);
                self.names.len() - 1
            }
        };
        let text = self.text(&line.line);
        let (name, width) = (&line.process, self.width);
        if !self.colour {
            return format!("{name:width$} | {text}\n");
        }
        let colour = COLOURS.get(index % COLOURS.len()).copied().unwrap_or("");
        match line.stream {
            _ if line.probe => format!("{colour}{name:width$} |{RESET} {DIM}{text}{RESET}\n"),
            Stream::System => format!("{colour}{name:width$} |{RESET} {DIM}{text}{RESET}\n"),
            Stream::Stdout | Stream::Stderr => {
                format!("{colour}{name:width$} |{RESET} {text}{RESET}\n")
            }
        }
    }

    /// Renders the text of a line without the process.
    #[must_use]
    pub fn text<'a>(&self, line: &'a str) -> Cow<'a, str> {
        if let Some(structured) = Structured::parse(line) {
            return self.structured(&structured).into();
        }
        if self.colour {
            only_colours(line)
        } else {
            printable(strip_escapes(line))
        }
    }

    fn structured(&self, line: &Structured) -> String {
        let mut text = String::new();
        let (dim, reset) = if self.colour { (DIM, RESET) } else { ("", "") };
        if let Some(time) = &line.time {
            let _ = write!(text, "{dim}{time}{reset} ");
        }
        if let Some(level) = line.level {
            let colour = if self.colour { colour(level) } else { "" };
            let _ = write!(text, "{colour}{}{reset} ", level.label());
        }
        if let Some(message) = &line.message {
            text.push_str(message);
        }
        for (key, value) in &line.fields {
            let value = shown_value(value);
            let _ = write!(text, " {dim}{key}={value}{reset}");
        }
        if self.colour {
            only_colours(&text).into_owned()
        } else {
            printable(strip_escapes(&text)).into_owned()
        }
    }
}

/// The colour of a level.
fn colour(level: Level) -> &'static str {
    match level {
        Level::Trace | Level::Debug => DIM,
        Level::Info => "\x1b[32m",
        Level::Warn => "\x1b[33m",
        Level::Error | Level::Fatal => "\x1b[31m",
    }
}

/// Removes all escape sequences except for colours.
#[must_use]
pub fn only_colours(text: &str) -> Cow<'_, str> {
    static ESCAPES: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(ANY_ESCAPE).ok());
    static COLOUR: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"^\x1b\[[0-9;:]*m$").ok());
    if !text.contains(char::is_control) {
        return text.into();
    }
    let (Some(escapes), Some(colour)) = (LazyLock::force(&ESCAPES), LazyLock::force(&COLOUR))
    else {
        return printable(strip_escapes(text));
    };
    let text = escapes.replace_all(text, |found: &Captures<'_>| {
        let sequence = found.get(0).map_or("", |found| found.as_str());
        if colour.is_match(sequence) {
            sequence.to_owned()
        } else {
            String::new()
        }
    });
    match text {
        Cow::Borrowed(text) => remove_controls(text.into(), true),
        Cow::Owned(text) => remove_controls(text.into(), true),
    }
}

/// Removes control characters except for tabs.
fn printable(text: Cow<'_, str>) -> Cow<'_, str> {
    remove_controls(text, false)
}

fn remove_controls(text: Cow<'_, str>, keep_escape: bool) -> Cow<'_, str> {
    let bad = |char: char| char.is_control() && char != '\t' && !(keep_escape && char == '\x1b');
    if text.contains(bad) {
        text.chars()
            .filter(|char| !bad(*char))
            .collect::<String>()
            .into()
    } else {
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(process: &str, text: &str) -> LogLine {
        LogLine {
            seq: 1,
            timestamp: "2026-01-31T09:15:00.000000Z".to_owned(),
            process: process.to_owned(),
            stream: Stream::Stdout,
            line: text.to_owned(),
            probe: false,
        }
    }

    fn plain() -> Renderer {
        Renderer::new(false, ["web".to_owned(), "worker".to_owned()])
    }

    #[test]
    fn names_are_aligned_in_a_column() {
        assert_eq!(plain().line(&line("web", "hello")), "web    | hello\n");
        assert_eq!(plain().line(&line("worker", "hello")), "worker | hello\n");
    }

    #[test]
    fn json_is_split_into_fields() {
        let text = r#"{"time":"09:15","level":40,"msg":"slow","ms":12,"path":"/a b","ok":true}"#;
        assert_eq!(
            plain().text(text),
            r#"09:15 WARN  slow ms=12 path="/a b" ok=true"#
        );
    }

    #[test]
    fn only_colours_reach_the_terminal() {
        let coloured = Renderer::new(true, []);
        assert_eq!(
            coloured.text("\x1b[2J\x1b[1;31mred\x1b[0m\x1b]52;c;aGk=\x07\x08!\r"),
            "\x1b[1;31mred\x1b[0m!"
        );
        assert_eq!(plain().text("\x1b[2J\x1b[31mred\x1b[0m\t\x07!"), "red\t!");
    }

    #[test]
    fn json_cannot_smuggle_an_escape_sequence() {
        let text = r#"{"level":"info","msg":"\u001b[2Jhello\u001b]0;x\u0007","k":"\u001bc"}"#;
        for renderer in [plain(), Renderer::new(true, [])] {
            let shown = renderer.text(text).into_owned();
            assert!(
                !shown.contains("\x1b[2J") && !shown.contains("\x1b]"),
                "{shown:?}"
            );
            assert!(!shown.contains("\x1bc"), "{shown:?}");
        }
    }
}
