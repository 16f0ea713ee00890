//! Captured requests on disk: numbered files of records, of which the oldest are removed first. All
//! stored requests are redacted.
//!
//! A record is `PRXR`, four lengths (u32, little endian), and then: its view as JSON, its exchange
//! as JSON, the request's body, the response's body. A file that ends within a record, because
//! `prox` was killed, is valid up to that record.

use std::collections::VecDeque;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::MAX_REQUESTS;
use prox_events::retention_start;

const MAGIC: [u8; 4] = *b"PRXR";
const HEAD: usize = 20;
const EXTENSION: &str = "capture";
/// The maximum size of JSON in a record. A record with more is corrupt.
const MAX_JSON: u32 = 16 << 20;
/// The maximum number of requests in a file. Small files allow to remove the oldest a few at a
/// time.
const PER_FILE: usize = MAX_REQUESTS / 10;

/// The location of a request's bodies on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BodyLocation {
    file: u64,
    offset: u64,
    request: u32,
    response: u32,
}

/// A record that was read, without its bodies.
#[derive(Debug, PartialEq)]
pub struct Found {
    /// The view as JSON.
    pub view: String,
    /// The exchange as JSON.
    pub exchange: String,
    /// The location of its bodies.
    pub location: BodyLocation,
}

/// The only writer of a folder.
pub struct Disk {
    folder: PathBuf,
    budget: u64,
    files: VecDeque<Segment>,
    current: Option<BufWriter<File>>,
    next: u64,
    bytes: u64,
    records: usize,
}

#[derive(Clone, Copy)]
struct Segment {
    number: u64,
    bytes: u64,
    records: usize,
}

