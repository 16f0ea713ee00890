//! Serves the local API on a listener that is already bound.

use std::collections::BTreeSet;
use std::io;
use std::net::TcpListener;
use std::sync::{Arc, Mutex};

use axum::middleware;
use axum::serve::ListenerExt as _;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::guard::{Guard, check};
use super::routes::router;
use crate::registry::Instance;
use prox_config::model::Project;
use prox_events::EventBus;
use prox_logs::Store;
use prox_supervisor::Supervisor;

/// The state that the local API uses. Cheap to clone.
#[derive(Clone)]
pub struct Context {
    /// The supervisor.
    pub supervisor: Arc<Supervisor>,
    /// The logs of the processes.
    pub logs: Arc<Store>,
    /// The event bus.
    pub bus: Arc<EventBus>,
    /// The state file's content: address, start time and token.
    pub instance: Arc<Instance>,
    /// The current configuration.
    pub project: Arc<Mutex<Project>>,
    /// The proxy, when it runs.
    pub proxy: Option<Arc<prox_proxy::Handle>>,
    /// Names that a reload removed.
    pub removed: Arc<Mutex<BTreeSet<String>>>,
    /// Cancelled when a client requests a shutdown.
    pub end_wanted: CancellationToken,
    /// Cancelled at the end of the supervisor, when streams end.
    pub closing: CancellationToken,
}

/// Serves the local API until `closing` is cancelled and the last response was sent.
///
/// # Errors
///
/// When the runtime does not accept the listener.
pub fn serve(listener: TcpListener, context: Context) -> io::Result<JoinHandle<()>> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?.tap_io(|socket| {
        // Without this option, only small responses are slower.
        let _ = socket.set_nodelay(true);
    });
    let token = &context.instance.token;
    let guard = Guard {
        token: Some(token.as_str())
            .filter(|it| !it.is_empty())
            .map(Arc::from),
    };
    let closing = context.closing.clone();
    let router = router(context).layer(middleware::from_fn_with_state(guard, check));
    Ok(tokio::spawn(async move {
        let serving =
            axum::serve(listener, router).with_graceful_shutdown(closing.cancelled_owned());
        // Serving never ends with an error: it continues after errors of the listener.
        let _ = serving.await;
    }))
}
