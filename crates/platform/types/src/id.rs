//! The id of each entity of the product: one newtype each, generated from one list.
//!
//! An id is always valid: it is parsed, or made from a UUID of the caller's random port. In JSON
//! and in SQL it is a TypeID text.

use std::fmt;
use std::str::FromStr;

use uuid::Uuid;

use crate::typeid::{self, TypeIdError};

/// What all ids have in common.
pub trait EntityId: Sized + Clone + fmt::Display + FromStr<Err = TypeIdError> {
    /// The part before the `_`.
    const PREFIX: &'static str;

    /// Makes an id from a new UUIDv7.
    fn from_uuid(uuid: Uuid) -> Self;
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {
        $(
            $(#[$doc])*
            #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
            pub struct $name(Uuid);

            impl EntityId for $name {
                const PREFIX: &'static str = $prefix;

                fn from_uuid(uuid: Uuid) -> Self {
                    Self(uuid)
                }
            }

            impl fmt::Display for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    write!(f, concat!($prefix, "_{}"), typeid::encode(self.0))
                }
            }

            impl fmt::Debug for $name {
                fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                    fmt::Display::fmt(self, f)
                }
            }

            impl FromStr for $name {
                type Err = TypeIdError;

                fn from_str(text: &str) -> Result<Self, TypeIdError> {
                    let (prefix, suffix) = text.rsplit_once('_').ok_or(TypeIdError::Kind)?;
                    if prefix != $prefix {
                        return Err(TypeIdError::Kind);
                    }
                    typeid::decode(suffix).map(Self)
                }
            }

            impl serde::Serialize for $name {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.collect_str(self)
                }
            }

            impl<'de> serde::Deserialize<'de> for $name {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
                    text.parse().map_err(|why: TypeIdError| {
                        serde::de::Error::custom(format_args!(concat!("expected an id like ", $prefix, "_…: {}"), why))
                    })
                }
            }

            #[cfg(feature = "sql")]
            impl postgres_types::ToSql for $name {
                fn to_sql(
                    &self,
                    ty: &postgres_types::Type,
                    out: &mut postgres_types::private::BytesMut,
                ) -> Result<postgres_types::IsNull, Box<dyn std::error::Error + Sync + Send>> {
                    self.to_string().to_sql(ty, out)
                }

                fn accepts(ty: &postgres_types::Type) -> bool {
                    <String as postgres_types::ToSql>::accepts(ty)
                }

                postgres_types::to_sql_checked!();
            }

            #[cfg(feature = "sql")]
            impl<'a> postgres_types::FromSql<'a> for $name {
                fn from_sql(
                    ty: &postgres_types::Type,
                    raw: &'a [u8],
                ) -> Result<Self, Box<dyn std::error::Error + Sync + Send>> {
                    Ok(<&str as postgres_types::FromSql>::from_sql(ty, raw)?.parse()?)
                }

                fn accepts(ty: &postgres_types::Type) -> bool {
                    <&str as postgres_types::FromSql>::accepts(ty)
                }
            }

            #[cfg(feature = "openapi")]
            impl utoipa::PartialSchema for $name {
                fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
                    utoipa::openapi::ObjectBuilder::new()
                        .schema_type(utoipa::openapi::schema::Type::String)
                        .pattern(Some(concat!("^", $prefix, "_[0-7][0-9a-hjkmnp-tv-z]{25}$")))
                        .description(Some(concat!("TypeID with the prefix `", $prefix, "`.")))
                        .examples([serde_json::json!(concat!($prefix, "_01h455vb4pex5vsknk084sn02q"))])
                        .into()
                }
            }

            #[cfg(feature = "openapi")]
            impl utoipa::ToSchema for $name {}
        )+

        /// Every prefix of the product.
        pub const PREFIXES: &[&str] = &[$($prefix),+];
    };
}

ids! {
    /// A person.
    UserId = "usr";
    /// A linked provider account, such as a Google identity or a Slack bot.
    AccountId = "acc";
    /// A sign-in on one device.
    SessionId = "ses";
    /// A single-use secret, such as an OAuth state.
    VerificationId = "ver";
    /// A tenant.
    OrganizationId = "org";
    /// A user's membership in an organization.
    MemberId = "member";
    /// An invitation to an organization.
    InvitationId = "inv";
    /// A part of an organization where events arrive.
    InstanceId = "inst";
    /// The right of an instance to use an account.
    PermissionId = "iap";
    /// A laptop or server.
    MachineId = "mach";
    /// A source repository.
    RepoId = "repo";
    /// Something that another system reported.
    EventId = "evt";
    /// A page of an organization.
    SpaceId = "spc";
    /// One thing on a space.
    ItemId = "itm";
    /// A virtual desktop of one person.
    WorkspaceId = "wks";
    /// A permission on a space or an item.
    GrantId = "grant";
    /// A link that grants a permission.
    ShareLinkId = "shr";
    /// Typed rows of an organization.
    DatasetId = "dset";
    /// Events that become rows of a dataset.
    CollectorId = "clt";
    /// A file of rows on its way into a dataset.
    ImportId = "imp";
    /// A custom hostname.
    DomainId = "dom";
    /// A published app.
    AppId = "app";
    /// A version of a published app.
    AppVersionId = "appv";
    /// An app installed on a desktop.
    InstallId = "ins";
    /// A published visit.
    DesktopId = "dsk";
    /// An agent.
    AgentId = "agt";
    /// One run of an agent.
    RunId = "run";
    /// A memory of an agent.
    MemoryId = "mem";
    /// A time at which an agent runs.
    ScheduleId = "sch";
    /// A row of the token vault.
    SecretId = "sec";
    /// An outbound webhook endpoint.
    WebhookEndpointId = "whe";
    /// One delivery to an outbound endpoint.
    WebhookDeliveryId = "whd";
    /// An entry of the audit log.
    AuditEntryId = "aud";
    /// A notification; the same for everybody whom one event concerns.
    NotificationId = "ntf";
}
