//! Dates on the category axis, as short as their neighbours allow.

use crate::chart::{Category, CategoryKind};

const MONTHS: [&str; 12] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
];

/// The parts of a date; a part that its text does not have is that of the beginning.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Parts<'a> {
    year: &'a str,
    month: u8,
    day: u8,
    /// `14:30`.
    time: &'a str,
    finest: Unit,
}

/// What the categories count.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unit {
    Year,
    Month,
    Day,
    Time,
}

/// The labels of an axis of dates.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Dates {
    /// On the axis.
    pub(crate) short: Vec<String>,
    /// In sentences.
    pub(crate) full: Vec<String>,
    /// What all of them share, such as the year, which the name of the axis says.
    pub(crate) shared: Option<String>,
    /// Which of them may be on the axis: of the days of several months, the first ones.
    pub(crate) marks: Vec<usize>,
}

/// More days than these are labelled by their months.
const MAX_DAYS: usize = 62;

impl Dates {
    /// None when one of the categories is not a date.
    pub(crate) fn of<'a>(categories: impl Iterator<Item = &'a Category>) -> Option<Self> {
        let dates: Vec<Parts<'_>> = categories
            .map(|category| match category.kind {
                CategoryKind::Date => parts(&category.label),
                CategoryKind::Text | CategoryKind::Number => None,
            })
            .collect::<Option<_>>()?;
        let first = dates.first()?;
        let unit = unit(&dates);
        let is_one_year = dates.iter().all(|date| date.year == first.year);
        let day = (first.month, first.day);
        let is_one_day = is_one_year && dates.iter().all(|date| (date.month, date.day) == day);
        let has_time = unit == Unit::Time;
        let shared = match unit {
            Unit::Year => None,
            Unit::Time if is_one_day => Some(first.full(Unit::Day)),
            _ => is_one_year.then(|| first.year.to_owned()),
        };
        let is_by_month = unit == Unit::Day && dates.len() > MAX_DAYS;
        let marks = (0..)
            .zip(&dates)
            .filter(|(_, date)| !is_by_month || date.day == 1);
        let marks = marks.map(|(index, _)| index).collect();
        let axis_unit = if is_by_month { Unit::Month } else { unit };
        let short = dates.iter().map(|date| match axis_unit {
            Unit::Time if is_one_day => date.time.to_owned(),
            _ => date.short(axis_unit, is_one_year),
        });
        Some(Self {
            short: short.collect(),
            full: dates
                .iter()
                .map(|date| match has_time {
                    true => format!("{}, {}", date.full(Unit::Day), date.time),
                    false => date.full(unit),
                })
                .collect(),
            shared,
            marks,
        })
    }
}

impl Parts<'_> {
    fn month_name(&self) -> &'static str {
        MONTHS
            .get(usize::from(self.month).saturating_sub(1))
            .copied()
            .unwrap_or_default()
    }

    fn without_year(&self, unit: Unit) -> String {
        match unit {
            Unit::Year | Unit::Month => self.month_name().to_owned(),
            Unit::Day => format!("{} {}", self.day, self.month_name()),
            Unit::Time => format!("{} {}, {}", self.day, self.month_name(), self.time),
        }
    }

    /// `5 Jan`, or `5 Jan ’26` where years differ.
    fn short(&self, unit: Unit, is_one_year: bool) -> String {
        match (unit, is_one_year) {
            (Unit::Year, _) => self.year.to_owned(),
            (_, true) => self.without_year(unit),
            (_, false) => format!(
                "{} ’{}",
                self.without_year(unit),
                self.year.get(2..).unwrap_or_default()
            ),
        }
    }

    /// `5 Jan 2026`, for all units but times.
    fn full(&self, unit: Unit) -> String {
        match unit {
            Unit::Year => self.year.to_owned(),
            _ => format!("{} {}", self.without_year(unit), self.year),
        }
    }
}

/// The coarsest unit that tells all dates apart. A single date is as fine as its text.
fn unit(dates: &[Parts<'_>]) -> Unit {
    let finest = dates.iter().map(|date| date.finest).max();
    let finest = finest.unwrap_or(Unit::Day);
    if dates.len() < 2 {
        return finest;
    }
    let coarsest = if dates.iter().any(|date| date.time != MIDNIGHT) {
        Unit::Time
    } else if dates.iter().any(|date| date.day != 1) {
        Unit::Day
    } else if dates.iter().any(|date| date.month != 1) {
        Unit::Month
    } else {
        Unit::Year
    };
    finest.min(coarsest)
}

const MIDNIGHT: &str = "00:00";

/// Reads `2026`, `2026-03`, `2026-03-07` and `2026-03-07T14:30…`, also with a space before the time.
fn parts(text: &str) -> Option<Parts<'_>> {
    let (date, time) = match text.split_once(['T', ' ']) {
        // Buckets of seconds would get equal labels.
        Some((_, rest)) if rest.get(5..8).is_some_and(is_second) => return None,
        Some((date, rest)) => (date, rest.get(..5)),
        None => (text, Some(MIDNIGHT)),
    };
    let time = time.filter(|time| is_like(time, "00:00"))?;
    let has_time = date.len() < text.len();
    let (year, month, day, unit) = match date.len() {
        4 if is_like(date, "0000") => (date, 1, 1, Unit::Year),
        7 if is_like(date, "0000-00") => (date.get(..4)?, two(date, 5)?, 1, Unit::Month),
        10 if is_like(date, "0000-00-00") => {
            (date.get(..4)?, two(date, 5)?, two(date, 8)?, Unit::Day)
        }
        _ => return None,
    };
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || (has_time && unit != Unit::Day) {
        return None;
    }
    Some(Parts {
        year,
        month,
        day,
        time,
        finest: if has_time { Unit::Time } else { unit },
    })
}

