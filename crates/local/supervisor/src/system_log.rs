//! The system log: lines that `prox` itself adds to the logs of processes. Callers never wait for
//! the disk.

use std::sync::Arc;

use tokio::sync::{mpsc, oneshot};

use prox_events::Stream;
use prox_logs::Store;

/// Writes lines of the stream `system`. Clones write to the same logs, in order.
#[derive(Clone, Debug)]
pub(crate) struct SystemLog {
    lines: mpsc::UnboundedSender<Line>,
}

#[derive(Debug)]
enum Line {
    Text {
        name: String,
        text: String,
    },
    /// Resolves when all lines before it are in the logs.
    Flush(oneshot::Sender<()>),
}

impl SystemLog {
    pub(crate) fn new(logs: Arc<Store>) -> Self {
        let (lines, mut received) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Some(line) = received.recv().await {
                match line {
                    Line::Text { name, text } => {
                        logs.append(&name, Stream::System, text.as_bytes()).await;
                    }
                    Line::Flush(done) => {
                        let _ = done.send(());
                    }
                }
            }
        });
        Self { lines }
    }

    /// Appends a line to the log of a process; the name `prox` is the supervisor itself.
    pub(crate) fn append(&self, name: &str, text: impl Into<String>) {
        // The receiver lives as long as this sender.
        let _ = self.lines.send(Line::Text {
            name: name.to_owned(),
            text: text.into(),
        });
    }

    /// Waits until all lines appended so far are in the logs.
    pub(crate) async fn flush(&self) {
        let (done, written) = oneshot::channel();
        let _ = self.lines.send(Line::Flush(done));
        let _ = written.await;
    }
}
