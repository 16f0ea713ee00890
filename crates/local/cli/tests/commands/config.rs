use crate::Folder;

#[test]
fn a_right_file_is_summed_up_from_a_folder_below_it() {
    let folder = Folder::new()
        .file(
            "prox.yaml",
            "processes: {web: x, api: y}\ntasks: {t: z}\nservices: {web: 3000}",
        )
        .file("a/b/file", "");
    let answer = folder.prox_in("a/b", "config check");
    assert_eq!((answer.code, answer.stderr.as_str()), (0, ""));
    let file = folder.path().canonicalize().unwrap().join("prox.yaml");
    assert_eq!(
        answer.stdout,
        format!(
            "{} is valid: 2 processes, 1 task, 1 service\n",
            file.display()
        )
    );
    let json = folder.prox_in("a/b", "config check --json").json();
    assert_eq!(json["processes"], serde_json::json!(["web", "api"]));
    assert_eq!(json["file"].as_str(), file.to_str());
}

#[test]
fn a_wrong_file_ends_with_3_and_its_mistakes() {
    let folder = Folder::new().file("my.yaml", "processes:\n  web: {comand: x}\n");
    let answer = folder.prox("--config my.yaml config check");
    assert_eq!((answer.code, answer.stdout.as_str()), (3, ""));
    // One heading for all of them, and no empty one.
    assert!(
        answer
            .stderr
            .starts_with("  × 2 mistakes in the configuration (")
            && !answer.stderr.contains("Error:"),
        "{}",
        answer.stderr
    );
    for part in [
        "my.yaml:2:9",
        "did you mean `cmd`?",
        "a process needs `cmd`",
    ] {
        assert!(answer.stderr.contains(part), "{}", answer.stderr);
    }
    assert!(
        !answer.stderr.contains('\u{1b}'),
        "colours without a terminal"
    );

    let answer = folder.prox("--config my.yaml config check --json");
    assert_eq!(answer.code, 3);
    let json = answer.json();
    assert_eq!(json["code"], "CONFIG_INVALID");
    assert_eq!(json["problems"][0]["line"], 2);
    assert_eq!(json["problems"].as_array().unwrap().len(), 2);
}

#[test]
fn a_report_reads_well() {
    let folder = Folder::new().file(
        "prox.yaml",
        "processes:
  web:
    cmd: npm run dev
    depend_on: [db]
  api:
    cmd: cargo run
    healthcheck: {tcp: 3000, http: http://127.0.0.1:3000/}
",
    );
    let shown = folder.prox("config check").stderr;
    let root = folder.path().canonicalize().unwrap();
    insta::assert_snapshot!(shown.replace(root.to_str().unwrap(), "/p"), @r#"
      × 2 mistakes in the configuration (/p/prox.yaml)

      × a process has no key "depend_on"
       ╭─[/p/prox.yaml:4:5]
     3 │     cmd: npm run dev
     4 │     depend_on: [db]
       ·     ─────────
     5 │   api:
       ╰────
      help: did you mean `depends_on`?

      × a health check takes only one of `cmd`, `http`, `tcp`, `log`
       ╭─[/p/prox.yaml:7:19]
     6 │     cmd: cargo run
     7 │     healthcheck: {tcp: 3000, http: http://127.0.0.1:3000/}
       ·                   ─┬─        ────
       ·                    ╰── here is one already
       ╰────
    "#);
}

#[test]
fn a_missing_file_exits_with_3_and_a_hint() {
    let folder = Folder::new();
    let answer = folder.prox("config check");
    assert_eq!(answer.code, 3);
    assert!(
        answer.stderr.contains("there is no prox.yaml in"),
        "{}",
        answer.stderr
    );
    assert!(answer.stderr.contains("prox init"), "{}", answer.stderr);
    let answer = folder.prox("-c none.yaml config check");
    assert_eq!(answer.code, 3);
    assert!(answer.stderr.contains("none.yaml"), "{}", answer.stderr);
}

#[test]
fn the_schema_is_printed() {
    let answer = Folder::new().prox("config schema");
    assert_eq!(answer.code, 0);
    assert_eq!(answer.json()["title"], "prox.yaml");
}
