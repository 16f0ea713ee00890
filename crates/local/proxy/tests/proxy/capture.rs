//! Captured requests, in memory and on disk.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use prox_capture::store::open_stored;
use prox_capture::{Filter, Store};
use prox_events::Event;

use crate::support::{Bench, get, service, until};

async fn secretive(request: Request<Incoming>) -> Response<Full<Bytes>> {
    let body = request.into_body().collect().await.unwrap().to_bytes();
    Response::builder()
        .header("set-cookie", "sid=s3cret-cookie; Path=/; HttpOnly")
        .header("x-session", "s3cret-session")
        .body(Full::from(body))
        .unwrap()
}

#[tokio::test]
async fn secrets_are_not_at_rest() {
    let bench = Bench::with(&[("web", service(secretive).await)], |project| {
        project.proxy.capture.redact = vec!["x-session".to_owned()];
    })
    .await;
    let request = Request::post("/path?q=1&x-session=s3cret")
        .header("host", "web.localhost")
        .header("referer", "http://web.localhost/?x-session=s3cret")
        .header("authorization", "Bearer s3cret-token")
        .header("cookie", "sid=s3cret-cookie; other=s3cret")
        .header("proxy-authorization", "Basic s3cret")
        .header("x-session", "s3cret-session")
        .header("x-kept", "visible")
        .body(Full::from("the body"))
        .unwrap();
    // The service and the client get the complete bodies.
    let answer = bench.send(request).await;
    assert_eq!(answer.headers["x-session"], "s3cret-session");
    let detail = bench.only().await;
    assert!(!format!("{detail:?}").contains("s3cret"));
    let request = &detail.exchange.as_ref().unwrap().request;
    assert_eq!(request.header("authorization"), Some("Bearer [redacted]"));
    assert_eq!(request.header("x-kept"), Some("visible"));
    assert_eq!(detail.view.url, "/path?q=1&x-session=[redacted]");

    bench.handle.shutdown().await;
    let mut files = 0;
    for entry in std::fs::read_dir(bench.places().requests).unwrap() {
        let content = std::fs::read(entry.unwrap().path()).unwrap();
        let text = String::from_utf8_lossy(&content);
        assert!(!text.contains("s3cret"), "{text}");
        assert!(text.contains("the body") && text.contains("visible"));
        files += 1;
    }
    assert_eq!(files, 1);
    // It can be read after prox has ended.
    let store = open_stored(&bench.places().requests).unwrap();
    let kept = store.detail(&detail.view.id, true).unwrap();
    assert_eq!(kept, detail);
}

#[tokio::test]
async fn stored_requests_of_an_earlier_run_are_listed_first() {
    let bench = Bench::new(&[("web", service(secretive).await)]).await;
    bench.get("web.localhost", "/first", &[]).await;
    bench.handle.shutdown().await;
    let store = Store::open(
        &bench.places().requests,
        &bench.project.proxy.capture,
        Duration::from_secs(3600),
        Arc::default(),
        |_| {},
    );
    let all = Filter::default().matcher().unwrap();
    let views = until("it is read", || async {
        Some(store.list(&all)).filter(|list| !list.is_empty())
    })
    .await;
    assert_eq!(views[0].url, "/first");
    assert_eq!(views, bench.list());
}

#[tokio::test]
async fn the_event_bus_gets_the_beginning_and_the_end() {
    let bench = Bench::new(&[("web", service(secretive).await)]).await;
    let (mut events, _wanted) = bench.handle.store().subscribe();
    bench.get("web.localhost", "/x?y=1", &[]).await;
    let mut views = Vec::new();
    while views.len() < 2 {
        if let Event::Request(view) = events.recv().await.unwrap() {
            views.push(view);
        }
    }
    let [begun, ended] = &views[..] else { panic!() };
    assert_eq!((begun.in_flight, begun.status_code), (true, 0));
    assert_eq!((ended.in_flight, ended.status_code), (false, 200));
    assert_eq!(begun.id, ended.id);
    assert_eq!(begun.id.len(), 12);
    assert!(begun.id.bytes().all(|digit| digit.is_ascii_hexdigit()));
    assert_eq!(ended.url, "/x?y=1");
    assert_eq!(ended.subdomain, "web");
    assert_eq!(ended.hostname, "web.localhost");
    assert!(ended.duration_ms > 0.0);
    assert!(ended.timestamp.ends_with('Z'));
}

