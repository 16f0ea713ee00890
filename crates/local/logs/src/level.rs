//! Detects the level of a log line and, for JSON, its time, message and fields, by common
//! conventions of loggers.

use std::borrow::Cow;
use std::sync::LazyLock;

use indexmap::IndexMap;
use regex::Regex;
use serde_json::Value;

/// The level of a log line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, clap::ValueEnum)]
pub enum Level {
    /// Fine-grained tracing.
    Trace,
    /// Details for debugging.
    Debug,
    /// Normal operation.
    Info,
    /// Something unusual.
    Warn,
    /// Something failed.
    Error,
    /// The program cannot continue.
    Fatal,
}

impl Level {
    /// The level of a common name, ignoring case.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Some(match name.to_ascii_lowercase().as_str() {
            "trace" | "trc" | "verbose" | "silly" => Self::Trace,
            "debug" | "dbg" | "dbug" => Self::Debug,
            "info" | "inf" | "information" | "notice" => Self::Info,
            "warn" | "wrn" | "warning" => Self::Warn,
            "error" | "err" | "eror" => Self::Error,
            "fatal" | "ftl" | "critical" | "crit" | "panic" | "dpanic" | "alert" | "emerg"
            | "emergency" => Self::Fatal,
            _ => return None,
        })
    }

    /// The level of a number as in pino and bunyan: 10 to 60.
    fn from_number(number: f64) -> Option<Self> {
        Some(match number {
            n if !(10.0..=100.0).contains(&n) => return None,
            n if n < 20.0 => Self::Trace,
            n if n < 30.0 => Self::Debug,
            n if n < 40.0 => Self::Info,
            n if n < 50.0 => Self::Warn,
            n if n < 60.0 => Self::Error,
            _ => Self::Fatal,
        })
    }

    /// The label for display; all have the same width.
    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::Trace => "TRACE",
            Self::Debug => "DEBUG",
            Self::Info => "INFO ",
            Self::Warn => "WARN ",
            Self::Error => "ERROR",
            Self::Fatal => "FATAL",
        }
    }

    /// The name in filters.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Trace => "trace",
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Warn => "warn",
            Self::Error => "error",
            Self::Fatal => "fatal",
        }
    }

    /// The level of a line. None when it has none.
    #[must_use]
    pub fn of(line: &str) -> Option<Self> {
        match Structured::parse(line) {
            Some(structured) => structured.level,
            None => Self::of_text(line),
        }
    }

    fn of_text(line: &str) -> Option<Self> {
        static FIELD: LazyLock<Option<Regex>> =
            LazyLock::new(|| Regex::new(r#"(?i)\b(?:level|lvl|severity)="?([a-z]+)"#).ok());
        static WORD: LazyLock<Option<Regex>> = LazyLock::new(|| {
            Regex::new(concat!(
                r"\b(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL|PANIC)\b",
                r"|(?i:^\W*(trace|debug|info|notice|warn|warning|error|fatal|critical|panic)\s*[:\]|])",
            ))
            .ok()
        });
        let line = strip_escapes(line);
        let start = line
            .char_indices()
            .nth(160)
            .map_or(&*line, |(end, _)| line.get(..end).unwrap_or_default());
        let find = |regex: &LazyLock<Option<Regex>>| {
            let captures = LazyLock::force(regex).as_ref()?.captures(start)?;
            let name = captures.iter().skip(1).flatten().next()?;
            Self::from_name(name.as_str())
        };
        find(&FIELD).or_else(|| find(&WORD))
    }
}

/// The value of a field for display, without quotes where they are not needed.
pub fn shown_value(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) if !text.contains([' ', '"', '=']) => text.into(),
        other => other.to_string().into(),
    }
}

/// A structured log line: one JSON object, as many loggers write.
#[derive(Clone, Debug, PartialEq)]
pub struct Structured {
    /// Level.
    pub level: Option<Level>,
    /// Time as it is written.
    pub time: Option<String>,
    /// Message.
    pub message: Option<String>,
    /// All other fields, in order.
    pub fields: IndexMap<String, Value>,
}

impl Structured {
    /// The line for display without colours: time, level, message and fields.
    #[must_use]
    pub fn shown(&self) -> String {
        let mut text = String::new();
        if let Some(time) = &self.time {
            text.push_str(time);
            text.push(' ');
        }
        if let Some(level) = self.level {
            text.push_str(level.label());
            text.push(' ');
        }
        if let Some(message) = &self.message {
            text.push_str(message);
        }
        for (key, value) in &self.fields {
            text.push(' ');
            text.push_str(key);
            text.push('=');
            text.push_str(&shown_value(value));
        }
        strip_escapes(&text).into_owned()
    }

