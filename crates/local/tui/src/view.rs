//! Draws the state. Changes nothing, and keeps no data between frames.

mod help;
mod logs;
mod processes;
mod requests;
mod words;

use ratatui::Frame;
use ratatui::buffer::Buffer;
use ratatui::layout::{Position, Rect};
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

pub(crate) use help::help_lines;
pub(crate) use processes::FOLD_WIDTH;
pub(crate) use requests::{address_rows, detail_rows};

use super::keys;
use super::layout;
use super::line::fit;
use super::state::{Connection, Mode, Prompt, Role, State, Tab};
use prox_events::{Kind, Status};

/// Draws everything.
pub(crate) fn draw(state: &State, frame: &mut Frame<'_>) {
    let areas = layout::areas(state);
    let buffer = frame.buffer_mut();
    header(state, areas.header, buffer);
    if let Mode::Help { top } = state.mode {
        let height = areas.footer.y.saturating_sub(areas.header.height);
        let y = areas.header.height;
        help::draw(
            state,
            Rect {
                x: 0,
                y,
                width: state.size.width,
                height,
            },
            top,
            buffer,
        );
    } else {
        match state.tab {
            Tab::Requests => requests::draw(state, areas, buffer),
            _ => {
                processes::draw(state, areas.list, buffer);
                logs::draw(state, areas.logs, buffer);
            }
        }
        for y in areas.divider.rows() {
            buffer.set_string(y.x, y.y, "│", state.theme.muted());
        }
    }
    let cursor = footer(state, areas.footer, buffer);
    let above = u16::from(state.mode.takes_footer());
    draw_notice(state, areas.footer.bottom().saturating_sub(above), buffer);
    separate_wide_characters(buffer);
    if let Some(cursor) = cursor {
        frame.set_cursor_position(cursor);
    }
}

/// Makes the second cell of a wide grapheme of several characters differ from a blank, so that it
/// is redrawn. Some terminals draw the characters separately, and overwriting the first cell would
/// leave the second.
fn separate_wide_characters(buffer: &mut Buffer) {
    let mut half = false;
    for cell in &mut buffer.content {
        if half {
            cell.modifier.insert(Modifier::HIDDEN);
        }
        let symbol = cell.symbol();
        half = symbol.len() > 4 && symbol.width() > 1;
    }
}

/// Draws one row, cut at its end.
fn put(buffer: &mut Buffer, area: Rect, row: usize, line: &Line<'_>) {
    let y = u16::try_from(row)
        .ok()
        .and_then(|row| area.y.checked_add(row));
    if let Some(y) = y.filter(|y| *y < area.bottom()) {
        buffer.set_line(area.x, y, line, area.width);
    }
}

/// Sets the style of a whole row.
fn highlight_row(buffer: &mut Buffer, area: Rect, row: usize, style: Style) {
    if let Some(area) = area.rows().nth(row) {
        buffer.set_style(area, style);
    }
}

/// Draws a title with a line to the end of the row.
fn title(state: &State, area: Rect, mut line: Line<'static>, buffer: &mut Buffer) {
    let left = usize::from(area.width).saturating_sub(line.width() + 1);
    line.push_span(Span::styled(
        format!(" {}", "─".repeat(left)),
        state.theme.muted(),
    ));
    put(buffer, area, 0, &line);
}

fn header(state: &State, area: Rect, buffer: &mut Buffer) {
    let mut end = area.x;
    for (tab, place) in layout::tabs(state) {
        let style = if tab == state.tab {
            state.theme.accent().add_modifier(Modifier::REVERSED)
        } else {
            state.theme.muted()
        };
        let name = format!(" {} ", tab.name());
        let letter = format!(" {} ", tab.name().chars().next().unwrap_or(' '));
        let text = if usize::from(place.width) < name.len() {
            letter
        } else {
            name
        };
        put(buffer, place, 0, &Line::styled(text, style));
        end = place.right();
    }
    let viewport = usize::from(area.right().saturating_sub(end + 1));
    let mut line = summary(state);
    while line.width() > viewport && line.spans.len() > 1 {
        line.spans.remove(0);
    }
    let width = u16::try_from(line.width()).unwrap_or(u16::MAX);
    if usize::from(width) <= viewport {
        let x = area.right().saturating_sub(width);
        put(buffer, Rect { x, width, ..area }, 0, &line);
    }
}

