//! The supervisor runs a project: it starts processes in order, watches them, stops them, and
//! publishes their state. The scheduler [`plan`] makes the decisions without I/O; [`actor`]
//! executes them, each run in a [`run_task`].

mod actor;
mod files;
mod launch;
mod lines;
mod links;
mod listener;
mod orphans;
mod plan;
mod probe;
mod probe_lines;
pub mod procfs;
pub mod run;
mod run_task;
mod running;
mod specs;
mod stats;
mod system_log;
mod tls;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use indexmap::IndexMap;
use tokio::io::AsyncWriteExt;
use tokio::net::unix::pipe;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::timeout;

use actor::Actor;
use links::{Links, Message};
use plan::{Input, Ready};
use prox_config::model::{Project, Watch};
use prox_events::{EventBus, ProcessView, StartTime, Status};
use system_log::SystemLog;

/// The timeout of a write to the standard input of a process.
const STDIN_TIMEOUT: Duration = Duration::from_secs(5);

/// The quiet period after which a change of a configuration file is reported.
const FILE_DEBOUNCE: Duration = Duration::from_millis(200);

/// A running project.
#[derive(Debug)]
pub struct Supervisor {
    links: Links,
    now: watch::Receiver<Arc<Snapshot>>,
}

/// The state of the whole project at one time.
#[derive(Debug)]
struct Snapshot {
    views: IndexMap<String, ProcessView>,
    /// The start times of the current runs, by name.
    began: HashMap<String, StartTime>,
    ready: BTreeMap<String, Ready>,
    settled: Ready,
    groups: IndexMap<String, Vec<String>>,
    /// The files that the configuration was read from.
    sources: Arc<BTreeSet<PathBuf>>,
    closed: bool,
}

/// The standard inputs of the current runs, by name.
type Inputs = Mutex<HashMap<String, Arc<Terminal>>>;

/// The standard input of one run.
struct Terminal {
    run: plan::Run,
    writer: tokio::sync::Mutex<pipe::Sender>,
    device: Option<std::os::fd::OwnedFd>,
}

impl std::fmt::Debug for Terminal {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_tuple("Terminal").field(&self.run).finish()
    }
}

/// The error of a command to the supervisor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// No process, task, dependency or group has this name.
    #[error("there is no process or group named {name}{}", nearest.as_ref().map(|near| format!("; did you mean {near}?")).unwrap_or_default())]
    UnknownName {
        /// The name in the command.
        name: String,
        /// The most similar name.
        nearest: Option<String>,
    },
    /// The process is already running.
    #[error("{0} is already running")]
    AlreadyRunning(String),
    /// The process must be running for this command.
    #[error("{0} is not running")]
    NotRunning(String),
    /// The process does not read its standard input.
    #[error("{0} does not read its input")]
    InputBlocked(String),
    /// The supervisor is shutting down.
    #[error("prox is shutting down")]
    ShuttingDown,
}

/// The outcome of waiting until a process, task or dependency is ready.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Readiness {
    /// It is healthy, or runs and has no health check; a task has succeeded.
    Ready,
    /// It cannot become ready unless something else changes. The text says why.
    Failed(String),
    /// It was not ready in time.
    TimedOut,
    /// There is no process, task or dependency with this name.
    Unknown,
}

/// The changes of a reload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReloadReport {
    /// Names that the new configuration added.
    pub added: Vec<String>,
    /// Names that the new configuration no longer has.
    pub removed: Vec<String>,
    /// Processes that restart because their command, folder, variables or terminal changed.
    pub restarted: Vec<String>,
    /// Processes that keep running, with changed settings.
    pub changed: Vec<String>,
    /// Sections whose changes take effect with the next `prox up`.
    pub later: Vec<&'static str>,
}

impl Supervisor {
    /// Starts a project, or only these names and groups with everything that they depend on.
    /// Ignores names that do not exist. Must be called within a Tokio runtime.
    #[must_use]
    pub fn start(
        project: Project,
        only: Vec<String>,
        bus: Arc<EventBus>,
        logs: Arc<prox_logs::Store>,
    ) -> Arc<Self> {
        Self::start_with(crate::run::this_program(), project, only, bus, logs)
    }

