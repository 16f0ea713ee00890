//! Users, their sessions, their organizations and their memberships.

pub mod account;
pub mod member;
pub mod organization;
