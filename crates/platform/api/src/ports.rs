//! Traits for everything outside of the router. Each platform implements them.

use std::pin::Pin;
use std::sync::Arc;

use prox_integrations::unicode::Unicode;
use prox_types::EntityId;

use crate::config::Config;

mod clock;
mod database;
mod log;
mod mail;
mod random;
mod realtime;
mod transport;

pub use clock::Clock;
pub use database::{Database, RestrictedDatabase};
pub use log::Log;
pub use mail::{Email, Mail};
pub use random::Random;
pub use realtime::Realtime;
pub use transport::{Hop, HopAnswer, Transport, TransportError};

/// A future that the router may hold across threads. A platform whose futures are
/// tied to one thread wraps them.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// All of it, for one request.
pub struct Ports {
    /// The database, which only an extractor can open.
    pub database: RestrictedDatabase,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Unicode's tables.
    pub unicode: Arc<dyn Unicode>,
    /// The rooms.
    pub realtime: Arc<dyn Realtime>,
    /// The network, for the guard to use.
    pub transport: Arc<dyn Transport>,
    /// Letters.
    pub mail: Arc<dyn Mail>,
    /// The log.
    pub log: Arc<dyn Log>,
    /// The settings.
    pub config: Arc<Config>,
}

impl Ports {
    /// A fresh id: a UUIDv7 of now.
    #[must_use]
    pub fn id<I: EntityId>(&self) -> I {
        I::from_uuid(self.uuid())
    }

    /// A fresh UUIDv7 (RFC 9562, 5.7).
    #[must_use]
    pub fn uuid(&self) -> uuid::Uuid {
        let millis = u64::try_from(self.clock.now().as_millisecond()).unwrap_or_default();
        let mut tail = [0; 10];
        self.random.fill(&mut tail);
        uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
    }

    /// 32 bytes that nobody can guess.
    #[must_use]
    pub fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.random.fill(&mut bytes);
        bytes
    }
}
