//! What a page says about itself: title, description, pictures.
//!
//! Owns the reading of its head. The page is hostile: whatever it holds becomes plain
//! text of a bounded length, or an absolute http(s) URL. Never fetches anything.
//!
//! There is no HTML library here, because the Worker pays for one in bytes: this module
//! took 499 kB of Wasm with html5gum (150 kB compressed, with `url`) and takes 272 kB
//! (100 kB) with its own scanner. On purpose, the scanner builds no tree, so it does not
//! move elements to where a browser would; knows drawings and templates only by their
//! tags, and no `CDATA`; and reads only the character references that are usual.

use std::borrow::Cow;

use url::Url;

use crate::unicode::{Unicode, parse_url};
use references::Place;
use tags::{Tag, Tags};

mod references;
mod tags;

/// More of a page than this is not looked at, in bytes.
pub const MAX_HTML: usize = 1024 * 1024;

const MAX_TITLE: usize = 120;
const MAX_DESCRIPTION: usize = 500;
const MAX_URL: usize = 2048;
/// How far into the page its encoding is looked for (HTML, 13.2.3.2), in bytes.
const PRESCAN: usize = 1024;

/// What the cards and icons of an item are made from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageMeta {
    /// At most 120 characters.
    pub title: Option<String>,
    /// At most 500 characters.
    pub description: Option<String>,
    /// Absolute URL; `/favicon.ico` when the page names none.
    pub icon: Option<String>,
    /// Absolute URL.
    pub image: Option<String>,
}

/// Reads a page, which may be cut off anywhere.
#[must_use]
pub fn read(
    html: &[u8],
    content_type: Option<&str>,
    base: &Url,
    unicode: &dyn Unicode,
) -> PageMeta {
    let html = html.get(..MAX_HTML).unwrap_or(html);
    let text = decode(html, content_type);
    Head::read(&text).into_meta(base, unicode)
}

/// The texts of a head, as they stand there.
#[derive(Default)]
struct Head {
    base: Option<String>,
    title: Option<String>,
    named: Vec<(String, String)>,
    icons: Vec<Icon>,
}

struct Icon {
    href: String,
    /// Bigger is better.
    score: u32,
}

impl Head {
    fn read(html: &str) -> Self {
        let mut tags = Tags::new(html);
        let mut head = Self::default();
        let mut in_svg = false;
        // How many templates are open: what is in them is not part of the page.
        let mut templates = 0usize;
        while let Some(tag) = tags.next_tag() {
            if tag.is_end {
                match tag.name.as_str() {
                    "svg" => in_svg = false,
                    "template" => templates = templates.saturating_sub(1),
                    _ => {}
                }
                continue;
            }
            // Only in drawings do tags such as <style/> have no content.
            let text = if in_svg && tag.self_closing {
                ""
            } else {
                tags.take_text(&tag.name)
            };
            match tag.name.as_str() {
                "svg" => in_svg = !tag.self_closing,
                "template" if !in_svg => templates += 1,
                _ if templates > 0 => {}
                "title" if !in_svg && head.title.is_none() => {
                    head.title = Some(references::decode(text, Place::Text));
                }
                // Some pages have their metadata in the body; those without a title so
                // far may be such.
                "body" if head.title.is_some() => break,
                _ => head.take_tag(&tag),
            }
        }
        head
    }

    fn take_tag(&mut self, tag: &Tag) {
        match tag.name.as_str() {
            "base" if self.base.is_none() => self.base = tag.attribute("href"),
            "meta" => {
                let name = tag.attribute("property").or_else(|| tag.attribute("name"));
                if let (Some(name), Some(content)) = (name, tag.attribute("content")) {
                    self.named.push((name.trim().to_ascii_lowercase(), content));
                }
            }
            "link" => {
                let rel = tag.attribute("rel").unwrap_or_default();
                if let (Some(score), Some(href)) = (icon_score(&rel, tag), tag.attribute("href")) {
                    self.icons.push(Icon { href, score });
                }
            }
            _ => {}
        }
    }

