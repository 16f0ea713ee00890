//! Starts a command through [`crate::run`] with pipes or a pseudo-terminal, and returns the
//! supervisor's ends of them. Does not read from them or wait.

use std::collections::BTreeMap;
use std::ffi::CString;
use std::io;
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::UnixStream as StdStream;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use rustix::fs::{Mode, OFlags};
use rustix::pty::OpenptFlags;
use rustix::termios::Winsize;
use tokio::net::UnixStream;
use tokio::net::unix::pipe;
use tokio::process::Child;

use crate::run::{self, LaunchSpec};
use prox_events::Stream;

/// A command with everything that is needed to start it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Launch<'a> {
    /// Path of the program `prox`.
    pub(crate) runner: &'a Path,
    pub(crate) cmd: &'a str,
    pub(crate) dir: &'a Path,
    pub(crate) env: &'a BTreeMap<String, String>,
    pub(crate) wiring: Wiring,
    pub(crate) stop_signal: i32,
    pub(crate) stop_timeout: Duration,
    /// Whether descendants that outlive the command are kept running.
    pub(crate) keeps_descendants: bool,
}

/// The standard input and output of a command.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wiring {
    /// `/dev/null` for all.
    Nothing,
    /// A pipe for each.
    Pipes,
    /// A pseudo-terminal of this size.
    Terminal { columns: u16, rows: u16 },
}

/// A started command.
pub(crate) struct Launched {
    /// The process of `prox __run`.
    pub(crate) child: Child,
    /// The socket on which `prox __run` takes commands and reports what happens.
    pub(crate) control: UnixStream,
    pub(crate) input: Option<pipe::Sender>,
    pub(crate) outputs: Vec<(Stream, pipe::Receiver)>,
    pub(crate) terminal: Option<OwnedFd>,
    pub(crate) is_terminal: bool,
    /// Whether `prox __run` stays with descendants that outlive the command.
    pub(crate) keeps_descendants: bool,
}

impl Launch<'_> {
    /// Starts the command. Errors are messages for people.
    pub(crate) fn start(&self) -> Result<Launched, String> {
        if !self.dir.is_dir() {
            return Err(format!("there is no folder {}", self.dir.display()));
        }
        self.spawn().map_err(|error| {
            if error.kind() == io::ErrorKind::ArgumentListTooLong {
                "its command and variables are too long for this system".to_owned()
            } else {
                error.to_string()
            }
        })
    }

    fn spawn(&self) -> io::Result<Launched> {
        let (ours, theirs) = StdStream::pair()?;
        let mut command = tokio::process::Command::new(self.runner);
        let spec = LaunchSpec {
            cmd: self.cmd,
            terminal: matches!(self.wiring, Wiring::Terminal { .. }),
            stop_signal: self.stop_signal,
            grace: self.stop_timeout,
            keeps_descendants: self.keeps_descendants,
        };
        command
            .arg0("prox")
            .args(spec.arguments())
            .current_dir(self.dir)
            .envs(self.env)
            // Signals from keys typed in the terminal of `prox` must not reach this process.
            .process_group(0)
            .stdin(OwnedFd::from(theirs));
        let mut launched = Wires::default();
        match self.wiring {
            Wiring::Nothing => {
                command.stdout(Stdio::null()).stderr(Stdio::null());
            }
            Wiring::Pipes => {
                let (read, write) = io::pipe()?;
                launched.command_input = Some(read.into());
                launched.input = Some(pipe::Sender::from_owned_fd(write.into())?);
                let (read, write) = io::pipe()?;
                command.stdout(write);
                launched.output(Stream::Stdout, read)?;
                let (read, write) = io::pipe()?;
                command.stderr(write);
                launched.output(Stream::Stderr, read)?;
            }
            Wiring::Terminal { columns, rows } => {
                let (master, slave) = terminal(columns, rows)?;
                command.stdout(slave.try_clone()?).stderr(slave);
                if !self.env.contains_key("TERM") {
                    command.env("TERM", "xterm-256color");
                }
                // A terminal is not a pipe, but is read and written like one.
                let reader = pipe::Receiver::from_owned_fd_unchecked(master.try_clone()?)?;
                launched.outputs.push((Stream::Stdout, reader));
                let writer = pipe::Sender::from_owned_fd_unchecked(master.try_clone()?)?;
                launched.input = Some(writer);
                launched.terminal = Some(master);
            }
        }
        let child = command.spawn()?;
        run::send_input(&ours, launched.command_input.as_ref())?;
        ours.set_nonblocking(true)?;
        Ok(Launched {
            child,
            control: UnixStream::from_std(ours)?,
            input: launched.input,
            outputs: launched.outputs,
            is_terminal: launched.terminal.is_some(),
            keeps_descendants: self.keeps_descendants,
            terminal: launched.terminal,
        })
    }
}

#[derive(Default)]
struct Wires {
    command_input: Option<OwnedFd>,
    input: Option<pipe::Sender>,
    outputs: Vec<(Stream, pipe::Receiver)>,
    terminal: Option<OwnedFd>,
}

impl Wires {
    fn output(&mut self, stream: Stream, read: io::PipeReader) -> io::Result<()> {
        let reader = pipe::Receiver::from_owned_fd(read.into())?;
        self.outputs.push((stream, reader));
        Ok(())
    }
}

/// A new pseudo-terminal: our non-blocking end, and the command's end.
fn terminal(columns: u16, rows: u16) -> io::Result<(OwnedFd, OwnedFd)> {
    let master = rustix::pty::openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY)?;
    rustix::io::fcntl_setfd(&master, rustix::io::FdFlags::CLOEXEC)?;
    rustix::pty::grantpt(&master)?;
    rustix::pty::unlockpt(&master)?;
    let name: CString = rustix::pty::ptsname(&master, Vec::new())?;
    let slave = rustix::fs::open(
        std::ffi::OsStr::from_bytes(name.as_bytes()),
        OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC,
        Mode::empty(),
    )?;
    resize(&master, columns, rows)?;
    let flags = rustix::fs::fcntl_getfl(&master)?;
    rustix::fs::fcntl_setfl(&master, flags | OFlags::NONBLOCK)?;
    Ok((master, slave))
}

/// Changes a terminal's size.
pub(crate) fn resize(terminal: impl AsFd, columns: u16, rows: u16) -> io::Result<()> {
    rustix::termios::tcsetwinsize(
        terminal,
        Winsize {
            ws_row: rows,
            ws_col: columns,
            ws_xpixel: 0,
            ws_ypixel: 0,
        },
    )?;
    Ok(())
}
