//! Frame preflight: what a URL is, and whether it can open in a window.

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::Mode;

/// Requests a preflight of a URL.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PreflightRequest {
    /// Absolute URL, https or http. The server fetches public https URLs on the standard port only.
    #[garde(length(chars, min = 1, max = 2048))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 2048, format = "public-url")
    )]
    pub url: String,
}

/// The result of a preflight.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preflight {
    /// URL of the request.
    pub url: String,
    /// URL after all redirects.
    pub final_url: String,
    /// HTTP status of the last response; null when the URL was not fetched or the server did not answer.
    pub status: Option<u16>,
    pub title: Option<String>,
    pub description: Option<String>,
    /// Absolute URL of the page's icon.
    pub icon: Option<String>,
    /// Absolute URL of the page's preview picture.
    pub image: Option<String>,
    /// Colour that the page chose for the browser around it (`theme-color`), `#rrggbb`.
    pub color: Option<String>,
    /// Whether the page allows our origin to frame it. Of a URL that was not fetched: whether a
    /// browser may show it there.
    pub embeddable: bool,
    pub mode: Mode,
    /// Reasons for the mode, in words, the most important first.
    pub reasons: Vec<String>,
}
