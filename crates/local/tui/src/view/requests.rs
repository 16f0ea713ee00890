//! Draws the requests: the list, and the details of one.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use unicode_width::UnicodeWidthStr;

use super::{highlight_row, put, title, words};
use crate::ansi;
use crate::layout::{self, Areas};
use crate::line::{fit, fit_name, pad};
use crate::state::{Connection, DetailLine, DetailState, State};
use prox_control::api_types::ProxyView;
use prox_events::RequestView;

/// The width of a method: OPTIONS and CONNECT are the longest.
const METHOD: usize = 7;
const DURATION: usize = 8;
const SERVICE: usize = 12;

/// The maximum number of rows for addresses.
const ADDRESS_ROWS: usize = 3;

pub(super) fn draw(state: &State, areas: Areas, buffer: &mut Buffer) {
    let width = usize::from(areas.addresses.width);
    if !areas.addresses.is_empty() {
        for (at, text) in address_rows(state, width).into_iter().enumerate() {
            let line = Line::styled(text, state.theme.muted());
            put(buffer, areas.addresses, at, &line);
        }
    }
    if !areas.list.is_empty() {
        list(state, areas.list, buffer);
    }
    if !areas.detail.is_empty() {
        detail(state, areas.detail, buffer);
    }
}

fn list(state: &State, area: Rect, buffer: &mut Buffer) {
    let listed = state.requests.listed();
    put(
        buffer,
        area,
        0,
        &head(state, listed.len(), usize::from(area.width)),
    );
    let body = layout::below_title(area);
    if listed.is_empty() {
        for (row, text) in words::rows(&empty(state), body.width.into())
            .into_iter()
            .enumerate()
        {
            put(buffer, body, row, &Line::styled(text, state.theme.muted()));
        }
    }
    let height = usize::from(body.height);
    let selected = state.requests.selected().map(|request| request.id.as_str());
    for (at, request) in listed
        .iter()
        .skip(state.requests.top(height))
        .take(height)
        .enumerate()
    {
        put(
            buffer,
            body,
            at,
            &row(state, request, usize::from(area.width)),
        );
        if selected == Some(request.id.as_str()) {
            highlight_row(buffer, body, at, state.theme.selected());
        }
    }
}

/// The text when there are no requests, with the way to get some.
fn empty(state: &State) -> String {
    if !state.requests.filter_text.is_empty() {
        return "No request matches the filter. Esc clears it.".to_owned();
    }
    let none = "No request has come through the proxy yet.";
    let Some(proxy) = state
        .proxy
        .as_ref()
        .filter(|_| state.connection == Connection::Up)
    else {
        return match state.connection {
            Connection::Up => {
                "The proxy is off: prox.yaml has no `services`, or turns it off.".to_owned()
            }
            _ => none.to_owned(),
        };
    };
    if proxy.services.is_empty() {
        return format!("{none} `services` in prox.yaml says what it leads to.");
    }
    match proxy.addresses().first() {
        Some(address) => format!("{none} Try {address}"),
        None => none.to_owned(),
    }
}

/// The column names of the list.
fn names(state: &State, listed: usize, width: usize) -> Line<'static> {
    let count = if listed == state.requests.len() {
        format!("· {listed}")
    } else {
        format!(
            "{listed} of {} · filter {}",
            state.requests.len(),
            state.requests.filter_text
        )
    };
    let names = columns(
        width, "Time", "Status", "Method", "Duration", "Service", "URL",
    );
    let mut line = Line::from(Span::styled(names, state.theme.heading()));
    line.push_span(Span::styled(format!(" {count}"), state.theme.muted()));
    line
}

fn head(state: &State, listed: usize, width: usize) -> Line<'static> {
    let mut line = names(state, listed, width);
    if address_rows(state, width).is_empty() {
        for address in addresses(state) {
            line.push_span(Span::styled(format!(" · {address}"), state.theme.muted()));
        }
    }
    line
}

/// The addresses of the services, while the supervisor is connected.
fn addresses(state: &State) -> Vec<String> {
    let proxy = state
        .proxy
        .iter()
        .filter(|_| state.connection == Connection::Up);
    let all = proxy.flat_map(ProxyView::addresses);
    all.map(|address| address.trim_start_matches("http://").to_owned())
        .collect()
}

/// The rows for addresses; none when they all fit beside the column names.
pub(crate) fn address_rows(state: &State, width: usize) -> Vec<String> {
    let all = addresses(state);
    let listed = state.requests.listed().len();
    let beside: usize = all.iter().map(|address| address.width() + 3).sum();
    if names(state, listed, width).width() + beside <= width {
        return Vec::new();
    }
    let mut rows: Vec<String> = Vec::new();
    for (at, address) in all.iter().enumerate() {
        let more = format!(" · {} more", all.len() - at);
        let is_last = rows.len() == ADDRESS_ROWS && at + 1 < all.len();
        // The last row has space for the number of the rest.
        let kept = if is_last { more.width() } else { 0 };
        match rows.last_mut() {
            Some(row) if row.width() + 3 + address.width() + kept <= width => {
                row.push_str(" · ");
                row.push_str(address);
            }
            Some(row) if is_last => {
                row.push_str(&more);
                break;
            }
            _ => rows.push(fit(address, width)),
        }
    }
    rows
}

