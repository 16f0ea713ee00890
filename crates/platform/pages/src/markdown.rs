//! Markdown that users wrote, as HTML that is safe by construction. Never lets a
//! byte of user HTML through.
//!
//! There is no sanitizer behind this on purpose. A sanitizer parses HTML that was
//! already mixed from trusted and untrusted parts; measured in this workspace,
//! ammonia (with html5ever) adds 272 kB of gzipped wasm to the 84 kB of
//! pulldown-cmark, out of 700 kB for the whole worker. Here the parts are never
//! mixed: raw HTML becomes text at the event level, links and images are written
//! here after their scheme was checked, and everything else is escaped by the
//! renderer. What is left is a fixed list of elements whose only attributes are
//! ours: `href`, `rel`, `src`, `alt`, fixed image attributes, `start` of a list, the
//! class of a task's box and the `language-…` class of a code block.

use std::fmt::Write as _;
use std::iter;

use linkify::{LinkFinder, LinkKind};
use maud::Escaper;
use pulldown_cmark::{
    Alignment, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd,
    TextMergeStream, html::push_html,
};

use crate::address;

/// Quotes and lists deeper than this are flattened: browsers stop nesting anyway,
/// and 20 kB of `>` would become half a megabyte.
const MAX_DEPTH: usize = 12;

/// Renders a card's text: CommonMark with tables, strikethrough, task lists and bare
/// web addresses. Its first heading becomes `h3`, and none stands above it. Links are http, https or
/// mailto, images are https; what is neither stays as its text.
#[must_use]
pub fn markdown_to_html(text: &str) -> String {
    render(text, 2)
}

/// As [`markdown_to_html`], below a heading of this level.
pub(crate) fn render(text: &str, below: usize) -> String {
    let options =
        Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let parser = TextMergeStream::new(Parser::new_ext(text, options));
    let mut filter = Filter {
        below,
        ..Filter::default()
    };
    let mut html = String::with_capacity(text.len() * 3 / 2);
    push_html(&mut html, parser.flat_map(|event| filter.event(event)));
    html
}

/// What the filter has to remember between events.
#[derive(Default)]
struct Filter {
    below: usize,
    /// The level of the first heading, which authors begin with as they like.
    top: Option<usize>,
    /// Open quotes, lists and list entries.
    depth: usize,
    /// Whether the open link was written; links do not nest.
    link: bool,
    code: bool,
    /// Open images: what they contain is their text alternative.
    images: usize,
    alt: String,
    src: Option<String>,
}

type Events<'a> = Vec<Event<'a>>;

