//! Spaces, their items with icons, feeds and health, their custom hostnames and their public pages.

pub mod domain;
pub mod feed;
pub mod health;
pub mod icon;
pub mod item;
pub mod public;
pub mod space;
