//! Lists with cursor pagination.

use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// Entries, at most `limit`.
    pub items: Vec<T>,
    /// Cursor of the next page, for `?cursor=`; null on the last page.
    pub next_cursor: Option<String>,
}
