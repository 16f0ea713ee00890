//! The router's ports with what the runtime of Workers offers, and requests and answers in its types.
//!
//! Decides nothing about the product: the router does. The workers that answer with the router share
//! this crate; each has bindings and routes of its own.

pub mod background;
pub mod conversion;
pub mod database;
pub mod ports;
pub mod room_client;

mod mail;
mod settings;
mod socket;
mod transport;

use std::panic::AssertUnwindSafe;

use axum::body::Body;
use futures_util::FutureExt;
use prox_api::{SocketTicket, WatchTicket};
use prox_types::ErrorCode;
use prox_types::durable::room::Admission;
use wasm_bindgen::JsValue;
use worker::js_sys::futures::future_to_promise;
use worker::web_sys::Response;
use worker::{Context, Env, console_error, worker_sys};

use crate::background::Background;
use crate::room_client::Rooms;

/// Work that continues after the response, of one request.
#[must_use]
pub fn background_of(context: worker_sys::Context) -> Background {
    let context = Context::new(context);
    Background::new(move |work| context.wait_until(work))
}

/// The answer to a request, or a promise of it when something had to be waited for: promises cost a tenth
/// of a small answer. A failure and a panic affect only this request. `head` is as in `head.js`.
///
/// # Errors
/// When the runtime refuses to build even the answer to a failure.
pub fn answer(
    head: String,
    respond: impl AsyncFnOnce(&str) -> worker::Result<Response> + 'static,
) -> Result<JsValue, JsValue> {
    let mut answer = Box::pin(AssertUnwindSafe(async move {
        let response = or_problem(&head, respond(&head)).await?;
        Ok(JsValue::from(response))
    }));
    match (&mut answer).now_or_never() {
        Some(response) => response,
        None => Ok(future_to_promise(answer).into()),
    }
}

/// The response, or the answer to a failure.
async fn or_problem(
    head: &str,
    respond: impl Future<Output = worker::Result<Response>>,
) -> worker::Result<Response> {
    let failed = match AssertUnwindSafe(respond).catch_unwind().await {
        Ok(Ok(response)) => return Ok(response),
        Ok(Err(error)) => format!("failed: {error}"),
        // The message of a panic is in the log already.
        Err(_) => String::from("panicked"),
    };
    let request_id = conversion::request_id(head);
    console_error!("request {request_id} {failed}");
    conversion::problem(ErrorCode::Internal, &request_id)
}

/// The runtime's answer of what the router answered. When that opens a websocket, its room answers.
///
/// # Errors
/// When the runtime refuses to build the answer.
pub async fn finish(
    mut response: http::Response<Body>,
    env: &Env,
    head: &str,
) -> worker::Result<Response> {
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
