//! What a space shows to whom: the report for its managers, and the slice of one viewer.

use axum::response::Response;
use http::StatusCode;
use prox_core::exposure::{PATTERN, warnings};
use prox_db::exposure::{Exposed, ITEM_TEXTS, SPACE_TEXTS, ViewAs};
use prox_types::{ErrorCode, Exposure, Role, Slice, Warning};
use serde::Deserialize;

use crate::http::access::{AtSpace, CanManage};
use crate::http::path::{Paging, Path, Query, SpacePath};
use crate::http::problem::ApiError;
use crate::http::reply;

/// The name of the list in its cursors.
const LIST: &str = "exposure";

/// Which items the report has.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ExposureFilter {
    /// `true`: only items with a warning. A page may then have fewer than `limit`, or none, with more to come.
    #[param(value_type = Option<bool>)]
    warnings: Option<String>,
}

/// Reports who sees a space and each of its items, and which texts look like a secret, an internal hostname
/// or an address of a private network.
#[utoipa::path(get, path = "/api/organizations/{org}/spaces/{space}/exposure", tag = "sharing", params(SpacePath, Paging, ExposureFilter), responses((status = 200, body = Exposure)))]
pub(crate) async fn get_exposure(
    caller: AtSpace<CanManage>,
    Path(SpacePath { space, .. }): Path<SpacePath>,
    Query(paging): Query<Paging>,
    Query(filter): Query<ExposureFilter>,
) -> Result<Response, ApiError> {
    let only_warnings = match filter.warnings.as_deref() {
        None | Some("false") => false,
        Some("true") => true,
        Some(_) => return Err(ApiError::field("warnings", "must be true or false")),
    };
    let page = reply::page_by_position(LIST, &paging)?;
    let pattern = only_warnings.then_some(PATTERN);
    let answer = caller
        .run(prox_db::exposure::read(&space, pattern, page))
        .await?;
    let found = answer.parse()?;
    let items: Vec<String> = found
        .items
        .iter()
        .map(|item| (item, warnings_of(&ITEM_TEXTS, item)))
        .filter(|(_, warnings)| !only_warnings || !warnings.is_empty())
        .map(|(item, warnings)| Ok(with_warnings(item, &warnings)? + "}"))
        .collect::<Result<_, ApiError>>()?;
    let space = with_warnings(&found.space, &warnings_of(&SPACE_TEXTS, &found.space))?;
    let next_cursor = reply::next_cursor(LIST, found.next.as_deref());
    let body = format!(
        r#"{space},"items":[{}],"next_cursor":{next_cursor}}}"#,
        items.join(",")
    );
    Ok(reply::json_at(body, answer.seq))
}

fn warnings_of(fields: &[&str], exposed: &Exposed) -> Vec<Warning> {
    let texts = fields.iter().zip(&exposed.texts);
    texts
        .filter_map(|(field, text)| Some(warnings(field, text.as_deref()?)))
        .flatten()
        .collect()
}

/// The JSON object with its warnings, without the brace at its end.
fn with_warnings(exposed: &Exposed, warnings: &[Warning]) -> Result<String, ApiError> {
    let warnings = serde_json::to_string(warnings)
        .map_err(|why| ApiError::from(ErrorCode::Internal).because(why))?;
    let json = exposed.json.as_str().strip_suffix('}').unwrap_or_default();
    Ok(format!(r#"{json},"warnings":{warnings}"#))
}

/// The viewer of a slice.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ViewAsParams {
    /// `anyone`, `link:{id}`, `user:{handle or mail address}`, or `role:member`, `role:admin`, `role:owner`.
    #[param(min_length = 6, max_length = 300, example = "anyone")]
    viewer: String,
}

/// Lists the items that a viewer sees of a space: everybody, the holder of a link, a person, or a role.
#[utoipa::path(get, path = "/api/organizations/{org}/spaces/{space}/view-as", tag = "sharing", params(SpacePath, ViewAsParams), responses((status = 200, body = Slice)))]
pub(crate) async fn view_as(
    caller: AtSpace<CanManage>,
    Path(SpacePath { space, .. }): Path<SpacePath>,
    Query(params): Query<ViewAsParams>,
) -> Result<Response, ApiError> {
    let viewer = viewer_of(&params.viewer).ok_or_else(|| {
        ApiError::field(
            "viewer",
            "must be anyone, link:{id}, user:{handle}, user:{address} or role:{role}",
        )
    })?;
    let answer = caller
        .run(prox_db::exposure::slice_of(&space, &viewer))
        .await?;
    Ok(reply::one(StatusCode::OK, answer))
}

/// Reads a viewer: `anyone`, `link:{id}`, `user:{handle or address}`, `role:{role}`.
pub(super) fn viewer_of(text: &str) -> Option<ViewAs> {
    if text == "anyone" {
        return Some(ViewAs::Anyone);
    }
    let (kind, name) = text.split_once(':')?;
    match (kind, name) {
        ("link", id) => id.parse().ok().map(ViewAs::Link),
        ("user", name) if (1..=254).contains(&name.len()) => {
            Some(ViewAs::User(name.trim_start_matches('@').to_owned()))
        }
        ("role", "member") => Some(ViewAs::Role(Role::Member)),
        ("role", "admin") => Some(ViewAs::Role(Role::Admin)),
        ("role", "owner") => Some(ViewAs::Role(Role::Owner)),
        _ => None,
    }
}
