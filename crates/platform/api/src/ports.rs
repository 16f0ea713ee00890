//! What the router needs of the world. Each platform brings its own.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use prox_db::{Client, DbError};
use prox_integrations::unicode::Unicode;
use prox_types::room::Poke;
use prox_types::{EntityId, OrganizationId, Timestamp};

use crate::config::Config;
use crate::egress::Transport;

/// A future that the router may hold across threads. A platform whose futures are
/// tied to one thread wraps them.
pub type Pending<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Opens a connection, for one request.
pub trait Database: Send + Sync {
    /// # Errors
    /// [`DbError::Unreachable`] when no server answers.
    fn connect(&self) -> Pending<'_, Result<Client, DbError>>;
}

/// The time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Randomness fit for secrets.
pub trait Random: Send + Sync {
    /// Fills the whole slice.
    fn fill(&self, bytes: &mut [u8]);
}

/// Tells an organization's room what was committed.
pub trait Realtime: Send + Sync {
    /// Returns at once; the message travels after the answer. A lost one is harmless.
    fn poke(&self, organization: OrganizationId, poke: Poke);
}

/// Takes letters to people.
pub trait Mail: Send + Sync {
    /// Returns at once; a failure goes to the log.
    fn send(&self, letter: Letter);
}

/// Takes log lines.
pub trait Log: Send + Sync {
    /// One JSON object, without personal data.
    fn write(&self, line: &serde_json::Value);
}

/// A letter in plain text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    /// One address.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The content.
    pub text: String,
}

/// All of it, for one request.
pub struct Ports {
    /// The database, which only an extractor can open.
    pub database: Guarded,
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

/// A database that handlers cannot open.
pub struct Guarded(pub(crate) Arc<dyn Database>);

impl Guarded {
    /// Puts the guard on.
    #[must_use]
    pub fn new(database: Arc<dyn Database>) -> Self {
        Self(database)
    }
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
