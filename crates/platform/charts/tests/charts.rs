//! What every chart promises, whatever its values and names: well-formed markup, coordinates inside of the
//! plot, and a table with all values.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "helpers of tests stop where they fail"
)]

mod support;

use std::collections::HashSet;

use proptest::prelude::*;
use prox_charts::{
    CSS, Category, CategoryKind, Chart, ChartKind, MAX_SLICES, Number, Series, render,
};
use support::xml::{Element, elements};
use support::{categories, chart, days, series, walk};

/// The height of a plot with a vertical axis, and room for a rounding of percentages.
const HEIGHT: f64 = 200.0;
const ROUNDING: f64 = 0.02;

fn markup(chart: &Chart) -> String {
    render(chart, "c-1").into_string()
}

fn of<'a>(all: &'a [Element], name: &'a str) -> impl Iterator<Item = &'a Element> {
    all.iter().filter(move |element| element.name == name)
}

fn notes(chart: &Chart) -> Vec<String> {
    let all = elements(&markup(chart));
    let notes = of(&all, "p").filter(|p| p.get("class") == Some("note"));
    notes.map(|p| p.text.clone()).collect()
}

/// The points of a path with the commands M, l, h, v and z.
fn points(data: &str) -> Vec<(f64, f64)> {
    let (mut at, mut points) = ((0.0, 0.0), Vec::new());
    let is_command = |char: char| char.is_ascii_alphabetic();
    let starts = data.match_indices(is_command).map(|(start, _)| start);
    for start in starts {
        let (command, rest) = data[start..].split_at(1);
        let numbers = &rest[..rest.find(is_command).unwrap_or(rest.len())];
        let numbers = numbers.replace('-', " -");
        let numbers = numbers
            .split_whitespace()
            .map(|number| number.parse().unwrap());
        let numbers: Vec<f64> = numbers.collect();
        match (command, numbers.as_slice()) {
            ("z", []) => {}
            ("h", [x]) => points.push((at.0 + x, at.1)),
            ("v", [y]) => points.push((at.0, at.1 + y)),
            ("M", [x, y]) => points.push((*x, *y)),
            ("l", pairs) => {
                for pair in pairs.chunks(2) {
                    at = (at.0 + pair[0], at.1 + pair[1]);
                    points.push(at);
                }
            }
            other => panic!("{other:?} in {data}"),
        }
        at = *points.last().unwrap();
    }
    points
}

/// Checks everything that holds for all charts.
fn check(chart: &Chart) {
    let markup = markup(chart);
    let all = elements(&markup);
    check_safety(&all);
    check_references(&all);
    check_coordinates(&all);
    check_table(chart, &all);
}

fn check_safety(all: &[Element]) {
    const KNOWN: [&str; 29] = [
        "figure",
        "figcaption",
        "b",
        "p",
        "div",
        "span",
        "bdi",
        "ul",
        "li",
        "svg",
        "title",
        "desc",
        "pattern",
        "rect",
        "path",
        "g",
        "text",
        "line",
        "circle",
        "details",
        "summary",
        "table",
        "caption",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "data",
    ];
    for element in all {
        assert!(KNOWN.contains(&element.name.as_str()), "{element:?}");
        for (key, value) in &element.attributes {
            assert!(
                key != "style" && !key.starts_with("on") && key != "href",
                "{element:?}"
            );
            let is_free =
                matches!(key.as_str(), "aria-label") || (element.name == "data" && key == "value");
            assert!(
                is_free || !(value.contains("NaN") || value.contains("inf")),
                "{element:?}"
            );
        }
    }
}

fn check_references(all: &[Element]) {
    let ids: Vec<&str> = all.iter().filter_map(|element| element.get("id")).collect();
    let unique: HashSet<&str> = ids.iter().copied().collect();
    assert_eq!(ids.len(), unique.len(), "{ids:?}");
    for element in all {
        let labels = element.get("aria-labelledby").unwrap_or_default();
        assert!(
            labels.split_whitespace().all(|id| unique.contains(id)),
            "{element:?}"
        );
        for key in ["fill", "stroke"] {
            let id = element
                .get(key)
                .and_then(|value| value.strip_prefix("url(#"));
            assert!(
                id.is_none_or(|id| unique.contains(id.trim_end_matches(')'))),
                "{element:?}"
            );
        }
        if element.get("role") == Some("img") {
            assert_eq!(labels.split_whitespace().count(), 2);
        }
    }
}