#[tokio::test]
async fn a_list_contains_what_its_filter_matches() {
    let port = service(|request: Request<Incoming>| async move {
        let status: u16 = request.uri().path()[1..4].parse().unwrap();
        Response::builder()
            .status(status)
            .body(Full::<Bytes>::default())
            .unwrap()
    })
    .await;
    let bench = Bench::new(&[("web", port), ("api", port)]).await;
    for (host, method, path) in [
        ("web", "GET", "/200"),
        ("web", "POST", "/404/users"),
        ("api", "GET", "/500"),
        ("api", "PUT", "/201/users?q=7"),
    ] {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", format!("{host}.localhost"));
        bench.send(request.body(Full::default()).unwrap()).await;
    }
    let urls = |filter: Filter| -> Vec<String> {
        bench
            .list_by(filter)
            .into_iter()
            .map(|view| view.url)
            .collect()
    };
    let some = |text: &str| Some(text.to_owned());
    let none = Filter::default;
    assert_eq!(urls(none()).len(), 4);
    assert_eq!(
        urls(Filter {
            subdomain: some("API"),
            ..none()
        }),
        ["/500", "/201/users?q=7"]
    );
    assert_eq!(
        urls(Filter {
            method: some("post"),
            ..none()
        }),
        ["/404/users"]
    );
    assert_eq!(
        urls(Filter {
            min_status: Some(404),
            ..none()
        }),
        ["/404/users", "/500"]
    );
    assert_eq!(
        urls(Filter {
            max_status: Some(201),
            ..none()
        }),
        ["/200", "/201/users?q=7"]
    );
    assert_eq!(
        urls(Filter {
            url: some("users"),
            ..none()
        }),
        ["/404/users", "/201/users?q=7"]
    );
    assert_eq!(
        urls(Filter {
            limit: Some(1),
            ..none()
        }),
        ["/201/users?q=7"]
    );
    assert_eq!(
        urls(Filter {
            since: some("1h"),
            ..none()
        })
        .len(),
        4
    );
    assert!(
        urls(Filter {
            since: some("2100-01-01T00:00:00Z"),
            ..none()
        })
        .is_empty()
    );
    assert!(
        Filter {
            since: some("yesterday"),
            ..none()
        }
        .matcher()
        .is_err()
    );
    let view = bench.list().remove(0);
    let matcher = Filter {
        method: some("post"),
        ..none()
    }
    .matcher()
    .unwrap();
    assert!(!matcher.matches(&view));
    // An id may be shortened as long as it is unique.
    let store = bench.handle.store();
    assert_eq!(store.detail(&view.id[..8], false).unwrap().view.id, view.id);
    assert!(store.detail("", false).is_none());
    assert!(store.detail("zzzzzzzzzzzz", false).is_none());
}

#[tokio::test]
async fn a_coded_body_is_shown_as_it_was_meant() {
    let port = service(|_: Request<Incoming>| async {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        gzip.write_all(b"{\"meant\": true}").unwrap();
        Response::builder()
            .header("content-encoding", "gzip")
            .body(Full::<Bytes>::from(gzip.finish().unwrap()))
            .unwrap()
    })
    .await;
    let bench = Bench::new(&[("web", port)]).await;
    bench.get("web.localhost", "/", &[]).await;
    let content = bench
        .only()
        .await
        .exchange
        .unwrap()
        .response
        .body
        .content
        .unwrap();
    assert_eq!(
        (content.data.as_str(), content.note),
        ("{\"meant\": true}", None)
    );
}

