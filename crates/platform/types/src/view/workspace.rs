//! Workspaces: the virtual desktops of one person in an organization.

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{JsonText, OrganizationId, Timestamp, WorkspaceId};

/// A virtual desktop of the signed-in user in an organization. No other member sees it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Workspace {
    pub id: WorkspaceId,
    pub organization_id: OrganizationId,
    pub name: String,
    /// Sort key, which the client sets; equal ones are ordered by id.
    pub position: i32,
    /// Windows and whatever else the client arranges.
    #[cfg_attr(feature = "openapi", schema(schema_with = super::open_object))]
    pub layout: JsonText,
    /// Version, which grows with every change; the ETag is `"v{version}"`.
    pub version: i64,
    pub created_at: Timestamp,
    pub updated_at: Timestamp,
}

impl Workspace {
    /// The maximum depth of a layout: objects and arrays inside each other.
    pub const MAX_DEPTH: usize = 8;
}

/// Creates a workspace, at the end when `position` is absent.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateWorkspace {
    /// Id that the client made, so that it can work with the workspace before the service answers.
    /// The service makes one when it is absent.
    #[garde(skip)]
    pub id: Option<WorkspaceId>,
    #[garde(length(chars, max = 80), custom(super::line))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 80, format = "trimmed-line")
    )]
    #[serde(deserialize_with = "super::trimmed")]
    pub name: String,
    /// Sort key. When absent, it is 1,000 more than that of the last workspace.
    #[garde(skip)]
    pub position: Option<i32>,
    /// Layout, at most 8 levels of objects and arrays; empty when absent.
    #[garde(inner(custom(storable_layout)))]
    #[cfg_attr(feature = "openapi", schema(schema_with = layout_schema))]
    pub layout: Option<JsonText>,
}

/// Changes a workspace.
#[derive(Clone, Debug, Default, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdateWorkspace {
    #[garde(inner(length(chars, max = 80), custom(super::line)))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 80, format = "trimmed-line")
    )]
    #[serde(default, deserialize_with = "super::trimmed_if_any")]
    pub name: Option<String>,
    #[garde(skip)]
    pub position: Option<i32>,
    /// JSON merge patch (RFC 7396) of the layout: objects are merged, null removes a member. The
    /// result has at most 262,144 bytes of text and 8 levels of objects and arrays.
    #[garde(inner(custom(storable_layout)))]
    #[cfg_attr(feature = "openapi", schema(schema_with = layout_schema))]
    pub layout: Option<JsonText>,
}

#[cfg(feature = "openapi")]
fn layout_schema() -> utoipa::openapi::schema::Object {
    use utoipa::openapi::schema::{SchemaType, Type};

    let mut schema = super::open_object();
    schema.schema_type = SchemaType::Array(vec![Type::Object, Type::Null]);
    schema
}

fn storable_layout(json: &JsonText, _: &()) -> garde::Result {
    if !json.as_str().trim_start().starts_with('{') {
        return Err(garde::Error::new("must be an object"));
    }
    super::storable(json, Workspace::MAX_DEPTH)
}
