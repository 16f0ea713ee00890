//! `prox __run` and `prox __exec`: the processes between the supervisor and a command. Only the
//! supervisor starts them. They keep track of all descendants of the command, and end them when the
//! supervisor dies.
//!
//! ```text
//! prox up ── prox __run ── prox __exec, which becomes `sh -c …` ── …
//! ```
//!
//! `__run` keeps running in a process group of its own. On Linux it is a *subreaper*: descendants
//! that lose their parent become its children, so that none escapes. Its standard input is a socket
//! on which the supervisor sends commands and receives reports, line by line:
//!
//! | to `__run` | | from `__run` | |
//! | --- | --- | --- | --- |
//! | a byte, with the command's input as a file descriptor unless that is a terminal | start | `started PID` | it runs |
//! | `signal N` | send the signal | `exited CODE`, `signaled N` | the command itself ended |
//! | `kill` | kill everything | `failed REASON` | it could not be started |
//!
//! When the command itself has ended, `__run` sends the stop signal to its descendants, and kills
//! them after the grace period, unless they may keep running. `__run` ends last. When the socket
//! closes, because the supervisor died, it does the same with the command, within 10 s; descendants
//! that may keep running then outlive `__run`, too.
//!
//! `__exec` makes the command the leader of its own session, with its terminal if it has one. On
//! Linux it is killed when `__run` is.

use std::ffi::OsString;
use std::io::{self, BufRead, BufReader, Write};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

use rustix::io::Errno;
use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer,
    SendAncillaryMessage, SendFlags,
};
use rustix::process::{Pid, Signal, WaitOptions, WaitStatus};

use crate::procfs;

const RUN: &str = "__run";
const EXEC: &str = "__exec";

/// The interval between attempts to kill the remaining processes.
const KILL_INTERVAL: Duration = Duration::from_millis(20);

/// The maximum grace period of the command after the supervisor died.
const ORPHANED_GRACE: Duration = Duration::from_secs(10);

/// What `__run` starts, and how it ends it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LaunchSpec<'a> {
    /// The command for `sh -c`.
    pub(crate) cmd: &'a str,
    /// Whether standard output is a terminal, which becomes the controlling terminal of the
    /// command.
    pub(crate) terminal: bool,
    /// The stop signal for descendants that outlive the command.
    pub(crate) stop_signal: i32,
    /// The grace period before they are killed.
    pub(crate) grace: Duration,
    /// Whether descendants that outlive the command are kept running.
    pub(crate) keeps_descendants: bool,
}

impl LaunchSpec<'_> {
    /// The arguments of `prox`.
    pub(crate) fn arguments(&self) -> Vec<String> {
        vec![
            RUN.into(),
            if self.terminal { "terminal" } else { "pipes" }.into(),
            self.stop_signal.to_string(),
            self.grace.as_millis().to_string(),
            if self.keeps_descendants {
                "leave"
            } else {
                "end"
            }
            .into(),
            self.cmd.into(),
        ]
    }
}

/// Starts the command: sends the first byte with the command's standard input.
pub(crate) fn send_input(control: &UnixStream, input: Option<&OwnedFd>) -> io::Result<()> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    let fds = input.map(AsFd::as_fd);
    if let Some(fd) = &fds {
        ancillary.push(SendAncillaryMessage::ScmRights(std::slice::from_ref(fd)));
    }
    let byte = [io::IoSlice::new(b"!")];
    rustix::net::sendmsg(control, &byte, &mut ancillary, SendFlags::empty())?;
    Ok(())
}

/// The path of this program, which also works after its file was replaced.
pub fn this_program() -> PathBuf {
    if cfg!(target_os = "linux") {
        PathBuf::from("/proc/self/exe")
    } else {
        std::env::current_exe().unwrap_or_else(|_| PathBuf::from("prox"))
    }
}

/// Whether a command line from `/proc` is that of `prox __run`.
pub fn is_run(command: &[u8]) -> bool {
    command.split(|byte| *byte == 0).nth(1) == Some(RUN.as_bytes())
}

/// Runs `__run` or `__exec`, when the supervisor started this process as one of them; else returns
/// None. Must be called before anything else, in particular before threads are started.
#[must_use]
pub fn dispatch() -> Option<ExitCode> {
    let mut arguments = std::env::args_os().skip(1);
    let first = arguments.next()?;
    let rest: Vec<OsString> = arguments.collect();
    if first == RUN {
        Some(run(&rest))
    } else if first == EXEC {
        Some(exec(&rest))
    } else {
        None
    }
}

