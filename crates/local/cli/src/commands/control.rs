//! `prox start`, `stop`, `restart` and `reload`: passed on to the supervisor.

use super::project::{block_on, connect, locate};
use super::{print, print_json};
use crate::args::{Global, Names};
use crate::exit::{Exit, Failure, Outcome};
use prox_control::{Client, ClientError};
use prox_events::ProcessView;

/// What to do with the names.
#[derive(Clone, Copy, Debug)]
pub(super) enum Action {
    Start,
    Stop,
    Restart,
}

impl Action {
    async fn apply(self, client: &Client, name: &str) -> Result<Vec<ProcessView>, ClientError> {
        match self {
            Self::Start => client.start(name).await,
            Self::Stop => client.stop(name).await,
            Self::Restart => client.restart(name).await,
        }
    }
}

pub(super) fn run(global: &Global, args: &Names, action: Action) -> Outcome {
    let client = connect(global)?;
    let views = block_on(async {
        let mut views = Vec::new();
        for name in &args.names {
            views.extend(action.apply(&client, name).await?);
        }
        Ok(views)
    })?;
    if global.json {
        print_json(&views)?;
    } else {
        for view in &views {
            print(format!("{}: {}\n", view.name, view.status.name()))?;
        }
    }
    Ok(Exit::Ok)
}

pub(super) fn reload(global: &Global) -> Outcome {
    let client = connect(global)?;
    let report = block_on(async { Ok(client.reload().await) })?;
    let report = report.map_err(|error| refused(global, error))?;
    if global.json {
        print_json(&report)?;
        return Ok(Exit::Ok);
    }
    let mut parts = report.parts();
    if parts.is_empty() {
        parts.push("nothing changed".to_owned());
    }
    print(parts.join("\n") + "\n")?;
    Ok(Exit::Ok)
}

/// With the mistakes themselves, which read better than the supervisor's words. Those stay when the
/// file is right in the environment of this command.
fn refused(global: &Global, error: ClientError) -> Failure {
    const WRONG: &str = "CONFIG_RELOAD_FAILED";
    if error.code() == Some(WRONG)
        && let Ok(place) = locate(global)
        && let Err(errors) = prox_config::load(&place.file)
    {
        return Failure::from(errors).with_code(WRONG);
    }
    error.into()
}
