//! One run of a process or task, or one search for a dependency. Reports its outcome to the actor.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use regex::bytes::Regex;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::launch::{Launch, Wiring};
use super::links::Links;
use super::plan::{Exit, Input, Run};
use super::probe::{self, ProbeContext};
use super::probe_lines::ProbeRequests;
use super::running::{self, Output, ProcessCommand};
use super::{Terminal, specs};
use prox_config::model::{Dependency, Probe, Process, Project};

/// A terminal of the default size.
const TERMINAL: Wiring = Wiring::Terminal {
    columns: 120,
    rows: 40,
};

/// The minimum timeout of an attempt to find a dependency, so that the last one still gets a
/// meaningful error.
const MIN_ATTEMPT: Duration = Duration::from_secs(1);

/// A run of a process or task, or a search for a dependency.
pub(super) struct RunTask {
    pub(super) links: Links,
    pub(super) project: Arc<Project>,
    pub(super) name: String,
    pub(super) run: Run,
    pub(super) stop_signal: i32,
    /// The requests of its health check.
    pub(super) probe_requests: Arc<ProbeRequests>,
}

impl RunTask {
    /// Starts the process and reports what happens, until all its descendants have ended.
    pub(super) async fn live(self, mut commands: mpsc::UnboundedReceiver<ProcessCommand>) {
        let exit = match self.launch() {
            Some(launch) => self.begin(launch, &mut commands).await,
            None => Exit::Failed("it is not in the configuration".into()),
        };
        self.links.report(Input::Exited {
            name: self.name.clone(),
            run: self.run,
            exit,
        });
    }

    fn launch(&self) -> Option<Launch<'_>> {
        if let Some(process) = self.project.processes.get(&self.name) {
            return Some(Launch {
                runner: &self.links.prox,
                cmd: &process.cmd,
                dir: &process.dir,
                env: &process.env,
                wiring: if process.pty { TERMINAL } else { Wiring::Pipes },
                stop_signal: self.stop_signal,
                stop_timeout: process.stop_timeout,
                keeps_descendants: false,
            });
        }
        let task = self.project.tasks.get(&self.name)?;
        Some(Launch {
            runner: &self.links.prox,
            cmd: &task.cmd,
            dir: &task.dir,
            env: &task.env,
            wiring: Wiring::Pipes,
            stop_signal: self.stop_signal,
            stop_timeout: specs::TASK_STOP_TIMEOUT,
            keeps_descendants: false,
        })
    }

    async fn begin(
        &self,
        launch: Launch<'_>,
        commands: &mut mpsc::UnboundedReceiver<ProcessCommand>,
    ) -> Exit {
        let mut launched = match launch.start() {
            Ok(launched) => launched,
            Err(reason) => return Exit::Failed(reason),
        };
        if let Some(writer) = launched.input.take() {
            let terminal = Terminal {
                run: self.run,
                writer: tokio::sync::Mutex::new(writer),
                device: launched.terminal.take(),
            };
            self.links
                .inputs
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .insert(self.name.clone(), Arc::new(terminal));
        }
        let output = Output {
            name: self.name.clone(),
            logs: Arc::clone(&self.links.logs),
            line: self.project.processes.get(&self.name).and_then(line),
            probe_requests: Some(Arc::clone(&self.probe_requests)),
        };
        let started = |pid| {
            let log = &self.links.system_log;
            log.append(&self.name, format!("started, process {pid}"));
            self.links.report(Input::Spawned {
                name: self.name.clone(),
                run: self.run,
                pid,
            });
            log.flush()
        };
        let seen = output.line.as_ref().map(|(_, seen)| seen.clone());
        let lives = running::follow(launched, &output, commands, started);
        tokio::pin!(lives);
        if let Some(seen) = seen {
            tokio::select! {
                exit = &mut lives => return exit,
                () = seen.cancelled() => self.links.report(Input::LogReady {
                    name: self.name.clone(),
                    run: self.run,
                }),
            }
        }
        lives.await
    }

    /// Waits for a dependency. Runs its start command when the first check fails.
    pub(super) async fn look(self) {
        let found = match self.project.dependencies.get(&self.name) {
            Some(dependency) => self.find(dependency).await,
            None => Err("it is not in the configuration".to_owned()),
        };
        let (name, run) = (self.name.clone(), self.run);
        self.links.report(match found {
            Ok(()) => Input::DependencyFound { name, run },
            Err(reason) => Input::DependencyMissing { name, run, reason },
        });
    }

    async fn find(&self, dependency: &Dependency) -> Result<(), String> {
        let context = ProbeContext {
            runner: &self.links.prox,
            dir: &self.project.root,
            env: &BTreeMap::new(),
            leader: None,
            probe_requests: None,
        };
        let deadline = Instant::now() + dependency.timeout;
        let attempt = || {
            let left = deadline.saturating_duration_since(Instant::now());
            probe::once(&dependency.check, context, left.max(MIN_ATTEMPT))
        };
        if attempt().await.is_ok() {
            return Ok(());
        }
        if let Some(cmd) = &dependency.start {
            self.start_dependency(cmd.clone());
        }
        loop {
            tokio::time::sleep(dependency.interval).await;
            match attempt().await {
                Ok(()) => return Ok(()),
                Err(reason) if Instant::now() >= deadline => {
                    let limit = dependency.timeout.as_secs_f64();
                    return Err(format!("it was not available within {limit} s: {reason}"));
                }
                Err(_) => {}
            }
        }
    }

    /// Runs the start command of a dependency to its end. Its descendants keep running; the command
    /// itself ends with `prox`.
    fn start_dependency(&self, cmd: String) {
        let links = self.links.clone();
        let dir = self.project.root.clone();
        let stop_signal = self.stop_signal;
        let output = Output {
            name: self.name.clone(),
            logs: Arc::clone(&self.links.logs),
            line: None,
            probe_requests: None,
        };
        tokio::spawn(async move {
            let log_line = |text: String| links.system_log.append(&output.name, text);
            log_line(format!("is not available; starting it: {cmd}"));
            let launch = Launch {
                runner: &links.prox,
                cmd: &cmd,
                dir: &dir,
                env: &BTreeMap::new(),
                wiring: Wiring::Pipes,
                stop_signal,
                stop_timeout: specs::TASK_STOP_TIMEOUT,
                keeps_descendants: true,
            };
            let exit = match launch.start() {
                Ok(mut launched) => {
                    // The command sees the end of its input.
                    launched.input = None;
                    let (_, mut no_commands) = mpsc::unbounded_channel();
                    let started = |_| links.system_log.flush();
                    running::follow(launched, &output, &mut no_commands, started).await
                }
                Err(reason) => Exit::Failed(reason),
            };
            if exit != Exit::Code(0) {
                log_line(format!("its start command {}", exit.describe()));
            }
        });
    }
}

/// The line of the health check, when the check looks for a line.
fn line(process: &Process) -> Option<(Regex, CancellationToken)> {
    let Probe::Log(pattern) = &process.healthcheck.as_ref()?.probe else {
        return None;
    };
    let regex = Regex::new(pattern).ok()?;
    Some((regex, CancellationToken::new()))
}
