//! What takes tables of Unicode, as something that the platform brings: browsers and
//! servers have them, and the worker would be a tenth larger with its own
//! (docs/decisions/0015).
//!
//! Owns when the platform is asked: about what cannot be read without tables.

use std::borrow::Cow;

use url::Url;

/// The platform's tables.
pub trait Unicode: Send + Sync {
    /// The text in the normal form NFKD.
    fn decompose(&self, text: &str) -> String;

    /// A web address, seen from `base`, in ASCII, as the URL standard reads and writes it.
    /// None when it is none.
    fn address(&self, text: &str, base: Option<&str>) -> Option<String>;
}

/// A web address that may hold any letters, seen from `base`. What the platform makes of one
/// is read once more, so that all of them went through the same parser.
#[must_use]
pub fn parse_url(text: &str, base: Option<&Url>, unicode: &dyn Unicode) -> Option<Url> {
    let parsed = Url::options().base_url(base).parse(text).ok();
    parsed.or_else(|| {
        let plain = unicode.address(text, base.map(Url::as_str))?;
        Url::parse(&plain).ok()
    })
}

/// A hostname in ASCII, with its Unicode and its punycode checked (UTS 46). None when it
/// holds what no hostname has.
pub(crate) fn ascii_host<'a>(text: &'a str, unicode: &dyn Unicode) -> Option<Cow<'a, str>> {
    // The URL standard would read an escape in it, and read past a tab.
    let fits = |c: char| !c.is_ascii() || c.is_ascii_alphanumeric() || matches!(c, '-' | '.');
    if !text.chars().all(fits) {
        return None;
    }
    if text.is_ascii() && !text.to_ascii_lowercase().contains("xn--") {
        return Some(Cow::Borrowed(text));
    }
    let address = unicode.address(&format!("https://{text}/"), None)?;
    let host = address.strip_prefix("https://")?.strip_suffix('/')?;
    Some(Cow::Owned(host.to_owned()))
}

/// Tables of our own, for tests and for platforms that have none.
#[cfg(any(test, feature = "tables"))]
#[derive(Clone, Copy, Debug, Default)]
pub struct Tables;

#[cfg(any(test, feature = "tables"))]
impl Unicode for Tables {
    fn decompose(&self, text: &str) -> String {
        let form = icu_normalizer::DecomposingNormalizerBorrowed::new_nfkd();
        form.normalize(text).into_owned()
    }

    fn address(&self, text: &str, base: Option<&str>) -> Option<String> {
        let base = base.map(Url::parse).transpose().ok()?;
        let url = Url::options().base_url(base.as_ref()).parse(text).ok()?;
        Some(url.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Makes one thing of everything.
    struct Always(&'static str);

    impl Unicode for Always {
        fn decompose(&self, _: &str) -> String {
            self.0.to_owned()
        }

        fn address(&self, _: &str, _: Option<&str>) -> Option<String> {
            Some(self.0.to_owned())
        }
    }

    #[test]
    fn the_platform_is_asked_only_about_what_takes_tables() {
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
        for text in ["bücher.example", "XN--bcher-kva.example"] {
            assert_eq!(host(text).as_deref(), Some("Other.example"), "{text}");
        }
    }

    #[test]
    fn what_the_platform_says_is_no_address_by_that_alone() {
        assert_eq!(parse_url("https://", None, &Always("nothing")), None);
        for answer in ["nothing", "https://a.example/x", "http://a.example/"] {
            assert_eq!(ascii_host("ü.example", &Always(answer)), None, "{answer}");
        }
    }

    #[test]
    fn an_address_in_unicode_is_seen_from_its_base() {
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
    fn a_hostname_is_nothing_but_a_hostname() {
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