fn exec(arguments: &[OsString]) -> ExitCode {
    let [parent, wiring, cmd] = arguments else {
        return ExitCode::from(2);
    };
    let done = (|| -> io::Result<()> {
        rustix::process::setsid()?;
        if wiring == "terminal" {
            rustix::process::ioctl_tiocsctty(io::stdin())?;
        }
        #[cfg(target_os = "linux")]
        rustix::process::set_parent_process_death_signal(Some(Signal::KILL))?;
        let now = rustix::process::getppid().map_or(0, Pid::as_raw_pid);
        if parent.to_str() != Some(&now.to_string()) {
            return Err(io::Error::other("prox is gone"));
        }
        Err(Command::new("/bin/sh").arg("-c").arg(cmd).exec())
    })();
    if let Err(error) = done {
        let _ = writeln!(io::stderr(), "prox: the command cannot be started: {error}");
    }
    ExitCode::from(126)
}

/// An input of `__run`.
enum Input {
    Signal(i32),
    Kill,
    /// The supervisor has died.
    SupervisorDied,
    Ended(Pid, WaitStatus),
    /// All children have ended.
    AllEnded,
}

fn run(arguments: &[OsString]) -> ExitCode {
    let Some((spec, mut control)) = prepare(arguments) else {
        return ExitCode::from(2);
    };
    match begin(&spec, &control) {
        Ok(leader) => {
            let _ = writeln!(control, "started {}", leader.as_raw_pid());
            watch(&spec, &mut control, leader);
            ExitCode::SUCCESS
        }
        Err(error) => {
            let _ = writeln!(control, "failed {error}");
            ExitCode::FAILURE
        }
    }
}

fn prepare(arguments: &[OsString]) -> Option<(LaunchSpec<'_>, UnixStream)> {
    let [wiring, stop_signal, grace, rest, cmd] = arguments else {
        return None;
    };
    let spec = LaunchSpec {
        cmd: cmd.to_str()?,
        terminal: wiring == "terminal",
        stop_signal: stop_signal.to_str()?.parse().ok()?,
        grace: Duration::from_millis(grace.to_str()?.parse().ok()?),
        keeps_descendants: rest == "leave",
    };
    // Signals for the supervisor may reach this process, too, which must not end before its work is
    // done. Unlike ignored signals, caught ones are not inherited by the command.
    for signal in [
        signal_hook::consts::SIGHUP,
        signal_hook::consts::SIGINT,
        signal_hook::consts::SIGQUIT,
        signal_hook::consts::SIGTERM,
        signal_hook::consts::SIGUSR1,
        signal_hook::consts::SIGUSR2,
    ] {
        signal_hook::flag::register(signal, std::sync::Arc::default()).ok()?;
    }
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_child_subreaper(Some(rustix::process::getpid()));
    let control = io::stdin().as_fd().try_clone_to_owned().ok()?;
    Some((spec, UnixStream::from(control)))
}

/// Starts the command, and closes our copies of its input and output.
fn begin(spec: &LaunchSpec<'_>, control: &UnixStream) -> io::Result<Pid> {
    let input = match receive_input(control)? {
        Some(input) => input,
        None if spec.terminal => io::stdout().as_fd().try_clone_to_owned()?,
        None => nothing()?,
    };
    let child = Command::new(this_program())
        .arg0("prox")
        .arg(EXEC)
        .arg(rustix::process::getpid().as_raw_pid().to_string())
        .arg(if spec.terminal { "terminal" } else { "pipes" })
        .arg(spec.cmd)
        .stdin(Stdio::from(input))
        .spawn()?;
    let nothing = nothing()?;
    rustix::stdio::dup2_stdin(&nothing)?;
    rustix::stdio::dup2_stdout(&nothing)?;
    rustix::stdio::dup2_stderr(&nothing)?;
    i32::try_from(child.id())
        .ok()
        .and_then(Pid::from_raw)
        .ok_or_else(|| io::Error::other("the command has no process id"))
}

fn nothing() -> io::Result<OwnedFd> {
    let file = std::fs::File::options()
        .read(true)
        .write(true)
        .open("/dev/null")?;
    Ok(file.into())
}

fn receive_input(control: &UnixStream) -> io::Result<Option<OwnedFd>> {
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(1))];
    let mut ancillary = RecvAncillaryBuffer::new(&mut space);
    let mut byte = [0];
    let received = rustix::io::retry_on_intr(|| {
        rustix::net::recvmsg(
            control,
            &mut [io::IoSliceMut::new(&mut byte)],
            &mut ancillary,
            RecvFlags::CMSG_CLOEXEC,
        )
    })?;
    if received.bytes == 0 {
        return Err(io::Error::other("prox is gone"));
    }
    for message in ancillary.drain() {
        if let RecvAncillaryMessage::ScmRights(mut fds) = message {
            return Ok(fds.next());
        }
    }
    Ok(None)
}

