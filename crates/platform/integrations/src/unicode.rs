//! The port to the platform's tables of Unicode and encodings. The platform has them, and the
//! worker would be a third larger with its own (docs/decisions/0015, 0019).
//!
//! Calls the platform only for text that cannot be read without tables.

use std::borrow::Cow;

use url::Url;

/// The platform's tables of Unicode and encodings.
pub trait Unicode: Send + Sync {
    /// The text in the normal form NFKD.
    fn decompose(&self, text: &str) -> String;

    /// The text in the normal form NFC.
    fn compose(&self, text: &str) -> String;

    /// A web address, resolved from `base`, in ASCII, as the URL standard reads and writes it.
    /// None when it is not one.
    fn address(&self, text: &str, base: Option<&str>) -> Option<String>;

    /// The decoded bytes, by a label of the Encoding Standard (`windows-1251`, `sjis`). Bytes that
    /// cannot be decoded become U+FFFD. None for a label that is not in the standard.
    fn decode(&self, label: &str, bytes: &[u8]) -> Option<String>;
}

/// Parses a web address that may contain any letters, resolved from `base`. The platform's form
/// of an address is parsed again, so that all addresses go through the same parser. An address
/// whose host contains invalid punycode is refused: not every platform does that.
#[must_use]
pub fn parse_url(text: &str, base: Option<&Url>, unicode: &dyn Unicode) -> Option<Url> {
    let parsed = Url::options().base_url(base).parse(text).ok();
    let url = parsed.or_else(|| {
        let plain = unicode.address(text, base.map(Url::as_str))?;
        Url::parse(&plain).ok()
    })?;
    has_true_punycode(url.host_str().unwrap_or_default(), unicode).then_some(url)
}

/// Whether each punycode label is the canonical form of the Unicode label that it encodes
/// (UTS 46, 4.1): the decoded host is encoded as the same host again.
fn has_true_punycode(host: &str, unicode: &dyn Unicode) -> bool {
    if !host.split('.').any(|label| label.starts_with("xn--")) {
        return true;
    }
    let decoded: Option<Vec<Cow<'_, str>>> = host
        .split('.')
        .map(|label| match label.strip_prefix("xn--") {
            None => Some(Cow::Borrowed(label)),
            Some(encoded) => idna::punycode::decode_to_string(encoded)
                .filter(|label| !label.is_ascii())
                .map(Cow::Owned),
        })
        .collect();
    decoded.is_some_and(|labels| {
        let address = unicode.address(&format!("https://{}/", labels.join(".")), None);
        address.is_some_and(|address| address == format!("https://{host}/"))
    })
}

/// A hostname in ASCII, with its Unicode and its punycode checked (UTS 46). None when it
/// contains something that no hostname has.
pub(crate) fn ascii_host<'a>(text: &'a str, unicode: &dyn Unicode) -> Option<Cow<'a, str>> {
    // The URL standard would decode a percent escape in it, and ignore a tab.
    let fits = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    if !text.chars().all(fits) {
        return None;
    }
    if text.is_ascii() && !text.to_ascii_lowercase().contains("xn--") {
        return Some(Cow::Borrowed(text));
    }
    let address = unicode.address(&format!("https://{text}/"), None)?;
    let host = address.strip_prefix("https://")?.strip_suffix('/')?;
    has_true_punycode(host, unicode).then(|| Cow::Owned(host.to_owned()))
}

/// Tables compiled into the program, for tests and for platforms without tables.
#[cfg(any(test, feature = "tables"))]
#[derive(Clone, Copy, Debug, Default)]
pub struct Tables;

#[cfg(any(test, feature = "tables"))]
impl Unicode for Tables {
    fn decompose(&self, text: &str) -> String {
        let form = icu_normalizer::DecomposingNormalizerBorrowed::new_nfkd();
        form.normalize(text).into_owned()
    }

    fn compose(&self, text: &str) -> String {
        let form = icu_normalizer::ComposingNormalizerBorrowed::new_nfc();
        form.normalize(text).into_owned()
    }

    fn address(&self, text: &str, base: Option<&str>) -> Option<String> {
        let base = base.map(Url::parse).transpose().ok()?;
        let url = Url::options().base_url(base.as_ref()).parse(text).ok()?;
        Some(url.into())
    }

