//! The scheduler: decides what starts, stops and restarts, and when. It is a pure, synchronous
//! state machine: it takes inputs with the time and randomness, returns effects, and does no I/O.
//!
//! A *unit* is a process, a task or a dependency. Each start of a unit gets a new *run* number, so
//! that inputs about an earlier run are recognized and ignored.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use indexmap::IndexMap;

use prox_config::model::{Condition, Restart, RestartPolicy};
use prox_events::{Health, Kind, Status};

/// A run that lasts longer than this resets the count of consecutive restarts.
const STABLE_RUN: Duration = Duration::from_secs(10);

/// The time that a process without a health check must run before it counts as settled…
const SETTLE_TIME: Duration = Duration::from_secs(1);

/// … and the time when it has just crashed.
const SETTLE_TIME_AFTER_CRASH: Duration = Duration::from_secs(2);

/// The number of a start, counted over all starts of a supervisor.
pub(crate) type Run = u64;

/// The configuration of a unit, as far as the scheduler needs it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spec {
    pub(crate) kind: Kind,
    pub(crate) depends_on: IndexMap<String, Condition>,
    pub(crate) restart: Restart,
    pub(crate) stop_timeout: Duration,
    /// The timeout of a task.
    pub(crate) timeout: Option<Duration>,
    pub(crate) check: Check,
    /// Whether units that depend on this dependency start without it, with a warning.
    pub(crate) optional: bool,
}

/// The way in which a unit becomes ready.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// It is ready when it has started.
    None,
    /// By the inputs `Healthy` and `Unhealthy`.
    Probe,
    /// By the input `LogReady`; until then `Unhealthy` makes it unhealthy.
    Log,
}

/// The end of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    Code(i32),
    Signal(i32),
    /// It could not be started.
    Failed(String),
}

impl Exit {
    fn success(&self) -> bool {
        *self == Self::Code(0)
    }

    /// The exit as a predicate: "exited with code 1".
    pub(crate) fn describe(&self) -> String {
        match self {
            Self::Code(126) => "exited with code 126: its command is not executable".into(),
            Self::Code(127) => "exited with code 127: its command was not found".into(),
            Self::Code(code) => format!("exited with code {code}"),
            Self::Signal(signal) => format!("was ended by signal {}", signal_name(*signal)),
            Self::Failed(reason) => format!("could not be started: {reason}"),
        }
    }
}

/// The delay until the next start: "in 0.1 s".
fn format_delay(wait: Duration) -> String {
    match wait.as_millis() {
        0..100 => format!("in {} ms", wait.as_millis()),
        _ => format!("in {:.1} s", wait.as_secs_f64()),
    }
}

fn signal_name(signal: i32) -> String {
    let name = match signal {
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        _ => return signal.to_string(),
    };
    format!("{signal} ({name})")
}

/// An input of the scheduler.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Input {
    /// A command to start these units, with everything that they depend on.
    Start(Vec<String>),
    /// A command to stop these units.
    Stop(Vec<String>),
    /// A command to restart these units.
    Restart(Vec<String>),
    /// A watched file of this process changed during or after this run.
    FilesChanged { name: String, run: Run },
    /// The run has a process.
    Spawned { name: String, run: Run, pid: u32 },
    /// The process and all its descendants have ended.
    Exited { name: String, run: Run, exit: Exit },
    /// The health check passed.
    Healthy { name: String, run: Run },
    /// Too many attempts of the health check failed.
    Unhealthy {
        name: String,
        run: Run,
        reason: String,
    },
    /// The line of the health check appeared in the output.
    LogReady { name: String, run: Run },
    /// The dependency is available.
    DependencyFound { name: String, run: Run },
    /// The dependency was not available in time; the search has ended.
    DependencyMissing {
        name: String,
        run: Run,
        reason: String,
    },
    /// The configuration was reloaded. `restart` are the units whose commands changed. `wanted` are
    /// the new units to start; none means all.
    Reload {
        specs: IndexMap<String, Spec>,
        restart: BTreeSet<String>,
        wanted: Option<BTreeSet<String>>,
    },
    /// All units must stop within this time, and none starts again.
    Shutdown { within: Duration },
    /// Time has passed.
    Tick,
}

