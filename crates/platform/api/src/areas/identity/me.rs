//! The signed-in user.

use axum::response::Response;
use http::StatusCode;
use prox_types::{Me, Organization, Page, UpdateMe};

use crate::areas::search::of_named;
use crate::http::access::SignedIn;
use crate::http::body::Json;
use crate::http::path::{Paging, Query};
use crate::http::problem::ApiError;
use crate::http::reply;

/// Returns the signed-in user.
#[utoipa::path(get, path = "/api/me", tag = "me", responses((status = 200, body = Me)))]
pub(crate) async fn get_me(person: SignedIn) -> Result<Response, ApiError> {
    Ok(reply::one(
        StatusCode::OK,
        person.run(prox_db::account::me()).await?,
    ))
}

/// Changes the signed-in user.
#[utoipa::path(patch, path = "/api/me", tag = "me", request_body = UpdateMe, responses((status = 200, body = Me)))]
pub(crate) async fn update_me(
    person: SignedIn,
    Json(body): Json<UpdateMe>,
) -> Result<Response, ApiError> {
    let unicode = &*person.call.ports().unicode;
    let terms = of_named(body.name.as_deref(), None, unicode);
    let statement = prox_db::account::update_me(body, &terms);
    Ok(reply::one(StatusCode::OK, person.run(statement).await?))
}

/// Lists the organizations of the signed-in user, oldest first.
#[utoipa::path(get, path = "/api/me/organizations", tag = "me", params(Paging), responses((status = 200, body = Page<Organization>)))]
pub(crate) async fn list_my_organizations(
    person: SignedIn,
    paging: Query<Paging>,
) -> Result<Response, ApiError> {
    super::organizations::list_organizations(person, paging).await
}
