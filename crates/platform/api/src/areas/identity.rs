//! People, their sessions, and the organizations that they belong to.

pub(crate) mod auth;
pub(crate) mod google;
pub(crate) mod me;
pub(crate) mod members;
pub(crate) mod organizations;
