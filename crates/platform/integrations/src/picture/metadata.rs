//! Removes what cameras and editors write into pictures beside the picture: where and when it was taken,
//! with which device, by whom, and comments.
//!
//! Leaves whole segments, chunks and blocks out, and decodes nothing. The orientation of a JPEG and
//! colour profiles stay, because the picture would look different without them. What follows the end of
//! a picture is removed, too.

/// Why a picture is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// Its content does not match its first bytes.
    #[error("The picture is damaged. Save it again with another program.")]
    Damaged,
    /// It has metadata that cannot be left out.
    #[error(
        "This AVIF contains metadata, such as the place where it was taken. Save it without, or as another format."
    )]
    Metadata,
}

/// The picture without its metadata. `media_type` is that of [`super::media_type`].
///
/// # Errors
/// [`PictureError`], also for formats without a rule.
pub fn without_metadata(media_type: &str, bytes: &[u8]) -> Result<Vec<u8>, PictureError> {
    let cleaned = match media_type {
        "image/jpeg" => jpeg(bytes),
        "image/png" => png(bytes),
        "image/webp" => webp(bytes),
        "image/gif" => gif(bytes),
        "image/avif" => return avif(bytes),
        _ => None,
    };
    cleaned.ok_or(PictureError::Damaged)
}

/// Splits off the first bytes.
fn take(bytes: &[u8], count: usize) -> Option<(&[u8], &[u8])> {
    bytes.split_at_checked(count)
}

fn be_u16(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(2)?)?;
    Some(u16::from_be_bytes(bytes.try_into().ok()?).into())
}

fn be_u32(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    usize::try_from(u32::from_be_bytes(bytes.try_into().ok()?)).ok()
}

fn le_u32(bytes: &[u8], at: usize) -> Option<usize> {
    let bytes = bytes.get(at..at.checked_add(4)?)?;
    usize::try_from(u32::from_le_bytes(bytes.try_into().ok()?)).ok()
}

/// Keeps the segments of the picture itself: not `APP1` (Exif, XMP), `APP13` (IPTC), other applications'
/// segments and comments.
fn jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let (start, mut rest) = take(bytes, 2)?;
    let mut out = start.to_vec();
    let mut has_orientation = false;
    loop {
        let after = rest.strip_prefix(b"\xff")?;
        let fill = after.iter().take_while(|byte| **byte == 0xff).count();
        let (&marker, after) = after.get(fill..)?.split_first()?;
        match marker {
            // The end.
            0xd9 => {
                out.extend([0xff, marker]);
                return Some(out);
            }
            // Markers without content.
            0x01 | 0xd0..=0xd7 => {
                out.extend([0xff, marker]);
                rest = after;
                continue;
            }
            0x00 | 0xd8 => return None,
            _ => {}
        }
        let length = be_u16(after, 0).filter(|length| *length >= 2)?;
        let (segment, behind) = take(after, length)?;
        let content = segment.get(2..)?;
        rest = behind;
        let keep = match marker {
            0xe0 => content.starts_with(b"JFIF\0"),
            0xe2 => content.starts_with(b"ICC_PROFILE\0"),
            0xee => content.starts_with(b"Adobe"),
            0xe1 | 0xe3..=0xef | 0xfe => false,
            _ => true,
        };
        if keep {
            out.extend([0xff, marker]);
            out.extend(segment);
        }
        if marker == 0xe1
            && !has_orientation
            && let Some(orientation @ 2..=8) = exif_orientation(content)
        {
            has_orientation = true;
            out.extend(ORIENTATION_START);
            out.extend([orientation, 0, 0, 0, 0, 0, 0]);
        }
        if marker == 0xda {
            let is_marker = |pair: &[u8]| matches!(pair, [0xff, next] if !matches!(next, 0x00 | 0xd0..=0xd7 | 0xff));
            // A picture that was cut off inside of its data shows what it has.
            let Some(end) = rest.windows(2).position(is_marker) else {
                out.extend(rest);
                return Some(out);
            };
            let (data, behind) = take(rest, end)?;
            out.extend(data);
            rest = behind;
        }
    }
}

/// An `APP1` segment with the orientation only, up to its value.
const ORIENTATION_START: &[u8] =
    b"\xff\xe1\0\x22Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0";

