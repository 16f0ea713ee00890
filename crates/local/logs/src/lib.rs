//! Logs of processes: stored in files and, the newest lines, in memory; filtered and rendered. Does
//! not read the pipes of processes.

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
