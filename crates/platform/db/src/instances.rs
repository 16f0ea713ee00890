//! Instances, their events and their connectors.

pub mod connector;
pub mod event;
pub mod instance;
