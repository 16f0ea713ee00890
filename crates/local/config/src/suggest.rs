//! "Did you mean …?": finds the known word that is most similar to a mistyped one. All suggestions
//! of `prox` come from here.

/// The maximum number of candidates that are compared.
const MAX_CANDIDATES: usize = 2_000;

/// The minimum similarity of a suggestion, from 0 to 1.
const MIN_SIMILARITY: f64 = 0.6;

/// The candidate that is most similar to `word`, if it is similar enough. Ignores case and the
/// difference between `-`, `_` and space.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    if word.chars().count() > 64 {
        return None;
    }
    candidates
        .into_iter()
        .take(MAX_CANDIDATES)
        .map(|candidate| {
            let plain = |text: &str| text.to_lowercase().replace(['-', ' '], "_");
            let similarity = if plain(candidate) == plain(&word) {
                1.0
            } else if shortens(&word, candidate) || shortens(candidate, &word) {
                0.7
            } else {
                strsim::normalized_damerau_levenshtein(&word, &candidate.to_lowercase())
            };
            (similarity, candidate)
        })
        .filter(|(similarity, _)| *similarity >= MIN_SIMILARITY)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// Whether `short` is an abbreviation of `long` by omitted letters, such as `cmd` of `command`.
fn shortens(short: &str, long: &str) -> bool {
    let mut letters = long.chars();
    short.len() >= 3
        && short.chars().next() == long.chars().next()
        && short.chars().all(|c| letters.any(|other| other == c))
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn nearest_finds_typos_abbreviations_and_other_separators() {
        for (word, expected) in [
            ("wbe", Some("web")),
            ("wep", Some("web")),
            ("WEB", Some("web")),
            ("data base", Some("data-base")),
            ("cmd", Some("command")),
            ("postgres", None),
            ("x", None),
        ] {
            let found = nearest(word, ["web", "data-base", "command"]);
            assert_eq!(found, expected, "{word}");
        }
        assert_eq!(nearest(&"w".repeat(65), ["web"]), None);
    }
}