fn check_coordinates(all: &[Element]) {
    for element in all {
        let inside = |name: &str| {
            element
                .parents
                .iter()
                .any(|&parent| all[parent].name == name)
        };
        let Some(&drawing) = element
            .parents
            .iter()
            .find(|&&parent| all[parent].get("role") == Some("img"))
        else {
            continue;
        };
        if inside("pattern") || element.name == "pattern" {
            continue;
        }
        let is_flat = all[drawing]
            .get("class")
            .is_some_and(|class| class.contains("flat"));
        let height = if is_flat {
            all[drawing].number("height")
        } else {
            HEIGHT
        };
        let percent = 0.0..=100.0 + ROUNDING;
        match element.name.as_str() {
            "rect" => {
                let (x, y) = (element.number("x"), element.number("y"));
                assert!(
                    percent.contains(&x) && percent.contains(&(x + element.number("width"))),
                    "{element:?}"
                );
                assert!(
                    y >= 0.0 && y + element.number("height") <= height + 0.05,
                    "{element:?}"
                );
                assert!(element.number("width") >= 0.0 && element.number("height") >= 0.0);
            }
            "circle" if element.get("stroke-dasharray").is_none() => {
                assert!(percent.contains(&element.number("cx")), "{element:?}");
                assert!(
                    (0.0..=HEIGHT).contains(&element.number("cy")),
                    "{element:?}"
                );
            }
            "line" => {
                assert!(
                    ["x1", "x2"]
                        .iter()
                        .all(|x| percent.contains(&element.number(x))),
                    "{element:?}"
                );
                assert!(
                    ["y1", "y2"]
                        .iter()
                        .all(|y| (0.0..=height).contains(&element.number(y))),
                    "{element:?}"
                );
            }
            "text" if element.get("x").is_some_and(|x| x.ends_with('%')) => {
                assert!(percent.contains(&element.number("x")), "{element:?}");
            }
            "path" => {
                let view = element
                    .parents
                    .iter()
                    .rev()
                    .find_map(|&parent| all[parent].get("viewBox"));
                let view: Vec<f64> = view
                    .unwrap()
                    .split(' ')
                    .map(|n| n.parse().unwrap())
                    .collect();
                for (x, y) in points(element.get("d").unwrap()) {
                    assert!(
                        (-0.01..=view[2] + 0.05).contains(&x),
                        "{x} of {view:?} in {element:?}"
                    );
                    assert!(
                        (-0.01..=view[3] + 0.05).contains(&y),
                        "{y} of {view:?} in {element:?}"
                    );
                }
            }
            _ => {}
        }
    }
}

fn check_table(chart: &Chart, all: &[Element]) {
    let has_table =
        chart.kind == ChartKind::Table || !(chart.categories.is_empty() || chart.series.is_empty());
    assert_eq!(of(all, "table").count(), usize::from(has_table));
    if !has_table {
        return;
    }
    let rows: Vec<&str> = of(all, "th")
        .filter(|th| th.get("scope") == Some("row"))
        .map(|th| th.text.as_str())
        .collect();
    let labels: Vec<&str> = chart
        .categories
        .iter()
        .map(|category| category.label.as_str())
        .collect();
    assert_eq!(rows, labels);
    let columns = of(all, "th")
        .filter(|th| th.get("scope") == Some("col"))
        .count();
    assert_eq!(columns, chart.series.len() + 1);
    let cells: Vec<&str> = of(all, "td").map(|td| td.text.as_str()).collect();
    let values: Vec<&str> = (0..chart.categories.len())
        .flat_map(|row| {
            chart
                .series
                .iter()
                .map(move |series| series.values.get(row))
        })
        .map(|value| {
            value
                .and_then(Option::as_ref)
                .map_or("–", |number| number.0.as_str())
        })
        .collect();
    assert_eq!(cells, values);
}

#[test]
fn all_examples_keep_the_promises() {
    for chart in support::all() {
        check(&chart);
        for kind in [
            ChartKind::Bar,
            ChartKind::Line,
            ChartKind::Area,
            ChartKind::Pie,
            ChartKind::Figure,
            ChartKind::Table,
        ] {
            check(&Chart {
                kind,
                ..chart.clone()
            });
        }
    }
}

#[test]
fn charts_are_small() {
    let (bars, lines) = (
        markup(&support::year_of_bars()),
        markup(&support::sixty_days_of_six()),
    );
    assert!(bars.len() <= 4096, "{} bytes", bars.len());
    assert!(lines.len() <= 12 * 1024, "{} bytes", lines.len());
    let six: Vec<Series> = (0..6)
        .map(|seed| Series {
            name: format!("s{seed}"),
            values: walk(seed, 60),
        })
        .collect();
    let bars = markup(&chart(ChartKind::Bar, "Bars", days(60), six));
    assert!(bars.len() <= 21 * 1024, "{} bytes", bars.len());
}

