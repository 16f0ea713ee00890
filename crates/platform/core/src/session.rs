//! Session tokens, their stored hash, and the session cookie.
//!
//! The database row of a session decides whether it is still valid.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use prox_types::SessionId;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// The lifetime of a session: 30 days from the sign-in.
pub const SESSION_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

/// The credential of a session: `ses_….<43 characters of base64url>`.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionToken {
    /// The id of the session's row.
    pub id: SessionId,
    /// The secret, which only the client knows; the row has its [`secret_hash`].
    pub secret: [u8; 32],
}

/// The error of a text that is not a session token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a session token")]
pub struct SessionTokenError;

impl fmt::Display for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.id, URL_SAFE_NO_PAD.encode(self.secret))
    }
}

/// Leaves the secret out, so that a logged token reveals nothing.
impl fmt::Debug for SessionToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SessionToken({}.…)", self.id)
    }
}

impl FromStr for SessionToken {
    type Err = SessionTokenError;

    fn from_str(text: &str) -> Result<Self, SessionTokenError> {
        let (id, secret) = text.split_once('.').ok_or(SessionTokenError)?;
        let secret = URL_SAFE_NO_PAD
            .decode(secret)
            .map_err(|_| SessionTokenError)?;
        Ok(Self {
            id: id.parse().map_err(|_| SessionTokenError)?,
            secret: secret.try_into().map_err(|_| SessionTokenError)?,
        })
    }
}

/// SHA-256 of the secret, as the session's row stores it. The secret is random, so a slow hash
/// would add nothing.
#[must_use]
pub fn secret_hash(secret: &[u8; 32]) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// Compares two hashes or secrets in constant time.
#[must_use]
pub fn same_secret(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

/// The cookie's name: `__Host-prox` on https, `prox` on plain-http localhost.
#[must_use]
pub fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-prox" } else { "prox" }
}

/// Finds a cookie in the values of all `Cookie` headers. None when it is missing, and when there
/// are two, because one of them may come from an attacker.
///
/// A `Cookie` header is bytes (RFC 6265, 5.4), because other apps on the host may set any value.
pub fn read_cookie<'a>(
    header_values: impl IntoIterator<Item = &'a [u8]>,
    name: &str,
) -> Option<&'a str> {
    let mut found = header_values
        .into_iter()
        .flat_map(|header| header.split(|byte| *byte == b';'))
        .filter_map(|pair| {
            let equals = pair.iter().position(|byte| *byte == b'=')?;
            let (key, value) = pair.split_at_checked(equals)?;
            (key.trim_ascii() == name.as_bytes()).then_some(value.get(1..)?.trim_ascii())
        });
    match (found.next(), found.next()) {
        (Some(value), None) => std::str::from_utf8(value).ok(),
        _ => None,
    }
}

/// A `Set-Cookie` value with HttpOnly and SameSite=Lax, for the whole site.
///
/// Characters of `value` that are invalid in a cookie (RFC 6265, 4.1.1) are dropped, so that a
/// value cannot add attributes.
#[must_use]
pub fn set_cookie(name: &str, value: &str, max_age_seconds: i64, secure: bool) -> String {
    set_cookie_at(name, value, "/", max_age_seconds, secure)
}

/// As [`set_cookie`], for the paths at and below `path`, which has no `;`.
#[must_use]
pub fn set_cookie_at(
    name: &str,
    value: &str,
    path: &str,
    max_age_seconds: i64,
    secure: bool,
) -> String {
    let value: String = value.chars().filter(|c| is_cookie_octet(*c)).collect();
    let secure = if secure { "; Secure" } else { "" };
    format!(
        "{name}={value}; Path={path}; Max-Age={max_age_seconds}; HttpOnly; SameSite=Lax{secure}"
    )
}

/// A `Set-Cookie` value that deletes the cookie.
#[must_use]
pub fn clear_cookie(name: &str, secure: bool) -> String {
    set_cookie(name, "", 0, secure)
}

