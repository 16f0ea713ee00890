//! Owns what every message changes. Pure: what must happen outside is returned as effects.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::{Position, Rect};

use super::buffer::Buffers;
use super::draft::Draft;
use super::input::Input;
use super::keys::{self, Action, Place};
use super::layout::{self, Areas};
use super::log_view::{LogView, Part, Room, Search, Taken, Way};
use super::state::{
    Detail, DetailLine, Effect, Link, Message, Mode, Opened, Prompt, Role, Snapshot, State, Tab,
    Verb,
};
use super::table::Row;
use crate::api::shape::LogPage;
use crate::event::{Event, RequestView};
use crate::proxy::RequestDetail;

/// Lines that one turn of the wheel moves.
const WHEEL: isize = 3;
/// Columns that one step to the side moves.
const SIDEWAYS: usize = 8;

/// Takes a message in, and says what is to be done.
pub(crate) fn update(state: &mut State, message: Message) -> Vec<Effect> {
    match message {
        Message::Key(key) => return on_key(state, key),
        Message::Mouse(mouse) => return on_mouse(state, mouse),
        Message::Paste(text) => on_paste(state, &text),
        Message::Resize(size) => {
            state.size = size;
            keep_selection_in_sight(state);
        }
        Message::Tick(now) => {
            state.now = now;
            if state
                .notice
                .as_ref()
                .is_some_and(|notice| notice.until <= now)
            {
                state.notice = None;
            }
            if std::mem::take(&mut state.stale) {
                return vec![Effect::Refresh];
            }
        }
        Message::Event(event) => return on_event(state, event),
        Message::Snapshot(snapshot) => on_snapshot(state, *snapshot),
        Message::Lost(why) => {
            state.link = match state.link {
                Link::Ending | Link::Ended => Link::Ended,
                _ => Link::Lost(why),
            };
        }
        Message::Detail { id, detail } => on_detail(state, &id, detail),
        Message::Part { part, page } => return on_part(state, &part, page),
        Message::Curl { text, missing } => {
            let what = match missing.as_str() {
                "" => "as curl".to_owned(),
                missing => format!("as curl, but {missing}"),
            };
            return vec![Effect::Copy { text, what }];
        }
        Message::Draft(detail) => return on_draft(state, *detail),
        Message::Edited(text) => return on_edited(state, text),
        Message::Replayed { id, view, above } => return on_replayed(state, id, *view, above),
        Message::Done(text) => state.say(text, false),
        Message::Failed(text) => state.say(text, true),
    }
    Vec::new()
}

fn on_event(state: &mut State, event: Event) -> Vec<Effect> {
    match event {
        Event::Log(line) => state.take_line(line),
        Event::Process(view) => state.table.put(view),
        Event::Request(request) => {
            let open = state
                .opened
                .as_ref()
                .is_some_and(|(id, _)| *id == request.id);
            let answered = open && !request.in_flight;
            let id = request.id.clone();
            state.requests.put(request);
            if answered {
                return vec![Effect::Detail(id)];
            }
        }
        // Also said when events were missed, in a flood many times: read again with the next second.
        Event::Reloaded => state.stale = true,
        Event::ShuttingDown => state.link = Link::Ending,
    }
    Vec::new()
}

fn on_snapshot(state: &mut State, snapshot: Snapshot) {
    let before = std::mem::replace(&mut state.run, snapshot.run);
    if !before.is_empty() && before != state.run {
        state.begins = true;
        state.requests.end_run();
        state.say("Connected to the prox that was started since", false);
    } else if matches!(state.link, Link::Lost(_)) {
        state.say("Connected again", false);
    }
    state.link = Link::Up;
    state.proxy = snapshot.proxy;
    state.table.replace(snapshot.processes);
    for request in snapshot.requests {
        state.requests.put(request);
    }
    rescope(state);
}

fn on_detail(state: &mut State, id: &str, detail: Result<Detail, String>) {
    if let Some((_, opened)) = state.opened.as_mut().filter(|(open, _)| open == id) {
        *opened = detail.map_or_else(Opened::Failed, Opened::Here);
    }
}

