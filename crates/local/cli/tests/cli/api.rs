//! The local API from outside.

use prox_control::api_types::{EventParams, LogParams};
use prox_control::{Client, ClientError};
use prox_events::{Event, Status};
use serde_json::Value;

use crate::support::{Project, until};

const YAML: &str = "
processes:
  echo: 'while read line; do echo \"said $line\"; done'
  ticks: 'for i in 1 2 3 4 5; do echo \"tick $i\"; done; exec sleep 1000'
groups: {both: [echo, ticks]}
";

fn running(yaml: &str) -> (Project, Client) {
    let project = Project::new(yaml);
    project.ok(&["up", "-d"]);
    let state = project.state();
    let port = u16::try_from(state["port"].as_u64().unwrap()).unwrap();
    let client = Client::new("127.0.0.1", port, state["token"].as_str().unwrap());
    (project, client)
}

fn code(body: &str) -> String {
    let body: Value = serde_json::from_str(body).unwrap_or_else(|_| panic!("{body}"));
    let fields: Vec<_> = body.as_object().unwrap().keys().collect();
    assert_eq!(fields, ["code", "error"], "nothing but these: {body}");
    body["code"].as_str().unwrap().to_owned()
}

#[test]
fn requests_without_the_token_or_with_another_host_are_refused() {
    let (project, _) = running(YAML);
    let bearer = format!("Bearer {}", project.state()["token"].as_str().unwrap());
    let bearer = bearer.as_str();
    for (headers, status, error) in [
        (vec![], 401, "UNAUTHORIZED"),
        (vec![("Authorization", "Bearer wrong")], 401, "UNAUTHORIZED"),
        (vec![("Authorization", &bearer[..20])], 401, "UNAUTHORIZED"),
        (
            vec![("Authorization", bearer), ("Host", "evil.example")],
            403,
            "FORBIDDEN_HOST",
        ),
        (
            vec![
                ("Authorization", bearer),
                ("Origin", "http://localhost:3000"),
            ],
            403,
            "FORBIDDEN_ORIGIN",
        ),
    ] {
        for path in ["/api/v1/status", "/api/v1/logs/stream", "/api/v1/nothing"] {
            let (got, body) = project.http(&format!("GET {path}"), &headers, "");
            assert_eq!((got, code(&body).as_str()), (status, error), "{headers:?}");
        }
    }
    for path in ["/health", "/api/v1/health"] {
        let (status, body) = project.http(&format!("GET {path}"), &[], "");
        assert_eq!(status, 200);
        assert!(
            !body.contains("project"),
            "health tells strangers nothing: {body}"
        );
    }
}

#[test]
fn every_mistake_is_an_error_with_a_code() {
    let (project, _) = running(YAML);
    for (request, body, status, error) in [
        ("GET /api/v1/nothing", "", 404, "NOT_FOUND"),
        ("GET /", "", 404, "NOT_FOUND"),
        ("PUT /api/v1/status", "", 405, "METHOD_NOT_ALLOWED"),
        ("GET /api/v1/processes/nobody", "", 404, "PROCESS_NOT_FOUND"),
        (
            "POST /api/v1/processes/nobody/start",
            "",
            404,
            "PROCESS_NOT_FOUND",
        ),
        (
            "POST /api/v1/processes/echo/start",
            "",
            409,
            "PROCESS_ALREADY_RUNNING",
        ),
        ("POST /api/v1/processes/echo/stdin", "{", 400, "BAD_REQUEST"),
        (
            "POST /api/v1/processes/echo/stdin",
            "{\"x\":1}",
            422,
            "BAD_REQUEST",
        ),
        ("GET /api/v1/logs?n=many", "", 400, "BAD_REQUEST"),
        ("GET /api/v1/logs?regex=(", "", 400, "FILTER_INVALID"),
        (
            "GET /api/v1/logs?filter=level:loud",
            "",
            400,
            "FILTER_INVALID",
        ),
        (
            "GET /api/v1/logs?since=yesterday",
            "",
            400,
            "FILTER_INVALID",
        ),
        (
            "GET /api/v1/logs/stream?after=99999",
            "",
            410,
            "CURSOR_GONE",
        ),
        ("GET /api/v1/events?after=99999", "", 410, "CURSOR_GONE"),
        (
            "GET /api/v1/proxy/requests/abcdef012345",
            "",
            404,
            "REQUEST_NOT_FOUND",
        ),
        (
            "POST /api/v1/proxy/requests/abcdef012345/replay",
            "{",
            400,
            "BAD_REQUEST",
        ),
    ] {
        let (got, body) = project.authorized(request, body);
        assert_eq!((got, code(&body).as_str()), (status, error), "{request}");
    }
}

