//! Custom hostnames: their canonical form (UTS 46, RFC 1123), and the DNS records that prove
//! their ownership. Never queries the DNS.

use std::fmt;

use idna::AsciiDenyList;
use idna::uts46::{DnsLength, Hyphens, Uts46};
use prox_types::DnsRecord;

use crate::address::is_within;
use crate::unicode::{self, Unicode};

/// The label of the record that proves a hostname.
const PROOF_LABEL: &str = "_prox";
/// The text before the token in that record.
const PROOF_PREFIX: &str = "prox-verify=";
/// 253, less the proof's label and its dot.
const MAX_LEN: usize = 253 - PROOF_LABEL.len() - 1;

/// Zones in which no one can own a name. `localhost` is not here: development machines have
/// names below it, and no public resolver verifies them.
const CLOSED_ZONES: &[&str] = &["local", "internal", "arpa", "onion", "invalid", "alt"];

/// A public hostname: lower case, punycode, at least two labels, no dot at the end.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Hostname(String);

/// The reason why a text is not a hostname, as a sentence for the person who typed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HostnameError {
    /// The text is empty.
    #[error("Enter a hostname like www.example.com.")]
    Empty,
    /// A URL, a path or an address with `@`.
    #[error("Enter the hostname alone, without https:// and without a path.")]
    NotAlone,
    /// It has a port: `host:443`.
    #[error("Enter the hostname without a port.")]
    Port,
    /// It has a wildcard: `*.example.com`.
    #[error("A wildcard cannot be used; add each hostname.")]
    Wildcard,
    /// An IP address instead of a name.
    #[error("An IP address cannot be used; enter a hostname.")]
    IpAddress,
    /// One label only.
    #[error("Enter a full hostname, with a dot in it.")]
    SingleLabel,
    /// It is in a zone where no one can own a name.
    #[error("This name is reserved for local networks.")]
    Local,
    /// Too long for the DNS.
    #[error("This hostname is too long.")]
    TooLong,
    /// It contains characters that the DNS does not allow.
    #[error("A hostname has only letters, digits, dots and inner hyphens.")]
    Invalid,
}

impl Hostname {
    /// The canonical text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether it is `zone` or below it, so that the platform's own host cannot be claimed.
    /// `zone` is canonical, and may have a port.
    #[must_use]
    pub fn is_within(&self, zone: &str) -> bool {
        let zone = zone.split(':').next().unwrap_or_default();
        !zone.is_empty() && is_within(&self.0, zone)
    }
}

