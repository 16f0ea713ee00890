//! The captured requests of one project: adds, lists and finds them, and publishes them on the
//! event bus. Only its own thread waits for the disk.

use std::collections::VecDeque;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use tokio::sync::broadcast;

use super::REMEMBERED;
use super::disk::{self, Disk, Found};
use super::exchange::{Exchange, RequestDetail};
use super::filter::Matcher;
use super::record::{Beginning, Direction, Kept, Record};
use super::redact::Redaction;
use crate::decode;
use prox_config::model::Capture;
use prox_events::{Event, EventBus, RequestInterest, RequestView};

/// Bodies in memory, of all requests in flight and of those that wait for the disk, in bytes.
const IN_MEMORY: usize = 32 << 20;
/// How long the writer lets requests gather, so that it wakes seldom.
const GATHER: Duration = Duration::from_millis(25);
/// So many in that time are a flood, of which only the end will be remembered: it is let gather
/// for longer, and what would be forgotten at once is never written.
const FLOOD: usize = 250;
/// How long a flood may gather.
const GATHER_FLOOD: Duration = Duration::from_secs(1);
/// How many requests (begin and end) are published on the bus per window: every event wakes
/// every reader. The rest of a flood appears only in the list.
const TOLD: u64 = 50;
/// The length of that window, in milliseconds.
const TOLD_WINDOW: u128 = 25;
/// How long nothing is written to the disk after a failure.
const REST: Duration = Duration::from_secs(30);

/// The error of a request whose connection ended before the response.
const UNANSWERED: &str = "the client went away, or prox was stopped, before there was an answer";

/// The requests of one project.
pub struct Store {
    shared: Arc<Shared>,
    writer: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    ring: Mutex<Ring>,
    next_id: AtomicU64,
    bus: Arc<EventBus>,
    /// When windows began to be counted.
    opened: Instant,
    /// The window, and in its lowest 16 bits how many requests were published in it.
    told: AtomicU64,
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
    /// Opens the store; requests of earlier runs are read in the background. `warn` is called once
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
            // Without a thread, requests are remembered and not written.
            writer: Mutex::new(writer.and_then(Result::ok)),
        })
    }

    /// Remembers in memory alone, until it is dropped.
    #[must_use]
    pub fn in_memory() -> Arc<Self> {
        let capture = Capture {
            enabled: true,
            max_body_size: IN_MEMORY as u64 / 2,
            disk_budget: 0,
            redact: Vec::new(),
        };
        Arc::new(Self {
            shared: Shared::new(Path::new(""), &capture, Arc::default()),
            writer: Mutex::new(None),
        })
    }

    /// What happens from now on, with everything else on the bus; requests as long as the second is
    /// kept.
    #[must_use]
    pub fn subscribe(&self) -> (broadcast::Receiver<Event>, RequestInterest) {
        let bus = &self.shared.bus;
        (bus.subscribe(), bus.register_request_reader())
    }

    /// A request came in. It is over when what this gives is dropped.
    #[must_use]
    pub fn begin(&self, beginning: Beginning<'_>) -> Watch {
        let shared = &self.shared;
        // An odd step visits each of the 2^48 numbers before any comes again, in no visible order.
        let number = shared
            .next_id
            .fetch_add(0x5851_F42D_4C95, Ordering::Relaxed);
        let id = number & 0xFFFF_FFFF_FFFF;
        let record = Arc::new(Record::begin(
            id,
            beginning,
            &shared.redaction,
            shared.capture.enabled,
            shared.may_tell(),
        ));
        let forgotten = shared.ring().push(Arc::clone(&record));
        drop(forgotten);
        shared.publish(&record);
        Watch {
            record,
            shared: Arc::clone(shared),
        }
    }

    /// The newest that a filter means, the oldest of them first.
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

    /// A request by its id, or by the beginning of it when that names one alone. With its
    /// bodies, content codings undone, when they are wanted. Reads files: not for async tasks.
    #[must_use]
    pub fn detail(&self, id: &str, bodies: bool) -> Option<RequestDetail> {
        let record = self.shared.ring().find(id)?;
        let (mut detail, content) = self.shared.detail(&record, bodies);
        if let (Some(exchange), Some(content)) = (&mut detail.exchange, content) {
            decode::fill(exchange, &content);
        }
        Some(detail)
    }

    /// A request with its address and its bodies as they passed. Reads files: not for async tasks.
    #[must_use]
    pub fn raw(&self, id: &str) -> Option<(RequestDetail, Option<[Vec<u8>; 2]>)> {
        let record = self.shared.ring().find(id)?;
        let (mut detail, bodies) = self.shared.detail(&record, true);
        record.sent_url().clone_into(&mut detail.view.url);
        Some((detail, bodies))
    }

    /// Writes what waits, and ends.
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
            // It ended by a panic at worst; there is nothing more to save.
            let _ = writer.join();
        }
    }
}

impl Drop for Store {
    fn drop(&mut self) {
        self.close();
    }
}