/// The project and the states of its processes; those that need attention come last.
fn summary(state: &State) -> Line<'static> {
    let theme = state.theme;
    let mut spans = vec![Span::styled(
        format!("{}  ", fit(&state.project, 32)),
        theme.muted(),
    )];
    match &state.connection {
        Connection::Connecting => spans.push(Span::styled("connecting ", theme.muted())),
        Connection::Lost(_) => spans.push(Span::styled("✗ connection lost ", theme.danger())),
        Connection::Ended => spans.push(Span::styled("○ ended ", theme.muted())),
        Connection::Ending => spans.push(Span::styled("◑ shutting down ", theme.warn())),
        Connection::Up => {
            let ours = state
                .table
                .views()
                .iter()
                .filter(|view| view.kind != Kind::Dependency);
            for status in [
                Status::Completed,
                Status::Stopped,
                Status::Running,
                Status::Waiting,
                Status::Starting,
                Status::Stopping,
                Status::Blocked,
                Status::Crashed,
            ] {
                let count = ours.clone().filter(|view| view.status == status).count();
                if count > 0 {
                    let symbol = words::symbol(status);
                    let text = format!("{symbol} {count} {} ", words::status(status));
                    spans.push(Span::styled(text, theme.status(status)));
                    spans.push(Span::raw(" "));
                }
            }
        }
    }
    Line::from(spans)
}

/// Draws the footer: a prompt, a notice or hints. Returns the position of the cursor while the user
/// types.
fn footer(state: &State, area: Rect, buffer: &mut Buffer) -> Option<Position> {
    match &state.mode {
        Mode::Prompt {
            kind, input, wrong, ..
        } => {
            let label = label(*kind);
            let what = match kind {
                Prompt::Filter | Prompt::Requests | Prompt::Process => {
                    "Enter keeps it · Esc goes back"
                }
                Prompt::Search => "Enter searches upwards · Esc goes back",
            };
            let note = wrong.as_deref().unwrap_or(what);
            let style = if wrong.is_some() {
                state.theme.danger()
            } else {
                state.theme.muted()
            };
            Some(editor(
                area,
                label,
                input,
                Span::styled(note.to_owned(), style),
                state,
                buffer,
            ))
        }
        Mode::Write { process, input } => {
            let note = Span::styled(
                "Enter sends · Esc ends · Ctrl-C and Ctrl-D go to it",
                state.theme.muted(),
            );
            Some(editor(
                area,
                &format!("{process} ‹ "),
                input,
                note,
                state,
                buffer,
            ))
        }
        Mode::ConfirmQuit => {
            let count = state.table.alive();
            let what = if count == 1 {
                "1 process".to_owned()
            } else {
                format!("{count} processes")
            };
            let ask = format!("Stop {what} and quit?");
            put(
                buffer,
                area,
                0,
                &Line::from(vec![
                    Span::styled(ask, state.theme.warn().add_modifier(Modifier::BOLD)),
                    Span::raw("  y or q yes · n no"),
                ]),
            );
            None
        }
        Mode::Normal | Mode::Help { .. } => {
            put(buffer, area, 0, &below(state, usize::from(area.width)));
            None
        }
    }
}

fn editor(
    area: Rect,
    label: &str,
    input: &super::input::Input,
    note: Span<'static>,
    state: &State,
    buffer: &mut Buffer,
) -> Position {
    let label = Span::styled(
        fit(label, usize::from(area.width / 2)),
        state.theme.accent(),
    );
    let viewport = usize::from(area.width).saturating_sub(label.width());
    let shows_note = fits_beside(input, &note.content, viewport);
    let (text, cursor) = input.window(viewport);
    let column = label.width() + cursor;
    put(buffer, area, 0, &Line::from(vec![label, Span::raw(text)]));
    if shows_note {
        let width = u16::try_from(note.width()).unwrap_or(0);
        put(
            buffer,
            Rect {
                x: area.right() - width,
                width,
                ..area
            },
            0,
            &Line::from(note),
        );
    }
    let x = area.x + u16::try_from(column).unwrap_or(0);
    Position {
        x: x.min(area.right().saturating_sub(1)),
        y: area.y,
    }
}

