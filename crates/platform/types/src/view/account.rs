//! Users, their sessions, and the ways to sign in.

use std::collections::BTreeMap;

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{JsonText, SessionId, Slug, Timestamp, UserId};

/// The role of a user across all tenants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PlatformRole {
    /// Has no rights beyond those of the user's memberships.
    User,
    /// Runs the platform: also sees events that belong to no instance.
    Admin,
}

/// The signed-in user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    pub id: UserId,
    pub email: String,
    pub name: String,
    /// URL of a picture.
    pub image: Option<String>,
    pub role: PlatformRole,
    /// Slug of the personal organization.
    pub handle: Slug,
    /// Id of the session that made this request.
    pub session_id: SessionId,
    pub created_at: Timestamp,
}

/// Changes the signed-in user.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateMe {
    #[garde(inner(length(chars, max = 80), custom(super::line)))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 80, format = "trimmed-line")
    )]
    #[serde(default, deserialize_with = "super::trimmed_if_any")]
    pub name: Option<String>,
}

/// The preferences of the signed-in user, the same on every device.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preferences {
    /// Version, which grows with every change; the ETag is `"v{version}"`. 0 before the first one.
    pub version: i64,
    /// What the clients stored. The service keeps members that it does not know.
    #[cfg_attr(feature = "openapi", schema(schema_with = super::open_object))]
    pub values: JsonText,
}

impl Preferences {
    /// The maximum depth of the values: objects and arrays inside each other.
    pub const MAX_DEPTH: usize = 8;
}

/// A JSON merge patch (RFC 7396) of the preferences.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(transparent)]
#[garde(transparent)]
pub struct PreferencesPatch(#[garde(custom(storable_members))] pub BTreeMap<String, JsonText>);

fn storable_members(members: &BTreeMap<String, JsonText>, _: &()) -> garde::Result {
    let whole = JsonText::from(members);
    super::storable(&whole, Preferences::MAX_DEPTH)
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for PreferencesPatch {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        let mut schema = super::open_object();
        schema.description = Some(String::from(
            "JSON merge patch (RFC 7396): objects are merged, null removes a member. The result has \
             at most 65,536 bytes of text and 8 levels of objects and arrays.",
        ));
        schema.into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for PreferencesPatch {}

/// A sign-in on one device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    pub id: SessionId,
    /// Whether the request came through this session.
    pub current: bool,
    /// Way of the sign-in: `google` or `development`.
    pub provider: String,
    /// The browser's `User-Agent` header, cut to 200 characters.
    pub user_agent: Option<String>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A way to sign in that this deployment offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Provider {
    /// Id of the way to sign in: `google` or `dev`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// URL where the sign-in starts; null for `dev`, which takes a form.
    pub url: Option<String>,
}

/// The ways to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Providers {
    pub items: Vec<Provider>,
}

/// Signs in with any address, and creates the user when there is none. Development only.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DevSignIn {
    #[garde(length(chars, max = 254), custom(super::email))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 3, max_length = 254, format = "email")
    )]
    pub email: String,
    #[garde(inner(length(chars, max = 80), custom(super::line)))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 80, format = "trimmed-line")
    )]
    #[serde(default, deserialize_with = "super::trimmed_if_any")]
    pub name: Option<String>,
}
