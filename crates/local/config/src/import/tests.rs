use super::super::tests::Folder;
use super::*;
use proptest::prelude::*;

fn imported(name: &str, text: &str) -> (String, Vec<String>) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join(name);
    std::fs::write(&path, text).unwrap();
    std::fs::write(dir.path().join(".env"), "A=1\n").unwrap();
    let imported = import(&path, None).unwrap();
    let notes = imported
        .notes
        .iter()
        .map(|note| format!("{}: {}", note.line, note.message))
        .collect();
    if let Err(errors) = Folder::new(&imported.yaml).load() {
        panic!("{}\n{:?}", imported.yaml, errors.problems_json());
    }
    (imported.yaml, notes)
}

#[test]
fn a_procfile_becomes_a_configuration() {
    let (yaml, notes) = imported(
        "Procfile.dev",
        "# comment\nweb: bundle exec puma -p $PORT\n\nworker 1:  sidekiq: -q \"a b\"\nworker-1: x\r\nrelease: rake db:migrate\n",
    );
    insta::assert_snapshot!(yaml, @r#"
    env_file:
      path: .env
      required: false

    processes:
      web:
        cmd: bundle exec puma -p $PORT
        env:
          PORT: "5000"
      worker-1: "sidekiq: -q \"a b\""
      worker-1-2: x
      release: rake db:migrate
    "#);
    assert_eq!(
        notes,
        [
            "2: prox sets no `PORT`; web gets 5000 as foreman would give it",
            "4: the process \"worker 1\" is called worker-1 now",
            "5: the process \"worker-1\" is called worker-1-2 now",
            "6: Heroku runs `release` once, before a release; here it is a process, make it a task if you need it",
        ]
    );
}

#[test]
fn what_is_another_file_is_no_procfile() {
    let folder = Folder::new("");
    let told = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
        let errors = import(&folder.path().join(name), None).unwrap_err();
        let told = errors.problems.into_iter();
        told.map(|problem| [problem.message, problem.help.unwrap_or_default()].join(" "))
            .collect::<Vec<_>>()
    };
    for text in ["", "# nothing yet\n"] {
        assert_eq!(
            told("Procfile", text),
            ["there is no `name: command` in it, so this is no Procfile "]
        );
    }
    assert_eq!(
        told("package.json", "{\"a\": 1}"),
        ["this line is no `name: command` "]
    );
    let told = told("compose.yaml", "services: {db: {image: postgres}}");
    assert!(
        told[0].contains("`start: docker compose up -d NAME`"),
        "{told:?}"
    );
}

