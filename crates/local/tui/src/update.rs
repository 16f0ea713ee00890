//! Applies messages to the state. Side effects are returned as values.

mod logs;
mod requests;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers, MouseButton, MouseEvent, MouseEventKind};
use ratatui::layout::Position;

use self::logs::{
    find, go_to_oldest, line_at, on_log_action, page, read_around, scroll, with_logs,
};
use self::requests::{on_requests, reopen, scroll_detail};
use super::input::Input;
use super::keys::{self, Action, KeyContext};
use super::layout::{self, Areas};
use super::log_view::{Direction, Search};
use super::state::{Connection, Effect, Message, Mode, Prompt, Role, Snapshot, State, Tab, Verb};
use super::table::Row;
use prox_events::Event;

/// The number of lines that one step of the mouse wheel scrolls.
const WHEEL: isize = 3;

/// Applies a message, and returns the effects to execute.
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
            state.connection = match state.connection {
                Connection::Ending | Connection::Ended => Connection::Ended,
                _ => Connection::Lost(why),
            };
        }
        Message::Detail { id, detail } => requests::on_detail(state, &id, detail),
        Message::Page { page_request, page } => return logs::on_page(state, &page_request, page),
        Message::Curl { text, missing } => {
            let what = match missing.as_str() {
                "" => "as curl".to_owned(),
                missing => format!("as curl, but {missing}"),
            };
            return vec![Effect::Copy { text, what }];
        }
        Message::Draft(detail) => return requests::on_draft(state, *detail),
        Message::Edited(text) => return requests::on_edited(state, text),
        Message::Replayed { id, view, above } => {
            return requests::on_replayed(state, id, *view, above);
        }
        Message::Done(text) => state.notify(text, false),
        Message::Failed(text) => state.notify(text, true),
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
        // Also sent when events were missed, possibly many times: the state is loaded again at the
        // next tick.
        Event::Reloaded => state.stale = true,
        Event::ShuttingDown => state.connection = Connection::Ending,
    }
    Vec::new()
}

fn on_snapshot(state: &mut State, snapshot: Snapshot) {
    let before = std::mem::replace(&mut state.run, snapshot.run);
    if !before.is_empty() && before != state.run {
        state.begins = true;
        state.requests.end_run();
        state.notify("Connected to the prox that was started since", false);
    } else if matches!(state.connection, Connection::Lost(_)) {
        state.notify("Connected again", false);
    }
    state.connection = Connection::Up;
    state.proxy = snapshot.proxy;
    state.table.replace(snapshot.processes);
    for request in snapshot.requests {
        state.requests.put(request);
    }
    rescope(state);
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
        // Terminals send Alt and a key as Esc and the key. No binding uses Alt, so it was Esc.
        let mut effects = on_key(state, KeyEvent::new(KeyCode::Esc, KeyModifiers::NONE));
        let modifiers = key.modifiers - KeyModifiers::ALT;
        effects.extend(on_key(state, KeyEvent { modifiers, ..key }));
        return effects;
    }
    if keys::action(KeyContext::Everywhere, key) == Some(Action::Suspend) {
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
    match keys::action(KeyContext::Logs, key) {
        Some(Action::Up) => scroll_help(state, -1),
        Some(Action::Down) => scroll_help(state, 1),
        Some(Action::PageUp) => scroll_help(state, -10),
        Some(Action::PageDown) => scroll_help(state, 10),
        Some(Action::First) => scroll_help(state, isize::MIN),
        Some(Action::Last) => scroll_help(state, isize::MAX),
        Some(Action::Help | Action::Back | Action::Quit) => state.mode = Mode::Normal,
        _ => {}
    }
}

/// Scrolls the help, at most until its last line is visible.
fn scroll_help(state: &mut State, by: isize) {
    let lines = super::view::help_lines(state).len();
    let Areas { header, footer, .. } = layout::areas(state);
    let most = lines.saturating_sub(usize::from(footer.y.saturating_sub(header.height)));
    if let Mode::Help { top } = &mut state.mode {
        *top = top.saturating_add_signed(by).min(most);
    }
}