fn on_part(state: &mut State, part: &Part, page: Result<LogPage, String>) -> Vec<Effect> {
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

/// Shows what came of it above the request's detail, which is opened for that.
fn on_replayed(
    state: &mut State,
    id: String,
    view: RequestView,
    above: Vec<DetailLine>,
) -> Vec<Effect> {
    state.say(format!("Sent again as {}", view.id), false);
    state.requests.put(view);
    state.draft = state.draft.take().filter(|draft| draft.id() != id);
    state.detail_top = 0;
    let selected = state.requests.selected().is_some_and(|it| it.id == id);
    state.replayed = Some((id, above));
    if selected && state.opened.is_none() && state.tab == Tab::Requests {
        return open(state, 0);
    }
    Vec::new()
}

/// Opens the editor, with the text that was wrong when there is one.
fn edit(state: &mut State, id: &str) -> Vec<Effect> {
    match &state.draft {
        Some(draft) if draft.id() == id => vec![Effect::Edit(draft.text.clone())],
        _ => vec![Effect::Draft(id.to_owned())],
    }
}

fn on_draft(state: &mut State, detail: RequestDetail) -> Vec<Effect> {
    let Some(draft) = Draft::new(detail) else {
        state.say("Nothing of it was kept that could be edited", true);
        return Vec::new();
    };
    let text = draft.text.clone();
    state.draft = Some(draft);
    vec![Effect::Edit(text)]
}

fn on_edited(state: &mut State, text: Result<String, String>) -> Vec<Effect> {
    let Some(mut draft) = state.draft.take() else {
        return Vec::new();
    };
    match text {
        Err(why) => state.say(why, true),
        Ok(text) => {
            draft.text = text;
            match draft.edits() {
                Ok(None) => state.say("Nothing was changed, and nothing is sent", false),
                Ok(Some(edits)) => {
                    let id = draft.id().to_owned();
                    state.draft = Some(draft);
                    return vec![Effect::Replay(id, Box::new(edits))];
                }
                Err(wrong) => {
                    state.say(format!("Not sent: {wrong}. e edits it again"), true);
                    state.draft = Some(draft);
                }
            }
        }
    }
    Vec::new()
}

fn on_paste(state: &mut State, text: &str) {
    match &mut state.mode {
        Mode::Prompt { input, .. } => {
            input.insert(text);
            preview(state);
        }
        Mode::Write { input, .. } => input.insert(text),
        Mode::Normal | Mode::Help { .. } | Mode::ConfirmQuit => {}
    }
}

fn on_key(state: &mut State, key: KeyEvent) -> Vec<Effect> {
    if key.modifiers.contains(KeyModifiers::ALT) {
        // Terminals send Alt as Esc and the key; no key here has Alt, so Esc it was.
        let mut effects = on_key(state, KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE));
        let modifiers = key.modifiers - KeyModifiers::ALT;
        effects.extend(on_key(state, KeyEvent { modifiers, ..key }));
        return effects;
    }
    if keys::action(Place::Everywhere, key) == Some(Action::Suspend) {
        return suspend(state);
    }
    match &state.mode {
        Mode::Normal => {}
        Mode::Help { .. } => {
            on_help_key(state, key);
            return Vec::new();
        }
        Mode::Prompt { .. } => return on_prompt_key(state, key),
        Mode::Write { .. } => return on_write_key(state, key),
        Mode::ConfirmQuit => return on_confirm_key(state, key),
    }
    let Some(action) = keys::action(state.tab.place(), key) else {
        return Vec::new();
    };
    match action {
        Action::SoloNumber => solo_number(state, key),
        Action::Quit => return quit(state),
        action if state.tab == Tab::Requests => return on_requests(state, action),
        action => return on_action(state, action),
    }
    Vec::new()
}

fn is_control(key: KeyEvent, c: char) -> bool {
    key.code == KeyCode::Char(c) && key.modifiers.contains(KeyModifiers::CONTROL)
}

fn on_help_key(state: &mut State, key: KeyEvent) {
    let Mode::Help { top } = &mut state.mode else {
        return;
    };
    match keys::action(Place::Logs, key) {
        Some(Action::Up) => *top = top.saturating_sub(1),
        Some(Action::Down) => *top += 1,
        Some(Action::PageUp) => *top = top.saturating_sub(10),
        Some(Action::PageDown) => *top += 10,
        Some(Action::First) => *top = 0,
        Some(Action::Help | Action::Back | Action::Quit) => state.mode = Mode::Normal,
        _ => {}
    }
    if let Mode::Help { top } = state.mode {
        let most = super::view::help_lines(state)
            .len()
            .saturating_sub(usize::from(state.size.height / 2));
        state.mode = Mode::Help { top: top.min(most) };
    }
}

