//! Dates, times of day and points in time as text.

use jiff::Timestamp;
use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use serde::{Deserialize, Serialize};

use prox_types::DateOrder;

/// What a text of a date and perhaps a time has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum StampKind {
    /// Only a date.
    Date,
    /// Date and time without an offset from UTC.
    Datetime,
    /// Date and time with an offset from UTC.
    Timestamp,
}

/// A text that has the shape of a date, with or without a time. It need not exist.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stamp {
    pub(crate) kind: StampKind,
    /// Whether the year has two digits.
    pub(crate) short_year: bool,
    year_first: bool,
    parts: [i16; 3],
    time: Option<Time>,
    /// Offset from UTC in seconds.
    offset: i32,
    /// Whether time and offset exist.
    valid: bool,
}

/// Takes up to `most` digits from the beginning: their value, how many they are, and the rest.
fn number(text: &[u8], most: usize) -> Option<(i16, usize, &[u8])> {
    let count = text
        .iter()
        .take(most + 1)
        .take_while(|it| it.is_ascii_digit())
        .count();
    if count == 0 || count > most {
        return None;
    }
    let (digits, rest) = text.split_at_checked(count)?;
    let value = digits
        .iter()
        .fold(0, |sum, it| sum * 10 + i16::from(it - b'0'));
    Some((value, count, rest))
}

impl Stamp {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = text.as_bytes();
        if !(6..=45).contains(&text.len()) {
            return None;
        }
        let (first, first_length, rest) = number(text, 4)?;
        let (separator, rest) = rest.split_first()?;
        let (second, second_length, rest) = number(rest, 2)?;
        let (again, rest) = rest.split_first()?;
        let (third, third_length, rest) = number(rest, 4)?;
        if separator != again {
            return None;
        }
        let lengths = [first_length, second_length, third_length];
        let (year_first, short_year) = match (separator, lengths) {
            (b'-', [4, 2, 2]) | (b'/', [4, _, 1 | 2]) => (true, false),
            (b'-' | b'/' | b'.', [1 | 2, _, 4]) => (false, false),
            (b'-' | b'.', [2, 2, 2]) | (b'/', [1 | 2, _, 2]) => (false, true),
            _ => return None,
        };
        let mut stamp = Self {
            kind: StampKind::Date,
            short_year,
            year_first,
            parts: [first, second, third],
            time: None,
            offset: 0,
            valid: true,
        };
        let Some((separator, rest)) = rest.split_first() else {
            return Some(stamp);
        };
        if !matches!(separator, b'T' | b't' | b' ') {
            return None;
        }
        let end = rest
            .iter()
            .position(|it| !(it.is_ascii_digit() || matches!(it, b':' | b'.')))
            .unwrap_or(rest.len());
        let (time, zone) = rest.split_at_checked(end)?;
        let time = parse_time(time)?;
        stamp.time = time;
        stamp.valid = time.is_some();
        stamp.kind = StampKind::Datetime;
        if !zone.is_empty() {
            let offset = parse_offset(zone)?;
            stamp.kind = StampKind::Timestamp;
            stamp.valid &= offset.is_some();
            stamp.offset = offset.unwrap_or_default();
        }
        Some(stamp)
    }

    /// The date in an order of its parts. Dates that begin with a year of four digits need none.
    fn date(&self, order: Option<DateOrder>) -> Option<Date> {
        let [first, second, third] = self.parts;
        let (year, month, day) = if self.year_first {
            (first, second, third)
        } else {
            match order? {
                DateOrder::DayMonthYear => (third, second, first),
                DateOrder::MonthDayYear => (third, first, second),
                DateOrder::YearMonthDay if self.short_year => (first, second, third),
                DateOrder::YearMonthDay => return None,
            }
        };
        // As POSIX and Excel's neighbours do: 69 to 99 are of the last century.
        let year = match year {
            69..=99 if self.short_year => year + 1900,
            _ if self.short_year => year + 2000,
            _ => year,
        };
        if year < 1 {
            return None;
        }
        let day = i8::try_from(day).ok()?;
        Date::new(year, i8::try_from(month).ok()?, day).ok()
    }

    /// The stamp as canonical text: `2024-05-01`, `2024-05-01T10:00:00`, or
    /// `2024-05-01T08:00:00Z` in UTC. `None` when it does not exist in this order.
    pub(crate) fn text(&self, order: Option<DateOrder>) -> Option<String> {
        let date = self.date(order)?;
        if !self.valid {
            return None;
        }
        let Some(time) = self.time else {
            return Some(date.to_string());
        };
        let local = DateTime::from_parts(date, time);
        if self.kind == StampKind::Datetime {
            return Some(local.to_string());
        }
        self.point(local).map(|it| it.to_string())
    }

    fn point(&self, local: DateTime) -> Option<Timestamp> {
        let offset = Offset::from_seconds(self.offset).ok()?;
        let point = offset.to_timestamp(local).ok()?;
        (Offset::UTC.to_datetime(point).year() >= 1).then_some(point)
    }

    /// Whether the stamp exists in an order of its parts.
    pub(crate) fn exists(&self, order: Option<DateOrder>) -> bool {
        let Some(date) = self.date(order) else {
            return false;
        };
        match (self.kind, self.time) {
            _ if !self.valid => false,
            (StampKind::Timestamp, Some(time)) => {
                self.point(DateTime::from_parts(date, time)).is_some()
            }
            _ => true,
        }
    }
}

