use super::model::*;
use super::*;
use std::time::Duration;
use tempfile::TempDir;

/// A project folder with files and an environment of its own.
pub(super) struct Folder {
    dir: TempDir,
    environment: Environment,
}

impl Folder {
    pub(super) fn new(yaml: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let folder = Self {
            environment: Environment {
                env: BTreeMap::new(),
                home: Some(dir.path().join("home")),
            },
            dir,
        };
        folder.file("prox.yaml", yaml)
    }

    pub(super) fn file(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.dir.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    pub(super) fn env(mut self, name: &str, value: &str) -> Self {
        self.environment
            .env
            .insert(name.to_owned(), value.to_owned());
        self
    }

    pub(super) fn path(&self) -> &Path {
        self.dir.path()
    }

    fn root(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    pub(super) fn load(&self) -> Result<Project, ConfigErrors> {
        load_in(&self.dir.path().join("prox.yaml"), &self.environment)
    }

    fn project(&self) -> Project {
        self.load()
            .unwrap_or_else(|errors| panic!("{:?}", errors.problems))
    }

    /// Each mistake as `line:column message [| help]`.
    fn mistakes(&self) -> Vec<String> {
        let errors = self.load().expect_err("the file should be wrong");
        assert_eq!(errors.unreported, 0);
        errors
            .problems
            .iter()
            .map(|problem| {
                let place = problem
                    .position()
                    .map_or_else(String::new, |(line, column)| format!("{line}:{column} "));
                let file = problem.source.path.file_name().unwrap().to_str().unwrap();
                let file = if file == "prox.yaml" {
                    String::new()
                } else {
                    format!("{file} ")
                };
                let help = problem
                    .help
                    .as_ref()
                    .map_or_else(String::new, |help| format!(" | {help}"));
                format!("{file}{place}{}{help}", problem.message)
            })
            .map(|text| text.replace(self.root().to_str().unwrap(), "ROOT"))
            .collect()
    }
}

fn project(yaml: &str) -> Project {
    Folder::new(yaml).project()
}

fn mistakes(yaml: &str) -> Vec<String> {
    Folder::new(yaml).mistakes()
}

/// Adds a process, because a file without one is a mistake.
fn mistakes_with_web(yaml: &str) -> Vec<String> {
    mistakes(&format!("{yaml}\nprocesses: {{web: run}}"))
}

#[test]
fn the_shortest_file_has_the_defaults() {
    let folder = Folder::new("processes:\n  web: npm run dev\n");
    let project = folder.project();
    assert_eq!(project.root, folder.root());
    assert_eq!(project.file, folder.root().join("prox.yaml"));
    assert_eq!(
        project.api,
        Api {
            port: None,
            host: "127.0.0.1".to_owned(),
            auth: true
        }
    );
    assert_eq!(project.shutdown_timeout, Duration::from_secs(10));
    assert!(!project.proxy.enabled);
    assert_eq!(
        project.processes["web"],
        Process {
            cmd: "npm run dev".to_owned(),
            dir: folder.root(),
            env: BTreeMap::new(),
            pty: false,
            stop_signal: StopSignal::Term,
            stop_timeout: Duration::from_secs(8),
            depends_on: indexmap::IndexMap::new(),
            restart: Restart {
                policy: RestartPolicy::No,
                backoff: Duration::from_secs(1),
                max_backoff: Duration::from_secs(30),
                max_restarts: None,
            },
            watch: None,
            healthcheck: None,
        }
    );
}

/// A file with every key.
pub(super) const EVERYTHING: &str = r#"
x-anything: [1, {a: b}]
api: {port: 5600, host: "::1", auth: false}
env_file: .env
shutdown_timeout: 1m
processes:
  web:
    cmd: npm run dev
    dir: site
    env: {PORT: 3000, DEBUG: true, EMPTY: "", URL: "http://${HOST}/"}
    env_file: [web.env, {path: missing.env, required: false}]
    pty: true
    stop_signal: SIGINT
    stop_timeout: 30s
    depends_on: [api, migrate, db]
    restart: always
    watch: src
    healthcheck: {http: "http://127.0.0.1:3000/", interval: 1s, timeout: 500ms, retries: 5, start_period: 0s}
  api:
    cmd: |
      echo "$$ ${SHELL_FILLS}"
      exec api
    depends_on:
      worker: {condition: log_ready}
      migrate: {condition: completed}
    restart: {policy: on-failure, backoff: 2s, max_backoff: 1m, max_restarts: 3}
    watch: {paths: [src, /abs], ignore: ["**/*.tmp"], debounce: 1s}
    healthcheck: {tcp: 4000}
  worker:
    cmd: work
    healthcheck: {log: "ready in \\d+$$|$"}
  cron:
    cmd: cron
    depends_on: {worker: {condition: started}}
    watch: [a, b]
    healthcheck: {cmd: "true"}
dependencies:
  db:
    check: {tcp: "localhost:5432", timeout: 1m, interval: 2s}
    start: docker start db
    on_failure: warn
  mail: {check: {url: "https://mail.example/"}}
  disk: {check: {cmd: test -d /data}}
tasks:
  seed: ./seed
  migrate:
    cmd: ./migrate
    dir: ~/db
    env: {A: b}
    env_file: {path: web.env}
    depends_on: {db: {condition: healthy}}
    timeout: 2m
groups:
  backend: [api, worker]
services:
  web: 3000
  api: {port: 4000, host: localhost, listen: 9000}
proxy:
  enabled: true
  http_port: 80
  https_port: 443
  domain: dev.example
  capture: {enabled: false, max_body_size: 2MB, disk_budget: 3GiB, redact: [X-Key]}
logs: {dir: logs, max_size: 1MB, max_files: 2, retention: 3d}
hub: {url: "https://hub.example", organization: ada, instance: main, machine: laptop}
"#;

pub(super) fn everything() -> Folder {
    Folder::new(EVERYTHING)
        .file(".env", "HOST=from-file\nSHARED=1\nWINS=file\n")
        .file("web.env", "PORT=1\nOWN='x y'\nPATHS=${SHARED}/${WINS}\n")
        .env("WINS", "environment")
}

#[test]
fn every_key_is_read() {
    let folder = everything();
    let root = folder.root();
    let project = folder.project();
    assert_eq!(
        project.api,
        Api {
            port: Some(5600),
            host: "::1".to_owned(),
            auth: false
        }
    );
    let web = &project.processes["web"];
    assert_eq!(web.dir, root.join("site"));
    let env: Vec<_> = web.env.iter().map(|(k, v)| format!("{k}={v}")).collect();
    assert_eq!(
        env,
        [
            "DEBUG=true",
            "EMPTY=",
            "HOST=from-file",
            "OWN=x y",
            "PATHS=1/environment",
            "PORT=3000",
            "SHARED=1",
            "URL=http://from-file/",
        ]
    );
    assert!(web.pty);
    assert_eq!(web.stop_signal, StopSignal::Int);
    assert_eq!(web.stop_timeout, Duration::from_secs(30));
    let waits: Vec<_> = web
        .depends_on
        .iter()
        .map(|(n, c)| (n.as_str(), *c))
        .collect();
    assert_eq!(
        waits,
        [
            ("api", Condition::Healthy),
            ("migrate", Condition::CompletedSuccessfully),
            ("db", Condition::Healthy),
        ]
    );
    assert_eq!(web.restart.policy, RestartPolicy::Always);
    assert_eq!(web.watch.as_ref().unwrap().paths, [root.join("src")]);
    assert_eq!(
        web.healthcheck,
        Some(HealthCheck {
            probe: Probe::Http("http://127.0.0.1:3000/".to_owned()),
            interval: Duration::from_secs(1),
            timeout: Duration::from_millis(500),
            retries: 5,
            start_period: Duration::ZERO,
        })
    );
    let api = &project.processes["api"];
    assert_eq!(api.cmd, "echo \"$$ ${SHELL_FILLS}\"\nexec api\n");
    assert_eq!(
        api.restart,
        Restart {
            policy: RestartPolicy::OnFailure,
            backoff: Duration::from_secs(2),
            max_backoff: Duration::from_secs(60),
            max_restarts: Some(3),
        }
    );
    assert_eq!(
        api.watch,
        Some(Watch {
            paths: vec![root.join("src"), "/abs".into()],
            ignore: vec!["**/*.tmp".to_owned()],
            debounce: Duration::from_secs(1),
        })
    );
    assert_eq!(
        api.healthcheck.as_ref().unwrap().probe,
        Probe::Tcp("127.0.0.1:4000".to_owned())
    );
    assert_eq!(api.depends_on["worker"], Condition::LogReady);
    assert_eq!(api.depends_on["migrate"], Condition::Completed);
    assert_eq!(
        project.processes["worker"]
            .healthcheck
            .as_ref()
            .unwrap()
            .probe,
        Probe::Log("ready in \\d+$$|$".to_owned())
    );
    assert_eq!(
        project.dependencies["db"],
        Dependency {
            check: Probe::Tcp("localhost:5432".to_owned()),
            timeout: Duration::from_secs(60),
            interval: Duration::from_secs(2),
            start: Some("docker start db".to_owned()),
            on_failure: OnFailure::Warn,
        }
    );
    assert_eq!(
        project.dependencies["mail"].check,
        Probe::Http("https://mail.example/".to_owned())
    );
    let migrate = &project.tasks["migrate"];
    assert_eq!(migrate.dir, root.join("home/db"));
    assert_eq!(migrate.timeout, Duration::from_secs(120));
    assert_eq!(migrate.env["OWN"], "x y");
    assert_eq!(project.tasks["seed"].cmd, "./seed");
    assert_eq!(project.groups["backend"], ["api", "worker"]);
    assert_eq!(
        project.services["api"],
        Service {
            port: 4000,
            host: "localhost".to_owned(),
            listen: Some(9000)
        }
    );
    assert_eq!(
        project.proxy,
        Proxy {
            enabled: true,
            http_port: Some(80),
            https_port: Some(443),
            domain: "dev.example".to_owned(),
            capture: Capture {
                enabled: false,
                max_body_size: 2_000_000,
                disk_budget: 3 * 1_024 * 1_024 * 1_024,
                redact: vec!["x-key".to_owned()],
            },
        }
    );
    assert_eq!(
        project.logs,
        Logs {
            dir: Some(root.join("logs")),
            max_size: 1_000_000,
            max_files: 2,
            retention: Duration::from_secs(3 * 86_400),
        }
    );
}

#[test]
fn all_mistakes_are_reported_at_once_with_their_places() {
    assert_eq!(
        mistakes(
            "proceses: {}
api: {port: 70000, auth: yes, hots: x}
shutdown_timeout: 2s
processes:
  web:
    cmd: run
    cmd: again
    restart: allways
    depends_on: [wbe2, web]
    healthcheck: {http: localhost, tcp: 80, interval: 5}
  web2: {}
  prox: x
  bad name: x
tasks:
  web: x
",
        ),
        [
            "1:1 a project has no key \"proceses\" | did you mean `processes`?",
            "2:13 `port` cannot be \"70000\": it has to be a port: 0 to 65535",
            "2:26 `auth` cannot be \"yes\": it has to be `true` or `false` | write `true`",
            "2:31 the local API has no key \"hots\" | did you mean `host`?",
            "3:19 `shutdown_timeout` cannot be \"2s\": it has to be more than 2s and at most 10m",
            "7:5 the key \"cmd\" is here twice",
            "8:14 `restart` cannot be \"allways\": it has to be one of `no`, `on-failure`, `always` | did you mean `always`?",
            "9:18 there is no process, task or dependency \"wbe2\" | did you mean `web2`?",
            "9:24 \"web\" depends on itself",
            "10:25 `http` cannot be \"localhost\": it has to be an http or https address | did you mean `http://localhost`?",
            "10:36 a health check takes only one of `cmd`, `http`, `tcp`, `log`",
            "10:55 `interval` cannot be \"5\": it has to be a duration | with its unit: `5s`, `5ms`",
            "11:9 a process needs `cmd`",
            "12:3 the name \"prox\" is not possible | in the logs, this name means prox itself",
            "13:3 the name \"bad name\" is not possible | a name is up to 63 letters, digits, `_`, `-` and `.`, beginning with a letter, a digit or `_`",
            "15:3 a process has the name \"web\" already | processes, tasks, dependencies and groups share their names, because commands take any of them",
        ]
    );
}

#[test]
fn wrong_types_and_missing_values_are_reported() {
    assert_eq!(
        mistakes(
            "processes:
  web: [a]
  api:
  worker: {cmd: {a: b}, env: [A=b], depends_on: api}
  cron: {cmd: x, env: {A: }}
groups: {all: web}
",
        ),
        [
            "2:8 `web` is a list, but has to be a command, or a mapping with `cmd`, `dir`, `env`, `env_file`, `pty`, `stop_signal`, `stop_timeout`, `depends_on`, `restart`, `watch`, `healthcheck`",
            "3:6 `api` has no value | expected a command, or a mapping with `cmd`, `dir`, `env`, `env_file`, `pty`, `stop_signal`, `stop_timeout`, `depends_on`, `restart`, `watch`, `healthcheck`",
            "4:17 `cmd` is a mapping, but has to be a command",
            "4:30 `env` is a list, but has to be a mapping of names",
            "4:49 `depends_on` is a single value, but has to be a list, or a mapping of names | write `[api]`",
            "5:25 `A` has no value | write `\"\"` for an empty text",
            "6:15 `all` is a single value, but has to be a list | write `[web]`",
        ]
    );
}

#[test]
fn a_cycle_is_shown_as_a_path() {
    assert_eq!(
        mistakes(
            "processes:
  a: {cmd: x, depends_on: [b]}
  b: {cmd: x, depends_on: {t: {condition: started}}}
tasks:
  t: {cmd: x, depends_on: [a]}
",
        ),
        ["5:28 these wait for each other without end: a → b → t → a"]
    );
}

#[test]
fn conditions_that_can_never_hold_are_reported() {
    assert_eq!(
        mistakes(
            "processes:
  web: {cmd: x, restart: always}
  a:
    cmd: x
    depends_on:
      web: {condition: completed}
      t: {condition: healthy}
      d: {condition: completed_successfully}
      g: {condition: started}
  b: {cmd: x, depends_on: {web: {condition: log_ready}, t: {}}}
tasks: {t: x}
dependencies: {d: {check: {tcp: 1}}}
groups: {g: [a, t, a, none]}
",
        ),
        [
            "6:24 \"web\" is always restarted, so it never completes | wait for `healthy` or `started`, or make it a task",
            "7:22 \"t\" is a task, which has no health check | wait for `completed_successfully`, `completed` or `started`",
            "8:22 \"d\" is a dependency, which never completes and has no log | wait for `healthy`",
            "9:7 \"g\" is a group | name its processes one by one",
            "10:45 \"web\" has no `healthcheck.log` to wait for | give it one, or wait for `healthy` or `started`",
            "10:60 what is waited for needs `condition`",
            "13:17 \"t\" is a task | a group has processes only",
            "13:20 \"a\" is here twice",
            "13:23 there is no process \"none\"",
        ]
    );
}

#[test]
fn anchors_aliases_and_merge_keys_are_filled_in() {
    let project = project(
        "x-base: &base {cmd: run, restart: always, env: &env {A: 1}}
processes:
  web: {<<: *base, restart: on-failure}
  api: {<<: [{cmd: first}, *base], env: {<<: *env, B: 2}}
  worker: *base
",
    );
    let [web, api, worker] = ["web", "api", "worker"].map(|name| &project.processes[name]);
    assert_eq!(web.cmd, "run");
    assert_eq!(web.restart.policy, RestartPolicy::OnFailure);
    assert_eq!(
        (api.cmd.as_str(), api.restart.policy),
        ("first", RestartPolicy::Always)
    );
    assert_eq!(api.env.len(), 2);
    assert_eq!(worker.env["A"], "1");
}

#[test]
fn a_mistake_behind_an_alias_is_reported_once() {
    assert_eq!(
        mistakes(
            "x-base: &base {cmd: run, restart: sometimes}
processes: {a: *base, b: *base}
",
        ),
        [
            "1:35 `restart` cannot be \"sometimes\": it has to be one of `no`, `on-failure`, `always`"
        ]
    );
}

#[test]
fn wrong_anchors_are_reported() {
    assert_eq!(
        mistakes("a: &a [*a]"),
        ["1:8 this alias is inside the value that it refers to"]
    );
    assert_eq!(
        mistakes_with_web("x-a: {<<: 1}"),
        ["1:11 `<<` takes a mapping, or a list of mappings"]
    );
    assert_eq!(
        mistakes("a: *none"),
        [
            "1:4 this is not YAML: while parsing node, found unknown anchor | a text that begins with '*' needs quotes"
        ]
    );
}

#[test]
fn unset_variables_are_reported_at_their_positions() {
    let folder = Folder::new(
        "env_file: .env
api: {port: \"${PORT:?say which}\"}
processes:
  web: {cmd: 'echo ${NOT_LOOKED_AT}', env: {A: 'x ${NME} y', B: '${NAME}', C: '$${NAME}'}}
",
    )
    .file(".env", "NAME=ada\n");
    assert_eq!(
        folder.mistakes(),
        [
            "2:14 the variable `PORT` is not set: say which | set it, name a file that sets it in the top `env_file`, or give a default: `${PORT:-…}`",
            "4:51 the variable `NME` is not set | did you mean `NAME`? Or set it, name a file that sets it in the top `env_file`, or give a default: `${NME:-…}`",
        ]
    );
    let project = folder.env("PORT", "5601").env("NME", "eve").project();
    assert_eq!(project.api.port, Some(5601));
    assert_eq!(project.processes["web"].env["A"], "x eve y");
    assert_eq!(project.processes["web"].env["C"], "${NAME}");
}

#[test]
fn env_files_that_are_missing_or_wrong_are_reported() {
    let folder = Folder::new(
        "env_file: none.env
processes:
  web: {cmd: x, env_file: [bad.env, ./sub]}
  api: {cmd: x, env_file: bad.env}
",
    )
    .file("bad.env", "A=1\nnonsense secret\n")
    .file("sub/x", "");
    assert_eq!(
        folder.mistakes(),
        [
            "1:11 the env file ROOT/none.env does not exist | make it, or write `{path: …, required: false}` when it may be missing",
            "3:37 the env file ROOT/./sub is a folder",
            "bad.env 2:1 there is no `=` in this line | write `NAME=value`, or begin a comment with `#`",
        ]
    );
    let shown = folder.load().unwrap_err().reports().concat();
    assert!(!shown.contains("secret"), "{shown}");
}

#[test]
fn timeouts_and_ports_that_contradict_each_other_are_reported() {
    assert_eq!(
        mistakes(
            "processes:
  web: {cmd: x, stop_timeout: 30s, restart: {policy: always, backoff: 2m, max_backoff: 1m}}
services: {web: 8080, a: {port: 1, listen: 443}, b: {port: 2, listen: 2}, c: {port: 8080, host: 'a b'}, d: {port: 8080, host: db.test}, e: 9, f: {port: 3, listen: 9}}
proxy: {http_port: 8080, https_port: 443}
api: {host: 0.0.0.0}
",
        ),
        [
            "2:31 `stop_timeout` is longer than `shutdown_timeout`, which is 10s | raise `shutdown_timeout` too: when everything stops, nothing gets longer than that",
            "2:88 `max_backoff` is shorter than `backoff`, which is 2m",
            "3:17 port 8080 is the proxy's http_port already | the proxy cannot listen where the service does",
            "3:44 port 443 is the proxy's https_port already",
            "3:60 port 2 is that of the service \"b\" already | the proxy cannot listen where the service does",
            "3:97 `host` is not the name or address of a host",
            "3:140 port 9 is that of the service \"f\" already | the proxy cannot listen where the service does",
            "5:13 `host` cannot be \"0.0.0.0\": the API listens on this machine only | write 127.0.0.1 or ::1; who may call it may run commands here",
        ]
    );
}

#[test]
fn files_that_are_not_a_configuration_are_reported() {
    for (text, expected) in [
        ("", "there is nothing to run in it"),
        ("# nothing\n", "there is nothing to run in it"),
        ("---\n", "there is nothing to run in it"),
        (
            "just text",
            "the file has to be a mapping of keys to values",
        ),
        ("- a\n- b", "the file has to be a mapping of keys to values"),
        ("a: 1\n---\nb: 2", "a second document begins here"),
        ("a\0b", "there is a NUL character here, so this is not YAML"),
        (
            "a: \u{1b}[31m",
            "there is the control character U+001B here, so this is not YAML",
        ),
        ("? [a]\n: b", "a key has to be a plain text"),
        (
            "processes: {web: !shell x}",
            "the tag `!shell` means nothing here",
        ),
    ] {
        let errors = Folder::new(text).load().unwrap_err();
        assert!(
            errors.problems.iter().any(|p| p.message == expected),
            "{text:?}: {:?}",
            errors.problems
        );
    }
    let missing = tempfile::tempdir().unwrap().path().join("prox.yaml");
    let errors = load_in(&missing, &Environment::default()).unwrap_err();
    assert_eq!(errors.problems[0].message, "the file does not exist");
    let errors = load_in(Path::new("/dev/null"), &Environment::default()).unwrap_err();
    assert_eq!(errors.problems[0].message, "the file is not a regular file");
}

#[test]
fn a_file_in_another_encoding_is_reported_with_its_position() {
    for (bytes, place) in [
        // Windows-1252, also after a byte order mark; UTF-16.
        (&b"processes:\n  w\xfcb: x\n"[..], "2:4"),
        (&b"\xef\xbb\xbfa: \x80"[..], "1:4"),
        (&b"\xff\xfea\0"[..], "1:1"),
    ] {
        let folder = Folder::new("").file("prox.yaml", bytes);
        assert_eq!(
            folder.mistakes(),
            [format!(
                "{place} this byte is not UTF-8 | save the file as UTF-8"
            )]
        );
    }
    let folder = Folder::new("env_file: .env\nprocesses: {a: x}").file(".env", b"A=\x80secret");
    assert_eq!(
        folder.mistakes(),
        ["1:11 the env file ROOT/.env has a byte that is not UTF-8 in line 1, column 3"]
    );
}

#[test]
fn keys_that_look_like_numbers_or_null_are_names() {
    let project = project("processes: {1: x, null: y, true: z}");
    let names: Vec<_> = project.processes.keys().collect();
    assert_eq!(names, ["1", "null", "true"]);
    assert_eq!(
        mistakes("processes:\n  ~: x\n  1.5e: y\n  [a]: z\n  web: w\n")[0],
        "4:3 a key has to be a plain text"
    );
    assert!(mistakes("processes: {~: x}")[0].starts_with("1:13 the name \"~\" is not possible"));
}

#[test]
fn line_ends_and_byte_order_marks_do_not_matter() {
    let text = "processes:\n  web:\n    cmd: a\n    restart: nö\n";
    for text in [
        text.to_owned(),
        text.replace('\n', "\r\n"),
        text.replace('\n', "\r"),
        format!("\u{feff}{text}"),
        format!("# ü\n{text}").replacen("# ü\n", "", 1),
    ] {
        assert_eq!(
            mistakes(&text)[0].split(' ').next(),
            Some("4:14"),
            "{text:?}"
        );
    }
    assert_eq!(
        mistakes("processes:\n\tweb: x\n"),
        [
            "2:2 this is not YAML: tabs disallowed within this context (block indentation) | indent with spaces; YAML takes no tabs there"
        ]
    );
}

#[test]
fn commands_and_snippets_are_the_same_with_all_line_ends() {
    let text = "processes:\n  web: |\n    a\n    b\n  api: 'c\n\n    d'\n";
    let wrong = "processes:\n  web: x\n  wob: {cmnd: y}\n  api: z\n";
    for end in ["\n", "\r\n", "\r"] {
        let project = project(&text.replace('\n', end));
        assert_eq!(project.processes["web"].cmd, "a\nb\n", "{end:?}");
        assert_eq!(project.processes["api"].cmd, "c\nd", "{end:?}");
        let errors = Folder::new(&wrong.replace('\n', end)).load().unwrap_err();
        let shown = errors.reports().concat();
        let lines: Vec<_> = shown.lines().filter(|line| line.contains(" │ ")).collect();
        assert_eq!(lines[0], " 2 │   web: x", "{end:?}");
        assert_eq!(lines[1], " 3 │   wob: {cmnd: y}", "{end:?}");
    }
}

#[test]
fn hidden_text_stays_hidden_beside_other_text() {
    let long = "x".repeat(10_000);
    for (yaml, hidden) in [
        (
            format!("processes:\n  a: {long}\n  b: x\n  c: x\n  a: y\n"),
            "xxxxx",
        ),
        (
            "processes:\n  a: x \u{85}\n  b: x\n  c: x\n  a: y\n".to_owned(),
            "\u{85}",
        ),
        (
            "processes:\n  a: x\n  b: x\n  c: \u{85}\n  d: x\n  a: y\n".to_owned(),
            "\u{85}",
        ),
    ] {
        let errors = Folder::new(&yaml).load().unwrap_err();
        let shown = errors.reports().concat();
        assert!(shown.contains("a: y") && !shown.contains(hidden), "{shown}");
    }
    let errors = Folder::new("").file("Procfile", "wrong\r\na: b\r\nb: \0");
    let errors = import::import(&errors.path().join("Procfile"), None).unwrap_err();
    let shown = errors.reports().concat();
    assert!(shown.contains("a: b") && !shown.contains('\0'), "{shown}");
}

#[test]
fn a_file_that_is_too_large_is_reported_with_the_line() {
    let rule = "# 34567\n";
    let text = format!("{}web: x\n", rule.repeat(125_000));
    let folder = Folder::new(&text);
    assert_eq!(
        folder.mistakes(),
        [
            "125001:1 the file is larger than 1 MB | this is how far it was read; put long scripts and texts into files of their own"
        ]
    );
    let folder = Folder::new("env_file: .env\nprocesses: {a: x}").file(".env", &text);
    assert_eq!(
        folder.mistakes(),
        ["1:11 the env file ROOT/.env is larger than 1 MB, from line 125001 on"]
    );
    Folder::new("processes: {a: x}\n#")
        .file(
            "prox.yaml",
            format!("{}processes: {{a: x}}", rule.repeat(124_997)),
        )
        .project();
}

#[test]
fn variable_may_hold_what_the_file_must_quote() {
    let folder = Folder::new("processes: {web: {cmd: x, dir: '${WHERE}'}}").env("WHERE", "~");
    assert_eq!(
        folder.project().processes["web"].dir,
        folder.environment.home.clone().unwrap()
    );
    assert_eq!(
        mistakes("processes: {web: {cmd: x, dir: ~}}"),
        ["1:32 `dir` has no value | expected a path; the home folder is `~` in quotes"]
    );
}

/// Escapes in quotes can produce characters that a file may not contain itself.
#[test]
fn messages_are_always_safe_to_show() {
    assert_eq!(
        mistakes(
            r#"processes: {a: {cmd: x, dir: "${X:?\e[31m\nm}", env: {"A\e[2J": [x]}, "\u009b1m": y}}"#
        ),
        [
            r"1:30 the variable `X` is not set: \u{1b}[31m\nm | set it, name a file that sets it in the top `env_file`, or give a default: `${X:-…}`",
            r"1:65 `A\u{1b}[2J` is a list, but has to be a text",
            r#"1:71 a process has no key "\u{9b}1m" | known keys: `cmd`, `dir`, `env`, `env_file`, `pty`, `stop_signal`, `stop_timeout`, `depends_on`, `restart`, `watch`, `healthcheck`"#,
        ]
    );
}

#[test]
fn globs_that_match_nothing_are_reported() {
    assert_eq!(
        mistakes("processes: {web: {cmd: x, watch: {paths: a, ignore: [ok/**, '[a']}}}"),
        [
            "1:61 `ignore` cannot be \"[a\": it has to be a glob | unclosed character class; missing ']'"
        ]
    );
}

#[test]
fn texts_that_need_quotes_are_reported() {
    for (yaml, help) in [
        (
            "processes: {a: {cmd: x, watch: **/*.rs}}",
            "begins with '*'",
        ),
        ("processes:\n  a: @foo", "begins with '@'"),
        ("processes:\n  a: `foo`", "begins with '`'"),
        ("processes:\n  a: [ -f x ] && y", "begins with `[`"),
        ("processes:\n  a: \"x\" && y", "or a quote"),
        ("processes:\n  a: echo a: b", "has `: ` in it"),
    ] {
        let problems = Folder::new(yaml).load().unwrap_err().problems;
        let reported = problems[0].help.clone().unwrap_or_default();
        assert!(reported.contains(help), "{yaml}: {reported}");
    }
}

#[test]
fn too_large_pattern_is_reported_with_other_mistakes() {
    let yaml = |n, log: &str| format!(" p{n}: {{cmd: v, healthcheck: {{log: '{log}'}}}}\n");
    let large = [r"\w{200}", "a(", &"x".repeat(4_001), r"\w+ ready"];
    let lines = (0..).zip(large).map(|(n, log)| yaml(n, log));
    let errors = Folder::new(&format!("processes:\n{}", lines.collect::<String>()))
        .load()
        .unwrap_err();
    let helps: Vec<_> = errors.problems.iter().map(|it| it.help.clone()).collect();
    assert_eq!(helps.len(), 3, "{errors:#?}");
    for (help, part) in helps
        .iter()
        .zip(["count as often", "unclosed", "4001 bytes"])
    {
        assert!(help.as_ref().unwrap().contains(part), "{helps:#?}");
    }
    // Many small patterns are together too large. That is reported once, and not for a usual
    // number.
    let many = |count| {
        (0..count)
            .map(|n| yaml(n, r"\w+ on \d+"))
            .collect::<String>()
    };
    Folder::new(&format!("processes:\n{}", many(500))).project();
    let errors = Folder::new(&format!("processes:\n{}", many(5_000))).load();
    let problems = errors.unwrap_err().problems;
    assert_eq!(problems.len(), 1, "{problems:#?}");
    assert!(problems[0].help.as_ref().unwrap().contains("together"));
}

#[test]
fn lines_within_brackets_need_no_indentation() {
    let expected =
        project("processes:\n  web:\n    cmd: w\n    depends_on: [api, db]\n  api: a\n  db: d\n");
    for list in [
        "[\n      \"api\", \"db\"\n    ]",
        "[\n    \"api\",\n    \"db\"\n    ]",
        "[\n  \"api\",\n  db\n  ]",
        "[\napi,\ndb\n]",
        "[\n# one\n'api',\n\n  # two\ndb,\n]",
        "[ # first\napi\n,db]",
        "{\n    api: {\n    condition: healthy\n    },\n    db: {condition: healthy\n    }\n    }",
        "[\r\n      api, db\r\n    ]",
    ] {
        let text =
            format!("processes:\n  web:\n    cmd: w\n    depends_on: {list}\n  api: a\n  db: d\n");
        let found = project(&text);
        assert_eq!(
            found.processes["web"].depends_on, expected.processes["web"].depends_on,
            "{text}"
        );
        assert_eq!(found.processes.len(), 3, "{text}");
    }
    assert_eq!(project("processes: {\n  web: run\n}\n").processes.len(), 1);
}

#[test]
fn mistakes_after_unindented_lines_keep_their_positions() {
    assert_eq!(
        mistakes(
            "# ü\nprocesses:\n  web:\n    cmd: ü\n    depends_on: [\n    \"api\"\n    ]\n    nope: 1\n  api: a\n"
        ),
        [
            "8:5 a process has no key \"nope\" | known keys: `cmd`, `dir`, `env`, `env_file`, `pty`, `stop_signal`, `stop_timeout`, `depends_on`, `restart`, `watch`, `healthcheck`"
        ]
    );
    assert_eq!(
        mistakes(
            "processes:\n  web:\n    cmd: w\n    depends_on: [\n    api,\n    dib\n    ]\n  api: a\n"
        ),
        ["6:5 there is no process, task or dependency \"dib\""]
    );
    // A bracket that is never closed is still a mistake.
    let reported =
        mistakes("processes:\n  web:\n    cmd: w\n    depends_on: [\n    api\n  api: a\n");
    assert!(reported[0].contains("this is not YAML"), "{reported:?}");
}

#[test]
fn lines_within_quotes_need_no_indentation() {
    for (value, expected) in [
        ("\"one\ntwo\"", "one two"),
        ("'one\ntwo'", "one two"),
        ("\"one\n\ntwo\n  three\"", "one\ntwo three"),
        ("'it''s\n\n\nhere'", "it's\n\nhere"),
        ("\"say \\\"one\\\\\ntwo\\\" now\"", "say \"one\\ two\" now"),
        ("\"joined\\\ntogether\"", "joinedtogether"),
        ("\"ä ö\n☂ # no comment\nend\"", "ä ö ☂ # no comment end"),
        ("\"one\r\ntwo\"", "one two"),
        ("\"one\n      far\nnear\n\"", "one far near "),
    ] {
        for text in [
            format!("processes:\n  web:\n    cmd: {value}\n  api: a\n"),
            format!("processes: {{\n  web: {{cmd: {value}}},\n  api: a }}\n"),
            format!(
                "processes:\n  web:\n    cmd: w\n    env: {{X: {value}, Y: 'a\nb'}}\n  api: a\n"
            ),
        ] {
            let found = project(&text);
            let web = &found.processes["web"];
            let read = web.env.get("X").unwrap_or(&web.cmd);
            assert_eq!(read, expected, "{text}");
            assert!(found.processes.contains_key("api"), "{text}");
        }
    }
    // Mistakes are still reported where they stand.
    let told = mistakes("processes:\n  web:\n    cmd: \"ü\ntwo\"\n    nonsense: 1\n");
    assert!(told[0].starts_with("5:5 a process has no key"), "{told:?}");
    // A quote that is never closed is still a mistake.
    let told = mistakes("processes:\n  web:\n    cmd: \"one\n  two\n");
    assert!(told[0].contains("this is not YAML"), "{told:?}");
}

#[test]
fn names_that_a_shell_drops_cause_a_warning() {
    let folder = Folder::new(
        "env_file: top.env\nprocesses:\n  web:\n    cmd: run\n    env_file: web.env\n    env: {my-flag: '1', OK_1: x, _a: y}\n",
    )
    .file("top.env", "FINE=1\na.b=1\n")
    .file("web.env", "\nspring.url=x\n");
    let warnings = folder.project().warnings;
    let reported: Vec<_> = warnings.iter().map(ToString::to_string).collect();
    let advice = "not every `sh` passes on names with other signs than letters, digits and `_`";
    let line = |file: &str, line: usize, name: &str| {
        format!(
            "{}:{line}: the shell may not give \"{name}\" to the command; {advice}; begin the command with `env '{name}=…'`",
            folder.root().join(file).display()
        )
    };
    assert_eq!(
        reported,
        [
            line("top.env", 2, "a.b"),
            line("web.env", 2, "spring.url"),
            line("prox.yaml", 6, "my-flag"),
        ]
    );
    let project = folder.project();
    assert_eq!(project.processes["web"].env["spring.url"], "x");
}

/// A wrong line, a part of its advice, and the line corrected by the advice.
const ADVICE: &[(&str, &str, &str)] = &[
    (
        "env: {A: 'x${}y'}",
        "write `$$` for a dollar sign",
        "env: {A: 'x$${}y'}",
    ),
    (
        "env: {A: 'x${y'}",
        "write `$$` for a dollar sign",
        "env: {A: 'x$${y'}",
    ),
    (
        "env: {A: '${NONE}'}",
        "give a default: `${NONE:-…}`",
        "env: {A: '${NONE:-…}'}",
    ),
    (
        "env: {A: '${NONE+x}'}",
        "`${NAME:-default}`",
        "env: {A: '${NONE:-default}'}",
    ),
    (
        "env: {A: '${HOMEX}'}",
        "did you mean `HOME`?",
        "env: {A: '${HOME}'}",
    ),
    ("stop_timeout: 5", "with its unit: `5s`", "stop_timeout: 5s"),
    (
        "stop_timeout: soon",
        "such as 10s, 1m30s or 500ms",
        "stop_timeout: 500ms",
    ),
    (
        "stop_signal: TERM",
        "did you mean `SIGTERM`?",
        "stop_signal: SIGTERM",
    ),
    ("pty: yes", "write `true`", "pty: true"),
    ("pty: 'off'", "write `false`", "pty: false"),
    ("depends_on: api", "write `[api]`", "depends_on: [api]"),
    (
        "depends_on: [appi]",
        "did you mean `api`?",
        "depends_on: [api]",
    ),
    (
        "dependson: [api]",
        "did you mean `depends_on`?",
        "depends_on: [api]",
    ),
    (
        "healthcheck: {http: 'localhost:80/x'}",
        "did you mean `http://localhost:80/x`?",
        "healthcheck: {http: 'http://localhost:80/x'}",
    ),
    (
        "healthcheck: {tcp: db}",
        "such as 127.0.0.1:5432",
        "healthcheck: {tcp: '127.0.0.1:5432'}",
    ),
    (
        "restart: {policy: always, max_restarts: '5'}",
        "without quotes: 5",
        "restart: {policy: always, max_restarts: 5}",
    ),
    (
        "env_file: none.env",
        "`{path: …, required: false}`",
        "env_file: {path: none.env, required: false}",
    ),
    (
        "stop_timeout: 11s",
        "raise `shutdown_timeout` too",
        "stop_timeout: 11s\nshutdown_timeout: 13s",
    ),
];

#[test]
fn the_advice_for_a_mistake_makes_it_right() {
    for (wrong, advice, right) in ADVICE {
        let text = |line: &str| {
            let (line, top) = line.split_once('\n').unwrap_or((line, ""));
            format!("processes:\n  api: a\n  web:\n    cmd: w\n    {line}\n{top}\n")
        };
        let folder = Folder::new(&text(wrong)).env("HOME", "/home/ada");
        let reported = folder.mistakes();
        assert_eq!(reported.len(), 1, "{wrong}: {reported:?}");
        assert!(reported[0].contains(advice), "{wrong}: {reported:?}");
        folder.file("prox.yaml", text(right)).project();
    }
}

#[test]
fn hostile_files_are_rejected_quickly() {
    let bomb = (1..40).fold(
        "x-0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned(),
        |text, n| {
            let alias = format!("*a{}, ", n - 1).repeat(9);
            format!("{text}x-{n}: &a{n} [{alias}]\n")
        },
    );
    let merges = (1..40).fold("x-0: &a0 {k: v}\n".to_owned(), |text, n| {
        let m = n - 1;
        format!("{text}x-{n}: &a{n} {{<<: [*a{m}, *a{m}], k{n}: {{a: *a{m}, b: *a{m}}}}}\n")
    });
    let cases = [
        ("aliases", bomb),
        ("merges", merges),
        ("lists", "[".repeat(100_000)),
        ("mappings", "{a: ".repeat(100_000)),
        ("dashes", "- ".repeat(400_000)),
        ("questions", "? ".repeat(400_000)),
        ("keys", (0..60_000).map(|n| format!("k{n}: v\n")).collect()),
        ("same", "k: v\n".repeat(150_000)),
        ("quotes", "\"".repeat(900_000)),
        ("line", format!("a: {}", "x".repeat(900_000))),
        ("anchors", "&a ".repeat(200_000)),
        (
            "no indentation",
            format!("a:\n  b: [\n{}", "x,\n".repeat(200_000)),
        ),
        (
            "nothings in one line",
            format!(
                "processes: {{{}}}",
                (0..120_000).map(|n| format!("p{n}, ")).collect::<String>()
            ),
        ),
        (
            "twice in one line",
            format!("a: {{{}}}", "b, ".repeat(300_000)),
        ),
        (
            "dependencies",
            (0..20_000).fold("processes:\n".to_owned(), |text, n| {
                text + &format!(" p{n}: {{cmd: v, depends_on: [q{n}]}}\n")
            }),
        ),
        (
            "groups",
            format!(
                "processes:\n{}groups: {{g: [{}]}}\n",
                (0..30_000)
                    .map(|n| format!(" p{n}: v\n"))
                    .collect::<String>(),
                (0..30_001).map(|n| format!("p{n}, ")).collect::<String>(),
            ),
        ),
        (
            "regular expressions",
            (0..15_000).fold("processes:\n".to_owned(), |text, n| {
                text + &format!(" p{n}: {{cmd: v, healthcheck: {{log: 'p{n} \\w+'}}}}\n")
            }),
        ),
        (
            "a large regular expression",
            format!(
                "processes: {{a: {{cmd: v, healthcheck: {{log: '(?i){}'}}}}}}",
                r"\pL".repeat(200_000)
            ),
        ),
        ("colons", ":".repeat(900_000)),
        ("brackets", "[]".repeat(400_000)),
        ("10 MB", "a: b\n".repeat(2_000_000)),
        (
            "variables",
            format!("api: {{host: '{}'}}", "${A:-".repeat(100_000)),
        ),
        (
            "defaults",
            format!(
                "api: {{host: '{}{}'}}",
                "${A:-".repeat(1_000),
                "}".repeat(1_000)
            ),
        ),
    ];
    for (name, text) in cases {
        let begun = std::time::Instant::now();
        let errors = Folder::new(&text).load().expect_err(name);
        assert!(!errors.problems.is_empty(), "{name}");
        let shown = errors.reports().concat();
        assert!(shown.len() < 200_000, "{name}: {} bytes", shown.len());
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "{name}: {:?}",
            begun.elapsed()
        );
    }
}

#[test]
fn a_project_overrides_the_users_defaults() {
    let folder = Folder::new("processes: {web: x}\nproxy: {domain: mine.test, capture: {redact: [X-B]}}")
        .file(
            "home/.prox/config.yaml",
            "api: {port: 5555}\nproxy: {enabled: true, domain: theirs.test, http_port: 0, capture: {redact: [X-A]}}\nlogs: {dir: ~/logs, max_files: 9}",
        );
    let project = folder.project();
    assert_eq!(project.api.port, Some(5555));
    assert!(project.proxy.enabled);
    assert_eq!(project.proxy.domain, "mine.test");
    assert_eq!(project.proxy.http_port, None);
    assert_eq!(project.proxy.capture.redact, ["x-a", "x-b"]);
    let home = folder.environment.home.clone().unwrap();
    assert_eq!(project.logs.dir, Some(home.join("logs")));
    assert_eq!(project.logs.max_files, 9);

    // The folder of the XDG specification takes precedence.
    let folder = folder.file("home/.config/prox/config.yaml", "processes: {}");
    assert_eq!(
        folder.mistakes(),
        [
            "config.yaml 1:1 the user's defaults has no key \"processes\" | known keys: `api`, `proxy`, `logs`"
        ]
    );
}

#[test]
fn the_nearest_file_above_is_found() {
    let folder = Folder::new("")
        .file("a/prox.yml", "")
        .file("a/b/c/x", "")
        .file("a/b/prox.yaml/x", "");
    let root = folder.root();
    assert_eq!(find(&root), Some(root.join("prox.yaml")));
    assert_eq!(find(&root.join("a/b/c")), Some(root.join("a/prox.yml")));
    assert_eq!(find(&root.join("none")), None);
}

#[test]
fn the_report_for_programs_has_positions() {
    let errors = Folder::new("processes: {web: {}}").load().unwrap_err();
    let problems = errors.problems_json();
    assert_eq!(problems[0]["line"], 1);
    assert_eq!(problems[0]["column"], 18);
    assert_eq!(problems[0]["message"], "a process needs `cmd`");
}

#[test]
fn the_schema_names_the_ports_of_the_local_api() {
    let ports = format!("{} to {}", model::API_PORTS.start(), model::API_PORTS.end());
    assert!(json_schema::text().contains(&ports));
}
