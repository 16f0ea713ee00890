//! `prox up`: runs a project in this terminal, or as the background process of `up -d`, until it is
//! stopped.

use std::sync::Arc;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;
use tokio_util::task::AbortOnDropHandle;

use super::following::Reasons;
use super::logs::Printer;
use super::project::{ProjectLocation, client, locate, running};
use super::serving::Serving;
use super::{background, control, following, no_terminal, unknown_name, warn};
use crate::args::{Global, Up};
use crate::exit::{Exit, Failure, Outcome};
use crate::terminal::is_interactive;
use prox_config::model::Project;
use prox_control::Context;
use prox_control::api_types::Overall;
use prox_control::registry::{Claim, Registry, RegistryError};
use prox_events::{Event, Kind, ProcessView, Status};
use prox_logs::{Follower, Update};

/// The time to wait for the state file of another `up` that is starting.
const START_TIMEOUT: Duration = Duration::from_secs(3);
/// The time to print the last lines.
const PRINT_TIMEOUT: Duration = Duration::from_secs(1);

pub(super) fn run(global: &Global, args: &Up) -> Outcome {
    let place = locate(global)?;
    if args.in_background {
        background::leave_terminal();
    }
    let project = prox_config::load(&place.file)?;
    check_names(&project, &args.names)?;
    if args.tui && !is_interactive() {
        return Err(no_terminal());
    }
    if args.detach && !args.names.is_empty() {
        // An invalid state file does not mean that a supervisor runs.
        if let Some(instance) = running(&place).ok().flatten() {
            return control::start_beside(global, args, &client(&instance));
        }
    }
    if args.detach {
        return background::start(global, args, &place);
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let outcome = runtime.block_on(up(global, args, &place, project));
    // A paused terminal blocks the printing thread, but must not block the exit.
    runtime.shutdown_background();
    outcome
}

fn check_names(project: &Project, names: &[String]) -> Result<(), Failure> {
    let known = || {
        let groups = project.groups.keys();
        let dependencies = project.dependencies.keys();
        let tasks = project.tasks.keys();
        let all = project.processes.keys().chain(tasks);
        all.chain(dependencies).chain(groups).map(String::as_str)
    };
    match names.iter().find(|name| known().all(|it| it != *name)) {
        Some(name) => Err(unknown_name("process, task or group", name, known())),
        None => Ok(()),
    }
}

/// Takes the lock of the project. The error names the supervisor that holds it.
async fn claim(place: &ProjectLocation) -> Result<Claim, Failure> {
    let registry = Registry::of_user()?;
    let deadline = Instant::now() + START_TIMEOUT;
    loop {
        match registry.claim(&place.hash) {
            Err(RegistryError::AlreadyRunning(None)) if Instant::now() < deadline => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            other => return Ok(other?),
        }
    }
}

/// The signals that request a shutdown.
struct Signals {
    interrupt: Signal,
    terminate: Signal,
    hang_up: Signal,
    /// Whether SIGHUP requests a shutdown. Without a terminal, it reloads the configuration
    /// instead.
    hang_up_ends: bool,
}

impl Signals {
    fn new(hang_up_ends: bool) -> Result<Self, Failure> {
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
            hang_up: signal(SignalKind::hangup())?,
            hang_up_ends,
        })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
            _ = self.hang_up.recv(), if self.hang_up_ends => {}
        }
    }

    /// Waits for a repeated signal, which means that the user does not want to wait. `first` is
    /// whether a signal or key has requested the shutdown already. A closing terminal may send
    /// several signals, which do not count.
    async fn repeated(&mut self, first: bool) {
        if !first {
            self.next().await;
        }
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

/// The view of the project while it runs.
enum View {
    Background,
    Log,
    Interface,
}

async fn up(global: &Global, args: &Up, place: &ProjectLocation, project: Project) -> Outcome {
    let view = if args.in_background {
        View::Background
    } else if args.tui || (!args.no_tui && !global.json && is_interactive()) {
        View::Interface
    } else {
        View::Log
    };
    let claim = claim(place).await?;
    let mut signals = Signals::new(!args.in_background)?;
    let name = project
        .root
        .file_name()
        .map(|name| name.to_string_lossy().into_owned())
        .unwrap_or_default();
    let serving = Serving::start(place, project, args.names.clone(), claim).await?;
    let context = serving.context.clone();
    let reasons = Reasons {
        change: args.watch_config,
        hang_up: args.in_background,
    };
    let following =
        AbortOnDropHandle::new(tokio::spawn(following::follow(context.clone(), reasons)));
    let mut outcome = Ok(Exit::Ok);
    let mut printing = None;
    // A client of the local API may also send a signal, with the same meaning.
    let mut asked_here = true;
    match &view {
        View::Background => {
            tokio::select! {
                () = background::report(&context) => {
                    tokio::select! {
                        () = signals.next() => {}
                        () = context.end_wanted.cancelled() => asked_here = false,
                    }
                }
                () = signals.next() => {}
                () = context.end_wanted.cancelled() => asked_here = false,
            }
        }
        View::Interface => {
            // The interface runs in a task of its own, so that everything is stopped in order even
            // when it fails. A closed terminal ends the project, too.
            let client = client(&context.instance);
            let mut shown = tokio::spawn(async move { prox_tui::run(client, &name, None).await });
            tokio::select! {
                ended = &mut shown => {
                    if let Ok(Err(error)) = ended {
                        outcome = Err(error.into());
                    }
                }
                () = context.end_wanted.cancelled() => {
                    shown.abort();
                    let _ = shown.await;
                }
            }
        }
        View::Log => {
            let mut thread = print_log(global, &context, serving.begin);
            tokio::select! {
                () = signals.next() => warn("stopping; a second signal kills"),
                () = context.end_wanted.cancelled() => asked_here = false,
                _ = &mut thread => {}
                worst = ended(&context) => outcome = Ok(worst),
            }
            printing = Some(thread);
        }
    }
    let mut telling = None;
    if matches!(view, View::Interface) {
        // Signals that the interface has handled must not count twice.
        signals = Signals::new(true).unwrap_or(signals);
        telling = Some(tokio::spawn(print_stopping(context.clone())));
    }
    drop(following);
    let mut ending = std::pin::pin!(serving.end());
    tokio::select! {
        () = &mut ending => {}
        () = signals.repeated(asked_here) => {
            context.supervisor.kill().await;
            ending.await;
        }
    }
    if let Some(telling) = telling {
        let _ = telling.await;
    }
    if let Some(printing) = printing.filter(|it| !it.is_finished()) {
        let _ = tokio::time::timeout(PRINT_TIMEOUT, printing).await;
    }
    outcome
}

/// Prints every line after `from` in a thread of its own, because a terminal may be slow or paused.
/// Ends with the project, or when standard output is closed.
fn print_log(global: &Global, context: &Context, from: u64) -> tokio::task::JoinHandle<()> {
    let mut printer = Printer::new(global);
    let views = context.supervisor.views();
    printer.names(views.into_iter().map(|view| view.name).collect());
    let mut follower = Follower::new(Arc::clone(&context.logs), &context.bus, Some(from));
    let closing = context.closing.clone();
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        loop {
            let update = runtime.block_on(async {
                tokio::select! {
                    biased;
                    update = follower.next() => update.ok().flatten(),
                    () = closing.cancelled() => None,
                }
            });
            let printed = match update {
                None => return,
                Some(Update::Events(events)) => {
                    printer.lines(events.iter().filter_map(|event| match event {
                        Event::Log(line) if !line.probe => Some(line),
                        _ => None,
                    }))
                }
                Some(Update::Lines(lines)) => {
                    printer.lines(lines.iter().filter(|line| !line.probe))
                }
                Some(Update::Missed | Update::Gone) => Ok(()),
            };
            if printed.is_err() {
                return;
            }
        }
    })
}

