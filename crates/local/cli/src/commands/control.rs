//! `prox start`, `stop`, `restart` and `reload`: commands to the supervisor.

use std::collections::HashMap;
use std::time::Duration;

use tokio::time::Instant;

use super::background::show_last_lines;
use super::project::{block_on, connect, locate};
use super::status::addresses;
use super::{print, print_json};
use crate::args::{Global, Names, StartNames, Up};
use crate::exit::{Exit, Failure, Outcome};
use prox_config::format_duration;
use prox_control::api_types::EventParams;
use prox_control::{Client, ClientError};
use prox_events::{Event, Health, Kind, ProcessView, Status};

/// The time that a process without a health check must run before it counts as started…
const SETTLE_TIME: Duration = Duration::from_secs(1);
/// … and the time when it has crashed in the meantime.
const SETTLE_TIME_AFTER_CRASH: Duration = Duration::from_secs(2);

/// The command that starts a process.
#[derive(Clone, Copy, Debug)]
pub(super) enum Action {
    Start,
    Restart,
}

impl Action {
    async fn apply(self, client: &Client, name: &str) -> Result<Vec<ProcessView>, ClientError> {
        match self {
            Self::Start => client.start(name).await,
            Self::Restart => client.restart(name).await,
        }
    }
}

pub(super) fn stop(global: &Global, args: &Names) -> Outcome {
    let client = connect(global)?;
    let views = block_on(async {
        let mut views = Vec::new();
        for name in &args.names {
            views.extend(client.stop(name).await?);
        }
        Ok(views)
    })?;
    show(global, &views)
}

pub(super) fn start(global: &Global, args: &StartNames, action: Action) -> Outcome {
    let client = connect(global)?;
    let views = block_on(async {
        let mut views = Vec::new();
        for name in &args.names {
            views.extend(action.apply(&client, name).await?);
        }
        if args.no_wait {
            return Ok(views);
        }
        wait(&client, &names(&views), args.timeout).await
    })?;
    show(global, &views)
}

/// `prox up -d NAME` while the project runs: starts these processes, too.
pub(super) fn start_beside(global: &Global, args: &Up, client: &Client) -> Outcome {
    let status = block_on(async {
        let mut started = Vec::new();
        for name in &args.names {
            match client.start(name).await {
                Ok(views) => started.extend(names(&views)),
                Err(error) if error.code() == Some("PROCESS_ALREADY_RUNNING") => {
                    started.push(name.clone());
                }
                Err(error) => return Err(error.into()),
            }
        }
        let views = wait(client, &started, args.timeout).await?;
        if !global.json {
            show(global, &views)?;
        }
        Ok(client.status().await?)
    })?;
    if global.json {
        print_json(&status)?;
    } else {
        print(addresses(&status))?;
    }
    Ok(Exit::Ok)
}

fn names(views: &[ProcessView]) -> Vec<String> {
    views.iter().map(|view| view.name.clone()).collect()
}

fn show(global: &Global, views: &[ProcessView]) -> Outcome {
    if global.json {
        print_json(&views)?;
        return Ok(Exit::Ok);
    }
    for view in views {
        let state = match view.health {
            Some(Health::Healthy) => "healthy",
            _ => view.status.name(),
        };
        print(format!("{}: {state}\n", view.name))?;
    }
    Ok(Exit::Ok)
}

/// A process whose readiness is awaited.
struct Awaited {
    view: ProcessView,
    /// The time since which it has had its status.
    since: Instant,
    /// Whether it has ended in the meantime.
    crashed: bool,
}

/// The expected outcome of an awaited process.
enum Prospect {
    Ready,
    NotYet,
    Failed(Exit, String),
}

impl Awaited {
    fn settles(&self) -> Instant {
        let wait = if self.crashed {
            SETTLE_TIME_AFTER_CRASH
        } else {
            SETTLE_TIME
        };
        self.since + wait
    }

