//! The health of the items of a space: whether their addresses answer.

use axum::response::Response;
use futures_util::stream::{self, StreamExt as _};
use http::{Method, StatusCode};
use prox_db::health::DueItem;
use prox_types::{CheckedHealth, ErrorCode, HealthState, ItemHealth, JsonText, Page};
use serde_json::{Value, json};

use crate::egress::{EgressError, Outbound, Visit};
use crate::http::access::{Members, Tenancy};
use crate::http::path::{Paging, Path, Query, SpacePath};
use crate::http::problem::ApiError;
use crate::http::reply;
use crate::ports::{Pending, Ports};

/// The number of addresses that are checked at the same time.
const CONCURRENCY: usize = 4;
/// No check begins after this time, in milliseconds.
const CHECK_TIME_MS: i64 = 15_000;
/// The number of bytes that are read of a page. Its status is enough.
const MAX_PAGE: usize = 4 * 1024;

/// Lists the health of the items with an address, as it was last checked.
#[utoipa::path(get, path = "/api/organizations/{org}/spaces/{space}/health", tag = "items", params(SpacePath, Paging), responses((status = 200, body = Page<ItemHealth>)))]
pub(crate) async fn list_item_health(
    tenant: Tenancy<Members>,
    Path(SpacePath { space, .. }): Path<SpacePath>,
    Query(paging): Query<Paging>,
) -> Result<Response, ApiError> {
    let page = reply::page("health", &paging)?;
    Ok(reply::list(
        "health",
        tenant.run(prox_db::health::list(&space, page)).await?,
    ))
}

/// Checks addresses of the space now: at most 20, and none that was checked in the last 5 minutes. The
/// oldest checks are repeated first.
#[utoipa::path(post, path = "/api/organizations/{org}/spaces/{space}/health", tag = "items", params(SpacePath), responses((status = 200, body = CheckedHealth)))]
pub(crate) async fn check_item_health(
    tenant: Tenancy<Members>,
    Path(SpacePath { space, .. }): Path<SpacePath>,
) -> Result<Response, ApiError> {
    let due = tenant.run(prox_db::health::due(&space)).await?.parse()?;
    let ports = tenant.ports();
    let until = ports.clock.now().as_millisecond() + CHECK_TIME_MS;
    let checks: Vec<Pending<'_, Option<Value>>> = due
        .iter()
        .map(|item| -> Pending<'_, Option<Value>> { Box::pin(check(ports, item, until)) })
        .collect();
    let checked = stream::iter(checks).buffer_unordered(CONCURRENCY);
    let results: Vec<Value> = checked.filter_map(std::future::ready).collect().await;
    let results = JsonText::parse(Value::from(results).to_string())
        .map_err(|why| ApiError::from(ErrorCode::Internal).because(why))?;
    let statement = prox_db::health::record(&space, results);
    Ok(reply::one(StatusCode::OK, tenant.run(statement).await?))
}

/// The result of a check; none when it was too late to begin.
async fn check(ports: &Ports, item: &DueItem, until: i64) -> Option<Value> {
    if ports.clock.now().as_millisecond() >= until {
        return None;
    }
    let (state, status, reason) = visit(ports, &item.url).await;
    Some(json!({
        "item_id": item.id, "url": item.url, "state": state, "status": status, "reason": reason,
    }))
}

/// State, status and reason.
type Health = (HealthState, Option<u16>, Option<String>);

/// Asks for the headers of a page first, and for the page when its server does not like that.
async fn visit(ports: &Ports, url: &str) -> Health {
    let mut visit = Visit::new(ports);
    let mut last = (HealthState::Unknown, None, None);
    for method in [Method::HEAD, Method::GET] {
        let request = Outbound {
            method,
            max_bytes: MAX_PAGE,
            ..Outbound::get(url)
        };
        let request = request
            .header("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5")
            .header("user-agent", "Prox-Health/1.0");
        last = match visit.fetch(request).await {
            Ok(fetched) => of_status(fetched.status),
            Err(why @ (EgressError::Refused(_) | EgressError::RefusedRedirect { .. })) => {
                return (HealthState::Unknown, None, Some(why.to_string()));
            }
            Err(why) => (HealthState::Failing, None, Some(why.to_string())),
        };
        if last.0 == HealthState::Ok {
            break;
        }
    }
    last
}

/// The health of a page that answered. One that asks to sign in, or refuses programs, is there.
fn of_status(status: u16) -> Health {
    let answers = matches!(status, 200..=399 | 401 | 403 | 407 | 429);
    if answers {
        return (HealthState::Ok, Some(status), None);
    }
    let words = StatusCode::from_u16(status)
        .ok()
        .and_then(|status| status.canonical_reason());
    let words = words.map(|words| format!(" ({words})")).unwrap_or_default();
    let reason = format!("It answers with the status {status}{words}.");
    (HealthState::Failing, Some(status), Some(reason))
}
