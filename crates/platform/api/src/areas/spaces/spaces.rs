//! Spaces of an organization.

use axum::response::Response;
use http::StatusCode;
use prox_types::{CreateSpace, Page, Publish, Space, UpdateSpace};

use crate::areas::instances::instances::candidates;
use crate::areas::search::{of_changed_space, of_new_space};
use crate::areas::spaces::items::check_picture;
use crate::areas::with_free_slug;
use crate::http::access::{
    Admins, AtSpace, CanEdit, CanManage, CanView, IfMatch, IfNoneMatch, Members, Tenancy,
};
use crate::http::body::{Json, OptionalJson};
use crate::http::path::{OrgPath, Paging, Path, Query, SpacePath};
use crate::http::problem::ApiError;
use crate::http::reply;

/// Lists the spaces of an organization, oldest first.
#[utoipa::path(get, path = "/api/organizations/{org}/spaces", tag = "spaces", params(OrgPath, Paging), responses((status = 200, body = Page<Space>)))]
pub(crate) async fn list_spaces(
    tenant: Tenancy<Members>,
    Query(paging): Query<Paging>,
) -> Result<Response, ApiError> {
    let page = reply::page("spaces", &paging)?;
    Ok(reply::list(
        "spaces",
        tenant.run(prox_db::space::list(page)).await?,
    ))
}

/// Creates a private space.
#[utoipa::path(post, path = "/api/organizations/{org}/spaces", tag = "spaces", params(OrgPath), request_body = CreateSpace, responses((status = 201, body = Space)))]
pub(crate) async fn create_space(
    tenant: Tenancy<Members>,
    Json(mut body): Json<CreateSpace>,
) -> Result<Response, ApiError> {
    check_picture("cover", body.cover.as_mut(), tenant.ports())?;
    let id = tenant.ports().id();
    let write = || {
        let slugs = candidates(body.slug.as_ref(), &body.title, "space", tenant.ports());
        let terms = of_new_space(&body, &slugs, &*tenant.ports().unicode);
        tenant.run(prox_db::space::create(id, body.clone(), slugs, &terms))
    };
    let answer = with_free_slug(body.slug.is_none(), write).await?;
    Ok(reply::one(StatusCode::CREATED, answer))
}

/// Returns one space; 304 when `If-None-Match` names its version.
#[utoipa::path(get, path = "/api/organizations/{org}/spaces/{space}", tag = "spaces", params(SpacePath, IfNoneMatch), responses((status = 200, body = Space)))]
pub(crate) async fn get_space(
    caller: AtSpace<CanView>,
    Path(SpacePath { space, .. }): Path<SpacePath>,
    IfNoneMatch(known): IfNoneMatch,
) -> Result<Response, ApiError> {
    let answer = caller.run(prox_db::space::read(&space)).await?;
    Ok(reply::one_unless_known(known.as_ref(), answer))
}

/// Changes a space; 412 when `If-Match` names another version.
#[utoipa::path(patch, path = "/api/organizations/{org}/spaces/{space}", tag = "spaces", params(SpacePath, IfMatch), request_body = UpdateSpace, responses((status = 200, body = Space)))]
pub(crate) async fn update_space(
    caller: AtSpace<CanEdit>,
    Path(SpacePath { space, .. }): Path<SpacePath>,
    IfMatch(versions): IfMatch,
    Json(mut body): Json<UpdateSpace>,
) -> Result<Response, ApiError> {
    check_picture("cover", body.cover.as_mut(), caller.ports())?;
    let terms = of_changed_space(&body, &*caller.ports().unicode);
    let statement = prox_db::space::update(&space, body, &terms, versions);
    Ok(reply::one(StatusCode::OK, caller.run(statement).await?))
}

/// Deletes a space with its items.
#[utoipa::path(delete, path = "/api/organizations/{org}/spaces/{space}", tag = "spaces", params(SpacePath, IfMatch), responses((status = 204, description = "Deleted")))]
pub(crate) async fn delete_space(
    tenant: Tenancy<Admins>,
    Path(SpacePath { space, .. }): Path<SpacePath>,
    IfMatch(versions): IfMatch,
) -> Result<Response, ApiError> {
    tenant.run(prox_db::space::delete(&space, versions)).await?;
    Ok(reply::no_content())
}

/// Publishes a space to everybody, or to everybody with the address.
#[utoipa::path(post, path = "/api/organizations/{org}/spaces/{space}/publish", tag = "spaces", params(SpacePath, IfMatch), request_body = Publish, responses((status = 200, body = Space)))]
pub(crate) async fn publish_space(
    caller: AtSpace<CanManage>,
    Path(SpacePath { space, .. }): Path<SpacePath>,
    IfMatch(versions): IfMatch,
    OptionalJson(body): OptionalJson<Publish>,
) -> Result<Response, ApiError> {
    Ok(reply::one(
        StatusCode::OK,
        caller
            .run(prox_db::space::set_audience(
                &space,
                Some(body.audience),
                versions,
            ))
            .await?,
    ))
}

/// Makes a space private: only members see it.
#[utoipa::path(post, path = "/api/organizations/{org}/spaces/{space}/unpublish", tag = "spaces", params(SpacePath, IfMatch), responses((status = 200, body = Space)))]
pub(crate) async fn unpublish_space(
    caller: AtSpace<CanManage>,
    Path(SpacePath { space, .. }): Path<SpacePath>,
    IfMatch(versions): IfMatch,
) -> Result<Response, ApiError> {
    Ok(reply::one(
        StatusCode::OK,
        caller
            .run(prox_db::space::set_audience(&space, None, versions))
            .await?,
    ))
}
