//! One captured request: mutable while it is in flight, compact in memory afterwards. Does no I/O.

use std::sync::atomic::{AtomicBool, AtomicU16, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Instant;

use http::{HeaderMap, Method, StatusCode, Version};
use jiff::Timestamp;

use super::disk::BodyLocation;
use super::exchange::{Exchange, Header, Message, Payload};
use super::filter::MatchFields;
use super::redact::Redaction;
use prox_events::RequestView;

/// The first line and the headers of a request.
pub struct RequestStart<'a> {
    pub method: &'a Method,
    pub url: &'a str,
    pub hostname: &'a str,
    pub version: Version,
    pub headers: &'a HeaderMap,
    /// The name of the target service.
    pub service: &'a Arc<str>,
    /// The address of the service: `host:port`.
    pub target: &'a Arc<str>,
    pub peer: &'a Arc<str>,
    pub https: bool,
    pub replay_of: Option<String>,
}

/// A request in the ring buffer.
pub struct Record {
    pub(super) id: u64,
    method: Method,
    /// The URL without secrets.
    url: Box<str>,
    /// The original URL, when it has secrets.
    secret_url: Option<Box<str>>,
    hostname: Box<str>,
    subdomain: Arc<str>,
    remote: Arc<str>,
    received: Timestamp,
    status: AtomicU16,
    /// The duration in microseconds.
    duration: AtomicU64,
    in_flight: AtomicBool,
    /// Whether it is published on the event bus.
    pub(super) is_published: bool,
    /// The exchange, while the request is in flight and until it is written.
    parts: Mutex<Option<Box<Parts>>>,
    /// The compact form, after the end of a captured request.
    pub(super) kept: OnceLock<StoredExchange>,
}

/// The compact form of a complete exchange.
pub struct StoredExchange {
    /// An [`Exchange`] as JSON, without the bodies.
    pub exchange: Box<str>,
    /// The location of its bodies on disk.
    pub location: Option<BodyLocation>,
}

/// An exchange in flight.
pub struct Parts {
    started: Instant,
    https: bool,
    version: Version,
    target: Arc<str>,
    replay_of: Option<String>,
    error: Option<String>,
    request: Half,
    response: Half,
}

/// One direction of an exchange in flight.
#[derive(Default)]
pub struct Half {
    /// The headers as lines of `name: value`.
    headers: Vec<u8>,
    trailers: Vec<u8>,
    pub body: Vec<u8>,
    size: u64,
    /// Whether a body of undeclared length ended early.
    cut: bool,
}

/// The direction of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the client to the service.
    Request,
    /// From the service to the client.
    Response,
}

impl Record {
    /// A record of a new request. `keep` is whether headers and bodies are captured.
    pub(super) fn begin(
        id: u64,
        beginning: RequestStart<'_>,
        redaction: &Redaction,
        keep: bool,
        is_published: bool,
    ) -> Self {
        let redacted = redaction.address(beginning.url);
        let mut request = Half::default();
        if keep {
            write_headers(&mut request.headers, beginning.headers);
        }
        Self {
            id,
            method: beginning.method.clone(),
            secret_url: redacted.is_some().then(|| beginning.url.into()),
            url: redacted.map_or_else(|| beginning.url.into(), Into::into),
            hostname: beginning.hostname.into(),
            subdomain: Arc::clone(beginning.service),
            remote: Arc::clone(beginning.peer),
            received: Timestamp::now(),
            status: AtomicU16::new(0),
            duration: AtomicU64::new(0),
            in_flight: AtomicBool::new(true),
            is_published,
            parts: Mutex::new(Some(Box::new(Parts {
                started: Instant::now(),
                https: beginning.https,
                version: beginning.version,
                target: Arc::clone(beginning.target),
                replay_of: beginning.replay_of,
                error: None,
                request,
                response: Half::default(),
            }))),
            kept: OnceLock::new(),
        }
    }