/// An effect of the scheduler, which the actor executes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Starts a process. `Spawned` or `Exited` follows.
    Spawn { name: String, run: Run },
    /// Checks a dependency until it is available or its timeout elapses.
    FindDependency { name: String, run: Run },
    /// Ends the search for a dependency.
    StopSearch { name: String, run: Run },
    /// Sends the stop signal.
    Signal { name: String, run: Run },
    /// Kills the process and all its descendants. `Exited` follows.
    Kill { name: String, run: Run },
    /// Appends a line to the unit's system log.
    Log { name: String, text: String },
    /// The unit was removed: it is not in the configuration any more, and does not run.
    Removed { name: String },
    /// All units have stopped after a `Shutdown`.
    Closed,
}

#[derive(Clone, Debug, PartialEq)]
enum Phase {
    Idle,
    Waiting(String),
    Blocked(String),
    Backoff {
        until: Duration,
        reason: String,
    },
    Active(Active),
    Stopping {
        run: Run,
        pid: Option<u32>,
        stage: Stage,
        then: Then,
    },
    Succeeded,
    Failed(String),
    Searching(Run),
    Found,
    Missing(String),
}

#[derive(Clone, Debug, PartialEq)]
struct Active {
    run: Run,
    since: Duration,
    /// The process id. None until the process is known to run.
    pid: Option<u32>,
    health: Option<bool>,
    unhealthy: Option<String>,
    log_ready: bool,
    /// The time at which a task times out.
    deadline: Option<Duration>,
}

#[derive(Clone, Debug, PartialEq)]
enum Stage {
    /// Waits until the units that depend on it have stopped.
    Pending,
    /// Received the stop signal, and is killed at this time.
    Signalled(Duration),
    Killed,
}

/// What follows when a stopping unit has stopped.
#[derive(Clone, Debug, PartialEq)]
enum Then {
    Stay,
    Restart,
    Fail(String),
}

#[derive(Clone, Debug)]
struct Unit {
    spec: Spec,
    wanted: bool,
    /// Whether it is not in the configuration any more. It is removed when it has stopped.
    retired: bool,
    phase: Phase,
    /// The newest run; 0 before the first.
    run: Run,
    exit: Option<Exit>,
    /// Whether the line of the health check appeared in the last completed run.
    was_log_ready: bool,
    restarts: u32,
    /// Restarts since the last run that lasted longer than [`STABLE_RUN`].
    consecutive_restarts: u32,
}

/// The current state of a unit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct State {
    pub(crate) kind: Kind,
    pub(crate) status: Status,
    pub(crate) health: Option<Health>,
    pub(crate) reason: Option<String>,
    pub(crate) pid: Option<u32>,
    /// The end of the last run. None while a run exists.
    pub(crate) exit: Option<Exit>,
    pub(crate) restarts: u32,
}

/// Whether a unit is ready: healthy, started, completed or found, depending on its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ready {
    Yes,
    NotYet,
    /// It does not become ready unless something else changes.
    No(String),
}

enum Verdict {
    Holds,
    NotYet(String),
    Never(String),
}

/// The scheduler's state.
#[derive(Clone, Debug, Default)]
pub(crate) struct Plan {
    units: IndexMap<String, Unit>,
    /// All names in topological order: each after everything that it depends on.
    order: Vec<String>,
    /// The units that depend on each unit, directly or not.
    dependents: BTreeMap<String, BTreeSet<String>>,
    runs: Run,
    /// The time of the last step.
    now: Duration,
    /// The time at which all units are killed, during a shutdown.
    shutdown_deadline: Option<Duration>,
    closed: bool,
}

