//! The lexemes of the fields of a search entry.

use std::collections::BTreeSet;

use super::fold::{Normalize, fold};
use super::words::{Kind, Word, each_lexeme, words_of_folded};

/// The lengths of words, in letters, in which a typing error is forgiven.
pub(crate) const TYPO_LENGTHS: std::ops::RangeInclusive<usize> = 4..=24;
/// The mark of a lexeme that is a word without one of its letters.
pub(crate) const DELETION: char = '~';
/// Lexemes of one field. Beyond it, the words at the end of the text are not found.
const MAX_LEXEMES: usize = 10_000;

/// The lexemes of a text.
#[must_use]
pub fn of_text(text: &str, normalize: &dyn Normalize) -> Vec<String> {
    let mut all = BTreeSet::new();
    add_words(&words_of_folded(&fold(text, normalize)), &mut all);
    all.into_iter().collect()
}

/// The lexemes of a title, which is also found with one typing error: each word without each of its
/// letters. A word with another letter has one of those in common with it.
#[must_use]
pub fn of_title(text: &str, normalize: &dyn Normalize) -> Vec<String> {
    let mut all = BTreeSet::new();
    add_title(text, normalize, &mut all);
    all.into_iter().collect()
}

/// The lexemes of tags: those of a title, and each tag as a whole with a `#`.
#[must_use]
pub fn of_tags<S: AsRef<str>>(tags: &[S], normalize: &dyn Normalize) -> Vec<String> {
    let mut all = BTreeSet::new();
    for tag in tags {
        all.extend(hashtag(tag.as_ref(), normalize));
        add_title(tag.as_ref(), normalize, &mut all);
    }
    all.into_iter().collect()
}

/// The lexeme of a whole tag: `#oncall` of `On-Call`. None for a tag without a letter.
pub(crate) fn hashtag(tag: &str, normalize: &dyn Normalize) -> Option<String> {
    let mut whole = String::from("#");
    for word in words_of_folded(&fold(tag, normalize)) {
        match word.kind {
            Kind::Spaced(word) => match word.tag_text() {
                Some(text) => whole.push_str(text),
                None => word.parts.iter().for_each(|part| whole.push_str(part)),
            },
            Kind::Unspaced(chars) => whole.extend(chars),
            Kind::Emoji(c) => whole.push(c),
        }
    }
    (whole.len() > 1).then_some(whole)
}

fn add_title(text: &str, normalize: &dyn Normalize, all: &mut BTreeSet<String>) {
    let words = words_of_folded(&fold(text, normalize));
    add_words(&words, all);
    for word in words {
        let Kind::Spaced(word) = word.kind else {
            continue;
        };
        for lexeme in word.parts.iter().chain(&word.joined) {
            all.extend(deletions(lexeme).map(|rest| format!("{DELETION}{rest}")));
        }
    }
}

fn add_words(words: &[Word], all: &mut BTreeSet<String>) {
    for word in words {
        if all.len() >= MAX_LEXEMES {
            return;
        }
        each_lexeme(word, |lexeme| {
            all.insert(lexeme);
        });
    }
}

/// A word without each of its letters; nothing for a word in which no typing error is forgiven.
pub(crate) fn deletions(word: &str) -> impl Iterator<Item = String> {
    let fits = TYPO_LENGTHS.contains(&word.chars().count());
    let places = word.char_indices().take(if fits { usize::MAX } else { 0 });
    places.map(|(at, c)| {
        let (before, rest) = word.split_at(at);
        let after = rest.get(c.len_utf8()..).unwrap_or_default();
        format!("{before}{after}")
    })
}
