//! The order of what matches, and the parts of its texts that match.

use prox_types::Segment;

use super::fold::Normalize;
use super::lexemes;
use super::query::{Form, Query, Term};
use super::words::{Kind, Spaced, Word, words};

/// Characters of a snippet.
const SNIPPET: usize = 200;
/// Characters of a snippet before the first match.
const BEFORE_MATCH: usize = 60;

/// How well a word fits a term, in percent.
const EXACT: u32 = 100;
const PART: u32 = 90;
const BEGINNING: u32 = 70;
const SIMILAR: u32 = 60;
const TYPO: u32 = 50;

/// What a match counts in each field.
const TITLE: u32 = 10;
const TAG: u32 = 6;
const DESCRIPTION: u32 = 3;
const ADDRESS: u32 = 2;
const BODY: u32 = 1;

/// The texts of something that matches.
#[derive(Clone, Copy, Debug, Default)]
pub struct Texts<'a> {
    /// Title or name.
    pub title: &'a str,
    /// Tags.
    pub tags: &'a [String],
    /// The line under the title.
    pub description: &'a str,
    /// A web address, a slug or an email address.
    pub address: &'a str,
    /// The long text, perhaps cut; without marks of Markdown where people see a part of it.
    pub body: &'a str,
}

/// How well texts fit a query; the largest score is the best. None when a term is not in them, although
/// Postgres found the lexemes of a typing error: two words can have a lexeme in common and differ more.
#[must_use]
pub fn score(
    query: &Query,
    texts: &Texts<'_>,
    by_typo: bool,
    normalize: &dyn Normalize,
) -> Option<u32> {
    let title = words(texts.title, normalize);
    let description = words(texts.description, normalize);
    let address = words(texts.address, normalize);
    let tags: Vec<(Option<String>, Vec<Word>)> = texts
        .tags
        .iter()
        .map(|tag| (lexemes::hashtag(tag, normalize), words(tag, normalize)))
        .collect();
    // Most terms are found in the short fields, and then the long text is not read.
    let mut body: Option<Vec<Word>> = None;
    let mut sum = 0;
    for term in &query.terms {
        let best = |words: &[Word]| words.iter().map(|word| term.fit(word)).max().unwrap_or(0);
        let in_tags = tags
            .iter()
            .map(|(tag, words)| term.fit_tag(tag.as_deref()).max(best(words)));
        let fit = (TITLE * best(&title))
            .max(TAG * in_tags.max().unwrap_or(0))
            .max(DESCRIPTION * best(&description))
            .max(ADDRESS * best(&address));
        if fit > 0 {
            sum += fit;
            continue;
        }
        let fit = best(body.get_or_insert_with(|| words(texts.body, normalize)));
        if fit == 0 && by_typo {
            return None;
        }
        sum += BODY * fit;
    }
    let neighbours = |words: &[Word]| {
        query
            .terms
            .windows(2)
            .filter(|pair| are_neighbours(pair, words))
            .count()
    };
    let matched = title
        .iter()
        .filter(|word| query.terms.iter().any(|term| term.fit(word) > 0))
        .count();
    let starts = title
        .first()
        .zip(query.terms.first())
        .is_some_and(|(word, term)| term.fit(word) > 0);
    let share = |part: usize, whole: usize| u32::try_from(300 * part / whole.max(1)).unwrap_or(0);
    let pairs = |words: &[Word]| u32::try_from(neighbours(words)).unwrap_or(0);
    Some(
        sum + share(matched, title.len())
            + u32::from(starts) * 100
            + pairs(&title) * 200
            + pairs(&description) * 50
            + body.as_deref().map_or(0, pairs) * 20,
    )
}

/// Whether two terms are next to each other in a text.
fn are_neighbours(pair: &[Term], words: &[Word]) -> bool {
    let [first, second] = pair else { return false };
    words.windows(2).any(|two| match two {
        [a, b] => first.fit(a) > 0 && second.fit(b) > 0,
        _ => false,
    })
}

/// A text with the matching parts marked.
#[must_use]
pub fn highlight(query: &Query, text: &str, normalize: &dyn Normalize) -> Vec<Segment> {
    segments(query, text, &words(text, normalize))
}

