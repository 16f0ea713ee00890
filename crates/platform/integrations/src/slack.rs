//! Deliveries from Slack: is it Slack, and what is it.
//!
//! Owns the signature (<https://docs.slack.dev/authentication/verifying-requests-from-slack>)
//! and the reading of Events API, slash command and interactivity bodies. Never
//! decides which instance a delivery belongs to, and never stores it.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use url::form_urlencoded;

use crate::json::make_storable;

/// How far Slack's clock and ours may differ, in seconds, either way.
pub const MAX_SKEW_SECONDS: u64 = 300;

const MAX_WORD: usize = 50;
const MAX_EXTERNAL_ID: usize = 200;
const MAX_TEAM_ID: usize = 64;

/// Why a delivery is not taken for Slack's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// This deployment has no signing secret, so nothing can verify.
    #[error("no signing secret is configured")]
    NoSecret,
    /// A header is missing or not of Slack's form.
    #[error("the signature headers are missing or malformed")]
    Malformed,
    /// Signed more than five minutes ago, or ahead.
    #[error("the timestamp is too far from now")]
    Stale,
    /// Signed with another secret, or changed on the way.
    #[error("the signature does not match")]
    Mismatch,
}

/// Checks `X-Slack-Request-Timestamp` and `X-Slack-Signature` against the body as
/// it came in. The comparison takes the same time wherever the two differ.
///
/// # Errors
/// [`SignatureError`]; callers answer all of them alike.
pub fn verify(
    secret: &[u8],
    timestamp: Option<&str>,
    raw: &[u8],
    signature: Option<&str>,
    now_seconds: i64,
) -> Result<(), SignatureError> {
    if secret.is_empty() {
        return Err(SignatureError::NoSecret);
    }
    let timestamp = timestamp.ok_or(SignatureError::Malformed)?;
    let sent_at = parse_seconds(timestamp).ok_or(SignatureError::Malformed)?;
    let claimed = signature
        .and_then(|text| text.strip_prefix("v0="))
        .and_then(decode_hex)
        .ok_or(SignatureError::Malformed)?;
    if now_seconds.abs_diff(sent_at) > MAX_SKEW_SECONDS {
        return Err(SignatureError::Stale);
    }
    // HMAC takes keys of any length, so that this cannot fail.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|_| SignatureError::NoSecret)?;
    mac.update(b"v0:");
    mac.update(timestamp.as_bytes());
    mac.update(b":");
    mac.update(raw);
    mac.verify_slice(&claimed)
        .map_err(|_| SignatureError::Mismatch)
}

/// Digits only: `parse` alone would take a sign.
fn parse_seconds(text: &str) -> Option<i64> {
    text.bytes()
        .all(|b| b.is_ascii_digit())
        .then(|| text.parse().ok())?
}

/// 32 bytes from 64 hexadecimal digits.
fn decode_hex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let digits = text.as_bytes();
    if digits.len() != 2 * bytes.len() {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        for digit in pair {
            let value = char::from(*digit).to_digit(16)?;
            *byte = (*byte << 4) | u8::try_from(value).ok()?;
        }
    }
    Some(bytes)
}

/// What Slack sent.
#[derive(Clone, Debug, PartialEq)]
pub enum Delivery {
    /// Slack checks the address: answer this text as text/plain.
    Challenge(String),
    /// Slack checks the certificate: answer 200, store nothing.
    SslCheck,
    /// Something to store.
    Event(SlackEvent),
}

/// A delivery to store, once.
#[derive(Clone, Debug, PartialEq)]
pub struct SlackEvent {
    /// The workspace; finds the instance.
    pub team_id: Option<String>,
    /// Equal for a delivery and its retries; at most 200 characters.
    pub external_id: Option<String>,
    /// `slack.message`, `slack.message.channel_join`, `slack.command`, `slack.interactive`:
    /// lower-case words with dots between them, at most 120 characters.
    pub kind: String,
    /// As sent; form bodies as an object of texts.
    pub payload: Value,
}

/// The body is none that Slack documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body is not a Slack delivery")]
pub struct MalformedDelivery;

