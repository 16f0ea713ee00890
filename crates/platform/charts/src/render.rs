//! The whole of a chart: caption, legend, drawing, notes and table.

use maud::{Markup, html};

use crate::chart::{Chart, ChartKind};
use crate::select::Drawn;
use crate::{bars, donut, figure, label, legend, lines, table};

/// Renders a chart as a `figure` with the class `chart`.
///
/// `id` is a prefix of the ids in the markup, which must be unique in the document: for example the id of
/// the item that shows the chart. Characters other than ASCII letters, digits, `-` and `_` are left out.
///
/// The markup is also well-formed XML. Text of the chart is escaped; names are shortened where they would
/// break the drawing, and complete in the caption and in the table.
#[must_use]
pub fn render(chart: &Chart, id: &str) -> Markup {
    let id: String = id
        .chars()
        .filter(|char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_'))
        .collect();
    html! {
        figure class="chart" {
            figcaption dir="auto" {
                b { (chart.title) }
                @if let Some(description) = chart.description.as_deref().filter(|text| !text.is_empty()) { p { (description) } }
            }
            @if chart.kind == ChartKind::Table {
                (table::table(chart))
            } @else {
                (drawing(chart, &id))
                @if !chart.categories.is_empty() && !chart.series.is_empty() {
                    details {
                        summary { "All values" }
                        (table::table(chart))
                    }
                }
            }
        }
    }
}

fn drawing(chart: &Chart, id: &str) -> Markup {
    let drawn = Drawn::of(chart);
    let name = Name {
        id,
        title: &chart.title,
    };
    let body = match (drawn.bounds(), drawn.kind) {
        (None, _) => html! { p class="none" { "Nothing to draw yet" } },
        (Some(_), ChartKind::Figure) => figure::draw(&drawn),
        (Some(_), ChartKind::Pie) => html! {
            @if let Some(unit) = drawn.unit { div class="key" { span { "in " bdi { (label::shortened(unit, 30)) } } } }
            (donut::draw(&drawn, &name))
        },
        (Some(bounds), ChartKind::Bar) => html! {
            (legend::legend(&drawn, id))
            (bars::draw(&drawn, &name, bounds))
        },
        (Some(bounds), ChartKind::Line | ChartKind::Area) => html! {
            (legend::legend(&drawn, id))
            (lines::draw(&drawn, &name, bounds))
        },
        (Some(_), ChartKind::Table) => Markup::default(),
    };
    html! {
        (body)
        @for note in &drawn.notes { p class="note" { (note) } }
    }
}

/// What names and describes a drawing for those who do not see it.
pub(crate) struct Name<'a> {
    pub(crate) id: &'a str,
    title: &'a str,
}

impl Name<'_> {
    /// For `aria-labelledby`.
    pub(crate) fn labels(&self) -> String {
        format!("{id}-t {id}-d", id = self.id)
    }

    /// The `title` and `desc` elements.
    pub(crate) fn markup(&self, drawn: &Drawn<'_>) -> Markup {
        html! {
            title id={ (self.id) "-t" } { (label::shortened(self.title, 120)) }
            desc id={ (self.id) "-d" } { (description(drawn)) }
        }
    }
}

/// The kind, the size and the extremes in two sentences.
fn description(drawn: &Drawn<'_>) -> String {
    let kind = match drawn.kind {
        ChartKind::Bar => "Bar chart",
        ChartKind::Line => "Line chart",
        ChartKind::Area => "Area chart",
        ChartKind::Pie => "Ring chart",
        ChartKind::Figure => "Figure",
        ChartKind::Table => "Table",
    };
    let mut text = kind.to_owned();
    if drawn.has_several() {
        text.push_str(&format!(" of {} series", drawn.series.len()));
    }
    let last = drawn.categories.len().saturating_sub(1);
    if last == 0 {
        text.push_str(&format!(", {}.", drawn.category(0)));
    } else {
        text.push_str(&format!(
            ", {} to {}.",
            drawn.category(0),
            drawn.category(last)
        ));
    }
    let extreme = |is_better: fn(f64, f64) -> bool| {
        let (series, category, point) = drawn.points().reduce(|best, next| {
            if is_better(next.2.value, best.2.value) {
                next
            } else {
                best
            }
        })?;
        Some(drawn.say(series, category, point))
    };
    if let (Some(highest), Some(lowest)) = (extreme(|a, b| a > b), extreme(|a, b| a < b)) {
        text.push_str(&format!(" Highest: {highest}."));
        if lowest != highest {
            text.push_str(&format!(" Lowest: {lowest}."));
        }
    }
    text
}