fn on_confirm_key(state: &mut State, key: KeyEvent) -> Vec<Effect> {
    state.mode = Mode::Normal;
    match key.code {
        KeyCode::Char('y' | 'Y') | KeyCode::Enter => vec![Effect::Quit],
        _ if is_control(key, 'c') => vec![Effect::Quit],
        _ => Vec::new(),
    }
}

fn on_write_key(state: &mut State, key: KeyEvent) -> Vec<Effect> {
    let Mode::Write { process, input } = &mut state.mode else {
        return Vec::new();
    };
    let write = |text: String| {
        vec![Effect::Write {
            process: process.clone(),
            text,
        }]
    };
    match key.code {
        KeyCode::Esc => state.mode = Mode::Normal,
        KeyCode::Enter => {
            let mut line = input.text();
            line.push('\n');
            input.clear();
            return write(line);
        }
        // As a terminal sends them: interrupt, and end of input.
        _ if is_control(key, 'c') => return write("\u{3}".to_owned()),
        _ if is_control(key, 'd') => return write("\u{4}".to_owned()),
        _ => {
            input.edit(key);
        }
    }
    Vec::new()
}

fn on_prompt_key(state: &mut State, key: KeyEvent) -> Vec<Effect> {
    let Mode::Prompt {
        kind,
        input,
        before,
        wrong,
    } = &mut state.mode
    else {
        return Vec::new();
    };
    match key.code {
        KeyCode::Enter if wrong.is_none() => {
            let kind = *kind;
            state.mode = Mode::Normal;
            if kind == Prompt::Search {
                return find(state, Way::Older);
            }
        }
        KeyCode::Esc => {
            let (kind, before) = (*kind, before.clone());
            state.mode = Mode::Normal;
            // What was there before was right then, and is now.
            let _ = apply(state, kind, &before);
        }
        _ if is_control(key, 'c') => {
            let (kind, before) = (*kind, before.clone());
            state.mode = Mode::Normal;
            let _ = apply(state, kind, &before);
        }
        _ => {
            if input.edit(key) {
                preview(state);
            }
        }
    }
    Vec::new()
}

/// Shows what the prompt's text would do, while it is typed.
fn preview(state: &mut State) {
    let Mode::Prompt { kind, input, .. } = &state.mode else {
        return;
    };
    let (kind, text) = (*kind, input.text());
    let result = apply(state, kind, &text);
    if let Mode::Prompt { wrong, .. } = &mut state.mode {
        *wrong = result.err();
    }
}

fn apply(state: &mut State, kind: Prompt, text: &str) -> Result<(), String> {
    match kind {
        Prompt::Filter => state.logs.set_filter(text, &state.buffers),
        Prompt::Requests => state.requests.set_filter(text),
        Prompt::Search => {
            let search = (!text.is_empty()).then(|| Search::new(text)).transpose()?;
            state.logs.set_search(search);
            Ok(())
        }
    }
}

fn ask(state: &mut State, kind: Prompt) {
    let before = match kind {
        Prompt::Filter => state.logs.filter_text.clone(),
        Prompt::Requests => state.requests.filter_text.clone(),
        Prompt::Search => state
            .logs
            .search()
            .map_or_else(String::new, |search| search.text.clone()),
    };
    let input = Input::new(if kind == Prompt::Search { "" } else { &before });
    state.mode = Mode::Prompt {
        kind,
        input,
        before,
        wrong: None,
    };
}

fn quit(state: &mut State) -> Vec<Effect> {
    let ends_with_us = state.role == Role::Foreground && state.link == Link::Up;
    if ends_with_us && state.table.alive() > 0 {
        state.mode = Mode::ConfirmQuit;
        return Vec::new();
    }
    vec![Effect::Quit]
}

/// Only where nothing else stops with it: in `prox up`, the supervisor is this program.
fn suspend(state: &mut State) -> Vec<Effect> {
    if state.role == Role::Attached {
        return vec![Effect::Suspend];
    }
    let text = "Ctrl-Z would freeze the supervisor, too; `prox attach --tui` can be suspended";
    state.say(text, true);
    Vec::new()
}

