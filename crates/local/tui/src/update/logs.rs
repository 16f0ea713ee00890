//! Applies keys and messages to the view of the logs.

use ratatui::layout::{Position, Rect};

use crate::buffer::Buffers;
use crate::keys::Action;
use crate::layout::{self, Areas};
use crate::line::LineOptions;
use crate::log_view::{Direction, LogView, PageRequest, PageResult, Viewport};
use crate::state::{Connection, Effect, State};
use prox_control::api_types::LogPage;

/// The number of columns of a step to the side.
const SIDEWAYS: usize = 8;

pub(super) fn on_page(
    state: &mut State,
    page_request: &PageRequest,
    page: Result<LogPage, String>,
) -> Vec<Effect> {
    let page = match page {
        Ok(page) => page,
        Err(why) => {
            state.logs.cancel_loading();
            state.notify(format!("The log files cannot be read: {why}"), true);
            return Vec::new();
        }
    };
    let taken = with_logs(state, |logs, options, viewport, all| {
        logs.take(page_request, page, options, viewport, all)
    });
    match taken {
        PageResult::Wanted(next) => return vec![Effect::LoadPage(next)],
        PageResult::NotFound(direction) => not_found(state, direction),
        PageResult::Found => return read_around(state),
        PageResult::Done => {}
    }
    Vec::new()
}

/// Handles actions that change the view of the logs. Returns false for other actions.
pub(super) fn on_log_action(state: &mut State, action: Action) -> bool {
    match action {
        Action::Last => state.logs.follow(&state.buffers),
        Action::Pause if state.logs.is_following() => state.logs.pause(),
        Action::Pause => state.logs.follow(&state.buffers),
        Action::Wrap => {
            state.logs.wrap = !state.logs.wrap;
            state.logs.left = 0;
        }
        Action::Times => state.logs.times = !state.logs.times,
        Action::Left | Action::Right if state.logs.wrap => {
            state.notify("Lines are wrapped; w cuts them", false);
        }
        Action::Left => state.logs.left = state.logs.left.saturating_sub(SIDEWAYS),
        Action::Right => state.logs.left += SIDEWAYS,
        Action::Mark => state.logs.mark_bottom(),
        _ => return false,
    }
    true
}

/// Calls a function with the log view, its line options and its viewport.
pub(super) fn with_logs<T>(
    state: &mut State,
    work: impl FnOnce(&mut LogView, &LineOptions<'_>, Viewport, &Buffers) -> T,
) -> T {
    let area = layout::areas(state).logs;
    // While another tab is shown, the logs scroll as if they filled the screen.
    let area = if area.is_empty() {
        Rect::new(0, 0, state.size.width, state.size.height)
    } else {
        area
    };
    let mut logs = std::mem::take(&mut state.logs);
    let search = logs.search().map(|search| search.pattern.clone());
    let (wrap, times, left) = (logs.wrap, logs.times, logs.left);
    let options = LineOptions {
        names: state.names(&logs.scope),
        search: search.as_ref(),
        wrap,
        times,
        left,
        theme: state.theme,
        zone: &state.zone,
        table: &state.table,
    };
    let result = work(&mut logs, &options, layout::viewport(area), &state.buffers);
    state.logs = logs;
    result
}

pub(super) fn scroll(state: &mut State, by: isize) -> Vec<Effect> {
    with_logs(state, |logs, options, viewport, all| {
        logs.scroll(by, options, viewport, all)
    });
    read_on(state, by)
}

pub(super) fn page(state: &mut State, by: isize) -> Vec<Effect> {
    with_logs(state, |logs, options, viewport, all| {
        logs.page(by, options, viewport, all)
    });
    read_on(state, by)
}

pub(super) fn go_to_oldest(state: &mut State) -> Vec<Effect> {
    with_logs(state, |logs, options, viewport, _| {
        logs.go_to_oldest(options, viewport)
    });
    read(state, |logs, _, all| logs.oldest_page(all))
}

/// Requests lines that will be needed when scrolling continues this way.
fn read_on(state: &mut State, by: isize) -> Vec<Effect> {
    read(state, |logs, viewport, all| {
        if by < 0 {
            logs.older_page(viewport, all)
        } else {
            logs.newer_page(viewport)
        }
    })
}

/// Requests lines that are missing on either side.
pub(super) fn read_around(state: &mut State) -> Vec<Effect> {
    read(state, |logs, viewport, all| {
        logs.older_page(viewport, all)
            .or_else(|| logs.newer_page(viewport))
    })
}

/// Loads a page of the log files, while connected to the supervisor.
fn read(
    state: &mut State,
    wanted: impl FnOnce(&mut LogView, Viewport, &Buffers) -> Option<PageRequest>,
) -> Vec<Effect> {
    if state.connection != Connection::Up {
        return Vec::new();
    }
    let page_request = with_logs(state, |logs, _, viewport, all| wanted(logs, viewport, all));
    page_request.map(Effect::LoadPage).into_iter().collect()
}

/// Searches in the held lines, then in the log files.
pub(super) fn find(state: &mut State, direction: Direction) -> Vec<Effect> {
    if state.logs.search().is_none() {
        state.notify("Nothing is searched for: / begins", false);
        return Vec::new();
    }
    if state.logs.is_searching_files() {
        return Vec::new();
    }
    let older = direction == Direction::Older;
    if with_logs(state, |logs, options, viewport, _| {
        logs.find(older, options, viewport)
    }) {
        return read_around(state);
    }
    let effects = read(state, |logs, _, all| logs.search_page(direction, all));
    if effects.is_empty() {
        not_found(state, direction);
    }
    effects
}

fn not_found(state: &mut State, direction: Direction) {
    let text = match direction {
        Direction::Newer => "No newer line has it; n looks at older ones",
        Direction::Older if state.connection == Connection::Up => {
            "No older line has it, of all that are kept; N looks at newer ones"
        }
        Direction::Older => "No older line has it, of those held here; N looks at newer ones",
    };
    state.notify(text, false);
}

/// The log line at this position.
pub(super) fn line_at(state: &mut State, areas: Areas, at: Position) -> Option<u64> {
    let body = layout::below_title(areas.logs);
    if !body.contains(at) {
        return None;
    }
    let row = usize::from(at.y - body.y);
    let shown = with_logs(state, |logs, options, viewport, _| {
        logs.shown(options, viewport)
    });
    let mut last = 0;
    shown.into_iter().find_map(|line| {
        last += line.rows.len();
        (row < last).then_some(line.seq)
    })
}
