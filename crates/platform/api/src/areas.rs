//! The handlers of the API operations, one module for each area.

use prox_types::ErrorCode;

use crate::http::problem::ApiError;

pub(crate) mod datasets;
pub(crate) mod health;
pub(crate) mod identity;
pub(crate) mod instances;
pub(crate) mod search;
pub(crate) mod socket;
pub(crate) mod spaces;

/// Attempts of a write whose slug the service chooses, while concurrent requests take the same
/// slug.
const SLUG_ATTEMPTS: usize = 5;

/// Runs a write with a slug. When the service chose the slug (`is_ours`) and another request took
/// it first, the write runs again with another slug.
pub(crate) async fn with_free_slug<T, W>(
    is_ours: bool,
    write: impl Fn() -> W,
) -> Result<T, ApiError>
where
    W: Future<Output = Result<T, ApiError>>,
{
    for _ in 1..SLUG_ATTEMPTS {
        match write().await {
            Err(error) if is_ours && error.code == ErrorCode::SlugTaken => {}
            done => return done,
        }
    }
    write().await
}