/// What is the same in every view.
fn on_any(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        Action::Help => state.mode = Mode::Help { top: 0 },
        Action::NextView => show(state, state.tab.moved(1)),
        Action::PreviousView => show(state, state.tab.moved(Tab::ALL.len() - 1)),
        Action::Theme => {
            state.theme = state.theme.next();
            state.say(format!("Theme: {}", state.theme.name()), false);
        }
        Action::Mouse => {
            state.mouse = !state.mouse;
            let whose = if state.mouse {
                "prox takes the mouse"
            } else {
                "The terminal has the mouse"
            };
            state.say(whose, false);
            return vec![Effect::Mouse(state.mouse)];
        }
        _ => {}
    }
    Vec::new()
}

fn show(state: &mut State, tab: Tab) {
    state.tab = tab;
    keep_selection_in_sight(state);
}

fn keep_selection_in_sight(state: &mut State) {
    let height = layout::list_height(layout::areas(state).list);
    if state.tab == Tab::Processes {
        state.table.step(0, height);
    }
}

fn on_action(state: &mut State, action: Action) -> Vec<Effect> {
    let list = layout::list_height(layout::areas(state).list);
    let in_logs = state.tab == Tab::Logs;
    match action {
        Action::Up | Action::Down => {
            let by = if action == Action::Up { -1 } else { 1 };
            if !in_logs {
                select(state, |table| table.step(by, list));
            } else if with_logs(state, |logs, look, room, _| logs.extend(by, look, room)) {
                return read_around(state);
            } else {
                return scroll(state, by);
            }
        }
        Action::Open => {
            state.solo = true;
            rescope(state);
            show(state, Tab::Logs);
        }
        Action::Fold => select(state, |table| table.fold(list)),
        Action::Solo => {
            state.solo = !state.solo;
            rescope(state);
        }
        Action::Everything => {
            state.solo = false;
            rescope(state);
        }
        Action::Start => return control(state, Verb::Start),
        Action::Stop => return control(state, Verb::Stop),
        Action::Restart => return control(state, Verb::Restart),
        Action::Write => begin_writing(state),
        Action::Filter => ask(state, Prompt::Filter),
        Action::Search => ask(state, Prompt::Search),
        Action::Back => back(state),
        Action::Copy => {
            let (text, lines) = with_logs(state, |logs, look, room, _| logs.copy(look, room));
            state.logs.clear_mark();
            if lines > 0 {
                let plural = if lines == 1 { "" } else { "s" };
                return vec![Effect::Copy {
                    text,
                    what: format!("{lines} line{plural}"),
                }];
            }
        }
        Action::PageUp => return page(state, -1),
        Action::PageDown => return page(state, 1),
        Action::First => return go_to_oldest(state),
        Action::NextHit => return find(state, Way::Older),
        Action::PreviousHit => return find(state, Way::Newer),
        action if on_log_action(state, action) => {}
        action => return on_any(state, action),
    }
    Vec::new()
}

/// What changes how the logs are looked at. False for anything else.
fn on_log_action(state: &mut State, action: Action) -> bool {
    match action {
        Action::Last => state.logs.follow(&state.buffers),
        Action::Pause if state.logs.is_following() => state.logs.pause(),
        Action::Pause => state.logs.follow(&state.buffers),
        Action::Wrap => {
            state.logs.wrap = !state.logs.wrap;
            state.logs.left = 0;
        }
        Action::Times => state.logs.times = !state.logs.times,
        Action::Left => state.logs.left = state.logs.left.saturating_sub(SIDEWAYS),
        Action::Right if !state.logs.wrap => state.logs.left += SIDEWAYS,
        Action::Right => {}
        Action::Mark => state.logs.mark_bottom(),
        _ => return false,
    }
    true
}

