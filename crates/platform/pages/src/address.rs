//! Addresses that users typed: which may be linked, and how they are shown. Never
//! fetches or resolves one.

/// The address, when it is an absolute http(s) URL with a host and without
/// credentials. Checked again here although the API checked it on the way in: a
/// row may be older than the rule.
pub(crate) fn web(url: &str) -> Option<&str> {
    let plain = !url.chars().any(|c| c.is_control() || c.is_whitespace());
    let authority = authority(url)?;
    (plain && !authority.is_empty() && !authority.contains('@')).then_some(url)
}

/// As [`web`], but https only: what the policy of the page lets images come from.
pub(crate) fn image(url: &str) -> Option<&str> {
    web(url).filter(|url| has_scheme(url, "https:"))
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

/// Whether the URL has this scheme (with its colon), in any case.
pub(crate) fn has_scheme(url: &str, scheme: &str) -> bool {
    url.get(..scheme.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(scheme))
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
    fn images_are_https_only() {
        assert!(image("https://example.org/a.png").is_some());
        assert!(image("http://example.org/a.png").is_none());
    }

    #[test]
    fn a_host_is_shown_without_www() {
        assert_eq!(host("https://www.example.org/a"), "example.org");
        assert_eq!(host("https://example.org:8443?x"), "example.org:8443");
        assert_eq!(bare("https://example.org/"), "example.org");
        assert_eq!(bare("https://prox.example/@ada"), "prox.example/@ada");
    }
}
