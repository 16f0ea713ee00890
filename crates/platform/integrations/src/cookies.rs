//! A cookie jar for one chain of redirects (RFC 6265, 5): some sites redirect until the client
//! sends their cookie.
//!
//! Reads no clock: a cookie lives until the server deletes it, or as long as the jar.

use url::{Host, Url};

use crate::address::is_within;

const MAX_COOKIES: usize = 50;
/// The maximum size of a cookie with its name, value and attributes, in bytes.
const MAX_COOKIE: usize = 4096;

/// The cookies of several sites.
#[derive(Clone, Debug, Default)]
pub struct CookieJar {
    cookies: Vec<Cookie>,
}

#[derive(Clone, Debug)]
struct Cookie {
    name: String,
    value: String,
    host: String,
    /// Whether it is sent to `host` only, not to names below it.
    host_only: bool,
    path: String,
    secure: bool,
}

impl CookieJar {
    /// Stores, replaces or deletes a cookie, as a `Set-Cookie` header of `url` says. A value
    /// that browsers refuse is ignored.
    pub fn set(&mut self, url: &Url, header: &str) {
        let Some((cookie, is_deleted)) = parse(url, header) else {
            return;
        };
        self.cookies.retain(|old| {
            (&old.name, &old.host, &old.path) != (&cookie.name, &cookie.host, &cookie.path)
        });
        if !is_deleted && self.cookies.len() < MAX_COOKIES {
            self.cookies.push(cookie);
        }
    }

    /// The `Cookie` header for a request. None when there is nothing to send.
    #[must_use]
    pub fn header(&self, url: &Url) -> Option<String> {
        let host = url.host_str()?;
        let mut sent: Vec<&Cookie> = self
            .cookies
            .iter()
            .filter(|cookie| {
                (cookie.host == host || (!cookie.host_only && is_within(host, &cookie.host)))
                    && path_matches(url.path(), &cookie.path)
                    && (!cookie.secure || url.scheme() == "https")
            })
            .collect();
        // The longest path first; among equal ones, the oldest.
        sent.sort_by_key(|cookie| std::cmp::Reverse(cookie.path.len()));
        let pairs: Vec<String> = sent
            .into_iter()
            .map(|cookie| format!("{}={}", cookie.name, cookie.value))
            .collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }
}

/// The cookie of a `Set-Cookie` value, and whether the value deletes it.
fn parse(url: &Url, header: &str) -> Option<(Cookie, bool)> {
    if header.len() > MAX_COOKIE || header.chars().any(|c| c.is_control() && c != '\t') {
        return None;
    }
    let mut parts = header.split(';');
    let (name, value) = parts.next()?.split_once('=')?;
    let name = name.trim();
    if name.is_empty() {
        return None;
    }
    let host = url.host_str()?;
    let mut cookie = Cookie {
        name: name.to_owned(),
        value: value.trim().to_owned(),
        host: host.to_owned(),
        host_only: true,
        path: default_path(url.path()).to_owned(),
        secure: false,
    };
    let (mut expired, mut max_age) = (false, None);
    for attribute in parts {
        let (name, value) = attribute.split_once('=').unwrap_or((attribute, ""));
        let value = value.trim();
        match name.trim().to_ascii_lowercase().as_str() {
            "domain" if !value.is_empty() => {
                let domain = value
                    .strip_prefix('.')
                    .unwrap_or(value)
                    .to_ascii_lowercase();
                let is_name = matches!(url.host(), Some(Host::Domain(_)));
                cookie.host_only = !is_name;
                // There is no list of public suffixes here; every single label is one.
                if domain != host && !(is_name && domain.contains('.') && is_within(host, &domain))
                {
                    return None;
                }
                cookie.host = domain;
            }
            "path" if value.starts_with('/') => value.clone_into(&mut cookie.path),
            "secure" => cookie.secure = true,
            "max-age" => max_age = value.parse::<i64>().ok().or(max_age),
            // The date with which frameworks delete a cookie.
            "expires" => {
                expired = [" 1970 ", "-1970 ", "-70 "]
                    .iter()
                    .any(|y| value.contains(y))
            }
            _ => {}
        }
    }
    let is_deleted = max_age.map_or(expired, |seconds| seconds <= 0);
    (!cookie.secure || url.scheme() == "https").then_some((cookie, is_deleted))
}

