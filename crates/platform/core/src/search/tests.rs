use std::collections::BTreeSet;

use proptest::prelude::*;
use prox_integrations::unicode::{Tables, Unicode as _};

use super::query::ITEM_KINDS;
use super::rank::{Texts, highlight, score, snippet};
use super::{Match, Normalize, Query, lexemes};

struct Forms;

impl Normalize for Forms {
    fn decompose(&self, text: &str) -> String {
        Tables.decompose(text)
    }

    fn compose(&self, text: &str) -> String {
        Tables.compose(text)
    }
}

fn text(text: &str) -> Vec<String> {
    lexemes::of_text(text, &Forms)
}

fn query(text: &str) -> Query {
    Query::parse(text, &Forms)
}

/// Whether Postgres would find these lexemes. `tags` are those of the field of tags.
fn holds(wanted: &Match, all: &BTreeSet<String>, tags: &BTreeSet<String>) -> bool {
    match wanted {
        Match::All(inner) => inner.iter().all(|m| holds(m, all, tags)),
        Match::Any(inner) => inner.iter().any(|m| holds(m, all, tags)),
        Match::Lexeme {
            text,
            is_prefix,
            field,
        } => {
            let set = if field.is_some() { tags } else { all };
            set.contains(text) || *is_prefix && set.iter().any(|other| other.starts_with(text))
        }
    }
}

/// How a query finds an item with a title and a text: `Some(false)` without a typing error.
fn found(words: &str, title: &str, body: &str) -> Option<bool> {
    let query = query(words);
    let mut all: BTreeSet<String> = lexemes::of_title(title, &Forms).into_iter().collect();
    all.extend(text(body));
    let none = BTreeSet::new();
    let holds = |wanted: Option<Match>| wanted.is_some_and(|m| holds(&m, &all, &none));
    let texts = Texts {
        title,
        body,
        ..Texts::default()
    };
    if holds(query.matches()) {
        return Some(false);
    }
    (holds(query.matches_with_typos()) && score(&query, &texts, true, &Forms).is_some())
        .then_some(true)
}

#[test]
fn texts_have_the_lexemes_of_their_kind() {
    for (input, expected) in [
        ("", &[][..]),
        (" \t\n .,;!?()[]{} ", &[]),
        ("Figma design", &["design", "figma"]),
        ("GRÖSSE Größe GROẞE", &["grosse"]),
        (
            "Smörgåsbord Ærø Łódź Đà",
            &["aero", "da", "lodz", "smorgasbord"],
        ),
        ("cafe\u{301} café ｃａｆｅ", &["cafe"]),
        ("Ёлка Μουσικής", &["елка", "μουσικησ"]),
        ("الإجازات الاجازات", &["الاجازات"]),
        ("مُحَمَّد على علي", &["علي", "محمد"]),
        ("שָׁלוֹם", &["שלום"]),
        ("C++ C# F#, C", &["c", "c#", "c++", "f", "f#"]),
        ("AT&T", &["at", "att", "t"]),
        ("Wi-Fi", &["fi", "wi", "wifi"]),
        ("don't don’t", &["don", "dont", "t"]),
        ("v2.14.3", &["14", "2.14.3", "3", "v2"]),
        ("2026-11-30", &["11", "2026", "2026.11.30", "30"]),
        (
            "parseQueryString",
            &["parse", "parsequerystring", "query", "string"],
        ),
        ("max_retry", &["max", "maxretry", "retry"]),
        ("HTTPServer", &["http", "httpserver", "server"]),
        ("PostgreSQL", &["postgre", "postgresql", "sql"]),
        ("Fix #oncall", &["#oncall", "fix", "oncall"]),
        (
            "東京オフィス",
            &["ィス", "オフ", "フィ", "京オ", "東京", "ス"],
        ),
        ("서울", &["서울", "울"]),
        ("ภาษา", &["ภา", "ษา", "าษ", "า"]),
        ("京", &["京"]),
        ("🎉 done 👩‍🚀", &["done", "🎉", "👩", "🚀"]),
        ("50% off", &["50", "off"]),
        ("it's -foo \\ ' (draft", &["draft", "foo", "it", "its", "s"]),
        ("नमस्ते", &["नमस्ते"]),
        ("٢٠٢٦", &["2026"]),
        ("a\u{0}b", &["a", "b"]),
    ] {
        let mut expected: Vec<String> = expected.iter().map(|&t| Tables.compose(t)).collect();
        expected.sort();
        assert_eq!(text(input), expected, "{input}");
    }
}

