//! Grants on spaces and items, and what is shared with the caller.

use axum::response::Response;
use http::StatusCode;
use prox_types::{CreateGrant, Grant, Page, SharedSpace, UpdateGrant};

use crate::http::access::{AtSpace, CanManage, SignedIn};
use crate::http::body::Json;
use crate::http::path::{GrantPath, Paging, Path, Query, SpacePath};
use crate::http::problem::ApiError;
use crate::http::reply;

/// Lists the grants of a space and of its items, oldest first.
#[utoipa::path(get, path = "/api/organizations/{org}/spaces/{space}/grants", tag = "sharing", params(SpacePath, Paging), responses((status = 200, body = Page<Grant>)))]
pub(crate) async fn list_grants(
    caller: AtSpace<CanManage>,
    Path(SpacePath { space, .. }): Path<SpacePath>,
    Query(paging): Query<Paging>,
) -> Result<Response, ApiError> {
    let page = reply::page("grants", &paging)?;
    Ok(reply::list(
        "grants",
        caller.run(prox_db::grant::list(&space, page)).await?,
    ))
}

/// Grants a level on a space or on one item of it. A principal that has a grant on it gets the new level.
#[utoipa::path(post, path = "/api/organizations/{org}/spaces/{space}/grants", tag = "sharing", params(SpacePath), request_body = CreateGrant, responses((status = 201, body = Grant)))]
pub(crate) async fn create_grant(
    caller: AtSpace<CanManage>,
    Path(SpacePath { space, .. }): Path<SpacePath>,
    Json(body): Json<CreateGrant>,
) -> Result<Response, ApiError> {
    let statement = prox_db::grant::create(&space, caller.ports().id(), body);
    Ok(reply::one(
        StatusCode::CREATED,
        caller.run(statement).await?,
    ))
}

/// Changes the level of a grant.
#[utoipa::path(patch, path = "/api/organizations/{org}/spaces/{space}/grants/{grant}", tag = "sharing", params(GrantPath), request_body = UpdateGrant, responses((status = 200, body = Grant)))]
pub(crate) async fn update_grant(
    caller: AtSpace<CanManage>,
    Path(GrantPath { space, grant, .. }): Path<GrantPath>,
    Json(body): Json<UpdateGrant>,
) -> Result<Response, ApiError> {
    let statement = prox_db::grant::update(&space, grant, &body);
    Ok(reply::one(StatusCode::OK, caller.run(statement).await?))
}

/// Ends a grant. The next request of its principal sees no more of what it gave, and open pages close.
#[utoipa::path(delete, path = "/api/organizations/{org}/spaces/{space}/grants/{grant}", tag = "sharing", params(GrantPath), responses((status = 204, description = "Deleted")))]
pub(crate) async fn delete_grant(
    caller: AtSpace<CanManage>,
    Path(GrantPath { space, grant, .. }): Path<GrantPath>,
) -> Result<Response, ApiError> {
    caller.run(prox_db::grant::delete(&space, grant)).await?;
    Ok(reply::no_content())
}

/// Lists the spaces of other organizations of which the caller sees something by a grant, oldest first.
#[utoipa::path(get, path = "/api/me/shared", tag = "sharing", params(Paging), responses((status = 200, body = Page<SharedSpace>)))]
pub(crate) async fn list_shared(
    person: SignedIn,
    Query(paging): Query<Paging>,
) -> Result<Response, ApiError> {
    let page = reply::page("shared", &paging)?;
    Ok(reply::list(
        "shared",
        person.run(prox_db::grant::shared_with_actor(page)).await?,
    ))
}
