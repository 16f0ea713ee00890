//! The actor: executes the effects of the scheduler, and reports to it what happens. It is the only
//! module between the scheduler and the outside world, and makes no decisions.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::PathBuf;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use indexmap::IndexMap;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;
use tokio::time::{Instant, timeout};

use super::files::{self, Request, Start, Starts};
use super::links::{Links, Message};
use super::plan::{Effect, Exit, Input, Plan, Ready, Run, State};
use super::probe::{self, ProbeContext, Verdict};
use super::probe_lines::ProbeRequests;
use super::run_task::RunTask;
use super::running::ProcessCommand;
use super::stats::{Sampler, Usage};
use super::{CommandError, ReloadReport, Snapshot, specs};
use prox_config::model::{Probe, Project, StopSignal};
use prox_events::{Event, Kind, ProcessView, StartTime};

/// The time to wait for killed processes to end, before the supervisor ends without them.
const KILL_TIMEOUT: Duration = Duration::from_secs(5);

/// The folder for the marker files of [`files`], below the folder of the logs.
const MARKER_FOLDER: &str = ".prox-starts";

/// The maximum time that a start waits for the acknowledgement of the file watcher.
const START_ACK_TIMEOUT: Duration = Duration::from_secs(2);

/// The interval between measurements of the processes' usage.
const SAMPLE_INTERVAL: Duration = Duration::from_secs(2);

/// A run of a process or task, or a search for a dependency.
#[derive(Debug)]
struct Running {
    run: Run,
    commands: mpsc::UnboundedSender<ProcessCommand>,
    stop_signal: i32,
    began: StartTime,
    was_healthy: bool,
    /// The process id, once the process is known to run.
    pid: Option<u32>,
    /// The requests of its health check.
    probe_requests: Arc<ProbeRequests>,
    /// The task of the health check, or of the search for the dependency.
    checks: Option<AbortHandle>,
}

impl Running {
    fn new(run: Run, commands: mpsc::UnboundedSender<ProcessCommand>, stop_signal: i32) -> Self {
        Self {
            run,
            commands,
            stop_signal,
            began: StartTime::now(),
            was_healthy: false,
            pid: None,
            probe_requests: Arc::default(),
            checks: None,
        }
    }

    /// The log line for a passed health check; the first one has the time since the start.
    fn healthy(&mut self) -> String {
        if std::mem::replace(&mut self.was_healthy, true) {
            return "is healthy again".into();
        }
        format!(
            "is healthy after {:.1} s",
            self.began.elapsed().as_secs_f64()
        )
    }

    fn stop_checks(&mut self) {
        if let Some(checks) = self.checks.take() {
            checks.abort();
        }
    }
}

pub(super) struct Actor {
    links: Links,
    project: Arc<Project>,
    /// The files that the configuration was read from.
    sources: Arc<BTreeSet<PathBuf>>,
    only: Vec<String>,
    now: watch::Sender<Arc<Snapshot>>,
    plan: Plan,
    epoch: Instant,
    running: HashMap<String, Running>,
    /// The time at which the supervisor ends even if processes still exist.
    last: Option<Instant>,
    /// Whether all units have stopped.
    closed: bool,
    /// Whether the actor has ended.
    over: bool,
    /// The processes whose usage is measured, by name.
    leaders: watch::Sender<HashMap<String, u32>>,
    usages: HashMap<String, Usage>,
    /// The task of the file watcher, and the channel that announces starts to it.
    watching: Option<(AbortHandle, mpsc::UnboundedSender<Start>)>,
}

impl Actor {
    pub(super) fn new(
        links: Links,
        project: Project,
        only: Vec<String>,
    ) -> (Self, watch::Receiver<Arc<Snapshot>>) {
        let (leaders, measured) = watch::channel(HashMap::new());
        tokio::spawn(measure(measured, links.inbox.clone()));
        let (now, seen) = watch::channel(Arc::new(Snapshot {
            views: IndexMap::new(),
            began: HashMap::new(),
            ready: BTreeMap::new(),
            settled: Ready::NotYet,
            groups: IndexMap::new(),
            sources: Arc::default(),
            closed: false,
        }));
        let mut actor = Self {
            links,
            project: Arc::new(project),
            sources: Arc::default(),
            only,
            now,
            plan: Plan::default(),
            epoch: Instant::now(),
            running: HashMap::new(),
            last: None,
            closed: false,
            over: false,
            leaders,
            usages: HashMap::new(),
            watching: None,
        };
        actor.adopt(BTreeSet::new());
        (actor, seen)
    }

