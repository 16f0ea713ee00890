//! Web addresses that users typed: which of them become links, and how they are shown. Never
//! fetches or resolves one.

use std::borrow::Cow;

use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

/// The address, when it is an absolute http(s) URL with a host and without
/// credentials. Checked here although the API checked it before it was stored: a
/// row may be older than the rule.
pub(crate) fn web(url: &str) -> Option<&str> {
    let plain = !url.chars().any(|c| c.is_control() || c.is_whitespace());
    let authority = authority(url)?;
    (plain && !authority.is_empty() && !authority.contains('@')).then_some(url)
}

/// As [`web`], but https only, as the page's Content-Security-Policy requires for images.
pub(crate) fn image(url: &str) -> Option<&str> {
    web(url).filter(|url| has_scheme(url, "https:"))
}

/// The first bare web address in a text, with the text before and after it: `http://`
/// or `https://` that no letter, digit, `+`, `-` or `.` precedes, up to white space, a
/// control character, a quotation mark, a backtick, `<` or `>`. Punctuation at the end
/// belongs to the sentence, and so does a closing bracket that was not opened in the address.
pub(crate) fn find_bare(text: &str) -> Option<(&str, &str, &str)> {
    for (colon, _) in text.match_indices("://") {
        let Some(start) = scheme_start(text.get(..colon)?) else {
            continue;
        };
        let rest = text.get(start..)?;
        let end = rest
            .find(|c: char| c.is_whitespace() || c.is_control() || "\"`<>".contains(c))
            .unwrap_or(rest.len());
        let url = without_trailing_punctuation(rest.get(..end)?);
        if web(url).is_some() {
            return Some((text.get(..start)?, url, rest.get(url.len()..)?));
        }
    }
    None
}

/// The position of `http` or `https` at the end of this text.
fn scheme_start(text: &str) -> Option<usize> {
    ["https", "http"].into_iter().find_map(|scheme| {
        let start = text.len().checked_sub(scheme.len())?;
        let before = text.get(..start)?;
        let goes_on = before.ends_with(|c: char| c.is_ascii_alphanumeric() || "+-.".contains(c));
        (text.get(start..)?.eq_ignore_ascii_case(scheme) && !goes_on).then_some(start)
    })
}

fn without_trailing_punctuation(url: &str) -> &str {
    const BRACKETS: [(char, char); 3] = [('(', ')'), ('[', ']'), ('{', '}')];
    // The number of closing brackets of each kind less that of opening ones.
    let mut unopened = BRACKETS.map(|(open, close)| {
        let count = |c| url.matches(c).count();
        count(close).saturating_sub(count(open))
    });
    url.trim_end_matches(|c| {
        let bracket = BRACKETS.iter().position(|(_, close)| *close == c);
        match bracket.and_then(|index| unopened.get_mut(index)) {
            Some(0) => false,
            Some(count) => {
                *count -= 1;
                true
            }
            None => ".,:;!?'*_~".contains(c),
        }
    })
}

/// The host to show, without a leading `www.`.
pub(crate) fn host(url: &str) -> &str {
    let host = authority(url).unwrap_or_default();
    host.strip_prefix("www.").unwrap_or(host)
}

/// An address without its scheme and without a slash at the end.
pub(crate) fn bare(url: &str) -> &str {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.strip_suffix('/').unwrap_or(rest)
}

/// Whether a title only repeats the address: in full, without its scheme, or only its host.
pub(crate) fn is_named_by(url: &str, title: &str) -> bool {
    let title = bare(title.trim());
    let title = title.strip_prefix("www.").unwrap_or(title);
    let bare = bare(url);
    let whole = bare.strip_prefix("www.").unwrap_or(bare);
    title.eq_ignore_ascii_case(whole) || title.eq_ignore_ascii_case(host(url))
}

