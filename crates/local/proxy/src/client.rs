//! The origin of a request: the address of the client, and the listener that accepted its
//! connection.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use http::HeaderValue;

use super::interim::Interim;

/// The client at the other end of a connection.
#[derive(Debug)]
pub(super) struct ClientAddr {
    /// IP address and port.
    pub(super) address: Arc<str>,
    /// The IP address, for `X-Forwarded-For`.
    pub(super) ip: HeaderValue,
    /// Whether a request on the connection requested an upgrade (a tunnel).
    pub(super) tunnels: AtomicBool,
    /// Interim responses to send to the client.
    pub(super) interim: Arc<Interim>,
}

impl ClientAddr {
    /// The client of a connection from `address`.
    pub(super) fn new(address: SocketAddr) -> Self {
        let ip = address.ip().to_canonical().to_string();
        Self {
            address: address.to_string().into(),
            ip: HeaderValue::from_str(&ip).unwrap_or(HeaderValue::from_static("unknown")),
            tunnels: AtomicBool::new(false),
            interim: Arc::default(),
        }
    }
}

/// A port of the proxy.
#[derive(Clone, Debug)]
pub(super) struct Listener {
    /// The only service of this port. None serves all services.
    pub only: Option<String>,
    /// The number of the port.
    pub port: u16,
    /// Whether the port uses TLS.
    pub https: bool,
}

impl Listener {
    /// `http` or `https`.
    pub(super) fn scheme(&self) -> &'static str {
        if self.https { "https" } else { "http" }
    }
}
