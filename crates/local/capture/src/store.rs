//! The capture store of a project: adds, lists and finds requests, and publishes them on the event
//! bus. Only its own thread waits for the disk.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::broadcast;

use super::MAX_REQUESTS;
use super::disk::{self, Disk, Found};
use super::exchange::{Exchange, RequestDetail};
use super::filter::Matcher;
use super::record::{Direction, Record, RequestStart, StoredExchange};
use super::redact::Redaction;
use crate::decode;
use prox_config::model::Capture;
use prox_events::{Event, EventBus, RequestInterest, RequestView};

/// The maximum size of all bodies in memory, of requests in flight and of those to be written, in
/// bytes.
const MAX_MEMORY: usize = 32 << 20;
/// The time that the writer waits for more requests, so that it wakes rarely.
const WRITE_DELAY: Duration = Duration::from_millis(25);
/// The number of requests in that time from which the writer waits longer: of so many requests only
/// the last are kept, and the others are never written.
const FLOOD_SIZE: usize = 250;
/// The time that the writer waits then.
const FLOOD_DELAY: Duration = Duration::from_secs(1);
/// The maximum number of events of requests (begin and end) in a window, because every event wakes
/// every reader. Further requests appear only in the list.
const MAX_EVENTS: u64 = 50;
/// The length of a window, in milliseconds.
const EVENT_WINDOW: u128 = 25;
/// The time after a failure in which nothing is written.
const RETRY_DELAY: Duration = Duration::from_secs(30);

/// The error of a request whose connection ended before the response.
const NO_RESPONSE: &str = "the client went away, or prox was stopped, before there was an answer";

/// The capture store of a project.
pub struct Store {
    shared: Arc<Shared>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    ring: Mutex<Ring>,
    next_id: AtomicU64,
    bus: Arc<EventBus>,
    /// The start of the first window.
    opened: Instant,
    /// The number of the window, and in the lowest 16 bits the number of events in it.
    published: AtomicU64,
    capture: Capture,
    redaction: Redaction,
    folder: PathBuf,
    in_memory: AtomicUsize,
    queue: Mutex<Queue>,
    wake: Condvar,
}

#[derive(Default)]
struct Ring {
    records: VecDeque<Arc<Record>>,
}

#[derive(Default)]
struct Queue {
    records: VecDeque<Arc<Record>>,
    closed: bool,
}

impl Store {
    /// Opens the store, and reads requests of earlier runs in the background. Calls `warn` once
    /// when writing to the disk begins to fail.
    #[must_use]
    pub fn open(
        folder: &Path,
        capture: &Capture,
        retention: Duration,
        bus: Arc<EventBus>,
        warn: impl Fn(&str) + Send + 'static,
    ) -> Arc<Self> {
        let shared = Shared::new(folder, capture, bus);
        let writer = capture.enabled.then(|| {
            let shared = Arc::clone(&shared);
            std::thread::Builder::new()
                .name("capture".to_owned())
                .spawn(move || write(&shared, retention, &warn))
        });
        Arc::new(Self {
            shared,
            // Without a thread, requests are kept in memory only.
            writer: Mutex::new(writer.and_then(Result::ok)),
        })
    }

    /// A store in memory only.
    #[must_use]
    pub fn in_memory() -> Arc<Self> {
        let capture = Capture {
            enabled: true,
            max_body_size: MAX_MEMORY as u64 / 2,
            disk_budget: 0,
            redact: Vec::new(),
        };
        Arc::new(Self {
            shared: Shared::new(Path::new(""), &capture, Arc::default()),
            writer: Mutex::new(None),
        })
    }

    /// Subscribes to all events of the bus. Requests are published until the second value is
    /// dropped.
    #[must_use]
    pub fn subscribe(&self) -> (broadcast::Receiver<Event>, RequestInterest) {
        let bus = &self.shared.bus;
        (bus.subscribe(), bus.register_request_reader())
    }

    /// Adds a new request, which ends when the returned value is dropped.
    #[must_use]
    pub fn begin(&self, beginning: RequestStart<'_>) -> Watch {
        let shared = &self.shared;
        // An odd step visits all 2^48 numbers before one repeats, in no visible order.
        let number = shared
            .next_id
            .fetch_add(0x5851_F42D_4C95, Ordering::Relaxed);
        let id = number & 0xFFFF_FFFF_FFFF;
        let record = Arc::new(Record::begin(
            id,
            beginning,
            &shared.redaction,
            shared.capture.enabled,
            shared.may_publish(),
        ));
        let forgotten = shared.ring().push(Arc::clone(&record));
        drop(forgotten);
        shared.publish(&record);
        Watch {
            record,
            shared: Arc::clone(shared),
        }
    }

