//! The changes that a proxy makes to the headers of a message.

use http::header::{
    self, CONNECTION, COOKIE, Entry, HeaderMap, HeaderName, HeaderValue, TE, TRANSFER_ENCODING,
    UPGRADE,
};

/// The header with the ids of the instances that forwarded a request, to detect loops.
pub(super) const VIA: HeaderName = HeaderName::from_static("x-prox-via");

const KEEP_ALIVE: HeaderName = HeaderName::from_static("keep-alive");
const PROXY_CONNECTION: HeaderName = HeaderName::from_static("proxy-connection");
const HTTP2_SETTINGS: HeaderName = HeaderName::from_static("http2-settings");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_HOST: HeaderName = HeaderName::from_static("x-forwarded-host");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Headers that always concern a single connection.
static HOP_BY_HOP: [HeaderName; 9] = [
    CONNECTION,
    KEEP_ALIVE,
    PROXY_CONNECTION,
    HTTP2_SETTINGS,
    header::PROXY_AUTHENTICATE,
    header::PROXY_AUTHORIZATION,
    TE,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// The protocol that a message upgrades to. `h2c` does not count: its clients also accept HTTP/1.1.
pub(super) fn upgrade(headers: &HeaderMap) -> Option<HeaderValue> {
    let value = headers.get(UPGRADE)?;
    let request_headers =
        listed(headers, &CONNECTION).any(|token| token.eq_ignore_ascii_case("upgrade"));
    (request_headers && !value.as_bytes().eq_ignore_ascii_case(b"h2c")).then(|| value.clone())
}

/// Whether a message is the last one of its connection.
pub(super) fn closes(headers: &HeaderMap) -> bool {
    listed(headers, &CONNECTION).any(|token| token.eq_ignore_ascii_case("close"))
}

/// Removes headers that concern only this connection (RFC 9110, 7.6.1). Keeps `te: trailers`,
/// because trailers are forwarded.
pub(super) fn strip_hop_by_hop(headers: &mut HeaderMap) {
    let named = listed(headers, &CONNECTION)
        .filter(|token| !token.eq_ignore_ascii_case("close"))
        .filter(|token| !token.eq_ignore_ascii_case("keep-alive"))
        .filter_map(|token| token.parse().ok())
        .filter(|name| *name != header::HOST && *name != header::CONTENT_LENGTH);
    // A message has few headers, so comparing names is cheaper than looking each one up.
    let present = headers.keys().filter(|name| HOP_BY_HOP.contains(name));
    let leaving: Vec<HeaderName> = named.chain(present.cloned()).collect();
    let trailers = listed(headers, &TE).any(|token| token.eq_ignore_ascii_case("trailers"));
    for name in leaving {
        headers.remove(name);
    }
    if trailers {
        headers.insert(TE, HeaderValue::from_static("trailers"));
    }
}

/// Sets the headers of an upgrade, after `strip_hop_by_hop`.
pub(super) fn set_upgrade(headers: &mut HeaderMap, protocol: HeaderValue) {
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, protocol);
}

/// Sets `X-Forwarded-For`, `-Host` and `-Proto`. Keeps the host and the scheme of a tunnel in front
/// of us, which knows the URL that people see.
pub(super) fn set_forwarded(
    headers: &mut HeaderMap,
    peer: &HeaderValue,
    host: &HeaderValue,
    https: bool,
) {
    // One allocation for all added headers.
    headers.reserve(4);
    match headers.entry(FORWARDED_FOR) {
        Entry::Vacant(entry) => {
            entry.insert(peer.clone());
        }
        Entry::Occupied(mut entry) => {
            // Several headers of one name are one list, in order (RFC 9110, 5.3).
            let lines = entry.iter().map(HeaderValue::as_bytes);
            let lines = lines.filter(|line| !line.trim_ascii().is_empty());
            let chain: Vec<&[u8]> = lines.chain([peer.as_bytes()]).collect();
            let chain = chain.join(b", ".as_slice());
            if let Ok(chain) = HeaderValue::from_maybe_shared(bytes::Bytes::from(chain)) {
                entry.insert(chain);
            }
        }
    }
    if let Entry::Vacant(entry) = headers.entry(FORWARDED_HOST) {
        entry.insert(host.clone());
    }
    if let Entry::Vacant(entry) = headers.entry(FORWARDED_PROTO) {
        entry.insert(HeaderValue::from_static(if https {
            "https"
        } else {
            "http"
        }));
    }
}