impl Plan {
    /// Handles one input at the time `now`, from any fixed start by a monotonic clock. `jitter` is
    /// a random number between -1 and 1.
    pub(crate) fn step(&mut self, now: Duration, jitter: f64, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.now = now;
        match input {
            Input::Start(names) if self.shutdown_deadline.is_none() => {
                for name in names {
                    self.want(&name, true);
                }
            }
            Input::Restart(names) if self.shutdown_deadline.is_none() => {
                for name in names {
                    self.restart(&name, &mut effects);
                }
            }
            Input::FilesChanged { name, run } if self.shutdown_deadline.is_none() => {
                self.files_changed(&name, run, &mut effects);
            }
            Input::Reload {
                specs,
                restart,
                wanted,
            } if self.shutdown_deadline.is_none() => {
                self.reload(specs, &restart, wanted.as_ref(), &mut effects);
            }
            Input::Start(_)
            | Input::Restart(_)
            | Input::FilesChanged { .. }
            | Input::Reload { .. }
            | Input::Tick => {}
            Input::Stop(names) => {
                for name in names {
                    self.unwant(&name, &mut effects);
                }
            }
            Input::Shutdown { within } => {
                let until = now.saturating_add(within);
                self.shutdown_deadline =
                    Some(self.shutdown_deadline.map_or(until, |old| old.min(until)));
                for name in self.order.clone() {
                    self.unwant(&name, &mut effects);
                }
            }
            Input::Spawned { name, run, pid } => self.spawned(&name, run, pid),
            Input::Exited { name, run, exit } => {
                self.exited(now, jitter, &name, run, exit, &mut effects);
            }
            Input::Healthy { name, run } => {
                if let Some(alive) = self.alive(&name, run) {
                    alive.health = Some(true);
                    alive.unhealthy = None;
                }
            }
            Input::Unhealthy { name, run, reason } => {
                if let Some(alive) = self.alive(&name, run) {
                    alive.health = Some(false);
                    alive.unhealthy = Some(reason);
                }
            }
            Input::LogReady { name, run } => {
                if let Some(alive) = self.alive(&name, run) {
                    alive.health = Some(true);
                    alive.unhealthy = None;
                    alive.log_ready = true;
                }
            }
            Input::DependencyFound { name, run } => {
                if let Some(unit) = self.searching(&name, run) {
                    unit.phase = Phase::Found;
                }
            }
            Input::DependencyMissing { name, run, reason } => {
                if let Some(unit) = self.searching(&name, run) {
                    let text = if unit.spec.optional {
                        format!("{reason}; continuing without it")
                    } else {
                        reason.clone()
                    };
                    unit.phase = Phase::Missing(reason);
                    effects.push(Effect::Log { name, text });
                }
            }
        }
        self.timers(now, &mut effects);
        self.stop_ready_units(now, &mut effects);
        self.start_ready_units(now, &mut effects);
        self.close(&mut effects);
        effects
    }