impl Filter {
    fn event<'a>(&mut self, event: Event<'a>) -> Events<'a> {
        if self.images > 0 {
            return self.in_image(event);
        }
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Html(text) | Event::InlineHtml(text) => vec![Event::Text(text)],
            Event::Text(text) => self.text(text),
            Event::TaskListMarker(done) => vec![raw(if done {
                "<span class=\"task\">☑</span> "
            } else {
                "<span class=\"task\">☐</span> "
            })],
            other => vec![other],
        }
    }

    fn start<'a>(&mut self, tag: Tag<'a>) -> Events<'a> {
        let tag = match tag {
            Tag::HtmlBlock => Tag::Paragraph,
            Tag::Heading { level, .. } => Tag::Heading {
                level: self.level(level),
                id: None,
                classes: Vec::new(),
                attrs: Vec::new(),
            },
            Tag::BlockQuote(_) | Tag::List(_) | Tag::Item => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    return Vec::new();
                }
                match tag {
                    Tag::BlockQuote(_) => Tag::BlockQuote(None),
                    other => other,
                }
            }
            // The renderer would align by inline style, which the policy forbids.
            Tag::Table(columns) => Tag::Table(vec![Alignment::None; columns.len()]),
            Tag::CodeBlock(_) => {
                self.code = true;
                tag
            }
            Tag::Link {
                link_type,
                dest_url,
                ..
            } => return self.open_link(link_type, &dest_url),
            Tag::Image { dest_url, .. } => {
                self.images = 1;
                self.src = address::image(&dest_url).map(str::to_owned);
                return Vec::new();
            }
            other => other,
        };
        vec![Event::Start(tag)]
    }

    fn end<'a>(&mut self, tag: TagEnd) -> Events<'a> {
        let tag = match tag {
            TagEnd::HtmlBlock => TagEnd::Paragraph,
            TagEnd::Heading(level) => TagEnd::Heading(self.level(level)),
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item => {
                let depth = self.depth;
                self.depth = depth.saturating_sub(1);
                if depth > MAX_DEPTH {
                    // Keeps the words of neighbouring entries apart.
                    return vec![Event::SoftBreak];
                }
                match tag {
                    TagEnd::BlockQuote(_) => TagEnd::BlockQuote(None),
                    other => other,
                }
            }
            TagEnd::CodeBlock => {
                self.code = false;
                tag
            }
            TagEnd::Link => {
                let written = std::mem::take(&mut self.link);
                return written.then(|| raw("</a>")).into_iter().collect();
            }
            other => other,
        };
        vec![Event::End(tag)]
    }

    fn open_link<'a>(&mut self, kind: LinkType, url: &str) -> Events<'a> {
        let url = match kind {
            LinkType::Email => format!("mailto:{url}"),
            _ => url.to_owned(),
        };
        self.link = linkable(&url);
        if self.link {
            vec![raw(opening(&url))]
        } else {
            Vec::new()
        }
    }

    /// Everything up to the end of the outermost image is its text alternative.
    fn in_image<'a>(&mut self, event: Event<'a>) -> Events<'a> {
        match event {
            Event::Start(Tag::Image { .. }) => self.images += 1,
            Event::End(TagEnd::Image) => self.images -= 1,
            Event::Text(text) | Event::Code(text) | Event::InlineHtml(text) => {
                self.alt.push_str(&text);
            }
            Event::SoftBreak | Event::HardBreak => self.alt.push(' '),
            _ => {}
        }
        if self.images > 0 {
            return Vec::new();
        }
        let alt = std::mem::take(&mut self.alt);
        vec![match self.src.take() {
            Some(src) => raw(format!(
                "<img src=\"{}\" alt=\"{}\" loading=\"lazy\" decoding=\"async\" \
                 referrerpolicy=\"no-referrer\">",
                escape(&src),
                escape(&alt)
            )),
            None => Event::Text(alt.into()),
        }]
    }

    /// Text with its bare web addresses linked, where links may stand.
    fn text<'a>(&self, text: CowStr<'a>) -> Events<'a> {
        if self.link || self.code || !text.contains("://") {
            return vec![Event::Text(text)];
        }
        let mut finder = LinkFinder::new();
        finder.kinds(&[LinkKind::Url]);
        finder
            .spans(&text)
            .flat_map(|span| {
                let shown = Event::Text(span.as_str().to_owned().into());
                let link = span.kind().is_some() && linkable(span.as_str());
                let (open, close) = if link {
                    (Some(raw(opening(span.as_str()))), Some(raw("</a>")))
                } else {
                    (None, None)
                };
                open.into_iter().chain(iter::once(shown)).chain(close)
            })
            .collect()
    }

    /// Levels without a gap below the surrounding heading: screen readers go by them.
    fn level(&mut self, level: HeadingLevel) -> HeadingLevel {
        let level = level as usize;
        let deeper = level.saturating_sub(*self.top.get_or_insert(level));
        HeadingLevel::try_from((self.below + 1 + deeper).min(6)).unwrap_or(HeadingLevel::H6)
    }
}

/// Web addresses and mail; anything relative would mean something else on each host.
fn linkable(url: &str) -> bool {
    let mail = address::has_scheme(url, "mailto:") && !url.chars().any(char::is_control);
    mail || address::web(url).is_some()
}

fn opening(url: &str) -> String {
    format!("<a href=\"{}\" rel=\"nofollow ugc noopener\">", escape(url))
}

/// HTML of our own making.
fn raw<'a>(html: impl Into<CowStr<'a>>) -> Event<'a> {
    Event::InlineHtml(html.into())
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Writing to a String does not fail.
    let _ = Escaper::new(&mut out).write_str(text);
    out
}
