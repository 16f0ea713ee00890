//! The format of lines in a log file, and the names of log files. Does no I/O.
//!
//! `2026-01-31T09:15:00.123456Z 42 out the line as it was written`: time, sequence number, stream,
//! text. Lines that a health check caused have `out/probe` or `err/probe`. The files are plain text
//! for `grep` and `tail -f`; the sequence number orders lines across files.

use std::borrow::Cow;
use std::io::Write as _;

use jiff::Timestamp;

use prox_events::{LogLine, Stream};

/// The extension of log files. Older ones have `.1`, `.2`, … after it.
const ENDING: &str = ".log";

/// A line of a log file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry<'a> {
    /// As in [`LogLine`].
    pub timestamp: &'a str,
    /// As in [`LogLine`].
    pub seq: u64,
    /// The stream to which it was written.
    pub stream: Stream,
    /// The bytes as the process wrote them.
    pub line: &'a [u8],
    /// As in [`LogLine`].
    pub probe: bool,
}

impl<'a> Entry<'a> {
    /// Parses a line. None when it has another format, or was cut off by a crash.
    #[must_use]
    pub fn parse(line: &'a [u8]) -> Option<Self> {
        let mut parts = line.splitn(4, |byte| *byte == b' ');
        let timestamp = std::str::from_utf8(parts.next()?).ok()?;
        if timestamp.len() < 20 || !timestamp.ends_with('Z') {
            return None;
        }
        let seq = std::str::from_utf8(parts.next()?).ok()?.parse().ok()?;
        let (stream, probe) = match parts.next()? {
            b"out" => (Stream::Stdout, false),
            b"err" => (Stream::Stderr, false),
            b"sys" => (Stream::System, false),
            b"out/probe" => (Stream::Stdout, true),
            b"err/probe" => (Stream::Stderr, true),
            _ => return None,
        };
        Some(Self {
            timestamp,
            seq,
            stream,
            line: parts.next()?,
            probe,
        })
    }

    /// Appends the entry to a buffer, with its line end.
    pub fn write(&self, to: &mut Vec<u8>) {
        let stream = match self.stream {
            Stream::Stdout => "out",
            Stream::Stderr => "err",
            Stream::System => "sys",
        };
        let cause = if self.probe { "/probe" } else { "" };
        // Writing into a vector cannot fail.
        let _ = write!(to, "{} {} {stream}{cause} ", self.timestamp, self.seq);
        to.extend_from_slice(self.line);
        to.push(b'\n');
    }

    /// The entry as an event.
    #[must_use]
    pub fn to_line(&self, process: &str) -> LogLine {
        LogLine {
            seq: self.seq,
            timestamp: self.timestamp.to_owned(),
            process: process.to_owned(),
            stream: self.stream,
            line: String::from_utf8_lossy(self.line).into_owned(),
            probe: self.probe,
        }
    }
}

/// A time in RFC 3339 in UTC, always with six decimal places.
#[must_use]
pub fn format_time(time: Timestamp) -> String {
    format!("{time:.6}")
}

/// The name of the newest log file of a process. Characters that are not allowed in file names are
/// percent-encoded.
#[must_use]
pub fn file_name(process: &str) -> String {
    let mut name = String::with_capacity(process.len() + ENDING.len());
    for byte in process.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' {
            name.push(char::from(byte));
        } else {
            name.push_str(&format!("%{byte:02X}"));
        }
    }
    name + ENDING
}

/// Parses a file name to the process and the age of the file, where 0 is the newest. None for other
/// files.
#[must_use]
pub fn parse_file_name(name: &str) -> Option<(String, usize)> {
    let (stem, age) = match name.strip_suffix(ENDING) {
        Some(stem) => (stem, 0),
        None => {
            let (rest, age) = name.rsplit_once('.')?;
            (rest.strip_suffix(ENDING)?, age.parse().ok()?)
        }
    };
    Some((decode(stem)?.into_owned(), age))
}

fn decode(stem: &str) -> Option<Cow<'_, str>> {
    if stem.is_empty() {
        return None;
    }
    if !stem.contains('%') {
        return Some(Cow::Borrowed(stem));
    }
    let mut bytes = Vec::with_capacity(stem.len());
    let mut rest = stem.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        if *first == b'%' {
            let (digits, after) = after.split_at_checked(2)?;
            let digits = std::str::from_utf8(digits).ok()?;
            bytes.push(u8::from_str_radix(digits, 16).ok()?);
            rest = after;
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).ok().map(Cow::Owned)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_written_entry_is_parsed_back(seq: u64, probe: bool, line in proptest::collection::vec(1u8..=255, 0..200)) {
            prop_assume!(!line.contains(&b'\n'));
            let timestamp = format_time(Timestamp::now());
            let entry = Entry { timestamp: &timestamp, seq, stream: Stream::Stderr, line: &line, probe };
            let mut written = Vec::new();
            entry.write(&mut written);
            let (end, text) = written.split_last().unwrap();
            prop_assert_eq!(*end, b'\n');
            prop_assert_eq!(Entry::parse(text), Some(entry));
        }

        #[test]
        fn every_name_has_its_own_file(name in "\\PC{1,20}", age in 0usize..20) {
            let mut file = file_name(&name);
            prop_assert!(!file.contains('/'));
            if age > 0 {
                file = format!("{file}.{age}");
            }
            prop_assert_eq!(parse_file_name(&file), Some((name, age)));
        }
    }

    #[test]
    fn a_torn_or_foreign_line_is_none() {
        for line in [
            "",
            "2026-01-31T09:15:00.123456Z",
            "2026-01-31T09:15:00.123456Z 4",
            "2026-01-31T09:15:00.123456Z 4 out",
            "2026-01-31T09:15:00.123456Z x out text",
            "hello there my friend",
        ] {
            assert_eq!(Entry::parse(line.as_bytes()), None, "{line}");
        }
        assert_eq!(parse_file_name("notes.txt"), None);
        assert_eq!(parse_file_name(".log"), None);
        assert_eq!(parse_file_name("web.log.old"), None);
    }

    #[test]
    fn times_always_have_the_same_width() {
        let time: Timestamp = "2026-01-31T09:15:00Z".parse().unwrap();
        assert_eq!(format_time(time), "2026-01-31T09:15:00.000000Z");
    }
}
