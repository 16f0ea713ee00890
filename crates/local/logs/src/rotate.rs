//! Rotates the log files of one process: the newest grows to its limit and then becomes `.1`; the
//! oldest is removed. A file contains whole lines. The caller handles a full disk.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::line::{Entry, parse_file_name};
use prox_events::retention_start;

/// The log files of one process.
#[derive(Debug)]
pub(super) struct Rotated {
    path: PathBuf,
    max_size: u64,
    max_files: usize,
    open: Option<(File, u64)>,
    /// Whether an error interrupted a line, whose second part comes next.
    inside_line: bool,
}

impl Rotated {
    /// The log files at `path`, which are opened by the first write. `max_size` is in bytes.
    pub(super) fn new(path: PathBuf, max_size: u64, max_files: usize) -> Self {
        Self {
            path,
            max_size,
            max_files: max_files.max(1),
            open: None,
            inside_line: false,
        }
    }

    /// Writes whole lines. An error has the number of bytes that were written before it; the next
    /// call must continue after them.
    pub(super) fn write(&mut self, lines: &[u8]) -> Result<(), (usize, io::Error)> {
        if !self.is_in_place() {
            self.open = None;
        }
        let mut written = 0;
        while let Some(rest) = lines.get(written..).filter(|rest| !rest.is_empty()) {
            match self.write_part(rest) {
                Ok(count) => written += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => {
                    self.open = None;
                    return Err((written, error));
                }
            }
        }
        Ok(())
    }

    /// Writes as much as fits into the current file.
    fn write_part(&mut self, rest: &[u8]) -> io::Result<usize> {
        let part = self.part(rest)?;
        let Some((file, size)) = self.open.as_mut() else {
            return Ok(0);
        };
        let part = rest.get(..part).unwrap_or(rest);
        let count = file.write(part)?;
        if count == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        *size += count as u64;
        self.inside_line = part.get(count - 1) != Some(&b'\n');
        Ok(count)
    }

    /// Whether the open file still exists at its path; it may have been deleted.
    fn is_in_place(&self) -> bool {
        let Some((file, _)) = &self.open else {
            return true;
        };
        let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
        match (file.metadata(), fs::metadata(&self.path)) {
            (Ok(held), Ok(named)) => identity(held) == identity(named),
            _ => false,
        }
    }

    /// The number of bytes of `rest` for the current file. Rotates when it has no space for a line.
    fn part(&mut self, rest: &[u8]) -> io::Result<usize> {
        loop {
            let size = match &self.open {
                Some((_, size)) => *size,
                None => self.append_to()?,
            };
            let room = usize::try_from(self.max_size.saturating_sub(size)).unwrap_or(usize::MAX);
            if rest.len() <= room {
                return Ok(rest.len());
            }
            let fits = rest.get(..room).unwrap_or_default();
            if let Some(end) = fits.iter().rposition(|byte| *byte == b'\n') {
                return Ok(end + 1);
            }
            if size == 0 {
                let line = rest.iter().position(|byte| *byte == b'\n');
                return Ok(line.map_or(rest.len(), |end| end + 1));
            }
            self.rotate()?;
        }
    }

    /// Opens the newest file, and terminates a line that a crash cut off.
    fn append_to(&mut self) -> io::Result<u64> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true).mode(0o600);
        let mut file = match (options.open(&self.path), self.path.parent()) {
            (Err(error), Some(dir)) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(dir)?;
                options.open(&self.path)?
            }
            (opened, _) => opened?,
        };
        let mut size = file.metadata()?.len();
        if size > 0 && !self.inside_line {
            file.seek(SeekFrom::End(-1))?;
            let mut last = [0];
            file.read_exact(&mut last)?;
            if last != *b"\n" {
                file.write_all(b"\n")?;
                size += 1;
            }
        }
        self.open = Some((file, size));
        Ok(size)
    }

    fn rotate(&mut self) -> io::Result<()> {
        self.open = None;
        if self.max_files == 1 {
            return ignore_missing(fs::remove_file(&self.path));
        }
        for age in (1..self.max_files).rev() {
            let younger = if age == 1 {
                self.path.clone()
            } else {
                aged(&self.path, age - 1)
            };
            ignore_missing(fs::rename(younger, aged(&self.path, age)))?;
        }
        Ok(())
    }
}

/// The path of an older file.
pub(super) fn aged(path: &Path, age: usize) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{age}"));
    name.into()
}

/// Removes log files that were last written more than `retention` before the newest
/// ([`retention_start`]), and those beyond `max_files`. Leaves files that are not log files of ours.
pub(super) fn clean(dir: &Path, retention: Duration, max_files: usize) -> io::Result<()> {
    let mut ours = Vec::new();
    for entry in fs::read_dir(dir)? {
        let entry = entry?;
        let Some((_, age)) = entry.file_name().to_str().and_then(parse_file_name) else {
            continue;
        };
        let metadata = entry.metadata()?;
        if metadata.is_file() && is_ours(&entry.path())? {
            ours.push((entry.path(), age, metadata.modified()?));
        }
    }
    let since = retention_start(retention, ours.iter().map(|(_, _, written)| *written));
    for (path, age, written) in ours {
        if age >= max_files.max(1) || written < since {
            ignore_missing(fs::remove_file(path))?;
        }
    }
    Ok(())
}

