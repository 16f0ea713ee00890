//! Ends the orphans of a killed `prox __run`. On Linux the supervisor becomes their parent; they
//! are the only children that it did not start itself.

use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitOptions};

use crate::procfs;
use crate::run;

/// The interval between searches for processes that are still alive.
const RETRY_INTERVAL: Duration = Duration::from_millis(20);

/// Makes this process the parent of descendants that lose theirs (a subreaper).
pub(super) fn adopt() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Kills the orphans, the process group of the command and all their descendants, and waits until
/// they have ended.
pub(super) fn end(leader: Option<Pid>) {
    if let Some(leader) = leader {
        let _ = rustix::process::kill_process_group(leader, Signal::KILL);
    }
    let mut killed = Vec::from_iter(leader);
    loop {
        killed.retain(|pid| !has_ended(*pid));
        // A process that ends during the search may hide its descendants.
        let last_look = killed.is_empty();
        let found = found();
        if last_look && found.is_empty() {
            return;
        }
        for pid in &found {
            let _ = rustix::process::kill_process(*pid, Signal::KILL);
        }
        killed.extend(found);
        thread::sleep(RETRY_INTERVAL);
    }
}

/// Whether a process does not exist any more. A child of this process exists until it was waited
/// for.
fn has_ended(pid: Pid) -> bool {
    let ended = rustix::process::waitpid(Some(pid), WaitOptions::NOHANG);
    matches!(ended, Ok(Some(_))) || rustix::process::test_kill_process(pid).is_err()
}

fn found() -> Vec<Pid> {
    let all = procfs::all();
    let children = procfs::children(&all);
    let own = std::process::id().try_into().unwrap_or(0);
    let adopted = children.get(&own).into_iter().flatten();
    let command = procfs::command_line(own);
    adopted
        .filter(|pid| is_adopted(**pid, &command))
        .flat_map(|pid| procfs::tree(&children, *pid))
        .filter_map(Pid::from_raw)
        .collect()
}

/// Whether a child was not started by this process, whose command line is `own`. Processes that it
/// starts are `prox __run`, or have not replaced their program yet.
fn is_adopted(child: i32, own: &[u8]) -> bool {
    let other = procfs::command_line(child);
    !other.is_empty() && other != own && !run::is_run(&other)
}
