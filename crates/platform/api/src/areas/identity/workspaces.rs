//! Workspaces of the caller in an organization.

use axum::response::Response;
use http::StatusCode;
use prox_types::{CreateWorkspace, Page, UpdateWorkspace, Workspace};

use crate::http::access::{IfMatch, IfNoneMatch, Members, Tenancy};
use crate::http::body::{Json, MergePatch};
use crate::http::path::{OrgPath, Paging, Path, Query, WorkspacePath};
use crate::http::problem::ApiError;
use crate::http::reply;

/// Lists the caller's workspaces in order, with their layouts.
#[utoipa::path(get, path = "/api/organizations/{org}/workspaces", tag = "workspaces", params(OrgPath, Paging), responses((status = 200, body = Page<Workspace>)))]
pub(crate) async fn list_workspaces(
    tenant: Tenancy<Members>,
    Query(paging): Query<Paging>,
) -> Result<Response, ApiError> {
    let page = reply::page_by_position("workspaces", &paging)?;
    Ok(reply::list(
        "workspaces",
        tenant.run(prox_db::workspace::list(page)).await?,
    ))
}

/// Creates a workspace for the caller; 409 when the caller has one with this id, or 50 of them.
#[utoipa::path(post, path = "/api/organizations/{org}/workspaces", tag = "workspaces", params(OrgPath), request_body = CreateWorkspace, responses((status = 201, body = Workspace)))]
pub(crate) async fn create_workspace(
    tenant: Tenancy<Members>,
    Json(body): Json<CreateWorkspace>,
) -> Result<Response, ApiError> {
    let id = body.id.unwrap_or_else(|| tenant.ports().id());
    Ok(reply::one(
        StatusCode::CREATED,
        tenant.run(prox_db::workspace::create(id, body)).await?,
    ))
}

/// Returns one workspace of the caller; 304 when `If-None-Match` names its version.
#[utoipa::path(get, path = "/api/organizations/{org}/workspaces/{workspace}", tag = "workspaces", params(WorkspacePath, IfNoneMatch), responses((status = 200, body = Workspace)))]
pub(crate) async fn get_workspace(
    tenant: Tenancy<Members>,
    Path(WorkspacePath { workspace, .. }): Path<WorkspacePath>,
    IfNoneMatch(known): IfNoneMatch,
) -> Result<Response, ApiError> {
    let answer = tenant.run(prox_db::workspace::read(workspace)).await?;
    Ok(reply::one_unless_known(known.as_ref(), answer))
}

/// Changes a workspace of the caller, and merges its layout; 412 when `If-Match` names another
/// version.
#[utoipa::path(patch, path = "/api/organizations/{org}/workspaces/{workspace}", tag = "workspaces", params(WorkspacePath, IfMatch), request_body(content((UpdateWorkspace = "application/json"), (UpdateWorkspace = "application/merge-patch+json"))), responses((status = 200, body = Workspace)))]
pub(crate) async fn update_workspace(
    tenant: Tenancy<Members>,
    Path(WorkspacePath { workspace, .. }): Path<WorkspacePath>,
    IfMatch(versions): IfMatch,
    MergePatch(body): MergePatch<UpdateWorkspace>,
) -> Result<Response, ApiError> {
    Ok(reply::one(
        StatusCode::OK,
        tenant
            .run(prox_db::workspace::update(workspace, body, versions))
            .await?,
    ))
}

/// Deletes a workspace of the caller.
#[utoipa::path(delete, path = "/api/organizations/{org}/workspaces/{workspace}", tag = "workspaces", params(WorkspacePath, IfMatch), responses((status = 204, description = "Deleted")))]
pub(crate) async fn delete_workspace(
    tenant: Tenancy<Members>,
    Path(WorkspacePath { workspace, .. }): Path<WorkspacePath>,
    IfMatch(versions): IfMatch,
) -> Result<Response, ApiError> {
    tenant
        .run(prox_db::workspace::delete(workspace, versions))
        .await?;
    Ok(reply::no_content())
}