/// The orientation in the content of an Exif segment.
fn exif_orientation(content: &[u8]) -> Option<u8> {
    let tiff = content.strip_prefix(b"Exif\0\0")?;
    let is_big = match tiff.get(..4)? {
        b"MM\0*" => true,
        b"II*\0" => false,
        _ => return None,
    };
    let u16_at = |at: usize| {
        let value = u16::try_from(be_u16(tiff, at)?).ok()?;
        Some(if is_big { value } else { value.swap_bytes() })
    };
    let directory = if is_big {
        be_u32(tiff, 4)?
    } else {
        le_u32(tiff, 4)?
    };
    // It may claim more entries than the segment has.
    let count = usize::from(u16_at(directory)?).min(tiff.len() / 12);
    let entry = (0..count)
        .filter_map(|n| directory.checked_add(2 + 12 * n))
        .find(|entry| u16_at(*entry) == Some(0x0112))?;
    u8::try_from(u16_at(entry.checked_add(8)?)?).ok()
}

/// Keeps the chunks that change how the picture looks or moves.
fn png(bytes: &[u8]) -> Option<Vec<u8>> {
    const KEPT: [&[u8]; 18] = [
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT",
        b"bKGD", b"pHYs", b"cICP", b"mDCV", b"cLLI", b"acTL", b"fcTL", b"fdAT",
    ];
    let (signature, mut rest) = take(bytes, 8)?;
    let mut out = signature.to_vec();
    loop {
        let name = rest.get(4..8)?;
        let (chunk, behind) = take(rest, be_u32(rest, 0)?.checked_add(12)?)?;
        if KEPT.contains(&name) {
            out.extend(chunk);
        }
        if name == b"IEND" {
            return Some(out);
        }
        rest = behind;
    }
}

/// Keeps the chunks of the picture, and says in its header that there are no others.
fn webp(bytes: &[u8]) -> Option<Vec<u8>> {
    const KEPT: [&[u8]; 7] = [
        b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP",
    ];
    /// The flags for Exif and XMP.
    const METADATA: u8 = 0b1100;
    let mut rest = bytes.get(12..le_u32(bytes, 4)?.checked_add(8)?.min(bytes.len()))?;
    let mut chunks = b"WEBP".to_vec();
    while !rest.is_empty() {
        let name = rest.get(..4)?;
        let length = le_u32(rest, 4)?;
        let padded = length.checked_add(length % 2)?.checked_add(8)?;
        // Some programs leave the padding of the last chunk out.
        let whole = padded.min(rest.len()).max(length.checked_add(8)?);
        let (chunk, behind) = take(rest, whole)?;
        if KEPT.contains(&name) {
            let start = chunks.len();
            chunks.extend(chunk);
            if name == b"VP8X" {
                *chunks.get_mut(start + 8)? &= !METADATA;
            }
            if chunk.len() < padded {
                chunks.push(0);
            }
        }
        rest = behind;
    }
    let mut out = b"RIFF".to_vec();
    out.extend(u32::try_from(chunks.len()).ok()?.to_le_bytes());
    out.extend(chunks);
    Some(out)
}

/// Keeps the images and what says how they move: not comments, and other applications' blocks.
fn gif(bytes: &[u8]) -> Option<Vec<u8>> {
    /// The size of the table of colours that the flags name.
    fn table(flags: u8) -> usize {
        if flags & 0x80 == 0 {
            0
        } else {
            3 << ((flags & 7) + 1)
        }
    }
    /// The length of data in blocks that begin with their length, up to an empty one.
    fn blocks(bytes: &[u8]) -> Option<usize> {
        let mut at = 0;
        loop {
            let length = usize::from(*bytes.get(at)?);
            at += 1 + length;
            if length == 0 {
                return Some(at);
            }
        }
    }
    let (start, mut rest) = take(bytes, 13 + table(*bytes.get(10)?))?;
    let mut out = start.to_vec();
    loop {
        let (length, keep) = match rest.first()? {
            0x3b => {
                out.push(0x3b);
                return Some(out);
            }
            0x2c => {
                let data = 10 + table(*rest.get(9)?) + 1;
                (data + blocks(rest.get(data..)?)?, true)
            }
            0x21 => {
                let keep = match rest.get(1)? {
                    0xff => matches!(rest.get(3..14)?, b"NETSCAPE2.0" | b"ANIMEXTS1.0"),
                    label => matches!(label, 0xf9 | 0x01),
                };
                (2 + blocks(rest.get(2..)?)?, keep)
            }
            _ => return None,
        };
        let (block, behind) = take(rest, length)?;
        if keep {
            out.extend(block);
        }
        rest = behind;
    }
}

