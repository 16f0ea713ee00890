//! Checks a parsed file against its schema: unknown keys, wrong types, invalid values. Also
//! substitutes variables. Rules between values are checked in `read`.

use std::sync::Arc;

use globset::Glob;

use super::interpolate::Variables;
use super::pattern::Patterns;
use super::problem::{self, Problem, Problems, quoted};
use super::schema::{Kind, Names, Object, Shape};
use super::source::Source;
use super::suggest;
use super::value;
use super::yaml::{Entry, Node, Scalar, Value};

/// Checks a tree, and substitutes variables in its texts.
pub(super) struct Checker<'a> {
    source: &'a Arc<Source>,
    /// None where `$` has no special meaning.
    variables: Option<&'a Variables<'a>>,
    problems: &'a mut Problems,
    patterns: Patterns,
}

impl<'a> Checker<'a> {
    pub(super) fn new(
        source: &'a Arc<Source>,
        variables: Option<&'a Variables<'a>>,
        problems: &'a mut Problems,
    ) -> Self {
        Self {
            source,
            variables,
            problems,
            patterns: Patterns::new(),
        }
    }

    fn report(&mut self, problem: Problem) {
        self.problems.add(problem);
    }

    fn at(&self, node: &Node, message: impl Into<String>) -> Problem {
        problem::at(self.source, node.span.clone(), message)
    }

    /// The whole file.
    pub(super) fn root(&mut self, node: &mut Node, object: &Object) {
        let span = node.span.clone();
        match &mut node.value {
            Value::Map(entries) => self.object(entries, &span, object),
            _ => {
                let found = self
                    .at(node, "the file has to be a mapping of keys to values")
                    .with_help("it begins like this:\nprocesses:\n  web: npm run dev");
                self.report(found);
            }
        }
    }

    /// Checks a value. `label` names its key, for messages.
    pub(super) fn check(&mut self, node: &mut Node, shape: &Shape, label: &str) {
        if node.is_null() {
            let found = self
                .at(node, format!("`{label}` has no value"))
                .with_help(match shape {
                    Shape::One(Kind::Text) => "write `\"\"` for an empty text".to_owned(),
                    Shape::One(Kind::Path) => {
                        "expected a path; the home folder is `~` in quotes".to_owned()
                    }
                    _ => format!("expected {}", expected(shape)),
                });
            return self.report(found);
        }
        match (shape, &mut node.value) {
            (Shape::Either(shapes), value) => {
                let fits = |shape: &&Shape| {
                    matches!(
                        (shape, &*value),
                        (Shape::One(_), Value::Scalar(_))
                            | (Shape::List(_), Value::List(_))
                            | (Shape::Map { .. } | Shape::Object(_), Value::Map(_))
                    )
                };
                match shapes.iter().find(fits) {
                    Some(shape) => self.check(node, shape, label),
                    None => self.wrong_kind(node, shape, label),
                }
            }
            (Shape::One(kind), Value::Scalar(_)) => self.scalar(node, kind, label),
            (Shape::List(of), Value::List(items)) => {
                for item in items {
                    self.check(item, of, label);
                }
            }
            (Shape::Map { names, of }, Value::Map(entries)) => {
                for entry in entries {
                    self.name(entry, names);
                    self.check(&mut entry.value, of, &entry.key);
                }
            }
            (Shape::Object(object), Value::Map(entries)) => {
                let span = node.span.clone();
                self.object(entries, &span, object);
            }
            _ => self.wrong_kind(node, shape, label),
        }
    }

    fn wrong_kind(&mut self, node: &Node, shape: &Shape, label: &str) {
        let is = match &node.value {
            Value::Scalar(_) => "a single value",
            Value::List(_) => "a list",
            Value::Map(_) => "a mapping",
        };
        let mut found = self.at(
            node,
            format!("`{label}` is {is}, but has to be {}", expected(shape)),
        );
        if let Some(text) = node
            .text()
            .filter(|text| text.len() <= 60 && takes_list(shape))
        {
            found = found.with_help(format!("write `[{text}]`"));
        }
        self.report(found);
    }

