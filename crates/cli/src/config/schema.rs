//! The JSON Schema of `prox.yaml` for editors, made of the shapes that the reader checks by. It
//! takes every file that the reader takes; rules between values are the reader's alone.

use serde_json::{Map, Value, json};

use super::shape::{self, Kind, Object, Shape};
use super::value;

/// Where the schema is published.
const ID: &str = "https://prox-os.com/schema/prox.schema.json";

/// The schema of `prox.yaml`, in the 2020-12 draft.
pub fn project() -> Value {
    let mut schema = object(&shape::PROJECT);
    if let Value::Object(keys) = &mut schema {
        let mut head = Map::new();
        head.insert(
            "$schema".to_owned(),
            json!("https://json-schema.org/draft/2020-12/schema"),
        );
        head.insert("$id".to_owned(), json!(ID));
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

/// The schema's text as it is committed.
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
    // YAML reads unquoted numbers and booleans where a text is meant, which is fine.
    let text = json!(["string", "number", "boolean"]);
    let form = |pattern: &str| {
        // With a variable in it, the form is known only when it is filled in.
        json!({"type": text, "pattern": format!(r"{pattern}|\$\{{")})
    };
    let or_variable = |schema: Value| json!({"anyOf": [schema, {"$ref": "#/$defs/variable"}]});
    match kind {
        Kind::Command => json!({"type": text, "pattern": r"\S"}),
        Kind::Path => json!({"type": text, "pattern": r"\S"}),
        Kind::Text => json!({"type": text}),
        Kind::Regex => json!({"type": text, "format": "regex"}),
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
            {"type": "integer", "minimum": least},
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