#[test]
fn the_first_port_is_that_of_the_env_file() {
    let folder = Folder::new("")
        .file(
            "Procfile",
            "web: serve $PORT\nworker: work\napi: serve ${PORT}\n",
        )
        .file(".env", "PORT=3000\nnonsense\n");
    let imported = import(&folder.path().join("Procfile"), None).unwrap();
    let ports: Vec<_> = imported
        .yaml
        .lines()
        .filter(|l| l.contains("PORT:"))
        .collect();
    assert_eq!(ports, [r#"      PORT: "3000""#, r#"      PORT: "3200""#]);
}

#[test]
fn wrong_lines_of_a_procfile_are_told_together() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("Procfile");
    std::fs::write(&path, "web: x\nnonsense\n: y\napi:\n").unwrap();
    let errors = import(&path, None).unwrap_err();
    let lines: Vec<_> = errors
        .problems
        .iter()
        .map(|p| p.position().unwrap().0)
        .collect();
    assert_eq!(lines, [2, 3, 4]);
}

const COMPOSE: &str = r#"
version: "0.5"
log_level: debug
shell: {shell_command: bash}
environment:
  - "SHARED=1"
  - "PATH_LIKE=$HOME/bin:$$x"
processes:
  migrate:
    description: Brings the database up to date
    command: "rake db:migrate $$FLAGS"
    availability: {restart: "no"}
  db:
    command: postgres
    is_daemon: false
    readiness_probe:
      exec: {command: pg_isready, working_dir: /tmp/a b}
      initial_delay_seconds: 2
      period_seconds: 1
      failure_threshold: 5
      success_threshold: 2
    shutdown: {signal: 2, timeout_seconds: 30, command: pg_ctl stop}
    namespace: backend
  api server:
    command: |
      set -e
      exec api
    working_dir: ./api
    environment: ["PORT=3000", "SHARED=2", "bad"]
    depends_on:
      db: {condition: process_healthy}
      migrate: {condition: process_completed_successfully}
      logger: {condition: process_log_ready}
      db2: {condition: process_started}
    availability: {restart: on_failure, backoff_seconds: 2, max_restarts: 5, exit_on_end: true}
    readiness_probe:
      http_get: {host: 127.0.0.1, port: 3000, path: health, status_code: 200}
    liveness_probe: {exec: {command: x}}
    replicas: 2
    is_tty: true
    namespace: backend
  logger: {command: log, ready_log_line: "up (1)", availability: {restart: always}}
  db2: {entrypoint: ["ls", "a b"], namespace: logger}
  old: {command: x, disabled: true}
"#;

#[test]
fn a_process_compose_file_becomes_a_configuration() {
    let yaml = COMPOSE.replace("$HOME/bin", "${HOME:-}/bin");
    let (yaml, notes) = imported("process-compose.yaml", &yaml);
    insta::assert_snapshot!(format!("{yaml}\n# Notes\n{}", notes.join("\n")));
}

#[test]
fn what_is_no_process_compose_file_is_refused() {
    let dir = tempfile::tempdir().unwrap();
    for (text, expected) in [
        ("a: [", "this is no YAML"),
        (
            "services: {web: {image: x}}",
            "there are no `processes` in it",
        ),
        ("", "there are no `processes` in it"),
    ] {
        let path = dir.path().join("compose.yaml");
        std::fs::write(&path, text).unwrap();
        let errors = import(&path, None).unwrap_err();
        assert!(
            errors.problems[0].message.starts_with(expected),
            "{:?}",
            errors.problems
        );
    }
    let errors = import(&dir.path().join("none"), None).unwrap_err();
    assert_eq!(errors.problems[0].message, "the file does not exist");
}

#[test]
fn what_cannot_be_waited_for_is_not_waited_for() {
    let (yaml, notes) = imported(
        "process-compose.yaml",
        "processes:
  web:
    command: web
    depends_on:
      old: {condition: process_healthy}
      none: {condition: process_started}
      log: {condition: process_log_ready}
      loop: {condition: process_completed}
      once: {condition: process_healthy}
  worker: {command: '', depends_on: {once: {condition: process_completed}}}
  old: {command: x, disabled: true}
  log: {command: log}
  loop: {command: loop, availability: {restart: always, max_restarts: 99999999}}
  once: {command: once}
",
    );
    insta::assert_snapshot!(format!("{yaml}\n# Notes\n{}", notes.join("\n")));
}

/// Every key that means something, with values that are right, odd or empty.
const KEYS: &[(&str, &[&str])] = &[
    ("command", &["run", "''", "'a $$B'", "\"a\\nb\""]),
    ("entrypoint", &["[]", "[a, 'b c']", "a"]),
    ("working_dir", &["sub", "''", "~"]),
    ("disabled", &["true", "false"]),
    ("environment", &["[A=1, 'B=$HOME', x]", "{A: 1, B: }", "[]"]),
    (
        "availability",
        &[
            "{restart: always, backoff_seconds: 5}",
            "{restart: on_failure, max_restarts: 99999999}",
            "{restart: exit_on_failure}",
            "{backoff_seconds: 999999999, restart: \"\\e[31m\"}",
        ],
    ),
    (
        "readiness_probe",
        &[
            "{exec: {command: x}, failure_threshold: 0}",
            "{exec: {command: ''}}",
            "{http_get: {port: 80}, period_seconds: 99999999, failure_threshold: 99999999}",
            "{exec: {command: x, working_dir: a b}, http_get: {path: /x}}",
            "{initial_delay_seconds: 3}",
        ],
    ),
    ("ready_log_line", &["'up (1)'", "''"]),
    (
        "shutdown",
        &["{signal: 9, timeout_seconds: 9999}", "{timeout_seconds: 9}"],
    ),
    ("namespace", &["default", "a", "'n n'", "''"]),
    ("description", &["'two\n\n      lines'", "''"]),
    ("is_tty", &["true"]),
    ("replicas", &["2"]),
    ("\"\\e\"", &["1"]),
];

fn any_process() -> impl Strategy<Value = String> {
    let conditions = [
        "started",
        "healthy",
        "completed",
        "completed_successfully",
        "log_ready",
        "odd",
    ];
    let wait = (
        prop::sample::select(vec!["a", "b", "c", "none"]),
        prop::sample::select(conditions.to_vec()),
    );
    let waits = prop::collection::btree_map(wait.0, wait.1, 0..3).prop_map(|waits| {
        let waits: Vec<_> = waits
            .iter()
            .map(|(name, condition)| format!("{name}: {{condition: process_{condition}}}"))
            .collect();
        format!("depends_on: {{{}}}", waits.join(", "))
    });
    let keys: Vec<_> = KEYS
        .iter()
        .map(|(key, values)| {
            let value =
                prop::sample::select(*values).prop_map(move |value| format!("{key}: {value}"));
            prop::option::weighted(0.3, value)
        })
        .collect();
    (keys, waits).prop_map(|(keys, waits)| {
        let keys: Vec<_> = keys.into_iter().flatten().chain([waits]).collect();
        format!("{{{}}}", keys.join(", "))
    })
}

proptest! {
    /// But for cycles, which are the author's.
    #[test]
    fn what_is_imported_is_right(processes in prop::collection::vec(any_process(), 1..4)) {
        let mut text = "processes:\n".to_owned();
        for (name, process) in ["a", "b", "c"].iter().zip(processes) {
            text.push_str(&format!("  {name}: {process}\n"));
        }
        let folder = Folder::new("").file("process-compose.yaml", &text).env("HOME", "/home/ada");
        let imported = import(&folder.path().join("process-compose.yaml"), None).unwrap();
        let folder = folder.file("prox.yaml", &imported.yaml);
        if let Err(errors) = folder.load() {
            for problem in errors.problems {
                let is_cycle = problem.message.contains("without end") || problem.message.contains("depends on itself");
                let is_nothing = problem.message.contains("nothing to run");
                prop_assert!(is_cycle || is_nothing, "{problem:?}\n{text}\n{}", imported.yaml);
            }
        }
    }
}
