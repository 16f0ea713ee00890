//! Writes and parses server-sent events (HTML standard). Does not reconnect.
//!
//! <https://html.spec.whatwg.org/multipage/server-sent-events.html>

use serde::Serialize;

/// One event of a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message {
    /// The last received `id`, possibly of an earlier event, after which a reader resumes.
    pub id: Option<String>,
    /// The data.
    pub data: String,
}

/// Writes an event with JSON data. JSON has no line ends, so one `data` line is enough.
///
/// # Errors
///
/// When the value cannot be serialized.
pub fn write(to: &mut Vec<u8>, id: Option<u64>, value: &impl Serialize) -> serde_json::Result<()> {
    if let Some(id) = id {
        to.extend_from_slice(format!("id: {id}\n").as_bytes());
    }
    to.extend_from_slice(b"data: ");
    serde_json::to_writer(&mut *to, value)?;
    to.extend_from_slice(b"\n\n");
    Ok(())
}

/// A comment, which readers ignore.
pub const KEEP_ALIVE: &[u8] = b":\n\n";

/// An incremental parser of a stream of events.
#[derive(Debug, Default)]
pub struct Reader {
    buffer: Vec<u8>,
    /// The number of bytes of `buffer` that were parsed.
    used: usize,
    id: Option<String>,
    data: Vec<String>,
}

impl Reader {
    /// Adds received bytes.
    pub fn push(&mut self, bytes: &[u8]) {
        self.buffer.drain(..self.used);
        self.used = 0;
        self.buffer.extend_from_slice(bytes);
    }

    /// The next complete event.
    pub fn next_message(&mut self) -> Option<Message> {
        loop {
            let rest = self.buffer.get(self.used..)?;
            let end = rest.iter().position(|byte| *byte == b'\n')?;
            let line = String::from_utf8_lossy(rest.get(..end)?).into_owned();
            self.used += end + 1;
            let line = line.strip_suffix('\r').unwrap_or(&line);
            if line.is_empty() {
                if self.data.is_empty() {
                    continue;
                }
                return Some(Message {
                    id: self.id.clone(),
                    data: std::mem::take(&mut self.data).join("\n"),
                });
            }
            let (field, value) = line.split_once(':').unwrap_or((line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "id" => self.id = Some(value.to_owned()),
                "data" => self.data.push(value.to_owned()),
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test may fail loudly")]

    use proptest::prelude::*;

    use super::*;

    fn all(reader: &mut Reader) -> Vec<Message> {
        std::iter::from_fn(|| reader.next_message()).collect()
    }

    #[test]
    fn every_kind_of_line_is_parsed() {
        let mut reader = Reader::default();
        reader.push(b":\n\nid: 7\nevent: x\ndata: a\r\ndata:b\n\n\ndata\n\nid: 8\ndata: half");
        let message = |data: &str| Message {
            id: Some("7".to_owned()),
            data: data.to_owned(),
        };
        assert_eq!(all(&mut reader), [message("a\nb"), message("")]);
        reader.push(b"\n\n");
        assert_eq!(all(&mut reader).len(), 1);
    }

    proptest! {
        #[test]
        fn events_survive_any_cut(texts in proptest::collection::vec("\\PC{0,20}", 0..8), size in 1usize..9) {
            let mut bytes = Vec::new();
            for (id, text) in texts.iter().enumerate() {
                write(&mut bytes, Some(id as u64), text).unwrap();
                bytes.extend_from_slice(KEEP_ALIVE);
            }
            let mut reader = Reader::default();
            let mut read: Vec<String> = Vec::new();
            for part in bytes.chunks(size) {
                reader.push(part);
                for message in all(&mut reader) {
                    prop_assert_eq!(message.id, Some(read.len().to_string()));
                    read.push(serde_json::from_str(&message.data).unwrap());
                }
            }
            prop_assert_eq!(read, texts);
        }
    }
}
