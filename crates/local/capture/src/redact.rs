//! Redaction: removes secrets from headers and URLs before they are stored. What identifies a
//! secret (its scheme, the name of a parameter, a cookie's name and attributes) is kept, because
//! people search for it.

use percent_encoding::percent_decode_str;

/// The placeholder of a secret.
pub const REDACTED: &str = "[redacted]";

/// Headers whose values are never stored.
const ALWAYS: [&str; 4] = [
    "authorization",
    "cookie",
    "proxy-authorization",
    "set-cookie",
];

/// Headers whose values are URLs, which may have secrets in their parameters.
const ADDRESSES: [&str; 3] = ["content-location", "location", "referer"];

/// The characters that precede a parameter of a URL.
const MARKS: [char; 3] = ['?', '&', '#'];

const SCHEMES: [&str; 8] = [
    "aws4-hmac-sha256",
    "basic",
    "bearer",
    "digest",
    "dpop",
    "hawk",
    "negotiate",
    "ntlm",
];

const ATTRIBUTES: [&str; 9] = [
    "domain",
    "expires",
    "httponly",
    "max-age",
    "partitioned",
    "path",
    "priority",
    "samesite",
    "secure",
];

/// The names of secret headers and parameters.
#[derive(Clone, Debug, Default)]
pub struct Redaction {
    names: Vec<String>,
}

impl Redaction {
    /// Adds these names to the ones that are always secret.
    pub fn new(names: &[String]) -> Self {
        Self {
            names: names
                .iter()
                .map(|name| name.trim().to_ascii_lowercase())
                .collect(),
        }
    }

    /// A header's value with its secrets replaced. None when it has no secret.
    pub fn apply(&self, name: &str, value: &str) -> Option<String> {
        if self.names.iter().any(|secret| secret == name) {
            return Some(REDACTED.to_owned());
        }
        if ADDRESSES.contains(&name) {
            return self.address(value);
        }
        if !ALWAYS.contains(&name) {
            return None;
        }
        Some(match name {
            "cookie" => value.split(';').map(cookie).collect::<Vec<_>>().join("; "),
            "set-cookie" => set_cookie(value),
            _ => credentials(value),
        })
    }

    /// A URL, or its path and query, with the values of secret parameters replaced. None when it
    /// has no secret.
    pub fn address(&self, address: &str) -> Option<String> {
        if self.names.is_empty() || !address.contains(MARKS) {
            return None;
        }
        let kept = with_values(address, |name, value| {
            (!value.is_empty() && self.names_parameter(name)).then_some(REDACTED)
        });
        (kept != address).then_some(kept)
    }

    fn names_parameter(&self, name: &str) -> bool {
        let name = percent_decode_str(name).decode_utf8_lossy();
        self.names
            .iter()
            .any(|secret| secret.eq_ignore_ascii_case(&name))
    }
}

/// An edited URL with the placeholders replaced by the secrets of the original URL.
pub fn restore(edited: &str, sent: &str) -> String {
    let mut secrets = Vec::new();
    with_values(sent, |name, value| {
        secrets.push((name, value));
        None
    });
    with_values(edited, |name, value| {
        // Repeated parameters are matched in their order.
        let index = secrets.iter().position(|(known, _)| *known == name)?;
        let (_, secret) = secrets.remove(index);
        (value == REDACTED).then_some(secret)
    })
}

/// A URL with the values of some parameters replaced.
fn with_values<'a, 'b>(
    address: &'a str,
    mut other: impl FnMut(&'a str, &'a str) -> Option<&'b str>,
) -> String {
    let mut pieces = address.split_inclusive(MARKS);
    let mut text = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let pair = piece.trim_end_matches(MARKS);
        let changed = pair
            .split_once('=')
            .and_then(|(name, value)| Some((name, other(name, value)?)));
        match changed {
            Some((name, value)) => {
                let mark = piece.strip_prefix(pair).unwrap_or_default();
                text.extend([name, "=", value, mark]);
            }
            None => text.push_str(piece),
        }
    }
    text
}

/// Whether a stored value is the placeholder of a secret.
pub fn is_redacted(value: &str) -> bool {
    value.contains(REDACTED)
}

fn credentials(value: &str) -> String {
    match value.trim().split_once(' ') {
        Some((scheme, _)) if SCHEMES.contains(&scheme.to_ascii_lowercase().as_str()) => {
            format!("{scheme} {REDACTED}")
        }
        _ => REDACTED.to_owned(),
    }
}

fn cookie(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, _)) if is_token(name.trim()) => format!("{}={REDACTED}", name.trim()),
        _ => REDACTED.to_owned(),
    }
}

