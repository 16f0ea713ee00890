//! Pictures that members upload, for icons, covers and wallpapers.

use axum::response::Response;
use http::StatusCode;
use prox_integrations::picture::{media_type, without_metadata};
use prox_types::{ErrorCode, Page, Picture};

use crate::areas::spaces::icons::{Caching, decoded, hash_of, picture_response};
use crate::http::access::{IfNoneMatch, Members, Tenancy};
use crate::http::body::PictureBody;
use crate::http::path::{OrgPath, Paging, Path, PicturePath, Query};
use crate::http::problem::ApiError;
use crate::http::reply;

/// A picture never changes under its hash.
const FOREVER: Caching = ("private, max-age=31536000, immutable", "same-origin");

/// Lists the pictures of an organization.
#[utoipa::path(get, path = "/api/organizations/{org}/pictures", tag = "pictures", params(OrgPath, Paging), responses((status = 200, body = Page<Picture>)))]
pub(crate) async fn list_pictures(
    tenant: Tenancy<Members>,
    Query(paging): Query<Paging>,
) -> Result<Response, ApiError> {
    let page = reply::page("pictures", &paging)?;
    Ok(reply::list(
        "pictures",
        tenant.run(prox_db::picture::list(page)).await?,
    ))
}

/// Adds a picture: PNG, JPEG, WebP, GIF or AVIF by its bytes, whatever the media type of the request. Its
/// metadata is removed, such as the place where it was taken. The same picture twice is one.
#[utoipa::path(post, path = "/api/organizations/{org}/pictures", tag = "pictures", params(OrgPath), request_body(content = String, content_type = "application/octet-stream"), responses((status = 201, body = Picture)))]
pub(crate) async fn create_picture(
    tenant: Tenancy<Members>,
    PictureBody(bytes): PictureBody,
) -> Result<Response, ApiError> {
    let refused = |why: &str| Err(ApiError::new(ErrorCode::UnsupportedMediaType, why));
    let media_type = match media_type(&bytes) {
        Some("image/svg+xml") => {
            return refused("An SVG can contain scripts, so it is not accepted. Save it as a PNG.");
        }
        Some(media_type) if media_type != "image/x-icon" => media_type,
        _ => return refused("This is not a PNG, JPEG, WebP, GIF or AVIF picture."),
    };
    let bytes = without_metadata(media_type, &bytes)
        .map_err(|why| ApiError::new(ErrorCode::Invalid, why.to_string()))?;
    let hash = hash_of(&bytes);
    let statement = prox_db::picture::create(&hash, media_type, bytes);
    Ok(reply::one(
        StatusCode::CREATED,
        tenant.run(statement).await?,
    ))
}

/// Returns a picture. It never changes, so browsers keep it. 304 when `If-None-Match` names it.
#[utoipa::path(get, path = "/api/organizations/{org}/pictures/{hash}", tag = "pictures", params(PicturePath, IfNoneMatch), responses((status = 200, description = "The picture", body = String, content_type = "image/*")))]
pub(crate) async fn get_picture(
    tenant: Tenancy<Members>,
    Path(PicturePath { hash, .. }): Path<PicturePath>,
    IfNoneMatch(known): IfNoneMatch,
) -> Result<Response, ApiError> {
    let kept = tenant.run(prox_db::picture::read(&hash)).await?.parse()?;
    let bytes = decoded(&kept.picture)?;
    let known = known.as_ref().and_then(|known| known.to_str().ok());
    Ok(picture_response(
        &kept.media_type,
        bytes,
        &hash,
        known,
        FOREVER,
    ))
}

/// Deletes a picture that nothing uses.
#[utoipa::path(delete, path = "/api/organizations/{org}/pictures/{hash}", tag = "pictures", params(PicturePath), responses((status = 204, description = "Deleted")))]
pub(crate) async fn delete_picture(
    tenant: Tenancy<Members>,
    Path(PicturePath { hash, .. }): Path<PicturePath>,
) -> Result<Response, ApiError> {
    tenant.run(prox_db::picture::delete(&hash)).await?;
    Ok(reply::no_content())
}
