//! Character references: `&amp;`, `&#233;`, `&#xe9;`.
//!
//! Owns the numbers and the names that occur in titles and descriptions: all of Latin-1,
//! and typography. The other 2,000 names stay as they are written.

use super::tags::split_before;
use super::windows_1252;

/// Where a text stands: an attribute's value is read more strictly, for the sake of
/// addresses such as `?a=1&copy=2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Text,
    Attribute,
}

/// The text that a page means. NUL becomes U+FFFD, as in HTML.
pub(super) fn decode(written: &str, place: Place) -> String {
    let mut text = String::with_capacity(written.len());
    let mut rest = written;
    while let Some((before, after)) = rest.split_once('&') {
        text.push_str(before);
        let found = match after.strip_prefix('#') {
            Some(number) => numeric(number),
            None => named(after, place),
        };
        let (c, after) = found.unwrap_or(('&', after));
        text.push(c);
        rest = after;
    }
    text.push_str(rest);
    if text.contains('\0') {
        text = text.replace('\0', "\u{fffd}");
    }
    text
}

/// What stands for the digits after `&#`, and what follows them.
fn numeric(text: &str) -> Option<(char, &str)> {
    let (digits, radix) = match text.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16),
        None => (text, 10),
    };
    let rest = digits.trim_start_matches(|c: char| c.is_digit(radix));
    if rest.len() == digits.len() {
        return None;
    }
    let code = digits
        .chars()
        .map_while(|c| c.to_digit(radix))
        .fold(0u32, |code, digit| {
            code.saturating_mul(radix).saturating_add(digit)
        });
    let c = match u8::try_from(code) {
        Ok(0) => char::REPLACEMENT_CHARACTER,
        Ok(byte) => windows_1252(byte),
        Err(_) => char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER),
    };
    Some((c, rest.strip_prefix(';').unwrap_or(rest)))
}

/// What stands for the name after `&`, and what follows it.
fn named(text: &str, place: Place) -> Option<(char, &str)> {
    let (name, rest) = split_before(text, |c| !c.is_ascii_alphanumeric());
    if let Some(rest) = rest.strip_prefix(';') {
        return Some((find(name)?, rest));
    }
    // The oldest names count without a semicolon; in texts, also before more letters.
    if place == Place::Attribute {
        let c = find(name).filter(|c| is_old(*c) && !rest.starts_with('='))?;
        return Some((c, rest));
    }
    (2..=name.len().min(LONGEST_OLD)).rev().find_map(|length| {
        let (name, rest) = text.split_at_checked(length)?;
        Some((find(name).filter(|c| is_old(*c))?, rest))
    })
}

fn find(name: &str) -> Option<char> {
    let index = NAMES.binary_search_by_key(&name, |(name, _)| name).ok()?;
    NAMES.get(index).map(|(_, c)| *c)
}

/// Whether the semicolon may be missing after the names of a character.
fn is_old(c: char) -> bool {
    matches!(c, '&' | '<' | '>' | '"' | '\u{a0}'..='\u{ff}')
}

/// The length of `Agrave`, in bytes: of those names, none is longer.
const LONGEST_OLD: usize = 6;

