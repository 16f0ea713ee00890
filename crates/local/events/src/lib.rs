//! The events of a supervisor, the hub that passes them to every reader, and start times that stay
//! right when the wall clock is set.

mod event;
mod hub;
mod moment;

pub use event::*;
pub use hub::*;
pub use moment::*;
