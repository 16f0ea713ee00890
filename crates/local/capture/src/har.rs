//! Exports captured requests as an HTTP Archive (HAR 1.2) for browsers and other tools. Does no
//! I/O.

use serde_json::{Value, json};

use crate::{Encoding, Header, RequestDetail};

/// The archive of captured requests.
#[must_use]
pub fn archive<'a>(details: impl IntoIterator<Item = &'a RequestDetail>) -> Value {
    let entries: Vec<Value> = details.into_iter().filter_map(entry).collect();
    json!({"log": {
        "version": "1.2",
        "creator": {"name": "prox", "version": env!("CARGO_PKG_VERSION")},
        "entries": entries,
    }})
}

fn entry(detail: &RequestDetail) -> Option<Value> {
    let (view, exchange) = (&detail.view, detail.exchange.as_ref()?);
    let (request, response) = (&exchange.request, &exchange.response);
    let url = format!("{}://{}{}", exchange.scheme, view.hostname, view.url);
    let mut asked = json!({
        "method": view.method,
        "url": url,
        "httpVersion": exchange.http_version,
        "cookies": [],
        "headers": pairs(&request.headers),
        "queryString": query(&view.url),
        "headersSize": -1,
        "bodySize": request.body.size,
    });
    if let Some(content) = &request.body.content
        && !content.data.is_empty()
        && let Some(asked) = asked.as_object_mut()
    {
        let mut data = json!({
            "mimeType": request.header("content-type").unwrap_or_default(),
            "text": content.data,
        });
        if content.encoding == Encoding::Base64
            && let Some(data) = data.as_object_mut()
        {
            // The format has no `encoding` for requests; custom names begin with an underscore.
            data.insert("_encoding".to_owned(), "base64".into());
        }
        asked.insert("postData".to_owned(), data);
    }
    let mut content = json!({
        "size": response.body.size,
        "mimeType": response.header("content-type").unwrap_or_default(),
    });
    if let Some(body) = &response.body.content
        && let Some(content) = content.as_object_mut()
    {
        content.insert("size".to_owned(), body.bytes().len().into());
        content.insert("text".to_owned(), body.data.clone().into());
        if body.encoding == Encoding::Base64 {
            content.insert("encoding".to_owned(), "base64".into());
        }
        if let Some(note) = &body.note {
            content.insert("comment".to_owned(), note.clone().into());
        }
    }
    let reason = http::StatusCode::from_u16(view.status_code)
        .ok()
        .and_then(|status| status.canonical_reason())
        .unwrap_or_default();
    let mut entry = json!({
        "startedDateTime": view.timestamp,
        "time": view.duration_ms,
        "request": asked,
        "response": {
            "status": view.status_code,
            "statusText": reason,
            "httpVersion": exchange.http_version,
            "cookies": [],
            "headers": pairs(&response.headers),
            "content": content,
            "redirectURL": response.header("location").unwrap_or_default(),
            "headersSize": -1,
            "bodySize": response.body.size,
        },
        "cache": {},
        "timings": {"send": 0, "wait": view.duration_ms, "receive": 0},
        "_id": view.id,
    });
    if let (Some(error), Some(entry)) = (&exchange.error, entry.as_object_mut()) {
        entry.insert("comment".to_owned(), error.clone().into());
    }
    Some(entry)
}

fn pairs(headers: &[Header]) -> Vec<Value> {
    headers
        .iter()
        .map(|header| json!({"name": header.name, "value": header.value}))
        .collect()
}

/// The parameters of a URL, not decoded.
fn query(url: &str) -> Vec<Value> {
    let Some((_, query)) = url.split_once('?') else {
        return Vec::new();
    };
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            json!({"name": name, "value": value})
        })
        .collect()
}
