//! In-memory fakes of the router's ports: a clock that only tests move, deterministic randomness,
//! and a record of everything that was sent.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use prox_api::ports::{
    Clock, Email, Hop, HopAnswer, Jobs, Log, Mail, Pending, Random, Realtime, Transport,
    TransportError,
};
use prox_types::durable::room::Poke;
use prox_types::{ImportId, OrganizationId, Timestamp};
use sha2::{Digest, Sha256};

/// The secret that signs Slack's deliveries in tests.
pub const SLACK_SIGNING_SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";

type Answer = Arc<dyn Fn(&Hop) -> Result<HopAnswer, TransportError> + Send + Sync>;

/// All fakes of one app.
pub struct Fakes {
    now: Mutex<Timestamp>,
    random_blocks: AtomicU64,
    /// The pokes that were sent to rooms, in order.
    pub pokes: Mutex<Vec<(OrganizationId, Poke)>>,
    /// The imports that have steps to take.
    pub imports: Mutex<Vec<ImportId>>,
    /// The emails that were sent.
    pub emails: Mutex<Vec<Email>>,
    /// The lines that were logged.
    pub log: Mutex<Vec<serde_json::Value>>,
    /// The requests to foreign servers.
    pub hops: Mutex<Vec<Hop>>,
    sites: Mutex<HashMap<String, Answer>>,
}

impl Default for Fakes {
    fn default() -> Self {
        Self {
            now: Mutex::new("2026-01-02T03:04:05Z".parse().unwrap()),
            random_blocks: AtomicU64::new(0),
            pokes: Mutex::default(),
            imports: Mutex::default(),
            emails: Mutex::default(),
            log: Mutex::default(),
            hops: Mutex::default(),
            sites: Mutex::default(),
        }
    }
}

impl Fakes {
    /// Moves the clock forward.
    pub fn advance(&self, by: jiff::SignedDuration) {
        let mut now = self.now.lock().unwrap();
        *now = now.checked_add(by).unwrap();
    }

    /// Answers requests whose URL begins with `prefix`. The longest prefix wins.
    pub fn site(
        &self,
        prefix: &str,
        answer: impl Fn(&Hop) -> Result<HopAnswer, TransportError> + Send + Sync + 'static,
    ) {
        self.sites
            .lock()
            .unwrap()
            .insert(prefix.to_owned(), Arc::new(answer));
    }

    /// Answers requests whose URL begins with `prefix` with a fixed response.
    pub fn page(&self, prefix: &str, status: u16, headers: &[(&str, &str)], body: &str) {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect();
        let answer = HopAnswer {
            status,
            headers,
            body: body.as_bytes().to_vec(),
        };
        self.site(prefix, move |_| Ok(answer.clone()));
    }

    /// Takes the pokes that were sent since the last call.
    pub fn take_pokes(&self) -> Vec<(OrganizationId, Poke)> {
        std::mem::take(&mut self.pokes.lock().unwrap())
    }

    /// Takes the imports that have steps to take.
    pub fn take_imports(&self) -> Vec<ImportId> {
        std::mem::take(&mut self.imports.lock().unwrap())
    }
}

impl Clock for Fakes {
    fn now(&self) -> Timestamp {
        *self.now.lock().unwrap()
    }
}

impl Random for Fakes {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let count = self.random_blocks.fetch_add(1, Ordering::Relaxed);
            let block = Sha256::digest(count.to_le_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}

impl Realtime for Fakes {
    fn poke(&self, organization: OrganizationId, poke: Poke) {
        self.pokes.lock().unwrap().push((organization, poke));
    }
}

impl Jobs for Fakes {
    fn advance(&self, import: ImportId) {
        self.imports.lock().unwrap().push(import);
    }
}

impl Mail for Fakes {
    fn send(&self, email: Email) {
        self.emails.lock().unwrap().push(email);
    }
}

impl Log for Fakes {
    fn write(&self, line: &str) {
        let line = serde_json::from_str(line).unwrap();
        self.log.lock().unwrap().push(line);
    }
}

impl Transport for Fakes {
    fn send(&self, hop: Hop) -> Pending<'_, Result<HopAnswer, TransportError>> {
        let sites = self.sites.lock().unwrap();
        let site = sites
            .iter()
            .filter(|(prefix, _)| hop.url.starts_with(*prefix))
            .max_by_key(|(prefix, _)| prefix.len());
        let answer = match site {
            Some((_, answer)) => answer(&hop),
            None => Err(TransportError::Unreachable(format!(
                "no fake site for {}",
                hop.url
            ))),
        };
        drop(sites);
        self.hops.lock().unwrap().push(hop);
        Box::pin(std::future::ready(answer))
    }
}
