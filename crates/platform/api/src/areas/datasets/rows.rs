//! Rows of a dataset.

use axum::response::Response;
use base16ct::lower::decode_vec;
use http::StatusCode;
use prox_core::cursor::Cursor;
use prox_datasets::{Filter, MAX_FILTERS, Sort};
use prox_db::PageOf;
use prox_db::row::{After, Selection};
use prox_types::{DatasetRow, ErrorCode, JsonText, Page, WriteRow};
use serde::Serialize;

use crate::http::access::{Members, Tenancy};
use crate::http::body::Json;
use crate::http::handler::{Extractor, RequestContext};
use crate::http::path::{DatasetPath, Paging, Path, RowPath};
use crate::http::problem::ApiError;
use crate::http::reply;

/// The JSON of our own types, which always serialize.
pub(super) fn json<T: Serialize>(value: &T) -> Result<JsonText, ApiError> {
    let internal = || ApiError::from(ErrorCode::Internal);
    let text = serde_json::to_string(value).map_err(|why| internal().because(why))?;
    JsonText::parse(text).map_err(|why| internal().because(why))
}

/// The query parameters of rows, apart from those of pages.
#[derive(Debug, Default, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RowQuery {
    /// Names of columns with commas between them, `-` before those from the greatest value down: `-price,name`. At
    /// most three. Rows with equal values are in the order in which they were added.
    #[param(max_length = 1000)]
    sort: Option<String>,
    /// A column, an operator and a value, such as `price>3`; `=` `!=` `<` `<=` `>` `>=`, `~` (contains), `^` (begins
    /// with). `city=` means empty. Several parameters, at most ten, all hold.
    #[param(max_items = 10)]
    filter: Option<Vec<String>>,
}

impl RowQuery {
    fn selection(&self) -> Result<Selection, ApiError> {
        let sort = Sort::parse(self.sort.as_deref().unwrap_or_default())
            .map_err(|why| ApiError::field("sort", why.to_string()))?;
        Ok(Selection {
            sort: json(&sort)?,
            filter: json(&filters(self.filter.iter().flatten())?)?,
        })
    }
}

/// Reads conditions; blank ones do not count.
pub(super) fn filters<'a>(
    texts: impl Iterator<Item = &'a String>,
) -> Result<Vec<Filter>, ApiError> {
    let filters: Vec<Filter> = texts
        .filter(|it| !it.trim().is_empty())
        .map(|it| Filter::parse(it))
        .collect::<Result<_, _>>()
        .map_err(|why| ApiError::field("filter", why.to_string()))?;
    if filters.len() > MAX_FILTERS {
        let most = format!("at most {MAX_FILTERS} conditions");
        return Err(ApiError::field("filter", most));
    }
    Ok(filters)
}

/// The requested page of rows.
pub(crate) struct Rows {
    selection: Selection,
    page: PageOf<After>,
    /// The name of the list in cursors: a cursor is only valid for its own order.
    list: String,
}

impl Extractor for Rows {
    fn extract(context: &mut RequestContext) -> Result<Self, ApiError> {
        let text = context.parts.uri.query().unwrap_or_default();
        let (mut query, mut paging) = (RowQuery::default(), Paging::default());
        for (name, value) in url::form_urlencoded::parse(text.as_bytes()) {
            let value = value.into_owned();
            match &*name {
                "sort" => query.sort = Some(value),
                "filter" => query.filter.get_or_insert_default().push(value),
                "limit" => paging.limit = Some(value),
                "cursor" => paging.cursor = Some(value),
                _ => {}
            }
        }
        let selection = query.selection()?;
        let list = format!("rows {}", selection.sort.as_str());
        Ok(Self {
            page: reply::page_after(&list, &paging, after)?,
            selection,
            list,
        })
    }
}

/// The last row of the page before. The cursor has what `dataset_page` made: sort values in hexadecimal, or `-`, and
/// the number of the row.
fn after(cursor: Cursor) -> Result<After, ApiError> {
    let bad = || ApiError::from(ErrorCode::BadCursor);
    let n = cursor.id.parse().map_err(|_| bad())?;
    if cursor.order == "-" {
        return Ok((None, n));
    }
    let bytes = decode_vec(&cursor.order).map_err(|_| bad())?;
    let text = String::from_utf8(bytes).map_err(|_| bad())?;
    let values: Vec<Option<String>> = serde_json::from_str(&text).map_err(|_| bad())?;
    Ok((Some(json(&values)?), n))
}

/// Lists rows.
#[utoipa::path(get, path = "/api/organizations/{org}/datasets/{dataset}/rows", tag = "datasets", params(DatasetPath, RowQuery, Paging), responses((status = 200, body = Page<DatasetRow>)))]
pub(crate) async fn list_rows(
    tenant: Tenancy<Members>,
    Path(DatasetPath { dataset, .. }): Path<DatasetPath>,
    rows: Rows,
) -> Result<Response, ApiError> {
    let statement = prox_db::row::list(&dataset, rows.selection, rows.page);
    Ok(reply::list(&rows.list, tenant.run(statement).await?))
}

/// Adds a row at the end.
#[utoipa::path(post, path = "/api/organizations/{org}/datasets/{dataset}/rows", tag = "datasets", params(DatasetPath), request_body = WriteRow, responses((status = 201, body = DatasetRow)))]
pub(crate) async fn create_row(
    tenant: Tenancy<Members>,
    Path(DatasetPath { dataset, .. }): Path<DatasetPath>,
    Json(body): Json<WriteRow>,
) -> Result<Response, ApiError> {
    let statement = prox_db::row::create(&dataset, body.values);
    Ok(reply::one(
        StatusCode::CREATED,
        tenant.run(statement).await?,
    ))
}

/// Returns one row.
#[utoipa::path(get, path = "/api/organizations/{org}/datasets/{dataset}/rows/{row}", tag = "datasets", params(RowPath), responses((status = 200, body = DatasetRow)))]
pub(crate) async fn get_row(
    tenant: Tenancy<Members>,
    Path(RowPath { dataset, row, .. }): Path<RowPath>,
) -> Result<Response, ApiError> {
    let statement = prox_db::row::read(&dataset, row.0);
    Ok(reply::one(StatusCode::OK, tenant.run(statement).await?))
}

/// Changes values of a row.
#[utoipa::path(patch, path = "/api/organizations/{org}/datasets/{dataset}/rows/{row}", tag = "datasets", params(RowPath), request_body = WriteRow, responses((status = 200, body = DatasetRow)))]
pub(crate) async fn update_row(
    tenant: Tenancy<Members>,
    Path(RowPath { dataset, row, .. }): Path<RowPath>,
    Json(body): Json<WriteRow>,
) -> Result<Response, ApiError> {
    let statement = prox_db::row::update(&dataset, row.0, body.values);
    Ok(reply::one(StatusCode::OK, tenant.run(statement).await?))
}

/// Deletes a row.
#[utoipa::path(delete, path = "/api/organizations/{org}/datasets/{dataset}/rows/{row}", tag = "datasets", params(RowPath), responses((status = 204, description = "Deleted")))]
pub(crate) async fn delete_row(
    tenant: Tenancy<Members>,
    Path(RowPath { dataset, row, .. }): Path<RowPath>,
) -> Result<Response, ApiError> {
    tenant.run(prox_db::row::delete(&dataset, row.0)).await?;
    Ok(reply::no_content())
}