    /// The newest requests that match a filter, oldest first.
    #[must_use]
    pub fn list(&self, matcher: &Matcher) -> Vec<RequestView> {
        let records: Vec<Arc<Record>> = {
            let ring = self.shared.ring();
            ring.records
                .iter()
                .rev()
                .filter(|record| matcher.matches_fields(&record.match_fields()))
                .take(matcher.limit)
                .cloned()
                .collect()
        };
        records.iter().rev().map(|record| record.view()).collect()
    }

    /// Finds a request by its id or by a unique prefix of it, with its decoded bodies if `bodies`
    /// is set. Reads files, so async tasks must not call it.
    #[must_use]
    pub fn detail(&self, id: &str, bodies: bool) -> Option<RequestDetail> {
        let record = self.shared.ring().find(id)?;
        let (mut detail, content) = self.shared.detail(&record, bodies);
        if let (Some(exchange), Some(content)) = (&mut detail.exchange, content) {
            decode::fill(exchange, &content);
        }
        Some(detail)
    }

    /// Finds a request with its original URL and bodies. Reads files: not for async tasks.
    #[must_use]
    pub fn raw(&self, id: &str) -> Option<(RequestDetail, Option<[Vec<u8>; 2]>)> {
        let record = self.shared.ring().find(id)?;
        let (mut detail, bodies) = self.shared.detail(&record, true);
        record.sent_url().clone_into(&mut detail.view.url);
        Some((detail, bodies))
    }

