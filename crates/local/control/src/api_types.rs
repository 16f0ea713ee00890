//! Requests and responses of the local API, in addition to the types of [`prox_events`].

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use prox_events::{Health, LogLine, ProcessView, Status};

/// A supervisor and everything that it runs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct StatusView {
    /// Of `prox`.
    pub version: String,
    /// Of the supervisor.
    pub pid: u32,
    /// The project's folder.
    pub project_path: String,
    /// The configuration file.
    pub config_file: String,
    /// When the supervisor started, RFC 3339.
    pub started_at: String,
    /// The worst of all.
    pub overall: Overall,
    /// Processes, tasks and dependencies, in the order of the configuration.
    pub processes: Vec<ProcessView>,
    /// Where the proxy listens.
    pub proxy: Option<ProxyView>,
}

/// Where the proxy listens.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ProxyView {
    /// Services are `name.` this.
    pub domain: String,
    /// For plain HTTP.
    pub http_port: Option<u16>,
    /// For HTTPS.
    pub https_port: Option<u16>,
    /// The names of the services.
    pub services: Vec<String>,
}

impl ProxyView {
    /// Where each service is asked for.
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

/// How a project is, in one word. Later ones are worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Overall {
    /// All that should run does, and is healthy as far as is known.
    Healthy,
    /// Something starts, stops or waits.
    Starting,
    /// A health check fails.
    Unhealthy,
    /// Something crashed, or is blocked by what did.
    Crashed,
}

impl Overall {
    /// The worst of some.
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

/// The supervisor lives.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct HealthView {
    /// Always `ok`.
    pub status: String,
    /// Of `prox`.
    pub version: String,
}

/// Which lines of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams, ToSchema)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct LogParams {
    /// Names of processes, separated by commas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process: Option<String>,
    /// A text that the line contains, ignoring case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// A regular expression that the line matches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub regex: Option<String>,
    /// This level or a worse one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub level: Option<String>,
    /// The filter language: `proc:api level:error -health "two words" /regex/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// Not before: RFC 3339, or a span such as `10m`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
    /// Only lines with a greater `seq`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// Only the newest of them. For `/logs`, 200 when absent and at most 10,000; for streams, the
    /// lines to begin with, none when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<usize>,
}

/// Which part of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams, ToSchema)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct PageParams {
    /// Names of processes, separated by commas.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub process: Option<String>,
    /// The filter language: `proc:api level:error -health "two words" /regex/`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filter: Option<String>,
    /// The newest lines with a smaller `seq`. Counts more than `after`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub before: Option<u64>,
    /// The oldest lines with a greater `seq`; all, when neither is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// At most so many lines: 200 when absent, and never more than 10,000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<usize>,
}

/// A part of the log.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct LogPage {
    /// Those that match, the oldest first. May be fewer than there are, and none.
    pub lines: Vec<LogLine>,
    /// How far was looked: the next part is before this number, or after it.
    pub reached: u64,
    /// When the last line was written that was looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time: Option<String>,
    /// Whether nothing is kept beyond.
    pub end: bool,
}

/// Where a stream resumes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, IntoParams, ToSchema)]
#[serde(default)]
#[into_params(parameter_in = Query)]
pub struct EventParams {
    /// The `seq` of the last log line that is known; `Last-Event-ID` counts more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// How many log lines to begin with, when neither is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub n: Option<usize>,
}

/// What goes to a process's standard input.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StdinBody {
    /// The text as it is; a line end is not added.
    pub text: String,
}

/// What reading the configuration again did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ReloadView {
    /// New, and started.
    pub added: Vec<String>,
    /// Gone, and stopped.
    pub removed: Vec<String>,
    /// Different, and started again.
    pub restarted: Vec<String>,
    /// Running on, with changed settings.
    pub changed: Vec<String>,
    /// Sections whose changes count from the next `prox up` on.
    pub later: Vec<String>,
}

impl ReloadView {
    /// For people: what happened, with the names; nothing when nothing changed.
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

/// What every failure answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ErrorBody {
    /// For people.
    pub error: String,
    /// For programs.
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
