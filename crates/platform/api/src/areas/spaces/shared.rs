//! The page of a share link, `/s/{token}`: its formats, its pictures, its socket, and the form before it opens.
//!
//! It shows what everybody with the link sees, also to a signed-in reader. A link with a passphrase or a limited
//! number of uses opens by its form, so that a messenger that fetches a preview does not use it up.

use axum::body::Body;
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use prox_core::session::read_cookie;
use prox_core::share::{ShareToken, set_visit_cookie, visit_cookie_name};
use prox_db::share_link::Closed;
use prox_pages::{Gate, PageContext};
use prox_types::{ErrorCode, ItemId};

use crate::areas::socket::{admitted, check_upgrade};
use crate::areas::spaces::icons::{decoded, hash_of, picture_response};
use crate::areas::spaces::public::{
    CACHE_FOR_VIEWER, Format, not_found, notice, page, privately, split_format, unreachable,
};
use crate::areas::spaces::share_links::secrets;
use crate::http::access::Anonymous;
use crate::http::handler::read_at_most;
use crate::http::problem::ApiError;
use crate::http::reply;

/// The longest form, in bytes: a passphrase of 200 characters, each of which may take twelve.
const MAX_FORM: usize = 4096;

/// What a path below `/s/` names.
enum Target {
    Page(Format),
    Icon(ItemId),
    Cover,
    Socket,
}

/// A request for something of a link.
struct Visit {
    token: ShareToken,
    /// SHA-256 of what the visitor got when they entered.
    visit: Option<[u8; 32]>,
}

/// Answers a request below `/s/`; `rest` is the path after it.
pub(super) async fn answer(
    anonymous: &Anonymous,
    rest: &str,
    request: Request,
) -> Result<Response, ApiError> {
    let Some((token, target)) = target_of(rest) else {
        return Ok(missing());
    };
    let (parts, body) = request.into_parts();
    let secure = anonymous.call.ports().config.secure();
    let visit = Visit {
        visit: visit_of(&parts.headers, &token, secure),
        token,
    };
    match (&parts.method, target) {
        (&Method::GET | &Method::HEAD, target) => {
            let counts =
                parts.method == Method::GET && !parts.headers.contains_key(header::IF_NONE_MATCH);
            let known = parts.headers.get(header::IF_NONE_MATCH);
            let response = match target {
                Target::Page(format) => open(anonymous, &visit, format, counts, known).await?,
                Target::Icon(item) => icon(anonymous, &visit, item, known).await?,
                Target::Cover => cover(anonymous, &visit, known).await?,
                Target::Socket => return watch(anonymous, &visit, &parts.headers).await,
            };
            Ok(if parts.method == Method::HEAD {
                response.map(|_| Body::empty())
            } else {
                response
            })
        }
        (&Method::POST, Target::Page(Format::Html)) => {
            let form = read_at_most(&parts.headers, body, MAX_FORM).await?;
            enter(anonymous, &visit.token, &form).await
        }
        _ => {
            let mut response = ApiError::from(ErrorCode::MethodNotAllowed).into_response();
            reply::set(&mut response, header::ALLOW, "GET, HEAD, POST");
            Ok(response)
        }
    }
}

fn target_of(rest: &str) -> Option<(ShareToken, Target)> {
    let (token, target) = match rest.split_once('/') {
        None => {
            let (token, format) = split_format(rest);
            (token, Target::Page(format))
        }
        Some((token, "cover")) => (token, Target::Cover),
        Some((token, "socket")) => (token, Target::Socket),
        Some((token, path)) => (
            token,
            Target::Icon(path.strip_prefix("icon/")?.parse().ok()?),
        ),
    };
    Some((token.parse().ok()?, target))
}

fn visit_of(headers: &HeaderMap, link: &ShareToken, secure: bool) -> Option<[u8; 32]> {
    let cookies = headers
        .get_all(header::COOKIE)
        .iter()
        .map(HeaderValue::as_bytes);
    let visit: ShareToken = read_cookie(cookies, &visit_cookie_name(link, secure))?
        .parse()
        .ok()?;
    Some(visit.hash())
}

/// Shows what the link shows, or what it asks for.
async fn open(
    anonymous: &Anonymous,
    visit: &Visit,
    format: Format,
    counts: bool,
    known: Option<&HeaderValue>,
) -> Result<Response, ApiError> {
    let statement = prox_db::share_link::open(
        visit.token.hash(),
        visit.visit,
        counts && format == Format::Html,
        format.reader(),
    );
    let opened = match anonymous.run(statement).await {
        Ok(answer) => answer.parse()?,
        Err(error) if error.code == ErrorCode::NotFound => return Ok(missing()),
        Err(error) => return unreachable(error, format),
    };
    Ok(match (opened.closed, opened.space) {
        (None, Some(space)) => {
            let origin = &anonymous.call.ports().config.app_origin;
            let context = PageContext::on_link(origin, &visit.token.to_string(), opened.edits);
            page(&space, format, &context, known)
        }
        (Some(closed), _) => closed_page(closed, format),
        // A link to an item that is not on pages, such as a clock.
        (None, None) => missing(),
    })
}

