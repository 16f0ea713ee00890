//! Pages of the log in both directions, for a reader that scrolls: from the files, and from memory
//! for lines that could not be written. Limits the number of lines that one page searches.

use std::collections::VecDeque;
use std::io;
use std::path::PathBuf;

use super::api_types::LogPage;
use prox_events::LogLine;
use prox_logs::read::{self, Merged};
use prox_logs::{Filter, Query, Store};

/// The maximum number of lines that a page searches.
const MAX_SEARCHED: usize = 50_000;

/// The start of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum From {
    /// The newest lines before a sequence number.
    Before(u64),
    /// The oldest lines after a sequence number.
    After(u64),
}

/// Reads a page of at most `limit` lines that match.
pub(super) async fn read(
    store: &Store,
    filter: Filter,
    from: From,
    limit: usize,
) -> io::Result<LogPage> {
    store.flush().await;
    let last = store.last_seq();
    let dir = store.dir().to_owned();
    let limit = limit.max(1);
    let kept = store.unwritten(&Query {
        filter: filter.clone(),
        ..Query::default()
    });
    let log = Log { dir, kept, filter };
    tokio::task::spawn_blocking(move || match from {
        From::Before(seq) => log.older(seq.min(last + 1), limit),
        From::After(seq) => log.newer(seq, last, limit),
    })
    .await
    .map_err(io::Error::other)?
}

/// The sources of a page.
struct Log {
    dir: PathBuf,
    /// Lines in memory that may be missing in the files.
    kept: Vec<LogLine>,
    filter: Filter,
}

impl Log {
    /// The lines after a sequence number.
    fn behind(&self, seq: u64) -> io::Result<Merged> {
        let kept = self.kept.iter().filter(|line| line.seq > seq);
        let kept = kept.cloned().collect();
        let files = Merged::open(&self.dir, |name| self.filter.wants_process(name), seq)?;
        Ok(files.with(kept))
    }

    /// The greatest sequence number before another one.
    fn newest_before(&self, seq: u64) -> io::Result<Option<u64>> {
        let wanted = |name: &str| self.filter.wants_process(name);
        let written = read::newest_before(&self.dir, wanted, seq)?;
        let kept = self.kept.iter().rev().map(|line| line.seq);
        Ok(written.max(kept.into_iter().find(|kept| *kept < seq)))
    }

    /// Reads older lines. Files can only be read forwards, so ranges before the sequence number are
    /// read, each twice as long as the one before.
    fn older(&self, before: u64, limit: usize) -> io::Result<LogPage> {
        let mut lines = VecDeque::new();
        let mut reached = before;
        let mut time = None;
        let mut looked_at = 0;
        let mut span = limit as u64;
        while reached > 1 && lines.len() < limit && looked_at < MAX_SEARCHED {
            // Sequence numbers have gaps, and some processes write rarely.
            let Some(newest) = self.newest_before(reached)? else {
                reached = 1;
                break;
            };
            let end = newest + 1;
            reached = end.saturating_sub(span).max(1);
            span = span.saturating_mul(2);
            let mut found = VecDeque::new();
            let mut oldest = None;
            for line in self.behind(reached - 1)? {
                let line = line?;
                if line.seq >= end {
                    break;
                }
                looked_at += 1;
                oldest.get_or_insert_with(|| line.timestamp.clone());
                if self.filter.matches(&line) {
                    found.push_back(line);
                }
                if lines.len() + found.len() > limit {
                    found.pop_front();
                    reached = found.front().map_or(reached, |line| line.seq);
                }
            }
            time = oldest.or(time);
            found.append(&mut lines);
            lines = found;
        }
        Ok(LogPage {
            lines: lines.into(),
            reached,
            time,
            end: reached <= 1,
        })
    }

