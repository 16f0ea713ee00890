//! Renders captured bodies for people: JSON indented, text unchanged, other content as the
//! beginning of a hex dump. Does no I/O.

use std::fmt::Write as _;

use crate::decode::MAX_DECODED;
use crate::{Content, Encoding, Message};

/// The number of bytes in a hex dump.
const HEX: usize = 256;

/// The maximum size of indented JSON, in bytes: indentation can make deep JSON a hundred times
/// larger.
const MAX_INDENTED: usize = 4 * MAX_DECODED;

/// The characters of windows-1252 from 0x80 on. Browsers use this encoding for latin1.
const WINDOWS_1252: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ";

/// A body as text for people, and a note about it.
#[must_use]
pub fn body(message: &Message) -> (String, Option<String>) {
    let Some(content) = &message.body.content else {
        let note = match message.body.size {
            0 => None,
            size => Some(format!("{}, not kept", bytes(size))),
        };
        return (String::new(), note);
    };
    (text(message, content), content.note.clone())
}

fn text(message: &Message, content: &Content) -> String {
    let kind = message.header("content-type").unwrap_or_default();
    if content.encoding == Encoding::Base64 || content.data.contains('\0') {
        let bytes = content.bytes();
        return in_charset(kind, &bytes).unwrap_or_else(|| hex(&bytes));
    }
    let looks_like_json = kind.contains("json") || content.data.starts_with(['{', '[']);
    if looks_like_json && let Some(pretty) = indented(&content.data) {
        return pretty;
    }
    content.data.clone()
}

/// Decodes text in two other common encodings. None for any other.
fn in_charset(kind: &str, content: &[u8]) -> Option<String> {
    let kind = kind.to_ascii_lowercase();
    let (_, charset) = kind.split_once("charset=")?;
    let charset = charset.split(';').next()?.trim().trim_matches('"');
    match charset {
        "iso-8859-1" | "latin1" | "windows-1252" if !content.contains(&0) => {
            let special = |byte: u8| WINDOWS_1252.chars().nth(usize::from(byte - 0x80));
            let character = |&byte: &u8| match byte {
                0x80..=0x9F => special(byte).unwrap_or(char::REPLACEMENT_CHARACTER),
                byte => char::from(byte),
            };
            Some(content.iter().map(character).collect())
        }
        "utf-16" | "utf-16le" | "utf-16be" => {
            let (little, rest) = match content {
                [0xFF, 0xFE, rest @ ..] => (true, rest),
                [0xFE, 0xFF, rest @ ..] => (false, rest),
                rest => (charset == "utf-16le", rest),
            };
            let units = rest.chunks_exact(2).filter_map(|pair| {
                let pair = <[u8; 2]>::try_from(pair).ok()?;
                Some(if little {
                    u16::from_le_bytes(pair)
                } else {
                    u16::from_be_bytes(pair)
                })
            });
            Some(
                char::decode_utf16(units)
                    .map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER))
                    .collect(),
            )
        }
        _ => None,
    }
}

/// Indents JSON. None when the text is not JSON, or would become too large.
fn indented(data: &str) -> Option<String> {
    // The text is validated and then indented here, because a parsed document would change the
    // order of members and the digits of numbers.
    serde_json::from_str::<serde::de::IgnoredAny>(data).ok()?;
    let mut text = String::with_capacity(data.len() * 2);
    let mut depth = 0_usize;
    let mut characters = data.chars().peekable();
    let line = |text: &mut String, depth: usize| {
        text.push('\n');
        text.extend(std::iter::repeat_n("  ", depth));
    };
    while let Some(character) = characters.next() {
        if text.len() > MAX_INDENTED {
            return None;
        }
        match character {
            '"' => {
                text.push('"');
                while let Some(inner) = characters.next() {
                    text.push(inner);
                    match inner {
                        '\\' => text.extend(characters.next()),
                        '"' => break,
                        _ => {}
                    }
                }
            }
            '{' | '[' => {
                text.push(character);
                while characters
                    .next_if(|next| next.is_ascii_whitespace())
                    .is_some()
                {}
                if let Some(end) = characters.next_if(|next| matches!(next, '}' | ']')) {
                    text.push(end);
                } else {
                    depth += 1;
                    line(&mut text, depth);
                }
            }
            '}' | ']' => {
                depth = depth.saturating_sub(1);
                line(&mut text, depth);
                text.push(character);
            }
            ',' => {
                text.push(',');
                line(&mut text, depth);
            }
            ':' => text.push_str(": "),
            space if space.is_ascii_whitespace() => {}
            other => text.push(other),
        }
    }
    Some(text)
}

