//! Changes while a project runs: files, the configuration, the resources of processes.

use std::time::Duration;

use prox_config::model::{Condition, Service, Watch};
use prox_events::{Status, Stream};

use crate::support::*;

const COUNTS: &str = "echo run >> runs; exec sleep 1000";

fn watch(place: &Place, paths: &[&str]) -> Watch {
    Watch {
        paths: paths.iter().map(|path| place.path().join(path)).collect(),
        ignore: vec!["target".into(), "*.log".into()],
        debounce: Duration::from_millis(100),
    }
}

async fn runs(place: &Place, count: usize) {
    until(&format!("{count} runs"), || {
        (place.read("runs")?.lines().count() == count).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_process_starts_again_when_its_files_change() {
    let place = Place::new();
    let path = place.path();
    std::fs::create_dir_all(path.join("src/target")).unwrap();
    std::fs::write(path.join("settings.json"), "1").unwrap();
    let mut project = place.with(&[("api", COUNTS), ("ticker", COUNTS)]);
    project.processes["ticker"].cmd = "exec sleep 1000".into();
    project.processes["api"].watch = Some(watch(&place, &["src", "settings.json"]));
    let run = place.start(project);
    run.supervisor.settled().await.unwrap();
    runs(&place, 1).await;

    let mut number = 0;
    let mut change = async |what: &str, make: &dyn Fn(u32)| {
        let before = run.view("api").restarts;
        number += 1;
        make(number);
        until(what, || {
            let view = run.view("api");
            (view.restarts > before && view.status == Status::Running).then_some(())
        })
        .await;
    };
    change("a file below a folder", &|number| {
        std::fs::write(path.join("src/main.rs"), number.to_string()).unwrap();
    })
    .await;
    run.line("api", "files changed").await;
    change("a file that an editor replaces", &|_| {
        std::fs::write(path.join("settings.new"), "2").unwrap();
        std::fs::rename(path.join("settings.new"), path.join("settings.json")).unwrap();
    })
    .await;
    change("a new folder", &|number| {
        std::fs::create_dir_all(path.join(format!("src/new{number}/below"))).unwrap();
    })
    .await;
    let new = std::fs::read_dir(path.join("src")).unwrap().flatten();
    let new = new.map(|entry| entry.path().join("below"));
    let new = new.filter(|path| path.is_dir()).last().unwrap();
    change("a file in the new folder", &|number| {
        std::fs::write(new.join("lib.rs"), number.to_string()).unwrap();
    })
    .await;
    let before = quiet(&run).await;

    // Ignored files have no effect: a change that counts is made after them.
    std::fs::write(path.join("src/target/out"), "").unwrap();
    std::fs::write(path.join("src/run.log"), "").unwrap();
    std::fs::write(path.join("unwatched"), "").unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(run.view("api").restarts, before);
    assert_eq!(run.view("ticker").restarts, 0);

    run.supervisor.stop("api").await.unwrap();
    std::fs::write(path.join("src/main.rs"), "late").unwrap();
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(run.view("api").status, Status::Stopped);
    run.supervisor.shutdown().await;
}

/// A change that was made before a process started does not restart it. The witness started
/// earlier, so the same change restarts it; after that, it is decided for all processes.
#[tokio::test]
async fn a_change_before_the_start_does_not_restart() {
    let place = Place::new();
    std::fs::write(place.path().join("built"), "0").unwrap();
    let mut project = place.with(&[
        ("witness", COUNTS),
        (
            "build",
            "while ! test -s runs; do sleep 0.01; done; echo 1 > built; echo ready; exec sleep 1000",
        ),
        ("workers", "cat built; exec sleep 1000"),
    ]);
    let mut slow = watch(&place, &["built"]);
    slow.debounce = Duration::from_secs(2);
    project.processes["witness"].watch = Some(slow);
    project.processes["build"].healthcheck = Some(line("ready"));
    project.processes["workers"].watch = Some(watch(&place, &["built"]));
    project.processes["workers"].depends_on = needs(&[("build", Condition::Healthy)]);
    let run = place.start(project);
    runs(&place, 2).await;
    assert_eq!(run.view("witness").restarts, 1);
    assert_eq!(run.view("workers").restarts, 0);
    assert_eq!(run.output("workers"), ["1"]);

    // Later changes count.
    std::fs::write(place.path().join("built"), "2\n").unwrap();
    until("it starts again", || {
        (run.output("workers") == ["1", "2"]).then_some(())
    })
    .await;
    run.supervisor.shutdown().await;
}

/// The number of restarts, once it has not changed for a second.
async fn quiet(run: &Running) -> u32 {
    loop {
        let before = run.view("api").restarts;
        tokio::time::sleep(Duration::from_secs(1)).await;
        if run.view("api").restarts == before {
            return before;
        }
    }
}

#[tokio::test]
async fn folder_is_watched_when_created_and_recreated() {
    let place = Place::new();
    let path = |name: &str| place.path().join(name);
    let mut project = place.with(&[("api", "cat gen/api/settings || echo none; exec sleep 1000")]);
    project.processes["api"].watch = Some(watch(&place, &["gen/api"]));
    let run = place.start(project);
    let reads = async |text: &str| {
        until(&format!("it starts with {text}"), || {
            let output = run.lines("api").into_iter();
            let mut output = output.filter(|line| line.stream == Stream::Stdout);
            (output.next_back()?.line == text).then_some(())
        })
        .await;
    };
    let write =
        |file: &str, text: &str| std::fs::write(path(file), text.to_owned() + "\n").unwrap();
    reads("none").await;
    run.line("api", "gen/api does not exist yet").await;
    for [first, second] in [["1", "2"], ["3", "4"]] {
        std::fs::create_dir_all(path("gen/api")).unwrap();
        write("gen/api/settings", first);
        reads(first).await;
        write("gen/api/settings", second);
        reads(second).await;
        std::fs::remove_dir_all(path("gen")).unwrap();
        reads("none").await;
    }
    // In one step, replacing another file.
    for (folder, text) in [("gen", "5"), ("new", "6")] {
        std::fs::create_dir_all(path(folder).join("api")).unwrap();
        write(&format!("{folder}/api/settings"), text);
    }
    reads("5").await;
    std::fs::rename(path("gen"), path("old")).unwrap();
    std::fs::rename(path("new"), path("gen")).unwrap();
    reads("6").await;
    write("gen/api/settings", "7");
    reads("7").await;
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn paths_that_cannot_be_watched_are_reported() {
    let place = Place::new();
    std::fs::write(place.path().join("file"), "").unwrap();
    let mut project = place.with(&[("api", "exec sleep 1000")]);
    project.processes["api"].watch = Some(watch(&place, &["file/is/no/folder"]));
    let run = place.start(project);
    run.line("api", "cannot be watched").await;
    run.supervisor.shutdown().await;
}

#[tokio::test]
async fn a_reload_restarts_only_what_changed() {
    let place = Place::new();
    let mut project = place.with(&[
        ("same", "exec sleep 1000"),
        ("other", "echo first; exec sleep 1000"),
        ("gone", "exec sleep 1000"),
    ]);
    let run = place.start(project.clone());
    run.supervisor.settled().await.unwrap();
    let same = run.view("same").pid;

    project.processes.shift_remove("gone");
    project.processes["other"].cmd = "echo second; exec sleep 1000".into();
    project.processes["same"].stop_timeout = Duration::from_secs(3);
    let mut new = place.process("exec sleep 1000");
    new.depends_on = needs(&[("other", Condition::Started)]);
    project.processes.insert("new".into(), new);
    project.groups.insert("all".into(), vec!["new".into()]);
    project.api.port = Some(1);
    let mut web = Service {
        host: "127.0.0.1".into(),
        port: 1,
        listen: None,
    };
    project.services.insert("web".into(), web.clone());
    let report = run.supervisor.reload(project.clone()).await.unwrap();
    assert_eq!(report.added, ["new"]);
    assert_eq!(report.removed, ["gone"]);
    assert_eq!(report.restarted, ["other"]);
    assert_eq!(report.changed, ["same"]);
    assert_eq!(report.later, ["api"]);
    web.listen = Some(2);
    project.services.insert("web".into(), web);
    let report = run.supervisor.reload(project.clone()).await.unwrap();
    assert_eq!(report.later, ["services"]);

    run.line("other", "second").await;
    run.supervisor.wait_ready("new", LIMIT).await;
    until("it is gone", || {
        run.supervisor.view("gone").is_none().then_some(())
    })
    .await;
    assert_eq!(run.view("same").pid, same);
    assert_eq!(run.view("new").groups, ["all"]);

    let nothing = run.supervisor.reload(project).await.unwrap();
    assert_eq!(
        nothing,
        prox_supervisor::ReloadReport::default(),
        "the same again"
    );
    run.supervisor.shutdown().await;
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_process_tree_shows_its_resource_usage() {
    let place = Place::new();
    let listens = "import socket, time\n\
        s = socket.create_server(('127.0.0.1', 0))\n\
        print(s.getsockname()[1], flush=True)\n\
        end = time.monotonic() + 30\n\
        while time.monotonic() < end: pass\n";
    std::fs::write(place.path().join("listens.py"), listens).unwrap();
    // Its child, not the process itself.
    let run = place.start(place.with(&[("api", "python3 listens.py & wait")]));
    let port: u16 = until("it listens", || run.output("api").first()?.parse().ok()).await;
    let view = until("it is measured", || {
        let view = run.view("api");
        (view.ports == [port] && view.cpu_percent? > 1.0).then_some(view)
    })
    .await;
    assert!(view.memory_bytes.unwrap() > 1 << 20);
    run.supervisor.stop("api").await.unwrap();
    let view = run.view("api");
    assert!(view.ports.is_empty() && view.cpu_percent.is_none());
    run.supervisor.shutdown().await;
}
