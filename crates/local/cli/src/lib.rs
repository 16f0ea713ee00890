//! `prox`: runs the processes of a project, and shows every request that reaches them.
//!
//! Each project has one supervisor. Everything that happens in it is a [`prox_events::Event`] on one
//! stream, which the terminal interface, the local API and the log files read. Commands that look at
//! a running project are clients of its local API. This crate holds the command line; the other
//! crates below `crates/local` hold what the commands use.

pub mod args;
pub mod commands;
pub mod exit;
pub mod terminal;