impl Disk {
    /// Creates the folder for this user only, and reads its records. Removes files that were last
    /// written more than `retention` before the newest ([`retention_start`]).
    ///
    /// # Errors
    ///
    /// When the folder cannot be created or read.
    pub fn open(folder: &Path, budget: u64, retention: Duration) -> io::Result<(Self, Vec<Found>)> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700))?;
        let mut disk = Self {
            folder: folder.to_owned(),
            budget,
            files: VecDeque::new(),
            current: None,
            next: 0,
            bytes: 0,
            records: 0,
        };
        let mut found = Vec::new();
        let mut files = Vec::new();
        for number in numbers(folder)? {
            let metadata = fs::metadata(disk.path(number))?;
            files.push((number, metadata.len(), metadata.modified()?));
        }
        let since = retention_start(retention, files.iter().map(|(_, _, written)| *written));
        for (number, bytes, written) in files {
            disk.next = number + 1;
            if written < since {
                fs::remove_file(disk.path(number))?;
                continue;
            }
            let records = scan(folder, number)?;
            disk.files.push_back(Segment {
                number,
                bytes,
                records: records.len(),
            });
            disk.bytes += bytes;
            disk.records += records.len();
            found.extend(records);
        }
        disk.make_room(0)?;
        if let Some(oldest) = disk.files.front().map(|segment| segment.number) {
            found.retain(|record| record.location.file >= oldest);
        }
        Ok((disk, found))
    }

    /// Appends a record. Drops bodies that would exceed the whole budget.
    ///
    /// # Errors
    ///
    /// When it cannot be written. The next record goes to a new file.
    pub fn append(
        &mut self,
        view: &[u8],
        exchange: &[u8],
        bodies: [&[u8]; 2],
    ) -> io::Result<Option<BodyLocation>> {
        let result = self.try_append(view, exchange, bodies);
        if result.is_err() {
            // The incomplete record remains at the end of its file.
            self.current = None;
        }
        result
    }

    fn try_append(
        &mut self,
        view: &[u8],
        exchange: &[u8],
        bodies: [&[u8]; 2],
    ) -> io::Result<Option<BodyLocation>> {
        let head_bytes = HEAD + view.len() + exchange.len();
        let [request, response] = bodies;
        let whole = (head_bytes + request.len() + response.len()) as u64;
        let fits = whole <= self.budget;
        let (request, response) = if fits {
            (request, response)
        } else {
            (<&[u8]>::default(), <&[u8]>::default())
        };
        let bytes = (head_bytes + request.len() + response.len()) as u64;
        if bytes > self.budget {
            return Ok(None);
        }
        let lengths = [view.len(), exchange.len(), request.len(), response.len()];
        let mut head = Vec::with_capacity(HEAD);
        head.extend_from_slice(&MAGIC);
        for length in lengths {
            let length = u32::try_from(length).map_err(|_| io::ErrorKind::InvalidInput)?;
            head.extend_from_slice(&length.to_le_bytes());
        }
        self.make_room(bytes)?;
        self.file_for(bytes)?;
        let (Some(current), Some(segment)) = (&mut self.current, self.files.back_mut()) else {
            return Ok(None);
        };
        for part in [&head, view, exchange, request, response] {
            current.write_all(part)?;
        }
        let location = BodyLocation {
            file: segment.number,
            offset: segment.bytes + head_bytes as u64,
            request: u32::try_from(request.len()).map_err(|_| io::ErrorKind::InvalidInput)?,
            response: u32::try_from(response.len()).map_err(|_| io::ErrorKind::InvalidInput)?,
        };
        segment.bytes += bytes;
        segment.records += 1;
        self.bytes += bytes;
        self.records += 1;
        Ok(Some(location))
    }

    /// Passes all data to the operating system.
    ///
    /// # Errors
    ///
    /// When it cannot be written.
    pub fn flush(&mut self) -> io::Result<()> {
        let result = self.current.as_mut().map_or(Ok(()), Write::flush);
        if result.is_err() {
            self.current = None;
        }
        result
    }

    /// Removes the oldest files until there is space for `more` bytes and one record.
    fn make_room(&mut self, more: u64) -> io::Result<()> {
        while let Some(oldest) = self.files.front().copied() {
            let crowded = self.bytes + more > self.budget;
            let forgotten = self.records - oldest.records >= MAX_REQUESTS;
            if !crowded && !forgotten {
                break;
            }
            if self.files.len() == 1 {
                self.current = None;
            }
            match fs::remove_file(self.path(oldest.number)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
            self.files.pop_front();
            self.bytes -= oldest.bytes;
            self.records -= oldest.records;
        }
        Ok(())
    }

    /// Starts the next file when there is none, or when the current one is full.
    fn file_for(&mut self, more: u64) -> io::Result<()> {
        let full = self.files.back().is_none_or(|segment| {
            segment.records >= PER_FILE || segment.bytes + more > self.budget / 16
        });
        if self.current.is_some() && !full {
            return Ok(());
        }
        self.flush()?;
        let number = self.next;
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(self.path(number))?;
        self.next += 1;
        self.current = Some(BufWriter::with_capacity(256 << 10, file));
        self.files.push_back(Segment {
            number,
            bytes: 0,
            records: 0,
        });
        Ok(())
    }

    fn path(&self, number: u64) -> PathBuf {
        path(&self.folder, number)
    }
}

/// Reads all records of a folder, oldest first.
///
/// # Errors
///
/// When the folder cannot be read. A missing folder is empty.
pub fn read_all(folder: &Path) -> io::Result<Vec<Found>> {
    let numbers = match numbers(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        result => result?,
    };
    let mut found = Vec::new();
    for number in numbers {
        match scan(folder, number) {
            // The file was removed in the meantime, to make space.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            result => found.extend(result?),
        }
    }
    Ok(found)
}

/// Reads the bodies of a request.
///
/// # Errors
///
/// When they cannot be read; `NotFound` when they were removed to make space.
pub fn read_bodies(folder: &Path, location: BodyLocation) -> io::Result<[Vec<u8>; 2]> {
    let mut file = File::open(path(folder, location.file))?;
    file.seek(SeekFrom::Start(location.offset))?;
    let mut read = |length: u32| -> io::Result<Vec<u8>> {
        let mut body = Vec::new();
        (&mut file).take(u64::from(length)).read_to_end(&mut body)?;
        if body.len() as u64 == u64::from(length) {
            Ok(body)
        } else {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    };
    Ok([read(location.request)?, read(location.response)?])
}

fn path(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("{number:010}.{EXTENSION}"))
}

fn numbers(folder: &Path) -> io::Result<Vec<u64>> {
    let mut numbers = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|name| name == EXTENSION)
            && let Some(number) = path
                .file_stem()
                .and_then(|stem| stem.to_str()?.parse().ok())
        {
            numbers.push(number);
        }
    }
    numbers.sort_unstable();
    Ok(numbers)
}

