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
      worker-1:
        cmd: "sidekiq: -q \"a b\""
        env:
          PORT: "5100"
      worker-1-2:
        cmd: x
        env:
          PORT: "5200"
      release:
        cmd: rake db:migrate
        env:
          PORT: "5300"
    "#);
    assert_eq!(
        notes,
        [
            "2: each process has a `PORT` of its own, from 5000 on, as foreman gives it",
            "4: the process \"worker 1\" is called worker-1 now",
            "5: the process \"worker-1\" is called worker-1-2 now",
            "6: Heroku runs `release` once, before a release; here it is a process, make it a task if you need it",
        ]
    );
}

#[test]
fn files_of_other_formats_are_not_procfiles() {
    let folder = Folder::new("");
    let reported = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), text).unwrap();
        let errors = import(&folder.path().join(name), None).unwrap_err();
        let reported = errors.problems.into_iter();
        reported
            .map(|problem| [problem.message, problem.help.unwrap_or_default()].join(" "))
            .collect::<Vec<_>>()
    };
    for text in ["", "# nothing yet\n"] {
        assert_eq!(
            reported("Procfile", text),
            ["there is no `name: command` in it, so this is not a Procfile "]
        );
    }
    assert_eq!(
        reported("package.json", "{\"a\": 1}"),
        [
            "this package.json has no script that goes on running such as `dev`, `start`, `serve` or `watch`"
        ]
    );
    let reported = reported("compose.yaml", "services: {db: {image: postgres}}");
    assert!(
        reported[0].contains("`start: docker compose up -d NAME`"),
        "{reported:?}"
    );
}

#[test]
fn each_process_of_a_procfile_has_its_own_port() {
    let procfile = "web: serve\nadmin: serve $PORT\nworker: work\n";
    for (env, expected) in [
        (None, ["5000", "5100", "5200"]),
        (Some("A=1\n"), ["5000", "5100", "5200"]),
        (Some("PORT=5400\nnonsense\n"), ["5400", "5500", "5600"]),
        (Some("PORT=none\n"), ["5000", "5100", "5200"]),
    ] {
        let mut folder = Folder::new("").file("Procfile", procfile);
        if let Some(env) = env {
            folder = folder.file(".env", env);
        }
        let imported = import(&folder.path().join("Procfile"), None).unwrap();
        // The written port takes precedence over the PORT of the .env file.
        let folder = folder
            .file(".env", "PORT=5400\n")
            .file("prox.yaml", &imported.yaml);
        let project = folder.load().unwrap();
        let ports: Vec<_> = project
            .processes
            .values()
            .map(|it| &it.env["PORT"])
            .collect();
        assert_eq!(ports, expected, "{env:?}\n{}", imported.yaml);
    }
}

#[test]
fn a_process_beyond_the_last_port_has_none() {
    let folder = Folder::new("")
        .file("Procfile", "a: x\nb: y\n")
        .file(".env", "PORT=65500\n");
    let imported = import(&folder.path().join("Procfile"), None).unwrap();
    assert!(imported.yaml.contains("65500"), "{}", imported.yaml);
    assert_eq!(
        imported.notes[1].message,
        "b has no `PORT`: there are no more ports after 65535"
    );
}

#[test]
fn a_duplicate_name_in_a_procfile_is_renamed() {
    let (yaml, notes) = imported("Procfile", "web: one\nweb: two\n");
    assert!(yaml.contains("web-2:"), "{yaml}");
    assert!(notes.iter().any(|it| it.contains("web-2")), "{notes:?}");
}

#[test]
fn the_scripts_of_a_package_become_processes() {
    let (yaml, notes) = imported(
        "package.json",
        r#"{
  "name": "x",
  "scripts": {
    "dev": "vite",
    "dev:api": "node --watch api.js",
    "predev": "echo",
    "start": "node dist",
    "build": "vite build",
    "watch:css": "tailwind --watch"
  }
}"#,
    );
    insta::assert_snapshot!(yaml, @r"
    env_file:
      path: .env
      required: false

    processes:
      # vite
      dev: npm run dev
      # node --watch api.js
      dev-api: npm run dev:api
      # tailwind --watch
      watch-css: npm run watch:css
    ");
    assert_eq!(
        notes,
        [
            "7: the script \"start\" is left out: `dev` runs in its place",
            "8: the script \"build\" is left out: it ends by itself",
        ]
    );
    let (yaml, _) = imported(
        "package.json",
        r#"{"packageManager": "pnpm@9", "scripts": {"start": "node ."}}"#,
    );
    assert!(yaml.contains("start: pnpm run start"), "{yaml}");
}

