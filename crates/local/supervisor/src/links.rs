//! What every part of a supervisor shares: the way to the actor, to the logs and to the event stream.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use prox_config::model::Project;
use prox_events::Hub;
use tokio::sync::{mpsc, oneshot};

use super::plan::Input;
use super::stats::Usage;
use super::system_log::SystemLog;
use super::{CommandError, Inputs, ReloadReport};

/// What reaches the actor.
#[derive(Debug)]
pub(super) enum Message {
    Happened(Input),
    Command {
        input: Input,
        /// Whether a single process was named, which then must not be running already.
        single: bool,
        reply: oneshot::Sender<Result<(), CommandError>>,
    },
    Reload(
        Box<Project>,
        oneshot::Sender<Result<ReloadReport, CommandError>>,
    ),
    Shutdown {
        /// Kill instead of asking.
        at_once: bool,
    },
    Used(HashMap<String, Usage>),
}

/// What everything in a supervisor can reach.
#[derive(Clone, Debug)]
pub(super) struct Links {
    /// The program.
    pub(super) prox: Arc<Path>,
    pub(super) hub: Arc<Hub>,
    pub(super) logs: Arc<prox_logs::Store>,
    pub(super) inbox: mpsc::UnboundedSender<Message>,
    pub(super) inputs: Arc<Inputs>,
    pub(super) system_log: SystemLog,
}

impl Links {
    pub(super) fn tell(&self, input: Input) {
        // It only fails when everything ends.
        let _ = self.inbox.send(Message::Happened(input));
    }
}
