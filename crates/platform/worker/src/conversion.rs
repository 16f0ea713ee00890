//! Requests in and answers out, between the runtime's types and the router's.
//!
//! Crossings between WebAssembly and JavaScript are what this costs: a request's headers
//! cross as one JSON text, an answer's common ones not at all, and a body as one array.

use std::cell::RefCell;
use std::collections::HashMap;

use axum::body::Body;
use http::header::{CONTENT_LENGTH, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use http_body_util::BodyExt;
use prox_api::ports::Random;
use prox_types::{ErrorCode, Problem, header};
use worker::js_sys::futures::JsFuture;
use worker::js_sys::{Array, JSON, Uint8Array};
use worker::web_sys::Headers;
use worker::{Date, Error, Result, web_sys};

use crate::ports::Runtime;

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
        // A name or value that the `http` crate refuses is left out.
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

/// The id of a request, for answers that the router does not give.
pub(crate) fn request_id(request: &web_sys::Request) -> String {
    let given = request.headers().get(header::REQUEST_ID).ok().flatten();
    let mut random = [0; 10];
    Runtime.fill(&mut random);
    header::request_id(given.as_deref(), Date::now().as_millis(), &random)
}

/// A failure outside the router, as a problem document.
pub(crate) fn problem(code: ErrorCode, request_id: &str) -> Result<web_sys::Response> {
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
    /// Sets of headers, by their text.
    static COMMON: RefCell<HashMap<String, Headers>> = RefCell::default();
}

fn build(status: StatusCode, headers: &HeaderMap, bytes: &[u8]) -> Result<web_sys::Response> {
    let (own, common): (Vec<_>, Vec<_>) = headers
        .iter()
        .filter_map(|(name, value)| Some((name.as_str(), value.to_str().ok()?)))
        .partition(|(name, _)| OWN.contains(name));
    let init = web_sys::ResponseInit::new();
    init.set_status(status.as_u16());
    let set = common_headers(&common)?;
    init.set_headers(&set);
    // 204 and 304 must not have a body, not even an empty one.
    let body = (!bytes.is_empty()).then(|| Uint8Array::from(bytes));
    let response = web_sys::Response::new_with_opt_js_u8_array_and_init(body.as_ref(), &init)?;
    let written = response.headers();
    for (name, value) in own {
        // The runtime measures a body itself; only for `HEAD` is the length the router's to say.
        if name != "content-length" || bytes.is_empty() {
            written.append(name, value)?;
        }
    }
    Ok(response)
}

fn common_headers(common: &[(&str, &str)]) -> Result<Headers> {
    let text = common.iter().fold(String::new(), |text, (name, value)| {
        text + name + ":" + value + "\n"
    });
    COMMON.with_borrow_mut(|sets| {
        if let Some(headers) = sets.get(&text) {
            return Ok(headers.clone());
        }
        let headers = Headers::new()?;
        for (name, value) in common {
            headers.append(name, value)?;
        }
        if sets.len() < SETS {
            sets.insert(text, headers.clone());
        }
        Ok(headers)
    })
}
