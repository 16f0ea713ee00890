//! Cards' Markdown as HTML that is safe by construction: HTML that a user typed is
//! shown as text and never interpreted.
//!
//! There is no sanitizer (decision 0006). Raw HTML becomes text at the event level,
//! links and images are written here after their scheme was checked, and the renderer
//! escapes everything else. The output has a fixed list of elements with attributes
//! of our own only: `href`, `rel`, `src`, `alt`, fixed attributes of images and of
//! the element that a table scrolls in, `start` of a list, and classes.
//!
//! The desktop renders the same text with the same rules
//! (`site/shell/src/shared/ui/Markdown.tsx`). `fixtures/markdown.json` has some seven
//! hundred inputs with the HTML that this module writes; a test here and a test there
//! fail when either renderer differs from it. The rules (decision 0016):
//!
//! - CommonMark with tables, `~~strikethrough~~` and task lists; CR, LF and CRLF end a
//!   line.
//! - White space at the end of a code block is not shown.
//! - Links are `http:`, `https:` or `mailto:`, images are `https:`. Others are shown as
//!   their text.
//! - Bare web addresses become links when they begin with `http://` or `https://`.
//! - The first heading gets the level below that of the surrounding heading, and no heading gets a
//!   higher one.
//! - Quotes, lists and emphasis nest [`MAX_DEPTH`] levels deep; deeper ones lose their marks
//!   and keep their text. A line begins with at most [`MAX_LINE_MARKS`] marks.
//! - In a paragraph, heading or table cell with more than [`MAX_EMPHASIS_RUNS`] runs of `*`, `_`
//!   and `~`, these are text.

use std::borrow::Cow;
use std::fmt::Write as _;
use std::ops::Range;

use maud::Escaper;
use pulldown_cmark::{
    Alignment, CodeBlockKind, CowStr, Event, HeadingLevel, LinkType, Options, Parser, Tag, TagEnd,
    TextMergeWithOffset, html::push_html,
};

use crate::address;

/// The maximum depth of quotes, lists and emphasis, counted together. Browsers limit the depth
/// of elements, and 20 kB of `>` would become half a megabyte.
const MAX_DEPTH: usize = 12;

/// The maximum number of quote and list marks at the beginning of a line. The time that parsers
/// take grows faster than this number.
const MAX_LINE_MARKS: usize = 32;

/// The maximum number of runs of `*`, `_` and `~` in a paragraph, heading or table cell that has
/// emphasis. The time of the desktop's parser grows with the square of this number.
const MAX_EMPHASIS_RUNS: usize = 1_000;

/// Renders a card's text. Its first heading becomes `h3`.
#[must_use]
pub fn markdown_to_html(text: &str) -> String {
    render(text, 2)
}

/// The words of a card's text, without marks: blocks and lines have a space between them. A checkbox is ☑
/// or ☐.
#[must_use]
pub fn markdown_to_text(text: &str) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = normalize_line_ends(text);
    let text = limit_line_marks(&text);
    let parser = limit_emphasis(&text, Parser::new_ext(&text, options()).into_offset_iter());
    let mut words = String::with_capacity(text.len());
    let mut begins_entry = false;
    for (event, range) in TextMergeWithOffset::new(parser) {
        match event {
            Event::Text(part) if begins_entry => match task(&part, typed(&text, range.start)) {
                Some((mark, rest)) => {
                    words.push_str(mark);
                    words.push_str(rest);
                }
                None => words.push_str(&part),
            },
            Event::Text(part) | Event::Code(part) | Event::Html(part) | Event::InlineHtml(part) => {
                words.push_str(&part);
            }
            Event::Start(ref tag) => {
                let is_entry = matches!(tag, Tag::Item);
                space_between_blocks(&event, &mut words);
                begins_entry = is_entry;
                continue;
            }
            Event::End(_) => {
                space_between_blocks(&event, &mut words);
                continue;
            }
            Event::SoftBreak | Event::HardBreak | Event::Rule => words.push(' '),
            _ => {}
        }
        begins_entry = false;
    }
    words.truncate(words.trim_end().len());
    words
}

/// Adds a space where a block begins or ends.
fn space_between_blocks(event: &Event<'_>, words: &mut String) {
    if !words.is_empty() && !words.ends_with([' ', '\n']) && !is_inline(event) {
        words.push(' ');
    }
}