    fn name(&mut self, entry: &Entry, names: &Names) {
        if !value::fits(names.pattern, &entry.key) || entry.key.contains('\0') {
            let found = problem::at(
                self.source,
                entry.key_span.clone(),
                format!("the name {} is not possible", quoted(&entry.key)),
            )
            .with_help(format!("a name is {}", names.what));
            self.report(found);
        }
    }

    fn object(&mut self, entries: &mut [Entry], span: &std::ops::Range<usize>, object: &Object) {
        for entry in entries.iter_mut() {
            match object.fields.iter().find(|field| field.key == entry.key) {
                Some(field) => self.check(&mut entry.value, &field.shape, field.key),
                None if object.extensions && entry.key.starts_with("x-") => {}
                None => {
                    let source = self.source;
                    self.problems
                        .add_with(|| unknown_key(source, entry, object));
                }
            }
        }
        let has = |key: &str| entries.iter().any(|entry| entry.key == key);
        let missing: Vec<_> = object
            .fields
            .iter()
            .filter(|field| field.required && !has(field.key))
            .map(|field| field.key)
            .collect();
        for key in missing {
            let found = problem::at(
                self.source,
                span.clone(),
                format!("{} needs `{key}`", object.what),
            );
            self.report(found);
        }
        let given: Vec<&Entry> = entries
            .iter()
            .filter(|entry| object.one_of.contains(&entry.key.as_str()))
            .collect();
        let choices = || {
            let keys: Vec<_> = object.one_of.iter().map(|k| format!("`{k}`")).collect();
            keys.join(", ")
        };
        match given.as_slice() {
            [] if !object.one_of.is_empty() => {
                let found = problem::at(
                    self.source,
                    span.clone(),
                    format!("{} needs one of {}", object.what, choices()),
                );
                self.report(found);
            }
            [first, rest @ ..] => {
                let several: Vec<_> = rest
                    .iter()
                    .map(|entry| {
                        problem::at(
                            self.source,
                            entry.key_span.clone(),
                            format!("{} takes only one of {}", object.what, choices()),
                        )
                        .with_other(first.key_span.clone(), "here is one already")
                    })
                    .collect();
                for found in several {
                    self.report(found);
                }
            }
            [] => {}
        }
    }

    fn scalar(&mut self, node: &mut Node, kind: &Kind, label: &str) {
        let span = node.span.clone();
        let Value::Scalar(scalar) = &mut node.value else {
            return;
        };
        if let Some(variables) = self.variables
            && !matches!(kind, Kind::Command | Kind::Regex)
            && scalar.text.contains('$')
        {
            match variables.fill(&scalar.text) {
                Ok(text) => {
                    // The value of a variable has no quotes, so it counts as plain.
                    scalar.plain |= scalar.text.contains("${");
                    scalar.text = text;
                }
                Err(failure) => {
                    let source = self.source;
                    // An empty text, so that the reader of the tree sees no value.
                    let text = std::mem::take(&mut scalar.text);
                    scalar.plain = true;
                    return self.problems.add_with(|| {
                        let span = within(source, &span, &text, &failure.span);
                        let mut found = problem::at(source, span, failure.message);
                        found.help = failure.help;
                        let unset = failure.unset.as_deref();
                        let near = unset.and_then(|name| suggest::nearest(name, variables.names()));
                        if let (Some(near), Some(help)) = (near, &found.help) {
                            found.help = Some(format!("did you mean `{near}`? Or {help}"));
                        }
                        found
                    });
                }
            }
        }
        if scalar.text.contains('\0') {
            let found = problem::at(
                self.source,
                span,
                format!("`{label}` has a NUL character in it"),
            );
            return self.report(found);
        }
        if let Err(refusal) = validate(scalar, kind, label, &mut self.patterns) {
            let mut found = problem::at(self.source, span, refusal.message);
            found.help = refusal.help;
            self.report(found);
        }
    }
}

