//! Collectors: events that become rows of a dataset.

use std::collections::BTreeMap;

use garde::Validate;
use serde::{Deserialize, Serialize};

use crate::{CollectorId, DatasetId, InstanceId, Timestamp};

/// Adds a row to a dataset for each event of a type that arrives at an instance.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Collector {
    pub id: CollectorId,
    pub dataset_id: DatasetId,
    pub instance_id: InstanceId,
    /// The type of the events, such as `slack.message`.
    pub event_type: String,
    /// For each column id, the JSON pointer (RFC 6901) of its value in the event: `/payload/event/text`, `/created_at`.
    pub paths: BTreeMap<String, String>,
    pub created_at: Timestamp,
}

/// Makes events of a type into rows.
#[derive(Clone, Debug, Serialize, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CreateCollector {
    /// Slug or id of the instance.
    #[garde(length(chars, min = 1, max = 64))]
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 64))]
    pub instance: String,
    /// The type of the events, such as `slack.message` or `order.paid`.
    #[garde(length(chars, min = 1, max = 120), custom(super::line))]
    #[cfg_attr(
        feature = "openapi",
        schema(min_length = 1, max_length = 120, format = "line")
    )]
    pub event_type: String,
    /// For each column id, the JSON pointer (RFC 6901) of its value in the event, which has `id`, `type`, `created_at` and
    /// `payload`. A value that does not fit its column is left out.
    #[garde(custom(pointers))]
    pub paths: BTreeMap<String, String>,
}

fn pointers(paths: &BTreeMap<String, String>, _: &()) -> garde::Result {
    if paths.is_empty() || paths.len() > 64 {
        return Err(garde::Error::new("must name 1 to 64 columns"));
    }
    match paths
        .values()
        .find(|path| !path.starts_with('/') || path.len() > 500 || path.contains('\0'))
    {
        Some(_) => Err(garde::Error::new(
            "must be JSON pointers such as /payload/event/text",
        )),
        None => Ok(()),
    }
}
