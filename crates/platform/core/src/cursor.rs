//! Pagination: cursors, which are opaque positions in a list, and the bounds of `limit`.
//!
//! A cursor grants no access: the query that uses it filters by the caller's permissions.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

/// Entries on a page when the caller names no limit.
pub const DEFAULT_LIMIT: i64 = 50;
/// The maximum number of entries on a page.
pub const MAX_LIMIT: i64 = 200;

/// The version of the format below. Cursors of other versions are rejected.
const VERSION: u8 = 1;
/// The longest text that is decoded, in bytes.
const MAX_LEN: usize = 4096;

/// The last entry of a page: the value that the list is ordered by, then the id, which orders
/// entries with equal values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// A position or an id; visible ASCII.
    pub order: String,
    /// The entry's id; visible ASCII.
    pub id: String,
}

/// The error of a text that is not a cursor of this list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("start again without the cursor")]
pub struct BadCursor;

/// The error of a text that is not a valid limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be a whole number from 1 to 200")]
pub struct BadLimit;

#[derive(Serialize, Deserialize)]
struct Wire<'a> {
    v: u8,
    l: std::borrow::Cow<'a, str>,
    o: std::borrow::Cow<'a, str>,
    i: std::borrow::Cow<'a, str>,
}

impl Cursor {
    /// The opaque text. `list` names the list and, where that matters, its
    /// scope and order: `events`, `items:spc_…`.
    #[must_use]
    pub fn encode(&self, list: &str) -> String {
        let wire = Wire {
            v: VERSION,
            l: list.into(),
            o: self.order.as_str().into(),
            i: self.id.as_str().into(),
        };
        // A struct of texts and a number always serializes.
        URL_SAFE_NO_PAD.encode(serde_json::to_vec(&wire).unwrap_or_default())
    }

    /// Parses the text that [`Cursor::encode`] made for the same list.
    ///
    /// # Errors
    /// [`BadCursor`] when it is another text, or contains characters other than visible ASCII:
    /// Postgres rejects a NUL, which would become an internal error.
    pub fn decode(list: &str, text: &str) -> Result<Self, BadCursor> {
        if text.len() > MAX_LEN {
            return Err(BadCursor);
        }
        let json = URL_SAFE_NO_PAD.decode(text).map_err(|_| BadCursor)?;
        let wire: Wire<'_> = serde_json::from_slice(&json).map_err(|_| BadCursor)?;
        if wire.v != VERSION || wire.l != list || !is_plain(&wire.o) || !is_plain(&wire.i) {
            return Err(BadCursor);
        }
        Ok(Self {
            order: wire.o.into_owned(),
            id: wire.i.into_owned(),
        })
    }

    /// [`Cursor::order`] as a decimal for Postgres, such as `-1.25`.
    ///
    /// # Errors
    /// [`BadCursor`] when it is not a decimal: the cursor was forged.
    pub fn decimal(&self) -> Result<&str, BadCursor> {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
        let unsigned = self.order.strip_prefix('-').unwrap_or(&self.order);
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
        if digits(whole) && digits(fraction) {
            Ok(&self.order)
        } else {
            Err(BadCursor)
        }
    }
}

fn is_plain(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_graphic())
}

/// Parses `?limit=`: 1 to 200, 50 when absent.
///
/// # Errors
/// [`BadLimit`] when it is not a number or out of these bounds.
pub fn limit(text: Option<&str>) -> Result<i64, BadLimit> {
    let Some(text) = text else {
        return Ok(DEFAULT_LIMIT);
    };
    if !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(BadLimit);
    }
    text.parse()
        .ok()
        .filter(|n| (1..=MAX_LIMIT).contains(n))
        .ok_or(BadLimit)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_cursor_reads_back_for_its_own_list_only(order in "[!-~]{1,60}", id in "[!-~]{1,60}") {
            let cursor = Cursor { order, id };
            let text = cursor.encode("events");
            prop_assert_eq!(Cursor::decode("members", &text), Err(BadCursor));
            prop_assert_eq!(Cursor::decode("events", &text), Ok(cursor));
        }

        #[test]
        fn any_text_is_read_without_panic(text: String) {
            let _ = Cursor::decode("events", &text);
            let _ = limit(Some(&text));
        }
    }

    fn forged(json: &str) -> String {
        URL_SAFE_NO_PAD.encode(json)
    }

    #[test]
    fn a_forged_cursor_is_refused() {
        assert!(Cursor::decode("e", &forged(r#"{"v":1,"l":"e","o":"a","i":"b"}"#)).is_ok());
        for text in [
            String::new(),
            "not base64".to_owned(),
            forged(""),
            forged("[]"),
            forged(r#"{"v":2,"l":"e","o":"a","i":"b"}"#),
            forged(r#"{"v":1,"l":"e","o":"a"}"#),
            forged(r#"{"v":1,"l":"e","o":"","i":"b"}"#),
            forged(r#"{"v":1,"l":"e","o":"a\u0000","i":"b"}"#),
            forged(r#"{"v":1,"l":"e","o":"a","i":"ü"}"#),
            forged(&format!(
                r#"{{"v":1,"l":"e","o":"{}","i":"b"}}"#,
                "a".repeat(MAX_LEN)
            )),
        ] {
            assert_eq!(Cursor::decode("e", &text), Err(BadCursor), "{text}");
        }
    }

    #[test]
    fn a_decimal_must_be_one_the_database_reads() {
        let at = |order: &str| {
            let (order, id) = (order.to_owned(), "x".to_owned());
            Cursor { order, id }.decimal().map(str::to_owned)
        };
        for good in ["0", "1.5", "-2", "-0.25", "00012.3400"] {
            assert_eq!(at(good).as_deref(), Ok(good));
        }
        for bad in ["", "-", ".", "1.", ".5", "1.2.3", "--1", "1e9", "NaN", "x"] {
            assert_eq!(at(bad), Err(BadCursor), "{bad}");
        }
    }

    #[test]
    fn a_limit_is_between_1_and_200() {
        assert_eq!(limit(None), Ok(50));
        assert_eq!(limit(Some("1")), Ok(1));
        assert_eq!(limit(Some("200")), Ok(200));
        for text in [
            "",
            "0",
            "201",
            "-1",
            "+5",
            " 5",
            "5.0",
            "x",
            "99999999999999999999",
        ] {
            assert_eq!(limit(Some(text)), Err(BadLimit), "{text}");
        }
    }
}