fn unknown_key(source: &Arc<Source>, entry: &Entry, object: &Object) -> Problem {
    let keys = || object.fields.iter().map(|field| field.key);
    let found = problem::at(
        source,
        entry.key_span.clone(),
        format!("{} has no key {}", object.what, quoted(&entry.key)),
    )
    .did_you_mean(&entry.key, keys());
    if found.help.is_some() {
        return found;
    }
    let known: Vec<_> = keys().map(|key| format!("`{key}`")).collect();
    found.with_help(format!("known keys: {}", known.join(", ")))
}

/// The position of a part of a scalar, when the file contains the scalar unchanged.
fn within(
    source: &Source,
    span: &std::ops::Range<usize>,
    text: &str,
    part: &std::ops::Range<usize>,
) -> std::ops::Range<usize> {
    let written = source.text.get(span.clone()).unwrap_or_default();
    match text.get(part.clone()).and_then(|part| written.find(part)) {
        Some(at) => span.start + at..span.start + at + part.len(),
        None => span.clone(),
    }
}

/// The reason why a value is invalid.
struct Refusal {
    message: String,
    help: Option<String>,
}

fn refuse(message: String, help: impl Into<Option<String>>) -> Result<(), Refusal> {
    Err(Refusal {
        message,
        help: help.into(),
    })
}

fn validate(
    scalar: &Scalar,
    kind: &Kind,
    label: &str,
    patterns: &mut Patterns,
) -> Result<(), Refusal> {
    let text = scalar.text.as_str();
    let not = |what: &str| format!("`{label}` cannot be {}: it has to be {what}", quoted(text));
    match kind {
        Kind::Text => Ok(()),
        Kind::Command | Kind::Path if text.trim().is_empty() => {
            refuse(format!("`{label}` is empty"), None)
        }
        Kind::Command | Kind::Path => Ok(()),
        Kind::Form { pattern, what } => match value::fits(pattern, text) {
            true => Ok(()),
            false => refuse(not(what), None),
        },
        Kind::Url if value::is_url(text) => Ok(()),
        Kind::Url => {
            let whole = format!("http://{text}");
            let help = match value::is_url(&whole) {
                true => format!("did you mean `{}`?", value::without_credentials(&whole)),
                false => "such as http://127.0.0.1:3000/health".to_owned(),
            };
            let shown = match whole.contains('@') && !text.contains("://") {
                // Credentials before an `@` are not shown, also without a scheme.
                true => value::without_credentials(&whole).replacen("http://", "", 1),
                false => value::without_credentials(text).into_owned(),
            };
            let shown = quoted(&shown);
            let message =
                format!("`{label}` cannot be {shown}: it has to be an http or https address");
            refuse(message, help)
        }
        Kind::Address if value::address(text).is_some() => Ok(()),
        Kind::Address => refuse(
            not("a `host:port` or a port"),
            "such as 127.0.0.1:5432".to_owned(),
        ),
        Kind::Regex => patterns
            .add(text)
            .or_else(|refusal| refuse(not(refusal.wanted), refusal.why)),
        Kind::Glob => match Glob::new(text) {
            Ok(_) => Ok(()),
            Err(error) => refuse(not("a glob"), error.kind().to_string()),
        },
        Kind::Flag => match flag(scalar) {
            Some(_) => Ok(()),
            None => {
                let meant = match text.to_ascii_lowercase().as_str() {
                    "yes" | "on" | "1" | "true" | "y" => Some("write `true`".to_owned()),
                    "no" | "off" | "0" | "false" | "n" => Some("write `false`".to_owned()),
                    _ => None,
                };
                refuse(not("`true` or `false`"), meant)
            }
        },
        Kind::Duration { over, most } => match value::duration(text) {
            None => {
                let number = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
                let help = match number {
                    true => format!("with its unit: `{text}s`, `{text}ms`"),
                    false => "such as 10s, 1m30s or 500ms".to_owned(),
                };
                refuse(not("a duration"), help)
            }
            Some(found) if over.is_some_and(|over| found <= over) || found > *most => {
                let least = over.map_or("not negative".to_owned(), |over| {
                    format!("more than {}", value::format_duration(over))
                });
                refuse(
                    not(&format!(
                        "{least} and at most {}",
                        value::format_duration(*most)
                    )),
                    None,
                )
            }
            Some(_) => Ok(()),
        },
        Kind::Size { least } => match value::size(text) {
            None => refuse(not("a size"), "such as 1MB, 512KiB or 1GB".to_owned()),
            Some(found) if found < *least => refuse(not(&format!("at least {least} bytes")), None),
            Some(_) => Ok(()),
        },
        Kind::Port { .. } | Kind::Count { .. } if !scalar.plain && number(text).is_some() => {
            refuse(not("a number"), format!("without quotes: {text}"))
        }
        Kind::Port { zero } => match number(text) {
            Some(0) if *zero => Ok(()),
            Some(1..=65_535) => Ok(()),
            _ if *zero => refuse(not("a port: 0 to 65535"), None),
            _ => refuse(not("a port: 1 to 65535"), None),
        },
        Kind::Count { least, most } => match number(text) {
            Some(found) if (*least..=*most).contains(&found) => Ok(()),
            _ => refuse(not(&format!("a whole number from {least} to {most}")), None),
        },
        Kind::Choice(words) => {
            if words.contains(&text) {
                return Ok(());
            }
            let known: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
            let help = suggest::nearest(text, words.iter().copied())
                .or_else(|| signal_without_prefix(text, words))
                .map(|near| format!("did you mean `{near}`?"));
            refuse(not(&format!("one of {}", known.join(", "))), help)
        }
    }
}