/// Enters a link by its form. The visitor gets a cookie, and is sent to the page.
async fn enter(
    anonymous: &Anonymous,
    token: &ShareToken,
    form: &[u8],
) -> Result<Response, ApiError> {
    let passphrase = url::form_urlencoded::parse(form)
        .find_map(|(name, value)| (name == "passphrase").then(|| value.into_owned()));
    let ports = anonymous.call.ports();
    let visit = ShareToken(ports.secret());
    let statement =
        prox_db::share_link::enter(&secrets(token, passphrase.as_deref()), visit.hash());
    let closed = match anonymous.run(statement).await {
        Ok(answer) => answer.parse()?,
        Err(error) if error.code == ErrorCode::NotFound => return Ok(missing()),
        Err(error) => return unreachable(error, Format::Html),
    };
    if let Some(closed) = closed {
        return Ok(closed_page(closed, Format::Html));
    }
    let mut response = StatusCode::SEE_OTHER.into_response();
    reply::set(&mut response, header::LOCATION, &format!("/s/{token}"));
    reply::set(
        &mut response,
        header::SET_COOKIE,
        &set_visit_cookie(token, &visit, ports.config.secure()),
    );
    reply::set(&mut response, header::CACHE_CONTROL, "no-store");
    Ok(response)
}

/// The page of a link that does not show what it is for.
fn closed_page(closed: Closed, format: Format) -> Response {
    let (status, html) = match closed {
        Closed::Passphrase | Closed::Limited if format != Format::Html => {
            (StatusCode::FORBIDDEN, prox_pages::gate(Gate::First))
        }
        Closed::Passphrase => (StatusCode::OK, prox_pages::gate(Gate::Passphrase)),
        Closed::Limited => (StatusCode::OK, prox_pages::gate(Gate::Limited)),
        Closed::Wrong => (StatusCode::FORBIDDEN, prox_pages::gate(Gate::Wrong)),
        Closed::Locked => (
            StatusCode::TOO_MANY_REQUESTS,
            prox_pages::gate(Gate::Locked),
        ),
        Closed::Expired | Closed::UsedUp => (StatusCode::GONE, prox_pages::link_ended()),
    };
    let mut response = privately(notice(status, html));
    let headers = response.headers_mut();
    if let Ok(csp) = HeaderValue::from_str(&prox_pages::gate_csp()) {
        headers.insert(header::CONTENT_SECURITY_POLICY, csp);
    }
    if closed == Closed::Locked {
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("900"));
    }
    response
}

fn missing() -> Response {
    privately(not_found())
}

/// Opens the socket that says when what the link shows changes.
async fn watch(
    anonymous: &Anonymous,
    visit: &Visit,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    check_upgrade(headers)?;
    let statement = prox_db::watch::admit_by_link(visit.token.hash(), visit.visit);
    Ok(admitted(anonymous.run(statement).await?.parse()?))
}

async fn icon(
    anonymous: &Anonymous,
    visit: &Visit,
    item: ItemId,
    known: Option<&HeaderValue>,
) -> Result<Response, ApiError> {
    let statement = prox_db::icon::find_by_link(visit.token.hash(), visit.visit, item);
    let found = anonymous.run(statement).await?.parse()?;
    Ok(match (&found.media_type, &found.picture) {
        (Some(media_type), Some(bytes)) => picture(media_type, decoded(bytes)?, known),
        _ => StatusCode::NO_CONTENT.into_response(),
    })
}

async fn cover(
    anonymous: &Anonymous,
    visit: &Visit,
    known: Option<&HeaderValue>,
) -> Result<Response, ApiError> {
    let statement = prox_db::picture::cover_by_link(visit.token.hash(), visit.visit);
    let found = anonymous.run(statement).await?.parse()?;
    let bytes = decoded(&found.bytes.picture)?;
    Ok(picture(&found.bytes.media_type, bytes, known))
}

fn picture(media_type: &str, bytes: Vec<u8>, known: Option<&HeaderValue>) -> Response {
    let hash = hash_of(&bytes);
    let known = known.and_then(|known| known.to_str().ok());
    picture_response(
        media_type,
        bytes,
        &hash,
        known,
        (CACHE_FOR_VIEWER, "same-origin"),
    )
}