fn is_cookie_octet(c: char) -> bool {
    c.is_ascii_graphic() && !matches!(c, '"' | ',' | ';' | '\\')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use prox_types::EntityId as _;

    const ID: &str = "ses_01h455vb4pex5vsknk084sn02q";

    proptest! {
        #[test]
        fn a_token_reads_back_from_its_text(secret: [u8; 32]) {
            let token = SessionToken { id: ID.parse().unwrap(), secret };
            let text = token.to_string();
            prop_assert_eq!(text.len(), ID.len() + 1 + 43);
            prop_assert_eq!(text.parse(), Ok(token));
        }

        #[test]
        fn any_text_is_read_without_panic(text: String) {
            let _ = text.parse::<SessionToken>();
            let _ = read_cookie([text.as_bytes()], "prox");
        }

        #[test]
        fn a_value_never_adds_attributes_to_a_cookie(value: String) {
            let cookie = set_cookie("prox", &value, 60, true);
            prop_assert_eq!(cookie.split(';').count(), 6);
            prop_assert!(cookie.is_ascii());
        }
    }

    #[test]
    fn a_malformed_token_is_refused() {
        let secret = "A".repeat(43);
        assert!(format!("{ID}.{secret}").parse::<SessionToken>().is_ok());
        for text in [
            String::new(),
            ".".to_owned(),
            ID.to_owned(),
            format!("{ID}."),
            format!("{ID}.{}", "A".repeat(42)),
            format!("{ID}.{}", "A".repeat(44)),
            format!("{ID}.{secret}="),
            format!("{ID}.{}B", "A".repeat(42)),
            format!("{ID}.{}+", "A".repeat(42)),
            format!("{ID} .{secret}"),
            format!("usr{}.{secret}", &ID[3..]),
            format!("{ID}.{secret}.x"),
        ] {
            assert_eq!(
                text.parse::<SessionToken>(),
                Err(SessionTokenError),
                "{text}"
            );
        }
    }

    #[test]
    fn a_token_hides_its_secret_in_debug_output() {
        let token = SessionToken {
            id: SessionId::from_uuid("01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap()),
            secret: [7; 32],
        };
        assert!(!format!("{token:?}").contains(&URL_SAFE_NO_PAD.encode([7; 32])));
    }

    #[test]
    fn the_hash_is_sha_256() {
        assert_eq!(secret_hash(&[0; 32])[..4], [0x66, 0x68, 0x7a, 0xad]);
        assert!(same_secret(&secret_hash(&[1; 32]), &secret_hash(&[1; 32])));
        assert!(!same_secret(&secret_hash(&[1; 32]), &secret_hash(&[2; 32])));
        assert!(!same_secret(&[], &[1]));
    }

    #[test]
    fn a_cookie_is_found_among_others_and_across_headers() {
        let read = |headers: &[&'static [u8]]| read_cookie(headers.iter().copied(), "prox");
        assert_eq!(read(&[b"a=1; prox=x=y; b=2"]), Some("x=y"));
        assert_eq!(read(&[b"a=1", b"prox=x"]), Some("x"));
        assert_eq!(read(&[b"xprox=1; Prox=2"]), None);
        assert_eq!(read(&[]), None);
    }

    #[test]
    fn a_cookie_is_found_beside_any_bytes() {
        for other in [
            &b"u=Jos\xc3\xa9"[..],
            b"u=Jos\xe9",
            b"\xff\xfe=1",
            b"=",
            b"novalue",
            b"u=\"a b\"",
        ] {
            for header in [
                [other, b"; prox=x"].concat(),
                [b"prox=x;", other].concat(),
                [other, b";prox=x; ", other].concat(),
            ] {
                assert_eq!(read_cookie([&*header], "prox"), Some("x"), "{header:?}");
            }
        }
        assert_eq!(read_cookie([&b"prox=\xff"[..]], "prox"), None);
    }

    #[test]
    fn a_cookie_that_is_there_twice_is_none() {
        assert_eq!(read_cookie([&b"prox=1; prox=2"[..]], "prox"), None);
        assert_eq!(read_cookie([&b"prox=1"[..], b"prox=1"], "prox"), None);
    }

    #[test]
    fn cookies_are_set_and_cleared_with_every_attribute() {
        assert_eq!(
            set_cookie(cookie_name(true), "v", 60, true),
            "__Host-prox=v; Path=/; Max-Age=60; HttpOnly; SameSite=Lax; Secure"
        );
        assert_eq!(
            clear_cookie(cookie_name(false), false),
            "prox=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"
        );
    }
}