/// Up to 200 characters of the text that matches best, around its first match. When none matches, the
/// beginning of the first one that is not empty.
#[must_use]
pub fn snippet(query: &Query, texts: &Texts<'_>, normalize: &dyn Normalize) -> Vec<Segment> {
    let body = one_line(texts.body);
    let description = one_line(texts.description);
    let mut best: Option<(usize, &str, Vec<Word>)> = None;
    for text in [description.as_str(), body.as_str(), texts.address] {
        let words = words(text, normalize);
        let found = query
            .terms
            .iter()
            .filter(|term| words.iter().any(|word| term.fit(word) > 0))
            .count();
        if found > best.as_ref().map_or(0, |(count, ..)| *count) {
            best = Some((found, text, words));
        }
    }
    let (text, words) = match best {
        Some((_, text, words)) => (text, words),
        None => {
            let first = [description.as_str(), &body, texts.address]
                .into_iter()
                .find(|text| !text.is_empty());
            (first.unwrap_or_default(), Vec::new())
        }
    };
    let first = words
        .iter()
        .filter_map(|word| {
            let fit = query.terms.iter().map(|term| term.fit(word)).max()?;
            (fit > 0).then_some((fit < PART, word.range.start))
        })
        .min();
    let (cut, is_cut_before, is_cut_after) = around(text, first.map_or(0, |(_, at)| at));
    let mut all = highlight(query, cut, normalize);
    if is_cut_before {
        all.insert(0, plain("…"));
    }
    if is_cut_after {
        all.push(plain("…"));
    }
    merged(all)
}

/// At most 200 characters of a text around a place, and whether text is left out before and after. It
/// begins behind a space where there is one.
fn around(text: &str, at: usize) -> (&str, bool, bool) {
    let before = text.get(..at).unwrap_or_default();
    let mut start = before
        .char_indices()
        .rev()
        .nth(BEFORE_MATCH - 1)
        .map_or(0, |(at, _)| at);
    if start > 0
        && let Some(space) = text.get(start..at).and_then(|t| t.find(' '))
    {
        start += space + 1;
    }
    let rest = text.get(start..).unwrap_or_default();
    let end = rest
        .char_indices()
        .nth(SNIPPET)
        .map_or(rest.len(), |(at, _)| at);
    let kept = rest.get(..end).unwrap_or_default();
    (kept, start > 0, end < rest.len())
}

/// A text as one line.
fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}

fn segments(query: &Query, text: &str, words: &[Word]) -> Vec<Segment> {
    let mut hits: Vec<std::ops::Range<usize>> = Vec::new();
    for word in words {
        if !query.terms.iter().any(|term| term.fit(word) > 0) {
            continue;
        }
        let whole = text.get(word.range.clone()).unwrap_or_default();
        let mut inner: Vec<_> = query
            .terms
            .iter()
            .filter_map(|term| term.place_in(whole))
            .collect();
        inner.sort_by_key(|range| range.start);
        if inner.is_empty() {
            hits.push(word.range.clone());
        }
        hits.extend(
            inner
                .into_iter()
                .map(|range| word.range.start + range.start..word.range.start + range.end),
        );
    }
    let mut all = Vec::new();
    let mut at = 0;
    for hit in hits {
        // A range may repeat or overlap the one before.
        let start = hit.start.max(at);
        if hit.end <= start {
            continue;
        }
        all.push(plain(text.get(at..start).unwrap_or_default()));
        all.push(Segment {
            text: text.get(start..hit.end).unwrap_or_default().to_owned(),
            hit: true,
        });
        at = hit.end;
    }
    all.push(plain(text.get(at..).unwrap_or_default()));
    merged(all)
}

fn plain(text: &str) -> Segment {
    Segment {
        text: text.to_owned(),
        hit: false,
    }
}

/// Neighbours of one kind as one segment; none without text.
fn merged(all: Vec<Segment>) -> Vec<Segment> {
    let mut merged: Vec<Segment> = Vec::new();
    for segment in all.into_iter().filter(|segment| !segment.text.is_empty()) {
        match merged.last_mut() {
            Some(last) if last.hit == segment.hit => last.text.push_str(&segment.text),
            _ => merged.push(segment),
        }
    }
    merged
}

