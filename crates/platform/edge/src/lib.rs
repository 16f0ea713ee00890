//! The edge worker: the one public origin. Sends each request to the shell, the API or a
//! public page, and keeps public pages for a second.
//!
//! `prox_core::route` decides where a request goes. Requests and answers pass as the
//! runtime's own objects, unread, so that streams and websockets work in both
//! directions. Knows no tenant, checks no session, and opens no database: of a session it sees only
//! whether a request has one, because such a reader's pages are their own.

mod cache;
mod page;
mod refusal;
mod request_id;
mod runtime;

use std::sync::OnceLock;

use prox_core::route::{RouteConfig, Target, route};
use prox_types::ErrorCode;
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use worker::js_sys::Array;
use worker::web_sys::{Headers, Request, RequestInit, Response};
use worker::{Context, Env, Error, Result, console_error, event};

use crate::page::Page;
use crate::refusal::refuse;
use crate::runtime::{API, PUBLIC, Service, send, service};

/// The prefix of the headers that only the edge may send to the workers behind it.
const OUR_PREFIX: &str = "x-prox-";

/// Whether a request goes to the API as it is: its address is the API's, and none of its
/// headers (`names`, a line each) is one that only the edge may send.
///
/// # Errors
/// When a variable of the deployment is missing.
#[wasm_bindgen]
pub fn passes(url: &str, names: &str, env: Env) -> Result<bool, JsValue> {
    let Some(address) = Address::of(url) else {
        return Ok(false);
    };
    let settings = settings(&env)?;
    let target = route(address.host, address.path, &settings.route);
    Ok(matches!(target, Target::Api) && our_headers(names).next().is_none())
}

/// The answer when the API did not give one.
///
/// # Errors
/// When the runtime refuses to build it.
#[wasm_bindgen]
pub fn unavailable(request: &Request, error: &JsValue) -> Result<Response, JsValue> {
    console_error!("no answer: {}", Error::from(error.clone()));
    Ok(refuse(request, ErrorCode::Unavailable)?)
}

/// Requests that need more than being passed on.
#[event(fetch)]
async fn fetch(request: Request, env: Env, context: Context) -> Result<Response> {
    let url = request.url();
    let Some(address) = Address::of(&url) else {
        return refuse(&request, ErrorCode::Malformed);
    };
    let settings = settings(&env)?;
    let answered = match route(address.host, address.path, &settings.route) {
        Target::UnknownHost => return refuse(&request, ErrorCode::UnknownHost),
        Target::Shell => shell(&request, &address, settings).await,
        Target::Api => forward(&request, &service(&env, API)?).await,
        Target::Link => forward(&request, &service(&env, PUBLIC)?).await,
        // The reader's own slice of the page: neither taken from the copies nor kept as one.
        Target::Page if is_read(&request) && has_credentials(&request, settings)? => {
            forward(&request, &service(&env, PUBLIC)?).await
        }
        Target::Page if is_read(&request) => {
            let page = Page::of_app(address.host, address.path, settings);
            page.answer(&request, service(&env, PUBLIC)?, &context)
                .await
        }
        Target::File if is_read(&request) => {
            let page = Page::file_of_app(address.host, address.path, settings);
            page.answer(&request, service(&env, PUBLIC)?, &context)
                .await
        }
        Target::CustomHost(host) if is_read(&request) => {
            let page = Page::of_host(&host, address.path, settings);
            page.answer(&request, service(&env, PUBLIC)?, &context)
                .await
        }
        Target::Page | Target::File | Target::CustomHost(_) => {
            return refuse(&request, ErrorCode::MethodNotAllowed);
        }
    };
    match answered {
        Ok(response) => Ok(response),
        Err(error) => {
            console_error!("no answer: {error}");
            refuse(&request, ErrorCode::Unavailable)
        }
    }
}

/// Host, path and query of a request, as they stand in its address.
struct Address<'a> {
    host: &'a str,
    path: &'a str,
    /// With its question mark; empty when there is none.
    query: &'a str,
}

impl<'a> Address<'a> {
    fn of(url: &'a str) -> Option<Self> {
        let (_, rest) = url.split_once("://")?;
        let rest = rest.split_once('#').map_or(rest, |(rest, _)| rest);
        let (host, path) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
        let (path, query) = path.split_at(path.find('?').unwrap_or(path.len()));
        Some(Self { host, path, query })
    }
}

/// The settings of the deployment.
struct Settings {
    app_origin: String,
    shell_origin: String,
    route: RouteConfig,
}

/// The settings, read once for each isolate.
fn settings(env: &Env) -> Result<&'static Settings> {
    static SETTINGS: OnceLock<Settings> = OnceLock::new();
    if let Some(settings) = SETTINGS.get() {
        return Ok(settings);
    }
    let app_origin = env.var("APP_ORIGIN")?.to_string();
    let settings = Settings {
        route: RouteConfig::from_origin(&app_origin),
        shell_origin: env.var("SHELL_ORIGIN")?.to_string(),
        app_origin,
    };
    Ok(SETTINGS.get_or_init(|| settings))
}

/// Requests the static shell from its own origin, without the headers that identify the
/// reader.
async fn shell(request: &Request, address: &Address<'_>, settings: &Settings) -> Result<Response> {
    let headers = Headers::new_with_headers(&request.headers())?;
    for name in ["cookie", "authorization"] {
        headers.delete(name)?;
    }
    let Address { path, query, .. } = address;
    let url = format!("{}{path}{query}", settings.shell_origin);
    // A request is valid as settings: method, body and how redirects are handled.
    let moved = Request::new_with_str_and_init(&url, request.unchecked_ref::<RequestInit>())?;
    send(&with_headers(&moved, &headers)?).await
}

/// Sends a request to a worker behind the edge, without headers that only the edge may set.
async fn forward(request: &Request, service: &Service) -> Result<Response> {
    let names = String::from(Array::from(&request.headers().keys()).join("\n"));
    let headers = Headers::new_with_headers(&request.headers())?;
    for name in our_headers(&names) {
        headers.delete(name)?;
    }
    service.answer(&with_headers(request, &headers)?).await
}

/// The headers that only the edge may send. `names` has a line each, in lower case.
fn our_headers(names: &str) -> impl Iterator<Item = &str> {
    names.lines().filter(|name| name.starts_with(OUR_PREFIX))
}

fn with_headers(request: &Request, headers: &Headers) -> Result<Request> {
    let init = RequestInit::new();
    init.set_headers(headers);
    Ok(Request::new_with_request_and_init(request, &init)?)
}

fn has_credentials(request: &Request, settings: &Settings) -> Result<bool> {
    let headers = request.headers();
    let cookies = headers.get("cookie")?;
    let has_authorization = headers.has("authorization")?;
    Ok(settings
        .route
        .has_credentials(cookies.as_deref(), has_authorization))
}

fn is_read(request: &Request) -> bool {
    matches!(request.method().as_str(), "GET" | "HEAD")
}
