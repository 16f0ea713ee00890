//! Instances, their events, and the providers that they are connected to.

pub(crate) mod connectors;
pub(crate) mod events;
#[expect(
    clippy::module_inception,
    reason = "the area is named after its main resource"
)]
pub(crate) mod instances;
pub(crate) mod slack;
