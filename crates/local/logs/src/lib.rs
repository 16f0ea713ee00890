//! What processes wrote: kept in files and, the newest, in memory; found again by filters; shown
//! to people. Never reads a process's pipes itself.

pub mod filter;
mod follow;
pub mod level;
pub mod line;
pub mod read;
pub mod render;
mod rotate;
mod store;

pub use filter::{Filter, Query};
pub use follow::{Follower, Update};
pub use level::Level;
pub use store::{Backlog, SEQ_GAP_AFTER_CRASH, Store, directory, merge};