    /// The time at which `Tick` is due.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        let all = self.units.values().filter_map(|unit| match &unit.phase {
            Phase::Backoff { until, .. } => Some(*until),
            Phase::Active(alive) => {
                let settles = unit.settles().filter(|at| *at > self.now);
                alive.deadline.into_iter().chain(settles).min()
            }
            Phase::Stopping {
                stage: Stage::Signalled(until),
                ..
            } => Some(*until),
            _ => None,
        });
        let killable = self.units.values().any(
            |unit| matches!(&unit.phase, Phase::Stopping { stage, .. } if *stage != Stage::Killed),
        );
        all.chain(self.shutdown_deadline.filter(|_| killable)).min()
    }

    /// The states of all units, in the order of the configuration.
    pub(crate) fn states(&self) -> impl Iterator<Item = (&str, State)> {
        self.units
            .iter()
            .map(|(name, unit)| (name.as_str(), unit.state()))
    }

    /// Whether the unit runs or is about to.
    pub(crate) fn is_up(&self, name: &str) -> bool {
        self.units
            .get(name)
            .is_some_and(|unit| matches!(unit.phase, Phase::Active(_)))
    }

    /// The newest run of the unit; 0 when there was none.
    pub(crate) fn newest_run(&self, name: &str) -> Run {
        self.units.get(name).map_or(0, |unit| unit.run)
    }

    /// Whether the unit is ready. None when it does not exist.
    pub(crate) fn ready(&self, name: &str) -> Option<Ready> {
        self.units.get(name).map(Unit::ready)
    }

    /// Whether all wanted units are ready and settled; `No` names one that cannot become ready.
    pub(crate) fn settled(&self) -> Ready {
        let mut all = Ready::Yes;
        for (name, unit) in self.units.iter().filter(|(_, unit)| unit.wanted) {
            let one = match unit.ready() {
                Ready::No(_)
                    if unit.spec.kind == Kind::Process && unit.phase == Phase::Succeeded =>
                {
                    Ready::Yes
                }
                Ready::Yes if unit.settles().is_some_and(|at| at > self.now) => Ready::NotYet,
                one => one,
            };
            match one {
                Ready::No(reason) => return Ready::No(format!("{name} {reason}")),
                Ready::NotYet => all = Ready::NotYet,
                Ready::Yes => {}
            }
        }
        all
    }

    fn alive(&mut self, name: &str, run: Run) -> Option<&mut Active> {
        match &mut self.units.get_mut(name)?.phase {
            Phase::Active(alive) if alive.run == run => Some(alive),
            _ => None,
        }
    }

    fn searching(&mut self, name: &str, run: Run) -> Option<&mut Unit> {
        self.units
            .get_mut(name)
            .filter(|unit| unit.phase == Phase::Searching(run))
    }

    fn spawned(&mut self, name: &str, run: Run, id: u32) {
        match self.units.get_mut(name).map(|unit| &mut unit.phase) {
            Some(Phase::Active(alive)) if alive.run == run => alive.pid = Some(id),
            Some(Phase::Stopping { run: own, pid, .. }) if *own == run => *pid = Some(id),
            _ => {}
        }
    }

    /// Marks a unit and everything that it depends on as wanted. `explicit`: a command named it.
    fn want(&mut self, name: &str, explicit: bool) {
        let mut found = BTreeSet::from([name.to_owned()]);
        let mut left = vec![name.to_owned()];
        while let Some(one) = left.pop() {
            self.want_one(&one, explicit && one == name);
            let needed = self.units.get(&one).map(|unit| &unit.spec.depends_on);
            for needed in needed.into_iter().flat_map(IndexMap::keys) {
                if found.insert(needed.clone()) {
                    left.push(needed.clone());
                }
            }
        }
    }

    fn want_one(&mut self, name: &str, explicit: bool) {
        let Some(unit) = self.units.get_mut(name).filter(|unit| !unit.retired) else {
            return;
        };
        unit.wanted = true;
        if explicit {
            unit.consecutive_restarts = 0;
        }
        match &mut unit.phase {
            Phase::Idle | Phase::Blocked(_) | Phase::Failed(_) | Phase::Missing(_) => {
                unit.phase = Phase::Waiting(String::new());
            }
            Phase::Succeeded | Phase::Backoff { .. } if explicit => {
                unit.phase = Phase::Waiting(String::new());
            }
            Phase::Stopping { then, .. } => *then = Then::Restart,
            _ => {}
        }
    }

    /// Marks a unit as not wanted, and stops it.
    fn unwant(&mut self, name: &str, effects: &mut Vec<Effect>) {
        let Some(unit) = self.units.get_mut(name) else {
            return;
        };
        unit.wanted = false;
        match &mut unit.phase {
            Phase::Active(alive) => unit.phase = alive.stop(Then::Stay),
            Phase::Stopping { then, .. } => *then = Then::Stay,
            Phase::Searching(run) => {
                effects.push(Effect::StopSearch {
                    name: name.to_owned(),
                    run: *run,
                });
                unit.phase = Phase::Idle;
            }
            Phase::Succeeded | Phase::Idle => {}
            _ => unit.phase = Phase::Idle,
        }
    }

    /// Starts a unit, after stopping it if it runs.
    fn restart(&mut self, name: &str, effects: &mut Vec<Effect>) {
        self.want(name, true);
        let Some(unit) = self.units.get_mut(name).filter(|unit| !unit.retired) else {
            return;
        };
        match &unit.phase {
            Phase::Active(alive) => unit.phase = alive.stop(Then::Restart),
            Phase::Searching(run) => {
                effects.push(Effect::StopSearch {
                    name: name.to_owned(),
                    run: *run,
                });
                unit.phase = Phase::Waiting(String::new());
            }
            Phase::Found => unit.phase = Phase::Waiting(String::new()),
            _ => {}
        }
    }

    fn files_changed(&mut self, name: &str, run: Run, effects: &mut Vec<Effect>) {
        let restarts = self.units.get(name).is_some_and(|unit| {
            unit.wanted
                // A later run started with the changed files.
                && unit.run == run
                && matches!(
                    unit.phase,
                    Phase::Active(_) | Phase::Backoff { .. } | Phase::Succeeded | Phase::Failed(_)
                )
        });
        if restarts {
            effects.push(Effect::Log {
                name: name.to_owned(),
                text: "files changed; restarting".into(),
            });
            self.restart(name, effects);
        }
    }

    fn reload(
        &mut self,
        specs: IndexMap<String, Spec>,
        restart: &BTreeSet<String>,
        wanted: Option<&BTreeSet<String>>,
        effects: &mut Vec<Effect>,
    ) {
        let mut old = std::mem::take(&mut self.units);
        let mut begin = Vec::new();
        let mut again = Vec::new();
        for (name, spec) in specs {
            let is_wanted = wanted.is_none_or(|wanted| wanted.contains(&name));
            match old.shift_remove(&name) {
                Some(mut unit) => {
                    let other = unit.spec.kind != spec.kind;
                    if other {
                        if let Phase::Searching(run) = unit.phase {
                            effects.push(Effect::StopSearch {
                                name: name.clone(),
                                run,
                            });
                        }
                        if !unit.exists() {
                            unit.phase = Phase::Idle;
                        }
                    }
                    if std::mem::take(&mut unit.retired) && is_wanted {
                        begin.push(name.clone());
                    } else if unit.wanted && (other || restart.contains(&name)) {
                        again.push(name.clone());
                    }
                    unit.spec = spec;
                    self.units.insert(name, unit);
                }
                None => {
                    if is_wanted {
                        begin.push(name.clone());
                    }
                    self.units.insert(name, Unit::new(spec));
                }
            }
        }
        for (name, mut unit) in old {
            unit.retired = true;
            self.units.insert(name.clone(), unit);
            self.unwant(&name, effects);
        }
        self.sort();
        for name in begin {
            self.want(&name, true);
        }
        for name in again {
            self.restart(&name, effects);
        }
        // Changed units may depend on units that were not wanted before.
        let all: Vec<String> = self
            .units
            .iter()
            .filter(|(_, unit)| {
                unit.wanted && matches!(unit.phase, Phase::Waiting(_) | Phase::Blocked(_))
            })
            .map(|(name, _)| name.clone())
            .collect();
        for name in all {
            self.want(&name, false);
        }
        self.remove_retired(effects);
    }

    /// Computes the topological order and the dependents of each unit.
    fn sort(&mut self) {
        fn visit(
            units: &IndexMap<String, Unit>,
            name: &str,
            seen: &mut BTreeSet<String>,
            order: &mut Vec<String>,
        ) {
            let Some(unit) = units.get(name) else { return };
            if seen.insert(name.to_owned()) {
                for needed in unit.spec.depends_on.keys() {
                    visit(units, needed, seen, order);
                }
                order.push(name.to_owned());
            }
        }
        let mut seen = BTreeSet::new();
        self.order.clear();
        for name in self.units.keys() {
            visit(&self.units, name, &mut seen, &mut self.order);
        }
        self.dependents.clear();
        for name in self.order.iter().rev() {
            let mut above = self.dependents.get(name).cloned().unwrap_or_default();
            above.insert(name.clone());
            let needed = self.units.get(name).map(|unit| &unit.spec.depends_on);
            for needed in needed.into_iter().flat_map(IndexMap::keys) {
                let all = self.dependents.entry(needed.clone()).or_default();
                all.extend(above.iter().cloned());
            }
        }
    }

    fn exited(
        &mut self,
        now: Duration,
        jitter: f64,
        name: &str,
        run: Run,
        exit: Exit,
        effects: &mut Vec<Effect>,
    ) {
        let Some(unit) = self.units.get_mut(name) else {
            return;
        };
        let mut text = exit.describe();
        match &unit.phase {
            Phase::Active(alive) if alive.run == run => {
                unit.was_log_ready = alive.log_ready;
                let lasted = now.saturating_sub(alive.since);
                unit.phase = unit.after(now, jitter, lasted, &exit);
                match &unit.phase {
                    _ if unit.spec.kind == Kind::Task => {
                        text = format!("{text} after {:.1} s", lasted.as_secs_f64());
                    }
                    Phase::Backoff { until, .. } => {
                        let wait = until.saturating_sub(now);
                        text = format!("{text}; restarting {}", format_delay(wait));
                    }
                    Phase::Failed(reason) => text.clone_from(reason),
                    _ => {}
                }
            }
            Phase::Stopping { run: own, then, .. } if *own == run => match then.clone() {
                Then::Restart => {
                    unit.restarts = unit.restarts.saturating_add(1);
                    unit.phase = Phase::Waiting(String::new());
                }
                Then::Stay => unit.phase = Phase::Idle,
                Then::Fail(reason) => unit.phase = Phase::Failed(reason),
            },
            _ => return,
        }
        unit.exit = Some(exit);
        effects.push(Effect::Log {
            name: name.to_owned(),
            text,
        });
        self.remove_retired(effects);
    }

    /// Removes units that are not in the configuration any more and do not run.
    fn remove_retired(&mut self, effects: &mut Vec<Effect>) {
        let removed: Vec<String> = self
            .units
            .iter()
            .filter(|(_, unit)| unit.retired && !unit.exists())
            .map(|(name, _)| name.clone())
            .collect();
        if removed.is_empty() {
            return;
        }
        for name in removed {
            self.units.shift_remove(&name);
            effects.push(Effect::Removed { name });
        }
        self.sort();
    }

    fn timers(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        let kill_all = self.shutdown_deadline.is_some_and(|at| at <= now);
        for (name, unit) in &mut self.units {
            match &mut unit.phase {
                Phase::Backoff { until, .. } if *until <= now => {
                    unit.restarts = unit.restarts.saturating_add(1);
                    unit.phase = Phase::Waiting(String::new());
                }
                Phase::Active(alive) if alive.deadline.is_some_and(|at| at <= now) => {
                    let limit = unit.spec.timeout.unwrap_or_default();
                    let reason = format!("took longer than {} s", limit.as_secs_f64());
                    effects.push(Effect::Log {
                        name: name.clone(),
                        text: format!("{reason}; stopping it"),
                    });
                    unit.phase = alive.stop(Then::Fail(reason));
                }
                Phase::Stopping { run, stage, .. } => {
                    let late = matches!(stage, Stage::Signalled(until) if *until <= now);
                    if late {
                        let limit = unit.spec.stop_timeout.as_secs_f64();
                        effects.push(Effect::Log {
                            name: name.clone(),
                            text: format!("did not stop within {limit} s; killing it"),
                        });
                    }
                    if late || (kill_all && *stage != Stage::Killed) {
                        *stage = Stage::Killed;
                        effects.push(Effect::Kill {
                            name: name.clone(),
                            run: *run,
                        });
                    }
                }
                _ => {}
            }
        }
    }

    /// Sends the stop signal to stopping units whose dependents have all stopped.
    fn stop_ready_units(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        let stopping: BTreeSet<String> = self
            .units
            .iter()
            .filter(|(_, unit)| matches!(unit.phase, Phase::Stopping { .. }))
            .map(|(name, _)| name.clone())
            .collect();
        for name in &stopping {
            if self
                .dependents
                .get(name)
                .is_some_and(|above| !above.is_disjoint(&stopping))
            {
                continue;
            }
            let Some(unit) = self.units.get_mut(name) else {
                continue;
            };
            if let Phase::Stopping { run, stage, .. } = &mut unit.phase
                && *stage == Stage::Pending
            {
                *stage = Stage::Signalled(now.saturating_add(unit.spec.stop_timeout));
                effects.push(Effect::Signal {
                    name: name.clone(),
                    run: *run,
                });
            }
        }
    }

    fn start_ready_units(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        for name in self.order.clone() {
            let Some(unit) = self.units.get(&name) else {
                continue;
            };
            if !unit.wanted || !matches!(unit.phase, Phase::Waiting(_) | Phase::Blocked(_)) {
                continue;
            }
            let verdict = self.verdict(&unit.spec);
            let Some(unit) = self.units.get_mut(&name) else {
                continue;
            };
            match verdict {
                Verdict::NotYet(reason) => unit.phase = Phase::Waiting(reason),
                Verdict::Never(reason) => {
                    if !matches!(unit.phase, Phase::Blocked(_)) {
                        effects.push(Effect::Log {
                            name: name.clone(),
                            text: format!("does not start: {reason}"),
                        });
                    }
                    unit.phase = Phase::Blocked(reason);
                }
                Verdict::Holds => {
                    self.runs += 1;
                    let run = self.runs;
                    unit.run = run;
                    if unit.spec.kind == Kind::Dependency {
                        unit.phase = Phase::Searching(run);
                        effects.push(Effect::FindDependency { name, run });
                    } else {
                        unit.phase = Phase::Active(Active {
                            run,
                            since: now,
                            pid: None,
                            health: None,
                            unhealthy: None,
                            log_ready: false,
                            deadline: unit.spec.timeout.map(|limit| now.saturating_add(limit)),
                        });
                        effects.push(Effect::Spawn { name, run });
                    }
                }
            }
        }
    }

    fn close(&mut self, effects: &mut Vec<Effect>) {
        if self.shutdown_deadline.is_some()
            && !self.closed
            && !self.units.values().any(Unit::exists)
        {
            self.closed = true;
            effects.push(Effect::Closed);
        }
    }

    /// Whether all conditions of a unit's dependencies hold.
    fn verdict(&self, spec: &Spec) -> Verdict {
        let mut all = Verdict::Holds;
        for (name, condition) in &spec.depends_on {
            match self.holds(name, *condition) {
                Verdict::Holds => {}
                Verdict::NotYet(reason) => {
                    if matches!(all, Verdict::Holds) {
                        all = Verdict::NotYet(reason);
                    }
                }
                never @ Verdict::Never(_) => return never,
            }
        }
        all
    }

    fn holds(&self, name: &str, condition: Condition) -> Verdict {
        let Some(unit) = self.units.get(name) else {
            return Verdict::Never(format!("there is no {name}"));
        };
        let check = unit.spec.check;
        let when = |holds: bool, what: &str| {
            if holds {
                Verdict::Holds
            } else {
                Verdict::NotYet(format!("waits until {name} {what}"))
            }
        };
        match &unit.phase {
            Phase::Idle => Verdict::NotYet(format!("waits for {name}, which is stopped")),
            Phase::Waiting(_) | Phase::Backoff { .. } | Phase::Stopping { .. } => {
                Verdict::NotYet(format!("waits for {name}"))
            }
            Phase::Searching(_) => Verdict::NotYet(format!("waits until {name} is found")),
            Phase::Blocked(_) => Verdict::Never(format!("{name} is blocked")),
            Phase::Found => Verdict::Holds,
            Phase::Missing(_) if unit.spec.optional => Verdict::Holds,
            Phase::Missing(reason) => Verdict::Never(format!("{name}: {reason}")),
            Phase::Active(alive) => match condition {
                Condition::Started => when(alive.pid.is_some(), "is started"),
                Condition::Healthy if check == Check::None => {
                    when(alive.pid.is_some(), "is started")
                }
                Condition::Healthy => {
                    when(alive.health == Some(true), &alive.awaited("is healthy"))
                }
                Condition::LogReady if check != Check::Log => {
                    Verdict::Never(format!("{name} has no log line to wait for"))
                }
                Condition::LogReady => {
                    when(alive.log_ready, &alive.awaited("has written its line"))
                }
                Condition::Completed | Condition::CompletedSuccessfully => when(false, "ends"),
            },
            Phase::Succeeded => {
                let holds = match condition {
                    Condition::Started
                    | Condition::Completed
                    | Condition::CompletedSuccessfully => true,
                    Condition::Healthy => check == Check::None,
                    Condition::LogReady => unit.was_log_ready,
                };
                if holds {
                    Verdict::Holds
                } else {
                    Verdict::Never(format!("{name} has ended"))
                }
            }
            Phase::Failed(_) if condition == Condition::Completed => Verdict::Holds,
            Phase::Failed(reason) => Verdict::Never(format!("{name} {reason}")),
        }
    }
}

