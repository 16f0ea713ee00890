//! The port to the network: single requests to foreign servers, without redirects and without
//! checks.

use http::Method;

use crate::ports::Pending;

/// A single request; redirects are not followed.
#[derive(Clone, Debug)]
pub struct Hop {
    /// `GET` or `POST`.
    pub method: Method,
    /// The URL, which the egress guard has checked.
    pub url: String,
    /// Headers in order.
    pub headers: Vec<(String, String)>,
    /// The body of a `POST`.
    pub body: Option<Vec<u8>>,
    /// Maximum number of bytes to read from the response.
    pub max_bytes: usize,
    /// Timeout of the whole request, in milliseconds.
    pub timeout_ms: u32,
}

/// The response to a hop.
#[derive(Clone, Debug)]
pub struct HopAnswer {
    /// HTTP status.
    pub status: u16,
    /// Headers with names in lower case; a repeated header has several entries.
    pub headers: Vec<(String, String)>,
    /// The body, at most `max_bytes` of it.
    pub body: Vec<u8>,
}

/// The error of a hop without a response.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// The timeout elapsed.
    #[error("it took too long")]
    TimedOut,
    /// Connection, TLS or HTTP failed.
    #[error("{0}")]
    Unreachable(String),
}

/// Sends single requests.
pub trait Transport: Send + Sync {
    /// # Errors
    /// [`TransportError`] when there is no response in time.
    fn send(&self, hop: Hop) -> Pending<'_, Result<HopAnswer, TransportError>>;
}
