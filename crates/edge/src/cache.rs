//! The second that a public page may be old.
//!
//! Ages are counted from the moment the page was asked for, in milliseconds, so that a
//! change shows within a second of its commit. A page in demand is fetched again before
//! its second is over, by one request of each isolate, while the others still get the
//! copy: the API hears of it about once a second.

use std::cell::RefCell;
use std::collections::HashMap;

use worker::web_sys::{Headers, Response, ResponseInit};
use worker::{Date, Result, console_error};

use crate::runtime;

/// From this age on, somebody fetches the page again.
const AGING: u64 = 800;
/// From this age on, nobody gets the copy.
const OLD: u64 = 950;

/// When the page was asked for, and what it said about caches: both only in the copy.
const ASKED_AT: &str = "x-prox-asked-at";
const CACHE_CONTROL: &str = "x-prox-cache-control";

/// What the cache has of a page.
pub(crate) enum Kept {
    /// A copy to use.
    Fresh(Response),
    /// A copy to use, and to replace.
    Aging(Response),
    /// No copy.
    Nothing,
}

/// Looks a page up. A cache that fails has nothing.
pub(crate) async fn find(key: &str) -> Kept {
    let page = match runtime::recall(key).await {
        Ok(Some(page)) => page,
        Ok(None) => return Kept::Nothing,
        Err(error) => {
            console_error!("the cache failed: {error}");
            return Kept::Nothing;
        }
    };
    let asked_at = page.headers().get(ASKED_AT).ok().flatten();
    let asked_at: u64 = asked_at
        .and_then(|text| text.parse().ok())
        .unwrap_or_default();
    match Date::now().as_millis().saturating_sub(asked_at) {
        0..AGING => Kept::Fresh(page),
        AGING..OLD => Kept::Aging(page),
        _ => Kept::Nothing,
    }
}

/// A copy to keep; none of a page that is not for everybody.
///
/// # Errors
/// When the page was read already.
pub(crate) fn copy(page: &Response, asked_at: u64) -> Result<Option<Response>> {
    let control = page.headers().get("cache-control")?.unwrap_or_default();
    let is_public = control
        .split(',')
        .any(|word| word.trim().eq_ignore_ascii_case("public"));
    if page.status() != 200 || !is_public {
        return Ok(None);
    }
    let headers = Headers::new_with_headers(&page.headers())?;
    headers.delete("set-cookie")?;
    headers.set(ASKED_AT, &asked_at.to_string())?;
    headers.set(CACHE_CONTROL, &control)?;
    // The runtime counts in seconds and rounds as it likes; `find` counts exactly.
    headers.set("cache-control", "public, max-age=2")?;
    let init = ResponseInit::new();
    init.set_headers(&headers);
    let body = page.clone()?.body();
    Ok(Some(Response::new_with_opt_readable_stream_and_init(
        body.as_ref(),
        &init,
    )?))
}

/// Stores a [`copy`].
///
/// # Errors
/// When the cache refuses it.
pub(crate) async fn keep(key: &str, copy: &Response) -> Result<()> {
    runtime::keep(key, copy).await
}

/// A page's own headers, also out of a copy.
///
/// # Errors
/// When the runtime refuses a header that it gave.
pub(crate) fn uncached_headers(page: &Response) -> Result<Headers> {
    let headers = Headers::new_with_headers(&page.headers())?;
    if let Some(control) = headers.get(CACHE_CONTROL)? {
        headers.set("cache-control", &control)?;
    }
    for name in [ASKED_AT, CACHE_CONTROL, "cf-cache-status", "age"] {
        headers.delete(name)?;
    }
    Ok(headers)
}

thread_local! {
    /// Which pages are being fetched again, since when.
    static REFRESHING: RefCell<HashMap<String, u64>> = RefCell::default();
}

/// Whether it falls to the caller to fetch the page again. One who was called and did
/// not come back does not keep the others from it for long.
pub(crate) fn begin_refresh(key: &str) -> bool {
    let now = Date::now().as_millis();
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