#[test]
fn text_is_escaped() {
    for chart in support::all() {
        let markup = markup(&chart);
        for tag in ["<script", "<img", "<i>", "<b>markup"] {
            assert!(!markup.contains(tag), "{tag} in {markup}");
        }
    }
}

#[test]
fn an_id_cannot_break_the_markup() {
    let markup = render(&support::year_of_bars(), "itm_1\" onload=\"x y").into_string();
    assert!(markup.contains("aria-labelledby=\"itm_1onloadxy-t itm_1onloadxy-d\""));
}

#[test]
fn long_titles_are_complete_once() {
    let title = "title ".repeat(2000);
    let chart = Chart {
        title: title.clone(),
        ..support::year_of_bars()
    };
    let markup = markup(&chart);
    assert_eq!(markup.matches(&title).count(), 1);
    assert!(markup.len() < title.len() + 6000);
}

#[test]
fn a_chart_is_described_in_words() {
    let all = elements(&markup(&support::year_of_bars()));
    let text = |name| of(&all, name).next().unwrap().text.clone();
    assert_eq!(text("title"), "Revenue by month");
    assert_eq!(
        text("desc"),
        "Bar chart, Jan 2026 to Dec 2026. Highest: Dec 2026: 2450.65 €. Lowest: Feb 2026: 980.25 €."
    );
    assert_eq!(text("caption"), "Revenue by month, in ");
}

#[test]
fn what_is_left_out_is_said() {
    let words = |count: usize| {
        let label = |index: usize| Category {
            label: format!("w{index}"),
            kind: CategoryKind::Text,
        };
        (0..count).map(label).collect::<Vec<_>>()
    };
    let ones = |count: usize| Series {
        name: "n".to_owned(),
        values: vec![Some(Number("1".to_owned())); count],
    };
    let of =
        |kind, categories: Vec<Category>, series: Vec<Series>| chart(kind, "t", categories, series);
    let means = |chart: Chart| Chart {
        additive: false,
        ..chart
    };
    for (chart, expected) in [
        (of(ChartKind::Bar, words(60), vec![ones(60)]), vec![]),
        (
            of(ChartKind::Bar, words(61), vec![ones(61)]),
            vec!["Other sums up 2 of 61. The table has all."],
        ),
        (
            means(of(ChartKind::Bar, words(61), vec![ones(61)])),
            vec!["The first 60 of 61 are drawn. The table has all."],
        ),
        (
            of(ChartKind::Bar, days(61), vec![ones(61)]),
            vec!["The last 60 of 61 are drawn. The table has all."],
        ),
        (of(ChartKind::Line, days(365), vec![ones(365)]), vec![]),
        (
            of(ChartKind::Line, words(400), vec![ones(400)]),
            vec!["The first 366 of 400 are drawn. The table has all."],
        ),
        (
            of(ChartKind::Pie, words(9), vec![ones(9)]),
            vec!["Other sums up 4 of 9. The table has all."],
        ),
        (
            means(of(ChartKind::Pie, words(9), vec![ones(9)])),
            vec!["Drawn as bars, because these values do not add up to a whole."],
        ),
        (
            of(ChartKind::Pie, words(2), vec![ones(2), ones(2)]),
            vec!["Drawn as bars, because a ring shows the shares of one series."],
        ),
        (
            of(ChartKind::Pie, words(2), vec![series("", &["0", "0.0"])]),
            vec!["Drawn as bars, because all values are zero."],
        ),
        (
            of(ChartKind::Pie, words(2), vec![series("", &["2", "-1"])]),
            vec!["Drawn as bars, because a ring cannot show negative values."],
        ),
        (
            of(ChartKind::Line, words(2), vec![ones(2); 8]),
            vec!["Other sums up 3 of 8 series. The table has all."],
        ),
        (
            means(of(ChartKind::Line, words(2), vec![ones(2); 8])),
            vec!["The first 6 of 8 series are drawn. The table has all."],
        ),
        (
            of(
                ChartKind::Line,
                words(3),
                vec![series("", &["1", "NaN", "1e301"])],
            ),
            vec!["2 values cannot be drawn. The table has all."],
        ),
    ] {
        assert_eq!(notes(&chart), expected);
        check(&chart);
    }
}

