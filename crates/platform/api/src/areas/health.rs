//! The health check, and the documentation of the API.

use axum::response::{Html, Response};
use http::{StatusCode, header};
use serde::Serialize;

use crate::http::access::Anonymous;
use crate::http::problem::ApiError;
use crate::http::reply;

/// The answer of the health check.
#[derive(Serialize, utoipa::ToSchema)]
pub(crate) struct Health {
    /// Always `ok`.
    status: &'static str,
    /// Version of the build.
    version: &'static str,
    /// Always `ok`: the database answered this request.
    database: &'static str,
}

/// Checks the service and its database.
#[utoipa::path(get, path = "/api/health", tag = "health", security(()), responses((status = 200, body = Health), (status = 503, description = "The database cannot be reached")))]
pub(crate) async fn get_health(anonymous: Anonymous) -> Result<Response, ApiError> {
    anonymous.run(prox_db::system::health()).await?;
    let version = anonymous.call.ports().config.version;
    reply::json_response(&Health {
        status: "ok",
        version,
        database: "ok",
    })
}

/// Returns the committed OpenAPI document, which a test compares with the code.
pub(crate) async fn get_openapi() -> Response {
    let mut response = reply::json(
        StatusCode::OK,
        include_str!("../../openapi.json").to_owned(),
    );
    reply::set(&mut response, header::CACHE_CONTROL, "public, max-age=60");
    response
}

/// Returns a page that renders the OpenAPI document. Its script is a file of the shell.
pub(crate) async fn get_docs() -> Response {
    let mut response = axum::response::IntoResponse::into_response(Html(include_str!("docs.html")));
    let policy = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self' data:; img-src 'self' data: https:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'";
    reply::set(&mut response, header::CONTENT_SECURITY_POLICY, policy);
    response
}
