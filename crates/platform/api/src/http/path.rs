//! Path and query parameters. A path parameter that does not parse is a 404.

use std::str::FromStr;

use axum::extract::{Query as AxumQuery, RawPathParams};
use prox_types::{
    CollectorId, DomainId, ErrorCode, EventId, FieldError, GrantId, ImportId, ItemId, MemberId,
    NotificationId, PermissionId, Picture, SessionId, ShareLinkId, SpaceId, WorkspaceId,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};

use crate::http::handler::{Extractor, RequestContext};
use crate::http::problem::ApiError;

/// The parameters of the matched path. An invalid id is a 404, like one that does not exist.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: FromSegments> Extractor for Path<T> {
    fn extract(context: &mut RequestContext) -> Result<Self, ApiError> {
        let segments = context.segments.as_ref();
        segments
            .and_then(T::from_segments)
            .map(Self)
            .ok_or_else(|| ErrorCode::NotFound.into())
    }
}

/// Reads path parameters by their names. With axum's `Path` the worker would contain a deserializer
/// for each route.
pub(crate) trait FromSegments: Sized {
    fn from_segments(segments: &RawPathParams) -> Option<Self>;
}

/// Defines structs of path parameters, with their documentation and their [`FromSegments`].
macro_rules! path_structs {
    ($($(#[$doc:meta])* $name:ident { $($(#[$field:meta])* $part:ident: $kind:ty,)+ })+) => {$(
        $(#[$doc])*
        #[derive(utoipa::IntoParams)]
        #[into_params(parameter_in = Path)]
        #[allow(dead_code, reason = "Tenancy reads the organization itself")]
        pub(crate) struct $name { $($(#[$field])* pub(crate) $part: $kind,)+ }

        impl FromSegments for $name {
            fn from_segments(segments: &RawPathParams) -> Option<Self> {
                Some(Self { $($part: segment(segments, stringify!($part))?.parse().ok()?,)+ })
            }
        }
    )+};
}

path_structs! {
    /// A session of the caller.
    SessionPath {
        /// Id of the session.
        session: SessionId,
    }
    /// A notification of the caller.
    NotificationPath {
        /// Id of the notification.
        notification: NotificationId,
    }
    /// An organization.
    OrgPath {
        /// Slug or id of the organization.
        org: Name,
    }
    /// A space of any organization.
    SpaceIdPath {
        /// Id of the space.
        space: SpaceId,
    }
    /// A picture of an organization.
    PicturePath {
        /// Slug or id of the organization.
        org: Name,
        /// Hash of the picture.
        hash: PictureHash,
    }
    /// A member of an organization.
    MemberPath {
        /// Slug or id of the organization.
        org: Name,
        /// Id of the member.
        member: MemberId,
    }
    /// A workspace of the caller.
    WorkspacePath {
        /// Slug or id of the organization.
        org: Name,
        /// Id of the workspace.
        workspace: WorkspaceId,
    }
    /// A space of an organization.
    SpacePath {
        /// Slug or id of the organization.
        org: Name,
        /// Slug or id of the space.
        space: Name,
    }
    /// An item of a space.
    ItemPath {
        /// Slug or id of the organization.
        org: Name,
        /// Slug or id of the space.
        space: Name,
        /// Id of the item.
        item: ItemId,
    }
    /// A grant on a space or an item of it.
    GrantPath {
        /// Slug or id of the organization.
        org: Name,
        /// Slug or id of the space.
        space: Name,
        /// Id of the grant.
        grant: GrantId,
    }
    /// A share link of a space.
    ShareLinkPath {
        /// Slug or id of the organization.
        org: Name,
        /// Slug or id of the space.
        space: Name,
        /// Id of the link.
        link: ShareLinkId,
    }
    /// A dataset of an organization.
    DatasetPath {
        /// Slug or id of the organization.
        org: Name,
        /// Slug or id of the dataset.
        dataset: Name,
    }
    /// A column of a dataset.
    ColumnPath {
        /// Slug or id of the organization.
        org: Name,
        /// Slug or id of the dataset.
        dataset: Name,
        /// Id of the column.
        column: Name,
    }
    /// A collector of a dataset.
    CollectorPath {
        /// Slug or id of the organization.
        org: Name,
        /// Slug or id of the dataset.
        dataset: Name,
        /// Id of the collector.
        collector: CollectorId,
    }
    /// An import of an organization.
    ImportPath {
        /// Slug or id of the organization.
        org: Name,
        /// Id of the import.
        import: ImportId,
    }
    /// A row of a dataset.
    RowPath {
        /// Slug or id of the organization.
        org: Name,
        /// Slug or id of the dataset.
        dataset: Name,
        /// Id of the row.
        row: RowId,
    }
    /// A custom hostname of a space.
    DomainPath {
        /// Slug or id of the organization.
        org: Name,
        /// Slug or id of the space.
        space: Name,
        /// Id of the domain.
        domain: DomainId,
    }
    /// An instance of an organization.
    InstancePath {
        /// Slug or id of the organization.
        org: Name,
        /// Slug or id of the instance.
        instance: Name,
    }
    /// An event of an instance.
    EventPath {
        /// Slug or id of the organization.
        org: Name,
        /// Slug or id of the instance.
        instance: Name,
        /// Id of the event.
        event: EventId,
    }
    /// A connector of an instance.
    ConnectorPath {
        /// Slug or id of the organization.
        org: Name,
        /// Slug or id of the instance.
        instance: Name,
        /// Id of the connector.
        connector: PermissionId,
    }
}

/// The decoded path parameter of a name.
pub(crate) fn segment<'a>(segments: &'a RawPathParams, name: &str) -> Option<&'a str> {
    segments
        .iter()
        .find_map(|(key, text)| (key == name).then_some(text))
}

/// A slug or an id in a path. A text that can be neither is a 404.
#[derive(Clone, Debug)]
pub(crate) struct Name(String);

/// The error of a text that is neither slug nor id.
#[derive(Debug)]
pub(crate) struct NoName;

impl FromStr for Name {
    type Err = NoName;

    /// Checks length and characters, which are the same for slugs and ids.
    fn from_str(text: &str) -> Result<Self, NoName> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        if (1..=64).contains(&text.len()) && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoName)
        }
    }
}

