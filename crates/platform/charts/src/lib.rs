//! Charts as inline SVG, with a table of all values behind each.
//!
//! [`render`] is a pure function from a [`Chart`], the answer of a dataset's query, to markup for
//! public pages and the shell alike. The markup has no script and no style attribute; it needs
//! [`CSS`], which takes its colours from the roles of the page around it (`--text`, `--line`,
//! `--accent`, …).
//!
//! A chart adapts to its width without script: horizontal positions are percentages, lines are
//! stretched with strokes that keep their width, and labels that need room are shown from a width
//! on. So text always has its size in CSS pixels.
//!
//! Does no I/O and reads no clock or randomness. Builds for wasm32-unknown-unknown. Numbers are
//! read and written by [`decimal`], because the parser and formatter of floats in the standard
//! library would cost a worker more than everything else here.

mod axis;
mod bars;
mod chart;
mod date;
mod decimal;
mod donut;
mod figure;
mod label;
mod legend;
mod lines;
mod plot;
mod render;
mod select;
mod svg;
mod table;

pub use chart::{Category, CategoryKind, Chart, ChartKind, Number, Series};
pub use render::render;
pub use select::{MAX_CATEGORIES, MAX_SERIES, MAX_SLICES};

/// The style sheet of charts. Everything in it is inside of the class `chart`.
///
/// Expects on an ancestor the roles `--text`, `--line` and `--accent`, of muted text `--text-muted`
/// or `--muted`, of the surface below the chart `--surface-raised` or `--raised`, and `--accent-hue`
/// in degrees, from which the colours of the other series are derived; each has a default. Light or
/// dark follows `color-scheme`.
pub const CSS: &str = include_str!("charts.css");
