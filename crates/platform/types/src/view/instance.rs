//! Instances, what happened in them, and what is connected to them.

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{EventId, InstanceId, JsonText, OrganizationId, PermissionId, Slug, Timestamp};

/// An environment inside an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Instance {
    pub id: InstanceId,
    pub organization_id: OrganizationId,
    pub slug: Slug,
    pub name: String,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Makes an instance.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateInstance {
    #[garde(length(chars, max = 80), custom(super::line))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 80, format = "line")
    )]
    #[serde(deserialize_with = "super::trimmed")]
    pub name: String,
    /// Made from the name when absent.
    #[garde(skip)]
    pub slug: Option<Slug>,
}

/// Changes an instance.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateInstance {
    #[garde(inner(length(chars, max = 80), custom(super::line)))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 80, format = "line")
    )]
    #[serde(default, deserialize_with = "super::trimmed_if_any")]
    pub name: Option<String>,
    #[garde(skip)]
    pub slug: Option<Slug>,
}

/// Something that happened. Events are never changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    pub id: EventId,
    /// Null when no instance claims the source; only platform admins see those.
    pub instance_id: Option<InstanceId>,
    /// Dotted: `slack.message`, `slack.command`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Who sent it: `slack` or `api`.
    pub source: String,
    /// The sender's id, by which repeats are recognized.
    pub external_id: Option<String>,
    /// The sender's JSON. Numbers keep all their digits.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub payload: JsonText,
    pub created_at: Timestamp,
}

/// Records an event.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateEvent {
    /// Dotted lower-case words; `slack.` is reserved.
    #[serde(rename = "type")]
    #[garde(length(chars, max = 120), custom(event_type))]
    #[cfg_attr(
        feature = "openapi",
        schema(
            min_length = 1,
            max_length = 120,
            pattern = r"^(?!slack(\.|$))[a-z0-9_]+(\.[a-z0-9_]+)*$"
        )
    )]
    pub kind: String,
    /// An event with the same external id in this instance is answered, not repeated.
    #[garde(inner(length(chars, min = 1, max = 200), custom(super::line)))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 200, format = "line")
    )]
    pub external_id: Option<String>,
    /// Up to 100 levels of objects and arrays.
    #[garde(custom(json_object))]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub payload: JsonText,
}

/// More levels than this overflow the readers of some clients.
const MAX_DEPTH: usize = 100;

fn json_object(json: &JsonText, _: &()) -> garde::Result {
    if !json.as_str().trim_start().starts_with('{') {
        return Err(garde::Error::new("must be an object"));
    }
    if json.depth() > MAX_DEPTH {
        return Err(garde::Error::new(format!(
            "must have at most {MAX_DEPTH} levels of objects and arrays"
        )));
    }
    Ok(())
}

fn event_type(text: &str, _: &()) -> garde::Result {
    let word = |w: &str| {
        !w.is_empty()
            && w.bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    if !text.split('.').all(word) {
        return Err(garde::Error::new(
            "must be lower-case words with dots between them, like deploy.finished",
        ));
    }
    if text.starts_with("slack.") || text == "slack" {
        return Err(garde::Error::new(
            "must not begin with slack: those come from Slack only",
        ));
    }
    Ok(())
}

/// A provider that an instance may use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Connector {
    pub id: PermissionId,
    pub instance_id: InstanceId,
    /// `slack-bot`.
    pub provider: String,
    /// The provider's id: for Slack the id of the team, or of the Enterprise organization.
    pub external_id: String,
    /// The provider's name for it: for Slack the team's name.
    pub name: String,
    pub created_at: Timestamp,
    /// When the provider told us that the app is gone there; null while connected.
    pub disconnected_at: Option<Timestamp>,
    /// `app_uninstalled` or `tokens_revoked`; null while connected.
    pub disconnected_reason: Option<String>,
}
