//! The media type of a picture, from its first bytes, and the picture without its metadata. The sender's
//! own claim does not count.

mod metadata;

pub use metadata::{PictureError, without_metadata};

/// The media type of a picture that browsers show as an icon: PNG, JPEG, GIF, WebP, ICO, AVIF or SVG.
/// None for everything else.
#[must_use]
pub fn media_type(bytes: &[u8]) -> Option<&'static str> {
    let starts = |magic: &[u8]| bytes.starts_with(magic);
    let at = |from: usize, to: usize| bytes.get(from..to).unwrap_or_default();
    if starts(b"\x89PNG\r\n\x1a\n") {
        Some("image/png")
    } else if starts(b"\xff\xd8\xff") {
        Some("image/jpeg")
    } else if starts(b"GIF87a") || starts(b"GIF89a") {
        Some("image/gif")
    } else if starts(b"RIFF") && at(8, 12) == b"WEBP" {
        Some("image/webp")
    } else if starts(b"\0\0\x01\0") {
        Some("image/x-icon")
    } else if at(4, 8) == b"ftyp" && matches!(at(8, 12), b"avif" | b"avis") {
        Some("image/avif")
    } else if is_svg(bytes) {
        Some("image/svg+xml")
    } else {
        None
    }
}

/// Whether it is a text in UTF-8 whose first element is `svg`.
fn is_svg(bytes: &[u8]) -> bool {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return false;
    };
    let mut rest = text.strip_prefix('\u{feff}').unwrap_or(text).trim_start();
    loop {
        let after = if let Some(comment) = rest.strip_prefix("<!--") {
            comment.split_once("-->")
        } else if let Some(instruction) = rest.strip_prefix("<?") {
            instruction.split_once("?>")
        } else if let Some(doctype) = rest.strip_prefix("<!DOCTYPE") {
            end_of_doctype(doctype)
        } else {
            break;
        };
        match after {
            Some((_, after)) => rest = after.trim_start(),
            None => return false,
        }
    }
    rest.strip_prefix("<svg")
        .is_some_and(|rest| rest.starts_with([' ', '\t', '\r', '\n', '>', '/']))
}

/// Splits behind a document type declaration, which may declare entities in brackets.
fn end_of_doctype(doctype: &str) -> Option<(&str, &str)> {
    let (before, after) = doctype.split_once('>')?;
    if before.contains('[') {
        let (_, after) = doctype.split_once(']')?;
        after.split_once('>')
    } else {
        Some((before, after))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn pictures_are_known_by_their_first_bytes() {
        for (bytes, expected) in [
            (&b"\x89PNG\r\n\x1a\n\0\0"[..], Some("image/png")),
            (b"\xff\xd8\xff\xe0\0", Some("image/jpeg")),
            (b"GIF87a", Some("image/gif")),
            (b"GIF89a;", Some("image/gif")),
            (b"RIFF\x10\0\0\0WEBPVP8 ", Some("image/webp")),
            (b"RIFF\x10\0\0\0WAVEfmt ", None),
            (b"\0\0\x01\0\x01\0", Some("image/x-icon")),
            (b"\0\0\0\x1cftypavif\0", Some("image/avif")),
            (b"\0\0\0\x1cftypavis\0", Some("image/avif")),
            (b"\0\0\0\x1cftypisom\0", None),
            (b"\x89PNG", None),
            (b"%PDF-1.7", None),
            (b"<html><svg></svg>", None),
            (b"", None),
        ] {
            assert_eq!(media_type(bytes), expected, "{bytes:?}");
        }
    }

    #[test]
    fn drawings_are_known_by_their_first_element() {
        for svg in [
            "<svg/>",
            "<svg xmlns='http://www.w3.org/2000/svg'></svg>",
            "\u{feff}\n<svg\n>",
            "<?xml version='1.0'?>\n<!-- <html> --><svg >",
            "<!DOCTYPE svg PUBLIC '-//W3C//DTD SVG 1.1//EN' 'x.dtd'><svg>",
            "<!DOCTYPE svg [ <!ENTITY a 'b'> ]><svg>",
        ] {
            assert_eq!(media_type(svg.as_bytes()), Some("image/svg+xml"), "{svg}");
        }
        for other in [
            "<svgx>",
            "<svg",
            "<!doctype html><svg>",
            "<!-- <svg>",
            "<?xml <svg>",
            "svg",
            "<html></html>",
        ] {
            assert_eq!(media_type(other.as_bytes()), None, "{other}");
        }
        assert_eq!(media_type(b"<svg>\xff"), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_panic(bytes: Vec<u8>, text in "(<!DOCTYPE|<!--|<\\?|<svg|\\[|\\]|>| ){0,8}") {
            let _ = media_type(&bytes);
            let _ = media_type(text.as_bytes());
        }
    }
}