/// Whether a text is a valid cookie name (RFC 6265). Any other text may be a misplaced secret.
fn is_token(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !name.is_empty() && name.bytes().all(allowed)
}

fn set_cookie(value: &str) -> String {
    let mut parts = value.split(';');
    let mut kept = cookie(parts.next().unwrap_or_default());
    for attribute in parts {
        let name = attribute.split('=').next().unwrap_or_default().trim();
        if ATTRIBUTES.contains(&name.to_ascii_lowercase().as_str()) {
            kept.push_str("; ");
            kept.push_str(attribute.trim());
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_replaced_and_their_names_kept() {
        let redaction = Redaction::new(&["X-Api-Key".to_owned()]);
        for (name, value, kept) in [
            ("authorization", "Bearer s3cret", "Bearer [redacted]"),
            ("authorization", "s3cret", "[redacted]"),
            ("authorization", "s3cret part", "[redacted]"),
            ("proxy-authorization", "Basic s3cret", "Basic [redacted]"),
            (
                "cookie",
                "sid=s3cret; b=s3cret",
                "sid=[redacted]; b=[redacted]",
            ),
            ("cookie", "s3cret", "[redacted]"),
            (
                "set-cookie",
                "sid=s3cret=; Path=/; HttpOnly; s3cret=s3cret; SameSite=Lax",
                "sid=[redacted]; Path=/; HttpOnly; SameSite=Lax",
            ),
            ("x-api-key", "s3cret", "[redacted]"),
        ] {
            assert_eq!(redaction.apply(name, value).as_deref(), Some(kept));
            assert!(is_redacted(kept));
        }
        assert_eq!(redaction.apply("content-type", "text/html"), None);
    }

    #[test]
    fn a_parameter_with_a_secret_name_loses_its_value() {
        let redaction = Redaction::new(&["X-Key".to_owned()]);
        for (address, kept) in [
            ("/?x-key=s3cret", "/?x-key=[redacted]"),
            ("/?a=1&X-KEY=s3cret&b=2", "/?a=1&X-KEY=[redacted]&b=2"),
            ("/?x%2Dkey=s3cret%26", "/?x%2Dkey=[redacted]"),
            (
                "/?x-key=s3cret=&x-key=s3cret",
                "/?x-key=[redacted]&x-key=[redacted]",
            ),
            ("/cb#x-key=s3cret", "/cb#x-key=[redacted]"),
            ("/?to=/a?x-key=s3cret#b", "/?to=/a?x-key=[redacted]#b"),
        ] {
            assert_eq!(redaction.address(address).as_deref(), Some(kept));
            let page = format!("http://web.localhost{address}");
            assert!(
                !redaction
                    .apply("referer", &page)
                    .unwrap()
                    .contains("s3cret")
            );
        }
        for address in [
            "/",
            "/x-key=1",
            "/?x-key",
            "/?x-key=",
            "/?key=1&x-keys=2",
            "/?&&#",
        ] {
            assert_eq!(redaction.address(address), None, "{address}");
        }
        assert_eq!(Redaction::default().address("/?x-key=1"), None);
    }

    #[test]
    fn an_edited_url_gets_its_secrets_back() {
        let sent = "/a?key=one&page=1&key=two#key=three";
        for (edited, restored) in [
            ("/b?page=2&key=[redacted]", "/b?page=2&key=one"),
            (
                "/a?key=mine&key=[redacted]&x=[redacted]",
                "/a?key=mine&key=two&x=[redacted]",
            ),
            ("/[redacted]?key=[redacted]s", "/[redacted]?key=[redacted]s"),
            ("/a", "/a"),
        ] {
            assert_eq!(restore(edited, sent), restored);
        }
    }

    proptest::proptest! {
        #[test]
        fn a_redacted_url_is_restored(address in "/[a-z]{0,5}[?#]([a-z]{0,3}=?[!-~]{0,5}&?){0,5}") {
            let redaction = Redaction::new(&["a".to_owned(), "b".to_owned()]);
            let kept = redaction.address(&address).unwrap_or_else(|| address.clone());
            proptest::prop_assert_eq!(restore(&kept, &address), address);
        }

        #[test]
        fn no_value_of_a_secret_header_is_kept(value in "[!-:<-~]{0,40}") {
            let secret = format!("s3cret{value}");
            let redaction = Redaction::default();
            for name in ALWAYS {
                for header in [secret.clone(), format!("a={secret}"), format!("Bearer {secret}")] {
                    let kept = redaction.apply(name, &header).unwrap();
                    // A cookie's name is kept; its value never is.
                    let value = if header.starts_with('a') { "=s3cret" } else { " s3cret" };
                    proptest::prop_assert!(!kept.contains(value), "{name}: {kept}");
                }
            }
        }
    }
}
