//! The legend, and how series are told apart without colour: bars by pattern, lines by dashes.

use maud::{Markup, html};

use crate::chart::ChartKind;
use crate::label;
use crate::select::Drawn;

/// The classes of series, which have their colours and dashes in `charts.css`.
const CLASSES: [&str; 6] = ["s1", "s2", "s3", "s4", "s5", "s6"];

/// The patterns of the second series and those after it: the side of the tile, and lines in it.
const PATTERNS: [(u8, &str); 5] = [
    (6, "M-1 1l2-2M0 6l6-6M5 7l2-2"),
    (5, "M2.5 2.5h0"),
    (4, "M0 2h4"),
    (6, "M-1 5l2 2M0 0l6 6M5-1l2 2"),
    (4, "M2 0v4"),
];

/// The class of a series.
pub(crate) fn class(series: usize) -> &'static str {
    CLASSES.get(series).copied().unwrap_or("s1")
}

/// What the marks of a series are filled with. The first one has no pattern.
pub(crate) fn fill(series: usize, id: &str) -> String {
    if series == 0 {
        "currentColor".to_owned()
    } else {
        format!("url(#{id}-{})", class(series))
    }
}

/// The patterns that [`fill`] names.
pub(crate) fn patterns(drawn: &Drawn<'_>, id: &str) -> Markup {
    let count = match drawn.kind {
        ChartKind::Bar => drawn.series.len(),
        ChartKind::Pie => drawn.categories.len(),
        _ => 0,
    };
    let used = PATTERNS.iter().enumerate().take(count.saturating_sub(1));
    html! {
        @for (index, (side, lines)) in used {
            @let class = class(index + 1);
            pattern id={ (id) "-" (class) } class=(class) width=(side) height=(side) patternUnits="userSpaceOnUse" {
                rect width=(side) height=(side) fill="currentColor" {}
                path class="o" d=(lines) {}
            }
        }
    }
}

/// The square before a name.
pub(crate) fn swatch(series: usize, id: &str) -> Markup {
    html! {
        svg class=(class(series)) width="12" height="12" aria-hidden="true" {
            rect width="12" height="12" fill=(fill(series, id)) {}
        }
    }
}

/// The names of the series when there are several, and what is measured.
pub(crate) fn legend(drawn: &Drawn<'_>, id: &str) -> Markup {
    let is_bar = drawn.kind == ChartKind::Bar;
    let single = match drawn.series.as_slice() {
        [series] => series.name.as_ref(),
        _ => "",
    };
    html! {
        @if drawn.has_several() || drawn.unit.is_some() || !single.is_empty() {
            div class="key" {
                @if drawn.has_several() {
                    ul role="list" {
                        @for (index, series) in drawn.series.iter().enumerate() {
                            li {
                                @if is_bar {
                                    (swatch(index, id))
                                } @else {
                                    svg class=(class(index)) width="24" height="12" aria-hidden="true" { path class="l" d="M1 6h22" {} }
                                }
                                bdi { (label::shortened(&series.name, 60)) }
                            }
                        }
                    }
                } @else if !single.is_empty() {
                    bdi { (label::shortened(single, 60)) }
                }
                @if let Some(unit) = drawn.unit { span { "in " bdi { (label::shortened(unit, 30)) } } }
            }
        }
    }
}
