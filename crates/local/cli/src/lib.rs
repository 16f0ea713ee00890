//! `prox`: runs the processes of a project, and shows every request that reaches them.
//!
//! Each project has one supervisor. Everything that happens in it is a [`prox_events::Event`] on
//! the event bus, which the terminal interface, the local API and the log files read. Commands for
//! a running project are clients of its local API. This crate has the command line; the other
//! crates below `crates/local` have what the commands use.

pub mod args;
pub mod commands;
pub mod exit;
pub mod terminal;
