//! Names and values of headers that the router and the workers write.

use uuid::{Builder, Uuid};

/// The header with the request id, which is in the log, too.
pub const REQUEST_ID: &str = "x-request-id";
/// The media type of a problem document (RFC 9457).
pub const PROBLEM_JSON: &str = "application/problem+json";

/// Headers of every response; a response that sets one of them keeps its own value.
pub const COMMON: [(&str, &str); 6] = [
    ("cache-control", "no-store"),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "strict-origin-when-cross-origin"),
    (
        "content-security-policy",
        "default-src 'none'; frame-ancestors 'none'",
    ),
    ("cross-origin-resource-policy", "same-origin"),
    ("strict-transport-security", "max-age=31536000"),
];

/// The request's own id when it is a UUIDv7, else a new one made from the time in milliseconds and
/// ten random bytes.
#[must_use]
pub fn request_id(given: Option<&str>, now_millis: u64, random: &[u8; 10]) -> String {
    let given = given.and_then(|text| Uuid::try_parse(text).ok());
    let id = given
        .filter(|id| id.get_version_num() == 7)
        .unwrap_or_else(|| Builder::from_unix_timestamp_millis(now_millis, random).into_uuid());
    id.hyphenated().to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_uuid_v7_is_kept_as_request_id() {
        let own = "01890a5d-ac96-774b-bcce-b302099a8057";
        assert_eq!(request_id(Some(own), 0, &[0; 10]), own);
        for other in [
            None,
            Some(""),
            Some("x"),
            Some("9b2c1d1e-6f3a-4c8e-9b7a-1c2d3e4f5a6b"),
        ] {
            let fresh = request_id(other, 1_700_000_000_000, &[7; 10]);
            assert!(fresh.starts_with("018bcfe5-6800-7"), "{fresh}");
        }
    }
}