/// Whether a file is empty or begins with a line in our format.
fn is_ours(path: &Path) -> io::Result<bool> {
    let mut start = Vec::with_capacity(128);
    File::open(path)?.take(128).read_to_end(&mut start)?;
    Ok(start.is_empty() || Entry::parse(&start).is_some())
}

fn ignore_missing(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use std::time::SystemTime;

    use super::*;

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<_> = fs::read_dir(dir)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn files_have_whole_lines_and_the_oldest_is_removed() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("web.log");
        let mut file = Rotated::new(path.clone(), 20, 3);
        for number in 0..10 {
            file.write(format!("first {number}\nsecond {number}\n").as_bytes())
                .unwrap();
        }
        assert_eq!(names(dir.path()), ["web.log", "web.log.1", "web.log.2"]);
        let newest = fs::read_to_string(&path).unwrap();
        let older = fs::read_to_string(aged(&path, 1)).unwrap();
        let oldest = fs::read_to_string(aged(&path, 2)).unwrap();
        let all = format!("{oldest}{older}{newest}");
        assert!(
            all.ends_with("first 8\nsecond 8\nfirst 9\nsecond 9\n"),
            "{all}"
        );
        for file in [newest, older, oldest] {
            assert!(file.len() <= 20 && file.ends_with('\n'), "{file}");
        }
    }

    #[test]
    fn a_line_longer_than_the_limit_is_not_split() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("web.log");
        let mut file = Rotated::new(path.clone(), 8, 3);
        file.write(b"short\nmuch longer than eight\nend\n").unwrap();
        assert_eq!(fs::read_to_string(aged(&path, 2)).unwrap(), "short\n");
        assert_eq!(
            fs::read_to_string(aged(&path, 1)).unwrap(),
            "much longer than eight\n"
        );
        assert_eq!(fs::read_to_string(path).unwrap(), "end\n");
    }

    #[test]
    fn a_cut_off_line_does_not_affect_the_next() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("web.log");
        fs::write(&path, "torn").unwrap();
        Rotated::new(path.clone(), 100, 2)
            .write(b"whole\n")
            .unwrap();
        assert_eq!(fs::read_to_string(path).unwrap(), "torn\nwhole\n");
    }

    #[test]
    fn a_deleted_file_is_created_again() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("logs");
        let path = folder.join("web.log");
        let mut file = Rotated::new(path.clone(), 100, 2);
        file.write(b"one\n").unwrap();
        fs::remove_dir_all(&folder).unwrap();
        file.write(b"two\n").unwrap();
        assert_eq!(fs::read_to_string(path).unwrap(), "two\n");
    }

    /// `/dev/full` behaves as a full disk.
    #[test]
    fn a_full_disk_is_an_error_until_there_is_space() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("web.log");
        std::os::unix::fs::symlink("/dev/full", &path).unwrap();
        let mut file = Rotated::new(path.clone(), 100, 2);
        let (written, error) = file.write(b"one\n").unwrap_err();
        assert_eq!((written, error.kind()), (0, io::ErrorKind::StorageFull));
        fs::remove_file(&path).unwrap();
        file.write(b"one\n").unwrap();
        assert_eq!(fs::read_to_string(path).unwrap(), "one\n");
    }

    #[test]
    fn cleaning_leaves_other_files() {
        let dir = tempfile::tempdir().unwrap();
        let ours = "2026-01-31T09:15:00.123456Z 4 out text\n";
        fs::write(dir.path().join("web.log"), ours).unwrap();
        fs::write(dir.path().join("web.log.7"), ours).unwrap();
        fs::write(dir.path().join("nginx.log"), "GET / 200\n").unwrap();
        fs::write(dir.path().join("notes.txt"), ours).unwrap();
        clean(dir.path(), Duration::from_secs(3600), 5).unwrap();
        assert_eq!(names(dir.path()), ["nginx.log", "notes.txt", "web.log"]);
    }

    #[test]
    fn files_expire_relative_to_the_newest() {
        const HOUR: Duration = Duration::from_secs(3600);
        let now = SystemTime::now();
        for (newest, kept) in [
            (now, vec!["new.log", "young.log"]),
            // The project was not used for long, or the clock was set forward.
            (now - 100 * HOUR, vec!["new.log", "young.log"]),
            // The clock was set back.
            (now + 2 * HOUR, vec!["new.log", "old.log", "young.log"]),
        ] {
            let dir = tempfile::tempdir().unwrap();
            for (name, age) in [("new", 0), ("young", 1), ("old", 3)] {
                let path = dir.path().join(format!("{name}.log"));
                fs::write(&path, "2026-01-31T09:15:00.123456Z 4 out text\n").unwrap();
                let file = File::options().append(true).open(path).unwrap();
                file.set_modified(newest - age * HOUR).unwrap();
            }
            clean(dir.path(), 2 * HOUR, 5).unwrap();
            assert_eq!(names(dir.path()), kept);
        }
    }
}
