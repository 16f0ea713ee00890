//! Computes the areas of the screen, for drawing and for mouse clicks.

use ratatui::layout::Rect;

use super::log_view::Viewport;
use super::state::{State, Tab};
use super::view::address_rows;

/// The size of the terminal in columns and rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Size {
    pub(crate) width: u16,
    pub(crate) height: u16,
}

/// The minimum width at which the list is shown beside the logs.
const WIDE: u16 = 160;
/// The width of the list beside the logs.
const LIST: u16 = 84;
/// The minimum height of a second pane.
const MIN_ROWS: u16 = 4;

/// The areas of the screen; empty ones are not shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Areas {
    pub(crate) header: Rect,
    /// The addresses of the services, above the requests.
    pub(crate) addresses: Rect,
    /// The list of processes or requests, with its column names.
    pub(crate) list: Rect,
    /// The divider between two panes side by side.
    pub(crate) divider: Rect,
    /// The logs with their title.
    pub(crate) logs: Rect,
    /// A request's detail with its title.
    pub(crate) detail: Rect,
    pub(crate) footer: Rect,
}

/// Computes all areas.
pub(crate) fn areas(state: &State) -> Areas {
    let Size { width, height } = state.size;
    let row = |y, height| Rect {
        x: 0,
        y,
        width,
        height,
    };
    let header = row(0, u16::from(height > 3));
    let footer = row(height.saturating_sub(1), u16::from(height > 1));
    let mut body = row(
        header.height,
        height.saturating_sub(header.height + footer.height),
    );
    let mut areas = Areas {
        header,
        footer,
        ..Areas::default()
    };
    // There is space for the addresses beside the details of a request, but not above them.
    let list = match (state.tab, &state.opened) {
        (Tab::Requests, None) => Some(width),
        (Tab::Requests, Some(_)) if width >= WIDE => Some(LIST),
        _ => None,
    };
    if let Some(width) = list {
        let rows = address_rows(state, usize::from(width)).len();
        let rows = u16::try_from(rows).unwrap_or(u16::MAX);
        areas.addresses = Rect {
            width,
            ..row(body.y, rows.min(body.height / 3))
        };
        body.y += areas.addresses.height;
        body.height -= areas.addresses.height;
    }
    match state.tab {
        Tab::Logs => areas.logs = body,
        Tab::Processes => {
            let rows = u16::try_from(state.table.rows().len()).unwrap_or(u16::MAX);
            let parts = split(body, rows.saturating_add(1));
            (areas.list, areas.divider, areas.logs) = parts;
        }
        Tab::Requests if state.opened.is_some() => {
            let parts = split(body, body.height / 3);
            (areas.list, areas.divider, areas.detail) = parts;
            if areas.detail.is_empty() {
                (areas.list, areas.detail) = (Rect::ZERO, body);
            }
        }
        Tab::Requests => areas.list = body,
    }
    areas
}

/// Splits an area into a list of `wanted` rows and the rest beside or below it.
fn split(body: Rect, wanted: u16) -> (Rect, Rect, Rect) {
    if body.width >= WIDE {
        let list = Rect {
            width: LIST,
            ..body
        };
        let divider = Rect {
            x: LIST,
            width: 1,
            ..body
        };
        let x = LIST + 2;
        return (
            list,
            divider,
            Rect {
                x,
                width: body.width - x,
                ..body
            },
        );
    }
    if body.height < 2 * MIN_ROWS {
        return (body, Rect::ZERO, Rect::ZERO);
    }
    let height = wanted.clamp(MIN_ROWS, (body.height / 2).max(MIN_ROWS));
    let list = Rect { height, ..body };
    let rest = Rect {
        y: body.y + height,
        height: body.height - height,
        ..body
    };
    (list, Rect::ZERO, rest)
}

/// An area without its first row, the title.
pub(crate) fn below_title(area: Rect) -> Rect {
    let title = area.height.min(1);
    Rect {
        y: area.y + title,
        height: area.height - title,
        ..area
    }
}

/// The viewport for lines in an area with a title.
pub(crate) fn viewport(area: Rect) -> Viewport {
    let body = below_title(area);
    Viewport {
        width: usize::from(body.width),
        height: usize::from(body.height),
    }
}

/// The number of rows of a list below its column names.
pub(crate) fn list_height(area: Rect) -> usize {
    usize::from(below_title(area).height)
}

/// The positions of the tabs in the header.
pub(crate) fn tabs(state: &State) -> Vec<(Tab, Rect)> {
    let header = areas(state).header;
    let short = header.width < 48;
    let mut x = header.x;
    let mut out = Vec::new();
    for tab in Tab::ALL {
        let name = if short { 1 } else { tab.name().len() };
        let width = u16::try_from(name + 2).unwrap_or(u16::MAX);
        let area = Rect { x, width, ..header }.intersection(header);
        out.push((tab, area));
        x = x.saturating_add(width);
    }
    out
}
