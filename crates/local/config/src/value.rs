//! Parses scalar values: durations, sizes, addresses, names. The JSON Schema has the same patterns,
//! so that editors accept the same texts.

use std::borrow::Cow;
use std::net::Ipv6Addr;
use std::sync::LazyLock;
use std::time::Duration;

use regex::Regex;

/// Pattern of durations: `10s`, `1m30s`, `500ms`, `1.5h`, `7d`, `2w`.
pub(super) const DURATION: &str = r"^([0-9]{1,9}(\.[0-9]{1,3})?(ms|s|m|h|d|w))+$";
/// Pattern of sizes: `1MB` (a million), `64KiB` (65,536), `1000`.
pub(super) const SIZE: &str = r"^[0-9]{1,15}(\.[0-9]{1,3})? ?([kKmMgGtT][iI]?)?[bB]?$";
/// Pattern of addresses: `host:port`, `[::1]:port` or a port alone.
pub(super) const ADDRESS: &str = r"^(([^\s:/\[\]]+|\[[0-9a-fA-F:.]+\]):)?[0-9]{1,5}$";
/// Pattern of http and https URLs.
pub(super) const URL: &str = r"^[hH][tT][tT][pP][sS]?://[^\s/?#]+([/?#]\S*)?$";
/// Pattern of names of processes and groups.
pub(super) const NAME: &str = r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,62}$";
/// Pattern of ids of apps, which are slugs.
pub(super) const SLUG: &str = r"^[a-z0-9]+(-[a-z0-9]+)*$";
/// Pattern of names of services, which are labels of host names.
pub(super) const LABEL: &str = r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$";
/// Pattern of names of environment variables.
pub(super) const VARIABLE: &str = r"^[^=\s\x00]+$";
/// Pattern of names of environment variables that `sh` passes on to its commands.
pub(super) const SHELL_VARIABLE: &str = r"^[A-Za-z_][A-Za-z0-9_]*$";
/// Pattern of host names without a port.
pub(super) const DOMAIN: &str =
    r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?){0,8}$";
/// Pattern of HTTP header names.
pub(super) const HEADER: &str = r"^[A-Za-z0-9!#$%&'*+.^_`|~-]+$";

static DURATION_PART: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d|w)").ok());

/// Whether a text matches one of the patterns above.
pub(super) fn fits(pattern: &'static str, text: &str) -> bool {
    use std::collections::HashMap;
    use std::sync::Mutex;
    static COMPILED: LazyLock<Mutex<HashMap<&'static str, Option<Regex>>>> =
        LazyLock::new(Mutex::default);
    let mut compiled = COMPILED
        .lock()
        .unwrap_or_else(std::sync::PoisonError::into_inner);
    compiled
        .entry(pattern)
        .or_insert_with(|| Regex::new(pattern).ok())
        .as_ref()
        .is_some_and(|pattern| pattern.is_match(text))
}

/// Parses a duration. None if the text is not a duration or exceeds a thousand years.
pub fn duration(text: &str) -> Option<Duration> {
    if !fits(DURATION, text) {
        return None;
    }
    let mut total = Duration::ZERO;
    for part in DURATION_PART.as_ref()?.captures_iter(text) {
        let (_, [number, unit]) = part.extract();
        let seconds_each: f64 = match unit {
            "ms" => 0.001,
            "s" => 1.0,
            "m" => 60.0,
            "h" => 3_600.0,
            "d" => 86_400.0,
            _ => 7.0 * 86_400.0,
        };
        // Rounds to milliseconds, which a duration can represent exactly.
        let milliseconds = (number.parse::<f64>().ok()? * seconds_each * 1_000.0).round();
        let seconds = milliseconds / 1_000.0;
        total = total.checked_add(Duration::try_from_secs_f64(seconds).ok()?)?;
    }
    (total.as_secs() <= 366 * 86_400 * 1_000).then_some(total)
}

/// The duration as people write it, for messages.
pub fn format_duration(duration: Duration) -> String {
    let mut rest = duration.as_millis();
    if rest == 0 {
        return "0s".to_owned();
    }
    let mut text = String::new();
    for (unit, length) in [
        ("d", 86_400_000),
        ("h", 3_600_000),
        ("m", 60_000),
        ("s", 1_000),
        ("ms", 1),
    ] {
        if rest >= length {
            text.push_str(&format!("{}{unit}", rest / length));
            rest %= length;
        }
    }
    text
}

/// Parses a size in bytes. None if the text is not a size.
pub(super) fn size(text: &str) -> Option<u64> {
    if !fits(SIZE, text) {
        return None;
    }
    let end = text
        .find(|c: char| !c.is_ascii_digit() && c != '.')
        .unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    let unit = unit.trim_start().to_ascii_lowercase();
    let unit = unit.strip_suffix('b').unwrap_or(&unit);
    let (unit, step) = match unit.strip_suffix('i') {
        Some(unit) => (unit, 1_024_f64),
        None => (unit, 1_000_f64),
    };
    let power = match unit {
        "" => 0,
        "k" => 1,
        "m" => 2,
        "g" => 3,
        _ => 4,
    };
    let bytes = number.parse::<f64>().ok()? * step.powi(power);
    // Exact up to 2^53, far above any disk.
    (bytes <= 9_007_199_254_740_992.0).then_some(bytes.round() as u64)
}

