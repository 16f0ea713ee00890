//! What prox itself says about processes, on its way to their logs. Never makes who says it wait.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use prox_events::Stream;
use prox_logs::Store;

/// Where to say it. Clones say it to the same logs, in order.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    lines: mpsc::UnboundedSender<Line>,
}

#[derive(Debug)]
enum Line {
    Text { name: String, text: String },
    Written(oneshot::Sender<()>),
}

impl Said {
    pub(crate) fn to(logs: Arc<Store>) -> Self {
        let (lines, mut said) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(line) = said.recv().await {
                match line {
                    Line::Text { name, text } => {
                        logs.append(&name, Stream::System, text.as_bytes()).await;
                    }
                    Line::Written(tell) => {
                        let _ = tell.send(());
                    }
                }
            }
        });
        Self { lines }
    }

    /// Says something about a process; `prox` is prox itself.
    pub(crate) fn say(&self, name: &str, text: impl Into<String>) {
        // The other end lives as long as this one.
        let _ = self.lines.send(Line::Text {
            name: name.to_owned(),
            text: text.into(),
        });
    }

    /// Waits until everything that was said so far is in the logs.
    pub(crate) async fn finish(&self) {
        let (tell, written) = oneshot::channel();
        let _ = self.lines.send(Line::Written(tell));
        let _ = written.await;
    }
}