const ECOSYSTEM: &str = r#"// The apps.
const nothing = 1;
module.exports = {
  apps: [
    {
      name: 'api server',
      script: './api.js',
      args: "--port 3000",
      node_args: ['--max-old-space-size=200'],
      cwd: './services/api',
      instances: "max",
      env: { NODE_ENV: "development", PORT: 3000, PRICE: '$5', },
      env_production: { NODE_ENV: "production" },
      max_memory_restart: '1G',
      kill_timeout: 20000,
      restart_delay: 1500,
      max_restarts: 5,
      watch: ["src"], ignore_watch: ["src/tmp"],
      namespace: 'back end',
    },
    { script: "npm start", autorestart: false },
    { name: "bin", script: "/usr/bin/thing", interpreter: "none" },
    { name: "py", script: "worker.py", interpreter_args: "-u", watch: false },
  ]
};
"#;

#[test]
fn the_apps_of_an_ecosystem_file_become_processes() {
    let (yaml, notes) = imported("ecosystem.config.js", ECOSYSTEM);
    insta::assert_snapshot!(format!("{yaml}\n# Notes\n{}", notes.join("\n")), @r#"
    env_file:
      path: .env
      required: false

    shutdown_timeout: 22s

    processes:
      api-server:
        cmd: node --max-old-space-size=200 ./api.js --port 3000
        dir: ./services/api
        env:
          NODE_ENV: development
          PORT: "3000"
          PRICE: $$5
        stop_timeout: 20s
        restart:
          policy: always
          backoff: 1s500ms
          max_backoff: 1s500ms
          max_restarts: 5
        watch:
          paths: [src]
          ignore: [node_modules, src/tmp]
        stop_signal: SIGINT
      npm-start:
        cmd: npm start
        stop_signal: SIGINT
      bin:
        cmd: /usr/bin/thing
        restart: always
        stop_signal: SIGINT
      py:
        cmd: python3 -u worker.py
        restart: always
        stop_signal: SIGINT

    groups:
      back-end: [api-server]

    # Notes
    5: the app "api server" is called api-server now
    11: api-server: `instances` has no equivalent; write one process for each
    13: api-server: `env_production` has no equivalent; `env` is kept
    14: api-server: `max_memory_restart` has no equivalent
    21: the app "npm start" is called npm-start now
    "#);
}

#[test]
fn an_ecosystem_file_is_read_in_each_of_its_forms() {
    for (name, text) in [
        (
            "ecosystem.config.cjs",
            "module.exports = {apps: [{name: 'a', script: 'a.js'}]}",
        ),
        (
            "ecosystem.config.mjs",
            "export default {apps: {name: 'a', script: 'a.js'}};\n",
        ),
        (
            "ecosystem.json",
            r#"{"apps": [{"name": "a", "script": "a.js"}]}"#,
        ),
        ("pm2.json", r#"[{"name": "a", "script": "a.js"}]"#),
    ] {
        let (yaml, _) = imported(name, text);
        assert!(
            yaml.contains("  a:\n    cmd: node a.js\n"),
            "{name}: {yaml}"
        );
    }
}

#[test]
fn an_ecosystem_file_that_computes_its_apps_is_explained() {
    let folder = Folder::new("");
    for text in [
        "module.exports = {apps: [{name: 'a', script: process.env.SCRIPT}]}",
        "module.exports = {apps: [{name: `a`, script: 'x'}]}",
        "const apps = [];\nmodule.exports = {apps};",
        "module.exports = () => ({})",
        "console.log(1)",
        "",
    ] {
        let file = folder.path().join("ecosystem.config.js");
        std::fs::write(&file, text).unwrap();
        let errors = import(&file, None).unwrap_err();
        let help = errors.problems[0].help.as_deref().unwrap_or_default();
        assert!(
            help.contains("ecosystem.json"),
            "{text}: {:?}",
            errors.problems
        );
    }
}

#[test]
fn the_advised_command_prints_what_can_be_imported() {
    for (name, text) in [
        (
            "ecosystem.config.js",
            "module.exports = {apps: [{name: 'a', script: process.env.NONE || 'x.js'}]}",
        ),
        (
            "my.config.cjs",
            "const apps = [{name: 'a', script: 'x.js'}];\nmodule.exports = {apps};",
        ),
        (
            "ecosystem.config.mjs",
            "const apps = [{name: 'a', script: 'x.js'}];\nexport default {apps};",
        ),
        (
            "it's \"ours\" $HOME.config.js",
            "module.exports = {apps: [{name: 'a', script: ['x', 'js'].join('.')}]}",
        ),
    ] {
        let folder = Folder::new("");
        let file = folder.path().join(name);
        std::fs::write(&file, text).unwrap();
        let errors = import(&file, Some(Format::Pm2)).unwrap_err();
        let help = errors.problems[0].help.as_deref().unwrap();
        let command = help.split('`').nth(1).unwrap();
        let ran = std::process::Command::new("sh")
            .args(["-c", command])
            .current_dir(folder.path())
            .status()
            .unwrap();
        assert!(ran.success(), "{name}: {command}");
        let printed = std::fs::read_to_string(folder.path().join("ecosystem.json")).unwrap();
        let (yaml, _) = imported("ecosystem.json", &printed);
        assert!(yaml.contains("node x.js"), "{name}: {yaml}");
    }
}

#[test]
fn commands_for_bash_are_run_in_bash() {
    let needs_bash = |cmd: &str| {
        let text = format!(
            "processes:\n  web:\n    command: {}\n",
            serde_json::to_string(cmd).unwrap()
        );
        let (yaml, notes) = imported("process-compose.yaml", &text);
        let noted =
            notes.contains(&"3: web: its command is written for bash, so bash runs it".to_owned());
        assert_eq!(yaml.contains("bash -c"), noted, "{yaml}\n{notes:?}");
        noted
    };
    for cmd in [
        "source .venv/bin/activate && run",
        "set -e; source x",
        "if [[ -f x ]]; then run; fi",
        "[[ -n $A ]] && run",
        "set -euo pipefail\nrun",
        "diff <(a) <(b)",
        "cat <<< \"$x\"",
        "run &> log",
        "a=(1 2); run \"${a[@]}\"",
        "echo ${name^^}",
        "echo ${name//a/b}",
        "for i in {1..3}; do run; done",
        "cp x.{a,b} y",
        "echo $RANDOM",
        "[ $a == b ] && run",
        "echo $'a\\tb'",
        "function f { run; }; f",
    ] {
        assert!(needs_bash(cmd), "{cmd}");
    }
    for cmd in [
        "run",
        ". .venv/bin/activate && run",
        "[ -f x ] && run",
        "echo ${name:-default} ${name#a} ${name%b}",
        "run --source x --select y",
        "awk '{print $1, $2}' x",
        "node -e 'for (const [[a]] of x) {}'",
        "run 2>&1 | tee log",
        "curl -d '{\"a\":1,\"b\":2}' x",
        "echo $((1 + 2))",
        "exec run --set a==b",
    ] {
        assert!(!needs_bash(cmd), "{cmd}");
    }
}

#[test]
fn a_command_for_bash_behaves_the_same_after_the_import() {
    let (yaml, _) = imported(
        "process-compose.yaml",
        "processes:\n  web:\n    command: \"[[ 'a b' == a* ]] && echo \\\"it's $$X\\\"\"\n",
    );
    let project = Folder::new(&yaml).load().unwrap();
    let output = std::process::Command::new("sh")
        .args(["-c", &project.processes["web"].cmd])
        .env("X", "right")
        .output()
        .unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout), "it's right\n");
}