/// The checkbox that a text begins with, and what follows it. `source` is what was typed for it; empty
/// after a backslash.
fn task<'a>(text: &'a str, source: &str) -> Option<(&'static str, &'a str)> {
    [("[ ]", "☐"), ("[x]", "☑"), ("[X]", "☑")]
        .into_iter()
        .find(|(mark, _)| source.starts_with(mark))
        .and_then(|(mark, sign)| Some((sign, text.strip_prefix(mark)?)))
        .filter(|(_, rest)| rest.is_empty() || rest.starts_with([' ', '\t']))
}

/// The text from a place on; empty when there is a backslash before it.
fn typed(text: &str, start: usize) -> &str {
    let (before, source) = text.split_at_checked(start).unwrap_or_default();
    if before.ends_with('\\') { "" } else { source }
}

fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH
}

/// As [`markdown_to_html`], below a heading of this level.
pub(crate) fn render(text: &str, below: usize) -> String {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let text = normalize_line_ends(text);
    let text = limit_line_marks(&text);
    let parser = limit_emphasis(&text, Parser::new_ext(&text, options()).into_offset_iter());
    let mut filter = Filter {
        below,
        ..Filter::default()
    };
    let events = TextMergeWithOffset::new(parser)
        .flat_map(|(event, range)| filter.event(event, typed(&text, range.start)));
    let mut html = String::with_capacity(text.len() * 3 / 2);
    push_html(&mut html, events);
    html
}

/// The text with LF as its only line end.
pub(crate) fn normalize_line_ends(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The text without the marks of quotes and list entries that exceed [`MAX_LINE_MARKS`]
/// at the beginning of a line.
fn limit_line_marks(text: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let mut written = 0;
    let mut start = 0;
    for line in text.split_inclusive('\n') {
        if let Some((from, to)) = surplus_marks(line) {
            out.push_str(text.get(written..start + from).unwrap_or_default());
            out.push(' ');
            written = start + to;
        }
        start += line.len();
    }
    if written == 0 {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(written..).unwrap_or_default());
    Cow::Owned(out)
}

/// The range of the surplus marks of a line.
fn surplus_marks(line: &str) -> Option<(usize, usize)> {
    let mut from = 0;
    let mut end = 0;
    let mut count = 0;
    while let Some(mark) = line.get(end..).and_then(line_mark) {
        end += mark;
        count += 1;
        if count == MAX_LINE_MARKS {
            from = end;
        }
    }
    (count > MAX_LINE_MARKS).then_some((from, end))
}

/// The length of the mark that begins this text, with the space before it.
fn line_mark(text: &str) -> Option<usize> {
    let rest = text.trim_start_matches([' ', '\t']);
    let space = text.len() - rest.len();
    if rest.starts_with('>') {
        return Some(space + 1);
    }
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let is_mark = match rest.as_bytes().get(digits)? {
        b'-' | b'+' | b'*' => digits == 0,
        b'.' | b')' => (1..=9).contains(&digits),
        _ => false,
    };
    let is_apart = matches!(rest.as_bytes().get(digits + 1), Some(b' ' | b'\t'));
    (is_mark && is_apart).then_some(space + digits + 1)
}

type Located<'a> = (Event<'a>, Range<usize>);

/// Replaces the marks of emphasis by text in blocks that have too many of them.
fn limit_emphasis<'a>(
    text: &'a str,
    events: impl Iterator<Item = Located<'a>> + 'a,
) -> Box<dyn Iterator<Item = Located<'a>> + 'a> {
    if emphasis_runs(text) <= MAX_EMPHASIS_RUNS {
        return Box::new(events);
    }
    let mut out = Vec::new();
    let mut block = Vec::new();
    for located in events {
        if is_inline(&located.0) {
            block.push(located);
        } else {
            out.append(&mut limit_block(text, std::mem::take(&mut block)));
            out.push(located);
        }
    }
    out.append(&mut limit_block(text, block));
    Box::new(out.into_iter())
}

