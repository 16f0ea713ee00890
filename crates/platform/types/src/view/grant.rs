//! Grants, share links, and what a space shows to whom.

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{
    GrantId, Item, ItemId, ItemKind, OrganizationId, ShareLinkId, Slug, SpaceId, Timestamp,
    Visibility,
};

/// What somebody may do with a space or an item. Each level includes those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Level {
    /// See it.
    View,
    /// Change it; on a space or folder, also add, move and remove items.
    Edit,
    /// Decide who sees it.
    Manage,
}

impl Level {
    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Edit => "edit",
            Self::Manage => "manage",
        }
    }
}

/// The level of everybody who opens a link. Editing needs an account: see
/// `POST /api/me/shared`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum LinkLevel {
    /// See it.
    #[default]
    View,
    /// See it; and change it, for people who keep the link in their account.
    Edit,
}

impl LinkLevel {
    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Edit => "edit",
        }
    }
}

/// Who may see an item.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ItemVisibility {
    /// Those who see its folder, or its space when it is in none; and those with a grant on it.
    #[default]
    Inherit,
    /// Members, and those with a grant on it.
    Private,
}

impl ItemVisibility {
    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Inherit => "inherit",
            Self::Private => "private",
        }
    }
}

/// The kind of a principal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PrincipalType {
    /// Everybody, without an account.
    Anyone,
    /// Everybody who opens a share link.
    Link,
    /// The members of another organization.
    Organization,
    /// A person.
    User,
}

impl PrincipalType {
    /// The name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::Link => "link",
            Self::Organization => "organization",
            Self::User => "user",
        }
    }
}

/// Names a principal: `anyone` by nothing; a link by its id; an organization by id or handle; a user by
/// id, handle or mail address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PrincipalName {
    #[serde(rename = "type")]
    #[garde(skip)]
    pub kind: PrincipalType,
    /// Id of a link, an organization or a user.
    #[serde(default)]
    #[garde(inner(length(chars, max = 80)), custom(names(self.kind, self.handle.is_some(), self.email.is_some())))]
    #[cfg_attr(feature = "openapi", schema(max_length = 80))]
    pub id: Option<String>,
    /// Slug of an organization, or of a person's own.
    #[serde(default)]
    #[garde(skip)]
    pub handle: Option<Slug>,
    /// Mail address of a person, who needs no account yet.
    #[serde(default)]
    #[garde(inner(custom(super::email)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 254, format = "email"))]
    pub email: Option<String>,
}

/// Checks that a principal has exactly one name, of a form that its type has.
fn names(
    kind: PrincipalType,
    handle: bool,
    email: bool,
) -> impl FnOnce(&Option<String>, &()) -> garde::Result {
    move |id, ()| {
        let given = (id.is_some(), handle, email);
        let (fits, rule) = match kind {
            PrincipalType::Anyone => (
                given == (false, false, false),
                "`anyone` has no id, handle or email",
            ),
            PrincipalType::Link => (
                given == (true, false, false),
                "a link is named by its id alone",
            ),
            PrincipalType::Organization => (
                matches!(given, (true, false, false) | (false, true, false)),
                "an organization is named by its id or its handle",
            ),
            PrincipalType::User => (
                matches!(
                    given,
                    (true, false, false) | (false, true, false) | (false, false, true)
                ),
                "a person is named by id, handle or email: one of them",
            ),
        };
        if fits {
            Ok(())
        } else {
            Err(garde::Error::new(rule))
        }
    }
}

/// A principal of a grant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Principal {
    #[serde(rename = "type")]
    pub kind: PrincipalType,
    /// Id of the link, organization or user; null for `anyone` and for a mail address.
    pub id: Option<String>,
    /// Slug of the organization, or of the person's own.
    pub handle: Option<Slug>,
    /// Mail address, when the grant names one. It counts for the user who verifies it.
    pub email: Option<String>,
    /// Name of the link, organization or user.
    pub name: Option<String>,
}

/// A permission of a principal on a space or on one item of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Grant {
    pub id: GrantId,
    pub space_id: SpaceId,
    /// The item; null for the whole space. A grant on a folder holds for its items that inherit.
    pub item_id: Option<ItemId>,
    pub level: Level,
    pub principal: Principal,
    /// The link through which the person got the grant, which ends with it; null otherwise.
    pub via_link: Option<ShareLinkId>,
    pub created_at: Timestamp,
}

/// Grants a level on a space or an item. A principal has one grant on each: another one replaces its level.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateGrant {
    #[garde(dive)]
    #[serde(deserialize_with = "super::object")]
    pub principal: PrincipalName,
    /// Level; `view` alone for `anyone` and links.
    #[garde(custom(level_fits(self.principal.kind)))]
    pub level: Level,
    /// The item; the whole space when absent.
    #[garde(skip)]
    pub item: Option<ItemId>,
}

fn level_fits(kind: PrincipalType) -> impl FnOnce(&Level, &()) -> garde::Result {
    move |level, ()| match (kind, level) {
        (PrincipalType::Anyone | PrincipalType::Link, Level::Edit | Level::Manage) => Err(
            garde::Error::new("only people and organizations can change something: choose `view`"),
        ),
        _ => Ok(()),
    }
}

