//! Finds texts that deserve a second look before others see them: secrets, internal hostnames and private
//! addresses.
//!
//! It knows forms that are hardly ever anything else, so that a warning is worth reading. It proves nothing:
//! a text without a warning may still be a secret.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use prox_types::{Warning, WarningKind};

/// A regular expression of Postgres that every text with a warning matches, in any case of letters. Other
/// texts match it, too.
pub const PATTERN: &str = r"(akia|asia|gh[pousr]_|github_pat_|glpat-|sk-|sk_|rk_|xox|aiza|npm_|pypi-|hf_|dop_v1_|whsec_|eyj|private key|pass|pwd|secret|token|key|auth|sig|\d+\.\d+\.\d+\.\d+|::|f[cde][0-9a-f]{2}:|://[^/?#\s.]+\.?([/:?#\s]|$)|://[^/?#\s]*@|\.(local|localhost|localdomain|internal|intranet|lan|corp|home|private|test|arpa))";

/// The most warnings of one text.
const MAX_WARNINGS: usize = 10;

/// Beginnings of keys and tokens of well-known services, and the least number of characters after them.
const PREFIXES: [(&str, usize); 20] = [
    ("AKIA", 16),
    ("ASIA", 16),
    ("ghp_", 30),
    ("gho_", 30),
    ("ghu_", 30),
    ("ghs_", 30),
    ("ghr_", 30),
    ("github_pat_", 20),
    ("glpat-", 16),
    ("sk-", 20),
    ("sk_live_", 16),
    ("sk_test_", 16),
    ("rk_live_", 16),
    ("AIza", 30),
    ("npm_", 30),
    ("pypi-", 40),
    ("hf_", 25),
    ("dop_v1_", 40),
    ("whsec_", 24),
    ("xox", 12),
];

/// Names before a secret, as `password: …` or `?token=…`.
const NAMES: [&str; 12] = [
    "password",
    "passwd",
    "passphrase",
    "pwd",
    "secret",
    "client_secret",
    "token",
    "access_token",
    "auth_token",
    "api_key",
    "apikey",
    "private_key",
];

/// The last labels of names that only an internal network knows: special-use names (RFC 6761, 6762, 8375,
/// ICANN's `internal`), and those that networks commonly use.
const INTERNAL: [&str; 12] = [
    "local",
    "localhost",
    "localdomain",
    "internal",
    "intranet",
    "lan",
    "corp",
    "home",
    "private",
    "test",
    "home.arpa",
    "cluster.local",
];

/// The warnings about the text of a field, in order of appearance, each once, at most ten.
#[must_use]
pub fn warnings(field: &str, text: &str) -> Vec<Warning> {
    let mut found: Vec<Warning> = Vec::new();
    let mut warn = |kind, text: &str| {
        let warning = Warning {
            kind,
            field: field.to_owned(),
            text: excerpt(kind, text),
        };
        if found.len() < MAX_WARNINGS && !found.contains(&warning) {
            found.push(warning);
        }
    };
    if text.contains("PRIVATE KEY-----") {
        warn(WarningKind::Secret, "PRIVATE KEY");
    }
    let mut before = "";
    let mut follows_name = false;
    for word in words(text) {
        if is_token(word) || has_named_secret(word) || (follows_name && is_secret_value(word)) {
            warn(WarningKind::Secret, word);
        }
        let is_sign = matches!(word, ":" | "=");
        follows_name = is_name(if is_sign { before } else { word }) && word.ends_with([':', '=']);
        before = word;
        for host in hosts(word) {
            if let Some(kind) = internal_kind(host) {
                warn(kind, host);
            }
        }
    }
    found
}

/// The beginning of a text; of a secret only enough to find it.
fn excerpt(kind: WarningKind, text: &str) -> String {
    let (shown, limit) = match kind {
        WarningKind::Secret => (8, 8),
        WarningKind::InternalHostname | WarningKind::PrivateAddress => (60, 60),
    };
    let mut out: String = text.chars().take(shown).collect();
    if text.chars().count() > limit {
        out.push('…');
    }
    out
}

/// The words of a text, without what surrounds them in prose, Markdown and code.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let surrounds = |c: char| "\"'`<>()[]{},;*|".contains(c) || c.is_whitespace();
    text.split(surrounds).filter(|word| !word.is_empty())
}

