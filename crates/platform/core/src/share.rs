//! The secrets of share links: the token in an address, its passphrase, and what a visitor gets who entered.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use crate::session::{secret_hash, set_cookie_at};

/// How long a visitor may come back to a link with a passphrase or a limit, in seconds: 30 days.
const VISIT_SECONDS: i64 = 30 * 24 * 60 * 60;

/// A random secret of 32 bytes as 43 characters of base64url: the last part of a link's address, and the
/// value of a visitor's cookie.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ShareToken(pub [u8; 32]);

/// The error of a text that is not a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the token of a link")]
pub struct ShareTokenError;

impl fmt::Display for ShareToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&URL_SAFE_NO_PAD.encode(self.0))
    }
}

/// Leaves the secret out, so that a logged token reveals nothing.
impl fmt::Debug for ShareToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShareToken(…)")
    }
}

impl FromStr for ShareToken {
    type Err = ShareTokenError;

    fn from_str(text: &str) -> Result<Self, ShareTokenError> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| ShareTokenError)?;
        bytes.try_into().map(Self).map_err(|_| ShareTokenError)
    }
}

impl ShareToken {
    /// SHA-256 of the secret, as the database stores it.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        secret_hash(&self.0)
    }

    /// HMAC-SHA256 of a passphrase under the secret. The database does not have the secret, so nobody who
    /// reads the database can try passphrases, and a slow hash would add nothing.
    #[must_use]
    pub fn passphrase_hash(&self, passphrase: &str) -> [u8; 32] {
        // HMAC takes keys of any length.
        let mac = Hmac::<Sha256>::new_from_slice(&self.0);
        mac.map_or([0; 32], |mut mac| {
            mac.update(passphrase.trim().as_bytes());
            mac.finalize().into_bytes().into()
        })
    }
}

/// The name of the cookie of a visitor of a link: each link has its own, because browsers send all of them to
/// every address below `/s/`.
#[must_use]
pub fn visit_cookie_name(link: &ShareToken, secure: bool) -> String {
    let prefix = if secure { "__Secure-" } else { "" };
    let [first, second, third, fourth, ..] = link.hash();
    format!("{prefix}prox-link-{first:02x}{second:02x}{third:02x}{fourth:02x}")
}

/// The `Set-Cookie` value for a visitor of a link. It is for all formats of the link, whose addresses end
/// differently.
#[must_use]
pub fn set_visit_cookie(link: &ShareToken, visit: &ShareToken, secure: bool) -> String {
    set_cookie_at(
        &visit_cookie_name(link, secure),
        &visit.to_string(),
        "/s/",
        VISIT_SECONDS,
        secure,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_from_its_text() {
        let token = ShareToken([7; 32]);
        let text = token.to_string();
        assert_eq!(text.len(), 43);
        assert_eq!(text.parse(), Ok(token));
        for bad in [
            "",
            "x",
            &text[1..],
            &format!("{text}A"),
            &format!("{text}="),
        ] {
            assert_eq!(bad.parse::<ShareToken>(), Err(ShareTokenError), "{bad}");
        }
        assert_eq!(format!("{token:?}"), "ShareToken(…)");
    }

    #[test]
    fn a_passphrase_hash_belongs_to_its_link() {
        let (one, other) = (ShareToken([1; 32]), ShareToken([2; 32]));
        let hash = one.passphrase_hash("open sesame");
        assert_eq!(hash, one.passphrase_hash(" open sesame "));
        assert_ne!(hash, one.passphrase_hash("open sesam"));
        assert_ne!(hash, other.passphrase_hash("open sesame"));
        assert_ne!(hash, [0; 32]);
    }

    #[test]
    fn each_link_has_a_visit_cookie_of_its_own() {
        let (link, other) = (ShareToken([1; 32]), ShareToken([3; 32]));
        let visit = ShareToken([2; 32]);
        let name = visit_cookie_name(&link, true);
        assert!(name.starts_with("__Secure-prox-link-"));
        assert_ne!(name, visit_cookie_name(&other, true));
        assert_eq!(
            set_visit_cookie(&link, &visit, true),
            format!("{name}={visit}; Path=/s/; Max-Age=2592000; HttpOnly; SameSite=Lax; Secure")
        );
        assert!(!set_visit_cookie(&link, &visit, false).contains("Secure"));
    }
}
