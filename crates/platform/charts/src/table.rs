//! The table of all values, exactly as they are.

use maud::{Markup, html};

use crate::chart::Chart;
use crate::label;

pub(crate) fn table(chart: &Chart) -> Markup {
    let title = label::shortened(&chart.title, 120);
    html! {
        // A wide table scrolls, also for those who use the keyboard.
        div class="scroll" role="group" tabindex="0" aria-label=(title) {
            table {
                caption dir="auto" { (title) @if let Some(unit) = chart.unit() { ", in " bdi { (unit) } } }
                thead {
                    tr {
                        th scope="col" dir="auto" { (chart.x_name()) }
                        @for series in &chart.series { th scope="col" dir="auto" { (name(&series.name)) } }
                    }
                }
                tbody {
                    @for (index, category) in chart.categories.iter().enumerate() {
                        tr {
                            th scope="row" { (category.label) }
                            @for series in &chart.series {
                                td { (chart.value(series, index).map_or("–", |number| number.0.as_str())) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A heading is never empty.
fn name(name: &str) -> &str {
    if name.is_empty() { "Value" } else { name }
}
