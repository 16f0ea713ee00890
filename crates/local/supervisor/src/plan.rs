//! The scheduler: decides what starts, stops and restarts, and when. Pure and synchronous: time and
//! randomness come in with each input, effects come out; it never does I/O.
//!
//! A *unit* is a process, a task or a dependency. Each time one is started it gets a new *run*
//! number, so that reports about an earlier run are recognised and ignored.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use indexmap::IndexMap;

use prox_config::model::{Condition, Restart, RestartPolicy};
use prox_events::{Health, Kind, Status};

/// A run that lasted longer than this resets the count of consecutive restarts.
const STEADY: Duration = Duration::from_secs(10);

/// How long a process without a health check has to run before it counts as settled…
const SETTLES: Duration = Duration::from_secs(1);

/// … and how long when it crashed just before.
const SETTLES_AGAIN: Duration = Duration::from_secs(2);

/// Number of a start, counting all starts of a supervisor.
pub(crate) type Run = u64;

/// What the scheduler needs to know of a unit.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Spec {
    pub(crate) kind: Kind,
    pub(crate) depends_on: IndexMap<String, Condition>,
    pub(crate) restart: Restart,
    pub(crate) stop_timeout: Duration,
    /// How long a task may take.
    pub(crate) timeout: Option<Duration>,
    pub(crate) check: Check,
    /// Whether the absence of this dependency is only worth a warning.
    pub(crate) optional: bool,
}

/// How a unit's readiness is determined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// It is ready once it was started.
    None,
    /// By `Healthy` and `Unhealthy`.
    Probe,
    /// By `LogReady`; by `Unhealthy`, while that does not come.
    Log,
}

/// How a run ended.
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

    /// The exit in words that follow "it": "exited with code 1".
    pub(crate) fn words(&self) -> String {
        match self {
            Self::Code(126) => "exited with code 126: its command is not executable".into(),
            Self::Code(127) => "exited with code 127: its command was not found".into(),
            Self::Code(code) => format!("exited with code {code}"),
            Self::Signal(signal) => format!("was ended by signal {}", signal_name(*signal)),
            Self::Failed(reason) => format!("could not be started: {reason}"),
        }
    }
}

/// A delay in words: when the next start follows.
fn soon(wait: Duration) -> String {
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

/// What happened.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Input {
    /// Somebody wants these to run, with what they depend on.
    Start(Vec<String>),
    /// Somebody wants these not to run.
    Stop(Vec<String>),
    /// Somebody wants these to be restarted.
    Restart(Vec<String>),
    /// A watched file of this process changed, during or after this run.
    FilesChanged { name: String, run: Run },
    /// It runs.
    Spawned { name: String, run: Run, pid: u32 },
    /// It, and everything that it started, is gone.
    Exited { name: String, run: Run, exit: Exit },
    /// Its health check passed.
    Healthy { name: String, run: Run },
    /// Too many tries of its health check failed.
    Unhealthy {
        name: String,
        run: Run,
        reason: String,
    },
    /// The line that its health check looks for appeared.
    LogReady { name: String, run: Run },
    /// The dependency is there.
    Found { name: String, run: Run },
    /// The dependency is not there, and will not be waited for any longer.
    Absent {
        name: String,
        run: Run,
        reason: String,
    },
    /// The configuration is another. `restart`: the units whose commands changed. `wanted`: what to start
    /// of that which was not there before; none is all.
    Reload {
        specs: IndexMap<String, Spec>,
        restart: BTreeSet<String>,
        wanted: Option<BTreeSet<String>>,
    },
    /// Everything is to stop within this time; nothing starts again.
    Shutdown { within: Duration },
    /// Time passed.
    Tick,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Start it. `Spawned` or `Exited` follows.
    Spawn { name: String, run: Run },
    /// Look for a dependency until it is found or its time is up.
    Look { name: String, run: Run },
    /// Look no longer.
    Abandon { name: String, run: Run },
    /// Ask it to stop.
    Signal { name: String, run: Run },
    /// End it, and everything that it started. `Exited` follows.
    Kill { name: String, run: Run },
    /// Write a line to its log.
    Say { name: String, text: String },
    /// It is no longer part of the project, and no longer runs.
    Removed { name: String },
    /// Everything has stopped after a `Shutdown`.
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
    Alive(Alive),
    Stopping {
        run: Run,
        pid: Option<u32>,
        stage: Stage,
        then: Then,
    },
    Succeeded,
    Failed(String),
    Looking(Run),
    Found,
    Absent(String),
}

