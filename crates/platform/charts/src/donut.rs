//! Shares as a ring, clockwise in the order of the legend, which has the numbers.

use maud::{Markup, html};

use crate::legend;
use crate::render;
use crate::select::{Drawn, Point};
use crate::svg::Tenths;
use crate::{decimal, label};

/// The radius of the middle of the ring, and its circumference, in units of the view box.
const RADIUS: f64 = 72.0;
const AROUND: f64 = std::f64::consts::TAU * RADIUS;

/// The space between two slices, and the smallest slice.
const GAP: f64 = 2.0;
const SMALLEST: f64 = 1.0;

pub(crate) fn draw(drawn: &Drawn<'_>, name: &render::Name<'_>) -> Markup {
    let Some(series) = drawn.series.first() else {
        return Markup::default();
    };
    let points = || series.points.iter().enumerate();
    let values = || points().map(|(_, point)| point.as_ref().map_or(0.0, |point| point.value));
    let total: f64 = values().sum();
    // The sum of values before a slice, as a part of the total.
    let before: Vec<f64> = values()
        .scan(0.0, |sum, value| {
            let before = *sum;
            *sum += value;
            Some(before / total)
        })
        .collect();
    let is_alone = values().filter(|&value| value > 0.0).count() == 1;
    html! {
        div class="ring" {
            svg viewBox="0 0 176 176" width="176" height="176" role="img" aria-labelledby=(name.labels()) {
                (name.markup(drawn))
                (legend::patterns(drawn, name.id))
                g transform="rotate(-90 88 88)" {
                    @for ((index, point), before) in points().zip(before) {
                        @if let Some(point) = point.as_ref().filter(|point| point.value > 0.0) {
                            (slice(drawn, name.id, index, point, (before, point.value / total), is_alone))
                        }
                    }
                }
                text x="88" y="96" { (decimal::compact(total)) }
            }
            ul role="list" {
                @for ((index, point), category) in points().zip(&drawn.categories) {
                    li {
                        (legend::swatch(index, name.id))
                        bdi { (label::shortened(&category.label, 60)) }
                        @match point {
                            Some(point) => { span class="v" { (decimal::compact(point.value)) } b { (share(point.value / total)) } }
                            None => span class="v" { "–" },
                        }
                    }
                }
            }
        }
    }
}

fn slice(
    drawn: &Drawn<'_>,
    id: &str,
    index: usize,
    point: &Point<'_>,
    (before, share): (f64, f64),
    is_alone: bool,
) -> Markup {
    let gap = if is_alone { 0.0 } else { GAP };
    let length = (share * AROUND - gap).max(SMALLEST);
    html! {
        circle class=(legend::class(index)) cx="88" cy="88" r=(Tenths::of(RADIUS)) stroke=(legend::fill(index, id))
            stroke-dasharray={ (Tenths::of(length)) " " (Tenths::of(AROUND)) } stroke-dashoffset=(Tenths::of(-before * AROUND)) {
            title { (drawn.say(0, index, point)) }
        }
    }
}

/// A share in whole percents, without calling something nothing.
fn share(part: f64) -> String {
    let percent = (part * 100.0).round_ties_even() as i64;
    match percent {
        0 if part > 0.0 => "<1%".to_owned(),
        100 if part < 1.0 => ">99%".to_owned(),
        _ => format!("{percent}%"),
    }
}

#[cfg(test)]
mod tests {
    use super::share;

    #[test]
    fn shares_are_whole_percents() {
        for (part, text) in [
            (0.0, "0%"),
            (1e-9, "<1%"),
            (0.004, "<1%"),
            (0.126, "13%"),
            (0.9999, ">99%"),
            (1.0, "100%"),
        ] {
            assert_eq!(share(part), text);
        }
    }
}
