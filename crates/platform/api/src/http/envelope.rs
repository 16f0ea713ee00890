//! Gives every response its request id, its security headers and its log line, and writes the
//! problem document of an error. Never reads a body.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, Request, StatusCode};
use prox_types::{Problem, header};
use serde::Serialize;
use tower::ServiceExt;

use crate::http::call::Call;
use crate::http::problem::{ApiError, Failure};
use crate::ports::Ports;

/// The headers that the API reads. A platform need not pass any other on; the tests do not.
pub const REQUEST_HEADERS: [&str; 14] = [
    "authorization",
    "content-length",
    "content-type",
    "cookie",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "origin",
    "upgrade",
    "user-agent",
    "x-prox-host",
    header::REQUEST_ID,
    "x-slack-request-timestamp",
    "x-slack-signature",
];

/// Answers one request.
pub async fn serve(router: Router, ports: Arc<Ports>, mut request: Request<Body>) -> Response {
    let started = ports.clock.now();
    let request_id = request_id(request.headers(), &ports);
    let call = Call::new(ports, request_id);
    let method = request.method().clone();
    request.extensions_mut().insert(call.clone());

    let mut response = match router.oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    };
    let failure = response.extensions_mut().remove::<Failure>();
    if let Some(Failure(error)) = &failure {
        response = document(error, &call, response);
    }
    set_common_headers(response.headers_mut(), call.request_id());
    let took = call.ports().clock.now().duration_since(started).as_millis();
    write_line(
        call.ports(),
        &LogLine {
            request_id: call.request_id(),
            method: method.as_str(),
            route: call.route(),
            status: response.status().as_u16(),
            ms: i64::try_from(took).unwrap_or(i64::MAX),
            code: failure.as_ref().map(|f| f.0.code.code()),
            cause: failure.as_ref().and_then(|f| f.0.cause.as_deref()),
        },
    );
    response
}

/// The log line of a request.
#[derive(Serialize)]
struct LogLine<'a> {
    request_id: &'a str,
    method: &'a str,
    route: Option<&'a str>,
    status: u16,
    ms: i64,
    code: Option<&'a str>,
    cause: Option<&'a str>,
}

fn write_line(ports: &Ports, line: &LogLine<'_>) {
    // A line of texts and numbers can always be written as JSON.
    if let Ok(line) = serde_json::to_string(line) {
        ports.log.write(&line);
    }
}

fn request_id(headers: &HeaderMap, ports: &Ports) -> String {
    let given = headers
        .get(header::REQUEST_ID)
        .and_then(|v| v.to_str().ok());
    let millis = u64::try_from(ports.clock.now().as_millisecond()).unwrap_or_default();
    let mut random = [0; 10];
    ports.random.fill(&mut random);
    header::request_id(given, millis, &random)
}

/// Sets the headers of every response, except for those that the handler has set.
fn set_common_headers(headers: &mut HeaderMap, request_id: &str) {
    for (name, value) in header::COMMON {
        headers
            .entry(HeaderName::from_static(name))
            .or_insert(HeaderValue::from_static(value));
    }
    if let Ok(id) = HeaderValue::from_str(request_id) {
        headers.insert(HeaderName::from_static(header::REQUEST_ID), id);
    }
}

/// Writes the problem document into a response with an empty body.
fn document(error: &ApiError, call: &Call, empty: Response) -> Response {
    let code = error.code;
    let mut problem = Problem::new(code, call.request_id());
    problem.errors.clone_from(&error.errors);
    if let Some(detail) = &error.detail {
        problem.detail.clone_from(detail);
    }
    let mut response = empty;
    *response.body_mut() = Body::from(problem.to_json());
    *response.status_mut() =
        StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.remove(CONTENT_LENGTH);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(header::PROBLEM_JSON));
    for (name, value) in code.headers() {
        headers.insert(
            HeaderName::from_static(name),
            HeaderValue::from_static(value),
        );
    }
    response
}