#[test]
fn tags_are_found_as_a_whole_and_by_their_words() {
    let tags = lexemes::of_tags(&["On-Call", "C++", "東京"], &Forms);
    for tag in [
        "#oncall", "#c++", "#東京", "call", "oncall", "~oncal", "東京",
    ] {
        assert!(tags.contains(&tag.to_owned()), "{tag}: {tags:?}");
    }
}

#[test]
fn a_query_finds_what_it_should() {
    for (words, title, body, by_typo) in [
        ("figma", "Figma design board", "", false),
        ("fimga", "Figma design board", "", true),
        ("graf", "Grafana production dashboard", "", false),
        (
            "production dashbord",
            "Grafana production dashboard",
            "",
            true,
        ),
        ("kubernets", "Kubernetes cluster credentials", "", true),
        ("postgersql", "PostgreSQL tuning", "", true),
        ("figmaa", "Figma", "", true),
        ("figna", "Figma", "", true),
        ("query string", "parseQueryString", "", false),
        ("max_retry", "parseQueryString", "const maxRetry = 3", false),
        ("maxretry", "x", "MAX_RETRY", false),
        ("wi-fi", "WiFi password", "", false),
        ("c++", "C++ guide", "", false),
        ("c", "C++ guide", "", false),
        ("会議", "東京オフィス", "会議室は三階です", false),
        ("京", "東京", "", false),
        ("node.js", "Learn Node", "js and more", false),
        ("\"deploy rollback\"", "x", "deploy, then rollback", false),
        ("“deploy", "x", "deploying", false),
        ("-foo", "foo", "", false),
        ("kind: foo", "foo", "", false),
    ] {
        assert_eq!(
            found(words, title, body),
            Some(by_typo),
            "{words} in {title}, {body}"
        );
    }
    for (words, title, body) in [
        ("c++", "C guide", ""),
        ("c#", "C++ guide", ""),
        ("figma board", "Figma", ""),
        ("deploy ", "x", "deploying"),
        ("\"deploy\"", "x", "deploying"),
        ("cat", "cut", ""),
        ("abcde", "abdec", ""),
        ("dashbord", "x", "dashboard"),
        ("at&t", "at the top", ""),
        ("#oncall", "oncall", ""),
    ] {
        assert_eq!(
            found(words, title, body),
            None,
            "{words} in {title}, {body}"
        );
    }
}

#[test]
fn filters_are_read_from_a_query() {
    let q = query("kind:app In:\"my lab\" tag:On-Call grafana");
    assert_eq!(q.kinds.as_deref(), Some(&["app"][..]));
    assert_eq!(q.within.as_deref(), Some("my lab"));
    assert_eq!(q.tags, ["#oncall"]);
    assert_eq!(
        (q.terms.len(), q.plain.as_slice()),
        (1, &["grafana".to_owned()][..])
    );
    assert_eq!(query("kind:item").kinds, Some(ITEM_KINDS.to_vec()));
    assert_eq!(query("kind:i").kinds, Some(ITEM_KINDS.to_vec()));
    assert_eq!(query("kind:sp").kinds, Some(vec!["space"]));
    assert_eq!(query("kind:nothing x").kinds, Some(vec![]));
    assert_eq!(
        query("kind:app x kind:space").kinds,
        Some(vec!["app", "space"])
    );
    let mut q = query("x");
    assert!(q.limit_to_kind("link") && !q.limit_to_kind("lin"));
    let mut q = query("kind:item");
    assert!(q.limit_to_kind("app"));
    assert_eq!(q.kinds, Some(vec!["app"]));
    for empty in [
        "", " ", "\\", "'", "\"\"", "kind:", "in: ", "\u{0}", "((", "…",
    ] {
        assert!(query(empty).is_empty(), "{empty:?}");
    }
    assert!(!query("in:lab").is_empty() && query("in:lab").terms.is_empty());
    assert_eq!(query("a b c d e f g h i j").terms.len(), 8);
    assert_eq!(query("https://example.com").terms.len(), 2);
}

