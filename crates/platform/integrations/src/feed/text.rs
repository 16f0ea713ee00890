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
    read(html, |text| text.split_once('>'))
}

/// `end_of_tag` splits a text at the end of the tag that it begins in, if there is one.
fn read(html: &str, mut end_of_tag: impl FnMut(&str) -> Option<(&str, &str)>) -> String {
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
            let tag = end_of_tag(after);
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
    fn the_end_of_a_tag_is_looked_for_in_vain_only_once() {
        // For each of many tags without an end, reading the whole rest would take minutes.
        for part in ["<", "<b ", "</i ", "<script "] {
            for end in ["", ">"] {
                let text = part.repeat(100) + end;
                let mut in_vain = 0;
                let plain = read(&text, |rest| {
                    let found = rest.split_once('>');
                    in_vain += usize::from(found.is_none());
                    found
                });
                assert!(plain.len() <= text.len());
                assert!(!end.is_empty() || plain == text, "{part}");
                assert!(in_vain <= 1, "{part}: {in_vain} times");
            }
        }
    }
}
