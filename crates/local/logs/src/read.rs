//! Reads log files: the newest lines that match, or all lines after a given one, in order across
//! processes. Works while a supervisor writes the files, and after it has ended.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap, VecDeque};
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use super::filter::Query;
use super::line::{Entry, parse_file_name};
use prox_events::LogLine;

/// The size of the blocks in which a file is read from its end.
const BLOCK: u64 = 64 << 10;

/// Sorts lines and keeps the newest.
pub(super) fn keep_last(lines: &mut Vec<LogLine>, limit: usize) {
    lines.sort_unstable_by_key(|line| line.seq);
    lines.drain(..lines.len().saturating_sub(limit));
}

/// The log files of each process, newest first.
fn files(dir: &Path) -> io::Result<BTreeMap<String, Vec<PathBuf>>> {
    let mut found: BTreeMap<String, Vec<(usize, PathBuf)>> = BTreeMap::new();
    let entries = match fs::read_dir(dir) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(BTreeMap::new()),
        other => other?,
    };
    for entry in entries {
        let entry = entry?;
        if let Some((process, age)) = entry.file_name().to_str().and_then(parse_file_name) {
            found.entry(process).or_default().push((age, entry.path()));
        }
    }
    Ok(found
        .into_iter()
        .map(|(process, mut files)| {
            files.sort_unstable();
            (process, files.into_iter().map(|(_, path)| path).collect())
        })
        .collect())
}

/// Opens files, newest first. A file that is renamed in the meantime is not opened twice.
fn open(paths: &[PathBuf]) -> io::Result<Vec<File>> {
    let mut opened = Vec::with_capacity(paths.len());
    let mut seen = Vec::with_capacity(paths.len());
    for path in paths {
        let file = match File::open(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            other => other?,
        };
        let metadata = file.metadata()?;
        let identity = (metadata.dev(), metadata.ino());
        if metadata.is_file() && !seen.contains(&identity) {
            seen.push(identity);
            opened.push(file);
        }
    }
    Ok(opened)
}

/// The processes that have log files.
///
/// # Errors
///
/// When the folder cannot be read.
pub fn processes(dir: &Path) -> io::Result<Vec<String>> {
    Ok(files(dir)?.into_keys().collect())
}

/// The greatest sequence number in any file; 0 when there is none.
pub(super) fn last_seq(dir: &Path) -> io::Result<u64> {
    let mut last = 0;
    for paths in files(dir)?.values() {
        'process: for file in open(paths)? {
            let mut lines = Backwards::new(&file)?;
            while let Some(line) = lines.next_line()? {
                if let Some(entry) = Entry::parse(&line) {
                    last = last.max(entry.seq);
                    break 'process;
                }
            }
        }
    }
    Ok(last)
}

/// The greatest sequence number below `before` of the wanted processes.
///
/// # Errors
///
/// When the files cannot be read.
pub fn newest_before(
    dir: &Path,
    wanted: impl Fn(&str) -> bool,
    before: u64,
) -> io::Result<Option<u64>> {
    let mut newest = None;
    for (process, paths) in files(dir)? {
        if !wanted(&process) {
            continue;
        }
        for mut file in open(&paths)? {
            if first_seq(&file)?.is_none_or(|first| first >= before) {
                continue;
            }
            seek_behind(&mut file, before - 1)?;
            for line in BufReader::with_capacity(32 << 10, file).split(b'\n') {
                match Entry::parse(&line?) {
                    Some(entry) if entry.seq >= before => break,
                    Some(entry) => newest = newest.max(Some(entry.seq)),
                    None => {}
                }
            }
            break;
        }
    }
    Ok(newest)
}

/// The newest lines that match, in order.
///
/// # Errors
///
/// When the files cannot be read.
pub fn last(dir: &Path, query: &Query) -> io::Result<Vec<LogLine>> {
    let limit = query.last.unwrap_or(usize::MAX);
    let mut found = Vec::new();
    for (process, paths) in files(dir)? {
        if query.filter.wants_process(&process) {
            last_of(&process, &open(&paths)?, query, limit, &mut found)?;
            keep_last(&mut found, limit);
        }
    }
    Ok(found)
}

