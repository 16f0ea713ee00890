//! The second that a public page may be old.
//!
//! Ages are counted from the moment the page was asked for, in milliseconds, so that a
//! change shows within a second of its commit. A page in demand is fetched again before
//! its second is over, by one request of each isolate, while the others still get the
//! copy: the API hears of it about once a second.
//!
//! A copy lies in two places: in this isolate, where finding it waits for nothing, and in
//! the data center's cache, which all isolates share.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;

use wasm_bindgen::JsCast;
use worker::js_sys::Uint8Array;
use worker::js_sys::futures::JsFuture;
use worker::web_sys::{Headers, Response, ResponseInit};
use worker::{Date, Result, console_error};

use crate::runtime;

/// From this age on, somebody fetches the page again.
const AGING: u64 = 800;
/// From this age on, nobody gets the copy.
const OLD: u64 = 950;

/// When the page was asked for, and what it said about caches: both only in the data
/// center's copy.
const ASKED_AT: &str = "x-prox-asked-at";
const CACHE_CONTROL: &str = "x-prox-cache-control";

/// What an isolate keeps at most, in bytes of bodies. It has 128 MB for everything.
const ROOM: u32 = 16 << 20;

/// A page that everybody may have, as the API gave it.
pub(crate) struct CachedPage {
    /// Without the request's own.
    pub(crate) headers: Headers,
    pub(crate) body: Uint8Array,
    asked_at: u64,
}

/// What there is of a page.
pub(crate) enum Kept {
    /// A copy to use.
    Fresh(Rc<CachedPage>),
    /// A copy to use, and to replace.
    Aging(Rc<CachedPage>),
    /// No copy.
    Nothing,
}

/// Whether an answer is for everybody, and so may be kept.
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
    /// Takes the API's answer whole.
    ///
    /// # Errors
    /// When the answer broke off.
    pub(crate) async fn of(answer: &Response, asked_at: u64) -> Result<Self> {
        let headers = Headers::new_with_headers(&answer.headers())?;
        for name in ["set-cookie", "x-request-id"] {
            headers.delete(name)?;
        }
        Ok(Self {
            headers,
            body: read(answer).await?,
            asked_at,
        })
    }

    /// Takes what [`Self::to_cache`] made; nothing when it is not ours.
    async fn from_cache(kept: &Response) -> Result<Option<Self>> {
        let headers = Headers::new_with_headers(&kept.headers())?;
        let asked_at = headers.get(ASKED_AT)?.and_then(|text| text.parse().ok());
        let (Some(asked_at), Some(control)) = (asked_at, headers.get(CACHE_CONTROL)?) else {
            return Ok(None);
        };
        headers.set("cache-control", &control)?;
        for name in [ASKED_AT, CACHE_CONTROL, "cf-cache-status", "age"] {
            headers.delete(name)?;
        }
        Ok(Some(Self {
            headers,
            body: read(kept).await?,
            asked_at,
        }))
    }

    fn to_cache(&self) -> Result<Response> {
        let headers = Headers::new_with_headers(&self.headers)?;
        let control = headers.get("cache-control")?.unwrap_or_default();
        headers.set(ASKED_AT, &self.asked_at.to_string())?;
        headers.set(CACHE_CONTROL, &control)?;
        // The runtime counts in seconds and rounds as it likes; `age` counts exactly.
        headers.set("cache-control", "public, max-age=2")?;
        let init = ResponseInit::new();
        init.set_headers(&headers);
        Ok(Response::new_with_opt_js_u8_array_and_init(
            Some(&self.body),
            &init,
        )?)
    }

    fn age(&self) -> u64 {
        now().saturating_sub(self.asked_at)
    }
}

async fn read(response: &Response) -> Result<Uint8Array> {
    let buffer = JsFuture::from(response.array_buffer()?).await?;
    Ok(Uint8Array::new(&buffer.unchecked_into()))
}

/// Looks a page up, here and then in the data center.
pub(crate) async fn find(key: &str) -> Kept {
    let here = HERE.with_borrow(|pages| pages.get(key).cloned());
    match here.map_or(Kept::Nothing, judge) {
        Kept::Nothing => recall(key).await,
        found => found,
    }
}

fn judge(page: Rc<CachedPage>) -> Kept {
    match page.age() {
        0..AGING => Kept::Fresh(page),
        AGING..OLD => Kept::Aging(page),
        _ => Kept::Nothing,
    }
}

/// A cache that fails has nothing.
async fn recall(key: &str) -> Kept {
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
        Ok(None) => Kept::Nothing,
        Err(error) => {
            console_error!("the cache failed: {error}");
            Kept::Nothing
        }
    }
}

/// Keeps a copy in this isolate, when there is room among those that are not old.
pub(crate) fn remember(key: &str, page: &Rc<CachedPage>) {
    HERE.with_borrow_mut(|pages| {
        pages.retain(|_, page| page.age() < OLD);
        let taken: u32 = pages.values().map(|page| page.body.length()).sum();
        if taken.saturating_add(page.body.length()) <= ROOM {
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
    static HERE: RefCell<HashMap<String, Rc<CachedPage>>> = RefCell::default();
    /// Which pages are being fetched again, since when.
    static REFRESHING: RefCell<HashMap<String, u64>> = RefCell::default();
}

/// Whether it falls to the caller to fetch the page again. One who was called and did
/// not come back does not keep the others from it for long.
pub(crate) fn begin_refresh(key: &str) -> bool {
    let now = now();
    REFRESHING.with_borrow_mut(|pages| {
        pages.retain(|_, since| now.saturating_sub(*since) < OLD);
        let free = !pages.contains_key(key);
        if free {
            pages.insert(key.to_owned(), now);
        }
        free
    })
}

/// Ends what [`begin_refresh`] began.
pub(crate) fn end_refresh(key: &str) {
    REFRESHING.with_borrow_mut(|pages| pages.remove(key));
}