/// The first bytes in the format of `hexdump -C`.
fn hex(content: &[u8]) -> String {
    let mut text = String::new();
    let head = content.get(..HEX).unwrap_or(content);
    for (row, part) in head.chunks(16).enumerate() {
        let _ = write!(text, "{:08x} ", row * 16);
        for column in 0..16 {
            if column == 8 {
                text.push(' ');
            }
            match part.get(column) {
                Some(byte) => {
                    let _ = write!(text, " {byte:02x}");
                }
                None => text.push_str("   "),
            }
        }
        text.push_str("  |");
        text.extend(part.iter().map(|&byte| match byte {
            b' '..=b'~' => char::from(byte),
            _ => '.',
        }));
        text.push_str("|\n");
    }
    if content.len() > head.len() {
        let _ = writeln!(text, "… {} in all", bytes(content.len() as u64));
    }
    text
}

/// A number of bytes for people: `17 B`, `1.4 kB`, `12 MB`.
#[must_use]
pub fn bytes(count: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
    let mut value = count as f64;
    if count < 1000 {
        return format!("{count} B");
    }
    for unit in ["kB", "MB", "GB", "TB"] {
        value /= 1000.0;
        if value < 9.95 {
            return format!("{value:.1} {unit}");
        }
        if value < 999.5 {
            return format!("{value:.0} {unit}");
        }
    }
    format!("{value:.0} TB")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Header, Payload};

    fn message(kind: &str, content: Content) -> Message {
        Message {
            headers: vec![Header {
                name: "content-type".to_owned(),
                value: kind.to_owned(),
            }],
            body: Payload {
                size: 1,
                kept: 1,
                cut: false,
                content: Some(content),
            },
            ..Message::default()
        }
    }

    fn utf8(data: &str) -> Content {
        Content {
            encoding: Encoding::Utf8,
            data: data.to_owned(),
            note: None,
        }
    }

    #[test]
    fn json_is_indented_and_not_changed_otherwise() {
        let data = r#"{"b":1.50,"a":["x, {y}: \"z\"",{}, [ ],true], "n":12345678901234567890123}"#;
        let (text, _) = body(&message("application/problem+json", utf8(data)));
        assert_eq!(
            text,
            r#"{
  "b": 1.50,
  "a": [
    "x, {y}: \"z\"",
    {},
    [],
    true
  ],
  "n": 12345678901234567890123
}"#
        );
        let (text, _) = body(&message("application/json", utf8("{broken")));
        assert_eq!(text, "{broken");
        let (text, _) = body(&message("text/html", utf8("<p>a</p>")));
        assert_eq!(text, "<p>a</p>");
    }

    #[test]
    fn binary_content_is_shown_as_a_hex_dump() {
        let content = Content {
            encoding: Encoding::Base64,
            data: "/wBoZWxsbyB3b3JsZCE9PT0+".to_owned(),
            note: None,
        };
        let (text, _) = body(&message("image/png", content));
        assert_eq!(
            text,
            "00000000  ff 00 68 65 6c 6c 6f 20  77 6f 72 6c 64 21 3d 3d  |..hello world!==|\n\
             00000010  3d 3e                                             |=>|\n"
        );
    }

    #[test]
    fn a_text_in_a_declared_encoding_is_decoded() {
        let bytes = |bytes: &[u8]| Content::of(bytes.to_vec());
        let latin = bytes(b"caf\xE9 \x80\x9F");
        for (kind, content, text) in [
            ("text/html; charset=ISO-8859-1", latin.clone(), "café €Ÿ"),
            (
                "text/html; charset=\"windows-1252\"; x=y",
                latin.clone(),
                "café €Ÿ",
            ),
            (
                "text/plain; charset=utf-16",
                bytes(b"\xFF\xFEh\0\xE9\0"),
                "hé",
            ),
            ("text/plain; charset=utf-16be", bytes(b"\0h\0i"), "hi"),
            (
                "text/plain; charset=utf-16le",
                bytes(b"h\0\0\xD8i\0"),
                "h\u{FFFD}i",
            ),
        ] {
            assert_eq!(body(&message(kind, content)).0, text, "{kind}");
        }
        let unsaid = body(&message("text/html", latin)).0;
        assert!(unsaid.starts_with("00000000  63"), "{unsaid}");
    }

    #[test]
    fn deep_json_does_not_grow_without_bound() {
        let deep = format!(
            "{}{}1{}",
            "[".repeat(100),
            "1,".repeat(400_000),
            "]".repeat(100)
        );
        let (text, _) = body(&message("application/json", utf8(&deep)));
        assert_eq!(text.len(), deep.len());
    }

    #[test]
    fn sizes_are_short() {
        for (count, text) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (12_345, "12 kB"),
            (1_000_000, "1.0 MB"),
            (104_857_600, "105 MB"),
        ] {
            assert_eq!(bytes(count), text);
        }
    }

    proptest! {
        #[test]
        fn indenting_changes_no_meaning(value in json()) {
            let text = indented(&value.to_string()).unwrap();
            prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&text).unwrap(), value);
        }
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<i64>().prop_map(Into::into),
            any::<String>().prop_map(Into::into),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
                proptest::collection::hash_map(any::<String>(), inner, 0..5)
                    .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
            ]
        })
    }
}
