//! Messages between the API and its Durable Objects, one module an object.

pub mod room;