/// Whether the URL has this scheme (with its colon), in any case.
pub(crate) fn has_scheme(url: &str, scheme: &str) -> bool {
    url.get(..scheme.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
}

/// The address as a URI (RFC 3986), which RSS requires: characters that are not ASCII or not
/// allowed in a URI are percent-encoded as UTF-8. Existing percent-encoding stays.
pub(crate) fn ascii(url: &str) -> Cow<'_, str> {
    const NOT_IN_URI: &AsciiSet = &CONTROLS
        .add(b' ')
        .add(b'"')
        .add(b'<')
        .add(b'>')
        .add(b'\\')
        .add(b'^')
        .add(b'`')
        .add(b'{')
        .add(b'|')
        .add(b'}');
    utf8_percent_encode(url, NOT_IN_URI).into()
}

fn authority(url: &str) -> Option<&str> {
    let (scheme, rest) = url.split_once("://")?;
    let web = scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http");
    web.then(|| rest.split(['/', '?', '#', '\\']).next().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_web_addresses_pass() {
        for url in [
            "https://example.org",
            "HTTP://example.org/a?b#c",
            "https://[::1]:8080/",
        ] {
            assert_eq!(web(url), Some(url));
        }
        for url in [
            "",
            "//example.org",
            "example.org",
            "javascript:alert(1)",
            "java\nscript://x",
            "javascript://example.org/%0aalert(1)",
            "data:text/html,x",
            "https://",
            "https:///path",
            "https://user@example.org",
            "https://exa mple.org",
            "https://example.org/\u{7}",
            " https://example.org",
        ] {
            assert_eq!(web(url), None, "{url:?}");
        }
    }

    #[test]
    fn a_bare_address_ends_before_the_sentence_does() {
        for (text, expected) in [
            ("see https://a.example/x.", Some("https://a.example/x")),
            ("(https://a.example/x_(y))", Some("https://a.example/x_(y)")),
            ("HTTP://a.example?b=1&c", Some("HTTP://a.example?b=1&c")),
            ("見https://a.example 。", Some("https://a.example")),
            ("x:// https://a.example", Some("https://a.example")),
            ("http://http://a.example", Some("http://http://a.example")),
            ("ahttps://a.example", None),
            ("svn+https://a.example", None),
            ("www.a.example", None),
            ("https:a.example", None),
            ("https://", None),
            ("https://...", None),
            ("https://ada@a.example/", None),
        ] {
            let found = find_bare(text).map(|(_, url, _)| url);
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn images_are_https_only() {
        assert!(image("https://example.org/a.png").is_some());
        assert!(image("http://example.org/a.png").is_none());
    }

    #[test]
    fn a_title_that_repeats_the_address_is_recognized() {
        for title in [
            "a.example",
            "A.example",
            "www.a.example",
            "https://a.example/",
            " a.example/x ",
            "https://a.example",
            "https://www.a.example/x",
        ] {
            assert!(is_named_by("https://www.a.example/x", title), "{title}");
        }
        for title in ["A", "a.example.org", "a.example/y", ""] {
            assert!(!is_named_by("https://www.a.example/x", title), "{title}");
        }
    }

    #[test]
    fn a_uri_is_ascii_and_is_encoded_once() {
        assert_eq!(
            ascii("https://a.example/ü/地?q=é{x}|y%20z#\"<"),
            "https://a.example/%C3%BC/%E5%9C%B0?q=%C3%A9%7Bx%7D%7Cy%20z#%22%3C"
        );
        assert_eq!(
            ascii("https://a.example/?a=1&b=[2]"),
            "https://a.example/?a=1&b=[2]"
        );
    }

    #[test]
    fn a_host_is_shown_without_www() {
        assert_eq!(host("https://www.example.org/a"), "example.org");
        assert_eq!(host("https://example.org:8443?x"), "example.org:8443");
        assert_eq!(bare("https://example.org/"), "example.org");
        assert_eq!(bare("https://prox.example/@ada"), "prox.example/@ada");
    }
}
