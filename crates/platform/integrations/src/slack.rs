//! Deliveries from Slack: verifies their signature, and reads what they are.
//!
//! Covers <https://docs.slack.dev/authentication/verifying-requests-from-slack> and the bodies
//! of the Events API, slash commands and interactivity. Never decides which instance a
//! delivery belongs to, and never stores it.

use std::collections::BTreeMap;

use hmac::{Hmac, KeyInit as _, Mac as _};
use prox_types::{JsonText, Timestamp};
use sha2::{Digest as _, Sha256};
use url::form_urlencoded;

use crate::json::{replace_lone_surrogates, storable};

/// The maximum difference between Slack's clock and ours, in seconds, in either direction.
pub const MAX_SKEW_SECONDS: u64 = 300;

const MAX_WORD: usize = 50;
const MAX_EXTERNAL_ID: usize = 200;
const MAX_TEAM_ID: usize = 64;

/// The reason why a delivery is not accepted as signed by Slack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// This deployment has no signing secret, so no signature can be verified.
    #[error("no signing secret is configured")]
    NoSecret,
    /// A header is missing or malformed.
    #[error("the signature headers are missing or malformed")]
    Malformed,
    /// Signed more than five minutes before or after now.
    #[error("the timestamp is too far from now")]
    Stale,
    /// Signed with another secret, or changed in transit.
    #[error("the signature does not match")]
    Mismatch,
}

/// Checks `X-Slack-Request-Timestamp` and `X-Slack-Signature` against the raw body, in
/// constant time.
///
/// # Errors
/// [`SignatureError`]; callers answer all of them with the same response.
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
    // HMAC accepts keys of any length, so this cannot fail.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(|_| SignatureError::NoSecret)?;
    mac.update(b"v0:");
    mac.update(timestamp.as_bytes());
    mac.update(b":");
    mac.update(raw);
    mac.verify_slice(&claimed)
        .map_err(|_| SignatureError::Mismatch)
}

/// Seconds since 1970, digits only: `parse` alone would accept a sign.
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

/// A request from Slack, by its kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Delivery {
    /// Slack checks the URL: answer this text as text/plain.
    Challenge(String),
    /// Slack checks the certificate: answer 200, store nothing.
    SslCheck,
    /// A delivery to store, and the response to send then.
    Event(Box<SlackEvent>),
}

/// A delivery to store.
#[derive(Clone, Debug, PartialEq)]
pub struct SlackEvent {
    /// The workspace or the Enterprise organization whose installation the delivery is for. It
    /// identifies the instance.
    pub installation: Option<String>,
    /// The key that an event shares with its retries; at most 200 characters. None for commands and
    /// interactions, which Slack sends once: two equal ones happened twice.
    pub external_id: Option<String>,
    /// The type, such as `slack.message`, `slack.message.channel_join`, `slack.command` or
    /// `slack.interactive`: lower-case words with dots between them, at most 120 characters.
    pub kind: String,
    /// The payload as sent, with all digits of its numbers; a form body becomes an object of
    /// strings.
    pub payload: JsonText,
    /// The time of the event by Slack's clock, to the second.
    pub happened_at: Option<Timestamp>,
    /// The reason why the installation ended, if the event reports that.
    pub disconnected: Option<Disconnected>,
    /// Whether Slack expects the options of a menu in the response.
    pub wants_options: bool,
}

/// The reason why an installation ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disconnected {
    /// The app was removed from the workspace.
    AppUninstalled,
    /// The bot's token was revoked.
    TokensRevoked,
}

impl Disconnected {
    /// Slack's name of the event.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::AppUninstalled => "app_uninstalled",
            Self::TokensRevoked => "tokens_revoked",
        }
    }
}

/// An error: the body has none of the shapes that Slack documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the body is not a Slack delivery")]
pub struct MalformedDelivery;

/// Whether a form is Slack's check of the certificate, which it sends without a signature:
/// `ssl_check=1`, perhaps with a token, and nothing else.
#[must_use]
pub fn is_ssl_check(content_type: Option<&str>, raw: &[u8]) -> bool {
    is_form(content_type)
        && form_urlencoded::parse(raw).any(|(key, value)| key == "ssl_check" && value == "1")
        && form_urlencoded::parse(raw).all(|(key, _)| key == "ssl_check" || key == "token")
}

