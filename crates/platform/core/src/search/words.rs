//! Splits a text into words, and a word into the lexemes by which it is found.

use std::borrow::Cow;
use std::ops::Range;

use super::fold::{Normalize, fold, is_removed, push_lower};

/// Characters of a lexeme; the rest of a longer word is cut.
const MAX_LEXEME: usize = 64;
/// Parts of a word that are also joined: `parse-query-string` is found as `parsequerystring`.
const MAX_JOINED_PARTS: usize = 8;

/// A piece of a text between spaces and punctuation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Word {
    /// Where it is in the text.
    pub(crate) range: Range<usize>,
    pub(crate) kind: Kind,
}

/// What a word is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Letters and digits of scripts that put spaces between words.
    Spaced(Spaced),
    /// A run of a script without spaces, such as Chinese: its characters.
    Unspaced(Vec<char>),
    /// One emoji.
    Emoji(char),
}

/// A word with its parts, in lower case.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spaced {
    /// `parse`, `query` and `string` of `parseQueryString`; at least one.
    pub(crate) parts: Vec<String>,
    /// All parts as one, when there are several but not too many.
    pub(crate) joined: Option<String>,
    /// The word with the signs that follow it, as in `c++`.
    pub(crate) with_signs: Option<String>,
    /// Whether a `#` precedes it.
    pub(crate) is_hashtag: bool,
}

impl Spaced {
    /// The word as one lexeme, when it has one.
    pub(crate) fn whole(&self) -> Option<&str> {
        match (&self.joined, self.parts.as_slice()) {
            (Some(joined), _) => Some(joined),
            (None, [only]) => Some(only),
            (None, _) => None,
        }
    }

    /// The word as a tag, with its signs.
    pub(crate) fn tag_text(&self) -> Option<&str> {
        self.with_signs.as_deref().or_else(|| self.whole())
    }
}

/// The words of a text, each folded by itself, so that its place in the text is known.
pub(crate) fn words(text: &str, normalize: &dyn Normalize) -> Vec<Word> {
    let mut all = Vec::new();
    for run in runs(text) {
        let piece = text.get(run.range.clone()).unwrap_or_default();
        let folded = fold(piece, normalize);
        let Cow::Owned(folded) = folded else {
            all.extend(word(piece, run));
            continue;
        };
        // A compatibility form can decompose into several words: ½ is 1 and 2.
        for inner in runs(&folded) {
            let piece = folded.get(inner.range.clone()).unwrap_or_default();
            let range = run.range.clone();
            all.extend(word(
                piece,
                Run {
                    range,
                    signs: run.signs.clone(),
                    is_hashtag: run.is_hashtag,
                    class: inner.class,
                },
            ));
        }
    }
    all
}

/// The words of a text that was folded as a whole; their ranges are those of the folded text.
pub(crate) fn words_of_folded(text: &str) -> Vec<Word> {
    runs(text)
        .filter_map(|run| word(text.get(run.range.clone()).unwrap_or_default(), run))
        .collect()
}

/// Calls `each` with every lexeme by which a word is found.
pub(crate) fn each_lexeme(word: &Word, mut each: impl FnMut(String)) {
    match &word.kind {
        Kind::Emoji(c) => each(c.to_string()),
        Kind::Unspaced(chars) => bigrams(chars).for_each(&mut each),
        Kind::Spaced(word) => {
            word.parts.iter().cloned().for_each(&mut each);
            if let Some(joined) = &word.joined {
                each(joined.clone());
            }
            if let Some(with_signs) = &word.with_signs {
                each(with_signs.clone());
            }
            if word.is_hashtag
                && let Some(text) = word.tag_text()
            {
                each(format!("#{text}"));
            }
        }
    }
}

/// The pairs of neighbours, and the last character, so that a query of one character finds it.
fn bigrams(chars: &[char]) -> impl Iterator<Item = String> {
    let last = chars.last().map(char::to_string);
    chars
        .windows(2)
        .map(|pair| pair.iter().collect())
        .chain(last)
}