fn last_of(
    process: &str,
    files: &[File],
    query: &Query,
    limit: usize,
    found: &mut Vec<LogLine>,
) -> io::Result<()> {
    let mut count = 0;
    for file in files {
        let mut lines = Backwards::new(file)?;
        while let Some(line) = lines.next_line()? {
            if count >= limit {
                return Ok(());
            }
            let Some(entry) = Entry::parse(&line) else {
                continue;
            };
            if query.after.is_some_and(|after| entry.seq <= after) {
                return Ok(());
            }
            let line = entry.to_line(process);
            if query.matches(&line) {
                found.push(line);
                count += 1;
            }
        }
    }
    Ok(())
}

/// An iterator over the lines of a file from the last to the first.
struct Backwards<F> {
    file: F,
    /// The offset of `buffer` in the file.
    start: u64,
    /// Bytes that were read and not returned yet.
    buffer: Vec<u8>,
}

impl<'a> Backwards<&'a File> {
    fn new(file: &'a File) -> io::Result<Self> {
        Ok(Self {
            start: file.metadata()?.len(),
            file,
            buffer: Vec::new(),
        })
    }
}

impl<F: io::Read + io::Seek> Backwards<F> {
    fn next_line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut searched = 0;
        loop {
            let unsearched = self.buffer.len().saturating_sub(searched);
            let newline = self
                .buffer
                .get(..unsearched)
                .unwrap_or_default()
                .iter()
                .rposition(|byte| *byte == b'\n');
            if let Some(at) = newline {
                let line = self.buffer.split_off(at + 1);
                self.buffer.truncate(at);
                if line.is_empty() {
                    searched = 0;
                    continue;
                }
                return Ok(Some(line));
            }
            if self.start == 0 {
                let first = std::mem::take(&mut self.buffer);
                return Ok(Some(first).filter(|line| !line.is_empty()));
            }
            searched = self.buffer.len();
            let size = BLOCK.min(self.start);
            self.start -= size;
            let mut block = Vec::new();
            self.file.seek(SeekFrom::Start(self.start))?;
            self.file.by_ref().take(size).read_to_end(&mut block)?;
            block.extend_from_slice(&self.buffer);
            self.buffer = block;
        }
    }
}

/// An iterator over the lines of several processes, merged in order.
#[derive(Debug)]
pub struct Merged {
    heads: BinaryHeap<Reverse<Head>>,
    sources: Vec<Source>,
    kept: VecDeque<LogLine>,
}

/// The next line of one source.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Head {
    seq: u64,
    source: usize,
    text: Vec<u8>,
}

/// The files of one process.
#[derive(Debug)]
struct Source {
    process: String,
    /// Files, newest first.
    files: Vec<File>,
    reader: Option<BufReader<File>>,
    last: u64,
}

impl Merged {
    /// Opens the files of the wanted processes, after a sequence number.
    ///
    /// # Errors
    ///
    /// When the files cannot be opened.
    pub fn open(dir: &Path, wanted: impl Fn(&str) -> bool, after: u64) -> io::Result<Self> {
        let mut merged = Self {
            heads: BinaryHeap::new(),
            sources: Vec::new(),
            kept: VecDeque::new(),
        };
        for (process, paths) in files(dir)? {
            if wanted(&process) {
                merged
                    .sources
                    .push(Source::new(process, open(&paths)?, after)?);
            }
        }
        for source in 0..merged.sources.len() {
            merged.advance(source)?;
        }
        Ok(merged)
    }

    /// Adds lines from memory that the files do not have, in order.
    #[must_use]
    pub fn with(mut self, kept: Vec<LogLine>) -> Self {
        self.kept = kept.into();
        self
    }

    fn advance(&mut self, index: usize) -> io::Result<()> {
        if let Some(source) = self.sources.get_mut(index)
            && let Some((seq, text)) = source.next()?
        {
            self.heads.push(Reverse(Head {
                seq,
                source: index,
                text,
            }));
        }
        Ok(())
    }
}

impl Iterator for Merged {
    type Item = io::Result<LogLine>;

    fn next(&mut self) -> Option<Self::Item> {
        let written = self.heads.peek().map(|Reverse(head)| head.seq);
        if let Some(kept) = self
            .kept
            .pop_front_if(|kept| written.is_none_or(|seq| kept.seq <= seq))
            && written != Some(kept.seq)
        {
            return Some(Ok(kept));
        }
        let Reverse(head) = self.heads.pop()?;
        let process = &self.sources.get(head.source)?.process;
        let line = Entry::parse(&head.text)?.to_line(process);
        match self.advance(head.source) {
            Ok(()) => Some(Ok(line)),
            Err(error) => Some(Err(error)),
        }
    }
}

