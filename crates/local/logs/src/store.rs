//! The log store of a running supervisor: numbers every line, keeps the newest in memory, publishes
//! each on the event bus, and writes the files in a thread. No accepted line is lost while the disk
//! has space, and much output of one process never delays another.

use std::collections::VecDeque;
use std::fs;
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use indexmap::IndexMap;
use jiff::Timestamp;
use tokio::sync::Notify;

use super::filter::{Filter, Query};
use super::line::{Entry, file_name, format_time};
use super::read::{self, keep_last};
use super::rotate::{Rotated, clean};
use prox_config::model;
use prox_events::{Event, EventBus, LogLine, Stream};

/// The maximum time before lines are written to the disk.
const FLUSH_EVERY: Duration = Duration::from_millis(100);
/// The interval between attempts to write a file that cannot be written.
const RETRY_EVERY: Duration = Duration::from_secs(1);
/// The pending bytes of a process from which the writer is woken at once.
const FLUSH_SIZE: usize = 64 << 10;
/// The maximum of pending bytes of a process. Beyond it, `append` waits.
const MAX_PENDING: usize = 512 << 10;
/// The maximum number of lines of each process in memory.
const MAX_TAIL_LINES: usize = 2000;
/// The maximum size of the lines of each process in memory, in bytes.
const MAX_TAIL_BYTES: usize = 256 << 10;
/// The memory of a line in addition to its text, in bytes.
const LINE_OVERHEAD: usize = size_of::<StoredLine>() + 16;
/// The name under which the store writes its own lines.
const SELF: &str = "prox";
/// The file with the sequence number at which a supervisor began (`7+`), or at which it ended
/// cleanly (`9`).
const COUNTED: &str = ".prox-counted";
/// The increase of the sequence number after a supervisor that did not end cleanly: more than the
/// number of lines that it can have published without writing them.
pub const SEQ_GAP_AFTER_CRASH: u64 = 1 << 32;

/// The log store of a running supervisor.
#[derive(Debug)]
pub struct Store {
    dir: PathBuf,
    bus: Arc<EventBus>,
    shared: Arc<Shared>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

/// The lines after a sequence number, for a reader that continues there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Backlog {
    /// The lines, oldest first, up to the limit.
    Lines(Vec<LogLine>),
    /// Some lines after it are not kept any more.
    Gone,
}

#[derive(Debug, Default)]
struct Shared {
    state: Mutex<State>,
    /// Wakes the writer.
    work: Condvar,
    /// Wakes callers that wait for the writer.
    written: Notify,
}

#[derive(Debug, Default)]
struct State {
    /// The sequence number of the newest line of earlier supervisors.
    base_seq: u64,
    last_seq: u64,
    processes: IndexMap<String, Channel>,
    /// Whether there are lines to write.
    dirty: bool,
    /// Whether the writer must write at once.
    eager: bool,
    flushes_wanted: u64,
    flushes_done: u64,
    closed: bool,
    /// Whether no more lines are accepted.
    ended: bool,
}

#[derive(Debug, Default)]
struct Channel {
    tail: VecDeque<StoredLine>,
    tail_bytes: usize,
    /// The greatest sequence number that was removed from `tail`.
    evicted: u64,
    pending: Vec<u8>,
    /// Whether the file cannot be written at present.
    failing: bool,
    /// The number of lines that the file lacks since then.
    missing: u64,
    /// The greatest sequence number that may be missing in the file, because it could not be
    /// written.
    unwritten: u64,
}

/// A line in memory.
#[derive(Debug)]
struct StoredLine {
    seq: u64,
    time: Timestamp,
    stream: Stream,
    probe: bool,
    line: Box<str>,
}