/// Whether a part of a word is a key of a well-known service, or a JSON Web Token.
fn is_token(word: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.');
    word.split(|c| !is_part(c)).any(|part| {
        let is_key = PREFIXES.iter().any(|(prefix, rest)| {
            part.strip_prefix(prefix)
                .is_some_and(|tail| tail.len() >= *rest && is_random(tail))
        });
        is_key || is_jwt(part)
    })
}

/// Whether a text has digits and letters, as random keys do and words do not.
fn is_random(text: &str) -> bool {
    text.bytes().any(|b| b.is_ascii_digit()) && text.bytes().any(|b| b.is_ascii_alphabetic())
}

fn is_jwt(part: &str) -> bool {
    let mut parts = part.split('.');
    let header = parts.next().unwrap_or_default();
    let payload = parts.next().unwrap_or_default();
    let is_signed = parts.next().is_some_and(|signature| signature.len() >= 16);
    header.starts_with("eyJ") && payload.starts_with("eyJ") && is_signed
}

/// Whether a word names a secret and has it: `token=…` in a query or a file, `user:password@host` in a URL.
fn has_named_secret(word: &str) -> bool {
    let has_pair = word.split(['?', '&', '#']).any(|pair| {
        pair.split_once(['=', ':'])
            .is_some_and(|(name, value)| is_name(name) && is_secret_value(value))
    });
    let has_credentials = word.split_once("://").is_some_and(|(_, rest)| {
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
        authority
            .rsplit_once('@')
            .and_then(|(user, _)| user.split_once(':'))
            .is_some_and(|(_, password)| !password.is_empty())
    });
    has_pair || has_credentials
}

/// Whether a word is the name of a secret, perhaps with the sign that its value follows.
fn is_name(word: &str) -> bool {
    let name = word.trim_end_matches([':', '=']);
    let name = name.rsplit(['.', '/']).next().unwrap_or(name);
    let plain: String = name.to_ascii_lowercase().replace('-', "_");
    NAMES
        .iter()
        .any(|known| plain == *known || plain.ends_with(&format!("_{known}")))
}

/// Whether a text can be a secret: long enough, and no placeholder.
fn is_secret_value(value: &str) -> bool {
    let is_placeholder = value.starts_with(['$', '<', '…'])
        || value
            .bytes()
            .all(|b| matches!(b, b'*' | b'x' | b'X' | b'.'));
    value.len() >= 6 && !is_placeholder && value.bytes().any(|b| !b.is_ascii_alphabetic())
}

/// The hosts in a word: those of URLs, and the word itself when it looks like a host.
fn hosts(word: &str) -> impl Iterator<Item = &str> {
    let mut rest = word;
    let mut of_urls = Vec::new();
    while let Some((_, after)) = rest.split_once("://") {
        let authority = after
            .split(['/', '?', '#', '\\'])
            .next()
            .unwrap_or_default();
        let host = authority
            .rsplit_once('@')
            .map_or(authority, |(_, host)| host);
        of_urls.push(without_port(host));
        rest = after;
    }
    let bare = without_port(
        word.split('/')
            .next()
            .unwrap_or(word)
            .trim_end_matches(['.', ':', '!']),
    );
    let is_bare = of_urls.is_empty() && (bare.contains('.') || bare.matches(':').count() > 1);
    of_urls.into_iter().chain(is_bare.then_some(bare))
}

/// A host without its port, and an IPv6 address without its brackets.
fn without_port(host: &str) -> &str {
    if let Some((address, _)) = host.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        return address;
    }
    match host.rsplit_once(':') {
        Some((name, port)) if !name.contains(':') && port.bytes().all(|b| b.is_ascii_digit()) => {
            name
        }
        _ => host,
    }
}

fn internal_kind(host: &str) -> Option<WarningKind> {
    let host = host.strip_suffix('.').unwrap_or(host);
    if let Ok(address) = host.parse::<IpAddr>() {
        return is_private(address).then_some(WarningKind::PrivateAddress);
    }
    let is_host = !host.is_empty()
        && host
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
    let host = host.to_ascii_lowercase();
    // A name without a dot is known to an internal network only. It comes from a URL.
    let is_internal = !host.contains('.')
        || INTERNAL.iter().any(|last| {
            host.strip_suffix(last)
                .is_some_and(|rest| rest.ends_with('.'))
        });
    (is_host && is_internal).then_some(WarningKind::InternalHostname)
}

fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_private_v4(v4),
        IpAddr::V6(v6) => v6
            .to_ipv4_mapped()
            .map_or_else(|| is_private_v6(v6), is_private_v4),
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [first, second, ..] = address.octets();
    address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        // Shared by carriers and overlay networks (RFC 6598).
        || (first == 100 && (64..128).contains(&second))
}

fn is_private_v6(address: Ipv6Addr) -> bool {
    address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
}

#[cfg(test)]
mod tests {
    use super::*;
    use WarningKind::{InternalHostname, PrivateAddress, Secret};

    fn kinds(text: &str) -> Vec<WarningKind> {
        warnings("body", text).into_iter().map(|w| w.kind).collect()
    }

    /// A key with a well-known beginning, which is no real one.
    fn key(prefix: &str) -> String {
        format!("{prefix}{}", "a1B2c3D4e5".repeat(6))
    }

    #[test]
    fn keys_of_services_are_secrets() {
        for (prefix, _) in PREFIXES {
            let key = key(prefix);
            assert_eq!(kinds(&format!("use {key}, please")), [Secret], "{prefix}");
            assert_eq!(kinds(&format!("`{key}`")), [Secret], "{prefix}");
        }
        for text in [
            "-----BEGIN OPENSSH PRIVATE KEY-----",
            "password: hunter-22",
            "The password = correct-horse",
            "DB_PASSWORD=s3cret!x",
            "https://example.com/feed?token=a8f3e2c1d9",
            "postgres://ada:lovelace1@db.example.com/home",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlc2lnbmF0dXJl",
        ] {
            assert_eq!(kinds(text), [Secret], "{text}");
        }
    }

    #[test]
    fn words_about_secrets_are_not_secrets() {
        for text in [
            "Choose a password and tell nobody.",
            "Password: see the vault",
            "token=$TOKEN",
            "password: ********",
            "sk-learn is a library for scientists-and-others",
            "The key to success: https://example.com/?key=value",
            "Ask for the api_key",
            "https://example.com/sign-in?next=/",
            "asia-pacific",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }

    #[test]
    fn hosts_of_internal_networks_are_found() {
        for text in [
            "http://nas:5000/",
            "https://wiki.corp/start",
            "http://printer.local",
            "see grafana.internal for numbers",
            "http://localhost:3000",
            "http://box.home.arpa",
            "http://api.default.svc.cluster.local",
        ] {
            assert_eq!(kinds(text), [InternalHostname], "{text}");
        }
        for text in [
            "https://example.com",
            "https://local.example.com",
            "www.test.example",
            "e.g. this",
            "file.test.ts",
            "https://xn--bcher-kva.example",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }

    #[test]
    fn addresses_of_private_networks_are_found() {
        for text in [
            "10.0.0.1",
            "http://192.168.1.2:80/x",
            "172.16.0.0/12",
            "ssh 127.0.0.1.",
            "http://[fd00::1]:8123/",
            "fe80::1",
            "::1",
            "100.64.0.1",
            "::ffff:10.1.2.3",
        ] {
            assert_eq!(kinds(text), [PrivateAddress], "{text}");
        }
        for text in [
            "8.8.8.8",
            "1.2.3",
            "2001:db8::1",
            "http://172.32.0.1/",
            "10.0.0",
        ] {
            assert_eq!(kinds(text), [], "{text}");
        }
    }

    #[test]
    fn a_secret_is_not_repeated_in_its_warning() {
        let [warning] = &warnings("url", &key("ghp_"))[..] else {
            panic!("one warning");
        };
        assert_eq!(warning.text, "ghp_a1B2…");
        assert_eq!(warning.field, "url");
    }

    #[test]
    fn a_text_has_ten_warnings_and_each_once() {
        let same = "10.0.0.1 ".repeat(50);
        assert_eq!(warnings("body", &same).len(), 1);
        let many: String = (0..50).map(|n| format!("10.0.0.{n} ")).collect();
        assert_eq!(warnings("body", &many).len(), MAX_WARNINGS);
    }
}