/// Sorted by name.
#[rustfmt::skip]
const NAMES: &[(&str, char)] = &[
    ("AElig", 'Æ'),
    ("AMP", '&'),
    ("Aacute", 'Á'),
    ("Acirc", 'Â'),
    ("Agrave", 'À'),
    ("Aring", 'Å'),
    ("Atilde", 'Ã'),
    ("Auml", 'Ä'),
    ("COPY", '©'),
    ("Ccaron", 'Č'),
    ("Ccedil", 'Ç'),
    ("ETH", 'Ð'),
    ("Eacute", 'É'),
    ("Ecirc", 'Ê'),
    ("Egrave", 'È'),
    ("Euml", 'Ë'),
    ("GT", '>'),
    ("Iacute", 'Í'),
    ("Icirc", 'Î'),
    ("Igrave", 'Ì'),
    ("Iuml", 'Ï'),
    ("LT", '<'),
    ("Ntilde", 'Ñ'),
    ("OElig", 'Œ'),
    ("Oacute", 'Ó'),
    ("Ocirc", 'Ô'),
    ("Ograve", 'Ò'),
    ("Oslash", 'Ø'),
    ("Otilde", 'Õ'),
    ("Ouml", 'Ö'),
    ("QUOT", '"'),
    ("REG", '®'),
    ("Scaron", 'Š'),
    ("THORN", 'Þ'),
    ("Uacute", 'Ú'),
    ("Ucirc", 'Û'),
    ("Ugrave", 'Ù'),
    ("Uuml", 'Ü'),
    ("Yacute", 'Ý'),
    ("Yuml", 'Ÿ'),
    ("Zcaron", 'Ž'),
    ("aacute", 'á'),
    ("acirc", 'â'),
    ("acute", '´'),
    ("aelig", 'æ'),
    ("agrave", 'à'),
    ("amp", '&'),
    ("apos", '\''),
    ("aring", 'å'),
    ("atilde", 'ã'),
    ("auml", 'ä'),
    ("bdquo", '„'),
    ("brvbar", '¦'),
    ("bull", '•'),
    ("ccaron", 'č'),
    ("ccedil", 'ç'),
    ("cedil", '¸'),
    ("cent", '¢'),
    ("check", '✓'),
    ("copy", '©'),
    ("curren", '¤'),
    ("dagger", '†'),
    ("deg", '°'),
    ("divide", '÷'),
    ("eacute", 'é'),
    ("ecirc", 'ê'),
    ("egrave", 'è'),
    ("emsp", '\u{2003}'),
    ("ensp", '\u{2002}'),
    ("eth", 'ð'),
    ("euml", 'ë'),
    ("euro", '€'),
    ("frac12", '½'),
    ("frac14", '¼'),
    ("frac34", '¾'),
    ("gt", '>'),
    ("hearts", '♥'),
    ("hellip", '…'),
    ("iacute", 'í'),
    ("icirc", 'î'),
    ("iexcl", '¡'),
    ("igrave", 'ì'),
    ("infin", '∞'),
    ("iquest", '¿'),
    ("iuml", 'ï'),
    ("laquo", '«'),
    ("larr", '←'),
    ("ldquo", '“'),
    ("lrm", '\u{200e}'),
    ("lsaquo", '‹'),
    ("lsquo", '‘'),
    ("lt", '<'),
    ("macr", '¯'),
    ("mdash", '—'),
    ("micro", 'µ'),
    ("middot", '·'),
    ("minus", '−'),
    ("nbsp", '\u{a0}'),
    ("ndash", '–'),
    ("not", '¬'),
    ("ntilde", 'ñ'),
    ("num", '#'),
    ("oacute", 'ó'),
    ("ocirc", 'ô'),
    ("oelig", 'œ'),
    ("ograve", 'ò'),
    ("ordf", 'ª'),
    ("ordm", 'º'),
    ("oslash", 'ø'),
    ("otilde", 'õ'),
    ("ouml", 'ö'),
    ("para", '¶'),
    ("permil", '‰'),
    ("plusmn", '±'),
    ("pound", '£'),
    ("prime", '′'),
    ("quot", '"'),
    ("raquo", '»'),
    ("rarr", '→'),
    ("rdquo", '”'),
    ("reg", '®'),
    ("rlm", '\u{200f}'),
    ("rsaquo", '›'),
    ("rsquo", '’'),
    ("sbquo", '‚'),
    ("scaron", 'š'),
    ("sect", '§'),
    ("shy", '\u{ad}'),
    ("star", '☆'),
    ("sup1", '¹'),
    ("sup2", '²'),
    ("sup3", '³'),
    ("szlig", 'ß'),
    ("thinsp", '\u{2009}'),
    ("thorn", 'þ'),
    ("times", '×'),
    ("trade", '™'),
    ("uacute", 'ú'),
    ("ucirc", 'û'),
    ("ugrave", 'ù'),
    ("uml", '¨'),
    ("uuml", 'ü'),
    ("vert", '|'),
    ("yacute", 'ý'),
    ("yen", '¥'),
    ("yuml", 'ÿ'),
    ("zcaron", 'ž'),
    ("zwj", '\u{200d}'),
    ("zwnj", '\u{200c}'),
];

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(written: &str) -> String {
        decode(written, Place::Text)
    }

    fn attribute(written: &str) -> String {
        decode(written, Place::Attribute)
    }

    #[test]
    fn every_name_is_found() {
        assert!(NAMES.is_sorted_by(|(a, _), (b, _)| a < b));
        for (name, c) in NAMES {
            assert_eq!(text(&format!("&{name};")), c.to_string(), "{name}");
            assert!(!is_old(*c) || name.len() <= LONGEST_OLD, "{name}");
        }
        assert_eq!(
            text("a&nbsp;&mdash; &euro;5 &Uuml;ber &quot;&apos;&hellip;"),
            "a\u{a0}— €5 Über \"\'…"
        );
    }

    #[test]
    fn numbers_are_read_in_both_bases() {
        assert_eq!(text("&#233;&#xE9;&#XE9;&#233x&#x1F600;"), "ééééx😀");
        assert_eq!(text("&#128;&#x99;&#x81;"), "€™\u{81}");
        for invalid in ["&#0;", "&#xD800;", "&#x110000;", "&#99999999999999999999;"] {
            assert_eq!(text(invalid), "\u{fffd}", "{invalid}");
        }
        for none in ["&#", "&#;", "&#x", "&#x;", "&#g"] {
            assert_eq!(text(none), none);
        }
    }

    #[test]
    fn what_is_no_reference_stays() {
        for same in [
            "&", "&&", "& ", "&;", "&amq;", "&ltimes;", "&AMPx;", "&mdash x", "&é;",
        ] {
            assert_eq!(text(same), same);
            assert_eq!(attribute(same), same);
        }
        assert_eq!(text("&amp;amp;"), "&amp;");
        assert_eq!(text("a\0"), "a\u{fffd}");
    }

    #[test]
    fn only_texts_end_a_name_within_a_word() {
        assert_eq!(text("&copy2024 &amp &lt"), "©2024 & <");
        assert_eq!(attribute("?a&copy=1&copy2&amp"), "?a&copy=1&copy2&");
        assert_eq!(attribute("&amp;copy=1&copy &copy"), "&copy=1© ©");
    }

    proptest! {
        #[test]
        fn text_without_ampersands_is_itself(written in "[^&\\x00]*") {
            prop_assert_eq!(&text(&written), &written);
            prop_assert_eq!(&attribute(&written), &written);
        }

        #[test]
        fn escaped_text_comes_back(original in "[^\\x00]*") {
            let written = original.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;");
            prop_assert_eq!(&attribute(&written), &original);
            prop_assert_eq!(&text(&written), &original);
        }
    }
}
