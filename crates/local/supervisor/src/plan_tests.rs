#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use proptest::prelude::*;

use super::*;

fn restart(policy: RestartPolicy, max_restarts: Option<u32>) -> Restart {
    Restart {
        policy,
        backoff: Duration::from_secs(1),
        max_backoff: Duration::from_secs(5),
        max_restarts,
    }
}

fn spec(kind: Kind, depends_on: &[(&str, Condition)]) -> Spec {
    Spec {
        kind,
        depends_on: depends_on
            .iter()
            .map(|(name, condition)| ((*name).to_owned(), *condition))
            .collect(),
        restart: restart(RestartPolicy::No, None),
        stop_timeout: Duration::from_secs(10),
        timeout: (kind == Kind::Task).then_some(Duration::from_secs(60)),
        check: Check::None,
        optional: false,
    }
}

fn process(depends_on: &[(&str, Condition)]) -> Spec {
    spec(Kind::Process, depends_on)
}

/// A scheduler with a clock, and short forms of its inputs.
struct Harness {
    plan: Plan,
    now: Duration,
    runs: BTreeMap<String, Run>,
}

impl Harness {
    fn new(specs: &[(&str, Spec)]) -> (Self, Vec<Effect>) {
        let mut harness = Self {
            plan: Plan::default(),
            now: Duration::ZERO,
            runs: BTreeMap::new(),
        };
        let effects = harness.step(Input::Reload {
            specs: specs
                .iter()
                .map(|(name, spec)| ((*name).to_owned(), spec.clone()))
                .collect(),
            restart: BTreeSet::new(),
            wanted: None,
        });
        (harness, effects)
    }

    fn step(&mut self, input: Input) -> Vec<Effect> {
        let effects = self.plan.step(self.now, 0.0, input);
        for effect in &effects {
            if let Effect::Spawn { name, run } | Effect::FindDependency { name, run } = effect {
                self.runs.insert(name.clone(), *run);
            }
        }
        effects
    }

    fn later(&mut self, seconds: u64) -> Vec<Effect> {
        self.now += Duration::from_secs(seconds);
        self.step(Input::Tick)
    }

    fn spawned(&mut self, name: &str) -> Vec<Effect> {
        let run = self.runs[name];
        self.step(Input::Spawned {
            name: name.into(),
            run,
            pid: 1,
        })
    }

    fn exited(&mut self, name: &str, exit: Exit) -> Vec<Effect> {
        let run = self.runs[name];
        self.step(Input::Exited {
            name: name.into(),
            run,
            exit,
        })
    }

    fn healthy(&mut self, name: &str) -> Vec<Effect> {
        let run = self.runs[name];
        self.step(Input::Healthy {
            name: name.into(),
            run,
        })
    }

    fn files_changed(&mut self, name: &str) -> Vec<Effect> {
        let run = self.runs[name];
        self.step(Input::FilesChanged {
            name: name.into(),
            run,
        })
    }

    fn status(&self, name: &str) -> Status {
        self.plan.units[name].state().status
    }
}

/// The names that these effects start.
fn starts(effects: &[Effect]) -> Vec<&str> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Spawn { name, .. } | Effect::FindDependency { name, .. } => Some(name.as_str()),
            _ => None,
        })
        .collect()
}

/// The names that these effects ask to stop.
#[test]
fn a_short_delay_is_shown_in_milliseconds() {
    let delays = [20, 100, 1_300].map(|wait| format_delay(Duration::from_millis(wait)));
    assert_eq!(delays, ["in 20 ms", "in 0.1 s", "in 1.3 s"]);
}

fn signals(effects: &[Effect]) -> Vec<&str> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Signal { name, .. } => Some(name.as_str()),
            _ => None,
        })
        .collect()
}

