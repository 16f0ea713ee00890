//! The proxy's questions about the processes behind services. The proxy starts and stops nothing.

use std::time::Duration;

use prox_events::{ProcessView, Status};

/// Knows the processes behind services. A service's process is the one with its name; a service
/// without one is served by something that prox did not start.
pub trait Targets: Send + Sync + 'static {
    /// The process with a service's name, as it is now. Must not wait.
    fn process(&self, service: &str) -> Option<ProcessView>;

    /// What that process is doing. Must not wait; every request asks it.
    fn status(&self, service: &str) -> Option<Status>;

    /// For how long it has run, by a clock that cannot be set. Must not wait.
    fn running_for(&self, service: &str) -> Option<Duration>;

    /// Something that a user should know, once: to the log, as prox.
    fn warn(&self, message: &str);
}

/// When no supervisor runs.
pub(super) struct NoProcesses;

impl Targets for NoProcesses {
    fn process(&self, _service: &str) -> Option<ProcessView> {
        None
    }

    fn status(&self, _service: &str) -> Option<Status> {
        None
    }

    fn running_for(&self, _service: &str) -> Option<Duration> {
        None
    }

    fn warn(&self, _message: &str) {}
}

/// Whether a process cannot be what listens on its service's address, so that somebody else does.
/// A process that ended as it should may have left a program in the background.
pub(super) fn is_down(status: Status) -> bool {
    match status {
        Status::Waiting | Status::Stopped | Status::Crashed | Status::Blocked => true,
        Status::Starting | Status::Running | Status::Stopping | Status::Completed => false,
    }
}

/// Whether it is worth to wait until a process listens.
pub(super) fn is_coming(
    process: &ProcessView,
    running_for: Option<Duration>,
    limit: Duration,
) -> bool {
    match process.status {
        Status::Starting | Status::Waiting | Status::Stopping => true,
        // Without a health check a process runs from its first instant; it listens later.
        Status::Running => running_for.is_some_and(|time| time < limit),
        Status::Stopped | Status::Crashed | Status::Blocked | Status::Completed => false,
    }
}
