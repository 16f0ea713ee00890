//! `prox import`: converts another program's file to a `prox.yaml`, printed or written. Never
//! overwrites a file.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write as _};
use std::path::Path;

use serde_json::json;

use super::{print, print_json};
use crate::args::{Global, Import};
use crate::exit::{Exit, Failure, Outcome};
use prox_config::import::{Note, import};

pub(super) fn run(global: &Global, args: &Import) -> Outcome {
    let imported = import(&args.file, args.format)?;
    if let Some(output) = &args.output {
        write_new(output, &imported.yaml)?;
    }
    if global.json {
        print_json(&json!({
            "format": imported.format,
            "output": args.output,
            "yaml": imported.yaml,
            "notes": imported.notes,
        }))?;
        return Ok(Exit::Ok);
    }
    match &args.output {
        None => print(&imported.yaml)?,
        Some(output) => print(format!(
            "Wrote {}. `prox config check` checks it.\n",
            output.display()
        ))?,
    }
    print_notes(&args.file, &imported.notes)?;
    Ok(Exit::Ok)
}

fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes()))
        .map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => Failure::help(
                Exit::Failure,
                format!("{} already exists", path.display()),
                "name another --output, or move the old file away first",
            ),
            _ => Failure::message(
                Exit::Failure,
                format!("cannot write {}: {error}", path.display()),
            ),
        })
}

/// Prints the notes on standard error, so that standard output has only the file.
fn print_notes(file: &Path, notes: &[Note]) -> std::io::Result<()> {
    if notes.is_empty() {
        return Ok(());
    }
    let mut err = std::io::stderr().lock();
    writeln!(err, "Not the same as before:")?;
    for note in notes {
        writeln!(err, "  {}:{}: {}", file.display(), note.line, note.message)?;
    }
    Ok(())
}
