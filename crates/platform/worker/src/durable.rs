//! The Durable Objects, one module each.

mod importer;
mod room;
