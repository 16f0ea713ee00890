//! Title, description and pictures of a web page, from its head.
//!
//! The page can be hostile: everything in it becomes plain text of limited length, or an absolute
//! http(s) URL. Never fetches anything.
//!
//! Every library adds to the size of the worker. With html5gum, this module took 499 kB of wasm
//! (150 kB compressed, with `url`); with its own scanner it takes 272 kB (100 kB), and the table
//! of character names adds 33 kB compressed (docs/decisions/0019). The scanner builds no tree: it
//! does not move elements as a browser would, recognizes SVG drawings and templates by their tags
//! only, and does not support `CDATA`.

use htmlize::Context;
use url::Url;

use crate::refresh;
use crate::unicode::{Unicode, parse_url};
use tags::{Tag, Tags};

pub(crate) mod charset;
mod color;
mod tags;

/// The maximum number of bytes of a page that are read.
pub const MAX_HTML: usize = 1024 * 1024;

const MAX_TITLE: usize = 120;
const MAX_DESCRIPTION: usize = 500;
const MAX_URL: usize = 2048;
/// The assumed size of an icon whose link has no size, in pixels.
const USUAL_ICON: u32 = 32;

/// The metadata of a page, for the card and icon of an item.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PageMeta {
    /// The title, at most 120 characters.
    pub title: Option<String>,
    /// The description, at most 500 characters.
    pub description: Option<String>,
    /// The absolute URL of the icon; `/favicon.ico` when the page names none.
    pub icon: Option<String>,
    /// The absolute URL of the preview image.
    pub image: Option<String>,
    /// The `theme-color` for light screens, as `#rrggbb`.
    pub color: Option<String>,
    /// The target of a `<meta http-equiv=refresh>` with a short delay.
    pub refresh: Option<Url>,
    /// The absolute URL of the first feed that the page names.
    pub feed: Option<String>,
}

/// Reads the metadata of a page, which may be truncated anywhere.
#[must_use]
pub fn read(
    html: &[u8],
    content_type: Option<&str>,
    base: &Url,
    unicode: &dyn Unicode,
) -> PageMeta {
    let html = html.get(..MAX_HTML).unwrap_or(html);
    let text = charset::decode(html, content_type, unicode);
    Head::read(&text).into_meta(base, unicode)
}

/// The metadata of a head, not checked yet.
#[derive(Default)]
struct Head {
    base: Option<String>,
    title: Option<String>,
    named: Vec<(String, String)>,
    icons: Vec<Icon>,
    /// The colours with their media queries in lower case.
    colors: Vec<(String, String)>,
    refreshes: Vec<String>,
    feeds: Vec<String>,
}

struct Icon {
    href: String,
    score: IconScore,
}

/// The suitability of an icon for a tile of about 64 pixels; the greatest is best.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct IconScore {
    /// Whether it is for a light background, or for any.
    is_light: bool,
    /// Whether it is an SVG, which is sharp at every size.
    is_drawn: bool,
    /// The size in pixels.
    size: u32,
}

