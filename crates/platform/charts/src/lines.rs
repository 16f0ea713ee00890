//! Lines and areas. Their paths are stretched to the width of the plot; strokes keep their width.

use maud::{Markup, html};

use crate::axis::{Axis, Baseline};
use crate::chart::ChartKind;
use crate::legend;
use crate::plot::{self, CategoryLabels, HEIGHT};
use crate::render;
use crate::select::{Drawn, DrawnSeries};
use crate::svg::{Path, Percent, Tenths};

/// Up to so many categories and points in all, each point has a dot with a tooltip.
const MAX_DOTTED: usize = 16;
const MAX_DOTS: usize = 48;

/// The width of the view box for each category, in tenths: one unit, because it is written for each point.
const STEP: i64 = 10;

pub(crate) fn draw(drawn: &Drawn<'_>, name: &render::Name<'_>, (low, high): (f64, f64)) -> Markup {
    let is_area = drawn.kind == ChartKind::Area;
    let baseline = if is_area {
        Baseline::Zero
    } else {
        Baseline::Near
    };
    let axis = Axis::new(low, high, baseline);
    let labels = CategoryLabels::of(drawn);
    let last = drawn.categories.len().saturating_sub(1);
    let places: Vec<f64> = (0..drawn.categories.len())
        .map(|index| {
            if last == 0 {
                0.5
            } else {
                index as f64 / last as f64
            }
        })
        .collect();
    let placed = labels.place(&places);
    let has_dots = drawn.categories.len() <= MAX_DOTTED && drawn.points().count() <= MAX_DOTS;
    let marks = html! {
        (paths(drawn, &axis, last, is_area, has_dots))
        @if has_dots {
            @for (index, series) in drawn.series.iter().enumerate() {
                g class=(legend::class(index)) fill="currentColor" {
                    @for ((category, point), &place) in series.points.iter().enumerate().zip(&places) {
                        @if let Some(point) = point {
                            circle cx=(Percent(place)) cy=(plot::vertical(axis.at(point.value))) r="4" {
                                title { (drawn.say(index, category, point)) }
                            }
                        }
                    }
                }
            }
        }
    };
    plot::with_axes(drawn, name, &axis, &labels, &placed, &marks)
}

fn paths(drawn: &Drawn<'_>, axis: &Axis, last: usize, is_area: bool, has_dots: bool) -> Markup {
    let steps = i64::try_from(last.max(1)).unwrap_or(i64::MAX);
    html! {
        svg viewBox={ "0 0 " (Tenths(steps * STEP)) " " (Tenths::of(HEIGHT)) } preserveAspectRatio="none" {
            @for (index, series) in drawn.series.iter().enumerate() {
                @let runs = runs(series, axis, last);
                g class=(legend::class(index)) {
                    @if is_area { path class="a" fill="currentColor" d=(area(&runs, plot::vertical(axis.at(0.0)))) {} }
                    path class="l" d=(line(&runs)) {}
                    @let alone = alone(&runs);
                    @if !has_dots && !alone.is_empty() { path class="d" d=(alone) {} }
                }
            }
        }
    }
}

/// The points of a series, apart where values are missing.
fn runs(series: &DrawnSeries<'_>, axis: &Axis, last: usize) -> Vec<Vec<(Tenths, Tenths)>> {
    let points = series.points.iter().zip(0i64..).map(|(point, index)| {
        let x = if last == 0 { STEP / 2 } else { index * STEP };
        let point = point.as_ref()?;
        Some((Tenths(x), plot::vertical(axis.at(point.value))))
    });
    let points: Vec<_> = points.collect();
    points
        .split(Option::is_none)
        .map(|run| run.iter().copied().flatten().collect::<Vec<_>>())
        .filter(|run| !run.is_empty())
        .collect()
}

fn line(runs: &[Vec<(Tenths, Tenths)>]) -> Path {
    let mut path = Path::default();
    for run in runs {
        if let [first, rest @ ..] = run.as_slice()
            && !rest.is_empty()
        {
            path.move_to(first.0, first.1);
            for point in rest {
                path.line_to(point.0, point.1);
            }
        }
    }
    path
}

fn area(runs: &[Vec<(Tenths, Tenths)>], zero: Tenths) -> Path {
    let mut path = Path::default();
    for run in runs {
        if let [first, .., last] = run.as_slice() {
            path.move_to(first.0, zero);
            for point in run {
                path.line_to(point.0, point.1);
            }
            path.line_to(last.0, zero);
            path.close();
        }
    }
    path
}

/// Points without a neighbour, which no line shows.
fn alone(runs: &[Vec<(Tenths, Tenths)>]) -> Path {
    let mut path = Path::default();
    for run in runs {
        if let [point] = run.as_slice() {
            path.dot(point.0, point.1);
        }
    }
    path
}

/// The way to the last value, without axes; nothing for less than two points.
pub(crate) fn sparkline(series: &DrawnSeries<'_>, bounds: (f64, f64)) -> Markup {
    let axis = Axis::exact(bounds.0, bounds.1);
    let last = series.points.len().saturating_sub(1);
    let runs = runs(series, &axis, last);
    let line = line(&runs);
    let steps = i64::try_from(last).unwrap_or(i64::MAX);
    html! {
        @if !line.is_empty() {
            svg class="spark s1" viewBox={ "0 0 " (Tenths(steps * STEP)) " " (Tenths::of(HEIGHT)) } height="40" preserveAspectRatio="none" aria-hidden="true" {
                path class="l" d=(line) {}
            }
        }
    }
}