/// As [`limit_emphasis`], for the inline events of one block.
fn limit_block<'a>(text: &'a str, events: Vec<Located<'a>>) -> Vec<Located<'a>> {
    let start = events.iter().map(|(_, range)| range.start).min();
    let end = events.iter().map(|(_, range)| range.end).max();
    let source = text.get(start.unwrap_or_default()..end.unwrap_or_default());
    if source.is_none_or(|source| emphasis_runs(source) <= MAX_EMPHASIS_RUNS) {
        return events;
    }
    let literal = |(event, range): Located<'a>| {
        let Range { start, end } = range;
        let length = match event {
            Event::Start(Tag::Emphasis) | Event::End(TagEnd::Emphasis) => 1,
            Event::Start(Tag::Strong) | Event::End(TagEnd::Strong) => 2,
            Event::Start(Tag::Strikethrough) | Event::End(TagEnd::Strikethrough) => {
                let is_double = text.get(start..).is_some_and(|t| t.starts_with("~~"));
                1 + usize::from(is_double)
            }
            other => return (other, start..end),
        };
        let range = match event {
            Event::Start(_) => start..start + length,
            _ => end - length..end,
        };
        let mark = text.get(range.clone()).unwrap_or_default();
        (Event::Text(mark.into()), range)
    };
    events.into_iter().map(literal).collect()
}

/// The number of runs of `*`, `_` and `~` in a text.
fn emphasis_runs(text: &str) -> usize {
    let mut before = None;
    let begins = |byte: u8| {
        let is_new = matches!(byte, b'*' | b'_' | b'~') && before != Some(byte);
        before = Some(byte);
        is_new
    };
    text.bytes().map(begins).filter(|is_new| *is_new).count()
}

fn is_inline(event: &Event<'_>) -> bool {
    match event {
        Event::Start(tag) => matches!(
            tag,
            Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. }
        ),
        Event::End(tag) => matches!(
            tag,
            TagEnd::Emphasis
                | TagEnd::Strong
                | TagEnd::Strikethrough
                | TagEnd::Link
                | TagEnd::Image
        ),
        Event::Html(_) | Event::Rule => false,
        _ => true,
    }
}

/// The state of the filter between events.
#[derive(Default)]
struct Filter {
    below: usize,
    /// The level of the first heading.
    top: Option<usize>,
    /// The number of open quotes, lists and emphases.
    depth: usize,
    /// The number of open lists that are too deep to be written.
    flat_lists: usize,
    /// Whether the open list entry has had no event yet.
    begins_entry: bool,
    /// The open links, of which the outermost that may be a link is written.
    links: Vec<bool>,
    /// The text of the open code block.
    code: Option<String>,
    /// The number of open images: what they contain is their text alternative.
    images: usize,
    alt: String,
    src: Option<String>,
}

type Events<'a> = Vec<Event<'a>>;