#[test]
fn a_group_is_stopped_and_started_by_its_name() {
    let (project, _) = running(YAML);
    let (status, body) = project.authorized("POST /api/v1/processes/both/stop", "");
    assert_eq!(status, 200);
    let views: Value = serde_json::from_str(&body).unwrap();
    for view in views.as_array().unwrap() {
        assert_eq!(view["status"], "stopped", "{view}");
    }
    assert_eq!(views.as_array().unwrap().len(), 2);
    project.ok(&["start", "both"]);
    until("both to run", || {
        ["echo", "ticks"]
            .iter()
            .all(|name| project.process(name)["status"] == "running")
    });
}

#[tokio::test]
async fn input_to_a_process_appears_on_the_stream() {
    let (_project, client) = running(YAML);
    let params = LogParams {
        filter: Some("proc:echo said".to_owned()),
        ..LogParams::default()
    };
    let mut lines = client.log_stream(&params).await.unwrap();
    client.write_stdin("echo", "hello\nthere\n").await.unwrap();
    assert_eq!(lines.next().await.unwrap().unwrap().line, "said hello");
    let there = lines.next().await.unwrap().unwrap();
    assert_eq!(there.line, "said there");
    assert_eq!(lines.last_seq(), Some(there.seq));
    let error = client.write_stdin("nobody", "x").await.unwrap_err();
    assert_eq!(error.code(), Some("PROCESS_NOT_FOUND"));
}

#[tokio::test]
async fn a_stream_continues_where_the_last_one_ended() {
    let (project, client) = running(YAML);
    let of_ticks = LogParams {
        filter: Some("tick".to_owned()),
        ..LogParams::default()
    };
    let ticks = loop {
        let ticks = client.logs(&of_ticks).await.unwrap();
        if ticks.len() == 5 {
            break ticks;
        }
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    };
    let params = LogParams {
        after: Some(ticks[1].seq),
        ..of_ticks
    };
    let mut stream = client.log_stream(&params).await.unwrap();
    for expected in &ticks[2..] {
        assert_eq!(stream.next().await.unwrap().as_ref(), Some(expected));
    }
    // When the supervisor ends, the stream ends without an error.
    client.shutdown().await.unwrap();
    assert_eq!(stream.next().await.unwrap(), None);
    until("the end", || project.state_files().is_empty());
    let error = client.status().await.unwrap_err();
    assert!(matches!(error, ClientError::NotReachable(_)), "{error}");
}

#[tokio::test]
async fn events_begin_with_the_present_and_go_on_with_every_change() {
    let (_project, client) = running(YAML);
    let params = EventParams {
        n: Some(3),
        ..EventParams::default()
    };
    let mut events = client.events(&params).await.unwrap();
    let mut names = Vec::new();
    for _ in 0..2 {
        match events.next().await.unwrap().unwrap() {
            Event::Process(view) => names.push(view.name),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(names, ["echo", "ticks"]);
    for _ in 0..3 {
        let event = events.next().await.unwrap().unwrap();
        assert!(matches!(event, Event::Log(_)), "{event:?}");
    }
    client.stop("echo").await.unwrap();
    loop {
        if let Event::Process(view) = events.next().await.unwrap().unwrap()
            && view.name == "echo"
            && view.status == Status::Stopped
        {
            break;
        }
    }
    client.shutdown().await.unwrap();
    let mut told = false;
    while let Some(event) = events.next().await.unwrap() {
        told |= event == Event::ShuttingDown;
    }
    assert!(told, "the end is announced");
}

#[test]
fn without_authentication_no_token_is_asked_for() {
    let project = Project::new("api: {auth: false}\nprocesses: {a: exec sleep 1000}");
    project.ok(&["up", "-d"]);
    let (status, _) = project.http("GET /api/v1/status", &[], "");
    assert_eq!(status, 200);
    let (status, _) = project.http("GET /api/v1/status", &[("Host", "evil.example")], "");
    assert_eq!(status, 403, "but web pages still get nothing");
    project.ok(&["status"]);
}