impl StoredLine {
    fn to_line(&self, process: &str) -> LogLine {
        LogLine {
            seq: self.seq,
            timestamp: format_time(self.time),
            process: process.to_owned(),
            stream: self.stream,
            line: self.line.clone().into(),
            probe: self.probe,
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The folder of a project's log files.
///
/// # Errors
///
/// When no folder is configured and there is no home folder.
pub fn directory(settings: &model::Logs, project_hash: &str) -> io::Result<PathBuf> {
    if let Some(dir) = &settings.dir {
        return Ok(dir.clone());
    }
    let home = std::env::home_dir().ok_or_else(|| {
        io::Error::new(
            io::ErrorKind::NotFound,
            "there is no home folder; set HOME, or `logs.dir` in prox.yaml",
        )
    })?;
    Ok(home.join(".prox/logs").join(project_hash))
}

impl Store {
    /// Opens the store: creates the folder, removes expired files, and continues the sequence
    /// numbers of the last supervisor. When that did not end cleanly, skips all numbers that it can
    /// have published.
    ///
    /// # Errors
    ///
    /// When the folder cannot be created or read.
    pub fn open(
        settings: &model::Logs,
        project_hash: &str,
        bus: Arc<EventBus>,
    ) -> io::Result<Arc<Self>> {
        let dir = directory(settings, project_hash)?;
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&dir)?;
        clean(&dir, settings.retention, settings.max_files)?;
        let shared = Arc::new(Shared::default());
        let last_seq = begin_counting(&dir)?;
        {
            let mut state = shared.lock();
            state.base_seq = last_seq;
            state.last_seq = last_seq;
        }
        let writer = Writer {
            dir: dir.clone(),
            max_size: settings.max_size,
            max_files: settings.max_files,
            bus: Arc::clone(&bus),
            shared: Arc::clone(&shared),
            files: IndexMap::new(),
        };
        let thread = std::thread::Builder::new()
            .name("logs".to_owned())
            .spawn(move || writer.run())?;
        Ok(Arc::new(Self {
            dir,
            bus,
            shared,
            writer: Mutex::new(Some(thread)),
        }))
    }

    /// The folder of the files.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Appends a line, given without its line end. Waits while too many lines of this process are
    /// not written yet. When it returns, the line is in memory and will be written.
    pub async fn append(&self, process: &str, stream: Stream, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        for line in line.split(|byte| *byte == b'\n') {
            self.append_one(process, stream, line, false).await;
        }
    }

    /// Appends a line that a health check of `prox` caused.
    pub async fn append_of_probe(&self, process: &str, stream: Stream, line: &[u8]) {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        for line in line.split(|byte| *byte == b'\n') {
            self.append_one(process, stream, line, true).await;
        }
    }

    async fn append_one(&self, process: &str, stream: Stream, line: &[u8], probe: bool) {
        loop {
            let written = self.shared.written.notified();
            {
                let mut state = self.shared.lock();
                if state.ended {
                    return;
                }
                let full = state.processes.get(process).is_some_and(|channel| {
                    channel.pending.len() >= MAX_PENDING && !channel.failing
                });
                if !full || state.closed {
                    let wake = !state.dirty;
                    state.push(&self.bus, process, stream, line, probe);
                    if wake || state.eager {
                        self.shared.work.notify_one();
                    }
                    return;
                }
                state.eager = true;
                self.shared.work.notify_one();
            }
            written.await;
        }
    }

    /// The sequence number of the newest line; 0 when there is none.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.shared.lock().last_seq
    }

    /// The matching lines in memory, in order.
    #[must_use]
    pub fn tail(&self, query: &Query) -> Vec<LogLine> {
        self.shared.lock().tail(query)
    }

    /// The matching lines of the files, and of memory where the files could not be written, in
    /// order.
    ///
    /// # Errors
    ///
    /// When the files cannot be read.
    pub async fn read(&self, query: Query) -> io::Result<Vec<LogLine>> {
        {
            let state = self.shared.lock();
            let lines = state.tail(&query);
            let floor = state.floor(&query.filter);
            let all = query.after.is_some_and(|after| after >= floor);
            let enough = query.last.is_some_and(|last| lines.len() >= last)
                && lines.first().is_none_or(|first| first.seq > floor);
            if all || enough {
                return Ok(lines);
            }
        }
        self.flush().await;
        let kept = self.unwritten(&query);
        let limit = query.last.unwrap_or(usize::MAX);
        let dir = self.dir.clone();
        let written = tokio::task::spawn_blocking(move || read::last(&dir, &query))
            .await
            .map_err(io::Error::other)??;
        Ok(merge(written, kept, limit))
    }

    /// The lines of all processes after a sequence number, at most `limit`.
    ///
    /// # Errors
    ///
    /// When the files cannot be read.
    pub async fn after(&self, seq: u64, limit: usize) -> io::Result<Backlog> {
        {
            let state = self.shared.lock();
            if seq > state.last_seq {
                return Ok(Backlog::Gone);
            }
            if seq >= state.floor(&Filter::default()) {
                let mut lines = state.tail(&Query {
                    after: Some(seq),
                    ..Query::default()
                });
                lines.truncate(limit);
                return Ok(Backlog::Lines(lines));
            }
        }
        self.flush().await;
        let kept = self.unwritten(&Query {
            after: Some(seq),
            ..Query::default()
        });
        let dir = self.dir.clone();
        let written = tokio::task::spawn_blocking(move || {
            read::Merged::open(&dir, |_| true, seq)?
                .with(kept)
                .take(limit)
                .collect::<io::Result<Vec<_>>>()
        })
        .await
        .map_err(io::Error::other)??;
        Ok(match written.first() {
            Some(first) if first.seq == seq + 1 => Backlog::Lines(written),
            _ => Backlog::Gone,
        })
    }

    /// The lines in memory that may be missing in the files.
    #[must_use]
    pub fn unwritten(&self, query: &Query) -> Vec<LogLine> {
        self.shared.lock().unwritten(query)
    }

    /// Waits until all appended lines are written, or cannot be written.
    pub async fn flush(&self) {
        let wanted = {
            let mut state = self.shared.lock();
            if state.closed {
                return;
            }
            state.flushes_wanted += 1;
            self.shared.work.notify_one();
            state.flushes_wanted
        };
        loop {
            let written = self.shared.written.notified();
            {
                let state = self.shared.lock();
                if state.flushes_done >= wanted || state.closed {
                    return;
                }
            }
            written.await;
        }
    }

    /// Writes all remaining lines and ends the writer. Later lines are dropped.
    pub async fn close(&self) {
        self.shared.lock().closed = true;
        self.shared.work.notify_one();
        let thread = self
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(thread) = thread {
            // Joining fails only when the writer panicked.
            let _ = tokio::task::spawn_blocking(move || thread.join()).await;
        }
        self.shared.written.notify_waiters();
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.work.notify_one();
    }
}

/// The sequence number after which new lines are counted. No number is used twice, because readers
/// identify lines by their numbers.
fn begin_counting(dir: &Path) -> io::Result<u64> {
    let path = dir.join(COUNTED);
    let written = read::last_seq(dir)?;
    let last = match fs::read(&path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound && written == 0 => 0,
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        counted => match ended_with(&counted.unwrap_or_default()) {
            Ok(last) => last.max(written),
            Err(began) => began.max(written).saturating_add(SEQ_GAP_AFTER_CRASH),
        },
    };
    match fs::write(&path, format!("{last}+\n")) {
        // The file is empty then, which has the same meaning.
        Err(error) if error.kind() == io::ErrorKind::StorageFull => Ok(last),
        other => other.map(|()| last),
    }
}

/// Parses the file: the last sequence number of a supervisor that ended cleanly, or the one at
/// which it began.
fn ended_with(counted: &[u8]) -> Result<u64, u64> {
    let text = std::str::from_utf8(counted).unwrap_or_default();
    let number = |text: &str| text.parse().ok();
    match text.strip_suffix('\n').and_then(number) {
        Some(last) => Ok(last),
        None => Err(text.strip_suffix("+\n").and_then(number).unwrap_or(0)),
    }
}

/// Merges the newest lines of the files with the lines of memory that they lack, in order.
#[must_use]
pub fn merge(mut written: Vec<LogLine>, kept: Vec<LogLine>, limit: usize) -> Vec<LogLine> {
    written.extend(kept);
    written.sort_unstable_by_key(|line| line.seq);
    written.dedup_by_key(|line| line.seq);
    keep_last(&mut written, limit);
    written
}

impl State {
    fn tail(&self, query: &Query) -> Vec<LogLine> {
        self.lines_in_memory(query, |_| true)
    }

