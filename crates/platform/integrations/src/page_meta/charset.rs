//! The encoding of a page (HTML, 13.2.3): a byte order mark, the `Content-Type` header, a
//! `<meta>` element, or a guess; and that of an XML document, which declares it in its first line.
//!
//! Labels and tables are those of the Encoding Standard, from the platform's decoder.

use std::borrow::Cow;

use super::tags::{Tag, Tags};
use crate::media_type::MediaType;
use crate::unicode::Unicode;

/// The number of bytes in which a `<meta>` is searched for. Browsers search 1,024 bytes before
/// they parse, and parse again when they find one later.
const MAX_SCAN: usize = 64 * 1024;

/// The text of a page; empty when browsers refuse to decode its encoding.
pub(crate) fn decode<'a>(
    html: &'a [u8],
    content_type: Option<&str>,
    unicode: &dyn Unicode,
) -> Cow<'a, str> {
    if let Some((label, rest)) = byte_order_mark(html) {
        return decode_as(label, rest, unicode).unwrap_or_default();
    }
    let header = content_type
        .and_then(|value| MediaType::read([value]))
        .and_then(|media_type| media_type.charset);
    header
        .and_then(|label| decode_as(&label, html, unicode))
        .or_else(|| declared(html, unicode))
        .or_else(|| guess(html, unicode))
        .unwrap_or_default()
}

/// The text of an XML document (RFC 7303, 3). Without any declaration, as that of a page.
pub(crate) fn decode_xml<'a>(
    xml: &'a [u8],
    content_type: Option<&str>,
    unicode: &dyn Unicode,
) -> Cow<'a, str> {
    let without_mark = if xml.starts_with(b"<\0?\0") {
        Some("utf-16le")
    } else if xml.starts_with(b"\0<\0?") {
        Some("utf-16be")
    } else {
        None
    };
    let declared = || {
        let start: String = xml.iter().take(200).copied().map(char::from).collect();
        let (declaration, _) = start.trim_start().strip_prefix("<?xml")?.split_once("?>")?;
        let (_, value) = declaration.split_once("encoding")?;
        let value = value.trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        let (label, _) = value.strip_prefix(quote)?.split_once(quote)?;
        Some(as_declared(label).to_owned())
    };
    if byte_order_mark(xml).is_none() {
        let header = content_type
            .and_then(|value| MediaType::read([value]))
            .and_then(|media_type| media_type.charset);
        let text = header
            .and_then(|label| decode_as(&label, xml, unicode))
            .or_else(|| decode_as(without_mark?, xml, unicode))
            .or_else(|| decode_as(&declared()?, xml, unicode));
        if let Some(text) = text {
            return text;
        }
    }
    decode(xml, None, unicode)
}

/// The encoding of a byte order mark, and the bytes after it. It takes precedence over the
/// header.
fn byte_order_mark(html: &[u8]) -> Option<(&'static str, &[u8])> {
    [
        ("utf-8", &b"\xef\xbb\xbf"[..]),
        ("utf-16be", b"\xfe\xff"),
        ("utf-16le", b"\xff\xfe"),
    ]
    .into_iter()
    .find_map(|(label, mark)| Some((label, html.strip_prefix(mark)?)))
}

/// The text in the encoding that the first `<meta>` with a known one declares.
fn declared<'a>(html: &'a [u8], unicode: &dyn Unicode) -> Option<Cow<'a, str>> {
    let scanned = html.get(..MAX_SCAN).unwrap_or(html);
    // Encodings that a <meta> can declare have ASCII in common.
    let text: String = scanned.iter().copied().map(char::from).collect();
    let mut tags = Tags::new(&text);
    while let Some(tag) = tags.next_tag() {
        if tag.is_end {
            continue;
        }
        if tag.name == "meta"
            && let Some(label) = label_of(&tag)
            && let Some(text) = decode_as(as_declared(&label), html, unicode)
        {
            return Some(text);
        }
        tags.take_text(&tag.name);
    }
    None
}

