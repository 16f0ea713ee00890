//! People, their sessions, the organizations that they belong to, and what they set for themselves.

pub(crate) mod auth;
pub(crate) mod google;
pub(crate) mod me;
pub(crate) mod members;
pub(crate) mod notifications;
pub(crate) mod organizations;
pub(crate) mod preferences;
pub(crate) mod workspaces;
