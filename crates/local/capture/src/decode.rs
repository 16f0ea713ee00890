//! Decodes content codings (gzip, br, zstd, …) within limits: a captured body may be truncated,
//! damaged or a decompression bomb.

use std::io::{self, Read};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ruzstd::decoding::StreamingDecoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};

use crate::{Content, Encoding, Exchange, Message};

/// The maximum size of a decoded body, in bytes.
pub const MAX_DECODED: usize = 8 << 20;
/// The maximum number of content codings of a body.
const MAX_CODINGS: usize = 4;

/// A body, decoded as far as possible.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decoded {
    /// The decoded bytes.
    pub bytes: Vec<u8>,
    /// What could not be decoded, or is missing.
    pub note: Option<String>,
}

/// Decodes the codings of a `Content-Encoding` header, the last one first.
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
            Some(Decoded {
                bytes,
                note: Some(note),
            }) if bytes.is_empty() => {
                decoded.note = Some(format!("{note}: shown as it came"));
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
        // Some servers send a raw deflate stream instead of the zlib format of RFC 9110, 8.4.1.2.
        "deflate" => {
            let zlib = drain(flate2::read::ZlibDecoder::new(body), coding);
            if zlib.bytes.is_empty() && zlib.note.is_some() {
                drain(flate2::read::DeflateDecoder::new(body), coding)
            } else {
                zlib
            }
        }
        "br" => drain(brotli::Decompressor::new(body, 16 << 10), coding),
        "zstd" => frames(body, coding),
        _ => return None,
    })
}

/// Decodes all frames (RFC 8878, 3.1).
fn frames(mut body: &[u8], coding: &str) -> Decoded {
    let mut decoded = Decoded::default();
    while !body.is_empty() && decoded.note.is_none() {
        match StreamingDecoder::new(&mut body) {
            Ok(decoder) => decoded.note = drain_into(&mut decoded.bytes, decoder, coding),
            Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                length,
                ..
            })) => body = body.get(length as usize..).unwrap_or_default(),
            Err(error) => decoded.note = Some(format!("broken {coding} ({error})")),
        }
    }
    decoded
}

fn drain(reader: impl Read, coding: &str) -> Decoded {
    let mut decoded = Decoded::default();
    decoded.note = drain_into(&mut decoded.bytes, reader, coding);
    decoded
}