impl Active {
    /// The awaited state, with the reason why it is not reached, when it is known.
    fn awaited(&self, what: &str) -> String {
        match &self.unhealthy {
            Some(reason) => format!("{what}: {reason}"),
            None => what.to_owned(),
        }
    }

    fn stop(&self, then: Then) -> Phase {
        Phase::Stopping {
            run: self.run,
            pid: self.pid,
            stage: Stage::Pending,
            then,
        }
    }
}

impl Unit {
    fn new(spec: Spec) -> Self {
        Self {
            spec,
            wanted: false,
            retired: false,
            phase: Phase::Idle,
            run: 0,
            exit: None,
            was_log_ready: false,
            restarts: 0,
            consecutive_restarts: 0,
        }
    }

    /// Whether an operating system process of the unit may exist.
    fn exists(&self) -> bool {
        matches!(self.phase, Phase::Active(_) | Phase::Stopping { .. })
    }

    /// The time from which the unit counts as settled, when it has no health check.
    fn settles(&self) -> Option<Duration> {
        match &self.phase {
            Phase::Active(alive) if self.spec.kind == Kind::Process => {
                let wait = if self.consecutive_restarts == 0 {
                    SETTLE_TIME
                } else {
                    SETTLE_TIME_AFTER_CRASH
                };
                (self.spec.check == Check::None).then(|| alive.since.saturating_add(wait))
            }
            _ => None,
        }
    }

