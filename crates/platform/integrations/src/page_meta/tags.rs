//! Iterator over the tags of a page, in order.
//!
//! The part of the HTML tokenizer that skips comments, declarations, and the texts of
//! scripts, styles and titles. Builds no tree. Reads every byte a bounded number of times, for any
//! input.

use htmlize::Context;

use super::unescape;

/// White space within tags.
const SPACE: [char; 5] = [' ', '\t', '\n', '\u{c}', '\r'];

pub(super) struct Tags<'a> {
    rest: &'a str,
}

pub(super) struct Tag<'a> {
    /// The name in lower case.
    pub(super) name: String,
    pub(super) is_end: bool,
    pub(super) self_closing: bool,
    attributes: Attributes<'a>,
}

impl<'a> Tags<'a> {
    pub(super) fn new(html: &'a str) -> Self {
        Self { rest: html }
    }

    /// The next complete tag.
    pub(super) fn next_tag(&mut self) -> Option<Tag<'a>> {
        loop {
            let (_, after) = self.rest.split_once('<')?;
            self.rest = after;
            if let Some(declaration) = after.strip_prefix('!') {
                self.rest = after_declaration(declaration)?;
                continue;
            }
            let (is_end, tag) = match after.strip_prefix('/') {
                Some(tag) => (true, tag),
                None => (false, after),
            };
            if tag.starts_with(|c: char| c.is_ascii_alphabetic()) {
                return self.read_tag(tag, is_end);
            }
            // These are comments (HTML, 13.2.5.6); everything else that is not a tag is text.
            if is_end || tag.starts_with('?') {
                self.rest = tag.split_once('>')?.1;
            }
        }
    }

    fn read_tag(&mut self, tag: &'a str, is_end: bool) -> Option<Tag<'a>> {
        let (name, rest) = split_before(tag, ends_name);
        let attributes = Attributes {
            rest,
            self_closing: false,
        };
        let mut end = attributes.clone();
        end.by_ref().for_each(drop);
        // A tag without its `>` at the end of the page does not count.
        self.rest = end.rest.strip_prefix('>')?;
        Some(Tag {
            name: name.to_ascii_lowercase(),
            is_end,
            self_closing: end.self_closing,
            attributes,
        })
    }

    /// Skips and returns the content of an element that contains only text, after its start
    /// tag. Empty for other elements.
    pub(super) fn take_text(&mut self, name: &str) -> &'a str {
        let end = match name {
            "script" => script_end(self.rest),
            "iframe" | "noembed" | "noframes" | "noscript" | "style" | "textarea" | "title"
            | "xmp" => self
                .rest
                .match_indices("</")
                .map(|(at, _)| at)
                .find(|at| starts_tag(self.rest, at + 2, name)),
            "plaintext" => None,
            _ => return "",
        };
        let (text, rest) = end
            .and_then(|at| self.rest.split_at_checked(at))
            .unwrap_or((self.rest, ""));
        self.rest = rest;
        text
    }
}

impl Tag<'_> {
    /// The first attribute of a name; empty when it has no value.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let (_, value) = self
            .attributes
            .clone()
            .find(|(other, _)| other.eq_ignore_ascii_case(name))?;
        Some(unescape(value, Context::Attribute))
    }
}

/// Iterator over the raw names and values of a tag's attributes. Stops before the tag's `>`,
/// or at the end of the page.
#[derive(Clone)]
struct Attributes<'a> {
    rest: &'a str,
    self_closing: bool,
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    fn next(&mut self) -> Option<Self::Item> {
        self.rest = self.rest.trim_start_matches(SPACE);
        while let Some(after) = self.rest.strip_prefix('/') {
            self.self_closing = after.starts_with('>');
            self.rest = after.trim_start_matches(SPACE);
        }
        if self.rest.is_empty() || self.rest.starts_with('>') {
            return None;
        }
        // An equals sign that comes first is part of the name.
        let mut is_first = true;
        let (name, after) = split_before(self.rest, |c| {
            let is_first = std::mem::take(&mut is_first);
            ends_name(c) || (c == '=' && !is_first)
        });
        let after = after.trim_start_matches(SPACE);
        let Some(after) = after.strip_prefix('=') else {
            self.rest = after;
            return Some((name, ""));
        };
        let after = after.trim_start_matches(SPACE);
        let quote = ['"', '\''].into_iter().find(|c| after.starts_with(*c));
        let (value, rest) = if let Some(quote) = quote {
            let inner = after.strip_prefix(quote)?;
            inner.split_once(quote).unwrap_or((inner, ""))
        } else {
            split_before(after, |c| SPACE.contains(&c) || c == '>')
        };
        self.rest = rest;
        Some((name, value))
    }
}

