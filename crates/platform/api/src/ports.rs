//! The ports: traits for everything outside of the router. Each platform implements them.

use std::pin::Pin;
use std::sync::Arc;

use prox_integrations::unicode::Unicode;
use prox_types::EntityId;

use crate::config::Config;

mod clock;
mod database;
mod jobs;
mod log;
mod mail;
mod random;
mod realtime;
mod transport;

pub use clock::Clock;
pub use database::{Database, RestrictedDatabase};
pub use jobs::Jobs;
pub use log::Log;
pub use mail::{Email, Mail};
pub use random::Random;
pub use realtime::Realtime;
pub use transport::{Hop, HopAnswer, Transport, TransportError};

/// A future that the router may hold across threads. A platform whose futures are
/// tied to one thread wraps them.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The ports of one request.
pub struct Ports {
    /// The database, which only an extractor can open.
    pub database: RestrictedDatabase,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The source of randomness.
    pub random: Arc<dyn Random>,
    /// Unicode's tables.
    pub unicode: Arc<dyn Unicode>,
    /// The rooms of organizations.
    pub realtime: Arc<dyn Realtime>,
    /// The network. Only the egress guard uses it.
    pub transport: Arc<dyn Transport>,
    /// Work that goes on after requests.
    pub jobs: Arc<dyn Jobs>,
    /// The mailer.
    pub mail: Arc<dyn Mail>,
    /// The log.
    pub log: Arc<dyn Log>,
    /// The settings of the deployment.
    pub config: Arc<Config>,
}

impl Ports {
    /// A new id from a UUIDv7.
    #[must_use]
    pub fn id<I: EntityId>(&self) -> I {
        I::from_uuid(self.uuid())
    }

    /// A new UUIDv7 (RFC 9562, 5.7) with the current time.
    #[must_use]
    pub fn uuid(&self) -> uuid::Uuid {
        let millis = u64::try_from(self.clock.now().as_millisecond()).unwrap_or_default();
        let mut tail = [0; 10];
        self.random.fill(&mut tail);
        uuid::Builder::from_unix_timestamp_millis(millis, &tail).into_uuid()
    }

    /// 32 random bytes, fit for a secret.
    #[must_use]
    pub fn secret(&self) -> [u8; 32] {
        let mut bytes = [0; 32];
        self.random.fill(&mut bytes);
        bytes
    }
}