    /// Starts a project as [`Self::start`] does, from a program other than `prox`. `prox` is the
    /// path of `prox`.
    #[must_use]
    pub fn start_with(
        prox: PathBuf,
        project: Project,
        only: Vec<String>,
        bus: Arc<EventBus>,
        logs: Arc<prox_logs::Store>,
    ) -> Arc<Self> {
        orphans::adopt();
        let (inbox, messages) = mpsc::unbounded_channel();
        let links = Links {
            prox: prox.into(),
            bus,
            system_log: SystemLog::new(Arc::clone(&logs)),
            logs,
            inbox,
            inputs: Arc::default(),
        };
        let (actor, now) = Actor::new(links.clone(), project, only);
        tokio::spawn(actor.run(messages));
        Arc::new(Self { links, now })
    }

    /// All processes, tasks and dependencies, in the order of the configuration.
    #[must_use]
    pub fn views(&self) -> Vec<ProcessView> {
        self.now.borrow().views.values().cloned().collect()
    }

    /// One process, task or dependency.
    #[must_use]
    pub fn view(&self, name: &str) -> Option<ProcessView> {
        self.now.borrow().views.get(name).cloned()
    }

    /// The status of a process.
    #[must_use]
    pub fn status(&self, name: &str) -> Option<Status> {
        Some(self.now.borrow().views.get(name)?.status)
    }

    /// The time since the current run of a process started, by a clock that cannot be set.
    #[must_use]
    pub fn running_for(&self, name: &str) -> Option<Duration> {
        self.now.borrow().began.get(name).map(StartTime::elapsed)
    }

    /// The groups with their members.
    #[must_use]
    pub fn groups(&self) -> IndexMap<String, Vec<String>> {
        self.now.borrow().groups.clone()
    }

    /// Calls `changed` after each change of a configuration file and a quiet period, until the
    /// future is dropped. Calls `log_line` about a file that cannot be watched or does not exist yet.
    pub async fn watch_sources(&self, mut changed: impl FnMut(), mut log_line: impl FnMut(String)) {
        let mut now = self.now.clone();
        loop {
            let sources = Arc::clone(&now.borrow().sources);
            let request = files::Request {
                name: String::new(),
                run: 0,
                root: PathBuf::new(),
                watch: Watch {
                    paths: sources.iter().cloned().collect(),
                    ignore: Vec::new(),
                    debounce: FILE_DEBOUNCE,
                },
            };
            let watch = files::follow(
                vec![request],
                files::Starts::none(),
                |_, _| changed(),
                |_, text| log_line(text),
            );
            tokio::select! {
                () = watch => return,
                // A reload may have added files.
                others = now.wait_for(|now| now.sources != sources) => if others.is_err() {
                    return;
                }
            }
        }
    }

    /// Starts a process or group with everything that it depends on. Returns before the processes
    /// are ready; see [`Self::wait_ready`].
    ///
    /// # Errors
    ///
    /// `UnknownName`; `AlreadyRunning` for a single name; `ShuttingDown`.
    pub async fn start_named(&self, name: &str) -> Result<(), CommandError> {
        let names = self.resolve(name)?;
        let single = names.len() == 1;
        self.command(Input::Start(names), single).await
    }

    /// Stops a process or group; within a group, dependents stop first. Returns when all have
    /// ended. A process that is already stopped is not an error.
    ///
    /// # Errors
    ///
    /// `UnknownName`.
    pub async fn stop(&self, name: &str) -> Result<(), CommandError> {
        let names = self.resolve(name)?;
        self.command(Input::Stop(names.clone()), false).await?;
        let gone = |now: &Arc<Snapshot>| {
            names.iter().all(|name| {
                now.views
                    .get(name)
                    .is_none_or(|view| !view.status.has_process())
            })
        };
        let _ = self.now.clone().wait_for(gone).await;
        Ok(())
    }

    /// Restarts a process or group, or starts it when it does not run. Returns before the processes
    /// are ready.
    ///
    /// # Errors
    ///
    /// `UnknownName`, `ShuttingDown`.
    pub async fn restart(&self, name: &str) -> Result<(), CommandError> {
        let names = self.resolve(name)?;
        self.command(Input::Restart(names), false).await
    }