impl utoipa::PartialSchema for Name {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^[A-Za-z0-9_-]{1,64}$"))
            .examples([serde_json::json!("home")])
            .into()
    }
}

impl utoipa::ToSchema for Name {}

/// The hash of a picture in a path.
#[derive(Clone, Debug)]
pub(crate) struct PictureHash(String);

impl FromStr for PictureHash {
    type Err = NoName;

    fn from_str(text: &str) -> Result<Self, NoName> {
        if Picture::is_hash(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoName)
        }
    }
}

impl utoipa::PartialSchema for PictureHash {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^[0-9a-f]{64}$"))
            .into()
    }
}

impl utoipa::ToSchema for PictureHash {}

/// The id of a row in a path: its number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowId(pub(crate) i64);

impl FromStr for RowId {
    type Err = NoName;

    fn from_str(text: &str) -> Result<Self, NoName> {
        let digits = text.strip_prefix("row_").ok_or(NoName)?;
        let is_plain = digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0');
        let n = digits.parse().ok().filter(|_| is_plain);
        n.map(Self).ok_or(NoName)
    }
}

impl utoipa::PartialSchema for RowId {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new()
            .schema_type(Type::String)
            .pattern(Some("^row_[1-9][0-9]{0,17}$"))
            .examples([serde_json::json!("row_17")])
            .into()
    }
}

impl utoipa::ToSchema for RowId {}

impl std::ops::Deref for PictureHash {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl std::ops::Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

/// The query parameters of a list.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// Maximum number of entries, 1–200; 50 when absent.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 200, default = 50)]
    pub(crate) limit: Option<String>,
    /// `next_cursor` of the previous page.
    #[param(min_length = 1, max_length = 4096, pattern = "^[A-Za-z0-9_-]+$")]
    pub(crate) cursor: Option<String>,
}

/// The query parameters. Unknown ones are ignored.
pub(crate) struct Query<T>(pub(crate) T);

impl<T: DeserializeOwned> Extractor for Query<T> {
    fn extract(context: &mut RequestContext) -> Result<Self, ApiError> {
        match AxumQuery::<T>::try_from_uri(&context.parts.uri) {
            Ok(query) => Ok(Self(query.0)),
            Err(why) => Err(ApiError {
                errors: vec![FieldError {
                    path: String::from("query"),
                    message: why.body_text(),
                }],
                ..ErrorCode::Invalid.into()
            }),
        }
    }
}
