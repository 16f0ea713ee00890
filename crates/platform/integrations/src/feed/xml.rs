//! RSS and Atom: finds the elements of a feed among those of its extensions.

use std::rc::Rc;

use htmlize::Context;
use quick_xml::events::BytesStart;
use url::Url;

use super::{Address, Draft, DraftEntry, Rank, text};
use crate::page_meta::resolve;
use crate::unicode::Unicode;

/// Elements that are nested deeper than this end the reading.
const MAX_DEPTH: usize = 100;
/// The number of `xml:base` inside each other that count.
const MAX_BASES: usize = 8;
/// The number of namespaces of the root element that count.
const MAX_NAMESPACES: usize = 50;
/// The number of bytes of a text that are read; its title is much shorter.
const MAX_TEXT: usize = 16 * 1024;

/// The format of a feed.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Format {
    Rss,
    Atom,
}

/// What an element belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Vocabulary {
    /// The format of the feed.
    Own,
    DublinCore,
    /// RSS's module for the whole text of an entry.
    Content,
    Other,
}

/// What the text of an element is for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Field {
    Title,
    Summary,
    Link,
    Guid,
    Published,
    Updated,
}

/// An element whose text is being read.
struct Capture {
    field: Field,
    /// The number of open elements including it.
    depth: usize,
    text: String,
    is_html: bool,
}

/// A feed while it is read.
pub(super) struct XmlFeed<'a> {
    feed: &'a Url,
    unicode: &'a dyn Unicode,
    format: Option<Format>,
    /// Prefixes with the vocabularies that the root element declares for them.
    prefixes: Vec<(String, Vocabulary)>,
    /// The names of the open elements.
    open: Vec<String>,
    /// The open elements with `xml:base`, by their depth.
    bases: Vec<(usize, Rc<Url>)>,
    /// The depth of the open channel or Atom feed.
    channel: Option<usize>,
    /// The open entry with its depth.
    entry: Option<(usize, DraftEntry)>,
    capture: Option<Capture>,
    draft: Draft,
}

impl<'a> XmlFeed<'a> {
    pub(super) fn new(feed: &'a Url, unicode: &'a dyn Unicode) -> Self {
        Self {
            feed,
            unicode,
            format: None,
            prefixes: Vec::new(),
            open: Vec::new(),
            bases: Vec::new(),
            channel: None,
            entry: None,
            capture: None,
            draft: Draft::default(),
        }
    }

    /// Opens an element. False when there is nothing more to read.
    pub(super) fn start(&mut self, element: &BytesStart<'_>) -> bool {
        let name = element.name();
        let name: &str = name.as_ref();
        self.open.push(name.to_owned());
        let depth = self.open.len();
        if depth > MAX_DEPTH {
            return false;
        }
        if element.attributes_raw().contains("xml:base")
            && self.bases.len() < MAX_BASES
            && let Some(base) = attribute(element, "xml:base")
            && let Some(base) = resolve(&base, self.base(), self.unicode)
        {
            self.bases.push((depth, Rc::new(base)));
        }
        let (prefix, local) = match name.split_once(':') {
            Some((prefix, local)) => (Some(prefix), local.to_ascii_lowercase()),
            None => (None, name.to_ascii_lowercase()),
        };
        if depth == 1 && self.format.is_some() {
            // Behind the feed.
            return false;
        }
        if depth == 1 {
            self.format = match local.as_str() {
                "rss" | "rdf" => Some(Format::Rss),
                "feed" => Some(Format::Atom),
                _ => None,
            };
            self.read_prefixes(element);
            if self.format == Some(Format::Atom) {
                self.channel = Some(depth);
            }
            return self.format.is_some();
        }
        if let Some(capture) = &mut self.capture {
            // Words on both sides of an element such as a line break are two words.
            if text::is_block(&local) {
                capture.text.push(' ');
            }
            return true;
        }
        let vocabulary = self.vocabulary(prefix);
        if vocabulary == Vocabulary::Own && self.open_part(&local, depth, element) {
            return true;
        }
        let parent = depth - 1;
        let in_entry = self.entry.as_ref().is_some_and(|(at, _)| *at == parent);
        if in_entry || self.entry.is_none() && self.channel == Some(parent) {
            self.read_element(vocabulary, &local, element, in_entry);
        }
        true
    }

