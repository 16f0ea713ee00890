//! Stands in for the crate `stringprep` below `postgres-protocol`, which asks it for one
//! thing: a password as SCRAM hashes it. Owns the answer for ASCII, and has no tables for
//! more, which would be a twelfth of the worker.

use std::borrow::Cow;
use std::fmt;

/// Says that a password needs the tables of RFC 4013, or is not allowed by it. In both cases
/// `postgres-protocol` hashes its bytes as they are, which is right for every password that
/// is in its normal form (NFKC) already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unprepared;

impl fmt::Display for Unprepared {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("not a password of printable ASCII")
    }
}

impl std::error::Error for Unprepared {}

/// A password as SASLprep leaves it (RFC 4013): printable ASCII stays what it is.
///
/// # Errors
/// [`Unprepared`] for control characters and everything beyond ASCII.
pub fn saslprep(password: &str) -> Result<Cow<'_, str>, Unprepared> {
    if password.chars().all(|c| matches!(c, ' '..='~')) {
        Ok(Cow::Borrowed(password))
    } else {
        Err(Unprepared)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn printable_ascii_stays_unchanged() {
        assert_eq!(saslprep("p@ss word~"), Ok(Cow::Borrowed("p@ss word~")));
    }

    #[test]
    fn the_rest_is_not_prepared() {
        for password in ["pass\u{7f}", "tab\t", "passwörd", "\u{2168}"] {
            assert_eq!(saslprep(password), Err(Unprepared), "{password:?}");
        }
    }
}