    fn decode(&self, label: &str, bytes: &[u8]) -> Option<String> {
        let encoding = encoding_rs::Encoding::for_label_no_replacement(label.as_bytes())?;
        let (text, _) = encoding.decode_without_bom_handling(bytes);
        Some(text.into_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A platform that gives the same answer to everything.
    struct Always(&'static str);

    impl Unicode for Always {
        fn decompose(&self, _: &str) -> String {
            self.0.to_owned()
        }

        fn compose(&self, _: &str) -> String {
            self.0.to_owned()
        }

        fn address(&self, _: &str, _: Option<&str>) -> Option<String> {
            Some(self.0.to_owned())
        }

        fn decode(&self, _: &str, _: &[u8]) -> Option<String> {
            Some(self.0.to_owned())
        }
    }

    /// A platform that accepts every punycode label, as newer runtimes do.
    struct Lenient;

    impl Unicode for Lenient {
        fn decompose(&self, text: &str) -> String {
            Tables.decompose(text)
        }

        fn compose(&self, text: &str) -> String {
            Tables.compose(text)
        }

        fn address(&self, text: &str, base: Option<&str>) -> Option<String> {
            if text.is_ascii() && base.is_none() {
                return Some(text.to_ascii_lowercase());
            }
            Tables.address(text, base)
        }

        fn decode(&self, label: &str, bytes: &[u8]) -> Option<String> {
            Tables.decode(label, bytes)
        }
    }

    #[test]
    fn false_punycode_is_refused_on_every_platform() {
        for host in [
            "xn--bcher-kva.example",
            "www.xn--fiq228c.example",
            "XN--ZCA.example",
        ] {
            assert!(ascii_host(host, &Lenient).is_some(), "{host}");
            let url = format!("https://{host}/");
            assert!(parse_url(&url, None, &Lenient).is_some(), "{host}");
        }
        let not_lower_case = idna::punycode::encode_str("Ü").unwrap();
        let not_composed = idna::punycode::encode_str("bu\u{308}cher").unwrap();
        let full_width = idna::punycode::encode_str("１２７").unwrap();
        let hidden_dot = idna::punycode::encode_str("a。b").unwrap();
        for label in [
            "a",
            "",
            "-",
            "example-",
            "bcher-kva8",
            "bcher-kvaÿ",
            &not_lower_case,
            &not_composed,
            &full_width,
            &hidden_dot,
        ] {
            let host = format!("www.xn--{label}.example");
            assert_eq!(ascii_host(&host, &Lenient), None, "{host}");
            assert_eq!(ascii_host(&host, &Tables), None, "{host}");
            let url = format!("https://{host}/x");
            assert_eq!(parse_url(&url, None, &Lenient), None, "{host}");
        }
    }

    #[test]
    fn the_platform_is_asked_only_when_tables_are_needed() {
        let always = Always("https://Other.example/");
        let parsed = |text| parse_url(text, None, &always).map(String::from);
        assert_eq!(
            parsed("https://Example.com/a b").as_deref(),
            Some("https://example.com/a%20b")
        );
        assert_eq!(
            parsed("https://").as_deref(),
            Some("https://other.example/")
        );
        let host = |text| ascii_host(text, &always);
        assert_eq!(host("WWW.Example.com").as_deref(), Some("WWW.Example.com"));
        assert_eq!(host("bücher.example").as_deref(), Some("Other.example"));
    }

    #[test]
    fn the_platforms_answer_is_checked() {
        assert_eq!(parse_url("https://", None, &Always("nothing")), None);
        for answer in ["nothing", "https://a.example/x", "http://a.example/"] {
            assert_eq!(ascii_host("ü.example", &Always(answer)), None, "{answer}");
        }
    }

    #[test]
    fn an_address_in_unicode_is_resolved_from_its_base() {
        let base = Url::parse("https://site.test/a/b").unwrap();
        let seen = |text| parse_url(text, Some(&base), &Tables).map(String::from);
        assert_eq!(
            seen("//bücher.example/x"),
            Some("https://xn--bcher-kva.example/x".to_owned())
        );
        assert_eq!(
            seen("ü.png"),
            Some("https://site.test/a/%C3%BC.png".to_owned())
        );
    }

    #[test]
    fn text_around_a_hostname_is_refused() {
        for text in [
            "ü@b.com",
            "ü:1",
            "ü/x",
            "%C3%BC.com",
            "ü\t.com",
            "ü／x.com",
            "xn--a.com",
        ] {
            assert_eq!(ascii_host(text, &Tables), None, "{text}");
        }
    }
}