    /// Opens a channel or an entry.
    fn open_part(&mut self, local: &str, depth: usize, element: &BytesStart<'_>) -> bool {
        match (self.format, local) {
            (Some(Format::Rss), "channel") if depth == 2 => self.channel = Some(depth),
            (Some(Format::Rss), "item") | (Some(Format::Atom), "entry")
                if depth <= 3 && self.entry.is_none() =>
            {
                let mut entry = DraftEntry::default();
                // In RDF, the address of an entry is its name, too.
                if let Some(href) = attribute(element, "rdf:about") {
                    entry.addresses.push(self.address(href, Rank::Id));
                }
                self.entry = Some((depth, entry));
            }
            _ => return false,
        }
        true
    }

    /// Reads an element of a channel or an entry.
    fn read_element(
        &mut self,
        vocabulary: Vocabulary,
        local: &str,
        element: &BytesStart<'_>,
        in_entry: bool,
    ) {
        let is_atom = self.format == Some(Format::Atom);
        let field = match (vocabulary, local) {
            (Vocabulary::Own, "title") => Field::Title,
            (Vocabulary::Own, "link") => {
                if let Some(href) = attribute(element, "href") {
                    self.add_link(href, attribute(element, "rel").as_deref(), in_entry);
                    return;
                }
                Field::Link
            }
            _ if !in_entry => return,
            (Vocabulary::Own, "enclosure") => {
                if let Some(href) = attribute(element, "url") {
                    self.add_address(href, Rank::File, in_entry);
                }
                return;
            }
            (Vocabulary::Own, "guid") => match attribute(element, "isPermaLink").as_deref() {
                Some("false") => return,
                _ => Field::Guid,
            },
            (Vocabulary::Own, "pubdate" | "published" | "issued" | "created" | "date")
            | (Vocabulary::DublinCore, "date" | "issued" | "created") => Field::Published,
            (Vocabulary::Own, "updated" | "modified" | "lastbuilddate")
            | (Vocabulary::DublinCore, "modified") => Field::Updated,
            (Vocabulary::Own, "description" | "summary" | "content")
            | (Vocabulary::Content, "encoded") => Field::Summary,
            _ => return,
        };
        let kind = attribute(element, "type").unwrap_or_default();
        let is_text = matches!(field, Field::Title | Field::Summary);
        self.capture = Some(Capture {
            field,
            depth: self.open.len(),
            text: String::new(),
            // Titles of RSS are HTML for most readers, and for most writers.
            is_html: is_text && (!is_atom || kind == "html" || kind == "text/html"),
        });
    }

    /// A link of Atom, which has a relation.
    fn add_link(&mut self, href: String, relation: Option<&str>, in_entry: bool) {
        match relation {
            None | Some("alternate" | "") => self.add_address(href, Rank::Page, in_entry),
            Some("enclosure" | "related") if in_entry => {
                self.add_address(href, Rank::File, in_entry);
            }
            _ => {}
        }
    }

    fn add_address(&mut self, href: String, rank: Rank, in_entry: bool) {
        let address = self.address(href, rank);
        match &mut self.entry {
            Some((_, entry)) if in_entry => entry.addresses.push(address),
            _ => self.draft.site.push(address),
        }
    }

    fn address(&self, href: String, rank: Rank) -> Address {
        Address {
            href,
            base: self.bases.last().map(|(_, base)| base.clone()),
            rank,
        }
    }

    fn base(&self) -> &Url {
        self.bases
            .last()
            .map_or(self.feed, |(_, base)| base.as_ref())
    }

    /// Closes the innermost element of a name, with those inside it that were not closed.
    pub(super) fn end(&mut self, name: &str) {
        let Some(at) = self.open.iter().rposition(|open| open == name) else {
            return;
        };
        if self.capture.as_ref().is_some_and(|it| it.depth > at) {
            self.finish_capture();
        }
        self.open.truncate(at);
        if let Some((_, entry)) = self.entry.take_if(|(depth, _)| *depth > at) {
            self.draft.entries.push(entry);
        }
        self.channel = self.channel.filter(|depth| *depth <= at);
        self.bases.retain(|(depth, _)| *depth <= at);
    }