#[tokio::test]
async fn a_full_disk_is_reported_once_and_stops_no_request() {
    let folder = tempfile::tempdir().unwrap();
    let blocked = folder.path().join("requests");
    std::fs::write(&blocked, "a file, where a folder should be").unwrap();
    let bench = Bench::new(&[("web", service(secretive).await)]).await;
    let warnings = Arc::new(std::sync::Mutex::new(Vec::new()));
    let sink = Arc::clone(&warnings);
    let store = Store::open(
        &blocked,
        &bench.project.proxy.capture,
        Duration::from_secs(3600),
        Arc::default(),
        move |warning| sink.lock().unwrap().push(warning.to_owned()),
    );
    until("the warning", || async {
        (!warnings.lock().unwrap().is_empty()).then_some(())
    })
    .await;
    store.close();
    assert_eq!(warnings.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn without_capture_requests_are_listed_and_nothing_is_stored() {
    let bench = Bench::with(&[("web", service(secretive).await)], |project| {
        project.proxy.capture.enabled = false;
    })
    .await;
    bench.get("web.localhost", "/", &[]).await;
    let view = until("it is over", || async {
        bench.list().into_iter().find(|view| !view.in_flight)
    })
    .await;
    assert_eq!(
        bench
            .handle
            .store()
            .detail(&view.id, true)
            .unwrap()
            .exchange,
        None
    );
    bench.handle.shutdown().await;
    assert!(!bench.places().requests.exists());
}

#[tokio::test]
async fn the_end_of_a_flood_is_kept_whole() {
    let bench = Bench::new(&[("web", service(secretive).await)]).await;
    let io = hyper_util::rt::TokioIo::new(bench.connect().await);
    let (mut client, connection) = hyper::client::conn::http1::handshake(io).await.unwrap();
    tokio::spawn(connection);
    for number in 0..6000 {
        client.ready().await.unwrap();
        let request = Request::post(format!("/{number}")).header("host", "web.localhost");
        let request = request.body(Full::<Bytes>::from("x".repeat(100))).unwrap();
        let response = client.send_request(request).await.unwrap();
        response.into_body().collect().await.unwrap();
    }
    bench.handle.shutdown().await;
    let store = open_stored(&bench.places().requests).unwrap();
    let views = store.list(
        &Filter {
            limit: Some(usize::MAX),
            ..Filter::default()
        }
        .matcher()
        .unwrap(),
    );
    let urls: Vec<_> = views.into_iter().map(|view| view.url).collect();
    let expected: Vec<_> = (1000..6000).map(|number| format!("/{number}")).collect();
    assert_eq!(urls, expected);
    let last = store.list(&Filter::default().matcher().unwrap());
    let detail = store.detail(&last[0].id, true).unwrap();
    let content = detail.exchange.unwrap().request.body.content.unwrap();
    assert_eq!(content.data.len(), 100);
}

#[tokio::test]
async fn flood_is_throttled_on_the_hub_and_pairs_stay_whole() {
    let bench = Bench::new(&[("web", service(secretive).await)]).await;
    let (mut events, _wanted) = bench.handle.store().subscribe();
    let mut client = bench.client().await;
    let started = std::time::Instant::now();
    for _ in 0..1000 {
        client.ready().await.unwrap();
        let response = client.send_request(get("/")).await.unwrap();
        response.into_body().collect().await.unwrap();
    }
    let windows = started.elapsed().as_millis() / 25 + 2;
    until("all are over", || async {
        bench
            .list()
            .iter()
            .all(|view| !view.in_flight)
            .then_some(())
    })
    .await;
    let (mut begun, mut ended) = (Vec::new(), Vec::new());
    while let Ok(event) = events.try_recv() {
        let Event::Request(view) = event else {
            continue;
        };
        if view.in_flight {
            &mut begun
        } else {
            &mut ended
        }
        .push(view.id);
    }
    assert_eq!(begun, ended);
    assert!(!begun.is_empty() && begun.len() as u128 <= windows * 50);
}
