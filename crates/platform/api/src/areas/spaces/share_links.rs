//! Share links of a space, and keeping one in an account. The page of a link is in [`super::shared`].

use axum::response::Response;
use http::StatusCode;
use prox_core::share::ShareToken;
use prox_db::share_link::{Closed, LinkSecrets};
use prox_types::{
    CreateShareLink, ErrorCode, KeepShareLink, NewShareLink, Page, ShareLink, ShareLinkId,
    SharedSpace,
};

use crate::http::access::{AtSpace, CanManage, SignedIn};
use crate::http::body::Json;
use crate::http::path::{Paging, Path, Query, ShareLinkPath, SpacePath};
use crate::http::problem::ApiError;
use crate::http::reply;

/// Lists the links of a space and of its items, oldest first. Their addresses are not stored.
#[utoipa::path(get, path = "/api/organizations/{org}/spaces/{space}/share-links", tag = "sharing", params(SpacePath, Paging), responses((status = 200, body = Page<ShareLink>)))]
pub(crate) async fn list_share_links(
    caller: AtSpace<CanManage>,
    Path(SpacePath { space, .. }): Path<SpacePath>,
    Query(paging): Query<Paging>,
) -> Result<Response, ApiError> {
    let page = reply::page("share-links", &paging)?;
    Ok(reply::list(
        "share-links",
        caller.run(prox_db::share_link::list(&space, page)).await?,
    ))
}

/// Makes a link to a space or to one item of it. Only this answer has its address.
#[utoipa::path(post, path = "/api/organizations/{org}/spaces/{space}/share-links", tag = "sharing", params(SpacePath), request_body = CreateShareLink, responses((status = 201, body = NewShareLink)))]
pub(crate) async fn create_share_link(
    caller: AtSpace<CanManage>,
    Path(SpacePath { space, .. }): Path<SpacePath>,
    Json(body): Json<CreateShareLink>,
) -> Result<Response, ApiError> {
    let ports = caller.ports();
    let token = ShareToken(ports.secret());
    let secrets = secrets(&token, body.passphrase.as_deref());
    let id: ShareLinkId = ports.id();
    let statement = prox_db::share_link::create(&space, id, body, &secrets);
    let answer = caller.run(statement).await?;
    // The answer to a repeated request is about the link of the first one, whose address nobody knows.
    let url = if answer.body.contains(&format!("\"{id}\"")) {
        format!("\"{}/s/{token}\"", ports.config.app_origin)
    } else {
        String::from("null")
    };
    let link = answer.body.strip_suffix('}').unwrap_or_default();
    let body = format!("{link},\"url\":{url}}}");
    Ok(reply::json(StatusCode::CREATED, body))
}

/// Ends a link, with every grant to it and through it. Open pages of it close.
#[utoipa::path(delete, path = "/api/organizations/{org}/spaces/{space}/share-links/{link}", tag = "sharing", params(ShareLinkPath), responses((status = 204, description = "Deleted")))]
pub(crate) async fn delete_share_link(
    caller: AtSpace<CanManage>,
    Path(ShareLinkPath { space, link, .. }): Path<ShareLinkPath>,
) -> Result<Response, ApiError> {
    caller
        .run(prox_db::share_link::delete(&space, link))
        .await?;
    Ok(reply::no_content())
}

/// Keeps a share link in the caller's account: what it shows is shared with them, with its level, until the
/// link ends. Counts as a use of the link.
#[utoipa::path(post, path = "/api/me/shared", tag = "sharing", request_body = KeepShareLink, responses((status = 201, body = SharedSpace)))]
pub(crate) async fn keep_share_link(
    person: SignedIn,
    Json(body): Json<KeepShareLink>,
) -> Result<Response, ApiError> {
    let token: ShareToken = body.token.parse().map_err(|_| ErrorCode::NotFound)?;
    let secrets = secrets(&token, body.passphrase.as_deref());
    let statement = prox_db::share_link::keep(&secrets, person.call.ports().id());
    let kept = person.run(statement).await?.parse()?;
    match (kept.closed, kept.space) {
        (None, Some(space)) => reply::json_response_with(StatusCode::CREATED, &space),
        (closed, _) => Err(refusal(closed)),
    }
}

/// The hashes of a link's secrets.
pub(super) fn secrets(token: &ShareToken, passphrase: Option<&str>) -> LinkSecrets {
    LinkSecrets {
        secret_hash: token.hash(),
        passphrase_hash: passphrase.map(|text| token.passphrase_hash(text)),
    }
}

/// The error of a link that does not open.
fn refusal(closed: Option<Closed>) -> ApiError {
    match closed {
        Some(Closed::Wrong | Closed::Passphrase) => {
            ApiError::field("passphrase", "is not the passphrase of this link")
        }
        Some(Closed::Locked) => ErrorCode::TooManyAttempts.into(),
        Some(Closed::Expired | Closed::UsedUp) => ErrorCode::LinkEnded.into(),
        Some(Closed::Limited) | None => ErrorCode::NotFound.into(),
    }
}
