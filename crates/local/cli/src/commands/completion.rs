//! `prox completion`: prints a completion script for a shell. Does not install it.

use clap::CommandFactory as _;

use super::print;
use crate::args::{Cli, Completion};
use crate::exit::{Exit, Outcome};

pub(super) fn run(args: &Completion) -> Outcome {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "prox", &mut script);
    print(script)?;
    Ok(Exit::Ok)
}
