//! Opens websockets to an organization's room: for its members, and for watchers of one space.

use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, header};
use prox_types::ErrorCode;
use prox_types::durable::room::{Ticket, Watch};

use crate::http::access::{Members, Tenancy, Viewer};
use crate::http::path::{OrgPath, Path, Query, SpaceIdPath};
use crate::http::problem::ApiError;

/// The extension of a response to an authorized upgrade of a member. The worker passes the ticket to the
/// room, and returns the room's response instead.
#[derive(Clone, Debug)]
pub struct SocketTicket(pub Ticket);

/// The extension of a response to an authorized upgrade of a watcher, which the worker treats as a
/// [`SocketTicket`].
#[derive(Clone, Debug)]
pub struct WatchTicket(pub Watch);

/// The parameters of a client that reconnects.
#[derive(serde::Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Resume {
    /// Last sequence number that the client saw.
    since: Option<i64>,
    /// Epoch of that sequence number.
    epoch: Option<String>,
}

/// Opens the websocket of an organization.
#[utoipa::path(get, path = "/api/organizations/{org}/socket", tag = "realtime", params(OrgPath, Resume), responses((status = 101, description = "The websocket"), (status = 426, description = "The request is not a websocket upgrade")))]
pub(crate) async fn open_socket(
    tenant: Tenancy<Members>,
    Query(resume): Query<Resume>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    check_upgrade(&headers)?;
    let listener = tenant.run(prox_db::system::listener()).await?.parse()?;
    let ticket = Ticket {
        organization_id: listener.organization_id,
        user_id: listener.user_id,
        session_id: listener.session_id,
        head: listener.head,
        since: resume.since,
        epoch: resume.epoch,
    };
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    response.extensions_mut().insert(SocketTicket(ticket));
    Ok(response)
}

/// Opens a websocket that says when a space changes: it receives the text `changed`, and nothing else.
/// Everybody may open it who sees something of the space. It closes when somebody stops seeing something, and
/// those who still see something open another.
#[utoipa::path(get, path = "/api/spaces/{space}/socket", tag = "realtime", params(SpaceIdPath), security((), ("cookie" = []), ("bearer" = [])), responses((status = 101, description = "The websocket"), (status = 426, description = "The request is not a websocket upgrade")))]
pub(crate) async fn watch_space(
    viewer: Viewer,
    Path(SpaceIdPath { space }): Path<SpaceIdPath>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    check_upgrade(&headers)?;
    let watch = viewer.run(prox_db::watch::admit(space)).await?.parse()?;
    Ok(admitted(watch))
}

/// The response that lets the worker pass a watcher on to the room.
pub(crate) fn admitted(watch: Watch) -> Response {
    let mut response = StatusCode::SWITCHING_PROTOCOLS.into_response();
    response.extensions_mut().insert(WatchTicket(watch));
    response
}

pub(crate) fn check_upgrade(headers: &HeaderMap) -> Result<(), ApiError> {
    let upgrade = headers.get(header::UPGRADE).and_then(|v| v.to_str().ok());
    if upgrade.is_some_and(|v| v.eq_ignore_ascii_case("websocket")) {
        Ok(())
    } else {
        Err(ErrorCode::UpgradeRequired.into())
    }
}
