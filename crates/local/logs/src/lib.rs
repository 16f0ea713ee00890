//! Logs of processes: stores lines in files and the newest in memory, and filters and renders them.
//! The supervisor reads the output of processes.

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
