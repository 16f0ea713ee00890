//! The request id of the answers that do not come from the API.

use uuid::{Builder, Uuid};
use worker::web_sys::Request;
use worker::{Date, Result};

/// The request's own id when it is a UUIDv7, else a new one.
///
/// # Errors
/// When the runtime refuses to read the header.
pub(crate) fn request_id(request: &Request) -> Result<String> {
    let given = request
        .headers()
        .get("x-request-id")?
        .and_then(|text| Uuid::try_parse(&text).ok())
        .filter(|id| id.get_version_num() == 7);
    Ok(given.unwrap_or_else(fresh).hyphenated().to_string())
}

fn fresh() -> Uuid {
    let mut tail = [0; 10];
    // An id need not be secret: without randomness it is only the time.
    let _ = getrandom::fill(&mut tail);
    Builder::from_unix_timestamp_millis(Date::now().as_millis(), &tail).into_uuid()
}
