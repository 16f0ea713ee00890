//! Users, their sessions, their organizations and memberships, their preferences and workspaces.

pub mod account;
pub mod member;
pub mod notification;
pub mod organization;
pub mod preference;
pub mod workspace;
