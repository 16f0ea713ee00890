//! The value of the last category in large type, for each series.

use maud::{Markup, html};

use crate::select::{Drawn, DrawnSeries};
use crate::{decimal, label, lines};

pub(crate) fn draw(drawn: &Drawn<'_>) -> Markup {
    html! {
        div class="figures" {
            @for series in &drawn.series {
                div { (one(drawn, series)) }
            }
        }
    }
}

fn one(drawn: &Drawn<'_>, series: &DrawnSeries<'_>) -> Markup {
    let last = drawn.categories.len().saturating_sub(1);
    html! {
        @if !series.name.is_empty() { p { bdi { (label::shortened(&series.name, 60)) } } }
        p class="big" {
            @match series.points.last().and_then(Option::as_ref) {
                Some(point) => {
                    data value=(point.text) { (decimal::large(point.value)) }
                    @if let Some(unit) = drawn.unit { " " bdi { (label::shortened(unit, 30)) } }
                }
                None => "No value",
            }
        }
        @if last > 0 { p { bdi { (drawn.category(last)) } } }
        @if let Some(bounds) = series.bounds() { (lines::sparkline(series, bounds)) }
    }
}