impl Source {
    /// A source of files, newest first.
    fn new(process: String, mut files: Vec<File>, after: u64) -> io::Result<Self> {
        // The newest file that begins at or before the wanted line contains it.
        let mut first = None;
        for (index, file) in files.iter().enumerate() {
            if first_seq(file)?.is_some_and(|seq| seq <= after.saturating_add(1)) {
                first = Some(index);
                break;
            }
        }
        if let Some(first) = first {
            files.truncate(first + 1);
            if let Some(file) = files.last_mut() {
                seek_behind(file, after)?;
            }
        }
        Ok(Self {
            process,
            files,
            reader: None,
            last: after,
        })
    }

    fn next(&mut self) -> io::Result<Option<(u64, Vec<u8>)>> {
        loop {
            let reader = match &mut self.reader {
                Some(reader) => reader,
                None => match self.files.pop() {
                    Some(file) => self.reader.insert(BufReader::with_capacity(32 << 10, file)),
                    None => return Ok(None),
                },
            };
            let mut line = Vec::new();
            reader.read_until(b'\n', &mut line)?;
            if line.is_empty() {
                self.reader = None;
                continue;
            }
            if line.last() == Some(&b'\n') {
                line.pop();
            } else {
                // The last line is incomplete, because it is being written.
                continue;
            }
            if let Some(entry) = Entry::parse(&line)
                && entry.seq > self.last
            {
                self.last = entry.seq;
                return Ok(Some((entry.seq, line)));
            }
        }
    }
}

