//! `prox attach`: opens the terminal interface of a running project. Leaving it changes nothing.

use super::logs::Printer;
use super::no_terminal;
use super::project::{self, block_on, locate, not_running, running};
use crate::args::{Attach, Global};
use crate::exit::{Exit, Outcome};
use crate::terminal::is_interactive;
use prox_control::api_types::LogParams;

/// The number of stored lines to show first.
const LINES: usize = 50;

pub(super) fn run(global: &Global, args: &Attach) -> Outcome {
    let place = locate(global)?;
    let Some(instance) = running(&place)? else {
        return Err(not_running(&place));
    };
    let client = project::client(&instance);
    if args.tui {
        if !is_interactive() {
            return Err(no_terminal());
        }
        let name = instance.project_path.file_name().unwrap_or_default();
        // An error of the registry may be temporary, so it counts as no supervisor.
        let find = move || running(&place).ok().flatten().as_ref().map(project::client);
        return block_on(async {
            prox_tui::run(client, &name.to_string_lossy(), Some(Box::new(find))).await?;
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