    fn newer(&self, after: u64, last: u64, limit: usize) -> io::Result<LogPage> {
        let mut page = LogPage {
            reached: after,
            ..LogPage::default()
        };
        for (looked_at, line) in self.behind(after)?.enumerate() {
            if page.lines.len() == limit || looked_at == MAX_SEARCHED {
                return Ok(page);
            }
            let line = line?;
            page.reached = line.seq;
            page.time = Some(line.timestamp.clone());
            if self.filter.matches(&line) {
                page.lines.push(line);
            }
        }
        page.reached = page.reached.max(last);
        page.end = true;
        Ok(page)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use std::path::Path;
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use prox_config::model;
    use prox_events::EventBus;
    use prox_events::Stream;
    use prox_logs::SEQ_GAP_AFTER_CRASH;

    /// A log of `count` lines, of which every tenth is `ten`; the process `quiet` wrote the first.
    async fn store(dir: &Path, count: u64, max_size: u64) -> Arc<Store> {
        let settings = model::Logs {
            dir: Some(dir.to_owned()),
            max_size,
            max_files: 2,
            retention: Duration::from_secs(3600),
        };
        let store = Store::open(&settings, "0", Arc::new(EventBus::new())).unwrap();
        for seq in 1..=count {
            let process = if seq == 1 { "quiet" } else { "loud" };
            let text = format!("line {seq}{}", if seq % 10 == 0 { " ten" } else { "" });
            store.append(process, Stream::Stdout, text.as_bytes()).await;
        }
        store
    }

    fn seqs(page: &LogPage) -> Vec<u64> {
        page.lines.iter().map(|line| line.seq).collect()
    }

    async fn part(store: &Store, filter: &str, from: From, limit: usize) -> LogPage {
        read(store, filter.parse().unwrap(), from, limit)
            .await
            .unwrap()
    }

    /// Reads all pages, and returns their lines and their number.
    async fn all(store: &Store, filter: &str, mut from: From, limit: usize) -> (Vec<u64>, usize) {
        let mut seen = Vec::new();
        for count in 1.. {
            let page = part(store, filter, from, limit).await;
            assert!(page.lines.len() <= limit);
            match &mut from {
                From::Before(seq) => {
                    assert!(page.end || page.reached < *seq);
                    *seq = page.reached;
                    seen.splice(0..0, seqs(&page));
                }
                From::After(seq) => {
                    assert!(page.end || page.reached > *seq);
                    *seq = page.reached;
                    seen.extend(seqs(&page));
                }
            }
            if page.end {
                return (seen, count);
            }
        }
        (seen, 0)
    }

    #[tokio::test]
    async fn pages_cover_the_log_in_both_directions() {
        let dir = tempfile::tempdir().unwrap();
        let store = store(dir.path(), 1_000, 10 << 20).await;
        let tens: Vec<u64> = (1..=100).map(|ten| ten * 10).collect();
        for limit in [1, 7, 64, 5_000] {
            let everything: Vec<u64> = (1..=1_000).collect();
            for from in [From::Before(u64::MAX), From::After(0)] {
                assert_eq!(all(&store, "", from, limit).await.0, everything);
                assert_eq!(all(&store, "ten", from, limit).await.0, tens);
                assert_eq!(all(&store, "proc:quiet", from, limit).await.0, [1]);
                assert!(all(&store, "nobody", from, limit).await.0.is_empty());
            }
        }
        assert_eq!(
            seqs(&part(&store, "", From::Before(500), 3).await),
            [497, 498, 499]
        );
        assert_eq!(
            seqs(&part(&store, "", From::After(500), 3).await),
            [501, 502, 503]
        );
        let end = part(&store, "nobody", From::After(500), 3).await;
        assert_eq!((end.reached, end.end), (1_000, true));
    }

    /// `/dev/full` behaves as a full disk.
    #[tokio::test]
    async fn unwritten_lines_are_in_order_with_written_ones() {
        let dir = tempfile::tempdir().unwrap();
        std::os::unix::fs::symlink("/dev/full", dir.path().join("loud.log")).unwrap();
        let store = store(dir.path(), 100, 10 << 20).await;
        store.append("quiet", Stream::Stdout, b"written").await;
        store.append("loud", Stream::Stdout, b"not written").await;
        for limit in [1, 7, 5_000] {
            let quiet: Vec<u64> = all(&store, "proc:quiet", From::After(0), limit).await.0;
            assert_eq!((quiet.len(), quiet.first()), (2, Some(&1)));
            let last = store.last_seq();
            for from in [From::Before(u64::MAX), From::After(0)] {
                let everything = all(&store, "", from, limit).await.0;
                assert_eq!(everything, (1..=last).collect::<Vec<_>>(), "{from:?}");
            }
        }
    }

    /// The sequence numbers after a supervisor that was killed.
    #[tokio::test]
    async fn a_gap_in_the_sequence_numbers_is_skipped() {
        let dir = tempfile::tempdir().unwrap();
        let killed = store(dir.path(), 1_000, 10 << 20).await;
        killed.flush().await;
        let next = store(dir.path(), 10, 10 << 20).await;
        let everything: Vec<u64> = (1..=1_000)
            .chain(SEQ_GAP_AFTER_CRASH + 1_001..=SEQ_GAP_AFTER_CRASH + 1_010)
            .collect();
        for limit in [7, 64, 5_000] {
            for from in [From::Before(u64::MAX), From::After(0)] {
                let (seqs, parts) = all(&next, "", from, limit).await;
                assert_eq!(seqs, everything);
                assert!(parts <= 1_010 / limit + 3, "{parts} of {limit}");
            }
        }
    }

    #[tokio::test]
    async fn lines_that_the_files_lost_are_skipped() {
        let dir = tempfile::tempdir().unwrap();
        let store = store(dir.path(), 20_000, 20_000).await;
        let (kept, _) = all(&store, "", From::After(0), 5_000).await;
        assert_eq!(kept.first(), Some(&1), "the quiet one's line");
        let second = *kept.get(1).unwrap();
        assert!(second > 10_000, "{second}");
        let before = part(&store, "", From::Before(second), 100).await;
        assert_eq!((seqs(&before), before.end), (vec![1], true));
    }

    #[tokio::test]
    async fn a_rare_line_is_found_in_several_pages() {
        let dir = tempfile::tempdir().unwrap();
        let store = store(dir.path(), 3 * MAX_SEARCHED as u64, 100 << 20).await;
        for from in [From::Before(u64::MAX), From::After(0)] {
            let (none, parts) = all(&store, "nobody", from, 100).await;
            assert!(none.is_empty() && (2..5).contains(&parts), "{parts}");
        }
    }
}
