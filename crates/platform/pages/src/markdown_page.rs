//! The page as Markdown, for agents and terminals.
//!
//! Titles and descriptions are escaped to plain text. A card's text is already Markdown
//! and is put in a block quote: whatever it opens (a fence, a comment, a heading) ends
//! with the quote, so a card cannot imitate the page around it.

use std::fmt::Write as _;

use prox_types::{ItemKind, PublicItem, PublicSpace};

use crate::address;
use crate::context::PageContext;
use crate::date;
use crate::markdown::normalize_line_ends;
use crate::outline::{Outline, heading, is_home, tagline};

/// The whole document, ending in a line break.
#[must_use]
pub fn markdown(space: &PublicSpace, context: &PageContext) -> String {
    let outline = Outline::of(space);
    let mut out = Document::default();
    out.block(&format!("# {}", inline(heading(space))));
    if let Some(tagline) = tagline(space) {
        out.block(&format!("**{}**", inline(tagline)));
    }
    out.paragraph(&space.description);
    out.block(&about(space, context));
    out.items(&outline.top, "##");
    for folder in &outline.folders {
        out.block(&format!("## {}", inline(&folder.folder.title)));
        out.paragraph(&folder.folder.description);
        out.items(&folder.items, "###");
    }
    if let Some(note) = outline.note_of_left_out() {
        out.block(&format!("_{note}_"));
    }
    if !space.spaces.is_empty() {
        out.block(&format!(
            "## More from {}",
            inline(&space.organization.name)
        ));
        for other in &space.spaces {
            let url = context.space_url(&space.organization.slug, &other.slug);
            out.entry(&other.title, Some(&url), &other.description, "");
        }
    }
    out.text.push('\n');
    out.text
}

fn about(space: &PublicSpace, context: &PageContext) -> String {
    let by = if is_home(space) {
        String::new()
    } else {
        let home = context.home_url(&space.organization.slug);
        format!(
            "By [{}](<{}>). ",
            inline(&space.organization.name),
            target(&home)
        )
    };
    format!(
        "{by}<{}>, updated {}.",
        target(&context.canonical_url),
        date::iso(space.updated_at)
    )
}

#[derive(Default)]
struct Document {
    text: String,
    in_list: bool,
}

impl Document {
    /// Adds a block of its own, after an empty line.
    fn block(&mut self, text: &str) {
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
        self.text.push_str(text);
        self.in_list = false;
    }

    fn paragraph(&mut self, text: &str) {
        let text = inline(text);
        if !text.is_empty() {
            self.block(&at_line_start(text));
        }
    }

    fn items(&mut self, items: &[&PublicItem], card_level: &str) {
        for item in items {
            if item.kind == ItemKind::Card {
                self.card(item, card_level);
            } else {
                let url = item.url.as_deref().and_then(address::web);
                self.entry(&item.title, url, &item.description, &note(item));
            }
        }
    }

    fn card(&mut self, item: &PublicItem, level: &str) {
        self.block(&format!("{level} {}", inline(&item.title)));
        self.paragraph(&item.description);
        let body = normalize_line_ends(item.body.trim_end());
        if !body.is_empty() {
            let quoted: Vec<String> = body
                .lines()
                .map(|line| format!("> {line}").trim_end().to_owned())
                .collect();
            self.block(&quoted.join("\n"));
        }
    }

    fn entry(&mut self, title: &str, url: Option<&str>, description: &str, note: &str) {
        self.text
            .push_str(if self.in_list { "\n- " } else { "\n\n- " });
        self.in_list = true;
        let title = inline(title);
        // Writing to a String does not fail.
        let _ = match url {
            Some(url) => write!(self.text, "[{title}](<{}>)", target(url)),
            None => write!(self.text, "{}", at_line_start(title)),
        };
        for (before, text, after) in [(": ", inline(description), ""), (" (", inline(note), ")")] {
            if !text.is_empty() {
                let _ = write!(self.text, "{before}{text}{after}");
            }
        }
    }
}

/// The kind and the tags of an item, as on the page.
fn note(item: &PublicItem) -> String {
    let kind = (item.kind == ItemKind::App).then_some("app");
    let words: Vec<&str> = kind
        .into_iter()
        .chain(item.tags.iter().map(String::as_str))
        .collect();
    words.join(", ")
}

/// One line of plain text: white space is collapsed, and every character with a meaning
/// in Markdown or HTML is escaped.
fn inline(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
    {
        if !out.is_empty() {
            out.push(' ');
        }
        for c in word.chars() {
            if matches!(
                c,
                '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '&' | '|' | '~'
            ) {
                out.push('\\');
            }
            out.push(c);
        }
    }
    out
}

/// Escapes characters that have a meaning only at the beginning of a line.
fn at_line_start(text: String) -> String {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match text.split_at_checked(digits) {
        Some((number, rest)) if rest.starts_with(['.', ')']) && digits > 0 => {
            format!("{number}\\{rest}")
        }
        Some(("", rest)) if rest.starts_with(['#', '+', '-', '=']) => format!("\\{rest}"),
        _ => text,
    }
}

/// An address between `<` and `>`.
fn target(url: &str) -> String {
    url.replace('\\', "%5C")
        .replace('<', "%3C")
        .replace('>', "%3E")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_stays_plain_text() {
        assert_eq!(
            inline("a *b*\n_c_ [d](e) <f> & `g`"),
            r"a \*b\* \_c\_ \[d\](e) \<f\> \& \`g\`"
        );
        assert_eq!(at_line_start("# no heading".into()), r"\# no heading");
        assert_eq!(at_line_start("1. no list".into()), r"1\. no list");
        assert_eq!(at_line_start("2026 was good".into()), "2026 was good");
    }
}
