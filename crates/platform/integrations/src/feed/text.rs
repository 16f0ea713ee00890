//! Plain text from the HTML of titles.

use htmlize::Context;

/// Elements that end a word.
const BLOCKS: [&str; 22] = [
    "article",
    "blockquote",
    "br",
    "dd",
    "div",
    "dl",
    "dt",
    "figure",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "td",
    "tr",
    "ul",
];

/// Other elements that occur in titles. Everything else in angle brackets is text, as in `Vec<T>`.
const INLINE: [&str; 37] = [
    "a", "abbr", "acronym", "audio", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em",
    "font", "i", "iframe", "img", "ins", "kbd", "mark", "picture", "q", "s", "samp", "small",
    "source", "span", "strike", "strong", "sub", "sup", "table", "tbody", "time", "tt", "u", "wbr",
];

/// Elements whose content is not text.
const HIDDEN: [&str; 4] = ["script", "style", "svg", "video"];

/// Whether an element, by its name in lower case, ends a word.
pub(super) fn is_block(name: &str) -> bool {
    BLOCKS.contains(&name)
}

/// The text without markup, with its character references resolved.
pub(super) fn of_html(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    // The rest is searched for the end of a tag until there is none.
    let mut has_end = true;
    while let Some((text, after)) = rest.split_once('<') {
        out.push_str(&htmlize::unescape_in(text, Context::General));
        if let Some(comment) = after.strip_prefix("!--") {
            rest = comment.split_once("-->").map_or("", |(_, rest)| rest);
            continue;
        }
        let named = after.strip_prefix('/').unwrap_or(after);
        let end = named.find(|c: char| !c.is_ascii_alphanumeric());
        let name = named.get(..end.unwrap_or(named.len())).unwrap_or_default();
        let name = name.to_ascii_lowercase();
        let is_hidden = HIDDEN.contains(&name.as_str());
        let is_markup = is_block(&name) || INLINE.contains(&name.as_str()) || is_hidden;
        let tag = if is_markup && has_end {
            let tag = after.split_once('>');
            has_end = tag.is_some();
            tag
        } else {
            None
        };
        match tag {
            None => {
                out.push('<');
                rest = after;
            }
            Some((_, behind)) => {
                if is_block(&name) {
                    out.push(' ');
                }
                rest = behind;
                if is_hidden && !after.starts_with('/') {
                    rest = after_element(behind, &name);
                }
            }
        }
    }
    out.push_str(&htmlize::unescape_in(rest, Context::General));
    out
}

/// What follows the end tag of an element; nothing when it has none.
fn after_element<'a>(text: &'a str, name: &str) -> &'a str {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("</") {
        rest = after;
        let is_end = after
            .get(..name.len())
            .is_some_and(|other| other.eq_ignore_ascii_case(name));
        if is_end {
            return after.split_once('>').map_or("", |(_, rest)| rest);
        }
    }
    ""
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    #[test]
    fn markup_is_removed_and_references_are_resolved() {
        for (html, expected) in [
            ("plain", "plain"),
            ("<b>bold</b> and <i class='x'>more</i>", "bold and more"),
            ("one<br/>two<p>three", "one two three"),
            ("AT&amp;T &eacute; &#8211; &#x2014;", "AT&T é – —"),
            ("AT&T", "AT&T"),
            ("5 < 6 > 4", "5 < 6 > 4"),
            ("Vec<T> in Rust", "Vec<T> in Rust"),
            ("I <3 this", "I <3 this"),
            ("&lt;b&gt; in HTML", "<b> in HTML"),
            ("a<!-- hidden -->b<!-- open", "ab"),
            ("a<script>alert('</b>')</script>b", "ab"),
            ("a<STYLE>x</sTyLe >b<style>open", "ab"),
            ("<a href='x", "<a href='x"),
            ("", ""),
        ] {
            assert_eq!(of_html(html), expected, "{html}");
        }
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "tests run natively")]
    fn a_text_of_many_tags_without_end_is_read_once() {
        // Reading the rest for each of them would take far longer.
        for part in ["<", "<b ", "</i ", "<script "] {
            let text = part.repeat(500_000 / part.len());
            let start = Instant::now();
            assert_eq!(of_html(&text), text);
            let with_end = format!("{text}>");
            assert!(of_html(&with_end).len() <= with_end.len());
            assert!(start.elapsed() < Duration::from_secs(5), "{part}");
        }
    }
}