impl Filter {
    /// The events that replace an event. `source` is the text from the beginning of the event;
    /// empty after a backslash.
    fn event<'a>(&mut self, event: Event<'a>, source: &str) -> Events<'a> {
        if self.images > 0 {
            return self.in_image(event);
        }
        let begins_entry = self.begins_entry;
        self.begins_entry = match &event {
            Event::Start(Tag::Item) => true,
            Event::Start(Tag::Paragraph) => begins_entry,
            _ => false,
        };
        match event {
            // A single tilde is text; only two strike through.
            Event::Start(Tag::Strikethrough) | Event::End(TagEnd::Strikethrough)
                if !source.starts_with("~~") =>
            {
                vec![Event::Text("~".into())]
            }
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Html(text) | Event::InlineHtml(text) => vec![Event::Text(text)],
            Event::Text(text) if self.code.is_some() => self.in_code(&text),
            Event::Text(text) if begins_entry => self.begin_entry(&text, source),
            Event::Text(text) => self.text(&text),
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
            Tag::BlockQuote(_)
            | Tag::List(_)
            | Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough => {
                self.depth += 1;
                if self.depth > MAX_DEPTH {
                    self.flat_lists += usize::from(matches!(tag, Tag::List(_)));
                    return Vec::new();
                }
                match tag {
                    Tag::BlockQuote(_) => Tag::BlockQuote(None),
                    other => other,
                }
            }
            Tag::Item if self.flat_lists > 0 => return Vec::new(),
            // The renderer would align with inline styles, which the policy forbids.
            Tag::Table(columns) => {
                let table = Tag::Table(vec![Alignment::None; columns.len()]);
                return vec![raw(TABLE_OPENING), Event::Start(table)];
            }
            Tag::CodeBlock(_) => {
                self.code = Some(String::new());
                Tag::CodeBlock(CodeBlockKind::Indented)
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
            TagEnd::BlockQuote(_)
            | TagEnd::List(_)
            | TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough => {
                let depth = self.depth;
                self.depth = depth.saturating_sub(1);
                if depth > MAX_DEPTH {
                    return self.end_flat(tag);
                }
                match tag {
                    TagEnd::BlockQuote(_) => TagEnd::BlockQuote(None),
                    other => other,
                }
            }
            TagEnd::Item if self.flat_lists > 0 => return vec![Event::SoftBreak],
            TagEnd::Table => return vec![Event::End(tag), raw("</div>\n")],
            TagEnd::CodeBlock => {
                let code = self.code.take().unwrap_or_default();
                let code = code.trim_end_matches([' ', '\t', '\n']).to_owned();
                return vec![Event::Text(code.into()), Event::End(tag)];
            }
            TagEnd::Link => {
                let written = self.links.pop().unwrap_or_default();
                return written.then(|| raw("</a>")).into_iter().collect();
            }
            other => other,
        };
        vec![Event::End(tag)]
    }

    /// The end of an element that was too deep to be written. A line break separates the words of
    /// neighbouring blocks.
    fn end_flat<'a>(&mut self, tag: TagEnd) -> Events<'a> {
        match tag {
            TagEnd::List(_) => {
                self.flat_lists = self.flat_lists.saturating_sub(1);
                vec![Event::SoftBreak]
            }
            TagEnd::BlockQuote(_) => vec![Event::SoftBreak],
            _ => Vec::new(),
        }
    }

    fn open_link<'a>(&mut self, kind: LinkType, url: &str) -> Events<'a> {
        let url = match kind {
            LinkType::Email => format!("mailto:{url}"),
            _ => url.to_owned(),
        };
        let written = !self.is_in_link() && linkable(&url);
        self.links.push(written);
        if written {
            vec![raw(opening(&url))]
        } else {
            Vec::new()
        }
    }

    fn is_in_link(&self) -> bool {
        self.links.contains(&true)
    }

    /// Handles an event within an image: up to its end, all text is its text alternative.
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

    /// The first text of a list entry, which is a task when it begins with a checkbox. The
    /// parser's own rule differs from the desktop's for checkboxes without text.
    fn begin_entry<'a>(&self, text: &str, source: &str) -> Events<'a> {
        let Some((mark, rest)) = task(text, source) else {
            return self.text(text);
        };
        let mut events = vec![raw(format!("<span class=\"task\">{mark}</span> "))];
        events.extend(self.text(rest.trim_start_matches([' ', '\t'])));
        events
    }

    fn in_code<'a>(&mut self, text: &str) -> Events<'a> {
        if let Some(code) = &mut self.code {
            code.push_str(text);
        }
        Vec::new()
    }

    /// A text whose bare web addresses become links, where links are allowed.
    fn text<'a>(&self, text: &str) -> Events<'a> {
        let mut events = Vec::new();
        let mut rest = text;
        while let Some((before, url, after)) =
            address::find_bare(rest).filter(|_| !self.is_in_link())
        {
            events.push(Event::Text(before.to_owned().into()));
            events.push(raw(opening(url)));
            events.push(Event::Text(url.to_owned().into()));
            events.push(raw("</a>"));
            rest = after;
        }
        events.push(Event::Text(rest.to_owned().into()));
        events
    }

    /// The level of a heading: without a gap below the surrounding one, because screen readers use
    /// the levels.
    fn level(&mut self, level: HeadingLevel) -> HeadingLevel {
        let level = level as usize;
        let deeper = level.saturating_sub(*self.top.get_or_insert(level));
        HeadingLevel::try_from((self.below + 1 + deeper).min(6)).unwrap_or(HeadingLevel::H6)
    }
}

/// The start of the element that a wide table scrolls in. It can be focused, so that it scrolls
/// with the arrow keys.
const TABLE_OPENING: &str =
    "<div class=\"wide\" role=\"group\" aria-label=\"Table\" tabindex=\"0\">";

/// Whether it is a web or mail address. A relative address would have another meaning on each host.
fn linkable(url: &str) -> bool {
    let mail = address::has_scheme(url, "mailto:") && !url.chars().any(char::is_control);
    mail || address::web(url).is_some()
}

fn opening(url: &str) -> String {
    format!("<a href=\"{}\" rel=\"nofollow ugc noopener\">", escape(url))
}

/// HTML that our own code writes.
fn raw<'a>(html: impl Into<CowStr<'a>>) -> Event<'a> {
    Event::InlineHtml(html.into())
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    // Writing to a String does not fail.
    let _ = Escaper::new(&mut out).write_str(text);
    out
}
