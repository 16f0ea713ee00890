//! Replays of captured requests.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use prox_capture::store::open_stored;
use prox_capture::{Content, Encoding, Header, curl};
use prox_proxy::replay::{self, Edits, ReplayError, Replayed};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

use crate::support::{Bench, LONG, raw, read_until, respond, service, until};

/// Counts its requests, and answers with what it received.
async fn counter() -> u16 {
    let count = Arc::new(AtomicUsize::new(0));
    service(move |request: Request<Incoming>| {
        let number = count.fetch_add(1, Ordering::SeqCst) + 1;
        async move {
            let method = request.method().to_string();
            let secret = request.headers().get("authorization").cloned();
            let length = request.headers().get("content-length").cloned();
            let body = request.into_body().collect().await.unwrap().to_bytes();
            let body = String::from_utf8(body.to_vec()).unwrap();
            let echoed = serde_json::json!({
                "number": number,
                "method": method,
                "body": body,
                "secret": secret.map(|value| value.to_str().unwrap().to_owned()),
                "length": length.map(|value| value.to_str().unwrap().to_owned()),
            });
            Response::builder()
                .header("content-type", "application/json")
                .header("x-number", number)
                .body(Full::<Bytes>::from(echoed.to_string()))
                .unwrap()
        }
    })
    .await
}

fn header(name: &str, value: &str) -> Header {
    Header {
        name: name.to_owned(),
        value: value.to_owned(),
    }
}

fn text(data: &str) -> Option<Content> {
    Some(Content {
        encoding: Encoding::Utf8,
        data: data.to_owned(),
        note: None,
    })
}

#[tokio::test]
async fn a_request_is_sent_again_and_the_answers_are_compared() {
    let bench = Bench::new(&[("web", counter().await)]).await;
    let request = Request::post("/path?q=1").header("host", "web.localhost");
    bench.send(request.body(Full::from("asked")).unwrap()).await;
    let id = bench.only().await.view.id;
    let replayed = bench.handle.replay(&id, &Edits::default()).await.unwrap();
    let exchange = replayed.replay.exchange.unwrap();
    assert_eq!(exchange.replay_of, Some(id.clone()));
    let echoed: Value =
        serde_json::from_str(&exchange.response.body.content.unwrap().data).unwrap();
    assert_eq!(
        (&echoed["number"], &echoed["body"]),
        (&2.into(), &"asked".into())
    );
    assert_eq!(echoed["length"], "5");
    assert!(
        replayed.difference.request.is_empty(),
        "{:?}",
        replayed.difference
    );
    let difference = replayed.difference.response;
    assert_eq!(difference.headers[0].name, "x-number");
    let body = difference.body.unwrap();
    assert!(
        body.contains("-  \"number\": 1") && body.contains("+  \"number\": 2"),
        "{body}"
    );
    assert_eq!(bench.list().len(), 2);

    let edits = Edits {
        method: Some("put".to_owned()),
        path: None,
        headers: vec![header("X-New", "1")],
        body: text("other"),
        timeout_ms: None,
    };
    let replayed = bench.handle.replay(&id[..8], &edits).await.unwrap();
    let exchange = replayed.replay.exchange.unwrap();
    assert_eq!(replayed.replay.view.method, "PUT");
    assert_eq!(exchange.request.header("x-new"), Some("1"));
    assert!(
        exchange
            .response
            .body
            .content
            .unwrap()
            .data
            .contains("other")
    );
    assert!(replayed.difference.request.line.is_some());
}

#[tokio::test]
async fn a_secret_is_never_made_up() {
    let bench = Bench::new(&[("web", counter().await)]).await;
    bench
        .get("web.localhost", "/", &[("authorization", "Bearer s3cret")])
        .await;
    let id = bench.only().await.view.id;
    let error = bench
        .handle
        .replay(&id, &Edits::default())
        .await
        .unwrap_err();
    assert!(matches!(&error, ReplayError::Redacted(names) if names == &["authorization"]));
    assert!(error.to_string().contains("--header"), "{error}");
    for (value, secret) in [
        ("Bearer other", Value::from("Bearer other")),
        ("", Value::Null),
    ] {
        let edits = Edits {
            headers: vec![header("Authorization", value)],
            ..Edits::default()
        };
        let replayed = bench.handle.replay(&id, &edits).await.unwrap();
        let content = replayed
            .replay
            .exchange
            .unwrap()
            .response
            .body
            .content
            .unwrap();
        let echoed: Value = serde_json::from_str(&content.data).unwrap();
        assert_eq!(echoed["secret"], secret);
    }
}

