//! Charts to test with.

pub mod xml;

use prox_charts::{Category, CategoryKind, Chart, ChartKind, Number, Series};

pub fn categories(kind: CategoryKind, labels: &[&str]) -> Vec<Category> {
    let category = |label: &&str| Category {
        label: (*label).to_owned(),
        kind,
    };
    labels.iter().map(category).collect()
}

/// A series from texts; `""` is a missing value.
pub fn series(name: &str, values: &[&str]) -> Series {
    let value = |value: &&str| (!value.is_empty()).then(|| Number((*value).to_owned()));
    Series {
        name: name.to_owned(),
        values: values.iter().map(value).collect(),
    }
}

pub fn chart(
    kind: ChartKind,
    title: &str,
    categories: Vec<Category>,
    series: Vec<Series>,
) -> Chart {
    Chart {
        kind,
        title: title.to_owned(),
        description: None,
        unit: None,
        x: String::new(),
        additive: true,
        categories,
        series,
    }
}

const MONTHS: [&str; 12] = [
    "2026-01", "2026-02", "2026-03", "2026-04", "2026-05", "2026-06", "2026-07", "2026-08",
    "2026-09", "2026-10", "2026-11", "2026-12",
];

const CITIES: [&str; 9] = [
    "Copenhagen",
    "Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch",
    "São Paulo",
    "תל אביב",
    "القاهرة",
    "東京都千代田区",
    "Reykjavík",
    "Ulaanbaatar",
    "Montréal",
];

/// The bar chart of a year, one value a month.
pub fn year_of_bars() -> Chart {
    let values = [
        "1204.50", "980.25", "1410.00", "1633.75", "1520.10", "1899.99", "2104.00", "1987.35",
        "1744.20", "1610.00", "1320.80", "2450.65",
    ];
    Chart {
        unit: Some("€".to_owned()),
        x: "Month".to_owned(),
        ..chart(
            ChartKind::Bar,
            "Revenue by month",
            categories(CategoryKind::Date, &MONTHS),
            vec![series("", &values)],
        )
    }
}

/// A deterministic walk, for charts with many values.
pub fn walk(seed: u32, count: usize) -> Vec<Option<Number>> {
    let mut state = seed.wrapping_mul(2_654_435_761) | 1;
    let mut level = 4000i64 + i64::from(seed) * 900;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        level += i64::from(state >> 22) - 505;
        Some(Number(format!(
            "{}.{:02}",
            level / 100,
            level.rem_euclid(100)
        )))
    };
    (0..count).map(|_| next()).collect()
}

/// The days from 1 January 2026 on.
pub fn days(count: usize) -> Vec<Category> {
    let lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
    let all = (1..).zip(lengths).flat_map(|(month, length)| {
        (1..=length).map(move |day| format!("2026-{month:02}-{day:02}"))
    });
    all.take(count)
        .map(|label| Category {
            label,
            kind: CategoryKind::Date,
        })
        .collect()
}

/// Six lines of sixty days.
pub fn sixty_days_of_six() -> Chart {
    let names = ["Berlin", "Lagos", "Lima", "Osaka", "Perth", "Quebec"];
    let series = (1..).zip(names).map(|(seed, name)| Series {
        name: name.to_owned(),
        values: walk(seed, 60),
    });
    chart(
        ChartKind::Line,
        "Visits by office",
        days(60),
        series.collect(),
    )
}