/// Parses `h:mm`, `hh:mm:ss` and fractions of up to nine digits. The outer `None`: it does not
/// have the shape of a time; the inner one: the time does not exist, such as 24:00.
fn parse_time(text: &[u8]) -> Option<Option<Time>> {
    let (hour, _, rest) = number(text, 2)?;
    let rest = rest.strip_prefix(b":")?;
    let (minute, 2, rest) = number(rest, 2)? else {
        return None;
    };
    let (second, rest) = match rest.strip_prefix(b":") {
        Some(rest) => {
            let (second, 2, rest) = number(rest, 2)? else {
                return None;
            };
            (second, rest)
        }
        None if rest.is_empty() => (0, rest),
        None => return None,
    };
    let mut nanoseconds = 0;
    if let Some(digits) = rest.strip_prefix(b".") {
        if digits.is_empty() || digits.len() > 9 || !digits.iter().all(u8::is_ascii_digit) {
            return None;
        }
        let padded = digits.iter().chain(std::iter::repeat(&b'0')).take(9);
        nanoseconds = padded.fold(0, |sum, it| sum * 10 + i32::from(it - b'0'));
    } else if !rest.is_empty() {
        return None;
    }
    let part = |it: i16| i8::try_from(it).unwrap_or(i8::MAX);
    Some(Time::new(part(hour), part(minute), part(second), nanoseconds).ok())
}

/// Parses `Z`, ` UTC`, `+02:00`, `+0200` and `+02`, in seconds. The outer `None`: it does not have
/// the shape of an offset; the inner one: it is further from UTC than 15:59.
fn parse_offset(text: &[u8]) -> Option<Option<i32>> {
    if text.eq_ignore_ascii_case(b"z") || text == b" UTC" {
        return Some(Some(0));
    }
    let text = text.strip_prefix(b" ").unwrap_or(text);
    let (sign, rest) = text.split_first()?;
    let sign = match sign {
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let (hours, minutes) = match *rest {
        [a, b] => ([a, b], [b'0', b'0']),
        [a, b, c, d] | [a, b, b':', c, d] => ([a, b], [c, d]),
        _ => return None,
    };
    let (hours, 2, []) = number(&hours, 2)? else {
        return None;
    };
    let (minutes, 2, []) = number(&minutes, 2)? else {
        return None;
    };
    let seconds = i32::from(hours) * 3600 + i32::from(minutes) * 60;
    Some((hours <= 15 && minutes <= 59).then_some(sign * seconds))
}

/// A time of day as canonical text, `10:30:00`. `None` when the text is not one.
pub(crate) fn time_text(text: &str) -> Option<String> {
    parse_time(text.as_bytes())?.map(|it| it.to_string())
}

/// Whether the text is a time of day.
pub(crate) fn is_time(text: &str) -> bool {
    matches!(parse_time(text.as_bytes()), Some(Some(_)))
}
