//! Notifications of the signed-in user.

use axum::response::Response;
use http::StatusCode;
use prox_core::cursor::Cursor;
use prox_db::notification::Report;
use prox_types::{
    FrameFailure, NotificationId, NotificationList, ReadNotifications, ReportNotification,
    ReportType, Timestamp, UnreadCount,
};
use serde::Deserialize;

use crate::http::access::SignedIn;
use crate::http::body::Json;
use crate::http::path::{NotificationPath, Paging, Path, Query};
use crate::http::problem::ApiError;
use crate::http::reply;

/// Ids in one request.
const MAX_IDS: usize = 200;

/// The notifications to delete: those that fit all parameters.
#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ClearParams {
    /// Ids of notifications, at most 200, with commas between them; unknown ones are ignored.
    ids: Option<String>,
    /// The `group_key` of notifications.
    group: Option<String>,
    /// Time of the newest notification to delete.
    #[param(value_type = Option<String>, format = DateTime)]
    before: Option<Timestamp>,
}

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

/// Adds a notification about what a client noticed: an item that could not be shown, at most one a day; or,
/// when it can be reached again, that the API could not be reached. A repetition adds nothing.
#[utoipa::path(post, path = "/api/me/notifications", tag = "me", request_body = ReportNotification, responses((status = 204, description = "Added, or known already")))]
pub(crate) async fn report_notification(
    person: SignedIn,
    Json(body): Json<ReportNotification>,
) -> Result<Response, ApiError> {
    let lasted;
    let report = match (body.kind, body.item, body.failure, body.seconds) {
        (ReportType::FrameFailed, Some(item), Some(failure), None) => Report::FrameFailed {
            item,
            body: match failure {
                FrameFailure::Blocked => {
                    "Its site does not let other pages show it. Open it in a tab."
                }
                FrameFailure::Unreachable => "Its site could not be reached.",
            },
        },
        (ReportType::ApiUnavailable, None, None, Some(seconds)) => {
            lasted = format!("It did not answer for {}.", duration(seconds));
            Report::ApiUnavailable {
                seconds,
                body: &lasted,
            }
        }
        (ReportType::FrameFailed, None, ..) => return Err(ApiError::field("item", "is missing")),
        (ReportType::FrameFailed, _, None, _) => {
            return Err(ApiError::field("failure", "is missing"));
        }
        (ReportType::FrameFailed, ..) => {
            return Err(ApiError::field("seconds", "does not belong to this type"));
        }
        (ReportType::ApiUnavailable, _, _, None) => {
            return Err(ApiError::field("seconds", "is missing"));
        }
        (ReportType::ApiUnavailable, Some(_), ..) => {
            return Err(ApiError::field("item", "does not belong to this type"));
        }
        (ReportType::ApiUnavailable, ..) => {
            return Err(ApiError::field("failure", "does not belong to this type"));
        }
    };
    let id = person.call.ports().id();
    person
        .run(prox_db::notification::report(id, report))
        .await?;
    Ok(reply::no_content())
}

/// A time in the largest unit that it fills twice: `5 minutes`, `36 hours`.
fn duration(seconds: i32) -> String {
    match seconds {
        ..120 => String::from("a minute"),
        120..7_200 => format!("{} minutes", seconds / 60),
        7_200..172_800 => format!("{} hours", seconds / 3_600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// Deletes notifications: some, those of a group, those until a time, or all.
#[utoipa::path(delete, path = "/api/me/notifications", tag = "me", params(ClearParams), responses((status = 204, description = "Deleted")))]
pub(crate) async fn clear_notifications(
    person: SignedIn,
    Query(params): Query<ClearParams>,
) -> Result<Response, ApiError> {
    let ids = params.ids.as_deref().map(|text| {
        let ids = text.split(',').filter(|id| !id.is_empty());
        ids.map(str::parse)
            .collect::<Result<Vec<NotificationId>, _>>()
    });
    let ids = ids
        .transpose()
        .map_err(|_| ApiError::field("ids", "must be ids of notifications"))?;
    if ids.as_ref().is_some_and(|ids| ids.len() > MAX_IDS) {
        return Err(ApiError::field("ids", format!("must be at most {MAX_IDS}")));
    }
    person
        .run(prox_db::notification::clear(
            ids,
            params.group,
            params.before,
        ))
        .await?;
    Ok(reply::no_content())
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
