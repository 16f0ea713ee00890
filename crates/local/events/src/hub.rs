//! Passes every event of a supervisor to all its readers. Stores nothing: a reader that lags learns
//! how many events it missed, and reads the current state and the logs again.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::broadcast;

use crate::Event;

/// How many events a reader may lag behind.
const CAPACITY: usize = 4096;

/// Where everything that happens is published.
#[derive(Debug)]
pub struct Hub {
    events: broadcast::Sender<Event>,
    requests_wanted: Arc<AtomicUsize>,
}

/// Requests are published on the hub as long as one of these exists.
#[derive(Debug)]
pub struct WantsRequests(Arc<AtomicUsize>);

impl Drop for WantsRequests {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Hub {
    /// A hub without readers.
    #[must_use]
    pub fn new() -> Self {
        Self {
            events: broadcast::Sender::new(CAPACITY),
            requests_wanted: Arc::default(),
        }
    }

    /// Sends an event to all readers. Never waits; does nothing without readers.
    pub fn publish(&self, event: Event) {
        // The error only means that there are no readers.
        let _ = self.events.send(event);
    }

    /// Asks for requests. They are published only while a reader wants them: there may be very
    /// many, and every event wakes every reader.
    #[must_use]
    pub fn want_requests(&self) -> WantsRequests {
        self.requests_wanted.fetch_add(1, Ordering::Relaxed);
        WantsRequests(Arc::clone(&self.requests_wanted))
    }

    /// Whether any reader wants requests.
    #[must_use]
    pub fn are_requests_wanted(&self) -> bool {
        self.requests_wanted.load(Ordering::Relaxed) > 0
    }

    /// What happens from now on. `RecvError::Lagged` says how many events were missed.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }
}

impl Default for Hub {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::broadcast::error::TryRecvError;

    use super::*;

    #[test]
    fn every_reader_sees_what_comes_after_it_subscribed() {
        let hub = Hub::new();
        hub.publish(Event::Reloaded);
        let mut first = hub.subscribe();
        hub.publish(Event::ShuttingDown);
        let mut second = hub.subscribe();
        assert_eq!(first.try_recv(), Ok(Event::ShuttingDown));
        assert_eq!(second.try_recv(), Err(TryRecvError::Empty));
    }

    #[test]
    fn requests_are_wanted_as_long_as_anybody_wants_them() {
        let hub = Hub::new();
        let _reader = hub.subscribe();
        assert!(!hub.are_requests_wanted());
        let (first, second) = (hub.want_requests(), hub.want_requests());
        drop(first);
        assert!(hub.are_requests_wanted());
        drop(second);
        assert!(!hub.are_requests_wanted());
    }

    #[test]
    fn a_slow_reader_is_told_that_it_missed_something() {
        let hub = Hub::new();
        let mut reader = hub.subscribe();
        for _ in 0..=CAPACITY {
            hub.publish(Event::Reloaded);
        }
        assert_eq!(reader.try_recv(), Err(TryRecvError::Lagged(1)));
    }
}
