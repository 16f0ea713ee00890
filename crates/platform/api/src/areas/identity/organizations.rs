//! Organizations.

use axum::response::Response;
use http::StatusCode;
use prox_core::slug;
use prox_db::organization::NewOrganization;
use prox_types::{CreateOrganization, ErrorCode, Organization, Page, Slug, UpdateOrganization};

use crate::areas::search::of_named;
use crate::areas::with_free_slug;
use crate::http::access::{Admins, Members, Owners, SignedIn, Tenancy};
use crate::http::body::Json;
use crate::http::path::{OrgPath, Paging, Query};
use crate::http::problem::ApiError;
use crate::http::reply;
use crate::ports::Ports;

/// Lists the organizations of the caller, oldest first.
#[utoipa::path(get, path = "/api/organizations", tag = "organizations", params(Paging), responses((status = 200, body = Page<Organization>)))]
pub(crate) async fn list_organizations(
    person: SignedIn,
    Query(paging): Query<Paging>,
) -> Result<Response, ApiError> {
    let page = reply::page("organizations", &paging)?;
    Ok(reply::list(
        "organizations",
        person.run(prox_db::organization::list(page)).await?,
    ))
}

/// Creates an organization. The caller becomes its owner.
#[utoipa::path(post, path = "/api/organizations", tag = "organizations", request_body = CreateOrganization, responses((status = 201, body = Organization)))]
pub(crate) async fn create_organization(
    person: SignedIn,
    Json(body): Json<CreateOrganization>,
) -> Result<Response, ApiError> {
    let ports = person.call.ports();
    if let Some(slug) = &body.slug {
        unreserved(slug)?;
    }
    let write = || {
        let ids = new_organization(ports);
        let slugs = match &body.slug {
            Some(slug) => vec![slug.to_string()],
            None => {
                slug::handle_candidates(&body.name, "organization@", &ports.secret(), &|text| {
                    ports.unicode.decompose(text)
                })
                .iter()
                .map(Slug::to_string)
                .collect()
            }
        };
        person.run(prox_db::organization::create(ids, body.clone(), slugs))
    };
    let answer = with_free_slug(body.slug.is_none(), write).await?;
    Ok(reply::one(StatusCode::CREATED, answer))
}

/// The ids of a new organization, and what search knows of its instance.
pub(crate) fn new_organization(ports: &Ports) -> NewOrganization {
    NewOrganization {
        id: ports.id(),
        member: ports.id(),
        instance: ports.id(),
        instance_terms: of_named(Some("Main"), Some("main"), &*ports.unicode),
    }
}

/// Returns one organization.
#[utoipa::path(get, path = "/api/organizations/{org}", tag = "organizations", params(OrgPath), responses((status = 200, body = Organization)))]
pub(crate) async fn get_organization(tenant: Tenancy<Members>) -> Result<Response, ApiError> {
    Ok(reply::one(
        StatusCode::OK,
        tenant.run(prox_db::organization::read()).await?,
    ))
}

/// Changes the name or the slug of an organization.
#[utoipa::path(patch, path = "/api/organizations/{org}", tag = "organizations", params(OrgPath), request_body = UpdateOrganization, responses((status = 200, body = Organization)))]
pub(crate) async fn update_organization(
    tenant: Tenancy<Admins>,
    Json(body): Json<UpdateOrganization>,
) -> Result<Response, ApiError> {
    if let Some(slug) = &body.slug {
        unreserved(slug)?;
    }
    Ok(reply::one(
        StatusCode::OK,
        tenant.run(prox_db::organization::update(body)).await?,
    ))
}

/// Deletes an organization with everything in it. A personal organization cannot be deleted.
#[utoipa::path(delete, path = "/api/organizations/{org}", tag = "organizations", params(OrgPath), responses((status = 204, description = "Deleted")))]
pub(crate) async fn delete_organization(tenant: Tenancy<Owners>) -> Result<Response, ApiError> {
    tenant.run(prox_db::organization::delete()).await?;
    Ok(reply::no_content())
}

fn unreserved(slug: &Slug) -> Result<&Slug, ApiError> {
    if slug::is_reserved(slug) {
        Err(ErrorCode::SlugTaken.into())
    } else {
        Ok(slug)
    }
}
