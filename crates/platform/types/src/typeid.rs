//! TypeID, spec 0.3 (<https://github.com/jetify-com/typeid/tree/main/spec>):
//! a prefix, `_`, and a UUID as 26 characters of lower-case Crockford base32.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
const SUFFIX_LEN: usize = 26;
const MAX_PREFIX_LEN: usize = 63;

/// A TypeID of any prefix. The newtypes of [`crate::id`] fix the prefix.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TypeId {
    prefix: String,
    uuid: Uuid,
}

/// The error of a text that is not a valid TypeID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TypeIdError {
    /// The prefix is not `[a-z]([a-z_]{0,61}[a-z])?`, or is empty before a `_`.
    #[error("the prefix may hold only a-z and inner underscores, 63 characters at most")]
    Prefix,
    /// The suffix is not 26 characters of lower-case Crockford base32 up to `7zzz…`.
    #[error("the suffix must be 26 characters of lower-case base32 below 2^128")]
    Suffix,
    /// The prefix is well-formed but names another kind of entity.
    #[error("the id is of another kind")]
    Kind,
}

impl TypeId {
    /// Builds an id from its two parts. An empty prefix is allowed by the spec.
    ///
    /// # Errors
    /// [`TypeIdError::Prefix`] when the prefix is not well-formed.
    pub fn new(prefix: &str, uuid: Uuid) -> Result<Self, TypeIdError> {
        if !prefix_is_valid(prefix) {
            return Err(TypeIdError::Prefix);
        }
        Ok(Self {
            prefix: prefix.to_owned(),
            uuid,
        })
    }

    /// The part before the last `_`; empty when there is none.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The 128 bits behind the suffix.
    #[must_use]
    pub fn uuid(&self) -> Uuid {
        self.uuid
    }
}

impl fmt::Display for TypeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.prefix.is_empty() {
            write!(f, "{}_", self.prefix)?;
        }
        f.write_str(&encode(self.uuid))
    }
}

impl FromStr for TypeId {
    type Err = TypeIdError;

    fn from_str(text: &str) -> Result<Self, TypeIdError> {
        let (prefix, suffix) = match text.rsplit_once('_') {
            Some(("", _)) => return Err(TypeIdError::Prefix),
            Some(parts) => parts,
            None => ("", text),
        };
        Self::new(prefix, decode(suffix)?)
    }
}

fn prefix_is_valid(prefix: &str) -> bool {
    prefix.len() <= MAX_PREFIX_LEN
        && prefix.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        && !prefix.starts_with('_')
        && !prefix.ends_with('_')
}

/// Encodes 128 bits as 26 base32 characters, most significant first.
pub(crate) fn encode(uuid: Uuid) -> String {
    let bits = uuid.as_u128();
    (0..SUFFIX_LEN)
        .rev()
        .map(|place| {
            let digit = (bits >> (place * 5)) & 31;
            ALPHABET.get(digit as usize).map_or('0', |b| char::from(*b))
        })
        .collect()
}

/// Decodes 26 base32 characters as [`encode`] writes them.
pub(crate) fn decode(suffix: &str) -> Result<Uuid, TypeIdError> {
    if suffix.len() != SUFFIX_LEN || suffix.as_bytes().first().is_none_or(|b| *b > b'7') {
        return Err(TypeIdError::Suffix);
    }
    let mut bits: u128 = 0;
    for byte in suffix.bytes() {
        let digit = ALPHABET
            .iter()
            .position(|a| *a == byte)
            .ok_or(TypeIdError::Suffix)?;
        bits = (bits << 5) | digit as u128;
    }
    Ok(Uuid::from_u128(bits))
}
