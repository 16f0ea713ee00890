//! Follows the events of a supervisor without losing a log line: reads from the event bus while the
//! reader is fast enough, else from the log store. Never waits for the reader.

use std::sync::Arc;

use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

use super::store::{Backlog, Store};
use prox_events::{Event, EventBus, LogLine};

/// The maximum number of events in an update.
const BATCH: usize = 256;

/// The position of a reader.
#[derive(Debug)]
pub struct Follower {
    store: Arc<Store>,
    events: Receiver<Event>,
    last: u64,
    /// Whether lines after `last` must be read from the store first.
    behind: bool,
    /// Whether events other than lines were missed and this was not yet reported.
    missed: bool,
}

/// An update for the reader.
#[derive(Clone, Debug, PartialEq)]
pub enum Update {
    /// Events in order, including log lines.
    Events(Vec<Event>),
    /// Delayed log lines in order, from the store.
    Lines(Vec<LogLine>),
    /// Events other than log lines were missed; the reader must read the current state again.
    Missed,
    /// Some log lines are no longer available; the stream continues with those that are.
    Gone,
}

impl Follower {
    /// Follows from now on, or after the sequence number of a log line.
    #[must_use]
    pub fn new(store: Arc<Store>, bus: &EventBus, after: Option<u64>) -> Self {
        // The subscription comes first, so that no line is missed in between.
        let events = bus.subscribe();
        let now = store.last_seq();
        Self {
            events,
            last: after.unwrap_or(now),
            behind: after.is_some_and(|after| after < now),
            missed: false,
            store,
        }
    }

    /// The sequence number of the last line that was returned, or before the start.
    #[must_use]
    pub fn last_seq(&self) -> u64 {
        self.last
    }

    /// Skips the lines up to a sequence number.
    pub fn skip_to(&mut self, seq: u64) {
        self.last = self.last.max(seq);
    }

    /// Waits for the next update. None after the end of the supervisor.
    ///
    /// # Errors
    ///
    /// When log files cannot be read.
    pub async fn next(&mut self) -> std::io::Result<Option<Update>> {
        loop {
            if std::mem::take(&mut self.missed) {
                return Ok(Some(Update::Missed));
            }
            if self.behind {
                match self.store.after(self.last, BATCH).await? {
                    Backlog::Lines(lines) => match lines.last() {
                        Some(line) => {
                            self.last = line.seq;
                            return Ok(Some(Update::Lines(lines)));
                        }
                        None => self.behind = false,
                    },
                    Backlog::Gone => {
                        self.last = self.store.last_seq();
                        self.behind = false;
                        return Ok(Some(Update::Gone));
                    }
                }
            }
            let first = match self.events.recv().await {
                Ok(event) => event,
                Err(RecvError::Closed) => return Ok(None),
                Err(RecvError::Lagged(_)) => {
                    self.behind = true;
                    self.missed = true;
                    continue;
                }
            };
            let events = self.batch(first);
            if !events.is_empty() {
                return Ok(Some(Update::Events(events)));
            }
        }
    }

    /// The first event and all that are already available.
    fn batch(&mut self, first: Event) -> Vec<Event> {
        let mut events = Vec::new();
        let mut next = Some(first);
        while let Some(event) = next {
            match &event {
                Event::Log(line) if line.seq <= self.last => {}
                Event::Log(line) => {
                    self.last = line.seq;
                    events.push(event);
                }
                _ => events.push(event),
            }
            if events.len() >= BATCH {
                break;
            }
            next = match self.events.try_recv() {
                Ok(event) => Some(event),
                Err(TryRecvError::Lagged(_)) => {
                    self.behind = true;
                    self.missed = true;
                    None
                }
                Err(TryRecvError::Empty | TryRecvError::Closed) => None,
            };
        }
        events
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::panic, reason = "a test may fail loudly")]

    use std::time::Duration;

    use super::*;
    use prox_config::model;
    use prox_events::Stream;

    fn open(dir: &std::path::Path, bus: &Arc<EventBus>) -> Arc<Store> {
        let settings = model::Logs {
            dir: Some(dir.to_owned()),
            max_size: 10 << 20,
            max_files: 3,
            retention: Duration::from_secs(3600),
        };
        Store::open(&settings, "0", Arc::clone(bus)).unwrap()
    }

    async fn append(store: &Store, from: u64, to: u64) {
        for number in from..=to {
            let text = format!("line {number}");
            store.append("web", Stream::Stdout, text.as_bytes()).await;
        }
    }

    /// Reads lines up to a sequence number, and whether a gap was reported.
    async fn read_to(follower: &mut Follower, end: u64) -> (Vec<u64>, bool) {
        let mut seqs = Vec::new();
        let mut missed = false;
        while follower.last_seq() < end {
            match follower.next().await.unwrap().unwrap() {
                Update::Events(events) => seqs.extend(events.iter().map(|event| match event {
                    Event::Log(line) => line.seq,
                    other => panic!("{other:?}"),
                })),
                Update::Lines(lines) => seqs.extend(lines.iter().map(|line| line.seq)),
                Update::Missed => missed = true,
                Update::Gone => panic!("nothing is gone"),
            }
        }
        (seqs, missed)
    }

    #[tokio::test]
    async fn a_reader_that_was_too_slow_misses_no_line() {
        let dir = tempfile::tempdir().unwrap();
        let bus = Arc::new(EventBus::new());
        let store = open(dir.path(), &bus);
        append(&store, 1, 10).await;
        let mut now = Follower::new(Arc::clone(&store), &bus, None);
        let mut from_five = Follower::new(Arc::clone(&store), &bus, Some(5));
        append(&store, 11, 20_000).await;
        let (seqs, missed) = read_to(&mut now, 20_000).await;
        assert_eq!(seqs, (11..=20_000).collect::<Vec<_>>());
        assert!(missed);
        let (seqs, _) = read_to(&mut from_five, 20_000).await;
        assert_eq!(seqs, (6..=20_000).collect::<Vec<_>>());
        append(&store, 20_001, 20_003).await;
        let (seqs, missed) = read_to(&mut now, 20_003).await;
        assert_eq!((seqs, missed), (vec![20_001, 20_002, 20_003], false));
    }

    #[tokio::test]
    async fn a_follower_ends_with_the_event_bus() {
        let dir = tempfile::tempdir().unwrap();
        let bus = Arc::new(EventBus::new());
        let store = open(dir.path(), &bus);
        let mut follower = Follower::new(store, &EventBus::new(), None);
        assert_eq!(follower.next().await.unwrap(), None);
    }
}
