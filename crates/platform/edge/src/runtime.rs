//! Bindings to the runtime's functions in the runtime's types, so that nothing is
//! converted.

use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::js_sys::Reflect;
use worker::web_sys::{Request, Response};
use worker::{Env, Error, Result};

#[wasm_bindgen(wasm_bindgen_futures = worker::wasm_bindgen_futures, js_sys = worker::js_sys)]
extern "C" {
    /// Another worker, reached through a binding.
    pub(crate) type Service;

    #[wasm_bindgen(method, catch)]
    async fn fetch(this: &Service, request: &Request) -> Result<Response, JsValue>;

    #[wasm_bindgen(catch, js_name = fetch)]
    async fn fetch_abroad(request: &Request) -> Result<Response, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["caches", "default"], js_name = "match")]
    async fn cache_match(key: &str) -> Result<JsValue, JsValue>;

    #[wasm_bindgen(catch, js_namespace = ["caches", "default"], js_name = "put")]
    async fn cache_put(key: &str, response: &Response) -> Result<JsValue, JsValue>;
}

impl Service {
    /// # Errors
    /// When the other worker fails before it answers.
    pub(crate) async fn answer(&self, request: &Request) -> Result<Response> {
        Ok(self.fetch(request).await?)
    }
}

/// The binding of the API worker.
pub(crate) const API: &str = "API";
/// The binding of the worker of pages.
pub(crate) const PUBLIC: &str = "PUBLIC";

/// The worker behind a binding.
///
/// # Errors
/// When the binding is missing.
pub(crate) fn service(env: &Env, name: &str) -> Result<Service> {
    let binding = Reflect::get(env, &JsValue::from_str(name))?;
    if binding.is_undefined() {
        return Err(Error::from(format!("the binding {name} is missing")));
    }
    Ok(binding.unchecked_into())
}

/// Sends a request over the network.
///
/// # Errors
/// When no server answers.
pub(crate) async fn send(request: &Request) -> Result<Response> {
    Ok(fetch_abroad(request).await?)
}

/// The entry of this data center's cache.
///
/// # Errors
/// When the cache fails.
pub(crate) async fn recall(key: &str) -> Result<Option<Response>> {
    Ok(cache_match(key).await?.dyn_into().ok())
}

/// Writes an answer to this data center's cache.
///
/// # Errors
/// When the cache refuses it.
pub(crate) async fn keep(key: &str, response: &Response) -> Result<()> {
    cache_put(key, response).await?;
    Ok(())
}
