//! A query: the text that a person types, as terms and filters.
//!
//! `kind:app`, `in:lab`, `tag:x` and their values in quotation marks are filters; several kinds are
//! alternatives. All other text is split
//! into terms as stored texts are, so no character has another meaning than in a stored text. The last
//! word matches the beginning of words, because it may not be finished.

use std::collections::BTreeSet;

use super::fold::{Normalize, fold};
use super::lexemes::{self, DELETION, TYPO_LENGTHS, deletions};
use super::words::{Kind, Word, words_of_folded};

/// Terms of a query; further words are ignored.
const MAX_TERMS: usize = 8;
/// Tags of a query; further ones are ignored.
const MAX_TAGS: usize = 4;
/// Characters of one run of Chinese, Japanese, Korean or Thai in a query.
const MAX_RUN: usize = 16;

/// Letters at the beginning of a word that most words do not have in common.
const GUARD: usize = 3;

/// The kinds of things that search finds, in the order of their names.
pub const KINDS: [&str; 11] = [
    "app", "card", "dataset", "domain", "event", "folder", "instance", "link", "member", "space",
    "widget",
];
/// The kinds of items, which `kind:item` stands for.
pub const ITEM_KINDS: [&str; 5] = ["app", "card", "folder", "link", "widget"];

/// What a person searches for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// The terms, all of which must be found.
    pub terms: Vec<Term>,
    /// The kinds to which the result is limited; none when there is no such filter.
    pub kinds: Option<Vec<&'static str>>,
    /// Slug, id or title of the space to which the result is limited.
    pub within: Option<String>,
    /// Tags that an item must have, as lexemes.
    pub tags: Vec<String>,
    /// The words as typed, in lower case, for texts without lexemes.
    pub plain: Vec<String>,
}

/// One word of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Term {
    pub(crate) form: Form,
    /// Whether it matches the beginning of a word.
    pub(crate) is_prefix: bool,
}

/// What a term looks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    /// A word, perhaps of several parts.
    Word {
        whole: Option<String>,
        parts: Vec<String>,
    },
    /// A word with signs, such as `c++`; without them too when it is long enough to mean the same.
    Signs {
        exact: String,
        plain: Option<String>,
    },
    /// A tag, with its `#`.
    Hashtag(String),
    /// A run of a script without spaces.
    Run(Vec<char>),
    Emoji(char),
}

/// Which lexemes an entry must have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Match {
    /// One lexeme.
    Lexeme {
        /// Its text.
        text: String,
        /// Whether a lexeme that begins with the text is enough.
        is_prefix: bool,
        /// The only field in which it counts.
        field: Option<Field>,
    },
    /// All of them.
    All(Vec<Match>),
    /// At least one of them.
    Any(Vec<Match>),
}

/// The fields of an entry that a match can be limited to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The title.
    Title,
    /// The tags.
    Tags,
}

impl Query {
    /// Parses the text of a query.
    #[must_use]
    pub fn parse(text: &str, normalize: &dyn Normalize) -> Self {
        let mut query = Self::default();
        for (piece, is_last) in pieces(text) {
            match piece {
                Piece::Filter(name, value) => query.add_filter(name, &value, normalize),
                Piece::Text { text, is_open } => {
                    let is_prefix = is_open && is_last;
                    query.add_text(&text, is_prefix, normalize);
                }
            }
        }
        query.terms.truncate(MAX_TERMS);
        query.plain.truncate(MAX_TERMS);
        query
    }