#[derive(Clone, Debug, PartialEq)]
struct Alive {
    run: Run,
    since: Duration,
    /// None until it is known to run.
    pid: Option<u32>,
    health: Option<bool>,
    unhealthy: Option<String>,
    log_ready: bool,
    /// When a task must have ended.
    deadline: Option<Duration>,
}

#[derive(Clone, Debug, PartialEq)]
enum Stage {
    /// Waits until what depends on it has stopped.
    Pending,
    /// Was asked to stop; is killed at this time.
    Asked(Duration),
    Killed,
}

/// What follows when a stopping unit is gone.
#[derive(Clone, Debug, PartialEq)]
enum Then {
    Stay,
    Again,
    Fail(String),
}

#[derive(Clone, Debug)]
struct Unit {
    spec: Spec,
    wanted: bool,
    /// No longer in the configuration: forgotten as soon as it is gone.
    retired: bool,
    phase: Phase,
    /// The newest; 0 before the first.
    run: Run,
    exit: Option<Exit>,
    /// Of its last completed run: whether the line appeared.
    was_log_ready: bool,
    restarts: u32,
    /// Restarts since the last run that lasted longer than [`STEADY`].
    consecutive_restarts: u32,
}

/// A unit as it is now.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct State {
    pub(crate) kind: Kind,
    pub(crate) status: Status,
    pub(crate) health: Option<Health>,
    pub(crate) reason: Option<String>,
    pub(crate) pid: Option<u32>,
    /// How the last run ended; none while there is one.
    pub(crate) exit: Option<Exit>,
    pub(crate) restarts: u32,
}

/// Whether a unit does what it is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Ready {
    Yes,
    NotYet,
    /// It will not be without something else happening.
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
    /// Names, each after everything that it depends on.
    order: Vec<String>,
    /// What depends on each, also through others.
    dependents: BTreeMap<String, BTreeSet<String>>,
    runs: Run,
    /// The time of the last step.
    now: Duration,
    /// When everything is killed, once it is shutting down.
    closing: Option<Duration>,
    closed: bool,
}

impl Plan {
    /// Takes one input at the time `now`, counted from any fixed moment by a clock that never
    /// jumps. `chance` is between -1 and 1.
    pub(crate) fn step(&mut self, now: Duration, chance: f64, input: Input) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.now = now;
        match input {
            Input::Start(names) if self.closing.is_none() => {
                for name in names {
                    self.want(&name, true);
                }
            }
            Input::Restart(names) if self.closing.is_none() => {
                for name in names {
                    self.restart(&name, &mut effects);
                }
            }
            Input::FilesChanged { name, run } if self.closing.is_none() => {
                self.files_changed(&name, run, &mut effects);
            }
            Input::Reload {
                specs,
                restart,
                wanted,
            } if self.closing.is_none() => {
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
                self.closing = Some(self.closing.map_or(until, |old| old.min(until)));
                for name in self.order.clone() {
                    self.unwant(&name, &mut effects);
                }
            }
            Input::Spawned { name, run, pid } => self.spawned(&name, run, pid),
            Input::Exited { name, run, exit } => {
                self.exited(now, chance, &name, run, exit, &mut effects);
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
            Input::Found { name, run } => {
                if let Some(unit) = self.looking(&name, run) {
                    unit.phase = Phase::Found;
                }
            }
            Input::Absent { name, run, reason } => {
                if let Some(unit) = self.looking(&name, run) {
                    let text = if unit.spec.optional {
                        format!("{reason}; continuing without it")
                    } else {
                        reason.clone()
                    };
                    unit.phase = Phase::Absent(reason);
                    effects.push(Effect::Say { name, text });
                }
            }
        }
        self.timers(now, &mut effects);
        self.stop_what_may(now, &mut effects);
        self.start_what_may(now, &mut effects);
        self.close(&mut effects);
        effects
    }

    /// When `Tick` is due at the latest.
    pub(crate) fn deadline(&self) -> Option<Duration> {
        let all = self.units.values().filter_map(|unit| match &unit.phase {
            Phase::Backoff { until, .. } => Some(*until),
            Phase::Alive(alive) => {
                let settles = unit.settles().filter(|at| *at > self.now);
                alive.deadline.into_iter().chain(settles).min()
            }
            Phase::Stopping {
                stage: Stage::Asked(until),
                ..
            } => Some(*until),
            _ => None,
        });
        let killable = self.units.values().any(
            |unit| matches!(&unit.phase, Phase::Stopping { stage, .. } if *stage != Stage::Killed),
        );
        all.chain(self.closing.filter(|_| killable)).min()
    }

