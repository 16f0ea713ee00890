//! Imports: files of rows on their way into a dataset. [`importing`](super::importing) reads them.

use axum::response::Response;
use http::StatusCode;
use prox_datasets::{Value, csv_header, csv_row};
use prox_db::import::NewImport;
use prox_types::{DatasetImport, ErrorCode, Page, UpdateImport};
use serde::Deserialize;

use crate::http::access::{IfMatch, IfNoneMatch, Members, Tenancy};
use crate::http::body::{FileBody, Json};
use crate::http::path::{ImportPath, OrgPath, Paging, Path, Query};
use crate::http::problem::ApiError;
use crate::http::reply;

/// The query parameters of a new import.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct NewFile {
    /// Name of the file, such as `sales.csv`. A new dataset is called like it.
    #[param(max_length = 200)]
    file_name: Option<String>,
    /// Slug or id of the dataset of the rows; a new one when absent.
    #[param(max_length = 64)]
    dataset: Option<String>,
}

/// Lists the imports of an organization, oldest first. They are kept for a month, and for a week when they were
/// not completed.
#[utoipa::path(get, path = "/api/organizations/{org}/imports", tag = "datasets", params(OrgPath, Paging), responses((status = 200, body = Page<DatasetImport>)))]
pub(crate) async fn list_imports(
    tenant: Tenancy<Members>,
    Query(paging): Query<Paging>,
) -> Result<Response, ApiError> {
    let page = reply::page("imports", &paging)?;
    let answer = tenant.run(prox_db::import::list(page)).await?;
    Ok(reply::list("imports", answer))
}

/// Takes in a CSV or JSON file of up to 10 MB, whatever the media type of the request, and begins to read it. Its
/// progress is that of the import, whose key is named on the sockets of the organization.
#[utoipa::path(post, path = "/api/organizations/{org}/imports", tag = "datasets", params(OrgPath, NewFile), request_body(content = String, content_type = "application/octet-stream"), responses((status = 201, body = DatasetImport)))]
pub(crate) async fn create_import(
    tenant: Tenancy<Members>,
    Query(query): Query<NewFile>,
    FileBody(file): FileBody,
) -> Result<Response, ApiError> {
    let file_name = query.file_name.unwrap_or_default();
    let file_name: String = file_name
        .chars()
        .filter(|c| !prox_types::is_forbidden_in_lines(*c))
        .take(200)
        .collect();
    let id = tenant.ports().id();
    let statement = prox_db::import::create(NewImport {
        id,
        name: dataset_name(&file_name),
        file_name,
        dataset: query.dataset,
        file,
    });
    let answer = tenant.run(statement).await?;
    // A repeated request has the answer of the first, whose import has begun already.
    tenant.ports().jobs.advance(id);
    Ok(reply::one(StatusCode::CREATED, answer))
}

/// The name of a dataset of a file: that of the file without its extension.
fn dataset_name(file_name: &str) -> String {
    let name = file_name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem).trim();
    if stem.chars().all(prox_types::is_invisible) {
        return String::from("Data");
    }
    stem.chars().take(120).collect()
}

/// Returns one import; 304 when `If-None-Match` names its version.
#[utoipa::path(get, path = "/api/organizations/{org}/imports/{import}", tag = "datasets", params(ImportPath, IfNoneMatch), responses((status = 200, body = DatasetImport)))]
pub(crate) async fn get_import(
    tenant: Tenancy<Members>,
    Path(ImportPath { import, .. }): Path<ImportPath>,
    IfNoneMatch(known): IfNoneMatch,
) -> Result<Response, ApiError> {
    let answer = tenant.run(prox_db::import::read(import)).await?;
    Ok(reply::one_unless_known(known.as_ref(), answer))
}

