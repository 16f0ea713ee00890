//! Copies of public pages, and how old they may be.
//!
//! Ages are counted in milliseconds from the moment the edge requested the page, so that
//! a change shows within a second of its commit. One request of each isolate fetches a
//! page again before its second is over, while the others get the copy: the API receives
//! about one request a second.
//!
//! A page that takes long to build would be too old on arrival. Its time to build is
//! added to the ages below, so that the old copy is served while one request builds the
//! next.
//!
//! A copy is kept in two places: in the memory of this isolate, where a look-up is
//! synchronous, and in the data center's cache, which all isolates share.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use wasm_bindgen::JsCast;
use worker::js_sys::Uint8Array;
use worker::js_sys::futures::JsFuture;
use worker::web_sys::{Headers, Response, ResponseInit};
use worker::{Date, Delay, Result, console_error};

use crate::runtime;

/// The age in milliseconds from which one request fetches the page again.
const AGING: u64 = 800;
/// The age in milliseconds from which the copy is not served.
const OLD: u64 = 950;
/// A page that took more milliseconds than this to arrive may be older.
const SLOW: u64 = 300;

/// How many milliseconds a build keeps other requests from starting one. A request whose
/// client left never ends its build.
const BUILD_TIMEOUT: u64 = 3_000;
/// How often a request looks for the page that another one is building.
const POLL_INTERVAL: Duration = Duration::from_millis(10);

/// When the page was requested, how many milliseconds it took to arrive, and its own
/// `Cache-Control`. Only the data center's copy has these headers.
const REQUESTED_AT: &str = "x-prox-requested-at";
const TOOK: &str = "x-prox-took";
const CACHE_CONTROL: &str = "x-prox-cache-control";

/// How many bytes of bodies an isolate keeps. It has 128 MB for everything.
const MAX_BYTES: u32 = 16 << 20;

/// A public page as the API answered it.
pub(crate) struct CachedPage {
    /// Without the headers that belong to one request.
    pub(crate) headers: Headers,
    pub(crate) body: Uint8Array,
    requested_at: u64,
    took: u64,
}

/// The result of a look-up.
pub(crate) enum Lookup {
    /// A copy to serve.
    Fresh(Rc<CachedPage>),
    /// A copy to serve and to replace.
    Aging(Rc<CachedPage>),
    /// There is no copy that may be served.
    Missing,
}

/// Whether the API allows shared caches to keep an answer.
///
/// # Errors
/// When the runtime refuses to read a header.
pub(crate) fn is_public(answer: &Response) -> Result<bool> {
    let control = answer.headers().get("cache-control")?.unwrap_or_default();
    let is_public = control
        .split(',')
        .any(|word| word.trim().eq_ignore_ascii_case("public"));
    Ok(answer.status() == 200 && is_public)
}

impl CachedPage {
    /// Reads the API's whole answer.
    ///
    /// # Errors
    /// When the answer broke off.
    pub(crate) async fn read(answer: &Response, requested_at: u64) -> Result<Self> {
        let headers = Headers::new_with_headers(&answer.headers())?;
        for name in ["set-cookie", "x-request-id"] {
            headers.delete(name)?;
        }
        let body = read(answer).await?;
        Ok(Self {
            headers,
            body,
            requested_at,
            took: now().saturating_sub(requested_at),
        })
    }

    /// Reads what [`Self::to_cache`] wrote. `None` for an entry in another form.
    async fn from_cache(kept: &Response) -> Result<Option<Self>> {
        let headers = Headers::new_with_headers(&kept.headers())?;
        let number = |name| -> Result<Option<u64>> {
            Ok(headers.get(name)?.and_then(|text| text.parse().ok()))
        };
        let (Some(requested_at), Some(took), Some(control)) = (
            number(REQUESTED_AT)?,
            number(TOOK)?,
            headers.get(CACHE_CONTROL)?,
        ) else {
            return Ok(None);
        };
        headers.set("cache-control", &control)?;
        for name in [REQUESTED_AT, TOOK, CACHE_CONTROL, "cf-cache-status", "age"] {
            headers.delete(name)?;
        }
        Ok(Some(Self {
            headers,
            body: read(kept).await?,
            requested_at,
            took,
        }))
    }

    fn to_cache(&self) -> Result<Response> {
        let headers = Headers::new_with_headers(&self.headers)?;
        let control = headers.get("cache-control")?.unwrap_or_default();
        headers.set(REQUESTED_AT, &self.requested_at.to_string())?;
        headers.set(TOOK, &self.took.to_string())?;
        headers.set(CACHE_CONTROL, &control)?;
        // The runtime counts whole seconds; `age` is exact.
        let seconds = self.old_at() / 1_000 + 2;
        headers.set("cache-control", &format!("public, max-age={seconds}"))?;
        let init = ResponseInit::new();
        init.set_headers(&headers);
        Ok(Response::new_with_opt_js_u8_array_and_init(
            Some(&self.body),
            &init,
        )?)
    }