/// Characters of one class without a space between them.
struct Run {
    range: Range<usize>,
    class: Class,
    /// Plus and number signs behind it.
    signs: String,
    is_hashtag: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Spaced,
    Unspaced,
    Emoji,
    /// Joins two words when it is alone between them.
    Connector,
    Other,
}

fn class(c: char) -> Class {
    match c {
        'a'..='z' | 'A'..='Z' | '0'..='9' => Class::Spaced,
        '\'' | '’' | '-' | '‐' | '_' | '.' | '&' | '@' => Class::Connector,
        _ if c.is_ascii() => Class::Other,
        _ if is_emoji(c) => Class::Emoji,
        _ if is_removed(c) => Class::Spaced,
        _ if is_unspaced(c) => Class::Unspaced,
        _ if c.is_alphanumeric() || is_indic_sign(c) => Class::Spaced,
        _ => Class::Other,
    }
}

#[rustfmt::skip]
fn is_emoji(c: char) -> bool {
    matches!(c, '\u{231a}'..='\u{231b}' | '\u{23e9}'..='\u{23fa}' | '\u{2600}'..='\u{2775}'
        | '\u{2794}'..='\u{27bf}' | '\u{2b00}'..='\u{2bff}' | '\u{1f000}'..='\u{1f0ff}'
        | '\u{1f1e6}'..='\u{1f1ff}' | '\u{1f300}'..='\u{1f3fa}' | '\u{1f400}'..='\u{1faff}')
}

/// Whether a letter belongs to a script without spaces between words: Thai, Lao, Burmese, Khmer,
/// Chinese, Japanese, Korean (which has spaces, but long words).
#[rustfmt::skip]
fn is_unspaced(c: char) -> bool {
    let script = matches!(c, '\u{e01}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1100}'..='\u{11ff}'
        | '\u{1780}'..='\u{17ff}' | '\u{2e80}'..='\u{2fdf}' | '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{30ff}' | '\u{3105}'..='\u{318f}' | '\u{31a0}'..='\u{31ff}'
        | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7ff}' | '\u{f900}'..='\u{faff}' | '\u{ff66}'..='\u{ff9f}'
        | '\u{20000}'..='\u{3ffff}');
    // Their digits are words of their own; signs of Thai and voicing marks are not letters.
    script && (c.is_alphabetic() || matches!(c, '\u{e31}'..='\u{e4e}' | '\u{eb1}'..='\u{ecd}'
        | '\u{102b}'..='\u{103e}' | '\u{17b4}'..='\u{17d3}' | '\u{3099}'..='\u{309a}'))
}

/// Signs inside of words of Indian scripts that Unicode does not count as letters.
fn is_indic_sign(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{dff}' if !matches!(c, '\u{964}'..='\u{965}' | '\u{970}'))
}

/// The runs of a text in order.
fn runs(text: &str) -> impl Iterator<Item = Run> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(at..)?;
            let first = rest.chars().next()?;
            let kind = class(first);
            let start = at;
            let before = text.get(..start).and_then(|t| t.chars().next_back());
            match kind {
                Class::Connector | Class::Other => {
                    at += first.len_utf8();
                    continue;
                }
                Class::Emoji => at += first.len_utf8(),
                Class::Unspaced => at += length_while(rest, Class::Unspaced),
                Class::Spaced => at += spaced_length(rest),
            }
            let signs = if kind == Class::Spaced {
                signs_at(text, at)
            } else {
                String::new()
            };
            return Some(Run {
                range: start..at,
                class: kind,
                signs,
                is_hashtag: before == Some('#'),
            });
        }
    })
}

/// The length of the characters at the beginning that have a class, and of invisible ones between them.
fn length_while(text: &str, kind: Class) -> usize {
    let end = text
        .char_indices()
        .find(|(_, c)| class(*c) != kind && !is_removed(*c));
    end.map_or(text.len(), |(at, _)| at)
}

