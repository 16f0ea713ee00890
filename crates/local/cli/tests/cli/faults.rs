//! Faults: two supervisors at once, killed ones, state files that are broken or of another user,
//! closed terminals.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{Done, Project, finish, is_alive, pid_in, signal, until};

const YAML: &str = "processes: {a: 'echo $$ > a.pid; exec sleep 1000'}";

#[test]
fn two_ups_at_once_give_one_winner_and_a_clear_message() {
    let project = Project::new(YAML);
    let children: Vec<_> = (0..3).map(|_| project.spawn(&["up", "-d"])).collect();
    let done: Vec<_> = children.into_iter().map(finish).collect();
    let winners = done.iter().filter(|it| it.code == 0).count();
    assert_eq!(winners, 1, "{done:#?}");
    let pid = project.pid();
    for loser in done.iter().filter(|it| it.code != 0) {
        assert_eq!(loser.code, 1, "{loser:?}");
        assert!(loser.err.contains("already running"), "{loser:?}");
        assert!(loser.err.contains(&format!("pid {pid}")), "{loser:?}");
    }
    let foreground = project.run(&["up", "--no-tui", "--json"]);
    assert_eq!(foreground.json()["code"], "ALREADY_RUNNING");
    assert_eq!(project.listed().len(), 1);
}

#[test]
fn after_kill_9_nothing_is_left_and_up_starts_again() {
    let project = Project::new(YAML);
    project.ok(&["up", "-d"]);
    let before = pid_in(&project.root().join("a.pid"));
    let supervisor = project.pid();
    let told = seqs(&project);
    signal(supervisor, Signal::KILL);
    until("the process to end with its supervisor", || {
        !is_alive(before)
    });
    assert_eq!(project.run(&["status"]).code, 4);
    assert!(project.state_files().is_empty(), "the stale file is gone");
    project.ok(&["up", "-d"]);
    assert_ne!(project.pid(), supervisor);
    let seqs = seqs(&project);
    assert!(seqs.is_sorted_by(|a, b| a < b), "numbers go on: {seqs:?}");
    // Lines may be lost: readers get an error, and do not take a new line for an old one.
    for known in told {
        let stream = format!("GET /api/v1/logs/stream?after={known}");
        let (status, body) = project.authorized(&stream, "");
        assert_eq!(status, 410, "{body}");
        assert!(body.contains("CURSOR_GONE"), "{body}");
    }
}

/// The numbers of the log lines.
fn seqs(project: &Project) -> Vec<u64> {
    let logs = project.ok(&["logs", "--json"]).out;
    let seq = |line: &str| serde_json::from_str::<Value>(line).unwrap()["seq"].as_u64();
    logs.lines().map(|line| seq(line).unwrap()).collect()
}

