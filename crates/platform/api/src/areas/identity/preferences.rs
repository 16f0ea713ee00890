//! The preferences of the signed-in user.

use axum::response::Response;
use http::StatusCode;
use prox_types::{Preferences, PreferencesPatch};

use crate::http::access::{IfMatch, IfNoneMatch, SignedIn};
use crate::http::body::MergePatch;
use crate::http::problem::ApiError;
use crate::http::reply;

/// Returns the preferences; 304 when `If-None-Match` names their version.
#[utoipa::path(get, path = "/api/me/preferences", tag = "me", params(IfNoneMatch), responses((status = 200, body = Preferences)))]
pub(crate) async fn get_preferences(
    person: SignedIn,
    IfNoneMatch(known): IfNoneMatch,
) -> Result<Response, ApiError> {
    let answer = person.run(prox_db::preference::read()).await?;
    Ok(reply::one_unless_known(known.as_ref(), answer))
}

/// Merges a patch into the preferences; 412 when `If-Match` names another version.
#[utoipa::path(patch, path = "/api/me/preferences", tag = "me", params(IfMatch), request_body(content((PreferencesPatch = "application/json"), (PreferencesPatch = "application/merge-patch+json"))), responses((status = 200, body = Preferences)))]
pub(crate) async fn update_preferences(
    person: SignedIn,
    IfMatch(versions): IfMatch,
    MergePatch(patch): MergePatch<PreferencesPatch>,
) -> Result<Response, ApiError> {
    Ok(reply::one(
        StatusCode::OK,
        person
            .run(prox_db::preference::update(&patch, versions))
            .await?,
    ))
}
