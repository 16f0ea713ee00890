//! `prox man`: the manual page, generated from the definition of the command line.

use std::fs;
use std::path::Path;

use clap::CommandFactory as _;
use clap_mangen::roff::{Roff, bold, roman};

use super::print;
use crate::args::{Cli, ENVIRONMENT, Man};
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
    let codes = Exit::ALL.map(|exit| (exit.code().to_string(), exit.meaning()));
    list("EXIT STATUS", codes).to_writer(&mut page)?;
    let variables = ENVIRONMENT.map(|(name, what)| (name.to_owned(), what));
    list("ENVIRONMENT", variables).to_writer(&mut page)?;
    Ok(page)
}

/// A section with names and their descriptions.
fn list(title: &str, rows: impl IntoIterator<Item = (String, &'static str)>) -> Roff {
    let mut section = Roff::new();
    section.control("SH", [title]);
    for (name, meaning) in rows {
        section.control("TP", []);
        section.text([bold(name)]);
        section.text([roman(meaning)]);
    }
    section
}
