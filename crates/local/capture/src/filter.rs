//! Selects captured requests by service, method, status, time and URL.

use jiff::Timestamp;
use prox_events::RequestView;
use prox_logs::filter::{WrongFilter, since};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Selects captured requests. All fields that are set must match.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams, ToSchema)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Name of the service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subdomain: Option<String>,
    /// HTTP method, ignoring case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Lowest HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_status: Option<u16>,
    /// Highest HTTP status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_status: Option<u16>,
    /// Earliest time of the request: RFC 3339, or how long ago, such as `5m` or `2h 30m`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Text that the host, or path and query, contain.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// Maximum number of requests, the newest ones; 100 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// A [`Filter`] whose time is parsed, ready to be applied.
#[derive(Clone, Debug, Default)]
pub struct Matcher {
    subdomain: Option<String>,
    method: Option<String>,
    min_status: Option<u16>,
    max_status: Option<u16>,
    since: Option<Timestamp>,
    url: Option<String>,
    pub(super) limit: usize,
}

/// The fields of a request that a filter looks at.
pub(super) struct MatchFields<'a> {
    pub(super) subdomain: &'a str,
    pub(super) method: &'a str,
    pub(super) status: u16,
    pub(super) received: Option<Timestamp>,
    pub(super) url: &'a str,
    pub(super) hostname: &'a str,
}

impl Filter {
    /// Parses the filter.
    ///
    /// # Errors
    ///
    /// When `since` is not a time.
    pub fn matcher(&self) -> Result<Matcher, WrongFilter> {
        Ok(Matcher {
            subdomain: self.subdomain.clone(),
            method: self.method.clone(),
            min_status: self.min_status,
            max_status: self.max_status,
            since: self
                .since
                .as_deref()
                .map(|text| since(text, Timestamp::now()))
                .transpose()?,
            url: self.url.clone(),
            limit: self.limit.unwrap_or(100),
        })
    }
}

impl Matcher {
    /// Whether a request matches.
    #[must_use]
    pub fn matches(&self, view: &RequestView) -> bool {
        self.matches_fields(&MatchFields {
            subdomain: &view.subdomain,
            method: &view.method,
            status: view.status_code,
            received: view.timestamp.parse().ok(),
            url: &view.url,
            hostname: &view.hostname,
        })
    }

    pub(super) fn matches_fields(&self, fields: &MatchFields<'_>) -> bool {
        let same = |wanted: &Option<String>, is: &str| {
            wanted
                .as_deref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(is))
        };
        let has = |part: &str| fields.url.contains(part) || fields.hostname.contains(part);
        let status = fields.status;
        same(&self.subdomain, fields.subdomain)
            && same(&self.method, fields.method)
            && self.min_status.is_none_or(|least| status >= least)
            && self
                .max_status
                .is_none_or(|most| status <= most && status > 0)
            && self
                .since
                .is_none_or(|since| fields.received.is_some_and(|time| time >= since))
            && self.url.as_deref().is_none_or(has)
    }
}
