//! Columns of a dataset.

use axum::response::Response;
use http::StatusCode;
use prox_db::column::Change;
use prox_types::{ColumnPreview, ColumnType, CreateColumn, Dataset, DisplayFormat, UpdateColumn};
use serde::{Deserialize, Serialize};

use crate::areas::datasets::rows::json;
use crate::http::access::{IfMatch, Members, Tenancy};
use crate::http::body::Json;
use crate::http::path::{ColumnPath, DatasetPath, Path, Query};
use crate::http::problem::ApiError;
use crate::http::reply;

/// A column as the table has it.
#[derive(Serialize)]
pub(super) struct Stored<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    slot: Option<u8>,
    name: &'a str,
    r#type: ColumnType,
    notes: &'a str,
    format: &'a DisplayFormat,
}

/// A new column as the table has it; without a slot, the statement chooses one.
pub(super) fn stored(column: &CreateColumn, slot: Option<u8>) -> Stored<'_> {
    Stored {
        slot,
        name: &column.name,
        r#type: column.r#type,
        notes: &column.notes,
        format: &column.format,
    }
}

/// Adds a column, whose values are null. Returns the dataset; 412 when `If-Match` names another version.
#[utoipa::path(post, path = "/api/organizations/{org}/datasets/{dataset}/columns", tag = "datasets", params(DatasetPath, IfMatch), request_body = CreateColumn, responses((status = 201, body = Dataset)))]
pub(crate) async fn create_column(
    tenant: Tenancy<Members>,
    Path(DatasetPath { dataset, .. }): Path<DatasetPath>,
    IfMatch(versions): IfMatch,
    Json(body): Json<CreateColumn>,
) -> Result<Response, ApiError> {
    let column = json(&stored(&body, None))?;
    let statement = prox_db::column::create(&dataset, body.name, column, versions);
    Ok(reply::one(
        StatusCode::CREATED,
        tenant.run(statement).await?,
    ))
}

/// The members of a column that change apart from name and type.
#[derive(Serialize)]
struct Rest {
    #[serde(skip_serializing_if = "Option::is_none")]
    notes: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<DisplayFormat>,
}

/// Changes a column. Another type reads the values again: when some do not fit, nothing changes, unless
/// `clear_misfits` says that they become null (see the preview). Returns the dataset; 412 when `If-Match` names
/// another version.
#[utoipa::path(patch, path = "/api/organizations/{org}/datasets/{dataset}/columns/{column}", tag = "datasets", params(ColumnPath, IfMatch), request_body = UpdateColumn, responses((status = 200, body = Dataset)))]
pub(crate) async fn update_column(
    tenant: Tenancy<Members>,
    Path(ColumnPath {
        dataset, column, ..
    }): Path<ColumnPath>,
    IfMatch(versions): IfMatch,
    Json(body): Json<UpdateColumn>,
) -> Result<Response, ApiError> {
    let change = Change {
        name: body.name,
        kind: body.r#type,
        clear_misfits: body.clear_misfits,
        members: json(&Rest {
            notes: body.notes,
            format: body.format,
        })?,
    };
    let statement = prox_db::column::update(&dataset, &column, change, versions);
    Ok(reply::one(StatusCode::OK, tenant.run(statement).await?))
}

/// Deletes a column with its values. Returns the dataset; 412 when `If-Match` names another version.
#[utoipa::path(delete, path = "/api/organizations/{org}/datasets/{dataset}/columns/{column}", tag = "datasets", params(ColumnPath, IfMatch), responses((status = 200, body = Dataset)))]
pub(crate) async fn delete_column(
    tenant: Tenancy<Members>,
    Path(ColumnPath {
        dataset, column, ..
    }): Path<ColumnPath>,
    IfMatch(versions): IfMatch,
) -> Result<Response, ApiError> {
    let statement = prox_db::column::delete(&dataset, &column, versions);
    Ok(reply::one(StatusCode::OK, tenant.run(statement).await?))
}

/// The query parameters of a preview.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PreviewQuery {
    /// The type that the column would get.
    r#type: ColumnType,
}

/// Says which values of a column would not fit another type.
#[utoipa::path(get, path = "/api/organizations/{org}/datasets/{dataset}/columns/{column}/preview", tag = "datasets", params(ColumnPath, PreviewQuery), responses((status = 200, body = ColumnPreview)))]
pub(crate) async fn preview_column(
    tenant: Tenancy<Members>,
    Path(ColumnPath {
        dataset, column, ..
    }): Path<ColumnPath>,
    Query(query): Query<PreviewQuery>,
) -> Result<Response, ApiError> {
    let statement = prox_db::column::preview(&dataset, &column, query.r#type);
    Ok(reply::one(StatusCode::OK, tenant.run(statement).await?))
}
