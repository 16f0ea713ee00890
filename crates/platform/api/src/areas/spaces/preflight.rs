//! Frame preflight: fetches a URL and decides how it can open.

use axum::response::Response;
use prox_integrations::address::Refusal;
use prox_integrations::frame::{self, FrameVerdict};
use prox_integrations::page_meta::{self, PageMeta};
use prox_integrations::refresh;
use prox_integrations::unicode::parse_url;
use prox_types::{ErrorCode, Mode, Preflight, PreflightRequest};
use url::Url;

use crate::egress::{EgressError, Fetched, Outbound, Visit, host_of};
use crate::http::access::SignedIn;
use crate::http::body::Json;
use crate::http::problem::ApiError;
use crate::http::reply;
use crate::ports::Ports;

/// Fetches a URL and decides how it can open, and why. Follows redirects, including those of a page
/// that refreshes soon after it was loaded.
#[utoipa::path(post, path = "/api/preflight", tag = "apps", request_body = PreflightRequest, responses((status = 200, body = Preflight)))]
pub(crate) async fn preflight(
    person: SignedIn,
    Json(body): Json<PreflightRequest>,
) -> Result<Response, ApiError> {
    // The server fetches for signed-in people only, so the session is checked first.
    person.run(prox_db::account::me()).await?;
    let ports = person.call.ports();
    let home = Url::parse(&ports.config.app_origin)
        .map_err(|why| ApiError::from(ErrorCode::Internal).because(why))?;
    let verdict = match visit(ports, &body.url, &home).await {
        Ok(page) => return reply::json_response(&page.into_preflight(body.url)),
        Err(EgressError::Refused(why)) => match openable(&body.url, why, ports) {
            Some(url) => FrameVerdict::not_fetched(&url, &home, why),
            None => return Err(ApiError::field("url", why.to_string())),
        },
        Err(EgressError::RefusedRedirect { to, why }) => not_checked(&to, why),
        Err(why) => FrameVerdict::unreachable(why.to_string()),
    };
    reply::json_response(&without_page(body.url, verdict))
}

/// The address, when browsers open it although the server does not fetch it.
fn openable(url: &str, why: Refusal, ports: &Ports) -> Option<Url> {
    let is_address = !matches!(why, Refusal::Malformed | Refusal::Credentials);
    parse_url(url, None, &*ports.unicode)
        .filter(|url| is_address && matches!(url.scheme(), "http" | "https"))
}

/// A fetched page and the decision about it.
struct Page {
    url: Url,
    status: u16,
    meta: PageMeta,
    verdict: FrameVerdict,
}

/// Loads a page as a window would: follows a page that may show there to the one that it refreshes
/// to. The number of redirects and refreshes together is bounded.
async fn visit(ports: &Ports, url: &str, home: &Url) -> Result<Page, EgressError> {
    let mut visit = Visit::new(ports);
    let mut request = page_request(url);
    let mut limit = request.redirects;
    let fetched = visit.fetch(request).await?;
    limit = limit.saturating_sub(fetched.redirects);
    let (mut page, mut next) = decide(&fetched, home, ports);
    let mut seen: Vec<Url> = vec![page.url.clone()];
    while let Some(target) = next.filter(|next| !seen.contains(next)) {
        limit = limit.checked_sub(1).ok_or(EgressError::Redirects)?;
        request = page_request(target.as_str());
        request.redirects = limit;
        let fetched = match visit.fetch(request).await {
            Ok(fetched) => fetched,
            Err(EgressError::Refused(why)) => {
                page.verdict = not_checked(&host_of(target.as_str()), why);
                return Ok(page);
            }
            Err(EgressError::RefusedRedirect { to, why }) => {
                page.verdict = not_checked(&to, why);
                return Ok(page);
            }
            Err(why) => return Err(why),
        };
        limit = limit.saturating_sub(fetched.redirects);
        (page, next) = decide(&fetched, home, ports);
        seen.push(page.url.clone());
    }
    Ok(page)
}

fn page_request(url: &str) -> Outbound {
    Outbound::get(url)
        .header("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5")
        .header("user-agent", "Prox-Preflight/1.0")
        // Servers that look at the destination answer as they would for a window.
        .header("sec-fetch-dest", "iframe")
}

/// The page, and the URL to which it refreshes when it shows in a window.
fn decide(fetched: &Fetched, home: &Url, ports: &Ports) -> (Page, Option<Url>) {
    let content_types: Vec<&str> = fetched
        .headers
        .iter()
        .filter(|(name, _)| name == "content-type")
        .map(|(_, value)| value.as_str())
        .collect();
    let mut meta = page_meta::read(
        &fetched.body,
        Some(&content_types.join(", ")),
        &fetched.url,
        &*ports.unicode,
    );
    let verdict = frame::decide(fetched.status, &fetched.headers, &fetched.url, home);
    let next = fetched
        .header("refresh")
        .and_then(|value| refresh::target(value, &fetched.url, &fetched.url, &*ports.unicode))
        .or(meta.refresh.take())
        .filter(|_| verdict.embeddable);
    let page = Page {
        url: fetched.url.clone(),
        status: fetched.status,
        meta,
        verdict,
    };
    (page, next)
}

/// The verdict on a page that redirects or refreshes to a host that the server does not fetch from.
fn not_checked(host: &str, why: Refusal) -> FrameVerdict {
    FrameVerdict {
        embeddable: false,
        mode: Mode::Tab,
        reasons: vec![
            format!("The page leads on to {host}, which was not tested in a window."),
            why.to_string(),
        ],
    }
}

/// The answer when there was no page to read.
fn without_page(url: String, verdict: FrameVerdict) -> Preflight {
    let FrameVerdict {
        embeddable,
        mode,
        reasons,
    } = verdict;
    Preflight {
        final_url: url.clone(),
        url,
        status: None,
        title: None,
        description: None,
        icon: None,
        image: None,
        color: None,
        embeddable,
        mode,
        reasons,
    }
}

impl Page {
    fn into_preflight(self, url: String) -> Preflight {
        let (meta, verdict) = (self.meta, self.verdict);
        Preflight {
            url,
            final_url: self.url.into(),
            status: Some(self.status),
            title: meta.title,
            description: meta.description,
            icon: meta.icon,
            image: meta.image,
            color: meta.color,
            embeddable: verdict.embeddable,
            mode: verdict.mode,
            reasons: verdict.reasons,
        }
    }
}
