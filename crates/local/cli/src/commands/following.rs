//! Reloads the configuration of a running project: when `prox.yaml` or one of its env files changes
//! (`up --watch-config`), and on SIGHUP in the background. The outcome goes to the log; a
//! configuration with mistakes changes nothing.

use std::sync::Arc;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use super::project::client;
use prox_control::Context;
use prox_control::api_types::ReloadView;
use prox_events::Stream;
use prox_logs::Store;

/// The reasons to reload the configuration.
pub(super) struct Reasons {
    /// A configuration file changed.
    pub(super) change: bool,
    /// SIGHUP was received.
    pub(super) hang_up: bool,
}

/// Reloads for these reasons. Returns only when there are none.
pub(super) async fn follow(context: Context, reasons: Reasons) {
    let Context {
        supervisor,
        logs,
        instance,
        ..
    } = &context;
    let client = client(instance);
    // Several reasons at the same time cause one reload.
    let (sender, mut receiver) = mpsc::channel(1);
    if reasons.hang_up
        && let Ok(mut hang_up) = signal(SignalKind::hangup())
    {
        let sender = sender.clone();
        tokio::spawn(async move {
            while hang_up.recv().await.is_some() {
                let _ = sender.try_send(());
            }
        });
    }
    let watch = async {
        if reasons.change {
            let changed = || {
                let _ = sender.try_send(());
            };
            let log = |text: String| {
                let logs = Arc::clone(logs);
                tokio::spawn(async move { say(&logs, &text).await });
            };
            supervisor.watch_sources(changed, log).await;
        }
        std::future::pending::<()>().await;
    };
    let reload = async {
        while receiver.recv().await.is_some() {
            let text = match client.reload().await {
                Ok(report) => words(&report),
                Err(error) => format!("continuing with the previous configuration: {error}"),
            };
            say(logs, &text).await;
        }
    };
    tokio::select! {
        () = watch => {}
        () = reload => {}
    }
}

async fn say(logs: &Store, text: &str) {
    for line in text.lines() {
        logs.append("prox", Stream::System, line.as_bytes()).await;
    }
}

fn words(report: &ReloadView) -> String {
    let parts = report.parts();
    if parts.is_empty() {
        "the configuration was read again; nothing changed".to_owned()
    } else {
        format!("the configuration was read again; {}", parts.join("; "))
    }
}
