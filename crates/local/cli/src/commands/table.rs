//! Renders a table of text with aligned columns.

use unicode_width::UnicodeWidthStr as _;

/// A cell with its colour. The colour does not count for the width.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    text: String,
    colour: &'static str,
}

impl Cell {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            colour: "",
        }
    }

    pub(super) fn coloured(text: impl Into<String>, colour: &'static str) -> Self {
        Self {
            text: text.into(),
            colour,
        }
    }
}

/// Renders rows with columns as wide as their widest cell. Leaves out columns without text.
pub(super) fn render(header: &[&str], rows: &[Vec<Cell>], colour: bool) -> String {
    let widths: Vec<Option<usize>> = header
        .iter()
        .enumerate()
        .map(|(column, title)| {
            let widest = rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.text.width())
                .max()
                .unwrap_or(0);
            (widest > 0 || rows.is_empty()).then(|| widest.max(title.width()))
        })
        .collect();
    let mut text = String::new();
    let header: Vec<Cell> = header
        .iter()
        .map(|title| Cell::coloured(*title, "\x1b[2m"))
        .collect();
    for row in std::iter::once(&header).chain(rows) {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let Some(width) = width else { continue };
            let padding = " ".repeat(width.saturating_sub(cell.text.width()) + 2);
            if colour && !cell.colour.is_empty() {
                line.push_str(&format!("{}{}\x1b[0m{padding}", cell.colour, cell.text));
            } else {
                line.push_str(&cell.text);
                line.push_str(&padding);
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned_and_empty_ones_left_out() {
        let rows = vec![
            vec![Cell::new("web"), Cell::new(""), Cell::new("running")],
            vec![Cell::new("größe"), Cell::new(""), Cell::new("x")],
        ];
        assert_eq!(
            render(&["NAME", "PID", "STATUS"], &rows, false),
            "NAME   STATUS\nweb    running\ngröße  x\n"
        );
    }
}
