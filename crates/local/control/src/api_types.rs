//! Request and response types of the local API, in addition to those of [`prox_events`].

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use prox_events::{Health, LogLine, ProcessView, Status};

/// The state of a supervisor and of everything that it runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StatusView {
    /// Version of `prox`.
    pub version: String,
    /// Process id of the supervisor.
    pub pid: u32,
    /// Path of the project's folder.
    pub project_path: String,
    /// Path of the configuration file.
    pub config_file: String,
    /// Time at which the supervisor started, RFC 3339.
    pub started_at: String,
    /// Worst state of all processes.
    pub overall: Overall,
    /// Processes, tasks and dependencies, in the order of the configuration.
    pub processes: Vec<ProcessView>,
    /// Domain and ports of the proxy; null when it does not run.
    pub proxy: Option<ProxyView>,
}

/// Domain, ports and services of the proxy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProxyView {
    /// Domain of the services: the service `api` has the hostname `api.{domain}`.
    pub domain: String,
    /// Port for plain HTTP; null when it is closed.
    pub http_port: Option<u16>,
    /// Port for HTTPS; null when it is closed.
    pub https_port: Option<u16>,
    /// Names of the services.
    pub services: Vec<String>,
}

impl ProxyView {
    /// The URL of each service.
    #[must_use]
    pub fn addresses(&self) -> Vec<String> {
        let (scheme, port) = match (self.http_port, self.https_port) {
            (Some(port), _) => ("http", port),
            (None, Some(port)) => ("https", port),
            (None, None) => return Vec::new(),
        };
        let address = |service| format!("{scheme}://{service}.{}:{port}", self.domain);
        self.services.iter().map(address).collect()
    }
}

/// The state of a whole project. The variants are ordered from best to worst.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Overall {
    /// Everything that should run does, and no health check fails.
    Healthy,
    /// Something is starting, stopping or waiting.
    Starting,
    /// A health check fails.
    Unhealthy,
    /// Something crashed, or depends on something that failed.
    Crashed,
}

impl Overall {
    /// The worst state of these processes.
    #[must_use]
    pub fn of(processes: &[ProcessView]) -> Self {
        processes
            .iter()
            .map(|process| match (process.status, process.health) {
                (Status::Crashed | Status::Blocked, _) => Self::Crashed,
                (_, Some(Health::Unhealthy)) => Self::Unhealthy,
                (Status::Starting | Status::Waiting | Status::Stopping, _) => Self::Starting,
                (Status::Running | Status::Stopped | Status::Completed, _) => Self::Healthy,
            })
            .max()
            .unwrap_or(Self::Healthy)
    }
}

/// The answer of the health check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HealthView {
    /// Always `ok`.
    pub status: String,
    /// Version of `prox`.
    pub version: String,
}

/// Selects lines of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams, ToSchema)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct LogParams {
    /// Names of processes, separated by commas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process: Option<String>,
    /// Text that the line contains, ignoring case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// Regular expression that the line matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regex: Option<String>,
    /// Lowest level of the lines: `trace`, `debug`, `info`, `warn`, `error` or `fatal`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// Expression in the filter language: `proc:api level:error -health "two words" /regex/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Earliest time of the lines: RFC 3339, or how long ago, such as `10m`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Sequence number: only lines with a greater `seq` match.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Number of lines, the newest ones that match. For `/logs`: 200 when absent, at most 10,000.
    /// For streams: stored lines to send first, none when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<usize>,
}

/// Selects a part of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams, ToSchema)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// Names of processes, separated by commas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process: Option<String>,
    /// Expression in the filter language: `proc:api level:error -health "two words" /regex/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Sequence number: the part holds the newest lines with a smaller `seq`. Takes precedence over
    /// `after`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
    /// Sequence number: the part holds the oldest lines with a greater `seq`. Without `before` and
    /// `after` it begins with the oldest line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Maximum number of lines: 200 when absent, at most 10,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<usize>,
}

/// A part of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogPage {
    /// Lines that match, oldest first. Can be fewer than requested, or none, before the end of the
    /// log is reached: see `end`.
    pub lines: Vec<LogLine>,
    /// Sequence number up to which the log was searched; pass it as `before` or `after` to read the
    /// next part.
    pub reached: u64,
    /// Time of the last line that was searched, RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Whether the log has no more lines in this direction.
    pub end: bool,
}

/// Selects where a stream of events begins.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams, ToSchema)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct EventParams {
    /// Sequence number of the last log line that the client has. The header `Last-Event-ID` takes
    /// precedence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Number of stored log lines to send first, when the client has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<usize>,
}

/// Text for the standard input of a process.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StdinBody {
    /// The text, written unchanged; no line end is added.
    pub text: String,
}

/// What a reload of the configuration changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReloadView {
    /// Names that are new; they were started.
    pub added: Vec<String>,
    /// Names that are not in the configuration any more; they were stopped.
    pub removed: Vec<String>,
    /// Names whose configuration changed; they were restarted.
    pub restarted: Vec<String>,
    /// Names whose settings changed without a restart.
    pub changed: Vec<String>,
    /// Sections of the configuration whose changes take effect with the next `prox up`.
    pub later: Vec<String>,
}

impl ReloadView {
    /// The changes as phrases for people, such as `started: api, web`. Empty when nothing changed.
    #[must_use]
    pub fn parts(&self) -> Vec<String> {
        [
            ("started", &self.added),
            ("stopped", &self.removed),
            ("restarted", &self.restarted),
            ("changed", &self.changed),
            ("from the next `prox up` on", &self.later),
        ]
        .into_iter()
        .filter(|(_, names)| !names.is_empty())
        .map(|(what, names)| format!("{what}: {}", names.join(", ")))
        .collect()
    }
}

/// The body of every error response.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErrorBody {
    /// Message for people.
    pub error: String,
    /// Stable code for programs, such as `PROCESS_NOT_FOUND`.
    pub code: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use prox_events::Kind;

    fn view(status: Status, health: Option<Health>) -> ProcessView {
        ProcessView {
            name: "web".to_owned(),
            kind: Kind::Process,
            status,
            health,
            reason: None,
            pid: None,
            exit_code: None,
            signal: None,
            started_at: None,
            restarts: 0,
            cpu_percent: None,
            memory_bytes: None,
            ports: Vec::new(),
            groups: Vec::new(),
        }
    }

    #[test]
    fn the_worst_process_counts() {
        let well = view(Status::Running, Some(Health::Healthy));
        let ill = view(Status::Running, Some(Health::Unhealthy));
        let begins = view(Status::Starting, Some(Health::Unknown));
        let dead = view(Status::Crashed, None);
        let done = view(Status::Completed, None);
        for (views, overall) in [
            (vec![], Overall::Healthy),
            (vec![&well, &done], Overall::Healthy),
            (vec![&well, &begins], Overall::Starting),
            (vec![&ill, &begins], Overall::Unhealthy),
            (vec![&dead, &ill, &begins, &well], Overall::Crashed),
        ] {
            let views: Vec<_> = views.into_iter().cloned().collect();
            assert_eq!(Overall::of(&views), overall, "{views:?}");
        }
    }
}