/// Works on the logs with the look and the room that they have on the screen.
fn with_logs<T>(
    state: &mut State,
    work: impl FnOnce(&mut LogView, &super::line::Look<'_>, Room, &Buffers) -> T,
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
    let look = super::line::Look {
        names: state.names(&logs.scope),
        search: search.as_ref(),
        wrap,
        times,
        left,
        theme: state.theme,
        zone: &state.zone,
    };
    let result = work(&mut logs, &look, layout::room(area), &state.buffers);
    state.logs = logs;
    result
}

fn scroll(state: &mut State, by: isize) -> Vec<Effect> {
    with_logs(state, |logs, look, room, all| {
        logs.scroll(by, look, room, all)
    });
    read_on(state, by)
}

fn page(state: &mut State, by: isize) -> Vec<Effect> {
    with_logs(state, |logs, look, room, all| {
        logs.page(by, look, room, all)
    });
    read_on(state, by)
}

fn go_to_oldest(state: &mut State) -> Vec<Effect> {
    with_logs(state, |logs, look, room, _| logs.go_to_oldest(look, room));
    read(state, |logs, _, all| logs.oldest_part(all))
}

/// Asks for lines that will be needed when it goes on this way.
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
fn read_around(state: &mut State) -> Vec<Effect> {
    read(state, |logs, room, all| {
        logs.older_part(room, all).or_else(|| logs.newer_part(room))
    })
}

/// Reads a part of the log files, while somebody is there who reads them.
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
fn find(state: &mut State, way: Way) -> Vec<Effect> {
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
        Way::Newer => "No newer line has it",
        Way::Older if state.link == Link::Up => "No older line has it, of all that are kept",
        Way::Older => "No older line has it, of those held here",
    };
    state.say(text, false);
}

/// Changes the selection, and with it whose lines are shown.
fn select(state: &mut State, work: impl FnOnce(&mut super::table::Table)) {
    work(&mut state.table);
    rescope(state);
}

fn rescope(state: &mut State) {
    let scope = state.wanted_scope();
    state.logs.set_scope(scope, &state.buffers);
}

fn solo_number(state: &mut State, key: KeyEvent) {
    let KeyCode::Char(digit) = key.code else {
        return;
    };
    let number = digit
        .to_digit(10)
        .and_then(|digit| usize::try_from(digit).ok())
        .unwrap_or(0);
    let before = state.table.selected().cloned();
    let height = layout::list_height(layout::areas(state).list);
    if !state.table.select_number(number, height) {
        return state.say(format!("There is no process {number}"), false);
    }
    let again = state.solo && before.as_ref() == state.table.selected();
    state.solo = !again;
    rescope(state);
}

fn control(state: &mut State, verb: Verb) -> Vec<Effect> {
    match state.table.selected() {
        Some(id) => vec![Effect::Control(verb, id.name().to_owned())],
        None => Vec::new(),
    }
}

fn begin_writing(state: &mut State) {
    let Some(view) = state.table.selected_process() else {
        return state.say("Select a process first", false);
    };
    if !super::table::is_alive(view.status) {
        let text = format!("{} does not run", view.name);
        return state.say(text, true);
    }
    let process = view.name.clone();
    state.mode = Mode::Write {
        process,
        input: Input::default(),
    };
}

/// Undoes the last thing that narrows the view.
fn back(state: &mut State) {
    if state.logs.clear_mark() {
        return;
    }
    if state.logs.search().is_some() {
        return state.logs.set_search(None);
    }
    if !state.logs.filter_text.is_empty() {
        // An empty filter is a right one.
        let _ = state.logs.set_filter("", &state.buffers);
        return;
    }
    if state.tab == Tab::Logs {
        return show(state, Tab::Processes);
    }
    state.solo = false;
    rescope(state);
}

fn on_requests(state: &mut State, action: Action) -> Vec<Effect> {
    let height = layout::list_height(layout::areas(state).list);
    match action {
        Action::Up => state.requests.step(-1, height),
        Action::Down => state.requests.step(1, height),
        Action::PageUp | Action::PageDown => return page_requests(state, action, height),
        Action::First => state.requests.follow(),
        Action::Last => state.requests.last(height),
        Action::Open => return open(state, height),
        Action::Filter => ask(state, Prompt::Requests),
        Action::Curl | Action::Replay | Action::Edit => {
            let Some(id) = state.requests.selected().map(|request| request.id.clone()) else {
                state.say("Select a request first", false);
                return Vec::new();
            };
            return match action {
                Action::Curl => vec![Effect::Curl(id)],
                Action::Edit => edit(state, &id),
                _ => vec![Effect::Replay(id, Box::default())],
            };
        }
        Action::Back if state.opened.take().is_some() => {}
        Action::Back if !state.requests.filter_text.is_empty() => {
            // An empty filter is a right one.
            let _ = state.requests.set_filter("");
        }
        Action::Back => show(state, Tab::Processes),
        action => return on_any(state, action),
    }
    reopen(state)
}

