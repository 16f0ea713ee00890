//! `prox requests` and `prox trust`, while the project runs and after it ended.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;

use crate::support::{Project, TEST_TIMEOUT, until};

/// A service that counts its requests, and lives until the end of the test.
fn counting() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for (number, stream) in listener.incoming().enumerate() {
            let mut stream = stream.unwrap();
            let mut reader = BufReader::new(stream.try_clone().unwrap());
            let mut line = String::new();
            while reader.read_line(&mut line).unwrap() > 2 {
                line.clear();
            }
            let body = format!("{{\"number\":{}}}", number + 1);
            let head = format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
                 connection: close\r\n\r\n",
                body.len()
            );
            stream.write_all((head + &body).as_bytes()).unwrap();
        }
    });
    port
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn ask(port: u16, path: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_read_timeout(Some(TEST_TIMEOUT)).unwrap();
    let request =
        format!("GET {path} HTTP/1.1\r\nhost: web.localhost\r\nconnection: close\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn project(port: u16) -> Project {
    let service = counting();
    Project::new(&format!(
        "processes: {{idle: sleep 1000}}\nservices: {{web: {service}}}\nproxy: {{http_port: {port}}}\n"
    ))
}

#[test]
fn requests_reports_that_the_proxy_is_off() {
    let told = |yaml: &str, words: &str| {
        let project = Project::new(yaml);
        for up in [true, false] {
            if up {
                project.ok(&["up", "-d"]);
            }
            let done = project.ok(&["requests"]);
            assert!(done.err.contains(words), "{yaml}: {done:?}");
            project.run(&["down"]);
        }
    };
    let process = "processes: {idle: sleep 1000}";
    told(
        process,
        "the proxy is off, because prox.yaml has no `services`",
    );
    let off = format!("{process}\nservices: {{web: 3000}}\nproxy: {{enabled: false}}");
    told(&off, "`proxy.enabled` is false");
    // As `prox trust` advises.
    let port = free_port();
    let on = format!("{process}\nservices: {{web: 3000}}\nproxy: {{http_port: {port}}}");
    let project = Project::new(&on);
    project.ok(&["up", "-d"]);
    assert_eq!(project.ok(&["requests"]).err, "prox: no requests\n");
}

#[test]
fn replay_times_out_when_a_service_never_answers() {
    let port = free_port();
    // Connections wait in its queue forever.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let service = silent.local_addr().unwrap().port();
    let project = Project::new(&format!(
        "processes: {{idle: sleep 1000}}\nservices: {{web: {service}}}\nproxy: {{http_port: {port}}}\n"
    ));
    project.ok(&["up", "-d"]);
    let mut client = TcpStream::connect(("127.0.0.1", port)).unwrap();
    client
        .write_all(b"GET / HTTP/1.1\r\nhost: web.localhost\r\n\r\n")
        .unwrap();
    let listed = || project.ok(&["requests", "--json"]).json();
    until("it came", || listed().as_array().unwrap().len() == 1);
    drop(client);
    until("it is over", || listed()[0]["in_flight"] != true);
    let id = listed()[0]["id"].as_str().unwrap().to_owned();
    let shown = project.ok(&["requests", &id]).out;
    assert!(shown.contains("no answer in "), "{shown}");
    assert!(shown.contains("the client went away"), "{shown}");
    let replay = || {
        let args = ["requests", "replay", &id, "--timeout", "300ms"];
        let replayed = project.ok(&args).out;
        assert!(replayed.contains("no response within 300ms"), "{replayed}");
        assert!(
            replayed.contains("no response before, either"),
            "{replayed}"
        );
    };
    replay();
    project.ok(&["down"]);
    replay();
}

#[test]
fn requests_are_listed_replayed_and_kept_after_the_end() {
    let port = free_port();
    let project = project(port);
    project.ok(&["up", "-d"]);
    assert!(ask(port, "/one?x='1'", "").contains("\"number\":1"));
    ask(port, "/secret", "authorization: Bearer s3cret\r\n");

    let list = project.ok(&["requests", "--json"]).json();
    let ids: Vec<&str> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|view| view["id"].as_str().unwrap())
        .collect();
    let [one, secret] = ids[..] else {
        panic!("{list}")
    };
    let text = project.ok(&["requests", "--url", "one"]).out;
    assert!(text.contains("/one?x='1'") && text.contains(one) && !text.contains("/secret"));

    until("it is captured", || {
        let detail = project.ok(&["requests", secret, "--json"]).json();
        !detail["exchange"].is_null()
    });
    let text = project.ok(&["requests", &one[..8], "--body"]).out;
    assert!(
        text.contains("200 OK") && text.contains("\"number\": 1"),
        "{text}"
    );
    let text = project.ok(&["requests", secret]).out;
    assert!(text.contains("authorization: Bearer [redacted]") && !text.contains("s3cret"));
    let curl = project.ok(&["requests", one, "--curl"]).out;
    assert_eq!(curl, "curl 'http://web.localhost/one?x='\\''1'\\'''\n");
    let curl = project.ok(&["requests", secret, "--curl"]);
    assert!(!curl.out.contains("authorization") && curl.err.contains("authorization"));
    let har = project.ok(&["requests", "--har"]).json();
    assert_eq!(har["log"]["version"], "1.2");
    assert_eq!(
        har["log"]["entries"][0]["response"]["content"]["text"],
        "{\"number\":1}"
    );

    let replayed = project.ok(&["requests", "replay", one]).out;
    assert!(
        replayed.contains("-  \"number\": 1\n+  \"number\": 3\n"),
        "{replayed}"
    );
    let refused = project.run(&["requests", "replay", secret]);
    assert!(
        refused.code == 1 && refused.err.contains("--header"),
        "{refused:?}"
    );
    project.ok(&[
        "requests",
        "replay",
        secret,
        "--header",
        "Authorization: Bearer other",
    ]);
    let moved = project.ok(&["requests", "replay", one, "--path", "/two"]);
    assert!(
        moved.out.contains("- GET /one?x='1'\n+ GET /two\n"),
        "{moved:?}"
    );
    let away = [
        "requests",
        "replay",
        one,
        "--path",
        "http://x.test/",
        "--json",
    ];
    let away = project.run(&away);
    assert_eq!(away.code, 1, "{away:?}");
    assert_eq!(away.json()["code"], "REQUEST_NOT_REPLAYABLE");
    let compared = project.ok(&["requests", "diff", one, secret]).out;
    assert!(
        compared.contains("- GET /one?x='1'\n+ GET /secret\n"),
        "{compared}"
    );
    let missing = project.run(&["requests", "ffffffffffff", "--json"]);
    assert_eq!(missing.code, 7, "{missing:?}");
    assert_eq!(missing.json()["code"], "REQUEST_NOT_FOUND");
    assert_eq!(project.run(&["requests", "--since", "never"]).code, 2);

    project.ok(&["down"]);
    let kept = project.ok(&["requests", "--json"]).json();
    assert_eq!(kept.as_array().unwrap().len(), 5);
    let text = project.ok(&["requests", one, "--body"]).out;
    assert!(text.contains("\"number\": 1"), "{text}");
    let replayed = project.ok(&["requests", "replay", one]);
    assert!(replayed.out.contains("+  \"number\": 6"), "{replayed:?}");
    assert!(replayed.err.contains("not captured"));
    assert_eq!(project.run(&["requests", "ffffffffffff"]).code, 7);
}