/// The encoding that a declaration inside the page means: it was read as ASCII, so the page cannot
/// be UTF-16; and `x-user-defined` means windows-1252.
fn as_declared(label: &str) -> &str {
    let lower = label.trim().to_ascii_lowercase();
    match lower.as_str() {
        "x-user-defined" => "windows-1252",
        "csunicode" | "iso-10646-ucs-2" | "ucs-2" | "unicode" | "unicodefeff" | "unicodefffe"
        | "utf-16" | "utf-16be" | "utf-16le" => "utf-8",
        _ => label,
    }
}

/// The label in `<meta charset=…>` or `<meta http-equiv=content-type content="…; charset=…">`.
fn label_of(tag: &Tag) -> Option<String> {
    if let Some(label) = tag.attribute("charset") {
        return Some(label);
    }
    let pragma = tag.attribute("http-equiv")?;
    if !pragma.trim().eq_ignore_ascii_case("content-type") {
        return None;
    }
    charset_in(&tag.attribute("content")?)
}

/// The label after `charset=` (HTML, "extracting a character encoding from a meta element").
fn charset_in(content: &str) -> Option<String> {
    let lower = content.to_ascii_lowercase();
    let mut rest = lower.as_str();
    loop {
        rest = rest.split_once("charset")?.1.trim_start();
        if let Some(after) = rest.strip_prefix('=') {
            rest = after.trim_start();
            break;
        }
    }
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\''));
    let label = match quote {
        Some(quote) => rest.strip_prefix(quote)?.split_once(quote)?.0,
        None => rest.split([' ', '\t', '\n', '\u{c}', '\r', ';']).next()?,
    };
    (!label.is_empty()).then(|| label.to_owned())
}

/// UTF-8 when it is valid, possibly cut off inside a character; otherwise windows-1252, the
/// default of browsers in most languages.
fn guess<'a>(html: &'a [u8], unicode: &dyn Unicode) -> Option<Cow<'a, str>> {
    let is_utf8 = std::str::from_utf8(html).map_or_else(|why| why.error_len().is_none(), |_| true);
    decode_as(
        if is_utf8 { "utf-8" } else { "windows-1252" },
        html,
        unicode,
    )
}

