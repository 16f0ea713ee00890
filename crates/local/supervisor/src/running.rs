//! One run of one command, until all its processes have ended: executes commands, passes output to
//! the logs, and reports the exit.

use std::sync::Arc;
use std::time::Duration;

use regex::bytes::Regex;
use rustix::process::{Pid, Signal};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::pipe;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::launch::Launched;
use super::lines::Lines;
use super::orphans;
use super::plan::Exit;
use super::probe_lines::ProbeRequests;
use prox_events::Stream;
use prox_logs::Store;

/// The maximum size of a read, in bytes.
const CHUNK: usize = 32 << 10;
/// The time without output after which a pipe that another process holds open is closed, after the
/// end of the run.
const DRAIN_TIMEOUT: Duration = Duration::from_millis(100);
/// The maximum number of reads from such a pipe; together more than any pipe buffers.
const MAX_DRAIN_READS: u32 = 64;
/// The time without output after which an unfinished line of a terminal is a prompt.
const PROMPT_DELAY: Duration = Duration::from_millis(400);

/// A command to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProcessCommand {
    Signal(i32),
    Kill,
}

/// The destination of a run's output, and the line that is searched in it.
#[derive(Clone)]
pub(crate) struct Output {
    pub(crate) name: String,
    pub(crate) logs: Arc<Store>,
    /// Cancelled by the first line that matches.
    pub(crate) line: Option<(Regex, CancellationToken)>,
    /// The requests of the process's health check.
    pub(super) probe_requests: Option<Arc<ProbeRequests>>,
}

/// Follows a run until all its processes have ended and its output is read. `started` is called
/// with the process id; output is read after the future that it returns, so that the lines of
/// `started` come first in the log.
pub(crate) async fn follow<S: Future<Output = ()>>(
    launched: Launched,
    output: &Output,
    commands: &mut mpsc::UnboundedReceiver<ProcessCommand>,
    mut started: impl FnMut(u32) -> S,
) -> Exit {
    let Launched {
        mut child,
        control,
        outputs,
        is_terminal,
        keeps_descendants,
        ..
    } = launched;
    let gone = CancellationToken::new();
    let begun = gone.child_token();
    let mut readers = JoinSet::new();
    for (stream, reader) in outputs {
        let reading = read(stream, reader, is_terminal, output.clone(), gone.clone());
        let begun = begun.clone();
        readers.spawn(async move {
            begun.cancelled().await;
            reading.await;
        });
    }

    let (reports, mut commands_out) = control.into_split();
    let mut reports = BufReader::new(reports).lines();
    let mut leader = None;
    let mut exit = None;
    while exit.is_none() || !keeps_descendants {
        tokio::select! {
            line = reports.next_line() => match line {
                Ok(Some(line)) => match line.split_once(' ') {
                    Some(("started", pid)) => {
                        leader = pid.parse().ok();
                        if let Some(pid) = leader {
                            started(pid).await;
                        }
                        begun.cancel();
                    }
                    Some(("exited", code)) => exit = code.parse().ok().map(Exit::Code),
                    Some(("signaled", signal)) => exit = signal.parse().ok().map(Exit::Signal),
                    Some(("failed", reason)) => exit = Some(Exit::Failed(reason.to_owned())),
                    _ => {}
                },
                Ok(None) | Err(_) => break,
            },
            Some(order) = commands.recv() => {
                let line = match order {
                    ProcessCommand::Signal(signal) => format!("signal {signal}\n"),
                    ProcessCommand::Kill => "kill\n".to_owned(),
                };
                // When `prox __run` cannot be reached any more, it is about to end.
                let _ = commands_out.write_all(line.as_bytes()).await;
            }
        }
    }
    let exit = match exit {
        Some(exit) if keeps_descendants => {
            tokio::spawn(async move {
                // Keeps the socket open until all descendants have ended, or `prox` ends.
                while let Ok(Some(_)) = reports.next_line().await {}
                let _ = child.wait().await;
                drop(commands_out);
            });
            exit
        }
        Some(exit) => {
            let _ = child.wait().await;
            exit
        }
        None => {
            let _ = child.wait().await;
            let leader = leader.and_then(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
            // `prox __run` was killed. Joining fails only when the task panics, or `prox` ends.
            let _ = tokio::task::spawn_blocking(move || orphans::end(leader)).await;
            Exit::Signal(Signal::KILL.as_raw())
        }
    };
    gone.cancel();
    while readers.join_next().await.is_some() {}
    exit
}

/// Passes one output to the logs, line by line, until its end.
async fn read(
    stream: Stream,
    mut reader: pipe::Receiver,
    is_terminal: bool,
    mut output: Output,
    gone: CancellationToken,
) {
    let mut lines = Lines::default();
    let mut last_reads = 0;
    loop {
        lines.buffer().reserve(CHUNK);
        let unfinished = is_terminal && !lines.buffer().is_empty();
        tokio::select! {
            biased;
            read = reader.read_buf(lines.buffer()) => match read {
                // Reading a terminal that no process has open is an error on Linux.
                Ok(0) | Err(_) => break,
                Ok(_) => {}
            },
            () = tokio::time::sleep(PROMPT_DELAY), if unfinished => {
                if let Some(line) = lines.rest() {
                    output.line(stream, &line).await;
                }
            }
            () = async {
                gone.cancelled().await;
                tokio::time::sleep(DRAIN_TIMEOUT).await;
            } => break,
        }
        while let Some(line) = lines.next() {
            output.line(stream, &line).await;
        }
        if gone.is_cancelled() {
            last_reads += 1;
            if last_reads == MAX_DRAIN_READS {
                break;
            }
        }
        // Lets other tasks run, however much output there is.
        tokio::task::yield_now().await;
    }
    if let Some(line) = lines.rest() {
        output.line(stream, &line).await;
    }
}

impl Output {
    /// Whether the health check caused a line.
    fn is_caused(&self, line: &[u8]) -> bool {
        let Some(requests) = &self.probe_requests else {
            return false;
        };
        let line = plain(line);
        std::str::from_utf8(&line).is_ok_and(|line| requests.is_probe_line(line))
    }

    async fn line(&mut self, stream: Stream, line: &[u8]) {
        if self.is_caused(line) {
            self.logs.append_of_probe(&self.name, stream, line).await;
        } else {
            self.logs.append(&self.name, stream, line).await;
        }
        if let Some((regex, seen)) = &self.line {
            let plain = plain(line);
            if regex.is_match(&plain) {
                seen.cancel();
            }
            if seen.is_cancelled() {
                self.line = None;
            }
        }
    }
}

/// The line without colours.
fn plain(line: &[u8]) -> std::borrow::Cow<'_, [u8]> {
    if line.contains(&0x1b) {
        let text = String::from_utf8_lossy(line);
        prox_logs::level::strip_escapes(&text)
            .into_owned()
            .into_bytes()
            .into()
    } else {
        line.into()
    }
}
