//! Instances, their events and their connectors.

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{EventId, InstanceId, JsonText, OrganizationId, PermissionId, Slug, Timestamp};

/// A part of an organization where events arrive and connectors belong, such as "production".
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

/// Creates an instance.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateInstance {
    #[garde(length(chars, max = 80), custom(super::line))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 80, format = "trimmed-line")
    )]
    #[serde(deserialize_with = "super::trimmed")]
    pub name: String,
    /// Slug; made from the name when absent.
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
        schema(min_length = 1, max_length = 80, format = "trimmed-line")
    )]
    #[serde(default, deserialize_with = "super::trimmed_if_any")]
    pub name: Option<String>,
    #[garde(skip)]
    pub slug: Option<Slug>,
}

/// Something that another system reported. Events never change.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    pub id: EventId,
    /// Instance of the event; null when none is connected to its source. Only platform admins see
    /// those events.
    pub instance_id: Option<InstanceId>,
    /// Type in words with dots between them, such as `slack.message`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Sender: `slack` or `api`.
    pub source: String,
    /// The sender's id of the event, by which repeated deliveries are recognized.
    pub external_id: Option<String>,
    /// JSON object from the sender. Numbers keep all their digits.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub payload: JsonText,
    pub created_at: Timestamp,
}

/// Records an event.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateEvent {
    /// Type in lower-case words with dots between them. The prefix `slack.` is reserved.
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
    /// The sender's id of the event. When the instance has an event with this id, the response is
    /// that event, and none is created.
    #[garde(inner(length(chars, min = 1, max = 200), custom(super::line)))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 200, format = "line")
    )]
    pub external_id: Option<String>,
    /// JSON object with at most 100 levels of objects and arrays.
    #[garde(custom(json_object))]
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub payload: JsonText,
}

fn json_object(json: &JsonText, _: &()) -> garde::Result {
    if !json.as_str().trim_start().starts_with('{') {
        return Err(garde::Error::new("must be an object"));
    }
    if json.depth() > JsonText::MAX_DEPTH {
        return Err(garde::Error::new(format!(
            "must have at most {} levels of objects and arrays",
            JsonText::MAX_DEPTH
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

/// A link from an instance to another system, such as a Slack workspace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Connector {
    pub id: PermissionId,
    pub instance_id: InstanceId,
    /// Provider: `slack-bot`.
    pub provider: String,
    /// The provider's id of the other side: for Slack the id of the team, or of the Enterprise
    /// organization.
    pub external_id: String,
    /// The provider's name of the other side: for Slack the name of the team.
    pub name: String,
    pub created_at: Timestamp,
    /// Time at which the provider reported that the app was removed there; null while connected.
    pub disconnected_at: Option<Timestamp>,
    /// What the provider reported: `app_uninstalled` or `tokens_revoked`; null while connected.
    pub disconnected_reason: Option<String>,
}
