//! The router's ports with what the runtime of Workers offers, and requests and answers in its types.
//!
//! Decides nothing about the product: the router does. The workers that answer with the router share
//! this crate; each has bindings and routes of its own.

pub mod background;
pub mod conversion;
pub mod database;
mod importer_client;
pub mod ports;
pub mod room_client;

mod mail;
mod settings;
mod socket;
mod transport;

use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use axum::Router;
use futures_util::FutureExt;
use prox_api::{SocketTicket, WatchTicket};
use prox_types::ErrorCode;
use prox_types::durable::room::Admission;
use wasm_bindgen::JsValue;
use worker::js_sys::futures::future_to_promise;
use worker::web_sys::{Request, Response};
use worker::{Context, Env, console_error, worker_sys};

use crate::background::Background;
use crate::room_client::Rooms;

/// The router's answer to a request, whose method, address and headers are in `head` (see `head.js`). A failure and
/// a panic affect only this request.
///
/// Gives the response itself when nothing had to be waited for, else a promise of it: promises cost a tenth of a
/// small answer.
///
/// # Errors
/// When the runtime refuses to build even the answer to a failure.
pub fn fetch(
    head: String,
    request: Request,
    env: Env,
    context: worker_sys::Context,
    router: fn() -> Router,
) -> Result<JsValue, JsValue> {
    let context = Context::new(context);
    let background = Background::new(move |work| context.wait_until(work));
    let mut answer = Box::pin(AssertUnwindSafe(async move {
        let response = answer(&head, request, &env, background, router).await?;
        Ok(JsValue::from(response))
    }));
    match (&mut answer).now_or_never() {
        Some(response) => response,
        None => Ok(future_to_promise(answer).into()),
    }
}

/// The response, also when the request fails or panics.
async fn answer(
    head: &str,
    request: Request,
    env: &Env,
    background: Background,
    router: fn() -> Router,
) -> worker::Result<Response> {
    let failed = match AssertUnwindSafe(respond(head, request, env, background, router))
        .catch_unwind()
        .await
    {
        Ok(Ok(response)) => return Ok(response),
        Ok(Err(error)) => format!("failed: {error}"),
        // The message of a panic is in the log already.
        Err(_) => String::from("panicked"),
    };
    let request_id = conversion::request_id(head);
    console_error!("request {request_id} {failed}");
    conversion::problem(ErrorCode::Internal, &request_id)
}

async fn respond(
    head: &str,
    request: Request,
    env: &Env,
    background: Background,
    router: fn() -> Router,
) -> worker::Result<Response> {
    let Some(request) = conversion::read(head, &request).await? else {
        return conversion::problem(ErrorCode::Malformed, &conversion::request_id(head));
    };
    #[cfg(feature = "dev")]
    panic_on_demand(&request);
    let ports = Arc::new(ports::assemble(env, background)?);
    let mut response = prox_api::serve(router(), ports, request).await;
    let extensions = response.extensions_mut();
    let admission = if let Some(SocketTicket(ticket)) = extensions.remove() {
        Some(Admission::Member(ticket))
    } else {
        let watch = extensions.remove::<WatchTicket>();
        watch.map(|WatchTicket(watch)| Admission::Watcher(watch))
    };
    match admission {
        Some(admission) => enter_room(env, &admission, head).await,
        None => conversion::write(response).await,
    }
}

/// Opens a websocket in its room. The room's response contains the websocket and is passed on unchanged.
async fn enter_room(env: &Env, admission: &Admission, head: &str) -> worker::Result<Response> {
    match Rooms::of(env)?.enter(admission).await {
        Ok(response) => Ok(response),
        Err(error) => {
            console_error!("the room did not open: {error}");
            conversion::problem(ErrorCode::Unavailable, &conversion::request_id(head))
        }
    }
}

/// Panics for `/api/dev/panic`, so that tests can check what happens to other requests.
#[cfg(feature = "dev")]
#[expect(clippy::panic, reason = "the route is for panics")]
fn panic_on_demand(request: &http::Request<axum::body::Body>) {
    if request.uri().path() == "/api/dev/panic" {
        panic!("requested by a test");
    }
}
