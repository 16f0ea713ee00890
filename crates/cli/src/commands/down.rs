//! `prox down`: asks the supervisor to end, and waits until it did.

use std::time::Duration;

use rustix::process::{Pid, Signal};
use tokio::time::{Instant, sleep, timeout};

use super::project::{Place, block_on, client, locate, not_running, running};
use super::{print, print_json};
use crate::args::Global;
use crate::exit::{Exit, Failure, Outcome};
use crate::registry::Instance;

/// How long the API may take to answer before a signal is used.
const ANSWER: Duration = Duration::from_secs(5);
/// The longest `shutdown_timeout`, and some more for the rest.
const PATIENCE: Duration = Duration::from_secs(11 * 60);

pub(super) fn run(global: &Global) -> Outcome {
    let place = locate(global)?;
    let Some(instance) = running(&place)? else {
        return Err(not_running(&place));
    };
    block_on(end(global, &place, &instance))
}

async fn end(global: &Global, place: &Place, instance: &Instance) -> Outcome {
    let asked = timeout(ANSWER, client(instance).shutdown()).await;
    if !matches!(asked, Ok(Ok(()))) {
        // It does not answer; a signal asks for the same.
        terminate(instance)?;
    }
    let deadline = Instant::now() + PATIENCE;
    while instance.is_alive() {
        if Instant::now() > deadline {
            return Err(Failure::message(
                Exit::Failure,
                format!("the supervisor, pid {}, does not end", instance.pid),
            ));
        }
        sleep(Duration::from_millis(20)).await;
    }
    if global.json {
        print_json(&serde_json::json!({ "stopped": instance.project_path }))?;
    } else {
        let root = place.file.parent().unwrap_or(&instance.project_path);
        print(format!("stopped {}\n", root.display()))?;
    }
    Ok(Exit::Ok)
}

/// Sends SIGTERM to this very process, never to a later one with its pid.
fn terminate(instance: &Instance) -> Result<(), Failure> {
    let Some(pid) = i32::try_from(instance.pid).ok().and_then(Pid::from_raw) else {
        return Ok(());
    };
    let sent = send(instance, pid);
    // It may have ended in between.
    if instance.is_alive() {
        Ok(sent?)
    } else {
        Ok(())
    }
}

#[cfg(target_os = "linux")]
fn send(instance: &Instance, pid: Pid) -> std::io::Result<()> {
    use rustix::process::{PidfdFlags, pidfd_open, pidfd_send_signal};
    // The descriptor stays with the process that had the pid when it was opened.
    let process = pidfd_open(pid, PidfdFlags::empty())?;
    if instance.is_alive() {
        pidfd_send_signal(&process, Signal::TERM)?;
    }
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn send(instance: &Instance, pid: Pid) -> std::io::Result<()> {
    if instance.is_alive() {
        rustix::process::kill_process(pid, Signal::TERM)?;
    }
    Ok(())
}