fn kills(effects: &[Effect]) -> Vec<&str> {
    effects
        .iter()
        .filter_map(|effect| match effect {
            Effect::Kill { name, .. } => Some(name.as_str()),
            _ => None,
        })
        .collect()
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

#[test]
fn units_without_dependencies_start_at_once() {
    let (_, effects) = Harness::new(&[
        ("b", process(&[])),
        ("a", process(&[])),
        ("c", process(&[("a", Condition::Started)])),
    ]);
    assert_eq!(starts(&effects), ["b", "a"]);
}

#[test]
fn a_dependent_waits_until_the_health_check_passed() {
    let mut db = process(&[]);
    db.check = Check::Probe;
    let (mut harness, effects) =
        Harness::new(&[("web", process(&[("db", Condition::Healthy)])), ("db", db)]);
    assert_eq!(starts(&effects), ["db"]);
    assert!(starts(&harness.spawned("db")).is_empty());
    assert_eq!(harness.status("db"), Status::Starting);
    assert_eq!(harness.status("web"), Status::Waiting);
    assert_eq!(starts(&harness.healthy("db")), ["web"]);
    harness.spawned("web");
    assert_eq!(harness.plan.settled(), Ready::NotYet);
    harness.later(1);
    assert_eq!(harness.plan.settled(), Ready::Yes);
}

#[test]
fn a_process_settles_later_after_a_crash() {
    let mut api = process(&[]);
    api.restart = restart(RestartPolicy::Always, None);
    let (mut harness, _) = Harness::new(&[("api", api)]);
    harness.spawned("api");
    harness.exited("api", Exit::Code(1));
    harness.later(1);
    harness.spawned("api");
    harness.later(1);
    assert_eq!(harness.plan.settled(), Ready::NotYet);
    assert_eq!(
        harness.plan.deadline(),
        Some(harness.now + Duration::from_secs(1))
    );
    harness.later(1);
    assert_eq!(harness.plan.settled(), Ready::Yes);
    assert_eq!(harness.plan.deadline(), None);
}

#[test]
fn dependent_is_blocked_while_its_task_fails() {
    let (mut harness, _) = Harness::new(&[
        ("migrate", spec(Kind::Task, &[])),
        (
            "api",
            process(&[("migrate", Condition::CompletedSuccessfully)]),
        ),
        ("web", process(&[("api", Condition::Healthy)])),
    ]);
    harness.spawned("migrate");
    harness.exited("migrate", Exit::Code(3));
    assert_eq!(harness.status("migrate"), Status::Crashed);
    assert_eq!(harness.status("api"), Status::Blocked);
    assert_eq!(harness.status("web"), Status::Blocked);
    assert!(matches!(harness.plan.settled(), Ready::No(_)));

    let effects = harness.step(Input::Start(names(&["web"])));
    assert_eq!(starts(&effects), ["migrate"]);
    harness.spawned("migrate");
    assert_eq!(starts(&harness.exited("migrate", Exit::Code(0))), ["api"]);
    assert_eq!(harness.status("web"), Status::Waiting);
    assert_eq!(starts(&harness.spawned("api")), ["web"]);
}

#[test]
fn a_failed_task_is_enough_for_completed() {
    let (mut harness, _) = Harness::new(&[
        ("seed", spec(Kind::Task, &[])),
        ("api", process(&[("seed", Condition::Completed)])),
    ]);
    assert_eq!(starts(&harness.exited("seed", Exit::Code(1))), ["api"]);
}

#[test]
fn restart_delays_grow_until_the_limit_of_restarts() {
    let mut api = process(&[]);
    api.restart = restart(RestartPolicy::OnFailure, Some(4));
    let (mut harness, _) = Harness::new(&[("api", api)]);
    for wait in [1, 2, 4, 5] {
        harness.spawned("api");
        harness.exited("api", Exit::Code(1));
        assert_eq!(harness.status("api"), Status::Waiting);
        assert_eq!(
            harness.plan.deadline(),
            Some(harness.now + Duration::from_secs(wait))
        );
        assert_eq!(starts(&harness.later(wait)), ["api"]);
    }
    harness.spawned("api");
    harness.exited("api", Exit::Signal(11));
    assert_eq!(harness.status("api"), Status::Crashed);
    assert_eq!(harness.plan.deadline(), None);
    assert_eq!(harness.plan.units["api"].restarts, 4);
}

#[test]
fn a_long_run_resets_the_count_of_restarts() {
    let mut api = process(&[]);
    api.restart = restart(RestartPolicy::Always, Some(1));
    let (mut harness, _) = Harness::new(&[("api", api)]);
    for _ in 0..3 {
        harness.spawned("api");
        harness.later(11);
        harness.exited("api", Exit::Code(0));
        assert_eq!(starts(&harness.later(1)), ["api"]);
    }
}

#[test]
fn the_restart_delay_is_jittered_by_a_fifth() {
    let mut api = process(&[]);
    api.restart = restart(RestartPolicy::Always, None);
    for (jitter, wait) in [(-1.0, 800), (1.0, 1200)] {
        let (mut harness, _) = Harness::new(&[("api", api.clone())]);
        let exited = Input::Exited {
            name: "api".into(),
            run: harness.runs["api"],
            exit: Exit::Code(0),
        };
        harness.plan.step(harness.now, jitter, exited);
        assert_eq!(harness.plan.deadline(), Some(Duration::from_millis(wait)));
    }
}

#[test]
fn dependents_stop_first_and_the_rest_together() {
    let (mut harness, _) = Harness::new(&[
        ("db", process(&[])),
        ("api", process(&[("db", Condition::Started)])),
        ("worker", process(&[("db", Condition::Started)])),
    ]);
    harness.spawned("db");
    harness.spawned("api");
    harness.spawned("worker");
    let effects = harness.step(Input::Shutdown {
        within: Duration::from_secs(60),
    });
    assert_eq!(signals(&effects), ["api", "worker"]);
    assert_eq!(harness.status("db"), Status::Stopping);
    assert!(signals(&harness.exited("api", Exit::Signal(15))).is_empty());
    assert_eq!(signals(&harness.exited("worker", Exit::Code(0))), ["db"]);
    let effects = harness.exited("db", Exit::Code(0));
    assert!(effects.contains(&Effect::Closed));
}

#[test]
fn a_process_that_does_not_stop_in_time_is_killed() {
    let (mut harness, _) = Harness::new(&[("api", process(&[]))]);
    harness.spawned("api");
    harness.step(Input::Stop(names(&["api"])));
    assert!(kills(&harness.later(9)).is_empty());
    assert_eq!(kills(&harness.later(1)), ["api"]);
    assert!(kills(&harness.later(60)).is_empty());
    harness.exited("api", Exit::Signal(9));
    assert_eq!(harness.status("api"), Status::Stopped);
}

#[test]
fn everything_is_killed_when_the_shutdown_takes_too_long() {
    let (mut harness, _) = Harness::new(&[
        ("db", process(&[])),
        ("api", process(&[("db", Condition::Started)])),
    ]);
    harness.spawned("db");
    harness.spawned("api");
    harness.step(Input::Shutdown {
        within: Duration::from_secs(3),
    });
    assert_eq!(harness.plan.deadline(), Some(Duration::from_secs(3)));
    assert_eq!(kills(&harness.later(3)), ["db", "api"]);
}

#[test]
fn a_task_that_takes_too_long_has_failed() {
    let (mut harness, _) = Harness::new(&[
        ("migrate", spec(Kind::Task, &[])),
        (
            "api",
            process(&[("migrate", Condition::CompletedSuccessfully)]),
        ),
    ]);
    harness.spawned("migrate");
    assert_eq!(signals(&harness.later(60)), ["migrate"]);
    harness.exited("migrate", Exit::Code(0));
    assert_eq!(harness.status("migrate"), Status::Crashed);
    assert_eq!(harness.status("api"), Status::Blocked);
}

#[test]
fn a_group_restarts_in_order() {
    let (mut harness, _) = Harness::new(&[
        ("db", process(&[])),
        ("api", process(&[("db", Condition::Started)])),
    ]);
    harness.spawned("db");
    harness.spawned("api");
    let effects = harness.step(Input::Restart(names(&["db", "api"])));
    assert_eq!(signals(&effects), ["api"]);
    let effects = harness.exited("api", Exit::Signal(15));
    assert_eq!(signals(&effects), ["db"]);
    assert!(starts(&effects).is_empty());
    assert_eq!(starts(&harness.exited("db", Exit::Signal(15))), ["db"]);
    assert_eq!(starts(&harness.spawned("db")), ["api"]);
}

#[test]
fn an_absent_dependency_blocks_unless_it_is_optional() {
    for (optional, status) in [(false, Status::Blocked), (true, Status::Starting)] {
        let mut cache = spec(Kind::Dependency, &[]);
        cache.optional = optional;
        let (mut harness, effects) = Harness::new(&[
            ("cache", cache),
            ("api", process(&[("cache", Condition::Healthy)])),
        ]);
        assert_eq!(starts(&effects), ["cache"]);
        let run = harness.runs["cache"];
        harness.step(Input::DependencyMissing {
            name: "cache".into(),
            run,
            reason: "nothing listens".into(),
        });
        assert_eq!(harness.status("api"), status);
    }
}

#[test]
fn inputs_about_an_earlier_run_are_ignored() {
    let mut api = process(&[]);
    api.check = Check::Probe;
    let (mut harness, _) = Harness::new(&[("api", api)]);
    let old = harness.runs["api"];
    harness.spawned("api");
    harness.step(Input::Restart(names(&["api"])));
    harness.exited("api", Exit::Signal(15));
    harness.spawned("api");
    harness.step(Input::Healthy {
        name: "api".into(),
        run: old,
    });
    harness.step(Input::Exited {
        name: "api".into(),
        run: old,
        exit: Exit::Code(0),
    });
    assert_eq!(harness.status("api"), Status::Starting);
}

#[test]
fn changed_files_start_a_crashed_process_not_a_stopped_one() {
    let (mut harness, _) = Harness::new(&[("api", process(&[]))]);
    harness.spawned("api");
    harness.exited("api", Exit::Code(1));
    let effects = harness.files_changed("api");
    assert_eq!(starts(&effects), ["api"]);
    harness.spawned("api");
    harness.step(Input::Stop(names(&["api"])));
    harness.exited("api", Exit::Signal(15));
    let effects = harness.files_changed("api");
    assert!(starts(&effects).is_empty());
}

#[test]
fn files_that_changed_before_the_start_do_not_start_again() {
    let (mut harness, _) = Harness::new(&[("api", process(&[]))]);
    let first = harness.runs["api"];
    harness.spawned("api");
    harness.step(Input::Restart(names(&["api"])));
    harness.exited("api", Exit::Signal(15));
    harness.spawned("api");
    let effects = harness.step(Input::FilesChanged {
        name: "api".into(),
        run: first,
    });
    assert!(effects.is_empty(), "{effects:?}");
    assert_eq!(signals(&harness.files_changed("api")), ["api"]);
}

#[test]
fn a_reload_affects_only_what_changed() {
    let (mut harness, _) = Harness::new(&[
        ("same", process(&[])),
        ("changed", process(&[])),
        ("gone", process(&[])),
    ]);
    for name in ["same", "changed", "gone"] {
        harness.spawned(name);
    }
    let effects = harness.step(Input::Reload {
        specs: IndexMap::from([
            ("same".to_owned(), process(&[])),
            ("changed".to_owned(), process(&[])),
            (
                "new".to_owned(),
                process(&[("changed", Condition::Started)]),
            ),
        ]),
        restart: BTreeSet::from(["changed".to_owned()]),
        wanted: None,
    });
    assert_eq!(signals(&effects), ["changed", "gone"]);
    assert!(starts(&effects).is_empty());
    let effects = harness.exited("gone", Exit::Signal(15));
    assert!(effects.contains(&Effect::Removed {
        name: "gone".into()
    }));
    assert_eq!(
        starts(&harness.exited("changed", Exit::Signal(15))),
        ["changed"]
    );
    assert_eq!(starts(&harness.spawned("changed")), ["new"]);
    assert_eq!(harness.status("same"), Status::Running);
}

/// Selects one of several units, whose number is not known yet.
#[derive(Clone, Copy, Debug)]
struct Pick(usize);

impl Pick {
    fn index(self, len: usize) -> usize {
        self.0 % len
    }
}

fn pick() -> impl Strategy<Value = Pick> {
    (0_usize..1000).prop_map(Pick)
}

/// A random graph: each unit depends on some of the earlier ones.
fn specs() -> impl Strategy<Value = IndexMap<String, Spec>> {
    let condition = prop_oneof![
        Just(Condition::Started),
        Just(Condition::Healthy),
        Just(Condition::Completed),
        Just(Condition::CompletedSuccessfully),
        Just(Condition::LogReady),
    ];
    let policy = prop_oneof![
        Just(RestartPolicy::No),
        Just(RestartPolicy::OnFailure),
        Just(RestartPolicy::Always)
    ];
    let one = (
        prop_oneof![
            4 => Just(Kind::Process),
            2 => Just(Kind::Task),
            1 => Just(Kind::Dependency)
        ],
        prop_oneof![Just(Check::None), Just(Check::Probe), Just(Check::Log)],
        policy,
        prop::option::of(0_u32..3),
        prop::collection::vec((pick(), condition), 0..4),
        any::<bool>(),
    );
    prop::collection::vec(one, 1..9).prop_map(|all| {
        let mut specs = IndexMap::new();
        for (at, (kind, check, policy, most, needs, optional)) in all.into_iter().enumerate() {
            let mut spec = spec(kind, &[]);
            if kind == Kind::Process {
                spec.check = check;
                spec.restart = restart(policy, most);
            }
            if at > 0 && kind != Kind::Dependency {
                for (index, condition) in needs {
                    spec.depends_on
                        .insert(format!("u{}", index.index(at)), condition);
                }
            }
            spec.optional = optional;
            specs.insert(format!("u{at}"), spec);
        }
        specs
    })
}

#[derive(Clone, Debug)]
enum Action {
    Confirm(Pick),
    Exit(Pick, i32),
    Healthy(Pick),
    Unhealthy(Pick),
    Line(Pick),
    Find(Pick, bool),
    Start(Vec<Pick>),
    Stop(Vec<Pick>),
    Restart(Vec<Pick>),
    Files(Pick),
    Wait(u64),
    Reload(IndexMap<String, Spec>, Vec<Pick>),
}

fn action() -> impl Strategy<Value = Action> {
    let some = || prop::collection::vec(pick(), 1..3);
    prop_oneof![
        6 => pick().prop_map(Action::Confirm),
        4 => (pick(), 0..3).prop_map(|(at, code)| Action::Exit(at, code)),
        4 => pick().prop_map(Action::Healthy),
        1 => pick().prop_map(Action::Unhealthy),
        2 => pick().prop_map(Action::Line),
        2 => (pick(), any::<bool>()).prop_map(|(at, found)| Action::Find(at, found)),
        2 => some().prop_map(Action::Start),
        2 => some().prop_map(Action::Stop),
        1 => some().prop_map(Action::Restart),
        1 => pick().prop_map(Action::Files),
        3 => (0_u64..20).prop_map(Action::Wait),
        1 => (specs(), some()).prop_map(|(specs, restart)| Action::Reload(specs, restart)),
    ]
}

/// A run as the outside world sees it.
#[derive(Clone, Debug)]
struct Real {
    run: Run,
    kind: Kind,
    confirmed: bool,
    healthy: bool,
    line: bool,
    signalled: bool,
    killed: bool,
}

/// A model of the outside world: the runs that exist and existed, derived from effects and inputs
/// only.
#[derive(Default)]
struct World {
    plan: Plan,
    now: Duration,
    specs: IndexMap<String, Spec>,
    real: BTreeMap<String, Real>,
    /// The exit of each unit's last run. None when a command stopped it.
    ended: BTreeMap<String, (Option<Exit>, bool)>,
    found: BTreeMap<String, bool>,
    /// Units that were stopped and not started since.
    stopped: BTreeSet<String>,
    shutdown_deadline: bool,
    closed: u32,
}

impl World {
    fn step(&mut self, input: Input) {
        if let Input::Exited { name, run, exit } = &input {
            let real = self.real.remove(name).unwrap();
            assert_eq!(real.run, *run);
            let exit = (!real.signalled).then(|| exit.clone());
            self.ended.insert(name.clone(), (exit, real.line));
        }
        let effects = self.plan.step(self.now, 0.5, input);
        for effect in effects {
            self.check(effect);
        }
        self.consistent();
    }

    fn check(&mut self, effect: Effect) {
        match effect {
            Effect::Spawn { name, run } | Effect::FindDependency { name, run } => {
                assert!(!self.shutdown_deadline, "{name} started while closing");
                assert!(
                    !self.real.contains_key(&name),
                    "two instances of {name} at once"
                );
                assert!(
                    !self.stopped.contains(&name),
                    "{name} started after it was stopped"
                );
                let spec = self.specs[&name].clone();
                for (needed, condition) in &spec.depends_on {
                    assert!(
                        self.holds(needed, *condition),
                        "{name} started before {needed} was {condition:?}"
                    );
                }
                self.ended.remove(&name);
                self.found.remove(&name);
                self.real.insert(
                    name,
                    Real {
                        run,
                        kind: spec.kind,
                        confirmed: false,
                        healthy: false,
                        line: false,
                        signalled: false,
                        killed: false,
                    },
                );
            }
            Effect::Signal { name, run } => {
                for (other, real) in &self.real {
                    let depends = self
                        .specs
                        .get(other)
                        .is_some_and(|spec| self.reaches(spec, &name));
                    assert!(
                        !(depends && self.shutdown_deadline && real.kind != Kind::Dependency),
                        "{name} was asked to stop before {other}"
                    );
                }
                let real = self.real.get_mut(&name).unwrap();
                assert_eq!(real.run, run);
                assert!(!real.signalled, "{name} was asked twice");
                real.signalled = true;
            }
            Effect::Kill { name, run } => {
                let real = self.real.get_mut(&name).unwrap();
                assert_eq!(real.run, run);
                assert!(!real.killed, "{name} was killed twice");
                real.signalled = true;
                real.killed = true;
            }
            Effect::StopSearch { name, run } => {
                assert_eq!(self.real.remove(&name).unwrap().run, run);
            }
            Effect::Removed { name } => {
                assert!(!self.specs.contains_key(&name), "{name} is still there");
                assert!(!self.real.contains_key(&name), "{name} still runs");
                self.ended.remove(&name);
                self.found.remove(&name);
            }
            Effect::Closed => {
                assert!(self.shutdown_deadline);
                assert!(self.real.is_empty(), "closed while something runs");
                self.closed += 1;
            }
            Effect::Log { .. } => {}
        }
    }

    fn reaches(&self, spec: &Spec, name: &str) -> bool {
        spec.depends_on.keys().any(|needed| {
            needed == name
                || self
                    .specs
                    .get(needed)
                    .is_some_and(|spec| self.reaches(spec, name))
        })
    }

    /// Whether a condition holds in this model.
    fn holds(&self, name: &str, condition: Condition) -> bool {
        let spec = &self.specs[name];
        if spec.kind == Kind::Dependency {
            return match self.found.get(name) {
                Some(found) => *found || spec.optional,
                None => false,
            };
        }
        if let Some(real) = self.real.get(name) {
            return match condition {
                Condition::Started => real.confirmed,
                Condition::Healthy if spec.check == Check::None => real.confirmed,
                Condition::Healthy => real.healthy,
                Condition::LogReady => real.line,
                Condition::Completed | Condition::CompletedSuccessfully => false,
            };
        }
        match (self.ended.get(name), condition) {
            (Some((Some(_), _)), Condition::Completed) => true,
            // A task that timed out was stopped, and has completed all the same.
            (Some((None, _)), Condition::Completed) => spec.kind == Kind::Task,
            (Some((Some(Exit::Code(0)), line)), condition) => match condition {
                Condition::Healthy => spec.check == Check::None,
                Condition::LogReady => *line,
                _ => true,
            },
            _ => false,
        }
    }

    /// Checks that the states of the scheduler match this model.
    fn consistent(&self) {
        for (name, state) in self.plan.states() {
            let exists = self
                .real
                .get(name)
                .is_some_and(|real| real.kind != Kind::Dependency);
            if exists {
                assert!(
                    matches!(
                        state.status,
                        Status::Starting | Status::Running | Status::Stopping
                    ),
                    "{name} runs, but is {:?}",
                    state.status
                );
            } else if state.kind != Kind::Dependency {
                assert!(
                    !matches!(state.status, Status::Starting | Status::Running),
                    "{name} does not run, but is {:?}",
                    state.status
                );
            }
        }
    }

    fn pick(&self, at: Pick) -> Option<(String, Real)> {
        let all: Vec<_> = self.real.iter().collect();
        (!all.is_empty()).then(|| {
            let (name, real) = all[at.index(all.len())];
            (name.clone(), real.clone())
        })
    }

    fn name(&self, at: Pick) -> String {
        self.specs
            .get_index(at.index(self.specs.len()))
            .unwrap()
            .0
            .clone()
    }

    /// Records a start command for these units and everything that they depend on.
    fn record_start(&mut self, names: &[String]) {
        for name in names {
            self.stopped.remove(name);
            let needed: Vec<String> = self.specs[name].depends_on.keys().cloned().collect();
            self.record_start(&needed);
        }
    }

    fn action(&mut self, action: Action) {
        match action {
            Action::Confirm(at) => self.confirm(at),
            Action::Exit(at, code) => {
                if let Some((name, real)) = self.pick(at)
                    && real.kind != Kind::Dependency
                {
                    let exit = match code {
                        2 if !real.confirmed => Exit::Failed("no such folder".into()),
                        2 => Exit::Signal(9),
                        code => Exit::Code(code),
                    };
                    self.step(Input::Exited {
                        name,
                        run: real.run,
                        exit,
                    });
                }
            }
            Action::Healthy(at) => self.probe(at, true),
            Action::Unhealthy(at) => self.probe(at, false),
            Action::Line(at) => self.line(at),
            Action::Find(at, found) => self.find(at, found),
            Action::Start(at) => {
                let names: Vec<_> = at.into_iter().map(|at| self.name(at)).collect();
                self.record_start(&names);
                self.step(Input::Start(names));
            }
            Action::Stop(at) => {
                let names: Vec<_> = at.into_iter().map(|at| self.name(at)).collect();
                self.stopped.extend(names.iter().cloned());
                for name in &names {
                    self.found.remove(name);
                }
                self.step(Input::Stop(names));
            }
            Action::Restart(at) => {
                let names: Vec<_> = at.into_iter().map(|at| self.name(at)).collect();
                self.record_start(&names);
                self.step(Input::Restart(names));
            }
            Action::Files(at) => {
                let name = self.name(at);
                if !self.stopped.contains(&name) {
                    let name = [name];
                    self.record_start(&name);
                    let [name] = name;
                    self.files_changed(name);
                } else {
                    self.files_changed(name);
                }
            }
            Action::Wait(seconds) => {
                self.now += Duration::from_secs(seconds);
                self.step(Input::Tick);
            }
            Action::Reload(specs, restart) => {
                let restart = restart
                    .into_iter()
                    .map(|at| specs.get_index(at.index(specs.len())).unwrap().0.clone())
                    .collect();
                self.specs = specs.clone();
                // Changed units may depend on units that were stopped.
                self.stopped.clear();
                self.step(Input::Reload {
                    specs,
                    restart,
                    wanted: None,
                });
            }
        }
    }

    fn files_changed(&mut self, name: String) {
        let run = self.plan.newest_run(&name);
        self.step(Input::FilesChanged { name, run });
    }

    fn confirm(&mut self, at: Pick) {
        if let Some((name, real)) = self.pick(at)
            && real.kind != Kind::Dependency
        {
            self.real.get_mut(&name).unwrap().confirmed = true;
            self.step(Input::Spawned {
                name,
                run: real.run,
                pid: 7,
            });
        }
    }

    fn probe(&mut self, at: Pick, healthy: bool) {
        if let Some((name, real)) = self.pick(at)
            && real.confirmed
            && self.specs.get(&name).is_some_and(|spec| match spec.check {
                Check::None => false,
                Check::Probe => true,
                Check::Log => !healthy && !real.line,
            })
        {
            let run = real.run;
            self.real.get_mut(&name).unwrap().healthy = healthy;
            self.step(if healthy {
                Input::Healthy { name, run }
            } else {
                Input::Unhealthy {
                    name,
                    run,
                    reason: "no answer".into(),
                }
            });
        }
    }

    fn line(&mut self, at: Pick) {
        if let Some((name, real)) = self.pick(at)
            && real.confirmed
            && self
                .specs
                .get(&name)
                .is_some_and(|spec| spec.check == Check::Log)
        {
            let one = self.real.get_mut(&name).unwrap();
            one.line = true;
            one.healthy = true;
            self.step(Input::LogReady {
                name,
                run: real.run,
            });
        }
    }

    fn find(&mut self, at: Pick, found: bool) {
        if let Some((name, real)) = self.pick(at)
            && real.kind == Kind::Dependency
        {
            let run = real.run;
            self.real.remove(&name);
            self.found.insert(name.clone(), found);
            self.step(if found {
                Input::DependencyFound { name, run }
            } else {
                Input::DependencyMissing {
                    name,
                    run,
                    reason: "nothing listens".into(),
                }
            });
        }
    }

    /// Lets everything finish: stopped units end (with `stubborn` only when killed), started units
    /// become ready, tasks end. The scheduler must become idle.
    fn rest(&mut self, stubborn: bool) {
        for _ in 0..2_000 {
            let mut quiet = true;
            let all: Vec<_> = self.real.clone().into_iter().collect();
            for (name, real) in all {
                // The effects of an earlier step may have changed the unit.
                let Some(real) = self.real.get(&name).filter(|now| now.run == real.run) else {
                    continue;
                };
                let real = real.clone();
                let check = self.specs.get(&name).map_or(Check::None, |spec| spec.check);
                let at = self.real.keys().position(|other| *other == name).unwrap();
                let at = Pick(at);
                if real.kind == Kind::Dependency {
                    self.find(at, true);
                } else if real.killed || (real.signalled && !stubborn) {
                    self.step(Input::Exited {
                        name,
                        run: real.run,
                        exit: Exit::Signal(15),
                    });
                } else if !real.confirmed {
                    self.confirm(at);
                } else if real.kind == Kind::Task && !real.signalled {
                    self.step(Input::Exited {
                        name,
                        run: real.run,
                        exit: Exit::Code(0),
                    });
                } else if !real.healthy && !real.signalled && check == Check::Probe {
                    self.probe(at, true);
                } else if !real.line && !real.signalled && check == Check::Log {
                    self.line(at);
                } else {
                    continue;
                }
                quiet = false;
            }
            if let Some(deadline) = self.plan.deadline() {
                self.now = self.now.max(deadline);
                self.step(Input::Tick);
                quiet = false;
            }
            if quiet {
                return;
            }
        }
        panic!("it does not come to rest: {:#?}", self.plan);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_project_under_any_events_keeps_the_rules(
        specs in specs(),
        acts in prop::collection::vec(action(), 0..60),
        stubborn in any::<bool>(),
    ) {
        let mut world = World { specs: specs.clone(), ..World::default() };
        world.step(Input::Reload { specs, restart: BTreeSet::new(), wanted: None });
        for action in acts {
            world.action(action);
        }
        world.rest(stubborn);
        for (name, state) in world.plan.states() {
            prop_assert!(
                !matches!(state.status, Status::Starting | Status::Stopping),
                "{name} is still {:?}", state.status
            );
        }

        world.shutdown_deadline = true;
        world.step(Input::Shutdown { within: Duration::from_secs(30) });
        world.rest(stubborn);
        prop_assert!(world.real.is_empty());
        prop_assert_eq!(world.closed, 1);
        let names: Vec<String> = world.specs.keys().cloned().collect();
        world.step(Input::Start(names.clone()));
        world.step(Input::Restart(names));
        prop_assert!(world.real.is_empty());
    }
}