    /// The phase after an exit that no command requested.
    fn after(&mut self, now: Duration, jitter: f64, lasted: Duration, exit: &Exit) -> Phase {
        let rule = &self.spec.restart;
        let again = self.spec.kind == Kind::Process
            && match rule.policy {
                RestartPolicy::No => false,
                RestartPolicy::OnFailure => !exit.success(),
                RestartPolicy::Always => true,
            };
        if !again {
            return if exit.success() {
                Phase::Succeeded
            } else {
                Phase::Failed(exit.describe())
            };
        }
        if lasted > STABLE_RUN {
            self.consecutive_restarts = 0;
        }
        if rule
            .max_restarts
            .is_some_and(|most| self.consecutive_restarts >= most)
        {
            return Phase::Failed(format!(
                "{}, after {} restarts",
                exit.describe(),
                self.consecutive_restarts
            ));
        }
        let doubled = 2_u32.saturating_pow(self.consecutive_restarts);
        self.consecutive_restarts = self.consecutive_restarts.saturating_add(1);
        let wait = rule.backoff.saturating_mul(doubled).min(rule.max_backoff);
        let wait = wait.mul_f64(1.0 + jitter.clamp(-1.0, 1.0) / 5.0);
        Phase::Backoff {
            until: now.saturating_add(wait),
            reason: exit.describe(),
        }
    }