/// Reads to the end, to the first error or to the limit.
fn drain_into(bytes: &mut Vec<u8>, mut reader: impl Read, coding: &str) -> Option<String> {
    let mut part = [0; 16 << 10];
    loop {
        match reader.read(&mut part) {
            Ok(0) => return None,
            Ok(read) => {
                let room = MAX_DECODED - bytes.len();
                bytes.extend_from_slice(part.get(..read.min(room)).unwrap_or_default());
                if read > room {
                    return Some(format!("only the first {} MB are shown", MAX_DECODED >> 20));
                }
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Some(format!("broken {coding} ({error})")),
        }
    }
}

/// Adds the bodies of a request and its response to an exchange.
pub fn fill(exchange: &mut Exchange, bodies: &[Vec<u8>; 2]) {
    let [request, response] = bodies;
    let sizes = [exchange.request_size(), exchange.response.body.size];
    for (message, body, size) in [
        (&mut exchange.request, request, sizes[0]),
        (&mut exchange.response, response, sizes[1]),
    ] {
        message.body.content = Some(content(message, body, size));
    }
}

fn content(message: &Message, body: &[u8], size: u64) -> Content {
    let mut decoded = decode(&message.list("content-encoding"), body);
    let missing = size.saturating_sub(body.len() as u64);
    if missing > 0 || message.body.cut || decoded.note.is_some() {
        leave_out_half_a_character(&mut decoded.bytes);
    }
    let note = match (missing, decoded.note) {
        (0, _) if message.body.cut => Some("its end never came".to_owned()),
        (0, note) => note,
        (missing, None) => Some(format!("{missing} bytes at the end were not kept")),
        // A truncated stream always has an error at its end.
        (missing, Some(_)) => Some(format!("{missing} bytes at the end were not kept")),
    };
    Content {
        note,
        ..Content::of(decoded.bytes)
    }
}

/// Removes an incomplete character at the end of a truncated text, so that the rest is text.
fn leave_out_half_a_character(bytes: &mut Vec<u8>) {
    if let Err(error) = std::str::from_utf8(bytes)
        && error.error_len().is_none()
        && error.valid_up_to() > 0
    {
        bytes.truncate(error.valid_up_to());
    }
}

impl Content {
    /// The content of some bytes: text when they are UTF-8, else base64.
    #[must_use]
    pub fn of(bytes: Vec<u8>) -> Self {
        let (encoding, data) = match String::from_utf8(bytes) {
            Ok(data) => (Encoding::Utf8, data),
            Err(error) => (Encoding::Base64, BASE64_STANDARD.encode(error.into_bytes())),
        };
        Self {
            encoding,
            data,
            note: None,
        }
    }

    /// The bytes of the content.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        match self.encoding {
            Encoding::Utf8 => self.data.clone().into_bytes(),
            Encoding::Base64 => BASE64_STANDARD.decode(&self.data).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::{DeflateEncoder, GzEncoder, ZlibEncoder};
    use proptest::prelude::*;

    use super::*;
    use crate::Header;

    fn encode(coding: &str, body: &[u8]) -> Vec<u8> {
        let level = Compression::fast();
        match coding {
            "gzip" => {
                let mut encoder = GzEncoder::new(Vec::new(), level);
                encoder.write_all(body).unwrap();
                encoder.finish().unwrap()
            }
            "deflate" => {
                let mut encoder = ZlibEncoder::new(Vec::new(), level);
                encoder.write_all(body).unwrap();
                encoder.finish().unwrap()
            }
            "bare deflate" => {
                let mut encoder = DeflateEncoder::new(Vec::new(), level);
                encoder.write_all(body).unwrap();
                encoder.finish().unwrap()
            }
            "br" => {
                let mut encoded = Vec::new();
                brotli::CompressorWriter::new(&mut encoded, 4096, 3, 18)
                    .write_all(body)
                    .unwrap();
                encoded
            }
            "zstd" => {
                let level = ruzstd::encoding::CompressionLevel::Fastest;
                ruzstd::encoding::compress_to_vec(body, level)
            }
            other => panic!("{other}"),
        }
    }

    #[test]
    fn every_known_coding_is_decoded() {
        let body = "so it was meant, ".repeat(1000);
        for coding in ["gzip", "deflate", "bare deflate", "br", "zstd"] {
            let coded = encode(coding, body.as_bytes());
            assert!(coded.len() < body.len());
            let name = coding.trim_start_matches("bare ");
            let decoded = decode(name, &coded);
            assert_eq!(decoded.note, None, "{coding}");
            assert_eq!(decoded.bytes, body.as_bytes(), "{coding}");
        }
        let twice = encode("br", &encode("gzip", body.as_bytes()));
        assert_eq!(decode("GZIP , br", &twice).bytes, body.as_bytes());
        assert_eq!(decode("identity", b"as it is").bytes, b"as it is");
        assert_eq!(decode("", b"as it is").note, None);
    }

    #[test]
    fn an_empty_body_decodes_to_an_empty_body() {
        for coding in ["gzip", "deflate", "bare deflate", "br", "zstd"] {
            let decoded = decode(coding.trim_start_matches("bare "), &encode(coding, b""));
            assert_eq!(decoded, Decoded::default(), "{coding}");
        }
    }

    #[test]
    fn all_frames_are_decoded_and_skippable_ones_skipped() {
        let skipped = [
            &0x184D_2A50_u32.to_le_bytes()[..],
            &3_u32.to_le_bytes(),
            b"abc",
        ]
        .concat();
        let one = encode("zstd", b"one, ");
        let body = [&skipped[..], &one, &skipped, &encode("zstd", b"two")].concat();
        let decoded = decode("zstd", &body);
        assert_eq!(decoded.note, None);
        assert_eq!(decoded.bytes, b"one, two");
        let decoded = decode("zstd", &[&one[..], b"rest"].concat());
        assert_eq!(decoded.bytes, b"one, ");
        assert!(decoded.note.unwrap().contains("broken zstd"));
    }

    fn filled(headers: &[(&str, &str)], body: &[u8], size: u64) -> Content {
        let mut exchange = Exchange::default();
        let headers = headers.iter().map(|(name, value)| Header {
            name: (*name).to_owned(),
            value: (*value).to_owned(),
        });
        exchange.request.headers = headers.collect();
        exchange.request.body.size = size;
        fill(&mut exchange, &[body.to_vec(), Vec::new()]);
        exchange.request.body.content.unwrap()
    }

    #[test]
    fn codings_in_several_headers_are_all_decoded() {
        let body = encode("br", &encode("gzip", b"twice"));
        let headers = [("content-encoding", "gzip"), ("content-encoding", "br")];
        assert_eq!(filled(&headers, &body, body.len() as u64).data, "twice");
    }

    #[test]
    fn a_text_cut_within_a_character_is_still_text() {
        let text = "aé".as_bytes();
        let cut = filled(&[], &text[..2], 3);
        assert_eq!((cut.encoding, cut.data.as_str()), (Encoding::Utf8, "a"));
        assert_eq!(cut.note.unwrap(), "1 bytes at the end were not kept");
        // A complete body is kept unchanged.
        assert_eq!(filled(&[], &text[..2], 2).bytes(), &text[..2]);
        let long = "é".repeat(MAX_DECODED / 2);
        let coded = encode("gzip", format!("a{long}").as_bytes());
        let first = filled(&[("content-encoding", "gzip")], &coded, coded.len() as u64);
        assert_eq!(first.encoding, Encoding::Utf8);
    }

    #[test]
    fn an_incompletely_sent_body_is_not_complete() {
        let begun = filled(&[("content-length", "10")], b"begin", 5);
        assert_eq!(begun.note.unwrap(), "5 bytes at the end were not kept");
    }

    #[test]
    fn an_unknown_coding_is_shown_unchanged() {
        let decoded = decode("compress", b"body");
        assert_eq!(decoded.bytes, b"body");
        assert!(decoded.note.unwrap().contains("compress"));
        let decoded = decode("gzip", b"no gzip at all");
        assert_eq!(decoded.bytes, b"no gzip at all");
        assert!(decoded.note.unwrap().contains("broken gzip"));
        let many = ["gzip"; 100].join(",");
        assert!(decode(&many, b"body").note.unwrap().contains("too many"));
    }

    #[test]
    fn a_decompression_bomb_stays_within_the_limit() {
        let zeros = vec![0; 64 << 20];
        for coding in ["gzip", "deflate", "br", "zstd"] {
            let bomb = encode(coding, &zeros);
            let decoded = decode(coding, &bomb);
            assert_eq!(decoded.bytes.len(), MAX_DECODED, "{coding}");
            assert!(decoded.note.unwrap().contains("only the first 8 MB"));
        }
        let bomb = encode("gzip", &encode("gzip", &zeros));
        assert!(decode("gzip, gzip", &bomb).bytes.len() <= MAX_DECODED);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn no_garbage_panics_or_grows(
            coding in prop::sample::select(vec!["gzip", "deflate", "br", "zstd", "gzip, br", "x"]),
            body in proptest::collection::vec(any::<u8>(), 0..400),
        ) {
            let decoded = decode(coding, &body);
            prop_assert!(decoded.bytes.len() <= MAX_DECODED);
        }

        #[test]
        fn damaged_bodies_never_panic_and_cut_gzip_is_shown(
            coding in prop::sample::select(vec!["gzip", "deflate", "br", "zstd"]),
            text in "[a-z ]{100,2000}",
            cut in 0.0_f64..1.0,
            flip in any::<prop::sample::Index>(),
        ) {
            let mut coded = encode(coding, text.as_bytes());
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
            let length = (coded.len() as f64 * cut) as usize;
            let short = decode(coding, &coded[..length]);
            if short.note.is_none() && length > 0 && coding == "gzip" {
                prop_assert_eq!(&short.bytes, text.as_bytes());
            }
            let at = flip.index(coded.len());
            coded[at] ^= 0xFF;
            prop_assert!(decode(coding, &coded).bytes.len() <= MAX_DECODED);
        }
    }
}
