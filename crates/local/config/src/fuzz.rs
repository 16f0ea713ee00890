//! Fuzz target: parsing any text ends without a panic, and every reported position is within the
//! text.
//! `./scripts/fuzz config` runs it under libFuzzer.

use super::tests::{EVERYTHING, Folder};
use super::*;
use proptest::prelude::*;

fn try_all(yaml: &[u8]) {
    let folder = Folder::new("")
        .file("prox.yaml", yaml)
        .file(".env", yaml)
        .file("all.yaml", "env_file: .env\nprocesses: {web: x}");
    let as_env_file = load_in(&folder.path().join("all.yaml"), &Environment::default());
    for errors in [folder.load(), as_env_file]
        .into_iter()
        .filter_map(Result::err)
    {
        assert!(!errors.problems.is_empty());
        for problem in &errors.problems {
            assert!(!problem.message.contains(char::is_control), "{problem:?}");
            let text = &problem.source.text;
            for span in problem
                .span
                .iter()
                .chain(problem.other.as_ref().map(|other| &other.0))
            {
                assert!(text.get(span.clone()).is_some(), "{problem:?}");
            }
            if let Some((line, _)) = problem.position() {
                assert!(line <= text.split('\n').count(), "{problem:?}");
            }
        }
        let reports = errors.reports();
        assert_eq!(reports.len(), errors.problems.len());
        let dangerous = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
        assert!(!reports.concat().contains(dangerous), "{reports:?}");
    }
    if let Err(errors) = manifest::load(&folder.path().join(".env")) {
        assert_eq!(errors.reports().len(), errors.problems.len());
    }
    let path = folder.path().join("Procfile");
    std::fs::write(&path, yaml).unwrap();
    for format in [import::Format::Procfile, import::Format::ProcessCompose] {
        if let Ok(imported) = import::import(&path, Some(format)) {
            let source = Arc::new(Source::open(Path::new("new"), imported.yaml));
            let mut problems = Problems::default();
            assert!(
                yaml::parse(&source, &mut problems).is_some(),
                "{}",
                source.text
            );
            assert_eq!(problems.count(), 0, "{}", source.text);
            let dangerous = imported
                .notes
                .iter()
                .any(|n| n.message.contains(char::is_control));
            assert!(!dangerous, "{:?}", imported.notes);
        }
    }
}

/// Texts with a meaning in YAML and in this format.
fn word() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "processes",
        "tasks",
        "web",
        "cmd",
        "env",
        "depends_on",
        "healthcheck",
        "groups",
        "api",
        "port",
        ": ",
        ":\n",
        "\n",
        "\n  ",
        "\n    ",
        "- ",
        "? ",
        "[",
        "]",
        "{",
        "}",
        ", ",
        "&a ",
        "*a",
        "<<: ",
        "|",
        ">",
        "'",
        "\"",
        "#",
        " # x",
        "---\n",
        "...\n",
        "!x ",
        "!!str ",
        "%YAML",
        "${A}",
        "${A:-",
        "${A:?",
        "\\e[31m",
        "\\ud83d",
        "A=",
        "export ",
        "$$",
        "\t",
        "\r",
        "\r\n",
        "\u{feff}",
        "ü",
        "\0",
        "~",
        "null",
        "true",
        "1",
        "10s",
        "@",
        "`",
        "\\",
        "\u{85}",
        "\u{2028}",
    ])
}

#[test]
fn any_bytes() {
    bolero::check!().for_each(try_all);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn any_text(text in r"\PC{0,100}|(?s).{0,100}") {
        try_all(text.as_bytes());
    }

    #[test]
    fn any_row_of_meaningful_words(words in prop::collection::vec(word(), 0..40)) {
        try_all(words.concat().as_bytes());
    }

    #[test]
    fn a_valid_file_with_random_edits_never_panics(
        edits in prop::collection::vec((any::<prop::sample::Index>(), 0_usize..12, word()), 1..4)
    ) {
        let mut text: Vec<char> = EVERYTHING.chars().collect();
        for (at, length, word) in edits {
            let at = at.index(text.len().max(1)).min(text.len());
            let end = (at + length).min(text.len());
            text.splice(at..end, word.chars());
        }
        try_all(text.into_iter().collect::<String>().as_bytes());
    }
}