/// Splits before the first character for which `ends` is true, or at the end.
fn split_before(text: &str, ends: impl FnMut(char) -> bool) -> (&str, &str) {
    text.find(ends)
        .and_then(|at| text.split_at_checked(at))
        .unwrap_or((text, ""))
}

fn ends_name(c: char) -> bool {
    SPACE.contains(&c) || matches!(c, '/' | '>')
}

/// Whether exactly this tag name begins at a position.
fn starts_tag(text: &str, at: usize, name: &str) -> bool {
    let end = at + name.len();
    text.get(at..end)
        .is_some_and(|found| found.eq_ignore_ascii_case(name))
        && text
            .get(end..)
            .is_some_and(|rest| rest.starts_with(ends_name))
}

/// The text after a comment or a document type, given the text after its `<!`.
fn after_declaration(text: &str) -> Option<&str> {
    if !text.starts_with("--") {
        return Some(text.split_once('>')?.1);
    }
    // The dashes may be those that the comment starts with, except before "!".
    let (end, _) = text.match_indices('>').find(|(at, _)| {
        text.get(..*at).is_some_and(|comment| {
            comment.ends_with("--") || (comment.len() >= 5 && comment.ends_with("--!"))
        })
    })?;
    text.get(end + 1..)
}

/// The position of a script's end tag. An end tag within `<!-- <script>` does not count.
fn script_end(text: &str) -> Option<usize> {
    #[derive(PartialEq)]
    enum Within {
        Script,
        Comment,
        ScriptInComment,
    }
    let mut within = Within::Script;
    let mut comment = 0;
    for (at, c) in text.match_indices(['<', '>']) {
        if c == ">" {
            // Here, too, the dashes may be those that the comment starts with.
            if within != Within::Script && text.get(comment..at).is_some_and(|c| c.ends_with("--"))
            {
                within = Within::Script;
            }
        } else if starts_tag(text, at + 1, "/script") {
            if within != Within::ScriptInComment {
                return Some(at);
            }
            within = Within::Comment;
        } else if within == Within::Comment && starts_tag(text, at + 1, "script") {
            within = Within::ScriptInComment;
        } else if within == Within::Script
            && text.get(at..).is_some_and(|rest| rest.starts_with("<!--"))
        {
            within = Within::Comment;
            comment = at + 2;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The tags, with the attribute `a` where there is one.
    fn tags(html: &str) -> Vec<String> {
        let mut tags = Tags::new(html);
        let mut found = Vec::new();
        while let Some(tag) = tags.next_tag() {
            let end = if tag.is_end { "/" } else { "" };
            let value = tag.attribute("a").map(|a| format!("={a}"));
            let closing = if tag.self_closing { "/" } else { "" };
            found.push(format!(
                "{end}{}{}{closing}",
                tag.name,
                value.unwrap_or_default()
            ));
            if !tag.is_end {
                tags.take_text(&tag.name);
            }
        }
        found
    }

    #[test]
    fn comments_end_where_browsers_end_them() {
        for comment in [
            "<!---->",
            "<!-->",
            "<!--->",
            "<!-- <x> -->",
            "<!----!>",
            "<!-- --!>",
            "<!-- - -- --->",
            "<!--!>-->",
            "<!---!>-->",
            "<!--<!-->",
            "<!--<!--!>",
            "<!>",
            "<!x>",
            "<!->",
            "<!doctype html>",
            "<!DOCTYPE \"a>",
            "<![CDATA[x>",
            "<?xml x>",
            "</>",
            "</ x>",
            "</1>",
        ] {
            assert_eq!(tags(&format!("{comment}<b>")), ["b"], "{comment}");
        }
        for text in ["<", "< x>", "<1>", "<=", "<é>", "<<", "&lt;x>"] {
            assert_eq!(tags(&format!("{text}<b>")), ["b"], "{text}");
        }
    }

    #[test]
    fn attributes_are_read_however_they_are_written() {
        for tag in [
            "<b a=1>",
            "<b a='1'>",
            "<b a=\"1\">",
            "<B A = 1 >",
            "<b\n\ta\r\n=\u{c}1>",
            "<b/a=1>",
            "<b x a=1>",
            "<b x=a=2 a=1>",
            "<b x='>'a=1>",
            "<b a=1 a=2>",
            "<b A='1'a>",
            "<b =a=2 a=1>",
            "<b x=/ a=1>",
            "<b / a=1 /x>",
            "<b <x a=1>",
            "<b ' \" a=1>",
            "<b a=&#49;>",
            "<b x=<a> ><b a=1>",
        ] {
            assert_eq!(tags(tag).last().map(String::as_str), Some("b=1"), "{tag}");
        }
        assert_eq!(
            tags("<b a><b a=><b a=''><b a =/>"),
            ["b=", "b=", "b=", "b=/"]
        );
        assert_eq!(
            tags("<b/><b /><b a/><b / ><b a='x'/>"),
            ["b/", "b/", "b=/", "b", "b=x/"]
        );
        assert_eq!(tags("<b:c-d\u{e9}></B x='>'>"), ["b:c-dé", "/b"]);
    }

    #[test]
    fn the_texts_of_some_elements_hold_no_tags() {
        for name in [
            "title", "textarea", "style", "script", "noscript", "iframe", "xmp",
        ] {
            assert_eq!(
                tags(&format!(
                    "<{name} a='>'><x><!--</x></{name}x></{name}</ {name}></{}\n><b>",
                    name.to_uppercase()
                )),
                [&format!("{name}=>"), &format!("/{name}"), "b"]
            );
            assert_eq!(tags(&format!("<{name}><b></{name}")), [name]);
        }
        assert_eq!(tags("<plaintext></plaintext><b>"), ["plaintext"]);
        let mut page = Tags::new("<title>a<b></title>");
        page.next_tag().unwrap();
        assert_eq!(page.take_text("title"), "a<b>");
        assert_eq!(page.take_text("b"), "");
    }

    #[test]
    fn scripts_end_where_browsers_end_them() {
        for script in [
            "",
            "'<b>'",
            "<!--",
            "<!-- </script",
            "<!--<script>--><b>",
            "<!--<script></script><b>",
            "<!-- <script ></script/>--><b>",
            "<!--><script>",
            "<!---><script>",
            "<!-<script>",
            "<!--<scripts>",
            "<!-- <script> <!-- </script> <b>",
        ] {
            assert_eq!(
                tags(&format!("<script>{script}</script>")),
                ["script", "/script"],
                "{script}"
            );
        }
        assert_eq!(tags("<script><!--<script></script><b>"), ["script"]);
    }

    #[test]
    fn a_tag_that_the_end_cuts_off_does_not_count() {
        let whole = "<b a='1' c=\"2\" d=3 e />";
        for cut in 0..whole.len() {
            assert_eq!(tags(&whole[..cut]), [""; 0], "{cut}");
        }
        for start in [
            "<!",
            "<!-",
            "<!--",
            "<!-- --",
            "<!doctype",
            "<?",
            "</",
            "</b",
        ] {
            assert_eq!(tags(start), [""; 0]);
        }
    }

    proptest! {
        #[test]
        fn a_quoted_value_is_read_back(value in "[^\\x00]*") {
            let written = value.replace('&', "&amp;").replace('"', "&quot;");
            prop_assert_eq!(tags(&format!("<b x='' a=\"{written}\">")), [format!("b={value}")]);
        }

        #[test]
        fn a_comment_hides_its_content(comment in "([^->!]|<[a-z]+>?|-[a-z])*") {
            prop_assert_eq!(tags(&format!("<i><!-- {comment} --><b>")), ["i", "b"]);
        }
    }
}
