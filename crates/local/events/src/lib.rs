//! The events of a supervisor, the event bus, and start times that remain correct when the wall
//! clock is set.

mod bus;
mod event;
mod start_time;

pub use bus::*;
pub use event::*;
pub use start_time::*;
