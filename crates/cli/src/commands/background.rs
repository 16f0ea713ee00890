//! `prox up -d`: the same program once more, without a terminal; and the pipe on which that one
//! tells the waiting command how the start went.

use std::io::Write as _;
use std::process::Stdio;
use std::time::Duration;

use jiff::Timestamp;
use rustix::fs::{Mode, OFlags};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};

use super::project::{Place, client};
use super::{print, print_json};
use crate::api::shape::{EventParams, LogParams, Overall, StatusView};
use crate::api::{Client, Context};
use crate::args::{Global, Up};
use crate::event::{Event, Health, ProcessView, Status};
use crate::exit::{Exit, Failure, Outcome};
use crate::logs::render::Renderer;
use crate::registry::Instance;
use crate::terminal::has_colour;

/// How long something without a health check must have run to be taken for well.
const FIRST_MOMENT: Duration = Duration::from_secs(1);
/// Lines shown of what failed.
const LINES: usize = 20;

/// What the background process says on its standard output, a line each.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Report {
    /// The local API answers.
    Started { instance: Box<Instance> },
    /// All is healthy.
    Settled,
    /// Something is not, and will not be by itself.
    Failed { reason: String },
}

/// A session of its own, so that the end of the terminal is not the end of the project.
pub(super) fn leave_terminal() {
    // It fails only for who leads a group already, as when a shell started it in the foreground.
    let _ = rustix::process::setsid();
}

/// Tells the waiting command how it goes, and then lets go of its pipes.
pub(super) async fn report(context: &Context) {
    let started = Report::Started {
        instance: Box::new(Instance::clone(&context.instance)),
    };
    say(&started);
    let settled = match settled(context).await {
        Ok(()) => Report::Settled,
        Err(reason) => Report::Failed { reason },
    };
    say(&settled);
    if let Ok(null) = rustix::fs::open("/dev/null", OFlags::RDWR, Mode::empty()) {
        let _ = rustix::stdio::dup2_stdout(&null);
        let _ = rustix::stdio::dup2_stderr(&null);
    }
}

/// Waits until all is healthy; what has no health check must have run for a moment, so that what
/// ends at once is not taken for well.
async fn settled(context: &Context) -> Result<(), String> {
    context.supervisor.settled().await?;
    let now = Timestamp::now();
    let youngest = context
        .supervisor
        .views()
        .iter()
        .filter(|view| view.status == Status::Running && view.health.is_none())
        .filter_map(|view| view.started_at.as_deref()?.parse::<Timestamp>().ok())
        .map(|started| now.duration_since(started))
        .min();
    let age = youngest.and_then(|age| Duration::try_from(age).ok());
    if let Some(rest) = age.and_then(|age| FIRST_MOMENT.checked_sub(age)) {
        tokio::time::sleep(rest).await;
    }
    context.supervisor.settled().await
}

/// A command that went away does not hear it.
fn say(report: &Report) {
    if let Ok(text) = serde_json::to_string(report) {
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{text}").and_then(|()| out.flush());
    }
}

/// Starts the background process and waits for its report.
pub(super) fn start(global: &Global, args: &Up, place: &Place) -> Outcome {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(wait(global, args, place))
}

async fn wait(global: &Global, args: &Up, place: &Place) -> Outcome {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut command = Command::new(crate::run::this_program());
    command.arg0("prox");
    command.arg("--config").arg(&place.file);
    if global.json {
        command.arg("--json");
    }
    command.args(["up", "--in-background"]);
    if args.watch_config {
        command.arg("--watch-config");
    }
    command
        .arg("--")
        .args(&args.names)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn()?;
    let mut waiting = Waiting {
        json: global.json,
        client: None,
    };
    let outcome = tokio::select! {
        outcome = waiting.read(&mut child) => Some(outcome),
        _ = interrupt.recv() => None,
        _ = terminate.recv() => None,
    };
    if let Some(outcome) = outcome {
        return outcome;
    }
    match &waiting.client {
        Some(client) => client.shutdown().await?,
        None => child.kill().await?,
    }
    child.wait().await?;
    Err(Failure::message(
        Exit::Failure,
        "cancelled; everything was stopped again",
    ))
}

