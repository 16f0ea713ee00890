//! The subcommands, one module each.

mod attach;
mod background;
mod completion;
mod config;
mod control;
mod doctor;
mod down;
mod following;
mod import;
mod init;
mod inspect;
mod logs;
mod man;
mod project;
mod requests;
mod serving;
mod status;
mod table;
mod trust;
mod up;
mod validate;
mod version;

use std::fmt::{self, Write as _};
use std::io::Write as _;

use serde::Serialize;

use self::control::Action;
use crate::args::{Command, Global};
use crate::exit::{Exit, Failure, Outcome};

/// Runs a subcommand.
///
/// # Errors
///
/// The error of the command, with its exit code.
pub fn run(global: &Global, command: Command) -> Outcome {
    match command {
        Command::Up(args) => up::run(global, &args),
        Command::Down => down::run(global),
        Command::Attach(args) => attach::run(global, &args),
        Command::Status => status::run(global),
        Command::List => status::list(global),
        Command::Logs(args) => logs::run(global, &args),
        Command::Requests(args) => requests::run(global, &args),
        Command::Trust(args) => trust::run(global, &args),
        Command::Start(args) => control::start(global, &args, Action::Start),
        Command::Stop(args) => control::stop(global, &args),
        Command::Restart(args) => control::start(global, &args, Action::Restart),
        Command::Reload => control::reload(global),
        Command::Config(args) => config::run(global, &args),
        Command::Import(args) => import::run(global, &args),
        Command::Init(args) => init::run(global, &args),
        Command::Validate(args) => validate::run(global, &args),
        Command::Inspect(args) => inspect::run(global, &args),
        Command::Doctor => doctor::run(global),
        Command::Completion(args) => completion::run(&args),
        Command::Version => version::run(global),
        Command::Man(args) => man::run(&args),
    }
}

/// Prints to standard output. When its reader has closed it, as `head` does, the command ends
/// without an error message.
pub(crate) fn print(text: impl AsRef<[u8]>) -> Result<(), Failure> {
    let mut out = std::io::stdout().lock();
    out.write_all(text.as_ref())
        .and_then(|()| out.flush())
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::BrokenPipe => Failure::message(Exit::Ok, "nobody reads"),
            _ => Failure::message(
                Exit::Failure,
                format!("cannot write to standard output: {error}"),
            ),
        })
}

/// Prints one JSON document, indented.
pub(crate) fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value)
        .map_err(|error| Failure::message(Exit::Failure, error))?;
    print(text + "\n")
}

/// Prints a warning to standard error. Ignores that it may be closed.
pub(crate) fn warn(message: impl fmt::Display) {
    let _ = writeln!(std::io::stderr(), "prox: {message}");
}

/// The lines of a diff with colours.
pub(crate) fn painted(text: &str, colour: bool) -> String {
    if !colour {
        return text.to_owned();
    }
    let mut painted = String::with_capacity(text.len() * 2);
    for line in text.split_inclusive('\n') {
        let colour = match line.as_bytes().first() {
            Some(b'+') => "\x1b[32m",
            Some(b'-') => "\x1b[31m",
            Some(b'@') => "\x1b[2m",
            _ => "",
        };
        if colour.is_empty() {
            painted.push_str(line);
        } else {
            let _ = write!(painted, "{colour}{}\x1b[0m", line.trim_end_matches('\n'));
            if line.ends_with('\n') {
                painted.push('\n');
            }
        }
    }
    painted
}

pub(crate) fn no_terminal() -> Failure {
    Failure::message(
        Exit::Usage,
        "the terminal interface needs a terminal, other than TERM=dumb",
    )
}

/// The error of an unknown name, with the most similar known one.
pub(crate) fn unknown_name<'a>(
    what: &str,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> Failure {
    let message = format!("there is no {what} `{name}`");
    let failure = match prox_config::nearest(name, known) {
        Some(near) => Failure::help(
            Exit::UnknownName,
            message,
            format!("did you mean `{near}`?"),
        ),
        None => Failure::message(Exit::UnknownName, message),
    };
    failure.with_code("PROCESS_NOT_FOUND")
}