impl Head {
    fn read(html: &str) -> Self {
        let mut tags = Tags::new(html);
        let mut head = Self::default();
        let mut in_svg = false;
        // The number of open templates: their content is not part of the page.
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
            // Tags such as <style/> have no content in SVG drawings only.
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
                    head.title = Some(unescape(text, Context::General));
                }
                // Some pages have their metadata in the body: possibly those without a
                // title so far.
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
                let Some(content) = tag.attribute("content") else {
                    return;
                };
                for attribute in ["property", "name"] {
                    if let Some(name) = tag.attribute(attribute) {
                        let name = name.trim().to_ascii_lowercase();
                        if name == "theme-color" {
                            let media = tag.attribute("media").unwrap_or_default();
                            let color = (media.to_ascii_lowercase(), content.clone());
                            self.colors.push(color);
                        }
                        self.named.push((name, content.clone()));
                    }
                }
                let pragma = tag.attribute("http-equiv").unwrap_or_default();
                if pragma.trim().eq_ignore_ascii_case("refresh") {
                    self.refreshes.push(content);
                }
            }
            "link" => {
                let rel = tag.attribute("rel").unwrap_or_default();
                let href = tag.attribute("href").unwrap_or_default();
                if let Some(score) = icon_score(&rel, &href, tag) {
                    self.icons.push(Icon { href, score });
                } else if is_feed(&rel, tag) {
                    self.feeds.push(href);
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
        // A stable sort: among equal ones, the first counts.
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
        let color = self
            .colors
            .iter()
            .filter(|(media, _)| fits_light_screens(media))
            .find_map(|(_, value)| color::to_hex(value));
        let refresh = self
            .refreshes
            .iter()
            .find_map(|value| refresh::target(value, page, base, unicode));
        let feed = self.feeds.iter().find_map(|href| resolve(href, base));
        PageMeta {
            title,
            color,
            refresh,
            feed: feed.map(String::from),
            description: text(
                &["og:description", "twitter:description", "description"],
                MAX_DESCRIPTION,
            ),
            icon: icon.map(String::from),
            image: image.map(String::from),
        }
    }

    /// The values of these names, in the order of the names.
    fn values<'a>(&'a self, names: &'a [&str]) -> impl Iterator<Item = &'a str> {
        names.iter().flat_map(|wanted| {
            self.named
                .iter()
                .filter(move |(name, _)| name == wanted)
                .map(|(_, value)| value.as_str())
        })
    }
}

/// The score of a link. None when it is not an icon in colour.
fn icon_score(rel: &str, href: &str, tag: &Tag) -> Option<IconScore> {
    let is = |kind: &str| {
        rel.split_ascii_whitespace()
            .any(|r| r.eq_ignore_ascii_case(kind))
    };
    let is_touch_icon = is("apple-touch-icon") || is("apple-touch-icon-precomposed");
    if !is("icon") && !is_touch_icon {
        return None;
    }
    let attribute = |name: &str| tag.attribute(name).unwrap_or_default().to_ascii_lowercase();
    let (kind, sizes) = (attribute("type"), attribute("sizes"));
    let path = href.split(['?', '#']).next().unwrap_or_default();
    let ends = |extension: &str| path.to_ascii_lowercase().ends_with(extension);
    let any_size = sizes.split_ascii_whitespace().any(|size| size == "any");
    let largest = sizes
        .split_ascii_whitespace()
        .filter_map(|size| size.split_once('x')?.0.parse::<u32>().ok())
        .max();
    let usual = if is_touch_icon { 180 } else { USUAL_ICON };
    Some(IconScore {
        is_light: fits_light_screens(&attribute("media")),
        // Tools write `sizes=any` also for .ico files, so that old browsers prefer the SVG.
        is_drawn: if kind.trim().is_empty() {
            ends(".svg") || (any_size && !ends(".ico"))
        } else {
            kind.contains("image/svg")
        },
        // Sizes above 512 pixels make no difference.
        size: largest.unwrap_or(usual).min(512),
    })
}

/// Whether a link names a feed of the page.
fn is_feed(rel: &str, tag: &Tag) -> bool {
    let kind = tag.attribute("type").unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim();
    rel.split_ascii_whitespace()
        .any(|r| r.eq_ignore_ascii_case("alternate"))
        && [
            "application/rss+xml",
            "application/atom+xml",
            "application/feed+json",
        ]
        .iter()
        .any(|feed| kind.eq_ignore_ascii_case(feed))
}

/// Whether a media query, in lower case, lets the icon show on a light screen.
fn fits_light_screens(media: &str) -> bool {
    let query = media.trim();
    let is_other_medium = ["print", "speech", "not all", "not screen"]
        .iter()
        .any(|medium| query.starts_with(medium));
    !is_other_medium
        && !query
            .replace(char::is_whitespace, "")
            .contains("color-scheme:dark")
}

/// An absolute http(s) URL without credentials.
pub(crate) fn resolve(href: &str, base: &Url, unicode: &dyn Unicode) -> Option<Url> {
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

/// One line of text: white space collapsed, invisible characters dropped, cut between
/// characters with an ellipsis. None when nothing is left, or when a character could not be
/// decoded: the page declares a wrong encoding.
pub(crate) fn clean(text: &str, max: usize) -> Option<String> {
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
        // Without a joiner at the end, which belongs to the emoji that was cut off.
        let end = |c: char| c.is_whitespace() || c == '\u{200d}';
        line.truncate(line.trim_end_matches(end).len());
        line.push('…');
    }
    (!line.is_empty()).then_some(line)
}