struct Waiting {
    json: bool,
    client: Option<Client>,
}

impl Waiting {
    async fn read(&mut self, child: &mut Child) -> Outcome {
        let (Some(stdout), Some(mut stderr)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(Failure::message(Exit::Failure, "the pipes were not made"));
        };
        let mut lines = BufReader::new(stdout).lines();
        let mut progress = None;
        let mut other = String::new();
        while let Some(line) = lines.next_line().await? {
            match serde_json::from_str(&line) {
                Ok(Report::Started { instance }) => {
                    let client = client(&instance);
                    if !self.json {
                        progress = Some(tokio::spawn(show_progress(client.clone())));
                    }
                    self.client = Some(client);
                }
                Ok(Report::Settled) => {
                    stop(progress).await;
                    return self.settled().await;
                }
                Ok(Report::Failed { reason }) => {
                    stop(progress).await;
                    return self.failed(&reason).await;
                }
                Err(_) => other = other + &line + "\n",
            }
        }
        // It ended without a report: it said on standard error why.
        stop(progress).await;
        let mut complaint = Vec::new();
        stderr.read_to_end(&mut complaint).await?;
        let status = child.wait().await?;
        let _ = std::io::stderr().write_all(&complaint);
        print(other)?;
        Ok(status
            .code()
            .and_then(Exit::from_code)
            .filter(|exit| *exit != Exit::Ok)
            .unwrap_or(Exit::Failure))
    }

    async fn status(&self) -> Result<(&Client, StatusView), Failure> {
        let client = self.client.as_ref().ok_or_else(|| {
            Failure::message(Exit::Failure, "the supervisor reported out of order")
        })?;
        Ok((client, client.status().await?))
    }

    async fn settled(&self) -> Outcome {
        let (_, status) = self.status().await?;
        if self.json {
            print_json(&status)?;
        } else {
            print(format!(
                "running in the background, pid {}; `prox logs -f` follows, `prox down` ends it\n",
                status.pid
            ))?;
        }
        Ok(Exit::Ok)
    }

    /// With the last lines of whatever failed.
    async fn failed(&self, reason: &str) -> Outcome {
        let (client, status) = self.status().await?;
        let mut renderer = Renderer::new(has_colour(), []);
        for view in status.processes.iter().filter(|view| has_failed(view)) {
            let lines = client
                .logs(&LogParams {
                    process: Some(view.name.clone()),
                    n: Some(LINES),
                    ..LogParams::default()
                })
                .await?;
            let text: String = lines.iter().map(|line| renderer.line(line)).collect();
            let _ = std::io::stderr().write_all(text.as_bytes());
        }
        let (exit, code) = match Overall::of(&status.processes) {
            Overall::Crashed => (Exit::Crashed, "CRASHED"),
            _ => (Exit::NotReady, "NOT_READY"),
        };
        Err(Failure::help(
            exit,
            reason,
            "what did start goes on: `prox status` shows it, `prox down` ends it",
        )
        .with_code(code))
    }
}

fn has_failed(view: &ProcessView) -> bool {
    view.status == Status::Crashed || view.health == Some(Health::Unhealthy)
}

async fn stop(progress: Option<tokio::task::JoinHandle<()>>) {
    if let Some(progress) = progress {
        progress.abort();
        let _ = progress.await;
    }
}

/// Prints each change of a state, until it is stopped.
async fn show_progress(client: Client) {
    let Ok(mut events) = client.events(&EventParams::default()).await else {
        return;
    };
    let mut shown = std::collections::HashMap::new();
    while let Ok(Some(event)) = events.next().await {
        let Event::Process(view) = event else {
            continue;
        };
        let state = match view.health {
            Some(Health::Healthy) => "healthy".to_owned(),
            Some(Health::Unhealthy) => "unhealthy".to_owned(),
            _ => view.status.name().to_owned(),
        };
        if shown.insert(view.name.clone(), state.clone()) != Some(state.clone()) {
            let _ = print(format!("{}: {state}\n", view.name));
        }
    }
}