    /// Writes all pending requests, and ends the writer.
    pub fn close(&self) {
        {
            let mut queue = self.shared.queue();
            queue.closed = true;
            self.shared.wake.notify_all();
        }
        let writer = self
            .writer
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(writer) = writer {
            // Joining fails only when the writer panicked.
            let _ = writer.join();
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

/// A request in flight. Dropping it ends the request.
pub struct Watch {
    record: Arc<Record>,
    shared: Arc<Shared>,
}

impl Watch {
    /// The record of the request.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// A handle for one direction of the request, which does not end it.
    #[must_use]
    pub fn tap(&self, direction: Direction) -> Tap {
        Tap {
            record: Arc::clone(&self.record),
            shared: Arc::clone(&self.shared),
            direction,
            left: if self.shared.capture.enabled {
                usize::try_from(self.shared.capture.max_body_size).unwrap_or(usize::MAX)
            } else {
                0
            },
        }
    }

    /// Records the status and headers of the response.
    pub fn answered(&self, status: http::StatusCode, headers: &http::HeaderMap) {
        let keep = self.shared.capture.enabled;
        self.record.answered(status, headers, keep);
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if !self.record.end() {
            return;
        }
        if !self.record.is_answered() {
            self.record.failed(NO_RESPONSE);
        }
        self.shared.publish(&self.record);
        let forgotten = if self.shared.capture.enabled {
            self.shared.enqueue(&self.record)
        } else {
            Some(Arc::clone(&self.record))
        };
        if let Some(record) = forgotten {
            self.shared.forget(&record);
        }
    }
}

/// Captures one direction of a request.
pub struct Tap {
    record: Arc<Record>,
    shared: Arc<Shared>,
    direction: Direction,
    left: usize,
}

impl Tap {
    /// Records bytes of the body.
    pub fn data(&mut self, data: &[u8]) {
        let mut take = self.left.min(data.len());
        let memory = &self.shared.in_memory;
        if take > 0 && memory.fetch_add(take, Ordering::Relaxed) + take > MAX_MEMORY {
            memory.fetch_sub(take, Ordering::Relaxed);
            take = 0;
        }
        let kept = self.record.data(self.direction, data, take);
        memory.fetch_sub(take - kept, Ordering::Relaxed);
        // Only the beginning of a body is captured: after a gap, nothing more is.
        self.left = if kept == data.len() {
            self.left - kept
        } else {
            0
        };
    }

    /// Records whether a body of undeclared length was complete.
    pub fn is_whole(&self, whole: bool) {
        self.record.is_whole(self.direction, whole);
    }

    /// Whether the service has responded.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        self.record.is_answered()
    }

    /// Records an error.
    pub fn failed(&self, error: &str) {
        self.record.failed(error);
    }

    /// Records the trailers.
    pub fn trailers(&self, trailers: &http::HeaderMap) {
        if self.shared.capture.enabled {
            self.record.trailers(self.direction, trailers);
        }
    }
}

impl Ring {
    /// Adds a request. Returns the one that it displaces, to be dropped outside of the lock.
    fn push(&mut self, record: Arc<Record>) -> Option<Arc<Record>> {
        self.records.push_back(record);
        if self.records.len() > MAX_REQUESTS {
            self.records.pop_front()
        } else {
            None
        }
    }

    fn find(&self, id: &str) -> Option<Arc<Record>> {
        if id.len() == 12 {
            let id = u64::from_str_radix(id, 16).ok()?;
            let found = self.records.iter().rev().find(|record| record.id == id);
            return found.cloned();
        }
        if id.is_empty() {
            return None;
        }
        let id = id.to_ascii_lowercase();
        let mut found = self
            .records
            .iter()
            .filter(|record| record.id().starts_with(&id));
        match (found.next(), found.next()) {
            (Some(record), None) => Some(Arc::clone(record)),
            _ => None,
        }
    }

    /// Adds the requests of earlier runs before the new ones.
    fn put_before(&mut self, earlier: Vec<Arc<Record>>) {
        let room = MAX_REQUESTS.saturating_sub(self.records.len());
        for record in earlier.into_iter().rev().take(room) {
            self.records.push_front(record);
        }
    }
}

impl Shared {
    fn new(folder: &Path, capture: &Capture, bus: Arc<EventBus>) -> Arc<Self> {
        Arc::new(Self {
            ring: Mutex::default(),
            next_id: AtomicU64::new(random()),
            bus,
            opened: Instant::now(),
            published: AtomicU64::new(0),
            redaction: Redaction::new(&capture.redact),
            capture: capture.clone(),
            folder: folder.to_owned(),
            in_memory: AtomicUsize::new(0),
            queue: Mutex::default(),
            wake: Condvar::new(),
        })
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        self.ring.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn publish(&self, record: &Record) {
        if record.is_published {
            self.bus.publish(Event::Request(record.view()));
        }
    }

    /// Whether one more event may be published in this window.
    fn may_publish(&self) -> bool {
        if !self.bus.has_request_readers() {
            return false;
        }
        let elapsed = self.opened.elapsed().as_millis() / EVENT_WINDOW;
        let window = u64::try_from(elapsed).unwrap_or(u64::MAX) << 16;
        self.published
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |published| {
                if published & !0xFFFF != window {
                    Some(window | 1)
                } else if published & 0xFFFF < MAX_EVENTS {
                    Some(published + 1)
                } else {
                    None
                }
            })
            .is_ok()
    }

    /// Releases the memory of a request without storing it.
    fn forget(&self, record: &Record) {
        if let Some(parts) = record.take() {
            self.release(parts.bodies());
        }
    }

    fn release(&self, bodies: [&[u8]; 2]) {
        let bytes = bodies.iter().map(|body| body.len()).sum();
        self.in_memory.fetch_sub(bytes, Ordering::Relaxed);
    }

    fn detail(&self, record: &Record, bodies: bool) -> (RequestDetail, Option<[Vec<u8>; 2]>) {
        let view = record.view();
        if let Some((exchange, content)) = record.present(&self.redaction) {
            let exchange = self.capture.enabled.then_some(exchange);
            return (
                RequestDetail { view, exchange },
                Some(content).filter(|_| bodies),
            );
        }
        let kept = record.kept.get();
        let exchange: Option<Exchange> =
            kept.and_then(|kept| serde_json::from_str(&kept.exchange).ok());
        let content = kept
            .and_then(|kept| kept.location)
            .filter(|_| bodies)
            .and_then(|location| disk::read_bodies(&self.folder, location).ok());
        (RequestDetail { view, exchange }, content)
    }

    /// Queues a request for the disk. Returns one that is removed from the queue.
    fn enqueue(&self, record: &Arc<Record>) -> Option<Arc<Record>> {
        let mut queue = self.queue();
        if queue.closed {
            return Some(Arc::clone(record));
        }
        queue.records.push_back(Arc::clone(record));
        let waiting = queue.records.len();
        if waiting == 1 || self.in_memory.load(Ordering::Relaxed) > MAX_MEMORY / 2 {
            self.wake.notify_one();
        }
        if waiting > MAX_REQUESTS {
            return queue.records.pop_front();
        }
        None
    }

    /// The queued requests. None at the end.
    fn gathered(&self) -> Option<VecDeque<Arc<Record>>> {
        let mut queue = self.queue();
        while queue.records.is_empty() && !queue.closed {
            queue = self
                .wake
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
        for (time, enough) in [(WRITE_DELAY, 0), (FLOOD_DELAY, FLOOD_SIZE)] {
            if queue.records.len() > enough {
                // The wait ends early only at the end of the store, and when memory is short.
                queue = self
                    .wake
                    .wait_timeout_while(queue, time, |queue| {
                        !queue.closed && self.in_memory.load(Ordering::Relaxed) <= MAX_MEMORY / 2
                    })
                    .unwrap_or_else(PoisonError::into_inner)
                    .0;
            }
        }
        let records = std::mem::take(&mut queue.records);
        (!records.is_empty() || !queue.closed).then_some(records)
    }
}

/// The writer's thread.
fn write(shared: &Shared, retention: Duration, warn: &dyn Fn(&str)) {
    let open = || Disk::open(&shared.folder, shared.capture.disk_budget, retention);
    let mut failures = Failures { since: None, warn };
    let mut disk = match open() {
        Ok((disk, found)) => {
            let earlier = found.iter().filter_map(restore).map(Arc::new).collect();
            shared.ring().put_before(earlier);
            Some(disk)
        }
        Err(error) => {
            failures.add(&shared.folder, &error);
            None
        }
    };
    while let Some(records) = shared.gathered() {
        if disk.is_none() && failures.are_over() {
            disk = open().ok().map(|(disk, _)| disk);
        }
        for record in records {
            let wanted = disk.as_mut().filter(|_| failures.are_over());
            if let Err(error) = keep(shared, &record, wanted) {
                failures.add(&shared.folder, &error);
            }
        }
        match disk.as_mut().map(Disk::flush) {
            Some(Err(error)) => failures.add(&shared.folder, &error),
            Some(Ok(())) if failures.are_over() => failures.since = None,
            _ => {}
        }
    }
}

/// The last failure of the disk.
struct Failures<'a> {
    since: Option<Instant>,
    warn: &'a dyn Fn(&str),
}

impl Failures<'_> {
    fn add(&mut self, folder: &Path, error: &io::Error) {
        if self.since.replace(Instant::now()).is_none() {
            (self.warn)(&format!(
                "requests are passed on, but not kept in {}: {error}",
                folder.display()
            ));
        }
    }

    fn are_over(&self) -> bool {
        self.since.is_none_or(|since| since.elapsed() > RETRY_DELAY)
    }
}

/// Moves a request from memory to the disk, if there is one.
fn keep(shared: &Shared, record: &Record, disk: Option<&mut Disk>) -> io::Result<()> {
    let mut result = Ok(());
    let view = serde_json::to_vec(&record.view())?;
    record.settle(|parts| {
        let exchange = serde_json::to_string(&parts.exchange(&shared.redaction)).ok()?;
        let location = match disk {
            Some(disk) => disk
                .append(&view, exchange.as_bytes(), parts.bodies())
                .unwrap_or_else(|error| {
                    result = Err(error);
                    None
                }),
            None => None,
        };
        shared.release(parts.bodies());
        Some(StoredExchange {
            exchange: exchange.into(),
            location,
        })
    });
    result
}

fn restore(found: &Found) -> Option<Record> {
    let view: RequestView = serde_json::from_str(&found.view).ok()?;
    Record::restore(
        &view,
        StoredExchange {
            exchange: found.exchange.as_str().into(),
            location: Some(found.location),
        },
    )
}

/// A random first id, so that the ids of two runs differ.
fn random() -> u64 {
    let mut bytes = [0; 8];
    if getrandom::fill(&mut bytes).is_err() {
        return u64::from(std::process::id());
    }
    u64::from_le_bytes(bytes)
}

/// Opens the stored requests of a folder, while no supervisor runs.
///
/// # Errors
///
/// When the folder cannot be read. A missing folder is empty.
pub fn open_stored(folder: &Path) -> io::Result<Arc<Store>> {
    let capture = Capture {
        enabled: false,
        max_body_size: 0,
        disk_budget: 0,
        redact: Vec::new(),
    };
    let store = Store::open(folder, &capture, Duration::MAX, Arc::default(), |_| {});
    let found = disk::read_all(folder)?;
    let earlier = found.iter().filter_map(restore).map(Arc::new).collect();
    store.shared.ring().put_before(earlier);
    Ok(store)
}