/// The length of a word with single connectors inside.
fn spaced_length(text: &str) -> usize {
    let mut end = 0;
    loop {
        let rest = text.get(end..).unwrap_or_default();
        end += length_while(rest, Class::Spaced);
        let mut behind = text.get(end..).unwrap_or_default().chars();
        match (behind.next(), behind.next()) {
            (Some(a), Some(b)) if class(a) == Class::Connector && class(b) == Class::Spaced => {
                end += a.len_utf8();
            }
            _ => return end,
        }
    }
}

/// One to three plus or number signs directly behind a word, when no other word follows.
fn signs_at(text: &str, end: usize) -> String {
    let rest = text.get(end..).unwrap_or_default();
    let signs: String = rest
        .chars()
        .take_while(|c| matches!(c, '+' | '#'))
        .collect();
    let next = rest.chars().nth(signs.len());
    let is_word = next.is_some_and(|c| !matches!(class(c), Class::Connector | Class::Other));
    if signs.len() > 3 || is_word {
        String::new()
    } else {
        signs
    }
}

/// A run as a word. None when nothing visible is in it.
fn word(text: &str, run: Run) -> Option<Word> {
    let kind = match run.class {
        Class::Emoji => Kind::Emoji(text.chars().next()?),
        Class::Unspaced => {
            let chars: Vec<char> = text.chars().filter(|c| !is_removed(*c)).collect();
            if chars.is_empty() {
                return None;
            }
            Kind::Unspaced(chars)
        }
        _ => Kind::Spaced(spaced(text, &run)?),
    };
    // The signs belong to the word where it is highlighted.
    let range = run.range.start..run.range.end + run.signs.len();
    Some(Word { range, kind })
}

fn spaced(text: &str, run: &Run) -> Option<Spaced> {
    let mut parts: Vec<String> = Vec::new();
    let mut all = String::new();
    for piece in text.split(|c| class(c) == Class::Connector) {
        for part in camel_case_parts(piece) {
            let mut lower = String::new();
            push_lower(part, &mut lower);
            if !lower.is_empty() {
                // 2.14.3 is another number than 21.43.
                if all.ends_with(is_digit) && lower.starts_with(is_digit) {
                    all.push('.');
                }
                all.push_str(&lower);
                parts.push(cut(lower));
            }
        }
    }
    if parts.is_empty() {
        return None;
    }
    let joined = (2..=MAX_JOINED_PARTS).contains(&parts.len());
    // v2.14.3 is the version 2.14.3.
    let version = all
        .strip_prefix('v')
        .filter(|rest| joined && rest.starts_with(is_digit));
    let whole = cut(version.map(str::to_owned).unwrap_or(all));
    let with_signs = (!run.signs.is_empty()).then(|| format!("{whole}{}", run.signs));
    Some(Spaced {
        parts,
        joined: joined.then_some(whole),
        with_signs,
        is_hashtag: run.is_hashtag,
    })
}

fn is_digit(c: char) -> bool {
    c.is_ascii_digit()
}

fn cut(word: String) -> String {
    match word.char_indices().nth(MAX_LEXEME) {
        Some((end, _)) => word.get(..end).map(str::to_owned).unwrap_or(word),
        None => word,
    }
}

/// Splits before a capital that follows a small letter, and before the last of several capitals when a
/// small letter follows it: `parse|Query`, `HTTP|Server`.
fn camel_case_parts(text: &str) -> Vec<&str> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut parts = Vec::new();
    let mut start = 0;
    for neighbours in chars.windows(2) {
        let &[(_, before), (at, here)] = neighbours else {
            continue;
        };
        let after = text.get(at..).and_then(|rest| rest.chars().nth(1));
        let begins = here.is_uppercase()
            && (before.is_lowercase()
                || before.is_uppercase() && after.is_some_and(char::is_lowercase));
        if begins {
            parts.extend(text.get(start..at));
            start = at;
        }
    }
    parts.extend(text.get(start..));
    parts
}
