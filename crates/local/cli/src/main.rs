//! The `prox` binary: parses the command line, runs the command, reports its failure.

use std::io::{IsTerminal as _, Write as _};
use std::process::ExitCode;

use miette::MietteHandlerOpts;
use mimalloc::MiMalloc;
use prox::args::Cli;
use prox::commands;
use prox::exit::{Exit, Failure};

/// mimalloc, because the proxy allocates fourteen times for a request, and twice as often for a
/// captured one. With the system's allocator, that is 5 % of the cost of a request, and 10 % of a
/// captured one.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    if let Some(exit) = prox_supervisor::run::dispatch() {
        return exit;
    }
    let cli = Cli::read(std::env::args_os());
    // In a file or a pipe, sentences are not wrapped, so that they can be searched for.
    let wraps = std::io::stderr().is_terminal();
    let _ = miette::set_hook(Box::new(move |_| {
        Box::new(MietteHandlerOpts::new().wrap_lines(wraps).build())
    }));
    match commands::run(&cli.global, cli.command) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            if failure.exit() != Exit::Ok {
                print_failure(&failure, cli.global.json);
            }
            failure.exit().into()
        }
    }
}

/// Prints a failure. An error while writing is ignored: there is nowhere else to report it.
fn print_failure(failure: &Failure, json: bool) {
    if json {
        let _ = writeln!(std::io::stdout(), "{}", failure.to_json());
    } else {
        let _ = write!(std::io::stderr(), "{}", failure.text());
    }
}
