//! `prox attach`: shows a project that runs; leaving it changes nothing.

use super::logs::Printer;
use super::no_terminal;
use super::project::{block_on, client, locate, not_running, running};
use crate::api::shape::LogParams;
use crate::args::{Attach, Global};
use crate::exit::{Exit, Outcome};
use crate::terminal::is_interactive;
use crate::tui;

/// Lines to begin with.
const LINES: usize = 50;

pub(super) fn run(global: &Global, args: &Attach) -> Outcome {
    let place = locate(global)?;
    let Some(instance) = running(&place)? else {
        return Err(not_running(&place));
    };
    let client = client(&instance);
    if args.tui {
        if !is_interactive() {
            return Err(no_terminal());
        }
        let name = instance.project_path.file_name().unwrap_or_default();
        return block_on(async {
            tui::run(client, &name.to_string_lossy(), tui::Role::Attached).await?;
            Ok(Exit::Ok)
        });
    }
    let mut printer = Printer::new(global);
    block_on(async {
        let processes = client.processes().await?;
        printer.names(processes.into_iter().map(|it| it.name).collect());
        let params = LogParams {
            n: Some(LINES),
            ..LogParams::default()
        };
        let mut lines = client.log_stream(&params).await?;
        while let Some(line) = lines.next().await? {
            printer.line(&line)?;
        }
        Ok(Exit::Ok)
    })
}
