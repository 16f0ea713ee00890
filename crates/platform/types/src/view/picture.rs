//! Pictures that members upload, and the texts that name them.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// A picture of an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Picture {
    /// SHA-256 of its bytes in hexadecimal. `picture:{hash}` names it as an icon, a cover or a wallpaper.
    #[cfg_attr(feature = "openapi", schema(pattern = "^[0-9a-f]{64}$"))]
    pub hash: String,
    /// Media type, by its bytes.
    pub media_type: String,
    /// Size in bytes.
    pub size: i64,
    pub created_at: Timestamp,
}

impl Picture {
    /// The maximum size of a picture, in bytes.
    pub const MAX_SIZE: usize = 512 * 1024;

    /// The hash in the name of a picture, `picture:{hash}`.
    #[must_use]
    pub fn hash_in(name: &str) -> Option<&str> {
        name.strip_prefix("picture:")
            .filter(|hash| Self::is_hash(hash))
    }

    /// Whether a text is a SHA-256 in hexadecimal, as it is written here.
    #[must_use]
    pub fn is_hash(text: &str) -> bool {
        text.len() == 64 && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
    }
}

/// Whether a text is a name of something that clients draw: `[a-z0-9-]{1,40}`.
pub(super) fn is_drawn_name(name: &str) -> bool {
    let is_plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-';
    (1..=40).contains(&name.len()) && name.bytes().all(is_plain)
}

const WRONG_HASH: &str = "must be picture: and the hash of an uploaded picture";

/// Accepts the forms of an icon: `letters`, `glyph:NAME`, `picture:HASH` or a web address.
pub(super) fn icon_form(text: &str, context: &()) -> garde::Result {
    if text == "letters" {
        return Ok(());
    }
    if let Some(name) = text.strip_prefix("glyph:") {
        let error = "must be glyph: and up to 40 lower-case letters, digits and hyphens";
        return if is_drawn_name(name) {
            Ok(())
        } else {
            Err(garde::Error::new(error))
        };
    }
    picture_or_url(text, context)
}

/// Accepts `picture:HASH` or a web address.
pub(super) fn picture_or_url(text: &str, context: &()) -> garde::Result {
    match text.strip_prefix("picture:") {
        Some(hash) if Picture::is_hash(hash) => Ok(()),
        Some(_) => Err(garde::Error::new(WRONG_HASH)),
        None => super::item::web_url(text, context),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn icons_have_four_forms() {
        let hash = "0f".repeat(32);
        for good in [
            "letters",
            "glyph:house",
            "glyph:a-1",
            &format!("picture:{hash}"),
            "https://a.example/i.png",
        ] {
            assert!(icon_form(good, &()).is_ok(), "{good}");
        }
        for bad in [
            "",
            "Letters",
            "letters:AB",
            "glyph:",
            "glyph:House",
            "glyph:a/b",
            &format!("glyph:{}", "a".repeat(41)),
            "picture:",
            "picture:abc",
            &format!("picture:{}", hash.to_uppercase()),
            &format!("picture:{hash}0"),
            "data:image/png;base64,AA",
            "house",
        ] {
            assert!(icon_form(bad, &()).is_err(), "{bad}");
        }
        assert_eq!(Picture::hash_in(&format!("picture:{hash}")), Some(&*hash));
        assert_eq!(Picture::hash_in(&hash), None);
    }
}
