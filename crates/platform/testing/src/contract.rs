//! Checks every response against the OpenAPI document: a status or a problem code that it does not
//! declare for the operation fails the test.

use std::sync::LazyLock;

use http::Method;
use serde_json::Value;

static CONTRACT: LazyLock<Value> = LazyLock::new(prox_api::document);

/// Checks the response of an operation.
///
/// # Panics
/// When the document declares the operation, but not this response.
#[track_caller]
pub(crate) fn check(method: &Method, path: &str, status: u16, text: &str) {
    let path = path.split('?').next().unwrap();
    let Some((template, operation)) = operation(method, path) else {
        return;
    };
    // The document does not declare internal errors; tests cause them on purpose.
    if status == 500 {
        return;
    }
    let declared = &operation["responses"][status.to_string()];
    let add = "declare it in crates/platform/api/src/contract.rs or in the handler's annotation";
    assert!(
        !declared.is_null(),
        "{method} {template} answered {status}, which the contract does not declare; {add}: {text}"
    );
    if status < 400 {
        return;
    }
    let code = serde_json::from_str::<Value>(text).map_or(Value::Null, |json| json["code"].clone());
    if let Some(code) = code.as_str() {
        let words = declared["description"].as_str().unwrap_or_default();
        assert!(
            words.contains(&format!("`{code}`")),
            "{method} {template} answered {status} {code}, which the contract does not declare; {add}"
        );
    }
}

/// The operation of a path, with its path template. Templates with fewer parameters take
/// precedence.
fn operation(method: &Method, path: &str) -> Option<(&'static str, &'static Value)> {
    let method = match *method {
        Method::HEAD => "get".to_owned(),
        _ => method.as_str().to_lowercase(),
    };
    let found = CONTRACT["paths"].as_object()?.iter();
    let (template, methods) = found
        .filter(|(template, _)| matches(template, path))
        .min_by_key(|(template, _)| template.matches('{').count())?;
    Some((template, methods.get(&method)?))
}

fn matches(template: &str, path: &str) -> bool {
    let (template, path) = (template.split('/'), path.split('/'));
    template.clone().count() == path.clone().count()
        && template
            .zip(path)
            .all(|(part, text)| part == text || (part.starts_with('{') && !text.is_empty()))
}