#[test]
fn a_better_match_has_a_higher_score() {
    let of = |words: &str, title: &str, body: &str| {
        let texts = Texts {
            title,
            body,
            ..Texts::default()
        };
        score(&query(words), &texts, false, &Forms).unwrap()
    };
    for (words, better, worse) in [
        (
            "figma",
            ("Figma design board", ""),
            ("Design links", "Figma and others"),
        ),
        ("it", ("IT department", ""), ("Italian restaurants", "")),
        (
            "it",
            ("IT department", ""),
            ("How to use it with other tools", ""),
        ),
        ("c", ("C guide", ""), ("C++ guide", "")),
        (
            "query string",
            ("Query string", ""),
            ("String of the query", ""),
        ),
        ("wifi", ("Wi-Fi password", ""), ("Wifirouter models", "")),
        ("会議室", ("会議室", ""), ("会議の室", "")),
    ] {
        let (a, b) = (of(words, better.0, better.1), of(words, worse.0, worse.1));
        assert!(a > b, "{words}: {better:?} {a}, {worse:?} {b}");
    }
}

/// The segments with the hits in brackets.
fn marked(segments: &[prox_types::Segment]) -> String {
    let mark = |s: &prox_types::Segment| {
        if s.hit {
            format!("[{}]", s.text)
        } else {
            s.text.clone()
        }
    };
    segments.iter().map(mark).collect()
}

#[test]
fn matching_words_are_highlighted_where_they_are() {
    for (words, text, expected) in [
        ("graf", "Grafana and Graf", "[Grafana] and [Graf]"),
        ("grosse", "Die Größe: GRÖSSE!", "Die [Größe]: [GRÖSSE]!"),
        (
            "cafe",
            "cafe\u{301} <b>café</b>",
            "[cafe\u{301}] <b>[café]</b>",
        ),
        ("会議", "東京会議室", "東京[会議]室"),
        ("fimga", "The Figma board", "The [Figma] board"),
        ("c++", "C, C++ and C#", "C, [C++] and C#"),
        ("الاجازات", "دليل الإجازات", "دليل [الإجازات]"),
        ("#oncall", "see #oncall", "see #[oncall]"),
        ("nothing", "A text", "A text"),
        ("x", "", ""),
    ] {
        assert_eq!(
            marked(&highlight(&query(words), text, &Forms)),
            expected,
            "{words}"
        );
    }
}