/// Reads a verified body.
///
/// # Errors
/// [`MalformedDelivery`] when it is neither JSON nor a form of Slack's shapes.
pub fn classify(content_type: Option<&str>, raw: &[u8]) -> Result<Delivery, MalformedDelivery> {
    let media_type = content_type
        .and_then(|value| value.split(';').next())
        .map(|value| value.trim().to_ascii_lowercase());
    match media_type.as_deref() {
        Some("application/json") => classify_json(raw),
        Some("application/x-www-form-urlencoded") => classify_form(raw),
        None if raw.trim_ascii_start().starts_with(b"{") => classify_json(raw),
        _ => Err(MalformedDelivery),
    }
}

fn classify_json(raw: &[u8]) -> Result<Delivery, MalformedDelivery> {
    let payload = parse_object(raw)?;
    match text_at(&payload, "/type") {
        Some("url_verification") => text_at(&payload, "/challenge")
            .map(|challenge| Delivery::Challenge(challenge.to_owned()))
            .ok_or(MalformedDelivery),
        Some("event_callback") => {
            let kind = text_at(&payload, "/event/type").ok_or(MalformedDelivery)?;
            let kind = event_kind(kind, text_at(&payload, "/event/subtype"));
            Ok(Delivery::Event(SlackEvent {
                team_id: team_id(&payload, &["/team_id", "/authorizations/0/team_id"]),
                external_id: text_at(&payload, "/event_id").map(|id| external_id(Some(id), raw)),
                kind,
                payload,
            }))
        }
        // Notices about the app itself, such as `app_rate_limited`.
        Some(kind) => Ok(Delivery::Event(SlackEvent {
            team_id: team_id(&payload, &["/team_id"]),
            external_id: Some(external_id(None, raw)),
            kind: event_kind(kind, None),
            payload,
        })),
        None => Err(MalformedDelivery),
    }
}

fn classify_form(raw: &[u8]) -> Result<Delivery, MalformedDelivery> {
    let mut fields = Map::new();
    for (key, value) in form_urlencoded::parse(raw) {
        fields
            .entry(key.into_owned())
            .or_insert_with(|| Value::String(value.into_owned()));
    }
    let mut form = Value::Object(fields);
    make_storable(&mut form);

    if let Some(json) = text_at(&form, "/payload") {
        let payload = parse_object(json.as_bytes())?;
        return Ok(Delivery::Event(SlackEvent {
            team_id: team_id(&payload, &["/team/id", "/user/team_id"]),
            external_id: Some(external_id(text_at(&payload, "/trigger_id"), raw)),
            kind: "slack.interactive".to_owned(),
            payload,
        }));
    }
    if text_at(&form, "/command").is_some() {
        return Ok(Delivery::Event(SlackEvent {
            team_id: team_id(&form, &["/team_id"]),
            external_id: Some(external_id(text_at(&form, "/trigger_id"), raw)),
            kind: "slack.command".to_owned(),
            payload: form,
        }));
    }
    if text_at(&form, "/ssl_check").is_some() {
        return Ok(Delivery::SslCheck);
    }
    Err(MalformedDelivery)
}

fn parse_object(json: &[u8]) -> Result<Value, MalformedDelivery> {
    let mut value: Value = serde_json::from_slice(json).map_err(|_| MalformedDelivery)?;
    make_storable(&mut value);
    value.is_object().then_some(value).ok_or(MalformedDelivery)
}

fn text_at<'a>(value: &'a Value, pointer: &str) -> Option<&'a str> {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .filter(|text| !text.is_empty())
}

fn team_id(payload: &Value, pointers: &[&str]) -> Option<String> {
    pointers
        .iter()
        .find_map(|pointer| text_at(payload, pointer))
        .filter(|id| id.len() <= MAX_TEAM_ID && id.bytes().all(|b| b.is_ascii_graphic()))
        .map(str::to_owned)
}

/// Slack's own id when there is a usable one, else a digest of the body: a retry
/// repeats the body byte for byte.
fn external_id(id: Option<&str>, raw: &[u8]) -> String {
    let usable =
        id.filter(|id| id.len() <= MAX_EXTERNAL_ID && id.bytes().all(|b| b.is_ascii_graphic()));
    usable.map_or_else(
        || {
            let digest = Sha256::digest(raw);
            let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("sha256:{hex}")
        },
        str::to_owned,
    )
}

