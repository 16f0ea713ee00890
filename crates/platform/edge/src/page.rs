//! Public pages, as readers without credentials see them: requested from the worker of pages without anything
//! that identifies the reader, and kept for a second.
//!
//! On the platform's own host a reader with credentials gets another page at the same address, which
//! does not pass through here. Three things keep the two apart in a browser's own cache and in shared
//! ones: `vary` ([`PERSONAL`]), so that a copy of the one is no answer to a request of the other; the
//! ETag, which differs when the content does, because both are revalidated; and `private` on the
//! reader's own page.

use std::rc::Rc;

use prox_core::etag::none_match;
use worker::web_sys::{Headers, Request, RequestInit, RequestRedirect, Response, ResponseInit};
use worker::{Context, Result, console_error};

use crate::Settings;
use crate::cache::{self, CachedPage, Lookup};
use crate::request_id::request_id;
use crate::runtime::Service;

/// The headers that decide whether a page of the platform's own host is the reader's own.
const PERSONAL: &str = "cookie, authorization";

/// Tells the worker of pages which custom host was requested.
const CUSTOM_HOST: &str = "x-prox-host";

/// The paths of a custom host. For every other path the edge requests [`MISSING`], so that
/// a custom host has no other page.
const ON_HOSTS: [&str; 8] = [
    "/",
    "/index.md",
    "/index.json",
    "/index.rss",
    "/_prox/live.js",
    "/robots.txt",
    "/sitemap.xml",
    "/favicon.ico",
];
/// A path that no space has.
const MISSING: &str = "/-";

/// The worker's answer.
enum Answer {
    /// A page that may be kept.
    Page(Rc<CachedPage>),
    /// Anything else: a redirect, a 404, a failure.
    Other(Response),
}

/// One page of one tenant.
pub(crate) struct Page {
    key: String,
    url: String,
    custom_host: Option<String>,
    /// Whether readers with credentials get another page at the same address.
    is_personal: bool,
}

impl Page {
    /// A page of the platform's own host.
    pub(crate) fn of_app(host: &str, path: &str, settings: &Settings) -> Self {
        Self {
            is_personal: true,
            ..Self::new(host, path, None, settings)
        }
    }

    /// A file of the platform's own host that is the same for every reader.
    pub(crate) fn file_of_app(host: &str, path: &str, settings: &Settings) -> Self {
        Self::new(host, path, None, settings)
    }

    /// A page of a custom host.
    pub(crate) fn of_host(host: &str, path: &str, settings: &Settings) -> Self {
        let path = if ON_HOSTS.contains(&path) {
            path
        } else {
            MISSING
        };
        Self::new(host, path, Some(host.to_owned()), settings)
    }

    /// The key contains the tenant's host, because the runtime's cache belongs to the
    /// whole zone. It has no query, which does not change a public page.
    fn new(host: &str, path: &str, custom_host: Option<String>, settings: &Settings) -> Self {
        let origin = &settings.app_origin;
        Self {
            key: format!("{origin}/_prox/cache/{host}{path}"),
            url: format!("{origin}{path}"),
            custom_host,
            is_personal: false,
        }
    }

    /// Answers `GET` and `HEAD`, from the cache when its copy is young enough.
    ///
    /// # Errors
    /// When neither cache nor worker answers.
    pub(crate) async fn answer(
        self,
        request: &Request,
        service: Service,
        context: &Context,
    ) -> Result<Response> {
        let request_id = request_id(request)?;
        let is_personal = self.is_personal;
        let page = match cache::find(&self.key).await {
            Lookup::Fresh(page) => page,
            Lookup::Aging(page) => {
                if cache::begin_build(&self.key) {
                    let id = request_id.clone();
                    context.wait_until(async move { self.refresh(&service, &id).await });
                }
                page
            }
            Lookup::Missing => match self.build(&service, &request_id, context).await? {
                Answer::Page(page) => page,
                Answer::Other(answer) => {
                    let response = pass_on(request, &answer, &request_id)?;
                    return vary(response, is_personal);
                }
            },
        };
        vary(present(request, &page, &request_id)?, is_personal)
    }

    /// Requests a page of which there is no copy. Requests that come meanwhile wait for
    /// this one instead of having the page built for each of them.
    async fn build(self, service: &Service, request_id: &str, context: &Context) -> Result<Answer> {
        let is_first = cache::begin_build(&self.key);
        if !is_first && let Some(page) = cache::wait_for_build(&self.key).await {
            return Ok(Answer::Page(page));
        }
        let answer = self.request(service, request_id).await;
        if is_first {
            cache::end_build(&self.key);
        }
        if let Ok(Answer::Page(page)) = &answer {
            let copy = Rc::clone(page);
            context.wait_until(async move { self.keep(&copy).await });
        }
        answer
    }

    async fn refresh(&self, service: &Service, request_id: &str) {
        match self.request(service, request_id).await {
            Ok(Answer::Page(page)) => self.keep(&page).await,
            // Gone, or not public any more: the old copy is served until it is too old.
            Ok(Answer::Other(_)) => {}
            Err(error) => console_error!("a page was not refreshed: {error}"),
        }
        cache::end_build(&self.key);
    }

    /// Requests the page from its worker, and keeps it in this isolate.
    async fn request(&self, service: &Service, request_id: &str) -> Result<Answer> {
        let requested_at = cache::now();
        let answer = self.fetch(service, request_id).await?;
        if !cache::is_public(&answer)? {
            return Ok(Answer::Other(answer));
        }
        let page = Rc::new(CachedPage::read(&answer, requested_at).await?);
        cache::remember(&self.key, &page);
        Ok(Answer::Page(page))
    }

    async fn keep(&self, copy: &CachedPage) {
        if let Err(error) = cache::keep(&self.key, copy).await {
            console_error!("a page was not kept: {error}");
        }
    }

    /// Always the whole page: [`present`] answers conditional requests.
    async fn fetch(&self, service: &Service, request_id: &str) -> Result<Response> {
        let headers = Headers::new()?;
        headers.set("x-request-id", request_id)?;
        if let Some(host) = &self.custom_host {
            headers.set(CUSTOM_HOST, host)?;
        }
        let init = RequestInit::new();
        init.set_headers(&headers);
        // A redirect to the canonical address is for the reader.
        init.set_redirect(RequestRedirect::Manual);
        service
            .answer(&Request::new_with_str_and_init(&self.url, &init)?)
            .await
    }
}

/// Names the headers of the request that decide which page it gets, when there are any.
fn vary(response: Response, is_personal: bool) -> Result<Response> {
    if is_personal {
        response.headers().set("vary", PERSONAL)?;
    }
    Ok(response)
}

/// The answer to this request: the page, only its head, or 304 when the reader has it.
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

/// An answer that is not kept, as the worker gave it.
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
