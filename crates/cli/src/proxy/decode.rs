//! Undoes content codings, within bounds: what was captured may be cut, broken or a bomb.

use std::io::{self, Read};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;

use super::capture::{Content, Encoding, Exchange, Message};

/// Nothing grows beyond this.
pub const MAX_DECODED: usize = 8 << 20;
/// No server applies more codings than this.
const MAX_CODINGS: usize = 4;

/// A body, as far as it could be undone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decoded {
    /// What came out.
    pub bytes: Vec<u8>,
    /// What went wrong, or is missing.
    pub note: Option<String>,
}

/// Undoes the codings that `Content-Encoding` names, the last one first.
#[must_use]
pub fn decode(codings: &str, body: &[u8]) -> Decoded {
    let codings: Vec<String> = codings
        .split(',')
        .map(|coding| coding.trim().to_ascii_lowercase())
        .filter(|coding| !coding.is_empty() && coding != "identity")
        .collect();
    let mut decoded = Decoded {
        bytes: body.to_vec(),
        note: None,
    };
    if codings.len() > MAX_CODINGS {
        decoded.note = Some("too many content codings: shown as it came".to_owned());
        return decoded;
    }
    for coding in codings.iter().rev() {
        if decoded.bytes.is_empty() {
            break;
        }
        match undo(coding, &decoded.bytes) {
            Some(next) if next.bytes.is_empty() => {
                decoded.note = next.note.map(|note| format!("{note}: shown as it came"));
                break;
            }
            Some(next) => {
                decoded.bytes = next.bytes;
                decoded.note = decoded.note.or(next.note);
            }
            None => {
                decoded.note = Some(format!("unknown content coding {coding}: shown as it came"));
                break;
            }
        }
    }
    decoded
}

fn undo(coding: &str, body: &[u8]) -> Option<Decoded> {
    Some(match coding {
        "gzip" | "x-gzip" => drain(flate2::read::MultiGzDecoder::new(body), coding),
        // Some send the bare stream, though RFC 9110, 8.4.1.2 means the zlib format.
        "deflate" => {
            let zlib = drain(flate2::read::ZlibDecoder::new(body), coding);
            if zlib.bytes.is_empty() {
                drain(flate2::read::DeflateDecoder::new(body), coding)
            } else {
                zlib
            }
        }
        "br" => drain(brotli::Decompressor::new(body, 16 << 10), coding),
        "zstd" => match ruzstd::decoding::StreamingDecoder::new(body) {
            Ok(decoder) => drain(decoder, coding),
            Err(error) => Decoded {
                bytes: Vec::new(),
                note: Some(format!("broken {coding} ({error})")),
            },
        },
        _ => return None,
    })
}

/// Reads to the end, to the first error or to the bound.
fn drain(mut reader: impl Read, coding: &str) -> Decoded {
    let mut bytes = Vec::new();
    let mut part = [0; 16 << 10];
    let note = loop {
        match reader.read(&mut part) {
            Ok(0) => break None,
            Ok(read) => {
                let room = MAX_DECODED - bytes.len();
                bytes.extend_from_slice(part.get(..read.min(room)).unwrap_or_default());
                if read > room {
                    break Some(format!("only the first {} MB are shown", MAX_DECODED >> 20));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Some(format!("broken {coding} ({error})")),
        }
    };
    Decoded { bytes, note }
}

/// Puts the bodies of a request and its response into its detail.
pub fn fill(exchange: &mut Exchange, bodies: &[Vec<u8>; 2]) {
    let [request, response] = bodies;
    for (message, body) in [
        (&mut exchange.request, request),
        (&mut exchange.response, response),
    ] {
        message.body.content = Some(content(message, body));
    }
}

fn content(message: &Message, body: &[u8]) -> Content {
    let decoded = decode(message.header("content-encoding").unwrap_or_default(), body);
    let missing = message.body.size.saturating_sub(body.len() as u64);
    let note = match (missing, decoded.note) {
        (0, note) => note,
        (missing, None) => Some(format!("{missing} bytes at the end were not kept")),
        // A cut stream is broken by nature.
        (missing, Some(_)) => Some(format!("{missing} bytes at the end were not kept")),
    };
    match String::from_utf8(decoded.bytes) {
        Ok(data) => Content {
            encoding: Encoding::Utf8,
            data,
            note,
        },
        Err(error) => Content {
            encoding: Encoding::Base64,
            data: BASE64_STANDARD.encode(error.into_bytes()),
            note,
        },
    }
}

impl Content {
    /// The bytes that it says.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        match self.encoding {
            Encoding::Utf8 => self.data.clone().into_bytes(),
            Encoding::Base64 => BASE64_STANDARD.decode(&self.data).unwrap_or_default(),
        }
    }
}
