//! Renders a captured request as lines of text.

use super::state::{Detail, DetailLine};
use prox_capture::{Message, RequestDetail, render};
use prox_events::RequestView;
use prox_proxy::replay::Replayed;

/// The lines of a request and its response.
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
    lines.push(DetailLine::Heading(status(view)));
    message(&mut lines, &exchange.response);
    Detail { lines }
}

fn status(view: &RequestView) -> String {
    match (view.status_code, view.in_flight) {
        (0, true) => "no answer yet".to_owned(),
        (0, false) => "no answer".to_owned(),
        (code, true) => format!("{code}, not complete yet"),
        (code, false) => format!("{code} after {:.1} ms", view.duration_ms),
    }
}

fn message(lines: &mut Vec<DetailLine>, message: &Message) {
    for header in message.headers.iter().chain(&message.trailers) {
        lines.push(DetailLine::Header(
            header.name.clone(),
            header.value.clone(),
        ));
    }
    let (text, note) = render::body(message);
    if !text.is_empty() {
        lines.push(DetailLine::Text(String::new()));
        lines.extend(text.lines().map(|line| DetailLine::Text(line.to_owned())));
    }
    if let Some(note) = note {
        lines.push(DetailLine::Header("body".to_owned(), note));
    }
}

/// The lines of a replay's outcome, shown above the details of the request.
pub(crate) fn of_replay(replayed: &Replayed) -> Vec<DetailLine> {
    let view = &replayed.replay.view;
    let heading = format!("Sent again as {}: {}", view.id, status(view));
    let mut lines = vec![DetailLine::Heading(heading)];
    let asked = replayed.difference.request.text();
    let answered = replayed.difference.response.text();
    changes(&mut lines, &asked);
    if !asked.is_empty() && !answered.is_empty() {
        lines.push(DetailLine::Text("The answer:".to_owned()));
    }
    changes(&mut lines, &answered);
    if answered.is_empty() {
        lines.push(DetailLine::Text("The answer is the same.".to_owned()));
    }
    lines.push(DetailLine::Text(String::new()));
    lines
}

fn changes(lines: &mut Vec<DetailLine>, text: &str) {
    lines.extend(text.lines().map(|line| DetailLine::Change(line.to_owned())));
}