#[test]
fn a_snippet_shows_the_first_match_with_text_around_it() {
    let body = format!(
        "Start\n\n{} the rollback of a deploy {}",
        "word ".repeat(60),
        "more ".repeat(60)
    );
    let texts = Texts {
        title: "Runbook",
        body: &body,
        ..Texts::default()
    };
    let shown = marked(&snippet(&query("rollback"), &texts, &Forms));
    assert!(shown.starts_with("…word"), "{shown}");
    assert!(shown.contains("the [rollback] of a deploy more"), "{shown}");
    assert!(shown.ends_with('…'), "{shown}");
    let shown = marked(&snippet(&query("runbook"), &texts, &Forms));
    assert!(shown.starts_with("Start word"), "{shown}");
    let texts = Texts {
        title: "T",
        description: "One line",
        body: &body,
        ..Texts::default()
    };
    assert_eq!(marked(&snippet(&query("zz"), &texts, &Forms)), "One line");
    let with_address = Texts {
        address: "https://a.example/",
        ..Texts::default()
    };
    let shown = snippet(&query("zz"), &with_address, &Forms);
    assert_eq!(marked(&shown), "https://a.example/");
    assert!(marked(&snippet(&query("deploy"), &texts, &Forms)).contains("[deploy]"));
    assert!(
        snippet(
            &query("t"),
            &Texts {
                title: "T",
                ..Texts::default()
            },
            &Forms
        )
        .is_empty()
    );
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        "[a-zA-ZäöüßÅå0-9 '\"#+&._:-]{0,80}",
        "[東京会議室かがカガ서울ภาษา a-z]{0,40}",
        "(kind:|in:|tag:|#|\"|“)[a-z\" ]{0,20}",
        "[א-ת\u{591}-\u{5c7}ء-ي\u{64b}-\u{65f}\u{200f}\u{200d} ]{0,40}",
    ]
}

proptest! {
    #[test]
    fn any_text_has_bounded_clean_lexemes(input in any_text()) {
        let all = lexemes::of_title(&input, &Forms);
        let bytes: usize = text(&input).iter().map(String::len).sum();
        // A compatibility form can be 18 letters long.
        prop_assert!(bytes <= 16 * 18 * input.len().max(1));
        for lexeme in all {
            prop_assert!(!lexeme.is_empty() && lexeme.chars().count() <= 68);
            prop_assert!(!lexeme.chars().any(|c| c.is_control() || c.is_whitespace()), "{lexeme:?}");
        }
    }

    #[test]
    fn a_text_is_found_by_itself(input in any_text()) {
        let unfiltered = input.replace([':', '"', '“', '”', '„'], " ");
        let query = query(&unfiltered);
        if let Some(wanted) = query.matches() {
            let all: BTreeSet<String> = text(&unfiltered).into_iter().collect();
            prop_assert!(holds(&wanted, &all, &BTreeSet::new()), "{wanted:?} in {all:?}");
        }
    }

    #[test]
    fn any_query_is_parsed_and_scored(words in any_text(), title in any_text(), body in any_text()) {
        let query = query(&words);
        prop_assert!(query.terms.len() <= 8 && query.tags.len() <= 4);
        let tags = [title.clone()];
        let texts = Texts { title: &title, tags: &tags, description: &body, address: &words, body: &body };
        prop_assert!(score(&query, &texts, false, &Forms).is_some());
        let _ = score(&query, &texts, true, &Forms);
        let shown = highlight(&query, &body, &Forms);
        let whole: String = shown.iter().map(|s| s.text.as_str()).collect();
        prop_assert_eq!(whole, body.as_str());
        let count: usize = snippet(&query, &texts, &Forms).iter().map(|s| s.text.chars().count()).sum();
        prop_assert!(count <= 202);
    }

    #[test]
    fn one_typing_error_in_a_title_is_forgiven(word in "[a-zé]{4,20}", at in 0_usize..20, other in "[a-z]", edit in 0..4) {
        let mut letters: Vec<char> = word.chars().collect();
        let at = at % letters.len();
        match edit {
            0 => { letters.remove(at); }
            1 => letters.insert(at, other.chars().next().unwrap()),
            2 => letters[at] = other.chars().next().unwrap(),
            _ => letters.swap(at, (at + 1) % word.chars().count().max(1)),
        }
        prop_assume!(letters.len() >= 4 && (edit < 3 || at + 1 < letters.len()));
        let typed: String = letters.into_iter().collect();
        prop_assert!(found(&typed, &format!("The {word} page"), "").is_some(), "{typed} for {word}");
    }
}