    fn into_meta(self, page: &Url, unicode: &dyn Unicode) -> PageMeta {
        let resolve = |href: &str, base: &Url| resolve(href, base, unicode);
        let base = self.base.as_deref().and_then(|href| resolve(href, page));
        let base = base.as_ref().unwrap_or(page);
        let text = |names: &[&str], max| self.values(names).find_map(|value| clean(value, max));
        let title = text(&["og:title", "twitter:title"], MAX_TITLE)
            .or_else(|| clean(self.title.as_deref()?, MAX_TITLE));
        let mut icons: Vec<&Icon> = self.icons.iter().collect();
        // A stable sort: of equals, the first counts.
        icons.sort_by_key(|icon| std::cmp::Reverse(icon.score));
        let icon = icons
            .into_iter()
            .find_map(|icon| resolve(&icon.href, base))
            .or_else(|| resolve("/favicon.ico", page));
        let image = self
            .values(&[
                "og:image:secure_url",
                "og:image",
                "og:image:url",
                "twitter:image",
                "twitter:image:src",
            ])
            .find_map(|href| resolve(href, base));
        PageMeta {
            title,
            description: text(
                &["og:description", "twitter:description", "description"],
                MAX_DESCRIPTION,
            ),
            icon: icon.map(String::from),
            image: image.map(String::from),
        }
    }

    /// The values of the names given, in the order of the names.
    fn values<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = &'a str> {
        names.iter().flat_map(|wanted| {
            self.named
                .iter()
                .filter(move |(name, _)| name == wanted)
                .map(|(_, value)| value.as_str())
        })
    }
}

/// How well an icon serves as a tile of about 64 pixels: drawings best, then by size.
/// None when the link is no icon in colour.
fn icon_score(rel: &str, tag: &Tag) -> Option<u32> {
    let is = |kind: &str| {
        rel.split_ascii_whitespace()
            .any(|r| r.eq_ignore_ascii_case(kind))
    };
    let touch = is("apple-touch-icon") || is("apple-touch-icon-precomposed");
    if !is("icon") && !touch {
        return None;
    }
    let sizes = tag
        .attribute("sizes")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let drawn = tag
        .attribute("type")
        .is_some_and(|kind| kind.contains("svg"));
    if drawn || sizes.split_ascii_whitespace().any(|size| size == "any") {
        return Some(10_000);
    }
    let largest = sizes
        .split_ascii_whitespace()
        .filter_map(|size| size.split_once('x')?.0.parse::<u32>().ok())
        .max();
    // Sizes that are usual where none is named. Nobody needs more than 512 pixels.
    Some(largest.unwrap_or(if touch { 180 } else { 32 }).min(512))
}

/// An absolute http(s) URL without credentials.
fn resolve(href: &str, base: &Url, unicode: &dyn Unicode) -> Option<Url> {
    let href = href.trim();
    if href.is_empty() || href.len() > MAX_URL {
        return None;
    }
    let url = parse_url(href, Some(base), unicode)?;
    let plain = matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none()
        && url.as_str().len() <= MAX_URL;
    plain.then_some(url)
}

/// One line of text: white space collapsed, what cannot be seen dropped, cut with an
/// ellipsis. None when nothing is left, or when it was not read in its own encoding.
fn clean(text: &str, max: usize) -> Option<String> {
    let mut line = String::new();
    let mut count = 0;
    for word in text.split_whitespace() {
        let mut word = word.chars().filter(|c| !is_invisible(*c)).peekable();
        if word.peek().is_some() && count > 0 {
            line.push(' ');
            count += 1;
        }
        for c in word {
            if c == char::REPLACEMENT_CHARACTER {
                return None;
            }
            line.push(c);
            count += 1;
        }
        if count > max {
            break;
        }
    }
    if count > max {
        line = line.chars().take(max - 1).collect();
        line.truncate(line.trim_end().len());
        line.push('…');
    }
    (!line.is_empty()).then_some(line)
}

/// Control characters, and those that turn the direction of what follows.
fn is_invisible(c: char) -> bool {
    let turns =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let has_no_width = matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}');
    c.is_control() || turns || has_no_width
}