#[test]
fn a_state_with_a_reused_pid_is_stale_and_nobody_is_signalled() {
    let project = Project::new(YAML);
    project.ok(&["up", "-d"]);
    let file = project.state_files().remove(0);
    let mut state = project.state();
    project.ok(&["down"]);
    let mut stranger = Command::new("sleep").arg("1000").spawn().unwrap();
    state["pid"] = json!(stranger.id());
    fs::write(&file, state.to_string()).unwrap();
    for args in [["status"], ["down"]] {
        assert_eq!(project.run(&args).code, 4);
    }
    fs::write(&file, state.to_string()).unwrap();
    project.ok(&["up", "-d"]);
    project.ok(&["down"]);
    assert_eq!(stranger.try_wait().unwrap(), None, "it was left alone");
    stranger.kill().unwrap();
    stranger.wait().unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_supervisor_that_hangs_does_not_hang_others() {
    let project = Project::new(YAML);
    project.ok(&["up", "-d"]);
    let supervisor = project.pid();
    signal(supervisor, Signal::STOP);
    until("all of its threads to stop", || {
        let tasks = fs::read_dir(format!("/proc/{supervisor}/task")).unwrap();
        tasks
            .map(|task| task.unwrap().path().join("stat"))
            .all(|stat| {
                let stat = fs::read_to_string(stat).unwrap_or_default();
                stat.contains(") T ")
            })
    });
    let list = project.run(&["list"]);
    signal(supervisor, Signal::CONT);
    assert!(list.out.contains("does not answer"), "{list:?}");
    project.ok(&["status"]);
}

/// A supervisor that never handles its requests.
#[cfg(target_os = "linux")]
const HANGS: &str = r#"
import os, signal, socket, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
ours, theirs = socket.socketpair()
held = '''trap "" TERM; echo $$ > held
setsid sh -c 'trap "" TERM; echo $$ > escaped; while :; do sleep 0.05; done' &
while :; do sleep 0.05; done'''
holder = [sys.argv[1], '__run', 'pipes', '15', '300', 'end', held]
subprocess.Popen(holder, stdin=theirs, start_new_session=True, restore_signals=True)
theirs.close()
ours.send(b'!')
loose = subprocess.Popen(['sleep', '1000'], start_new_session=True)
open('loose', 'w').write(str(loose.pid))
time.sleep(1000)
"#;

#[cfg(target_os = "linux")]
#[test]
fn down_kills_a_supervisor_that_hangs_and_all_that_it_started() {
    let project = Project::new(&format!("shutdown_timeout: 2100ms\n{YAML}"));
    project.ok(&["up", "-d"]);
    let file = project.state_files().remove(0);
    let mut state = project.state();
    project.ok(&["down"]);
    let mut hangs = Command::new("python3")
        .args(["-c", HANGS, env!("CARGO_BIN_EXE_prox")])
        .current_dir(project.root())
        .spawn()
        .unwrap();
    let pids = ["held", "escaped", "loose"].map(|name| pid_in(&project.root().join(name)));
    // Another program answers on its port.
    let other = Project::new(YAML);
    other.ok(&["up", "-d"]);
    state["port"] = other.state()["port"].clone();
    state["pid"] = json!(hangs.id());
    state["processStart"] = json!(prox_control::registry::process_start(hangs.id()));
    fs::write(&file, state.to_string()).unwrap();
    let down = project.ok(&["down", "--json"]);
    assert_eq!(down.json()["killed"], true);
    let mut told = down.err.lines();
    assert!(
        told.next().unwrap().contains("does not respond"),
        "{down:?}"
    );
    assert!(told.next().unwrap().contains("killing it"), "{down:?}");
    assert!(!hangs.wait().unwrap().success());
    for pid in pids {
        assert!(!is_alive(pid));
    }
    assert!(!file.exists());
    project.ok(&["up", "-d"]);
}

/// Suspends it, as Ctrl-Z does.
#[cfg(target_os = "linux")]
#[test]
fn down_ends_a_supervisor_that_is_suspended_in_order() {
    let project = Project::new(YAML);
    project.ok(&["up", "-d"]);
    let (supervisor, process) = (project.pid(), pid_in(&project.root().join("a.pid")));
    signal(supervisor, Signal::STOP);
    let down = project.ok(&["down", "--json"]);
    assert_eq!(down.json()["killed"], false);
    assert!(!is_alive(supervisor) && !is_alive(process));
    assert!(project.ok(&["logs"]).out.contains("SIGTERM"));
}

#[test]
fn broken_state_is_reported_and_replaced() {
    let project = Project::new(YAML);
    project.ok(&["up", "-d"]);
    let file = project.state_files().remove(0);
    project.ok(&["down"]);
    for text in ["", "{\"pid\":", "nonsense"] {
        fs::write(&file, text).unwrap();
        let status = project.run(&["status"]);
        assert_eq!(status.code, 4, "{status:?}");
        assert!(status.err.contains("broken"), "{status:?}");
        let list = project.ok(&["list"]);
        assert!(list.err.contains("broken"), "{list:?}");
        fs::write(&file, text).unwrap();
        project.ok(&["up", "-d"]);
        project.ok(&["down"]);
    }
}

/// Only root can create a file of another user.
#[test]
fn a_state_file_of_another_user_is_refused() {
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: this needs root");
        return;
    }
    let project = Project::new(YAML);
    project.ok(&["up", "-d"]);
    let file = project.state_files().remove(0);
    let text = fs::read(&file).unwrap();
    project.ok(&["down"]);
    fs::write(&file, text).unwrap();
    std::os::unix::fs::chown(&file, Some(12345), None).unwrap();
    for args in [
        &["up", "-d"][..],
        &["up", "--no-tui"],
        &["status"],
        &["down"],
    ] {
        let done = project.run(args);
        assert_eq!(done.code, 1, "{args:?}: {done:?}");
        assert!(done.err.contains("belongs to user 12345"), "{done:?}");
    }
    fs::remove_file(&file).unwrap();
}

