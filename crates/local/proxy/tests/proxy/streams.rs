//! Long bodies: they are not buffered, and never truncated silently.

use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::client::conn::http2;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::mpsc;

use crate::support::{Answer, Bench, LONG, get, raw, read_until, respond, service};

const UPGRADE: &str = "GET /socket HTTP/1.1\r\nhost: web.localhost\r\nconnection: keep-alive, Upgrade\r\n\
     upgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

async fn echo(mut stream: tokio::net::TcpStream) {
    let head = respond(
        &mut stream,
        "HTTP/1.1 101 Switching Protocols\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
    )
    .await;
    assert!(head.contains("upgrade: websocket"), "{head}");
    assert!(head.contains("connection: upgrade"), "{head}");
    let (mut reader, mut writer) = stream.split();
    let _ = tokio::io::copy(&mut reader, &mut writer).await;
}

#[tokio::test]
async fn a_websocket_passes_both_ways_and_lasts() {
    let bench = Bench::new(&[("web", raw(|stream, _| echo(stream)).await)]).await;
    let mut stream = bench.connect().await;
    stream.write_all(UPGRADE.as_bytes()).await.unwrap();
    let head = read_until(&mut stream, "\r\n\r\n").await;
    assert!(
        head.starts_with("HTTP/1.1 101 Switching Protocols\r\n"),
        "{head}"
    );
    assert!(head.contains("sec-websocket-accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));
    for text in ["\u{81}first frame\n", "second frame\n"] {
        stream.write_all(text.as_bytes()).await.unwrap();
        assert_eq!(read_until(&mut stream, "\n").await, text);
    }
    let view = bench.list().remove(0);
    assert_eq!((view.status_code, view.in_flight), (101, true));
    drop(stream);
    let exchange = bench.only().await.exchange.unwrap();
    assert_eq!(exchange.error, None);
    assert_eq!(exchange.request.body.size, exchange.response.body.size);
    assert!(exchange.request.body.size > 20);
}

#[tokio::test]
async fn a_stop_ends_a_websocket() {
    let bench = Bench::new(&[("web", raw(|stream, _| echo(stream)).await)]).await;
    let mut stream = bench.connect().await;
    stream.write_all(UPGRADE.as_bytes()).await.unwrap();
    read_until(&mut stream, "\r\n\r\n").await;
    bench.handle.shutdown().await;
    let mut rest = Vec::new();
    let closed = tokio::time::timeout(LONG, stream.read_to_end(&mut rest)).await;
    assert!(closed.is_ok());
    assert!(!bench.list()[0].in_flight);
}

#[tokio::test]
async fn an_upgrade_that_is_refused_is_an_ordinary_answer() {
    let port = service(|_| async { Response::new(Full::<Bytes>::from("no sockets here")) }).await;
    let bench = Bench::new(&[("web", port)]).await;
    let answer = bench
        .get(
            "web.localhost",
            "/",
            &[("connection", "upgrade"), ("upgrade", "websocket")],
        )
        .await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.text(), "no sockets here");
}

/// A service whose response the test sends in pieces.
async fn pieces() -> (u16, mpsc::Sender<Result<Frame<Bytes>, std::io::Error>>) {
    let (sender, receiver) = mpsc::channel(1);
    let receiver = std::sync::Arc::new(tokio::sync::Mutex::new(Some(receiver)));
    let port = service(move |_: Request<Incoming>| {
        let receiver = std::sync::Arc::clone(&receiver);
        async move {
            let receiver = receiver.lock().await.take().expect("one request");
            let stream = futures_util::stream::unfold(receiver, |mut receiver| async move {
                receiver.recv().await.map(|frame| (frame, receiver))
            });
            Response::builder()
                .header("content-type", "text/event-stream")
                .body(StreamBody::new(Box::pin(stream)))
                .unwrap()
        }
    })
    .await;
    (port, sender)
}

#[tokio::test]
async fn an_event_arrives_before_the_next_one_is_sent() {
    let (port, sender) = pieces().await;
    let bench = Bench::new(&[("web", port)]).await;
    let mut client = bench.client().await;
    let mut response = client.send_request(get("/")).await.unwrap();
    for number in 0..5 {
        let event = format!("data: {number}\n\n");
        let frame = Frame::data(Bytes::from(event.clone()));
        sender.send(Ok(frame)).await.unwrap();
        let frame = tokio::time::timeout(LONG, response.frame()).await.unwrap();
        assert_eq!(frame.unwrap().unwrap().into_data().unwrap(), event);
    }
    // The part that has passed can be read.
    let view = bench.list().remove(0);
    assert!(view.in_flight);
    let exchange = bench
        .handle
        .store()
        .detail(&view.id, true)
        .unwrap()
        .exchange
        .unwrap();
    assert!(
        exchange
            .response
            .body
            .content
            .unwrap()
            .data
            .contains("data: 4")
    );
    drop(sender);
    assert!(response.frame().await.is_none());
    assert_eq!(bench.only().await.exchange.unwrap().error, None);
}

#[tokio::test]
async fn a_client_that_disconnects_ends_the_request_at_the_service() {
    let (port, sender) = pieces().await;
    let bench = Bench::new(&[("web", port)]).await;
    let mut stream = bench.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: web.localhost\r\n\r\n")
        .await
        .unwrap();
    sender
        .send(Ok(Frame::data(Bytes::from("begun"))))
        .await
        .unwrap();
    read_until(&mut stream, "begun").await;
    drop(stream);
    tokio::time::timeout(LONG, sender.closed())
        .await
        .expect("the service is told");
    let error = bench.only().await.exchange.unwrap().error;
    assert_eq!(error.unwrap(), "the client went away");
}

#[tokio::test]
async fn a_request_ends_when_the_client_disconnects() {
    let (sender, mut receiver) = mpsc::channel(1);
    let port = raw(move |mut stream, _| {
        let sender = sender.clone();
        async move {
            read_until(&mut stream, "\r\n\r\n").await;
            sender.send("asked").await.unwrap();
            // Never answers, and notices the end of the connection.
            assert_eq!(stream.read(&mut [0]).await.unwrap(), 0);
            sender.send("closed").await.unwrap();
        }
    })
    .await;
    let bench = Bench::new(&[("web", port)]).await;
    let mut stream = bench.connect().await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: web.localhost\r\n\r\n")
        .await
        .unwrap();
    assert_eq!(receiver.recv().await, Some("asked"));
    drop(stream);
    let heard = tokio::time::timeout(LONG, receiver.recv()).await.unwrap();
    assert_eq!(heard, Some("closed"));
    let error = bench.only().await.exchange.unwrap().error;
    assert!(error.unwrap().starts_with("the client went away"));
}

#[tokio::test]
async fn a_service_that_dies_in_the_middle_is_no_complete_answer() {
    for head in ["content-length: 1000", "transfer-encoding: chunked"] {
        let port = raw(move |mut stream, _| async move {
            let answer = format!("HTTP/1.1 200 OK\r\n{head}\r\n\r\n5\r\nbegun\r\n");
            respond(&mut stream, &answer).await;
        })
        .await;
        let bench = Bench::new(&[("web", port)]).await;
        let mut client = bench.client().await;
        // The end may arrive before the beginning was passed on.
        let complete = match client.send_request(get("/")).await {
            Ok(response) => response.into_body().collect().await.is_ok(),
            Err(_) => false,
        };
        assert!(!complete, "{head}");
        let error = bench.only().await.exchange.unwrap().error.unwrap();
        assert!(
            error.starts_with("the service aborted its response"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_service_that_closes_without_an_answer_gets_a_page() {
    let port = raw(|mut stream, _| async move {
        read_until(&mut stream, "\r\n\r\n").await;
    })
    .await;
    let bench = Bench::new(&[("web", port)]).await;
    let answer = bench.get("web.localhost", "/", &[]).await;
    assert_eq!(answer.status, 502);
    assert_eq!(answer.headers["x-prox-error"], "SERVICE_BROKE_OFF");
    assert_eq!(bench.only().await.view.status_code, 502);
}

fn resident() -> u64 {
    let statm = std::fs::read_to_string("/proc/self/statm").unwrap();
    statm.split(' ').nth(1).unwrap().parse::<u64>().unwrap() * 4096
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_hundred_megabytes_pass_both_ways_without_being_gathered() {
    const PIECE: usize = 64 << 10;
    const PIECES: usize = 1600;
    // Echoes its input as it arrives.
    let port =
        service(|request: Request<Incoming>| async move { Response::new(request.into_body()) })
            .await;
    let bench = Bench::new(&[("web", port)]).await;
    let mut client = bench.client().await;
    let before = resident();
    let pieces = futures_util::stream::iter(
        (0..PIECES).map(|_| Ok::<_, std::io::Error>(Frame::data(Bytes::from_static(&[7; PIECE])))),
    );
    let request = Request::post("/").header("host", "web.localhost");
    let request = request.body(StreamBody::new(pieces)).unwrap();
    let mut response = client.send_request(request).await.unwrap();
    // A slow reader slows the sender down; memory does not fill.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (mut read, mut most) = (0, 0);
    while let Some(frame) = response.frame().await {
        read += frame.unwrap().into_data().unwrap().len();
        most = most.max(resident());
    }
    assert_eq!(read, PIECE * PIECES);
    let grown = most.saturating_sub(before) >> 20;
    assert!(grown < 40, "{grown} MB");
    let exchange = bench.only().await.exchange.unwrap();
    for message in [&exchange.request, &exchange.response] {
        assert_eq!(message.body.size, (PIECE * PIECES) as u64);
        assert_eq!(message.body.kept, 1 << 20);
    }
}

const EARLY: &str = "HTTP/1.1 413 Content Too Large\r\ncontent-length: 9\r\n";

/// Sends the beginning of a request, and the rest after the response has begun; only then reads.
async fn upload_before_reading(bench: &Bench, host: &str) -> String {
    let mut stream = bench.connect().await;
    let body = vec![7; 8 << 20];
    let head = format!(
        "POST /up HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let (first, rest) = body.split_at(100_000);
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.write_all(first).await.unwrap();
    stream.readable().await.unwrap();
    stream.write_all(rest).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

/// The port of a service that reads no body, and keeps its connection.
async fn answers_early_and_stays() -> u16 {
    raw(|mut stream, _| async move {
        respond(&mut stream, &format!("{EARLY}\r\ntoo large")).await;
        std::future::pending::<()>().await;
    })
    .await
}

/// The port of a service that reads no body, and closes.
async fn answers_early_and_closes() -> u16 {
    raw(|mut stream, _| async move {
        respond(
            &mut stream,
            &format!("{EARLY}connection: close\r\n\r\ntoo large"),
        )
        .await;
    })
    .await
}

/// A proxy for both services.
async fn answering_early() -> Bench {
    let (closes, stays) = tokio::join!(answers_early_and_closes(), answers_early_and_stays());
    Bench::new(&[("closes", closes), ("stays", stays)]).await
}

/// Hosts that answer uploads before their end: services, and a page of the proxy.
const EARLY_STATUS: [(&str, &str); 3] = [
    ("closes.localhost", "413"),
    ("stays.localhost", "413"),
    ("unknown.localhost", "404"),
];

#[tokio::test]
async fn an_answer_before_the_end_of_an_upload_arrives() {
    let bench = answering_early().await;
    for (host, status) in EARLY_STATUS {
        let answer = upload_before_reading(&bench, host).await;
        assert!(
            answer.starts_with(&format!("HTTP/1.1 {status} ")),
            "{answer}"
        );
    }
}

#[tokio::test]
async fn request_after_an_early_answered_upload_is_answered() {
    let bench = answering_early().await;
    for (host, status) in EARLY_STATUS {
        let (mut reader, mut writer) = bench.connect().await.into_split();
        tokio::spawn(async move {
            let head =
                format!("POST /up HTTP/1.1\r\nhost: {host}\r\ncontent-length: 8388608\r\n\r\n");
            writer.write_all(head.as_bytes()).await.unwrap();
            writer.write_all(&vec![7; 8 << 20]).await.unwrap();
            let next = format!("GET /next HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n");
            writer.write_all(next.as_bytes()).await.unwrap();
            // Complete, as for clients that continue reading.
            std::future::pending::<()>().await;
        });
        let mut answers = String::new();
        let reading = reader.read_to_string(&mut answers);
        tokio::time::timeout(LONG, reading).await.unwrap().unwrap();
        let heads = answers.matches(&format!("HTTP/1.1 {status} ")).count();
        assert_eq!(heads, 2, "{host}: {answers}");
    }
}

#[tokio::test]
async fn an_upload_over_http2_that_was_answered_early_may_end() {
    let bench = answering_early().await;
    for (host, status) in EARLY_STATUS {
        let io = TokioIo::new(bench.connect().await);
        let (mut client, connection) = http2::handshake(TokioExecutor::new(), io).await.unwrap();
        tokio::spawn(connection);
        let (sender, receiver) = mpsc::channel::<Result<Frame<Bytes>, std::io::Error>>(1);
        let rest = futures_util::stream::unfold(receiver, |mut receiver| async move {
            receiver.recv().await.map(|frame| (frame, receiver))
        });
        let request = Request::post(format!("http://{host}/up"))
            .body(StreamBody::new(Box::pin(rest)))
            .unwrap();
        let answer = client.send_request(request).await.unwrap();
        let answer = Answer::read(answer).await;
        assert_eq!(answer.status.as_str(), status);
        // A stream that was reset accepts no more data, and the flow-control window of a stream
        // that is not read stays closed.
        for _ in 0..128 {
            let piece = Frame::data(Bytes::from_static(&[7; 64 << 10]));
            let sent = tokio::time::timeout(LONG, sender.send(Ok(piece))).await;
            assert!(matches!(sent, Ok(Ok(()))), "{host}");
        }
    }
}

#[tokio::test]
async fn an_answer_that_came_before_a_reset_is_no_failure() {
    let port = answers_early_and_closes().await;
    let bench = Bench::new(&[("web", port)]).await;
    let body = Bytes::from(vec![7; 4 << 20]);
    for _ in 0..30 {
        let request = Request::post("/up").header("host", "web.localhost");
        let answer = bench
            .send(request.body(Full::from(body.clone())).unwrap())
            .await;
        assert_eq!(
            (answer.status.as_u16(), answer.text().as_str()),
            (413, "too large")
        );
    }
}

#[tokio::test]
async fn an_upload_continues_after_its_answer() {
    let (sender, mut receiver) = mpsc::channel(1);
    let port = raw(move |mut stream, _| {
        let sender = sender.clone();
        async move {
            let mut body = vec![0; 1_000_000];
            loop {
                respond(
                    &mut stream,
                    "HTTP/1.1 202 Accepted\r\ncontent-length: 2\r\n\r\nok",
                )
                .await;
                stream.read_exact(&mut body).await.unwrap();
                sender.send(()).await.unwrap();
            }
        }
    })
    .await;
    let bench = Bench::new(&[("web", port)]).await;
    let mut stream = bench.connect().await;
    for _ in 0..2 {
        let head = "POST / HTTP/1.1\r\nhost: web.localhost\r\ncontent-length: 1000000\r\n\r\n";
        stream.write_all(head.as_bytes()).await.unwrap();
        read_until(&mut stream, "\r\n\r\nok").await;
        stream.write_all(&vec![7; 1_000_000]).await.unwrap();
        let read = tokio::time::timeout(LONG, receiver.recv()).await;
        assert_eq!(read, Ok(Some(())), "the rest did not arrive");
    }
}
