//! HTTP requests and responses: extractors, authorization, bodies, errors and the envelope.

pub mod access;
pub mod call;
pub mod problem;

pub(crate) mod body;
pub(crate) mod envelope;
pub(crate) mod handler;
pub(crate) mod path;
pub(crate) mod reply;
