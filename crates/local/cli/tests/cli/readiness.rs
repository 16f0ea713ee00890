//! The conditions of "started" and "healthy", for `up`, `start`, `restart` and `status`.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;

use crate::support::{Project, until};

/// Answers every request with 200, in the process of the test, which prox does not know.
fn unrelated_listener() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut lines = BufReader::new(stream.try_clone().unwrap()).lines();
            while lines
                .next()
                .is_some_and(|line| line.is_ok_and(|line| !line.is_empty()))
            {}
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
        }
    });
    port
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// A process that serves the files of its own folder, and logs each request.
fn server(port: u16) -> String {
    format!(
        "mkdir -p served && cd served && exec python3 -u -m http.server {port} --bind 127.0.0.1"
    )
}

#[cfg(target_os = "linux")]
#[test]
fn another_program_on_the_port_makes_no_process_healthy() {
    let port = unrelated_listener();
    for check in [
        format!("tcp: '127.0.0.1:{port}'"),
        format!("tcp: 'localhost:{port}'"),
        format!("http: 'http://127.0.0.1:{port}/'"),
    ] {
        let project = Project::new(&format!(
            "processes:
  web:
    cmd: exec sleep 1000
    healthcheck: {{{check}, interval: 50ms, retries: 2, start_period: 0s}}"
        ));
        let up = project.run(&["up", "-d"]);
        assert_eq!(up.code, 6, "{up:?}");
        let told = format!("{port} is answered by another program: ");
        assert!(up.err.contains(&told), "{up:?}");
        assert_eq!(project.process("web")["health"], "unhealthy");
    }
    // A dependency may be any program's.
    let project = Project::new(&format!(
        "dependencies: {{db: {{check: {{tcp: '127.0.0.1:{port}'}}}}}}
processes: {{web: {{cmd: exec sleep 1000, depends_on: [db]}}}}"
    ));
    project.ok(&["up", "-d"]);
}

#[test]
fn a_listener_below_the_process_makes_it_healthy() {
    let port = free_port();
    let project = Project::new(&format!(
        "processes:
  web: {{cmd: '({}) & wait', healthcheck: {{tcp: '127.0.0.1:{port}'}}}}",
        server(port)
    ));
    project.ok(&["up", "-d"]);
    assert_eq!(project.process("web")["health"], "healthy");
}

#[test]
fn lines_that_health_checks_cause_are_left_out_of_the_log() {
    let port = free_port();
    let project = Project::new(&format!(
        "processes:
  web:
    cmd: '{}'
    healthcheck: {{http: 'http://127.0.0.1:{port}/', interval: 50ms}}",
        server(port)
    ));
    project.ok(&["up", "-d"]);
    let lines = |args: &[&str]| {
        let args = [&["logs", "-p", "web", "-n", "all", "--json"], args].concat();
        let done = project.ok(&args);
        let lines = done.out.lines();
        lines
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap())
            .filter(|line| line["line"].as_str().unwrap().contains("GET / "))
            .collect::<Vec<_>>()
    };
    until("some checks", || lines(&["--probes"]).len() > 2);
    assert_eq!(lines(&[]), Vec::<serde_json::Value>::new());
    assert_eq!(lines(&["GET"]), Vec::<serde_json::Value>::new());
    assert!(
        lines(&["probe:yes"])
            .iter()
            .all(|line| line["probe"] == true)
    );
    assert!(lines(&["probe:only"]).len() > 2);
    // Requests of other clients are shown.
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.write_all(b"GET /other HTTP/1.0\r\n\r\n").unwrap();
    let shown = || project.ok(&["logs", "-p", "web", "/other"]).out;
    until("the other request", || shown().contains("GET /other"));
    project.ok(&["down"]);
    assert_eq!(lines(&[]), Vec::<serde_json::Value>::new());
    assert!(lines(&["--probes"]).len() > 2);
}

#[test]
fn start_and_restart_return_when_it_is_healthy() {
    let project = Project::new(
        "processes:
  web: {cmd: 'sleep 0.3; echo ready; exec sleep 1000', healthcheck: {log: ready}}
  worker: exec sleep 1000
  bad: {cmd: 'echo it broke; exit 3'}
groups: {all: [web, worker]}",
    );
    project.ok(&["up", "-d", "worker"]);
    let started = project.ok(&["start", "web"]);
    assert_eq!(started.out, "web: healthy\n");
    assert_eq!(project.run(&["status"]).code, 0);
    let before = project.process("web")["pid"].clone();
    let restarted = project.ok(&["restart", "all"]);
    assert_eq!(restarted.out, "web: healthy\nworker: running\n");
    assert_ne!(project.process("web")["pid"], before);
    assert_eq!(project.run(&["status"]).code, 0);
    let json = project.ok(&["restart", "web", "--json"]).json();
    assert_eq!(json[0]["health"], "healthy");

    let bad = project.run(&["start", "bad"]);
    assert_eq!(bad.code, 5, "{bad:?}");
    for words in [
        "bad exited with code 3",
        "bad  | it broke\n",
        "`prox logs --process bad` shows its log",
    ] {
        assert!(bad.err.contains(words), "{words}: {bad:?}");
    }
    let advised = project.ok(&["logs", "--process", "bad"]);
    assert!(advised.out.contains("it broke"), "{advised:?}");
}