/// Reads a verified body.
///
/// # Errors
/// [`MalformedDelivery`] when it is neither JSON nor a form of Slack's shapes.
pub fn classify(content_type: Option<&str>, raw: &[u8]) -> Result<Delivery, MalformedDelivery> {
    match media_type(content_type).as_deref() {
        Some("application/json") => classify_json(raw),
        Some("application/x-www-form-urlencoded") => classify_form(raw),
        None if raw.trim_ascii_start().starts_with(b"{") => classify_json(raw),
        _ => Err(MalformedDelivery),
    }
}

fn media_type(content_type: Option<&str>) -> Option<String> {
    content_type
        .and_then(|value| value.split(';').next())
        .map(|value| value.trim().to_ascii_lowercase())
}

fn is_form(content_type: Option<&str>) -> bool {
    media_type(content_type).as_deref() == Some("application/x-www-form-urlencoded")
}

fn classify_json(raw: &[u8]) -> Result<Delivery, MalformedDelivery> {
    let payload = parse_object(raw)?;
    match text_at(&payload, "/type").as_deref() {
        Some("url_verification") => text_at(&payload, "/challenge")
            .map(Delivery::Challenge)
            .ok_or(MalformedDelivery),
        Some("event_callback") => {
            let kind = text_at(&payload, "/event/type").ok_or(MalformedDelivery)?;
            let subtype = text_at(&payload, "/event/subtype");
            Ok(event(SlackEvent {
                installation: event_installation(&payload),
                external_id: text_at(&payload, "/event_id").map(|id| external_id(Some(&id), raw)),
                kind: event_kind(&kind, subtype.as_deref()),
                happened_at: seconds_at(&payload, "/event_time"),
                disconnected: disconnected(&kind, &payload),
                wants_options: false,
                payload,
            }))
        }
        // Notices about the app itself, such as `app_rate_limited`.
        Some(kind) => Ok(event(SlackEvent {
            installation: usable_id(text_at(&payload, "/team_id")),
            external_id: Some(external_id(None, raw)),
            kind: event_kind(kind, None),
            happened_at: None,
            disconnected: None,
            wants_options: false,
            payload,
        })),
        None => Err(MalformedDelivery),
    }
}

fn event(event: SlackEvent) -> Delivery {
    Delivery::Event(Box::new(event))
}

/// The installation that an event is for. Between workspaces that share a channel, `team_id`
/// can be the other one; `authorizations` names ours, and an organization-wide installation
/// by its organization.
fn event_installation(payload: &JsonText) -> Option<String> {
    let authorization = "/authorizations/0";
    let has_ids = ["/team_id", "/enterprise_id"]
        .iter()
        .any(|name| text_at(payload, &format!("{authorization}{name}")).is_some());
    let place = if has_ids { authorization } else { "" };
    installation_of(payload, place, "/team_id", "/enterprise_id")
}

