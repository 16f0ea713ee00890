//! Feeds of other sites: RSS 0.9 to 2.0 (also as RDF), Atom 0.3 and 1.0, and JSON Feed.
//!
//! The feed can be hostile: everything in it becomes one line of plain text of limited length, an
//! absolute http(s) URL, or a time. What follows a mistake in it is still read, as other readers do.
//! Entities that a feed declares are not expanded.

use std::rc::Rc;

use prox_types::FeedEntry;
use quick_xml::Reader;
use quick_xml::events::Event;
use serde_json::Value;
use url::Url;

use crate::page_meta::{charset, clean, resolve};
use crate::unicode::Unicode;
use xml::XmlFeed;

mod date;
mod text;
mod xml;

/// The maximum number of entries; the newest ones are read.
pub const MAX_ENTRIES: usize = 20;
/// The maximum length of the title of a feed or an entry, in characters.
const MAX_TITLE: usize = 200;

/// The content of a feed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FeedContent {
    /// The title.
    pub title: Option<String>,
    /// The address of the site.
    pub site_url: Option<String>,
    /// The newest entries. When all have a time, the newest one is first; otherwise they are in the order
    /// of the feed.
    pub entries: Vec<FeedEntry>,
}

/// Reads a feed, which may be truncated anywhere. None when it is something else.
#[must_use]
pub fn read(
    bytes: &[u8],
    content_type: Option<&str>,
    base: &Url,
    unicode: &dyn Unicode,
) -> Option<FeedContent> {
    let text = charset::decode_xml(bytes, content_type, unicode);
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let draft = if text.starts_with('{') {
        of_json(text)?
    } else {
        of_xml(text, base, unicode)?
    };
    Some(draft.into_content(base, unicode))
}

/// A feed whose texts and addresses are not checked yet.
#[derive(Default)]
struct Draft {
    title: String,
    /// Candidates for the address of the site.
    site: Vec<Address>,
    entries: Vec<DraftEntry>,
}

/// An entry whose texts and addresses are not checked yet.
#[derive(Default)]
struct DraftEntry {
    title: String,
    /// Text for an entry without a title.
    summary: String,
    /// Candidates for its address.
    addresses: Vec<Address>,
    published: Option<String>,
    updated: Option<String>,
}

/// A candidate for the address of an entry or the site.
struct Address {
    href: String,
    /// The URL from which it is resolved; none for that of the feed. Shared, because a feed may have
    /// many addresses below one long base.
    base: Option<Rc<Url>>,
    rank: Rank,
}

/// How well an address fits; the first one of the best is taken.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Rank {
    /// A link to the page.
    Page,
    /// An id that is an address.
    Id,
    /// A file that belongs to the entry.
    File,
}

impl Address {
    /// The absolute URL. An id counts when it is one already.
    fn resolve(&self, feed: &Url, unicode: &dyn Unicode) -> Option<String> {
        if self.rank == Rank::Id && !self.href.contains("://") {
            return None;
        }
        let base = self.base.as_deref().unwrap_or(feed);
        resolve(&self.href, base, unicode).map(String::from)
    }
}

impl Draft {
    fn into_content(self, feed: &Url, unicode: &dyn Unicode) -> FeedContent {
        let best = |mut addresses: Vec<Address>| {
            // A stable sort: among equal ones, the first counts.
            addresses.sort_by_key(|address| address.rank);
            addresses
                .iter()
                .find_map(|address| address.resolve(feed, unicode))
        };
        let mut entries: Vec<FeedEntry> = self
            .entries
            .into_iter()
            .filter_map(|entry| {
                let url = best(entry.addresses)?;
                let title = line(&entry.title)
                    .or_else(|| line(&entry.summary))
                    .unwrap_or_else(|| without_scheme(&url));
                let date = |text: &Option<String>| date::parse(text.as_deref()?);
                let published_at = date(&entry.published).or_else(|| date(&entry.updated));
                Some(FeedEntry {
                    title,
                    url,
                    published_at,
                })
            })
            .collect();
        if entries.iter().all(|entry| entry.published_at.is_some()) {
            // A stable sort: those of one time stay in their order.
            entries.sort_by_key(|entry| std::cmp::Reverse(entry.published_at));
        }
        entries.truncate(MAX_ENTRIES);
        FeedContent {
            title: line(&self.title),
            site_url: best(self.site),
            entries,
        }
    }
}

/// One line of plain text. A character that could not be decoded is left out.
fn line(text: &str) -> Option<String> {
    clean(&text.replace(char::REPLACEMENT_CHARACTER, ""), MAX_TITLE)
}

fn without_scheme(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    line(rest.trim_end_matches('/')).unwrap_or_default()
}

fn of_xml(text: &str, base: &Url, unicode: &dyn Unicode) -> Option<Draft> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    config.expand_empty_elements = true;
    let mut feed = XmlFeed::new(base, unicode);
    loop {
        let goes_on = match reader.read_event() {
            Ok(Event::Start(element)) => feed.start(&element),
            Ok(Event::End(element)) => {
                feed.end(element.name().as_ref());
                true
            }
            Ok(Event::Text(text)) => {
                feed.text(&text.xml10_content());
                true
            }
            Ok(Event::CData(text)) => {
                feed.text(&text.xml10_content());
                true
            }
            Ok(Event::GeneralRef(reference)) => {
                feed.reference(&reference.xml10_content());
                true
            }
            Ok(Event::Eof) | Err(_) => false,
            Ok(_) => true,
        };
        if !goes_on {
            return feed.finish();
        }
    }
}

/// Reads a JSON Feed (<https://www.jsonfeed.org/version/1.1/>).
fn of_json(text: &str) -> Option<Draft> {
    let feed: Value = serde_json::from_str(text).ok()?;
    let string = |value: &Value, name: &str| value.get(name)?.as_str().map(str::to_owned);
    let version = string(&feed, "version")?;
    let (_, version) = version.split_once("://")?;
    if !version
        .trim_start_matches("www.")
        .starts_with("jsonfeed.org/")
    {
        return None;
    }
    let address = |href: Option<String>, rank| {
        Some(Address {
            href: href?,
            base: None,
            rank,
        })
    };
    let items = feed.get("items").and_then(Value::as_array);
    let entries = items.into_iter().flatten().map(|item| DraftEntry {
        title: string(item, "title").unwrap_or_default(),
        summary: string(item, "summary")
            .or_else(|| string(item, "content_text"))
            .or_else(|| string(item, "content_html").map(|html| text::of_html(&html)))
            .unwrap_or_default(),
        addresses: [
            ("url", Rank::Page),
            ("external_url", Rank::Page),
            ("id", Rank::Id),
        ]
        .into_iter()
        .filter_map(|(name, rank)| address(string(item, name), rank))
        .collect(),
        published: string(item, "date_published"),
        updated: string(item, "date_modified"),
    });
    Some(Draft {
        title: string(&feed, "title").unwrap_or_default(),
        site: address(string(&feed, "home_page_url"), Rank::Page)
            .into_iter()
            .collect(),
        entries: entries.collect(),
    })
}

#[cfg(test)]
mod tests;