    /// The matching lines in memory that may be missing in the files.
    fn unwritten(&self, query: &Query) -> Vec<LogLine> {
        self.lines_in_memory(query, |channel| channel.unwritten > channel.evicted)
    }

    fn lines_in_memory(&self, query: &Query, of: impl Fn(&Channel) -> bool) -> Vec<LogLine> {
        let limit = query.last.unwrap_or(usize::MAX);
        let mut lines = Vec::new();
        for (process, channel) in &self.processes {
            if !query.filter.wants_process(process) || !of(channel) {
                continue;
            }
            let newest = channel.tail.iter().rev();
            lines.extend(
                newest
                    .take_while(|kept| query.after.is_none_or(|after| kept.seq > after))
                    .filter(|kept| query.since.is_none_or(|since| kept.time >= since))
                    .map(|kept| kept.to_line(process))
                    .filter(|line| query.filter.matches(line))
                    .take(limit),
            );
        }
        keep_last(&mut lines, limit);
        lines
    }

    /// The greatest sequence number that is not in memory, of the processes of a filter.
    fn floor(&self, filter: &Filter) -> u64 {
        let wanted = self
            .processes
            .iter()
            .filter(|(process, _)| filter.wants_process(process));
        wanted
            .map(|(_, channel)| channel.evicted)
            .fold(self.base_seq, u64::max)
    }

