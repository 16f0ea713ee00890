//! Same-origin checks of the `Origin` header and of redirect targets. A `Host` header is never
//! trusted.

/// The longest path that [`return_to`] keeps.
const MAX_PATH: usize = 2048;

/// Whether the `Origin` header is exactly the app's own origin (`https://example.com`, without a
/// slash at the end). A missing header and `null` are not.
#[must_use]
pub fn is_same_origin(origin_header: Option<&str>, app_origin: &str) -> bool {
    origin_header.is_some_and(|origin| origin == app_origin && origin.contains("://"))
}

/// The path, when it leads to this site and is valid in a `Location` header; otherwise `/`.
///
/// Browsers read `//host` and `/\host` as another host, and drop tabs and line breaks first. Only
/// visible ASCII is accepted.
#[must_use]
pub fn return_to(path: &str) -> &str {
    let stays = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains('\\')
        && path.len() <= MAX_PATH
        && path.bytes().all(|b| b.is_ascii_graphic());
    if stays { path } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use url::Url;

    #[test]
    fn only_the_exact_origin_is_the_same() {
        let app = "https://prox.example";
        assert!(is_same_origin(Some("https://prox.example"), app));
        for other in [
            "null",
            "",
            "https://prox.example/",
            "https://PROX.example",
            "http://prox.example",
            "https://prox.example:443",
            "https://prox.example.evil.test",
            "https://evil.test/https://prox.example",
        ] {
            assert!(!is_same_origin(Some(other), app), "{other}");
        }
        assert!(!is_same_origin(None, app));
        assert!(!is_same_origin(Some("null"), "null"));
        assert!(!is_same_origin(Some(""), ""));
    }

    #[test]
    fn paths_of_this_site_are_kept() {
        for path in ["/", "/@ada", "/a?b=c#d", "/a//b", "/%2F%2Fevil.test"] {
            assert_eq!(return_to(path), path);
        }
    }

    #[test]
    fn addresses_on_other_sites_become_the_root() {
        for path in [
            "",
            "a",
            "//evil.test",
            "/\\evil.test",
            "\\\\evil.test",
            "/\t/evil.test",
            "/\n/evil.test",
            "https://evil.test",
            "javascript:alert(1)",
            " /a",
            "/ü",
            "/a\r\nset-cookie: x=1",
        ] {
            assert_eq!(return_to(path), "/", "{path:?}");
        }
        assert_eq!(return_to(&format!("/{}", "a".repeat(MAX_PATH))), "/");
    }

    proptest! {
        #[test]
        fn a_browser_never_leaves_the_site(path in r"[/\\.@:a-z%\t\n?#]{0,20}") {
            let base = Url::parse("https://prox.example/x/y").unwrap();
            let target = base.join(return_to(&path)).unwrap();
            prop_assert_eq!(target.origin(), base.origin());
        }
    }
}
