//! Bars: standing ones, and lying ones below their names where names would not fit.

use maud::{Markup, html};

use crate::axis::{Axis, Baseline};
use crate::chart::CategoryKind;
use crate::decimal;
use crate::label::{self, NARROW};
use crate::legend;
use crate::plot::{self, CategoryLabels, HEIGHT};
use crate::render;
use crate::select::Drawn;
use crate::svg::{Path, Percent, Tenths};

/// What the bars of a category take of its room, and the widest bar, as a part of the plot.
const FILLED: f64 = 0.72;
const WIDEST: f64 = 0.1;

/// From more bars on, each series is one path without a tooltip for each bar.
const MAX_RECTANGLES: usize = 90;

/// A lying bar: its height and its distance from the next one, the name above, and the space below a
/// category, in CSS pixels.
const THICK: f64 = 10.0;
const APART: f64 = 12.0;
const NAME: f64 = 20.0;
const BELOW: f64 = 14.0;

/// The shortest bar of a value that is not zero, in tenths of a pixel.
const SHORTEST: i64 = 10;

pub(crate) fn draw(drawn: &Drawn<'_>, name: &render::Name<'_>, (low, high): (f64, f64)) -> Markup {
    let labels = CategoryLabels::of(drawn);
    let count = drawn.categories.len() as f64;
    let centers: Vec<f64> = (0..drawn.categories.len())
        .map(|index| (index as f64 + 0.5) / count)
        .collect();
    let placed = labels.place(&centers);
    let is_named = drawn
        .categories
        .iter()
        .any(|category| category.kind == CategoryKind::Text);
    if is_named && !labels.fit(&placed) {
        return lying(drawn, name, low, high);
    }
    let axis = Axis::new(low, high, Baseline::Zero);
    let marks = standing(drawn, name.id, &axis, &centers);
    plot::with_axes(drawn, name, &axis, &labels, &placed, &marks)
}

/// The top and the height of a standing bar.
fn extent(axis: &Axis, value: f64) -> (Tenths, Tenths) {
    let (zero, end) = (plot::vertical(axis.at(0.0)), plot::vertical(axis.at(value)));
    let (mut top, mut bottom) = (zero.min(end).0, zero.max(end).0);
    if value > 0.0 {
        top = top.min(bottom - SHORTEST).max(0);
    } else if value < 0.0 {
        bottom = bottom.max(top + SHORTEST).min(plot::vertical(0.0).0);
    }
    (Tenths(top), Tenths(bottom - top))
}

fn standing(drawn: &Drawn<'_>, id: &str, axis: &Axis, centers: &[f64]) -> Markup {
    let series = drawn.series.len() as f64;
    let band = 1.0 / drawn.categories.len() as f64;
    let each = (band * FILLED / series).min(WIDEST);
    // Between the bars of a category a little of the background shows.
    let width = if drawn.has_several() {
        each * 0.9
    } else {
        each
    };
    let left = |center: f64, index: usize| {
        center + (index as f64 - series / 2.0) * each + (each - width) / 2.0
    };
    if drawn.points().count() > MAX_RECTANGLES {
        return paths(drawn, axis, |category, index| {
            let x = left(centers.get(category).copied().unwrap_or_default(), index);
            (x, width)
        });
    }
    html! {
        @for (index, series) in drawn.series.iter().enumerate() {
            g class=(legend::class(index)) fill=(legend::fill(index, id)) {
                @for ((category, point), &center) in series.points.iter().enumerate().zip(centers) {
                    @if let Some(point) = point {
                        @let (top, height) = extent(axis, point.value);
                        rect x=(Percent(left(center, index))) y=(top) width=(Percent(width)) height=(height) {
                            title { (drawn.say(index, category, point)) }
                        }
                    }
                }
            }
        }
    }
}

/// All bars of a series as one path, in a view box of 100 for each category.
fn paths(drawn: &Drawn<'_>, axis: &Axis, place: impl Fn(usize, usize) -> (f64, f64)) -> Markup {
    let all = drawn.categories.len() as f64 * 100.0;
    let paths = drawn.series.iter().enumerate().map(|(index, series)| {
        let mut path = Path::default();
        for (category, point) in series.points.iter().enumerate() {
            let Some(point) = point else { continue };
            let (x, width) = place(category, index);
            let (left, right) = (Tenths::of(x * all), Tenths::of((x + width) * all));
            let (top, height) = extent(axis, point.value);
            path.rectangle(left, top, Tenths(right.0 - left.0), height);
        }
        (index, path)
    });
    html! {
        svg viewBox={ "0 0 " (Tenths::of(all)) " " (Tenths::of(HEIGHT)) } preserveAspectRatio="none" {
            @for (index, path) in paths {
                path class=(legend::class(index)) fill="currentColor" d=(path) {}
            }
        }
    }
}