/// Handles a key while the interface asks for confirmation. Pressing a quit key again confirms;
/// other keys than yes and no are ignored.
fn on_confirm_key(state: &mut State, key: KeyEvent) -> Vec<Effect> {
    let quits = keys::action(KeyContext::Everywhere, key) == Some(Action::Quit);
    match key.code {
        KeyCode::Char('y' | 'Y') | KeyCode::Enter => return vec![Effect::Quit],
        _ if quits => return vec![Effect::Quit],
        KeyCode::Char('n' | 'N') | KeyCode::Esc => {
            state.mode = Mode::Normal;
            state.notify("Everything goes on", false);
        }
        _ => {}
    }
    Vec::new()
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
        // Ctrl-C and Ctrl-D as a terminal sends them: interrupt and end of input.
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
            match kind {
                Prompt::Search => return find(state, Direction::Older),
                // In the logs, a search for a process shows its lines.
                Prompt::Process if state.tab == Tab::Logs => {
                    state.solo = true;
                    rescope(state);
                }
                _ => {}
            }
        }
        KeyCode::Esc => {
            let (kind, before) = (*kind, before.clone());
            state.mode = Mode::Normal;
            // The previous text is valid.
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

/// Applies the text of the prompt while it is typed.
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
        Prompt::Process => {
            let height = layout::list_height(layout::areas(state).list);
            if !state.table.find(text, height) {
                return Err("No process has this in its name".to_owned());
            }
            rescope(state);
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
        Prompt::Process => state
            .table
            .selected()
            .map_or_else(String::new, |id| id.name().to_owned()),
    };
    let input = match kind {
        Prompt::Filter | Prompt::Requests => Input::new(&before),
        Prompt::Search | Prompt::Process => Input::default(),
    };
    state.mode = Mode::Prompt {
        kind,
        input,
        before,
        wrong: None,
    };
}

fn quit(state: &mut State) -> Vec<Effect> {
    let ends_with_us = state.role == Role::Foreground && state.connection == Connection::Up;
    if ends_with_us && state.table.alive() > 0 {
        state.mode = Mode::ConfirmQuit;
        return Vec::new();
    }
    vec![Effect::Quit]
}

/// Suspends the interface, but not in `prox up`, where this program is the supervisor.
fn suspend(state: &mut State) -> Vec<Effect> {
    if state.role == Role::Attached {
        return vec![Effect::Suspend];
    }
    let text = "Ctrl-Z would freeze the supervisor, too; `prox attach --tui` can be suspended";
    state.notify(text, true);
    Vec::new()
}

/// Handles actions that are the same in every tab.
fn on_any(state: &mut State, action: Action) -> Vec<Effect> {
    match action {
        Action::Help => state.mode = Mode::Help { top: 0 },
        Action::NextView => show(state, state.tab.moved(1)),
        Action::PreviousView => show(state, state.tab.moved(Tab::ALL.len() - 1)),
        Action::Theme => {
            state.theme = state.theme.next();
            state.notify(format!("Theme: {}", state.theme.name()), false);
        }
        Action::Mouse => {
            state.mouse = !state.mouse;
            let whose = if state.mouse {
                "prox takes the mouse"
            } else {
                "The terminal has the mouse"
            };
            state.notify(whose, false);
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
            } else if with_logs(state, |logs, options, viewport, _| {
                logs.extend(by, options, viewport)
            }) {
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
        Action::Fold => fold(state, list),
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
        Action::Find => ask(state, Prompt::Process),
        Action::Back => back(state),
        Action::Copy => {
            let (text, lines) = with_logs(state, |logs, options, viewport, _| {
                logs.copy(options, viewport)
            });
            state.logs.clear_mark();
            if lines == 0 {
                state.notify("There are no lines to copy", false);
            } else {
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
        Action::NextHit => return find(state, Direction::Older),
        Action::PreviousHit => return find(state, Direction::Newer),
        action if on_log_action(state, action) => {}
        action => return on_any(state, action),
    }
    Vec::new()
}

/// Changes the selection, and the scope of the logs with it.
fn select(state: &mut State, work: impl FnOnce(&mut super::table::Table)) {
    work(&mut state.table);
    rescope(state);
}

fn fold(state: &mut State, height: usize) {
    let name = state.table.selected().map(|id| id.name().to_owned());
    if !state.table.fold(height)
        && let Some(name) = name
    {
        state.notify(format!("{name} is in no group"), false);
    }
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
        return state.notify(format!("There is no process {number}"), false);
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
        return state.notify("Select a process first", false);
    };
    if !super::table::is_alive(view.status) {
        let text = format!("{} is not running", view.name);
        return state.notify(text, true);
    }
    let process = view.name.clone();
    state.mode = Mode::Write {
        process,
        input: Input::default(),
    };
}

/// Undoes the last restriction of the view.
fn back(state: &mut State) {
    if state.logs.clear_mark() {
        return;
    }
    if state.logs.search().is_some() {
        return state.logs.set_search(None);
    }
    if !state.logs.filter_text.is_empty() {
        // An empty filter is valid.
        let _ = state.logs.set_filter("", &state.buffers);
        return;
    }
    if state.tab == Tab::Logs {
        return show(state, Tab::Processes);
    }
    state.solo = false;
    rescope(state);
}

fn on_mouse(state: &mut State, mouse: MouseEvent) -> Vec<Effect> {
    if let Mode::Help { .. } = state.mode {
        match mouse.kind {
            MouseEventKind::ScrollUp => scroll_help(state, -WHEEL),
            MouseEventKind::ScrollDown => scroll_help(state, WHEEL),
            _ => {}
        }
    }
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
