//! The events of a supervisor. The local API sends the same types.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// One thing that happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// A process wrote a line.
    Log(LogLine),
    /// Something about a process changed.
    Process(ProcessView),
    /// A request came in, or was answered.
    Request(RequestView),
    /// The configuration was read again; processes may have come and gone.
    Reloaded,
    /// The supervisor is about to end.
    ShuttingDown,
}

/// One line of output.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogLine {
    /// Counts all lines of a project, from 1, also across its supervisors. What orders lines across
    /// processes. No number is given twice: it leaps by 2^32 after a supervisor that was killed.
    pub seq: u64,
    /// When it was read, RFC 3339 in UTC with microseconds.
    pub timestamp: String,
    /// Who wrote it; `prox` for the supervisor itself.
    pub process: String,
    /// Where to.
    pub stream: Stream,
    /// Without its line end. Invalid UTF-8 is replaced.
    pub line: String,
    /// Whether a health check of prox caused it. Left out when it did not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub probe: bool,
}

/// Where a line was written to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// Standard output; for a pseudo-terminal, both.
    Stdout,
    /// Standard error.
    Stderr,
    /// Said by prox about the process.
    System,
}

/// What a process, task or dependency is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// It runs.
    Running,
    /// It was stopped, or never started.
    Stopped,
    /// It was started and is not ready yet.
    Starting,
    /// It was asked to stop.
    Stopping,
    /// It ended, and should not have.
    Crashed,
    /// It waits for what it depends on, or for its next restart.
    Waiting,
    /// What it depends on failed.
    Blocked,
    /// It ended as it should.
    Completed,
}

impl Status {
    /// Whether there is a process, or soon will be.
    #[must_use]
    pub fn has_process(self) -> bool {
        matches!(self, Self::Running | Self::Starting | Self::Stopping)
    }

    /// The word for it, as in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Starting => "starting",
            Self::Stopping => "stopping",
            Self::Crashed => "crashed",
            Self::Waiting => "waiting",
            Self::Blocked => "blocked",
            Self::Completed => "completed",
        }
    }
}

/// What its health check says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Not known yet.
    Unknown,
    /// The last try succeeded.
    Healthy,
    /// Too many tries failed.
    Unhealthy,
}

/// What kind of thing has a name in the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Keeps running.
    Process,
    /// Runs to completion.
    Task,
    /// Is not ours.
    Dependency,
}

/// A process, task or dependency as it is now.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProcessView {
    /// Its name in the configuration.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// What it is doing.
    pub status: Status,
    /// None without a health check.
    pub health: Option<Health>,
    /// In words, why it waits, is blocked or crashed.
    pub reason: Option<String>,
    /// Of the process itself, while it runs.
    pub pid: Option<u32>,
    /// Of its last run, once it ended.
    pub exit_code: Option<i32>,
    /// The signal that ended its last run.
    pub signal: Option<i32>,
    /// When this run began, RFC 3339.
    pub started_at: Option<String>,
    /// How often it was started again.
    pub restarts: u32,
    /// Of the whole process tree, in percent of one processor.
    pub cpu_percent: Option<f32>,
    /// Resident, of the whole process tree, in bytes.
    pub memory_bytes: Option<u64>,
    /// TCP ports on which the process tree listens.
    pub ports: Vec<u16>,
    /// The groups that name it.
    pub groups: Vec<String>,
}

/// A request that the proxy passed on, without its headers and bodies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RequestView {
    /// 12 hexadecimal digits.
    pub id: String,
    /// When it came in, RFC 3339.
    pub timestamp: String,
    /// The method.
    pub method: String,
    /// Path and query.
    pub url: String,
    /// The service.
    pub subdomain: String,
    /// The `Host` it came with.
    pub hostname: String,
    /// 0 while there is none.
    pub status_code: u16,
    /// From its first byte to the answer's last, in milliseconds; so far, while in flight.
    pub duration_ms: f64,
    /// Who asked.
    pub remote_addr: String,
    /// Whether the answer is not complete yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_flight: bool,
}
