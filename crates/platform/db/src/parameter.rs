//! The Rust types that a statement can bind, with the Postgres type of each.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use prox_types::{
    AccountId, CollectorId, DatasetId, DomainId, EventId, GrantId, ImportId, InstanceId, ItemId,
    JsonText, MemberId, NotificationId, OrganizationId, PermissionId, SessionId, ShareLinkId, Slug,
    SpaceId, Timestamp, UserId, VerificationId, WorkspaceId,
};
use tokio_postgres::types::{ToSql, Type};

/// A value with its Postgres type, ready to be sent.
pub(crate) type Bound = (Box<dyn ToSql + Sync + Send>, Type);

/// A type that a statement can bind.
pub(crate) trait Parameter {
    /// The value and its Postgres type.
    fn bound(self) -> Bound;
}

macro_rules! parameters {
    ($($ty:ident: $($rust:ty),+;)+) => {
        $($(impl Parameter for $rust {
            fn bound(self) -> Bound {
                (Box::new(self), Type::$ty)
            }
        })+)+
    };
}

parameters! {
    TEXT: String, Option<String>, &'static str, Option<&'static str>, Slug, Option<Slug>,
        AccountId, CollectorId, DatasetId, DomainId, EventId, GrantId, ImportId, InstanceId, ItemId, Option<ItemId>, MemberId, NotificationId,
        OrganizationId, PermissionId, SessionId, Option<SessionId>, ShareLinkId, SpaceId, UserId, VerificationId,
        WorkspaceId;
    TEXT_ARRAY: Vec<String>, Option<Vec<String>>;
    INT4: Option<i32>;
    INT8: i64, Option<i64>;
    INT8_ARRAY: Option<Vec<i64>>;
    BOOL: bool, Option<bool>;
    BYTEA: Vec<u8>, Option<Vec<u8>>;
}

impl Parameter for [u8; 32] {
    fn bound(self) -> Bound {
        self.to_vec().bound()
    }
}

impl Parameter for Timestamp {
    fn bound(self) -> Bound {
        (Box::new(system_time(self)), Type::TIMESTAMPTZ)
    }
}

impl Parameter for Option<Timestamp> {
    fn bound(self) -> Bound {
        (Box::new(self.map(system_time)), Type::TIMESTAMPTZ)
    }
}

/// JSON is sent as text, and the SQL casts it.
impl Parameter for JsonText {
    fn bound(self) -> Bound {
        self.into_string().bound()
    }
}

impl Parameter for Option<JsonText> {
    fn bound(self) -> Bound {
        self.map(JsonText::into_string).bound()
    }
}

/// A time as a type that the driver supports without `jiff`. The driver's support for `jiff` would
/// add `jiff`'s calendar and error messages to the worker.
fn system_time(at: Timestamp) -> SystemTime {
    let micros = at.as_microsecond();
    let distance = Duration::from_micros(micros.unsigned_abs());
    if micros < 0 {
        UNIX_EPOCH - distance
    } else {
        UNIX_EPOCH + distance
    }
}