/// Parses an address to `host:port`; the host of a port alone is `127.0.0.1`.
pub(super) fn address(text: &str) -> Option<String> {
    if !fits(ADDRESS, text) {
        return None;
    }
    let (host, port) = text.rsplit_once(':').unwrap_or(("127.0.0.1", text));
    let port: u16 = port.parse().ok()?;
    let inner = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'));
    let host_fits = inner.is_none_or(|inner| inner.parse::<Ipv6Addr>().is_ok());
    (port > 0 && host_fits).then(|| format!("{host}:{port}"))
}

/// Whether a text is an http or https URL with a host and, if it has one, a valid port.
pub(super) fn is_url(text: &str) -> bool {
    let Ok(uri) = text.parse::<http::Uri>() else {
        return false;
    };
    let port_fits = uri.authority().is_some_and(|authority| {
        authority.port().is_some() == has_port(authority.as_str())
            && authority.port_u16() != Some(0)
    });
    fits(URL, text) && uri.host().is_some_and(|host| !host.is_empty()) && port_fits
}

/// The URL without credentials, for messages.
pub fn without_credentials(url: &str) -> Cow<'_, str> {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.into();
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
    match authority.rsplit_once('@') {
        Some((_, host)) => format!("{scheme}://[redacted]@{host}{path}").into(),
        None => url.into(),
    }
}

fn has_port(authority: &str) -> bool {
    let host = authority.rsplit('@').next().unwrap_or(authority);
    match host.rfind(']') {
        Some(end) => host.get(end + 1..).is_some_and(|rest| rest.contains(':')),
        None => host.contains(':'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn durations_are_read_as_people_write_them() {
        for (text, milliseconds) in [
            ("10s", 10_000),
            ("1m30s", 90_000),
            ("500ms", 500),
            ("1.5h", 5_400_000),
            ("7d", 604_800_000),
            ("1w1d", 691_200_000),
            ("0s", 0),
            ("0.1s", 100),
        ] {
            assert_eq!(
                duration(text),
                Some(Duration::from_millis(milliseconds)),
                "{text}"
            );
        }
        for text in [
            "",
            "10",
            "s",
            "10 s",
            "-1s",
            "1y",
            "1s ",
            "10S",
            "1e3s",
            "999999999d",
        ] {
            assert_eq!(duration(text), None, "{text}");
        }
    }

    #[test]
    fn sizes_distinguish_1000_from_1024() {
        for (text, bytes) in [
            ("1MB", 1_000_000),
            ("1MiB", 1_048_576),
            ("1.5 GB", 1_500_000_000),
            ("64k", 64_000),
            ("64KiB", 65_536),
            ("1000", 1_000),
            ("12b", 12),
        ] {
            assert_eq!(size(text), Some(bytes), "{text}");
        }
        for text in ["", "MB", "1 PB", "-1", "1  MB", "1MBs", "999999999999999TB"] {
            assert_eq!(size(text), None, "{text}");
        }
    }

    #[test]
    fn addresses_have_a_host() {
        assert_eq!(address("5432").as_deref(), Some("127.0.0.1:5432"));
        assert_eq!(address("db.local:5432").as_deref(), Some("db.local:5432"));
        assert_eq!(address("[::1]:80").as_deref(), Some("[::1]:80"));
        for text in [
            "",
            "db",
            ":80",
            "a:0",
            "a:65536",
            "http://a:80",
            "::1:80",
            "[:]:80",
            "[1.2.3.4]:80",
        ] {
            assert_eq!(address(text), None, "{text}");
        }
    }

    #[test]
    fn urls_have_a_host_and_a_scheme_that_is_spoken() {
        for text in [
            "http://localhost:3000/health",
            "https://example.com",
            "http://[::1]:80/",
            "http://a?b",
        ] {
            assert!(is_url(text), "{text}");
        }
        for text in [
            "",
            "localhost:3000",
            "/health",
            "ftp://a",
            "http://",
            "http://:80",
            "http://a:99999",
            "http://a:0/",
            "http://a b",
        ] {
            assert!(!is_url(text), "{text}");
        }
    }

    #[test]
    fn credentials_are_not_shown() {
        for (url, shown) in [
            (
                "http://ada:pw@127.0.0.1:80/x?y=a@b",
                "http://[redacted]@127.0.0.1:80/x?y=a@b",
            ),
            ("https://a@b@c/", "https://[redacted]@c/"),
            ("http://127.0.0.1/@x", "http://127.0.0.1/@x"),
            ("http://a:b@", "http://[redacted]@"),
            ("ada:pw@host", "ada:pw@host"),
        ] {
            assert_eq!(without_credentials(url), shown, "{url}");
        }
    }

    proptest! {
        #[test]
        fn every_duration_that_is_written_can_be_read(milliseconds in 0_u64..10_000_000_000) {
            let given = Duration::from_millis(milliseconds);
            prop_assert_eq!(duration(&format_duration(given)), Some(given));
        }

        #[test]
        fn any_text_is_judged(text in r"\PC{0,20}|[0-9.a-zA-Z:/\[\] ]{0,20}") {
            let _ = (duration(&text), size(&text), address(&text), is_url(&text));
        }
    }
}