/// Joins the `Cookie` headers, which HTTP/2 may split, into one for HTTP/1.1 (RFC 9113, 8.2.3).
pub(super) fn join_cookies(headers: &mut HeaderMap) {
    let crumbs: Vec<&[u8]> = headers
        .get_all(COOKIE)
        .iter()
        .map(HeaderValue::as_bytes)
        .collect();
    if crumbs.len() < 2 {
        return;
    }
    let joined = crumbs.join(b"; ".as_slice());
    if let Ok(value) = HeaderValue::from_maybe_shared(bytes::Bytes::from(joined)) {
        headers.insert(COOKIE, value);
    }
}

/// The members of a comma-separated header.
fn listed<'a>(headers: &'a HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'a str> {
    headers
        .get_all(name)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(str::trim)
        .filter(|token| !token.is_empty())
}

/// A random value for [`VIA`], by which this instance of prox recognizes its own requests.
pub(super) fn instance_id() -> HeaderValue {
    let mut bytes = [0; 8];
    // Without randomness, the process id still differs from those of other instances.
    if getrandom::fill(&mut bytes).is_err() {
        return HeaderValue::from(std::process::id());
    }
    HeaderValue::from(u64::from_le_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(list: &[(&'static str, &'static str)]) -> HeaderMap {
        list.iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_static(name),
                    HeaderValue::from_static(value),
                )
            })
            .collect()
    }

    #[test]
    fn hop_by_hop_headers_are_removed() {
        let mut map = headers(&[
            ("connection", "close, X-Private , keep-alive, host"),
            ("x-private", "1"),
            ("keep-alive", "timeout=5"),
            ("te", "gzip, Trailers"),
            ("transfer-encoding", "chunked"),
            ("upgrade", "h2c"),
            ("http2-settings", "AAA"),
            ("proxy-authorization", "secret"),
            ("host", "web.localhost"),
            ("trailer", "x-sum"),
        ]);
        strip_hop_by_hop(&mut map);
        let left = headers(&[
            ("host", "web.localhost"),
            ("te", "trailers"),
            ("trailer", "x-sum"),
        ]);
        assert_eq!(map, left);
    }

    #[test]
    fn an_upgrade_needs_both_headers() {
        let request_headers = headers(&[
            ("connection", "keep-alive, Upgrade"),
            ("upgrade", "websocket"),
        ]);
        assert_eq!(upgrade(&request_headers).unwrap(), "websocket");
        assert_eq!(upgrade(&headers(&[("upgrade", "websocket")])), None);
        let h2c = headers(&[("connection", "upgrade"), ("upgrade", "h2c")]);
        assert_eq!(upgrade(&h2c), None);
    }

    #[test]
    fn the_client_is_appended_and_a_tunnels_host_kept() {
        let peer = &HeaderValue::from_static("127.0.0.1");
        let host = HeaderValue::from_static("web.localhost");
        let mut map = HeaderMap::new();
        set_forwarded(&mut map, peer, &host, true);
        assert_eq!(map["x-forwarded-for"], "127.0.0.1");
        assert_eq!(map["x-forwarded-host"], "web.localhost");
        assert_eq!(map["x-forwarded-proto"], "https");
        let mut map = headers(&[
            ("x-forwarded-for", "203.0.113.9"),
            ("x-forwarded-host", "tunnel.example"),
            ("x-forwarded-proto", "https"),
        ]);
        set_forwarded(&mut map, peer, &host, false);
        assert_eq!(map["x-forwarded-for"], "203.0.113.9, 127.0.0.1");
        assert_eq!(map["x-forwarded-host"], "tunnel.example");
        assert_eq!(map["x-forwarded-proto"], "https");
    }

    #[test]
    fn all_forwarded_for_headers_are_kept_in_order() {
        let name = FORWARDED_FOR;
        for (lines, expected) in [
            (
                &["203.0.113.9", "198.51.100.1"][..],
                "203.0.113.9, 198.51.100.1, 127.0.0.1",
            ),
            (&["a, b", "c", "d"], "a, b, c, d, 127.0.0.1"),
            (&["", "a"], "a, 127.0.0.1"),
            (&[""], "127.0.0.1"),
        ] {
            let mut map = HeaderMap::new();
            for line in lines {
                map.append(&name, HeaderValue::from_str(line).unwrap());
            }
            let peer = HeaderValue::from_static("127.0.0.1");
            set_forwarded(&mut map, &peer, &HeaderValue::from_static("h"), false);
            let all: Vec<_> = map.get_all(&name).iter().collect();
            assert_eq!(all, [expected], "{lines:?}");
        }
    }

    #[test]
    fn split_cookies_are_joined() {
        let mut map = HeaderMap::new();
        map.append(COOKIE, HeaderValue::from_static("a=1"));
        map.append(COOKIE, HeaderValue::from_static("b=2"));
        join_cookies(&mut map);
        assert_eq!(map.get_all(COOKIE).iter().count(), 1);
        assert_eq!(map[COOKIE], "a=1; b=2");
    }
}