#[tokio::test]
async fn url_secret_is_replayed_only_while_prox_runs() {
    let bench = Bench::with(&[("web", mirror().await)], |project| {
        project.proxy.capture.redact = vec!["token".to_owned()];
    })
    .await;
    bench.get("web.localhost", "/?token=s3cret", &[]).await;
    let id = bench.only().await.view.id;
    let replayed = bench.handle.replay(&id, &Edits::default()).await.unwrap();
    let content = replayed.replay.exchange.unwrap().response.body.content;
    assert_eq!(content.unwrap().data, "/?token=s3cret");
    assert_eq!(replayed.replay.view.url, "/?token=[redacted]");
    assert_eq!(replayed.difference.request.line, None);

    bench.handle.shutdown().await;
    let store = open_stored(&bench.places().requests).unwrap();
    let error = replay::directly(&store, &id, &Edits::default()).await;
    assert!(matches!(error, Err(ReplayError::RedactedAddress(_))));
}

/// Answers with the URL of its request.
async fn mirror() -> u16 {
    service(|request: Request<Incoming>| async move {
        Response::new(Full::<Bytes>::from(request.uri().to_string()))
    })
    .await
}

async fn replay_to(bench: &Bench, id: &str, path: &str) -> Result<Replayed, ReplayError> {
    let edits = Edits {
        path: Some(path.to_owned()),
        ..Edits::default()
    };
    bench.handle.replay(id, &edits).await
}