    fn push(&mut self, bus: &EventBus, process: &str, stream: Stream, line: &[u8], probe: bool) {
        self.last_seq += 1;
        let seq = self.last_seq;
        let time = Timestamp::now();
        let timestamp = format_time(time);
        let text = String::from_utf8_lossy(line);
        let closed = self.closed;
        let channel = self.processes.entry(process.to_owned()).or_default();
        channel.keep(StoredLine {
            seq,
            time,
            stream,
            probe,
            line: text.as_ref().into(),
        });
        if channel.failing {
            channel.unwritten = seq;
        }
        if channel.failing && channel.pending.len() >= MAX_PENDING {
            channel.missing += 1;
        } else if !closed {
            let entry = Entry {
                timestamp: &timestamp,
                seq,
                stream,
                line,
                probe,
            };
            entry.write(&mut channel.pending);
            self.dirty |= !channel.failing;
            self.eager |= channel.pending.len() >= FLUSH_SIZE && !channel.failing;
        }
        bus.publish(Event::Log(LogLine {
            seq,
            timestamp,
            process: process.to_owned(),
            stream,
            line: text.into_owned(),
            probe,
        }));
    }
}

impl Channel {
    fn keep(&mut self, kept: StoredLine) {
        self.tail_bytes += kept.line.len() + LINE_OVERHEAD;
        self.tail.push_back(kept);
        while self.tail.len() > 1
            && (self.tail.len() > MAX_TAIL_LINES || self.tail_bytes > MAX_TAIL_BYTES)
        {
            if let Some(old) = self.tail.pop_front() {
                self.tail_bytes -= old.line.len() + LINE_OVERHEAD;
                self.evicted = old.seq;
            }
        }
    }
}

/// The thread that writes the files.
struct Writer {
    dir: PathBuf,
    max_size: u64,
    max_files: usize,
    bus: Arc<EventBus>,
    shared: Arc<Shared>,
    files: IndexMap<String, Output>,
}

struct Output {
    file: Rotated,
    /// The lines that are being written, from `written` on.
    lines: Vec<u8>,
    written: usize,
    /// The time of the next attempt after a failure.
    retry_at: Option<Instant>,
}

/// The outcome of one attempt to write the files.
#[derive(Default)]
struct Round {
    /// Processes whose files could not be written for the first time.
    failed: Vec<String>,
    error: Option<io::Error>,
    /// Processes whose files can be written again.
    recovered: Vec<String>,
}

impl Writer {
    fn run(mut self) {
        loop {
            let (flushes, closed) = self.wait();
            let round = self.write(closed);
            let done = self.report(&round, flushes);
            self.shared.written.notify_waiters();
            if closed && done {
                let mut state = self.shared.lock();
                state.ended = true;
                // When this fails, the next supervisor skips numbers.
                let _ = fs::write(self.dir.join(COUNTED), format!("{}\n", state.last_seq));
                return;
            }
        }
    }

