//! Processes that misbehave.

use std::time::Duration;

use prox_events::Status;

use crate::support::*;

#[tokio::test]
async fn a_command_that_does_not_exist_has_crashed_with_a_reason() {
    let place = Place::new();
    let run = place.start(place.with(&[("api", "no-such-command --serve")]));
    let view = run.status("api", Status::Crashed).await;
    assert_eq!(view.exit_code, Some(127));
    assert!(view.reason.unwrap().contains("not found"));
    run.line("api", "no-such-command").await;
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn a_process_that_exits_at_once_has_not_settled() {
    let place = Place::new();
    let run = place.start(place.with(&[("api", "sleep 0.05; exit 3")]));
    let error = run.supervisor.settled().await.unwrap_err();
    assert_eq!(error, "api exited with code 3");
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn a_folder_that_does_not_exist_is_named() {
    let place = Place::new();
    let mut project = place.with(&[("api", "true")]);
    project.processes["api"].dir = place.path().join("nowhere");
    let run = place.start(project);
    let view = run.status("api", Status::Crashed).await;
    assert!(view.reason.unwrap().contains("nowhere"));
    assert_eq!(view.exit_code, None);
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn a_process_that_ignores_its_signal_is_killed() {
    let place = Place::new();
    let mut project = place.with(&[(
        "api",
        "trap '' TERM INT HUP; echo $$ > pid; while :; do sleep 0.05; done",
    )]);
    project.processes["api"].stop_timeout = Duration::from_millis(200);
    let run = place.start(project);
    let pid = place.pid("pid").await;
    run.supervisor.stop("api").await.unwrap();
    assert!(!exists(pid));
    assert_eq!(run.view("api").signal, Some(9));
    run.line("api", "killing it").await;
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn descendants_of_a_process_end_with_it() {
    let place = Place::new();
    let run = place.start(place.with(&[(
        "api",
        "sleep 1000 & echo $! > child; setsid sh -c 'echo $$ > escaped; exec sleep 1000' & \
         while ! test -s escaped; do sleep 0.01; done; exit 4",
    )]));
    let view = run.status("api", Status::Crashed).await;
    assert_eq!(view.exit_code, Some(4));
    assert!(!exists(place.pid("child").await));
    #[cfg(target_os = "linux")]
    assert!(!exists(place.pid("escaped").await));
    run.supervisor.shutdown().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn daemon_that_ignores_signals_ends_with_its_process() {
    let place = Place::new();
    let daemon = "trap \"\" TERM; echo $$ > daemon; while :; do sleep 0.05; done";
    let mut project = place.with(&[(
        "api",
        &*format!("(setsid sh -c '{daemon}' &) ; exec sleep 1000"),
    )]);
    project.processes["api"].stop_timeout = Duration::from_millis(300);
    let run = place.start(project);
    let daemon = place.pid("daemon").await;
    run.supervisor.stop("api").await.unwrap();
    assert!(!exists(daemon));
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn output_without_a_newline_and_binary_output_are_logged() {
    let place = Place::new();
    let run = place.start(place.with(&[
        ("bare", "printf 'no newline'"),
        ("binary", "printf 'a\\377\\000b\\n'"),
    ]));
    run.status("bare", Status::Completed).await;
    run.status("binary", Status::Completed).await;
    assert_eq!(run.output("bare"), ["no newline"]);
    assert_eq!(run.output("binary").len(), 1);
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn a_line_that_is_too_long_is_cut_and_nothing_is_lost() {
    let place = Place::new();
    let run = place.start(place.with(&[(
        "long",
        "head -c 200000 /dev/zero | tr '\\0' x; echo; echo next",
    )]));
    run.status("long", Status::Completed).await;
    let lines = run.output("long");
    assert_eq!(lines.len(), 5);
    let x: usize = lines.iter().map(|line| line.matches('x').count()).sum();
    // One in `next`.
    assert_eq!(x, 200_001);
    assert!(lines[0].ends_with("[the line goes on]"));
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn a_process_that_closes_its_output_keeps_running() {
    let place = Place::new();
    let run = place.start(place.with(&[(
        "quiet",
        "echo last; exec >&- 2>&- <&-; echo $$ > pid; while ! test -e end; do sleep 0.05; done; exit 5",
    )]));
    let pid = place.pid("pid").await;
    run.line("quiet", "last").await;
    run.status("quiet", Status::Running).await;
    assert!(exists(pid));
    std::fs::write(place.path().join("end"), "").unwrap();
    assert_eq!(
        run.status("quiet", Status::Crashed).await.exit_code,
        Some(5)
    );
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn input_reaches_the_process() {
    let place = Place::new();
    let mut project = place.with(&[
        ("pipe", "while read line; do echo \"got $line\"; done"),
        ("terminal", "while read line; do echo \"got $line\"; done"),
    ]);
    project.processes["terminal"].pty = true;
    let run = place.start(project);
    run.supervisor.settled().await.unwrap();
    for name in ["pipe", "terminal"] {
        run.supervisor.write_stdin(name, b"hello\n").await.unwrap();
        run.line(name, "got hello").await;
    }
    run.supervisor.shutdown().await;
    assert!(
        run.supervisor
            .write_stdin("pipe", b"hello\n")
            .await
            .is_err()
    );
}

#[tokio::test]
async fn a_process_that_does_not_read_does_not_block_the_writer() {
    let place = Place::new();
    let run = place.start(place.with(&[("deaf", "exec sleep 1000")]));
    run.supervisor.settled().await.unwrap();
    let much = vec![b'x'; 1 << 20];
    assert!(run.supervisor.write_stdin("deaf", &much).await.is_err());
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn a_terminal_is_one_and_has_a_size() {
    let place = Place::new();
    let mut project = place.with(&[(
        "shell",
        "test -t 0 && test -t 1 && test -t 2 && echo all; stty size; \
         trap 'stty size' WINCH; printf 'name? '; while :; do sleep 0.05; done",
    )]);
    project.processes["shell"].pty = true;
    let run = place.start(project);
    run.line("shell", "all").await;
    run.line("shell", "40 120").await;
    // A prompt is shown although its line is not complete.
    run.line("shell", "name? ").await;
    run.supervisor.resize("shell", 90, 30).unwrap();
    run.line("shell", "30 90").await;
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn a_flooding_process_does_not_starve_another() {
    let place = Place::new();
    let mut project = place.with(&[
        ("flood", "yes flood"),
        ("quiet", "while read line; do echo \"got $line\"; done"),
    ]);
    project.processes["flood"].stop_timeout = Duration::from_secs(5);
    let run = place.start(project);
    run.supervisor.settled().await.unwrap();
    run.line("flood", "flood").await;
    for number in 0..20 {
        let line = format!("{number} times\n");
        run.supervisor
            .write_stdin("quiet", line.as_bytes())
            .await
            .unwrap();
        run.line("quiet", &format!("got {number} times")).await;
    }
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn exit_does_not_wait_for_others_that_keep_the_output_open() {
    // A program outside of the process tree keeps the output open.
    let place = Place::new();
    let mut project = place.project();
    let mut cache = dependency(prox_config::model::Probe::Cmd("test -e cache".into()));
    cache.start = Some("sleep 1000 & echo $! > holder; touch cache".into());
    project.dependencies.insert("cache".into(), cache);
    let run = place.start(project);
    run.supervisor.settled().await.unwrap();
    run.supervisor.shutdown().await;
    let holder = rustix::process::Pid::from_raw(place.pid("holder").await).unwrap();
    rustix::process::kill_process(holder, rustix::process::Signal::KILL).unwrap();
}
