//! What of a chart is drawn: as many categories and series as can be told apart, and what is said about
//! the rest. The table has everything.

use std::borrow::Cow;
use std::ops::Range;

use crate::chart::{Category, CategoryKind, Chart, ChartKind, Series};
use crate::date::Dates;
use crate::decimal;
use crate::label;

/// The categories that are drawn as bars. A line has more when it has few series.
pub const MAX_CATEGORIES: usize = 60;
/// The series that are drawn.
pub const MAX_SERIES: usize = 6;
/// The slices of a ring.
pub const MAX_SLICES: usize = 6;

/// The points of all lines of a chart: a year of days.
const MAX_POINTS: usize = 366;

/// What is drawn.
pub(crate) struct Drawn<'a> {
    pub(crate) kind: ChartKind,
    pub(crate) unit: Option<&'a str>,
    pub(crate) x: &'a str,
    pub(crate) categories: Vec<Cow<'a, Category>>,
    /// The categories as dates, when all of them are.
    pub(crate) dates: Option<Dates>,
    pub(crate) series: Vec<DrawnSeries<'a>>,
    /// Sentences about what is not drawn as it was asked for.
    pub(crate) notes: Vec<String>,
}

/// The values of a series, one for each drawn category.
pub(crate) struct DrawnSeries<'a> {
    pub(crate) name: Cow<'a, str>,
    pub(crate) points: Vec<Option<Point<'a>>>,
}

/// A value that can be drawn.
#[derive(Clone)]
pub(crate) struct Point<'a> {
    pub(crate) value: f64,
    /// The exact number, or a rounded sum.
    pub(crate) text: Cow<'a, str>,
}

impl DrawnSeries<'_> {
    /// The lowest and the highest value; none of no values.
    pub(crate) fn bounds(&self) -> Option<(f64, f64)> {
        let values = self.points.iter().flatten().map(|point| point.value);
        values
            .map(|value| (value, value))
            .reduce(|(low, high), (value, _)| (low.min(value), high.max(value)))
    }
}

impl<'a> Drawn<'a> {
    pub(crate) fn of(chart: &'a Chart) -> Self {
        let mut notes = Vec::new();
        let kind = match chart.kind {
            ChartKind::Pie => match no_whole(chart) {
                None => ChartKind::Pie,
                Some(reason) => {
                    notes.push(format!("Drawn as bars, because {reason}."));
                    ChartKind::Bar
                }
            },
            kind => kind,
        };
        let chosen = Chosen::of(chart, kind);
        let mut categories: Vec<Cow<'a, Category>> = chart
            .categories
            .get(chosen.kept.clone())
            .unwrap_or_default()
            .iter()
            .map(Cow::Borrowed)
            .collect();
        if let Some(rest) = &chosen.rest {
            categories.push(Cow::Owned(Category {
                label: format!("Other ({})", rest.len()),
                kind: CategoryKind::Text,
            }));
        }
        notes.extend(chosen.note(chart.categories.len()));
        let mut undrawable = 0;
        let mut series: Vec<DrawnSeries<'a>> = chart
            .series
            .iter()
            .map(|series| drawn_series(chart, series, &chosen, &mut undrawable))
            .collect();
        notes.extend(limit_series(&mut series, chart.additive));
        if undrawable > 0 {
            let values = if undrawable == 1 { "value" } else { "values" };
            notes.push(format!(
                "{undrawable} {values} cannot be drawn. The table has all."
            ));
        }
        Self {
            kind,
            unit: chart.unit(),
            x: &chart.x,
            dates: Dates::of(categories.iter().map(AsRef::as_ref)),
            categories,
            series,
            notes,
        }
    }

    /// All points with the indices of their series and categories.
    pub(crate) fn points(&self) -> impl Iterator<Item = (usize, usize, &Point<'a>)> {
        self.series.iter().enumerate().flat_map(|(index, series)| {
            let points = series.points.iter().enumerate();
            points.filter_map(move |(category, point)| Some((index, category, point.as_ref()?)))
        })
    }

    /// The lowest and the highest value. None when there is nothing to draw.
    pub(crate) fn bounds(&self) -> Option<(f64, f64)> {
        let bounds = self.series.iter().filter_map(DrawnSeries::bounds);
        bounds.reduce(|one, other| (one.0.min(other.0), one.1.max(other.1)))
    }

    /// Whether there are several series to tell apart.
    pub(crate) fn has_several(&self) -> bool {
        self.series.len() > 1
    }

    /// A point in words: its series when there are several, its category, its value and the unit.
    pub(crate) fn say(&self, series: usize, category: usize, point: &Point<'_>) -> String {
        let mut text = String::new();
        if self.has_several()
            && let Some(series) = self.series.get(series)
        {
            text.push_str(&label::isolated(&label::shortened(&series.name, 60)));
            text.push_str(", ");
        }
        text.push_str(&self.category(category));
        text.push_str(": ");
        text.push_str(&label::shortened(&point.text, 40));
        if let Some(unit) = self.unit {
            text.push(' ');
            text.push_str(&label::isolated(&label::shortened(unit, 30)));
        }
        text
    }