/// Handles inputs until all descendants have ended.
fn watch(spec: &LaunchSpec<'_>, control: &mut UnixStream, leader: Pid) {
    let (sender, inputs) = mpsc::channel();
    let commands = control.try_clone();
    let command_sender = sender.clone();
    thread::spawn(move || {
        if let Ok(commands) = commands {
            listen(commands, &command_sender);
        }
        let _ = command_sender.send(Input::SupervisorDied);
    });
    thread::spawn(move || reap(&sender));

    let mut tree = Tree {
        leader,
        leads: true,
    };
    let mut alone = false;
    let mut kill_at: Option<Instant> = None;
    let ends_within = |kill_at: &mut Option<Instant>, grace: Duration| {
        let at = Instant::now() + grace;
        *kill_at = Some(kill_at.map_or(at, |before| before.min(at)));
    };
    loop {
        let wait = kill_at.map_or(Duration::MAX, |at| {
            at.saturating_duration_since(Instant::now())
        });
        match inputs.recv_timeout(wait) {
            Ok(Input::Signal(signal)) => tree.signal(signal),
            Ok(Input::Kill) => {
                tree.kill();
                kill_at = Some(Instant::now() + KILL_INTERVAL);
            }
            Ok(Input::SupervisorDied) => {
                alone = true;
                if spec.keeps_descendants && !tree.leads {
                    return;
                }
                tree.signal(spec.stop_signal);
                ends_within(&mut kill_at, spec.grace.min(ORPHANED_GRACE));
            }
            Ok(Input::Ended(pid, status)) if pid == leader => {
                tree.leads = false;
                let _ = match status.terminating_signal() {
                    Some(signal) => writeln!(control, "signaled {signal}"),
                    None => writeln!(control, "exited {}", status.exit_status().unwrap_or(0)),
                };
                if !spec.keeps_descendants {
                    tree.signal(spec.stop_signal);
                    ends_within(&mut kill_at, spec.grace);
                } else if alone {
                    return;
                }
            }
            Ok(Input::Ended(..)) => {}
            Ok(Input::AllEnded) | Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => {
                tree.kill();
                kill_at = Some(Instant::now() + KILL_INTERVAL);
            }
        }
    }
}

fn listen(commands: UnixStream, inputs: &mpsc::Sender<Input>) {
    for line in BufReader::new(commands).lines().map_while(Result::ok) {
        let input = match line.split_once(' ') {
            Some(("signal", number)) => number.parse().ok().map(Input::Signal),
            _ if line == "kill" => Some(Input::Kill),
            _ => None,
        };
        if let Some(input) = input
            && inputs.send(input).is_err()
        {
            return;
        }
    }
}

fn reap(inputs: &mpsc::Sender<Input>) {
    loop {
        let sent = match rustix::process::wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) => inputs.send(Input::Ended(pid, status)),
            Ok(None) | Err(Errno::INTR) => Ok(()),
            Err(_) => inputs
                .send(Input::AllEnded)
                .and(Err(mpsc::SendError(Input::AllEnded))),
        };
        if sent.is_err() {
            return;
        }
    }
}

/// The command and all its descendants.
struct Tree {
    leader: Pid,
    /// Whether the command itself still runs.
    leads: bool,
}

impl Tree {
    /// Sends a signal, and resumes suspended processes so that they receive it.
    fn signal(&self, number: i32) {
        if let Some(signal) = Signal::from_named_raw(number) {
            self.send(signal);
            self.send(Signal::CONT);
        }
    }

    /// Sends a signal to the command's process group while it runs, afterwards to its descendants.
    fn send(&self, signal: Signal) {
        if self.leads {
            if rustix::process::kill_process_group(self.leader, signal).is_err() {
                // The process has not made its group yet.
                let _ = rustix::process::kill_process(self.leader, signal);
            }
        } else {
            self.everything(signal);
        }
    }

    fn kill(&self) {
        self.everything(Signal::KILL);
    }

    fn everything(&self, signal: Signal) {
        if !cfg!(target_os = "linux") {
            // Processes that left the group cannot be found on this system.
            let _ = rustix::process::kill_process_group(self.leader, signal);
        }
        let below = procfs::descendants(rustix::process::getpid().as_raw_pid());
        for pid in below.into_iter().filter_map(Pid::from_raw) {
            let _ = rustix::process::kill_process(pid, signal);
        }
    }
}