/// Changes how a file is imported, until it is done. Rows that were stored aside are dropped; with another dataset or
/// other choices, the file is read again. 412 when `If-Match` names another version.
#[utoipa::path(patch, path = "/api/organizations/{org}/imports/{import}", tag = "datasets", params(ImportPath, IfMatch), request_body = UpdateImport, responses((status = 200, body = DatasetImport)))]
pub(crate) async fn update_import(
    tenant: Tenancy<Members>,
    Path(ImportPath { import, .. }): Path<ImportPath>,
    IfMatch(versions): IfMatch,
    Json(body): Json<UpdateImport>,
) -> Result<Response, ApiError> {
    let statement = prox_db::import::update(import, body, versions);
    let answer = tenant.run(statement).await?;
    tenant.ports().jobs.advance(import);
    Ok(reply::one(StatusCode::OK, answer))
}

/// Begins to store the rows of a file whose columns are found (`review`). A new dataset is made at once when they are
/// stored; what they would change in an existing one is shown first (`ready`). 412 when `If-Match` names another
/// version.
#[utoipa::path(post, path = "/api/organizations/{org}/imports/{import}/store", tag = "datasets", params(ImportPath, IfMatch), responses((status = 200, body = DatasetImport)))]
pub(crate) async fn store_import(
    tenant: Tenancy<Members>,
    Path(ImportPath { import, .. }): Path<ImportPath>,
    IfMatch(versions): IfMatch,
) -> Result<Response, ApiError> {
    let statement = prox_db::import::store(import, versions);
    let answer = tenant.run(statement).await?;
    tenant.ports().jobs.advance(import);
    Ok(reply::one(StatusCode::OK, answer))
}

/// Makes the stored rows (`ready`) rows of the dataset, all at once. 409 when its columns have changed since; store
/// them again then. 412 when `If-Match` names another version.
#[utoipa::path(post, path = "/api/organizations/{org}/imports/{import}/apply", tag = "datasets", params(ImportPath, IfMatch), responses((status = 200, body = DatasetImport)))]
pub(crate) async fn apply_import(
    tenant: Tenancy<Members>,
    Path(ImportPath { import, .. }): Path<ImportPath>,
    IfMatch(versions): IfMatch,
) -> Result<Response, ApiError> {
    let statement = prox_db::import::apply(import, versions);
    Ok(reply::one(StatusCode::OK, tenant.run(statement).await?))
}

/// Cancels an import, or forgets one that is done. Rows that are in the dataset remain.
#[utoipa::path(delete, path = "/api/organizations/{org}/imports/{import}", tag = "datasets", params(ImportPath), responses((status = 204, description = "Deleted")))]
pub(crate) async fn delete_import(
    tenant: Tenancy<Members>,
    Path(ImportPath { import, .. }): Path<ImportPath>,
) -> Result<Response, ApiError> {
    tenant.run(prox_db::import::delete(import)).await?;
    Ok(reply::no_content())
}

/// Returns the rows that are kept aside as CSV: the physical line of each, why, and its text.
#[utoipa::path(get, path = "/api/organizations/{org}/imports/{import}/bad-rows.csv", tag = "datasets", params(ImportPath), responses((status = 200, description = "The rows", body = String, content_type = "text/csv")))]
pub(crate) async fn get_bad_rows(
    tenant: Tenancy<Members>,
    Path(ImportPath { import, .. }): Path<ImportPath>,
) -> Result<Response, ApiError> {
    let kept = tenant.run(prox_db::import::bad_rows(import)).await?;
    let kept = kept.parse()?;
    let mut text = csv_header(["line", "reason", "text"]);
    for row in kept.rows {
        let line = i64::try_from(row.line)
            .map_err(|why| ApiError::from(ErrorCode::Internal).because(why))?;
        let values = [
            Value::Integer(line),
            Value::Text(row.reason),
            Value::Text(row.text),
        ];
        csv_row(&mut text, &values);
    }
    Ok(super::export::file(
        "bad-rows",
        "csv",
        "text/csv; charset=utf-8",
        text,
    ))
}
