//! People, their sessions, and how they sign in.

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{SessionId, Slug, Timestamp, UserId};

/// What a person may do across all tenants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PlatformRole {
    /// Nothing beyond their memberships.
    User,
    /// Runs the platform: sees events that belong to no instance.
    Admin,
}

/// The signed-in person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    pub id: UserId,
    pub email: String,
    pub name: String,
    /// URL of a picture.
    pub image: Option<String>,
    pub role: PlatformRole,
    /// The slug of the personal organization.
    pub handle: Slug,
    /// This sign-in.
    pub session_id: SessionId,
    pub created_at: Timestamp,
}

/// Changes the signed-in person.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateMe {
    #[garde(inner(length(chars, max = 80), custom(super::line)))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 80, format = "line")
    )]
    #[serde(default, deserialize_with = "super::trimmed_if_any")]
    pub name: Option<String>,
}

/// A sign-in on one device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    pub id: SessionId,
    /// Whether the request came through this session.
    pub current: bool,
    /// `google` or `development`.
    pub provider: String,
    /// The browser's own words, cut to 200 characters.
    pub user_agent: Option<String>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A way to sign in that this deployment offers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Provider {
    /// `google` or `dev`.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// Where sign-in starts; null when it takes a form (`dev`).
    pub url: Option<String>,
}

/// The ways to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Providers {
    pub items: Vec<Provider>,
}

/// Development sign-in: any address, created when missing.
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
        schema(min_length = 1, max_length = 80, format = "line")
    )]
    #[serde(default, deserialize_with = "super::trimmed_if_any")]
    pub name: Option<String>,
}