    /// Waits for lines and a little longer for more, and takes them.
    fn wait(&mut self) -> (u64, bool) {
        let mut state = self.shared.lock();
        let flush_at = Instant::now() + FLUSH_EVERY;
        let retry_at = self.files.values().filter_map(|file| file.retry_at).min();
        loop {
            let urgent = state.closed || state.eager || state.flushes_wanted > state.flushes_done;
            let due = state
                .dirty
                .then_some(flush_at)
                .into_iter()
                .chain(retry_at)
                .min();
            let left = due.map(|due| due.saturating_duration_since(Instant::now()));
            if urgent || left == Some(Duration::ZERO) {
                break;
            }
            let condvar = &self.shared.work;
            state = match left {
                Some(left) => {
                    let (state, _) = condvar
                        .wait_timeout(state, left)
                        .unwrap_or_else(PoisonError::into_inner);
                    state
                }
                None => condvar.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
        }
        for (process, channel) in &mut state.processes {
            if channel.pending.is_empty() {
                continue;
            }
            let output = self.files.entry(process.clone()).or_insert_with(|| Output {
                file: Rotated::new(
                    self.dir.join(file_name(process)),
                    self.max_size,
                    self.max_files,
                ),
                lines: Vec::new(),
                written: 0,
                retry_at: None,
            });
            if output.lines.is_empty() {
                std::mem::swap(&mut output.lines, &mut channel.pending);
            }
        }
        state.dirty = state
            .processes
            .values()
            .any(|channel| !channel.pending.is_empty() && !channel.failing);
        state.eager = false;
        (state.flushes_wanted, state.closed)
    }

    /// Writes all taken lines, except for files whose next attempt is later. `last` tries all
    /// files.
    fn write(&mut self, last: bool) -> Round {
        let mut round = Round::default();
        let now = Instant::now();
        for (process, output) in &mut self.files {
            if output.retry_at.is_some_and(|at| at > now) && !last {
                continue;
            }
            let rest = output.lines.get(output.written..).unwrap_or_default();
            match output.file.write(rest) {
                Ok(()) => {
                    output.lines.clear();
                    output.lines.shrink_to(FLUSH_SIZE);
                    output.written = 0;
                    if output.retry_at.take().is_some() {
                        round.recovered.push(process.clone());
                    }
                }
                Err((written, error)) => {
                    output.written += written;
                    if output.retry_at.replace(now + RETRY_EVERY).is_none() {
                        round.failed.push(process.clone());
                        round.error = Some(error);
                    }
                }
            }
        }
        round
    }

    /// Logs once which files cannot be written, and once that they can be written again. Returns
    /// whether the writer must end.
    fn report(&mut self, round: &Round, flushes: u64) -> bool {
        let mut state = self.shared.lock();
        state.flushes_done = flushes;
        let mut missing = 0;
        let last = state.last_seq;
        for (process, channel) in &mut state.processes {
            if round.failed.contains(process) {
                channel.failing = true;
                channel.unwritten = last;
            }
            if round.recovered.contains(process) {
                channel.failing = false;
                missing += std::mem::take(&mut channel.missing);
            }
        }
        // Pending lines of the files can be written now.
        state.dirty |= !round.recovered.is_empty();
        let dir = self.dir.display();
        if let Some(error) = &round.error {
            let whose = round.failed.join(", ");
            let text = format!(
                "the log of {whose} cannot be written in {dir}: {error}. The newest lines stay in \
                 memory; trying again every second"
            );
            state.push(&self.bus, SELF, Stream::System, text.as_bytes(), false);
        }
        if !round.recovered.is_empty() {
            let whose = round.recovered.join(", ");
            let text = format!(
                "the log of {whose} is written again in {dir}; {missing} lines are missing from it"
            );
            state.push(&self.bus, SELF, Stream::System, text.as_bytes(), false);
        }
        state
            .processes
            .values()
            .all(|channel| channel.failing || channel.pending.is_empty())
    }
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::panic,
        clippy::indexing_slicing,
        reason = "a test may fail loudly"
    )]