    fn ready(&self) -> Ready {
        match &self.phase {
            Phase::Active(alive) => match (self.spec.kind, self.spec.check) {
                (Kind::Process, Check::None) if alive.pid.is_some() => Ready::Yes,
                (Kind::Process, Check::Probe | Check::Log) => match alive.health {
                    Some(true) => Ready::Yes,
                    Some(false) => Ready::No(alive.awaited("is unhealthy")),
                    None => Ready::NotYet,
                },
                _ => Ready::NotYet,
            },
            Phase::Found => Ready::Yes,
            Phase::Missing(_) if self.spec.optional => Ready::Yes,
            Phase::Missing(reason) => Ready::No(format!("was not found: {reason}")),
            Phase::Succeeded if self.spec.kind == Kind::Process => Ready::No("has ended".into()),
            Phase::Succeeded => Ready::Yes,
            Phase::Failed(reason) => Ready::No(reason.clone()),
            Phase::Blocked(reason) => Ready::No(format!("is blocked: {reason}")),
            Phase::Idle => Ready::No("is stopped".into()),
            Phase::Stopping { then, .. } if *then == Then::Stay => Ready::No("is stopped".into()),
            Phase::Waiting(_)
            | Phase::Backoff { .. }
            | Phase::Stopping { .. }
            | Phase::Searching(_) => Ready::NotYet,
        }
    }

