//! The event bus: sends every event of a supervisor to all its readers. It stores no events. A
//! reader that is too slow gets the number of events that it missed, and reads the current state
//! and the logs again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::broadcast;

use crate::Event;

/// The number of events that a reader may lag behind.
const CAPACITY: usize = 4096;

/// The channel of all events of a supervisor.
#[derive(Debug)]
pub struct EventBus {
    events: broadcast::Sender<Event>,
    request_readers: Arc<AtomicUsize>,
}

/// The interest of a reader in requests, until it is dropped. Requests are published only while a
/// reader is interested.
#[derive(Debug)]
pub struct RequestInterest(Arc<AtomicUsize>);

impl Drop for RequestInterest {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl EventBus {
    /// An event bus without readers.
    #[must_use]
    pub fn new() -> Self {
        Self {
            events: broadcast::Sender::new(CAPACITY),
            request_readers: Arc::default(),
        }
    }

    /// Sends an event to all readers. Never waits; does nothing without readers.
    pub fn publish(&self, event: Event) {
        // The error only means that there are no readers.
        let _ = self.events.send(event);
    }

    /// Registers a reader of requests. They are published only while there is one, because there
    /// may be very many and every event wakes every reader.
    #[must_use]
    pub fn register_request_reader(&self) -> RequestInterest {
        self.request_readers.fetch_add(1, Ordering::Relaxed);
        RequestInterest(Arc::clone(&self.request_readers))
    }

    /// Whether any reader is interested in requests.
    #[must_use]
    pub fn has_request_readers(&self) -> bool {
        self.request_readers.load(Ordering::Relaxed) > 0
    }

    /// Subscribes to all events from now on. `RecvError::Lagged` has the number of missed events.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }
}

impl Default for EventBus {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::broadcast::error::TryRecvError;

    use super::*;

    #[test]
    fn a_reader_gets_the_events_after_its_subscription() {
        let bus = EventBus::new();
        bus.publish(Event::Reloaded);
        let mut first = bus.subscribe();
        bus.publish(Event::ShuttingDown);
        let mut second = bus.subscribe();
        assert_eq!(first.try_recv(), Ok(Event::ShuttingDown));
        assert_eq!(second.try_recv(), Err(TryRecvError::Empty));
    }

    #[test]
    fn requests_have_readers_until_the_last_one_is_dropped() {
        let bus = EventBus::new();
        let _reader = bus.subscribe();
        assert!(!bus.has_request_readers());
        let (first, second) = (bus.register_request_reader(), bus.register_request_reader());
        drop(first);
        assert!(bus.has_request_readers());
        drop(second);
        assert!(!bus.has_request_readers());
    }

    #[test]
    fn a_slow_reader_gets_the_number_of_missed_events() {
        let bus = EventBus::new();
        let mut reader = bus.subscribe();
        for _ in 0..=CAPACITY {
            bus.publish(Event::Reloaded);
        }
        assert_eq!(reader.try_recv(), Err(TryRecvError::Lagged(1)));
    }
}