    pub(super) fn text(&mut self, text: &str) {
        if let Some(capture) = &mut self.capture
            && capture.text.len() < MAX_TEXT
        {
            let end = text.floor_char_boundary(MAX_TEXT);
            capture.text.push_str(text.get(..end).unwrap_or_default());
        }
    }

    /// A character or entity reference. The names of HTML count, although XML has five only.
    pub(super) fn reference(&mut self, name: &str) {
        let written = format!("&{name};");
        let text = htmlize::unescape_in(written.as_str(), Context::General);
        self.text(&text);
    }

    fn finish_capture(&mut self) {
        let Some(capture) = self.capture.take() else {
            return;
        };
        let text = if capture.is_html {
            text::of_html(&capture.text)
        } else {
            capture.text
        };
        let in_entry = self.entry.is_some();
        match capture.field {
            Field::Link => return self.add_address(text, Rank::Page, in_entry),
            Field::Guid => return self.add_address(text, Rank::Id, in_entry),
            _ => {}
        }
        match (&mut self.entry, capture.field) {
            (Some((_, entry)), Field::Title) => set_first(&mut entry.title, text),
            (Some((_, entry)), Field::Summary) => set_first(&mut entry.summary, text),
            (Some((_, entry)), Field::Published) => entry.published = Some(text),
            (Some((_, entry)), Field::Updated) => entry.updated = Some(text),
            (None, Field::Title) => set_first(&mut self.draft.title, text),
            _ => {}
        }
    }

    fn read_prefixes(&mut self, root: &BytesStart<'_>) {
        let is_atom = self.format == Some(Format::Atom);
        for (name, value) in attributes(root).take(MAX_NAMESPACES) {
            if let Some(prefix) = name.strip_prefix("xmlns:") {
                let vocabulary = match value.trim_end_matches(['/', '#']) {
                    "http://purl.org/dc/elements/1.1" | "http://purl.org/dc/terms" => {
                        Vocabulary::DublinCore
                    }
                    "http://purl.org/rss/1.0/modules/content" => Vocabulary::Content,
                    "http://www.w3.org/2005/Atom" | "http://purl.org/atom/ns" if is_atom => {
                        Vocabulary::Own
                    }
                    "http://purl.org/rss/1.0" | "http://my.netscape.com/rdf/simple/0.9"
                        if !is_atom =>
                    {
                        Vocabulary::Own
                    }
                    _ => Vocabulary::Other,
                };
                self.prefixes.push((prefix.to_owned(), vocabulary));
            }
        }
    }

    fn vocabulary(&self, prefix: Option<&str>) -> Vocabulary {
        let Some(prefix) = prefix else {
            return Vocabulary::Own;
        };
        let declared = self
            .prefixes
            .iter()
            .find(|(declared, _)| declared == prefix);
        match (declared, prefix) {
            (Some((_, vocabulary)), _) => *vocabulary,
            // Usual names, which some feeds do not declare.
            (None, "dc") => Vocabulary::DublinCore,
            (None, "content") => Vocabulary::Content,
            (None, _) => Vocabulary::Other,
        }
    }

    /// The feed as far as it was read; none when it is something else.
    pub(super) fn finish(mut self) -> Option<Draft> {
        self.format?;
        self.finish_capture();
        if let Some((_, entry)) = self.entry.take() {
            self.draft.entries.push(entry);
        }
        Some(self.draft)
    }
}

fn set_first(field: &mut String, text: String) {
    if field.is_empty() {
        *field = text;
    }
}

/// The attributes of an element; those after a mistake are left out.
fn attributes<'a>(element: &'a BytesStart<'_>) -> impl Iterator<Item = (&'a str, String)> {
    let mut attributes = element.html_attributes();
    attributes.with_checks(false);
    attributes.map_while(Result::ok).map(|attribute| {
        let value = htmlize::unescape_in(attribute.value.as_ref(), Context::Attribute);
        (attribute.key.0, value.into_owned())
    })
}

fn attribute(element: &BytesStart<'_>, name: &str) -> Option<String> {
    attributes(element)
        .find(|(other, _)| *other == name)
        .map(|(_, value)| value)
}
