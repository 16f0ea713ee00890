//! Datasets of an organization.

use axum::response::Response;
use http::StatusCode;
use prox_types::{CreateDataset, Dataset, Page, UpdateDataset};

use crate::areas::datasets::columns::stored;
use crate::areas::instances::instances::candidates;
use crate::areas::search::{of_changed_dataset, of_new_dataset};
use crate::areas::with_free_slug;
use crate::http::access::{Admins, IfMatch, IfNoneMatch, Members, Tenancy};
use crate::http::body::Json;
use crate::http::path::{DatasetPath, OrgPath, Paging, Path, Query};
use crate::http::problem::ApiError;
use crate::http::reply;

/// Lists the datasets of an organization, oldest first.
#[utoipa::path(get, path = "/api/organizations/{org}/datasets", tag = "datasets", params(OrgPath, Paging), responses((status = 200, body = Page<Dataset>)))]
pub(crate) async fn list_datasets(
    tenant: Tenancy<Members>,
    Query(paging): Query<Paging>,
) -> Result<Response, ApiError> {
    let page = reply::page("datasets", &paging)?;
    Ok(reply::list(
        "datasets",
        tenant.run(prox_db::dataset::list(page)).await?,
    ))
}

/// Creates a dataset without rows.
#[utoipa::path(post, path = "/api/organizations/{org}/datasets", tag = "datasets", params(OrgPath), request_body = CreateDataset, responses((status = 201, body = Dataset)))]
pub(crate) async fn create_dataset(
    tenant: Tenancy<Members>,
    Json(body): Json<CreateDataset>,
) -> Result<Response, ApiError> {
    let id = tenant.ports().id();
    let columns: Vec<_> = (1..)
        .zip(&body.columns)
        .map(|(slot, it)| stored(it, Some(slot)))
        .collect();
    let columns = super::rows::json(&columns)?;
    let write = || {
        let slugs = candidates(body.slug.as_ref(), &body.name, "dataset", tenant.ports());
        let (name, notes) = (body.name.clone(), body.notes.clone());
        let terms = of_new_dataset(&body, &slugs, &*tenant.ports().unicode);
        tenant.run(prox_db::dataset::create(
            id,
            name,
            notes,
            columns.clone(),
            slugs,
            &terms,
        ))
    };
    let answer = with_free_slug(body.slug.is_none(), write).await?;
    Ok(reply::one(StatusCode::CREATED, answer))
}

/// Returns one dataset; 304 when `If-None-Match` names its version.
#[utoipa::path(get, path = "/api/organizations/{org}/datasets/{dataset}", tag = "datasets", params(DatasetPath, IfNoneMatch), responses((status = 200, body = Dataset)))]
pub(crate) async fn get_dataset(
    tenant: Tenancy<Members>,
    Path(DatasetPath { dataset, .. }): Path<DatasetPath>,
    IfNoneMatch(known): IfNoneMatch,
) -> Result<Response, ApiError> {
    let answer = tenant.run(prox_db::dataset::read(&dataset)).await?;
    Ok(reply::one_unless_known(known.as_ref(), answer))
}

/// Changes a dataset or the order of its columns; 412 when `If-Match` names another version.
#[utoipa::path(patch, path = "/api/organizations/{org}/datasets/{dataset}", tag = "datasets", params(DatasetPath, IfMatch), request_body = UpdateDataset, responses((status = 200, body = Dataset)))]
pub(crate) async fn update_dataset(
    tenant: Tenancy<Members>,
    Path(DatasetPath { dataset, .. }): Path<DatasetPath>,
    IfMatch(versions): IfMatch,
    Json(body): Json<UpdateDataset>,
) -> Result<Response, ApiError> {
    let terms = of_changed_dataset(&body, &*tenant.ports().unicode);
    let statement = prox_db::dataset::update(&dataset, body, &terms, versions);
    Ok(reply::one(StatusCode::OK, tenant.run(statement).await?))
}

/// Deletes a dataset with its rows; 412 when `If-Match` names another version.
#[utoipa::path(delete, path = "/api/organizations/{org}/datasets/{dataset}", tag = "datasets", params(DatasetPath, IfMatch), responses((status = 204, description = "Deleted")))]
pub(crate) async fn delete_dataset(
    tenant: Tenancy<Admins>,
    Path(DatasetPath { dataset, .. }): Path<DatasetPath>,
    IfMatch(versions): IfMatch,
) -> Result<Response, ApiError> {
    tenant
        .run(prox_db::dataset::delete(&dataset, versions))
        .await?;
    Ok(reply::no_content())
}