    use std::time::Duration;

    use super::*;

    fn settings(dir: &Path) -> model::Logs {
        model::Logs {
            dir: Some(dir.to_owned()),
            max_size: 64 << 20,
            max_files: 3,
            retention: Duration::from_secs(3600),
        }
    }

    fn open(dir: &Path) -> Arc<Store> {
        Store::open(&settings(dir), "0123456789ab", Arc::new(EventBus::new())).unwrap()
    }

    fn texts(lines: &[LogLine]) -> Vec<&str> {
        lines.iter().map(|line| line.line.as_str()).collect()
    }

    async fn until(mut holds: impl FnMut() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !holds() {
            assert!(Instant::now() < deadline, "it never happened");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    #[tokio::test]
    async fn lines_are_numbered_published_kept_and_written() {
        let dir = tempfile::tempdir().unwrap();
        let bus = Arc::new(EventBus::new());
        let mut events = bus.subscribe();
        let store = Store::open(&settings(dir.path()), "0", bus).unwrap();
        store.append("web", Stream::Stdout, b"one\r").await;
        store.append("api", Stream::Stderr, b"\xfftwo").await;
        let lines = store.tail(&Query::default());
        assert_eq!(texts(&lines), ["one", "\u{fffd}two"]);
        assert_eq!(events.recv().await.unwrap(), Event::Log(lines[0].clone()));
        assert_eq!(events.recv().await.unwrap(), Event::Log(lines[1].clone()));
        store.close().await;
        assert_eq!(read::last(dir.path(), &Query::default()).unwrap(), lines);
        let raw = std::fs::read(dir.path().join("api.log")).unwrap();
        assert!(raw.ends_with(b" 2 err \xfftwo\n"), "{raw:?}");
    }

    #[tokio::test]
    async fn lines_are_written_without_a_flush() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        store.append("web", Stream::Stdout, b"one").await;
        store.append("web", Stream::Stdout, b"two").await;
        until(|| read::last(dir.path(), &Query::default()).unwrap().len() == 2).await;
    }

    #[tokio::test]
    async fn the_next_supervisor_continues_the_numbers() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        store.append("web", Stream::Stdout, b"one").await;
        store.close().await;
        let store = open(dir.path());
        store.append("api", Stream::Stdout, b"two").await;
        assert_eq!(store.last_seq(), 2);
        assert_eq!(texts(&store.tail(&Query::default())), ["two"]);
        let all = store.read(Query::default()).await.unwrap();
        assert_eq!(texts(&all), ["one", "two"]);
        let Backlog::Lines(lines) = store.after(0, 10).await.unwrap() else {
            panic!("line 1 is in the file");
        };
        assert_eq!(texts(&lines), ["one", "two"]);
    }