fn signal_without_prefix<'a>(text: &str, words: &[&'a str]) -> Option<&'a str> {
    let text = text.to_ascii_uppercase();
    words
        .iter()
        .copied()
        .find(|word| word.strip_prefix("SIG") == Some(&text))
}

/// Parses a scalar as a flag.
pub(super) fn flag(scalar: &Scalar) -> Option<bool> {
    match scalar.text.as_str() {
        _ if !scalar.plain => None,
        "true" | "True" | "TRUE" => Some(true),
        "false" | "False" | "FALSE" => Some(false),
        _ => None,
    }
}

/// Parses a whole number without a sign and without leading zeros.
pub(super) fn number(text: &str) -> Option<u32> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (digits && (text == "0" || !text.starts_with('0')))
        .then(|| text.parse().ok())
        .flatten()
}

/// Whether a shape accepts a list of texts.
fn takes_list(shape: &Shape) -> bool {
    match shape {
        Shape::List(of) => matches!(of, Shape::One(_)),
        Shape::Either(shapes) => shapes.iter().any(takes_list),
        _ => false,
    }
}

/// The description of a shape, for messages.
fn expected(shape: &Shape) -> String {
    match shape {
        Shape::One(kind) => match kind {
            Kind::Command => "a command".to_owned(),
            Kind::Text => "a text".to_owned(),
            Kind::Form { what, .. } => (*what).to_owned(),
            Kind::Path => "a path".to_owned(),
            Kind::Url => "an http or https address".to_owned(),
            Kind::Address => "a `host:port`".to_owned(),
            Kind::Regex => "a regular expression".to_owned(),
            Kind::Glob => "a glob".to_owned(),
            Kind::Flag => "`true` or `false`".to_owned(),
            Kind::Duration { .. } => "a duration such as 10s".to_owned(),
            Kind::Size { .. } => "a size such as 1MB".to_owned(),
            Kind::Port { .. } => "a port".to_owned(),
            Kind::Count { .. } => "a whole number".to_owned(),
            Kind::Choice(words) => {
                let words: Vec<_> = words.iter().map(|word| format!("`{word}`")).collect();
                format!("one of {}", words.join(", "))
            }
        },
        Shape::List(_) => "a list".to_owned(),
        Shape::Map { .. } => "a mapping of names".to_owned(),
        Shape::Object(object) => {
            let keys: Vec<_> = object
                .fields
                .iter()
                .map(|field| format!("`{}`", field.key))
                .collect();
            format!("a mapping with {}", keys.join(", "))
        }
        Shape::Either(shapes) => shapes
            .iter()
            .map(expected)
            .collect::<Vec<_>>()
            .join(", or "),
    }
}