#[test]
fn requests_are_followed_as_they_arrive() {
    let port = free_port();
    let project = project(port);
    project.ok(&["up", "-d"]);
    ask(port, "/before", "");
    let mut follower = project
        .command_in(&project.root(), &["requests", "-f", "--url", "/"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(follower.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("/before"));
    ask(port, "/after", "");
    let line = lines.next().unwrap().unwrap();
    assert!(line.contains("/after") && line.contains("200"), "{line}");
    project.ok(&["down"]);
    assert!(lines.next().is_none());
    assert!(follower.wait().unwrap().success());
}

#[test]
fn trust_explains_what_to_do_and_does_nothing() {
    let project = Project::new("processes: {a: sleep 1000}\nproxy: {domain: dev.test}\n");
    let told = project.ok(&["trust", "--json"]).json();
    assert_eq!(told["domain"], "dev.test");
    let path = project.ok(&["trust", "--path"]).out;
    assert_eq!(told["certificate"], path.trim());
    let certificate = std::fs::read_to_string(path.trim()).unwrap();
    assert!(certificate.starts_with("-----BEGIN CERTIFICATE-----"));
    let text = project.ok(&["trust"]).out;
    assert!(
        text.contains(path.trim()) && text.contains("update-ca-certificates"),
        "{text}"
    );
    assert!(text.contains("`proxy.https_port`"), "{text}");
}
