//! A project as configured, after all checks: names resolve, there are no cycles, durations are in
//! bounds, variables are substituted.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use indexmap::IndexMap;
use serde::Serialize;

/// The ports that the local API takes the first free one of, when the configuration names none.
pub const API_PORTS: RangeInclusive<u16> = 5550..=5650;

/// Everything that one `prox.yaml` says.
#[derive(Clone, Debug, PartialEq)]
pub struct Project {
    /// The folder of the configuration file; commands run here unless they say otherwise.
    pub root: PathBuf,
    /// The configuration file.
    pub file: PathBuf,
    /// The files that `env_file`s name, also those that may be missing.
    pub env_files: BTreeSet<PathBuf>,
    /// The local API.
    pub api: Api,
    /// How long everything together may take to stop. More than 2 s, at most 10 min.
    pub shutdown_timeout: Duration,
    /// What runs, in the order of the file.
    pub processes: IndexMap<String, Process>,
    /// What runs to completion.
    pub tasks: IndexMap<String, Task>,
    /// What must be there, but is not ours.
    pub dependencies: IndexMap<String, Dependency>,
    /// Names for several processes.
    pub groups: IndexMap<String, Vec<String>>,
    /// What the proxy routes, by subdomain.
    pub services: IndexMap<String, Service>,
    /// The proxy.
    pub proxy: Proxy,
    /// The log files.
    pub logs: Logs,
    /// Probable mistakes that do not prevent a start.
    pub warnings: Vec<Warning>,
}

/// Something in a configuration that is probably not meant so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// The file that it is in.
    pub file: PathBuf,
    /// The line, from 1; none when it is about the file as a whole.
    pub line: Option<usize>,
    /// A sentence without its full stop.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl std::fmt::Display for Warning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}", self.file.display())?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.message)?;
        match &self.help {
            Some(help) => write!(f, "; {help}"),
            None => Ok(()),
        }
    }
}

/// Where the local API listens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Api {
    /// None: the first free one of [`API_PORTS`].
    pub port: Option<u16>,
    /// A loopback address, by default `127.0.0.1`.
    pub host: String,
    /// Whether callers need a bearer token; the default is yes.
    pub auth: bool,
}

/// A process that keeps running.
#[derive(Clone, Debug, PartialEq)]
pub struct Process {
    /// Given to `sh -c`.
    pub cmd: String,
    /// Absolute.
    pub dir: PathBuf,
    /// All of its own variables: `env_file`s first, `env` over them.
    pub env: BTreeMap<String, String>,
    /// A pseudo-terminal instead of pipes.
    pub pty: bool,
    /// What asks it to stop.
    pub stop_signal: StopSignal,
    /// How long it may take to stop before it is killed.
    pub stop_timeout: Duration,
    /// What must be the case before it starts.
    pub depends_on: IndexMap<String, Condition>,
    /// When to start it again.
    pub restart: Restart,
    /// Restarted when one of these files changes.
    pub watch: Option<Watch>,
    /// How to check that it works.
    pub healthcheck: Option<HealthCheck>,
}

/// The signal that asks a process to stop.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StopSignal {
    /// SIGTERM.
    #[default]
    Term,
    /// SIGINT.
    Int,
    /// SIGHUP.
    Hup,
    /// SIGQUIT.
    Quit,
    /// SIGUSR1.
    Usr1,
    /// SIGUSR2.
    Usr2,
}

/// What a dependent waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// It was started.
    Started,
    /// Its health check passed; without one, as `Started`. The default for processes
    /// and dependencies.
    Healthy,
    /// It ended.
    Completed,
    /// It ended with exit code 0. The default for tasks.
    CompletedSuccessfully,
    /// Its `healthcheck.log` line appeared.
    LogReady,
}

