//! The operations, by area.

pub(crate) mod health;
pub(crate) mod identity;
pub(crate) mod instances;
pub(crate) mod socket;
pub(crate) mod spaces;