    pub(super) async fn run(mut self, mut messages: mpsc::UnboundedReceiver<Message>) {
        while !self.closed {
            let due = self.plan.deadline().map(|at| self.epoch + at);
            let due = due.into_iter().chain(self.last).min();
            tokio::select! {
                Some(message) = messages.recv() => self.take(message),
                () = sleep_until(due) => {
                    self.step(Input::Tick);
                    self.closed |= self.last.is_some_and(|last| last <= Instant::now());
                }
            }
        }
        for running in self.running.values_mut() {
            running.stop_checks();
        }
        if let Some((watching, _)) = self.watching.take() {
            watching.abort();
            let _ = std::fs::remove_dir_all(self.links.logs.dir().join(MARKER_FOLDER));
        }
        // Callers that wait for the end expect the last lines in the logs.
        self.links.system_log.flush().await;
        self.over = true;
        self.publish();
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Input(input) => self.handle_input(input),
            Message::Command {
                input,
                single,
                reply,
            } => {
                // The caller may have ended.
                let _ = reply.send(self.command(input, single));
            }
            Message::Reload(project, reply) => {
                let report = self.reload(*project);
                let _ = reply.send(report);
            }
            Message::Used(usages) => {
                self.usages = usages;
                self.publish();
            }
            Message::Shutdown { at_once } => {
                let first = self.last.is_none();
                if first {
                    self.links.bus.publish(Event::ShuttingDown);
                }
                if first || at_once {
                    let within = if at_once {
                        Duration::ZERO
                    } else {
                        self.project.shutdown_timeout
                    };
                    self.last = Some(Instant::now() + within + KILL_TIMEOUT);
                    self.step(Input::Shutdown { within });
                }
            }
        }
    }

    fn command(&mut self, input: Input, single: bool) -> Result<(), CommandError> {
        let stops = matches!(input, Input::Stop(_));
        if self.last.is_some() && !stops {
            return Err(CommandError::ShuttingDown);
        }
        if let Input::Start(names) = &input
            && let [name] = names.as_slice()
            && single
            && self.plan.is_up(name)
        {
            return Err(CommandError::AlreadyRunning(name.clone()));
        }
        self.step(input);
        Ok(())
    }

    fn reload(&mut self, project: Project) -> Result<ReloadReport, CommandError> {
        if self.last.is_some() {
            return Err(CommandError::ShuttingDown);
        }
        let report = specs::compare(&self.project, &project);
        self.project = Arc::new(project);
        self.adopt(report.restarted.iter().cloned().collect());
        for name in &report.changed {
            self.start_checks(name);
        }
        self.links.bus.publish(Event::Reloaded);
        Ok(report)
    }

    /// Passes the current project to the scheduler.
    fn adopt(&mut self, restart: BTreeSet<String>) {
        let mut sources = self.project.env_files.clone();
        sources.insert(self.project.file.clone());
        self.sources = Arc::new(sources);
        // The file watcher comes first, because starts are announced to it.
        self.watch_files();
        let wanted = (!self.only.is_empty()).then(|| specs::closure(&self.project, &self.only));
        self.step(Input::Reload {
            specs: specs::of(&self.project),
            restart,
            wanted,
        });
    }

    /// Watches the files that the current project names.
    fn watch_files(&mut self) {
        if let Some((before, _)) = self.watching.take() {
            before.abort();
        }
        let requests: Vec<Request> = self
            .project
            .processes
            .iter()
            .filter_map(|(name, process)| {
                Some(Request {
                    name: name.clone(),
                    run: self.plan.newest_run(name),
                    root: self.project.root.clone(),
                    watch: process.watch.clone()?,
                })
            })
            .collect();
        if requests.is_empty() {
            return;
        }
        let (links, log) = (self.links.clone(), self.links.system_log.clone());
        let (starts, receiver) = mpsc::unbounded_channel();
        let markers = Some(self.links.logs.dir().join(MARKER_FOLDER));
        let task = tokio::spawn(files::follow(
            requests,
            Starts { receiver, markers },
            move |name, run| {
                let name = name.to_owned();
                links.report(Input::FilesChanged { name, run });
            },
            move |name, reason| log.append(name, reason),
        ));
        self.watching = Some((task.abort_handle(), starts));
    }

    fn handle_input(&mut self, input: Input) {
        match &input {
            Input::Spawned { name, run, pid } if self.is_current(name, *run) => {
                if let Some(running) = self.running.get_mut(name) {
                    running.pid = Some(*pid);
                }
                self.start_checks(name);
            }
            Input::Exited { name, run, .. } => {
                if self.is_current(name, *run)
                    && let Some(mut gone) = self.running.remove(name)
                {
                    gone.stop_checks();
                }
                let mut inputs = self
                    .links
                    .inputs
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner);
                if inputs.get(name).is_some_and(|input| input.run == *run) {
                    inputs.remove(name);
                }
            }
            Input::Healthy { name, run } | Input::LogReady { name, run } => {
                let running = self.running.get_mut(name).filter(|now| now.run == *run);
                if let Some(running) = running {
                    if matches!(input, Input::LogReady { .. }) {
                        running.stop_checks();
                    }
                    let text = running.healthy();
                    self.log_line(name, text);
                }
            }
            Input::Unhealthy { name, run, reason } => {
                if !self.is_health_checked(name, *run) {
                    // The line appeared, or the process was stopped, while this message was on its
                    // way.
                    return;
                }
                self.log_line(name, format!("is unhealthy: {reason}"));
            }
            _ => {}
        }
        self.step(input);
    }

    fn is_current(&self, name: &str, run: Run) -> bool {
        self.running.get(name).is_some_and(|now| now.run == run)
    }

    fn is_health_checked(&self, name: &str, run: Run) -> bool {
        let running = self.running.get(name);
        running.is_some_and(|now| now.run == run && now.checks.is_some())
    }

    fn step(&mut self, input: Input) {
        let effects = self.plan.step(self.epoch.elapsed(), jitter(), input);
        for effect in effects {
            self.carry_out(effect);
        }
        self.publish();
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::Spawn { name, run } => self.spawn(name, run),
            Effect::FindDependency { name, run } => self.look(name, run),
            Effect::StopSearch { name, .. } => {
                if let Some(mut search) = self.running.remove(&name) {
                    search.stop_checks();
                }
            }
            Effect::Signal { name, .. } => {
                if let Some(running) = self.running.get_mut(&name) {
                    running.stop_checks();
                    let _ = running
                        .commands
                        .send(ProcessCommand::Signal(running.stop_signal));
                }
            }
            Effect::Kill { name, .. } => {
                if let Some(running) = self.running.get_mut(&name) {
                    running.stop_checks();
                    let _ = running.commands.send(ProcessCommand::Kill);
                }
            }
            Effect::Log { name, text } => self.log_line(&name, text),
            Effect::Removed { .. } => {}
            Effect::Closed => self.closed = true,
        }
    }

    fn log_line(&self, name: &str, text: String) {
        self.links.system_log.append(name, text);
    }

    fn spawn(&mut self, name: String, run: Run) {
        let process = self.project.processes.get(&name);
        let stop_signal = process.map_or(StopSignal::Term, |process| process.stop_signal);
        let (commands, taken) = mpsc::unbounded_channel();
        let task = self.run_task(&name, run, stop_signal);
        let acknowledged = self.announce_start(&name, run);
        let mut running = Running::new(run, commands, task.stop_signal);
        running.probe_requests = Arc::clone(&task.probe_requests);
        self.running.insert(name, running);
        tokio::spawn(async move {
            if let Some(acknowledged) = acknowledged {
                // Without an acknowledgement in time, the process starts anyway.
                let _ = timeout(START_ACK_TIMEOUT, acknowledged).await;
            }
            task.live(taken).await;
        });
    }

    /// Announces a start to the file watcher. The receiver resolves when the process may start.
    fn announce_start(&self, name: &str, run: Run) -> Option<oneshot::Receiver<()>> {
        let (_, starts) = self.watching.as_ref()?;
        self.project.processes.get(name)?.watch.as_ref()?;
        let (acknowledge, acknowledged) = oneshot::channel();
        let name = name.to_owned();
        let start = Start {
            name,
            run,
            acknowledge,
        };
        starts.send(start).ok()?;
        Some(acknowledged)
    }

    fn look(&mut self, name: String, run: Run) {
        // A search takes no commands; its task is only aborted.
        let (commands, _) = mpsc::unbounded_channel();
        let task = self.run_task(&name, run, StopSignal::Term);
        let mut running = Running::new(run, commands, task.stop_signal);
        running.checks = Some(tokio::spawn(task.look()).abort_handle());
        self.running.insert(name, running);
    }

    fn run_task(&self, name: &str, run: Run, stop_signal: StopSignal) -> RunTask {
        RunTask {
            links: self.links.clone(),
            project: Arc::clone(&self.project),
            name: name.to_owned(),
            run,
            stop_signal: number(stop_signal),
            probe_requests: Arc::default(),
        }
    }

    /// Starts the health check of a running process, with its current configuration.
    fn start_checks(&mut self, name: &str) {
        let Some(running) = self.running.get_mut(name) else {
            return;
        };
        let Some(process) = self.project.processes.get(name).cloned() else {
            return;
        };
        running.stop_checks();
        let Some(check) = process.healthcheck else {
            return;
        };
        if matches!(check.probe, Probe::Log(_)) && running.was_healthy {
            // The line has appeared.
            return;
        }
        let (links, run) = (self.links.clone(), running.run);
        let (leader, probe_requests) = (running.pid, Arc::clone(&running.probe_requests));
        let name = name.to_owned();
        let task = tokio::spawn(async move {
            let context = ProbeContext {
                runner: &links.prox,
                dir: &process.dir,
                env: &process.env,
                leader,
                probe_requests: Some(&probe_requests),
            };
            probe::watch(&check, context, |verdict| {
                let name = name.clone();
                links.report(match verdict {
                    Verdict::Healthy => Input::Healthy { name, run },
                    Verdict::Unhealthy(reason) => Input::Unhealthy { name, run, reason },
                });
            })
            .await;
        });
        running.checks = Some(task.abort_handle());
    }

    /// Publishes changes: first the new state, then the event, because readers of the event read
    /// the state.
    fn publish(&mut self) {
        for running in self.running.values_mut() {
            running.began.adjust();
        }
        let before = Arc::clone(&self.now.borrow());
        let mut views = IndexMap::new();
        let mut ready = BTreeMap::new();
        let mut leaders = HashMap::new();
        let mut changed = Vec::new();
        for (name, state) in self.plan.states() {
            if let Some(pid) = state.pid {
                leaders.insert(name.to_owned(), pid);
            }
            let view = self.view(name, state);
            if before.views.get(name) != Some(&view) {
                changed.push(Event::Process(view.clone()));
            }
            if let Some(one) = self.plan.ready(name) {
                ready.insert(name.to_owned(), one);
            }
            views.insert(name.to_owned(), view);
        }
        self.leaders.send_if_modified(|before| {
            let other = *before != leaders;
            *before = leaders;
            other
        });
        let began = self.running.iter();
        let _ = self.now.send(Arc::new(Snapshot {
            views,
            began: began
                .map(|(name, running)| (name.clone(), running.began))
                .collect(),
            ready,
            settled: self.plan.settled(),
            groups: self.project.groups.clone(),
            sources: Arc::clone(&self.sources),
            closed: self.over,
        }));
        for event in changed {
            self.links.bus.publish(event);
        }
    }

    fn view(&self, name: &str, state: State) -> ProcessView {
        let running = self.running.get(name);
        let usage = self.usages.get(name).filter(|_| state.pid.is_some());
        let groups = self.project.groups.iter();
        ProcessView {
            name: name.to_owned(),
            kind: state.kind,
            status: state.status,
            health: state.health,
            reason: state.reason,
            pid: state.pid,
            exit_code: match &state.exit {
                Some(Exit::Code(code)) => Some(*code),
                _ => None,
            },
            signal: match &state.exit {
                Some(Exit::Signal(signal)) => Some(*signal),
                _ => None,
            },
            started_at: running
                .filter(|_| state.kind != Kind::Dependency)
                .map(|running| prox_logs::line::format_time(running.began.wall())),
            restarts: state.restarts,
            cpu_percent: usage.and_then(|usage| usage.cpu_percent),
            memory_bytes: usage.map(|usage| usage.memory_bytes),
            ports: usage.map(|usage| usage.ports.clone()).unwrap_or_default(),
            groups: groups
                .filter(|(_, members)| members.iter().any(|member| member == name))
                .map(|(group, _)| group.clone())
                .collect(),
        }
    }
}

