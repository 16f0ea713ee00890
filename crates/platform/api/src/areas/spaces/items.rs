//! Items of a space.

use axum::response::Response;
use http::StatusCode;
use prox_integrations::unicode::parse_url;
use prox_types::{CreateItem, Item, Page, UpdateItem};

use crate::areas::search::{of_changed_item, of_new_item};
use crate::http::access::{AtSpace, CanEdit, CanView, IfMatch, IfNoneMatch};
use crate::http::body::Json;
use crate::http::path::{ItemPath, Paging, Path, Query, SpacePath};
use crate::http::problem::ApiError;
use crate::http::reply;
use crate::ports::Ports;

/// Lists the items of a space in order, including those in folders.
#[utoipa::path(get, path = "/api/organizations/{org}/spaces/{space}/items", tag = "items", params(SpacePath, Paging), responses((status = 200, body = Page<Item>)))]
pub(crate) async fn list_items(
    caller: AtSpace<CanView>,
    Path(SpacePath { space, .. }): Path<SpacePath>,
    Query(paging): Query<Paging>,
) -> Result<Response, ApiError> {
    let page = reply::page_by_position("items", &paging)?;
    Ok(reply::list(
        "items",
        caller.run(prox_db::item::list(&space, page)).await?,
    ))
}

/// Adds an item to a space.
#[utoipa::path(post, path = "/api/organizations/{org}/spaces/{space}/items", tag = "items", params(SpacePath), request_body = CreateItem, responses((status = 201, body = Item)))]
pub(crate) async fn create_item(
    caller: AtSpace<CanEdit>,
    Path(SpacePath { space, .. }): Path<SpacePath>,
    Json(mut body): Json<CreateItem>,
) -> Result<Response, ApiError> {
    check_address("url", body.url.as_mut(), caller.ports())?;
    check_picture("icon", body.icon.as_mut(), caller.ports())?;
    let id = caller.ports().id();
    let terms = of_new_item(&body, &*caller.ports().unicode);
    let statement = prox_db::item::create(&space, id, body, &terms);
    Ok(reply::one(
        StatusCode::CREATED,
        caller.run(statement).await?,
    ))
}

/// Returns one item; 304 when `If-None-Match` names its version.
#[utoipa::path(get, path = "/api/organizations/{org}/spaces/{space}/items/{item}", tag = "items", params(ItemPath, IfNoneMatch), responses((status = 200, body = Item)))]
pub(crate) async fn get_item(
    caller: AtSpace<CanView>,
    Path(ItemPath { space, item, .. }): Path<ItemPath>,
    IfNoneMatch(known): IfNoneMatch,
) -> Result<Response, ApiError> {
    let answer = caller.run(prox_db::item::read(&space, item)).await?;
    Ok(reply::one_unless_known(known.as_ref(), answer))
}

/// Changes or moves an item; 412 when `If-Match` names another version.
#[utoipa::path(patch, path = "/api/organizations/{org}/spaces/{space}/items/{item}", tag = "items", params(ItemPath, IfMatch), request_body = UpdateItem, responses((status = 200, body = Item)))]
pub(crate) async fn update_item(
    caller: AtSpace<CanEdit>,
    Path(ItemPath { space, item, .. }): Path<ItemPath>,
    IfMatch(versions): IfMatch,
    Json(mut body): Json<UpdateItem>,
) -> Result<Response, ApiError> {
    check_address("url", body.url.as_mut(), caller.ports())?;
    check_picture("icon", body.icon.as_mut(), caller.ports())?;
    let terms = of_changed_item(&body, &*caller.ports().unicode);
    let statement = prox_db::item::update(&space, item, body, &terms, versions);
    Ok(reply::one(StatusCode::OK, caller.run(statement).await?))
}

/// Deletes an item. The items of a deleted folder move to the top.
#[utoipa::path(delete, path = "/api/organizations/{org}/spaces/{space}/items/{item}", tag = "items", params(ItemPath, IfMatch), responses((status = 204, description = "Deleted")))]
pub(crate) async fn delete_item(
    caller: AtSpace<CanEdit>,
    Path(ItemPath { space, item, .. }): Path<ItemPath>,
    IfMatch(versions): IfMatch,
) -> Result<Response, ApiError> {
    caller
        .run(prox_db::item::delete(&space, item, versions))
        .await?;
    Ok(reply::no_content())
}

/// Rejects an icon or a cover that has the form of a URL, but that browsers cannot open.
pub(super) fn check_picture(
    field: &str,
    picture: Option<&mut String>,
    ports: &Ports,
) -> Result<(), ApiError> {
    let url = picture.filter(|picture| picture.contains("://"));
    check_address(field, url, ports)
}

/// Rejects a URL that no browser can open, and writes its scheme in lower case.
pub(super) fn check_address(
    field: &str,
    address: Option<&mut String>,
    ports: &Ports,
) -> Result<(), ApiError> {
    let Some(address) = address.filter(|address| !address.is_empty()) else {
        return Ok(());
    };
    let can_open = parse_url(address, None, &*ports.unicode).is_some_and(|url| url.has_host());
    if !can_open {
        let advice = "must be a web address with a valid host and port";
        return Err(ApiError::field(field, advice));
    }
    if let Some((scheme, rest)) = address.split_once(':') {
        *address = format!("{}:{rest}", scheme.to_ascii_lowercase());
    }
    Ok(())
}
