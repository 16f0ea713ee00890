//! Decides by host and path which service handles a request.
//!
//! A path is not decoded: one that looks like an API path only after decoding is not an API path,
//! here or in the API. The module and what it takes from [`crate::session`] use only the standard
//! library, to keep the edge worker small.

use crate::session::{cookie_name, read_cookie};

/// The platform's own host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RouteConfig {
    /// Host, with the port unless it is the default port of the scheme: `localhost:8787`.
    pub app_host: String,
    /// Whether the origin is https, which decides the name of the session's cookie.
    pub secure: bool,
}

impl RouteConfig {
    /// The host of an origin such as `http://localhost:8787`.
    #[must_use]
    pub fn from_origin(origin: &str) -> Self {
        let host = origin.split_once("://").map_or(origin, |(_, host)| host);
        Self {
            app_host: host.trim_end_matches('/').to_ascii_lowercase(),
            secure: origin.starts_with("https://"),
        }
    }

    /// Whether a request to the platform's own host carries credentials: the session's cookie, or an
    /// `authorization` header of any kind. `cookies` is the `cookie` header. The API reads the cookie by
    /// the same function, and decides whether the credentials are valid.
    #[must_use]
    pub fn has_credentials(&self, cookies: Option<&str>, has_authorization: bool) -> bool {
        let cookies = cookies.map(str::as_bytes);
        has_authorization || read_cookie(cookies, cookie_name(self.secure)).is_some()
    }
}

/// The service that handles a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// The static shell.
    Shell,
    /// The API worker: API and webhooks.
    Api,
    /// The worker of pages: pages of share links, which are never cached, and what pages load.
    Link,
    /// The worker of pages. Without credentials ([`RouteConfig::has_credentials`]) they are the same
    /// for every reader.
    Page,
    /// The worker of pages: files that are the same for every reader, with or without credentials.
    File,
    /// The worker of pages, for the space of this hostname: lower case, without port and final
    /// dot.
    CustomHost(String),
    /// No service; the answer is 421.
    UnknownHost,
}

/// Decides by the `Host` header and the path, both as received. The path has no query.
///
/// The platform's host must match with its port; a custom host matches on any port.
#[must_use]
pub fn route(host: &str, path: &str, config: &RouteConfig) -> Target {
    let host = host.to_ascii_lowercase();
    if host == config.app_host {
        return route_path(path);
    }
    match custom_host(&host) {
        // The platform's host name with another port or a final dot is not a custom host.
        Some(name) if name == without_port(&config.app_host) => Target::UnknownHost,
        Some(name) => Target::CustomHost(name.to_owned()),
        None => Target::UnknownHost,
    }
}

fn route_path(path: &str) -> Target {
    if has_dot_segment(path) {
        return Target::Shell;
    }
    let below = |prefix: &str| {
        path.strip_prefix(prefix)
            .is_some_and(|rest| !rest.is_empty())
    };
    if path == "/api" || path.starts_with("/api/") || below("/hooks/") {
        Target::Api
    } else if ["/_prox/", "/s/"].into_iter().any(below) {
        Target::Link
    } else if ["/@", "/%40", "/d/"].into_iter().any(below) {
        Target::Page
    } else if matches!(path, "/robots.txt" | "/sitemap.xml" | "/favicon.ico") {
        Target::File
    } else {
        Target::Shell
    }
}

/// Whether a path has a dot segment (`.` or `..`), also an encoded one or one after a backslash: a
/// server that resolves it would see another path.
fn has_dot_segment(path: &str) -> bool {
    path.split(['/', '\\']).any(|segment| {
        let mut rest = segment;
        let mut dots = 0;
        while let Some(after) = after_dot(rest) {
            dots += 1;
            rest = after;
        }
        rest.is_empty() && (1..=2).contains(&dots)
    })
}

