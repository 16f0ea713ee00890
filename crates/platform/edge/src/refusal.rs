//! The edge's own error answers: unknown hosts, refused methods, and services that do not
//! answer.

use prox_types::{ErrorCode, Problem, header};
use worker::Result;
use worker::web_sys::{Headers, Request, Response, ResponseInit};

use crate::request_id::request_id;

/// An error answer: a page for a browser that opens an address, else a problem document.
///
/// # Errors
/// When the runtime refuses to build the answer.
pub(crate) fn refuse(request: &Request, code: ErrorCode) -> Result<Response> {
    let id = request_id(request)?;
    let accepted = request.headers().get("accept")?.unwrap_or_default();
    let (kind, body) = if accepted.contains("text/html") {
        ("text/html; charset=utf-8", page(code))
    } else {
        (header::PROBLEM_JSON, Problem::new(code, &id).to_json())
    };
    let headers = Headers::new()?;
    let policy = format!("default-src 'none'; style-src '{STYLE_HASH}'; frame-ancestors 'none'");
    let own = [
        ("content-type", kind),
        (header::REQUEST_ID, &id),
        ("content-security-policy", &policy),
    ];
    for (name, value) in header::COMMON.iter().chain(code.headers()).chain(&own) {
        headers.set(name, value)?;
    }
    if code == ErrorCode::MethodNotAllowed {
        headers.set("allow", "GET, HEAD")?;
    }
    let init = ResponseInit::new();
    init.set_status(code.status());
    init.set_headers(&headers);
    let body = Some(body.as_str()).filter(|_| request.method() != "HEAD");
    Ok(Response::new_with_opt_str_and_init(body, &init)?)
}

/// The look of the notices of `crates/platform/pages`, no more than a notice needs. A change of it
/// changes `STYLE_HASH`, which a test of the built edge holds against it.
const STYLE: &str = "html{color-scheme:light dark;background:light-dark(oklch(.972 .005 85),oklch(.205 .007 70));color:light-dark(oklch(.27 .013 65),oklch(.935 .008 85));font:1rem/1.55 -apple-system,'Segoe UI Variable Text','Segoe UI',Roboto,Cantarell,Ubuntu,Inter,system-ui,sans-serif;overflow-wrap:anywhere}\
    body{box-sizing:border-box;display:grid;align-content:center;min-height:100vh;max-width:38rem;margin:auto;padding:2rem clamp(1.25rem,5vw,4rem)}\
    h1{margin:0;font-size:clamp(1.75rem,1.4rem + 2vw,2.5rem);font-weight:620;line-height:1.2;letter-spacing:-.022em;text-wrap:balance}\
    p{margin:1rem 0 0;color:light-dark(oklch(.42 .014 72),oklch(.785 .013 80))}\
    @media(prefers-contrast:more){html{background:Canvas;color:CanvasText}p{color:CanvasText}}";

/// SHA-256 of `STYLE`, as the Content-Security-Policy names it.
const STYLE_HASH: &str = "sha256-GNUciplhaIqM1JoC54hmvw1I+ed0y3PQKGCBQAskcA4=";

/// Title and text: those of the public notice for the same case, else those of the error
/// table.
const fn words(code: ErrorCode) -> (&'static str, &'static str) {
    match code {
        ErrorCode::UnknownHost => (
            "Nothing is published here",
            "This address points to Prox OS, but no space uses it. If it is yours, add it to a space under Domains.",
        ),
        ErrorCode::Unavailable => (
            "This page cannot be reached right now",
            "Nothing is lost. Try again in a minute.",
        ),
        ErrorCode::Malformed => (
            "That address cannot be read",
            "Check that it is complete, and spelled as it was given to you.",
        ),
        ErrorCode::MethodNotAllowed => (
            "Nothing can be sent to this page",
            "It can only be read. Go back, and open its address again.",
        ),
        _ => (code.title(), code.detail()),
    }
}

/// The page. It contains only our own fixed texts, which need no escaping.
fn page(code: ErrorCode) -> String {
    let (title, text) = words(code);
    format!(
        "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta name=\"robots\" content=\"noindex\"><title>{title}</title><style>{STYLE}</style></head>\
         <body><main><h1>{title}</h1><p>{text}</p></main></body></html>"
    )
}
