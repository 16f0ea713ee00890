//! What the edge says itself when it has nobody to ask.

use types::{ErrorCode, Problem};
use worker::Result;
use worker::web_sys::{Headers, Request, Response, ResponseInit};

use crate::request_id::request_id;

/// Says no: as a page to a browser that asked for an address, else as a problem document.
///
/// # Errors
/// When the runtime refuses to build the answer.
pub(crate) fn refuse(request: &Request, code: ErrorCode) -> Result<Response> {
    let id = request_id(request)?;
    let accepted = request.headers().get("accept")?.unwrap_or_default();
    let (kind, body) = if accepted.contains("text/html") {
        ("text/html; charset=utf-8", page(code))
    } else {
        ("application/problem+json", document(code, &id)?)
    };
    let headers = Headers::new()?;
    for (name, value) in [
        ("content-type", kind),
        ("x-request-id", &id),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
        (
            "content-security-policy",
            "default-src 'none'; frame-ancestors 'none'",
        ),
    ] {
        headers.set(name, value)?;
    }
    match code {
        ErrorCode::Unavailable => headers.set("retry-after", "2")?,
        ErrorCode::MethodNotAllowed => headers.set("allow", "GET, HEAD")?,
        _ => {}
    }
    let init = ResponseInit::new();
    init.set_status(code.status());
    init.set_headers(&headers);
    let body = Some(body.as_str()).filter(|_| request.method() != "HEAD");
    Ok(Response::new_with_opt_str_and_init(body, &init)?)
}

fn document(code: ErrorCode, request_id: &str) -> Result<String> {
    Ok(serde_json::to_string(&Problem {
        kind: format!("/problems/{}", code.code()),
        title: code.title().to_owned(),
        status: code.status(),
        code,
        detail: code.detail().to_owned(),
        request_id: request_id.to_owned(),
        errors: Vec::new(),
    })?)
}

/// Only texts of the error table go in, which need no escaping.
fn page(code: ErrorCode) -> String {
    let (title, detail) = (code.title(), code.detail());
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <title>{title}</title><h1>{title}</h1><p>{detail}</p></html>"
    )
}
