//! Projects built by hand, and a supervisor that runs them with the real `prox`.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use indexmap::IndexMap;
use prox_config::model::{
    Api, Capture, Condition, Dependency, HealthCheck, Logs, OnFailure, Probe, Process, Project,
    Proxy, Restart, RestartPolicy, StopSignal, Task,
};
use prox_events::{EventBus, LogLine, ProcessView, Status, Stream};
use prox_logs::{Query, Store};
use prox_supervisor::Supervisor;
use tempfile::TempDir;

/// The timeout of everything in these tests.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// A project in its own folder, which is empty except for the logs.
pub(crate) fn project(root: &Path) -> Project {
    Project {
        root: root.to_owned(),
        file: root.join("prox.yaml"),
        env_files: std::collections::BTreeSet::new(),
        api: Api {
            port: None,
            host: "127.0.0.1".into(),
            auth: true,
        },
        shutdown_timeout: Duration::from_secs(20),
        processes: IndexMap::new(),
        tasks: IndexMap::new(),
        dependencies: IndexMap::new(),
        groups: IndexMap::new(),
        services: IndexMap::new(),
        proxy: Proxy {
            enabled: false,
            http_port: None,
            https_port: None,
            domain: "localhost".into(),
            capture: Capture {
                enabled: false,
                max_body_size: 0,
                disk_budget: 0,
                redact: Vec::new(),
            },
        },
        logs: Logs {
            dir: Some(root.join("logs")),
            max_size: 10 << 20,
            max_files: 5,
            retention: Duration::from_secs(3600),
        },
        warnings: Vec::new(),
    }
}

/// A process in the root folder, with default settings.
pub(crate) fn process(root: &Path, cmd: &str) -> Process {
    Process {
        cmd: cmd.into(),
        dir: root.to_owned(),
        env: BTreeMap::new(),
        pty: false,
        stop_signal: StopSignal::Term,
        stop_timeout: Duration::from_secs(10),
        depends_on: IndexMap::new(),
        restart: Restart {
            policy: RestartPolicy::No,
            backoff: Duration::from_millis(50),
            max_backoff: Duration::from_secs(1),
            max_restarts: None,
        },
        watch: None,
        healthcheck: None,
    }
}

pub(crate) fn task(root: &Path, cmd: &str) -> Task {
    Task {
        cmd: cmd.into(),
        dir: root.to_owned(),
        env: BTreeMap::new(),
        depends_on: IndexMap::new(),
        timeout: LIMIT,
    }
}

pub(crate) fn dependency(check: Probe) -> Dependency {
    Dependency {
        check,
        timeout: LIMIT,
        interval: Duration::from_millis(50),
        start: None,
        on_failure: OnFailure::Fail,
    }
}

pub(crate) fn check(probe: Probe) -> HealthCheck {
    HealthCheck {
        probe,
        interval: Duration::from_millis(50),
        timeout: Duration::from_secs(5),
        retries: 2,
        start_period: Duration::ZERO,
    }
}

/// A health check by log line, without a time limit that a loaded machine would exceed.
pub(crate) fn line(pattern: &str) -> HealthCheck {
    HealthCheck {
        start_period: LIMIT,
        ..check(Probe::Log(pattern.into()))
    }
}

pub(crate) fn needs(names: &[(&str, Condition)]) -> IndexMap<String, Condition> {
    names
        .iter()
        .map(|(name, condition)| ((*name).to_owned(), *condition))
        .collect()
}

/// The folder of a test.
pub(crate) struct Place {
    dir: TempDir,
}

impl Place {
    pub(crate) fn new() -> Self {
        Self {
            dir: tempfile::tempdir().unwrap(),
        }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    pub(crate) fn project(&self) -> Project {
        project(&self.path())
    }

    pub(crate) fn process(&self, cmd: &str) -> Process {
        process(&self.path(), cmd)
    }

    pub(crate) fn task(&self, cmd: &str) -> Task {
        task(&self.path(), cmd)
    }

    /// A project with these processes.
    pub(crate) fn with(&self, processes: &[(&str, &str)]) -> Project {
        let mut project = self.project();
        for (name, cmd) in processes {
            project
                .processes
                .insert((*name).to_owned(), self.process(cmd));
        }
        project
    }

    pub(crate) fn start(&self, project: Project) -> Running {
        self.start_only(project, &[])
    }

    pub(crate) fn start_only(&self, project: Project, only: &[&str]) -> Running {
        let bus = Arc::new(EventBus::new());
        let logs = Store::open(&project.logs, "test", Arc::clone(&bus)).unwrap();
        let supervisor = Supervisor::start_with(
            env!("CARGO_BIN_EXE_prox").into(),
            project,
            only.iter().map(|name| (*name).to_owned()).collect(),
            Arc::clone(&bus),
            Arc::clone(&logs),
        );
        Running {
            supervisor,
            logs,
            bus,
        }
    }

    pub(crate) fn read(&self, file: &str) -> Option<String> {
        std::fs::read_to_string(self.path().join(file)).ok()
    }

    /// The process id that a command wrote to a file.
    pub(crate) async fn pid(&self, file: &str) -> i32 {
        until("the process id was written", || {
            self.read(file)?.trim().parse().ok()
        })
        .await
    }
}

/// A running project.
pub(crate) struct Running {
    pub(crate) supervisor: Arc<Supervisor>,
    pub(crate) logs: Arc<Store>,
    pub(crate) bus: Arc<EventBus>,
}

impl Running {
    pub(crate) fn view(&self, name: &str) -> ProcessView {
        self.supervisor.view(name).unwrap()
    }

    pub(crate) async fn status(&self, name: &str, status: Status) -> ProcessView {
        until(&format!("{name} is {status:?}"), || {
            Some(self.view(name)).filter(|view| view.status == status)
        })
        .await
    }

    pub(crate) fn lines(&self, name: &str) -> Vec<LogLine> {
        self.logs
            .tail(&Query::default())
            .into_iter()
            .filter(|line| line.process == name)
            .collect()
    }

    /// The lines that the process itself wrote.
    pub(crate) fn output(&self, name: &str) -> Vec<String> {
        let lines = self.lines(name).into_iter();
        lines
            .filter(|line| line.stream != Stream::System)
            .map(|line| line.line)
            .collect()
    }

    pub(crate) async fn line(&self, name: &str, text: &str) {
        until(&format!("{name} says {text:?}"), || {
            self.lines(name)
                .iter()
                .any(|line| line.line.contains(text))
                .then_some(())
        })
        .await;
    }
}

/// Waits until the function returns a value.
pub(crate) async fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begin = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begin.elapsed() < LIMIT, "never: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

/// Whether a process exists and is not a zombie.
pub(crate) fn exists(pid: i32) -> bool {
    match std::fs::read_to_string(format!("/proc/{pid}/stat")) {
        Ok(stat) => !stat.rsplit_once(") ").unwrap().1.starts_with('Z'),
        Err(_) if cfg!(target_os = "linux") => false,
        Err(_) => {
            rustix::process::test_kill_process(rustix::process::Pid::from_raw(pid).unwrap()).is_ok()
        }
    }
}

pub(crate) async fn gone(pid: i32) {
    until(&format!("process {pid} is gone"), || {
        (!exists(pid)).then_some(())
    })
    .await;
}