fn after_dot(text: &str) -> Option<&str> {
    [".", "%2e", "%2E"]
        .into_iter()
        .find_map(|dot| text.strip_prefix(dot))
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

/// The name of a host that may be a custom host: at least two labels of letters,
/// digits and inner hyphens (RFC 1123, 2.1), and no IP address.
fn custom_host(host: &str) -> Option<&str> {
    let name = without_port(host);
    let name = name.strip_suffix('.').unwrap_or(name);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // The last label of an IPv4 address is a number, in some notation.
    let (_, last) = name.rsplit_once('.')?;
    let is_address = last.starts_with(|c: char| c.is_ascii_digit());
    (name.len() <= 253 && !is_address && name.split('.').all(is_label)).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(host: &str, path: &str) -> Target {
        route(
            host,
            path,
            &RouteConfig::from_origin("http://localhost:8787"),
        )
    }

    fn path(path: &str) -> Target {
        at("localhost:8787", path)
    }

    #[test]
    fn each_path_of_the_platform_has_its_target() {
        for (text, expected) in [
            ("/", Target::Shell),
            ("/settings", Target::Shell),
            ("/api", Target::Api),
            ("/api/", Target::Api),
            ("/api/health", Target::Api),
            ("/api/a/..b", Target::Api),
            ("/api/items/a%2Fb", Target::Api),
            ("/hooks/slack", Target::Api),
            ("/hooks", Target::Shell),
            ("/_prox/live.js", Target::Link),
            ("/@ada", Target::Page),
            ("/@ada/work.rss", Target::Page),
            ("/@", Target::Shell),
            ("/d/dsk_x", Target::Page),
            ("/d", Target::Shell),
            ("/s/token", Target::Link),
            ("/s/token.md", Target::Link),
            ("/s/", Target::Shell),
            ("/s", Target::Shell),
            ("/%40Ada/work", Target::Page),
            ("/%40", Target::Shell),
            ("/robots.txt", Target::File),
            ("/sitemap.xml", Target::File),
            ("/favicon.ico", Target::File),
            ("/favicon.svg", Target::Shell),
            ("/robots.txt/", Target::Shell),
            ("/assets/index-abc.js", Target::Shell),
            ("", Target::Shell),
            ("*", Target::Shell),
        ] {
            assert_eq!(path(text), expected, "{text}");
        }
    }

    #[test]
    fn path_tricks_stay_with_the_shell() {
        for text in [
            "//api",
            "//api/health",
            "/%61pi",
            "/api%2Fhealth",
            "/%2Fapi",
            "/API/health",
            "/Api",
            "/apis",
            "/api;x",
            "/./api",
            "/x/../api/health",
            "/api/../x",
            "/api/%2e%2e/x",
            "/api/%2E./x",
            "/api/.",
            "/api\\..\\x",
            "/\\api",
            "\\api",
            "api/health",
            "/hooks/..",
            "/s/..",
            "/s/%2e%2e/api/me",
            "/S/token",
            "/%73/token",
            "/@ada/../../api/me",
            "/@ada/%2e%2E/api",
            "/%40ada/../api",
            " /api",
            "/ api",
        ] {
            assert_eq!(path(text), Target::Shell, "{text}");
        }
    }

    #[test]
    fn the_platforms_host_matches_with_its_port_only() {
        assert_eq!(at("LOCALHOST:8787", "/api"), Target::Api);
        for host in [
            "localhost",
            "localhost:80",
            "localhost:87870",
            "localhost.:8787",
            "localhost:8787.",
            " localhost:8787",
        ] {
            assert_eq!(at(host, "/api"), Target::UnknownHost, "{host}");
        }
        let config = RouteConfig::from_origin("https://Prox.example/");
        assert_eq!(route("prox.example", "/api", &config), Target::Api);
        for host in ["prox.example:8443", "prox.example.", "prox.example:443"] {
            assert_eq!(route(host, "/api", &config), Target::UnknownHost, "{host}");
        }
    }

    #[test]
    fn only_the_sessions_own_cookie_counts_as_credentials() {
        let local = RouteConfig::from_origin("http://localhost:8787");
        let https = RouteConfig::from_origin("https://prox.example");
        for (cookies, on_local, on_https) in [
            ("prox=ses_1.a", true, false),
            ("__Host-prox=ses_1.a", false, true),
            ("a=b; prox=ses_1.a; c=d", true, false),
            ("a=b;__Host-prox=ses_1.a", false, true),
            ("prox=", true, false),
            ("xprox=1", false, false),
            ("prox_theme=dark", false, false),
            ("prox-link=1", false, false),
            ("__Host-prox-google=1", false, false),
            ("a=prox=1", false, false),
            ("a=__Host-prox", false, false),
            ("__host-prox=1", false, false),
            ("Prox=1", false, false),
            ("prox", false, false),
            ("\"prox=1\"", false, false),
            // As the API reads it: one of the two may come from an attacker.
            ("prox=1; prox=2", false, false),
            ("", false, false),
        ] {
            assert_eq!(
                local.has_credentials(Some(cookies), false),
                on_local,
                "{cookies}"
            );
            assert_eq!(
                https.has_credentials(Some(cookies), false),
                on_https,
                "{cookies}"
            );
        }
        assert!(!local.has_credentials(None, false));
        assert!(local.has_credentials(None, true));
        assert!(local.has_credentials(Some("a=b"), true));
    }

    #[test]
    fn a_custom_host_is_canonical_and_takes_every_path() {
        for host in [
            "Www.Example.COM",
            "www.example.com.",
            "www.example.com:8787",
            "www.example.com.:1",
        ] {
            for path in ["/", "/api/me", "/hooks/slack", "/@ada"] {
                assert_eq!(
                    at(host, path),
                    Target::CustomHost("www.example.com".to_owned()),
                    "{host}{path}"
                );
            }
        }
        assert_eq!(
            at("ada.localhost:8787", "/"),
            Target::CustomHost("ada.localhost".to_owned())
        );
        assert_eq!(
            at("xn--bcher-kva.example", "/"),
            Target::CustomHost("xn--bcher-kva.example".to_owned())
        );
    }

    #[test]
    fn hosts_that_cannot_be_owned_are_unknown() {
        let long = format!("{}.example", "a".repeat(64));
        let longer = format!("{}com", "abcdefgh.".repeat(28));
        for host in [
            "",
            ".",
            ":",
            "com",
            "127.0.0.1",
            "127.0.0.1:8787",
            "127.1",
            "0x7f.0x1",
            "a.1",
            "[::1]",
            "[::1]:8787",
            "::1",
            "a..example",
            ".a.example",
            "a.example..",
            "-a.example",
            "a-.example",
            "a_b.example",
            "*.example.com",
            "bücher.example",
            "a.example:x",
            "a.example:80:80",
            "a.example/x",
            "user@a.example",
            "a.example ",
            "a.example,b.example",
            &long,
            &longer,
        ] {
            assert_eq!(at(host, "/"), Target::UnknownHost, "{host}");
        }
    }

    proptest! {
        #[test]
        fn only_plain_paths_reach_the_api(text in "/?(api|hooks|_prox|s|@a|%61pi|\\.\\.|%2e|\\.|/|\\\\|[a-z]){0,6}") {
            let url = url::Url::parse("http://localhost:8787").unwrap();
            let resolved = url.join(&text).map(|url| url.path().to_owned());
            // The answer is the same when a proxy resolved the path before.
            if path(&text) == Target::Api && !text.starts_with("//") {
                prop_assert_eq!(resolved.map(|resolved| path(&resolved)), Ok(Target::Api));
            }
        }

        #[test]
        fn a_canonical_host_routes_to_itself(host: String, path: String) {
            if let Target::CustomHost(name) = at(&host, &path) {
                prop_assert_eq!(at(&name, &path), Target::CustomHost(name));
            }
        }

        #[test]
        fn a_hostname_that_can_be_claimed_can_be_reached(text in "[a-z0-9.-]{1,20}\\.[a-z0-9-]{1,5}") {
            if let Ok(name) = prox_integrations::hostname::canonical(&text, &prox_integrations::unicode::Tables) {
                prop_assert_eq!(at(name.as_str(), "/"), Target::CustomHost(name.to_string()));
            }
        }
    }
}