/// A request while it passes. Dropping it ends the request.
pub struct Watch {
    record: Arc<Record>,
    shared: Arc<Shared>,
}

impl Watch {
    /// Its record.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// Another hand on the same request, which does not end it.
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

    /// The service answered.
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
            self.record.failed(UNANSWERED);
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

/// Sees one direction of a request.
pub struct Tap {
    record: Arc<Record>,
    shared: Arc<Shared>,
    direction: Direction,
    left: usize,
}

impl Tap {
    /// Bytes passed.
    pub fn data(&mut self, data: &[u8]) {
        let mut take = self.left.min(data.len());
        let memory = &self.shared.in_memory;
        if take > 0 && memory.fetch_add(take, Ordering::Relaxed) + take > IN_MEMORY {
            memory.fetch_sub(take, Ordering::Relaxed);
            take = 0;
        }
        let kept = self.record.data(self.direction, data, take);
        memory.fetch_sub(take - kept, Ordering::Relaxed);
        // What is kept is a beginning: after a gap there is nothing more to keep.
        self.left = if kept == data.len() {
            self.left - kept
        } else {
            0
        };
    }

    /// Whether the end of a body that said no length came.
    pub fn is_whole(&self, whole: bool) {
        self.record.is_whole(self.direction, whole);
    }

    /// Whether the service answered.
    #[must_use]
    pub fn is_answered(&self) -> bool {
        self.record.is_answered()
    }

    /// Records an error.
    pub fn failed(&self, error: &str) {
        self.record.failed(error);
    }

    /// Headers after the body.
    pub fn trailers(&self, trailers: &http::HeaderMap) {
        if self.shared.capture.enabled {
            self.record.trailers(self.direction, trailers);
        }
    }
}

impl Ring {
    /// Gives back the one that is forgotten, to be dropped outside of the lock.
    fn push(&mut self, record: Arc<Record>) -> Option<Arc<Record>> {
        self.records.push_back(record);
        if self.records.len() > REMEMBERED {
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

    /// Puts what an earlier run left before what came since.
    fn put_before(&mut self, earlier: Vec<Arc<Record>>) {
        let room = REMEMBERED.saturating_sub(self.records.len());
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
            told: AtomicU64::new(0),
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
        if record.told {
            self.bus.publish(Event::Request(record.view()));
        }
    }

    /// Whether one more request may be published on the bus.
    fn may_tell(&self) -> bool {
        if !self.bus.has_request_readers() {
            return false;
        }
        let elapsed = self.opened.elapsed().as_millis() / TOLD_WINDOW;
        let window = u64::try_from(elapsed).unwrap_or(u64::MAX) << 16;
        self.told
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |told| {
                if told & !0xFFFF != window {
                    Some(window | 1)
                } else if told & 0xFFFF < TOLD {
                    Some(told + 1)
                } else {
                    None
                }
            })
            .is_ok()
    }

    /// Gives the memory of a request back without keeping anything.
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

    /// Lets a request wait for the disk; gives back one that does not any more.
    fn enqueue(&self, record: &Arc<Record>) -> Option<Arc<Record>> {
        let mut queue = self.queue();
        if queue.closed {
            return Some(Arc::clone(record));
        }
        queue.records.push_back(Arc::clone(record));
        let waiting = queue.records.len();
        if waiting == 1 || self.in_memory.load(Ordering::Relaxed) > IN_MEMORY / 2 {
            self.wake.notify_one();
        }
        if waiting > REMEMBERED {
            return queue.records.pop_front();
        }
        None
    }

    /// What gathered since the last time; none at the end.
    fn gathered(&self) -> Option<VecDeque<Arc<Record>>> {
        let mut queue = self.queue();
        while queue.records.is_empty() && !queue.closed {
            queue = self
                .wake
                .wait(queue)
                .unwrap_or_else(PoisonError::into_inner);
        }
        for (time, enough) in [(GATHER, 0), (GATHER_FLOOD, FLOOD)] {
            if queue.records.len() > enough {
                // Woken before only by the end, and when memory gets short.
                queue = self
                    .wake
                    .wait_timeout_while(queue, time, |queue| {
                        !queue.closed && self.in_memory.load(Ordering::Relaxed) <= IN_MEMORY / 2
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

/// When the disk failed last.
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
        self.since.is_none_or(|since| since.elapsed() > REST)
    }
}

/// Moves a request from memory to the disk, when there is one.
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
        Some(Kept {
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
        Kept {
            exchange: found.exchange.as_str().into(),
            location: Some(found.location),
        },
    )
}

/// Where ids begin, so that those of two runs differ.
fn random() -> u64 {
    let mut bytes = [0; 8];
    if getrandom::fill(&mut bytes).is_err() {
        return u64::from(std::process::id());
    }
    u64::from_le_bytes(bytes)
}

/// The requests that earlier runs left in a folder, for when no prox runs.
///
/// # Errors
///
/// When it cannot be read. A folder that is not there is empty.
pub fn open_kept(folder: &Path) -> io::Result<Arc<Store>> {
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