#[test]
fn templates_of_process_compose_are_reported_with_their_lines() {
    let (yaml, notes) = imported(
        "process-compose.yaml",
        "processes:
  web:
    description: '{{.Fine}}'
    command: serve {{.PC_REPLICA_NUM}} {{ .PC_REPLICA_NUM }} $$PC_PROC_NAME
    working_dir: ./{{.DIR}}
    environment: ['A={{.X}}']
    readiness_probe:
      http_get: {port: '8{{.PC_REPLICA_NUM}}'}
",
    );
    assert!(yaml.contains("cmd: serve 0 0 $PC_PROC_NAME"), "{yaml}");
    assert!(yaml.contains("PC_PROC_NAME: web"), "{yaml}");
    assert!(yaml.contains("127.0.0.1:80"), "{yaml}");
    let zero = "`{{.PC_REPLICA_NUM}}` is 0 now, because a process runs once";
    let open = "is not filled in; write what it stands for";
    assert_eq!(
        notes,
        [
            format!("4: web: {zero}"),
            format!("5: web: \"{{{{.DIR}}}}\" {open}"),
            format!("6: web: \"{{{{.X}}}}\" {open}"),
            format!("8: web: {zero}"),
        ]
    );
}

#[test]
fn keys_without_equivalent_are_named_by_their_whole_path() {
    let (_, notes) = imported(
        "process-compose.yaml",
        "processes:
  web:
    command: run
    shutdown: {command: stop, parent_only: true, odd: 1}
    availability: {exit_on_end: true}
    readiness_probe: {exec: {command: x}, success_threshold: 3, odd: 1}
  api:
    command: run
    readiness_probe: {http_get: {port: 80, status_code: 200}}
",
    );
    for path in [
        "4: web: `shutdown.command` has",
        "4: web: `shutdown.parent_only` has",
        "4: web: `shutdown.odd` has",
        "5: web: `availability.exit_on_end` has",
        "6: web: `readiness_probe.success_threshold` has",
        "6: web: `readiness_probe.odd` has",
        "9: api: `readiness_probe.http_get.status_code` has",
    ] {
        assert!(
            notes.iter().any(|it| it.starts_with(path)),
            "{path}: {notes:?}"
        );
    }
}

#[test]
fn wrong_lines_of_a_procfile_are_reported_together() {
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
fn files_without_process_compose_processes_are_rejected() {
    let dir = tempfile::tempdir().unwrap();
    for (text, expected) in [
        ("a: [", "this is not YAML"),
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
fn impossible_conditions_are_not_imported() {
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

/// Every key with a meaning, with valid, unusual and empty values.
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
    /// The imported file is valid, except for cycles of the author.
    #[test]
    fn an_imported_file_is_valid(processes in prop::collection::vec(any_process(), 1..4)) {
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