/// Whether it is a control character or changes the writing direction.
fn is_invisible(c: char) -> bool {
    let turns =
        matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let has_no_width = matches!(c, '\u{200b}' | '\u{2060}' | '\u{feff}');
    c.is_control() || turns || has_no_width
}

/// The text with its character references resolved. NUL becomes U+FFFD, as in HTML.
fn unescape(written: &str, context: Context) -> String {
    let text = htmlize::unescape_in(written, context);
    text.replace('\0', "\u{fffd}")
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
    fn the_first_feed_that_a_page_names_is_found() {
        for (html, expected) in [
            (
                "<link rel=alternate type=application/rss+xml href=/f>",
                Some("https://a.example/f"),
            ),
            (
                "<LINK REL='Alternate home' TYPE='Application/Atom+XML; x' HREF=f>",
                Some("https://a.example/b/f"),
            ),
            (
                "<link rel=alternate type=application/feed+json href=//c.example/f>",
                Some("https://c.example/f"),
            ),
            (
                "<link rel=alternate type=application/rss+xml href=javascript:x><link rel=alternate type=application/atom+xml href=/f>",
                Some("https://a.example/f"),
            ),
            (
                "<link rel=alternate href=/f><link type=application/rss+xml href=/f>",
                None,
            ),
            (
                "<link rel=alternate hreflang=de type=text/html href=/f>",
                None,
            ),
            (
                "<!-- <link rel=alternate type=application/rss+xml href=/f> -->",
                None,
            ),
        ] {
            let base = Url::parse("https://a.example/b/c").unwrap();
            let meta = read(html.as_bytes(), None, &base, &Tables);
            assert_eq!(meta.feed.as_deref(), expected, "{html}");
        }
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
        let emoji = meta(&format!("<title>x{}</title>", "😀".repeat(200))).title;
        assert_eq!(emoji, Some(format!("x{}…", "😀".repeat(118))));
        assert_eq!(clean("ab👩‍👩‍👧", 5).as_deref(), Some("ab👩…"));
    }

    #[test]
    fn the_colour_is_the_one_for_light_screens() {
        let color = |html| meta(html).color;
        for (html, expected) in [
            ("<meta name=theme-color content='#1f6470'>", Some("#1f6470")),
            ("<META NAME=Theme-Color CONTENT=' ReD '>", Some("#ff0000")),
            (
                "<meta name=theme-color media='(prefers-color-scheme: dark)' content=black>
                 <meta name=theme-color media='(prefers-color-scheme: light)' content=#fff>",
                Some("#ffffff"),
            ),
            (
                "<meta name=theme-color content=none><meta name=theme-color content=#abc>",
                Some("#aabbcc"),
            ),
            (
                "<meta name=theme-color media='(prefers-color-scheme:dark)' content=#000>",
                None,
            ),
            (
                "<template><meta name=theme-color content=#000></template>",
                None,
            ),
            ("", None),
        ] {
            assert_eq!(color(html).as_deref(), expected, "{html}");
        }
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
    fn a_drawing_beats_an_ico_of_any_size() {
        let ico = "<link rel=icon href=/favicon.ico sizes=any>";
        for svg in [
            "<link rel=icon href=/icon.svg type=image/svg+xml>",
            "<link rel=icon href=/icon type='IMAGE/SVG+XML'>",
            "<link rel=icon href=/icon.svg?v=2>",
            "<link rel=icon href=/ICON.SVG sizes=any>",
            "<link rel=icon href=/icon sizes=any>",
        ] {
            for html in [format!("{ico}{svg}"), format!("{svg}{ico}")] {
                assert!(icon(&html).to_lowercase().contains("/icon"), "{html}");
            }
        }
        let png = "<link rel=icon href=/big.png sizes=192x192 type=image/png>";
        assert!(icon(&format!("{ico}{png}")).ends_with("/big.png"));
    }

    #[test]
    fn an_icon_for_dark_screens_comes_last() {
        let dark = "<link rel=icon href=/dark.svg media='(prefers-color-scheme: dark)'>";
        let odd = "<link rel=icon href=/dark.svg media='screen and (PREFERS-COLOR-SCHEME:dark)'>";
        let print = "<link rel=icon href=/dark.svg media=print>";
        for last in [dark, odd, print] {
            for first in [
                "<link rel=icon href=/light.ico>",
                "<link rel=icon href=/light.svg media='(prefers-color-scheme: light)'>",
                "<link rel=icon href=/light.png media=all>",
                "<link rel=icon href=/light.png media=''>",
            ] {
                for html in [format!("{last}{first}"), format!("{first}{last}")] {
                    assert!(icon(&html).contains("/light"), "{html}");
                }
            }
            assert!(icon(last).ends_with("/dark.svg"));
        }
    }

    #[test]
    fn name_and_property_are_read_each_on_its_own() {
        let description = |attributes: &str| {
            meta(&format!("<title>x</title><meta {attributes} content=A>")).description
        };
        for attributes in [
            "name=description",
            "property=description",
            "name=description property=''",
            "property='' name=description",
            "name='' property=og:description",
            "name=x property=og:description",
            "name=description property=x",
            "NAME=' Description '",
        ] {
            assert_eq!(
                description(attributes).as_deref(),
                Some("A"),
                "{attributes}"
            );
        }
        assert_eq!(description("itemprop=description"), None);
    }

    #[test]
    fn every_character_reference_of_html_is_read() {
        let text = |written: &str| meta(&format!("<title>{written}</title>")).title.unwrap();
        let attribute = |written: &str| {
            let html = format!("<title>x</title><meta name=description content=\"{written}\">");
            meta(&html).description.unwrap()
        };
        for (written, expected) in [
            ("&AMPx; &notit; &copyright;", "&x; ¬it; ©right;"),
            ("&lstrok; &rArr; &CounterClockwiseContourIntegral;", "ł ⇒ ∳"),
            ("&NotEqualTilde;", "≂̸"),
            ("a&nbsp;&mdash; &euro;5 &Uuml;ber &apos;", "a — €5 Über '"),
            ("&#233;&#xE9;&#XE9;&#233x&#x1F600;", "ééééx😀"),
            ("&#128;&#x99;", "€™"),
            ("&amp;amp;", "&amp;"),
            ("&copy2024 &amp &lt", "©2024 & <"),
        ] {
            assert_eq!(text(written), expected, "{written}");
        }
        for same in [
            "&", "&&", "& x", "&;", "&amq;", "&mdash x", "&é;", "&#", "&#;", "&#x;", "&#g",
        ] {
            assert_eq!((text(same), attribute(same)), (same.into(), same.into()));
        }
        // In attributes, a name without a semicolon before more letters is not a reference.
        assert_eq!(attribute("?a&copy=1&copy2&amp"), "?a&copy=1&copy2&");
        assert_eq!(attribute("&amp;copy=1&copy &lstrok;"), "&copy=1© ł");
    }

    #[test]
    fn the_first_valid_refresh_is_reported() {
        let refresh = |html: &str| meta(html).refresh.map(String::from);
        let to = |path: &str| Some(format!("https://site.test{path}"));
        assert_eq!(
            refresh("<meta http-equiv=REFRESH content='0; url=/x'>"),
            to("/x")
        );
        assert_eq!(
            refresh(
                "<base href=/y/><meta http-equiv=refresh content='x'><meta http-equiv=refresh content='1;url=z'>"
            ),
            to("/y/z")
        );
        assert_eq!(
            refresh("<noscript><meta http-equiv=refresh content='0;url=/x'></noscript>"),
            None
        );
        assert_eq!(refresh("<meta name=refresh content='0;url=/x'>"), None);
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
    fn texts_are_read_in_the_encoding_of_the_page() {
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
            )
            .as_deref(),
            Some("テ")
        );
        assert_eq!(
            title(b"<title>Caf\xe9</title>", Some("text/html; charset=utf-8")),
            None
        );
    }

    #[test]
    fn the_content_of_templates_is_not_part_of_the_page() {
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
