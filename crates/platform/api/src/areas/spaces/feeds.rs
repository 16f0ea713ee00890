//! Feeds that widgets show. The service fetches them, so that other sites learn nothing about who looks
//! at a space.

use axum::response::Response;
use http::StatusCode;
use prox_db::feed::{FetchedFeed, KeptFeed};
use prox_integrations::feed::{self, FeedContent};
use prox_integrations::page_meta;
use prox_types::{ErrorCode, Feed, JsonText};
use serde_json::{Value, json};

use crate::egress::{EgressError, Fetched, Outbound, Visit};
use crate::http::access::{Members, Tenancy};
use crate::http::path::{ItemPath, Path};
use crate::http::problem::ApiError;
use crate::http::reply;
use crate::ports::Ports;

/// The maximum length of a validator of a conditional request.
const MAX_VALIDATOR: usize = 500;

/// Returns the newest entries of the feed that a widget shows. The service fetches it at most every 15
/// minutes; when that fails, the entries are those of the last time, and `reason` says why.
#[utoipa::path(get, path = "/api/organizations/{org}/spaces/{space}/items/{item}/feed", tag = "items", params(ItemPath), responses((status = 200, body = Feed)))]
pub(crate) async fn get_item_feed(
    tenant: Tenancy<Members>,
    Path(ItemPath { space, item, .. }): Path<ItemPath>,
) -> Result<Response, ApiError> {
    let answer = tenant.run(prox_db::feed::find(&space, item)).await?;
    let kept = answer.parse()?;
    if !kept.fetch {
        return reply::json_response_at(&kept.answer, answer.seq);
    }
    let result = fetch(tenant.ports(), &kept).await?;
    let statement = prox_db::feed::keep(&space, item, &kept.url, result);
    Ok(reply::one(StatusCode::OK, tenant.run(statement).await?))
}

/// Fetches the feed of a widget, or the one that the page at its address names.
async fn fetch(ports: &Ports, kept: &KeptFeed) -> Result<FetchedFeed, ApiError> {
    let mut visit = Visit::new(ports);
    let mut source = kept.source.clone();
    let mut request = request(source.as_ref().unwrap_or(&kept.url));
    for (name, validator) in [
        ("if-none-match", &kept.etag),
        ("if-modified-since", &kept.last_modified),
    ] {
        if let Some(validator) = validator {
            request = request.header(name, validator);
        }
    }
    let mut fetched = visit.fetch(request).await;
    if let Ok(page) = &fetched
        && page.status == 200
        && read(page, ports).is_none()
        && let Some(named) = feed_of(page, ports)
    {
        fetched = visit.fetch(self::request(&named)).await;
        source = Some(named);
    }
    // Without a validator, there is nothing that an answer 304 could confirm.
    let is_conditional = kept.etag.is_some() || kept.last_modified.is_some();
    result(fetched, source, is_conditional, ports)
}

fn request(url: &str) -> Outbound {
    Outbound::get(url)
        .header(
            "accept",
            "application/atom+xml,application/rss+xml,application/feed+json,application/xml;q=0.9,text/xml;q=0.9,*/*;q=0.5",
        )
        .header("user-agent", "Prox-Feed/1.0")
}

fn read(fetched: &Fetched, ports: &Ports) -> Option<FeedContent> {
    let content_type = fetched.header("content-type");
    feed::read(&fetched.body, content_type, &fetched.url, &*ports.unicode)
}

/// The feed that a page names.
fn feed_of(fetched: &Fetched, ports: &Ports) -> Option<String> {
    let content_type = fetched.header("content-type");
    page_meta::read(&fetched.body, content_type, &fetched.url, &*ports.unicode).feed
}

fn result(
    fetched: Result<Fetched, EgressError>,
    source: Option<String>,
    is_conditional: bool,
    ports: &Ports,
) -> Result<FetchedFeed, ApiError> {
    let fetched = match fetched {
        Ok(fetched) => fetched,
        Err(why) => return Ok(FetchedFeed::Failed(why.to_string())),
    };
    match fetched.status {
        304 if is_conditional => return Ok(FetchedFeed::Unchanged),
        200 => {}
        status => {
            return Ok(FetchedFeed::Failed(format!(
                "The site answers with the status {status}."
            )));
        }
    }
    let Some(content) = read(&fetched, ports) else {
        let reason = "There is no feed at this address, and no page that names one.";
        return Ok(FetchedFeed::Failed(reason.to_owned()));
    };
    let validator = |name: &str| {
        let value = fetched
            .header(name)
            .filter(|value| value.len() <= MAX_VALIDATOR);
        value.map(str::to_owned)
    };
    Ok(FetchedFeed::Content {
        content: stored(&content)?,
        source,
        etag: validator("etag"),
        last_modified: validator("last-modified"),
    })
}

/// The content as it is stored and sent, with times in milliseconds as everywhere.
fn stored(content: &FeedContent) -> Result<JsonText, ApiError> {
    let entries: Vec<Value> = content
        .entries
        .iter()
        .map(|entry| {
            let published_at = entry.published_at.map(|at| format!("{at:.3}"));
            json!({ "title": entry.title, "url": entry.url, "published_at": published_at })
        })
        .collect();
    let content =
        json!({ "title": content.title, "site_url": content.site_url, "entries": entries });
    JsonText::parse(content.to_string())
        .map_err(|why| ApiError::from(ErrorCode::Internal).because(why))
}
