//! Draws the list of processes: chooses the columns that fit, and fills them.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};
use unicode_width::UnicodeWidthStr;

use super::{highlight_row, put, words};
use crate::layout;
use crate::line::{fit, fit_name, pad};
use crate::state::{Connection, State};
use crate::table::{self, Row, is_alive};
use prox_events::{Kind, ProcessView, Status};

/// The number of columns at the left in which a click folds a group.
pub(crate) const FOLD_WIDTH: u16 = 4;
/// The width of the number or the fold mark before the name.
const LEAD: usize = 3;
/// The width of the widest state with its symbol.
const STATE: usize = 11;
/// The maximum width of a name.
const NAME: usize = 28;

/// A column that is shown when there is space for it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Column {
    Uptime,
    Health,
    Ports,
    Cpu,
    Memory,
    Restarts,
}

impl Column {
    /// All columns in the order of the screen.
    const ALL: [Self; 6] = [
        Self::Health,
        Self::Uptime,
        Self::Cpu,
        Self::Memory,
        Self::Restarts,
        Self::Ports,
    ];
    /// All columns by importance. The last one is hidden first.
    const BY_NEED: [Self; 6] = [
        Self::Health,
        Self::Uptime,
        Self::Ports,
        Self::Cpu,
        Self::Memory,
        Self::Restarts,
    ];

    fn name(self) -> &'static str {
        match self {
            Self::Health => "Health",
            Self::Uptime => "Uptime",
            Self::Cpu => "CPU",
            Self::Memory => "Memory",
            Self::Restarts => "Restarts",
            Self::Ports => "Ports",
        }
    }

    fn width(self) -> usize {
        match self {
            Self::Health | Self::Ports => 9,
            Self::Uptime | Self::Memory => 7,
            Self::Cpu => 5,
            Self::Restarts => 8,
        }
    }

    fn is_number(self) -> bool {
        matches!(
            self,
            Self::Uptime | Self::Cpu | Self::Memory | Self::Restarts
        )
    }
}

/// The columns that fit into a width.
struct Columns {
    name: usize,
    shown: Vec<Column>,
    ports: usize,
}

impl Columns {
    fn new(state: &State, width: usize) -> Self {
        let longest = state.table.views().iter().map(|view| view.name.width() + 1);
        let wanted = longest.max().unwrap_or(0).clamp(8, NAME);
        let least = wanted.min(14);
        let mut left = width.saturating_sub(LEAD + least + 1 + STATE);
        let mut fitting = Vec::new();
        for column in Column::BY_NEED {
            if column == Column::Health && !state.table.views().iter().any(has_health) {
                continue;
            }
            if left < column.width() + 1 {
                break;
            }
            left -= column.width() + 1;
            fitting.push(column);
        }
        let grown = (wanted - least).min(left);
        let shown = Column::ALL
            .into_iter()
            .filter(|column| fitting.contains(column))
            .collect();
        let name = (least + grown).min(width.saturating_sub(LEAD + 2));
        Self {
            name,
            shown,
            ports: Column::Ports.width() + left - grown,
        }
    }

    fn width(&self, column: Column) -> usize {
        if column == Column::Ports {
            self.ports
        } else {
            column.width()
        }
    }

    fn cell(&self, column: Column, text: &str) -> String {
        let width = self.width(column);
        let text = fit(text, width);
        if column.is_number() {
            format!(" {text:>width$}")
        } else {
            format!(" {}", pad(&text, width))
        }
    }
}

/// Whether the column for health can have content.
fn has_health(view: &ProcessView) -> bool {
    view.health.is_some() || view.kind != Kind::Process
}

pub(super) fn draw(state: &State, area: Rect, buffer: &mut Buffer) {
    if area.is_empty() {
        return;
    }
    let width = usize::from(area.width);
    let columns = Columns::new(state, width);
    let body = layout::below_title(area);
    let rows = state.table.rows();
    let height = usize::from(body.height);
    let part = (rows.len() > height).then(|| {
        let first = state.table.top + 1;
        let last = rows.len().min(state.table.top + height);
        format!("Name {first}–{last}/{}", rows.len())
    });
    put(buffer, area, 0, &head(state, &columns, part));
    if rows.is_empty() {
        let text = match state.connection {
            Connection::Connecting => "Connecting",
            _ => "There are no processes in this project.",
        };
        put(buffer, body, 0, &Line::styled(text, state.theme.muted()));
    }
    let selected = state.table.selected();
    for (at, row) in rows.iter().skip(state.table.top).take(height).enumerate() {
        let line = match row {
            Row::Group {
                name,
                members,
                folded,
            } => group(state, &columns, name, members, *folded),
            Row::Process {
                view,
                number,
                inside,
            } => process(state, &columns, view, *number, *inside, width),
        };
        put(buffer, body, at, &line);
        if selected == Some(&row.id()) {
            highlight_row(buffer, body, at, state.theme.selected());
        }
    }
}

