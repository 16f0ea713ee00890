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

/// A plan with a clock, and shorthands for what happens to it.
struct Bench {
    plan: Plan,
    now: Duration,
    runs: BTreeMap<String, Run>,
}

impl Bench {
    fn new(specs: &[(&str, Spec)]) -> (Self, Vec<Effect>) {
        let mut bench = Self {
            plan: Plan::default(),
            now: Duration::ZERO,
            runs: BTreeMap::new(),
        };
        let effects = bench.step(Input::Reload {
            specs: specs
                .iter()
                .map(|(name, spec)| ((*name).to_owned(), spec.clone()))
                .collect(),
            restart: BTreeSet::new(),
            wanted: None,
        });
        (bench, effects)
    }

    fn step(&mut self, input: Input) -> Vec<Effect> {
        let effects = self.plan.step(self.now, 0.0, input);
        for effect in &effects {
            if let Effect::Spawn { name, run } | Effect::Look { name, run } = effect {
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
            Effect::Spawn { name, .. } | Effect::Look { name, .. } => Some(name.as_str()),
            _ => None,
        })
        .collect()
}

/// The names that these effects ask to stop.
#[test]
fn a_short_wait_is_told_in_milliseconds() {
    let told = [20, 100, 1_300].map(|wait| soon(Duration::from_millis(wait)));
    assert_eq!(told, ["in 20 ms", "in 0.1 s", "in 1.3 s"]);
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
fn what_depends_on_nothing_starts_at_once_and_together() {
    let (_, effects) = Bench::new(&[
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
    let (mut bench, effects) =
        Bench::new(&[("web", process(&[("db", Condition::Healthy)])), ("db", db)]);
    assert_eq!(starts(&effects), ["db"]);
    assert!(starts(&bench.spawned("db")).is_empty());
    assert_eq!(bench.status("db"), Status::Starting);
    assert_eq!(bench.status("web"), Status::Waiting);
    assert_eq!(starts(&bench.healthy("db")), ["web"]);
    bench.spawned("web");
    assert_eq!(bench.plan.settled(), Ready::NotYet);
    bench.later(1);
    assert_eq!(bench.plan.settled(), Ready::Yes);
}

#[test]
fn a_process_that_crashed_just_before_settles_later() {
    let mut api = process(&[]);
    api.restart = restart(RestartPolicy::Always, None);
    let (mut bench, _) = Bench::new(&[("api", api)]);
    bench.spawned("api");
    bench.exited("api", Exit::Code(1));
    bench.later(1);
    bench.spawned("api");
    bench.later(1);
    assert_eq!(bench.plan.settled(), Ready::NotYet);
    assert_eq!(
        bench.plan.deadline(),
        Some(bench.now + Duration::from_secs(1))
    );
    bench.later(1);
    assert_eq!(bench.plan.settled(), Ready::Yes);
    assert_eq!(bench.plan.deadline(), None);
}

#[test]
fn dependent_is_blocked_while_its_task_fails() {
    let (mut bench, _) = Bench::new(&[
        ("migrate", spec(Kind::Task, &[])),
        (
            "api",
            process(&[("migrate", Condition::CompletedSuccessfully)]),
        ),
        ("web", process(&[("api", Condition::Healthy)])),
    ]);
    bench.spawned("migrate");
    bench.exited("migrate", Exit::Code(3));
    assert_eq!(bench.status("migrate"), Status::Crashed);
    assert_eq!(bench.status("api"), Status::Blocked);
    assert_eq!(bench.status("web"), Status::Blocked);
    assert!(matches!(bench.plan.settled(), Ready::No(_)));

    let effects = bench.step(Input::Start(names(&["web"])));
    assert_eq!(starts(&effects), ["migrate"]);
    bench.spawned("migrate");
    assert_eq!(starts(&bench.exited("migrate", Exit::Code(0))), ["api"]);
    assert_eq!(bench.status("web"), Status::Waiting);
    assert_eq!(starts(&bench.spawned("api")), ["web"]);
}

#[test]
fn a_failed_task_is_enough_for_completed() {
    let (mut bench, _) = Bench::new(&[
        ("seed", spec(Kind::Task, &[])),
        ("api", process(&[("seed", Condition::Completed)])),
    ]);
    assert_eq!(starts(&bench.exited("seed", Exit::Code(1))), ["api"]);
}

#[test]
fn a_restart_waits_longer_each_time_and_gives_up() {
    let mut api = process(&[]);
    api.restart = restart(RestartPolicy::OnFailure, Some(4));
    let (mut bench, _) = Bench::new(&[("api", api)]);
    for wait in [1, 2, 4, 5] {
        bench.spawned("api");
        bench.exited("api", Exit::Code(1));
        assert_eq!(bench.status("api"), Status::Waiting);
        assert_eq!(
            bench.plan.deadline(),
            Some(bench.now + Duration::from_secs(wait))
        );
        assert_eq!(starts(&bench.later(wait)), ["api"]);
    }
    bench.spawned("api");
    bench.exited("api", Exit::Signal(11));
    assert_eq!(bench.status("api"), Status::Crashed);
    assert_eq!(bench.plan.deadline(), None);
    assert_eq!(bench.plan.units["api"].restarts, 4);
}

#[test]
fn a_long_run_begins_a_new_row_of_restarts() {
    let mut api = process(&[]);
    api.restart = restart(RestartPolicy::Always, Some(1));
    let (mut bench, _) = Bench::new(&[("api", api)]);
    for _ in 0..3 {
        bench.spawned("api");
        bench.later(11);
        bench.exited("api", Exit::Code(0));
        assert_eq!(starts(&bench.later(1)), ["api"]);
    }
}

#[test]
fn the_wait_is_jittered_by_a_fifth() {
    let mut api = process(&[]);
    api.restart = restart(RestartPolicy::Always, None);
    for (chance, wait) in [(-1.0, 800), (1.0, 1200)] {
        let (mut bench, _) = Bench::new(&[("api", api.clone())]);
        let exited = Input::Exited {
            name: "api".into(),
            run: bench.runs["api"],
            exit: Exit::Code(0),
        };
        bench.plan.step(bench.now, chance, exited);
        assert_eq!(bench.plan.deadline(), Some(Duration::from_millis(wait)));
    }
}

#[test]
fn dependents_stop_first_and_the_rest_together() {
    let (mut bench, _) = Bench::new(&[
        ("db", process(&[])),
        ("api", process(&[("db", Condition::Started)])),
        ("worker", process(&[("db", Condition::Started)])),
    ]);
    bench.spawned("db");
    bench.spawned("api");
    bench.spawned("worker");
    let effects = bench.step(Input::Shutdown {
        within: Duration::from_secs(60),
    });
    assert_eq!(signals(&effects), ["api", "worker"]);
    assert_eq!(bench.status("db"), Status::Stopping);
    assert!(signals(&bench.exited("api", Exit::Signal(15))).is_empty());
    assert_eq!(signals(&bench.exited("worker", Exit::Code(0))), ["db"]);
    let effects = bench.exited("db", Exit::Code(0));
    assert!(effects.contains(&Effect::Closed));
}

#[test]
fn what_does_not_stop_in_time_is_killed() {
    let (mut bench, _) = Bench::new(&[("api", process(&[]))]);
    bench.spawned("api");
    bench.step(Input::Stop(names(&["api"])));
    assert!(kills(&bench.later(9)).is_empty());
    assert_eq!(kills(&bench.later(1)), ["api"]);
    assert!(kills(&bench.later(60)).is_empty());
    bench.exited("api", Exit::Signal(9));
    assert_eq!(bench.status("api"), Status::Stopped);
}

#[test]
fn everything_is_killed_when_the_shutdown_takes_too_long() {
    let (mut bench, _) = Bench::new(&[
        ("db", process(&[])),
        ("api", process(&[("db", Condition::Started)])),
    ]);
    bench.spawned("db");
    bench.spawned("api");
    bench.step(Input::Shutdown {
        within: Duration::from_secs(3),
    });
    assert_eq!(bench.plan.deadline(), Some(Duration::from_secs(3)));
    assert_eq!(kills(&bench.later(3)), ["db", "api"]);
}

#[test]
fn a_task_that_takes_too_long_has_failed() {
    let (mut bench, _) = Bench::new(&[
        ("migrate", spec(Kind::Task, &[])),
        (
            "api",
            process(&[("migrate", Condition::CompletedSuccessfully)]),
        ),
    ]);
    bench.spawned("migrate");
    assert_eq!(signals(&bench.later(60)), ["migrate"]);
    bench.exited("migrate", Exit::Code(0));
    assert_eq!(bench.status("migrate"), Status::Crashed);
    assert_eq!(bench.status("api"), Status::Blocked);
}

#[test]
fn a_group_restarts_in_order() {
    let (mut bench, _) = Bench::new(&[
        ("db", process(&[])),
        ("api", process(&[("db", Condition::Started)])),
    ]);
    bench.spawned("db");
    bench.spawned("api");
    let effects = bench.step(Input::Restart(names(&["db", "api"])));
    assert_eq!(signals(&effects), ["api"]);
    let effects = bench.exited("api", Exit::Signal(15));
    assert_eq!(signals(&effects), ["db"]);
    assert!(starts(&effects).is_empty());
    assert_eq!(starts(&bench.exited("db", Exit::Signal(15))), ["db"]);
    assert_eq!(starts(&bench.spawned("db")), ["api"]);
}

#[test]
fn an_absent_dependency_blocks_unless_it_is_optional() {
    for (optional, status) in [(false, Status::Blocked), (true, Status::Starting)] {
        let mut cache = spec(Kind::Dependency, &[]);
        cache.optional = optional;
        let (mut bench, effects) = Bench::new(&[
            ("cache", cache),
            ("api", process(&[("cache", Condition::Healthy)])),
        ]);
        assert_eq!(starts(&effects), ["cache"]);
        let run = bench.runs["cache"];
        bench.step(Input::Absent {
            name: "cache".into(),
            run,
            reason: "nothing listens".into(),
        });
        assert_eq!(bench.status("api"), status);
    }
}

#[test]
fn what_is_told_about_an_earlier_run_is_ignored() {
    let mut api = process(&[]);
    api.check = Check::Probe;
    let (mut bench, _) = Bench::new(&[("api", api)]);
    let old = bench.runs["api"];
    bench.spawned("api");
    bench.step(Input::Restart(names(&["api"])));
    bench.exited("api", Exit::Signal(15));
    bench.spawned("api");
    bench.step(Input::Healthy {
        name: "api".into(),
        run: old,
    });
    bench.step(Input::Exited {
        name: "api".into(),
        run: old,
        exit: Exit::Code(0),
    });
    assert_eq!(bench.status("api"), Status::Starting);
}

#[test]
fn changed_files_start_a_crashed_process_not_a_stopped_one() {
    let (mut bench, _) = Bench::new(&[("api", process(&[]))]);
    bench.spawned("api");
    bench.exited("api", Exit::Code(1));
    let effects = bench.files_changed("api");
    assert_eq!(starts(&effects), ["api"]);
    bench.spawned("api");
    bench.step(Input::Stop(names(&["api"])));
    bench.exited("api", Exit::Signal(15));
    let effects = bench.files_changed("api");
    assert!(starts(&effects).is_empty());
}

#[test]
fn files_that_changed_before_the_start_do_not_start_again() {
    let (mut bench, _) = Bench::new(&[("api", process(&[]))]);
    let first = bench.runs["api"];
    bench.spawned("api");
    bench.step(Input::Restart(names(&["api"])));
    bench.exited("api", Exit::Signal(15));
    bench.spawned("api");
    let effects = bench.step(Input::FilesChanged {
        name: "api".into(),
        run: first,
    });
    assert!(effects.is_empty(), "{effects:?}");
    assert_eq!(signals(&bench.files_changed("api")), ["api"]);
}

#[test]
fn a_reload_touches_only_what_changed() {
    let (mut bench, _) = Bench::new(&[
        ("same", process(&[])),
        ("changed", process(&[])),
        ("gone", process(&[])),
    ]);
    for name in ["same", "changed", "gone"] {
        bench.spawned(name);
    }
    let effects = bench.step(Input::Reload {
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
    let effects = bench.exited("gone", Exit::Signal(15));
    assert!(effects.contains(&Effect::Removed {
        name: "gone".into()
    }));
    assert_eq!(
        starts(&bench.exited("changed", Exit::Signal(15))),
        ["changed"]
    );
    assert_eq!(starts(&bench.spawned("changed")), ["new"]);
    assert_eq!(bench.status("same"), Status::Running);
}

/// One of several, whose number is not known yet.
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
enum Act {
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

fn act() -> impl Strategy<Value = Act> {
    let some = || prop::collection::vec(pick(), 1..3);
    prop_oneof![
        6 => pick().prop_map(Act::Confirm),
        4 => (pick(), 0..3).prop_map(|(at, code)| Act::Exit(at, code)),
        4 => pick().prop_map(Act::Healthy),
        1 => pick().prop_map(Act::Unhealthy),
        2 => pick().prop_map(Act::Line),
        2 => (pick(), any::<bool>()).prop_map(|(at, found)| Act::Find(at, found)),
        2 => some().prop_map(Act::Start),
        2 => some().prop_map(Act::Stop),
        1 => some().prop_map(Act::Restart),
        1 => pick().prop_map(Act::Files),
        3 => (0_u64..20).prop_map(Act::Wait),
        1 => (specs(), some()).prop_map(|(specs, restart)| Act::Reload(specs, restart)),
    ]
}

/// What the outside knows of one run.
#[derive(Clone, Debug)]
struct Real {
    run: Run,
    kind: Kind,
    confirmed: bool,
    healthy: bool,
    line: bool,
    asked: bool,
    killed: bool,
}

/// The outside: what really runs and ran, told by effects and inputs alone.
#[derive(Default)]
struct World {
    plan: Plan,
    now: Duration,
    specs: IndexMap<String, Spec>,
    real: BTreeMap<String, Real>,
    /// How each unit's last run ended; none when it was asked to.
    ended: BTreeMap<String, (Option<Exit>, bool)>,
    found: BTreeMap<String, bool>,
    /// Units that were stopped and not started since.
    stopped: BTreeSet<String>,
    closing: bool,
    closed: u32,
}

impl World {
    fn step(&mut self, input: Input) {
        if let Input::Exited { name, run, exit } = &input {
            let real = self.real.remove(name).unwrap();
            assert_eq!(real.run, *run);
            let exit = (!real.asked).then(|| exit.clone());
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
            Effect::Spawn { name, run } | Effect::Look { name, run } => {
                assert!(!self.closing, "{name} started while closing");
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
                        asked: false,
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
                        !(depends && self.closing && real.kind != Kind::Dependency),
                        "{name} was asked to stop before {other}"
                    );
                }
                let real = self.real.get_mut(&name).unwrap();
                assert_eq!(real.run, run);
                assert!(!real.asked, "{name} was asked twice");
                real.asked = true;
            }
            Effect::Kill { name, run } => {
                let real = self.real.get_mut(&name).unwrap();
                assert_eq!(real.run, run);
                assert!(!real.killed, "{name} was killed twice");
                real.asked = true;
                real.killed = true;
            }
            Effect::Abandon { name, run } => {
                assert_eq!(self.real.remove(&name).unwrap().run, run);
            }
            Effect::Removed { name } => {
                assert!(!self.specs.contains_key(&name), "{name} is still there");
                assert!(!self.real.contains_key(&name), "{name} still runs");
                self.ended.remove(&name);
                self.found.remove(&name);
            }
            Effect::Closed => {
                assert!(self.closing);
                assert!(self.real.is_empty(), "closed while something runs");
                self.closed += 1;
            }
            Effect::Say { .. } => {}
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

    /// The condition, from the outside alone.
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
            // A task that took too long was asked to stop, and has completed all the same.
            (Some((None, _)), Condition::Completed) => spec.kind == Kind::Task,
            (Some((Some(Exit::Code(0)), line)), condition) => match condition {
                Condition::Healthy => spec.check == Check::None,
                Condition::LogReady => *line,
                _ => true,
            },
            _ => false,
        }
    }

    /// What the plan shows is what really is.
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

    /// Somebody asked for these, so also for what they need.
    fn asked_for(&mut self, names: &[String]) {
        for name in names {
            self.stopped.remove(name);
            let needed: Vec<String> = self.specs[name].depends_on.keys().cloned().collect();
            self.asked_for(&needed);
        }
    }

    fn act(&mut self, act: Act) {
        match act {
            Act::Confirm(at) => self.confirm(at),
            Act::Exit(at, code) => {
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
            Act::Healthy(at) => self.probe(at, true),
            Act::Unhealthy(at) => self.probe(at, false),
            Act::Line(at) => self.line(at),
            Act::Find(at, found) => self.find(at, found),
            Act::Start(at) => {
                let names: Vec<_> = at.into_iter().map(|at| self.name(at)).collect();
                self.asked_for(&names);
                self.step(Input::Start(names));
            }
            Act::Stop(at) => {
                let names: Vec<_> = at.into_iter().map(|at| self.name(at)).collect();
                self.stopped.extend(names.iter().cloned());
                for name in &names {
                    self.found.remove(name);
                }
                self.step(Input::Stop(names));
            }
            Act::Restart(at) => {
                let names: Vec<_> = at.into_iter().map(|at| self.name(at)).collect();
                self.asked_for(&names);
                self.step(Input::Restart(names));
            }
            Act::Files(at) => {
                let name = self.name(at);
                if !self.stopped.contains(&name) {
                    let name = [name];
                    self.asked_for(&name);
                    let [name] = name;
                    self.files_changed(name);
                } else {
                    self.files_changed(name);
                }
            }
            Act::Wait(seconds) => {
                self.now += Duration::from_secs(seconds);
                self.step(Input::Tick);
            }
            Act::Reload(specs, restart) => {
                let restart = restart
                    .into_iter()
                    .map(|at| specs.get_index(at.index(specs.len())).unwrap().0.clone())
                    .collect();
                self.specs = specs.clone();
                // What needs them may ask for what was stopped.
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
                Input::Found { name, run }
            } else {
                Input::Absent {
                    name,
                    run,
                    reason: "nothing listens".into(),
                }
            });
        }
    }

    /// Everything answers at last: what is asked to stop ends, unless it is stubborn and has to
    /// be killed; what starts becomes ready; tasks end. Must come to rest.
    fn rest(&mut self, stubborn: bool) {
        for _ in 0..2_000 {
            let mut quiet = true;
            let all: Vec<_> = self.real.clone().into_iter().collect();
            for (name, real) in all {
                // An earlier one's effects may have changed it.
                let Some(real) = self.real.get(&name).filter(|now| now.run == real.run) else {
                    continue;
                };
                let real = real.clone();
                let check = self.specs.get(&name).map_or(Check::None, |spec| spec.check);
                let at = self.real.keys().position(|other| *other == name).unwrap();
                let at = Pick(at);
                if real.kind == Kind::Dependency {
                    self.find(at, true);
                } else if real.killed || (real.asked && !stubborn) {
                    self.step(Input::Exited {
                        name,
                        run: real.run,
                        exit: Exit::Signal(15),
                    });
                } else if !real.confirmed {
                    self.confirm(at);
                } else if real.kind == Kind::Task && !real.asked {
                    self.step(Input::Exited {
                        name,
                        run: real.run,
                        exit: Exit::Code(0),
                    });
                } else if !real.healthy && !real.asked && check == Check::Probe {
                    self.probe(at, true);
                } else if !real.line && !real.asked && check == Check::Log {
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
        acts in prop::collection::vec(act(), 0..60),
        stubborn in any::<bool>(),
    ) {
        let mut world = World { specs: specs.clone(), ..World::default() };
        world.step(Input::Reload { specs, restart: BTreeSet::new(), wanted: None });
        for act in acts {
            world.act(act);
        }
        world.rest(stubborn);
        for (name, state) in world.plan.states() {
            prop_assert!(
                !matches!(state.status, Status::Starting | Status::Stopping),
                "{name} is still {:?}", state.status
            );
        }

        world.closing = true;
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
