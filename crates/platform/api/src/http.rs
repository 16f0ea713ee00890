//! How a request becomes a call of a handler, and how its result becomes a response.

pub mod access;
pub mod call;
pub mod problem;

pub(crate) mod body;
pub(crate) mod envelope;
pub(crate) mod handler;
pub(crate) mod path;
pub(crate) mod reply;
