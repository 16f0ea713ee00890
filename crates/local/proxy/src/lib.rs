//! The reverse proxy: routes `name.<domain>` to the service of that name, and captures requests.
//! Listens on loopback only. It does not start processes, and gets their state from the supervisor.

pub mod ca;
mod client;
mod delegate;
mod error;
mod forward;
mod graceful_close;
mod headers;
mod interim;
mod listen;
mod page;
pub mod replay;
mod request_body;
mod response_body;
mod route;
mod state_paths;
mod targets;
mod upstream;
mod workers;

use std::io;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use tokio_rustls::TlsAcceptor;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use state_paths::StatePaths;
pub use targets::Targets;

use self::ca::{Authority, CaError};
use self::client::Listener;
use self::forward::Forwarder;
use self::listen::{Port, Server};
use self::replay::{Edits, ReplayError, Replayed};
use self::route::Routes;
use self::workers::Workers;
use prox_capture::Store;
use prox_config::model::Project;
use prox_events::EventBus;

/// The interval between checks of idle connections.
const SWEEP: Duration = Duration::from_secs(2);

/// The error of a proxy that cannot run.
#[derive(Debug, thiserror::Error)]
pub enum ProxyError {
    /// A port cannot be opened.
    #[error("cannot listen on port {port} (`{key}`): {error}")]
    Port {
        /// The port.
        port: u16,
        /// The configuration key of the port.
        key: String,
        /// The reason.
        error: io::Error,
    },
    /// The threads that serve connections cannot be started.
    #[error("cannot start the proxy: {0}")]
    Threads(io::Error),
    /// The state folder cannot be used.
    #[error("cannot keep requests: {0}")]
    State(#[from] io::Error),
    /// The certificate authority cannot be used.
    #[error("no HTTPS: {0}")]
    Ca(#[from] CaError),
    /// TLS cannot be set up.
    #[error("no HTTPS: {0}")]
    Tls(#[from] rustls::Error),
}

/// A running proxy.
pub struct Handle {
    forwarder: Arc<Forwarder>,
    tasks: TaskTracker,
    ending: CancellationToken,
    http_port: Option<u16>,
    https_port: Option<u16>,
    service_ports: Vec<(String, u16)>,
}

/// Opens the ports of a project's proxy, and serves them until [`Handle::shutdown`]. `hash`
/// identifies the project in the registry.
///
/// # Errors
///
/// When a port is taken, or when there is no certificate authority and HTTPS is configured.
pub async fn serve(
    hash: &str,
    settings: &Project,
    targets: Arc<dyn Targets>,
    bus: Arc<EventBus>,
) -> Result<Handle, ProxyError> {
    serve_in(&StatePaths::of(hash)?, settings, targets, bus).await
}

/// Runs the proxy as [`serve`] does, with its files at other paths.
///
/// # Errors
///
/// As [`serve`].
pub async fn serve_in(
    places: &StatePaths,
    settings: &Project,
    targets: Arc<dyn Targets>,
    bus: Arc<EventBus>,
) -> Result<Handle, ProxyError> {
    let proxy = &settings.proxy;
    let tls = match proxy.https_port {
        Some(_) => Some(acceptor(places, &proxy.domain)?),
        None => None,
    };
    let mut ports = Vec::new();
    if let Some(port) = proxy.http_port {
        ports.push((open(port, "proxy.http_port").await?, None, None));
    }
    let http_port = ports.first().map(|(port, ..)| port.number);
    let mut https_port = None;
    if let Some(port) = proxy.https_port {
        let port = open(port, "proxy.https_port").await?;
        https_port = Some(port.number);
        ports.push((port, None, tls.clone()));
    }
    let mut service_ports = Vec::new();
    for (name, service) in &settings.services {
        if let Some(port) = service.listen {
            let port = open(port, &format!("services.{name}.listen")).await?;
            service_ports.push((name.clone(), port.number));
            ports.push((port, Some(name.clone()), tls.clone()));
        }
    }

    let warner = Arc::clone(&targets);
    let store = Store::open(
        &places.requests,
        &proxy.capture,
        settings.logs.retention,
        bus,
        move |message| warner.warn(message),
    );
    let ending = CancellationToken::new();
    let tasks = TaskTracker::new();
    let forwarder = Arc::new(Forwarder {
        routes: RwLock::new(Arc::new(Routes::new(
            &proxy.domain,
            &settings.services,
            None,
        ))),
        targets,
        store,
        instance: headers::instance_id(),
        tunnels: tasks.clone(),
        ending: ending.clone(),
    });
    let workers = Arc::new(Workers::start().map_err(ProxyError::Threads)?);
    for (port, only, tls) in ports {
        let server = Server {
            forwarder: Arc::clone(&forwarder),
            listener: Arc::new(Listener {
                https: tls.is_some() && only.is_none(),
                only,
                port: port.number,
            }),
            tls,
            tasks: tasks.clone(),
            ending: ending.clone(),
        };
        port.serve(&Arc::new(server), &workers);
    }
    tasks.spawn(sweep(Arc::clone(&forwarder)));
    Ok(Handle {
        forwarder,
        tasks,
        ending,
        http_port,
        https_port,
        service_ports,
    })
}

impl Handle {
    /// The captured requests.
    #[must_use]
    pub fn store(&self) -> &Arc<Store> {
        &self.forwarder.store
    }

    /// The port for HTTP.
    #[must_use]
    pub fn http_port(&self) -> Option<u16> {
        self.http_port
    }

    /// The port for HTTPS.
    #[must_use]
    pub fn https_port(&self) -> Option<u16> {
        self.https_port
    }

    /// The ports of single services.
    #[must_use]
    pub fn service_ports(&self) -> &[(String, u16)] {
        &self.service_ports
    }

    /// Applies the services of a reloaded configuration. Changes of ports, domain and capture take
    /// effect with the next start.
    pub fn reload(&self, settings: &Project) {
        let before = self.forwarder.routes();
        let after = Routes::new(before.domain(), &settings.services, Some(&before));
        let mut routes = self
            .forwarder
            .routes
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        *routes = Arc::new(after);
    }

    /// Replays a captured request, and compares the responses.
    ///
    /// # Errors
    ///
    /// When the request cannot be sent. A service that does not respond is not an error.
    pub async fn replay(&self, id: &str, edits: &Edits) -> Result<Replayed, ReplayError> {
        let store = &self.forwarder.store;
        self.forwarder.replay_and_compare(store, id, edits).await
    }

    /// Waits up to two seconds for requests in flight, and writes all captured requests.
    pub async fn shutdown(&self) {
        self.ending.cancel();
        self.tasks.close();
        // Connections end by themselves, but a tunnel that is being set up must not delay the
        // shutdown.
        let _ = tokio::time::timeout(Duration::from_secs(3), self.tasks.wait()).await;
        let store = Arc::clone(&self.forwarder.store);
        // This fails only when the writer's thread has ended already.
        let _ = tokio::task::spawn_blocking(move || store.close()).await;
    }
}

async fn open(port: u16, key: &str) -> Result<Port, ProxyError> {
    Port::open(port).await.map_err(|error| ProxyError::Port {
        port,
        key: key.to_owned(),
        error,
    })
}

fn acceptor(places: &StatePaths, domain: &str) -> Result<TlsAcceptor, ProxyError> {
    let authority = Authority::open(&places.authorities, domain)?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(authority));
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}

async fn sweep(forwarder: Arc<Forwarder>) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(SWEEP) => {
                for route in forwarder.routes().all() {
                    route.pool.sweep();
                }
            }
            () = forwarder.ending.cancelled() => return,
        }
    }
}
