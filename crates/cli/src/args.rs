//! The command line: what can be asked for. Never does any of it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

/// Run everything on a machine, see every request.
#[derive(Debug, Parser)]
#[command(
    name = "prox",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
pub struct Cli {
    /// What every command understands.
    #[command(flatten)]
    pub global: Global,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// What every command understands.
#[derive(Args, Clone, Debug, Default)]
pub struct Global {
    /// Configuration file, instead of the prox.yaml of this folder or of one above it
    #[arg(short, long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print JSON, errors too
    #[arg(long, global = true)]
    pub json: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print shell completions
    Completion(Completion),
    /// Print the version
    Version,
    /// Print the manual as roff, or write one page for each command into a folder
    #[command(hide = true)]
    Man(Man),
}

/// `prox completion`
#[derive(Args, Debug)]
pub struct Completion {
    /// For which shell
    pub shell: clap_complete::Shell,
}

/// `prox man`
#[derive(Args, Debug)]
pub struct Man {
    /// The folder
    pub dir: Option<PathBuf>,
}