/// Bars below their names. Those of one series have their values beside the names and no axis.
fn lying(drawn: &Drawn<'_>, name: &render::Name<'_>, low: f64, high: f64) -> Markup {
    let series = drawn.series.len() as f64;
    let row = NAME + APART * (series - 1.0) + THICK + BELOW;
    let rows = row * drawn.categories.len() as f64;
    let axis = drawn
        .has_several()
        .then(|| Axis::new(low, high, Baseline::Zero));
    let (low, high) = (low.min(0.0), high.max(0.0));
    let at = |value: f64| match &axis {
        Some(axis) => axis.at(value),
        // All zero: no bar has a length.
        None if low == high => 0.0,
        None => (value - low) / (high - low),
    };
    let zero = at(0.0);
    let tops = || (0..drawn.categories.len()).map(|index| row * index as f64);
    let height = if axis.is_some() { rows + 28.0 } else { rows };
    html! {
        svg class="plot flat" height=(Tenths::of(height)) role="img" aria-labelledby=(name.labels()) {
            (name.markup(drawn))
            (legend::patterns(drawn, name.id))
            @if let Some(axis) = &axis { (value_axis(axis, rows)) }
            g {
                @for ((index, category), top) in drawn.categories.iter().enumerate().zip(tops()) {
                    (row_label(drawn, index, &category.label, Tenths::of(top + 13.0)))
                }
            }
            @for (index, series) in drawn.series.iter().enumerate() {
                g class=(legend::class(index)) fill=(legend::fill(index, name.id)) {
                    @for ((category, point), top) in series.points.iter().enumerate().zip(tops()) {
                        @if let Some(point) = point {
                            @let end = at(point.value);
                            rect x=(Percent(zero.min(end))) y=(Tenths::of(top + NAME + APART * index as f64))
                                width=(Percent((end - zero).abs())) height=(Tenths::of(THICK)) {
                                title { (drawn.say(index, category, point)) }
                            }
                        }
                    }
                }
            }
            // Beside the bars, not through the names.
            @if zero > 0.0 {
                g class="z" {
                    @for top in tops() {
                        line x1=(Percent(zero)) x2=(Percent(zero)) y1=(Tenths::of(top + NAME - 2.0)) y2=(Tenths::of(top + row - BELOW + 2.0)) {}
                    }
                }
            }
        }
    }
}

/// The name of a category, and its value when it has one.
fn row_label(drawn: &Drawn<'_>, category: usize, label: &str, y: Tenths) -> Markup {
    let value = match drawn.series.as_slice() {
        [series] => series.points.get(category).map(|point| match point {
            Some(point) => decimal::compact(point.value),
            None => "–".to_owned(),
        }),
        _ => None,
    };
    let taken = value
        .as_deref()
        .map_or(0.0, |value| label::width(value) + 16.0);
    let (text, is_shorter) = label::truncated(label, NARROW - taken);
    html! {
        text y=(y) {
            (text)
            @if is_shorter { title { (label::shortened(label, 120)) } }
        }
        @if let Some(value) = value { text class="v" x="100%" y=(y) { (value) } }
    }
}

/// Grid lines from top to bottom, with their labels below.
fn value_axis(axis: &Axis, rows: f64) -> Markup {
    let (texts, places): (Vec<String>, Vec<f64>) = axis
        .ticks
        .iter()
        .map(|tick| (tick.label.clone(), tick.at))
        .unzip();
    let all: Vec<usize> = (0..texts.len()).collect();
    let placed = label::place(&texts, &places, &all, 0.0);
    html! {
        g class="x" {
            @for &place in places.iter().filter(|&&place| place > 0.0) {
                line class="g" x1=(Percent(place)) x2=(Percent(place)) y2=(Tenths::of(rows)) {}
            }
            @for label in &placed {
                text x=(Percent(label.at)) y=(Tenths::of(rows + 18.0)) class=[plot::class(label)] {
                    (texts.get(label.index).map_or("", String::as_str))
                }
            }
        }
    }
}
