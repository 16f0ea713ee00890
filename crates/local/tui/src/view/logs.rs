//! Draws the logs: a title with the scope and the filter, and the lines.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::{highlight_row, put, title};
use crate::ansi;
use crate::layout;
use crate::line::fit;
use crate::log_view::{Direction, PageRequest, Scope};
use crate::state::{Connection, State};

pub(super) fn draw(state: &State, area: Rect, buffer: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    title(state, area, heading(state, area.width.into()), buffer);
    let body = layout::below_title(area);
    let shown = state.logs.shown(&state.options(), layout::viewport(area));
    if shown.is_empty() {
        put(
            buffer,
            body,
            0,
            &Line::styled(empty(state), state.theme.muted()),
        );
    }
    let marked = state.logs.marked();
    let mut row = 0;
    for line in shown {
        let chosen = marked
            .as_ref()
            .is_some_and(|range| range.contains(&line.seq));
        let chosen = chosen || state.logs.is_hit(line.seq);
        for text in line.rows {
            put(buffer, body, row, &text);
            if chosen {
                highlight_row(buffer, body, row, state.theme.selected());
            }
            row += 1;
        }
    }
}

fn heading(state: &State, width: usize) -> Line<'static> {
    let theme = state.theme;
    let whose = match &state.logs.scope {
        Scope::All => Span::styled("all processes", theme.accent()),
        Scope::Process(name) => Span::styled(
            name.clone(),
            theme
                .process(state.table.place(name))
                .add_modifier(Modifier::BOLD),
        ),
        Scope::Group(name, _) => Span::styled(format!("group {name}"), theme.accent()),
    };
    let mut spans = vec![Span::styled("── ", theme.muted()), whose];
    let mut notify = |text: String, style| {
        spans.push(Span::styled(" · ", theme.muted()));
        spans.push(Span::styled(text, style));
    };
    if let Some(reading) = state
        .logs
        .loading_page()
        .and_then(|page_request| reading(state, page_request))
    {
        notify(reading, theme.warn());
    } else if state.logs.is_following() {
        notify("following".to_owned(), theme.muted());
    } else if state.logs.unseen == 0 {
        notify("paused".to_owned(), theme.warn());
    } else {
        notify(
            format!("paused, {} new below", state.logs.unseen),
            theme.warn(),
        );
    }
    if !state.logs.filter_text.is_empty() {
        notify(format!("filter {}", state.logs.filter_text), theme.accent());
    }
    if let Some(search) = state.logs.search() {
        notify(format!("search {}", search.text), theme.accent());
    }
    if let Some(marked) = state.logs.marked_count() {
        notify(format!("{marked} marked"), theme.accent());
    }
    if let Some(reason) = reason(state) {
        let used: usize = spans.iter().map(Span::width).sum();
        let text = format!(" · {}", ansi::plain(reason));
        let text = fit(&text, width.saturating_sub(used));
        spans.push(Span::styled(text, theme.warn()));
    }
    Line::from(spans)
}

/// The reason of the state of the process whose lines are shown.
fn reason(state: &State) -> Option<&str> {
    match &state.logs.scope {
        Scope::Process(name) => state.table.view(name)?.reason.as_deref(),
        _ => None,
    }
}

/// The text about a page that is being loaded, when that may take a while.
fn reading(state: &State, page_request: &PageRequest) -> Option<String> {
    let at = page_request
        .at
        .as_deref()
        .and_then(|time| time.parse::<jiff::Timestamp>().ok())
        .map(|time| {
            time.to_zoned(state.zone.clone())
                .strftime(", at %b %-d %H:%M:%S")
        });
    let at = at.map(|at| at.to_string());
    let direction = match page_request.direction {
        Direction::Older => "older",
        Direction::Newer => "newer",
    };
    match (page_request.is_search(), at) {
        (true, at) => Some(format!(
            "searching {direction} lines{}",
            at.unwrap_or_default()
        )),
        (false, Some(at)) => Some(format!("reading {direction} lines{at}")),
        // Loading a page takes too little time for a text.
        (false, None) => None,
    }
}

/// The text when there are no lines.
fn empty(state: &State) -> String {
    let known = |name: &str| name == "prox" || state.table.view(name).is_some();
    if let Some(name) = state.logs.filter().unknown_process(known) {
        return format!(
            "No process is called {}. Esc clears the filter.",
            ansi::plain(name)
        );
    }
    if !state.logs.filter_text.is_empty() {
        "No line here matches the filter. PgUp looks at older ones, Esc clears it."
    } else if state.connection == Connection::Connecting {
        "Connecting"
    } else {
        "Nothing has been written yet."
    }
    .to_owned()
}
