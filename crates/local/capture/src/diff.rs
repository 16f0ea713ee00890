//! Compares two captured requests. Pure.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::render;
use crate::unified::unified;
use crate::{Header, Message, RequestDetail};

/// Bodies with more lines are reported as different, without a diff.
const MAX_LINES: usize = 20_000;

/// The differences between two captured requests and their responses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    /// Differences of the requests.
    pub request: Side,
    /// Differences of the responses.
    pub response: Side,
}

/// The differences of two requests or of two responses.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Side {
    /// First line, before and after: method and URL, or the status. Null when equal.
    pub line: Option<[String; 2]>,
    /// Headers that differ, sorted by name.
    pub headers: Vec<HeaderChange>,
    /// Unified diff of the decoded bodies; null when equal.
    pub body: Option<String>,
}

/// A header with different values.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HeaderChange {
    /// Name in lower case.
    pub name: String,
    /// Values before; empty when the header was absent.
    pub before: Vec<String>,
    /// Values after; empty when the header is absent.
    pub after: Vec<String>,
}

impl Side {
    /// Whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.line.is_none() && self.headers.is_empty() && self.body.is_none()
    }

    /// The differences as text for people; empty when nothing differs.
    #[must_use]
    pub fn text(&self) -> String {
        let mut text = String::new();
        if let Some([before, after]) = &self.line {
            let _ = writeln!(text, "- {before}\n+ {after}");
        }
        for change in &self.headers {
            for value in &change.before {
                let _ = writeln!(text, "- {}: {value}", change.name);
            }
            for value in &change.after {
                let _ = writeln!(text, "+ {}: {value}", change.name);
            }
        }
        if let Some(body) = &self.body {
            text.push_str(body);
        }
        text
    }
}

/// Compares two captured requests.
#[must_use]
pub fn between(before: &RequestDetail, after: &RequestDetail) -> Difference {
    let empty = Message::default();
    let sides = |detail: &RequestDetail| {
        detail.exchange.as_ref().map_or_else(
            || (empty.clone(), empty.clone()),
            |exchange| (exchange.request.clone(), exchange.response.clone()),
        )
    };
    let ((request_before, response_before), (request_after, response_after)) =
        (sides(before), sides(after));
    let request_line =
        |detail: &RequestDetail| format!("{} {}", detail.view.method, detail.view.url);
    let status_line = |detail: &RequestDetail| format!("status {}", detail.view.status_code);
    Difference {
        request: side(
            request_line(before),
            request_line(after),
            &request_before,
            &request_after,
        ),
        response: side(
            status_line(before),
            status_line(after),
            &response_before,
            &response_after,
        ),
    }
}

fn side(line_before: String, line_after: String, before: &Message, after: &Message) -> Side {
    Side {
        line: (line_before != line_after).then_some([line_before, line_after]),
        headers: headers(&all(before), &all(after)),
        body: bodies(before, after),
    }
}

/// Headers and trailers: gRPC sends its status in a trailer.
fn all(message: &Message) -> Vec<Header> {
    [&message.headers[..], &message.trailers].concat()
}

fn headers(before: &[Header], after: &[Header]) -> Vec<HeaderChange> {
    let mut names: Vec<&str> = before
        .iter()
        .chain(after)
        .map(|header| header.name.as_str())
        .collect();
    names.sort_unstable();
    names.dedup();
    let values = |headers: &[Header], name: &str| -> Vec<String> {
        headers
            .iter()
            .filter(|header| header.name == name)
            .map(|header| header.value.clone())
            .collect()
    };
    names
        .into_iter()
        .map(|name| HeaderChange {
            name: name.to_owned(),
            before: values(before, name),
            after: values(after, name),
        })
        .filter(|change| change.before != change.after)
        .collect()
}

fn bodies(before: &Message, after: &Message) -> Option<String> {
    // A size counts encoded bytes, so equal contents may differ in size.
    let whole = |message: &Message| {
        let content = message.body.content.as_ref();
        content.is_some_and(|content| content.note.is_none())
    };
    let content = |message: &Message| message.body.content.as_ref().map(|content| content.bytes());
    let known = before.body.size == after.body.size || (whole(before) && whole(after));
    if known && content(before) == content(after) {
        return None;
    }
    let (old, _) = render::body(before);
    let (new, _) = render::body(after);
    if old.lines().count().max(new.lines().count()) > MAX_LINES || old == new {
        let sizes = [before.body.size, after.body.size].map(render::bytes);
        return Some(format!("bodies differ: {} and {}\n", sizes[0], sizes[1]));
    }
    Some(unified(&old, &new))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Content, Encoding, Exchange, Payload};
    use prox_events::RequestView;

    fn detail(status: u16, headers: &[(&str, &str)], body: &str) -> RequestDetail {
        let message = Message {
            headers: headers
                .iter()
                .map(|(name, value)| Header {
                    name: (*name).to_owned(),
                    value: (*value).to_owned(),
                })
                .collect(),
            trailers: Vec::new(),
            body: Payload {
                size: body.len() as u64,
                kept: body.len() as u64,
                cut: false,
                content: Some(Content {
                    encoding: Encoding::Utf8,
                    data: body.to_owned(),
                    note: None,
                }),
            },
        };
        RequestDetail {
            view: RequestView {
                id: String::new(),
                timestamp: String::new(),
                method: "GET".to_owned(),
                url: "/".to_owned(),
                subdomain: "web".to_owned(),
                hostname: "web.localhost".to_owned(),
                status_code: status,
                duration_ms: 1.0,
                remote_addr: String::new(),
                in_flight: false,
            },
            exchange: Some(Exchange {
                response: message,
                ..Exchange::default()
            }),
        }
    }

    #[test]
    fn the_same_has_no_difference() {
        let one = detail(200, &[("a", "1")], "{}");
        assert_eq!(between(&one, &one), Difference::default());
    }

    #[test]
    fn the_same_content_in_another_coding_is_the_same() {
        let plain = detail(200, &[], "content");
        let mut coded = plain.clone();
        coded.exchange.as_mut().unwrap().response.body.size = 3;
        assert_eq!(between(&plain, &coded), Difference::default());
        // Bodies that are equal only as far as they were captured do not count as equal.
        let body = &mut coded.exchange.as_mut().unwrap().response.body;
        body.content.as_mut().unwrap().note = Some("cut".to_owned());
        let body = between(&plain, &coded).response.body.unwrap();
        assert_eq!(body, "bodies differ: 7 B and 3 B\n");
    }

    #[test]
    fn trailers_are_compared() {
        let before = detail(200, &[], "");
        let mut after = before.clone();
        after.exchange.as_mut().unwrap().response.trailers = vec![Header {
            name: "grpc-status".to_owned(),
            value: "13".to_owned(),
        }];
        let difference = between(&before, &after);
        assert_eq!(difference.response.text(), "+ grpc-status: 13\n");
    }

    #[test]
    fn everything_that_differs_is_shown() {
        let before = detail(
            200,
            &[("a", "1"), ("b", "2"), ("b", "3")],
            r#"{"x":1,"y":2}"#,
        );
        let after = detail(500, &[("b", "2"), ("c", "4")], r#"{"x":1,"y":3}"#);
        let difference = between(&before, &after);
        assert!(difference.request.is_empty());
        assert_eq!(
            difference.response.text(),
            "- status 200\n+ status 500\n- a: 1\n- b: 2\n- b: 3\n+ b: 2\n+ c: 4\n\
             @@ -1,4 +1,4 @@\n {\n   \"x\": 1,\n-  \"y\": 2\n+  \"y\": 3\n }\n"
        );
    }
}