impl fmt::Display for Hostname {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The canonical form of what a person typed, in Unicode or punycode. Look-alike
/// letters survive only as punycode, where they look different.
///
/// # Errors
/// [`HostnameError`], the most helpful that applies.
pub fn canonical(text: &str, unicode: &dyn Unicode) -> Result<Hostname, HostnameError> {
    let text = text.trim();
    let text = text.strip_suffix(['.', '。']).unwrap_or(text);
    check_shape(text)?;
    let ascii = unicode::ascii_host(text, unicode).ok_or(HostnameError::Invalid)?;
    let host = Uts46::new()
        .to_ascii(
            ascii.as_bytes(),
            AsciiDenyList::STD3,
            Hyphens::CheckFirstLast,
            DnsLength::Ignore,
        )
        .map_err(|_| HostnameError::Invalid)?
        .into_owned();
    let labels: Vec<&str> = host.split('.').collect();
    if labels.iter().any(|label| label.is_empty()) {
        return Err(HostnameError::Invalid);
    }
    if host.len() > MAX_LEN || labels.iter().any(|label| label.len() > 63) {
        return Err(HostnameError::TooLong);
    }
    // The last label of every notation of an IPv4 address begins with a digit; that of a hostname
    // never does.
    if labels
        .last()
        .is_some_and(|label| label.starts_with(|c: char| c.is_ascii_digit()))
    {
        return Err(HostnameError::IpAddress);
    }
    if labels.len() < 2 {
        return Err(HostnameError::SingleLabel);
    }
    if CLOSED_ZONES.iter().any(|zone| is_within(&host, zone)) {
        return Err(HostnameError::Local);
    }
    Ok(Hostname(host))
}

/// Detects common mistakes before the characters are checked.
fn check_shape(text: &str) -> Result<(), HostnameError> {
    if text.is_empty() {
        return Err(HostnameError::Empty);
    }
    if text.starts_with('[') || text.matches(':').count() > 1 && !text.contains('/') {
        return Err(HostnameError::IpAddress);
    }
    if text.contains(['/', '\\', '@', '?', '#']) {
        return Err(HostnameError::NotAlone);
    }
    if text.contains(':') {
        return Err(HostnameError::Port);
    }
    if text.contains('*') {
        return Err(HostnameError::Wildcard);
    }
    Ok(())
}

/// The name of the record that proves a hostname.
#[must_use]
pub fn proof_name(hostname: &Hostname) -> String {
    format!("{PROOF_LABEL}.{hostname}")
}

/// The value of that record.
#[must_use]
pub fn proof_value(token: &str) -> String {
    format!("{PROOF_PREFIX}{token}")
}

/// The records to create: one that proves the hostname, and one that points to Prox OS.
#[must_use]
pub fn verification_records(
    hostname: &Hostname,
    token: &str,
    cname_target: &str,
) -> Vec<DnsRecord> {
    vec![
        DnsRecord {
            kind: "TXT".to_owned(),
            name: proof_name(hostname),
            value: proof_value(token),
        },
        DnsRecord {
            kind: "CNAME".to_owned(),
            name: hostname.to_string(),
            value: cname_target.to_owned(),
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unicode::Tables;
    use proptest::prelude::*;

    fn host(text: &str) -> Hostname {
        canonical(text, &Tables).unwrap()
    }

    #[test]
    fn one_host_has_one_canonical_form() {
        for (text, expected) in [
            ("example.com", "example.com"),
            (" WWW.Example.COM. ", "www.example.com"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("BÜCHER.example", "xn--bcher-kva.example"),
            ("xn--bcher-kva.example", "xn--bcher-kva.example"),
            ("ｅｘａｍｐｌｅ。com", "example.com"),
            ("аpple.com", "xn--pple-43d.com"),
            ("a--b.example.com", "a--b.example.com"),
            ("ada.localhost", "ada.localhost"),
        ] {
            assert_eq!(
                canonical(text, &Tables).as_ref().map(Hostname::as_str),
                Ok(expected),
                "{text}"
            );
        }
    }

    #[test]
    fn everything_else_is_refused_with_a_reason() {
        use HostnameError as E;
        let long_label = format!("{}.com", "a".repeat(64));
        let long_name = format!("{}com", "abcdefgh.".repeat(28));
        for (text, expected) in [
            ("", E::Empty),
            (" . ", E::Empty),
            ("https://example.com", E::NotAlone),
            ("https://example.com:80/", E::NotAlone),
            ("example.com/path", E::NotAlone),
            ("ada@example.com", E::NotAlone),
            ("example.com:8080", E::Port),
            ("*.example.com", E::Wildcard),
            ("1.2.3.4", E::IpAddress),
            ("example.0x7f", E::IpAddress),
            ("2130706433", E::IpAddress),
            ("[::1]", E::IpAddress),
            ("2001:db8::1", E::IpAddress),
            ("localhost", E::SingleLabel),
            ("com", E::SingleLabel),
            ("printer.local", E::Local),
            ("a.home.arpa", E::Local),
            ("a_b.example.com", E::Invalid),
            ("-a.example.com", E::Invalid),
            ("a-.example.com", E::Invalid),
            ("a..example.com", E::Invalid),
            (".example.com", E::Invalid),
            ("example.com..", E::Invalid),
            ("exa mple.com", E::Invalid),
            ("xn--a.example", E::Invalid),
            ("a\0.com", E::Invalid),
            (&long_label, E::TooLong),
            (&long_name, E::TooLong),
        ] {
            assert_eq!(canonical(text, &Tables), Err(expected), "{text}");
            // Clients put the name of the field before a message in lower case.
            let message = expected.to_string();
            assert!(message.starts_with(char::is_uppercase), "{message}");
            assert!(message.ends_with('.'), "{message}");
        }
    }

    #[test]
    fn the_platforms_own_names_are_recognized() {
        assert!(host("prox.example").is_within("prox.example"));
        assert!(host("a.prox.example").is_within("prox.example:8787"));
        assert!(!host("notprox.example").is_within("prox.example"));
        assert!(!host("prox.example").is_within(""));
    }

    #[test]
    fn the_records_prove_and_point() {
        let records = verification_records(&host("www.example.com"), "tok", "edge.prox.example");
        let lines: Vec<_> = records
            .iter()
            .map(|r| (r.kind.as_str(), r.name.as_str(), r.value.as_str()))
            .collect();
        assert_eq!(
            lines,
            [
                ("TXT", "_prox.www.example.com", "prox-verify=tok"),
                ("CNAME", "www.example.com", "edge.prox.example"),
            ]
        );
    }

    proptest! {
        #[test]
        fn a_canonical_form_is_stable_and_plain(text in "[a-zA-Z0-9äß。.*:_/-]{0,30}|.{0,30}") {
            if let Ok(host) = canonical(&text, &Tables) {
                prop_assert_eq!(canonical(host.as_str(), &Tables), Ok(host.clone()));
                prop_assert!(host.as_str().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'.'));
                prop_assert!(proof_name(&host).len() <= 253);
            }
        }
    }
}