#[tokio::test]
async fn a_request_is_sent_to_another_path_of_the_same_service() {
    let bench = Bench::new(&[("web", mirror().await)]).await;
    bench.get("web.localhost", "/a?page=1", &[]).await;
    let id = bench.only().await.view.id;
    for (path, sent) in [
        ("/b/../c?page=2", "/b/../c?page=2"),
        (
            "/für alle?q=\"<a>\"#top",
            "/f%C3%BCr%20alle?q=%22%3Ca%3E%22",
        ),
        ("//other.example/x", "//other.example/x"),
        ("http://Web.localhost?page=3", "/?page=3"),
    ] {
        let replayed = replay_to(&bench, &id, path).await.unwrap();
        assert_eq!(replayed.replay.view.url, sent);
        let line = replayed.difference.request.line.unwrap();
        assert_eq!(line, ["GET /a?page=1".to_owned(), format!("GET {sent}")]);
        let content = replayed.replay.exchange.unwrap().response.body.content;
        assert_eq!(content.unwrap().data, sent);
    }
    let requests = bench.list().len();
    for (path, words) in [
        ("http://other.example/a", "`other.example` is another place"),
        ("https://api.localhost/", "goes to web.localhost again"),
        (
            "page",
            "`page` is not a path and query such as `/items?page=2`",
        ),
        ("", "is not a path"),
    ] {
        let error = replay_to(&bench, &id, path).await.unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
    assert_eq!(bench.list().len(), requests);
}

#[tokio::test]
async fn an_edited_address_keeps_its_secrets_and_shows_none() {
    let bench = Bench::with(&[("web", mirror().await)], |project| {
        project.proxy.capture.redact = vec!["token".to_owned()];
    })
    .await;
    bench
        .get("web.localhost", "/?page=1&token=s3cret", &[])
        .await;
    let id = bench.only().await.view.id;
    let edited = "/?token=[redacted]&page=2";
    let replayed = replay_to(&bench, &id, edited).await.unwrap();
    assert_eq!(replayed.replay.view.url, edited);
    let content = replayed.replay.exchange.unwrap().response.body.content;
    assert_eq!(content.unwrap().data, "/?token=s3cret&page=2");
    let other = replay_to(&bench, &id, "/?token=0ther").await.unwrap();
    assert_eq!(other.replay.view.url, "/?token=[redacted]");
    let error = replay_to(&bench, &id, "/?key=[redacted]").await;
    assert!(matches!(error, Err(ReplayError::RedactedAddress(_))));

    // Later the secret is unknown, but the caller can give it.
    bench.handle.shutdown().await;
    let store = open_stored(&bench.places().requests).unwrap();
    let to = async |path: &str| {
        let edits = Edits {
            path: Some(path.to_owned()),
            ..Edits::default()
        };
        replay::directly(&store, &id, &edits).await
    };
    let error = to(edited).await.unwrap_err().to_string();
    assert!(
        error.contains(edited) && error.contains("--path"),
        "{error}"
    );
    assert!(to("/?token=again").await.is_ok());
}

#[tokio::test]
async fn a_truncated_body_must_be_given_for_a_replay() {
    let bench = Bench::with(&[("web", counter().await)], |project| {
        project.proxy.capture.max_body_size = 3;
    })
    .await;
    let request = Request::post("/").header("host", "web.localhost");
    bench.send(request.body(Full::from("asked")).unwrap()).await;
    let id = bench.only().await.view.id;
    let error = bench
        .handle
        .replay(&id, &Edits::default())
        .await
        .unwrap_err();
    assert!(matches!(error, ReplayError::Truncated { kept: 3, size: 5 }));
    let edits = Edits {
        body: text("whole"),
        ..Edits::default()
    };
    assert!(bench.handle.replay(&id, &edits).await.is_ok());
}

/// Sends the head of each request that it gets to the test.
async fn heads() -> (u16, mpsc::Receiver<String>) {
    let (sender, heads) = mpsc::channel(8);
    let port = raw(move |mut stream, _| {
        let sender = sender.clone();
        async move {
            let answer = "HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            sender
                .send(respond(&mut stream, answer).await)
                .await
                .unwrap();
            // Until the other side has read enough.
            let _ = stream.read_to_end(&mut Vec::new()).await;
        }
    })
    .await;
    (port, heads)
}

#[tokio::test]
async fn an_upload_that_did_not_end_is_not_sent_as_if_it_had() {
    let (port, mut heads) = heads().await;
    let bench = Bench::new(&[("web", port)]).await;
    let mut stream = bench.connect().await;
    let begun = "POST / HTTP/1.1\r\nhost: web.localhost\r\ncontent-length: 10\r\n\r\nbegin";
    stream.write_all(begun.as_bytes()).await.unwrap();
    heads.recv().await.unwrap();
    drop(stream);
    let only = bench.only().await;
    let error = bench.handle.replay(&only.view.id, &Edits::default()).await;
    let error = error.unwrap_err();
    assert!(
        matches!(error, ReplayError::Truncated { size: 10, .. }),
        "{error}"
    );
    let (_, missing) = curl::command(&only).unwrap();
    assert_eq!(missing, ["the body was not kept to its end"]);
}

#[tokio::test]
async fn an_upload_without_a_length_that_did_not_end_is_none_that_did() {
    let (port, mut heads) = heads().await;
    let echo = service(|request: Request<Incoming>| async move {
        // Only complete bodies.
        let body = request.into_body().collect().await;
        Response::new(Full::from(body.unwrap().to_bytes()))
    })
    .await;
    let bench = Bench::new(&[("early", port), ("echo", echo)]).await;
    let begun = |host: &str| {
        format!(
            "POST / HTTP/1.1\r\nhost: {host}.localhost\r\ntransfer-encoding: chunked\r\n\r\n5\r\nbegin\r\n"
        )
    };
    let ended = async |count: usize| {
        until("the request is kept", || async {
            let list = bench.list();
            let view = list.get(count - 1).filter(|view| !view.in_flight)?;
            let detail = bench.handle.store().detail(&view.id, true)?;
            detail.exchange.is_some().then_some(detail)
        })
        .await
    };

    // Answered before its end.
    let mut early = bench.connect().await;
    early.write_all(begun("early").as_bytes()).await.unwrap();
    heads.recv().await.unwrap();
    // Aborted by the client.
    let cut = ended(1).await;
    assert_eq!(cut.view.status_code, 200);
    assert!(cut.exchange.as_ref().unwrap().request.body.cut);
    let mut stream = bench.connect().await;
    stream.write_all(begun("echo").as_bytes()).await.unwrap();
    until("it began", || async {
        let id = bench.list().get(1)?.id.clone();
        let detail = bench.handle.store().detail(&id, false)?;
        (detail.exchange?.request.body.size == 5).then_some(())
    })
    .await;
    drop(stream);
    let broken = ended(2).await;
    let exchange = broken.exchange.as_ref().unwrap();
    assert_eq!(
        exchange.error.as_deref(),
        Some("the client aborted its request")
    );
    for detail in [cut, broken] {
        let body = &detail.exchange.as_ref().unwrap().request.body;
        assert_eq!((body.cut, body.size), (true, 5));
        let content = body.content.as_ref().unwrap();
        assert_eq!(content.note.as_deref(), Some("its end never came"));
        let replayed = bench
            .handle
            .replay(&detail.view.id, &Edits::default())
            .await;
        assert!(matches!(replayed, Err(ReplayError::Cut)), "{replayed:?}");
        let (_, missing) = curl::command(&detail).unwrap();
        assert_eq!(missing, ["the body was not kept to its end"]);
    }

    // A complete body.
    let mut stream = bench.connect().await;
    let whole = begun("echo") + "0\r\n\r\n";
    stream.write_all(whole.as_bytes()).await.unwrap();
    let whole = ended(3).await;
    assert!(!whole.exchange.unwrap().request.body.cut);
    let replayed = bench.handle.replay(&whole.view.id, &Edits::default()).await;
    assert!(replayed.unwrap().difference.response.body.is_none());
}

#[tokio::test]
async fn an_answer_is_awaited_until_its_timeout() {
    // The first request to each service is answered; the next one is not, or not completely.
    let asked = Arc::new(AtomicUsize::new(0));
    let port = raw(move |mut stream, _| {
        let asked = Arc::clone(&asked);
        async move {
            read_until(&mut stream, "\r\n\r\n").await;
            let answer: &[u8] = match asked.fetch_add(1, Ordering::SeqCst) {
                0 => b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok",
                1 => b"",
                _ => b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\no",
            };
            stream.write_all(answer).await.unwrap();
            let _ = stream.read_to_end(&mut Vec::new()).await;
        }
    })
    .await;
    let bench = Bench::new(&[("web", port)]).await;
    bench.get("web.localhost", "/", &[]).await;
    let id = bench.only().await.view.id;
    let edits = Edits {
        timeout_ms: Some(300),
        ..Edits::default()
    };
    for (status, error) in [
        (0, "no response within 300ms"),
        (
            200,
            "the response had not ended; this is what came within 300ms",
        ),
    ] {
        let replaying = tokio::time::timeout(LONG, bench.handle.replay(&id, &edits));
        let replay = replaying.await.unwrap().unwrap().replay;
        assert_eq!(
            (replay.view.status_code, replay.view.in_flight),
            (status, false)
        );
        assert_eq!(replay.exchange.unwrap().error.as_deref(), Some(error));
    }
}

#[tokio::test]
async fn connection_headers_are_created_again() {
    let (port, mut heads) = heads().await;
    let bench = Bench::new(&[("web", port)]).await;
    let mut stream = bench.connect().await;
    let head = "PoSt / HTTP/1.1\r\nhost: web.localhost\r\nexpect: 100-continue\r\n\
                transfer-encoding: chunked\r\n\r\n0\r\n\r\n";
    stream.write_all(head.as_bytes()).await.unwrap();
    heads.recv().await.unwrap();
    let id = bench.only().await.view.id;
    bench.handle.replay(&id, &Edits::default()).await.unwrap();
    let again = heads.recv().await.unwrap();
    assert!(again.starts_with("PoSt / "), "{again}");
    assert!(
        !again.contains("expect") && !again.contains("chunked"),
        "{again}"
    );
    assert!(again.contains("x-prox-via: "), "{again}");
    let edits = Edits {
        method: Some("post".to_owned()),
        headers: vec![header("Content-Encoding", "gzip")],
        body: text("as if it were"),
        ..Edits::default()
    };
    bench.handle.replay(&id, &edits).await.unwrap();
    let again = heads.recv().await.unwrap();
    assert!(again.starts_with("POST / "), "{again}");
    assert!(again.contains("content-encoding: gzip\r\n"), "{again}");
    let edits = Edits {
        body: text(""),
        ..edits
    };
    bench.handle.replay(&id, &edits).await.unwrap();
    let again = heads.recv().await.unwrap();
    assert!(again.contains("content-length: 0\r\n"), "{again}");
}

#[tokio::test]
async fn a_kept_request_is_sent_again_when_no_prox_runs() {
    let bench = Bench::new(&[("web", counter().await)]).await;
    bench.get("web.localhost", "/", &[]).await;
    let id = bench.only().await.view.id;
    bench.handle.shutdown().await;
    let store = open_stored(&bench.places().requests).unwrap();
    let replayed = replay::directly(&store, &id, &Edits::default())
        .await
        .unwrap();
    assert_eq!(replayed.replay.view.status_code, 200);
    assert!(
        replayed
            .difference
            .response
            .body
            .unwrap()
            .contains("+  \"number\": 2")
    );
    let error = replay::directly(&store, "nothing", &Edits::default()).await;
    assert!(matches!(error, Err(ReplayError::NotFound(_))));
}

#[tokio::test]
async fn an_answer_that_is_no_answer_is_one_too() {
    let port = raw(|mut stream, _| async move {
        read_until(&mut stream, "\r\n\r\n").await;
    })
    .await;
    let bench = Bench::new(&[("web", port)]).await;
    bench.get("web.localhost", "/", &[]).await;
    let id = bench.only().await.view.id;
    let replayed = bench.handle.replay(&id, &Edits::default()).await.unwrap();
    assert_eq!(replayed.replay.view.status_code, 502);
    assert!(replayed.replay.exchange.unwrap().error.is_some());
}
