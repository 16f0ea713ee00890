//! JSON from outside, made fit to store.
//!
//! Owns what Postgres cannot hold. Never judges what the JSON means.

use serde_json::{Map, Value};

/// Replaces U+0000 in every text and key by U+FFFD: Postgres refuses it in `jsonb`,
/// and a document from outside must not be able to make a write fail.
pub fn make_storable(value: &mut Value) {
    match value {
        Value::String(text) => replace_nul(text),
        Value::Array(items) => items.iter_mut().for_each(make_storable),
        Value::Object(fields) => make_fields_storable(fields),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// As [`make_storable`], for an object.
pub fn make_fields_storable(fields: &mut Map<String, Value>) {
    if fields.keys().any(|key| key.contains('\0')) {
        *fields = std::mem::take(fields)
            .into_iter()
            .map(|(mut key, value)| {
                replace_nul(&mut key);
                (key, value)
            })
            .collect();
    }
    fields.values_mut().for_each(make_storable);
}

fn replace_nul(text: &mut String) {
    if text.contains('\0') {
        *text = text.replace('\0', "\u{fffd}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_nul_is_left_at_any_depth() {
        let mut value = json!({"a\0": [{"b": "c\0d"}, 1, null], "e": "f"});
        make_storable(&mut value);
        assert_eq!(
            value,
            json!({"a\u{fffd}": [{"b": "c\u{fffd}d"}, 1, null], "e": "f"})
        );
    }
}
