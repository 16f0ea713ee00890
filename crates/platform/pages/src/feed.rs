//! The page as RSS 2.0, with `atom:link rel="self"` as the RSS advisory board recommends.
//! Written by hand: the feed has a dozen elements, and the feed crates keep characters that
//! XML 1.0 forbids and bring an XML parser.

use std::fmt::Write as _;

use prox_types::{ItemKind, PublicItem, PublicSpace};

use crate::address;
use crate::context::PageContext;
use crate::date;
use crate::jsonld::item_url;
use crate::markdown::markdown_to_html;
use crate::outline::{full_title, summary};

/// The feed, with the newest changes first. The guid of each entry is the id of its item, so
/// that readers show a change as a change and not as another item.
#[must_use]
pub fn rss(space: &PublicSpace, context: &PageContext) -> String {
    let mut out = String::from(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <rss version=\"2.0\" xmlns:atom=\"http://www.w3.org/2005/Atom\">\n<channel>\n",
    );
    element(&mut out, "title", &full_title(space));
    element(&mut out, "link", &address::ascii(&context.canonical_url));
    element(&mut out, "description", &summary(space));
    element(&mut out, "lastBuildDate", &date::rfc822(space.updated_at));
    element(&mut out, "generator", "Prox OS");
    out.push_str("<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"");
    escape(&mut out, &context.alternate_url("rss"));
    out.push_str("\"/>\n");
    for item in newest(space) {
        entry(&mut out, item, context);
    }
    out.push_str("</channel>\n</rss>\n");
    out
}

fn newest(space: &PublicSpace) -> Vec<&PublicItem> {
    let mut items: Vec<_> = space
        .items
        .iter()
        .filter(|i| i.kind != ItemKind::Folder)
        .collect();
    items.sort_by(|a, b| {
        b.updated_at
            .cmp(&a.updated_at)
            .then_with(|| b.id.cmp(&a.id))
    });
    items.truncate(PublicSpace::MAX_ENTRIES);
    items
}

fn entry(out: &mut String, item: &PublicItem, context: &PageContext) {
    out.push_str("<item>\n");
    element(out, "title", &item.title);
    element(out, "link", &address::ascii(&item_url(item, context)));
    // Writing to a String does not fail.
    let _ = writeln!(out, "<guid isPermaLink=\"false\">{}</guid>", item.id);
    element(out, "pubDate", &date::rfc822(item.updated_at));
    let content = content(item);
    if !content.is_empty() {
        element(out, "description", &content);
    }
    for tag in &item.tags {
        element(out, "category", tag);
    }
    out.push_str("</item>\n");
}

/// The description as HTML, as feed readers expect.
fn content(item: &PublicItem) -> String {
    let description = maud::html! {
        @if !item.description.is_empty() { p { (item.description) } }
    };
    let body = match item.kind {
        ItemKind::Card => markdown_to_html(&item.body),
        _ => String::new(),
    };
    description.into_string() + &body
}

fn element(out: &mut String, name: &str, text: &str) {
    let _ = write!(out, "<{name}>");
    escape(out, text);
    let _ = writeln!(out, "</{name}>");
}

/// Escapes for text and double-quoted attributes, and drops every character that is not a
/// `Char` of XML 1.0 (section 2.2).
pub(crate) fn escape(out: &mut String, text: &str) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\t' | '\n' | '\r' => out.push(c),
            '\0'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
}
