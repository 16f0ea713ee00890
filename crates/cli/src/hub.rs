//! The one stream of what happens in a supervisor. Keeps nothing: who reads too slowly is told
//! how much was missed, and reads the present state and the logs again.

use tokio::sync::broadcast;

use crate::event::Event;

/// How many events a reader may lag behind.
const CAPACITY: usize = 4096;

/// Where everything that happens is published.
#[derive(Debug)]
pub struct Hub {
    events: broadcast::Sender<Event>,
}

impl Hub {
    /// A stream that nobody reads yet.
    #[must_use]
    pub fn new() -> Self {
        Self {
            events: broadcast::Sender::new(CAPACITY),
        }
    }

    /// Tells everybody who reads. Never waits; without readers, it does nothing.
    pub fn publish(&self, event: Event) {
        // The error only says that nobody reads.
        let _ = self.events.send(event);
    }

    /// Whether anybody reads. Who would have to build an event first may ask.
    #[must_use]
    pub fn is_heard(&self) -> bool {
        self.events.receiver_count() > 0
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
    fn a_slow_reader_is_told_that_it_missed_something() {
        let hub = Hub::new();
        let mut reader = hub.subscribe();
        for _ in 0..=CAPACITY {
            hub.publish(Event::Reloaded);
        }
        assert_eq!(reader.try_recv(), Err(TryRecvError::Lagged(1)));
    }
}
