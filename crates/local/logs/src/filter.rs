//! Filters of log lines, and their query language.
//!
//! `proc:api level:error -health "two words" /regex/`: all terms must match; `-` negates a term.
//! Several `proc:` terms match any of these processes. Words match anywhere in a line and ignore
//! case. Lines that health checks caused are left out, unless there is `probe:yes` or `probe:only`.

use std::cell::LazyCell;
use std::fmt;
use std::str::FromStr;

use jiff::Timestamp;
use regex::{Regex, RegexBuilder};

use super::level::{Level, Structured, strip_escapes};
use prox_events::LogLine;

/// A query for log lines.
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// Filter that lines must match.
    pub filter: Filter,
    /// Earliest time of the lines.
    pub since: Option<Timestamp>,
    /// Sequence number: only lines with a greater one match.
    pub after: Option<u64>,
    /// Maximum number of lines, the newest ones.
    pub last: Option<usize>,
}

impl Query {
    /// Whether a line matches the filter, the time and the sequence number.
    #[must_use]
    pub fn matches(&self, line: &LogLine) -> bool {
        self.after.is_none_or(|after| line.seq > after)
            && self.since.is_none_or(|since| {
                line.timestamp
                    .parse::<Timestamp>()
                    .is_ok_and(|time| time >= since)
            })
            && self.filter.matches(line)
    }
}

/// A condition on single lines. The default matches all lines. A filter parsed from a text leaves
/// out lines that health checks caused, unless it includes them explicitly.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    processes: Vec<String>,
    terms: Vec<Term>,
    probes: Probes,
}

/// The treatment of lines that health checks caused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Probes {
    #[default]
    Shown,
    Hidden,
    /// Only these lines match.
    Only,
}

#[derive(Clone, Debug)]
struct Term {
    negated: bool,
    test: Test,
}

#[derive(Clone, Debug)]
enum Test {
    Process(String),
    /// This level or a higher one.
    Level(Level),
    Text(Regex),
    Probes(Probes),
}

impl Filter {
    /// A filter for all lines except for those that health checks caused.
    #[must_use]
    pub fn without_probes() -> Self {
        Self {
            probes: Probes::Hidden,
            ..Self::default()
        }
    }

    /// Restricts the filter to these processes; each call adds names.
    #[must_use]
    pub fn processes(mut self, names: impl IntoIterator<Item = String>) -> Self {
        self.processes.extend(names);
        self
    }

    /// Restricts the filter to lines that contain a text, ignoring case.
    #[must_use]
    pub fn containing(self, text: &str) -> Self {
        match literal(text) {
            Ok(regex) => self.and(Test::Text(regex)),
            Err(_) => self,
        }
    }

    /// Restricts the filter to lines that match a regular expression.
    #[must_use]
    pub fn matching(self, regex: Regex) -> Self {
        self.and(Test::Text(regex))
    }

    /// Restricts the filter to lines of this level or a higher one. Lines without a level do not
    /// match.
    #[must_use]
    pub fn at_least(self, level: Level) -> Self {
        self.and(Test::Level(level))
    }

    /// Combines two filters; both must match.
    #[must_use]
    pub fn also(mut self, other: Self) -> Self {
        self.terms.extend(other.terms);
        match (self.processes.is_empty(), other.processes.is_empty()) {
            (_, true) => {}
            (true, false) => self.processes = other.processes,
            (false, false) => {
                self.processes.retain(|name| other.processes.contains(name));
                if self.processes.is_empty() {
                    // No process is in both lists. The empty name matches none.
                    self.processes.push(String::new());
                }
            }
        }
        self
    }

    fn and(mut self, test: Test) -> Self {
        self.terms.push(Term {
            negated: false,
            test,
        });
        self
    }

    /// Whether lines of the process can match.
    #[must_use]
    pub fn wants_process(&self, process: &str) -> bool {
        (self.processes.is_empty() || self.processes.iter().any(|name| name == process))
            && self.terms.iter().all(|term| match &term.test {
                Test::Process(name) => (name == process) != term.negated,
                Test::Level(_) | Test::Text(_) | Test::Probes(_) => true,
            })
    }

    /// The first process of the filter that is not `known`.
    pub fn unknown_process(&self, known: impl Fn(&str) -> bool) -> Option<&str> {
        let mut names = self.processes.iter().map(String::as_str);
        names.find(|name| !known(name))
    }

