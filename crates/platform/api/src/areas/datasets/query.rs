//! Declared queries over a dataset.

use axum::response::Response;
use http::StatusCode;
use prox_datasets::Filter;
use prox_types::{DatasetQuery, QueryAnswer, QueryGroup, QuerySort, QueryValue};
use serde::Serialize;

use crate::areas::datasets::rows::{filters, json};
use crate::http::access::{Members, Tenancy};
use crate::http::body::Json;
use crate::http::path::{DatasetPath, Path};
use crate::http::problem::ApiError;
use crate::http::reply;

/// A query as the statement reads it.
#[derive(Serialize)]
struct Read<'a> {
    group: &'a [QueryGroup],
    values: &'a [QueryValue],
    filter: Vec<Filter>,
    sort: Option<&'a QuerySort>,
    limit: i64,
}

/// Groups the rows and computes figures of each group. Changes nothing.
#[utoipa::path(post, path = "/api/organizations/{org}/datasets/{dataset}/query", tag = "datasets", params(DatasetPath), request_body = DatasetQuery, responses((status = 200, body = QueryAnswer)))]
pub(crate) async fn query_dataset(
    tenant: Tenancy<Members>,
    Path(DatasetPath { dataset, .. }): Path<DatasetPath>,
    Json(body): Json<DatasetQuery>,
) -> Result<Response, ApiError> {
    let query = json(&Read {
        group: &body.group,
        values: &body.values,
        filter: filters(body.filter.iter())?,
        sort: body.sort.as_ref(),
        limit: body.limit,
    })?;
    let statement = prox_db::query::answer(&dataset, query);
    Ok(reply::one(StatusCode::OK, tenant.run(statement).await?))
}
