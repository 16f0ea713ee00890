//! Notifications of the signed-in user.

use axum::response::Response;
use http::StatusCode;
use prox_core::cursor::Cursor;
use prox_types::{NotificationList, ReadNotifications, UnreadCount};

use crate::http::access::SignedIn;
use crate::http::body::Json;
use crate::http::path::{NotificationPath, Paging, Path, Query};
use crate::http::problem::ApiError;
use crate::http::reply;

/// Lists the notifications of the signed-in user, newest first.
#[utoipa::path(get, path = "/api/me/notifications", tag = "me", params(Paging), responses((status = 200, body = NotificationList)))]
pub(crate) async fn list_notifications(
    person: SignedIn,
    Query(paging): Query<Paging>,
) -> Result<Response, ApiError> {
    let page = reply::page("notifications", &paging)?;
    let limit = usize::try_from(page.limit).unwrap_or(usize::MAX);
    let answer = person.run(prox_db::notification::list(page)).await?;
    let mut found = answer.parse()?;
    let has_more = found.items.len() > limit;
    found.items.truncate(limit);
    let last = found.items.last().filter(|_| has_more);
    let next_cursor = last.map(|last| {
        let (order, id) = (String::from("0"), last.id.to_string());
        Cursor { order, id }.encode("notifications")
    });
    reply::json_response(&NotificationList {
        items: found.items,
        next_cursor,
        unread: found.unread,
    })
}

/// Marks notifications as read: some, those until a time, or all. Returns how many are unread then.
#[utoipa::path(post, path = "/api/me/notifications/read", tag = "me", request_body = ReadNotifications, responses((status = 200, body = UnreadCount)))]
pub(crate) async fn read_notifications(
    person: SignedIn,
    Json(body): Json<ReadNotifications>,
) -> Result<Response, ApiError> {
    Ok(reply::one(
        StatusCode::OK,
        person.run(prox_db::notification::mark_read(body)).await?,
    ))
}

/// Deletes a notification.
#[utoipa::path(delete, path = "/api/me/notifications/{notification}", tag = "me", params(NotificationPath), responses((status = 204, description = "Deleted")))]
pub(crate) async fn delete_notification(
    person: SignedIn,
    Path(NotificationPath { notification }): Path<NotificationPath>,
) -> Result<Response, ApiError> {
    person
        .run(prox_db::notification::delete(notification))
        .await?;
    Ok(reply::no_content())
}
