//! The worker of jobs: what takes longer than a request may, in steps that another worker asks for.
//!
//! It has what only jobs need, such as the reader of files, and so the worker of requests does not. Decides nothing
//! about the product: `prox_api` does.

use std::panic::AssertUnwindSafe;

use prox_api::ports::Database;
use prox_runtime::background::Background;
use prox_runtime::database::Postgres;
use prox_runtime::ports;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::js_sys::Promise;
use worker::js_sys::futures::future_to_promise;
use worker::{Context, Env, worker_sys};
use worker_macros::event;

/// Writes the message and location of a panic to the log, and nowhere else.
#[event(start)]
fn start() {
    console_error_panic_hook::set_once();
}

/// Takes one step of the import of this id. Gives the JSON of a [`prox_api::Advance`]. A step that fails can be taken
/// again.
#[wasm_bindgen]
pub fn advance(import: String, env: Env, context: worker_sys::Context) -> Promise {
    future_to_promise(AssertUnwindSafe(async move {
        let import = import.parse().map_err(failed)?;
        let context = Context::new(context);
        let background = Background::new(move |work| context.wait_until(work));
        let ports = ports::assemble(&env, background)?;
        let mut client = Postgres::of(&env).connect().await.map_err(failed)?;
        let done = prox_api::advance_import(&mut client, &ports, import)
            .await
            .map_err(failed)?;
        Ok(serde_json::to_string(&done).map_err(failed)?.into())
    }))
    .unchecked_into()
}

fn failed(why: impl std::fmt::Display) -> JsValue {
    worker::js_sys::Error::new(&why.to_string()).into()
}