/// The organization for an organization-wide installation or where there is no workspace;
/// otherwise the workspace. `place` is the object with the ids.
fn installation_of(
    payload: &JsonText,
    place: &str,
    team: &str,
    enterprise: &str,
) -> Option<String> {
    let at = |name: &str| text_at(payload, &format!("{place}{name}"));
    let flag = payload.at(&format!("{place}/is_enterprise_install"));
    let is_enterprise = matches!(flag, Some("true" | r#""true""#));
    let (team, enterprise) = (at(team), at(enterprise));
    usable_id(if is_enterprise {
        enterprise.or(team)
    } else {
        team.or(enterprise)
    })
}

/// The reason, if the event reports that our bot's installation ended. `tokens_revoked` can be
/// about people's tokens only.
fn disconnected(kind: &str, payload: &JsonText) -> Option<Disconnected> {
    match kind {
        "app_uninstalled" => Some(Disconnected::AppUninstalled),
        "tokens_revoked" => payload
            .at("/event/tokens/bot/0")
            .map(|_| Disconnected::TokensRevoked),
        _ => None,
    }
}

fn classify_form(raw: &[u8]) -> Result<Delivery, MalformedDelivery> {
    let mut fields = BTreeMap::new();
    for (key, value) in form_urlencoded::parse(raw) {
        fields.entry(key).or_insert(value);
    }
    let form = storable(JsonText::from(&fields));

    if text_at(&form, "/ssl_check").as_deref() == Some("1") {
        return Ok(Delivery::SslCheck);
    }
    if let Some(json) = text_at(&form, "/payload") {
        let payload = parse_object(json.as_bytes())?;
        return Ok(event(SlackEvent {
            installation: interaction_installation(&payload),
            external_id: None,
            kind: "slack.interactive".to_owned(),
            happened_at: None,
            disconnected: None,
            wants_options: matches!(
                text_at(&payload, "/type").as_deref(),
                Some("block_suggestion" | "dialog_suggestion")
            ),
            payload,
        }));
    }
    if text_at(&form, "/command").is_some() {
        return Ok(event(SlackEvent {
            installation: installation_of(&form, "", "/team_id", "/enterprise_id"),
            external_id: None,
            kind: "slack.command".to_owned(),
            happened_at: None,
            disconnected: None,
            wants_options: false,
            payload: form,
        }));
    }
    Err(MalformedDelivery)
}

/// The installation that an interaction is for. For a view, the workspace that has the app,
/// because its user can be in another one.
fn interaction_installation(payload: &JsonText) -> Option<String> {
    usable_id(text_at(payload, "/view/app_installed_team_id"))
        .or_else(|| installation_of(payload, "", "/team/id", "/enterprise/id"))
        .or_else(|| usable_id(text_at(payload, "/user/team_id")))
}

/// Parses a body that is a JSON object of limited depth, and makes it storable.
fn parse_object(json: &[u8]) -> Result<JsonText, MalformedDelivery> {
    let json = replace_lone_surrogates(json).into_owned();
    let json = String::from_utf8(json).map_err(|_| MalformedDelivery)?;
    let json = JsonText::parse(json).map_err(|_| MalformedDelivery)?;
    let is_usable = json.as_str().starts_with('{') && json.depth() <= JsonText::MAX_DEPTH;
    is_usable.then(|| storable(json)).ok_or(MalformedDelivery)
}

fn text_at(json: &JsonText, pointer: &str) -> Option<String> {
    json.text_at(pointer).filter(|text| !text.is_empty())
}

/// The time at a JSON pointer, in seconds since 1970.
fn seconds_at(json: &JsonText, pointer: &str) -> Option<Timestamp> {
    Timestamp::from_second(json.at(pointer)?.parse().ok()?).ok()
}

fn usable_id(id: Option<String>) -> Option<String> {
    id.filter(|id| is_installation_id(id))
}

/// Whether a text has the form of an id of a workspace or an organization.
#[must_use]
pub fn is_installation_id(id: &str) -> bool {
    (1..=MAX_TEAM_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Slack's own id when there is a valid one, otherwise a digest of the body: a retry repeats the
/// body byte for byte.
fn external_id(id: Option<&str>, raw: &[u8]) -> String {
    let usable =
        id.filter(|id| id.len() <= MAX_EXTERNAL_ID && id.bytes().all(|b| b.is_ascii_graphic()));
    usable.map_or_else(
        || {
            let hex = base16ct::lower::encode_string(&Sha256::digest(raw));
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
    use serde_json::{Value, json};

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
    fn the_documented_example_verifies_within_five_minutes() {
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
            Ok(Delivery::Event(event)) => *event,
            other => panic!("{other:?}"),
        }
    }

    fn form_event(body: &str) -> SlackEvent {
        match classify(Some("application/x-www-form-urlencoded"), body.as_bytes()) {
            Ok(Delivery::Event(event)) => *event,
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
        assert_eq!(event.installation.as_deref(), Some("T1"));
        assert_eq!(event.external_id.as_deref(), Some("Ev1"));
        assert_eq!(
            text_at(&event.payload, "/event/text").unwrap(),
            "hi\u{fffd}"
        );

        let body = json!({"type": "event_callback", "event": {"type": "message", "subtype": "channel_join"}});
        let event = json_event(&body);
        assert_eq!(event.kind, "slack.message.channel_join");
        assert_eq!((event.installation, event.external_id), (None, None));
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
    fn a_slash_command_is_read() {
        let event = form_event(std::str::from_utf8(BODY).unwrap());
        assert_eq!(event.kind, "slack.command");
        assert_eq!(event.installation.as_deref(), Some("T1DC2JH3J"));
        assert_eq!(event.external_id, None);
        assert_eq!(
            text_at(&event.payload, "/command").unwrap(),
            "/webhook-collect"
        );
    }

    fn interaction(payload: &Value) -> SlackEvent {
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("payload", &payload.to_string())
            .finish();
        form_event(&body)
    }

    #[test]
    fn interactions_are_never_deduplicated() {
        for kind in ["block_actions", "view_closed", "shortcut", "message_action"] {
            let event = interaction(&json!({"type": kind, "trigger_id": "1.2.x"}));
            assert_eq!(event.kind, "slack.interactive");
            assert_eq!((event.external_id, event.wants_options), (None, false));
        }
        for kind in ["block_suggestion", "dialog_suggestion"] {
            let event = interaction(&json!({"type": kind}));
            assert_eq!((event.external_id, event.wants_options), (None, true));
        }
    }

    #[test]
    fn a_delivery_belongs_to_one_installation() {
        let event = |fields: Value| {
            let mut body = json!({"type": "event_callback", "event": {"type": "message"}});
            let fields = fields.as_object().unwrap().clone();
            body.as_object_mut().unwrap().extend(fields);
            json_event(&body)
        };
        let command = |fields: &str| form_event(&format!("command=%2Fx&{fields}"));
        for (delivery, expected) in [
            // Slack Connect: the authorized workspace, not the other one.
            (
                event(json!({"team_id": "T2", "authorizations": [{"team_id": "T1"}]})),
                Some("T1"),
            ),
            (
                event(json!({"team_id": "T2", "authorizations": []})),
                Some("T2"),
            ),
            (
                event(json!({"team_id": "T2", "authorizations": [{}]})),
                Some("T2"),
            ),
            (
                event(json!({"team_id": "T2", "authorizations": null})),
                Some("T2"),
            ),
            (event(json!({"team_id": "T2"})), Some("T2")),
            (
                event(json!({"team_id": "T2", "authorizations": [
                    {"team_id": "T1", "enterprise_id": "E1", "is_enterprise_install": true}]})),
                Some("E1"),
            ),
            (
                event(json!({"team_id": "T2", "authorizations": [
                    {"team_id": "T1", "enterprise_id": "E1", "is_enterprise_install": false}]})),
                Some("T1"),
            ),
            (
                event(json!({"team_id": "T2", "authorizations": [
                    {"team_id": null, "enterprise_id": "E1"}]})),
                Some("E1"),
            ),
            (
                event(json!({"team_id": null, "enterprise_id": "E1"})),
                Some("E1"),
            ),
            // An invalid id finds no instance, and never the other workspace.
            (
                event(json!({"team_id": "T2", "authorizations": [{"team_id": "T 1"}]})),
                None,
            ),
            (event(json!({"team_id": "T\u{0}"})), None),
            (
                command("team_id=T1&enterprise_id=E1&is_enterprise_install=false"),
                Some("T1"),
            ),
            (
                command("team_id=T1&enterprise_id=E1&is_enterprise_install=true"),
                Some("E1"),
            ),
            (command("enterprise_id=E1"), Some("E1")),
            (
                interaction(
                    &json!({"team": {"id": "TX"}, "view": {"app_installed_team_id": "T1"}}),
                ),
                Some("T1"),
            ),
            (
                interaction(&json!({"team": {"id": "T1"}, "view": {"id": "V"}})),
                Some("T1"),
            ),
            (
                interaction(
                    &json!({"team": null, "enterprise": {"id": "E1"}, "is_enterprise_install": true}),
                ),
                Some("E1"),
            ),
            (
                interaction(
                    &json!({"team": {"id": "T1"}, "enterprise": {"id": "E1"}, "is_enterprise_install": true}),
                ),
                Some("E1"),
            ),
            (interaction(&json!({"user": {"team_id": "T1"}})), Some("T1")),
            (interaction(&json!({})), None),
        ] {
            assert_eq!(
                delivery.installation.as_deref(),
                expected,
                "{:?}",
                delivery.payload
            );
        }
    }

    #[test]
    fn a_lone_surrogate_is_replaced() {
        let raw = br#"{"type":"event_callback","event":{"type":"message","text":"a\ud83d"}}"#;
        let Ok(Delivery::Event(event)) = classify(Some("application/json"), raw) else {
            panic!("not an event");
        };
        assert_eq!(text_at(&event.payload, "/event/text").unwrap(), "a\u{fffd}");
        let event = form_event("payload=%7B%22type%22%3A%22x%5Cudc00%22%7D");
        assert_eq!(text_at(&event.payload, "/type").unwrap(), "x\u{fffd}");
    }

    /// Numbers that do not fit into a double or a 64-bit integer.
    const NUMBERS: &str = "[8202522731445525542,123456789012345678901234567890,1e400,1.0,-0]";

    #[test]
    fn numbers_keep_their_text() {
        let raw = format!(
            r#"{{"type":"event_callback","event":{{"type":"message","n":{NUMBERS}}},"event_time":1531420618}}"#
        );
        let Ok(Delivery::Event(event)) = classify(Some("application/json"), raw.as_bytes()) else {
            panic!("not an event");
        };
        assert_eq!(event.payload.as_str(), raw);
        assert_eq!(event.happened_at.unwrap().as_second(), NOW);
        let payload = format!(r#"{{"type":"block_actions","n":{NUMBERS}}}"#);
        let body = form_urlencoded::Serializer::new(String::new())
            .append_pair("payload", &payload)
            .finish();
        assert_eq!(form_event(&body).payload.as_str(), payload);
    }

    #[test]
    fn odd_times_of_events_are_none() {
        for time in [
            "null",
            "\"1531420618\"",
            "1.5",
            "1e9",
            "99999999999999999999",
            "-99999999999999",
        ] {
            let raw = format!(
                r#"{{"type":"event_callback","event":{{"type":"x"}},"event_time":{time}}}"#
            );
            let Ok(Delivery::Event(event)) = classify(Some("application/json"), raw.as_bytes())
            else {
                panic!("not an event");
            };
            assert_eq!(event.happened_at, None, "{time}");
        }
    }

    #[test]
    fn an_object_of_too_many_levels_is_malformed() {
        let nested = |levels: usize| {
            let (open, close) = ("[".repeat(levels), "]".repeat(levels));
            let raw = format!(r#"{{"type":"app_rate_limited","x":{open}{close}}}"#);
            classify(Some("application/json"), raw.as_bytes())
        };
        assert!(nested(JsonText::MAX_DEPTH - 1).is_ok());
        assert_eq!(nested(JsonText::MAX_DEPTH), Err(MalformedDelivery));
    }

    #[test]
    fn the_end_of_an_installation_is_noticed() {
        let end = |event: Value| {
            json_event(&json!({"type": "event_callback", "event": event})).disconnected
        };
        let revoked = |tokens: Value| end(json!({"type": "tokens_revoked", "tokens": tokens}));
        assert_eq!(
            end(json!({"type": "app_uninstalled"})),
            Some(Disconnected::AppUninstalled)
        );
        assert_eq!(
            revoked(json!({"oauth": [], "bot": ["U1"]})),
            Some(Disconnected::TokensRevoked)
        );
        assert_eq!(revoked(json!({"oauth": ["U1"], "bot": []})), None);
        assert_eq!(revoked(json!({"oauth": ["U1"]})), None);
        assert_eq!(end(json!({"type": "message"})), None);
    }

    #[test]
    fn a_certificate_check_stores_nothing() {
        let form = Some("application/x-www-form-urlencoded");
        for raw in [
            "ssl_check=1&token=x",
            "ssl_check=1",
            "ssl_check=1&command=%2Fx&team_id=T1",
        ] {
            assert_eq!(
                classify(form, raw.as_bytes()),
                Ok(Delivery::SslCheck),
                "{raw}"
            );
        }
        // Without a signature, it may contain nothing else.
        for (content_type, raw, expected) in [
            (form, "ssl_check=1", true),
            (form, "ssl_check=1&token=x", true),
            (form, "token=x&ssl_check=1", true),
            (form, "ssl_check=1&command=%2Fx", false),
            (form, "ssl_check=1&payload=%7B%7D", false),
            (form, "ssl_check=0", false),
            (form, "ssl_check=", false),
            (form, "token=x", false),
            (form, "", false),
            (Some("application/json"), "ssl_check=1", false),
            (None, "ssl_check=1", false),
        ] {
            assert_eq!(
                is_ssl_check(content_type, raw.as_bytes()),
                expected,
                "{raw}"
            );
        }
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
