//! Requests in and answers out, between the runtime's types and the router's.
//!
//! Crossings between WebAssembly and JavaScript are what this costs: a request's method,
//! address and headers cross as one text, an answer's common headers not at all, its own
//! as one text, and a body as one array. The other sides are `entry.js` and `runtime.js`.

use std::cell::RefCell;
use std::collections::HashMap;

use axum::body::Body;
use http::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use http::{HeaderMap, Request, Response, StatusCode};
use http_body_util::BodyExt;
use prox_api::ports::Random;
use prox_types::{ErrorCode, Problem, header};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::js_sys::futures::JsFuture;
use worker::js_sys::{Date, Uint8Array};
use worker::web_sys::Headers;
use worker::{Error, Result, web_sys};

use crate::ports::Runtime;

/// Up to here a request's body is taken whole, in bytes. The routes' own limits are lower.
const WHOLE: usize = 1 << 20;

#[wasm_bindgen(module = "/runtime.js")]
extern "C" {
    #[wasm_bindgen(catch)]
    fn respond(
        status: u16,
        common: &Headers,
        own: &str,
        body: &[u8],
    ) -> Result<web_sys::Response, JsValue>;
}

/// The router's request; none when it cannot be one.
pub async fn read(head: &str, request: &web_sys::Request) -> Result<Option<Request<Body>>> {
    let mut lines = head.split('\n');
    let (method, address) = (lines.next(), lines.next());
    let (Some(Ok(method)), Some(Ok(uri))) = (method.map(str::parse), address.map(str::parse))
    else {
        return Ok(None);
    };
    let headers = read_headers(lines);
    let body = read_body(request, &headers).await?;
    let mut taken = Request::new(body);
    *taken.uri_mut() = uri;
    *taken.method_mut() = method;
    *taken.headers_mut() = headers;
    Ok(Some(taken))
}

/// A name or value that the `http` crate refuses is left out.
fn read_headers<'a>(mut lines: impl Iterator<Item = &'a str>) -> HeaderMap {
    let mut headers = HeaderMap::with_capacity(24);
    while let (Some(name), Some(value)) = (lines.next(), lines.next()) {
        if let (Ok(name), Ok(value)) = (
            HeaderName::from_bytes(name.as_bytes()),
            HeaderValue::from_bytes(value.as_bytes()),
        ) {
            headers.append(name, value);
        }
    }
    headers
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
pub async fn write(response: Response<Body>) -> Result<web_sys::Response> {
    let (parts, body) = response.into_parts();
    let bytes = body
        .collect()
        .await
        .map_err(|why| Error::from(why.to_string()))?
        .to_bytes();
    build(parts.status, &parts.headers, &bytes)
}

/// The id of a request, for answers that the router does not give.
pub fn request_id(head: &str) -> String {
    let mut lines = head.split('\n').skip(2);
    let given = std::iter::from_fn(|| Some((lines.next()?, lines.next()?)))
        .find(|(name, _)| *name == header::REQUEST_ID)
        .map(|(_, value)| value);
    let mut random = [0; 10];
    Runtime.fill(&mut random);
    header::request_id(given, Date::now() as u64, &random)
}

/// A failure outside the router, as a problem document.
pub fn problem(code: ErrorCode, request_id: &str) -> Result<web_sys::Response> {
    let mut headers = HeaderMap::new();
    let own = [("content-type", header::PROBLEM_JSON)];
    for (name, value) in header::COMMON.iter().chain(&own).chain(code.headers()) {
        headers.insert(*name, HeaderValue::from_static(value));
    }
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(header::REQUEST_ID, id);
    }
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let document = Problem::new(code, request_id).to_json();
    build(status, &headers, document.as_bytes())
}

/// Headers that say something of one answer alone. The others come in a few sets, over and
/// over, and each set is made once.
const OWN: [&str; 6] = [
    "content-length",
    "etag",
    "location",
    "set-cookie",
    "x-prox-seq",
    "x-request-id",
];

/// How many sets of headers an isolate keeps. There are about ten.
const SETS: usize = 50;

thread_local! {
    /// Sets of headers, by their keys.
    static SHARED: RefCell<HashMap<String, Headers>> = RefCell::default();
}

fn build(status: StatusCode, headers: &HeaderMap, body: &[u8]) -> Result<web_sys::Response> {
    let (mut own, mut shared) = (String::new(), Vec::with_capacity(headers.len()));
    for (name, value) in headers {
        let (name, Ok(value)) = (name.as_str(), value.to_str()) else {
            continue;
        };
        if !OWN.contains(&name) {
            shared.push((name, value));
        } else if name != "content-length" || body.is_empty() {
            // The runtime measures a body itself; only for `HEAD` is the length the router's to say.
            push_line(&mut own, name, value);
        }
    }
    let shared = shared_headers(&shared)?;
    Ok(respond(status.as_u16(), &shared, &own, body)?)
}

/// A line break before each, as `runtime.js` reads them.
fn push_line(text: &mut String, name: &str, value: &str) {
    for part in [name, value] {
        text.push('\n');
        text.push_str(part);
    }
}

/// The set of these headers. Its key names those that not every response has; when the response
/// has its own value of a common header, all of them.
fn shared_headers(headers: &[(&str, &str)]) -> Result<Headers> {
    let is_common = |header: &&(&str, &str)| header::COMMON.contains(*header);
    let has_common = headers.iter().filter(is_common).count() == header::COMMON.len();
    let mut key = String::from(if has_common { "" } else { "*" });
    for header in headers {
        if !has_common || !is_common(&header) {
            push_line(&mut key, header.0, header.1);
        }
    }
    SHARED.with_borrow_mut(|sets| {
        if let Some(set) = sets.get(&key) {
            return Ok(set.clone());
        }
        let set = Headers::new()?;
        for (name, value) in headers {
            set.append(name, value)?;
        }
        if sets.len() < SETS {
            sets.insert(key, set.clone());
        }
        Ok(set)
    })
}
