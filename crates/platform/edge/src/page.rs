//! Public pages: asked for without a trace of who asks, and remembered for a second.

use std::rc::Rc;

use prox_core::etag::none_match;
use worker::web_sys::{Headers, Request, RequestInit, Response, ResponseInit};
use worker::{Context, Result, console_error};

use crate::Settings;
use crate::cache::{self, CachedPage, Kept};
use crate::request_id::request_id;
use crate::runtime::Service;

/// Says to the API which custom host was asked.
const CUSTOM_HOST: &str = "x-prox-host";

/// What a custom host has. For every other path the API is asked for [`NOTHING`], which
/// it knows how to miss: a custom host is no way to the API's own routes.
const ON_HOSTS: [&str; 5] = [
    "/",
    "/index.md",
    "/index.json",
    "/index.rss",
    "/_prox/live.js",
];
const NOTHING: &str = "/-";

/// What the API says to an address.
enum Said {
    /// A page for everybody.
    Page(Rc<CachedPage>),
    /// Anything else, such as that there is none.
    Other(Response),
}

/// One page of one tenant.
pub(crate) struct Page {
    key: String,
    url: String,
    custom_host: Option<String>,
}

impl Page {
    /// A page of the platform's own host.
    pub(crate) fn of_app(host: &str, path: &str, settings: &Settings) -> Self {
        Self::new(host, path, None, settings)
    }

    /// A page of a custom host.
    pub(crate) fn of_host(host: &str, path: &str, settings: &Settings) -> Self {
        let path = if ON_HOSTS.contains(&path) {
            path
        } else {
            NOTHING
        };
        Self::new(host, path, Some(host.to_owned()), settings)
    }

    /// The key has the tenant's host in it, because the runtime's cache belongs to the
    /// whole zone, and the path as it is; a query says nothing to a public page.
    fn new(host: &str, path: &str, custom_host: Option<String>, settings: &Settings) -> Self {
        let origin = &settings.app_origin;
        Self {
            key: format!("{origin}/_prox/cache/{host}{path}"),
            url: format!("{origin}{path}"),
            custom_host,
        }
    }

    /// Answers `GET` and `HEAD`, from the cache when that is young enough.
    ///
    /// # Errors
    /// When neither cache nor API has an answer.
    pub(crate) async fn answer(
        self,
        request: &Request,
        api: Service,
        context: &Context,
    ) -> Result<Response> {
        let request_id = request_id(request)?;
        let page = match cache::find(&self.key).await {
            Kept::Fresh(page) => page,
            Kept::Aging(page) => {
                if cache::begin_refresh(&self.key) {
                    let id = request_id.clone();
                    context.wait_until(async move { self.refresh(&api, &id).await });
                }
                page
            }
            Kept::Nothing => match self.ask(&api, &request_id).await? {
                Said::Page(page) => {
                    let copy = Rc::clone(&page);
                    context.wait_until(async move { self.keep(&copy).await });
                    page
                }
                Said::Other(answer) => return pass_on(request, &answer, &request_id),
            },
        };
        present(request, &page, &request_id)
    }

    async fn refresh(&self, api: &Service, request_id: &str) {
        match self.ask(api, request_id).await {
            Ok(Said::Page(page)) => self.keep(&page).await,
            // Gone, or not public any more: the old copy has its second out.
            Ok(Said::Other(_)) => {}
            Err(error) => console_error!("a page was not refreshed: {error}"),
        }
        cache::end_refresh(&self.key);
    }

    /// Asks the API, and remembers a page here.
    async fn ask(&self, api: &Service, request_id: &str) -> Result<Said> {
        let asked_at = cache::now();
        let answer = self.fetch(api, request_id).await?;
        if !cache::is_public(&answer)? {
            return Ok(Said::Other(answer));
        }
        let page = Rc::new(CachedPage::of(&answer, asked_at).await?);
        cache::remember(&self.key, &page);
        Ok(Said::Page(page))
    }

    async fn keep(&self, copy: &CachedPage) {
        if let Err(error) = cache::keep(&self.key, copy).await {
            console_error!("a page was not kept: {error}");
        }
    }

    /// Always the whole page: conditions are for [`present`].
    async fn fetch(&self, api: &Service, request_id: &str) -> Result<Response> {
        let headers = Headers::new()?;
        headers.set("x-request-id", request_id)?;
        if let Some(host) = &self.custom_host {
            headers.set(CUSTOM_HOST, host)?;
        }
        let init = RequestInit::new();
        init.set_headers(&headers);
        api.answer(&Request::new_with_str_and_init(&self.url, &init)?)
            .await
    }
}

/// A page as this request wants it: in full, by its head, or not at all when known.
fn present(request: &Request, page: &CachedPage, request_id: &str) -> Result<Response> {
    let tag = page.headers.get("etag")?;
    let known = match (request.headers().get("if-none-match")?, tag) {
        (Some(known), Some(tag)) => !none_match(&known, &tag),
        _ => false,
    };
    let init = ResponseInit::new();
    init.set_headers(&page.headers);
    init.set_status(if known { 304 } else { 200 });
    let body = Some(&page.body).filter(|_| !known && request.method() != "HEAD");
    let response = Response::new_with_opt_js_u8_array_and_init(body, &init)?;
    response.headers().set("x-request-id", request_id)?;
    Ok(response)
}

/// What is not for everybody: as the API said it.
fn pass_on(request: &Request, answer: &Response, request_id: &str) -> Result<Response> {
    let headers = Headers::new_with_headers(&answer.headers())?;
    headers.set("x-request-id", request_id)?;
    headers.delete("set-cookie")?;
    let init = ResponseInit::new();
    init.set_headers(&headers);
    init.set_status(answer.status());
    let body = answer.body().filter(|_| request.method() != "HEAD");
    Ok(Response::new_with_opt_readable_stream_and_init(
        body.as_ref(),
        &init,
    )?)
}
