//! Organizations and their members.

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{MemberId, OrganizationId, Slug, Timestamp, UserId};

/// The role of a member. Each role includes the rights of those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Role {
    /// Sees everything of the organization; edits spaces and items.
    Member,
    /// Also changes members, instances, domains and what is published.
    Admin,
    /// Also changes owners and deletes the organization.
    Owner,
}

/// A tenant, as one of its members sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Organization {
    pub id: OrganizationId,
    pub slug: Slug,
    pub name: String,
    /// Whether it is the personal organization of a user, whose slug is the user's handle.
    pub personal: bool,
    /// Role of the caller.
    pub role: Role,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

/// Creates an organization. The caller becomes its owner.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateOrganization {
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

/// Changes an organization.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateOrganization {
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

/// The membership of a user in an organization.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    pub id: MemberId,
    pub user_id: UserId,
    pub email: String,
    pub name: String,
    /// URL of a picture.
    pub image: Option<String>,
    pub role: Role,
    pub created_at: Timestamp,
}

/// Adds a person by email address. Somebody who has never signed in becomes a member now, and gets
/// access with their first sign-in.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateMember {
    #[garde(length(chars, max = 254), custom(super::email))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 3, max_length = 254, format = "email")
    )]
    pub email: String,
    #[garde(skip)]
    pub role: Role,
}

/// Changes a member's role.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateMember {
    #[garde(skip)]
    pub role: Role,
}