/// The column names, with the visible part of the list when it does not fit on the screen.
fn head(state: &State, columns: &Columns, part: Option<String>) -> Line<'static> {
    let name = part.filter(|part| part.width() <= columns.name);
    let mut text = format!(
        "{}{} {}",
        " ".repeat(LEAD),
        pad(name.as_deref().unwrap_or("Name"), columns.name),
        pad("State", STATE)
    );
    for column in &columns.shown {
        text.push_str(&columns.cell(*column, column.name()));
    }
    Line::styled(text, state.theme.heading())
}

fn group(
    state: &State,
    columns: &Columns,
    name: &str,
    members: &[&ProcessView],
    folded: bool,
) -> Line<'static> {
    let mark = if folded { "▸" } else { "▾" };
    let alive = members.iter().filter(|view| is_alive(view.status)).count();
    let name = pad(&fit_name(name, columns.name), columns.name);
    let mut spans = vec![Span::styled(
        format!(" {mark} {name} "),
        Style::new().add_modifier(Modifier::BOLD),
    )];
    if let Some(status) = table::worst(members).filter(|_| folded) {
        let text = format!("{} {}", words::symbol(status), words::status(status));
        spans.push(Span::styled(pad(&text, STATE), state.theme.status(status)));
        spans.push(Span::raw(" "));
    }
    spans.push(Span::styled(
        format!("{alive} of {} alive", members.len()),
        state.theme.muted(),
    ));
    Line::from(spans)
}

fn process(
    state: &State,
    columns: &Columns,
    view: &ProcessView,
    number: usize,
    inside: bool,
    width: usize,
) -> Line<'static> {
    let theme = state.theme;
    let number = if number < 10 {
        number.to_string()
    } else {
        String::new()
    };
    let indent = if inside { " " } else { "" };
    let viewport = columns.name.saturating_sub(indent.len());
    let name = format!("{indent}{}", fit_name(&view.name, viewport));
    let text = format!(
        "{} {}",
        words::symbol(view.status),
        words::status(view.status)
    );
    let mut spans = vec![
        Span::styled(format!("{number:>2} "), theme.muted()),
        Span::styled(
            pad(&name, columns.name),
            theme.process(state.table.place(&view.name)),
        ),
        Span::raw(" "),
        Span::styled(pad(&text, STATE), theme.status(view.status)),
    ];
    if is_alive(view.status) || view.kind == Kind::Dependency {
        spans.extend(
            columns
                .shown
                .iter()
                .map(|column| cell(state, columns, *column, view)),
        );
    } else {
        let style = if theme.status(view.status) == theme.danger() {
            theme.danger()
        } else {
            theme.muted()
        };
        let left = width.saturating_sub(spans.iter().map(Span::width).sum::<usize>() + 1);
        spans.push(Span::styled(format!(" {}", fit(&why(view), left)), style));
    }
    Line::from(spans)
}

fn cell(state: &State, columns: &Columns, column: Column, view: &ProcessView) -> Span<'static> {
    let theme = state.theme;
    let (text, style) = match column {
        Column::Health => match (view.health, view.kind) {
            (Some(health), _) => (words::health(health).to_owned(), theme.health(health)),
            (None, Kind::Process) => (String::new(), theme.muted()),
            (None, Kind::Task) => ("task".to_owned(), theme.muted()),
            (None, Kind::Dependency) => ("external".to_owned(), theme.muted()),
        },
        Column::Uptime => {
            let since = view
                .started_at
                .as_deref()
                .map(|then| words::since(then, state.now));
            (since.unwrap_or_default(), Style::default())
        }
        Column::Cpu => (
            view.cpu_percent.map(words::percent).unwrap_or_default(),
            Style::default(),
        ),
        Column::Memory => (
            view.memory_bytes.map(words::bytes).unwrap_or_default(),
            Style::default(),
        ),
        Column::Restarts if view.kind == Kind::Dependency => (String::new(), theme.muted()),
        Column::Restarts if view.restarts == 0 => ("0".to_owned(), theme.muted()),
        Column::Restarts => (view.restarts.to_string(), theme.warn()),
        Column::Ports => {
            let ports: Vec<_> = view.ports.iter().map(|port| format!(":{port}")).collect();
            (ports.join(" "), theme.muted())
        }
    };
    Span::styled(columns.cell(column, &text), style)
}

/// The reason why a process does not run: that of the supervisor, else its exit.
fn why(view: &ProcessView) -> String {
    let mut parts = Vec::new();
    match (&view.reason, view.signal, view.exit_code) {
        (Some(reason), ..) => parts.push(crate::ansi::plain(reason)),
        // It was stopped on request, so its exit is not shown.
        _ if view.status == Status::Stopped => {}
        (None, Some(signal), _) => parts.push(format!("signal {signal}")),
        (None, None, Some(code)) => parts.push(format!("exit {code}")),
        (None, None, None) => {}
    }
    if view.restarts > 0 && !parts.iter().any(|part| part.contains("restart")) {
        parts.push(format!("restarted {}×", view.restarts));
    }
    parts.join(" · ")
}
