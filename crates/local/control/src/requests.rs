//! The routes of captured requests. The router that nests them checks the token.

use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::extract::{Path, Query, State};
use axum::http::StatusCode;
use axum::response::sse::{Event as SseEvent, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use futures_util::Stream;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast::error::RecvError;
use utoipa::{IntoParams, OpenApi, ToSchema};

use super::ApiError;
use super::api_types::ErrorBody;
use prox_capture::{Filter, Matcher, RequestDetail};
use prox_events::{Event, RequestView};
use prox_proxy::Handle;
use prox_proxy::replay::{Edits, ReplayError, Replayed};

/// The OpenAPI description of these routes.
#[derive(OpenApi)]
#[openapi(paths(list, detail, stream, replay))]
pub struct Documentation;

/// The routes, below `/proxy`. Without a proxy there are no requests.
pub fn routes(proxy: Option<Arc<Handle>>) -> Router {
    Router::new()
        .route("/proxy/requests", get(list))
        .route("/proxy/requests/stream", get(stream))
        .route("/proxy/requests/{id}", get(detail))
        .route("/proxy/requests/{id}/replay", post(replay))
        .with_state(Proxy(proxy))
}

#[derive(Clone)]
struct Proxy(Option<Arc<Handle>>);

impl Proxy {
    /// The proxy that may have captured this request; an error without a proxy.
    fn having(self, id: &str) -> Result<Arc<Handle>, ApiError> {
        self.0.ok_or_else(|| not_found(id))
    }
}

/// A list of requests.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
pub struct RequestList {
    /// Requests, oldest first.
    pub requests: Vec<RequestView>,
}

fn not_found(id: &str) -> ApiError {
    let error = ReplayError::NotFound(id.to_owned());
    ApiError::new(StatusCode::NOT_FOUND, "REQUEST_NOT_FOUND", error)
}

/// Lists the requests that the proxy forwarded.
#[utoipa::path(
    get,
    path = "/proxy/requests",
    tag = "requests",
    operation_id = "list_requests",
    params(Filter),
    responses(
        (status = 200, description = "The newest requests that match, oldest first", body = RequestList),
        (status = 400, description = "`since` is not a time", body = ErrorBody),
    )
)]
async fn list(
    State(Proxy(proxy)): State<Proxy>,
    filter: Result<Query<Filter>, QueryRejection>,
) -> Result<Json<RequestList>, ApiError> {
    let Query(filter) = filter?;
    let matcher = filter.matcher().map_err(ApiError::filter_invalid)?;
    let requests = proxy.map_or_else(Vec::new, |proxy| proxy.store().list(&matcher));
    Ok(Json(RequestList { requests }))
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Include {
    /// `body` includes the bodies, with their content codings decoded.
    include: Option<String>,
}

/// Returns one request.
#[utoipa::path(
    get,
    path = "/proxy/requests/{id}",
    tag = "requests",
    operation_id = "get_request",
    params(("id" = String, Path, description = "The id, or a prefix that no other id has"), Include),
    responses(
        (status = 200, description = "All that was captured of the request", body = RequestDetail),
        (status = 404, description = "No request has this id, or several begin with it", body = ErrorBody),
    )
)]
async fn detail(
    State(proxy): State<Proxy>,
    id: Result<Path<String>, PathRejection>,
    query: Result<Query<Include>, QueryRejection>,
) -> Result<Json<RequestDetail>, ApiError> {
    let (Path(id), Query(query)) = (id?, query?);
    let proxy = proxy.having(&id)?;
    let bodies = query.include.as_deref() == Some("body");
    let wanted = id.clone();
    let found = tokio::task::spawn_blocking(move || proxy.store().detail(&wanted, bodies));
    let detail = found.await.map_err(ApiError::internal)?;
    detail.map(Json).ok_or_else(|| not_found(&id))
}

/// Streams requests as they begin and end.
///
/// Sends an event `request` when a request begins and when it ends, for at most 2,000 requests a
/// second. Sends an event `lagged` with `{"missed": 3}` when the reader was too slow: it should
/// read the list again.
#[utoipa::path(
    get,
    path = "/proxy/requests/stream",
    tag = "requests",
    operation_id = "stream_requests",
    params(Filter),
    responses(
        (status = 200, description = "Server-sent events", body = RequestView, content_type = "text/event-stream"),
        (status = 400, description = "`since` is not a time", body = ErrorBody),
    )
)]
async fn stream(
    State(Proxy(proxy)): State<Proxy>,
    filter: Result<Query<Filter>, QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(filter) = filter?;
    let matcher = filter.matcher().map_err(ApiError::filter_invalid)?;
    Ok(Sse::new(events(proxy, matcher))
        .keep_alive(KeepAlive::default())
        .into_response())
}

fn events(
    proxy: Option<Arc<Handle>>,
    matcher: Matcher,
) -> impl Stream<Item = Result<SseEvent, Infallible>> {
    let events = proxy.map(|proxy| proxy.store().subscribe());
    futures_util::stream::unfold((events, matcher), |(mut events, matcher)| async move {
        let Some((receiver, _)) = &mut events else {
            return std::future::pending().await;
        };
        let event = loop {
            match receiver.recv().await {
                Ok(Event::Request(view)) if matcher.matches(&view) => {
                    // A view is always JSON.
                    if let Ok(event) = SseEvent::default().event("request").json_data(view) {
                        break event;
                    }
                }
                Ok(Event::ShuttingDown) | Err(RecvError::Closed) => return None,
                Ok(_) => {}
                Err(RecvError::Lagged(missed)) => {
                    break SseEvent::default()
                        .event("lagged")
                        .data(format!("{{\"missed\": {missed}}}"));
                }
            }
        };
        Some((Ok(event), (events, matcher)))
    })
}

/// Sends a captured request again.
#[utoipa::path(
    post,
    path = "/proxy/requests/{id}/replay",
    tag = "requests",
    operation_id = "replay_request",
    params(("id" = String, Path, description = "The id, or a prefix that no other id has")),
    request_body = Edits,
    responses(
        (status = 200, description = "The new request, and its differences from the captured one", body = Replayed),
        (status = 404, description = "No request has this id, or several begin with it", body = ErrorBody),
        (status = 422, description = "The request cannot be sent as it was captured: secrets or the end of its body are missing", body = ErrorBody),
    )
)]
async fn replay(
    State(proxy): State<Proxy>,
    id: Result<Path<String>, PathRejection>,
    edits: Result<Json<Edits>, JsonRejection>,
) -> Result<Json<Replayed>, ApiError> {
    let (Path(id), Json(edits)) = (id?, edits?);
    let proxy = proxy.having(&id)?;
    // The replay continues when the client disconnects: the request may have had its effect
    // already.
    let replaying = tokio::spawn(async move { proxy.replay(&id, &edits).await });
    match replaying.await.map_err(ApiError::internal)? {
        Ok(replayed) => Ok(Json(replayed)),
        Err(ReplayError::NotFound(id)) => Err(not_found(&id)),
        Err(error) => Err(ApiError::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "REQUEST_NOT_REPLAYABLE",
            error,
        )),
    }
}
