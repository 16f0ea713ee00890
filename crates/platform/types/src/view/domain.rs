//! Custom hostnames.

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{DomainId, SpaceId, Timestamp};

/// The verification state of a hostname.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DomainStatus {
    /// Its DNS records were not found yet.
    Pending,
    /// Its DNS records are right, and it serves its space.
    Verified,
    /// Its DNS records are wrong; `reason` says how.
    Failed,
}

/// A DNS record to create.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DnsRecord {
    /// Record type: `TXT` or `CNAME`.
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
    /// Hostname in canonical form: lower case, punycode, no dot at the end.
    pub hostname: String,
    pub status: DomainStatus,
    /// Why the hostname is not verified; null when it is, or was not checked yet.
    pub reason: Option<String>,
    /// DNS records to create at the DNS provider.
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
    /// Hostname in Unicode or punycode, without scheme, port or path.
    #[garde(length(chars, min = 1, max = 253))]
    // Shorter than a name of the DNS, which the record with the proof must also be.
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 247, format = "public-hostname")
    )]
    pub hostname: String,
}
