//! Makes JSON from outside storable: replaces characters that Postgres cannot store by U+FFFD.

use std::borrow::Cow;

use prox_types::JsonText;

/// Replaces the escape of each lone surrogate (`\ud83d` without its second half) by that of
/// U+FFFD. Such escapes come from programs that cut texts in the middle of a character; JSON
/// allows them (RFC 8259, 8.2), but they are not Unicode text, and serde_json refuses them.
#[must_use]
pub fn replace_lone_surrogates(json: &[u8]) -> Cow<'_, [u8]> {
    let mut fixed = Cow::Borrowed(json);
    let mut at = 0;
    while let Some(found) = json
        .get(at..)
        .and_then(|rest| rest.iter().position(|b| *b == b'\\'))
    {
        at += found;
        at += match escaped_unit(json, at) {
            Some(0xd800..=0xdbff)
                if matches!(escaped_unit(json, at + 6), Some(0xdc00..=0xdfff)) =>
            {
                12
            }
            Some(0xd800..=0xdfff) => {
                if let Some(digits) = fixed.to_mut().get_mut(at + 2..at + 6) {
                    digits.copy_from_slice(b"fffd");
                }
                6
            }
            // Another escape has two bytes, also that of a backslash.
            _ => 2,
        };
    }
    fixed
}

/// The UTF-16 code unit of a `\uXXXX` at a position.
fn escaped_unit(json: &[u8], at: usize) -> Option<u16> {
    let digits = json.get(at..at + 6)?.strip_prefix(b"\\u")?;
    let digits = std::str::from_utf8(digits).ok()?;
    let is_hex = digits.bytes().all(|b| b.is_ascii_hexdigit());
    is_hex.then(|| u16::from_str_radix(digits, 16).ok())?
}

/// Replaces U+0000 in every text and key by U+FFFD, because Postgres refuses it and
/// no document from outside may make a write fail. Numbers keep all their digits.
#[must_use]
pub fn storable(json: JsonText) -> JsonText {
    let text = json.as_str().as_bytes();
    let mut fixed = Cow::Borrowed(text);
    let mut at = 0;
    while let Some(found) = text
        .get(at..)
        .and_then(|rest| rest.iter().position(|b| *b == b'\\'))
    {
        at += found;
        if escaped_unit(text, at) == Some(0) {
            if let Some(digits) = fixed.to_mut().get_mut(at + 2..at + 6) {
                digits.copy_from_slice(b"fffd");
            }
            at += 6;
        } else {
            at += 2;
        }
    }
    match fixed {
        Cow::Borrowed(_) => json,
        Cow::Owned(bytes) => String::from_utf8(bytes)
            .ok()
            .and_then(|text| JsonText::parse(text).ok())
            .unwrap_or(json),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lone_surrogates_become_replacement_characters() {
        for (written, expected) in [
            (r#"\ud83d"#, "\u{fffd}"),
            (r#"a\uD83Db"#, "a\u{fffd}b"),
            (r#"\ude00"#, "\u{fffd}"),
            (r#"\ud83d\ude00"#, "😀"),
            (r#"\ud83d\ud83d\ude00"#, "\u{fffd}😀"),
            (r#"\ude00\ud83d"#, "\u{fffd}\u{fffd}"),
            (r#"\ud83d\n"#, "\u{fffd}\n"),
            (r#"\\ud83d"#, "\\ud83d"),
            (r#"\\\ud83d"#, "\\\u{fffd}"),
            (r#"\u00e9"#, "é"),
        ] {
            let json = format!("\"{written}\"");
            let fixed = replace_lone_surrogates(json.as_bytes());
            let text: String = serde_json::from_slice(&fixed).unwrap();
            assert_eq!(text, expected, "{written}");
        }
        for broken in [r#""\ud8"#, r#""\u+83d""#, "\\", "\\u"] {
            let fixed = replace_lone_surrogates(broken.as_bytes());
            assert_eq!(&*fixed, broken.as_bytes());
        }
    }

    proptest! {
        #[test]
        fn valid_json_stays_as_it_is(text: String) {
            let json = serde_json::to_vec(&text).unwrap();
            prop_assert!(matches!(replace_lone_surrogates(&json), Cow::Borrowed(_)));
        }

        #[test]
        fn any_escapes_in_a_text_become_readable(escapes in proptest::collection::vec(0u16.., 0..8)) {
            let inner: String = escapes.iter().map(|unit| format!("\\u{unit:04x}")).collect();
            let json = format!("\"{inner}\"");
            let text: String = serde_json::from_slice(&replace_lone_surrogates(json.as_bytes())).unwrap();
            prop_assert_eq!(text, String::from_utf16_lossy(&escapes));
        }
    }

    #[test]
    fn storable_json_keeps_its_numbers() {
        let json = r#"{"a\u0000":[1e400,{"b":["\u0000\\u0000"]}]}"#;
        let json = storable(JsonText::parse(json.to_owned()).unwrap());
        assert_eq!(
            json.as_str(),
            r#"{"a\ufffd":[1e400,{"b":["\ufffd\\u0000"]}]}"#
        );
    }
}
