//! `prox man`: the manual, made from the same description as the command line.

use std::fs;
use std::path::Path;

use clap::CommandFactory as _;
use clap_mangen::roff::{Roff, bold, roman};

use super::print;
use crate::args::{Cli, Man};
use crate::exit::{Exit, Outcome};

pub(super) fn run(args: &Man) -> Outcome {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    match &args.dir {
        Some(dir) => {
            fs::create_dir_all(dir)?;
            write_pages(dir, &command)?;
        }
        None => print(page(&command)?)?,
    }
    Ok(Exit::Ok)
}

fn write_pages(dir: &Path, command: &clap::Command) -> std::io::Result<()> {
    let name = command.get_display_name().unwrap_or(command.get_name());
    fs::write(dir.join(format!("{name}.1")), page(command)?)?;
    for subcommand in command.get_subcommands().filter(|it| !it.is_hide_set()) {
        write_pages(dir, subcommand)?;
    }
    Ok(())
}

fn page(command: &clap::Command) -> std::io::Result<Vec<u8>> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command.clone())
        .source(concat!("prox ", env!("CARGO_PKG_VERSION")))
        .render(&mut page)?;
    let mut codes = Roff::new();
    codes.control("SH", ["EXIT STATUS"]);
    for exit in Exit::ALL {
        codes.control("TP", []);
        codes.text([bold(exit.code().to_string())]);
        codes.text([roman(exit.meaning())]);
    }
    codes.to_writer(&mut page)?;
    Ok(page)
}