/// The path up to its last slash (RFC 6265, 5.1.4).
fn default_path(path: &str) -> &str {
    match path.rsplit_once('/') {
        Some((folder, _)) if folder.starts_with('/') => folder,
        _ => "/",
    }
}

fn path_matches(path: &str, cookie: &str) -> bool {
    path.strip_prefix(cookie)
        .is_some_and(|rest| rest.is_empty() || cookie.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(set: &[(&str, &str)], to: &str) -> String {
        let mut jar = CookieJar::default();
        for (url, header) in set {
            jar.set(&Url::parse(url).unwrap(), header);
        }
        jar.header(&Url::parse(to).unwrap()).unwrap_or_default()
    }

    #[test]
    fn cookies_go_where_browsers_send_them() {
        let site = "https://www.site.test/a/b";
        for (header, to, expected) in [
            ("x=1", "https://www.site.test/a/c", "x=1"),
            ("x=1", "https://www.site.test/a", "x=1"),
            ("x=1", "https://www.site.test/other", ""),
            ("x=1; Path=/", "https://www.site.test/other", "x=1"),
            ("x=1; Path=/a/", "https://www.site.test/abc", ""),
            ("x=1; Path=b", "https://www.site.test/a/c", "x=1"),
            ("x=1", "https://site.test/a/b", ""),
            ("x=1", "https://sub.www.site.test/a/b", ""),
            (
                "x=1; domain=.Site.test",
                "https://other.site.test/a/b",
                "x=1",
            ),
            ("x=1; Domain=site.test", "https://evilsite.test/a/b", ""),
            ("x=1; Domain=other.test", "https://www.site.test/a/b", ""),
            ("x=1; Domain=test", "https://www.site.test/a/b", ""),
            ("x=1; Domain=", "https://www.site.test/a/b", "x=1"),
            ("x=1; Secure", "http://www.site.test/a/b", ""),
            ("x=a=b; HttpOnly", site, "x=a=b"),
            (" x = 1 ", site, "x=1"),
            ("x=", site, "x="),
            ("x", site, ""),
            ("=1", site, ""),
            ("x=1\r\ny: 2", site, ""),
            ("x=1; Max-Age=0", site, ""),
            ("x=1; Max-Age=-1", site, ""),
            (
                "x=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT",
                site,
                "x=1",
            ),
            ("x=1; Expires=Thu, 01-Jan-1970 00:00:00 GMT", site, ""),
            ("x=1; Expires=Thu, 01 Jan 2099 00:00:00 GMT", site, "x=1"),
        ] {
            assert_eq!(sent(&[(site, header)], to), expected, "{header} to {to}");
        }
    }

    #[test]
    fn a_cookie_is_replaced_deleted_and_ordered_by_path() {
        let site = "https://site.test/a/b";
        assert_eq!(
            sent(&[(site, "x=1"), (site, "y=2"), (site, "x=3")], site),
            "y=2; x=3"
        );
        assert_eq!(sent(&[(site, "x=1"), (site, "x=; max-age=0")], site), "");
        assert_eq!(
            sent(&[(site, "x=1; path=/"), (site, "y=2")], site),
            "y=2; x=1"
        );
        let many: Vec<(String, String)> = (0..100)
            .map(|n| (site.to_owned(), format!("c{n}=1")))
            .collect();
        let many: Vec<_> = many
            .iter()
            .map(|(url, h)| (url.as_str(), h.as_str()))
            .collect();
        assert_eq!(sent(&many, site).split("; ").count(), MAX_COOKIES);
    }
}