    /// Everything that has a name, in the order of the configuration.
    pub(crate) fn states(&self) -> impl Iterator<Item = (&str, State)> {
        self.units
            .iter()
            .map(|(name, unit)| (name.as_str(), unit.state()))
    }

    /// Whether a process of this name runs or is about to.
    pub(crate) fn is_up(&self, name: &str) -> bool {
        self.units
            .get(name)
            .is_some_and(|unit| matches!(unit.phase, Phase::Alive(_)))
    }

    /// The newest run of this unit; 0 when there was none.
    pub(crate) fn newest_run(&self, name: &str) -> Run {
        self.units.get(name).map_or(0, |unit| unit.run)
    }

    /// Whether this unit does what it is for.
    pub(crate) fn ready(&self, name: &str) -> Option<Ready> {
        self.units.get(name).map(Unit::ready)
    }

    /// Whether everything that is wanted does what it is for; `No` names what does not.
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

    fn alive(&mut self, name: &str, run: Run) -> Option<&mut Alive> {
        match &mut self.units.get_mut(name)?.phase {
            Phase::Alive(alive) if alive.run == run => Some(alive),
            _ => None,
        }
    }

    fn looking(&mut self, name: &str, run: Run) -> Option<&mut Unit> {
        self.units
            .get_mut(name)
            .filter(|unit| unit.phase == Phase::Looking(run))
    }

    fn spawned(&mut self, name: &str, run: Run, id: u32) {
        match self.units.get_mut(name).map(|unit| &mut unit.phase) {
            Some(Phase::Alive(alive)) if alive.run == run => alive.pid = Some(id),
            Some(Phase::Stopping { run: own, pid, .. }) if *own == run => *pid = Some(id),
            _ => {}
        }
    }

