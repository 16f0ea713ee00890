//! Starts and stops the parts of a running project in the right order: logs, proxy, supervisor and
//! local API.

use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use jiff::Timestamp;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use super::project::ProjectLocation;
use crate::exit::{Exit, Failure};
use prox_config::model::{API_PORTS, Project};
use prox_control::Context;
use prox_control::registry::{self, Claim, Instance};
use prox_events::{EventBus, ProcessView, Status, Stream};
use prox_supervisor::Supervisor;

/// The time to send the last responses.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(1);

/// A running project.
pub(super) struct Serving {
    /// The parts of the running project, shared with the local API.
    pub(super) context: Context,
    /// The sequence number of the last log line before the start.
    pub(super) begin: u64,
    claim: Claim,
    api: JoinHandle<()>,
}

impl Serving {
    /// Starts the project, or these names with everything that they depend on. Opens all ports
    /// before the first process starts.
    pub(super) async fn start(
        place: &ProjectLocation,
        project: Project,
        names: Vec<String>,
        claim: Claim,
    ) -> Result<Self, Failure> {
        let host: IpAddr = loopback(&project.api.host)?;
        let listener = registry::bind(host, project.api.port).map_err(|error| {
            let port = project.api.port.filter(|port| *port != 0);
            let port = port.map_or_else(
                || format!("{}-{}", API_PORTS.start(), API_PORTS.end()),
                |port| port.to_string(),
            );
            Failure::help(
                Exit::Failure,
                format!("the local API cannot listen on {host}, port {port}: {error}"),
                "set another `api.port` in prox.yaml, or remove it to use a free one",
            )
            .with_code("PORT_TAKEN")
        })?;
        let instance = Instance {
            pid: std::process::id(),
            port: listener.local_addr()?.port(),
            host: host.to_string(),
            project_path: project.root.clone(),
            started_at: format!("{:.3}", Timestamp::now()),
            config_file: place.file.clone(),
            token: if project.api.auth {
                token()?
            } else {
                String::new()
            },
            process_start: registry::process_start(std::process::id()).unwrap_or_default(),
        };

        let bus = Arc::new(EventBus::new());
        let logs = prox_logs::Store::open(&project.logs, &place.hash, Arc::clone(&bus))
            .map_err(|error| logs_unusable(&project, &place.hash, &error))?;
        let targets = Arc::new(Targets {
            supervisor: OnceLock::new(),
            logs: Arc::clone(&logs),
            runtime: Handle::current(),
        });
        let proxy = if project.proxy.enabled {
            let targets = Arc::clone(&targets) as Arc<dyn prox_proxy::Targets>;
            let proxy = prox_proxy::serve(&place.hash, &project, targets, Arc::clone(&bus)).await;
            Some(Arc::new(proxy.map_err(|error| no_proxy(&error))?))
        } else {
            None
        };
        let begin = logs.last_seq();
        for warning in &project.warnings {
            let text = warning.to_string();
            logs.append("prox", Stream::System, text.as_bytes()).await;
        }
        let supervisor =
            Supervisor::start(project.clone(), names, Arc::clone(&bus), Arc::clone(&logs));
        // It is set only here.
        let _ = targets.supervisor.set(Arc::clone(&supervisor));
        let context = Context {
            supervisor,
            logs,
            bus,
            instance: Arc::new(instance),
            project: Arc::new(Mutex::new(project)),
            proxy,
            removed: Arc::new(Mutex::new(BTreeSet::new())),
            end_wanted: CancellationToken::new(),
            closing: CancellationToken::new(),
        };
        let api = prox_control::serve(listener, context.clone())?;
        let serving = Self {
            context,
            begin,
            claim,
            api,
        };
        if let Err(error) = serving.claim.publish(&serving.context.instance) {
            serving.end().await;
            return Err(error.into());
        }
        Ok(serving)
    }

    /// Stops all parts in the right order.
    pub(super) async fn end(self) {
        let Self {
            context,
            claim,
            api,
            ..
        } = self;
        context.supervisor.shutdown().await;
        if let Some(proxy) = &context.proxy {
            proxy.shutdown().await;
        }
        context.logs.close().await;
        context.closing.cancel();
        let _ = timeout(RESPONSE_TIMEOUT, api).await;
        drop(claim);
    }
}

fn loopback(host: &str) -> Result<IpAddr, Failure> {
    let named = if host == "localhost" {
        "127.0.0.1"
    } else {
        host
    };
    named
        .parse::<IpAddr>()
        .ok()
        .filter(IpAddr::is_loopback)
        .ok_or_else(|| {
            Failure::help(
                Exit::Config,
                format!("`api.host` is {host}, which other machines can reach"),
                "write 127.0.0.1 or ::1",
            )
        })
}

fn no_proxy(error: &prox_proxy::ProxyError) -> Failure {
    let advice = match error {
        prox_proxy::ProxyError::Port { key, error, .. } => match error.kind() {
            ErrorKind::AddrInUse => Some(format!(
                "another program uses it, perhaps another project (`prox list`): set another `{key}` in prox.yaml"
            )),
            ErrorKind::PermissionDenied => Some(format!(
                "ports below 1024 need root: set another `{key}` in prox.yaml"
            )),
            _ => None,
        },
        _ => None,
    };
    match advice {
        Some(advice) => Failure::help(Exit::Failure, error, advice),
        None => Failure::message(Exit::Failure, error),
    }
    .with_code("PROXY_FAILED")
}

fn logs_unusable(project: &Project, hash: &str, error: &std::io::Error) -> Failure {
    let dir = prox_logs::directory(&project.logs, hash)
        .map(|dir| format!(" in {}", dir.display()))
        .unwrap_or_default();
    Failure::help(
        Exit::Failure,
        format!("log files cannot be written{dir}: {error}"),
        "set another `logs.dir` in prox.yaml",
    )
    .with_code("LOGS_UNUSABLE")
}

/// 256 random bits as hexadecimal digits.
fn token() -> Result<String, Failure> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| Failure::message(Exit::Failure, error))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Gives the proxy access to the state of processes.
struct Targets {
    /// The supervisor, after it has started.
    supervisor: OnceLock<Arc<Supervisor>>,
    logs: Arc<prox_logs::Store>,
    runtime: Handle,
}

impl prox_proxy::Targets for Targets {
    fn process(&self, service: &str) -> Option<ProcessView> {
        self.supervisor.get()?.view(service)
    }

    fn status(&self, service: &str) -> Option<Status> {
        self.supervisor.get()?.status(service)
    }

    fn running_for(&self, service: &str) -> Option<Duration> {
        self.supervisor.get()?.running_for(service)
    }

    fn warn(&self, message: &str) {
        let logs = Arc::clone(&self.logs);
        let message = message.to_owned();
        self.runtime.spawn(async move {
            logs.append("prox", Stream::System, message.as_bytes())
                .await;
        });
    }
}
