use super::super::tests::Folder;
use super::*;

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
