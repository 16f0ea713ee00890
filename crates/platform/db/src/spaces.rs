//! Spaces, their items with icons, feeds and health, the pictures of both, their custom hostnames,
//! their public pages and the watchers of these.

pub mod domain;
pub mod exposure;
pub mod feed;
pub mod grant;
pub mod health;
pub mod icon;
pub mod item;
pub mod picture;
pub mod public;
pub mod share_link;
pub mod space;
pub mod watch;