    /// Whether it looks for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.terms.is_empty()
            && self.kinds.is_none()
            && self.within.is_none()
            && self.tags.is_empty()
    }

    /// Limits the result to one of [`KINDS`] or to `item`. False when there is no such kind.
    pub fn limit_to_kind(&mut self, name: &str) -> bool {
        let named = kinds_named(name, |kind| kind == name);
        let is_known = !named.is_empty();
        self.kinds = Some(match self.kinds.take() {
            None => named,
            Some(kinds) => kinds
                .into_iter()
                .filter(|kind| named.contains(kind))
                .collect(),
        });
        is_known
    }

    /// Limits the result to the space with a slug, an id or a title.
    pub fn limit_to_space(&mut self, name: &str) {
        let visible = name.chars().filter(|c| !c.is_control());
        let name: String = visible.flat_map(char::to_lowercase).collect();
        if !name.trim().is_empty() {
            self.within = Some(name.trim().to_owned());
        }
    }

    /// The lexemes of every entry that matches. None when each entry does.
    #[must_use]
    pub fn matches(&self) -> Option<Match> {
        all(self
            .terms
            .iter()
            .map(Term::matches)
            .chain(self.tag_matches()))
    }

    /// As [`Query::matches`], with one typing error in each word. None when no word is long enough.
    #[must_use]
    pub fn matches_with_typos(&self) -> Option<Match> {
        if self.terms.iter().all(|term| term.forgiven().is_none()) {
            return None;
        }
        let terms = self.terms.iter().map(|term| {
            let typos = term.typos_by_beginning();
            Match::Any(std::iter::once(term.matches()).chain(typos).collect())
        });
        all(terms.chain(self.tag_matches()))
    }

    /// Any of the terms as whole words, to order what matches.
    #[must_use]
    pub fn whole_words(&self) -> Option<Match> {
        any(self
            .terms
            .iter()
            .map(|term| term.clone().finished().matches()))
    }

    /// Any of the terms, to order what matches.
    #[must_use]
    pub fn any_term(&self) -> Option<Match> {
        any(self.terms.iter().map(Term::matches))
    }

    /// Any of the terms with one typing error, to order what matches.
    #[must_use]
    pub fn any_typo(&self) -> Option<Match> {
        any(self.terms.iter().flat_map(Term::typos))
    }

    /// The title of the space that [`Query::within`] names.
    #[must_use]
    pub fn within_title(&self, normalize: &dyn Normalize) -> Option<Match> {
        let inner = Self::parse(self.within.as_deref()?, normalize);
        let words = inner
            .terms
            .into_iter()
            .map(|term| term.matches().only_in(Field::Title));
        all(words)
    }

    fn tag_matches(&self) -> impl Iterator<Item = Match> {
        let tags = self.tags.iter();
        tags.map(|tag| lexeme(tag, false).only_in(Field::Tags))
    }

    fn add_text(&mut self, text: &str, is_prefix: bool, normalize: &dyn Normalize) {
        let words = words_of_folded(&fold(text, normalize));
        let count = words.len();
        for (at, word) in words.into_iter().enumerate() {
            self.terms.push(Term {
                form: Form::of(word),
                is_prefix: is_prefix && at + 1 == count,
            });
        }
        if count > 0 {
            let plain = text
                .chars()
                .filter(|c| !c.is_control())
                .flat_map(char::to_lowercase);
            self.plain.push(plain.collect());
        }
    }

    fn add_filter(&mut self, name: FilterName, value: &str, normalize: &dyn Normalize) {
        match name {
            FilterName::Kind => {
                let value = value.to_lowercase();
                let named = kinds_named(&value, |kind| kind.starts_with(&value));
                self.kinds.get_or_insert_default().extend(named);
            }
            FilterName::In => self.limit_to_space(value),
            FilterName::Tag => {
                if self.tags.len() < MAX_TAGS {
                    self.tags.extend(lexemes::hashtag(value, normalize));
                }
            }
        }
    }
}

/// The kinds that `is_named` accepts; those of items when it accepts `item`.
fn kinds_named(name: &str, is_named: impl Fn(&str) -> bool) -> Vec<&'static str> {
    let named = KINDS.iter().copied().filter(|kind| is_named(kind));
    if !name.is_empty() && is_named("item") {
        ITEM_KINDS.to_vec()
    } else {
        named.collect()
    }
}

impl Form {
    fn of(word: Word) -> Self {
        match word.kind {
            Kind::Emoji(c) => Self::Emoji(c),
            Kind::Unspaced(mut chars) => {
                chars.truncate(MAX_RUN);
                Self::Run(chars)
            }
            Kind::Spaced(word) => {
                if word.is_hashtag
                    && let Some(text) = word.tag_text()
                {
                    return Self::Hashtag(format!("#{text}"));
                }
                let whole = word.whole().map(str::to_owned);
                match word.with_signs {
                    Some(exact) => Self::Signs {
                        exact,
                        plain: whole.filter(|text| text.chars().count() > 2),
                    },
                    None => Self::Word {
                        whole,
                        parts: word.parts,
                    },
                }
            }
        }
    }
}

impl Term {
    /// The term as a whole word.
    fn finished(mut self) -> Self {
        self.is_prefix = false;
        self
    }

    fn matches(&self) -> Match {
        let last = |text: &str| lexeme(text, self.is_prefix);
        match &self.form {
            Form::Emoji(c) => lexeme(&c.to_string(), false),
            Form::Hashtag(text) => last(text),
            Form::Signs { exact, plain: None } => last(exact),
            Form::Signs {
                exact,
                plain: Some(plain),
            } => Match::Any(vec![last(exact), lexeme(plain, false)]),
            Form::Run(chars) => match chars.as_slice() {
                [only] => lexeme(&only.to_string(), true),
                _ => Match::All(
                    chars
                        .windows(2)
                        .map(|pair| lexeme(&String::from_iter(pair), false))
                        .collect(),
                ),
            },
            Form::Word { whole, parts } => {
                let count = parts.len();
                let each = parts
                    .iter()
                    .enumerate()
                    .map(|(at, part)| lexeme(part, self.is_prefix && at + 1 == count));
                match whole {
                    None => Match::All(each.collect()),
                    Some(whole) if count == 1 || has_single_letters(parts) => last(whole),
                    Some(whole) => Match::Any(vec![last(whole), Match::All(each.collect())]),
                }
            }
        }
    }

    /// The word in which a typing error is forgiven.
    pub(crate) fn forgiven(&self) -> Option<&str> {
        match &self.form {
            Form::Word {
                whole: Some(whole), ..
            } => TYPO_LENGTHS
                .contains(&whole.chars().count())
                .then_some(whole),
            _ => None,
        }
    }