/// UTF-8 and Windows-1252, which is most of the web. Texts in other encodings keep
/// replacement characters, by which [`clean`] drops them.
fn decode<'a>(html: &'a [u8], content_type: Option<&str>) -> Cow<'a, str> {
    let html = html.strip_prefix(b"\xef\xbb\xbf").unwrap_or(html);
    let label = content_type.and_then(charset_in).or_else(|| {
        charset_in(&String::from_utf8_lossy(
            html.get(..PRESCAN).unwrap_or(html),
        ))
    });
    let latin = match label.as_deref() {
        // The names that the Encoding Standard maps to windows-1252.
        Some(
            "windows-1252" | "cp1252" | "iso-8859-1" | "iso8859-1" | "latin1" | "us-ascii"
            | "ascii",
        ) => true,
        Some(_) => false,
        // Undeclared: Latin unless it is UTF-8, possibly cut off inside a character.
        None => std::str::from_utf8(html).is_err_and(|why| why.error_len().is_some()),
    };
    if latin {
        Cow::Owned(html.iter().map(|byte| windows_1252(*byte)).collect())
    } else {
        String::from_utf8_lossy(html)
    }
}

/// The word after `charset=`, in lower case.
fn charset_in(text: &str) -> Option<String> {
    let lower = text.to_ascii_lowercase();
    let (_, after) = lower.split_once("charset")?;
    let label: String = after
        .trim_start()
        .strip_prefix('=')?
        .trim_start()
        .trim_start_matches(['"', '\''])
        .chars()
        .take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.'))
        .collect();
    (!label.is_empty()).then_some(label)
}