/// `:30`, but not `:00`.
fn is_second(text: &str) -> bool {
    is_like(text, ":00") && text != ":00"
}

/// Whether a text has a digit for each digit of a pattern, and its other characters.
fn is_like(text: &str, pattern: &str) -> bool {
    text.len() == pattern.len()
        && text.bytes().zip(pattern.bytes()).all(|(byte, wanted)| {
            if wanted == b'0' {
                byte.is_ascii_digit()
            } else {
                byte == wanted
            }
        })
}

fn two(text: &str, from: usize) -> Option<u8> {
    text.get(from..from + 2)?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dates(texts: &[&str]) -> Option<Dates> {
        let categories: Vec<_> = texts
            .iter()
            .map(|text| Category {
                label: (*text).to_owned(),
                kind: CategoryKind::Date,
            })
            .collect();
        Dates::of(categories.iter())
    }

    #[test]
    fn dates_are_as_short_as_their_neighbours_allow() {
        for (texts, labels, shared) in [
            (&["2024", "2025"][..], "2024 | 2025", None),
            (&["2024-01-01", "2025-01-01"], "2024 | 2025", None),
            (&["2026-01", "2026-02"], "Jan | Feb", Some("2026")),
            (
                &["2026-01-01T00:00:00+00:00", "2026-02-01T00:00:00+00:00"],
                "Jan | Feb",
                Some("2026"),
            ),
            (&["2025-12", "2026-01"], "Dec ’25 | Jan ’26", None),
            (
                &["2026-01-05", "2026-01-12"],
                "5 Jan | 12 Jan",
                Some("2026"),
            ),
            (
                &["2025-12-29", "2026-01-05"],
                "29 Dec ’25 | 5 Jan ’26",
                None,
            ),
            (
                &["2026-01-05 13:00:00", "2026-01-05 14:00:00"],
                "13:00 | 14:00",
                Some("5 Jan 2026"),
            ),
            (
                &["2026-01-05T23:00Z", "2026-01-06T00:00Z"],
                "5 Jan, 23:00 | 6 Jan, 00:00",
                Some("2026"),
            ),
            (&["2026-01-01"], "1 Jan", Some("2026")),
            (&["2026"], "2026", None),
        ] {
            let dates = dates(texts).unwrap();
            assert_eq!(dates.short.join(" | "), labels);
            assert_eq!(dates.shared.as_deref(), shared);
        }
    }

    #[test]
    fn sentences_have_whole_dates() {
        for (texts, full) in [
            (&["2026"][..], "2026"),
            (&["2026-02", "2026-03"], "Feb 2026 | Mar 2026"),
            (&["2026-01-05"], "5 Jan 2026"),
            (
                &["2026-01-05T13:00", "2026-01-05T14:00"],
                "5 Jan 2026, 13:00 | 5 Jan 2026, 14:00",
            ),
        ] {
            assert_eq!(dates(texts).unwrap().full.join(" | "), full);
        }
    }

    #[test]
    fn days_of_many_months_are_labelled_at_the_first() {
        let texts: Vec<String> = (1..=3)
            .flat_map(|month| (1..=28).map(move |day| format!("2026-{month:02}-{day:02}")))
            .collect();
        let dates = dates(&texts.iter().map(String::as_str).collect::<Vec<_>>()).unwrap();
        assert_eq!(dates.marks, [0, 28, 56]);
        assert_eq!(dates.short[28], "Feb");
        assert_eq!(dates.full[29], "2 Feb 2026");
    }

    #[test]
    fn other_texts_are_not_dates() {
        for text in [
            "",
            "today",
            "2026-Q1",
            "2026-13",
            "2026-1-1",
            "2026-00-01",
            "20260101",
            "2026-01-01T",
            "2026-01T10:00",
            "٢٠٢٦",
            "2026-01-01T1é:00",
            "2026-01-01T10:00:30",
        ] {
            assert_eq!(dates(&["2026-01-01", text]), None, "{text}");
        }
        assert_eq!(dates(&[]), None);
    }
}
