//! The network: one request to a foreign server, without a redirect and without judgement.

use http::Method;

use crate::ports::Pending;

/// One hop for the transport: redirects are not followed.
#[derive(Clone, Debug)]
pub struct Hop {
    /// `GET` or `POST`.
    pub method: Method,
    /// Checked.
    pub url: String,
    /// In order.
    pub headers: Vec<(String, String)>,
    /// For `POST`.
    pub body: Option<Vec<u8>>,
    /// Stop reading after this many bytes.
    pub max_bytes: usize,
    /// Give up after this many milliseconds, all in all.
    pub timeout_ms: u32,
}

/// What a hop answered.
#[derive(Clone, Debug)]
pub struct HopAnswer {
    /// HTTP status.
    pub status: u16,
    /// Names in lower case; repeated headers stand repeatedly.
    pub headers: Vec<(String, String)>,
    /// At most `max_bytes`; the rest was not read.
    pub body: Vec<u8>,
}

/// Why a hop has no answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// Time ran out.
    #[error("it took too long")]
    TimedOut,
    /// No connection, no TLS, no HTTP.
    #[error("it cannot be reached: {0}")]
    Unreachable(String),
}

/// Moves one hop's bytes.
pub trait Transport: Send + Sync {
    /// # Errors
    /// [`TransportError`] when there is no answer in time.
    fn send(&self, hop: Hop) -> Pending<'_, Result<HopAnswer, TransportError>>;
}
