//! Builds responses. Bodies from Postgres are forwarded without being parsed.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use prox_core::cursor::{self, Cursor};
use prox_core::etag::{none_match, version_etag};
use prox_db::{Answer, Erased, PageOf};
use prox_types::ErrorCode;
use serde::Serialize;

use crate::http::path::Paging;
use crate::http::problem::ApiError;

/// The organization's sequence number at the time of the response. A client with a websocket can
/// tell whether it has seen every change since.
const SEQ: header::HeaderName = header::HeaderName::from_static("x-prox-seq");

/// One resource, with its ETag when it has a version.
pub(crate) fn one<T>(status: StatusCode, answer: Answer<T>) -> Response {
    one_of_any(status, answer.erase())
}

/// [`one`] for any type: not generic, so that the code exists once.
#[inline(never)]
fn one_of_any(status: StatusCode, answer: Answer<Erased>) -> Response {
    let mut response = json(status, answer.body);
    set_seq(&mut response, answer.seq);
    if let Some(version) = answer.version {
        set(&mut response, header::ETAG, &version_etag(version));
    }
    response
}

/// One resource, or 304 when `If-None-Match` names its version.
pub(crate) fn one_unless_known<T>(known: Option<&HeaderValue>, answer: Answer<T>) -> Response {
    let tag = answer.version.map(version_etag);
    match (known.and_then(|k| k.to_str().ok()), &tag) {
        (Some(known), Some(tag)) if !none_match(known, tag) => {
            let mut response = StatusCode::NOT_MODIFIED.into_response();
            set_seq(&mut response, answer.seq);
            set(&mut response, header::ETAG, tag);
            response
        }
        _ => one(StatusCode::OK, answer),
    }
}

/// 204 without a body.
pub(crate) fn no_content() -> Response {
    StatusCode::NO_CONTENT.into_response()
}

/// A page of the list `name`, with the cursor of the next page.
pub(crate) fn list<T>(name: &str, answer: Answer<T>) -> Response {
    list_of_any(name, answer.erase())
}

#[inline(never)]
fn list_of_any(name: &str, answer: Answer<Erased>) -> Response {
    let next = next_cursor(name, answer.next.as_deref());
    let mut response = json(
        StatusCode::OK,
        format!(r#"{{"items":{},"next_cursor":{next}}}"#, answer.body),
    );
    set_seq(&mut response, answer.seq);
    response
}

/// The JSON of the cursor after the last entry of a page of the list `name`, whose key is an id, or a position and
/// an id; null when there are no more entries.
pub(crate) fn next_cursor(name: &str, last: Option<&str>) -> String {
    let cursor = last.map(|key| {
        let (order, id) = key.split_once(' ').unwrap_or(("0", key));
        Cursor {
            order: order.to_owned(),
            id: id.to_owned(),
        }
        .encode(name)
    });
    cursor.map_or_else(|| String::from("null"), |text| format!("\"{text}\""))
}

/// The requested page of the list `name`, ordered by id.
pub(crate) fn page(name: &str, paging: &Paging) -> Result<PageOf<String>, ApiError> {
    let after = after(name, paging)?.map(|cursor| cursor.id);
    Ok(PageOf {
        limit: limit(paging)?,
        after,
    })
}

/// The requested page of the list `name`, ordered by position and id.
pub(crate) fn page_by_position(
    name: &str,
    paging: &Paging,
) -> Result<PageOf<(String, String)>, ApiError> {
    page_after(name, paging, |cursor| {
        let position = cursor.decimal().map_err(|_| ErrorCode::BadCursor)?;
        Ok((position.to_owned(), cursor.id))
    })
}

/// The requested page of the list `name`, after what `read` makes of its cursor.
pub(crate) fn page_after<T>(
    name: &str,
    paging: &Paging,
    read: impl FnOnce(Cursor) -> Result<T, ApiError>,
) -> Result<PageOf<T>, ApiError> {
    Ok(PageOf {
        limit: limit(paging)?,
        after: after(name, paging)?.map(read).transpose()?,
    })
}

fn after(name: &str, paging: &Paging) -> Result<Option<Cursor>, ApiError> {
    let text = paging.cursor.as_deref();
    let cursor = text.map(|text| Cursor::decode(name, text)).transpose();
    Ok(cursor.map_err(|_| ErrorCode::BadCursor)?)
}

fn limit(paging: &Paging) -> Result<i64, ApiError> {
    cursor::limit(paging.limit.as_deref()).map_err(|why| ApiError::field("limit", why.to_string()))
}

fn set_seq(response: &mut Response, seq: Option<i64>) {
    if let Some(seq) = seq {
        set(response, SEQ, &seq.to_string());
    }
}

/// A response whose body does not come from the database.
pub(crate) fn json_response<T: Serialize>(body: &T) -> Result<Response, ApiError> {
    json_response_with(StatusCode::OK, body)
}

/// As [`json_response`], with another status than 200.
pub(crate) fn json_response_with<T: Serialize>(
    status: StatusCode,
    body: &T,
) -> Result<Response, ApiError> {
    let text = serde_json::to_string(body)
        .map_err(|why| ApiError::from(ErrorCode::Internal).because(why))?;
    Ok(json(status, text))
}

/// As [`json_response`], for an answer that was made from a read of the database.
pub(crate) fn json_response_at<T: Serialize>(
    body: &T,
    seq: Option<i64>,
) -> Result<Response, ApiError> {
    let mut response = json_response(body)?;
    set_seq(&mut response, seq);
    Ok(response)
}

/// A response with a JSON text that was made from a read of the database.
pub(crate) fn json_at(body: String, seq: Option<i64>) -> Response {
    let mut response = json(StatusCode::OK, body);
    set_seq(&mut response, seq);
    response
}

/// A response with a JSON text.
pub(crate) fn json(status: StatusCode, body: String) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(
        header::CONTENT_TYPE,
        HeaderValue::from_static("application/json"),
    );
    response
}

/// Appends a header whose value comes from our own code.
pub(crate) fn set(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().append(name, value);
    }
}