    #[tokio::test]
    async fn memory_is_bounded_and_older_lines_come_from_the_files() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        store.append("quiet", Stream::Stdout, b"still here").await;
        for number in 0..MAX_TAIL_LINES * 2 {
            let text = format!("line {number}");
            store.append("loud", Stream::Stdout, text.as_bytes()).await;
        }
        let tail = store.tail(&Query::default());
        assert_eq!(tail.len(), MAX_TAIL_LINES + 1);
        assert_eq!(tail[0].line, "still here");
        let query = |last| Query {
            last: Some(last),
            ..Query::default()
        };
        // One more line than memory has of `loud`: the line of `quiet` is older than the next one.
        let lines = store.read(query(MAX_TAIL_LINES + 1)).await.unwrap();
        assert_eq!(lines.len(), MAX_TAIL_LINES + 1);
        assert_eq!(lines[0].line, format!("line {}", MAX_TAIL_LINES - 1));
        assert_eq!(
            store.read(query(2)).await.unwrap(),
            tail[MAX_TAIL_LINES - 1..]
        );
        let Backlog::Lines(lines) = store.after(1, 3).await.unwrap() else {
            panic!("line 2 is in the file");
        };
        assert_eq!(texts(&lines), ["line 0", "line 1", "line 2"]);
        store
            .append("large", Stream::Stdout, &vec![b'x'; 1 << 20])
            .await;
        store.append("large", Stream::Stdout, b"small").await;
        let lines = store.tail(&Query {
            filter: Filter::default().processes(["large".to_owned()]),
            ..Query::default()
        });
        assert_eq!(texts(&lines), ["small"]);
    }

    #[tokio::test]
    async fn a_number_before_the_stored_lines_is_an_error() {
        let dir = tempfile::tempdir().unwrap();
        let mut settings = settings(dir.path());
        settings.max_size = 4096;
        settings.max_files = 2;
        let store = Store::open(&settings, "0", Arc::new(EventBus::new())).unwrap();
        for number in 0..MAX_TAIL_LINES * 2 {
            let text = format!("line {number}");
            store.append("loud", Stream::Stdout, text.as_bytes()).await;
        }
        assert_eq!(store.after(1, 10).await.unwrap(), Backlog::Gone);
        assert_eq!(store.after(99_999, 10).await.unwrap(), Backlog::Gone);
        let last = store.last_seq();
        assert_eq!(store.after(last, 10).await.unwrap(), Backlog::Lines(vec![]));
    }

    /// The lines of `prox` itself.
    fn of_prox() -> Query {
        Query {
            filter: Filter::default().processes([SELF.to_owned()]),
            ..Query::default()
        }
    }

    /// `/dev/full` behaves as a full disk.
    #[tokio::test]
    async fn a_full_disk_is_reported_once_and_retried() {
        let dir = tempfile::tempdir().unwrap();
        let obstacle = dir.path().join("web.log");
        std::os::unix::fs::symlink("/dev/full", &obstacle).unwrap();
        let store = open(dir.path());
        store.append("web", Stream::Stdout, b"first").await;
        let of_prox = of_prox();
        until(|| store.tail(&of_prox).len() == 1).await;
        let flood = vec![b'x'; 64 << 10];
        for _ in 0..2 * MAX_PENDING / flood.len() {
            store.append("web", Stream::Stdout, &flood).await;
        }
        store.append("web", Stream::Stdout, b"not written").await;
        store.append("api", Stream::Stdout, b"another file").await;
        store.flush().await;
        assert_eq!(store.tail(&of_prox).len(), 1, "one warning is enough");
        std::fs::remove_file(&obstacle).unwrap();
        until(|| store.tail(&of_prox).len() == 2).await;
        store.append("web", Stream::Stdout, b"last").await;
        store.close().await;
        let warnings = store.tail(&of_prox);
        assert!(warnings[0].line.contains("No space left"), "{warnings:?}");
        assert!(warnings[1].line.contains("written again"), "{warnings:?}");
        let written = read::last(dir.path(), &Query::default()).unwrap();
        let written = texts(&written);
        assert!(written.contains(&"first") && written.contains(&"another file"));
        assert!(written.contains(&"last") && !written.contains(&"not written"));
    }

    /// Fewer lines are written than published when the disk is full or the supervisor is killed:
    /// here both.
    #[tokio::test]
    async fn a_published_number_is_never_reused() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        store.append("web", Stream::Stdout, b"written").await;
        store.flush().await;
        for name in ["api.log", "prox.log"] {
            std::os::unix::fs::symlink("/dev/full", dir.path().join(name)).unwrap();
        }
        store.append("api", Stream::Stdout, b"lost").await;
        until(|| !store.tail(&of_prox()).is_empty()).await;
        let told = store.last_seq();

        let next = open(dir.path());
        next.append("web", Stream::Stdout, b"new").await;
        assert!(next.last_seq() > told);
        let new = next.last_seq() - 1;
        for known in 1..=told {
            assert_eq!(next.after(known, 10).await.unwrap(), Backlog::Gone);
        }
        let Backlog::Lines(lines) = next.after(new, 10).await.unwrap() else {
            panic!("the next line is kept");
        };
        assert_eq!(texts(&lines), ["new"]);
        next.close().await;
        let last = open(dir.path());
        assert_eq!(last.last_seq(), new + 1, "it ended in order");
    }

    #[tokio::test]
    async fn unwritten_lines_are_read_from_memory() {
        let dir = tempfile::tempdir().unwrap();
        for name in ["web.log", "prox.log"] {
            std::os::unix::fs::symlink("/dev/full", dir.path().join(name)).unwrap();
        }
        let store = open(dir.path());
        store.append("api", Stream::Stdout, b"written").await;
        store.append("web", Stream::Stdout, b"not written").await;
        // One line about the log of `web`, and one about that of `prox` itself.
        until(|| store.tail(&of_prox()).len() == 2).await;
        let said = store.read(of_prox()).await.unwrap();
        assert!(said[0].line.contains("the log of web cannot"), "{said:?}");
        let all = store.read(Query::default()).await.unwrap();
        assert_eq!(texts(&all)[..2], ["written", "not written"]);
        let two = Query {
            last: Some(2),
            ..Query::default()
        };
        assert_eq!(store.read(two).await.unwrap(), all[all.len() - 2..]);
        for count in 0..MAX_TAIL_LINES {
            let text = format!("line {count}");
            store.append("api", Stream::Stdout, text.as_bytes()).await;
        }
        let Backlog::Lines(lines) = store.after(0, 4).await.unwrap() else {
            panic!("nothing is gone");
        };
        let seqs: Vec<u64> = lines.iter().map(|line| line.seq).collect();
        assert_eq!(seqs, [1, 2, 3, 4]);
    }

    #[tokio::test]
    async fn a_file_that_cannot_be_written_does_not_affect_others() {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/dev/full", dir.path().join("web.log")).unwrap();
        let store = open(dir.path());
        store.append("web", Stream::Stdout, b"first").await;
        let of_prox = of_prox();
        until(|| store.tail(&of_prox).len() == 1).await;
        let line = vec![b'x'; FLUSH_SIZE];
        let count = 5 * MAX_PENDING / FLUSH_SIZE;
        for _ in 0..count {
            store.append("api", Stream::Stdout, &line).await;
        }
        store.close().await;
        let warnings = store.tail(&of_prox);
        assert_eq!(warnings.len(), 1);
        assert!(
            warnings[0].line.contains("the log of web cannot"),
            "{warnings:?}"
        );
        let written = read::last(dir.path(), &Query::default()).unwrap();
        let of_api = written.iter().filter(|line| line.process == "api");
        assert_eq!(of_api.count(), count);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn ten_processes_lose_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        let mut writers = tokio::task::JoinSet::new();
        for process in 0..10 {
            let store = Arc::clone(&store);
            writers.spawn(async move {
                let name = format!("p{process}");
                for number in 0..5_000 {
                    let text = format!("{name} line {number}");
                    store.append(&name, Stream::Stdout, text.as_bytes()).await;
                }
            });
        }
        writers.join_all().await;
        store.close().await;
        let lines = read::last(dir.path(), &Query::default()).unwrap();
        assert_eq!(
            lines.iter().map(|line| line.seq).collect::<Vec<_>>(),
            (1..=50_000).collect::<Vec<_>>()
        );
        let mut next = [0; 10];
        for line in &lines {
            let process: usize = line.process[1..].parse().unwrap();
            assert_eq!(line.line, format!("p{process} line {}", next[process]));
            next[process] += 1;
        }
    }
}