fn columns(
    width: usize,
    time: &str,
    status: &str,
    method: &str,
    duration: &str,
    service: &str,
    url: &str,
) -> String {
    let status = pad(status, 6);
    let method = pad(method, METHOD);
    if width < 60 {
        return format!("{} {method} {url}", status.trim_end());
    }
    let service = pad(&fit_name(service, SERVICE), SERVICE);
    format!("{time:<8} {status} {method} {duration:>DURATION$}  {service} {url}")
}

fn row(state: &State, request: &RequestView, width: usize) -> Line<'static> {
    let time = request.timestamp.parse::<jiff::Timestamp>().map_or_else(
        |_| String::new(),
        |time| {
            time.to_zoned(state.zone.clone())
                .strftime("%H:%M:%S")
                .to_string()
        },
    );
    let status = if request.status_code == 0 {
        "···".to_owned()
    } else {
        request.status_code.to_string()
    };
    let duration = match (request.in_flight, request.status_code) {
        (true, _) => words::since(&request.timestamp, state.now),
        // The supervisor ended before there was a response.
        (false, 0) => String::new(),
        _ => words::milliseconds(request.duration_ms),
    };
    let text = columns(
        width,
        &time,
        &status,
        &fit(&ansi::plain(&request.method), METHOD),
        &duration,
        &ansi::plain(&request.subdomain),
        &ansi::plain(&request.url),
    );
    let text = fit(&text, width);
    // Only the status has a colour.
    let from = text.find(&status).unwrap_or(0);
    let (before, rest) = text.split_at(from);
    let (code, after) = rest.split_at(status.len().min(rest.len()));
    let muted = if request.in_flight {
        state.theme.muted()
    } else {
        Style::default()
    };
    Line::from(vec![
        Span::styled(before.to_owned(), state.theme.muted()),
        Span::styled(
            code.to_owned(),
            state.theme.status_code(request.status_code),
        ),
        Span::styled(after.to_owned(), muted),
    ])
}

fn detail(state: &State, area: Rect, buffer: &mut Buffer) {
    let Some((id, _)) = &state.opened else { return };
    let mut heading = Line::from(vec![
        Span::styled("── ", state.theme.muted()),
        Span::styled(id.clone(), state.theme.accent()),
    ]);
    let body = layout::below_title(area);
    let rows = detail_rows(state, usize::from(body.width));
    let height = usize::from(body.height);
    if rows.len() > height {
        let (first, last) = (state.detail_top + 1, state.detail_top + height);
        let part = format!(" · {first}–{} of {}", last.min(rows.len()), rows.len());
        heading.push_span(Span::styled(part, state.theme.muted()));
    }
    title(state, area, heading, buffer);
    for (at, line) in rows
        .iter()
        .skip(state.detail_top)
        .take(usize::from(body.height))
        .enumerate()
    {
        put(buffer, body, at, line);
    }
}

/// The rows of the open request's detail.
pub(crate) fn detail_rows(state: &State, width: usize) -> Vec<Line<'static>> {
    let theme = state.theme;
    let Some((id, opened)) = &state.opened else {
        return Vec::new();
    };
    let above = state.replayed.as_ref().filter(|(of, _)| of == id);
    let detail = match opened {
        DetailState::Loading => return vec![Line::styled("Reading it", theme.muted())],
        DetailState::Failed(why) => return vec![Line::styled(why.clone(), theme.danger())],
        DetailState::Here(detail) => detail,
    };
    let mut rows = Vec::new();
    for line in above
        .map(|(_, lines)| lines)
        .into_iter()
        .flatten()
        .chain(&detail.lines)
    {
        match line {
            DetailLine::Change(text) => {
                let style = match text.as_bytes().first() {
                    Some(b'+') => theme.ok(),
                    Some(b'-') => theme.danger(),
                    Some(b'@') => theme.muted(),
                    _ => Style::default(),
                };
                let parts = chunks(&ansi::plain(text), width);
                rows.extend(parts.into_iter().map(|part| Line::styled(part, style)));
            }
            DetailLine::Heading(text) => {
                let parts = chunks(&ansi::plain(text), width);
                rows.extend(
                    parts
                        .into_iter()
                        .map(|part| Line::styled(part, theme.accent())),
                );
            }
            DetailLine::Header(name, value) => {
                let text = format!("{}: {}", ansi::plain(name), ansi::plain(value));
                let split = ansi::plain(name).len() + 1;
                for (at, part) in chunks(&text, width).into_iter().enumerate() {
                    let (name, value) = if at == 0 {
                        part.split_at(split.min(part.len()))
                    } else {
                        ("", part.as_str())
                    };
                    rows.push(Line::from(vec![
                        Span::styled(name.to_owned(), theme.muted()),
                        Span::raw(value.to_owned()),
                    ]));
                }
            }
            DetailLine::Text(text) => {
                rows.extend(chunks(&ansi::plain(text), width).into_iter().map(Line::raw));
            }
        }
    }
    rows
}

/// Splits a text into pieces of `width` columns; at least one.
fn chunks(text: &str, width: usize) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut used = 0;
    for grapheme in unicode_segmentation::UnicodeSegmentation::graphemes(text, true) {
        let columns = unicode_width::UnicodeWidthStr::width(grapheme);
        if used + columns > width && used > 0 {
            out.push(String::new());
            used = 0;
        }
        if let Some(last) = out.last_mut() {
            last.push_str(grapheme);
        }
        used += columns;
    }
    out
}
