//! The Durable Objects, one module each.

mod room;
