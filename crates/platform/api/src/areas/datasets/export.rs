//! Files with all rows of a dataset.

use axum::body::Body;
use axum::response::Response;
use http::header;
use prox_datasets::{Value, csv_header, csv_row, json_end, json_row, json_start};
use prox_db::row::WholeDataset;
use prox_types::ErrorCode;

use crate::http::access::{Members, Tenancy};
use crate::http::path::{DatasetPath, Path};
use crate::http::problem::ApiError;
use crate::http::reply;

/// Returns all rows as CSV: UTF-8, commas, a header, dates and numbers in the notation of the API.
#[utoipa::path(get, path = "/api/organizations/{org}/datasets/{dataset}/export.csv", tag = "datasets", params(DatasetPath), responses((status = 200, description = "The rows", body = String, content_type = "text/csv")))]
pub(crate) async fn export_csv(
    tenant: Tenancy<Members>,
    Path(DatasetPath { dataset, .. }): Path<DatasetPath>,
) -> Result<Response, ApiError> {
    let whole = tenant.run(prox_db::row::export(&dataset)).await?.parse()?;
    let mut text = csv_header(whole.names.iter().map(String::as_str));
    for row in &whole.rows {
        csv_row(&mut text, &values(&whole, row)?);
    }
    Ok(file(&whole.slug, "csv", "text/csv; charset=utf-8", text))
}

/// Returns all rows as a JSON array of objects.
#[utoipa::path(get, path = "/api/organizations/{org}/datasets/{dataset}/export.json", tag = "datasets", params(DatasetPath), responses((status = 200, description = "The rows", body = String, content_type = "application/json")))]
pub(crate) async fn export_json(
    tenant: Tenancy<Members>,
    Path(DatasetPath { dataset, .. }): Path<DatasetPath>,
) -> Result<Response, ApiError> {
    let whole = tenant.run(prox_db::row::export(&dataset)).await?.parse()?;
    let mut text = json_start().to_owned();
    for (at, row) in whole.rows.iter().enumerate() {
        let values = values(&whole, row)?;
        let names = whole.names.iter().map(String::as_str);
        json_row(&mut text, at == 0, names.zip(&values));
    }
    text.push_str(json_end());
    Ok(file(&whole.slug, "json", "application/json", text))
}

/// The values of a row, which fit their columns because the table has nothing else.
fn values(whole: &WholeDataset, row: &[prox_types::JsonText]) -> Result<Vec<Value>, ApiError> {
    let value = |(kind, raw): (&prox_types::ColumnType, &prox_types::JsonText)| {
        Value::from_json(*kind, raw.as_str())
            .map_err(|why| ApiError::from(ErrorCode::Internal).because(why))
    };
    whole.types.iter().zip(row).map(value).collect()
}

/// A file that browsers save.
pub(super) fn file(slug: &str, extension: &str, media_type: &str, text: String) -> Response {
    let mut response = Response::new(Body::from(text));
    reply::set(&mut response, header::CONTENT_TYPE, media_type);
    let disposition = format!("attachment; filename=\"{slug}.{extension}\"");
    reply::set(&mut response, header::CONTENT_DISPOSITION, &disposition);
    response
}
