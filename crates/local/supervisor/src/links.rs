//! What all parts of a supervisor share: the channel to the actor, the logs and the event bus.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use prox_config::model::Project;
use prox_events::EventBus;
use tokio::sync::{mpsc, oneshot};

use super::plan::Input;
use super::stats::Usage;
use super::system_log::SystemLog;
use super::{CommandError, Inputs, ReloadReport};

/// A message to the actor.
#[derive(Debug)]
pub(super) enum Message {
    Input(Input),
    Command {
        input: Input,
        /// Whether the command names a single process; starting it then fails when it already runs.
        single: bool,
        reply: oneshot::Sender<Result<(), CommandError>>,
    },
    Reload(
        Box<Project>,
        oneshot::Sender<Result<ReloadReport, CommandError>>,
    ),
    Shutdown {
        /// Whether processes are killed at once instead of being asked to stop.
        at_once: bool,
    },
    Used(HashMap<String, Usage>),
}

/// Handles that all parts of a supervisor have.
#[derive(Clone, Debug)]
pub(super) struct Links {
    /// Path of the program `prox`.
    pub(super) prox: Arc<Path>,
    pub(super) bus: Arc<EventBus>,
    pub(super) logs: Arc<prox_logs::Store>,
    pub(super) inbox: mpsc::UnboundedSender<Message>,
    pub(super) inputs: Arc<Inputs>,
    pub(super) system_log: SystemLog,
}

impl Links {
    /// Reports an input to the scheduler.
    pub(super) fn report(&self, input: Input) {
        // Sending fails only after the actor has ended.
        let _ = self.inbox.send(Message::Input(input));
    }
}
