//! Custom hostnames.

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{DomainId, SpaceId, Timestamp};

/// How far a hostname is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DomainStatus {
    /// Its records were not seen yet.
    Pending,
    /// It serves its space.
    Verified,
    /// Its records are wrong; `reason` says how.
    Failed,
}

/// A DNS record to create.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DnsRecord {
    /// `TXT` or `CNAME`.
    #[serde(rename = "type")]
    pub kind: String,
    pub name: String,
    pub value: String,
}

/// A hostname that serves a space.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Domain {
    pub id: DomainId,
    pub space_id: SpaceId,
    /// Canonical: lower case, punycode, no dot at the end.
    pub hostname: String,
    pub status: DomainStatus,
    /// Why verification failed; null otherwise.
    pub reason: Option<String>,
    /// What to create at the DNS provider.
    pub records: Vec<DnsRecord>,
    pub checked_at: Option<Timestamp>,
    pub verified_at: Option<Timestamp>,
    pub created_at: Timestamp,
}

/// Claims a hostname for a space.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateDomain {
    /// Unicode or punycode; without scheme, port or path.
    #[garde(length(chars, min = 1, max = 253))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 253))]
    pub hostname: String,
}
