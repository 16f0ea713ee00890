//! Parses JSON to a tree whose nodes know their position, so that it is checked like YAML. A YAML
//! parser would accept most of JSON, but neither its tabs nor its surrogate pairs.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use serde::de::IgnoredAny;

use super::problem::{self, Problem, Problems};
use super::source::Source;
use super::yaml::{Entry, MAX_DEPTH, Node, Scalar, Value};

/// Parses a text. None when it is not JSON. Mistakes are added to `problems`; parsing ends at the
/// first syntax error.
pub(super) fn parse(source: &Arc<Source>, problems: &mut Problems) -> Option<Node> {
    if let Err(error) = serde_json::from_str::<IgnoredAny>(&source.text) {
        problems.add(fault(source, &error));
        return None;
    }
    let mut walk = Walk {
        source,
        at: 0,
        problems,
    };
    walk.value(0)
        .map_err(|problem| walk.problems.add(*problem))
        .ok()
}

/// An error of `serde_json` with its position, as a problem.
pub(super) fn fault(source: &Arc<Source>, error: &serde_json::Error) -> Problem {
    let lines = source.text.split_inclusive('\n');
    let before = lines.take(error.line().saturating_sub(1));
    let at = before.map(str::len).sum::<usize>() + error.column().saturating_sub(1);
    let at = at.min(source.text.len());
    let message = error.to_string();
    let message = message.split(" at line").next().unwrap_or_default();
    let message = match error.is_data() {
        true => message.to_owned(),
        false => format!("this is not JSON: {message}"),
    };
    problem::at(source, at..at, message)
}

/// Walks through a text whose syntax is valid.
struct Walk<'a> {
    source: &'a Arc<Source>,
    at: usize,
    problems: &'a mut Problems,
}

type Step<T> = Result<T, Box<Problem>>;

impl Walk<'_> {
    fn rest(&self) -> &str {
        self.source.text.get(self.at..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_ascii_start().len();
    }

    /// Consumes the byte, if it is the next one, and returns whether it was.
    fn takes(&mut self, sign: char) -> bool {
        self.skip_space();
        let found = self.rest().starts_with(sign);
        self.at += usize::from(found);
        found
    }

    fn value(&mut self, depth: usize) -> Step<Node> {
        self.skip_space();
        let start = self.at;
        if depth > MAX_DEPTH {
            let message = format!("this lies more than {MAX_DEPTH} levels deep");
            return Err(Box::new(problem::at(self.source, start..start, message)));
        }
        let value = if self.takes('{') {
            Value::Map(self.members(depth)?)
        } else if self.takes('[') {
            Value::List(self.items(depth)?)
        } else if self.rest().starts_with('"') {
            let (text, _) = self.string()?;
            Value::Scalar(Scalar { text, plain: false })
        } else {
            let rest = self.rest();
            let ends = |c: char| c.is_ascii_whitespace() || ",]}".contains(c);
            let text = rest.split(ends).next().unwrap_or_default().to_owned();
            self.at += text.len();
            Value::Scalar(Scalar { text, plain: true })
        };
        Ok(Node {
            span: start..self.at,
            value,
        })
    }

    fn items(&mut self, depth: usize) -> Step<Vec<Node>> {
        let mut items = Vec::new();
        while !self.takes(']') {
            items.push(self.value(depth + 1)?);
            self.takes(',');
        }
        Ok(items)
    }

    fn members(&mut self, depth: usize) -> Step<Vec<Entry>> {
        let mut entries = Vec::new();
        let mut known: HashMap<String, Range<usize>> = HashMap::new();
        while !self.takes('}') {
            let (key, key_span) = self.string()?;
            self.takes(':');
            let value = self.value(depth + 1)?;
            self.takes(',');
            if let Some(first) = known.get(&key) {
                let found = problem::duplicate_key(self.source, &key, key_span, first);
                self.problems.add(found);
                continue;
            }
            known.insert(key.clone(), key_span.clone());
            entries.push(Entry {
                key,
                key_span,
                value,
            });
        }
        Ok(entries)
    }

    fn string(&mut self) -> Step<(String, Range<usize>)> {
        let mut escaped = false;
        let inner = self.rest().get(1..).unwrap_or_default();
        let length = inner.find(|c| {
            let ends = c == '"' && !escaped;
            escaped = c == '\\' && !escaped;
            ends
        });
        let span = self.at..self.at + length.map_or(inner.len() + 1, |length| length + 2);
        self.at = span.end;
        let written = self.source.text.get(span.clone()).unwrap_or_default();
        match serde_json::from_str(written) {
            Ok(text) => Ok((text, span)),
            // Half of a surrogate pair.
            Err(_) => {
                let message = "this text has an escape that is not a character";
                Err(Box::new(problem::at(self.source, span, message)))
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde::Serialize as _;
    use std::path::Path;

    fn back(node: Node) -> serde_json::Value {
        match node.value {
            Value::Scalar(scalar) if scalar.plain => serde_json::from_str(&scalar.text).unwrap(),
            Value::Scalar(scalar) => scalar.text.into(),
            Value::List(items) => items.into_iter().map(back).collect(),
            Value::Map(entries) => {
                let entries = entries.into_iter();
                entries
                    .map(|entry| (entry.key, back(entry.value)))
                    .collect()
            }
        }
    }

    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            any::<i64>().prop_map(serde_json::Value::from),
            any::<bool>().prop_map(serde_json::Value::from),
            Just(serde_json::Value::Null),
            r#"(?s)[\\"/,:\[\]{}]{0,4}.{0,6}"#.prop_map(serde_json::Value::from),
        ];
        leaf.prop_recursive(4, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
                prop::collection::btree_map(r#"[a-c"\\ü]{0,3}"#, inner, 0..4)
                    .prop_map(|entries| entries.into_iter().collect()),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_json_is_parsed_with_its_positions(value in any_json(), tabs in any::<bool>()) {
            let mut text = Vec::new();
            let indent: &[u8] = if tabs { b"\t" } else { b"" };
            let format = serde_json::ser::PrettyFormatter::with_indent(indent);
            value.serialize(&mut serde_json::Serializer::with_formatter(&mut text, format)).unwrap();
            let source = Arc::new(Source::open(Path::new("x"), String::from_utf8(text).unwrap()));
            let mut problems = Problems::default();
            let node = parse(&source, &mut problems).unwrap();
            prop_assert_eq!(problems.count(), 0);
            prop_assert_eq!(node.span.clone(), 0..source.text.len());
            prop_assert_eq!(back(node), value);
        }
    }
}
