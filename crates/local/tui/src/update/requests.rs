//! Applies keys and messages to the view of the requests.

use super::{Prompt, ask, on_any, show};
use crate::draft::Draft;
use crate::keys::Action;
use crate::layout;
use crate::state::{Detail, DetailLine, DetailState, Effect, State, Tab};
use crate::view::detail_rows;
use prox_capture::RequestDetail;
use prox_events::RequestView;

pub(super) fn on_detail(state: &mut State, id: &str, detail: Result<Detail, String>) {
    if let Some((_, opened)) = state.opened.as_mut().filter(|(open, _)| open == id) {
        *opened = detail.map_or_else(DetailState::Failed, DetailState::Here);
    }
}

pub(super) fn on_requests(state: &mut State, action: Action) -> Vec<Effect> {
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
                state.notify("Select a request first", false);
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
            // An empty filter is valid.
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
        let viewport = layout::viewport(layout::areas(state).detail).height;
        scroll_detail(state, by * viewport.saturating_sub(1).max(1).cast_signed());
        return Vec::new();
    }
    state
        .requests
        .step(by * height.max(1).cast_signed(), height);
    Vec::new()
}

pub(super) fn scroll_detail(state: &mut State, by: isize) {
    let viewport = layout::viewport(layout::areas(state).detail);
    let most = detail_rows(state, viewport.width)
        .len()
        .saturating_sub(viewport.height);
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
    state.opened = Some((id.clone(), DetailState::Loading));
    state.detail_top = 0;
    vec![Effect::Detail(id)]
}

/// Opens the details of the selected request, when details are shown.
pub(super) fn reopen(state: &mut State) -> Vec<Effect> {
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
    state.opened = Some((id.clone(), DetailState::Loading));
    state.detail_top = 0;
    vec![Effect::Detail(id)]
}

/// Shows the outcome of a replay above the details of the request, and opens them.
pub(super) fn on_replayed(
    state: &mut State,
    id: String,
    view: RequestView,
    above: Vec<DetailLine>,
) -> Vec<Effect> {
    state.notify(format!("Sent again as {}", view.id), false);
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

/// Opens the editor, with the text of the last attempt if it had a mistake.
fn edit(state: &mut State, id: &str) -> Vec<Effect> {
    match &state.draft {
        Some(draft) if draft.id() == id => vec![Effect::Edit(draft.text.clone())],
        _ => vec![Effect::Draft(id.to_owned())],
    }
}

pub(super) fn on_draft(state: &mut State, detail: RequestDetail) -> Vec<Effect> {
    let Some(draft) = Draft::new(detail) else {
        state.notify("Nothing of it was kept that could be edited", true);
        return Vec::new();
    };
    let text = draft.text.clone();
    state.draft = Some(draft);
    vec![Effect::Edit(text)]
}

pub(super) fn on_edited(state: &mut State, text: Result<String, String>) -> Vec<Effect> {
    let Some(mut draft) = state.draft.take() else {
        return Vec::new();
    };
    match text {
        Err(why) => state.notify(why, true),
        Ok(text) => {
            draft.text = text;
            match draft.edits() {
                Ok(None) => state.notify("Nothing was changed, and nothing is sent", false),
                Ok(Some(edits)) => {
                    let id = draft.id().to_owned();
                    state.draft = Some(draft);
                    return vec![Effect::Replay(id, Box::new(edits))];
                }
                Err(wrong) => {
                    state.notify(format!("Not sent: {wrong}. e edits it again"), true);
                    state.draft = Some(draft);
                }
            }
        }
    }
    Vec::new()
}
