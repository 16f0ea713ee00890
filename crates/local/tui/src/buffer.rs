//! The log lines that the interface holds: the newest of all processes together, and the newest of
//! each process, so that one that floods does not push out the others.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use prox_events::LogLine;

/// A log line, shared by the buffers that hold it.
pub(crate) type Logged = Arc<LogLine>;

/// The most that is remembered of all processes together.
pub(crate) const ALL: Limit = Limit {
    lines: 10_000,
    bytes: 4_000_000,
};
/// The most that is remembered of one process.
const EACH: Limit = Limit {
    lines: 2_000,
    bytes: 1_000_000,
};

/// How much a ring holds.
#[derive(Clone, Copy)]
pub(crate) struct Limit {
    pub(crate) lines: usize,
    pub(crate) bytes: usize,
}

/// The newest lines.
#[derive(Default)]
pub(crate) struct Buffers {
    all: Ring,
    of: HashMap<String, Ring>,
    last: u64,
}

/// Lines in the order of their numbers; the oldest go first.
#[derive(Default)]
pub(crate) struct Ring {
    lines: VecDeque<Logged>,
    bytes: usize,
    /// The greatest number that went.
    gone: u64,
}

impl Ring {
    /// Adds a line at the end, and takes the oldest away while there are too many.
    pub(crate) fn push(&mut self, line: Logged, limit: Limit) {
        self.bytes += line.line.len();
        self.lines.push_back(line);
        while self.lines.len() > limit.lines || self.bytes > limit.bytes {
            let Some(oldest) = self.lines.pop_front() else {
                return;
            };
            self.bytes -= oldest.line.len();
            self.gone = oldest.seq;
        }
    }

    /// Adds a line at the beginning, and takes the newest away while there are too many; true when
    /// there were.
    pub(crate) fn push_front(&mut self, line: Logged, limit: Limit) -> bool {
        self.bytes += line.line.len();
        self.lines.push_front(line);
        let before = self.lines.len();
        while self.lines.len() > limit.lines || self.bytes > limit.bytes {
            let Some(newest) = self.lines.pop_back() else {
                break;
            };
            self.bytes -= newest.line.len();
        }
        self.lines.len() < before
    }

    /// Whether one more line would take another away.
    pub(crate) fn is_full(&self, limit: Limit) -> bool {
        self.lines.len() >= limit.lines || self.bytes >= limit.bytes
    }

    /// Takes the line with that number away, and all after it.
    pub(crate) fn forget_from(&mut self, seq: u64) {
        let kept = self.position(seq);
        for line in self.lines.drain(kept..) {
            self.bytes -= line.line.len();
        }
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn len(&self) -> usize {
        self.lines.len()
    }

    pub(crate) fn get(&self, index: usize) -> Option<&Logged> {
        self.lines.get(index)
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &Logged> {
        self.lines.iter()
    }

    /// Where the line with that number is, or the next one after it.
    pub(crate) fn position(&self, seq: u64) -> usize {
        self.lines.partition_point(|line| line.seq < seq)
    }
}

impl Buffers {
    /// Takes a line in; false when it, or a later one, is known already.
    pub(crate) fn push(&mut self, line: &Logged) -> bool {
        if line.seq <= self.last {
            return false;
        }
        self.last = line.seq;
        self.all.push(Arc::clone(line), ALL);
        // Looked up first: nearly every line is of a process that has a ring.
        if !self.of.contains_key(&line.process) {
            self.of.insert(line.process.clone(), Ring::default());
        }
        if let Some(ring) = self.of.get_mut(&line.process) {
            ring.push(Arc::clone(line), EACH);
        }
        true
    }

    /// Takes the line with that number away, and all after it.
    pub(crate) fn forget_from(&mut self, seq: u64) {
        self.all.forget_from(seq);
        for ring in self.of.values_mut() {
            ring.forget_from(seq);
        }
        self.last = seq.saturating_sub(1);
    }

    /// The newest line's number; 0 when there is none.
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    fn ring(&self, process: Option<&str>) -> Option<&Ring> {
        match process {
            Some(name) => self.of.get(name),
            None => Some(&self.all),
        }
    }

    /// What is remembered of a process, or of all.
    pub(crate) fn lines(&self, process: Option<&str>) -> impl Iterator<Item = &Logged> {
        self.ring(process).into_iter().flat_map(|ring| &ring.lines)
    }

    /// The greatest number of a line that came and is not remembered any more.
    pub(crate) fn gone(&self, process: Option<&str>) -> u64 {
        self.ring(process).map_or(0, |ring| ring.gone)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prox_events::Stream;

    fn line(seq: u64, process: &str, text: &str) -> Logged {
        Arc::new(LogLine {
            seq,
            timestamp: String::new(),
            process: process.to_owned(),
            stream: Stream::Stdout,
            line: text.to_owned(),
            probe: false,
        })
    }

    #[test]
    fn a_flood_leaves_the_other_processes_lines() {
        let mut buffers = Buffers::default();
        buffers.push(&line(1, "quiet", "hello"));
        for seq in 2..50_000 {
            buffers.push(&line(seq, "loud", "x"));
        }
        assert_eq!(buffers.lines(Some("quiet")).count(), 1);
        assert_eq!(buffers.lines(Some("loud")).count(), EACH.lines);
        assert_eq!(buffers.lines(None).count(), ALL.lines);
    }

    #[test]
    fn long_lines_are_held_to_a_size() {
        let mut buffers = Buffers::default();
        let long = "x".repeat(100_000);
        for seq in 1..200 {
            buffers.push(&line(seq, "loud", &long));
        }
        assert_eq!(buffers.lines(Some("loud")).count(), 10);
        assert_eq!(buffers.lines(None).count(), 40);
    }

    #[test]
    fn a_line_counts_once() {
        let mut buffers = Buffers::default();
        assert!(buffers.push(&line(5, "a", "x")));
        assert!(!buffers.push(&line(5, "a", "x")));
        assert!(!buffers.push(&line(4, "b", "x")));
        assert_eq!(buffers.lines(None).count(), 1);
    }
}
