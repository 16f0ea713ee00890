//! The JSON Schema of `prox.yaml` for editors, generated from the schema that the reader uses. It
//! accepts every file that the reader accepts; only the reader checks rules between values.

use serde_json::{Map, Value, json};

use super::schema::{self, Kind, Object, Shape};
use super::value;

/// The schema of `prox.yaml`, in the 2020-12 draft.
pub fn project() -> Value {
    let mut schema = object(&schema::PROJECT);
    if let Value::Object(keys) = &mut schema {
        let mut head = Map::new();
        head.insert(
            "$schema".to_owned(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        head.insert("title".to_owned(), json!("prox.yaml"));
        head.insert(
            "description".to_owned(),
            json!("What prox runs in a project. `${NAME}`, `${NAME:-default}` and `${NAME:?message}` are filled in from the environment and the top `env_file`, but for commands, where the shell does it."),
        );
        head.append(keys);
        head.insert(
            "$defs".to_owned(),
            json!({"variable": {"type": "string", "pattern": r"\$\{"}}),
        );
        return Value::Object(head);
    }
    schema
}

/// The text of the committed schema file.
pub fn text() -> String {
    let mut text = serde_json::to_string_pretty(&project()).unwrap_or_default();
    text.push('\n');
    text
}

fn object(object: &Object) -> Value {
    let mut properties = Map::new();
    for field in object.fields {
        let mut schema = shape_of(&field.shape);
        if let Value::Object(keys) = &mut schema {
            keys.insert("description".to_owned(), json!(field.about));
        }
        properties.insert(field.key.to_owned(), schema);
    }
    let required: Vec<_> = object
        .fields
        .iter()
        .filter(|field| field.required)
        .map(|field| field.key)
        .collect();
    let mut schema = json!({
        "type": "object",
        "properties": properties,
        "additionalProperties": false,
    });
    if let Value::Object(keys) = &mut schema {
        if object.extensions {
            keys.insert("patternProperties".to_owned(), json!({"^x-": true}));
        }
        if !required.is_empty() {
            keys.insert("required".to_owned(), json!(required));
        }
        if !object.one_of.is_empty() {
            let ways: Vec<_> = object
                .one_of
                .iter()
                .map(|key| json!({"required": [key]}))
                .collect();
            keys.insert("oneOf".to_owned(), json!(ways));
        }
    }
    schema
}

fn shape_of(shape: &Shape) -> Value {
    match shape {
        Shape::One(kind) => one(kind),
        Shape::List(of) => json!({"type": "array", "items": shape_of(of)}),
        Shape::Map { names, of } => json!({
            "type": "object",
            "propertyNames": {"pattern": names.pattern},
            "additionalProperties": shape_of(of),
        }),
        Shape::Object(of) => object(of),
        Shape::Either(shapes) => {
            json!({"anyOf": shapes.iter().map(shape_of).collect::<Vec<_>>()})
        }
    }
}

fn one(kind: &Kind) -> Value {
    // YAML parses unquoted texts as numbers and booleans, which the reader accepts as texts.
    let text = json!(["string", "number", "boolean"]);
    let form = |pattern: &str| {
        // The pattern of a text with a variable applies only after substitution.
        json!({"type": text, "pattern": format!(r"{pattern}|\$\{{")})
    };
    let or_variable = |schema: Value| json!({"anyOf": [schema, {"$ref": "#/$defs/variable"}]});
    match kind {
        Kind::Command => json!({"type": text, "pattern": r"\S"}),
        Kind::Path => json!({"type": text, "pattern": r"\S"}),
        // The schema's `regex` is JavaScript's, which lacks `(?i)` and more.
        Kind::Text | Kind::Regex | Kind::Glob => json!({"type": text}),
        Kind::Form { pattern, .. } => form(pattern),
        Kind::Url => form(value::URL),
        Kind::Address => or_variable(json!({"anyOf": [
            {"type": "integer", "minimum": 1, "maximum": 65_535},
            {"type": "string", "pattern": value::ADDRESS},
        ]})),
        Kind::Flag => or_variable(json!({"type": "boolean"})),
        Kind::Duration { .. } => json!({
            "type": "string",
            "pattern": format!(r"{}|\$\{{", value::DURATION),
            "examples": ["10s", "1m30s", "500ms"],
        }),
        Kind::Size { least } => or_variable(json!({"anyOf": [
            {"type": "number", "minimum": least},
            {"type": "string", "pattern": value::SIZE, "examples": ["1MB", "512KiB"]},
        ]})),
        Kind::Port { zero } => or_variable(json!({
            "type": "integer",
            "minimum": if *zero { 0 } else { 1 },
            "maximum": 65_535,
        })),
        Kind::Count { least, most } => {
            or_variable(json!({"type": "integer", "minimum": least, "maximum": most}))
        }
        Kind::Choice(words) => or_variable(json!({"enum": words})),
    }
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]
mod tests {
    use super::super::tests::{EVERYTHING, Folder};
    use super::super::yaml::{Node, Value as Tree};
    use super::super::{Source, yaml};
    use super::*;
    use proptest::prelude::*;
    use regex::Regex;
    use std::path::{Path, PathBuf};
    use std::sync::{Arc, LazyLock};

    static VALIDATOR: LazyLock<jsonschema::Validator> = LazyLock::new(|| {
        jsonschema::meta::validate(&project()).unwrap();
        jsonschema::validator_for(&project()).unwrap()
    });

    fn repository() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..")
    }

    /// A node as JSON, as an editor sees it.
    fn json_of(node: &Node) -> Value {
        match &node.value {
            Tree::Scalar(scalar) => match scalar.text.as_str() {
                _ if node.is_null() => Value::Null,
                text if !scalar.plain => json!(text),
                text => core_schema(text),
            },
            Tree::List(items) => items.iter().map(json_of).collect(),
            Tree::Map(entries) => Value::Object(
                entries
                    .iter()
                    .map(|entry| (entry.key.clone(), json_of(&entry.value)))
                    .collect(),
            ),
        }
    }

    /// The value of an unquoted text in the core schema of YAML 1.2.
    fn core_schema(text: &str) -> Value {
        static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
            Regex::new(r"^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$").unwrap()
        });
        let based = |prefix, base| u64::from_str_radix(text.strip_prefix(prefix)?, base).ok();
        match text {
            "true" | "True" | "TRUE" => json!(true),
            "false" | "False" | "FALSE" => json!(false),
            ".inf" | "-.inf" | ".nan" => json!(f64::MAX),
            _ => match based("0x", 16).or_else(|| based("0o", 8)) {
                Some(number) => json!(number),
                None if NUMBER.is_match(text) => match text.parse::<i64>() {
                    Ok(number) => json!(number),
                    Err(_) => json!(text.parse::<f64>().unwrap()),
                },
                None => json!(text),
            },
        }
    }

    fn parse(text: &str) -> Value {
        let source = Arc::new(Source::open(Path::new("prox.yaml"), text.to_owned()));
        json_of(&yaml::parse(&source, &mut Default::default()).expect(text))
    }

    fn faults(text: &str) -> Vec<String> {
        let json = parse(text);
        VALIDATOR
            .iter_errors(&json)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect()
    }

    /// Editors fetch the committed file. `UPDATE_SCHEMA=1` writes it.
    #[test]
    fn the_committed_schema_is_the_readers() {
        let file = repository().join("docs/prox.schema.json");
        if std::env::var_os("UPDATE_SCHEMA").is_some() {
            std::fs::write(&file, text()).unwrap();
        }
        let committed = std::fs::read_to_string(&file).unwrap();
        assert!(
            committed == text(),
            "docs/prox.schema.json is stale: run this test with UPDATE_SCHEMA=1"
        );
    }

    #[test]
    fn a_file_with_every_key_validates() {
        assert_eq!(faults(EVERYTHING), Vec::<String>::new());
    }

    /// Checks every `prox.yaml` of the repository, and every example in its documents.
    #[test]
    fn the_repositorys_own_files_validate() {
        let mut seen = 0;
        for name in ["prox.yaml", "tests/fixtures/prox.yaml"] {
            if let Ok(text) = std::fs::read_to_string(repository().join(name)) {
                assert_eq!(faults(&text), Vec::<String>::new(), "{name}");
                seen += 1;
            }
        }
        for entry in std::fs::read_dir(repository().join("docs")).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_none_or(|extension| extension != "md") {
                continue;
            }
            let text = std::fs::read_to_string(&path).unwrap();
            for block in text.split("```yaml\n").skip(1) {
                let block = block.split("```").next().unwrap();
                if block.contains("processes:") {
                    assert_eq!(faults(block), Vec::<String>::new(), "{}", path.display());
                    let json = parse(block);
                    assert!(json["processes"].is_object());
                    seen += 1;
                }
            }
        }
        assert!(seen > 0, "there is no example at all");
    }

    #[test]
    fn mistakes_of_form_are_found_by_the_schema_too() {
        for text in [
            "proceses: {}",
            "processes: {web: {}}",
            "processes: {web: [a]}",
            "processes: {web: }",
            "processes: {'a b': x}",
            "processes: {web: {cmd: x, restart: sometimes}}",
            "processes: {web: {cmd: x, healthcheck: {}}}",
            "processes: {web: {cmd: x, healthcheck: {tcp: 1, cmd: y}}}",
            "processes: {web: {cmd: x, healthcheck: {http: nowhere}}}",
            "processes: {web: {cmd: x, stop_timeout: 5}}",
            "processes: {web: {cmd: x, pty: maybe}}",
            "processes: {web: {cmd: ' '}}",
            "processes: {web: {cmd: x, env: [A=b]}}",
            "api: {port: 70000}",
            "services: {Web: 1}",
            "services: {web: '3000'}",
            "logs: {max_size: big}",
            "dependencies: {db: {}}",
        ] {
            assert_ne!(faults(text), Vec::<String>::new(), "{text}");
            assert!(Folder::new(text).load().is_err(), "{text}");
        }
    }

    /// The mark before texts that are written without quotes.
    const PLAIN: char = '\u{1}';

    /// Texts that other programs parse as a number, null or a date.
    const ODD: &[&str] = &[
        "0x1F",
        "0o17",
        "1_000",
        "+5",
        "-0",
        "-1",
        "1.0",
        "3000.0",
        "1e3",
        ".5",
        "5.",
        "007",
        "1.5",
        "0",
        "00",
        "65535",
        "65536",
        "4294967296",
        "99999999999999999999",
        "~",
        "NULL",
        "True",
        "yes",
        "no",
        ".inf",
        ".nan",
        "2001-01-01",
        "12:30",
        "0s",
        "0.4ms",
        "1m1m",
        "-5s",
        "1.5MB",
        "1 kB",
        "$",
        "$$",
        "=",
    ];

    /// A value as a file in one line.
    fn written(value: &Value) -> String {
        match value {
            Value::String(text) => match text.strip_prefix(PLAIN) {
                Some(plain) => plain.to_owned(),
                None => value.to_string(),
            },
            Value::Array(items) => {
                let items: Vec<_> = items.iter().map(written).collect();
                format!("[{}]", items.join(", "))
            }
            Value::Object(entries) => {
                let entry =
                    |(key, value): (&String, &Value)| format!("{}: {}", json!(key), written(value));
                let entries: Vec<_> = entries.iter().map(entry).collect();
                format!("{{{}}}", entries.join(", "))
            }
            other => other.to_string(),
        }
    }

    /// Any value for a place of this shape, valid or not.
    fn any_value(shape: &'static Shape) -> BoxedStrategy<Value> {
        let odd = prop_oneof![
            Just(json!(null)),
            Just(json!(true)),
            Just(json!(0)),
            Just(json!(70_000)),
            Just(json!("")),
            Just(json!("x y")),
            Just(json!([])),
            Just(json!({})),
            "[a-zA-Z0-9:.$/{}-]{0,8}".prop_map(Value::String),
            prop::sample::select(ODD).prop_map(|text| json!(format!("{PLAIN}{text}"))),
            prop::sample::select(ODD).prop_map(|text| json!(text)),
        ];
        let fit: BoxedStrategy<Value> = match shape {
            Shape::One(kind) => fitting(kind),
            Shape::List(of) => prop::collection::vec(any_value(of), 0..3)
                .prop_map(Value::Array)
                .boxed(),
            Shape::Map { of, .. } => prop::collection::vec((any_name(), any_value(of)), 0..3)
                .prop_map(|entries| Value::Object(entries.into_iter().collect()))
                .boxed(),
            Shape::Object(object) => any_object(object),
            Shape::Either(shapes) => {
                prop::strategy::Union::new(shapes.iter().map(any_value)).boxed()
            }
        };
        prop_oneof![30 => fit, 1 => odd].boxed()
    }

    fn any_name() -> BoxedStrategy<String> {
        prop_oneof![20 => "[a-z]{1,3}", 1 => "[A-Za-z .=-]{0,3}"].boxed()
    }

    fn any_object(object: &'static Object) -> BoxedStrategy<Value> {
        let all: Vec<BoxedStrategy<Option<(String, Value)>>> = object
            .fields
            .iter()
            .map(|field| {
                let value = any_value(&field.shape);
                let there = if field.required { 0.97 } else { 0.25 };
                (prop::bool::weighted(there), value)
                    .prop_map(move |(there, value)| there.then(|| (field.key.to_owned(), value)))
                    .boxed()
            })
            .collect();
        let extra = prop::option::weighted(0.03, ("(x-)?[a-z]{1,4}", Just(json!(1))));
        (all, extra)
            .prop_map(|(fields, extra)| {
                Value::Object(fields.into_iter().flatten().chain(extra).collect())
            })
            .boxed()
    }

    fn fitting(kind: &'static Kind) -> BoxedStrategy<Value> {
        match kind {
            Kind::Command | Kind::Text | Kind::Path | Kind::Form { .. } => {
                prop_oneof![Just(json!("abc")), Just(json!(1)), Just(json!(true))].boxed()
            }
            Kind::Regex => prop_oneof![Just(json!("^a.*$")), Just(json!("(?i)a"))].boxed(),
            Kind::Glob => Just(json!("**/*.{a,b}")).boxed(),
            Kind::Url => Just(json!("http://localhost:3000/a?b")).boxed(),
            Kind::Address => prop_oneof![Just(json!("db:5432")), Just(json!(80))].boxed(),
            Kind::Flag => any::<bool>().prop_map(|flag| json!(flag)).boxed(),
            Kind::Duration { .. } => prop_oneof![Just(json!("10s")), Just(json!("2m30s"))].boxed(),
            Kind::Size { .. } => prop_oneof![Just(json!("1MB")), Just(json!(5_000))].boxed(),
            Kind::Port { .. } => (1_u16..).prop_map(|port| json!(port)).boxed(),
            Kind::Count { .. } => (1_u32..9).prop_map(|count| json!(count)).boxed(),
            Kind::Choice(words) => prop::sample::select(*words)
                .prop_map(|word| json!(word))
                .boxed(),
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(512))]

        /// The reader and the JSON Schema accept the same values, except for regular expressions,
        /// limits of durations, ports in addresses and hosts in URLs, which only the reader checks.
        #[test]
        fn reader_and_schema_judge_alike(value in any_object(&schema::PROJECT)) {
            let text = written(&value);
            let source = Arc::new(Source::open(Path::new("prox.yaml"), text.clone()));
            let mut problems = Default::default();
            let mut node = yaml::parse(&source, &mut problems).unwrap();
            let nothing = Default::default();
            let variables = super::super::interpolate::Variables::new(vec![&nothing]);
            super::super::check::Checker::new(&source, Some(&variables), &mut problems)
                .root(&mut node, &schema::PROJECT);
            let reported: Vec<_> = match problems.or_errors(()) {
                Ok(()) => Vec::new(),
                Err(errors) => errors.problems.iter().map(|p| p.message.clone()).collect(),
            };
            let faults = faults(&text);
            if reported.is_empty() {
                prop_assert_eq!(faults, Vec::<String>::new(), "{}", text);
            } else if faults.is_empty() {
                let readers_alone = ["regular expression", "more than", "at most", "host:port", "http or https", "variable", "`}`", "at least", "unknown form"];
                // To the schema, 010, +10 and 10.0 are 10.
                let number = |message: &str| message.split('"').nth(1).is_some_and(|text| core_schema(text).is_number());
                for message in &reported {
                    prop_assert!(number(message) || readers_alone.iter().any(|part| message.contains(part)), "{message}: {text}");
                }
            }
        }
    }
}
