//! Lines that prox itself writes about processes, on their way to the logs. Callers never wait for
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
    /// Everything before it is in the logs once this is answered.
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

    /// Appends a line about a process; the name `prox` is prox itself.
    pub(crate) fn append(&self, name: &str, text: impl Into<String>) {
        // The receiver lives as long as this sender.
        let _ = self.lines.send(Line::Text {
            name: name.to_owned(),
            text: text.into(),
        });
    }

    /// Waits until every line appended so far is in the logs.
    pub(crate) async fn flush(&self) {
        let (done, written) = oneshot::channel();
        let _ = self.lines.send(Line::Flush(done));
        let _ = written.await;
    }
}
