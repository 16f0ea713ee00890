//! The port through which the proxy reads the state of the processes of services.

use std::time::Duration;

use prox_events::{ProcessView, Status};

/// Provides the processes of services. The process of a service has its name; a service without one
/// is served by a program that `prox` did not start.
pub trait Targets: Send + Sync + 'static {
    /// The current state of a service's process. Must not block.
    fn process(&self, service: &str) -> Option<ProcessView>;

    /// The status of that process. Must not block; every request calls it.
    fn status(&self, service: &str) -> Option<Status>;

    /// The time since the process started, by a clock that cannot be set. Must not block.
    fn running_for(&self, service: &str) -> Option<Duration>;

    /// Writes a warning to the log, as `prox`.
    fn warn(&self, message: &str);
}

/// The implementation without a supervisor.
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

/// Whether a process cannot listen on its service's address, so that a listener there is another
/// program. A process that ended successfully may have left a program in the background.
pub(super) fn is_down(status: Status) -> bool {
    match status {
        Status::Waiting | Status::Stopped | Status::Crashed | Status::Blocked => true,
        Status::Starting | Status::Running | Status::Stopping | Status::Completed => false,
    }
}

/// Whether a process is about to listen.
pub(super) fn is_about_to_listen(
    process: &ProcessView,
    running_for: Option<Duration>,
    limit: Duration,
) -> bool {
    match process.status {
        Status::Starting | Status::Waiting | Status::Stopping => true,
        // Without a health check a process counts as running from its start, before it listens.
        Status::Running => running_for.is_some_and(|time| time < limit),
        Status::Stopped | Status::Crashed | Status::Blocked | Status::Completed => false,
    }
}