    /// Parses a line. None when it is not a JSON object, or has neither level nor message.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let line = line.trim();
        if !line.starts_with('{') || !line.ends_with('}') {
            return None;
        }
        let mut fields: IndexMap<String, Value> = serde_json::from_str(line).ok()?;
        let level = [
            "level",
            "lvl",
            "severity",
            "@level",
            "log.level",
            "loglevel",
        ]
        .iter()
        .find_map(|key| {
            let level = match fields.get(*key)? {
                Value::String(name) => Level::from_name(name),
                Value::Number(number) => Level::from_number(number.as_f64()?),
                _ => None,
            }?;
            fields.shift_remove(*key);
            Some(level)
        });
        let message = take_text(&mut fields, &["message", "msg", "@message", "event"]);
        let time = take_text(
            &mut fields,
            &["time", "timestamp", "ts", "@timestamp", "@t"],
        );
        if level.is_none() && message.is_none() {
            return None;
        }
        Some(Self {
            level,
            time,
            message,
            fields,
        })
    }
}

fn take_text(fields: &mut IndexMap<String, Value>, keys: &[&str]) -> Option<String> {
    let key = keys
        .iter()
        .find(|key| matches!(fields.get(**key), Some(Value::String(_) | Value::Number(_))))?;
    match fields.shift_remove(*key)? {
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

/// The text without terminal escape sequences.
#[must_use]
pub fn strip_escapes(text: &str) -> std::borrow::Cow<'_, str> {
    static ESCAPES: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(ANY_ESCAPE).ok());
    if !text.contains(['\x1b', '\u{9b}']) {
        return text.into();
    }
    match LazyLock::force(&ESCAPES) {
        Some(escapes) => escapes.replace_all(text, ""),
        None => text.into(),
    }
}

/// Pattern of escape sequences: CSI, OSC, DCS and the short ones of ECMA-48.
pub(super) const ANY_ESCAPE: &str = concat!(
    r"(?:\x1b\[|\x{9b})[0-?]*[ -/]*[@-~]",
    r"|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?",
    r"|\x1b[ -/]*[0-~]",
    r"|\x1b",
);

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use super::*;

    #[test]
    fn levels_of_common_loggers_are_found() {
        for (line, level) in [
            (r#"{"level":"warn","msg":"x"}"#, Some(Level::Warn)),
            (
                r#"{"level":50,"time":1700000000000,"msg":"x"}"#,
                Some(Level::Error),
            ),
            (
                r#"{"severity":"CRITICAL","message":"x"}"#,
                Some(Level::Fatal),
            ),
            (r#"{"msg":"x"}"#, None),
            ("ts=2026 level=info msg=hello", Some(Level::Info)),
            (
                "2026-01-31T09:15:00Z ERROR api: it broke",
                Some(Level::Error),
            ),
            ("[warn] low disk", Some(Level::Warn)),
            ("error: cannot find value", Some(Level::Error)),
            ("\x1b[31mERROR\x1b[0m it broke", Some(Level::Error)),
            ("there was no error in here", None),
            ("information desk", None),
            ("", None),
        ] {
            assert_eq!(Level::of(line), level, "{line}");
        }
    }

    #[test]
    fn a_json_line_is_split_into_its_parts() {
        let line = r#"{"level":"info","time":"09:15","msg":"hello","user":7,"ok":true}"#;
        let parsed = Structured::parse(line).unwrap();
        assert_eq!(parsed.level, Some(Level::Info));
        assert_eq!(parsed.time.as_deref(), Some("09:15"));
        assert_eq!(parsed.message.as_deref(), Some("hello"));
        assert_eq!(parsed.fields.keys().collect::<Vec<_>>(), ["user", "ok"]);
        assert_eq!(Structured::parse(r#"{"a":1}"#), None);
        assert_eq!(Structured::parse(r#"{"level":"info""#), None);
    }

    #[test]
    fn no_escape_sequence_survives() {
        for text in [
            "\x1b[2J\x1b[Hx",
            "\x1b]52;c;aGk=\x07x",
            "\x1b]0;title\x1b\\x",
            "\x1bP1$r\x1b\\x",
            "\x1bcx",
            "\u{9b}31mx",
        ] {
            assert_eq!(strip_escapes(text), "x", "{text:?}");
        }
    }
}
