//! Parses times as the API writes them: RFC 3339 in UTC, with a `Z` at the end.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::de::Error as _;
use serde::{Deserialize as _, Deserializer};

use crate::Timestamp;

/// Deserializes a time that the API wrote, for `#[serde(deserialize_with)]` in types that a release
/// deserializes. The parser of `jiff` accepts many more forms, and its error messages would add
/// more than 10 kB to the compressed worker.
pub(crate) fn read<'de, D: Deserializer<'de>>(from: D) -> Result<Timestamp, D::Error> {
    let text = String::deserialize(from)?;
    parse(&text).ok_or_else(|| D::Error::custom("expected a time like 2026-03-07T09:05:00Z"))
}

fn parse(text: &str) -> Option<Timestamp> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let (time, fraction) = time.split_once('.').unwrap_or((time, "0"));
    let mut date = date.split('-');
    let mut time = time.split(':');
    let at = DateTime::new(
        date.next()?.parse().ok()?,
        date.next()?.parse().ok()?,
        date.next()?.parse().ok()?,
        time.next()?.parse().ok()?,
        time.next()?.parse().ok()?,
        time.next()?.parse().ok()?,
        format!("{fraction:0<9}").parse().ok()?,
    );
    let whole = date.next().is_none() && time.next().is_none();
    TimeZone::UTC.to_timestamp(at.ok().filter(|_| whole)?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn other_texts_are_no_times() {
        for text in [
            "",
            "Z",
            "2026-03-07",
            "2026-03-07T09:05:00",
            "2026-03-07T09:05Z",
            "2026-03-07T09:05:00:00Z",
            "2026-03-07-01T09:05:00Z",
            "2026-02-30T09:05:00Z",
            "2026-03-07T24:00:00Z",
            "2026-03-07T09:05:00.1234567890Z",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_written_timestamp_is_read(millis in 0..253_402_207_200_000_i64) {
            let at = Timestamp::from_millisecond(millis).unwrap();
            prop_assert_eq!(parse(&at.to_string()), Some(at));
            prop_assert_eq!(parse(&format!("{at:.3}")), Some(at));
        }

        #[test]
        fn any_text_is_read_without_panic(text: String) {
            let _ = parse(&text);
        }
    }
}
