//! Declarative refresh: the target of a `Refresh` header or `<meta http-equiv=refresh>`
//! (HTML, "shared declarative refresh steps").

use url::Url;

use crate::unicode::{Unicode, parse_url};

/// The maximum delay of a refresh that counts, in seconds. A page that stays longer is the one that
/// people read.
const MAX_DELAY: u32 = 30;

/// The web page that replaces `page` soon after it was loaded. None when the value is invalid,
/// reloads the page itself, waits longer than half a minute, or leads to something other than a
/// web page. Relative addresses are resolved from `base`.
#[must_use]
pub fn target(value: &str, page: &Url, base: &Url, unicode: &dyn Unicode) -> Option<Url> {
    let (delay, address) = parse(value)?;
    if delay > MAX_DELAY {
        return None;
    }
    let mut target = parse_url(address?, Some(base), unicode)?;
    if !matches!(target.scheme(), "http" | "https") {
        return None;
    }
    target.set_fragment(None);
    let mut itself = page.clone();
    itself.set_fragment(None);
    (target != itself).then_some(target)
}

/// The delay in seconds and the address; no address means a reload. None when invalid.
fn parse(value: &str) -> Option<(u32, Option<&str>)> {
    let value = trim_start(value);
    let rest = value.trim_start_matches(|c: char| c.is_ascii_digit());
    let digits = value.get(..value.len() - rest.len())?;
    if digits.is_empty() && !rest.starts_with('.') {
        return None;
    }
    let delay = if digits.is_empty() {
        0
    } else {
        digits.parse().unwrap_or(u32::MAX)
    };
    let rest = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    if rest.is_empty() {
        return Some((delay, None));
    }
    if !rest.starts_with([';', ',']) && !rest.starts_with(is_space) {
        return None;
    }
    let rest = trim_start(rest);
    let rest = trim_start(rest.strip_prefix([';', ',']).unwrap_or(rest));
    if rest.is_empty() {
        return Some((delay, None));
    }
    let address = match after_url_word(rest) {
        Some(rest) => unquoted(rest),
        None if rest.starts_with(['u', 'U']) => rest,
        None => unquoted(rest),
    };
    Some((delay, Some(address)))
}

/// The text after `url=`.
fn after_url_word(text: &str) -> Option<&str> {
    let word = text.get(..3).filter(|w| w.eq_ignore_ascii_case("url"))?;
    let rest = trim_start(text.strip_prefix(word)?).strip_prefix('=')?;
    Some(trim_start(rest))
}

/// The text up to the closing quote, when it begins with one.
fn unquoted(text: &str) -> &str {
    let quote = text.chars().next().filter(|c| matches!(c, '"' | '\''));
    let Some(quote) = quote else { return text };
    let inner = text.strip_prefix(quote).unwrap_or(text);
    inner.split(quote).next().unwrap_or(inner)
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\u{c}' | '\r')
}

fn trim_start(text: &str) -> &str {
    text.trim_start_matches(is_space)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unicode::Tables;
    use proptest::prelude::*;

    fn leads(value: &str) -> Option<String> {
        let page = Url::parse("https://site.test/a/b#c").unwrap();
        target(value, &page, &page, &Tables).map(String::from)
    }

    #[test]
    fn values_are_read_as_in_the_html_standard() {
        for (value, expected) in [
            ("0; url=/x", Some("https://site.test/x")),
            ("0;url=/x", Some("https://site.test/x")),
            ("0,/x", Some("https://site.test/x")),
            ("0 /x", Some("https://site.test/x")),
            (" 5.9 ; URL = '/x' y", Some("https://site.test/x")),
            ("0; url=\"/x\"", Some("https://site.test/x")),
            ("0; '/x'", Some("https://site.test/x")),
            ("0; url='/x", Some("https://site.test/x")),
            (".5; url=/x", Some("https://site.test/x")),
            ("0; urx", Some("https://site.test/a/urx")),
            ("0; url", Some("https://site.test/a/url")),
            ("0; url='https://other.test/'", Some("https://other.test/")),
            ("30; url=/x", Some("https://site.test/x")),
            ("31; url=/x", None),
            ("99999999999; url=/x", None),
            ("0", None),
            ("5;", None),
            ("0; url=", None),
            ("0; url=/a/b", None),
            ("0; url=#d", None),
            ("0x; url=/x", None),
            ("; url=/x", None),
            ("url=/x", None),
            ("-1; url=/x", None),
            ("", None),
            ("0; url=javascript:alert(1)", None),
            ("0; url=data:text/html,x", None),
            ("0; url=https://[", None),
        ] {
            assert_eq!(leads(value).as_deref(), expected, "{value}");
        }
    }

    proptest! {
        #[test]
        fn any_value_is_read_without_panic(value in "[ 0-9.;,urlURL='\"/é]{0,20}|.{0,20}") {
            let _ = leads(&value);
        }
    }
}
