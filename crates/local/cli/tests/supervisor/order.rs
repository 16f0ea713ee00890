//! The order of starts and stops.

use std::time::Duration;

use prox_config::model::{Condition, OnFailure, Probe, RestartPolicy};
use prox_events::{Event, Health, Status};
use prox_supervisor::{CommandError, Readiness};

use crate::support::*;

const FOREVER: &str = "exec sleep 1000";

#[tokio::test]
async fn a_process_runs_and_its_output_is_logged() {
    let place = Place::new();
    let run =
        place.start(place.with(&[("web", "echo out; echo err >&2; echo $PWD; exec sleep 1000")]));
    run.supervisor.settled().await.unwrap();
    run.line("web", &place.path().display().to_string()).await;
    run.line("web", "err").await;
    let view = run.status("web", Status::Running).await;
    assert!(exists(i32::try_from(view.pid.unwrap()).unwrap()));
    assert!(view.started_at.is_some());
    run.supervisor.shutdown().await;
    assert_eq!(run.view("web").status, Status::Stopped);
    assert_eq!(run.view("web").signal, Some(15));
}

#[tokio::test]
async fn a_log_begins_with_the_start() {
    let place = Place::new();
    let names: Vec<_> = (0..20).map(|number| format!("quick-{number}")).collect();
    let quick: Vec<_> = names.iter().map(|name| (&**name, "echo out")).collect();
    let run = place.start(place.with(&quick));
    for name in &names {
        run.line(name, "exited").await;
        let lines = run.lines(name);
        assert!(lines[0].line.starts_with("started, process"), "{lines:?}");
        assert_eq!(run.output(name), ["out"]);
    }
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn a_dependent_starts_when_the_task_before_it_succeeded() {
    let place = Place::new();
    let mut project = place.with(&[("api", "cat made; exec sleep 1000")]);
    project.tasks.insert(
        "make".into(),
        place.task("sleep 0.2; echo by the task > made"),
    );
    project.processes["api"].depends_on = needs(&[("make", Condition::CompletedSuccessfully)]);
    let run = place.start(project);
    run.supervisor.settled().await.unwrap();
    run.line("api", "by the task").await;
    assert_eq!(run.view("make").status, Status::Completed);
    assert_eq!(run.view("make").exit_code, Some(0));
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn a_dependent_of_a_failed_task_is_blocked() {
    let place = Place::new();
    let mut project = place.with(&[("api", FOREVER)]);
    project.tasks.insert("make".into(), place.task("exit 7"));
    project.processes["api"].depends_on = needs(&[("make", Condition::CompletedSuccessfully)]);
    let run = place.start(project);
    let error = run.supervisor.settled().await.unwrap_err();
    assert!(
        error.contains("code 7") || error.contains("blocked"),
        "{error}"
    );
    assert_eq!(run.view("api").status, Status::Blocked);
    assert_eq!(run.view("make").exit_code, Some(7));
    assert!(matches!(
        run.supervisor.wait_ready("api", LIMIT).await,
        Readiness::Failed(_)
    ));
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn a_task_that_takes_too_long_is_stopped() {
    let place = Place::new();
    let mut project = place.project();
    let mut task = place.task(FOREVER);
    task.timeout = Duration::from_millis(200);
    project.tasks.insert("slow".into(), task);
    let run = place.start(project);
    let view = run.status("slow", Status::Crashed).await;
    assert!(view.reason.unwrap().contains("longer than 0.2 s"));
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn a_crashing_process_starts_again_until_it_has_had_enough() {
    let place = Place::new();
    let mut project = place.with(&[("api", "echo run >> runs; exit 3")]);
    let restart = &mut project.processes["api"].restart;
    restart.policy = RestartPolicy::OnFailure;
    restart.max_restarts = Some(2);
    let run = place.start(project);
    let view = run.status("api", Status::Crashed).await;
    assert_eq!(view.restarts, 2);
    assert_eq!(view.exit_code, Some(3));
    assert_eq!(place.read("runs").unwrap(), "run\nrun\nrun\n");
    run.line("api", "exited with code 3, after 2 restarts")
        .await;
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn a_stopped_process_stays_stopped_until_it_is_started() {
    let place = Place::new();
    let mut project = place.with(&[("api", FOREVER)]);
    project.processes["api"].restart.policy = RestartPolicy::Always;
    let run = place.start(project);
    let first = run.status("api", Status::Running).await.pid;
    assert_eq!(
        run.supervisor.start_named("api").await,
        Err(CommandError::AlreadyRunning("api".into()))
    );
    run.supervisor.stop("api").await.unwrap();
    assert_eq!(run.view("api").status, Status::Stopped);
    run.supervisor.stop("api").await.unwrap();
    run.supervisor.start_named("api").await.unwrap();
    assert_eq!(
        run.supervisor.wait_ready("api", LIMIT).await,
        Readiness::Ready
    );
    assert_ne!(run.view("api").pid, first);
    run.supervisor.shutdown().await;
    assert_eq!(
        run.supervisor.start_named("api").await,
        Err(CommandError::ShuttingDown)
    );
}

#[tokio::test]
async fn a_name_that_does_not_exist_is_answered_with_one_that_does() {
    let place = Place::new();
    let run = place.start(place.with(&[("worker", FOREVER)]));
    assert_eq!(
        run.supervisor.restart("wroker").await,
        Err(CommandError::UnknownName {
            name: "wroker".into(),
            nearest: Some("worker".into())
        })
    );
    assert_eq!(
        run.supervisor.wait_ready("nobody", LIMIT).await,
        Readiness::Unknown
    );
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn dependents_stop_before_what_they_depend_on() {
    let place = Place::new();
    let stops = |name: &str| {
        format!("trap 'echo {name} >> stopped; exit 0' TERM; echo up; while :; do sleep 0.05; done")
    };
    let mut project = place.with(&[("db", &stops("db")), ("api", &stops("api"))]);
    for process in project.processes.values_mut() {
        process.healthcheck = Some(line("up"));
    }
    project.processes["api"].depends_on = needs(&[("db", Condition::Started)]);
    project
        .groups
        .insert("all".into(), vec!["db".into(), "api".into()]);
    let run = place.start(project);
    run.supervisor.settled().await.unwrap();
    run.supervisor.restart("all").await.unwrap();
    for name in ["db", "api"] {
        run.supervisor.wait_ready(name, LIMIT).await;
    }
    run.supervisor.shutdown().await;
    assert_eq!(place.read("stopped").unwrap(), "api\ndb\napi\ndb\n");
    assert_eq!(run.view("db").groups, ["all"]);
    assert_eq!(run.view("db").restarts, 1);
}

#[tokio::test]
async fn only_the_named_processes_and_their_dependencies_start() {
    let place = Place::new();
    let mut project = place.with(&[("db", FOREVER), ("api", FOREVER), ("other", FOREVER)]);
    project.processes["api"].depends_on = needs(&[("db", Condition::Started)]);
    let run = place.start_only(project, &["api"]);
    run.supervisor.settled().await.unwrap();
    assert_eq!(run.view("db").status, Status::Running);
    assert_eq!(run.view("api").status, Status::Running);
    assert_eq!(run.view("other").status, Status::Stopped);
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn a_command_decides_health() {
    let place = Place::new();
    let mut project = place.with(&[("api", FOREVER), ("web", FOREVER)]);
    project.processes["api"].healthcheck = Some(check(Probe::Cmd("test -e ready".into())));
    project.processes["web"].depends_on = needs(&[("api", Condition::Healthy)]);
    let run = place.start(project);
    until("it is unhealthy", || {
        (run.view("api").health == Some(Health::Unhealthy)).then_some(())
    })
    .await;
    assert_eq!(run.view("web").status, Status::Waiting);
    assert!(
        run.view("api")
            .reason
            .unwrap()
            .contains("exits with code 1")
    );
    std::fs::write(place.path().join("ready"), "").unwrap();
    run.status("web", Status::Running).await;
    assert_eq!(run.view("api").health, Some(Health::Healthy));
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn a_log_line_decides_health() {
    let place = Place::new();
    let mut project = place.with(&[
        (
            "api",
            "printf 'listening \\033[1mon\\033[0m 80\\n'; exec sleep 1000",
        ),
        ("web", FOREVER),
    ]);
    project.processes["api"].healthcheck = Some(line(r"^listening on \d+$"));
    project.processes["web"].depends_on = needs(&[("api", Condition::LogReady)]);
    let run = place.start(project);
    run.supervisor.settled().await.unwrap();
    assert_eq!(run.view("api").health, Some(Health::Healthy));
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn a_missing_log_line_is_reported_and_may_still_come() {
    let place = Place::new();
    let mut project = place.with(&[
        (
            "api",
            "while ! test -e late; do sleep 0.02; done; echo on 80; exec sleep 1000",
        ),
        ("web", FOREVER),
        ("other", FOREVER),
    ]);
    project.processes["api"].healthcheck = Some(check(Probe::Log(r"^on \d+$".into())));
    project.processes["web"].depends_on = needs(&[("api", Condition::LogReady)]);
    let run = place.start(project.clone());
    let settled = tokio::time::timeout(LIMIT, run.supervisor.settled()).await;
    assert_eq!(
        settled.unwrap().unwrap_err(),
        r"api is unhealthy: no line so far matches /^on \d+$/"
    );
    run.line("api", "is unhealthy: no line so far matches")
        .await;
    let web = run.view("web");
    assert_eq!(web.status, Status::Waiting);
    assert_eq!(
        web.reason.unwrap(),
        r"waits until api has written its line: no line so far matches /^on \d+$/"
    );
    std::fs::write(place.path().join("late"), "").unwrap();
    run.status("web", Status::Running).await;
    run.supervisor.settled().await.unwrap();
    let api = run.view("api");
    assert_eq!((api.health, api.reason), (Some(Health::Healthy), None));

    // After it was found, the check stops searching; a second check would find no line.
    for (name, line) in [("api", r"^on \d+$"), ("other", "never")] {
        let mut anew = check(Probe::Log(line.into()));
        anew.interval = Duration::from_millis(20);
        project.processes[name].healthcheck = Some(anew);
    }
    let report = run.supervisor.reload(project).await.unwrap();
    assert_eq!(report.changed, ["api"]);
    run.line("other", "is unhealthy").await;
    assert_eq!(run.view("api").health, Some(Health::Healthy));
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn a_dependency_is_waited_for_and_brought_about() {
    let place = Place::new();
    let mut project = place.with(&[("api", FOREVER)]);
    let mut cache = dependency(Probe::Cmd("test -e cache".into()));
    cache.start =
        Some("echo starting; (sleep 0.2; touch cache; exec sleep 1000) & echo $! > left".into());
    project.dependencies.insert("cache".into(), cache);
    project.processes["api"].depends_on = needs(&[("cache", Condition::Healthy)]);
    let run = place.start(project);
    run.supervisor.settled().await.unwrap();
    run.line("cache", "starting").await;
    assert_eq!(run.view("cache").status, Status::Running);
    run.supervisor.shutdown().await;
    // prox does not own it.
    let left = place.pid("left").await;
    assert!(exists(left));
    let left = rustix::process::Pid::from_raw(left).unwrap();
    rustix::process::kill_process(left, rustix::process::Signal::KILL).unwrap();
}

#[tokio::test]
async fn an_absent_dependency_blocks_or_warns() {
    for (on_failure, status) in [
        (OnFailure::Fail, Status::Blocked),
        (OnFailure::Warn, Status::Running),
    ] {
        let place = Place::new();
        let mut project = place.with(&[("api", FOREVER)]);
        let mut cache = dependency(Probe::Cmd("exit 1".into()));
        cache.timeout = Duration::from_millis(200);
        cache.on_failure = on_failure;
        project.dependencies.insert("cache".into(), cache);
        project.processes["api"].depends_on = needs(&[("cache", Condition::Healthy)]);
        let run = place.start(project);
        run.status("api", status).await;
        assert_eq!(
            run.supervisor.settled().await.is_ok(),
            on_failure == OnFailure::Warn
        );
        run.line(
            "cache",
            "it was not available within 0.2 s: `exit 1` exits with code 1",
        )
        .await;
        run.supervisor.shutdown().await;
    }
}

#[tokio::test]
async fn process_stopped_right_after_its_start_stops_at_once() {
    let place = Place::new();
    let mut project = place.with(&[("api", FOREVER)]);
    project.processes["api"].stop_timeout = LIMIT * 2;
    let run = place.start(project);
    for _ in 0..20 {
        let ready = run.supervisor.wait_ready("api", LIMIT).await;
        assert_eq!(ready, Readiness::Ready);
        let stopped = tokio::time::timeout(LIMIT, run.supervisor.stop("api")).await;
        stopped.expect("the signal arrived").unwrap();
        run.supervisor.start_named("api").await.unwrap();
    }
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn every_change_is_published_on_the_event_bus() {
    let place = Place::new();
    let mut project = place.with(&[("job", "true")]);
    project.processes["job"].depends_on = needs(&[("first", Condition::Started)]);
    project
        .processes
        .insert("first".into(), place.process(FOREVER));
    let run = place.start(project);
    let mut events = run.bus.subscribe();
    let mut seen = Vec::new();
    while seen.last() != Some(&Status::Completed) {
        let event = tokio::time::timeout(LIMIT, events.recv()).await;
        if let Event::Process(view) = event.unwrap().unwrap()
            && view.name == "job"
            && seen.last() != Some(&view.status)
        {
            seen.push(view.status);
        }
    }
    assert_eq!(seen, [Status::Starting, Status::Running, Status::Completed]);
    run.supervisor.shutdown().await;
    let last = std::iter::from_fn(|| events.try_recv().ok());
    assert!(last.into_iter().any(|event| event == Event::ShuttingDown));
}

#[tokio::test]
async fn when_everything_has_stopped_the_logs_report_it() {
    for _ in 0..5 {
        let place = Place::new();
        let run = place.start(place.with(&[("a", FOREVER), ("b", FOREVER), ("c", FOREVER)]));
        run.status("a", Status::Running).await;
        run.supervisor.shutdown().await;
        for name in ["a", "b", "c"] {
            let last = run.lines(name).pop().unwrap();
            assert!(last.line.contains("SIGTERM"), "{last:?}");
        }
    }
}