fn number(signal: StopSignal) -> i32 {
    use rustix::process::Signal;
    match signal {
        StopSignal::Term => Signal::TERM,
        StopSignal::Int => Signal::INT,
        StopSignal::Hup => Signal::HUP,
        StopSignal::Quit => Signal::QUIT,
        StopSignal::Usr1 => Signal::USR1,
        StopSignal::Usr2 => Signal::USR2,
    }
    .as_raw()
}

/// A random number between -1 and 1; 0 when the system has no randomness.
fn jitter() -> f64 {
    getrandom::u32().map_or(0.0, |drawn| {
        f64::from(drawn) / f64::from(u32::MAX) * 2.0 - 1.0
    })
}

async fn sleep_until(due: Option<Instant>) {
    match due {
        Some(due) => tokio::time::sleep_until(due).await,
        None => std::future::pending().await,
    }
}

/// Sends the usage of the processes periodically, until the receiver is dropped.
async fn measure(
    mut leaders: watch::Receiver<HashMap<String, u32>>,
    inbox: mpsc::UnboundedSender<Message>,
) {
    let mut sampler = Sampler::default();
    loop {
        // Waits until there are processes.
        let now = match leaders.wait_for(|leaders| !leaders.is_empty()).await {
            Ok(leaders) => leaders.clone(),
            Err(_) => return,
        };
        let walk = tokio::task::spawn_blocking(move || {
            let usages = sampler.sample(&now);
            (sampler, usages)
        });
        let Ok((back, Some(usages))) = walk.await else {
            return;
        };
        sampler = back;
        let _ = inbox.send(Message::Used(usages));
        tokio::time::sleep(SAMPLE_INTERVAL).await;
    }
}