fn label(kind: Prompt) -> &'static str {
    match kind {
        Prompt::Filter | Prompt::Requests => "Filter ",
        Prompt::Search => "Search ",
        Prompt::Process => "Find ",
    }
}

/// Whether a note fits beside the typed text, which takes precedence.
fn fits_beside(input: &super::input::Input, note: &str, viewport: usize) -> bool {
    input.text().width() + 4 + note.width() < viewport
}

/// Draws the current notice over the rows above `bottom`; long sentences need several.
fn draw_notice(state: &State, bottom: u16, buffer: &mut Buffer) {
    let Some((text, is_error)) = current_notice(state) else {
        return;
    };
    let style = if is_error {
        state.theme.danger()
    } else {
        Style::default()
    };
    let text = super::ansi::plain(text);
    let rows = words::rows(&text, state.size.width.into());
    let height = u16::try_from(rows.len()).unwrap_or(u16::MAX).min(bottom);
    let area = Rect {
        x: 0,
        y: bottom - height,
        width: state.size.width,
        height,
    };
    ratatui::widgets::Widget::render(ratatui::widgets::Clear, area, buffer);
    for (row, text) in rows.into_iter().enumerate() {
        put(buffer, area, row, &Line::styled(text, style));
    }
}

/// The current notice, and whether it is an error. An error of the typed text takes precedence,
/// unless it is shown beside the text.
fn current_notice(state: &State) -> Option<(&str, bool)> {
    if let Mode::Prompt {
        kind,
        input,
        wrong: Some(wrong),
        ..
    } = &state.mode
    {
        let viewport = usize::from(state.size.width).saturating_sub(label(*kind).len());
        if !fits_beside(input, wrong, viewport) {
            return Some((wrong, true));
        }
    }
    let notice = state.notice.as_ref()?;
    Some((&notice.text, notice.is_error))
}

fn below(state: &State, width: usize) -> Line<'static> {
    let theme = state.theme;
    if let Connection::Lost(why) = &state.connection {
        let text = format!("prox does not respond ({why}). Retrying; q quits.");
        return Line::styled(text, theme.danger());
    }
    if state.connection == Connection::Ended {
        let text = match state.role {
            Role::Foreground => "prox has ended; what it wrote can still be read. q quits.",
            Role::Attached => {
                "prox has ended. When it is started again, it is shown here; q quits."
            }
        };
        return Line::styled(text, theme.warn());
    }
    if matches!(state.mode, Mode::Help { .. }) {
        return Line::styled("↑ ↓ PgUp PgDn scroll · ? closes", theme.muted());
    }
    hints(state, width)
}

/// The key hints that fit; those for help and for quitting are always shown.
fn hints(state: &State, width: usize) -> Line<'static> {
    let loading_page = state.tab == Tab::Requests && state.opened.is_some();
    let hint = |row: &keys::Binding| {
        let key = row.keys.first().map(keys::Key::written).unwrap_or_default();
        let words = match row.action {
            keys::Action::Pause if !state.logs.is_following() => "follow",
            keys::Action::Open if loading_page => "close",
            _ => row.hint,
        };
        vec![
            Span::raw(key),
            Span::styled(format!(" {words}  "), state.theme.muted()),
        ]
    };
    let always =
        |row: &&keys::Binding| matches!(row.action, keys::Action::Help | keys::Action::Quit);
    let place = state.tab.place();
    let last: Vec<_> = keys::hints(place).filter(always).flat_map(hint).collect();
    let mut left = width.saturating_sub(last.iter().map(Span::width).sum());
    let mut spans = Vec::new();
    let of_use = |row: &&keys::Binding| loading_page || row.action != keys::Action::PageDown;
    for row in keys::hints(place).filter(|row| !always(row) && of_use(row)) {
        let hint = hint(row);
        let wide: usize = hint.iter().map(Span::width).sum();
        if wide > left {
            break;
        }
        left -= wide;
        spans.extend(hint);
    }
    spans.extend(last);
    Line::from(spans)
}
