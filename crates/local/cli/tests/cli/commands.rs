//! Commands that people type, and their output.

use std::fs;
use std::io::{BufRead, BufReader};

use prox::args::ENVIRONMENT;
use prox::exit::Exit;
use rustix::process::Signal;

use crate::support::{Project, finish, is_alive, signal, until};

const YAML: &str = "
processes:
  web: {cmd: 'echo listening; exec sleep 1000', healthcheck: {log: listening}}
  api: {cmd: 'echo \"{\\\"level\\\":\\\"error\\\",\\\"msg\\\":\\\"it broke\\\"}\"; exec sleep 1000', depends_on: [web]}
tasks: {migrate: {cmd: echo migrated}}
";

#[test]
fn up_status_logs_and_down() {
    let project = Project::new(YAML);
    let up = project.ok(&["up", "-d"]);
    assert!(up.out.contains("web: healthy"), "{up:?}");
    assert!(up.out.contains("running in the background"), "{up:?}");
    let status = project.ok(&["status"]);
    for word in [
        "web",
        "healthy",
        "api",
        "running",
        "migrate",
        "task",
        "completed",
    ] {
        assert!(status.out.contains(word), "{word}: {status:?}");
    }
    let json = project.ok(&["status", "--json"]).json();
    assert_eq!(json["overall"], "healthy");
    assert_eq!(json["pid"], project.state()["pid"]);
    let logs = project.ok(&["logs"]).out;
    assert!(logs.contains("web     | listening\n"), "{logs}");
    assert!(logs.contains("api     | ERROR it broke\n"), "{logs}");
    assert!(!logs.contains('\x1b'), "no colours without a terminal");
    let web = project.process("web")["pid"].as_u64().unwrap();
    let supervisor = project.pid();
    let down = project.ok(&["down"]);
    assert!(down.out.contains("stopped"), "{down:?}");
    assert!(!is_alive(supervisor));
    assert!(!is_alive(u32::try_from(web).unwrap()));
    assert!(project.state_files().is_empty());
    // The log stays.
    let after = project.ok(&["logs", "-n", "all"]).out;
    assert!(after.starts_with(logs.lines().next().unwrap()), "{after}");
    assert!(after.contains("SIGTERM"), "{after}");
    for args in [&["status"][..], &["down"], &["attach"], &["restart", "web"]] {
        let done = project.run(args);
        assert_eq!(done.code, 4, "{args:?}: {done:?}");
        assert!(done.err.contains("is not running"), "{done:?}");
    }
}

