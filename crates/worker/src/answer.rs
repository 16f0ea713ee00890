//! Requests in and answers out, between the runtime's types and the router's.
//!
//! Crossings between WebAssembly and JavaScript are what this costs, so headers cross
//! as one JSON text in each direction, and a body of known size as one array.

use axum::body::Body;
use http::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use http_body_util::BodyExt;
use serde::{Serialize, Serializer};
use serde_json::json;
use types::ErrorCode;
use wasm_bindgen::JsValue;
use worker::js_sys::futures::JsFuture;
use worker::js_sys::{Array, JSON, Uint8Array};
use worker::{Error, Result, web_sys};

/// Up to here a request's body is taken whole, in bytes. The routes' own limits are lower.
const WHOLE: usize = 1 << 20;

/// The router's request; none when it cannot be one.
pub(crate) async fn read(request: &web_sys::Request) -> Result<Option<Request<Body>>> {
    let Ok(uri) = request.url().parse::<Uri>() else {
        return Ok(None);
    };
    let Ok(method) = request.method().parse::<Method>() else {
        return Ok(None);
    };
    let headers = read_headers(request)?;
    let body = read_body(request, &headers).await?;
    let mut taken = Request::new(body);
    *taken.uri_mut() = uri;
    *taken.method_mut() = method;
    *taken.headers_mut() = headers;
    Ok(Some(taken))
}

fn read_headers(request: &web_sys::Request) -> Result<HeaderMap> {
    let entries = JSON::stringify(&Array::from(&request.headers()))?;
    let entries: Vec<(String, String)> = serde_json::from_str(&String::from(entries))?;
    let mut headers = HeaderMap::with_capacity(entries.len());
    for (name, value) in entries {
        // What is no header to the router is not there for it.
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_bytes(value.as_bytes()),
        ) {
            headers.append(name, value);
        }
    }
    Ok(headers)
}

async fn read_body(request: &web_sys::Request, headers: &HeaderMap) -> Result<Body> {
    let Some(stream) = request.body() else {
        return Ok(Body::empty());
    };
    let length = headers
        .get(CONTENT_LENGTH)
        .and_then(|value| value.to_str().ok()?.parse::<usize>().ok());
    if length.is_none_or(|length| length > WHOLE) {
        return Ok(Body::new(worker::Body::new(stream)));
    }
    let buffer = JsFuture::from(request.array_buffer()?).await?;
    Ok(Body::from(Uint8Array::new(&buffer).to_vec()))
}

/// The runtime's answer. The router's bodies have exact sizes, so they cross whole.
pub(crate) async fn write(response: Response<Body>) -> Result<web_sys::Response> {
    let (parts, body) = response.into_parts();
    let bytes = body
        .collect()
        .await
        .map_err(|why| Error::from(why.to_string()))?
        .to_bytes();
    build(parts.status, &parts.headers, &bytes)
}

/// A failure outside the router, as a problem document without particulars.
pub(crate) fn problem(code: ErrorCode) -> Result<web_sys::Response> {
    let document = json!({
        "type": format!("/problems/{}", code.code()),
        "title": code.title(),
        "status": code.status(),
        "code": code,
        "detail": code.detail(),
    });
    let mut headers = HeaderMap::new();
    for (name, value) in [
        ("content-type", "application/problem+json"),
        ("cache-control", "no-store"),
        ("x-content-type-options", "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if code == ErrorCode::Unavailable {
        headers.insert("retry-after", HeaderValue::from_static("2"));
    }
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    build(status, &headers, document.to_string().as_bytes())
}

fn build(status: StatusCode, headers: &HeaderMap, bytes: &[u8]) -> Result<web_sys::Response> {
    let init = web_sys::ResponseInit::new();
    init.set_status(status.as_u16());
    init.set_headers(&write_headers(headers, bytes.is_empty())?);
    // 204 and 304 must not have a body, not even an empty one.
    let body = (!bytes.is_empty()).then(|| Uint8Array::from(bytes));
    Ok(web_sys::Response::new_with_opt_js_u8_array_and_init(
        body.as_ref(),
        &init,
    )?)
}

/// A record, which the runtime takes in half the time that it needs for pairs; pairs when a
/// header is repeated, so that it stays repeated. The runtime measures a body itself; only
/// for `HEAD` is the length the router's to say.
fn write_headers(headers: &HeaderMap, bodiless: bool) -> Result<JsValue> {
    let pairs: Vec<(&str, &str)> = headers
        .iter()
        .filter(|(name, _)| bodiless || **name != CONTENT_LENGTH)
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .collect();
    let repeats = headers.len() > headers.keys_len();
    let text = if repeats {
        serde_json::to_string(&pairs)?
    } else {
        serde_json::to_string(&Record(&pairs))?
    };
    Ok(JSON::parse(&text)?)
}

/// Pairs as one JSON object.
struct Record<'a>(&'a [(&'a str, &'a str)]);

impl Serialize for Record<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}
