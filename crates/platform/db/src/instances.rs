//! Instances, the events they receive and the provider accounts they use.

pub mod connector;
pub mod event;
pub mod instance;
