//! Spaces, their items, their custom hostnames and their public pages.

pub mod domain;
pub mod icon;
pub mod item;
pub mod public;
pub mod space;
