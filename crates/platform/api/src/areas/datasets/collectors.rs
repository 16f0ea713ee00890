//! Collectors of a dataset: events that become rows.

use axum::response::Response;
use http::StatusCode;
use prox_types::{Collector, CreateCollector, Page};

use crate::areas::datasets::rows::json;
use crate::http::access::{Members, Tenancy};
use crate::http::body::Json;
use crate::http::path::{CollectorPath, DatasetPath, Paging, Path, Query};
use crate::http::problem::ApiError;
use crate::http::reply;

/// Lists the collectors of a dataset, oldest first.
#[utoipa::path(get, path = "/api/organizations/{org}/datasets/{dataset}/collectors", tag = "datasets", params(DatasetPath, Paging), responses((status = 200, body = Page<Collector>)))]
pub(crate) async fn list_collectors(
    tenant: Tenancy<Members>,
    Path(DatasetPath { dataset, .. }): Path<DatasetPath>,
    Query(paging): Query<Paging>,
) -> Result<Response, ApiError> {
    let page = reply::page("collectors", &paging)?;
    let statement = prox_db::collector::list(&dataset, page);
    Ok(reply::list("collectors", tenant.run(statement).await?))
}

/// Makes each event of a type that arrives at an instance into a row: one from Slack, or one that the API records.
#[utoipa::path(post, path = "/api/organizations/{org}/datasets/{dataset}/collectors", tag = "datasets", params(DatasetPath), request_body = CreateCollector, responses((status = 201, body = Collector)))]
pub(crate) async fn create_collector(
    tenant: Tenancy<Members>,
    Path(DatasetPath { dataset, .. }): Path<DatasetPath>,
    Json(body): Json<CreateCollector>,
) -> Result<Response, ApiError> {
    let paths = json(&body.paths)?;
    let id = tenant.ports().id();
    let statement = prox_db::collector::create(&dataset, id, body, paths);
    Ok(reply::one(
        StatusCode::CREATED,
        tenant.run(statement).await?,
    ))
}

/// Ends a collector. The rows that it added remain.
#[utoipa::path(delete, path = "/api/organizations/{org}/datasets/{dataset}/collectors/{collector}", tag = "datasets", params(CollectorPath), responses((status = 204, description = "Deleted")))]
pub(crate) async fn delete_collector(
    tenant: Tenancy<Members>,
    Path(CollectorPath {
        dataset, collector, ..
    }): Path<CollectorPath>,
) -> Result<Response, ApiError> {
    tenant
        .run(prox_db::collector::delete(&dataset, collector))
        .await?;
    Ok(reply::no_content())
}
