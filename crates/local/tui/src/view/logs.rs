//! Draws the logs: a title that says what is shown, and the lines.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::{put, set_off, title};
use crate::ansi;
use crate::layout;
use crate::line::fit;
use crate::log_view::{Part, Scope, Way};
use crate::state::{Link, State};

pub(super) fn draw(state: &State, area: Rect, buffer: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    title(state, area, heading(state, area.width.into()), buffer);
    let body = layout::below_title(area);
    let shown = state.logs.shown(&state.look(), layout::room(area));
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
                set_off(buffer, body, row, state.theme.selected());
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
    let mut say = |text: String, style| {
        spans.push(Span::styled(" · ", theme.muted()));
        spans.push(Span::styled(text, style));
    };
    if let Some(reading) = state.logs.reads().and_then(|part| reading(state, part)) {
        say(reading, theme.warn());
    } else if state.logs.is_following() {
        say("following".to_owned(), theme.muted());
    } else if state.logs.unseen == 0 {
        say("paused".to_owned(), theme.warn());
    } else {
        say(
            format!("paused, {} new below", state.logs.unseen),
            theme.warn(),
        );
    }
    if !state.logs.filter_text.is_empty() {
        say(format!("filter {}", state.logs.filter_text), theme.accent());
    }
    if let Some(search) = state.logs.search() {
        say(format!("search {}", search.text), theme.accent());
    }
    if let Some(marked) = state.logs.marked_count() {
        say(format!("{marked} marked"), theme.accent());
    }
    if let Some(reason) = reason(state) {
        let used: usize = spans.iter().map(Span::width).sum();
        let text = format!(" · {}", ansi::plain(reason));
        let text = fit(&text, width.saturating_sub(used));
        spans.push(Span::styled(text, theme.warn()));
    }
    Line::from(spans)
}

/// Why it is as it is, of the one whose lines are shown.
fn reason(state: &State) -> Option<&str> {
    match &state.logs.scope {
        Scope::Process(name) => state.table.view(name)?.reason.as_deref(),
        _ => None,
    }
}

/// What is being read from the log files, when it may take a while.
fn reading(state: &State, part: &Part) -> Option<String> {
    let at = part
        .at
        .as_deref()
        .and_then(|time| time.parse::<jiff::Timestamp>().ok())
        .map(|time| {
            time.to_zoned(state.zone.clone())
                .strftime(", at %b %-d %H:%M:%S")
        });
    let at = at.map(|at| at.to_string());
    let way = match part.way {
        Way::Older => "older",
        Way::Newer => "newer",
    };
    match (part.is_search(), at) {
        (true, at) => Some(format!("searching {way} lines{}", at.unwrap_or_default())),
        (false, Some(at)) => Some(format!("reading {way} lines{at}")),
        // It takes no longer than a look.
        (false, None) => None,
    }
}

/// Why there is nothing.
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
    } else if state.link == Link::Connecting {
        "Connecting"
    } else {
        "Nothing has been written yet."
    }
    .to_owned()
}