fn page_requests(state: &mut State, action: Action, height: usize) -> Vec<Effect> {
    let by = if action == Action::PageUp { -1 } else { 1 };
    if state.opened.is_some() {
        let room = layout::room(layout::areas(state).detail).height;
        scroll_detail(state, by * room.saturating_sub(1).max(1).cast_signed());
        return Vec::new();
    }
    state
        .requests
        .step(by * height.max(1).cast_signed(), height);
    Vec::new()
}

fn scroll_detail(state: &mut State, by: isize) {
    let room = layout::room(layout::areas(state).detail);
    let most = super::view::detail_rows(state, room.width)
        .len()
        .saturating_sub(room.height);
    state.detail_top = state.detail_top.saturating_add_signed(by).min(most);
}

fn open(state: &mut State, height: usize) -> Vec<Effect> {
    if state.opened.take().is_some() {
        return Vec::new();
    }
    if state.requests.selected().is_none() {
        state.requests.step(1, height);
    }
    let Some(id) = state.requests.selected().map(|request| request.id.clone()) else {
        return Vec::new();
    };
    state.opened = Some((id.clone(), Opened::Loading));
    state.detail_top = 0;
    vec![Effect::Detail(id)]
}

/// The detail is always that of the selected request.
fn reopen(state: &mut State) -> Vec<Effect> {
    let Some((open, _)) = &state.opened else {
        return Vec::new();
    };
    let Some(id) = state.requests.selected().map(|request| request.id.clone()) else {
        state.opened = None;
        return Vec::new();
    };
    if *open == id {
        return Vec::new();
    }
    state.opened = Some((id.clone(), Opened::Loading));
    state.detail_top = 0;
    vec![Effect::Detail(id)]
}

fn on_mouse(state: &mut State, mouse: MouseEvent) -> Vec<Effect> {
    if state.mode != Mode::Normal {
        return Vec::new();
    }
    let at = Position {
        x: mouse.column,
        y: mouse.row,
    };
    let areas = layout::areas(state);
    match mouse.kind {
        MouseEventKind::ScrollUp => return wheel(state, areas, at, -WHEEL),
        MouseEventKind::ScrollDown => return wheel(state, areas, at, WHEEL),
        MouseEventKind::Down(MouseButton::Left) => return click(state, areas, at),
        MouseEventKind::Drag(MouseButton::Left) => {
            if let Some(seq) = line_at(state, areas, at) {
                state.logs.mark_to(seq);
            }
        }
        _ => {}
    }
    Vec::new()
}

fn wheel(state: &mut State, areas: Areas, at: Position, by: isize) -> Vec<Effect> {
    let height = layout::list_height(areas.list);
    if areas.logs.contains(at) {
        return scroll(state, by);
    } else if areas.detail.contains(at) {
        scroll_detail(state, by);
    } else if areas.list.contains(at) && state.tab == Tab::Requests {
        state.requests.scroll(by, height);
    } else if areas.list.contains(at) {
        state.table.scroll(by, height);
    }
    Vec::new()
}

fn click(state: &mut State, areas: Areas, at: Position) -> Vec<Effect> {
    if let Some((tab, _)) = layout::tabs(state)
        .into_iter()
        .find(|(_, area)| area.contains(at))
    {
        show(state, tab);
        return Vec::new();
    }
    if let Some(seq) = line_at(state, areas, at) {
        state.logs.mark(seq);
        return Vec::new();
    }
    let rows = layout::below_title(areas.list);
    if !rows.contains(at) {
        return Vec::new();
    }
    let height = layout::list_height(areas.list);
    let row = usize::from(at.y - rows.y);
    if state.tab == Tab::Requests {
        if let Some(index) =
            Some(state.requests.top(height) + row).filter(|i| *i < state.requests.listed().len())
        {
            state.requests.select(index, height);
        }
        return reopen(state);
    }
    let index = state.table.top + row;
    let hit = state
        .table
        .rows()
        .get(index)
        .map(|row| matches!(row, Row::Group { .. }));
    if let Some(is_group) = hit {
        let folds = is_group && at.x < rows.x + super::view::FOLD_WIDTH;
        select(state, |table| {
            table.select(index, height);
            if folds {
                table.fold(height);
            }
        });
    }
    Vec::new()
}

/// The line of the log that stands there.
fn line_at(state: &mut State, areas: Areas, at: Position) -> Option<u64> {
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