#[test]
fn other_is_the_sum_of_the_rest() {
    let labels = ["a", "b", "c", "d", "e", "f", "g"];
    let values = ["40", "30", "10", "10", "5", "1.5", "3.5"];
    let ring = chart(
        ChartKind::Pie,
        "t",
        categories(CategoryKind::Text, &labels),
        vec![series("", &values)],
    );
    let all = elements(&markup(&ring));
    let slices: Vec<_> = of(&all, "circle").collect();
    assert_eq!(slices.len(), MAX_SLICES);
    let titles: Vec<_> = of(&all, "title").map(|title| title.text.as_str()).collect();
    assert_eq!(titles.last(), Some(&"Other (2): 5"));
    let shares: Vec<_> = of(&all, "b").skip(1).map(|b| b.text.as_str()).collect();
    assert_eq!(shares, ["40%", "30%", "10%", "10%", "5%", "5%"]);
}

#[test]
fn bars_lie_where_names_would_not_fit() {
    let of = |labels: &[&str], kind| {
        let values = vec!["1"; labels.len()];
        markup(&chart(
            ChartKind::Bar,
            "t",
            categories(kind, labels),
            vec![series("", &values)],
        ))
    };
    let is_flat = |markup: String| markup.contains("class=\"plot flat\"");
    assert!(!is_flat(of(&["Mon", "Tue", "Wed"], CategoryKind::Text)));
    assert!(is_flat(of(
        &["Copenhagen", "Reykjavík", "Ulaanbaatar", "Lima"],
        CategoryKind::Text
    )));
    assert!(!is_flat(of(&["2026-01-01"; 40], CategoryKind::Date)));
    assert!(!is_flat(of(
        &["10 to 20 thousand"; 9],
        CategoryKind::Number
    )));
}

#[test]
fn missing_values_are_gaps() {
    let line = chart(
        ChartKind::Line,
        "t",
        categories(CategoryKind::Number, &["1", "2", "3", "4", "5", "6"]),
        vec![series("", &["4", "2", "", "0", "", "4"])],
    );
    let all = elements(&markup(&line));
    let path = of(&all, "path")
        .find(|path| path.get("class") == Some("l"))
        .unwrap();
    assert_eq!(path.get("d"), Some("M0 0l1 100"));
    assert_eq!(of(&all, "circle").count(), 4);
}

#[test]
fn lone_points_of_long_lines_are_dots() {
    let mut values = walk(1, 40);
    values[10] = None;
    values[12] = None;
    let line = chart(
        ChartKind::Line,
        "t",
        days(40),
        vec![Series {
            name: String::new(),
            values,
        }],
    );
    let all = elements(&markup(&line));
    assert_eq!(of(&all, "circle").count(), 0);
    let dots = of(&all, "path")
        .find(|path| path.get("class") == Some("d"))
        .unwrap();
    assert_eq!(dots.get("d").unwrap().matches("h0").count(), 1);
}

#[test]
fn a_figure_shows_its_last_value() {
    let figure = Chart {
        unit: Some("kWh".to_owned()),
        ..chart(
            ChartKind::Figure,
            "t",
            categories(CategoryKind::Date, &["2026-01", "2026-02"]),
            vec![
                series("Roof", &["1", "1234567.125"]),
                series("Garden", &["3", ""]),
            ],
        )
    };
    let all = elements(&markup(&figure));
    let data = of(&all, "data").next().unwrap();
    assert_eq!(
        (data.get("value"), data.text.as_str()),
        (Some("1234567.125"), "1,234,567.12")
    );
    let names: Vec<_> = of(&all, "bdi").map(|bdi| bdi.text.as_str()).collect();
    assert_eq!(
        names,
        ["Roof", "kWh", "Feb 2026", "Garden", "Feb 2026", "kWh"]
    );
    assert!(of(&all, "p").any(|p| p.text == "No value"));
}

#[test]
fn charts_are_read_from_json() {
    let json = r#"{"kind":"bar","title":"Visits","x":"City","additive":true,
        "categories":[{"label":"Lima","kind":"text"}],
        "series":[{"name":"Visits","values":["12345678901234567890.10"]}]}"#;
    let chart: Chart = serde_json::from_str(json).unwrap();
    assert_eq!(chart.unit, None);
    assert!(markup(&chart).contains("<td>12345678901234567890.10</td>"));
    let again: Chart = serde_json::from_str(&serde_json::to_string(&chart).unwrap()).unwrap();
    assert_eq!(again, chart);
}