    /// A record of a request of an earlier run.
    pub(super) fn restore(view: &RequestView, kept: StoredExchange) -> Option<Self> {
        Some(Self {
            id: u64::from_str_radix(&view.id, 16).ok()?,
            method: view.method.parse().ok()?,
            url: view.url.as_str().into(),
            secret_url: None,
            hostname: view.hostname.as_str().into(),
            subdomain: view.subdomain.as_str().into(),
            remote: view.remote_addr.as_str().into(),
            received: view.timestamp.parse().ok()?,
            status: AtomicU16::new(view.status_code),
            duration: AtomicU64::new(micros(view.duration_ms)),
            in_flight: AtomicBool::new(false),
            is_published: false,
            parts: Mutex::new(None),
            kept: OnceLock::from(kept),
        })
    }

    /// The id: 12 hexadecimal digits.
    pub fn id(&self) -> String {
        format!("{:012x}", self.id)
    }

    /// The path and query with their secrets, if those are still in memory.
    pub(super) fn sent_url(&self) -> &str {
        self.secret_url.as_deref().unwrap_or(&self.url)
    }

    /// The time at which the request was received.
    pub fn received(&self) -> Timestamp {
        self.received
    }

    /// The current state of the request, for lists.
    pub fn view(&self) -> RequestView {
        let in_flight = self.in_flight.load(Ordering::Acquire);
        let duration = if in_flight {
            self.parts()
                .as_ref()
                .map_or(0, |parts| elapsed_micros(parts.started))
        } else {
            self.duration.load(Ordering::Relaxed)
        };
        RequestView {
            id: self.id(),
            timestamp: format!("{:.3}", self.received),
            method: self.method.as_str().to_owned(),
            url: self.url.to_string(),
            subdomain: self.subdomain.to_string(),
            hostname: self.hostname.to_string(),
            status_code: self.status.load(Ordering::Relaxed),
            #[expect(clippy::cast_precision_loss, reason = "a duration, in microseconds")]
            duration_ms: duration as f64 / 1000.0,
            remote_addr: self.remote.to_string(),
            in_flight,
        }
    }

    /// The fields that a filter looks at.
    pub(super) fn match_fields(&self) -> MatchFields<'_> {
        MatchFields {
            subdomain: &self.subdomain,
            method: self.method.as_str(),
            status: self.status.load(Ordering::Relaxed),
            received: Some(self.received),
            url: &self.url,
            hostname: &self.hostname,
        }
    }

    /// Records the status and headers of the response.
    pub fn answered(&self, status: StatusCode, headers: &HeaderMap, keep: bool) {
        self.status.store(status.as_u16(), Ordering::Relaxed);
        if keep && let Some(parts) = self.parts().as_mut() {
            write_headers(&mut parts.response.headers, headers);
        }
    }

    /// Whether it has a status.
    pub(super) fn is_answered(&self) -> bool {
        self.status.load(Ordering::Relaxed) > 0
    }

    /// Records bytes of a body, and captures the first `take` of them. Returns how many were
    /// captured.
    pub(super) fn data(&self, direction: Direction, data: &[u8], take: usize) -> usize {
        let mut parts = self.parts();
        let Some(half) = parts.as_mut().map(|parts| parts.half(direction)) else {
            return 0;
        };
        // After a gap nothing more is captured, because only the beginning of a body is.
        let whole = half.size == half.body.len() as u64;
        half.size += data.len() as u64;
        let kept = data.get(..take.min(data.len())).unwrap_or_default();
        if !whole || kept.is_empty() {
            return 0;
        }
        half.body.extend_from_slice(kept);
        kept.len()
    }

    /// Counts bytes of a tunnel, which are not captured.
    pub fn count(&self, direction: Direction, bytes: u64) {
        if let Some(parts) = self.parts().as_mut() {
            parts.half(direction).size += bytes;
        }
    }

    /// Records the trailers.
    pub fn trailers(&self, direction: Direction, trailers: &HeaderMap) {
        if let Some(parts) = self.parts().as_mut() {
            write_headers(&mut parts.half(direction).trailers, trailers);
        }
    }

    /// Records whether a body of undeclared length was complete.
    pub(super) fn is_whole(&self, direction: Direction, whole: bool) {
        if let Some(parts) = self.parts().as_mut() {
            parts.half(direction).cut = !whole;
        }
    }

    /// Records an error; later errors are ignored.
    pub fn failed(&self, error: &str) {
        if let Some(parts) = self.parts().as_mut() {
            parts.error.get_or_insert_with(|| error.to_owned());
        }
    }

    /// Marks the request as ended. Returns true the first time.
    pub(super) fn end(&self) -> bool {
        let duration = self
            .parts()
            .as_ref()
            .map_or(0, |parts| elapsed_micros(parts.started));
        self.duration.store(duration, Ordering::Relaxed);
        self.in_flight.swap(false, Ordering::AcqRel)
    }

    /// Takes the exchange out of memory.
    pub(super) fn take(&self) -> Option<Box<Parts>> {
        self.parts().take()
    }

    /// Replaces the exchange by its compact form. Readers wait in the meantime.
    pub(super) fn settle(&self, keep: impl FnOnce(&Parts) -> Option<StoredExchange>) {
        let mut parts = self.parts();
        if let Some(kept) = parts.as_deref().and_then(keep) {
            // It is set only once, because a request ends once.
            let _ = self.kept.set(kept);
        }
        *parts = None;
    }

    /// The exchange so far and its bodies, while it is in memory.
    pub(super) fn present(&self, redaction: &Redaction) -> Option<(Exchange, [Vec<u8>; 2])> {
        self.parts().as_ref().map(|parts| {
            (
                parts.exchange(redaction),
                [parts.request.body.clone(), parts.response.body.clone()],
            )
        })
    }

    fn parts(&self) -> MutexGuard<'_, Option<Box<Parts>>> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Parts {
    fn half(&mut self, direction: Direction) -> &mut Half {
        match direction {
            Direction::Request => &mut self.request,
            Direction::Response => &mut self.response,
        }
    }

    /// The exchange without secrets.
    pub(super) fn exchange(&self, redaction: &Redaction) -> Exchange {
        Exchange {
            scheme: if self.https { "https" } else { "http" }.to_owned(),
            http_version: format!("{:?}", self.version),
            target: self.target.to_string(),
            request: self.request.message(redaction),
            response: self.response.message(redaction),
            error: self.error.clone(),
            replay_of: self.replay_of.clone(),
        }
    }

    pub(super) fn bodies(&self) -> [&[u8]; 2] {
        [&self.request.body, &self.response.body]
    }
}