impl Term {
    /// How well a word fits the term, in percent; 0 when it does not.
    fn fit(&self, word: &Word) -> u32 {
        match (&self.form, &word.kind) {
            (Form::Emoji(c), Kind::Emoji(other)) if c == other => EXACT,
            (Form::Run(run), Kind::Unspaced(chars)) => fit_run(run, chars),
            (Form::Hashtag(tag), Kind::Spaced(word)) if word.is_hashtag => {
                let text = word.tag_text().map(|text| format!("#{text}"));
                self.fit_tag_text(tag, text.as_deref())
            }
            (Form::Signs { exact, plain }, Kind::Spaced(word)) => match &word.with_signs {
                Some(text) if text == exact => EXACT,
                Some(text) if self.is_prefix && text.starts_with(exact.as_str()) => BEGINNING,
                _ if plain
                    .as_deref()
                    .is_some_and(|plain| word.whole() == Some(plain)) =>
                {
                    SIMILAR
                }
                _ => 0,
            },
            (Form::Word { whole, parts }, Kind::Spaced(word)) => {
                self.fit_word(whole.as_deref(), parts, word)
            }
            _ => 0,
        }
    }

    /// How well a whole tag, as a lexeme, fits the term.
    fn fit_tag(&self, tag: Option<&str>) -> u32 {
        match &self.form {
            Form::Hashtag(text) => self.fit_tag_text(text, tag),
            _ => 0,
        }
    }

    fn fit_tag_text(&self, text: &str, tag: Option<&str>) -> u32 {
        match tag {
            Some(tag) if tag == text => EXACT,
            Some(tag) if self.is_prefix && tag.starts_with(text) => BEGINNING,
            _ => 0,
        }
    }

    fn fit_word(&self, whole: Option<&str>, parts: &[String], word: &Spaced) -> u32 {
        let lexemes = || word.parts.iter().chain(&word.joined).map(String::as_str);
        let fit = whole.map_or(0, |whole| {
            if word.whole() == Some(whole) && word.with_signs.is_none() {
                EXACT
            } else if lexemes().any(|lexeme| lexeme == whole) {
                PART
            } else if self.is_prefix && lexemes().any(|lexeme| lexeme.starts_with(whole)) {
                BEGINNING
            } else {
                0
            }
        });
        if fit > 0 {
            return fit;
        }
        if parts.len() > 1
            && parts
                .iter()
                .any(|part| part.chars().nth(1).is_some() && word.parts.contains(part))
        {
            return SIMILAR;
        }
        let is_similar = self
            .forgiven()
            .is_some_and(|typed| lexemes().any(|lexeme| is_one_edit(typed, lexeme)));
        if is_similar { TYPO } else { 0 }
    }

    /// Where a term of a script without spaces is inside of a word.
    fn place_in(&self, word: &str) -> Option<std::ops::Range<usize>> {
        let Form::Run(run) = &self.form else {
            return None;
        };
        let text = String::from_iter(run);
        word.find(&text).map(|at| at..at + text.len())
    }
}

fn fit_run(run: &[char], chars: &[char]) -> u32 {
    if run == chars {
        EXACT
    } else if chars.windows(run.len().max(1)).any(|part| part == run) {
        PART
    } else if run
        .windows(2)
        .any(|pair| chars.windows(2).any(|other| other == pair))
    {
        SIMILAR
    } else {
        0
    }
}

/// Whether two words differ by one letter: one more, one less, another one, or two exchanged neighbours.
fn is_one_edit(a: &str, b: &str) -> bool {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    if a.len().abs_diff(b.len()) > 1 {
        return false;
    }
    let same = a.iter().zip(&b).take_while(|(x, y)| x == y).count();
    let (a, b) = (
        a.get(same..).unwrap_or_default(),
        b.get(same..).unwrap_or_default(),
    );
    match (a, b) {
        ([], []) => true,
        ([_, rest @ ..], other) if a.len() > b.len() => rest == other,
        (other, [_, rest @ ..]) if b.len() > a.len() => other == rest,
        ([x, y, rest @ ..], [v, w, other @ ..]) if x == w && y == v => rest == other,
        ([_, rest @ ..], [_, other @ ..]) => rest == other,
        _ => false,
    }
}