    /// Replaces the configuration: stops removed processes, starts new ones, restarts changed ones,
    /// and leaves the others running.
    ///
    /// # Errors
    ///
    /// `ShuttingDown`.
    pub async fn reload(&self, project: Project) -> Result<ReloadReport, CommandError> {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Reload(Box::new(project), reply))?;
        answer.await.map_err(|_| CommandError::ShuttingDown)?
    }

    /// Writes to the standard input of a process.
    ///
    /// # Errors
    ///
    /// `UnknownName`, `NotRunning`; `InputBlocked` when it reads nothing for 5 s.
    pub async fn write_stdin(&self, name: &str, bytes: &[u8]) -> Result<(), CommandError> {
        let input = self.input(name)?;
        let write = async {
            let mut writer = input.writer.lock().await;
            writer.write_all(bytes).await
        };
        match timeout(STDIN_TIMEOUT, write).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(CommandError::NotRunning(name.to_owned())),
            Err(_) => Err(CommandError::InputBlocked(name.to_owned())),
        }
    }

    /// Sets the size of a process's terminal. Does nothing when it has none.
    ///
    /// # Errors
    ///
    /// `UnknownName`, `NotRunning`.
    pub fn resize(&self, name: &str, columns: u16, rows: u16) -> Result<(), CommandError> {
        let input = self.input(name)?;
        match &input.device {
            Some(device) => launch::resize(device, columns, rows)
                .map_err(|_| CommandError::NotRunning(name.to_owned())),
            None => Ok(()),
        }
    }

    /// Waits until a process, task or dependency is ready or cannot become ready.
    pub async fn wait_ready(&self, name: &str, limit: Duration) -> Readiness {
        let mut now = self.now.clone();
        let decided = now.wait_for(|now| now.ready.get(name) != Some(&Ready::NotYet));
        match timeout(limit, decided).await {
            Ok(Ok(now)) => match now.ready.get(name) {
                Some(Ready::No(reason)) => Readiness::Failed(reason.clone()),
                Some(_) => Readiness::Ready,
                None => Readiness::Unknown,
            },
            Ok(Err(_)) => Readiness::Failed("prox is shutting down".into()),
            Err(_) => Readiness::TimedOut,
        }
    }

    /// Waits until everything that should run is healthy or completed, or something has failed.
    ///
    /// # Errors
    ///
    /// What failed and why, as a sentence.
    pub async fn settled(&self) -> Result<(), String> {
        let mut now = self.now.clone();
        let decided = now.wait_for(|now| now.settled != Ready::NotYet).await;
        match decided.as_ref().map(|now| &now.settled) {
            Ok(Ready::No(reason)) => Err(reason.clone()),
            Ok(_) => Ok(()),
            Err(_) => Err("prox is shutting down".into()),
        }
    }

    /// Stops everything, dependents first, within the project's shutdown timeout. Returns when all
    /// processes have ended. Nothing starts afterwards.
    pub async fn shutdown(&self) {
        self.close(false).await;
    }

    /// Kills everything. Returns when all processes have ended; a running [`Self::shutdown`]
    /// returns, too.
    pub async fn kill(&self) {
        self.close(true).await;
    }

    async fn close(&self, at_once: bool) {
        let _ = self.links.inbox.send(Message::Shutdown { at_once });
        // The actor drops its sender when it has ended.
        let _ = self.now.clone().wait_for(|now| now.closed).await;
    }

    fn send(&self, message: Message) -> Result<(), CommandError> {
        self.links
            .inbox
            .send(message)
            .map_err(|_| CommandError::ShuttingDown)
    }

    async fn command(&self, input: Input, single: bool) -> Result<(), CommandError> {
        let (reply, answer) = oneshot::channel();
        self.send(Message::Command {
            input,
            single,
            reply,
        })?;
        answer.await.map_err(|_| CommandError::ShuttingDown)?
    }

    fn input(&self, name: &str) -> Result<Arc<Terminal>, CommandError> {
        let known = self.now.borrow().views.contains_key(name);
        if !known {
            return Err(self.unknown(name));
        }
        let inputs = self
            .links
            .inputs
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        inputs
            .get(name)
            .cloned()
            .ok_or_else(|| CommandError::NotRunning(name.to_owned()))
    }

    /// The units that a name or a group means.
    fn resolve(&self, name: &str) -> Result<Vec<String>, CommandError> {
        let now = self.now.borrow();
        if now.views.contains_key(name) {
            return Ok(vec![name.to_owned()]);
        }
        if let Some(members) = now.groups.get(name) {
            return Ok(members.clone());
        }
        drop(now);
        Err(self.unknown(name))
    }

    fn unknown(&self, name: &str) -> CommandError {
        let now = self.now.borrow();
        let known = now.views.keys().chain(now.groups.keys());
        let nearest = prox_config::nearest(name, known.map(String::as_str)).map(str::to_owned);
        CommandError::UnknownName {
            name: name.to_owned(),
            nearest,
        }
    }
}
