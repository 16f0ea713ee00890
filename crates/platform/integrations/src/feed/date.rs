//! Times of feeds: RFC 822 with its successors, and RFC 3339 with the shorter forms of W3C.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use prox_types::Timestamp;

/// The time that a text names. A time without a zone, or with an unknown one, is read as UTC.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    internet_date(text).or_else(|| mail_date(text))
}

/// `2026-03-07T09:05:00.5+01:00`, `2026-03-07 09:05Z` or `2026-03-07`.
fn internet_date(text: &str) -> Option<Timestamp> {
    let (date, rest) = text.split_at_checked(10)?;
    let mut parts = date.split('-');
    let date = (
        number(parts.next()?, 4)?,
        number(parts.next()?, 2)?,
        number(parts.next()?, 2)?,
    );
    if rest.is_empty() {
        return at(date, (0, 0, 0), 0);
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let zone = rest.find(|c: char| !c.is_ascii_digit() && !matches!(c, ':' | '.' | ','));
    let (time, zone) = rest.split_at_checked(zone.unwrap_or(rest.len()))?;
    at(date, time_of_day(time)?, offset(zone.trim())?)
}

/// `Sat, 07 Mar 2026 09:05:00 +0100`, also without a weekday, seconds or zone, or with two digits of the
/// year.
fn mail_date(text: &str) -> Option<Timestamp> {
    let mut words = text
        .split(|c: char| c.is_whitespace() || c == ',')
        .filter(|word| !word.is_empty())
        .skip_while(|word| !word.starts_with(|c: char| c.is_ascii_digit()));
    let day = words.next()?;
    let day = number(day, day.len().clamp(1, 2))?;
    let month = words.next()?.to_ascii_lowercase();
    let names = "janfebmaraprmayjunjulaugsepoctnovdec";
    let place = names.find(month.get(..3)?).filter(|at| at % 3 == 0)?;
    let year = words.next()?;
    let year = match (number(year, year.len())?, year.len()) {
        (year, 2) if year < 50 => 2000 + year,
        (year, 2 | 3) => 1900 + year,
        (year, 4) => year,
        _ => return None,
    };
    let date = (year, i16::try_from(place / 3 + 1).ok()?, day);
    match words.next() {
        None => at(date, (0, 0, 0), 0),
        Some(time) => at(
            date,
            time_of_day(time)?,
            offset(words.next().unwrap_or_default())?,
        ),
    }
}

/// A number of that many digits.
fn number(text: &str, digits: usize) -> Option<i16> {
    let is_number = text.len() == digits && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
}

/// Hours, minutes and seconds. Fractions of a second do not count, and a leap second is the one before it.
fn time_of_day(text: &str) -> Option<(i16, i16, i16)> {
    let mut parts = text.split(':');
    let hour = parts.next()?;
    let hour = number(hour, hour.len().clamp(1, 2))?;
    let minute = number(parts.next()?, 2)?;
    let second = match parts.next() {
        None => 0,
        Some(text) => number(text.split(['.', ',']).next()?, 2)?,
    };
    let second = if second == 60 { 59 } else { second };
    parts.next().is_none().then_some((hour, minute, second))
}

/// The minutes of a time zone east of Greenwich: a number, or one of the names in RFC 822.
fn offset(zone: &str) -> Option<i64> {
    const NAMES: [(&str, i64); 8] = [
        ("EST", -5),
        ("EDT", -4),
        ("CST", -6),
        ("CDT", -5),
        ("MST", -7),
        ("MDT", -6),
        ("PST", -8),
        ("PDT", -7),
    ];
    if let Some((_, hours)) = NAMES
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(zone))
    {
        return Some(hours * 60);
    }
    let zone = zone.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let (sign, digits) = match (zone.strip_prefix('+'), zone.strip_prefix(['-', '\u{2212}'])) {
        (Some(digits), _) => (1, digits),
        (_, Some(digits)) => (-1, digits),
        // A name.
        _ => return Some(0),
    };
    let digits: String = digits.chars().filter(|c| *c != ':').collect();
    let (hours, minutes) = match digits.len() {
        2 => (number(&digits, 2)?, 0),
        4 => (number(digits.get(..2)?, 2)?, number(digits.get(2..)?, 2)?),
        _ => return None,
    };
    (hours < 24 && minutes < 60).then(|| sign * (i64::from(hours) * 60 + i64::from(minutes)))
}

fn at(
    (year, month, day): (i16, i16, i16),
    (hour, minute, second): (i16, i16, i16),
    offset: i64,
) -> Option<Timestamp> {
    let small = |number: i16| i8::try_from(number).ok();
    let local = DateTime::new(
        year,
        small(month)?,
        small(day)?,
        small(hour)?,
        small(minute)?,
        small(second)?,
        0,
    );
    let local = TimeZone::UTC.to_timestamp(local.ok()?).ok()?;
    Timestamp::from_second(local.as_second() - offset * 60).ok()
}
