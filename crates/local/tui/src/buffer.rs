//! The log lines that the interface holds in memory: the newest of all processes together, and the
//! newest of each process, so that a process with much output does not displace the others.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use prox_events::LogLine;

/// A log line, shared by the buffers that hold it.
pub(crate) type SharedLine = Arc<LogLine>;

/// The limit of all processes together.
pub(crate) const ALL: Limit = Limit {
    lines: 10_000,
    bytes: 4_000_000,
};
/// The limit of one process.
const EACH: Limit = Limit {
    lines: 2_000,
    bytes: 1_000_000,
};

/// The capacity of a ring.
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

/// A ring buffer of lines, ordered by sequence number. The oldest are removed first.
#[derive(Default)]
pub(crate) struct Ring {
    lines: VecDeque<SharedLine>,
    bytes: usize,
    /// The greatest sequence number that was removed.
    removed: u64,
}

impl Ring {
    /// Adds a line at the end, and removes the oldest beyond the limit.
    pub(crate) fn push(&mut self, line: SharedLine, limit: Limit) {
        self.bytes += line.line.len();
        self.lines.push_back(line);
        while self.lines.len() > limit.lines || self.bytes > limit.bytes {
            let Some(oldest) = self.lines.pop_front() else {
                return;
            };
            self.bytes -= oldest.line.len();
            self.removed = oldest.seq;
        }
    }

    /// Adds a line at the beginning, and removes the newest beyond the limit. Returns whether any
    /// was removed.
    pub(crate) fn push_front(&mut self, line: SharedLine, limit: Limit) -> bool {
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

    /// Whether one more line would exceed the limit.
    pub(crate) fn is_full(&self, limit: Limit) -> bool {
        self.lines.len() >= limit.lines || self.bytes >= limit.bytes
    }

    /// Removes the line with this sequence number, and all after it.
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

    pub(crate) fn get(&self, index: usize) -> Option<&SharedLine> {
        self.lines.get(index)
    }

    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &SharedLine> {
        self.lines.iter()
    }

    /// The index of the line with this sequence number, or of the next one.
    pub(crate) fn position(&self, seq: u64) -> usize {
        self.lines.partition_point(|line| line.seq < seq)
    }
}

impl Buffers {
    /// Adds a line. Returns false when it or a later one is known already.
    pub(crate) fn push(&mut self, line: &SharedLine) -> bool {
        if line.seq <= self.last {
            return false;
        }
        self.last = line.seq;
        self.all.push(Arc::clone(line), ALL);
        // Nearly every line is of a process that has a ring already.
        if !self.of.contains_key(&line.process) {
            self.of.insert(line.process.clone(), Ring::default());
        }
        if let Some(ring) = self.of.get_mut(&line.process) {
            ring.push(Arc::clone(line), EACH);
        }
        true
    }

    /// Removes the line with this sequence number, and all after it.
    pub(crate) fn forget_from(&mut self, seq: u64) {
        self.all.forget_from(seq);
        for ring in self.of.values_mut() {
            ring.forget_from(seq);
        }
        self.last = seq.saturating_sub(1);
    }

    /// The sequence number of the newest line; 0 when there is none.
    pub(crate) fn last(&self) -> u64 {
        self.last
    }

    fn ring(&self, process: Option<&str>) -> Option<&Ring> {
        match process {
            Some(name) => self.of.get(name),
            None => Some(&self.all),
        }
    }

    /// The ring of a process, or of all processes.
    pub(crate) fn lines(&self, process: Option<&str>) -> impl Iterator<Item = &SharedLine> {
        self.ring(process).into_iter().flat_map(|ring| &ring.lines)
    }

    /// The greatest sequence number that was removed from a ring.
    pub(crate) fn last_removed(&self, process: Option<&str>) -> u64 {
        self.ring(process).map_or(0, |ring| ring.removed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use prox_events::Stream;

    fn line(seq: u64, process: &str, text: &str) -> SharedLine {
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