fn windows_1252(byte: u8) -> char {
    // The Encoding Standard's index for 0x80 to 0x9F; the rest equals Latin-1.
    const HIGH: [char; 32] = [
        '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž',
        '\u{8f}', '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}',
        'ž', 'Ÿ',
    ];
    byte.checked_sub(0x80)
        .and_then(|index| HIGH.get(usize::from(index)))
        .copied()
        .unwrap_or(char::from(byte))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::unicode::Tables;
    use proptest::prelude::*;

    fn page() -> Url {
        Url::parse("https://site.test/a/b?c").unwrap()
    }

    fn meta(html: &str) -> PageMeta {
        read(
            html.as_bytes(),
            Some("text/html; charset=utf-8"),
            &page(),
            &Tables,
        )
    }

    fn icon(html: &str) -> String {
        meta(html).icon.unwrap()
    }

    #[test]
    fn a_usual_page_is_read() {
        let meta = meta(
            r#"<!doctype html><html><head><meta charset="utf-8">
            <title>Fallback</title>
            <META Property="og:title" CONTENT="Ada &amp; Charles">
            <meta name="description" content="Plain">
            <meta property="og:description" content="Open&#32;graph">
            <meta property="og:image" content="/big.png">
            <link rel="shortcut icon" href="../small.ico">
            </head><body><meta property="og:title" content="Not me"></body>"#,
        );
        assert_eq!(meta.title.as_deref(), Some("Ada & Charles"));
        assert_eq!(meta.description.as_deref(), Some("Open graph"));
        assert_eq!(meta.image.as_deref(), Some("https://site.test/big.png"));
        assert_eq!(meta.icon.as_deref(), Some("https://site.test/small.ico"));
    }

    #[test]
    fn an_empty_page_has_only_the_usual_icon() {
        let expected = PageMeta {
            icon: Some("https://site.test/favicon.ico".to_owned()),
            ..PageMeta::default()
        };
        assert_eq!(meta(""), expected);
    }

    #[test]
    fn the_title_is_the_first_one_outside_of_drawings() {
        let title = |html| meta(html).title;
        assert_eq!(
            title("<svg><title>Logo</title></svg><title>Page</title>").as_deref(),
            Some("Page")
        );
        assert_eq!(
            title("<title>One</title><title>Two</title>").as_deref(),
            Some("One")
        );
        assert_eq!(
            title("<title>a <b> &lt;c&gt;</title>").as_deref(),
            Some("a <b> <c>")
        );
        assert_eq!(
            title("<script>'<title>no</title>'</script><title>Yes</title>").as_deref(),
            Some("Yes")
        );
        assert_eq!(
            title("<!-- <title>no</title> --><title>Yes").as_deref(),
            Some("Yes")
        );
        assert_eq!(title("<title> \n </title>"), None);
        assert_eq!(
            title("<body><meta name=twitter:title content=T>").as_deref(),
            Some("T")
        );
    }

    #[test]
    fn texts_are_one_line_without_tricks_and_cut() {
        assert_eq!(
            clean(" a\n\t b\u{0}\u{202e}c \u{200b} d", 20).as_deref(),
            Some("a bc d")
        );
        assert_eq!(clean("abcdef", 6).as_deref(), Some("abcdef"));
        assert_eq!(clean("abc defg", 5).as_deref(), Some("abc…"));
        assert_eq!(clean("\u{202e}", 5), None);
        let long = meta(&format!("<title>{}</title>", "ä".repeat(5000)))
            .title
            .unwrap();
        assert_eq!(long.chars().count(), 120);
    }

    #[test]
    fn the_best_icon_wins() {
        assert!(icon("<link rel=icon href=s.png sizes=16x16><link rel=icon href=l.png sizes='48x48 96x96'>").ends_with("l.png"));
        assert!(
            icon("<link rel=icon href=a.ico><link rel=apple-touch-icon href=t.png>")
                .ends_with("t.png")
        );
        assert!(icon("<link rel=icon sizes=512x512 href=l.png><link rel=icon type=image/svg+xml href=v.svg>").ends_with("v.svg"));
        assert!(icon("<link rel=mask-icon href=m.svg>").ends_with("/favicon.ico"));
        assert!(
            icon("<link rel=icon href=javascript:x><link rel=icon href=b.ico>").ends_with("/b.ico")
        );
        assert!(icon("<link rel=icon href=data:image/png;base64,AA>").ends_with("/favicon.ico"));
        assert!(icon("<link rel=icon sizes=99999999999x1 href=z.ico>").ends_with("/z.ico"));
    }

    #[test]
    fn addresses_are_absolute_and_plain() {
        let image = |html: &str| meta(&format!("<title>x</title>{html}")).image;
        let og = |href: &str| image(&format!("<meta property=og:image content=\"{href}\">"));
        assert_eq!(
            og("//cdn.test/i.png").as_deref(),
            Some("https://cdn.test/i.png")
        );
        assert_eq!(og(" i.png ").as_deref(), Some("https://site.test/a/i.png"));
        for href in [
            "",
            "javascript:alert(1)",
            "data:image/png,x",
            "file:///x",
            "https://u:p@site.test/",
            "https://",
            "https://[::/",
        ] {
            assert_eq!(og(href), None, "{href}");
        }
        assert_eq!(og(&format!("/{}", "a".repeat(3000))), None);
    }

    #[test]
    fn the_first_base_is_respected_when_it_is_a_web_address() {
        let image = |base: &str| {
            meta(&format!("{base}<meta property=og:image content=i.png>"))
                .image
                .unwrap()
        };
        assert_eq!(
            image("<base href=https://cdn.test/x/>"),
            "https://cdn.test/x/i.png"
        );
        assert_eq!(
            image("<base target=_blank><base href=/y/>"),
            "https://site.test/y/i.png"
        );
        assert_eq!(
            image("<base href=javascript:x>"),
            "https://site.test/a/i.png"
        );
        assert_eq!(
            meta("<base href=https://cdn.test/>").icon.unwrap(),
            "https://site.test/favicon.ico"
        );
    }

    #[test]
    fn encodings_are_told_apart() {
        let title = |html: &[u8], content_type| read(html, content_type, &page(), &Tables).title;
        assert_eq!(
            title(b"<title>Caf\xe9 \x80</title>", None).as_deref(),
            Some("Café €")
        );
        assert_eq!(
            title(
                b"<title>Caf\xe9</title>",
                Some("text/html; charset=ISO-8859-1")
            )
            .as_deref(),
            Some("Café")
        );
        assert_eq!(
            title(b"<meta charset=windows-1252><title>Caf\xe9</title>", None).as_deref(),
            Some("Café")
        );
        assert_eq!(
            title("<title>Café</title>".as_bytes(), None).as_deref(),
            Some("Café")
        );
        assert_eq!(
            title(b"\xef\xbb\xbf<title>Caf\xc3\xa9</title>\xc3", None).as_deref(),
            Some("Café")
        );
        assert_eq!(
            title(
                b"<title>\x83\x65</title>",
                Some("text/html; charset=shift_jis")
            ),
            None
        );
        assert_eq!(
            title(b"<title>Caf\xe9</title>", Some("text/html; charset=utf-8")),
            None
        );
    }

    #[test]
    fn what_is_in_templates_is_not_part_of_the_page() {
        let title = |html| meta(html).title;
        assert_eq!(
            title("<template><template></template><title>no</title><body></template><title>Yes</title>")
                .as_deref(),
            Some("Yes")
        );
        assert_eq!(
            title("</template><svg><template></svg><title>Yes</title>").as_deref(),
            Some("Yes")
        );
        assert_eq!(
            title("<svg><style/></svg><title>Yes</title>").as_deref(),
            Some("Yes")
        );
    }

    #[test]
    fn hostile_pages_are_read_in_linear_time() {
        // Read in quadratic time, one of these takes minutes.
        for piece in [
            "<",
            "&",
            "&#",
            "&a",
            "&copy",
            "</",
            "<!",
            "<!--",
            "<!---->",
            "<!-->",
            "<a ",
            "<a a",
            "<a>",
            "<a '",
            "<a a='",
            "<a/",
            "<title>",
            "<title></title>",
            "</title",
            "<svg><title>&amp",
            "<script>",
            "<script><!--",
            "<script></script>",
            "<!--<script>",
            "<template>",
            "<textarea></",
            "<meta name=a content=&>",
            "<link rel=icon href=x>",
            "a=",
            " ",
            ">",
            "-->",
        ] {
            let _ = meta(&piece.repeat(MAX_HTML / piece.len()));
            for start in ["<title>", "<meta ", "<meta name='", "<script><!--", "<!--"] {
                let many = piece.repeat(MAX_HTML / 32 / piece.len());
                let _ = meta(&format!("{start}{many}'\"></title>--></script>"));
            }
        }
    }

    fn soup() -> impl Strategy<Value = String> {
        let piece = proptest::sample::select(vec![
            "<",
            ">",
            "</",
            "/>",
            "<!--",
            "-->",
            "<title>",
            "</title>",
            "<svg>",
            "<base href=",
            "<meta ",
            "property=og:image ",
            "name=description ",
            "content=",
            "<link rel=icon ",
            "sizes=1x ",
            "href=",
            "\"",
            "'",
            "http://[",
            "//x",
            "\\",
            "&",
            "&#",
            "&#x110000;",
            "&amp",
            "\u{0}",
            "\u{202e}",
            "é",
            "<![CDATA[",
            "]]>",
            "--!>",
            "<script>",
            "</script>",
            "<template>",
            "</template>",
            "<body>",
            "=",
            " ",
            "a",
        ]);
        proptest::collection::vec(piece, 0..60).prop_map(|pieces| pieces.concat())
    }

    proptest! {
        #[test]
        fn hostile_pages_yield_only_bounded_texts_and_web_addresses(html in soup(), cut in 0usize..200) {
            let bytes = html.as_bytes();
            let meta = read(&bytes[..cut.min(bytes.len())], None, &page(), &Tables);
            for text in [&meta.title, &meta.description].into_iter().flatten() {
                prop_assert!(text.chars().count() <= MAX_DESCRIPTION && !text.chars().any(is_invisible));
            }
            for url in [&meta.icon, &meta.image].into_iter().flatten() {
                prop_assert!(url.starts_with("http://") || url.starts_with("https://"));
            }
        }

        #[test]
        fn any_bytes_are_read_without_panic(html: Vec<u8>, content_type: String) {
            let _ = read(&html, Some(&content_type), &page(), &Tables);
        }
    }
}
