//! Requests as they reach a service, and its responses.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper_util::rt::{TokioExecutor, TokioIo};
use prox_events::Status;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::support::{
    Answer, Bench, LONG, free_port, get, raw, read_until, respond, serve_on, service, until,
};

/// Answers with its request as JSON.
async fn echo(request: Request<Incoming>) -> Response<Full<Bytes>> {
    let headers: Vec<(String, String)> = request
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
        .collect();
    let (method, uri) = (request.method().to_string(), request.uri().to_string());
    let body = request.into_body().collect().await.unwrap().to_bytes();
    let body = String::from_utf8(body.to_vec()).unwrap();
    let echoed =
        serde_json::json!({"method": method, "uri": uri, "headers": headers, "body": body});
    Response::builder()
        .header("x-from", "service")
        .header("connection", "x-hop")
        .header("x-hop", "1")
        .body(Full::from(echoed.to_string()))
        .unwrap()
}

fn received_headers(answer: &Answer, name: &str) -> Vec<String> {
    let document: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    let headers: Vec<(String, String)> =
        serde_json::from_value(document["headers"].clone()).unwrap();
    headers
        .into_iter()
        .filter(|(header, _)| header == name)
        .map(|(_, value)| value)
        .collect()
}

#[tokio::test]
async fn a_request_reaches_the_service_of_its_name() {
    let bench = Bench::new(&[("web", service(echo).await)]).await;
    let host = format!("Web.localhost:{}", bench.port());
    let answer = bench
        .get(
            &host,
            "/a%20b?q=%2F",
            &[
                ("connection", "x-secret, keep-alive"),
                ("x-secret", "1"),
                ("x-kept", "2"),
            ],
        )
        .await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.headers["x-from"], "service");
    assert!(!answer.headers.contains_key("x-hop"));
    let document: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(document["uri"], "/a%20b?q=%2F");
    assert_eq!(received_headers(&answer, "host"), [host.as_str()]);
    assert_eq!(received_headers(&answer, "x-forwarded-for"), ["127.0.0.1"]);
    assert_eq!(received_headers(&answer, "x-forwarded-host"), [host]);
    assert_eq!(received_headers(&answer, "x-forwarded-proto"), ["http"]);
    assert_eq!(received_headers(&answer, "x-kept"), ["2"]);
    assert!(received_headers(&answer, "x-secret").is_empty());
    assert!(received_headers(&answer, "connection").is_empty());
}

