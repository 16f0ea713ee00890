//! The worker of pages: public spaces, share links and what they load. The API worker does not have
//! them.
//!
//! Decides nothing about the product: the router does.

use std::sync::OnceLock;

use axum::Router;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use worker::web_sys::Request;
use worker::{Env, worker_sys};
use worker_macros::event;

/// Writes the message and location of a panic to the log, and nowhere else.
#[event(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// The names of the headers that the router reads, a line each.
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

/// The router, built by the first request of each isolate.
fn router() -> Router {
    static ROUTER: OnceLock<Router> = OnceLock::new();
    ROUTER.get_or_init(prox_api::pages).clone()
}
