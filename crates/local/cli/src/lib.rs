//! `prox`: runs the processes of a project, and shows every request that reaches them.
//!
//! One supervisor for each project. Everything that happens in it is an [`event::Event`] on one
//! stream; the terminal interface, the local API and the log files all read that stream, and
//! nothing else. Commands that look at a running project are clients of its local API.

pub mod args;
pub mod commands;
pub mod exit;
pub mod terminal;
