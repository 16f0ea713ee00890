//! `prox down`: asks the supervisor to shut down and waits until it has. A supervisor that hangs
//! gets a signal, and is then killed with everything it started.

use std::io;
use std::time::Duration;

use rustix::process::{Pid, Signal};
use tokio::time::{Instant, sleep, timeout};

use super::project::{ProjectLocation, block_on, client, locate, not_running, running};
use super::{print, print_json, warn};
use crate::args::Global;
use crate::exit::{Exit, Failure, Outcome};
use prox_control::registry::{Instance, Registry, process_start};
use prox_supervisor::{procfs, run};

/// The timeout of the local API, before a signal is sent.
const API_TIMEOUT: Duration = Duration::from_secs(5);
/// The maximum `shutdown_timeout`, which is also used when the file cannot be read.
const MAX_SHUTDOWN: Duration = Duration::from_secs(10 * 60);
/// The time that the supervisor has in addition to that of its processes.
const SUPERVISOR_TIMEOUT: Duration = Duration::from_secs(8);
/// The time after a last signal before it is killed.
const SIGNAL_TIMEOUT: Duration = Duration::from_secs(3);
/// The time that the processes of a killed supervisor have to end; `prox __run` gives them 10 s.
const ORPHAN_TIMEOUT: Duration = Duration::from_secs(12);

pub(super) fn run(global: &Global) -> Outcome {
    let place = locate(global)?;
    let Some(instance) = running(&place)? else {
        return Err(not_running(&place));
    };
    block_on(end(global, &place, &instance))
}

async fn end(global: &Global, place: &ProjectLocation, instance: &Instance) -> Outcome {
    let supervisor = Process {
        pid: instance.pid,
        start: instance.process_start.clone(),
    };
    let asked = timeout(API_TIMEOUT, client(instance).shutdown()).await;
    if !matches!(asked, Ok(Ok(()))) {
        warn(format!(
            "the supervisor, pid {}, does not respond; sending it a signal and waiting",
            instance.pid
        ));
        supervisor.terminate()?;
    }
    let killed = !ended(place, instance, &supervisor).await? && {
        warn(format!(
            "the supervisor, pid {}, does not stop; killing it",
            instance.pid
        ));
        supervisor.kill_tree().await?;
        true
    };
    // Removes the state file, if the supervisor could not.
    Registry::of_user()?.find(&place.hash)?;
    if global.json {
        let stopped = &instance.project_path;
        print_json(&serde_json::json!({ "stopped": stopped, "killed": killed }))?;
    } else {
        let root = place.file.parent().unwrap_or(&instance.project_path);
        print(format!("stopped {}\n", root.display()))?;
    }
    Ok(Exit::Ok)
}

/// Waits until the supervisor ends, within its timeout or after another signal.
async fn ended(
    place: &ProjectLocation,
    instance: &Instance,
    supervisor: &Process,
) -> Result<bool, Failure> {
    let begin = Instant::now();
    let limit =
        prox_config::load(&place.file).map_or(MAX_SHUTDOWN, |project| project.shutdown_timeout);
    while !have_ended(std::slice::from_ref(supervisor), limit + SUPERVISOR_TIMEOUT).await {
        // A supervisor that answers is still shutting down, maybe with a longer timeout than the
        // file has now.
        if answers(instance).await && begin.elapsed() <= MAX_SHUTDOWN + SUPERVISOR_TIMEOUT {
            continue;
        }
        supervisor.terminate()?;
        let ended = have_ended(std::slice::from_ref(supervisor), SIGNAL_TIMEOUT).await;
        // A supervisor that was suspended has only begun to stop its processes.
        return Ok(ended
            || answers(instance).await
                && have_ended(std::slice::from_ref(supervisor), limit + SUPERVISOR_TIMEOUT).await);
    }
    Ok(true)
}

