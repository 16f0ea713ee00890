//! Applies keys and messages to the view of the logs.

use ratatui::layout::{Position, Rect};

use crate::buffer::Buffers;
use crate::keys::Action;
use crate::layout::{self, Areas};
use crate::line::Look;
use crate::log_view::{LogView, Part, Room, Taken, Way};
use crate::state::{Effect, Link, State};
use prox_control::api_types::LogPage;

/// Columns that one step to the side moves.
const SIDEWAYS: usize = 8;

pub(super) fn on_part(
    state: &mut State,
    part: &Part,
    page: Result<LogPage, String>,
) -> Vec<Effect> {
    let page = match page {
        Ok(page) => page,
        Err(why) => {
            state.logs.stop_reading();
            state.say(format!("The log files cannot be read: {why}"), true);
            return Vec::new();
        }
    };
    let taken = with_logs(state, |logs, look, room, all| {
        logs.take(part, page, look, room, all)
    });
    match taken {
        Taken::Wanted(next) => return vec![Effect::Part(next)],
        Taken::NotFound(way) => not_found(state, way),
        Taken::Found => return read_around(state),
        Taken::Done => {}
    }
    Vec::new()
}

/// What changes how the logs are looked at. False for anything else.
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
            state.say("Lines are wrapped; w cuts them", false);
        }
        Action::Left => state.logs.left = state.logs.left.saturating_sub(SIDEWAYS),
        Action::Right => state.logs.left += SIDEWAYS,
        Action::Mark => state.logs.mark_bottom(),
        _ => return false,
    }
    true
}

/// Works on the logs with the look and the room that they have on the screen.
pub(super) fn with_logs<T>(
    state: &mut State,
    work: impl FnOnce(&mut LogView, &Look<'_>, Room, &Buffers) -> T,
) -> T {
    let area = layout::areas(state).logs;
    // While another view covers them, the logs scroll as if they had the screen.
    let area = if area.is_empty() {
        Rect::new(0, 0, state.size.width, state.size.height)
    } else {
        area
    };
    let mut logs = std::mem::take(&mut state.logs);
    let search = logs.search().map(|search| search.pattern.clone());
    let (wrap, times, left) = (logs.wrap, logs.times, logs.left);
    let look = Look {
        names: state.names(&logs.scope),
        search: search.as_ref(),
        wrap,
        times,
        left,
        theme: state.theme,
        zone: &state.zone,
        table: &state.table,
    };
    let result = work(&mut logs, &look, layout::room(area), &state.buffers);
    state.logs = logs;
    result
}

pub(super) fn scroll(state: &mut State, by: isize) -> Vec<Effect> {
    with_logs(state, |logs, look, room, all| {
        logs.scroll(by, look, room, all)
    });
    read_on(state, by)
}

pub(super) fn page(state: &mut State, by: isize) -> Vec<Effect> {
    with_logs(state, |logs, look, room, all| {
        logs.page(by, look, room, all)
    });
    read_on(state, by)
}

pub(super) fn go_to_oldest(state: &mut State) -> Vec<Effect> {
    with_logs(state, |logs, look, room, _| logs.go_to_oldest(look, room));
    read(state, |logs, _, all| logs.oldest_part(all))
}

/// Requests lines that will be needed when scrolling continues this way.
fn read_on(state: &mut State, by: isize) -> Vec<Effect> {
    read(state, |logs, room, all| {
        if by < 0 {
            logs.older_part(room, all)
        } else {
            logs.newer_part(room)
        }
    })
}

/// Asks for lines that are missing on either side.
pub(super) fn read_around(state: &mut State) -> Vec<Effect> {
    read(state, |logs, room, all| {
        logs.older_part(room, all).or_else(|| logs.newer_part(room))
    })
}

/// Reads a page of the log files, while connected to the supervisor.
fn read(
    state: &mut State,
    wanted: impl FnOnce(&mut LogView, Room, &Buffers) -> Option<Part>,
) -> Vec<Effect> {
    if state.link != Link::Up {
        return Vec::new();
    }
    let part = with_logs(state, |logs, _, room, all| wanted(logs, room, all));
    part.map(Effect::Part).into_iter().collect()
}

/// In the lines that are held, then in the log files.
pub(super) fn find(state: &mut State, way: Way) -> Vec<Effect> {
    if state.logs.search().is_none() {
        state.say("Nothing is searched for: / begins", false);
        return Vec::new();
    }
    if state.logs.searches_files() {
        return Vec::new();
    }
    let older = way == Way::Older;
    if with_logs(state, |logs, look, room, _| logs.find(older, look, room)) {
        return read_around(state);
    }
    let effects = read(state, |logs, _, all| logs.search_part(way, all));
    if effects.is_empty() {
        not_found(state, way);
    }
    effects
}

fn not_found(state: &mut State, way: Way) {
    let text = match way {
        Way::Newer => "No newer line has it; n looks at older ones",
        Way::Older if state.link == Link::Up => {
            "No older line has it, of all that are kept; N looks at newer ones"
        }
        Way::Older => "No older line has it, of those held here; N looks at newer ones",
    };
    state.say(text, false);
}

/// The log line at this position.
pub(super) fn line_at(state: &mut State, areas: Areas, at: Position) -> Option<u64> {
    let body = layout::below_title(areas.logs);
    if !body.contains(at) {
        return None;
    }
    let row = usize::from(at.y - body.y);
    let shown = with_logs(state, |logs, look, room, _| logs.shown(look, room));
    let mut last = 0;
    shown.into_iter().find_map(|line| {
        last += line.rows.len();
        (row < last).then_some(line.seq)
    })
}
