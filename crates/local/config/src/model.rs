//! The validated configuration of a project: names resolve, there are no cycles, durations are
//! within limits, variables are substituted.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;

use indexmap::IndexMap;
use serde::Serialize;

/// The ports from which the local API takes the first free one, when the configuration names none.
pub const API_PORTS: RangeInclusive<u16> = 5550..=5650;

/// The configuration of a project, from its `prox.yaml`.
#[derive(Clone, Debug, PartialEq)]
pub struct Project {
    /// Folder of the configuration file, in which commands run by default.
    pub root: PathBuf,
    /// Path of the configuration file.
    pub file: PathBuf,
    /// Files of all `env_file` keys, including optional ones that are missing.
    pub env_files: BTreeSet<PathBuf>,
    /// The local API.
    pub api: Api,
    /// Timeout of a shutdown: more than 2 s, at most 10 min.
    pub shutdown_timeout: Duration,
    /// Processes, in the order of the file.
    pub processes: IndexMap<String, Process>,
    /// Tasks, in the order of the file.
    pub tasks: IndexMap<String, Task>,
    /// Dependencies, in the order of the file.
    pub dependencies: IndexMap<String, Dependency>,
    /// Groups: names for several processes.
    pub groups: IndexMap<String, Vec<String>>,
    /// Services of the proxy, by subdomain.
    pub services: IndexMap<String, Service>,
    /// The proxy.
    pub proxy: Proxy,
    /// The log files.
    pub logs: Logs,
    /// Probable mistakes that do not prevent a start.
    pub warnings: Vec<Warning>,
}

/// A probable mistake in a configuration, which does not prevent a start.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// File with the mistake.
    pub file: PathBuf,
    /// Line, from 1. None when the warning is about the whole file.
    pub line: Option<usize>,
    /// Message: a sentence without a full stop.
    pub message: String,
    /// Advice on what to do.
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

/// The settings of the local API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Api {
    /// Port. None takes the first free one of [`API_PORTS`].
    pub port: Option<u16>,
    /// Loopback address to listen on, by default `127.0.0.1`.
    pub host: String,
    /// Whether callers need a bearer token, by default true.
    pub auth: bool,
}

/// A process that keeps running.
#[derive(Clone, Debug, PartialEq)]
pub struct Process {
    /// Command for `sh -c`.
    pub cmd: String,
    /// Absolute path of the working folder.
    pub dir: PathBuf,
    /// Own environment variables: those of `env_file`, overridden by those of `env`.
    pub env: BTreeMap<String, String>,
    /// Whether it runs in a pseudo-terminal instead of with pipes.
    pub pty: bool,
    /// Signal that asks it to stop.
    pub stop_signal: StopSignal,
    /// Time to stop before it is killed.
    pub stop_timeout: Duration,
    /// Dependencies, with the condition that must hold before it starts.
    pub depends_on: IndexMap<String, Condition>,
    /// Restart policy.
    pub restart: Restart,
    /// Files whose changes restart it.
    pub watch: Option<Watch>,
    /// Health check.
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

/// The condition of a dependency.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// The dependency has started.
    Started,
    /// Its health check passed; without one, the same as `Started`. The default for processes and
    /// dependencies.
    Healthy,
    /// It ended with any exit code.
    Completed,
    /// It ended with exit code 0. The default for tasks.
    CompletedSuccessfully,
    /// The line of its `healthcheck.log` appeared.
    LogReady,
}

/// The restart policy of a process.
#[derive(Clone, Debug, PartialEq)]
pub struct Restart {
    /// Exits after which it restarts.
    pub policy: RestartPolicy,
    /// First delay; doubled for each restart, with a jitter of up to a fifth.
    pub backoff: Duration,
    /// Maximum delay.
    pub max_backoff: Duration,
    /// Maximum number of consecutive restarts; none is unlimited. A run longer than 10 s resets the
    /// count.
    pub max_restarts: Option<u32>,
}

/// The exits after which a process restarts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RestartPolicy {
    /// Never.
    #[default]
    No,
    /// After an exit code other than 0, or a signal.
    OnFailure,
    /// After every exit that was not requested.
    Always,
}

/// Files whose changes restart a process.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Watch {
    /// Absolute paths of files, or of folders with everything below them.
    pub paths: Vec<PathBuf>,
    /// Glob patterns of ignored files, relative to the project.
    pub ignore: Vec<String>,
    /// Time without changes before the restart.
    pub debounce: Duration,
}

/// A health check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HealthCheck {
    /// Probe of each attempt.
    pub probe: Probe,
    /// Time from the end of one attempt to the next.
    pub interval: Duration,
    /// Timeout of an attempt.
    pub timeout: Duration,
    /// Consecutive failures after which the process is unhealthy.
    pub retries: u32,
    /// Time after the start in which failures do not count.
    pub start_period: Duration,
}

/// The kind of a probe, and what makes it succeed.
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

/// A command that ends.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// Command for `sh -c`.
    pub cmd: String,
    /// Absolute path of the working folder.
    pub dir: PathBuf,
    /// Own environment variables, as for a process.
    pub env: BTreeMap<String, String>,
    /// Dependencies, with the condition that must hold before it starts.
    pub depends_on: IndexMap<String, Condition>,
    /// Timeout.
    pub timeout: Duration,
}

/// Something that `prox` waits for and does not run, such as a database.
#[derive(Clone, Debug, PartialEq)]
pub struct Dependency {
    /// Probe that succeeds when it is available; never `Probe::Log`.
    pub check: Probe,
    /// Total time to wait for it.
    pub timeout: Duration,
    /// Time between attempts.
    pub interval: Duration,
    /// Command that starts it, which runs once when the first check fails.
    pub start: Option<String>,
    /// Consequence when it is not available.
    pub on_failure: OnFailure,
}

/// The consequence of a dependency that is not available.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnFailure {
    /// Its dependents do not start.
    #[default]
    Fail,
    /// Its dependents start, with a warning.
    Warn,
}

/// The target of a subdomain of the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Service {
    /// Port of the target.
    pub port: u16,
    /// Host of the target, by default `127.0.0.1`, which also finds a process that listens on `::1`
    /// only.
    pub host: String,
    /// Port of the proxy for this service only, with any `Host`.
    pub listen: Option<u16>,
}

/// The settings of the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// Whether it runs. By default, it runs when there are services.
    pub enabled: bool,
    /// Port for HTTP, by default 8080. None disables HTTP.
    pub http_port: Option<u16>,
    /// Port for HTTPS. None disables HTTPS.
    pub https_port: Option<u16>,
    /// Domain of the services, by default `localhost`.
    pub domain: String,
    /// Capture of requests.
    pub capture: Capture,
}

/// The settings of the capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Capture {
    /// Whether bodies are captured, by default true.
    pub enabled: bool,
    /// Maximum captured size of each body in bytes, by default 1 MB.
    pub max_body_size: u64,
    /// Maximum size of all bodies on disk in bytes, by default 1 GB.
    pub disk_budget: u64,
    /// Names of additional headers to redact, in lower case.
    pub redact: Vec<String>,
}

/// The settings of the log files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Logs {
    /// Folder. None is `~/.prox/logs/{hash}`.
    pub dir: Option<PathBuf>,
    /// Maximum size of a file in bytes, by default 10 MB.
    pub max_size: u64,
    /// Maximum number of files of each process, by default 5.
    pub max_files: usize,
    /// Time after which files expire, counted from their last line to the newest line of all files.
    /// By default 7 days.
    pub retention: Duration,
}
