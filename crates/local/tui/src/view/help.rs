//! Draws the help, from the table of key bindings.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::{put, words};
use crate::keys::{self, BINDINGS, KeyContext};
use crate::line::pad;
use crate::state::State;

/// The width of the column of keys.
const KEYS: usize = 16;

/// All lines of the help.
pub(crate) fn help_lines(state: &State) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    let own = keys::places(state.tab.place()).iter();
    let others = [
        KeyContext::Processes,
        KeyContext::Logs,
        KeyContext::Requests,
    ];
    let others = others.iter().filter(|place| **place != state.tab.place());
    for place in own.chain(others) {
        let name = match place {
            KeyContext::Processes => "Processes",
            KeyContext::Logs => "Logs",
            KeyContext::Requests => "Requests",
            KeyContext::Lines => "Processes and logs",
            KeyContext::Everywhere => "Everywhere",
        };
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.push(Line::styled(name, state.theme.accent()));
        for row in BINDINGS.iter().filter(|row| row.place == *place) {
            let mut keys = pad(&row.written(), KEYS);
            let viewport = usize::from(state.size.width)
                .saturating_sub(KEYS + 3)
                .max(1);
            for part in words::rows(row.help, viewport) {
                lines.push(Line::from(vec![
                    Span::raw(format!("  {keys} ")),
                    Span::styled(part, state.theme.muted()),
                ]));
                keys = pad("", KEYS);
            }
        }
    }
    lines
}

pub(super) fn draw(state: &State, area: Rect, top: usize, buffer: &mut Buffer) {
    for (row, line) in help_lines(state).iter().skip(top).enumerate() {
        put(buffer, area, row, line);
    }
}