    fn age(&self) -> u64 {
        now().saturating_sub(self.requested_at)
    }

    /// The time to build a slow page; zero for others.
    const fn slack(&self) -> u64 {
        if self.took > SLOW { self.took } else { 0 }
    }

    const fn aging_at(&self) -> u64 {
        AGING + self.slack()
    }

    /// Leaves a slow page the time of one more build, which may be slower than the last.
    const fn old_at(&self) -> u64 {
        OLD + 3 * self.slack()
    }
}

async fn read(response: &Response) -> Result<Uint8Array> {
    let buffer = JsFuture::from(response.array_buffer()?).await?;
    Ok(Uint8Array::new(&buffer.unchecked_into()))
}

/// Looks a page up, in this isolate and then in the data center.
pub(crate) async fn find(key: &str) -> Lookup {
    match find_here(key) {
        Lookup::Missing => find_in_data_center(key).await,
        found => found,
    }
}

fn find_here(key: &str) -> Lookup {
    let page = PAGES.with_borrow(|pages| pages.get(key).cloned());
    page.map_or(Lookup::Missing, judge)
}

fn judge(page: Rc<CachedPage>) -> Lookup {
    let age = page.age();
    if age < page.aging_at() {
        Lookup::Fresh(page)
    } else if age < page.old_at() {
        Lookup::Aging(page)
    } else {
        Lookup::Missing
    }
}

/// A cache that fails counts as empty.
async fn find_in_data_center(key: &str) -> Lookup {
    let found = async {
        match runtime::recall(key).await? {
            Some(kept) => CachedPage::from_cache(&kept).await,
            None => Ok(None),
        }
    };
    match found.await {
        Ok(Some(page)) => {
            let page = Rc::new(page);
            remember(key, &page);
            judge(page)
        }
        Ok(None) => Lookup::Missing,
        Err(error) => {
            console_error!("the cache failed: {error}");
            Lookup::Missing
        }
    }
}

/// Keeps a copy in this isolate, unless the copies that may be served fill its share of
/// the memory.
pub(crate) fn remember(key: &str, page: &Rc<CachedPage>) {
    PAGES.with_borrow_mut(|pages| {
        pages.retain(|_, page| page.age() < page.old_at());
        let taken: u32 = pages.values().map(|page| page.body.length()).sum();
        if taken.saturating_add(page.body.length()) <= MAX_BYTES {
            pages.insert(key.to_owned(), Rc::clone(page));
        }
    });
}

/// Keeps a copy in the data center.
///
/// # Errors
/// When the cache refuses it.
pub(crate) async fn keep(key: &str, page: &CachedPage) -> Result<()> {
    runtime::keep(key, &page.to_cache()?).await
}

/// Milliseconds since 1970.
pub(crate) fn now() -> u64 {
    Date::now().as_millis()
}

thread_local! {
    /// The copies of this isolate.
    static PAGES: RefCell<HashMap<String, Rc<CachedPage>>> = RefCell::default();
    /// The pages that are being built, and since when.
    static BUILDS: RefCell<HashMap<String, u64>> = RefCell::default();
}

/// Marks a page as being built. False when another request of this isolate builds it.
pub(crate) fn begin_build(key: &str) -> bool {
    BUILDS.with_borrow_mut(|builds| {
        builds.retain(|_, since| is_running(*since));
        let free = !builds.contains_key(key);
        if free {
            builds.insert(key.to_owned(), now());
        }
        free
    })
}

/// Ends what [`begin_build`] began.
pub(crate) fn end_build(key: &str) {
    BUILDS.with_borrow_mut(|builds| builds.remove(key));
}

/// Waits until no other request builds the page, and returns what it built. `None` when
/// there is no page, or the build takes too long.
pub(crate) async fn wait_for_build(key: &str) -> Option<Rc<CachedPage>> {
    let is_building =
        || BUILDS.with_borrow(|builds| builds.get(key).copied().is_some_and(is_running));
    while is_building() {
        // A promise of another request cannot be awaited in this runtime.
        Delay::from(POLL_INTERVAL).await;
    }
    match find_here(key) {
        Lookup::Fresh(page) | Lookup::Aging(page) => Some(page),
        Lookup::Missing => None,
    }
}

fn is_running(since: u64) -> bool {
    now().saturating_sub(since) < BUILD_TIMEOUT
}
