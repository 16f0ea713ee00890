//! Icons of items and covers of spaces. Icons that are not uploaded are fetched from their sites and
//! kept, so nobody who looks at a space tells other sites about it.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use base16ct::lower::encode_string;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::{StatusCode, header};
use prox_core::etag::none_match;
use prox_db::icon::{KeptIcon, RETRY_SECONDS};
use prox_integrations::page_meta;
use prox_integrations::picture::media_type;
use prox_integrations::unicode::parse_url;
use prox_types::ErrorCode;
use sha2::{Digest, Sha256};

use crate::egress::{Outbound, Visit};
use crate::http::access::{IfNoneMatch, Viewer};
use crate::http::path::{ItemPath, Path, SpacePath};
use crate::http::problem::ApiError;
use crate::http::reply;
use crate::ports::Ports;

/// The maximum size of a picture, in bytes.
const MAX_PICTURE: usize = 256 * 1024;

/// The seconds for which browsers keep the answer that an item has no picture, when the next visit of
/// a member may fetch one.
const NEXT_VISIT: u32 = 60;

/// A picture is shown on pages. Somebody who opens its address saves it as a file.
const DISPOSITION: &str = "attachment";

/// An SVG is a document: nothing in it runs or loads, even when somebody opens it as a page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/// A picture with its media type.
type Picture = (&'static str, Vec<u8>);

/// Returns the icon of an item: an uploaded picture, or one fetched from its site and kept, its own icon
/// or else that of its page. Members of the organization see it, and everybody when the space is
/// published; only a member's request fetches it. 304 when `If-None-Match` names it. 204 when the item has no
/// picture; its `Cache-Control` says when to ask again.
#[utoipa::path(get, path = "/api/organizations/{org}/spaces/{space}/items/{item}/icon", tag = "items", params(ItemPath, IfNoneMatch), security((), ("cookie" = []), ("bearer" = [])), responses((status = 200, description = "The picture", body = String, content_type = "image/*"), (status = 204, description = "The item has no picture")))]
pub(crate) async fn get_item_icon(
    viewer: Viewer,
    Path(ItemPath { org, space, item }): Path<ItemPath>,
    IfNoneMatch(known): IfNoneMatch,
) -> Result<Response, ApiError> {
    let found = viewer
        .run(prox_db::icon::find(&org, &space, item))
        .await?
        .parse()?;
    let kept = match (&found.media_type, &found.picture) {
        (Some(media_type), Some(picture)) => Some((media_type.clone(), decoded(picture)?)),
        _ => None,
    };
    let picture = match found.address().filter(|_| found.fetch) {
        None => kept,
        Some(address) => {
            let fetched = fetch(viewer.call.ports(), &found).await;
            let keep = fetched
                .as_ref()
                .map(|(media_type, bytes)| (*media_type, bytes.clone()));
            viewer.run(prox_db::icon::keep(address, keep)).await?;
            fetched
                .map(|(media_type, bytes)| (media_type.to_owned(), bytes))
                .or(kept)
        }
    };
    let known = known.as_ref().and_then(|known| known.to_str().ok());
    Ok(match picture {
        Some((media_type, bytes)) => {
            let hash = hash_of(&bytes);
            picture_response(&media_type, bytes, &hash, known, caching(found.published))
        }
        None if found.fetch => no_picture(RETRY_SECONDS),
        None => no_picture(found.fresh_for.unwrap_or(NEXT_VISIT)),
    })
}

/// Returns the uploaded picture that covers a space. Members of the organization see it, and everybody
/// when the space is published. 304 when `If-None-Match` names it.
#[utoipa::path(get, path = "/api/organizations/{org}/spaces/{space}/cover", tag = "spaces", params(SpacePath, IfNoneMatch), security((), ("cookie" = []), ("bearer" = [])), responses((status = 200, description = "The picture", body = String, content_type = "image/*")))]
pub(crate) async fn get_space_cover(
    viewer: Viewer,
    Path(SpacePath { org, space }): Path<SpacePath>,
    IfNoneMatch(known): IfNoneMatch,
) -> Result<Response, ApiError> {
    let found = viewer
        .run(prox_db::picture::cover(&org, &space))
        .await?
        .parse()?;
    let bytes = decoded(&found.bytes.picture)?;
    let known = known.as_ref().and_then(|known| known.to_str().ok());
    Ok(picture_response(
        &found.bytes.media_type,
        bytes,
        &found.hash,
        known,
        caching(found.published),
    ))
}

/// The bytes of a kept picture, from Base64.
pub(super) fn decoded(picture: &str) -> Result<Vec<u8>, ApiError> {
    STANDARD
        .decode(picture)
        .map_err(|why| ApiError::from(ErrorCode::Internal).because(why))
}

/// Who may keep a picture for how long, and the sites that may show it.
pub(super) type Caching = (&'static str, &'static str);

fn caching(is_published: bool) -> Caching {
    if is_published {
        // Custom hosts show it, too.
        ("public, max-age=86400", "cross-origin")
    } else {
        ("private, max-age=86400", "same-origin")
    }
}

/// SHA-256 in hexadecimal.
pub(super) fn hash_of(bytes: &[u8]) -> String {
    encode_string(&Sha256::digest(bytes))
}

/// A picture with its caching and policies; 304 when `known` names it by the beginning of its hash.
pub(super) fn picture_response(
    media_type: &str,
    bytes: Vec<u8>,
    hash: &str,
    known: Option<&str>,
    (cache, sites): Caching,
) -> Response {
    let tag = format!("\"{hash:.24}\"");
    let is_known = known.is_some_and(|known| !none_match(known, &tag));
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let mut response = Response::new(Body::from(bytes));
        reply::set(&mut response, header::CONTENT_TYPE, media_type);
        response
    };
    for (name, value) in [
        (header::ETAG, tag.as_str()),
        (header::CACHE_CONTROL, cache),
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CONTENT_DISPOSITION, DISPOSITION),
        (
            http::HeaderName::from_static("cross-origin-resource-policy"),
            sites,
        ),
    ] {
        reply::set(&mut response, name, value);
    }
    response
}

