//! Ends the processes that a killed `prox __run` leaves behind. On Linux the supervisor inherits
//! them, as the only children that it did not start itself.

use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, WaitOptions};

use crate::procfs;
use crate::run;

/// How long to wait before looking again for what has still to be killed.
const AGAIN: Duration = Duration::from_millis(20);

/// Makes this process the parent of what loses its own.
pub(super) fn adopt() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
}

/// Kills them, with the group of the command itself and everything below them, and waits until
/// they are gone.
pub(super) fn end(leader: Option<Pid>) {
    if let Some(leader) = leader {
        let _ = rustix::process::kill_process_group(leader, Signal::KILL);
    }
    let mut killed = Vec::from_iter(leader);
    loop {
        killed.retain(|pid| !is_gone(*pid));
        // What dies during the look may hide what is below it.
        let last_look = killed.is_empty();
        let found = found();
        if last_look && found.is_empty() {
            return;
        }
        for pid in &found {
            let _ = rustix::process::kill_process(*pid, Signal::KILL);
        }
        killed.extend(found);
        thread::sleep(AGAIN);
    }
}

/// Whether it exists no more. A child of this process exists until its end was taken note of.
fn is_gone(pid: Pid) -> bool {
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

/// Whether this process, whose command line is `own`, did not start it: what it starts is
/// `prox __run`, or has still to become it.
fn is_adopted(child: i32, own: &[u8]) -> bool {
    let other = procfs::command_line(child);
    !other.is_empty() && other != own && !run::is_run(&other)
}
