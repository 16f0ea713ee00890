//! One run of one command, until all of its processes are gone: obeys commands, passes output to
//! the logs, reports the exit. Decides nothing.

use std::sync::Arc;
use std::time::Duration;

use regex::bytes::Regex;
use rustix::process::{Pid, Signal};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::pipe;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::caused::Asked;
use super::launch::Launched;
use super::lines::Lines;
use super::orphans;
use super::plan::Exit;
use prox_events::Stream;
use prox_logs::Store;

/// How much is read at once.
const CHUNK: usize = 32 << 10;
/// How long output that something else still holds open may be silent after the end.
const LINGER: Duration = Duration::from_millis(100);
/// How often such output is read at most after the end: more than any pipe holds.
const LAST_READS: u32 = 64;
/// After this time without more, an unfinished line of a terminal is a prompt.
const PROMPT: Duration = Duration::from_millis(400);

/// A command to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ProcessCommand {
    Signal(i32),
    Kill,
}

/// Where a run's output goes, and what is looked for in it.
#[derive(Clone)]
pub(crate) struct Output {
    pub(crate) name: String,
    pub(crate) logs: Arc<Store>,
    /// Cancelled by the first line that matches.
    pub(crate) line: Option<(Regex, CancellationToken)>,
    /// What its health check asks it for.
    pub(super) asked: Option<Arc<Asked>>,
}

/// Waits until all of it is gone, and its output is read. `started` is called with its process id;
/// nothing is read before what that gives has ended, so that what it says stands first in the log.
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

    let (told, mut tell) = control.into_split();
    let mut told = BufReader::new(told).lines();
    let mut leader = None;
    let mut exit = None;
    while exit.is_none() || !keeps_descendants {
        tokio::select! {
            line = told.next_line() => match line {
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
                // When it cannot be reached any more, it is about to end.
                let _ = tell.write_all(line.as_bytes()).await;
            }
        }
    }
    let exit = match exit {
        Some(exit) if keeps_descendants => {
            tokio::spawn(async move {
                // Until nothing is left, or prox ends, whose end of the socket this is.
                while let Ok(Some(_)) = told.next_line().await {}
                let _ = child.wait().await;
                drop(tell);
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
            // Somebody killed `prox __run`. It only fails when it panics, or prox ends.
            let _ = tokio::task::spawn_blocking(move || orphans::end(leader)).await;
            Exit::Signal(Signal::KILL.as_raw())
        }
    };
    gone.cancel();
    while readers.join_next().await.is_some() {}
    exit
}

/// Hands one output to the logs, line by line, until its end.
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
            () = tokio::time::sleep(PROMPT), if unfinished => {
                if let Some(line) = lines.rest() {
                    output.line(stream, &line).await;
                }
            }
            () = async {
                gone.cancelled().await;
                tokio::time::sleep(LINGER).await;
            } => break,
        }
        while let Some(line) = lines.next() {
            output.line(stream, &line).await;
        }
        if gone.is_cancelled() {
            last_reads += 1;
            if last_reads == LAST_READS {
                break;
            }
        }
        // However much there is to read, other tasks get their turn.
        tokio::task::yield_now().await;
    }
    if let Some(line) = lines.rest() {
        output.line(stream, &line).await;
    }
}

impl Output {
    /// Whether its health check caused a line.
    fn is_caused(&self, line: &[u8]) -> bool {
        let Some(asked) = &self.asked else {
            return false;
        };
        let line = plain(line);
        std::str::from_utf8(&line).is_ok_and(|line| asked.caused(line))
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

/// Without colours.
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