/// Prints which processes are stopping, when no log is shown.
async fn print_stopping(context: Context) {
    let mut events = context.bus.subscribe();
    let running = |view: &ProcessView| view.status.has_process();
    let mut left: Vec<String> = context
        .supervisor
        .views()
        .into_iter()
        .filter(running)
        .map(|view| view.name)
        .collect();
    if !left.is_empty() {
        warn(format!("stopping {}; Ctrl-C kills", left.join(", ")));
    }
    while !left.is_empty() {
        tokio::select! {
            // Events before the end are printed, too.
            biased;
            event = events.recv() => match event {
                Ok(Event::Process(view)) if !running(&view) && left.contains(&view.name) => {
                    left.retain(|name| *name != view.name);
                    warn(format!("{}: {}", view.name, view.status.name()));
                }
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
            () = context.closing.cancelled() => return,
        }
    }
}

/// Waits until all processes have ended by themselves, and none will start again.
async fn ended(context: &Context) -> Exit {
    let mut events = context.bus.subscribe();
    // A stopped process may be started again.
    let mut was_stopped = false;
    loop {
        let views = context.supervisor.views();
        let over = views.iter().all(|view| {
            view.kind == Kind::Dependency
                || matches!(
                    view.status,
                    Status::Completed | Status::Crashed | Status::Blocked | Status::Stopped
                )
        });
        let ran = views.iter().any(|view| view.status != Status::Stopped);
        if over && ran && !was_stopped {
            return match Overall::of(&views) {
                Overall::Crashed => Exit::Crashed,
                Overall::Unhealthy | Overall::Starting => Exit::NotReady,
                Overall::Healthy => Exit::Ok,
            };
        }
        match events.recv().await {
            Ok(Event::Process(view)) => was_stopped = view.status == Status::Stopped,
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}