    /// Wants a unit and everything that it depends on. `explicit`: it was named, not only needed.
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
            Phase::Idle | Phase::Blocked(_) | Phase::Failed(_) | Phase::Absent(_) => {
                unit.phase = Phase::Waiting(String::new());
            }
            Phase::Succeeded | Phase::Backoff { .. } if explicit => {
                unit.phase = Phase::Waiting(String::new());
            }
            Phase::Stopping { then, .. } => *then = Then::Again,
            _ => {}
        }
    }

    /// Wants a unit no longer, and stops it.
    fn unwant(&mut self, name: &str, effects: &mut Vec<Effect>) {
        let Some(unit) = self.units.get_mut(name) else {
            return;
        };
        unit.wanted = false;
        match &mut unit.phase {
            Phase::Alive(alive) => unit.phase = alive.leave(Then::Stay),
            Phase::Stopping { then, .. } => *then = Then::Stay,
            Phase::Looking(run) => {
                effects.push(Effect::Abandon {
                    name: name.to_owned(),
                    run: *run,
                });
                unit.phase = Phase::Idle;
            }
            Phase::Succeeded | Phase::Idle => {}
            _ => unit.phase = Phase::Idle,
        }
    }

    /// Starts a unit, after stopping it when it runs.
    fn restart(&mut self, name: &str, effects: &mut Vec<Effect>) {
        self.want(name, true);
        let Some(unit) = self.units.get_mut(name).filter(|unit| !unit.retired) else {
            return;
        };
        match &unit.phase {
            Phase::Alive(alive) => unit.phase = alive.leave(Then::Again),
            Phase::Looking(run) => {
                effects.push(Effect::Abandon {
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
                // A later run has seen the change.
                && unit.run == run
                && matches!(
                    unit.phase,
                    Phase::Alive(_) | Phase::Backoff { .. } | Phase::Succeeded | Phase::Failed(_)
                )
        });
        if restarts {
            effects.push(Effect::Say {
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
            let asked = wanted.is_none_or(|wanted| wanted.contains(&name));
            match old.shift_remove(&name) {
                Some(mut unit) => {
                    let other = unit.spec.kind != spec.kind;
                    if other {
                        if let Phase::Looking(run) = unit.phase {
                            effects.push(Effect::Abandon {
                                name: name.clone(),
                                run,
                            });
                        }
                        if !unit.exists() {
                            unit.phase = Phase::Idle;
                        }
                    }
                    if std::mem::take(&mut unit.retired) && asked {
                        begin.push(name.clone());
                    } else if unit.wanted && (other || restart.contains(&name)) {
                        again.push(name.clone());
                    }
                    unit.spec = spec;
                    self.units.insert(name, unit);
                }
                None => {
                    if asked {
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
        // What changed may need units that were not wanted before.
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
        self.forget(effects);
    }

    /// Computes the order and who depends on whom.
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
        chance: f64,
        name: &str,
        run: Run,
        exit: Exit,
        effects: &mut Vec<Effect>,
    ) {
        let Some(unit) = self.units.get_mut(name) else {
            return;
        };
        let mut said = exit.words();
        match &unit.phase {
            Phase::Alive(alive) if alive.run == run => {
                unit.was_log_ready = alive.log_ready;
                let lasted = now.saturating_sub(alive.since);
                unit.phase = unit.after(now, chance, lasted, &exit);
                match &unit.phase {
                    _ if unit.spec.kind == Kind::Task => {
                        said = format!("{said} after {:.1} s", lasted.as_secs_f64());
                    }
                    Phase::Backoff { until, .. } => {
                        let wait = until.saturating_sub(now);
                        said = format!("{said}; restarting {}", soon(wait));
                    }
                    Phase::Failed(reason) => said.clone_from(reason),
                    _ => {}
                }
            }
            Phase::Stopping { run: own, then, .. } if *own == run => match then.clone() {
                Then::Again => {
                    unit.restarts = unit.restarts.saturating_add(1);
                    unit.phase = Phase::Waiting(String::new());
                }
                Then::Stay => unit.phase = Phase::Idle,
                Then::Fail(reason) => unit.phase = Phase::Failed(reason),
            },
            _ => return,
        }
        unit.exit = Some(exit);
        effects.push(Effect::Say {
            name: name.to_owned(),
            text: said,
        });
        self.forget(effects);
    }

    /// Removes units that are no longer part of the project and no longer run.
    fn forget(&mut self, effects: &mut Vec<Effect>) {
        let gone: Vec<String> = self
            .units
            .iter()
            .filter(|(_, unit)| unit.retired && !unit.exists())
            .map(|(name, _)| name.clone())
            .collect();
        if gone.is_empty() {
            return;
        }
        for name in gone {
            self.units.shift_remove(&name);
            effects.push(Effect::Removed { name });
        }
        self.sort();
    }

    fn timers(&mut self, now: Duration, effects: &mut Vec<Effect>) {
        let kill_all = self.closing.is_some_and(|at| at <= now);
        for (name, unit) in &mut self.units {
            match &mut unit.phase {
                Phase::Backoff { until, .. } if *until <= now => {
                    unit.restarts = unit.restarts.saturating_add(1);
                    unit.phase = Phase::Waiting(String::new());
                }
                Phase::Alive(alive) if alive.deadline.is_some_and(|at| at <= now) => {
                    let limit = unit.spec.timeout.unwrap_or_default();
                    let reason = format!("took longer than {} s", limit.as_secs_f64());
                    effects.push(Effect::Say {
                        name: name.clone(),
                        text: format!("{reason}; stopping it"),
                    });
                    unit.phase = alive.leave(Then::Fail(reason));
                }
                Phase::Stopping { run, stage, .. } => {
                    let late = matches!(stage, Stage::Asked(until) if *until <= now);
                    if late {
                        let limit = unit.spec.stop_timeout.as_secs_f64();
                        effects.push(Effect::Say {
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

    /// Asks units to stop on which nothing depends that is stopping, too.
    fn stop_what_may(&mut self, now: Duration, effects: &mut Vec<Effect>) {
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
                *stage = Stage::Asked(now.saturating_add(unit.spec.stop_timeout));
                effects.push(Effect::Signal {
                    name: name.clone(),
                    run: *run,
                });
            }
        }
    }

    fn start_what_may(&mut self, now: Duration, effects: &mut Vec<Effect>) {
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
                        effects.push(Effect::Say {
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
                        unit.phase = Phase::Looking(run);
                        effects.push(Effect::Look { name, run });
                    } else {
                        unit.phase = Phase::Alive(Alive {
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
        if self.closing.is_some() && !self.closed && !self.units.values().any(Unit::exists) {
            self.closed = true;
            effects.push(Effect::Closed);
        }
    }

    /// Whether everything that a unit depends on is as it asks.
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
            Phase::Looking(_) => Verdict::NotYet(format!("waits until {name} is found")),
            Phase::Blocked(_) => Verdict::Never(format!("{name} is blocked")),
            Phase::Found => Verdict::Holds,
            Phase::Absent(_) if unit.spec.optional => Verdict::Holds,
            Phase::Absent(reason) => Verdict::Never(format!("{name}: {reason}")),
            Phase::Alive(alive) => match condition {
                Condition::Started => when(alive.pid.is_some(), "is started"),
                Condition::Healthy if check == Check::None => {
                    when(alive.pid.is_some(), "is started")
                }
                Condition::Healthy => when(alive.health == Some(true), &alive.lacks("is healthy")),
                Condition::LogReady if check != Check::Log => {
                    Verdict::Never(format!("{name} has no log line to wait for"))
                }
                Condition::LogReady => when(alive.log_ready, &alive.lacks("has written its line")),
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

impl Alive {
    /// Words for what is waited for, with the reason when it is known.
    fn lacks(&self, what: &str) -> String {
        match &self.unhealthy {
            Some(reason) => format!("{what}: {reason}"),
            None => what.to_owned(),
        }
    }

    fn leave(&self, then: Then) -> Phase {
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

    /// Whether a process of it may exist.
    fn exists(&self) -> bool {
        matches!(self.phase, Phase::Alive(_) | Phase::Stopping { .. })
    }

    /// From when on it counts as settled, when nothing but time can tell.
    fn settles(&self) -> Option<Duration> {
        match &self.phase {
            Phase::Alive(alive) if self.spec.kind == Kind::Process => {
                let wait = if self.consecutive_restarts == 0 {
                    SETTLES
                } else {
                    SETTLES_AGAIN
                };
                (self.spec.check == Check::None).then(|| alive.since.saturating_add(wait))
            }
            _ => None,
        }
    }

    /// The phase that follows an exit that was not requested.
    fn after(&mut self, now: Duration, chance: f64, lasted: Duration, exit: &Exit) -> Phase {
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
                Phase::Failed(exit.words())
            };
        }
        if lasted > STEADY {
            self.consecutive_restarts = 0;
        }
        if rule
            .max_restarts
            .is_some_and(|most| self.consecutive_restarts >= most)
        {
            return Phase::Failed(format!(
                "{}, after {} restarts",
                exit.words(),
                self.consecutive_restarts
            ));
        }
        let doubled = 2_u32.saturating_pow(self.consecutive_restarts);
        self.consecutive_restarts = self.consecutive_restarts.saturating_add(1);
        let wait = rule.backoff.saturating_mul(doubled).min(rule.max_backoff);
        let wait = wait.mul_f64(1.0 + chance.clamp(-1.0, 1.0) / 5.0);
        Phase::Backoff {
            until: now.saturating_add(wait),
            reason: exit.words(),
        }
    }

    fn ready(&self) -> Ready {
        match &self.phase {
            Phase::Alive(alive) => match (self.spec.kind, self.spec.check) {
                (Kind::Process, Check::None) if alive.pid.is_some() => Ready::Yes,
                (Kind::Process, Check::Probe | Check::Log) => match alive.health {
                    Some(true) => Ready::Yes,
                    Some(false) => Ready::No(alive.lacks("is unhealthy")),
                    None => Ready::NotYet,
                },
                _ => Ready::NotYet,
            },
            Phase::Found => Ready::Yes,
            Phase::Absent(_) if self.spec.optional => Ready::Yes,
            Phase::Absent(reason) => Ready::No(format!("was not found: {reason}")),
            Phase::Succeeded if self.spec.kind == Kind::Process => Ready::No("has ended".into()),
            Phase::Succeeded => Ready::Yes,
            Phase::Failed(reason) => Ready::No(reason.clone()),
            Phase::Blocked(reason) => Ready::No(format!("is blocked: {reason}")),
            Phase::Idle => Ready::No("is stopped".into()),
            Phase::Stopping { then, .. } if *then == Then::Stay => Ready::No("is stopped".into()),
            Phase::Waiting(_)
            | Phase::Backoff { .. }
            | Phase::Stopping { .. }
            | Phase::Looking(_) => Ready::NotYet,
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
            Phase::Alive(alive) => {
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
            Phase::Looking(_) => (Status::Starting, Some("is looked for".into())),
            Phase::Found => (Status::Running, None),
            Phase::Absent(reason) if self.spec.optional => (Status::Stopped, some(reason)),
            Phase::Absent(reason) => (Status::Crashed, some(reason)),
        };
        let known = |known: Option<bool>| match known {
            None => Health::Unknown,
            Some(true) => Health::Healthy,
            Some(false) => Health::Unhealthy,
        };
        let health = match &self.phase {
            Phase::Alive(alive) if self.spec.check != Check::None => Some(known(alive.health)),
            Phase::Found => Some(Health::Healthy),
            Phase::Absent(_) => Some(Health::Unhealthy),
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
                Phase::Alive(alive) => alive.pid,
                Phase::Stopping { pid, .. } => *pid,
                _ => None,
            },
            // How an earlier run ended says nothing about one that runs.
            exit: self.exit.clone().filter(|_| !self.exists()),
            restarts: self.restarts,
        }
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
