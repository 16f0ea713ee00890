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
use prox_api::{SocketTicket, WatchTicket};
use prox_types::ErrorCode;
use prox_types::durable::room::Admission;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::js_sys::futures::future_to_promise;
use worker::web_sys::{Request, Response};
use worker::{Context, Env, ScheduleContext, ScheduledEvent, console_error, worker_sys};
use worker_macros::event;

use crate::background::Background;
use crate::room_client::Rooms;

/// Writes the message and location of a panic to the log, and nowhere else.
#[event(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// The names of the headers that the API reads, a line each.
#[wasm_bindgen(js_name = requestHeaders)]
#[must_use]
pub fn request_headers() -> String {
    prox_api::REQUEST_HEADERS.join("\n")
}

/// Handles one request, whose method, address and headers are in `head` (see `entry.js`).
///
/// Gives the response itself when nothing had to be waited for, else a promise of it:
/// promises cost a tenth of a small answer.
///
/// # Errors
/// When the runtime refuses to build even the answer to a failure.
#[wasm_bindgen]
pub fn fetch(
    head: String,
    request: Request,
    env: Env,
    context: worker_sys::Context,
) -> Result<JsValue, JsValue> {
    let context = Context::new(context);
    let background = Background::new(move |work| context.wait_until(work));
    let mut answer = Box::pin(AssertUnwindSafe(async move {
        let response = answer(&head, request, &env, background).await?;
        Ok(JsValue::from(response))
    }));
    match (&mut answer).now_or_never() {
        Some(response) => response,
        None => Ok(future_to_promise(answer).into()),
    }
}

/// The response, also when the request fails or panics. A failure affects only this request.
async fn answer(
    head: &str,
    request: Request,
    env: &Env,
    background: Background,
) -> worker::Result<Response> {
    let failed = match AssertUnwindSafe(respond(head, request, env, background))
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

/// The cron trigger.
#[event(scheduled)]
async fn scheduled(_: ScheduledEvent, env: Env, context: ScheduleContext) {
    let background = Background::new(move |work| context.wait_until(work));
    if let Err(error) = sweep::run(&env, background).await {
        console_error!("the sweep failed: {error}");
    }
}

async fn respond(
    head: &str,
    request: Request,
    env: &Env,
    background: Background,
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
        Some(admission) => {
            let request_id = conversion::request_id(head);
            enter_room(env, &admission, &request_id).await
        }
        None => conversion::write(response).await,
    }
}

/// Opens a websocket in its room. The room's response contains the websocket and is passed on unchanged.
async fn enter_room(
    env: &Env,
    admission: &Admission,
    request_id: &str,
) -> worker::Result<Response> {
    match Rooms::of(env)?.enter(admission).await {
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
fn panic_on_demand(request: &http::Request<axum::body::Body>) {
    if request.uri().path() == "/api/dev/panic" {
        panic!("requested by a test");
    }
}