/// The reverse: commands of a real second user find a state file of root, whose supervisor they
/// could not even signal.
#[test]
fn another_user_gets_an_error_and_changes_nothing() {
    const NOBODY: u32 = 65_534;
    if !rustix::process::geteuid().is_root() {
        eprintln!("skipped: this needs root");
        return;
    }
    let project = Project::new(YAML);
    project.ok(&["up", "-d"]);
    let open_to_all = |path: &Path, mode| {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    };
    for folder in [
        "",
        "project",
        "home",
        "state",
        "state/prox",
        "state/prox/instances",
    ] {
        open_to_all(&project.path(folder), 0o777);
    }
    // The other user may read it, too, but that does not make it trusted.
    let file = project.state_files().remove(0);
    let prox = project.path("prox");
    fs::copy(env!("CARGO_BIN_EXE_prox"), &prox).unwrap();
    for mode in [0o600, 0o644] {
        open_to_all(&file, mode);
        for args in [
            &["status"][..],
            &["down"],
            &["up", "-d"],
            &["up", "--no-tui"],
            &["stop", "a"],
        ] {
            let mut command = Command::new(&prox);
            let here = project.command_in(&project.root(), &[]);
            for (name, value) in here.get_envs() {
                command.env(name, value.unwrap_or_default());
            }
            let run = command.args(args).current_dir(project.root());
            let done = Done::from(run.uid(NOBODY).gid(NOBODY).output().unwrap());
            assert_eq!(done.code, 1, "{args:?}: {done:?}");
            assert!(done.err.contains("belongs to user 0"), "{args:?}: {done:?}");
        }
    }
    assert_eq!(project.process("a")["status"], "running");
}

#[test]
fn signals_end_everything_in_order() {
    for ending in [Signal::INT, Signal::TERM, Signal::HUP] {
        let project = Project::new(YAML);
        let up = project.spawn(&["up", "--no-tui"]);
        let process = pid_in(&project.root().join("a.pid"));
        signal(up.id(), ending);
        let done = finish(up);
        assert_eq!(done.code, 0, "{ending:?}: {done:?}");
        assert!(!is_alive(process));
        assert!(project.state_files().is_empty());
        assert!(
            done.out.contains("SIGTERM"),
            "the last lines are shown: {done:?}"
        );
    }
}

#[test]
fn a_second_signal_kills_what_does_not_stop() {
    let project = Project::new(
        "shutdown_timeout: 10m\nprocesses: {a: {cmd: \"trap '' TERM; echo $$ > a.pid; while true; do sleep 1; done\", stop_timeout: 9m}}",
    );
    let mut up = project.spawn(&["up", "--no-tui"]);
    let process = pid_in(&project.root().join("a.pid"));
    let mut said = BufReader::new(up.stderr.take().unwrap()).lines();
    signal(up.id(), Signal::INT);
    assert!(said.next().unwrap().unwrap().contains("stopping"));
    assert!(is_alive(process));
    signal(up.id(), Signal::INT);
    finish(up);
    until("the process to be killed", || !is_alive(process));
    assert!(project.state_files().is_empty());
}

