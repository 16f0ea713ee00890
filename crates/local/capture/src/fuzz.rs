//! Fuzz targets. Any exchange is stored without its secrets and read back unchanged; any file of
//! captured requests can be read to its end. `./scripts/fuzz capture` and `./scripts/fuzz kept` run
//! them under libFuzzer.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Version};
use tempfile::tempdir;

use super::disk::{Disk, read_all};
use super::record::{Direction, RequestStart};
use super::store::open_stored;
use super::{Filter, RequestDetail, Store};
use crate::decode::MAX_DECODED;
use crate::{curl, diff, har, render};
use prox_config::model::Capture;
use prox_logs::render::only_colours;

/// A marker that is used only as a secret.
const SECRET: &str = "S3CR3T";
const RETENTION: Duration = Duration::from_secs(3_600);

/// Parses one message: headers, an empty line, the body.
fn message(text: &[u8]) -> (HeaderMap, &[u8]) {
    let end = text.windows(2).position(|two| two == b"\n\n");
    let (head, body) = end.map_or((text, &[][..]), |at| (&text[..at], &text[at + 2..]));
    let headers = head.split(|byte| *byte == b'\n').filter_map(|line| {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        Some((name, HeaderValue::from_bytes(&line[colon + 1..]).ok()?))
    });
    (headers.collect(), body)
}

fn with_secrets(mut headers: HeaderMap, address: &str) -> HeaderMap {
    let mut add = |name, value: String| {
        headers.extend(HeaderValue::try_from(value).map(|value| (name, value)));
    };
    add(http::header::AUTHORIZATION, format!("Bearer {SECRET}"));
    add(http::header::COOKIE, format!("a={SECRET}; b={SECRET}"));
    add(http::header::SET_COOKIE, format!("a={SECRET}; Path=/"));
    add(http::header::REFERER, format!("http://x{address}"));
    add(HeaderName::from_static("x-key"), SECRET.to_owned());
    headers
}

/// Renders a request in all formats.
fn show(detail: &RequestDetail) -> String {
    let exchange = detail.exchange.as_ref().unwrap();
    for message in [&exchange.request, &exchange.response] {
        let content = message.body.content.as_ref().unwrap();
        assert!(content.bytes().len() <= MAX_DECODED);
        let (shown, _) = render::body(message);
        let steers = |c: char| c.is_control() && !matches!(c, '\t' | '\x1b');
        assert!(
            !shown
                .lines()
                .any(|line| only_colours(line).contains(steers))
        );
    }
    let same = diff::between(detail, detail);
    assert!(same.request.is_empty() && same.response.is_empty());
    let (command, notes) = curl::command(detail).unwrap_or_default();
    let shown = [command, notes.concat(), har::archive([detail]).to_string()];
    shown.concat() + &serde_json::to_string(detail).unwrap()
}

/// Stores an exchange: the URL in the first line, then the request, then a separator line and the
/// response.
fn exchange(text: &[u8], folder: &Path) {
    let line = text.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (address, text) = text.split_at(line);
    let middle = text.windows(3).position(|three| three == b"\n%\n");
    let (request, response) = text.split_at(middle.unwrap_or(text.len()));
    let address = String::from_utf8_lossy(address);
    let address = format!("/{address}?key={SECRET}");
    let (asked, request) = message(request);
    let (answered, response) = message(response.get(3..).unwrap_or_default());
    let capture = Capture {
        enabled: true,
        max_body_size: 1_000,
        disk_budget: 1 << 20,
        redact: vec!["X-Key".to_owned(), "key".to_owned()],
    };
    let store = Store::open(folder, &capture, RETENTION, Arc::default(), |_| {});
    let watch = store.begin(RequestStart {
        method: &Method::POST,
        url: &address,
        hostname: "web.localhost",
        version: Version::HTTP_11,
        headers: &with_secrets(asked, &address),
        service: &"web".into(),
        target: &"127.0.0.1:1".into(),
        peer: &"127.0.0.1:2".into(),
        https: false,
        replay_of: None,
    });
    let id = watch.record().id();
    watch.tap(Direction::Request).data(request);
    let answered = with_secrets(answered, &address);
    watch.answered(StatusCode::OK, &answered);
    let mut tap = watch.tap(Direction::Response);
    for part in response.chunks(300) {
        tap.data(part);
    }
    tap.trailers(&answered);
    let passing = store.detail(&id, true).unwrap();
    drop((tap, watch));
    store.close();

    let kept = store.detail(&id, true).unwrap();
    let [asked, answered] = store.raw(&id).unwrap().1.unwrap();
    assert_eq!(asked, request[..request.len().min(1_000)]);
    assert_eq!(answered, response[..response.len().min(1_000)]);
    assert_eq!(kept.exchange, passing.exchange);
    let later = open_stored(folder).unwrap().detail(&id, true).unwrap();
    assert_eq!(later, kept);
    let shown = show(&later);
    assert!(!shown.contains(SECRET), "{shown}");
}

#[test]
fn any_exchange() {
    bolero::check!()
        .with_iterations(300)
        .for_each(|text: &[u8]| {
            if !text
                .windows(SECRET.len())
                .any(|part| part == SECRET.as_bytes())
            {
                exchange(text, tempdir().unwrap().path());
            }
        });
}

#[test]
fn any_kept_file() {
    bolero::check!().for_each(|bytes: &[u8]| {
        let folder = tempdir().unwrap();
        let file = folder.path().join("0000000000.capture");
        std::fs::write(&file, bytes).unwrap();
        let found = read_all(folder.path()).unwrap();
        let store = open_stored(folder.path()).unwrap();
        let all = store.list(&Filter::default().matcher().unwrap());
        assert!(all.len() <= found.len());
        for view in all {
            if let Some(detail) = store.detail(&view.id, true)
                && detail.exchange.is_some()
            {
                show(&detail);
            }
        }
        let (mut disk, again) = Disk::open(folder.path(), 1 << 20, RETENTION).unwrap();
        assert!(again.len() <= found.len());
        disk.append(b"{}", b"{}", [b"", b""]).unwrap();
    });
}
