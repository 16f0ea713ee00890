//! Frame preflight: what a URL is, and whether it can stand in a window.

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::Mode;

/// Asks about a URL.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PreflightRequest {
    /// Absolute; https, unless development allows the host.
    #[garde(length(chars, min = 1, max = 2048))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 2048))]
    pub url: String,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Preflight {
    /// As asked.
    pub url: String,
    /// Where the redirects ended.
    pub final_url: String,
    /// The last answer's HTTP status; null when nobody answered.
    pub status: Option<u16>,
    pub title: Option<String>,
    pub description: Option<String>,
    /// Absolute URL.
    pub icon: Option<String>,
    /// Absolute URL.
    pub image: Option<String>,
    /// Whether the page lets our origin frame it.
    pub embeddable: bool,
    pub mode: Mode,
    /// Why, in words, the most important first.
    pub reasons: Vec<String>,
}