/// The same bytes, when there is no metadata in them. It is addressed by its place in the file, so it
/// cannot be left out without writing the file again.
fn avif(bytes: &[u8]) -> Result<Vec<u8>, PictureError> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let header = be_u32(rest, 0).zip(rest.get(4..8));
        let (size, name) = header.ok_or(PictureError::Damaged)?;
        let size = match size {
            0 => rest.len(),
            1 => {
                let high = be_u32(rest, 8).filter(|high| *high == 0);
                high.and_then(|_| be_u32(rest, 12))
                    .ok_or(PictureError::Damaged)?
            }
            size => size,
        };
        let (content, behind) = take(rest, size.max(8)).ok_or(PictureError::Damaged)?;
        let describes = matches!(name, b"meta" | b"moov");
        let has = |word: &[u8]| content.windows(4).any(|four| four == word);
        if name == b"uuid" || describes && (has(b"Exif") || has(b"mime") || has(b"udta")) {
            return Err(PictureError::Metadata);
        }
        rest = behind;
    }
    Ok(bytes.to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECRET: &[u8] = b"52.5200N 13.4050E";

    fn segment(marker: u8, content: &[u8]) -> Vec<u8> {
        let length = u16::try_from(content.len() + 2).unwrap();
        [&[0xff, marker], &length.to_be_bytes()[..], content].concat()
    }

    /// The content of an Exif segment with an orientation.
    fn exif(is_big: bool, orientation: u16) -> Vec<u8> {
        let u16 = |n: u16| {
            if is_big {
                n.to_be_bytes()
            } else {
                n.to_le_bytes()
            }
        };
        let u32 = |n: u32| {
            if is_big {
                n.to_be_bytes()
            } else {
                n.to_le_bytes()
            }
        };
        let mut tiff = if is_big {
            b"MM".to_vec()
        } else {
            b"II".to_vec()
        };
        tiff.extend(u16(42));
        tiff.extend(u32(8));
        tiff.extend(u16(2));
        for (tag, value) in [(0x010f, 7), (0x0112, orientation)] {
            tiff.extend(u16(tag));
            tiff.extend(u16(3));
            tiff.extend(u32(1));
            tiff.extend(u16(value));
            tiff.extend(u16(0));
        }
        tiff.extend(u32(0));
        [b"Exif\0\0", tiff.as_slice(), SECRET].concat()
    }

    fn jpeg_of(segments: &[Vec<u8>]) -> Vec<u8> {
        let scan = [
            segment(0xda, b"\x01"),
            b"\x12\xff\0\x34\xff\xd0\x56".to_vec(),
        ]
        .concat();
        let tables = segment(0xdb, b"table");
        [
            b"\xff\xd8".to_vec(),
            segments.concat(),
            tables,
            scan.clone(),
            segment(0xc4, b"more"),
            scan,
            b"\xff\xd9".to_vec(),
        ]
        .concat()
    }

    fn contains(bytes: &[u8], part: &[u8]) -> bool {
        bytes.windows(part.len()).any(|window| window == part)
    }

    #[test]
    fn jpegs_keep_their_picture_and_orientation_only() {
        let jfif = segment(0xe0, b"JFIF\0\x01\x01");
        let profile = segment(0xe2, b"ICC_PROFILE\0\x01\x01x");
        let adobe = segment(0xee, b"Adobe\0");
        let kept = [jfif, profile, adobe].concat();
        for dropped in [
            segment(0xe1, &exif(true, 1)),
            segment(0xe1, &[b"http://ns.adobe.com/xap/1.0/\0", SECRET].concat()),
            segment(0xed, &[b"Photoshop 3.0\0", SECRET].concat()),
            segment(0xe2, &[b"MPF\0", SECRET].concat()),
            segment(0xe0, &[b"JFXX\0", SECRET].concat()),
            segment(0xfe, SECRET),
            segment(0xe1, b"Exif\0\0MM\0*\xff\xff\xff\xff"),
        ] {
            let picture = jpeg_of(&[kept.clone(), dropped]);
            let trailing = [picture.as_slice(), b"\xff\xd8", SECRET].concat();
            for picture in [picture, trailing] {
                let clean = without_metadata("image/jpeg", &picture).unwrap();
                assert_eq!(clean, jpeg_of(std::slice::from_ref(&kept)));
            }
        }
        for is_big in [true, false] {
            let picture = jpeg_of(&[segment(0xe1, &exif(is_big, 6))]);
            let clean = without_metadata("image/jpeg", &picture).unwrap();
            assert!(!contains(&clean, SECRET));
            let content = clean.get(6..).unwrap();
            assert_eq!(exif_orientation(content), Some(6));
            // Cleaned once more, it stays the same.
            assert_eq!(without_metadata("image/jpeg", &clean).unwrap(), clean);
        }
        let cut = jpeg_of(&[]);
        let cut = cut.get(..cut.len() - 3).unwrap();
        assert_eq!(without_metadata("image/jpeg", cut).unwrap(), cut);
    }

    fn chunk(name: &[u8], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(content.len()).unwrap().to_be_bytes();
        [&length, name, content, b"crc!"].concat()
    }

    #[test]
    fn a_directory_is_read_as_far_as_its_segment_goes() {
        // Each of these segments claims 65,535 entries and has none: reading all of them would take so
        // long that the test runner ends the test.
        let empty = segment(0xe1, b"Exif\0\0MM\0*\0\0\0\x08\xff\xff");
        let picture = jpeg_of(&[empty.repeat(16 * 1024 * 1024 / empty.len())]);
        let clean = without_metadata("image/jpeg", &picture).unwrap();
        assert_eq!(clean, jpeg_of(&[]));
    }

    #[test]
    fn pngs_keep_the_chunks_of_their_picture() {
        let png_of = |chunks: &[Vec<u8>]| {
            let (start, end) = (chunk(b"IHDR", b"header"), chunk(b"IEND", b""));
            [
                b"\x89PNG\r\n\x1a\n".as_slice(),
                &start,
                &chunks.concat(),
                &end,
            ]
            .concat()
        };
        let kept = [
            chunk(b"iCCP", b"profile"),
            chunk(b"acTL", b"12345678"),
            chunk(b"IDAT", b"data"),
        ];
        let mut all = kept.to_vec();
        for name in [b"tEXt", b"zTXt", b"iTXt", b"eXIf", b"tIME", b"prVt"] {
            all.insert(1, chunk(name, SECRET));
        }
        let picture = [png_of(&all), SECRET.to_vec()].concat();
        assert_eq!(without_metadata("image/png", &picture), Ok(png_of(&kept)));
    }

    #[test]
    fn webps_keep_the_chunks_of_their_picture() {
        let chunk = |name: &[u8], content: &[u8]| {
            let length = u32::try_from(content.len()).unwrap().to_le_bytes();
            let padding = if content.len() % 2 == 1 {
                &b"\0"[..]
            } else {
                b""
            };
            [name, &length, content, padding].concat()
        };
        let webp_of = |chunks: &[Vec<u8>]| {
            let chunks = chunks.concat();
            let length = u32::try_from(chunks.len() + 4).unwrap().to_le_bytes();
            [b"RIFF", &length, b"WEBP".as_slice(), &chunks].concat()
        };
        let flags = |flags: u8| chunk(b"VP8X", &[flags, 0, 0, 0, 1, 0, 0, 1, 0, 0]);
        let data = chunk(b"VP8 ", b"odd");
        let picture = webp_of(&[
            flags(0b0011_1100),
            chunk(b"ICCP", b"profile"),
            data.clone(),
            chunk(b"EXIF", SECRET),
            chunk(b"XMP ", SECRET),
            chunk(b"ABCD", SECRET),
        ]);
        let clean = webp_of(&[flags(0b0011_0000), chunk(b"ICCP", b"profile"), data.clone()]);
        let trailing = [picture.as_slice(), SECRET].concat();
        for picture in [picture, trailing] {
            assert_eq!(without_metadata("image/webp", &picture), Ok(clean.clone()));
        }
        // Without the last padding.
        let plain = webp_of(&[data]);
        let short = plain.get(..plain.len() - 1).unwrap();
        assert_eq!(without_metadata("image/webp", short), Ok(plain.clone()));
    }

    #[test]
    fn gifs_keep_their_images_and_motion() {
        let start = [b"GIF89a".as_slice(), b"\x01\0\x01\0\x80\0\0", &[7; 6]].concat();
        let extension = |label: u8, blocks: &[&[u8]]| {
            let mut out = vec![0x21, label];
            for block in blocks {
                out.push(u8::try_from(block.len()).unwrap());
                out.extend(*block);
            }
            out.push(0);
            out
        };
        let image = [b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x4c\x01\0".as_slice()].concat();
        let kept = [
            extension(0xff, &[b"NETSCAPE2.0", b"\x01\0\0"]),
            extension(0xf9, &[b"\0\0\0\0"]),
            image,
        ];
        let dropped = [
            extension(0xfe, &[SECRET]),
            extension(0xff, &[b"XMP DataXMP", SECRET]),
            extension(0xce, &[SECRET]),
        ];
        let gif_of = |blocks: &[Vec<u8>]| [start.as_slice(), &blocks.concat(), b"\x3b"].concat();
        let picture = [
            gif_of(&[dropped.concat(), kept.concat(), dropped.concat()]),
            SECRET.to_vec(),
        ]
        .concat();
        assert_eq!(without_metadata("image/gif", &picture), Ok(gif_of(&kept)));
    }

    #[test]
    fn avifs_with_metadata_are_refused() {
        let part = |name: &[u8], content: &[u8]| {
            let size = u32::try_from(content.len() + 8).unwrap().to_be_bytes();
            [&size, name, content].concat()
        };
        let start = part(b"ftyp", b"avif\0\0\0\0");
        // The data of a picture may contain any bytes.
        let data = part(b"mdat", b"Exif mime");
        let plain = [start.clone(), part(b"meta", b"infe av01"), data.clone()].concat();
        assert_eq!(without_metadata("image/avif", &plain), Ok(plain.clone()));
        for other in [
            part(b"meta", b"infe Exif"),
            part(b"meta", b"infe mime"),
            part(b"moov", b"udta"),
            part(b"uuid", SECRET),
        ] {
            let picture = [start.clone(), other, data.clone()].concat();
            assert_eq!(
                without_metadata("image/avif", &picture),
                Err(PictureError::Metadata)
            );
        }
        let cut = plain.get(..plain.len() - 1).unwrap();
        assert_eq!(
            without_metadata("image/avif", cut),
            Err(PictureError::Damaged)
        );
    }

    #[test]
    fn pictures_that_end_early_are_damaged() {
        for (media_type, bytes) in [
            ("image/jpeg", &b"\xff\xd8\xff"[..]),
            ("image/jpeg", b"\xff\xd8\xff\xe0\0\x01\xff\xd9"),
            ("image/jpeg", b"\xff\xd8\xff\xe0\xff\xff"),
            ("image/jpeg", b"\xff\xd8text"),
            ("image/png", b"\x89PNG\r\n\x1a\n"),
            ("image/png", b"\x89PNG\r\n\x1a\n\xff\xff\xff\xffIDAT"),
            (
                "image/webp",
                b"RIFF\xff\xff\xff\xffWEBPVP8 \xff\xff\xff\xff",
            ),
            ("image/webp", b"RIFF\0\0\0\0WEBP"),
            ("image/gif", b"GIF89a"),
            ("image/gif", b"GIF89a\x01\0\x01\0\0\0\0\x2c"),
            ("image/svg+xml", b"<svg/>"),
        ] {
            let result = without_metadata(media_type, bytes);
            assert_eq!(result, Err(PictureError::Damaged), "{media_type} {bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_cleaned_without_panic(bytes: Vec<u8>, start in 0..5_usize) {
            let (media_type, magic) = [
                ("image/jpeg", &b"\xff\xd8\xff\xe1\0\x20Exif\0\0II*\0"[..]),
                ("image/png", b"\x89PNG\r\n\x1a\n\0\0\0\x01tEXt"),
                ("image/webp", b"RIFF\x40\0\0\0WEBPVP8X"),
                ("image/gif", b"GIF89a\x01\0\x01\0\0\0\0\x21"),
                ("image/avif", b"\0\0\0\x20ftypavif"),
            ][start];
            let _ = without_metadata(media_type, &bytes);
            let whole = [magic, bytes.as_slice()].concat();
            if let Ok(clean) = without_metadata(media_type, &whole) {
                prop_assert_eq!(without_metadata(media_type, &clean), Ok(clean.clone()));
            }
        }
    }
}