/// 204, which browsers keep for some seconds, because a page may have many items without a picture.
/// They would report a 404 of each as an error.
fn no_picture(seconds: u32) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let caching = format!("private, max-age={seconds}");
    reply::set(&mut response, header::CACHE_CONTROL, &caching);
    response
}

/// Fetches the picture from the item's own icon, or else from its page.
async fn fetch(ports: &Ports, found: &KeptIcon) -> Option<Picture> {
    let mut visit = Visit::new(ports);
    match (&found.icon, &found.page) {
        (Some(icon), _) => fetch_picture(&mut visit, icon).await,
        (None, Some(page)) => fetch_of_page(ports, &mut visit, page).await,
        (None, None) => None,
    }
}

/// The icon that a page names, or else the usual one of its site.
async fn fetch_of_page(ports: &Ports, visit: &mut Visit<'_>, page: &str) -> Option<Picture> {
    let request = Outbound::get(page)
        .header("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5")
        .header("user-agent", USER_AGENT);
    let mut named = None;
    let mut base = parse_url(page, None, &*ports.unicode)?;
    if let Ok(fetched) = visit.fetch(request).await {
        let meta = page_meta::read(
            &fetched.body,
            fetched.header("content-type"),
            &fetched.url,
            &*ports.unicode,
        );
        named = meta.icon;
        base = fetched.url;
    }
    if let Some(named) = &named
        && let Some(picture) = fetch_picture(visit, named).await
    {
        return Some(picture);
    }
    let usual = base.join("/favicon.ico").ok()?.to_string();
    if named.as_ref() == Some(&usual) {
        return None;
    }
    fetch_picture(visit, &usual).await
}

const USER_AGENT: &str = "Prox-Icon/1.0";

/// A picture of a known type and bounded size.
async fn fetch_picture(visit: &mut Visit<'_>, url: &str) -> Option<Picture> {
    let request = Outbound {
        // One byte more shows that it is too large.
        max_bytes: MAX_PICTURE + 1,
        ..Outbound::get(url)
    };
    let request = request
        .header(
            "accept",
            "image/svg+xml,image/avif,image/webp,image/*;q=0.8",
        )
        .header("user-agent", USER_AGENT);
    let fetched = visit.fetch(request).await.ok()?;
    let fits = fetched.status == 200 && fetched.body.len() <= MAX_PICTURE;
    let media_type = media_type(&fetched.body).filter(|_| fits)?;
    Some((media_type, fetched.body))
}