#[test]
fn start_and_restart_wait_at_most_their_timeout() {
    let project = Project::new(
        "processes:
  slow: {cmd: 'echo not yet; exec sleep 1000', healthcheck: {log: never}}
  other: exec sleep 1000",
    );
    project.ok(&["up", "-d", "other"]);
    let at_once = project.ok(&["start", "slow", "--no-wait"]);
    assert!(at_once.out.starts_with("slow: "), "{at_once:?}");
    let late = project.run(&["restart", "slow", "--timeout", "500ms"]);
    assert_eq!(late.code, 6, "{late:?}");
    assert!(
        late.err.contains("not ready within 500ms; slow: starting"),
        "{late:?}"
    );
    let both = project.run(&["restart", "slow", "--timeout", "1s", "--no-wait"]);
    assert_eq!(both.code, 2, "{both:?}");
}

#[test]
fn up_with_names_starts_them_in_addition() {
    let project = Project::new(
        "processes:
  web: {cmd: 'echo ready; exec sleep 1000', healthcheck: {log: ready}, depends_on: [db]}
  db: exec sleep 1000
  api: exec sleep 1000
  bad: exit 3",
    );
    project.ok(&["up", "-d", "api"]);
    let supervisor = project.pid();
    let api = project.process("api")["pid"].clone();
    let up = project.ok(&["up", "web", "-d"]);
    assert!(up.out.contains("web: healthy"), "{up:?}");
    assert_eq!(project.process("db")["status"], "running");
    // A second time succeeds, too, and affects nothing else.
    let json = project.ok(&["up", "web", "api", "-d", "--json"]).json();
    assert_eq!(json["pid"], supervisor);
    assert_eq!(project.process("api")["pid"], api);
    let bad = project.run(&["up", "bad", "-d"]);
    assert_eq!(bad.code, 5, "{bad:?}");
    assert_eq!(project.run(&["up", "none", "-d"]).code, 7);
    let all = project.run(&["up", "-d"]);
    assert_eq!(all.code, 1, "{all:?}");
}

#[test]
fn a_restarted_process_has_no_earlier_end() {
    let project = Project::new(
        "processes: {web: exec sleep 1000, once: {cmd: 'test -e mark && exec sleep 1000; touch mark; exit 3', restart: on-failure}}",
    );
    project.run(&["up", "-d"]);
    until("its second run", || {
        project.process("once")["status"] == "running"
    });
    project.ok(&["restart", "web"]);
    for name in ["web", "once"] {
        let process = project.process(name);
        assert_eq!(process["signal"], serde_json::Value::Null, "{process}");
        assert_eq!(process["exit_code"], serde_json::Value::Null, "{process}");
    }
    project.ok(&["stop", "web"]);
    assert_eq!(project.process("web")["signal"], 15);
}

#[test]
fn a_line_of_json_is_found_as_it_is_shown() {
    let project = Project::new(
        "processes: {api: 'echo \"{\\\"level\\\":\\\"error\\\",\\\"msg\\\":\\\"request\\\",\\\"path\\\":\\\"/bad\\\"}\"; exec sleep 1000'}",
    );
    project.ok(&["up", "-d"]);
    let shown = project.ok(&["logs", "request"]).out;
    assert!(shown.contains("ERROR request path=/bad"), "{shown}");
    for running in [true, false] {
        for filter in ["path=/bad", "\"ERROR request\""] {
            let found = project.ok(&["logs", filter]).out;
            assert!(found.contains("path=/bad"), "{running} {filter}: {found}");
        }
        project.run(&["down"]);
    }
}

#[test]
fn names_dropped_by_the_shell_are_reported() {
    let project =
        Project::new("processes: {web: {cmd: 'env; exec sleep 1000', env: {my-flag: '1'}}}");
    let check = project.ok(&["config", "check"]);
    assert!(check.out.contains("is valid"), "{check:?}");
    assert!(check.err.contains("env 'my-flag=…'"), "{check:?}");
    let json = project.ok(&["config", "check", "--json"]).json();
    assert_eq!(json["warnings"][0]["line"], 1, "{json}");
    project.ok(&["up", "-d"]);
    let log = project.ok(&["logs", "-p", "prox"]).out;
    assert!(log.contains("my-flag"), "{log}");
    project.write("processes: {web: {cmd: \"env 'my-flag=1' env; exec sleep 1000\"}}");
    assert!(project.ok(&["config", "check"]).err.is_empty());
    project.ok(&["reload"]);
    until("the variable", || {
        project.ok(&["logs", "-p", "web"]).out.contains("my-flag=1")
    });
}
