//! The events of a supervisor. The local API sends the same types.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An event of a supervisor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Event {
    /// A process wrote a line.
    Log(LogLine),
    /// The state of a process changed.
    Process(ProcessView),
    /// The proxy received a request, or completed its response.
    Request(RequestView),
    /// The configuration was reloaded; processes may have been added or removed.
    Reloaded,
    /// The supervisor is shutting down.
    ShuttingDown,
}

/// One line of output of a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogLine {
    /// Sequence number of the line. It counts all lines of a project from 1, across processes and
    /// across supervisors, and is never reused: after a supervisor was killed it advances by 2^32.
    pub seq: u64,
    /// Time at which the line was read, RFC 3339 in UTC with microseconds.
    pub timestamp: String,
    /// Name of the process that wrote the line; `prox` for the supervisor itself.
    pub process: String,
    /// Stream to which it was written.
    pub stream: Stream,
    /// Text without its line end. Invalid UTF-8 is replaced.
    pub line: String,
    /// Whether a health check of `prox` caused the line. Omitted when false.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub probe: bool,
}

/// The stream to which a line was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Stream {
    /// Standard output; with a pseudo-terminal, standard error too.
    Stdout,
    /// Standard error.
    Stderr,
    /// The system log: lines that `prox` adds about the process.
    System,
}

/// The state of a process, task or dependency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The process runs.
    Running,
    /// It was stopped, or never started.
    Stopped,
    /// It was started, and is not ready yet.
    Starting,
    /// It received the signal to stop, and still runs.
    Stopping,
    /// It failed, or ended although it should keep running.
    Crashed,
    /// It waits for a dependency or for its next restart.
    Waiting,
    /// A dependency failed.
    Blocked,
    /// It ended successfully.
    Completed,
}

impl Status {
    /// Whether an operating system process exists in this state, or is about to.
    #[must_use]
    pub fn has_process(self) -> bool {
        matches!(self, Self::Running | Self::Starting | Self::Stopping)
    }

    /// The name in JSON.
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

/// The result of a health check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// No result yet.
    Unknown,
    /// The last attempt succeeded.
    Healthy,
    /// As many attempts failed in a row as the configuration allows, or more.
    Unhealthy,
}

/// The kind of an entry of the configuration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A command that keeps running.
    Process,
    /// A command that ends.
    Task,
    /// Something that `prox` waits for and does not run, such as a database.
    Dependency,
}

/// The current state of a process, task or dependency.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ProcessView {
    /// Name in the configuration.
    pub name: String,
    /// Whether it is a process, a task or a dependency.
    pub kind: Kind,
    /// Current state.
    pub status: Status,
    /// Result of the health check; null without one.
    pub health: Option<Health>,
    /// Why it waits, is blocked or crashed, in words.
    pub reason: Option<String>,
    /// Process id, while it runs.
    pub pid: Option<u32>,
    /// Exit code of the last run, once it ended.
    pub exit_code: Option<i32>,
    /// Number of the signal that ended the last run.
    pub signal: Option<i32>,
    /// Time at which the current run started, RFC 3339.
    pub started_at: Option<String>,
    /// Number of restarts.
    pub restarts: u32,
    /// Processor time of the whole process tree, in percent of one processor.
    pub cpu_percent: Option<f32>,
    /// Resident memory of the whole process tree, in bytes.
    pub memory_bytes: Option<u64>,
    /// TCP ports on which the process tree listens.
    pub ports: Vec<u16>,
    /// Groups that contain it.
    pub groups: Vec<String>,
}

/// A request that the proxy forwarded, without headers and bodies.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct RequestView {
    /// Id: 12 hexadecimal digits.
    pub id: String,
    /// Time at which the proxy received the request, RFC 3339.
    pub timestamp: String,
    /// HTTP method.
    pub method: String,
    /// Path and query.
    pub url: String,
    /// Name of the service.
    pub subdomain: String,
    /// Value of the request's `Host` header.
    pub hostname: String,
    /// HTTP status of the response; 0 while there is none.
    pub status_code: u16,
    /// Time from the first byte of the request to the last of the response, in milliseconds; the
    /// time until now while the response is incomplete.
    pub duration_ms: f64,
    /// Address of the client.
    pub remote_addr: String,
    /// Whether the response is still incomplete. Omitted when false.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub in_flight: bool,
}
