//! The API worker. Owns the bindings: it implements the router's ports with what the
//! runtime offers, and converts requests and responses between the two.
//!
//! Decides nothing about the product: the router does, and `prox_core::room`.

mod background;
mod conversion;
mod database;
mod durable;
mod mail;
mod ports;
mod room_client;
mod settings;
mod socket;
mod sweep;
mod transport;

use std::panic::AssertUnwindSafe;
use std::sync::{Arc, OnceLock};

use axum::Router;
use futures_util::FutureExt;
use prox_api::SocketTicket;
use prox_types::ErrorCode;
use prox_types::durable::room::Ticket;
use worker::web_sys::{Request, Response};
use worker::{Context, Env, ScheduleContext, ScheduledEvent, console_error};
use worker_macros::event;

use crate::background::Background;
use crate::room_client::Rooms;

/// Writes the message and location of a panic to the log, and nowhere else.
#[event(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// Handles one request. A failure or panic affects only this request.
#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> worker::Result<Response> {
    let background = Background::new(move |work| context.wait_until(work));
    let request_id = conversion::request_id(&request);
    // The response to a panic has no details; its message is in the log already.
    match AssertUnwindSafe(respond(request, &env, background, &request_id))
        .catch_unwind()
        .await
    {
        Ok(Ok(response)) => Ok(response),
        Ok(Err(error)) => {
            console_error!("request {request_id} failed: {error}");
            conversion::problem(ErrorCode::Internal, &request_id)
        }
        Err(_) => {
            console_error!("request {request_id} panicked");
            conversion::problem(ErrorCode::Internal, &request_id)
        }
    }
}

/// The cron trigger.
#[event(scheduled)]
async fn scheduled(_: ScheduledEvent, env: Env, context: ScheduleContext) {
    let background = Background::new(move |work| context.wait_until(work));
    if let Err(error) = sweep::run(&env, background).await {
        console_error!("the sweep failed: {error}");
    }
}

async fn respond(
    request: Request,
    env: &Env,
    background: Background,
    request_id: &str,
) -> worker::Result<Response> {
    #[cfg(feature = "dev")]
    panic_on_demand(&request);
    let Some(request) = conversion::read(&request).await? else {
        return conversion::problem(ErrorCode::Malformed, request_id);
    };
    let ports = Arc::new(ports::assemble(env, background)?);
    let mut response = prox_api::serve(router(), ports, request).await;
    match response.extensions_mut().remove::<SocketTicket>() {
        Some(SocketTicket(ticket)) => enter_room(env, &ticket, request_id).await,
        None => conversion::write(response).await,
    }
}

/// Opens a websocket in the room of a ticket. The room's response contains the websocket and is
/// passed on unchanged.
async fn enter_room(env: &Env, ticket: &Ticket, request_id: &str) -> worker::Result<Response> {
    match Rooms::of(env)?.enter(ticket).await {
        Ok(response) => Ok(response),
        Err(error) => {
            console_error!("the room did not open: {error}");
            conversion::problem(ErrorCode::Unavailable, request_id)
        }
    }
}

/// The router, built by the first request of each isolate.
fn router() -> Router {
    static ROUTER: OnceLock<Router> = OnceLock::new();
    ROUTER.get_or_init(prox_api::router).clone()
}

/// Panics for `/api/dev/panic`, so that tests can check what happens to other requests.
#[cfg(feature = "dev")]
#[expect(clippy::panic, reason = "the route is for panics")]
fn panic_on_demand(request: &Request) {
    if request.url().ends_with("/api/dev/panic") {
        panic!("requested by a test");
    }
}
