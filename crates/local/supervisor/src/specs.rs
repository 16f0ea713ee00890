//! Derives the units of the scheduler from a project, and compares two versions of a project. Does
//! no I/O.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use indexmap::IndexMap;

use super::ReloadReport;
use super::plan::{Check, Spec};
use prox_config::model::{
    Dependency, HealthCheck, OnFailure, Probe, Process, Project, Restart, RestartPolicy, Task,
};
use prox_events::Kind;

/// The time that a task has to stop after its timeout or a stop command.
pub(crate) const TASK_STOP_TIMEOUT: Duration = Duration::from_secs(10);

const NO_RESTART: Restart = Restart {
    policy: RestartPolicy::No,
    backoff: Duration::ZERO,
    max_backoff: Duration::ZERO,
    max_restarts: None,
};

/// The units of a project, in the order in which they are shown.
pub(crate) fn of(project: &Project) -> IndexMap<String, Spec> {
    let processes = project
        .processes
        .iter()
        .map(|(name, one)| (name.clone(), process(one)));
    let tasks = project
        .tasks
        .iter()
        .map(|(name, one)| (name.clone(), task(one)));
    let dependencies = project
        .dependencies
        .iter()
        .map(|(name, one)| (name.clone(), dependency(one)));
    processes.chain(tasks).chain(dependencies).collect()
}

fn process(process: &Process) -> Spec {
    Spec {
        kind: Kind::Process,
        depends_on: process.depends_on.clone(),
        restart: process.restart.clone(),
        stop_timeout: process.stop_timeout,
        timeout: None,
        check: match &process.healthcheck {
            None => Check::None,
            Some(check) if matches!(check.probe, Probe::Log(_)) => Check::Log,
            Some(_) => Check::Probe,
        },
        optional: false,
    }
}

fn task(task: &Task) -> Spec {
    Spec {
        kind: Kind::Task,
        depends_on: task.depends_on.clone(),
        restart: NO_RESTART,
        stop_timeout: TASK_STOP_TIMEOUT,
        timeout: Some(task.timeout),
        check: Check::None,
        optional: false,
    }
}

fn dependency(dependency: &Dependency) -> Spec {
    Spec {
        kind: Kind::Dependency,
        depends_on: IndexMap::new(),
        restart: NO_RESTART,
        stop_timeout: TASK_STOP_TIMEOUT,
        timeout: None,
        check: Check::None,
        optional: dependency.on_failure == OnFailure::Warn,
    }
}

/// The changes of a reload from one version to the next.
pub(crate) fn compare(old: &Project, new: &Project) -> ReloadReport {
    let (before, after) = (of(old), of(new));
    let mut report = ReloadReport {
        added: missing(&after, &before),
        removed: missing(&before, &after),
        ..ReloadReport::default()
    };
    for name in after.keys().filter(|name| before.contains_key(*name)) {
        if needs_restart(old, new, name) {
            report.restarted.push(name.clone());
        } else if differs(old, new, name) {
            report.changed.push(name.clone());
        }
    }
    let sections = [
        ("api", old.api != new.api),
        ("logs", old.logs != new.logs),
        ("proxy", old.proxy != new.proxy),
        // Changed targets and names take effect at once; only ports need a restart.
        ("services", own_ports(old) != own_ports(new)),
    ];
    report.later = sections
        .into_iter()
        .filter_map(|(section, differs)| differs.then_some(section))
        .collect();
    report
}

/// The services with a proxy port of their own, and these ports.
fn own_ports(project: &Project) -> HashMap<&str, u16> {
    let services = project.services.iter();
    services
        .filter_map(|(name, service)| Some((name.as_str(), service.listen?)))
        .collect()
}

fn missing(of: &IndexMap<String, Spec>, from: &IndexMap<String, Spec>) -> Vec<String> {
    of.keys()
        .filter(|name| !from.contains_key(*name))
        .cloned()
        .collect()
}

fn differs(old: &Project, new: &Project, name: &str) -> bool {
    old.processes.get(name) != new.processes.get(name)
        || old.tasks.get(name) != new.tasks.get(name)
        || old.dependencies.get(name) != new.dependencies.get(name)
}

fn needs_restart(old: &Project, new: &Project, name: &str) -> bool {
    if let (Some(old), Some(new)) = (old.processes.get(name), new.processes.get(name)) {
        let line = |process: &Process| match &process.healthcheck {
            Some(HealthCheck {
                probe: Probe::Log(line),
                ..
            }) => Some(line.clone()),
            _ => None,
        };
        let new_line = line(new);
        return (&old.cmd, &old.dir, &old.env, old.pty)
            != (&new.cmd, &new.dir, &new.env, new.pty)
            // The line may have been written already.
            || (new_line.is_some() && new_line != line(old));
    }
    if let (Some(old), Some(new)) = (old.tasks.get(name), new.tasks.get(name)) {
        return (&old.cmd, &old.dir, &old.env) != (&new.cmd, &new.dir, &new.env);
    }
    if let (Some(old), Some(new)) = (old.dependencies.get(name), new.dependencies.get(name)) {
        return (&old.check, &old.start) != (&new.check, &new.start);
    }
    // It became another kind of unit.
    true
}

/// The units that names and groups mean, with everything that they depend on.
pub(crate) fn closure(project: &Project, only: &[String]) -> BTreeSet<String> {
    let specs = of(project);
    let mut left: Vec<String> = only
        .iter()
        .flat_map(|name| match project.groups.get(name) {
            Some(members) if !specs.contains_key(name) => members.clone(),
            _ => vec![name.clone()],
        })
        .collect();
    let mut all = BTreeSet::new();
    while let Some(name) = left.pop() {
        if let Some(spec) = specs.get(&name)
            && all.insert(name)
        {
            left.extend(spec.depends_on.keys().cloned());
        }
    }
    all
}