    /// The name of a category, for a sentence.
    pub(crate) fn category(&self, index: usize) -> String {
        if let Some(dates) = &self.dates {
            return dates.full.get(index).cloned().unwrap_or_default();
        }
        let category = self.categories.get(index);
        let label = category.map_or("", |category| &category.label);
        label::isolated(&label::shortened(label, 60))
    }
}

fn is_text<'a>(mut categories: impl Iterator<Item = &'a Category>) -> bool {
    categories.all(|category| category.kind == CategoryKind::Text)
}

/// Why a chart has no whole to show shares of, if so.
fn no_whole(chart: &Chart) -> Option<&'static str> {
    let [series] = chart.series.as_slice() else {
        return Some("a ring shows the shares of one series");
    };
    if !chart.additive {
        return Some("these values do not add up to a whole");
    }
    let values = (0..chart.categories.len())
        .filter_map(|category| chart.value(series, category)?.drawable());
    let (mut total, mut lowest) = (0.0, 0.0f64);
    for value in values {
        total += value;
        lowest = lowest.min(value);
    }
    if lowest < 0.0 {
        Some("a ring cannot show negative values")
    } else if total == 0.0 {
        Some("all values are zero")
    } else {
        None
    }
}

/// Which categories are drawn.
struct Chosen {
    kept: Range<usize>,
    /// Those that are summed as "Other".
    rest: Option<Range<usize>>,
}

impl Chosen {
    fn of(chart: &Chart, kind: ChartKind) -> Self {
        let count = chart.categories.len();
        let series = chart.series.len().clamp(1, MAX_SERIES);
        let limit = match kind {
            ChartKind::Pie => MAX_SLICES,
            ChartKind::Bar => MAX_CATEGORIES,
            ChartKind::Line | ChartKind::Area | ChartKind::Figure => {
                MAX_CATEGORIES.max(MAX_POINTS / series)
            }
            ChartKind::Table => 0,
        };
        if count <= limit {
            return Self {
                kept: 0..count,
                rest: None,
            };
        }
        let is_sum = match kind {
            ChartKind::Pie => true,
            ChartKind::Bar => chart.additive && is_text(chart.categories.iter()),
            _ => false,
        };
        let is_latest = kind == ChartKind::Figure
            || chart
                .categories
                .iter()
                .all(|category| category.kind == CategoryKind::Date);
        if is_sum {
            Self {
                kept: 0..limit - 1,
                rest: Some(limit - 1..count),
            }
        } else if is_latest {
            Self {
                kept: count - limit..count,
                rest: None,
            }
        } else {
            Self {
                kept: 0..limit,
                rest: None,
            }
        }
    }

    /// What is said about the categories that are not drawn.
    fn note(&self, count: usize) -> Option<String> {
        let kept = self.kept.len();
        if let Some(rest) = &self.rest {
            return Some(format!(
                "Other sums up {} of {count}. The table has all.",
                rest.len()
            ));
        }
        let which = match (kept, self.kept.start) {
            (0, _) => return None,
            (kept, _) if kept == count => return None,
            (_, 0) => "first",
            _ => "last",
        };
        Some(format!(
            "The {which} {kept} of {count} are drawn. The table has all."
        ))
    }
}

fn drawn_series<'a>(
    chart: &'a Chart,
    series: &'a Series,
    chosen: &Chosen,
    undrawable: &mut usize,
) -> DrawnSeries<'a> {
    let mut point = |category: usize| {
        let number = chart.value(series, category)?;
        let value = number.drawable();
        *undrawable += usize::from(value.is_none());
        Some(Point {
            value: value?,
            text: Cow::Borrowed(&number.0),
        })
    };
    let mut points: Vec<Option<Point<'a>>> = chosen.kept.clone().map(&mut point).collect();
    if let Some(rest) = &chosen.rest {
        points.push(sum(rest.clone().map(point)));
    }
    DrawnSeries {
        name: Cow::Borrowed(&series.name),
        points,
    }
}

/// The sum of those that are there; none of nothing.
fn sum<'a>(points: impl Iterator<Item = Option<Point<'a>>>) -> Option<Point<'static>> {
    let value = points
        .flatten()
        .map(|point| point.value)
        .reduce(|sum, value| sum + value)?;
    Some(Point {
        value,
        text: Cow::Owned(decimal::compact(value)),
    })
}

/// Leaves as many series as are drawn, and says what became of the others.
fn limit_series(series: &mut Vec<DrawnSeries<'_>>, is_additive: bool) -> Option<String> {
    let count = series.len();
    if count <= MAX_SERIES {
        return None;
    }
    if !is_additive {
        series.truncate(MAX_SERIES);
        return Some(format!(
            "The first {MAX_SERIES} of {count} series are drawn. The table has all."
        ));
    }
    let others = series.split_off(MAX_SERIES - 1);
    let categories = others.first().map_or(0, |series| series.points.len());
    let points = (0..categories)
        .map(|category| {
            let points = others.iter().map(|series| series.points.get(category));
            sum(points.map(|point| point.cloned().flatten()))
        })
        .collect();
    series.push(DrawnSeries {
        name: Cow::Owned(format!("Other ({})", others.len())),
        points,
    });
    Some(format!(
        "Other sums up {} of {count} series. The table has all.",
        others.len()
    ))
}