/// One chart of each sort, and those that are hard to draw.
pub fn all() -> Vec<Chart> {
    let months = || categories(CategoryKind::Date, &MONTHS);
    let cities = || categories(CategoryKind::Text, &CITIES);
    let weekdays = categories(
        CategoryKind::Text,
        &["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    );
    let city_values = [
        "48210", "31877", "30214", "22980", "18400", "15222", "9100", "480", "3",
    ];
    vec![
        year_of_bars(),
        Chart {
            description: Some("Orders that were shipped, and those that came back.".to_owned()),
            ..chart(
                ChartKind::Bar,
                "Orders by weekday",
                weekdays,
                vec![
                    series(
                        "Shipped",
                        &["120", "132", "101", "134", "190", "230", "210"],
                    ),
                    series("Returned", &["20", "32", "11", "34", "90", "30", "10"]),
                    series("Lost", &["5", "", "8", "3", "12", "6", "2"]),
                ],
            )
        },
        chart(
            ChartKind::Bar,
            "Visits by city",
            cities(),
            vec![series("Visits", &city_values)],
        ),
        Chart {
            additive: false,
            unit: Some("ms".to_owned()),
            ..chart(
                ChartKind::Bar,
                "Response time by city",
                cities(),
                vec![
                    series(
                        "Median",
                        &["42", "51.5", "38", "77", "64", "80.25", "33", "102", "47"],
                    ),
                    series(
                        "95th percentile",
                        &["142", "181", "99", "260", "203", "310", "120", "388", "165"],
                    ),
                ],
            )
        },
        Chart {
            unit: Some("%".to_owned()),
            additive: false,
            ..chart(
                ChartKind::Bar,
                "Growth by month",
                months(),
                vec![series(
                    "",
                    &[
                        "1.2", "0.4", "-0.8", "-1.9", "0.1", "2.2", "3.1", "0", "", "-0.4", "1.8",
                        "2.4",
                    ],
                )],
            )
        },
        chart(
            ChartKind::Bar,
            "Balance by account",
            categories(
                CategoryKind::Text,
                &["Savings account", "Credit card", "Pension fund", "Mortgage"],
            ),
            vec![series("", &["12000", "-840.5", "30250", "-21000"])],
        ),
        sixty_days_of_six(),
        Chart {
            x: "Day".to_owned(),
            unit: Some("kWh".to_owned()),
            ..chart(
                ChartKind::Line,
                "Solar power",
                months(),
                vec![
                    series(
                        "Roof",
                        &[
                            "12.1", "18.4", "", "33.0", "41.9", "44.2", "46.0", "40.1", "", "17",
                            "", "9.5",
                        ],
                    ),
                    series(
                        "Garden",
                        &[
                            "8", "9.5", "14", "19", "24", "27", "26.5", "22", "16", "11", "7",
                            "5.5",
                        ],
                    ),
                ],
            )
        },
        chart(
            ChartKind::Line,
            "A year of mornings",
            days(365),
            vec![Series {
                name: "Temperature".to_owned(),
                values: walk(3, 365),
            }],
        ),
        chart(
            ChartKind::Area,
            "Disk space",
            days(45),
            vec![
                Series {
                    name: "Used".to_owned(),
                    values: walk(9, 45),
                },
                Series {
                    name: "Cached".to_owned(),
                    values: walk(2, 45),
                },
            ],
        ),
        chart(
            ChartKind::Pie,
            "Visits by city",
            cities(),
            vec![series("Visits", &city_values)],
        ),
        chart(
            ChartKind::Figure,
            "Members",
            months(),
            vec![
                series(
                    "Members",
                    &[
                        "1204", "1240", "1322", "1410", "1500", "1640", "1720", "1800", "1850",
                        "1930", "2011", "2143",
                    ],
                ),
                series(
                    "Guests",
                    &[
                        "40", "80", "72", "91", "130", "122", "160", "171", "150", "190", "222",
                        "213",
                    ],
                ),
                series(
                    "Invited",
                    &[
                        "4", "8", "7", "9", "13", "12", "16", "17", "15", "19", "22", "",
                    ],
                ),
            ],
        ),
        chart(
            ChartKind::Table,
            "Visits by city",
            cities(),
            vec![
                series("Visits", &city_values),
                series(
                    "Share",
                    &[
                        "0.3", "0.2", "0.19", "", "0.1", "0.09", "0.05", "0.002", "1e-9",
                    ],
                ),
            ],
        ),
        chart(ChartKind::Bar, "Nothing", vec![], vec![]),
        chart(
            ChartKind::Line,
            "Nothing but gaps",
            months(),
            vec![series("", &["", "", "NaN"])],
        ),
        chart(
            ChartKind::Line,
            "One point",
            categories(CategoryKind::Number, &["7"]),
            vec![series("", &["42"])],
        ),
        chart(
            ChartKind::Bar,
            "All equal",
            categories(CategoryKind::Number, &["1", "2", "3"]),
            vec![series("", &["5", "5", "5"])],
        ),
        chart(
            ChartKind::Line,
            "Huge and tiny",
            categories(CategoryKind::Number, &["1", "2", "3", "4"]),
            vec![series("", &["1e300", "-1e300", "1e-300", "1e400"])],
        ),
        chart(
            ChartKind::Pie,
            "A ring with a debt",
            categories(CategoryKind::Text, &["Have", "Owe"]),
            vec![series("", &["5", "-5"])],
        ),
        chart(
            ChartKind::Bar,
            "Ninety words",
            (0..90)
                .map(|index| Category {
                    label: format!("word {index}"),
                    kind: CategoryKind::Text,
                })
                .collect(),
            vec![Series {
                name: String::new(),
                values: (0..90)
                    .map(|index| Some(Number((900 - index * 10).to_string())))
                    .collect(),
            }],
        ),
        Chart {
            description: Some("<script>alert(1)</script>".to_owned()),
            unit: Some("\"><b>".to_owned()),
            x: "</svg><script>".to_owned(),
            ..chart(
                ChartKind::Line,
                &"A title of ten kilobytes & <b>markup</b> \u{202e}. ".repeat(200),
                categories(CategoryKind::Text, &["<i>", "</text>", "&amp;", "\"'"]),
                vec![
                    series(
                        "</title><img src=x onerror=alert(1)>",
                        &["1", "2", "3", "4"],
                    ),
                    series("]]>", &["4", "3", "<b>", "1"]),
                ],
            )
        },
    ]
}
