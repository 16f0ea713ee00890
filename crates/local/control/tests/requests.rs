//! The routes of captured requests, with a running proxy.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use axum::response::Json;
use http_body_util::BodyExt;
use prox_config::Environment;
use prox_control::requests::{Documentation, routes};
use prox_events::{Event, EventBus, ProcessView, Status};
use prox_proxy::{Handle, StatePaths, Targets, serve_in};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tower::ServiceExt;
use utoipa::OpenApi;

/// The timeout of everything, even on a loaded machine.
const LONG: Duration = Duration::from_secs(30);

/// A service without a process.
struct NoProcesses;

impl Targets for NoProcesses {
    fn process(&self, _service: &str) -> Option<ProcessView> {
        None
    }

    fn status(&self, _service: &str) -> Option<Status> {
        None
    }

    fn running_for(&self, _service: &str) -> Option<Duration> {
        None
    }

    fn warn(&self, _message: &str) {}
}

/// A service that answers every request with the same JSON. Returns its port.
async fn service() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let app = axum::Router::new().fallback(|| async { Json(json!({"number": 1})) });
    tokio::spawn(async move { axum::serve(listener, app).await });
    port
}

/// A proxy in front of one service, `web`.
async fn proxy(folder: &Path, bus: &Arc<EventBus>) -> Handle {
    let file = folder.join("prox.yaml");
    let text = format!("services: {{web: {{port: {}}}}}\n", service().await);
    std::fs::write(&file, text).unwrap();
    let mut project = prox_config::load_in(&file, &Environment::default()).unwrap();
    // Any free port, which the file cannot express.
    project.proxy.http_port = Some(0);
    let places = StatePaths {
        authorities: folder.join("ca"),
        requests: folder.join("requests"),
    };
    serve_in(&places, &project, Arc::new(NoProcesses), Arc::clone(bus))
        .await
        .unwrap()
}

#[tokio::test]
async fn the_routes_list_show_stream_and_replay() {
    let folder = tempfile::tempdir().unwrap();
    let bus = Arc::<EventBus>::default();
    let handle = proxy(folder.path(), &bus).await;
    let port = handle.http_port().unwrap();
    let router = routes(Some(Arc::new(handle)));
    let get = |path: &str| Request::get(path).body(Body::empty()).unwrap();
    let call = async |request: Request<Body>| {
        let response = router.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let body = response.into_body().collect().await.unwrap().to_bytes();
        (status, serde_json::from_slice::<Value>(&body).unwrap())
    };

    let mut client = TcpStream::connect(("127.0.0.1", port)).await.unwrap();
    let head = b"GET /one HTTP/1.1\r\nHost: web.localhost\r\nConnection: close\r\n\r\n";
    client.write_all(head).await.unwrap();
    let mut answer = String::new();
    client.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

    let (status, list) = call(get("/proxy/requests?method=GET&limit=5")).await;
    assert_eq!(status, StatusCode::OK);
    let id = list["requests"][0]["id"].as_str().unwrap().to_owned();
    let (_, list) = call(get("/proxy/requests?min_status=500")).await;
    assert_eq!(list["requests"], json!([]));
    let (status, error) = call(get("/proxy/requests?since=never")).await;
    assert_eq!(
        (status, &error["code"]),
        (StatusCode::BAD_REQUEST, &"FILTER_INVALID".into())
    );

    // Its body is available once it is stored.
    let kept = async {
        loop {
            let (_, detail) = call(get(&format!("/proxy/requests/{id}?include=body"))).await;
            if detail["in_flight"] != true
                && let Some(data) =
                    detail["exchange"]["response"]["body"]["content"]["data"].as_str()
            {
                return data.to_owned();
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let data = tokio::time::timeout(LONG, kept).await.unwrap();
    assert!(data.contains("\"number\":1"), "{data}");
    let (_, detail) = call(get(&format!("/proxy/requests/{id}"))).await;
    assert_eq!(detail["url"], "/one");
    assert_eq!(
        detail["exchange"]["response"]["body"]["content"],
        Value::Null
    );
    let (status, error) = call(get("/proxy/requests/ffffffffffff")).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(error["code"], "REQUEST_NOT_FOUND");

    let stream = router
        .clone()
        .oneshot(get("/proxy/requests/stream"))
        .await
        .unwrap();
    assert_eq!(stream.headers()["content-type"], "text/event-stream");
    let mut stream = stream.into_body();
    let post = Request::post(format!("/proxy/requests/{id}/replay"))
        .header("content-type", "application/json")
        .body(Body::from("{}"))
        .unwrap();
    let (status, replayed) = call(post).await;
    assert_eq!(status, StatusCode::OK);
    assert_eq!(replayed["replay"]["exchange"]["replay_of"], id.as_str());
    let mut text = String::new();
    while text.matches("event: request").count() < 2 {
        let frame = tokio::time::timeout(LONG, stream.frame()).await.unwrap();
        let data = frame.unwrap().unwrap().into_data().unwrap();
        text.push_str(std::str::from_utf8(&data).unwrap());
    }
    assert!(text.contains("\"in_flight\":true"), "{text}");
    // The end of the supervisor ends the stream.
    bus.publish(Event::ShuttingDown);
    let end = tokio::time::timeout(LONG, stream.frame()).await.unwrap();
    assert!(end.is_none());
}

#[tokio::test]
async fn without_a_proxy_there_are_no_requests() {
    let call = async |request: Request<Body>| routes(None).oneshot(request).await.unwrap();
    let get = |path: &str| Request::get(path).body(Body::empty()).unwrap();
    assert_eq!(call(get("/proxy/requests")).await.status(), StatusCode::OK);
    assert_eq!(
        call(get("/proxy/requests/x")).await.status(),
        StatusCode::NOT_FOUND
    );
}

#[test]
fn every_route_is_documented() {
    let document = serde_json::to_value(Documentation::openapi()).unwrap();
    let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
    assert_eq!(
        paths,
        [
            "/proxy/requests",
            "/proxy/requests/stream",
            "/proxy/requests/{id}",
            "/proxy/requests/{id}/replay",
        ]
    );
}
