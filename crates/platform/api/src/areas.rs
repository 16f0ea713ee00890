//! The operations, by area.

use prox_types::ErrorCode;

use crate::http::problem::ApiError;

pub(crate) mod health;
pub(crate) mod identity;
pub(crate) mod instances;
pub(crate) mod socket;
pub(crate) mod spaces;

/// How often a write is tried while concurrent requests take the slugs that the service chose.
const SLUG_ATTEMPTS: usize = 5;

/// Runs a write that chooses a slug, and again while another request took that slug first.
/// A slug that the caller chose is tried once.
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