    fn prospect(&self) -> Prospect {
        let reason = || self.view.reason.clone();
        match (self.view.status, self.view.health) {
            (Status::Running, Some(Health::Healthy)) | (Status::Completed, _) => Prospect::Ready,
            (Status::Running, Some(Health::Unhealthy)) => {
                let reason = reason().map_or_else(String::new, |reason| format!(": {reason}"));
                Prospect::Failed(Exit::NotReady, format!("is unhealthy{reason}"))
            }
            (Status::Running, None)
                if self.view.kind == Kind::Process && self.settles() <= Instant::now() =>
            {
                Prospect::Ready
            }
            (Status::Running | Status::Starting | Status::Stopping | Status::Waiting, _) => {
                Prospect::NotYet
            }
            (Status::Stopped, _) => Prospect::Failed(Exit::Failure, "was stopped".to_owned()),
            (Status::Blocked, _) => Prospect::Failed(
                Exit::Crashed,
                format!("is blocked: {}", reason().unwrap_or_default()),
            ),
            (Status::Crashed, _) => Prospect::Failed(
                Exit::Crashed,
                reason().unwrap_or_else(|| "has crashed".to_owned()),
            ),
        }
    }
}

/// Waits until all of these processes are ready. Fails when one cannot become ready by itself or
/// the timeout elapses, with the last lines of the processes that are not ready.
async fn wait(
    client: &Client,
    names: &[String],
    limit: Duration,
) -> Result<Vec<ProcessView>, Failure> {
    let deadline = Instant::now() + limit;
    // The stream begins with the state of every process.
    let mut events = client.events(&EventParams::default()).await?;
    let mut awaited: HashMap<String, Awaited> = HashMap::new();
    loop {
        let mut late = Vec::new();
        let mut next_look = deadline;
        for name in names {
            let Some(one) = awaited.get(name) else {
                late.push(None);
                continue;
            };
            match one.prospect() {
                Prospect::Ready => {}
                Prospect::NotYet => {
                    late.push(Some(&one.view));
                    if one.view.status == Status::Running && one.view.health.is_none() {
                        next_look = next_look.min(one.settles());
                    }
                }
                Prospect::Failed(exit, reason) => {
                    show_last_lines(client, std::iter::once(&one.view)).await?;
                    return Err(not_ready(exit, format!("{name} {reason}"), name));
                }
            }
        }
        if late.is_empty() {
            let views = names.iter().filter_map(|name| awaited.remove(name));
            return Ok(views.map(|one| one.view).collect());
        }
        if deadline <= Instant::now() {
            let late: Vec<&ProcessView> = late.into_iter().flatten().collect();
            show_last_lines(client, late.iter().copied()).await?;
            let states: Vec<String> = late
                .iter()
                .map(|view| {
                    let state = view.reason.as_deref().unwrap_or(view.status.name());
                    format!("{}: {state}", view.name)
                })
                .collect();
            let message = format!(
                "not ready within {}; {}",
                format_duration(limit),
                states.join("; ")
            );
            let first = late.first().map_or("NAME", |view| view.name.as_str());
            return Err(not_ready(Exit::NotReady, message, first));
        }
        tokio::select! {
            event = events.next() => match event? {
                Some(Event::Process(view)) if names.contains(&view.name) => {
                    let before = awaited.remove(&view.name);
                    let same = before.as_ref().is_some_and(|it| it.view.status == view.status);
                    let crashed = before.as_ref().is_some_and(|it| {
                        it.crashed || it.view.status == Status::Running && view.status == Status::Waiting
                    });
                    let since = before.filter(|_| same).map_or_else(Instant::now, |it| it.since);
                    awaited.insert(view.name.clone(), Awaited { view, since, crashed });
                }
                Some(_) => {}
                None => return Err(Failure::message(Exit::NotRunning, "prox has ended")),
            },
            () = tokio::time::sleep_until(next_look) => {}
        }
    }
}

fn not_ready(exit: Exit, message: String, name: &str) -> Failure {
    let help = format!("`prox logs --process {name}` shows its log");
    Failure::help(exit, message, help)
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

/// The error of a failed reload, with the mistakes of the configuration as this command finds them.
/// Uses the supervisor's message when the file is valid in the environment of this command.
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
