//! Owns how a captured request is told: its parts as lines. Never asks for one.

use super::state::{Detail, DetailLine};
use crate::proxy::RequestDetail;
use crate::proxy::capture::{Encoding, Message};

/// A request and its answer, line by line.
pub(crate) fn of(detail: &RequestDetail) -> Detail {
    let view = &detail.view;
    let Some(exchange) = &detail.exchange else {
        let text = "Its headers and bodies were not kept: capture is off.";
        return Detail {
            lines: vec![DetailLine::Text(text.to_owned())],
        };
    };
    let url = format!("{}://{}{}", exchange.scheme, view.hostname, view.url);
    let mut lines = vec![DetailLine::Heading(format!("{} {url}", view.method))];
    let mut fact = |name: &str, value: &str| {
        lines.push(DetailLine::Header(name.to_owned(), value.to_owned()));
    };
    fact("sent to", &exchange.target);
    fact(
        "asked by",
        &format!("{} with {}", view.remote_addr, exchange.http_version),
    );
    if let Some(origin) = &exchange.replay_of {
        fact("repeats", origin);
    }
    if let Some(error) = &exchange.error {
        fact("failed", error);
    }
    message(&mut lines, &exchange.request);
    lines.push(DetailLine::Text(String::new()));
    let status = match (view.status_code, view.in_flight) {
        (0, true) => "No answer yet".to_owned(),
        (0, false) => "No answer".to_owned(),
        (code, true) => format!("{code}, not complete yet"),
        (code, false) => format!("{code} after {:.1} ms", view.duration_ms),
    };
    lines.push(DetailLine::Heading(status));
    message(&mut lines, &exchange.response);
    Detail { lines }
}

fn message(lines: &mut Vec<DetailLine>, message: &Message) {
    for header in message.headers.iter().chain(&message.trailers) {
        lines.push(DetailLine::Header(
            header.name.clone(),
            header.value.clone(),
        ));
    }
    let Some(content) = &message.body.content else {
        return;
    };
    lines.push(DetailLine::Text(String::new()));
    match content.encoding {
        Encoding::Utf8 => lines.extend(
            content
                .data
                .lines()
                .map(|line| DetailLine::Text(line.to_owned())),
        ),
        Encoding::Base64 => lines.push(DetailLine::Text(format!("{} bytes", message.body.size))),
    }
    if let Some(note) = &content.note {
        lines.push(DetailLine::Header("note".to_owned(), note.clone()));
    }
}