/// When and how to start a process again.
#[derive(Clone, Debug, PartialEq)]
pub struct Restart {
    /// After which endings.
    pub policy: RestartPolicy,
    /// The first wait; doubled each time, jittered by up to a fifth.
    pub backoff: Duration,
    /// The longest wait.
    pub max_backoff: Duration,
    /// How often in a row; none is without end. A run longer than 10 s begins a new row.
    pub max_restarts: Option<u32>,
}

/// After which endings a process starts again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RestartPolicy {
    /// After none.
    #[default]
    No,
    /// After an exit code other than 0, or a signal.
    OnFailure,
    /// After every exit that was not requested.
    Always,
}

/// Files whose change restarts a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    /// Absolute files or folders, with everything below them.
    pub paths: Vec<PathBuf>,
    /// Globs, relative to the project, that do not count.
    pub ignore: Vec<String>,
    /// How long it must be quiet before the restart.
    pub debounce: Duration,
}

/// How to check that a process works.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// What is tried.
    pub probe: Probe,
    /// From the end of one try to the next.
    pub interval: Duration,
    /// How long one try may take.
    pub timeout: Duration,
    /// Failures in a row that make it unhealthy.
    pub retries: u32,
    /// Failures this long after the start do not count.
    pub start_period: Duration,
}

/// One way to try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// A command whose exit code is 0.
    Cmd(String),
    /// A URL that answers with 2xx or 3xx.
    Http(String),
    /// A `host:port` that accepts connections.
    Tcp(String),
    /// A line of output that matches this regular expression, once.
    Log(String),
}

/// What runs to completion.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// Given to `sh -c`.
    pub cmd: String,
    /// Absolute.
    pub dir: PathBuf,
    /// As a process's.
    pub env: BTreeMap<String, String>,
    /// What must be the case before it starts.
    pub depends_on: IndexMap<String, Condition>,
    /// How long it may take.
    pub timeout: Duration,
}

/// What must be there, but is not ours.
#[derive(Clone, Debug, PartialEq)]
pub struct Dependency {
    /// How to check that it is available: never `Probe::Log`.
    pub check: Probe,
    /// How long to wait for it altogether.
    pub timeout: Duration,
    /// From one try to the next.
    pub interval: Duration,
    /// A command that starts it, run once when the first check fails.
    pub start: Option<String>,
    /// What its absence means.
    pub on_failure: OnFailure,
}

/// What the absence of a dependency means.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// What depends on it does not start.
    #[default]
    Fail,
    /// A warning, and it starts all the same.
    Warn,
}

/// Where the proxy sends a subdomain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// A port.
    pub port: u16,
    /// A host, by default `127.0.0.1`, which also finds what listens on `::1` alone.
    pub host: String,
    /// A port of the proxy that is this service's alone, whatever the `Host`.
    pub listen: Option<u16>,
}

/// The proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// Whether it runs. By default: when there are services.
    pub enabled: bool,
    /// For plain HTTP; by default 8080. None: not served.
    pub http_port: Option<u16>,
    /// For HTTPS; none: not served.
    pub https_port: Option<u16>,
    /// By default `localhost`.
    pub domain: String,
    /// What is kept of requests.
    pub capture: Capture,
}

/// What is kept of requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// Whether bodies are kept. By default yes.
    pub enabled: bool,
    /// Of each body, in bytes. By default 1 MB.
    pub max_body_size: u64,
    /// Of all bodies on disk, in bytes. By default 1 GB.
    pub disk_budget: u64,
    /// Headers, in lower case, whose values are not kept, beside those that never are.
    pub redact: Vec<String>,
}

/// The log files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logs {
    /// Where. None: `~/.prox/logs/{hash}`.
    pub dir: Option<PathBuf>,
    /// Of one file before the next begins, in bytes. By default 10 MB.
    pub max_size: u64,
    /// How many files of each process. By default 5.
    pub max_files: usize,
    /// How long files are kept after their last line, counted to the newest of all. By default 7 days.
    pub retention: Duration,
}