    /// Whether every line matches.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.processes.is_empty() && self.terms.is_empty() && self.probes == Probes::Shown
    }

    /// Whether the line matches.
    #[must_use]
    pub fn matches(&self, line: &LogLine) -> bool {
        let is_left_out = match self.probes {
            Probes::Shown => false,
            Probes::Hidden => line.probe,
            Probes::Only => !line.probe,
        };
        if is_left_out || !self.wants_process(&line.process) {
            return false;
        }
        if self.terms.is_empty() {
            return true;
        }
        let text = strip_escapes(&line.line);
        let shown = LazyCell::new(|| Structured::parse(&text).map(|parts| parts.shown()));
        self.terms.iter().all(|term| {
            let holds = match &term.test {
                Test::Process(name) => *name == line.process,
                Test::Probes(_) => !term.negated,
                Test::Level(least) => Level::of(&text).is_some_and(|level| level >= *least),
                // A JSON line is shown in another form than it is written; both forms are searched.
                Test::Text(regex) => {
                    regex.is_match(&text) || shown.as_ref().is_some_and(|it| regex.is_match(it))
                }
            };
            holds != term.negated
        })
    }
}

/// The error of an invalid filter, as a message for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrongFilter(String);

impl fmt::Display for WrongFilter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WrongFilter {}

impl FromStr for Filter {
    type Err = WrongFilter;

    fn from_str(text: &str) -> Result<Self, WrongFilter> {
        let mut filter = Self::without_probes();
        for (negated, raw) in terms(text)? {
            match (negated, Test::try_from(raw)?) {
                (false, Test::Process(name)) => filter.processes.push(name),
                (false, Test::Probes(probes)) => filter.probes = probes,
                (true, Test::Probes(_)) => filter.probes = Probes::Hidden,
                (negated, test) => filter.terms.push(Term { negated, test }),
            }
        }
        Ok(filter)
    }
}

/// A parsed term of a filter, before it is interpreted.
#[derive(Debug)]
pub enum RawTerm {
    /// A text between quotation marks.
    Quoted(String),
    /// A regular expression between slashes.
    Pattern(String),
    Word(String),
}

/// Parses the terms of a filter, each with whether it is negated.
pub fn terms(text: &str) -> Result<Vec<(bool, RawTerm)>, WrongFilter> {
    let mut all = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let (negated, text) = match rest.strip_prefix('-') {
            Some(text) if !text.is_empty() && !text.starts_with(char::is_whitespace) => {
                (true, text)
            }
            _ => (false, rest),
        };
        let (raw, after) = term(text)?;
        all.push((negated, raw));
        rest = after.trim_start();
    }
    Ok(all)
}

fn term(text: &str) -> Result<(RawTerm, &str), WrongFilter> {
    if let Some(quoted) = text.strip_prefix('"') {
        let (inner, rest) = until(quoted, '"')
            .ok_or_else(|| WrongFilter("a quotation mark is not closed".to_owned()))?;
        return Ok((RawTerm::Quoted(inner), rest));
    }
    let pattern = text
        .strip_prefix('/')
        .and_then(|pattern| until(pattern, '/'))
        .filter(|(_, rest)| rest.is_empty() || rest.starts_with(char::is_whitespace));
    if let Some((pattern, rest)) = pattern {
        return Ok((RawTerm::Pattern(pattern), rest));
    }
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let (word, rest) = text.split_at_checked(end).unwrap_or((text, ""));
    Ok((RawTerm::Word(word.to_owned()), rest))
}

impl TryFrom<RawTerm> for Test {
    type Error = WrongFilter;

    fn try_from(raw: RawTerm) -> Result<Self, WrongFilter> {
        let word = match raw {
            RawTerm::Quoted(text) => return literal(&text).map(Self::Text),
            RawTerm::Pattern(pattern) => return regex(&pattern).map(Self::Text),
            RawTerm::Word(word) => word,
        };
        match word.split_once(':') {
            Some(("proc" | "process", name)) if !name.is_empty() => {
                Ok(Self::Process(name.to_owned()))
            }
            Some(("probe", "yes")) => Ok(Self::Probes(Probes::Shown)),
            Some(("probe", "no")) => Ok(Self::Probes(Probes::Hidden)),
            Some(("probe", "only")) => Ok(Self::Probes(Probes::Only)),
            Some(("level", name)) => Level::from_name(name).map(Self::Level).ok_or_else(|| {
                WrongFilter(format!(
                    "`{name}` is not a level; levels are trace, debug, info, warn, error and fatal"
                ))
            }),
            _ => literal(&word).map(Self::Text),
        }
    }
}