#[test]
fn a_process_that_is_suspended_is_stopped_in_order() {
    let project = Project::new(
        "processes:
  a:
    cmd: \"trap 'echo bye; exit 0' TERM; echo $$ > a.pid; kill -STOP $$; while :; do sleep 0.05; done\"
    stop_timeout: 9s",
    );
    project.ok(&["up", "-d"]);
    pid_in(&project.root().join("a.pid"));
    project.ok(&["stop", "a"]);
    let log = project.ok(&["logs"]).out;
    assert!(log.contains("| bye"), "{log}");
}

#[test]
fn lines_of_a_process_that_a_reload_removed_are_shown() {
    let project = Project::new("processes: {a: 'echo hello; exec sleep 1000', b: sleep 1000}");
    project.ok(&["up", "-d"]);
    until("the line", || project.ok(&["logs"]).out.contains("hello"));
    fs::write(
        project.root().join("prox.yaml"),
        "processes: {b: sleep 1000}",
    )
    .unwrap();
    project.ok(&["reload"]);
    assert!(project.ok(&["logs", "-p", "a"]).out.contains("hello"));
    assert_eq!(project.run(&["logs", "-p", "c"]).code, 7);
}

/// As when `down` resumes a suspended supervisor, and both its request and its signal arrive.
#[test]
fn a_signal_after_another_request_to_end_kills_nothing() {
    let project = Project::new(
        "shutdown_timeout: 2m
processes:
  a:
    cmd: \"trap 'until [ -e go ]; do sleep 0.05; done; exit 7' TERM; echo $$ > a.pid; while :; do sleep 0.05; done\"
    stop_timeout: 1m",
    );
    project.ok(&["up", "-d"]);
    let supervisor = project.pid();
    pid_in(&project.root().join("a.pid"));
    assert_eq!(project.authorized("POST /api/v1/shutdown", "").0, 202);
    until("it stops", || project.process("a")["status"] == "stopping");
    signal(supervisor, Signal::TERM);
    project.run(&["status"]);
    fs::write(project.root().join("go"), "").unwrap();
    until("the end", || !is_alive(supervisor));
    let log = project.ok(&["logs"]).out;
    assert!(log.contains("exited with code 7"), "{log}");
}

/// Runs in tmux, because only a real terminal sends a hangup.
#[test]
fn closing_the_terminal_ends_everything_in_order() {
    let project = Project::new(YAML);
    let socket = project.path("tmux");
    let tmux = |args: &[&str]| {
        let mut tmux = project.command_in(&project.root(), &[]);
        let variables: Vec<_> = tmux
            .get_envs()
            .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
            .collect();
        tmux = Command::new("tmux");
        let run = tmux.arg("-S").arg(&socket).args(args).envs(variables);
        assert!(run.current_dir(project.root()).status().unwrap().success());
    };
    let up = format!("{} up", env!("CARGO_BIN_EXE_prox"));
    tmux(&[
        "-f",
        "/dev/null",
        "new-session",
        "-d",
        "sh",
        "-c",
        &format!("{up}; exit"),
    ]);
    let process = pid_in(&project.root().join("a.pid"));
    tmux(&["kill-server"]);
    until("the process to end", || !is_alive(process));
    until("the supervisor to end", || project.state_files().is_empty());
    let log = project.ok(&["logs"]).out;
    assert!(log.contains("SIGTERM"), "it was stopped, not left: {log}");
}

#[test]
fn a_closed_output_ends_the_foreground() {
    let project =
        Project::new("processes: {a: 'echo $$ > a.pid; while true; do echo x; sleep 0.05; done'}");
    let mut up = project.spawn(&["up", "--no-tui"]);
    let process = pid_in(&project.root().join("a.pid"));
    drop(up.stdout.take());
    finish(up);
    assert!(!is_alive(process));
}

