//! Dates as pages show them, in UTC.
//!
//! Three fixed forms; a formatter that reads patterns would cost the worker 13 kB.

use jiff::civil::{DateTime, Weekday};
use jiff::tz::TimeZone;
use prox_types::Timestamp;

/// `7 March 2026`.
pub(crate) fn in_words(at: Timestamp) -> String {
    let at = civil(at);
    format!("{} {} {}", at.day(), month(at), at.year())
}

/// `2026-03-07`.
pub(crate) fn iso(at: Timestamp) -> String {
    civil(at).date().to_string()
}

/// `Sat, 07 Mar 2026 09:05:00 +0000`: RFC 822 with a four-digit year.
pub(crate) fn rfc822(at: Timestamp) -> String {
    let at = civil(at);
    let short: String = month(at).chars().take(3).collect();
    format!(
        "{}, {:02} {short} {:04} {:02}:{:02}:{:02} +0000",
        weekday(at),
        at.day(),
        at.year(),
        at.hour(),
        at.minute(),
        at.second(),
    )
}

fn civil(at: Timestamp) -> DateTime {
    TimeZone::UTC.to_datetime(at)
}

fn month(at: DateTime) -> &'static str {
    match at.month() {
        1 => "January",
        2 => "February",
        3 => "March",
        4 => "April",
        5 => "May",
        6 => "June",
        7 => "July",
        8 => "August",
        9 => "September",
        10 => "October",
        11 => "November",
        _ => "December",
    }
}

fn weekday(at: DateTime) -> &'static str {
    match at.weekday() {
        Weekday::Monday => "Mon",
        Weekday::Tuesday => "Tue",
        Weekday::Wednesday => "Wed",
        Weekday::Thursday => "Thu",
        Weekday::Friday => "Fri",
        Weekday::Saturday => "Sat",
        Weekday::Sunday => "Sun",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_written_in_utc_with_and_without_zeros() {
        let at: Timestamp = "2026-03-07T23:05:09.5+01:00".parse().unwrap();
        assert_eq!(in_words(at), "7 March 2026");
        assert_eq!(iso(at), "2026-03-07");
        assert_eq!(rfc822(at), "Sat, 07 Mar 2026 22:05:09 +0000");
    }

    #[test]
    fn dates_equal_those_of_the_library() {
        let begin: Timestamp = "1999-12-30T00:00:00Z".parse().unwrap();
        for day in 0..800 {
            let at = begin + jiff::SignedDuration::from_hours(day * 24 + day % 24);
            assert_eq!(in_words(at), at.strftime("%-d %B %Y").to_string());
            assert_eq!(iso(at), at.strftime("%Y-%m-%d").to_string());
            let rfc = at.strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
            assert_eq!(rfc822(at), rfc);
        }
    }
}