fn event_kind(kind: &str, subtype: Option<&str>) -> String {
    let words = kind.split('.').chain(subtype).take(2).map(word);
    words.fold("slack".to_owned(), |kind, word| format!("{kind}.{word}"))
}

/// A lower-case word of `a-z`, `0-9` and `_`.
fn word(text: &str) -> String {
    let word: String = text
        .chars()
        .take(MAX_WORD)
        .map(|c| c.to_ascii_lowercase())
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
        .collect();
    if word.is_empty() {
        "unknown".to_owned()
    } else {
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    // The example of Slack's own documentation.
    const SECRET: &[u8] = b"8f742231b10e8888abcd99yyyzzz85a5";
    const BODY: &[u8] = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const SIGNATURE: &str = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";
    const SENT: &str = "1531420618";
    const NOW: i64 = 1_531_420_618;

    fn check(signature: &str, now: i64) -> Result<(), SignatureError> {
        verify(SECRET, Some(SENT), BODY, Some(signature), now)
    }

    #[test]
    fn the_documented_example_verifies_within_five_minutes_either_way() {
        for skew in [-300, -1, 0, 1, 300] {
            assert_eq!(check(SIGNATURE, NOW + skew), Ok(()));
        }
        for now in [NOW - 301, NOW + 301, 0, i64::MIN, i64::MAX] {
            assert_eq!(check(SIGNATURE, now), Err(SignatureError::Stale));
        }
    }

    #[test]
    fn odd_signatures_are_refused() {
        for signature in [
            "",
            "v0",
            "v0=",
            "v1=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
            "a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
            "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b5",
            "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b50",
            "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b50300",
            "v0=g2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
            "v0=éééééééééééééééééééééééééééééééé",
        ] {
            assert_eq!(
                check(signature, NOW),
                Err(SignatureError::Malformed),
                "{signature}"
            );
        }
        let zeros = format!("v0={}", "0".repeat(64));
        assert_eq!(check(&zeros, NOW), Err(SignatureError::Mismatch));
    }

    #[test]
    fn odd_timestamps_and_missing_parts_are_refused() {
        for sent in [
            "",
            "+1531420618",
            "-1",
            " 1531420618",
            "1e9",
            "9999999999999999999999",
        ] {
            let result = verify(SECRET, Some(sent), BODY, Some(SIGNATURE), NOW);
            assert_eq!(result, Err(SignatureError::Malformed), "{sent}");
        }
        assert_eq!(
            verify(SECRET, None, BODY, Some(SIGNATURE), NOW),
            Err(SignatureError::Malformed)
        );
        assert_eq!(
            verify(SECRET, Some(SENT), BODY, None, NOW),
            Err(SignatureError::Malformed)
        );
        assert_eq!(
            verify(b"", Some(SENT), BODY, Some(SIGNATURE), NOW),
            Err(SignatureError::NoSecret)
        );
    }

    #[test]
    fn a_changed_body_or_another_secret_does_not_verify() {
        let mismatch = Err(SignatureError::Mismatch);
        assert_eq!(
            verify(SECRET, Some(SENT), b"", Some(SIGNATURE), NOW),
            mismatch
        );
        assert_eq!(
            verify(b"other", Some(SENT), BODY, Some(SIGNATURE), NOW),
            mismatch
        );
        assert_eq!(
            verify(SECRET, Some("1531420619"), BODY, Some(SIGNATURE), NOW),
            mismatch
        );
    }

    fn json_event(body: &Value) -> SlackEvent {
        let raw = serde_json::to_vec(body).unwrap();
        match classify(Some("application/json; charset=utf-8"), &raw) {
            Ok(Delivery::Event(event)) => event,
            other => panic!("{other:?}"),
        }
    }

    fn form_event(body: &str) -> SlackEvent {
        match classify(Some("application/x-www-form-urlencoded"), body.as_bytes()) {
            Ok(Delivery::Event(event)) => event,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_challenge_is_answered() {
        let raw = br#"{"type":"url_verification","token":"t","challenge":"abc"}"#;
        assert_eq!(
            classify(Some("application/json"), raw),
            Ok(Delivery::Challenge("abc".to_owned()))
        );
        assert_eq!(
            classify(None, raw),
            Ok(Delivery::Challenge("abc".to_owned()))
        );
    }

    #[test]
    fn events_are_named_by_type_and_subtype() {
        let body = json!({"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": {"type": "message", "text": "hi\u{0}"}});
        let event = json_event(&body);
        assert_eq!(event.kind, "slack.message");
        assert_eq!(event.team_id.as_deref(), Some("T1"));
        assert_eq!(event.external_id.as_deref(), Some("Ev1"));
        assert_eq!(event.payload["event"]["text"], "hi\u{fffd}");

        let body = json!({"type": "event_callback", "event": {"type": "message", "subtype": "channel_join"}});
        let event = json_event(&body);
        assert_eq!(event.kind, "slack.message.channel_join");
        assert_eq!((event.team_id, event.external_id), (None, None));
    }

    #[test]
    fn a_notice_about_the_app_is_an_event() {
        let event = json_event(
            &json!({"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1}),
        );
        assert_eq!(event.kind, "slack.app_rate_limited");
        assert!(event.external_id.unwrap().starts_with("sha256:"));
    }

    #[test]
    fn a_slash_command_is_deduplicated_by_its_trigger() {
        let event = form_event(std::str::from_utf8(BODY).unwrap());
        assert_eq!(event.kind, "slack.command");
        assert_eq!(event.team_id.as_deref(), Some("T1DC2JH3J"));
        assert_eq!(
            event.external_id.as_deref(),
            Some("398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c")
        );
        assert_eq!(event.payload["command"], "/webhook-collect");
    }

    #[test]
    fn an_interactive_payload_is_deduplicated_by_trigger_or_body() {
        let event = form_event(
            "payload=%7B%22type%22%3A%22block_actions%22%2C%22team%22%3A%7B%22id%22%3A%22T2%22%7D%2C%22trigger_id%22%3A%221.2.x%22%7D",
        );
        assert_eq!(event.kind, "slack.interactive");
        assert_eq!(event.team_id.as_deref(), Some("T2"));
        assert_eq!(event.external_id.as_deref(), Some("1.2.x"));

        let closed = "payload=%7B%22type%22%3A%22view_closed%22%2C%22team%22%3Anull%7D";
        assert_eq!(form_event(closed), form_event(closed));
        assert!(
            form_event(closed)
                .external_id
                .unwrap()
                .starts_with("sha256:")
        );
    }

    #[test]
    fn a_certificate_check_stores_nothing() {
        let raw = b"ssl_check=1&token=x";
        assert_eq!(
            classify(Some("application/x-www-form-urlencoded"), raw),
            Ok(Delivery::SslCheck)
        );
    }

    #[test]
    fn other_bodies_are_malformed() {
        for (content_type, raw) in [
            (Some("application/json"), &b""[..]),
            (Some("application/json"), b"[]"),
            (Some("application/json"), b"{}"),
            (Some("application/json"), b"{\"type\":1}"),
            (Some("application/json"), b"{\"type\":\"url_verification\"}"),
            (
                Some("application/json"),
                b"{\"type\":\"event_callback\",\"event\":{}}",
            ),
            (Some("application/json"), b"\xff"),
            (Some("application/x-www-form-urlencoded"), b""),
            (Some("application/x-www-form-urlencoded"), b"a=b"),
            (Some("application/x-www-form-urlencoded"), b"payload=x"),
            (Some("text/plain"), b"{\"type\":\"x\"}"),
            (None, b"a=b"),
        ] {
            assert_eq!(
                classify(content_type, raw),
                Err(MalformedDelivery),
                "{raw:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_kind_becomes_lower_case_words(kind in ".{1,200}", subtype in proptest::option::of(".{1,200}")) {
            let kind = event_kind(&kind, subtype.as_deref());
            prop_assert!(kind.len() <= 120);
            prop_assert!(kind.split('.').all(|w| !w.is_empty()
                && w.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')));
        }

        #[test]
        fn any_body_is_read_without_panic(raw: Vec<u8>, json: bool) {
            let content_type = if json { "application/json" } else { "application/x-www-form-urlencoded" };
            let _ = classify(Some(content_type), &raw);
            let _ = verify(SECRET, Some(SENT), &raw, Some(SIGNATURE), NOW);
        }
    }
}