/// Whether the supervisor itself answers, and not another program at its address.
async fn answers(instance: &Instance) -> bool {
    let status = timeout(API_TIMEOUT, client(instance).status()).await;
    matches!(status, Ok(Ok(status)) if status.pid == instance.pid)
}

/// Whether all of these processes end within a time.
async fn have_ended(processes: &[Process], limit: Duration) -> bool {
    let deadline = Instant::now() + limit;
    while processes.iter().any(Process::is_alive) {
        if Instant::now() > deadline {
            return false;
        }
        sleep(Duration::from_millis(20)).await;
    }
    true
}

/// A process, distinguished from a later one with the same process id.
struct Process {
    pid: u32,
    start: String,
}

impl Process {
    fn is_alive(&self) -> bool {
        process_start(self.pid).is_some_and(|start| start == self.start)
    }

    /// Sends SIGTERM, and resumes the process if it is suspended.
    fn terminate(&self) -> io::Result<()> {
        self.signal(Signal::TERM)?;
        self.signal(Signal::CONT)
    }

    /// Kills the process and all its descendants.
    async fn kill_tree(self) -> Result<(), Failure> {
        // A stopped process cannot start others in the meantime.
        self.signal(Signal::STOP)?;
        let (held, mut tree) = self.below();
        tree.push(self);
        for process in &tree {
            process.signal(Signal::KILL)?;
        }
        tree.extend(held);
        // `prox __run` notices its end, and stops the processes in order.
        if have_ended(&tree, ORPHAN_TIMEOUT).await {
            return Ok(());
        }
        for process in &tree {
            process.signal(Signal::KILL)?;
        }
        if have_ended(&tree, SIGNAL_TIMEOUT).await {
            return Ok(());
        }
        let left = tree.iter().filter(|process| process.is_alive());
        let left: Vec<String> = left.map(|process| process.pid.to_string()).collect();
        Err(Failure::message(
            Exit::Failure,
            format!("these processes survived SIGKILL: pid {}", left.join(", ")),
        ))
    }

    /// The descendants: `prox __run` with its processes, and all others.
    fn below(&self) -> (Vec<Self>, Vec<Self>) {
        let children = procfs::children(&procfs::all());
        let of = |pid: &i32| {
            procfs::tree(&children, *pid)
                .filter_map(|pid| Self::now(u32::try_from(pid).ok()?))
                .collect::<Vec<_>>()
        };
        let own = i32::try_from(self.pid).ok();
        let own = own.and_then(|pid| children.get(&pid)).into_iter().flatten();
        let (held, loose): (Vec<_>, Vec<_>) =
            own.partition(|child| run::is_run(&procfs::command_line(**child)));
        let all_of = |roots: Vec<&i32>| roots.into_iter().flat_map(of).collect();
        (all_of(held), all_of(loose))
    }

    /// The current process of a process id.
    fn now(pid: u32) -> Option<Self> {
        let start = process_start(pid)?;
        Some(Self { pid, start })
    }

    /// A process that has ended already is not an error.
    fn signal(&self, signal: Signal) -> io::Result<()> {
        let Some(pid) = i32::try_from(self.pid).ok().and_then(Pid::from_raw) else {
            return Ok(());
        };
        let sent = self.send(pid, signal);
        if self.is_alive() { sent } else { Ok(()) }
    }

    #[cfg(target_os = "linux")]
    fn send(&self, pid: Pid, signal: Signal) -> io::Result<()> {
        use rustix::process::{PidfdFlags, pidfd_open, pidfd_send_signal};
        // The descriptor refers to the process that had the id when it was opened.
        let process = pidfd_open(pid, PidfdFlags::empty())?;
        if self.is_alive() {
            pidfd_send_signal(&process, signal)?;
        }
        Ok(())
    }

    #[cfg(not(target_os = "linux"))]
    fn send(&self, pid: Pid, signal: Signal) -> io::Result<()> {
        if self.is_alive() {
            rustix::process::kill_process(pid, signal)?;
        }
        Ok(())
    }
}