#[test]
fn the_log_is_filtered_alike_while_it_runs_and_after_the_end() {
    let project = Project::new(YAML);
    project.ok(&["up", "-d"]);
    let ask = || {
        until("the last line", || {
            project
                .ok(&["logs", "--pattern", "it broke"])
                .out
                .lines()
                .count()
                == 1
        });
        let count = |args: &[&str]| {
            let done = project.ok(&[&["logs", "--json"], args].concat());
            let lines = done.out.lines();
            lines
                .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
                .filter(|line| line["stream"] != "system")
                .map(|line| line["process"].as_str().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(count(&["--process", "web"]), ["web"]);
        assert_eq!(count(&["-p", "web,api"]), ["web", "api"]);
        assert_eq!(count(&["--level", "warn"]), ["api"]);
        assert_eq!(count(&["--regex", "^mig"]), ["migrate"]);
        assert_eq!(count(&["--pattern", "LISTEN"]), ["web"]);
        assert_eq!(count(&["level:error", "-healthy"]), ["api"]);
        assert_eq!(count(&["-broke", "-listening"]), ["migrate"]);
        assert_eq!(count(&["--since", "1h", "proc:web"]), ["web"]);
        // Flags may be anywhere; everything else is the filter.
        assert_eq!(count(&["-listening", "-broke", "-n2000"]), ["migrate"]);
        assert_eq!(count(&["broke", "-p", "web,api", "-n", "50"]), ["api"]);
        assert_eq!(count(&["LISTEN", "--since=1h", "-migrated"]), ["web"]);
        assert!(count(&["broke", "-n", "0"]).is_empty());
        assert!(count(&["broke", "--", "-V"]).is_empty());
        assert_eq!(count(&["broke", "--", "-name"]), ["api"]);
        assert!(count(&["--since", "2100-01-01T00:00:00Z"]).is_empty());
        assert!(count(&["-n", "0"]).is_empty());
        for (args, code, word) in [
            (["--regex", "("], 2, "regular expression"),
            (["--since", "never"], 2, "not a time"),
            (["--process", "wob"], 7, "did you mean `web`"),
            (["broke", "--folow"], 2, "'--follow'"),
        ] {
            let done = project.run(&[&["logs"], &args[..]].concat());
            assert_eq!(done.code, code, "{done:?}");
            assert!(done.err.contains(word), "{done:?}");
        }
    };
    ask();
    project.ok(&["down"]);
    ask();
}

#[test]
fn logs_follow_until_the_end() {
    let project = Project::new("processes: {a: 'echo one; read line; echo two; exec sleep 1000'}");
    project.ok(&["up", "-d"]);
    let mut logs = project.spawn(&["logs", "-f", "proc:a"]);
    let mut lines = BufReader::new(logs.stdout.take().unwrap()).lines();
    while lines.next().unwrap().unwrap() != "a    | one" {}
    project.authorized("POST /api/v1/processes/a/stdin", "{\"text\":\"\\n\"}");
    while lines.next().unwrap().unwrap() != "a    | two" {}
    project.ok(&["down"]);
    while lines.next().is_some() {}
    assert_eq!(finish(logs).code, 0);
}

#[test]
fn everything_works_from_a_folder_below() {
    let project = Project::new(YAML);
    let below = project.root().join("below/it");
    for args in [
        &["up", "-d"][..],
        &["status"],
        &["logs"],
        &["stop", "web"],
        &["down"],
    ] {
        let done = project.run_in(&below, args);
        assert_eq!(done.code, 0, "{args:?}: {done:?}");
    }
    let elsewhere = project.run_in(&project.path("home"), &["status"]);
    assert_eq!(elsewhere.code, 3);
    assert!(elsewhere.err.contains("no prox.yaml"), "{elsewhere:?}");
}

#[test]
fn several_projects_run_side_by_side() {
    let project = Project::new(YAML);
    let other = project.beside("other", "processes: {only: exec sleep 1000}");
    assert!(project.listed().is_empty());
    project.ok(&["up", "-d"]);
    assert_eq!(project.run_in(&other, &["up", "-d"]).code, 0);
    let list = project.listed();
    assert_eq!(list.len(), 2);
    assert_ne!(list[0]["port"], list[1]["port"]);
    assert!(list.iter().all(|it| it["overall"] == "healthy"), "{list:?}");
    let shown = project.ok(&["list"]).out;
    assert!(shown.contains(other.to_str().unwrap()), "{shown}");
    assert_eq!(project.run_in(&other, &["down"]).code, 0);
    assert_eq!(project.listed().len(), 1);
}

#[test]
fn the_exit_code_of_status_names_the_worst_state() {
    let cases = [
        ("processes: {a: exec sleep 1000}", 0),
        ("processes: {a: exit 3, b: exec sleep 1000}", 5),
        (
            "processes: {a: {cmd: exec sleep 1000, healthcheck: {cmd: 'false', interval: 50ms, retries: 2, start_period: 0s}}}",
            6,
        ),
        (
            "processes: {a: {cmd: exec sleep 1000, healthcheck: {log: never, start_period: 60s}}}",
            6,
        ),
    ];
    for (yaml, code) in cases {
        let project = Project::new(yaml);
        let mut up = project.spawn(&["up", "--no-tui"]);
        project.until_started();
        until("the state", || project.run(&["status"]).code == code);
        signal(up.id(), Signal::TERM);
        assert!(up.wait().unwrap().success(), "{yaml}");
    }
}

#[test]
fn up_in_the_background_shows_the_last_lines_of_what_failed() {
    let project = Project::new(
        "processes: {bad: 'for i in $(seq 30); do echo line $i; done; exit 3', good: exec sleep 1000}",
    );
    let up = project.run(&["up", "-d"]);
    assert_eq!(up.code, 5, "{up:?}");
    assert!(up.err.contains("bad  | line 30\n"), "{up:?}");
    let shown = up
        .err
        .lines()
        .filter(|line| line.starts_with("bad "))
        .count();
    assert_eq!(shown, 20, "{up:?}");
    assert!(!up.err.contains("good"), "{up:?}");
    assert_eq!(project.process("good")["status"], "running");
    project.ok(&["down"]);
    let json = project.run(&["up", "-d", "--json"]);
    assert_eq!(json.code, 5, "{json:?}");
    assert_eq!(json.json()["code"], "CRASHED");
}

#[test]
fn up_in_the_background_ends_when_a_log_line_is_missing() {
    let project = Project::new(
        "processes:
  web:
    cmd: 'echo ready on 3001; exec sleep 1000'
    healthcheck: {log: ready on 3000, interval: 50ms, retries: 2, start_period: 0s}
  worker: {cmd: exec sleep 1000, depends_on: [web]}",
    );
    let up = project.run(&["up", "-d", "--timeout", "60s"]);
    assert_eq!(up.code, 6, "{up:?}");
    for words in [
        "web is unhealthy: no line so far matches /ready on 3000/",
        "web  | started",
    ] {
        assert!(up.err.contains(words), "{words}: {up:?}");
    }
    let reason = project.process("worker")["reason"].clone();
    assert_eq!(
        reason,
        "waits until web is healthy: no line so far matches /ready on 3000/"
    );
}

#[test]
fn background_up_times_out_and_names_what_is_not_ready() {
    let project = Project::new(
        "processes:
  slow: {cmd: 'echo not yet; exec sleep 1000', healthcheck: {log: never}}
  worker: {cmd: exec sleep 1000, depends_on: [slow]}
  good: exec sleep 1000
tasks: {endless: exec sleep 1000}",
    );
    let up = project.run(&["up", "-d", "--timeout", "1500ms"]);
    assert_eq!(up.code, 6, "{up:?}");
    for words in [
        "not ready within 1s 500ms",
        "slow: starting",
        "worker: waits until slow is healthy",
        "endless: running",
        "slow | not yet\n",
    ] {
        assert!(up.err.contains(words), "{words}: {up:?}");
    }
    assert!(!up.err.contains("good"), "{up:?}");
    assert_eq!(project.process("good")["status"], "running");
    project.ok(&["down"]);
    let json = project.run(&["up", "-d", "--timeout", "1ms", "--json"]);
    assert_eq!((json.code, &json.json()["code"]), (6, &"NOT_READY".into()));
    for wrong in ["soon", "5", "-3s"] {
        let up = project.run(&["up", "-d", &format!("--timeout={wrong}")]);
        assert_eq!(up.code, 2, "{up:?}");
        assert!(up.err.contains("5m"), "{up:?}");
    }
}

#[test]
fn up_starts_only_what_is_named() {
    let project = Project::new(
        "processes: {a: exec sleep 1000, b: {cmd: exec sleep 1000, depends_on: [a]}, c: exec sleep 1000}",
    );
    project.ok(&["up", "-d", "b"]);
    assert_eq!(project.process("a")["status"], "running");
    assert_eq!(project.process("c")["status"], "stopped");
    project.ok(&["start", "c"]);
    until("c", || project.process("c")["status"] == "running");
    project.ok(&["down"]);
    let wrong = project.run(&["up", "-d", "zzz"]);
    assert_eq!(wrong.code, 7, "{wrong:?}");
    assert!(project.state_files().is_empty());
}

#[test]
fn up_with_names_reports_only_them_and_their_dependencies() {
    let project = Project::new(
        "tasks: {t: 'true'}
processes: {a: {cmd: sleep 1000, depends_on: [t]}, b: sleep 1000}",
    );
    let up = project.ok(&["up", "-d", "a"]).out;
    assert!(
        up.contains("a: running") && up.contains("t: completed"),
        "{up}"
    );
    assert!(!up.contains("b: "), "{up}");
}

#[test]
fn wrong_names_and_wrong_configurations_have_their_codes() {
    let project = Project::new(YAML);
    project.ok(&["up", "-d"]);
    for args in [["start", "wob"], ["stop", "wob"], ["restart", "wob"]] {
        let done = project.run(&args);
        assert_eq!(done.code, 7, "{done:?}");
        let json = project.run(&[args[0], args[1], "--json"]);
        assert_eq!(
            (json.code, json.json()["code"].as_str()),
            (7, Some("PROCESS_NOT_FOUND"))
        );
        assert!(json.err.is_empty(), "{json:?}");
    }
    let again = project.run(&["start", "web", "--json"]);
    assert_eq!(again.json()["code"], "PROCESS_ALREADY_RUNNING");
    assert_eq!(project.run(&["frobnicate"]).code, 2);
    assert_eq!(project.run(&["logs", "-n", "many"]).code, 2);
    project.ok(&["down"]);
    project.write("processes: {a: {cmd: x, depends_on: [b]}}\nfoo: 1");
    for args in [&["up", "-d"][..], &["up", "--no-tui"]] {
        let done = project.run(args);
        assert_eq!(done.code, 3, "{done:?}");
        assert!(
            done.err.contains("foo") && done.err.contains('b'),
            "{done:?}"
        );
    }
    let json = project.run(&["up", "-d", "--json"]);
    assert_eq!(
        (json.code, json.json()["code"].as_str()),
        (3, Some("CONFIG_INVALID"))
    );
}

#[test]
fn a_reload_restarts_only_what_changed_and_survives_mistakes() {
    let project =
        Project::new("processes: {a: exec sleep 1000, b: exec sleep 1000, c: exec sleep 1000}");
    project.ok(&["up", "-d"]);
    let before = [
        project.process("a")["pid"].clone(),
        project.process("b")["pid"].clone(),
    ];
    project.write("processes: {a: [}");
    let wrong = project.run(&["reload", "--json"]);
    assert_eq!(
        (wrong.code, wrong.json()["code"].as_str()),
        (3, Some("CONFIG_RELOAD_FAILED"))
    );
    assert_eq!(wrong.json()["problems"][0]["line"], 1, "{wrong:?}");
    let wrong = project.run(&["reload"]).err;
    assert!(wrong.starts_with("  × one mistake in the"), "{wrong}");
    assert_eq!(project.process("a")["pid"], before[0]);
    project.write("processes: {a: exec sleep 1000, b: exec sleep 2000, d: exec sleep 1000}");
    let report = project.ok(&["reload", "--json"]).json();
    assert_eq!(report["added"], serde_json::json!(["d"]), "{report}");
    assert_eq!(report["removed"], serde_json::json!(["c"]), "{report}");
    assert_eq!(report["restarted"], serde_json::json!(["b"]), "{report}");
    assert_eq!(project.process("a")["pid"], before[0]);
    until("the new b", || {
        let b = project.process("b");
        b["status"] == "running" && b["pid"] != before[1]
    });
    until("c to be gone", || project.run(&["start", "c"]).code == 7);
    let gone = project.run(&["start", "c", "--json"]);
    assert_eq!(gone.json()["code"], "PROCESS_NOT_IN_CONFIG");
}

#[test]
fn attach_shows_the_log_and_leaves_everything_running() {
    let project = Project::new(YAML);
    project.ok(&["up", "-d"]);
    let mut attached = project.spawn(&["attach"]);
    let mut lines = BufReader::new(attached.stdout.take().unwrap()).lines();
    while lines.next().unwrap().unwrap() != "web     | listening" {}
    signal(attached.id(), Signal::INT);
    attached.wait().unwrap();
    project.ok(&["status"]);
    let no_terminal = project.run(&["attach", "--tui"]);
    assert_eq!(no_terminal.code, 2, "{no_terminal:?}");
}

#[test]
fn up_without_a_terminal_prints_the_log_until_the_end() {
    let project = Project::new("processes: {a: echo one, b: 'echo two; exit 0'}");
    let done = finish(project.spawn(&["up"]));
    assert_eq!(done.code, 0, "{done:?}");
    assert!(
        done.out.contains("a    | one\n") && done.out.contains("b    | two\n"),
        "{done:?}"
    );
    assert!(!done.out.contains('\x1b'), "{done:?}");
    project.write("processes: {a: echo one, b: 'echo two; exit 3'}");
    let done = finish(project.spawn(&["up"]));
    assert_eq!(done.code, 5, "{done:?}");
    let tui = project.run(&["up", "--tui"]);
    assert_eq!(tui.code, 2, "{tui:?}");
}

#[test]
fn version_completion_and_manual_are_made() {
    let project = Project::new(YAML);
    let version = project.ok(&["version", "--json"]).json();
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    assert!(project.ok(&["--version"]).out.starts_with("prox "));
    for shell in ["bash", "zsh", "fish"] {
        let script = project.ok(&["completion", shell]).out;
        assert!(script.contains("restart"), "{shell}");
    }
    let folder = project.path("man");
    project.ok(&["man", folder.to_str().unwrap()]);
    let page = fs::read_to_string(folder.join("prox-logs.1")).unwrap();
    assert!(page.contains("follow"), "{page}");
    for exit in Exit::ALL {
        let told = format!("\\fB{}\\fR\n{}\n", exit.code(), exit.meaning());
        assert!(page.contains(&told), "{page}");
    }
    for (variable, _) in ENVIRONMENT {
        assert!(page.contains(variable), "{variable}");
    }
}
