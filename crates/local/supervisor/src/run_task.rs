//! One run of a process or task, or one search for a dependency: carries it out and reports the
//! outcome to the actor.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use regex::bytes::Regex;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::caused::Asked;
use super::launch::{Launch, Wiring};
use super::links::Links;
use super::plan::{Exit, Input, Run};
use super::probe::{self, ProbeContext};
use super::running::{self, Output, ProcessCommand};
use super::{Terminal, specs};
use prox_config::model::{Dependency, Probe, Process, Project};

/// The size of a terminal without a screen.
const TERMINAL: Wiring = Wiring::Terminal {
    columns: 120,
    rows: 40,
};

/// How long any try to find a dependency may take, so that the last one, too, can say what is
/// wrong.
const SHORTEST_TRY: Duration = Duration::from_secs(1);

/// What is needed to run something once, or to look for a dependency.
pub(super) struct RunTask {
    pub(super) links: Links,
    pub(super) project: Arc<Project>,
    pub(super) name: String,
    pub(super) run: Run,
    pub(super) stop_signal: i32,
    /// What its health check asks it for.
    pub(super) asked: Arc<Asked>,
}

impl RunTask {
    /// Starts it and reports what happens, until all of its processes are gone.
    pub(super) async fn live(self, mut commands: mpsc::UnboundedReceiver<ProcessCommand>) {
        let exit = match self.launch() {
            Some(launch) => self.begin(launch, &mut commands).await,
            None => Exit::Failed("it is not in the configuration".into()),
        };
        self.links.tell(Input::Exited {
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
            stop_timeout: specs::TASK_STOPS,
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
            asked: Some(Arc::clone(&self.asked)),
        };
        let started = |pid| {
            let log = &self.links.system_log;
            log.append(&self.name, format!("started, process {pid}"));
            self.links.tell(Input::Spawned {
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
                () = seen.cancelled() => self.links.tell(Input::LogReady {
                    name: self.name.clone(),
                    run: self.run,
                }),
            }
        }
        lives.await
    }

    /// Looks for a dependency; starts it when it is not available.
    pub(super) async fn look(self) {
        let found = match self.project.dependencies.get(&self.name) {
            Some(dependency) => self.find(dependency).await,
            None => Err("it is not in the configuration".to_owned()),
        };
        let (name, run) = (self.name.clone(), self.run);
        self.links.tell(match found {
            Ok(()) => Input::Found { name, run },
            Err(reason) => Input::Absent { name, run, reason },
        });
    }

    async fn find(&self, dependency: &Dependency) -> Result<(), String> {
        let context = ProbeContext {
            runner: &self.links.prox,
            dir: &self.project.root,
            env: &BTreeMap::new(),
            leader: None,
            asked: None,
        };
        let deadline = Instant::now() + dependency.timeout;
        let attempt = || {
            let left = deadline.saturating_duration_since(Instant::now());
            probe::once(&dependency.check, context, left.max(SHORTEST_TRY))
        };
        if attempt().await.is_ok() {
            return Ok(());
        }
        if let Some(cmd) = &dependency.start {
            self.bring_about(cmd.clone());
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

    /// Runs the command that starts a dependency, for as long as it takes. What it leaves behind
    /// stays; what still runs in it when prox ends, ends, too.
    fn bring_about(&self, cmd: String) {
        let links = self.links.clone();
        let dir = self.project.root.clone();
        let stop_signal = self.stop_signal;
        let output = Output {
            name: self.name.clone(),
            logs: Arc::clone(&self.links.logs),
            line: None,
            asked: None,
        };
        tokio::spawn(async move {
            let say = |text: String| links.system_log.append(&output.name, text);
            say(format!("is not available; starting it: {cmd}"));
            let launch = Launch {
                runner: &links.prox,
                cmd: &cmd,
                dir: &dir,
                env: &BTreeMap::new(),
                wiring: Wiring::Pipes,
                stop_signal,
                stop_timeout: specs::TASK_STOPS,
                keeps_descendants: true,
            };
            let exit = match launch.start() {
                Ok(mut launched) => {
                    // It reads the end of its input.
                    launched.input = None;
                    let (_, mut no_commands) = mpsc::unbounded_channel();
                    let started = |_| links.system_log.flush();
                    running::follow(launched, &output, &mut no_commands, started).await
                }
                Err(reason) => Exit::Failed(reason),
            };
            if exit != Exit::Code(0) {
                say(format!("its start command {}", exit.words()));
            }
        });
    }
}

/// The line that makes a process healthy, when there is such a line.
fn line(process: &Process) -> Option<(Regex, CancellationToken)> {
    let Probe::Log(pattern) = &process.healthcheck.as_ref()?.probe else {
        return None;
    };
    let regex = Regex::new(pattern).ok()?;
    Some((regex, CancellationToken::new()))
}