/// Changes the level of a grant.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateGrant {
    #[garde(skip)]
    pub level: Level,
}

/// A link that shows a space, or one item of it, to everybody who has its address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShareLink {
    pub id: ShareLinkId,
    pub space_id: SpaceId,
    /// The item; null for the whole space.
    pub item_id: Option<ItemId>,
    pub name: String,
    pub level: LinkLevel,
    pub has_passphrase: bool,
    pub expires_at: Option<Timestamp>,
    /// How often it may be opened; null for any number.
    pub max_uses: Option<i32>,
    /// How often it was opened. A browser that comes back to a limited link does not count again.
    pub uses: i32,
    pub last_used_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// A link that was just made, with its address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewShareLink {
    #[serde(flatten)]
    pub link: ShareLink,
    /// The address. Only this answer has it; null when the request is a repetition.
    pub url: Option<String>,
}

/// Makes a link.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateShareLink {
    /// A name, to tell links apart.
    #[serde(default)]
    #[garde(length(chars, max = 120), custom(super::no_control))]
    #[cfg_attr(
        feature = "openapi",
        schema(max_length = 120, format = "line-or-empty")
    )]
    pub name: String,
    #[serde(default)]
    #[garde(skip)]
    pub level: LinkLevel,
    /// The item; the whole space when absent.
    #[garde(skip)]
    pub item: Option<ItemId>,
    /// When it ends, in the future.
    #[garde(skip)]
    pub expires_at: Option<Timestamp>,
    /// How often it may be opened.
    #[garde(inner(range(min = 1, max = 100_000)))]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 100_000))]
    pub max_uses: Option<i32>,
    /// A text to enter before the page shows. It cannot be read again.
    #[garde(inner(length(chars, min = 4, max = 200), custom(super::no_control)))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 4, max_length = 200, format = "line-or-empty")
    )]
    pub passphrase: Option<String>,
}

/// Keeps a share link in the caller's account.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeepShareLink {
    /// The last part of the link's address.
    #[garde(length(chars, max = 100))]
    #[cfg_attr(feature = "openapi", schema(max_length = 100))]
    pub token: String,
    /// The passphrase, for a link that asks for one.
    #[garde(inner(length(chars, max = 200)))]
    #[cfg_attr(feature = "openapi", schema(max_length = 200))]
    pub passphrase: Option<String>,
}

/// A space of which the caller sees something by grants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SharedSpace {
    pub space_id: SpaceId,
    pub organization: SharedOrganization,
    pub slug: Slug,
    /// Title; null when only items of the space are shared.
    pub title: Option<String>,
    /// Level on the space; null when only items are shared.
    pub level: Option<Level>,
    /// The number of items with a grant of their own.
    pub items: i64,
}

/// The organization of a shared space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SharedOrganization {
    pub id: OrganizationId,
    pub slug: Slug,
    pub name: String,
}

/// Somebody who sees a space or an item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Viewing {
    pub level: Level,
    pub principal: Principal,
    /// The grant to delete, to end this; null for a link's own item or space, which ends with the link.
    pub grant_id: Option<GrantId>,
    /// The link to delete, to end this; null for a grant.
    pub share_link_id: Option<ShareLinkId>,
}

/// Where an item gets its viewers from, besides its own grants.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum InheritsFrom {
    /// Those of its space.
    Space,
    /// Those of its folder.
    Folder,
}

/// What a space shows to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Exposure {
    pub visibility: Visibility,
    /// Who sees the space, besides members and its visibility.
    pub audience: Vec<Viewing>,
    /// The texts of the space that deserve a second look before others see them.
    pub warnings: Vec<Warning>,
    /// A page of its items, in order.
    pub items: Vec<ItemExposure>,
    pub next_cursor: Option<String>,
}

/// What an item shows to whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ItemExposure {
    pub id: ItemId,
    pub kind: ItemKind,
    pub title: String,
    pub folder_id: Option<ItemId>,
    pub visibility: ItemVisibility,
    /// Null for a private item.
    pub inherits_from: Option<InheritsFrom>,
    /// Who sees it by grants and links of its own.
    pub audience: Vec<Viewing>,
    pub warnings: Vec<Warning>,
}

/// A text that looks like something that others should not see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Warning {
    pub kind: WarningKind,
    /// The field with the text: `title`, `description`, `url`, `body` or `icon`.
    pub field: String,
    /// The beginning of the text in question; of a secret, the first characters.
    pub text: String,
}

/// What a text looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum WarningKind {
    /// A key, token or password.
    Secret,
    /// A hostname that only an internal network knows.
    InternalHostname,
    /// An IP address of a private network.
    PrivateAddress,
}

/// The part of a space that a viewer sees.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Slice {
    /// Level on the space as a whole; null when the viewer sees single items or nothing.
    pub level: Option<Level>,
    /// Items with the viewer's level.
    pub items: Vec<Item>,
    /// The number of items that do not fit into the answer.
    pub items_left_out: i64,
}

impl Visibility {
    /// Whether everybody with the address sees the space.
    #[must_use]
    pub const fn is_published(self) -> bool {
        matches!(self, Self::Public | Self::Unlisted)
    }
}