/// The decoded bytes. None for an unknown label.
fn decode_as<'a>(label: &str, bytes: &'a [u8], unicode: &dyn Unicode) -> Option<Cow<'a, str>> {
    let label = label.trim().to_ascii_lowercase();
    match label.as_str() {
        "utf-8" | "utf8" => Some(String::from_utf8_lossy(bytes)),
        // Decoding these would reveal text that filters did not see ("replacement").
        "replacement" | "csiso2022kr" | "hz-gb-2312" | "iso-2022-cn" | "iso-2022-cn-ext"
        | "iso-2022-kr" => Some(Cow::Borrowed("")),
        _ => unicode.decode(&label, bytes).map(Cow::Owned),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unicode::Tables;

    fn text(html: &[u8], content_type: Option<&str>) -> String {
        decode(html, content_type, &Tables).into_owned()
    }

    #[test]
    fn a_label_is_found_where_browsers_find_it() {
        // Each page has "é" in windows-1252 or the Cyrillic letter of the same byte.
        for (head, content_type, expected) in [
            ("<meta charset=windows-1251>", None, 'й'),
            ("<META CHARSET = 'Windows-1251' >", None, 'й'),
            ("<meta charset=' cp1251 '>", None, 'й'),
            (
                "<meta http-equiv=Content-Type content='text/html; charset=windows-1251'>",
                None,
                'й',
            ),
            (
                "<meta content='charset=\"cp1251\"' http-equiv=content-type>",
                None,
                'й',
            ),
            (
                "<meta http-equiv=content-type content='charset charset = cp1251;x'>",
                None,
                'й',
            ),
            (
                "<meta http-equiv=content-type content='charset=\"cp1251'>",
                None,
                'é',
            ),
            ("<meta name=x content='charset=cp1251'>", None, 'é'),
            ("<meta charset=nonsense><meta charset=cp1251>", None, 'й'),
            ("<meta charset=cp1251><meta charset=koi8-r>", None, 'й'),
            ("<meta charset=x-user-defined>", None, 'é'),
            (
                "<!-- <meta charset=koi8-r> --><meta charset=cp1251>",
                None,
                'й',
            ),
            (
                "<script charset=koi8-r></script><meta charset=cp1251>",
                None,
                'й',
            ),
            (
                "<script>'<meta charset=koi8-r>'</script><meta charset=cp1251>",
                None,
                'й',
            ),
            (
                "<title><meta charset=koi8-r></title><meta charset=cp1251>",
                None,
                'й',
            ),
            (
                "<a title='<meta charset=koi8-r>'><meta charset=cp1251>",
                None,
                'й',
            ),
            (
                "<meta name=description content='charset=koi8-r'><meta charset=cp1251>",
                None,
                'й',
            ),
            ("<link charset=koi8-r><meta charset=cp1251>", None, 'й'),
            ("charset=koi8-r <meta charset=cp1251>", None, 'й'),
            ("", Some("text/html; charset=cp1251"), 'й'),
            ("", Some("text/html; charset=\"CP1251\""), 'й'),
            (
                "<meta charset=koi8-r>",
                Some("text/html; charset=cp1251"),
                'й',
            ),
            (
                "<meta charset=cp1251>",
                Some("text/html; charset=nonsense"),
                'й',
            ),
            ("<meta charset=cp1251>", Some("text/html"), 'й'),
            (
                "<meta charset=cp1251>",
                Some("application/zip;charset=koi8-r, text/html"),
                'й',
            ),
            ("", None, 'é'),
        ] {
            let html = [head.as_bytes(), b"\xe9!"].concat();
            let last = text(&html, content_type).chars().rev().nth(1);
            assert_eq!(last, Some(expected), "{head} {content_type:?}");
        }
        let late = format!("{}<meta charset=cp1251>", " ".repeat(2000));
        assert!(text(&[late.as_bytes(), b"\xe9"].concat(), None).ends_with('й'));
    }

    #[test]
    fn a_byte_order_mark_beats_header_and_meta() {
        let header = Some("text/html; charset=windows-1251");
        assert_eq!(text("\u{feff}é".as_bytes(), header), "é");
        assert_eq!(text(b"\xff\xfe\xe9\x00", header), "é");
        assert_eq!(text(b"\xfe\xff\x00\xe9", header), "é");
        assert_eq!(text(b"\xe9\x00", Some("text/html; charset=utf-16le")), "é");
        let utf_8 = "<meta charset=utf-16>é";
        assert_eq!(text(utf_8.as_bytes(), None), utf_8);
    }

    #[test]
    fn encodings_of_the_encoding_standard_are_decoded() {
        for (labels, bytes, expected) in [
            (
                &["windows-1251", "cp1251", "x-cp1251"][..],
                &b"\xcf\xf0\xe8"[..],
                "При",
            ),
            (&["koi8-r", "koi"], b"\xf0\xd2\xc9", "При"),
            (
                &["shift_jis", "sjis", "ms_kanji", "windows-31j"],
                b"\x93\xfa\x96\x7b\x5c",
                "日本\\",
            ),
            (&["euc-jp", "x-euc-jp"], b"\xc6\xfc\xcb\xdc", "日本"),
            (&["iso-2022-jp"], b"\x1b$BF|K\\\x1b(BA", "日本A"),
            (
                &["gbk", "gb2312", "x-gbk", "gb18030"],
                b"\xd6\xd0\xce\xc4",
                "中文",
            ),
            (&["big5", "big5-hkscs"], b"\xa4\xa4\xa4\xe5", "中文"),
            (
                &["euc-kr", "ks_c_5601-1987", "windows-949"],
                b"\xc7\xd1\xb1\xdb",
                "한글",
            ),
            (&["iso-8859-2", "latin2"], b"\xb3\xf3d\xbc", "łódź"),
            (
                &["windows-1252", "iso-8859-1", "latin1", "ascii", "l1"],
                b"\x80\xe9",
                "€é",
            ),
            (&["iso-8859-15"], b"\xa4", "€"),
            (&["windows-874", "tis-620"], b"\xa1", "ก"),
            (&["utf-8", "unicode-1-1-utf-8"], "é".as_bytes(), "é"),
            (&["iso-2022-kr", "hz-gb-2312", "replacement"], b"abc", ""),
        ] {
            for label in labels {
                let header = format!("text/html; charset={label}");
                assert_eq!(text(bytes, Some(&header)), expected, "{label}");
                assert_eq!(
                    text(bytes, Some(&header.to_uppercase())),
                    expected,
                    "{label}"
                );
            }
        }
    }
}