/// The relative luminance of an OKLCH colour: the Y of CIE XYZ.
fn luminance(lightness: f64, chroma: f64, hue: f64) -> f64 {
    let (sin, cos) = hue.to_radians().sin_cos();
    let cone = |a: f64, b: f64| (lightness + chroma * (a * cos + b * sin)).powi(3);
    -0.040_575_7 * cone(0.396_338, 0.215_804) + 1.112_286_8 * cone(-0.105_561, -0.063_854)
        - 0.071_711_1 * cone(-0.089_484, -1.291_486)
}

/// Lightness and chroma of the light and the dark form of a series.
fn colors(series: usize) -> [(f64, f64); 2] {
    let (_, rest) = CSS.split_once(&format!("--chart-{series}: ")).unwrap();
    let mut forms = rest.split("oklch(").skip(1).map(|color| {
        let mut numbers = color.split(' ').map(|number| number.parse().unwrap());
        (numbers.next().unwrap(), numbers.next().unwrap())
    });
    [forms.next().unwrap(), forms.next().unwrap()]
}

#[test]
fn marks_stand_out_from_every_surface() {
    assert!((luminance(1.0, 0.0, 0.0) - 1.0).abs() < 1e-3);
    // The surface, raised or not, of pages and the shell.
    for (form, surfaces) in [
        (0, [(0.995, 0.002), (0.972, 0.005)]),
        (1, [(0.205, 0.007), (0.245, 0.008)]),
    ] {
        for (series, hue) in
            (1..=6).flat_map(|series| (0..360).map(move |hue| (series, f64::from(hue))))
        {
            let (lightness, chroma) = colors(series)[form];
            let mark = luminance(lightness, chroma, hue);
            for (lightness, chroma) in surfaces {
                let surface = luminance(lightness, chroma, 80.0);
                let contrast = (mark.max(surface) + 0.05) / (mark.min(surface) + 0.05);
                assert!(
                    contrast >= 3.0,
                    "series {series} has {contrast:.2} at hue {hue}"
                );
            }
        }
    }
}

#[test]
fn the_style_sheet_stays_inside_of_charts() {
    assert!(CSS.len() < 7 * 1024, "{} bytes", CSS.len());
    let mut css = CSS.to_owned();
    while let (Some(start), Some(end)) = (css.find("/*"), css.find("*/")) {
        css.replace_range(start..end + 2, "");
    }
    for rule in css
        .split(['{', '}', ';'])
        .map(str::trim)
        .filter(|rule| rule.contains('.') && !rule.contains(": "))
    {
        assert!(rule.starts_with(".chart"), "{rule}");
    }
}

fn any_number() -> impl Strategy<Value = Option<Number>> {
    prop_oneof![
        2 => Just(None),
        6 => (-1_000_000i64..1_000_000, 0u32..100).prop_map(|(whole, rest)| Some(format!("{whole}.{rest:02}"))),
        1 => prop::num::f64::ANY.prop_map(|value| Some(format!("{value:e}"))),
        1 => prop::sample::select(vec!["1e300", "-1e300", "0", "-0", "1e-300", "NaN", "Infinity", "5", "5"])
            .prop_map(|text| Some(text.to_owned())),
    ]
    .prop_map(|text: Option<String>| text.map(Number))
}

prop_compose! {
    fn any_chart()(
        kind in prop::sample::select(vec![
            ChartKind::Bar, ChartKind::Line, ChartKind::Area, ChartKind::Pie, ChartKind::Figure,
        ]),
        category in prop::sample::select(vec![CategoryKind::Text, CategoryKind::Number, CategoryKind::Date]),
        count in prop_oneof![0usize..8, 8usize..80],
        series in 0usize..9,
    )(
        kind in Just(kind),
        labels in prop::collection::vec("\\PC{0,16}|[A-Za-z ]{1,30}|202[0-9]-0[1-9]-[012][1-9]", count),
        category in Just(category),
        series in prop::collection::vec(("\\PC{0,12}", prop::collection::vec(any_number(), 0..=count)), series),
        title in "\\PC{0,20}",
        unit in prop::option::of("\\PC{0,4}"),
        x in "\\PC{0,12}",
        additive in any::<bool>(),
    ) -> Chart {
        let category = |label| Category { label, kind: category };
        Chart {
            kind, title, unit, x, additive,
            description: None,
            categories: labels.into_iter().map(category).collect(),
            series: series.into_iter().map(|(name, values)| Series { name, values }).collect(),
        }
    }
}

proptest! {
    #[test]
    fn every_chart_keeps_the_promises(chart in any_chart()) {
        check(&chart);
    }
}
