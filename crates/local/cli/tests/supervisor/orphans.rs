//! No process outlives the supervisor, however it ends.

use std::process::{Child, Command};

use prox_config::model::Probe;
use rustix::process::{Pid, Signal, kill_process};

use crate::support::*;

/// Not a test: the tests below start it as a separate supervisor, and kill it.
#[tokio::test]
#[ignore = "started by the other tests"]
async fn a_supervisor_to_be_killed() {
    let place = std::env::var("PROX_TEST_PLACE").unwrap();
    let place = std::path::Path::new(&place);
    let mut project = project(place);
    let gentle = process(
        place,
        // Its output after the request to stop would fail with a broken pipe.
        "exec 2> /dev/null; trap 'echo asked > asked; exit 0' TERM; echo $$ > gentle; while :; do sleep 0.05; done",
    );
    let mut terminal = process(place, "echo $$ > terminal; sleep 1000");
    terminal.pty = true;
    let mut stubborn = process(
        place,
        "trap '' TERM HUP INT; sh -c 'echo $$ > grandchild; while :; do sleep 0.05; done' & \
         setsid sh -c 'trap \"\" TERM HUP; echo $$ > escaped; while :; do sleep 0.05; done' & \
         echo $$ > stubborn; while :; do sleep 0.05; done",
    );
    stubborn.stop_timeout = std::time::Duration::from_millis(300);
    project.processes.insert("gentle".into(), gentle);
    project.processes.insert("terminal".into(), terminal);
    project.processes.insert("stubborn".into(), stubborn);
    let bus = std::sync::Arc::new(prox_events::EventBus::new());
    let logs = prox_logs::Store::open(&project.logs, "test", bus.clone()).unwrap();
    let prox = env!("CARGO_BIN_EXE_prox").into();
    let _supervisor = prox_supervisor::Supervisor::start_with(prox, project, Vec::new(), bus, logs);
    std::future::pending::<()>().await;
}

fn supervise(place: &Place) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "orphans::a_supervisor_to_be_killed"])
        .env("PROX_TEST_PLACE", place.path())
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn nothing_is_left_after_the_supervisor_was_killed() {
    let place = Place::new();
    let mut supervisor = supervise(&place);
    let mut pids = Vec::new();
    for file in ["gentle", "terminal", "stubborn", "grandchild"] {
        pids.push(place.pid(file).await);
    }
    let escaped = place.pid("escaped").await;
    if cfg!(target_os = "linux") {
        pids.push(escaped);
    }
    supervisor.kill().unwrap();
    supervisor.wait().unwrap();
    for pid in pids {
        gone(pid).await;
    }
    // It got the stop signal first.
    assert_eq!(place.read("asked").unwrap(), "asked\n");
}

#[cfg(target_os = "linux")]
fn parent(pid: i32) -> i32 {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let fields = stat.rsplit_once(") ").unwrap().1;
    fields.split(' ').nth(1).unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn only_daemons_of_a_killed_runner_are_ended() {
    let place = Place::new();
    let away = "trap \"\" TERM; sleep 1000 & echo $! > below; echo $$ > escaped; wait";
    let mut project = place.with(&[
        (
            "api",
            &*format!("setsid sh -c '{away}' & echo $$ > pid; exec sleep 1000"),
        ),
        ("other", "echo $$ > other; exec sleep 1000"),
    ]);
    let mut daemon = dependency(Probe::Cmd("test -s daemon".into()));
    daemon.start = Some("setsid sh -c 'echo $$ > daemon; exec sleep 1000' &".into());
    project.dependencies.insert("db".into(), daemon);
    let run = place.start(project);
    let (other, daemon) = (place.pid("other").await, place.pid("daemon").await);
    let mut pids = Vec::new();
    for file in ["escaped", "below", "pid"] {
        pids.push(place.pid(file).await);
    }
    let holder = Pid::from_raw(parent(pids[2])).unwrap();
    kill_process(holder, Signal::KILL).unwrap();
    run.status("api", prox_events::Status::Crashed).await;
    for pid in pids {
        // Not even as a zombie.
        assert!(!std::path::Path::new(&format!("/proc/{pid}")).exists());
    }
    assert!(exists(other) && exists(daemon));
    run.supervisor.shutdown().await;
    assert!(!exists(other) && exists(daemon), "what was left stays");
    kill_process(Pid::from_raw(daemon).unwrap(), Signal::KILL).unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_process_ends_with_its_prox_run() {
    let place = Place::new();
    let run = place.start(place.with(&[("api", "echo $$ > pid; exec sleep 1000")]));
    let pid = place.pid("pid").await;
    let holder = parent(pid);
    // Neither of these stops it…
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        kill_process(Pid::from_raw(holder).unwrap(), signal).unwrap();
    }
    assert!(exists(holder));
    // … but this cannot be caught.
    kill_process(Pid::from_raw(holder).unwrap(), Signal::KILL).unwrap();
    gone(pid).await;
    run.status("api", prox_events::Status::Crashed).await;
    run.supervisor.shutdown().await;
}
