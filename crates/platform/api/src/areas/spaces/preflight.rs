//! Frame preflight: can this address stand in a window?

use axum::response::Response;
use prox_integrations::frame::{self, FrameVerdict};
use prox_integrations::page_meta::{self, PageMeta};
use prox_types::{ErrorCode, Preflight, PreflightRequest};
use url::Url;

use crate::egress::{EgressError, Fetched, Outbound, fetch};
use crate::http::access::SignedIn;
use crate::http::body::Json;
use crate::http::problem::ApiError;
use crate::http::reply;
use crate::ports::Ports;

/// Fetches an address and says how it can open, and why.
#[utoipa::path(post, path = "/api/preflight", tag = "apps", request_body = PreflightRequest, responses((status = 200, body = Preflight)))]
pub(crate) async fn preflight(
    person: SignedIn,
    Json(body): Json<PreflightRequest>,
) -> Result<Response, ApiError> {
    // The server goes out for members of the house only, so the session is checked first.
    person.run(prox_db::account::me()).await?;
    let ports = person.call.ports();
    let request = Outbound::get(body.url.as_str())
        .header("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5")
        .header("user-agent", "Prox-Preflight/1.0")
        // Servers that decide by origin shall decide as they would for the actor.
        .header("sec-fetch-dest", "iframe");
    match fetch(ports, request).await {
        Ok(page) => {
            judge(body.url, &page, ports).and_then(|verdict| reply::json_response(&verdict))
        }
        Err(EgressError::Refused(why)) => Err(ApiError::field("url", why.to_string())),
        Err(why) => reply::json_response(&unreachable(body.url, &why)),
    }
}

fn judge(url: String, page: &Fetched, ports: &Ports) -> Result<Preflight, ApiError> {
    let embedder = Url::parse(&ports.config.app_origin)
        .map_err(|why| ApiError::from(ErrorCode::Internal).because(why))?;
    let verdict = frame::decide(page.status, &page.headers, &page.url, &embedder);
    let meta = page_meta::read(
        &page.body,
        page.header("content-type"),
        &page.url,
        &*ports.unicode,
    );
    Ok(report(
        url,
        page.url.to_string(),
        Some(page.status),
        meta,
        verdict,
    ))
}

fn unreachable(url: String, why: &EgressError) -> Preflight {
    let verdict = FrameVerdict::unreachable(why.to_string());
    report(url.clone(), url, None, PageMeta::default(), verdict)
}

fn report(
    url: String,
    final_url: String,
    status: Option<u16>,
    meta: PageMeta,
    verdict: FrameVerdict,
) -> Preflight {
    let PageMeta {
        title,
        description,
        icon,
        image,
    } = meta;
    let FrameVerdict {
        embeddable,
        mode,
        reasons,
    } = verdict;
    Preflight {
        url,
        final_url,
        status,
        title,
        description,
        icon,
        image,
        embeddable,
        mode,
        reasons,
    }
}