/// Reads the records of one file, up to the first corrupt one.
fn scan(folder: &Path, number: u64) -> io::Result<Vec<Found>> {
    let file = File::open(path(folder, number))?;
    let length = file.metadata()?.len();
    let mut reader = BufReader::new(file);
    let mut found = Vec::new();
    let mut at = 0;
    while let Some((record, next)) = next_record(&mut reader, number, at, length)? {
        found.push(record);
        at = next;
    }
    Ok(found)
}

fn next_record(
    reader: &mut BufReader<File>,
    file: u64,
    at: u64,
    length: u64,
) -> io::Result<Option<(Found, u64)>> {
    let mut head = [0; HEAD];
    if at + HEAD as u64 > length {
        return Ok(None);
    }
    reader.read_exact(&mut head)?;
    let mut words = head.chunks_exact(4);
    let mut word = || words.next().and_then(|word| <[u8; 4]>::try_from(word).ok());
    let magic = word();
    let mut number = || word().map(u32::from_le_bytes);
    let (Some(view), Some(exchange), Some(request), Some(response)) =
        (number(), number(), number(), number())
    else {
        return Ok(None);
    };
    let json = u64::from(view) + u64::from(exchange);
    let bodies = u64::from(request) + u64::from(response);
    let offset = at + HEAD as u64 + json;
    if magic != Some(MAGIC) || view > MAX_JSON || exchange > MAX_JSON || offset + bodies > length {
        return Ok(None);
    }
    let mut text = |length: u32| -> io::Result<Option<String>> {
        let mut bytes = vec![0; length as usize];
        reader.read_exact(&mut bytes)?;
        Ok(String::from_utf8(bytes).ok())
    };
    let (Some(view), Some(exchange)) = (text(view)?, text(exchange)?) else {
        return Ok(None);
    };
    reader.seek_relative(i64::try_from(bodies).map_err(|_| io::ErrorKind::InvalidData)?)?;
    let location = BodyLocation {
        file,
        offset,
        request,
        response,
    };
    Ok(Some((
        Found {
            view,
            exchange,
            location,
        },
        offset + bodies,
    )))
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use proptest::prelude::*;

    use super::*;

    const WEEK: Duration = Duration::from_secs(7 * 24 * 3600);

    fn open(folder: &Path, budget: u64) -> (Disk, Vec<Found>) {
        Disk::open(folder, budget, WEEK).unwrap()
    }

    fn size(folder: &Path) -> u64 {
        fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().metadata().unwrap().len())
            .sum()
    }

    #[test]
    fn written_records_are_read_by_the_next_run() {
        let folder = tempfile::tempdir().unwrap();
        let folder = &folder.path().join("deep/requests");
        let (mut disk, found) = open(folder, 1 << 20);
        assert_eq!(found, []);
        let location = disk
            .append(b"{1}", b"{2}", [b"asked", b"answered"])
            .unwrap()
            .unwrap();
        disk.flush().unwrap();
        let (_, found) = open(folder, 1 << 20);
        assert_eq!(found[0].view, "{1}");
        assert_eq!(found[0].exchange, "{2}");
        assert_eq!(found[0].location, location);
        let bodies = read_bodies(folder, location).unwrap();
        assert_eq!(bodies, [b"asked".to_vec(), b"answered".to_vec()]);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(folder), 0o700);
        assert_eq!(mode(&path(folder, 0)), 0o600);
    }

    #[test]
    fn the_oldest_files_are_removed_within_the_budget() {
        let folder = tempfile::tempdir().unwrap();
        let (mut disk, _) = open(folder.path(), 64 << 10);
        let body = vec![7; 1000];
        for number in 0..500 {
            let view = format!("{number}");
            disk.append(view.as_bytes(), b"{}", [&body, &[]]).unwrap();
            disk.flush().unwrap();
            assert!(size(folder.path()) <= 64 << 10);
        }
        let found = read_all(folder.path()).unwrap();
        assert_eq!(found.last().unwrap().view, "499");
        assert!(found.len() > 40, "{}", found.len());
        // The remaining records have no gap.
        let first: usize = found[0].view.parse().unwrap();
        assert_eq!(found.len(), 500 - first);
    }

    #[test]
    fn a_body_beyond_the_budget_is_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let (mut disk, _) = open(folder.path(), 1000);
        let location = disk.append(b"{}", b"{}", [&[0; 2000], b"x"]).unwrap();
        disk.flush().unwrap();
        assert_eq!(
            read_bodies(folder.path(), location.unwrap()).unwrap(),
            [Vec::<u8>::new(), Vec::new()]
        );
    }

    #[test]
    fn the_number_of_records_on_disk_is_limited() {
        let folder = tempfile::tempdir().unwrap();
        let (mut disk, _) = open(folder.path(), 1 << 30);
        for number in 0..MAX_REQUESTS * 2 {
            disk.append(number.to_string().as_bytes(), b"{}", [&[], &[]])
                .unwrap();
        }
        disk.flush().unwrap();
        let found = read_all(folder.path()).unwrap();
        assert!(found.len() >= MAX_REQUESTS);
        assert!(found.len() <= MAX_REQUESTS + PER_FILE);
        assert_eq!(
            found.last().unwrap().view,
            (MAX_REQUESTS * 2 - 1).to_string()
        );
    }

    #[test]
    fn old_files_are_removed_when_the_next_run_begins() {
        let now = SystemTime::now();
        for (newest, kept) in [
            (now, vec!["young", "new"]),
            // The project was not used for long, or the clock was set forward.
            (now - 9 * WEEK, vec!["young", "new"]),
            // The clock was set back.
            (now + 2 * WEEK, vec!["old", "young", "new"]),
        ] {
            let folder = tempfile::tempdir().unwrap();
            for (number, (name, age)) in [("old", 2), ("young", 1), ("new", 0)].iter().enumerate() {
                let (mut disk, _) = open(folder.path(), 1 << 20);
                disk.append(name.as_bytes(), b"{}", [b"", b""]).unwrap();
                disk.flush().unwrap();
                let file = path(folder.path(), number as u64);
                let file = File::options().append(true).open(file).unwrap();
                file.set_modified(newest - *age * WEEK).unwrap();
            }
            let (_, found) = open(folder.path(), 1 << 20);
            let found: Vec<_> = found.iter().map(|record| &record.view).collect();
            assert_eq!(found, kept);
            assert_eq!(numbers(folder.path()).unwrap().len(), kept.len());
        }
    }

    #[test]
    fn a_failure_loses_one_record_and_not_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path().join("requests");
        let (mut disk, _) = open(&folder, 1 << 20);
        fs::remove_dir(&folder).unwrap();
        assert!(disk.append(b"{1}", b"{}", [b"", b""]).is_err());
        fs::create_dir(&folder).unwrap();
        assert!(disk.append(b"{2}", b"{}", [b"", b""]).unwrap().is_some());
        disk.flush().unwrap();
        assert_eq!(read_all(&folder).unwrap()[0].view, "{2}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// Reading a damaged file ends, and returns the valid records before the damage.
        #[test]
        fn a_damaged_file_is_read_up_to_the_damage(
            cut in 0_usize..200,
            garbage in proptest::collection::vec(any::<u8>(), 0..60),
        ) {
            let folder = tempfile::tempdir().unwrap();
            let (mut disk, _) = open(folder.path(), 1 << 20);
            for number in 0..4 {
                disk.append(number.to_string().as_bytes(), b"{}", [b"request", b"response"]).unwrap();
            }
            disk.flush().unwrap();
            let file = path(folder.path(), 0);
            let mut bytes = fs::read(&file).unwrap();
            let one = bytes.len() / 4;
            bytes.truncate(cut);
            bytes.extend_from_slice(&garbage);
            fs::write(&file, &bytes).unwrap();
            let found = read_all(folder.path()).unwrap();
            let whole = (cut / one).min(4);
            prop_assert!(found.len() >= whole);
            for (number, record) in found.iter().take(whole).enumerate() {
                prop_assert_eq!(&record.view, &number.to_string());
                prop_assert_eq!(read_bodies(folder.path(), record.location).unwrap()[0].len(), 7);
            }
        }
    }
}
