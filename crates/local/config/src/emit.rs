//! Writes YAML as a person would: plain scalars where they are safe, blocks for several lines. The
//! output always parses back to the same values.

use std::fmt::Write as _;

/// A value to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Yaml {
    /// A text; quoted where it could be read as another type.
    Text(String),
    /// A number.
    Number(u64),
    /// `true` or `false`.
    Flag(bool),
    /// A list.
    List(Vec<Yaml>),
    /// A mapping, in this order.
    Map(Vec<Pair>),
}

/// A key with its value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Comment above the key; one comment line for each of its lines.
    pub comment: Option<String>,
    /// The key.
    pub key: String,
    /// The value.
    pub value: Yaml,
}

impl Yaml {
    /// A text.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }
}

/// A key with its value, without a comment.
pub fn pair(key: impl Into<String>, value: Yaml) -> Pair {
    Pair {
        comment: None,
        key: key.into(),
        value,
    }
}

/// A document with these keys, with an empty line before each key of the first level.
pub fn document(pairs: &[Pair]) -> String {
    let mut out = String::new();
    for (at, pair) in pairs.iter().enumerate() {
        if at > 0 {
            out.push('\n');
        }
        write_pair(&mut out, pair, 0);
    }
    out
}

fn indent(out: &mut String, depth: usize) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

fn write_pair(out: &mut String, pair: &Pair, depth: usize) {
    for line in pair.comment.iter().flat_map(|comment| comment.lines()) {
        indent(out, depth);
        let line: String = line.chars().filter(|c| !c.is_control()).collect();
        out.push_str(format!("# {line}").trim_end());
        out.push('\n');
    }
    indent(out, depth);
    out.push_str(&scalar(&pair.key));
    out.push(':');
    write_value(out, &pair.value, depth);
}

/// Writes a value after `key:` or `-`, to the end of the line.
fn write_value(out: &mut String, value: &Yaml, depth: usize) {
    match value {
        Yaml::Text(text) if is_block(text) => {
            out.push_str(" |");
            if !text.ends_with('\n') {
                out.push('-');
            }
            out.push('\n');
            for line in text.lines() {
                if !line.is_empty() {
                    indent(out, depth + 1);
                    out.push_str(line);
                }
                out.push('\n');
            }
        }
        Yaml::List(items) if items.is_empty() => out.push_str(" []\n"),
        Yaml::Map(pairs) if pairs.is_empty() => out.push_str(" {}\n"),
        Yaml::List(items) if items.iter().all(is_short) => {
            let _ = writeln!(out, " {}", flow(value));
        }
        Yaml::List(items) => {
            out.push('\n');
            for item in items {
                indent(out, depth + 1);
                out.push('-');
                write_value(out, item, depth + 1);
            }
        }
        Yaml::Map(pairs) => {
            out.push('\n');
            for pair in pairs {
                write_pair(out, pair, depth + 1);
            }
        }
        one => {
            let _ = writeln!(out, " {}", flow(one));
        }
    }
}

/// Whether a text is written as a block: it has several lines that a block keeps unchanged.
fn is_block(text: &str) -> bool {
    let body = text.strip_suffix('\n').unwrap_or(text);
    text.contains('\n')
        && !body.ends_with('\n')
        && !text.starts_with([' ', '\n', '\t'])
        && !body.is_empty()
        && text
            .chars()
            .all(|c| c == '\n' || c == '\t' || is_plain_character(c))
        && text.lines().all(|line| line.trim_end() == line)
}

fn is_short(value: &Yaml) -> bool {
    match value {
        Yaml::Text(text) => !text.contains('\n') && text.len() <= 40,
        Yaml::Number(_) | Yaml::Flag(_) => true,
        Yaml::List(_) | Yaml::Map(_) => false,
    }
}

fn flow(value: &Yaml) -> String {
    match value {
        Yaml::Text(text) => scalar(text),
        Yaml::Number(number) => number.to_string(),
        Yaml::Flag(flag) => flag.to_string(),
        Yaml::List(items) => {
            let items: Vec<_> = items.iter().map(flow).collect();
            format!("[{}]", items.join(", "))
        }
        Yaml::Map(pairs) => {
            let pairs: Vec<_> = pairs
                .iter()
                .map(|pair| format!("{}: {}", scalar(&pair.key), flow(&pair.value)))
                .collect();
            format!("{{{}}}", pairs.join(", "))
        }
    }
}

/// Whether a character has no special meaning in YAML.
fn is_plain_character(c: char) -> bool {
    !c.is_control()
        && !matches!(
            c,
            '\u{2028}' | '\u{2029}' | '\u{feff}' | '\u{fffe}' | '\u{ffff}'
        )
}

