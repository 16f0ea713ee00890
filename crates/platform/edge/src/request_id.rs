//! The request id of the answers that do not come from the API.

use prox_types::header;
use worker::web_sys::Request;
use worker::{Date, Result};

/// The request's own id when it is a UUIDv7, else a new one.
///
/// # Errors
/// When the runtime refuses to read the header.
pub(crate) fn request_id(request: &Request) -> Result<String> {
    let given = request.headers().get(header::REQUEST_ID)?;
    let mut random = [0; 10];
    // An id need not be secret: without randomness it is a time.
    let _ = getrandom::fill(&mut random);
    Ok(header::request_id(
        given.as_deref(),
        Date::now().as_millis(),
        &random,
    ))
}
