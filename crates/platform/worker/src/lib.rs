//! The API worker: its operations, the organization's room and the cron trigger.
//!
//! Decides nothing about the product: the router does, and `prox_core::room`.

mod durable;
mod sweep;

use std::sync::OnceLock;

use axum::Router;
use prox_runtime::background::Background;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::web_sys::Request;
use worker::{Env, ScheduleContext, ScheduledEvent, console_error, worker_sys};
use worker_macros::event;

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

/// Handles one request, whose method, address and headers are in `head` (see `head.js`).
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
    prox_runtime::fetch(head, request, env, context, router)
}

/// The cron trigger.
#[event(scheduled)]
async fn scheduled(_: ScheduledEvent, env: Env, context: ScheduleContext) {
    let background = Background::new(move |work| context.wait_until(work));
    if let Err(error) = sweep::run(&env, background).await {
        console_error!("the sweep failed: {error}");
    }
}

/// The router, built by the first request of each isolate.
fn router() -> Router {
    static ROUTER: OnceLock<Router> = OnceLock::new();
    ROUTER.get_or_init(prox_api::operations).clone()
}