#[test]
fn a_background_project_survives_its_terminal() {
    let project = Project::new(YAML);
    // A shell that leads a session, as in a terminal; when it ends, its process group gets SIGHUP.
    let done = project
        .command_in(&project.root(), &[])
        .get_envs()
        .filter_map(|(name, value)| Some((name.to_owned(), value?.to_owned())))
        .fold(&mut Command::new("setsid"), |command, (name, value)| {
            command.env(name, value)
        })
        .args(["--wait", "sh", "-c"])
        .arg(format!(
            "{} up -d && kill -HUP 0",
            env!("CARGO_BIN_EXE_prox")
        ))
        .current_dir(project.root())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(!done.status.success(), "the shell was hung up on");
    project.ok(&["status"]);
}

#[test]
fn a_taken_port_is_named_before_anything_starts() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    for (key, yaml, code) in [
        ("`api.port`", format!("api: {{port: {port}}}"), "PORT_TAKEN"),
        (
            "set another `proxy.http_port` in prox.yaml",
            format!("services: {{a: 1}}\nproxy: {{http_port: {port}}}"),
            "PROXY_FAILED",
        ),
    ] {
        let project = Project::new(&format!("{yaml}\n{YAML}"));
        let done = project.run(&["up", "-d"]);
        assert_eq!(done.code, 1, "{done:?}");
        assert!(done.err.contains(&port.to_string()), "{done:?}");
        assert!(done.err.contains(key), "{done:?}");
        assert!(!project.root().join("a.pid").exists());
        assert!(project.state_files().is_empty());
        let json = project.run(&["up", "-d", "--json"]);
        assert_eq!(json.json()["code"], code);
    }
}

/// `/dev/full` acts as a full disk.
#[test]
fn all_lines_are_shown_also_those_that_could_not_be_written() {
    let project = Project::new(
        "logs: {dir: logs}
processes:
  a: {cmd: 'echo one; exec sleep 1000', healthcheck: {log: one}}
  b: {cmd: 'echo two; exec sleep 1000', depends_on: [a]}",
    );
    let logs = project.root().join("logs");
    fs::create_dir(&logs).unwrap();
    std::os::unix::fs::symlink("/dev/full", logs.join("a.log")).unwrap();
    project.ok(&["up", "-d"]);
    until("both lines", || {
        let said = project.ok(&["logs", "one"]).out + &project.ok(&["logs", "two"]).out;
        said.lines().count() == 2
    });
    for all in [&["-n", "all"][..], &["-n", "20000"]] {
        let said = project.ok(&[&["logs"], all].concat()).out;
        let of = |text: &str| said.find(text).unwrap_or(usize::MAX);
        assert!(
            of("| one") < of("| two") && of("| two") < usize::MAX,
            "{said}"
        );
        let one = project.ok(&[&["logs", "-p", "a", "one"], all].concat());
        assert_eq!(one.out, "a    | one\n");
    }
}

#[test]
fn a_state_that_cannot_be_stored_is_reported_once_with_a_hint() {
    let project = Project::new(YAML);
    let mut up = project.command_in(&project.root(), &["up", "-d"]);
    let done = Done::from(
        up.env("XDG_STATE_HOME", "/dev/null/state")
            .output()
            .unwrap(),
    );
    assert_eq!(done.code, 1, "{done:?}");
    assert_eq!(done.err.matches("Not a directory").count(), 1, "{done:?}");
    assert!(done.err.contains("XDG_STATE_HOME"), "{done:?}");
}

#[test]
fn log_files_that_cannot_be_made_are_named() {
    let project = Project::new(&format!("logs: {{dir: /dev/null/logs}}\n{YAML}"));
    let done = project.run(&["up", "-d"]);
    assert_eq!(done.code, 1, "{done:?}");
    assert!(done.err.contains("/dev/null/logs"), "{done:?}");
}
