//! `prox up -d`: starts this program again without a terminal, and waits on a pipe for the outcome
//! of the start.

use std::io::Write as _;
use std::process::Stdio;

use jiff::SignedDuration;
use rustix::fs::{Mode, OFlags};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::{Child, Command};
use tokio::signal::unix::{SignalKind, signal};

use super::project::{ProjectLocation, client};
use super::status::addresses;
use super::{print, print_json};
use crate::args::{Global, Up};
use crate::exit::{Exit, Failure, Outcome};
use crate::terminal::has_colour;
use prox_control::api_types::{EventParams, LogParams, Overall, StatusView};
use prox_control::registry::Instance;
use prox_control::{Client, Context};
use prox_events::{Event, Health, Kind, ProcessView, Status};
use prox_logs::render::Renderer;

/// The number of log lines that are shown for a failed process.
const LINES: usize = 20;

/// A report of the background process, one line on its standard output.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
enum Report {
    /// The local API answers.
    Started { instance: Box<Instance> },
    /// All processes are healthy or completed.
    Settled,
    /// A process failed, and will not become healthy by itself.
    Failed { reason: String },
}

/// Creates a session of its own, so that the project does not end with the terminal.
pub(super) fn leave_terminal() {
    // This fails only for a process group leader, such as a process that a shell started in the
    // foreground.
    let _ = rustix::process::setsid();
}

/// Reports the outcome of the start to the waiting command, and then closes its pipes.
pub(super) async fn report(context: &Context) {
    let started = Report::Started {
        instance: Box::new(Instance::clone(&context.instance)),
    };
    say(&started);
    let settled = match context.supervisor.settled().await {
        Ok(()) => Report::Settled,
        Err(reason) => Report::Failed { reason },
    };
    say(&settled);
    if let Ok(null) = rustix::fs::open("/dev/null", OFlags::RDWR, Mode::empty()) {
        let _ = rustix::stdio::dup2_stdout(&null);
        let _ = rustix::stdio::dup2_stderr(&null);
    }
}

/// Writes a report. Ignores that the waiting command may have ended.
fn say(report: &Report) {
    if let Ok(text) = serde_json::to_string(report) {
        let mut out = std::io::stdout().lock();
        let _ = writeln!(out, "{text}").and_then(|()| out.flush());
    }
}

/// Starts the background process and waits for its report.
pub(super) fn start(global: &Global, args: &Up, place: &ProjectLocation) -> Outcome {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(wait(global, args, place))
}

async fn wait(global: &Global, args: &Up, place: &ProjectLocation) -> Outcome {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let mut command = Command::new(prox_supervisor::run::this_program());
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
        () = tokio::time::sleep(args.timeout) => Some(waiting.give_up(&mut child, args).await),
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
            return Err(Failure::message(
                Exit::Failure,
                "the pipes were not created",
            ));
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
        // It ended without a report, and has printed the reason on standard error.
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
                "running in the background, pid {}; `prox logs -f` follows, `prox down` ends it\n{}",
                status.pid,
                addresses(&status)
            ))?;
        }
        Ok(Exit::Ok)
    }

    /// Reports the timeout, with the last lines of each process that is not ready. Running
    /// processes keep running.
    async fn give_up(&self, child: &mut Child, args: &Up) -> Outcome {
        let limit = format!(
            "{:#}",
            SignedDuration::try_from(args.timeout).unwrap_or_default()
        );
        if self.client.is_none() {
            child.kill().await?;
            let text = format!("the supervisor did not start within {limit}, and was killed");
            return Err(Failure::message(Exit::NotReady, text));
        }
        let (client, status) = self.status().await?;
        let late: Vec<&ProcessView> = status.processes.iter().filter(|it| is_late(it)).collect();
        let began = |view: &ProcessView| {
            view.status.has_process() || view.exit_code.is_some() || view.signal.is_some()
        };
        show_last_lines(client, late.iter().copied().filter(|view| began(view))).await?;
        let states: Vec<String> = late
            .iter()
            .map(|view| {
                let state = view.reason.as_deref().unwrap_or(view.status.name());
                format!("{}: {state}", view.name)
            })
            .collect();
        Err(not_well(
            Exit::NotReady,
            format!("not ready within {limit}; {}", states.join("; ")),
        ))
    }

    /// Reports the failure, with the last lines of each process that failed.
    async fn failed(&self, reason: &str) -> Outcome {
        let (client, status) = self.status().await?;
        show_last_lines(client, status.processes.iter().filter(|it| has_failed(it))).await?;
        let exit = match Overall::of(&status.processes) {
            Overall::Crashed => Exit::Crashed,
            _ => Exit::NotReady,
        };
        Err(not_well(exit, reason))
    }
}

fn not_well(exit: Exit, reason: impl std::fmt::Display) -> Failure {
    Failure::help(
        exit,
        reason,
        "what has started keeps running: `prox status` shows it, `prox down` stops it",
    )
}

pub(super) async fn show_last_lines(
    client: &Client,
    of: impl Iterator<Item = &ProcessView>,
) -> Result<(), Failure> {
    let mut renderer = Renderer::new(has_colour(), []);
    for view in of {
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
    Ok(())
}

fn has_failed(view: &ProcessView) -> bool {
    view.status == Status::Crashed || view.health == Some(Health::Unhealthy)
}

/// Whether a process is not ready yet, but may become ready.
fn is_late(view: &ProcessView) -> bool {
    match view.status {
        Status::Starting | Status::Waiting | Status::Stopping => true,
        Status::Running => view.kind == Kind::Task,
        Status::Stopped | Status::Completed | Status::Crashed | Status::Blocked => false,
    }
}

async fn stop(progress: Option<tokio::task::JoinHandle<()>>) {
    if let Some(progress) = progress {
        progress.abort();
        let _ = progress.await;
    }
}

/// Prints each change of a process's state, until it is stopped.
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
        let before = shown.insert(view.name.clone(), state.clone());
        // Processes that were not started are left out.
        let never_began = before.is_none() && view.status == Status::Stopped;
        if before.as_ref() != Some(&state) && !never_began {
            let _ = print(format!("{}: {state}\n", view.name));
        }
    }
}