/// A text on one line, quoted where necessary.
fn scalar(text: &str) -> String {
    let first = text.chars().next();
    let looks_like_more = matches!(
        text.to_ascii_lowercase().as_str(),
        "" | "~"
            | "null"
            | "true"
            | "false"
            | ".nan"
            | ".inf"
            | "-.inf"
            | "+.inf"
            | "yes"
            | "no"
            | "on"
            | "off"
            | "y"
            | "n"
            | "<<"
    ) || first.is_some_and(|c| c.is_ascii_digit() || "+-.".contains(c))
        && text.contains(|c: char| c.is_ascii_digit())
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || "+-._:".contains(c));
    let indicator = first.is_some_and(|c| "-?:,[]{}#&*!|>'\"%@`=<".contains(c));
    let inner = text.contains([',', '[', ']', '{', '}']);
    let risky = text.contains(": ")
        || text.contains(" #")
        || text.ends_with(':')
        || text.trim() != text
        || !text.chars().all(is_plain_character);
    if looks_like_more && is_duration_like(text)
        || !(looks_like_more || indicator || inner || risky)
    {
        return text.to_owned();
    }
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            '\r' => out.push_str("\\r"),
            c if is_plain_character(c) => out.push(c),
            c if u32::from(c) <= 0xff => {
                let _ = write!(out, "\\x{:02x}", u32::from(c));
            }
            c => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
        }
    }
    out.push('"');
    out
}

/// `10s` looks like a number to the test above, and needs no quotes.
fn is_duration_like(text: &str) -> bool {
    super::value::duration(text).is_some()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::super::Source;
    use super::super::problem::Problems;
    use super::super::yaml::{self, Node, Value};
    use super::*;
    use proptest::prelude::*;
    use std::path::Path;
    use std::sync::Arc;

    fn read(text: &str) -> Yaml {
        let source = Arc::new(Source::open(Path::new("x"), text.to_owned()));
        let mut problems = Problems::default();
        let node = yaml::parse(&source, &mut problems);
        problems.or_errors(()).expect(text);
        back(node.expect(text))
    }

    fn back(node: Node) -> Yaml {
        match node.value {
            Value::Scalar(s) if s.plain && (s.text == "true" || s.text == "false") => {
                Yaml::Flag(s.text == "true")
            }
            Value::Scalar(s) => match s.text.parse() {
                Ok(number) if s.plain => Yaml::Number(number),
                _ => Yaml::Text(s.text),
            },
            Value::List(items) => Yaml::List(items.into_iter().map(back).collect()),
            Value::Map(entries) => Yaml::Map(
                entries
                    .into_iter()
                    .map(|entry| pair(entry.key, back(entry.value)))
                    .collect(),
            ),
        }
    }

    #[test]
    fn it_writes_as_a_person_would() {
        let text = document(&[
            Pair {
                comment: Some("What runs.".to_owned()),
                ..pair(
                    "processes",
                    Yaml::Map(vec![
                        pair("web", Yaml::text("npm run dev -- --port 3000")),
                        pair(
                            "api",
                            Yaml::Map(vec![
                                pair("cmd", Yaml::text("set -e\nexec api\n")),
                                pair("env", Yaml::Map(vec![pair("PORT", Yaml::text("80"))])),
                                pair(
                                    "depends_on",
                                    Yaml::List(vec![Yaml::text("a"), Yaml::text("b")]),
                                ),
                                pair("stop_timeout", Yaml::text("10s")),
                            ]),
                        ),
                    ]),
                )
            },
            pair("services", Yaml::Map(vec![pair("web", Yaml::Number(3000))])),
        ]);
        insta::assert_snapshot!(text, @r#"
        # What runs.
        processes:
          web: npm run dev -- --port 3000
          api:
            cmd: |
              set -e
              exec api
            env:
              PORT: "80"
            depends_on: [a, b]
            stop_timeout: 10s

        services:
          web: 3000
        "#);
    }

    fn any_yaml() -> impl Strategy<Value = Yaml> {
        let text = prop_oneof![
            r"\PC{0,12}",
            r#"[-a-c0-9:#'"{}\[\], \n\t|>&*!%@`~.=$\\]{0,12}"#,
            Just("a\u{85}b".to_owned()),
            Just("null".to_owned()),
            Just("0x10".to_owned()),
        ];
        let leaf = prop_oneof![
            text.prop_map(Yaml::Text),
            any::<u64>().prop_map(Yaml::Number),
            any::<bool>().prop_map(Yaml::Flag),
        ];
        leaf.prop_recursive(3, 16, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Yaml::List),
                prop::collection::btree_map(r"[ -~]{1,6}|\PC{1,3}", inner, 0..4).prop_map(|map| {
                    Yaml::Map(map.into_iter().map(|(k, v)| pair(k, v)).collect())
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn written_yaml_is_read_back(value in any_yaml()) {
            let text = document(&[pair("root", value.clone())]);
            prop_assert_eq!(read(&text), Yaml::Map(vec![pair("root", value)]), "{}", text);
        }
    }
}
