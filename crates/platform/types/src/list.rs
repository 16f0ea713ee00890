//! Lists that page by cursor.

use serde::{Deserialize, Serialize};

/// One page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Page<T> {
    /// At most `limit` entries.
    pub items: Vec<T>,
    /// Pass back as `?cursor=`; null on the last page.
    pub next_cursor: Option<String>,
}
