//! OAuth 2 authorization requests: PKCE verifier and challenge, state, and URL. Independent of
//! the provider; sends no request.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use url::form_urlencoded;

/// A state or a PKCE verifier (RFC 7636, 4.1): 43 characters of base64url from 32 random
/// bytes. The two need different bytes.
#[must_use]
pub fn token(random: &[u8; 32]) -> String {
    URL_SAFE_NO_PAD.encode(random)
}

/// The S256 challenge of a verifier (RFC 7636, 4.2).
#[must_use]
pub fn pkce_challenge(verifier: &str) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier))
}

/// Whether the returned state equals the one in the browser's cookie, compared in constant
/// time. An empty state matches nothing.
#[must_use]
pub fn same_state(returned: &str, kept: &str) -> bool {
    !kept.is_empty() && bool::from(returned.as_bytes().ct_eq(kept.as_bytes()))
}

/// `endpoint` with the parameters as its query, in the order given.
#[must_use]
pub fn authorize_url(endpoint: &str, parameters: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(parameters)
        .finish();
    let joint = if endpoint.contains('?') { '&' } else { '?' };
    format!("{endpoint}{joint}{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_challenge_is_the_one_of_rfc_7636_appendix_b() {
        assert_eq!(
            pkce_challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
            "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
        );
    }

    #[test]
    fn a_token_is_a_valid_verifier() {
        assert_eq!(token(&[0xff; 32]).len(), 43);
        assert!(
            token(&[0xfb; 32])
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        );
    }

    #[test]
    fn states_match_only_exactly() {
        assert!(same_state("abc", "abc"));
        assert!(!same_state("abc", "abd"));
        assert!(!same_state("abc", "ab"));
        assert!(!same_state("", ""));
    }

    #[test]
    fn parameters_are_encoded_and_appended() {
        assert_eq!(
            authorize_url(
                "https://id.example/auth",
                &[("scope", "a b"), ("redirect_uri", "https://x.test/?a=b&c")]
            ),
            "https://id.example/auth?scope=a+b&redirect_uri=https%3A%2F%2Fx.test%2F%3Fa%3Db%26c"
        );
        assert_eq!(
            authorize_url("https://id.example/auth?v=2", &[("a", "b")]),
            "https://id.example/auth?v=2&a=b"
        );
    }
}
