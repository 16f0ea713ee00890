//! In-memory fakes of the router's ports: a clock that stands still, randomness that
//! repeats, and a record of everything that was sent.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use prox_api::ports::{
    Clock, Email, Hop, HopAnswer, Log, Mail, Pending, Random, Realtime, Transport, TransportError,
};
use prox_types::durable::room::Poke;
use prox_types::{OrganizationId, Timestamp};
use sha2::{Digest, Sha256};

/// What signs Slack's deliveries in tests.
pub const SLACK_SIGNING_SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";

type Answer = Arc<dyn Fn(&Hop) -> Result<HopAnswer, TransportError> + Send + Sync>;

/// All fakes of one app.
pub struct Fakes {
    now: Mutex<Timestamp>,
    drawn: AtomicU64,
    /// What the rooms were told, in order.
    pub pokes: Mutex<Vec<(OrganizationId, Poke)>>,
    /// What was mailed.
    pub emails: Mutex<Vec<Email>>,
    /// What was logged.
    pub log: Mutex<Vec<serde_json::Value>>,
    /// Every hop that went out.
    pub hops: Mutex<Vec<Hop>>,
    sites: Mutex<HashMap<String, Answer>>,
}

impl Default for Fakes {
    fn default() -> Self {
        Self {
            now: Mutex::new("2026-01-02T03:04:05Z".parse().unwrap()),
            drawn: AtomicU64::new(0),
            pokes: Mutex::default(),
            emails: Mutex::default(),
            log: Mutex::default(),
            hops: Mutex::default(),
            sites: Mutex::default(),
        }
    }
}

impl Fakes {
    /// Moves the clock.
    pub fn advance(&self, by: jiff::SignedDuration) {
        let mut now = self.now.lock().unwrap();
        *now = now.checked_add(by).unwrap();
    }

    /// Answers hops whose URL begins with `prefix`; the longest prefix wins.
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

    /// As [`Fakes::site`], always with the same answer.
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

    /// Takes what the rooms were told so far.
    pub fn take_pokes(&self) -> Vec<(OrganizationId, Poke)> {
        std::mem::take(&mut self.pokes.lock().unwrap())
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
            let block = Sha256::digest(self.drawn.fetch_add(1, Ordering::Relaxed).to_le_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }
}

impl Realtime for Fakes {
    fn poke(&self, organization: OrganizationId, poke: Poke) {
        self.pokes.lock().unwrap().push((organization, poke));
    }
}

impl Mail for Fakes {
    fn send(&self, email: Email) {
        self.emails.lock().unwrap().push(email);
    }
}

impl Log for Fakes {
    fn write(&self, line: &serde_json::Value) {
        self.log.lock().unwrap().push(line.clone());
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
