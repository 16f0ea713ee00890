//! Instances of an organization.

use axum::response::Response;
use http::StatusCode;
use prox_core::slug;
use prox_types::{CreateInstance, Instance, Page, Slug, UpdateInstance};

use crate::areas::search::of_named;
use crate::areas::with_free_slug;
use crate::http::access::{Admins, Members, Tenancy};
use crate::http::body::Json;
use crate::http::path::{InstancePath, OrgPath, Paging, Path, Query};
use crate::http::problem::ApiError;
use crate::http::reply;
use crate::ports::Ports;

/// Lists the instances of an organization, oldest first.
#[utoipa::path(get, path = "/api/organizations/{org}/instances", tag = "instances", params(OrgPath, Paging), responses((status = 200, body = Page<Instance>)))]
pub(crate) async fn list_instances(
    tenant: Tenancy<Members>,
    Query(paging): Query<Paging>,
) -> Result<Response, ApiError> {
    let page = reply::page("instances", &paging)?;
    Ok(reply::list(
        "instances",
        tenant.run(prox_db::instance::list(page)).await?,
    ))
}

/// Creates an instance.
#[utoipa::path(post, path = "/api/organizations/{org}/instances", tag = "instances", params(OrgPath), request_body = CreateInstance, responses((status = 201, body = Instance)))]
pub(crate) async fn create_instance(
    tenant: Tenancy<Admins>,
    Json(body): Json<CreateInstance>,
) -> Result<Response, ApiError> {
    let id = tenant.ports().id();
    let write = || {
        let slugs = candidates(body.slug.as_ref(), &body.name, "instance", tenant.ports());
        let slug = slugs.first().map(String::as_str);
        let terms = of_named(Some(&body.name), slug, &*tenant.ports().unicode);
        tenant.run(prox_db::instance::create(id, body.clone(), slugs, &terms))
    };
    let answer = with_free_slug(body.slug.is_none(), write).await?;
    Ok(reply::one(StatusCode::CREATED, answer))
}

/// Returns one instance.
#[utoipa::path(get, path = "/api/organizations/{org}/instances/{instance}", tag = "instances", params(InstancePath), responses((status = 200, body = Instance)))]
pub(crate) async fn get_instance(
    tenant: Tenancy<Members>,
    Path(InstancePath { instance, .. }): Path<InstancePath>,
) -> Result<Response, ApiError> {
    Ok(reply::one(
        StatusCode::OK,
        tenant.run(prox_db::instance::read(&instance)).await?,
    ))
}

/// Changes an instance.
#[utoipa::path(patch, path = "/api/organizations/{org}/instances/{instance}", tag = "instances", params(InstancePath), request_body = UpdateInstance, responses((status = 200, body = Instance)))]
pub(crate) async fn update_instance(
    tenant: Tenancy<Admins>,
    Path(InstancePath { instance, .. }): Path<InstancePath>,
    Json(body): Json<UpdateInstance>,
) -> Result<Response, ApiError> {
    let slug = body.slug.as_ref().map(Slug::as_str);
    let terms = of_named(body.name.as_deref(), slug, &*tenant.ports().unicode);
    let statement = prox_db::instance::update(&instance, body, &terms);
    Ok(reply::one(StatusCode::OK, tenant.run(statement).await?))
}

/// Deletes an instance with its events and connectors.
#[utoipa::path(delete, path = "/api/organizations/{org}/instances/{instance}", tag = "instances", params(InstancePath), responses((status = 204, description = "Deleted")))]
pub(crate) async fn delete_instance(
    tenant: Tenancy<Admins>,
    Path(InstancePath { instance, .. }): Path<InstancePath>,
) -> Result<Response, ApiError> {
    tenant.run(prox_db::instance::delete(&instance)).await?;
    Ok(reply::no_content())
}

/// The requested slug, or candidates made from the name.
pub(crate) fn candidates(
    requested: Option<&Slug>,
    name: &str,
    fallback: &str,
    ports: &Ports,
) -> Vec<String> {
    if let Some(slug) = requested {
        return vec![slug.to_string()];
    }
    let base = slug::suggest(name, &|text| ports.unicode.decompose(text))
        .or_else(|| fallback.parse().ok());
    base.map_or_else(Vec::new, |base| {
        slug::inner_candidates(&base, &ports.secret())
            .iter()
            .map(Slug::to_string)
            .collect()
    })
}
