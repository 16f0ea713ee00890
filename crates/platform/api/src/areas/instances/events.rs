//! Events of an instance.

use axum::response::Response;
use http::StatusCode;
use prox_integrations::json::storable;
use prox_types::{CreateEvent, Event, Page};

use crate::http::access::{Members, SignedIn, Tenancy};
use crate::http::body::Json;
use crate::http::path::{EventPath, InstancePath, Paging, Path, Query};
use crate::http::problem::ApiError;
use crate::http::reply;

/// Lists the events of an instance, newest first.
#[utoipa::path(get, path = "/api/organizations/{org}/instances/{instance}/events", tag = "events", params(InstancePath, Paging), responses((status = 200, body = Page<Event>)))]
pub(crate) async fn list_events(
    tenant: Tenancy<Members>,
    Path(InstancePath { instance, .. }): Path<InstancePath>,
    Query(paging): Query<Paging>,
) -> Result<Response, ApiError> {
    let page = reply::page("events", &paging)?;
    Ok(reply::list(
        "events",
        tenant.run(prox_db::event::list(&instance, page)).await?,
    ))
}

/// Records an event. When the instance has an event with the same external id, returns that one.
#[utoipa::path(post, path = "/api/organizations/{org}/instances/{instance}/events", tag = "events", params(InstancePath), request_body = CreateEvent, responses((status = 201, body = Event)))]
pub(crate) async fn create_event(
    tenant: Tenancy<Members>,
    Path(InstancePath { instance, .. }): Path<InstancePath>,
    Json(mut body): Json<CreateEvent>,
) -> Result<Response, ApiError> {
    body.payload = storable(body.payload);
    let id = tenant.ports().id();
    Ok(reply::one(
        StatusCode::CREATED,
        tenant
            .run(prox_db::event::create(&instance, id, body))
            .await?,
    ))
}

/// Returns one event.
#[utoipa::path(get, path = "/api/organizations/{org}/instances/{instance}/events/{event}", tag = "events", params(EventPath), responses((status = 200, body = Event)))]
pub(crate) async fn get_event(
    tenant: Tenancy<Members>,
    Path(EventPath {
        instance, event, ..
    }): Path<EventPath>,
) -> Result<Response, ApiError> {
    Ok(reply::one(
        StatusCode::OK,
        tenant.run(prox_db::event::read(&instance, event)).await?,
    ))
}

/// Lists the events that belong to no instance, newest first. For platform admins.
#[utoipa::path(get, path = "/api/admin/events", tag = "admin", params(Paging), responses((status = 200, body = Page<Event>)))]
pub(crate) async fn list_unclaimed_events(
    person: SignedIn,
    Query(paging): Query<Paging>,
) -> Result<Response, ApiError> {
    let page = reply::page("unclaimed-events", &paging)?;
    Ok(reply::list(
        "unclaimed-events",
        person.run(prox_db::event::unclaimed(page)).await?,
    ))
}
