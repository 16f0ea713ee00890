//! The frame of a drawing: the `svg` element with its name, grid lines, and the labels of both axes.
//!
//! The origin is the upper left corner of the plot; labels stand in the padding of the element, which
//! `charts.css` sets. Horizontal positions are percentages of the plot's width.

use maud::{Markup, html};

use crate::axis::Axis;
use crate::label::{self, Anchor, NARROW, Placed};
use crate::legend;
use crate::render;
use crate::select::Drawn;
use crate::svg::{Path, Percent, Tenths};

/// The height of a plot with a vertical value axis, in CSS pixels.
pub(crate) const HEIGHT: f64 = 200.0;

/// The padding above the plot and below it, with the labels of an axis, and what its name adds: as in
/// `charts.css`.
const TOP: f64 = 8.0;
const LABELS: f64 = 28.0;
const NAME: f64 = 20.0;

/// The padding on the right of the plot, which is the smallest of both sides.
const RIGHT: f64 = 14.0;

/// The widest label of a category, in CSS pixels.
const WIDEST: f64 = 96.0;

/// The labels of the category axis.
pub(crate) struct CategoryLabels {
    texts: Vec<String>,
    /// The full texts of those that are truncated.
    full: Vec<Option<String>>,
    /// Those that may be shown.
    marks: Vec<usize>,
    /// The name of the axis; empty for none. Dates need none but what they share.
    name: String,
}

impl CategoryLabels {
    pub(crate) fn of(drawn: &Drawn<'_>) -> Self {
        if let Some(dates) = &drawn.dates {
            return Self {
                texts: dates.short.clone(),
                full: Vec::new(),
                marks: dates.marks.clone(),
                name: dates.shared.clone().unwrap_or_default(),
            };
        }
        let labels = drawn.categories.iter().map(|category| {
            let (text, is_shorter) = label::truncated(&category.label, WIDEST);
            (text, is_shorter.then(|| category.label.clone()))
        });
        let (texts, full) = labels.unzip();
        Self {
            texts,
            full,
            marks: (0..drawn.categories.len()).collect(),
            name: label::truncated(drawn.x, NARROW).0,
        }
    }

    /// Chooses the labels to show.
    pub(crate) fn place(&self, places: &[f64]) -> Vec<Placed> {
        label::place(&self.texts, places, &self.marks, RIGHT)
    }

    /// Whether all of them can be shown in full, even in a narrow chart.
    pub(crate) fn fit(&self, placed: &[Placed]) -> bool {
        placed.len() == self.texts.len()
            && placed.iter().all(|label| !label.is_for_wide)
            && self.full.iter().all(Option::is_none)
    }

    fn markup(&self, placed: &[Placed]) -> Markup {
        html! {
            g class="x" {
                @for label in placed {
                    text x=(Percent(label.at)) y=(Tenths::of(HEIGHT + 20.0)) class=[class(label)] {
                        (self.texts.get(label.index).map_or("", String::as_str))
                        @if let Some(Some(full)) = self.full.get(label.index) { title { (label::shortened(full, 120)) } }
                    }
                }
                @if !self.name.is_empty() {
                    text class="n" x="50%" y=(Tenths::of(HEIGHT + LABELS + 13.0)) { (self.name) }
                }
            }
        }
    }
}

/// The class of a label on a horizontal axis: `w` for wide charts only, `b` and `e` for text that begins or
/// ends at its place.
pub(crate) fn class(label: &Placed) -> Option<&'static str> {
    match (label.anchor, label.is_for_wide) {
        (Anchor::Middle, false) => None,
        (Anchor::Middle, true) => Some("w"),
        (Anchor::Start, false) => Some("b"),
        (Anchor::Start, true) => Some("b w"),
        (Anchor::End, false) => Some("e"),
        (Anchor::End, true) => Some("e w"),
    }
}

/// A drawing with a vertical value axis.
pub(crate) fn with_axes(
    drawn: &Drawn<'_>,
    name: &render::Name<'_>,
    axis: &Axis,
    labels: &CategoryLabels,
    placed: &[Placed],
    marks: &Markup,
) -> Markup {
    let widest = axis
        .ticks
        .iter()
        .map(|tick| label::width(&tick.label))
        .fold(0.0, f64::max);
    // Steps of 12 px, for which the style sheet has classes.
    let gutter = ((widest / 12.0).ceil() as i64).clamp(1, 7);
    let has_name = !labels.name.is_empty();
    let height = TOP + HEIGHT + LABELS + if has_name { NAME } else { 0.0 };
    let mut grid = Path::default();
    for tick in &axis.ticks {
        let y = vertical(tick.at);
        grid.move_to(Tenths(0), y);
        grid.line_to(Tenths(10), y);
    }
    html! {
        svg class={ "plot y" (gutter) @if has_name { " named" } } height=(Tenths::of(height)) role="img" aria-labelledby=(name.labels()) {
            (name.markup(drawn))
            (legend::patterns(drawn, name.id))
            svg viewBox={ "0 0 1 " (Tenths::of(HEIGHT)) } preserveAspectRatio="none" { path class="g" d=(grid) {} }
            g class="y" {
                @for tick in &axis.ticks {
                    text x="-10" y=(Tenths(vertical(tick.at).0 + 40)) { (tick.label) }
                }
            }
            (marks)
            @if let Some(zero) = axis.zero().map(vertical) { line class="z" x2="100%" y1=(zero) y2=(zero) {} }
            (labels.markup(placed))
        }
    }
}

/// The distance of a place on the value axis from the top of the plot.
pub(crate) fn vertical(at: f64) -> Tenths {
    Tenths::of((1.0 - at) * HEIGHT)
}
