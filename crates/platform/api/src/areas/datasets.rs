//! Datasets: typed rows of an organization.

pub(crate) mod collectors;
pub(crate) mod columns;
#[expect(
    clippy::module_inception,
    reason = "the area is named after its main resource"
)]
pub(crate) mod datasets;
pub(crate) mod export;
pub(crate) mod importing;
pub(crate) mod imports;
pub(crate) mod query;
pub(crate) mod rows;