#[tokio::test]
async fn a_body_arrives_whole_with_or_without_a_length() {
    let bench = Bench::new(&[("web", service(echo).await)]).await;
    let request = Request::put("/").header("host", "web.localhost");
    let answer = bench.send(request.body(Full::from("hello")).unwrap()).await;
    assert!(answer.text().contains(r#""body":"hello""#));
    let mut stream = bench.connect().await;
    stream
        .write_all(
            b"POST / HTTP/1.1\r\nhost: web.localhost\r\ntransfer-encoding: chunked\r\n\
              expect: 100-continue\r\nconnection: close\r\n\r\n",
        )
        .await
        .unwrap();
    // The client sends the body only after `100 Continue`.
    assert_eq!(
        read_until(&mut stream, "\r\n\r\n").await,
        "HTTP/1.1 100 Continue\r\n\r\n"
    );
    stream
        .write_all(b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
        .await
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    assert!(text.contains(r#""body":"abcde""#), "{text}");
}

#[tokio::test]
async fn a_head_request_has_a_length_and_no_body() {
    let port = raw(|mut stream, _| async move {
        let head = respond(
            &mut stream,
            "HTTP/1.1 200 OK\r\ncontent-length: 1234\r\n\r\n",
        )
        .await;
        assert!(head.starts_with("HEAD /x HTTP/1.1"));
    })
    .await;
    let bench = Bench::new(&[("web", port)]).await;
    let request = Request::head("/x").header("host", "web.localhost");
    let answer = bench.send(request.body(Full::default()).unwrap()).await;
    assert_eq!(answer.headers["content-length"], "1234");
    assert!(answer.body.is_empty());
    assert_eq!(bench.only().await.view.status_code, 200);
}

#[tokio::test]
async fn connections_to_a_service_are_used_again() {
    let connections = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&connections);
    let port = raw(move |mut stream, _| {
        counted.fetch_add(1, Ordering::SeqCst);
        async move {
            loop {
                respond(
                    &mut stream,
                    "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
                )
                .await;
            }
        }
    })
    .await;
    let bench = Bench::new(&[("web", port)]).await;
    let mut client = bench.client().await;
    for _ in 0..20 {
        client.ready().await.unwrap();
        let response = client.send_request(get("/")).await.unwrap();
        assert_eq!(Answer::read(response).await.text(), "ok");
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
    // Other clients may be served by other threads, each of which has its own connections.
    for _ in 0..20 {
        assert_eq!(bench.get("web.localhost", "/", &[]).await.text(), "ok");
    }
    assert!(connections.load(Ordering::SeqCst) <= 4);
}

#[tokio::test]
async fn broken_idle_connection_loses_no_request() {
    // Answers once, reads a second request, and closes without an answer.
    let port = raw(|mut stream, _| async move {
        respond(
            &mut stream,
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
        )
        .await;
        read_until(&mut stream, "\r\n\r\n").await;
    })
    .await;
    let bench = Bench::new(&[("web", port)]).await;
    let mut client = bench.client().await;
    for _ in 0..6 {
        client.ready().await.unwrap();
        let response = client.send_request(get("/")).await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        Answer::read(response).await;
    }
}

#[tokio::test]
async fn a_request_with_an_effect_is_never_sent_twice() {
    let seen = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&seen);
    let port = raw(move |mut stream, _| {
        let seen = Arc::clone(&counted);
        async move {
            respond(
                &mut stream,
                "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
            )
            .await;
            read_until(&mut stream, "\r\n\r\n").await;
            seen.fetch_add(1, Ordering::SeqCst);
        }
    })
    .await;
    let bench = Bench::new(&[("web", port)]).await;
    let mut client = bench.client().await;
    Answer::read(client.send_request(get("/")).await.unwrap()).await;
    client.ready().await.unwrap();
    let request = Request::post("/").header("host", "web.localhost");
    let request = request.body(Full::default()).unwrap();
    let response = client.send_request(request).await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_GATEWAY);
    assert_eq!(seen.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_request_waits_for_a_process_that_starts() {
    let port = free_port().await;
    let bench = Bench::new(&[("web", port)]).await;
    bench.processes.set("web", Status::Starting);
    let waiting = bench.get("web.localhost", "/", &[]);
    let starting = async {
        until("the request came in", || async {
            (!bench.list().is_empty()).then_some(())
        })
        .await;
        let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
        tokio::spawn(serve_on(listener, echo));
    };
    let (answer, ()) = tokio::join!(waiting, starting);
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_waiting_request_keeps_its_body_and_headers() {
    let port = free_port().await;
    let bench = Bench::new(&[("web", port)]).await;
    bench.processes.set("web", Status::Starting);
    let request = |extra: &str| {
        format!("POST / HTTP/1.1\r\nhost: web.localhost\r\ncontent-length: 4\r\n{extra}\r\nbody")
    };
    let mut plain = bench.connect().await;
    plain
        .write_all(request("connection: close\r\n").as_bytes())
        .await
        .unwrap();
    let mut upgrade = bench.connect().await;
    upgrade
        .write_all(request("connection: upgrade\r\nupgrade: test\r\n").as_bytes())
        .await
        .unwrap();
    until("both came in", || async {
        (bench.list().len() == 2).then_some(())
    })
    .await;
    let listener = TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    for _ in 0..2 {
        let accepted = tokio::time::timeout(LONG, listener.accept()).await.unwrap();
        let (mut stream, _) = accepted.unwrap();
        let head = read_until(&mut stream, "\r\n\r\n").await;
        assert_eq!(read_until(&mut stream, "body").await, "body");
        let answer = if head.contains("upgrade: test") {
            "HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: test\r\n\r\nhello"
        } else {
            "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
        };
        stream.write_all(answer.as_bytes()).await.unwrap();
    }
    let mut answer = String::new();
    plain.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let head = read_until(&mut upgrade, "\r\n\r\nhello").await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
}

/// Sends these bytes as a request. Returns the whole response.
async fn ask(port: u16, request: &str) -> String {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    let reading = stream.read_to_string(&mut answer);
    tokio::time::timeout(LONG, reading).await.unwrap().unwrap();
    answer
}

#[tokio::test]
async fn forwarding_headers_of_a_client_are_kept_in_order() {
    let bench = Bench::new(&[("web", service(echo).await)]).await;
    let request = "GET / HTTP/1.1\r\nhost: web.localhost\r\nx-forwarded-for: 203.0.113.9\r\n\
        accept: */*\r\nx-forwarded-for: 198.51.100.1, 192.0.2.7\r\nconnection: close\r\n\r\n";
    let answer = ask(bench.port(), request).await;
    let chain = r#"["x-forwarded-for","203.0.113.9, 198.51.100.1, 192.0.2.7, 127.0.0.1"]"#;
    assert!(answer.contains(chain), "{answer}");
}

/// Answers each connection with these bytes, part by part, one part for each request.
async fn in_parts(parts: &'static [&'static str]) -> (u16, tokio::sync::mpsc::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let (next, mut asked) = tokio::sync::mpsc::channel(1);
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            read_until(&mut stream, "\r\n\r\n").await;
            for (at, part) in parts.iter().enumerate() {
                if at > 0 && asked.recv().await.is_none() {
                    return;
                }
                stream.write_all(part.as_bytes()).await.unwrap();
            }
        }
    });
    (port, next)
}

const HINTS: &str = "HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\n\
    link: </b.js>; rel=preload\r\nconnection: x-hop\r\nx-hop: 1\r\n\r\n";
const FINAL: &str = "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello";

#[tokio::test]
async fn early_hints_reach_a_client_before_the_answer_is_there() {
    let (service, next) = in_parts(&[HINTS, FINAL]).await;
    let bench = Bench::new(&[("web", service)]).await;
    let mut client = bench.connect().await;
    let request = b"GET / HTTP/1.1\r\nhost: web.localhost\r\n\r\n";
    client.write_all(request).await.unwrap();
    let hints = read_until(&mut client, "\r\n\r\n").await;
    assert_eq!(
        hints,
        "HTTP/1.1 103 Early Hints\r\nlink: </a.css>; rel=preload\r\nlink: </b.js>; rel=preload\r\n\r\n"
    );
    next.send(()).await.unwrap();
    let answer = read_until(&mut client, "hello").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert_eq!(bench.only().await.view.status_code, 200);
}

#[tokio::test]
async fn interim_responses_precede_their_final_response() {
    const ALL_AT_ONCE: &str = "HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\n\
        link: </a>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 5\r\n\
        connection: close\r\n\r\nhello";
    let (service, _next) = in_parts(&[ALL_AT_ONCE]).await;
    let bench = Bench::new(&[("web", service)]).await;
    let mut client = bench.connect().await;
    let request = "GET / HTTP/1.1\r\nhost: web.localhost\r\n\r\n";
    // Two requests at once on one connection are answered one after the other.
    client
        .write_all(request.repeat(2).as_bytes())
        .await
        .unwrap();
    let mut whole = String::new();
    for _ in 0..2 {
        whole.push_str(&read_until(&mut client, "hello").await);
    }
    let firsts: Vec<&str> = whole
        .split("\r\n")
        .filter(|line| line.contains("HTTP/1.1 "))
        .map(|line| line.trim_start_matches("hello"))
        .collect();
    let one = [
        "HTTP/1.1 102 Processing",
        "HTTP/1.1 103 Early Hints",
        "HTTP/1.1 200 OK",
    ];
    assert_eq!(firsts, [one, one].concat(), "{whole}");
    // HTTP/1.0 has none.
    let old = "GET / HTTP/1.0\r\nhost: web.localhost\r\n\r\n";
    let answer = ask(bench.port(), old).await;
    assert!(
        answer.starts_with("HTTP/1.0 200") || answer.starts_with("HTTP/1.1 200"),
        "{answer}"
    );
}

#[tokio::test]
async fn a_request_names_one_host() {
    let listen = free_port().await;
    let bench = Bench::with(&[("web", service(echo).await)], |project| {
        project.services["web"].listen = Some(listen);
    })
    .await;
    // Two `Host` headers are ambiguous (RFC 9112, 3.2).
    let two =
        "GET / HTTP/1.1\r\nhost: web.localhost\r\nhost: no.localhost\r\nconnection: close\r\n\r\n";
    for wrong in ["GET / HTTP/1.0\r\n\r\n", two] {
        let answer = ask(bench.port(), wrong).await;
        assert!(answer.starts_with("HTTP/1."), "{answer}");
        assert!(answer.contains(" 421 "), "{answer}");
        assert!(
            answer.contains("A request that names no host, or several, is not served here"),
            "{answer}"
        );
    }
    assert!(bench.list().is_empty());
    // HTTP/1.0 clients may leave it out when there is one service only; the proxy adds it.
    let answer = ask(listen, "GET / HTTP/1.0\r\n\r\n").await;
    assert!(answer.contains(r#"["host",""]"#), "{answer}");
    let absolute = "GET http://web.localhost/x HTTP/1.0\r\nhost: no.localhost\r\n\r\n";
    let answer = ask(bench.port(), absolute).await;
    assert!(answer.contains(r#"["host","web.localhost"]"#), "{answer}");
}

#[tokio::test]
async fn setting_the_clock_does_not_affect_waiting() {
    let (old, new) = (free_port().await, free_port().await);
    let bench = Bench::new(&[("old", old), ("new", new)]).await;
    let day = Duration::from_secs(24 * 60 * 60);
    let (past, future) = ("2000-01-31T09:15:00Z", "2100-01-31T09:15:00Z");
    bench.processes.set_running("old", day, future);
    let asked = Instant::now();
    let answer = bench.get("old.localhost", "/", &[]).await;
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
    assert!(asked.elapsed() < LONG, "it waited in vain");
    bench.processes.set_running("new", Duration::ZERO, past);
    let waiting = bench.get("new.localhost", "/", &[]);
    let starting = async {
        until("the request came in", || async {
            (bench.list().len() == 2).then_some(())
        })
        .await;
        let listener = TcpListener::bind(("127.0.0.1", new)).await.unwrap();
        tokio::spawn(serve_on(listener, echo));
    };
    let (answer, ()) = tokio::join!(waiting, starting);
    assert_eq!(answer.status, StatusCode::OK);
}

/// A service that counts its requests.
async fn counted() -> (u16, Arc<AtomicUsize>) {
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&seen);
    let port = service(move |request| {
        counter.fetch_add(1, Ordering::SeqCst);
        echo(request)
    });
    (port.await, seen)
}

#[tokio::test]
async fn another_program_does_not_replace_a_stopped_process() {
    let (port, seen) = counted().await;
    let bench = Bench::new(&[("web", port)]).await;
    for status in [Status::Stopped, Status::Crashed, Status::Blocked] {
        bench.processes.set("web", status);
        let html = [("accept", "text/html")];
        let answer = bench.get("web.localhost", "/", &html).await;
        assert_eq!(answer.status, StatusCode::BAD_GATEWAY, "{status:?}");
        assert_eq!(answer.headers["x-prox-error"], "SERVICE_DOWN");
        let text = answer.text();
        for part in [
            "web is not running",
            &format!("127.0.0.1:{port}"),
            "prox start web",
        ] {
            assert!(text.contains(part), "{status:?}: {text}");
        }
        let mut upgrade = bench.connect().await;
        let request =
            "GET / HTTP/1.1\r\nhost: web.localhost\r\nconnection: upgrade\r\nupgrade: test\r\n\r\n";
        upgrade.write_all(request.as_bytes()).await.unwrap();
        let mut status_line = [0; 12];
        upgrade.read_exact(&mut status_line).await.unwrap();
        assert_eq!(&status_line, b"HTTP/1.1 502");
    }
    assert_eq!(seen.load(Ordering::SeqCst), 0);
    // While it runs, and when it has completed and may have left a program in the background.
    for status in [
        Status::Running,
        Status::Starting,
        Status::Stopping,
        Status::Completed,
    ] {
        bench.processes.set("web", status);
        let answer = bench.get("web.localhost", "/", &[]).await;
        assert_eq!(answer.status, StatusCode::OK, "{status:?}");
    }
    // An earlier idle connection is not used either.
    bench.processes.set("web", Status::Stopped);
    let answer = bench.get("web.localhost", "/", &[]).await;
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
    assert_eq!(seen.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn a_request_waits_for_a_process_that_waits_for_others() {
    let (port, seen) = counted().await;
    let bench = Bench::new(&[("web", port)]).await;
    bench.processes.set("web", Status::Waiting);
    let waiting = bench.get("web.localhost", "/", &[]);
    let starting = async {
        until("the request came in", || async {
            (!bench.list().is_empty()).then_some(())
        })
        .await;
        assert_eq!(seen.load(Ordering::SeqCst), 0);
        bench.processes.set("web", Status::Running);
    };
    let (answer, ()) = tokio::join!(waiting, starting);
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(seen.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn an_error_page_explains_the_error() {
    let bench = Bench::new(&[("web", free_port().await), ("api", free_port().await)]).await;
    bench.processes.set("web", Status::Crashed);
    let answer = bench
        .get("web.localhost", "/", &[("accept", "text/html")])
        .await;
    assert_eq!(answer.status, StatusCode::BAD_GATEWAY);
    assert_eq!(answer.headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(answer.headers["x-prox-error"], "SERVICE_DOWN");
    let text = answer.text();
    assert!(
        text.contains("crashed (exit code 1)") && text.contains("prox start web"),
        "{text}"
    );
    let answer = bench
        .get("api.localhost", "/", &[("accept", "application/json")])
        .await;
    let document: serde_json::Value = serde_json::from_slice(&answer.body).unwrap();
    assert_eq!(document["code"], "SERVICE_DOWN");
    assert!(document["error"].as_str().unwrap().contains("No process"));
    let answer = bench.get("no.localhost", "/", &[]).await;
    assert_eq!(answer.status, StatusCode::NOT_FOUND);
    assert!(
        answer
            .text()
            .contains(&format!("http://api.localhost:{}/", bench.port()))
    );
    let answer = bench.get("localhost", "/", &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.text().contains("web.localhost"));
    // A page on another site whose name resolves to this machine learns nothing.
    let answer = bench.get("evil.example", "/", &[]).await;
    assert_eq!(answer.status, StatusCode::MISDIRECTED_REQUEST);
    assert!(!answer.text().contains("web"));
    assert_eq!(bench.list().len(), 2, "only requests to services are kept");
}

#[tokio::test]
async fn a_service_that_is_the_proxy_is_no_endless_loop() {
    let bench = Bench::new(&[("web", 1)]).await;
    let mut project = bench.project.clone();
    project.services["web"].port = bench.port();
    bench.handle.reload(&project);
    let answer = bench.get("web.localhost", "/", &[]).await;
    assert_eq!(answer.status, StatusCode::LOOP_DETECTED);
    assert!(answer.text().contains("services.web"));
}

#[tokio::test]
async fn a_service_may_have_a_port_for_itself() {
    let port = service(echo).await;
    let bench = Bench::with(&[("web", port)], |project| {
        project.services["web"].listen = Some(0);
        project.proxy.http_port = None;
    })
    .await;
    let [(name, own)] = bench.handle.service_ports() else {
        panic!("one port");
    };
    assert_eq!(name, "web");
    let mut stream = TcpStream::connect(("127.0.0.1", *own)).await.unwrap();
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: tunnel.example\r\nconnection: close\r\n\r\n")
        .await
        .unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    assert!(text.contains(r#"["host","tunnel.example"]"#), "{text}");
}

#[tokio::test]
async fn listeners_on_the_other_loopback_address_are_found() {
    let Ok(listener) = TcpListener::bind("[::1]:0").await else {
        return;
    };
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(serve_on(listener, echo));
    let bench = Bench::new(&[("web", port)]).await;
    let answer = bench.get("web.localhost", "/", &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
}

#[tokio::test]
async fn a_taken_port_is_named_with_its_setting() {
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut project = crate::support::project(folder.path().to_owned(), &[]);
    let port = taken.local_addr().unwrap().port();
    project.proxy.http_port = Some(port);
    let places = prox_proxy::StatePaths {
        authorities: folder.path().join("ca"),
        requests: folder.path().join("requests"),
    };
    let targets = Arc::<crate::support::Processes>::default();
    let error = prox_proxy::serve_in(&places, &project, targets, Arc::default())
        .await
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.contains(&port.to_string()) && error.contains("proxy.http_port"),
        "{error}"
    );
}

#[tokio::test]
async fn http2_without_tls_reaches_a_service() {
    let bench = Bench::new(&[("web", service(echo).await)]).await;
    let io = TokioIo::new(bench.connect().await);
    let (mut sender, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io)
        .await
        .unwrap();
    tokio::spawn(connection);
    let request = |number: usize| {
        Request::post(format!("http://web.localhost/{number}"))
            .header("cookie", "a=1")
            .header("cookie", "b=2")
            .body(Full::<Bytes>::from(format!("body {number}")))
            .unwrap()
    };
    let sent: Vec<_> = (0..20)
        .map(|number| tokio::spawn(sender.send_request(request(number))))
        .collect();
    for (number, response) in sent.into_iter().enumerate() {
        let answer = Answer::read(response.await.unwrap().unwrap()).await;
        assert!(
            answer
                .text()
                .contains(&format!(r#""body":"body {number}""#))
        );
        assert_eq!(received_headers(&answer, "host"), ["web.localhost"]);
        assert_eq!(received_headers(&answer, "cookie"), ["a=1; b=2"]);
    }
}

#[tokio::test]
async fn grpc_reaches_its_service_over_http2_with_trailers() {
    let port = service(|request: Request<Incoming>| async move {
        assert_eq!(request.version(), http::Version::HTTP_2);
        assert_eq!(request.headers()["te"], "trailers");
        let body = request.into_body().collect().await.unwrap().to_bytes();
        let trailers =
            http::HeaderMap::from_iter([("grpc-status".parse().unwrap(), "0".parse().unwrap())]);
        Response::new(Full::from(body).with_trailers(async move { Some(Ok(trailers)) }))
    })
    .await;
    let bench = Bench::new(&[("api", port)]).await;
    let io = TokioIo::new(bench.connect().await);
    let (mut sender, connection) = hyper::client::conn::http2::handshake(TokioExecutor::new(), io)
        .await
        .unwrap();
    tokio::spawn(connection);
    for _ in 0..3 {
        let request = Request::post("http://api.localhost/package.Service/Method")
            .header("content-type", "application/grpc+proto")
            .header("te", "trailers")
            .body(Full::<Bytes>::from("message"))
            .unwrap();
        let answer = Answer::read(sender.send_request(request).await.unwrap()).await;
        assert_eq!(answer.body, "message");
        assert_eq!(answer.trailers.unwrap()["grpc-status"], "0");
    }
}

#[tokio::test]
async fn trailers_pass_over_http1() {
    let port = raw(|mut stream, _| async move {
        let head = respond(
            &mut stream,
            "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\ntrailer: x-sum\r\n\r\n\
             2\r\nok\r\n0\r\nx-sum: 7\r\n\r\n",
        )
        .await;
        assert!(head.contains("te: trailers"), "{head}");
    })
    .await;
    let bench = Bench::new(&[("web", port)]).await;
    let mut stream = bench.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: web.localhost\r\nte: trailers\r\n\r\n")
        .await
        .unwrap();
    let text = read_until(&mut stream, "x-sum: 7\r\n\r\n").await;
    assert!(text.contains("2\r\nok\r\n"), "{text}");
    let exchange = bench.only().await.exchange.unwrap();
    assert_eq!(exchange.response.trailers[0].value, "7");
}

#[tokio::test]
async fn a_forward_proxy_it_is_not() {
    let bench = Bench::new(&[("web", free_port().await)]).await;
    let mut stream = bench.connect().await;
    stream
        .write_all(b"CONNECT web.localhost:443 HTTP/1.1\r\nhost: web.localhost\r\n\r\n")
        .await
        .unwrap();
    let head = read_until(&mut stream, "\r\n").await;
    assert!(head.contains("405"), "{head}");
}

#[tokio::test]
async fn garbage_is_refused_and_the_next_connection_is_served() {
    let bench = Bench::new(&[("web", service(echo).await)]).await;
    for garbage in [
        &b"\0\0\0\0garbage\r\n\r\n"[..],
        b"GET / HTTP/1.1\r\nhost: a\r\nhost web\r\n\r\n",
        b"GET / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\nhost: web.localhost\r\n\r\n",
        b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\nhost: web.localhost\r\n\r\nzz\r\n",
    ] {
        let mut stream = bench.connect().await;
        stream.write_all(garbage).await.unwrap();
        let mut text = Vec::new();
        let reading = stream.read_to_end(&mut text);
        // With or without an answer, the connection is closed and does not hang.
        let _ = tokio::time::timeout(LONG, reading)
            .await
            .expect("it closes");
    }
    let answer = bench.get("web.localhost", "/", &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
}