/// The text up to `end`, which a backslash escapes, and the rest.
fn until(text: &str, end: char) -> Option<(String, &str)> {
    let mut inner = String::new();
    let mut chars = text.char_indices();
    while let Some((at, char)) = chars.next() {
        if char == end {
            return Some((inner, text.get(at + char.len_utf8()..)?));
        }
        if char == '\\' {
            match chars.next() {
                Some((_, next)) if next == end => inner.push(next),
                Some((_, next)) => inner.extend([char, next]),
                None => inner.push(char),
            }
        } else {
            inner.push(char);
        }
    }
    None
}

/// A regular expression for a literal text, ignoring case.
pub fn literal(text: &str) -> Result<Regex, WrongFilter> {
    RegexBuilder::new(&regex::escape(text))
        .case_insensitive(true)
        .build()
        .map_err(|error| wrong_pattern(text, &error))
}

/// Compiles a regular expression of a user, with a size limit.
///
/// # Errors
///
/// When it is invalid or too large.
pub fn regex(pattern: &str) -> Result<Regex, WrongFilter> {
    RegexBuilder::new(pattern)
        .size_limit(1 << 20)
        .build()
        .map_err(|error| wrong_pattern(pattern, &error))
}

/// The error in one line, without the excerpt of the pattern that the library shows above it.
fn wrong_pattern(pattern: &str, error: &regex::Error) -> WrongFilter {
    let error = error.to_string();
    let why = error.lines().last().unwrap_or_default();
    let why = why.trim_start_matches("error: ");
    WrongFilter(format!("`{pattern}` is not a regular expression: {why}"))
}