impl Half {
    fn message(&self, redaction: &Redaction) -> Message {
        Message {
            headers: read_headers(&self.headers, redaction),
            trailers: read_headers(&self.trailers, redaction),
            body: Payload {
                size: self.size,
                cut: self.cut,
                kept: self.body.len() as u64,
                content: None,
            },
        }
    }
}

fn elapsed_micros(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a duration of at least nothing; conversion saturates"
)]
fn micros(milliseconds: f64) -> u64 {
    (milliseconds * 1000.0).round() as u64
}

/// Writes headers into one buffer: a single allocation, because every request does this.
fn write_headers(text: &mut Vec<u8>, headers: &HeaderMap) {
    text.reserve(headers.len() * 48);
    for (name, value) in headers {
        text.extend_from_slice(name.as_str().as_bytes());
        text.extend_from_slice(b": ");
        text.extend_from_slice(value.as_bytes());
        text.push(b'\n');
    }
}

fn read_headers(text: &[u8], redaction: &Redaction) -> Vec<Header> {
    String::from_utf8_lossy(text)
        .lines()
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| Header {
            name: name.to_owned(),
            value: redaction
                .apply(name, value)
                .unwrap_or_else(|| value.to_owned()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use http::{HeaderName, HeaderValue};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// A header with any bytes is stored as one header, and a secret is never stored.
        #[test]
        fn any_header_is_stored_as_one_without_secrets(
            name in "[a-z][a-z0-9-]{0,12}",
            value in proptest::collection::vec(any::<u8>(), 0..60),
        ) {
            let Ok(value) = HeaderValue::from_bytes(&value) else {
                return Ok(());
            };
            let mut map = HeaderMap::new();
            map.append(HeaderName::from_bytes(name.as_bytes()).unwrap(), value.clone());
            map.append("x-secret", value.clone());
            let mut text = Vec::new();
            write_headers(&mut text, &map);
            let kept = read_headers(&text, &Redaction::new(&["X-Secret".to_owned()]));
            prop_assert_eq!(kept.len(), 2);
            prop_assert_eq!(&kept[0].name, &name);
            prop_assert_eq!(&kept[1].value, super::super::redact::REDACTED);
        }
    }
}
