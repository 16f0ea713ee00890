//! What a chart is drawn from.

use serde::{Deserialize, Serialize};

use crate::decimal;

/// The answer of a query and how to show it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    /// What it is drawn as.
    pub kind: ChartKind,
    /// One line above the chart.
    pub title: String,
    /// A sentence below the title.
    #[serde(default)]
    pub description: Option<String>,
    /// What the values are measured in, such as `kWh` or `€`.
    #[serde(default)]
    pub unit: Option<String>,
    /// What the categories are, such as `Month`.
    pub x: String,
    /// Whether values of different categories and series may be added up, as counts and sums may.
    /// The rest of averages, minima and maxima is never summed as "Other", and they have no shares.
    pub additive: bool,
    /// In the order of the axis; dates and numbers ascending. Positions are equal steps: gaps in
    /// time are for the query to fill.
    pub categories: Vec<Category>,
    /// In the order of the legend.
    pub series: Vec<Series>,
}

/// What a chart is drawn as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChartKind {
    /// Bars, those of several series side by side: standing, or lying below their names where names do
    /// not fit under standing ones.
    Bar,
    /// A line for each series.
    Line,
    /// Lines with the area to zero filled.
    Area,
    /// A ring of shares. Bars instead where there is no whole to have shares of.
    Pie,
    /// The value of the last category in large type, with the way it took.
    Figure,
    /// The table alone.
    Table,
}

/// A place on the category axis.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    /// Its name. Of a date `2026`, `2026-03`, `2026-03-07` or a timestamp of RFC 3339 (its offset is not
    /// converted); other text is shown as it is.
    pub label: String,
    /// What the label is.
    pub kind: CategoryKind,
}

/// What the label of a category is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CategoryKind {
    /// A name.
    Text,
    /// A number, or a range of numbers.
    Number,
    /// A date or a time.
    Date,
}

/// Values with a name, one for each category.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Series {
    /// Its name in the legend and in the table.
    pub name: String,
    /// As many as the chart has categories: those beyond have no place, and missing ones are gaps.
    pub values: Vec<Option<Number>>,
}

/// A decimal number as text, as Postgres writes it: `-12.50`, `1e300`.
///
/// The table shows the exact text. Text that is not a number (`NaN`) and numbers beyond ±1e300 are gaps in
/// the drawing, which says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Number(pub String);

impl Number {
    /// The number for the drawing, with the precision of an `f64`.
    pub(crate) fn drawable(&self) -> Option<f64> {
        decimal::parse(&self.0)
    }
}

impl Chart {
    /// The value of a series at a category.
    pub(crate) fn value<'a>(&self, series: &'a Series, category: usize) -> Option<&'a Number> {
        series.values.get(category)?.as_ref()
    }

    /// The unit, unless it is empty.
    pub(crate) fn unit(&self) -> Option<&str> {
        self.unit.as_deref().filter(|unit| !unit.is_empty())
    }

    /// The heading of the categories.
    pub(crate) fn x_name(&self) -> &str {
        if self.x.is_empty() {
            "Category"
        } else {
            &self.x
        }
    }
}