    /// The lexemes of words with one typing error: a letter too few, too many, another or two exchanged.
    fn typo_lexemes(&self) -> Vec<String> {
        let Some(word) = self.forgiven() else {
            return Vec::new();
        };
        // Of two equal letters, either one leaves the same.
        let rests: BTreeSet<String> = deletions(word).collect();
        let marked = |rest: &str| format!("{DELETION}{rest}");
        std::iter::once(marked(word))
            .chain(rests.iter().flat_map(|rest| [marked(rest), rest.clone()]))
            .collect()
    }

    /// Each lexeme of [`Term::typo_lexemes`].
    fn typos(&self) -> impl Iterator<Item = Match> {
        let all = self.typo_lexemes().into_iter();
        all.map(|text| lexeme(&text, false))
    }

    /// The same lexemes, those with the beginning of the word behind a look for that: most entries have no
    /// word with it, and need half as many looks.
    fn typos_by_beginning(&self) -> Vec<Match> {
        let word = self.forgiven().unwrap_or_default();
        let plain: String = word.chars().take(GUARD).collect();
        let marked = format!("{DELETION}{plain}");
        let mut others = Vec::new();
        let (mut with_plain, mut with_marked) = (Vec::new(), Vec::new());
        for text in self.typo_lexemes() {
            let to = if text.starts_with(&plain) {
                &mut with_plain
            } else if text.starts_with(&marked) {
                &mut with_marked
            } else {
                &mut others
            };
            to.push(lexeme(&text, false));
        }
        for (beginning, lexemes) in [(plain, with_plain), (marked, with_marked)] {
            if !lexemes.is_empty() {
                others.push(Match::All(vec![
                    lexeme(&beginning, true),
                    Match::Any(lexemes),
                ]));
            }
        }
        others
    }
}

/// Whether a part is one letter. Such parts are in too many texts to be looked for one by one.
fn has_single_letters(parts: &[String]) -> bool {
    parts.iter().any(|part| part.chars().nth(1).is_none())
}

impl Match {
    fn only_in(self, to: Field) -> Self {
        match self {
            Self::Lexeme {
                text, is_prefix, ..
            } => Self::Lexeme {
                text,
                is_prefix,
                field: Some(to),
            },
            Self::All(inner) => Self::All(inner.into_iter().map(|m| m.only_in(to)).collect()),
            Self::Any(inner) => Self::Any(inner.into_iter().map(|m| m.only_in(to)).collect()),
        }
    }
}

fn lexeme(text: &str, is_prefix: bool) -> Match {
    Match::Lexeme {
        text: text.to_owned(),
        is_prefix,
        field: None,
    }
}

fn all(inner: impl Iterator<Item = Match>) -> Option<Match> {
    let inner: Vec<Match> = inner.collect();
    (!inner.is_empty()).then_some(Match::All(inner))
}

fn any(inner: impl Iterator<Item = Match>) -> Option<Match> {
    let inner: Vec<Match> = inner.collect();
    (!inner.is_empty()).then_some(Match::Any(inner))
}

#[derive(Clone, Copy)]
enum FilterName {
    Kind,
    In,
    Tag,
}

const FILTERS: [(&str, FilterName); 3] = [
    ("kind:", FilterName::Kind),
    ("in:", FilterName::In),
    ("tag:", FilterName::Tag),
];

enum Piece {
    Filter(FilterName, String),
    /// `is_open` unless it is in closed quotation marks.
    Text {
        text: String,
        is_open: bool,
    },
}

/// The pieces of a query, each with whether it reaches the end of the text.
fn pieces(text: &str) -> Vec<(Piece, bool)> {
    let mut all = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let filter = FILTERS.iter().find_map(|(name, filter)| {
            let start = rest.get(..name.len())?;
            let value = rest.get(name.len()..)?;
            start.eq_ignore_ascii_case(name).then_some((*filter, value))
        });
        let (value, is_open, end) = value_at(filter.map_or(rest, |(_, value)| value));
        let piece = match filter {
            Some(_) if value.trim().is_empty() => None,
            Some((filter, _)) => Some(Piece::Filter(filter, value.trim().to_owned())),
            None => Some(Piece::Text {
                text: value.to_owned(),
                is_open,
            }),
        };
        all.extend(piece.map(|piece| (piece, end.is_empty())));
        rest = end.trim_start();
    }
    all
}

/// A text in quotation marks or up to the next space, whether it is open at its end, and the rest.
fn value_at(text: &str) -> (&str, bool, &str) {
    let is_quote = |c: char| matches!(c, '"' | '“' | '”' | '„');
    match text.strip_prefix(is_quote) {
        Some(inner) => match inner.split_once(is_quote) {
            Some((value, rest)) => (value, false, rest),
            None => (inner, true, ""),
        },
        None => match text.find(char::is_whitespace) {
            Some(end) => {
                let (value, rest) = text.split_at(end);
                (value, true, rest)
            }
            None => (text, true, ""),
        },
    }
}