    fn state(&self) -> State {
        let some = |reason: &String| Some(reason.clone()).filter(|reason| !reason.is_empty());
        let kind = self.spec.kind;
        let (status, reason) = match &self.phase {
            Phase::Idle => (Status::Stopped, None),
            Phase::Waiting(reason) => (Status::Waiting, some(reason)),
            Phase::Blocked(reason) => (Status::Blocked, some(reason)),
            Phase::Backoff { reason, .. } => (
                Status::Waiting,
                Some(format!("{reason}; about to start again")),
            ),
            Phase::Active(alive) => {
                let runs = alive.pid.is_some()
                    && (kind == Kind::Task
                        || self.spec.check == Check::None
                        || alive.health.is_some());
                let status = if runs {
                    Status::Running
                } else {
                    Status::Starting
                };
                (status, alive.unhealthy.clone())
            }
            Phase::Stopping { stage, then, .. } => {
                let reason = match (stage, then) {
                    (_, Then::Fail(reason)) => Some(reason.clone()),
                    (Stage::Pending, _) => {
                        Some("waits until what depends on it has stopped".into())
                    }
                    (Stage::Killed, _) => Some("did not stop in time, and was killed".into()),
                    _ => None,
                };
                (Status::Stopping, reason)
            }
            Phase::Succeeded => (Status::Completed, None),
            Phase::Failed(reason) => (Status::Crashed, some(reason)),
            Phase::Searching(_) => (Status::Starting, Some("is looked for".into())),
            Phase::Found => (Status::Running, None),
            Phase::Missing(reason) if self.spec.optional => (Status::Stopped, some(reason)),
            Phase::Missing(reason) => (Status::Crashed, some(reason)),
        };
        let known = |known: Option<bool>| match known {
            None => Health::Unknown,
            Some(true) => Health::Healthy,
            Some(false) => Health::Unhealthy,
        };
        let health = match &self.phase {
            Phase::Active(alive) if self.spec.check != Check::None => Some(known(alive.health)),
            Phase::Found => Some(Health::Healthy),
            Phase::Missing(_) => Some(Health::Unhealthy),
            _ if self.spec.check != Check::None || kind == Kind::Dependency => {
                Some(Health::Unknown)
            }
            _ => None,
        };
        State {
            kind,
            status,
            health,
            reason,
            pid: match &self.phase {
                Phase::Active(alive) => alive.pid,
                Phase::Stopping { pid, .. } => *pid,
                _ => None,
            },
            // The end of an earlier run is not the end of the current one.
            exit: self.exit.clone().filter(|_| !self.exists()),
            restarts: self.restarts,
        }
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