/// Parses a time of a user: how long ago, as a duration of the configuration, or
/// `2026-01-31T09:15:00Z`, or `2026-01-31 09:15` in local time.
///
/// # Errors
///
/// When the text is none of these.
pub fn since(text: &str, now: Timestamp) -> Result<Timestamp, WrongFilter> {
    let ago: String = text.split_whitespace().collect();
    if let Some(ago) = prox_config::duration(&ago)
        && let Ok(time) = now.checked_sub(ago)
    {
        return Ok(time);
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Ok(time);
    }
    text.parse::<jiff::civil::DateTime>()
        .and_then(|time| time.to_zoned(jiff::tz::TimeZone::system()))
        .map(|time| time.timestamp())
        .map_err(|_| {
            WrongFilter(format!(
                "`{text}` is not a time; write `10m`, `2h`, `1d`, `1w`, or `2026-01-31T09:15:00Z`"
            ))
        })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use proptest::prelude::*;

    use super::*;
    use prox_events::Stream;

    fn line(process: &str, text: &str) -> LogLine {
        LogLine {
            seq: 7,
            timestamp: "2026-01-31T09:15:00.000000Z".to_owned(),
            process: process.to_owned(),
            stream: Stream::Stdout,
            line: text.to_owned(),
            probe: false,
        }
    }

    #[test]
    fn all_terms_must_hold() {
        let filter: Filter = r#"proc:api level:warn -health "two words" /[0-9]{3}/"#
            .parse()
            .unwrap();
        assert!(filter.matches(&line("api", "ERROR Two Words 500")));
        for (process, text) in [
            ("web", "ERROR two words 500"),
            ("api", "INFO two words 500"),
            ("api", "ERROR two words 500 /health"),
            ("api", "ERROR two  words 500"),
            ("api", "ERROR two words 50"),
        ] {
            assert!(!filter.matches(&line(process, text)), "{text}");
        }
    }

    #[test]
    fn several_processes_mean_any_of_them() {
        let filter: Filter = "proc:api proc:web -proc:db".parse().unwrap();
        assert!(filter.matches(&line("api", "")));
        assert!(filter.matches(&line("web", "")));
        assert!(!filter.matches(&line("db", "")));
        let neither = filter.also(Filter::default().processes(["worker".to_owned()]));
        assert!(!neither.matches(&line("api", "")));
        assert!(!neither.matches(&line("worker", "")));
    }

    #[test]
    fn filters_match_what_is_written_and_what_is_shown() {
        let json =
            r#"{"level":"error","msg":"request","path":"/bad","n":7,"who":{"id":3},"q":"a b"}"#;
        for filter in [
            "path=/bad",
            "\"ERROR request path=/bad\"",
            "n=7",
            "/n=[0-9]+/",
            "who={\"id\":3}",
            "\"path\\\":\"",
            "request",
            "-path=/good",
        ] {
            let parsed: Filter = filter.parse().unwrap();
            assert!(parsed.matches(&line("api", json)), "{filter}");
        }
        for filter in ["-path=/bad", "path=/good", "-request"] {
            let parsed: Filter = filter.parse().unwrap();
            assert!(!parsed.matches(&line("api", json)), "{filter}");
        }
    }

    #[test]
    fn lines_of_health_checks_are_hidden_unless_asked_for() {
        let probe = LogLine {
            probe: true,
            ..line("api", "GET /health 200")
        };
        let other = line("api", "GET /health 200");
        for (filter, sees_probe, sees_other) in [
            ("", false, true),
            ("health", false, true),
            ("probe:yes", true, true),
            ("probe:yes health", true, true),
            ("probe:yes nothing", false, false),
            ("probe:only", true, false),
            ("probe:no", false, true),
            ("-probe:only", false, true),
            ("-health", false, false),
        ] {
            let parsed: Filter = filter.parse().unwrap();
            let found = (parsed.matches(&probe), parsed.matches(&other));
            assert_eq!(found, (sees_probe, sees_other), "{filter}");
        }
        assert!(Filter::default().matches(&probe) && Filter::default().is_empty());
        assert!(!Filter::without_probes().is_empty());
    }

    #[test]
    fn colours_do_not_hide_words() {
        let filter: Filter = "\"hello world\"".parse().unwrap();
        assert!(filter.matches(&line("api", "hel\x1b[31mlo\x1b[0m world")));
    }

    #[test]
    fn paths_urls_and_a_lone_dash_are_words() {
        for (filter, text) in [
            ("/api/users", "GET /api/users 200"),
            ("http://x", "see http://x"),
            ("-", "a - b"),
            (r#""say \"hi\"""#, r#"say "hi""#),
            (r"/a\/b/", "a/b"),
        ] {
            let parsed: Filter = filter.parse().unwrap();
            assert!(parsed.matches(&line("api", text)), "{filter}");
        }
    }

    #[test]
    fn mistakes_are_reported() {
        for (filter, word) in [
            ("level:loud", "loud"),
            ("\"open", "closed"),
            ("/(/", "regular expression"),
        ] {
            let error = filter.parse::<Filter>().unwrap_err().to_string();
            assert!(error.contains(word), "{error}");
        }
    }

    #[test]
    fn since_accepts_durations_and_times() {
        let now: Timestamp = "2026-01-31T12:00:00Z".parse().unwrap();
        for (text, time) in [
            ("10m", "2026-01-31T11:50:00Z"),
            ("1h 30m", "2026-01-31T10:30:00Z"),
            ("1h30m", "2026-01-31T10:30:00Z"),
            ("1d", "2026-01-30T12:00:00Z"),
            ("2w", "2026-01-17T12:00:00Z"),
            ("2026-01-31T09:15:00Z", "2026-01-31T09:15:00Z"),
        ] {
            assert_eq!(since(text, now).unwrap(), time.parse().unwrap(), "{text}");
        }
        assert!(since("2026-01-31 09:15", now).is_ok());
        for text in ["", "yesterday", "10", "1y", "9999999d", "-1h"] {
            assert!(since(text, now).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_parsed_without_panic(text in "\\PC{0,60}") {
            if let Ok(filter) = text.parse::<Filter>() {
                let _ = filter.matches(&line("api", &text));
            }
        }

        #[test]
        fn a_quoted_text_finds_itself(text in "[a-zA-Z0-9 .*+?()/:-]{1,30}") {
            let filter: Filter = format!("\"{text}\"").parse().unwrap();
            let found = filter.matches(&line("api", &format!("<{text}>")));
            prop_assert!(found);
        }
    }
}
