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

/// Everything that the API looks at. Cheap to clone.
#[derive(Clone)]
pub struct Context {
    /// What runs.
    pub supervisor: Arc<Supervisor>,
    /// The logs of the processes.
    pub logs: Arc<Store>,
    /// What happens.
    pub bus: Arc<EventBus>,
    /// Where, since when, and with which token.
    pub instance: Arc<Instance>,
    /// The configuration, as it was last read.
    pub project: Arc<Mutex<Project>>,
    /// The proxy, when it runs.
    pub proxy: Option<Arc<prox_proxy::Handle>>,
    /// Names that a reload removed.
    pub removed: Arc<Mutex<BTreeSet<String>>>,
    /// Cancelled when a client asks for the end.
    pub end_wanted: CancellationToken,
    /// Cancelled when nothing more will happen: streams end.
    pub closing: CancellationToken,
}

/// Serves until `closing` is cancelled and the last answer went out.
///
/// # Errors
///
/// When the listener does not work with the runtime.
pub fn serve(listener: TcpListener, context: Context) -> io::Result<JoinHandle<()>> {
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?.tap_io(|socket| {
        // It only makes small answers faster.
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
        // It only fails by listening, and goes on then.
        let _ = serving.await;
    }))
}
