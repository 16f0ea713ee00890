//! What each subcommand does, one module for each. Never parses the command line.

mod completion;
mod man;
mod version;

use std::io::Write as _;

use serde::Serialize;

use crate::args::{Command, Global};
use crate::exit::{Exit, Failure, Outcome};

/// Does what was asked for.
///
/// # Errors
///
/// What the command could not do, with its exit code.
pub fn run(global: &Global, command: Command) -> Outcome {
    match command {
        Command::Completion(args) => completion::run(&args),
        Command::Version => version::run(global),
        Command::Man(args) => man::run(&args),
    }
}

/// Prints to standard output. A reader that went away, as `head` does, is no fault.
pub(crate) fn print(text: impl AsRef<[u8]>) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_ref()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Failure::message(
            Exit::Failure,
            format!("cannot write to standard output: {error}"),
        )),
        _ => Ok(()),
    }
}

/// Prints one JSON document, indented.
pub(crate) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::message(Exit::Failure, error))?;
    print(text + "\n")
}
