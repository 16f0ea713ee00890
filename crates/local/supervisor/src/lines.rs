//! Splits the output of a process into lines without loss: a line that is too long becomes several,
//! each except for the last with a mark at its end. Works on bytes of any encoding.

use bytes::{Buf, Bytes, BytesMut};

/// The maximum length of a line, in bytes.
pub(crate) const MAX_LINE: usize = 64 << 10;

/// The mark at the end of each part of a long line except for the last.
pub(crate) const CONTINUATION_MARK: &[u8] = " … [the line goes on]".as_bytes();

/// The output that is not split into lines yet.
#[derive(Debug, Default)]
pub(crate) struct Lines {
    buffer: BytesMut,
    /// The number of bytes of the buffer that were searched and have no line end.
    searched: usize,
}

impl Lines {
    /// The buffer for the next bytes.
    pub(crate) fn buffer(&mut self) -> &mut BytesMut {
        &mut self.buffer
    }

    /// The next complete line, without its line end (`\n` or `\r\n`).
    pub(crate) fn next(&mut self) -> Option<Bytes> {
        let unsearched = self.buffer.get(self.searched..).unwrap_or_default();
        if let Some(at) = memchr::memchr(b'\n', unsearched) {
            let at = self.searched + at;
            if at <= MAX_LINE {
                let mut line = self.buffer.split_to(at);
                self.buffer.advance(1);
                self.searched = 0;
                if line.ends_with(b"\r") {
                    line.truncate(line.len() - 1);
                }
                return Some(line.freeze());
            }
        } else {
            self.searched = self.buffer.len();
        }
        if self.buffer.len() <= MAX_LINE {
            return None;
        }
        let mut piece = self.buffer.split_to(self.character_end());
        self.searched = 0;
        piece.extend_from_slice(CONTINUATION_MARK);
        Some(piece.freeze())
    }

    /// The last, incomplete line, at the end of the output.
    pub(crate) fn rest(&mut self) -> Option<Bytes> {
        self.searched = 0;
        let mut line = self.buffer.split();
        if line.ends_with(b"\r") {
            line.truncate(line.len() - 1);
        }
        (!line.is_empty()).then(|| line.freeze())
    }

    /// The length of the longest piece that ends between UTF-8 characters.
    fn character_end(&self) -> usize {
        let continues = |at: usize| self.buffer.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
        (MAX_LINE - 3..=MAX_LINE)
            .rev()
            .find(|at| !continues(*at))
            .unwrap_or(MAX_LINE)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    fn cut(chunks: &[&[u8]]) -> Vec<Bytes> {
        let mut lines = Lines::default();
        let mut all = Vec::new();
        for chunk in chunks {
            lines.buffer().extend_from_slice(chunk);
            all.extend(std::iter::from_fn(|| lines.next()));
        }
        all.extend(lines.rest());
        all
    }

    #[test]
    fn lines_end_with_a_newline_or_with_the_output() {
        assert_eq!(cut(&[b"a\nb", b"c\r\n\nlast"]), ["a", "bc", "", "last"]);
        assert!(cut(&[b""]).is_empty());
    }

    #[test]
    fn bytes_that_are_no_text_are_kept() {
        assert_eq!(cut(&[b"\xff\x00\xfe\n"]), [&b"\xff\x00\xfe"[..]]);
    }

    #[test]
    fn a_long_line_becomes_several_and_no_character_is_cut() {
        let line = "ü".repeat(MAX_LINE);
        let pieces = cut(&[b"a", line.as_bytes(), b"\nnext\n"]);
        assert_eq!(pieces.len(), 4);
        let mut joined = String::new();
        for piece in pieces.iter().take(3) {
            assert!(piece.len() <= MAX_LINE + CONTINUATION_MARK.len());
            let text = std::str::from_utf8(piece).unwrap();
            joined.push_str(text.trim_end_matches(std::str::from_utf8(CONTINUATION_MARK).unwrap()));
        }
        assert_eq!(joined, format!("a{line}"));
        assert_eq!(pieces.last().unwrap(), "next");
    }

    proptest! {
        #[test]
        fn nothing_is_lost_however_the_reads_are_split(
            text in prop::collection::vec(prop_oneof![3 => any::<u8>(), 1 => Just(b'\n')], 0..300),
            sizes in prop::collection::vec(1_usize..40, 1..20),
        ) {
            let mut chunks = Vec::new();
            let mut left = &text[..];
            for size in sizes.iter().cycle() {
                if left.is_empty() { break; }
                let (chunk, more) = left.split_at((*size).min(left.len()));
                chunks.push(chunk);
                left = more;
            }
            let mut whole: Vec<&[u8]> = text.split(|byte| *byte == b'\n').collect();
            if whole.last().is_some_and(|last| last.is_empty() || *last == b"\r") {
                whole.pop();
            }
            let whole: Vec<_> = whole
                .into_iter()
                .map(|line| line.strip_suffix(b"\r").unwrap_or(line).to_vec())
                .collect();
            prop_assert_eq!(cut(&chunks), whole);
        }
    }
}