/// The sequence number of the first line of a file. Leaves the file position at the start.
fn first_seq(mut file: &File) -> io::Result<Option<u64>> {
    file.seek(SeekFrom::Start(0))?;
    let mut lines = BufReader::with_capacity(512, file);
    let mut seq = None;
    let mut line = Vec::new();
    while seq.is_none() && lines.read_until(b'\n', &mut line)? > 0 {
        seq = Entry::parse(line.trim_ascii_end()).map(|entry| entry.seq);
        line.clear();
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(seq)
}

/// Seeks to shortly before the first line with a greater sequence number, by binary search.
fn seek_behind(file: &mut File, after: u64) -> io::Result<()> {
    let mut low = 0;
    let mut high = file.metadata()?.len();
    while high - low > BLOCK {
        let middle = low + (high - low) / 2;
        file.seek(SeekFrom::Start(middle))?;
        let mut reader = BufReader::with_capacity(512, &*file);
        let mut line = Vec::new();
        reader.read_until(b'\n', &mut line)?;
        line.clear();
        reader.read_until(b'\n', &mut line)?;
        match Entry::parse(line.trim_ascii_end()) {
            Some(entry) if entry.seq <= after => low = middle,
            _ => high = middle,
        }
    }
    file.seek(SeekFrom::Start(low))?;
    Ok(())
}

/// Calls `each` for every matching line of the files and of `kept`, lines in memory that the files
/// do not have, in order. Returns the sequence number of the last line, whether it matched or not.
///
/// # Errors
///
/// When the files cannot be read, or `each` fails.
pub fn each<E: From<io::Error>>(
    dir: &Path,
    query: &Query,
    kept: Vec<LogLine>,
    mut each: impl FnMut(LogLine) -> Result<(), E>,
) -> Result<u64, E> {
    let mut last = query.after.unwrap_or(0);
    for line in Merged::open(dir, |_| true, last)?.with(kept) {
        let line = line?;
        last = line.seq;
        if query.matches(&line) {
            each(line)?;
        }
    }
    Ok(last)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::indexing_slicing,
        reason = "a test may fail loudly"
    )]

    use std::io::Cursor;

    use proptest::prelude::*;

    use super::super::line::file_name;
    use super::super::rotate::Rotated;
    use super::*;
    use prox_events::Stream;

    /// Writes lines 1 to `count`, each to the process that `of` returns.
    fn write(dir: &Path, count: u64, max_size: u64, of: impl Fn(u64) -> usize) {
        let mut files: BTreeMap<usize, Rotated> = BTreeMap::new();
        for seq in 1..=count {
            let process = of(seq);
            let file = files.entry(process).or_insert_with(|| {
                Rotated::new(dir.join(file_name(&format!("p{process}"))), max_size, 50)
            });
            let mut line = Vec::new();
            Entry {
                timestamp: "2026-01-31T09:15:00.123456Z",
                seq,
                stream: Stream::Stdout,
                line: format!("line {seq}").as_bytes(),
                probe: false,
            }
            .write(&mut line);
            file.write(&line).unwrap();
        }
    }

    fn seqs(lines: &[LogLine]) -> Vec<u64> {
        lines.iter().map(|line| line.seq).collect()
    }

    fn merged(dir: &Path, after: u64) -> Vec<u64> {
        let lines: io::Result<Vec<_>> = Merged::open(dir, |_| true, after).unwrap().collect();
        seqs(&lines.unwrap())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn lines_are_in_order_from_any_start(
            places in proptest::collection::vec(0usize..4, 1..400),
            after in 0u64..420,
            limit in 0usize..420,
            max_size in 500u64..4000,
        ) {
            let dir = tempfile::tempdir().unwrap();
            let count = places.len() as u64;
            write(dir.path(), count, max_size, |seq| places[usize::try_from(seq).unwrap() - 1]);
            prop_assert_eq!(last_seq(dir.path()).unwrap(), count);
            prop_assert_eq!(merged(dir.path(), after), (after + 1..=count).collect::<Vec<_>>());
            for wanted in ["p", "p0", "p3"] {
                let before = (1..after.min(count + 1)).rev().find(|seq| {
                    format!("p{}", places[usize::try_from(*seq).unwrap() - 1]).starts_with(wanted)
                });
                let found = newest_before(dir.path(), |name| name.starts_with(wanted), after);
                prop_assert_eq!(found.unwrap(), before);
            }
            let query = Query { last: Some(limit), after: Some(after), ..Query::default() };
            let first = (after + 1).max((count + 1).saturating_sub(limit as u64));
            prop_assert_eq!(
                seqs(&last(dir.path(), &query).unwrap()),
                (first..=count).collect::<Vec<_>>()
            );
        }

        #[test]
        fn a_file_read_backwards_has_the_same_lines(text in "[a\n]{0,300}", size in 1usize..8) {
            // A long first line makes the last block small.
            let text = format!("{}\n{text}", "x".repeat((BLOCK as usize) - size));
            let bytes = text.into_bytes();
            let mut lines = Backwards {
                start: bytes.len() as u64,
                file: Cursor::new(bytes.clone()),
                buffer: Vec::new(),
            };
            let mut read = Vec::new();
            while let Some(line) = lines.next_line().unwrap() {
                read.push(line);
            }
            read.reverse();
            let expected: Vec<Vec<u8>> = bytes
                .split(|byte| *byte == b'\n')
                .filter(|line| !line.is_empty())
                .map(<[u8]>::to_vec)
                .collect();
            prop_assert_eq!(read, expected);
        }
    }

    #[test]
    fn large_files_are_searched_by_binary_search() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), 20_000, 10 << 20, |seq| {
            usize::from(seq % 3 == 0)
        });
        assert!(fs::metadata(dir.path().join("p0.log")).unwrap().len() > 4 * BLOCK);
        for after in [0, 1, 777, 9_999, 19_998, 19_999, 20_000, 20_001] {
            assert_eq!(
                merged(dir.path(), after),
                (after + 1..=20_000).collect::<Vec<_>>()
            );
        }
    }

    #[test]
    fn an_incomplete_last_line_is_not_returned() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), 3, 1 << 20, |_| 0);
        let path = dir.path().join("p0.log");
        let mut text = fs::read(&path).unwrap();
        text.extend_from_slice(b"2026-01-31T09:15:00.123456Z 4 out to");
        fs::write(&path, text).unwrap();
        assert_eq!(merged(dir.path(), 0), [1, 2, 3]);
    }

    #[test]
    fn no_folder_means_no_lines() {
        let dir = Path::new("/nonexistent/prox");
        assert_eq!(last(dir, &Query::default()).unwrap(), []);
        assert!(merged(dir, 0).is_empty());
        assert_eq!(last_seq(dir).unwrap(), 0);
    }
}
