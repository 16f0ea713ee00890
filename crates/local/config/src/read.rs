//! Converts a checked tree to a [`Project`]. Contains the defaults and every rule between values:
//! names that must exist, cycles, conditions that can never hold. Ignores mistakes that `check` has
//! reported already.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::net::IpAddr;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use indexmap::IndexMap;

use super::check::{flag, number};
use super::cycle;
use super::dotenv;
use super::model::*;
use super::problem::{self, Problem, Problems, quoted};
use super::schema::SIGNALS;
use super::source::{self, Source};
use super::user::UserConfig;
use super::value;
use super::yaml::{Entry, Node, Value};

/// The reserved name of the supervisor itself in the logs.
const RESERVED: &str = "prox";

/// Reads the values of one file.
pub(super) struct Reader<'a> {
    pub(super) source: &'a Arc<Source>,
    /// The folder to which paths are relative.
    pub(super) root: &'a Path,
    pub(super) home: Option<&'a Path>,
    /// The known variables: the environment over those of the top-level `env_file`.
    pub(super) known: &'a BTreeMap<String, String>,
    pub(super) problems: &'a mut Problems,
}

/// The kind of entry that a name refers to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ConfigKind {
    Process,
    Task,
    Dependency,
    Group,
}

impl ConfigKind {
    fn word(self) -> &'static str {
        match self {
            Self::Process => "process",
            Self::Task => "task",
            Self::Dependency => "dependency",
            Self::Group => "group",
        }
    }
}

/// A name with its kind and its position.
struct Named<'n> {
    kind: ConfigKind,
    entry: &'n Entry,
}

impl Reader<'_> {
    fn at(&self, span: &Range<usize>, message: impl Into<String>) -> Problem {
        problem::at(self.source, span.clone(), message)
    }

    /// The absolute form of a path in the file. `~` is the user's home.
    pub(super) fn path(&self, text: &str) -> PathBuf {
        let text = Path::new(text);
        match (text.strip_prefix("~"), self.home) {
            (Ok(below), Some(home)) => home.join(below),
            _ => self.root.join(text),
        }
    }

    /// Builds the project, without the values that `check` rejected.
    pub(super) fn project(
        &mut self,
        root: &Node,
        shared_env: &BTreeMap<String, String>,
        defaults: UserConfig,
        file: PathBuf,
    ) -> Project {
        let shutdown_timeout = duration(root, "shutdown_timeout").unwrap_or(seconds(10));
        let named = self.names(root);
        let mut processes = IndexMap::new();
        for entry in section(root, "processes") {
            let process = self.process(&entry.value, shared_env, shutdown_timeout, &named);
            processes.insert(entry.key.clone(), process);
        }
        let mut tasks = IndexMap::new();
        for entry in section(root, "tasks") {
            let task = self.task(&entry.value, shared_env, &named);
            tasks.insert(entry.key.clone(), task);
        }
        let dependencies = section(root, "dependencies")
            .iter()
            .map(|entry| (entry.key.clone(), dependency(&entry.value)))
            .collect();
        self.cycles(root);
        let groups = self.groups(root, &named);
        let api = self.api(root.get("api"), defaults.api);
        let has_services = !section(root, "services").is_empty();
        let mut proxy = self.proxy(root.get("proxy"), defaults.proxy);
        proxy.enabled = root
            .get("proxy")
            .and_then(|node| flag_of(node, "enabled"))
            .or(defaults.proxy_enabled)
            .unwrap_or(has_services);
        let services = self.services(root, &proxy);
        let logs = self.logs(root.get("logs"), defaults.logs);
        if processes.is_empty() && tasks.is_empty() && services.is_empty() {
            let found = problem::about(Arc::clone(self.source), "there is nothing to run in it")
                .with_help("add what runs, such as:\nprocesses:\n  web: npm run dev");
            self.problems.add(found);
        }
        Project {
            root: self.root.to_owned(),
            file,
            env_files: self.all_env_files(root),
            api,
            shutdown_timeout,
            processes,
            tasks,
            dependencies,
            groups,
            services,
            proxy,
            logs,
            warnings: Vec::new(),
        }
    }

    /// Collects all names, and reports each duplicate with the position of the first.
    fn names<'n>(&mut self, root: &'n Node) -> HashMap<&'n str, Named<'n>> {
        let mut named: HashMap<&str, Named> = HashMap::new();
        for (key, kind) in [
            ("processes", ConfigKind::Process),
            ("tasks", ConfigKind::Task),
            ("dependencies", ConfigKind::Dependency),
            ("groups", ConfigKind::Group),
        ] {
            for entry in section(root, key) {
                let name = entry.key.as_str();
                if name == RESERVED {
                    let found = self
                        .at(&entry.key_span, "the name \"prox\" is not possible")
                        .with_help("in the logs, this name means prox itself");
                    self.problems.add(found);
                }
                if let Some(first) = named.get(name) {
                    let found = self
                        .at(
                            &entry.key_span,
                            format!(
                                "a {} has the name {} already",
                                first.kind.word(),
                                quoted(name)
                            ),
                        )
                        .with_help(
                            "processes, tasks, dependencies and groups share their names, because commands take any of them",
                        )
                        .with_other(first.entry.key_span.clone(), "here first");
                    self.problems.add(found);
                } else {
                    named.insert(name, Named { kind, entry });
                }
            }
        }
        named
    }

    fn process(
        &mut self,
        node: &Node,
        shared_env: &BTreeMap<String, String>,
        shutdown_timeout: Duration,
        named: &HashMap<&str, Named>,
    ) -> Process {
        let own = node.get("stop_timeout");
        if let Some((node, longest)) = own.zip(duration(node, "stop_timeout"))
            && longest > shutdown_timeout
        {
            let found = self
                .at(
                    &node.span,
                    format!(
                        "`stop_timeout` is longer than `shutdown_timeout`, which is {}",
                        value::format_duration(shutdown_timeout)
                    ),
                )
                .with_help(
                    "raise `shutdown_timeout` too: when everything stops, nothing gets longer than that",
                );
            self.problems.add(found);
        }
        let healthcheck = node.get("healthcheck").and_then(healthcheck);
        Process {
            cmd: cmd(node),
            dir: self.dir(node),
            env: self.env(node, shared_env),
            pty: flag_of(node, "pty").unwrap_or(false),
            stop_signal: text(node, "stop_signal")
                .and_then(stop_signal)
                .unwrap_or_default(),
            stop_timeout: duration(node, "stop_timeout")
                .unwrap_or_else(|| shutdown_timeout.saturating_sub(seconds(2)).min(seconds(10))),
            depends_on: self.depends_on(node, named),
            restart: self.restart(node.get("restart")),
            watch: node.get("watch").map(|node| self.watch(node)),
            healthcheck,
        }
    }

    fn task(
        &mut self,
        node: &Node,
        shared_env: &BTreeMap<String, String>,
        named: &HashMap<&str, Named>,
    ) -> Task {
        Task {
            cmd: cmd(node),
            dir: self.dir(node),
            env: self.env(node, shared_env),
            depends_on: self.depends_on(node, named),
            timeout: duration(node, "timeout").unwrap_or(seconds(60)),
        }
    }

    fn dir(&self, node: &Node) -> PathBuf {
        text(node, "dir").map_or_else(|| self.root.to_owned(), |dir| self.path(dir))
    }

    fn env(
        &mut self,
        node: &Node,
        shared_env: &BTreeMap<String, String>,
    ) -> BTreeMap<String, String> {
        let mut env = shared_env.clone();
        if let Some(files) = node.get("env_file") {
            env.extend(self.env_files(files));
        }
        for entry in section(node, "env") {
            if let Some(text) = entry.value.text() {
                let here = self.at(&entry.key_span, "");
                dotenv::warn_of_dropped(here, &entry.key, self.problems);
                env.insert(entry.key.clone(), text.to_owned());
            }
        }
        env
    }

    /// The variables of the files of an `env_file` key; later files take precedence.
    pub(super) fn env_files(&mut self, node: &Node) -> BTreeMap<String, String> {
        let mut env = BTreeMap::new();
        for (file, named, path) in self.named_env_files(node) {
            let required = flag_of(file, "required").unwrap_or(true);
            match source::read(&path) {
                Ok(text) => {
                    let source = Arc::new(Source::secret(&path, text));
                    env.extend(dotenv::parse(&source, self.known, self.problems));
                }
                Err(error) if error.is_missing() && !required => {}
                Err(error) => {
                    let mut found = self.at(
                        &named.span,
                        format!("the env file {} {error}", path.display()),
                    );
                    if error.is_missing() {
                        found = found.with_help(
                            "make it, or write `{path: …, required: false}` when it may be missing",
                        );
                    }
                    self.problems.add(found);
                }
            }
        }
        env
    }

    /// The paths of an `env_file` key, with their positions.
    fn named_env_files<'n>(&self, node: &'n Node) -> Vec<(&'n Node, &'n Node, PathBuf)> {
        let files = match &node.value {
            Value::List(items) => items.as_slice(),
            _ => std::slice::from_ref(node),
        };
        let named = files.iter().filter_map(|file| {
            let named = match &file.value {
                Value::Scalar(_) => file,
                _ => file.get("path")?,
            };
            let text = named.text().filter(|text| !text.trim().is_empty())?;
            Some((file, named, self.path(text)))
        });
        named.collect()
    }

    /// The paths of all env files, including missing ones.
    fn all_env_files(&self, root: &Node) -> BTreeSet<PathBuf> {
        let sections = ["processes", "tasks"];
        let named = sections.iter().flat_map(|name| section(root, name));
        std::iter::once(root)
            .chain(named.map(|entry| &entry.value))
            .filter_map(|node| node.get("env_file"))
            .flat_map(|node| self.named_env_files(node))
            .map(|(_, _, path)| path)
            .collect()
    }

    fn depends_on(
        &mut self,
        node: &Node,
        named: &HashMap<&str, Named>,
    ) -> IndexMap<String, Condition> {
        let mut conditions = IndexMap::new();
        for (name, span, condition) in dependencies_of(node) {
            let Some(target) = named.get(name) else {
                let source = self.source;
                self.problems.add_with(|| {
                    let candidates = named
                        .iter()
                        .filter(|(_, named)| named.kind != ConfigKind::Group)
                        .map(|(name, _)| *name);
                    let message =
                        format!("there is no process, task or dependency {}", quoted(name));
                    problem::at(source, span, message).did_you_mean(name, sorted(candidates))
                });
                continue;
            };
            if target.kind == ConfigKind::Group {
                let found = self
                    .at(&span, format!("{} is a group", quoted(name)))
                    .with_help("name its processes one by one");
                self.problems.add(found);
                continue;
            }
            if conditions.contains_key(name) {
                let found = self.at(&span, format!("{} is here twice", quoted(name)));
                self.problems.add(found);
                continue;
            }
            let condition = match condition {
                None if target.kind == ConfigKind::Task => Condition::CompletedSuccessfully,
                None => Condition::Healthy,
                Some((word, span)) => {
                    let Some(condition) = parse_condition(word) else {
                        continue;
                    };
                    if let Some((why, help)) = impossible(condition, target) {
                        let found = self.at(&span, format!("{} {why}", quoted(name)));
                        self.problems.add(found.with_help(help));
                    }
                    condition
                }
            };
            conditions.insert(name.to_owned(), condition);
        }
        conditions
    }

    fn cycles(&mut self, root: &Node) {
        let mut graph: IndexMap<&str, Vec<(&str, Range<usize>)>> = IndexMap::new();
        for key in ["processes", "tasks"] {
            for entry in section(root, key) {
                let edges = dependencies_of(&entry.value)
                    .into_iter()
                    .map(|(name, span, _)| (name, span))
                    .collect();
                graph.entry(&entry.key).or_insert(edges);
            }
        }
        for found in cycle::find(&graph) {
            let message = match found.names.as_slice() {
                [one] => format!("{} depends on itself", quoted(one)),
                names => {
                    let mut path = names.join(" → ");
                    path.push_str(&format!(" → {}", names.first().unwrap_or(&"")));
                    format!("these wait for each other without end: {path}")
                }
            };
            let found = self.at(&found.span, message);
            self.problems.add(found);
        }
    }

    fn groups(
        &mut self,
        root: &Node,
        named: &HashMap<&str, Named>,
    ) -> IndexMap<String, Vec<String>> {
        let mut groups = IndexMap::new();
        for entry in section(root, "groups") {
            let mut members = Vec::new();
            let mut known = HashSet::new();
            for item in entry.value.items() {
                let Some(name) = item.text().filter(|name| !name.is_empty()) else {
                    continue;
                };
                match named.get(name).map(|named| named.kind) {
                    Some(ConfigKind::Process) if !known.insert(name) => {
                        let found = self.at(&item.span, format!("{} is here twice", quoted(name)));
                        self.problems.add(found);
                    }
                    Some(ConfigKind::Process) => members.push(name.to_owned()),
                    Some(kind) => {
                        let found = self
                            .at(&item.span, format!("{} is a {}", quoted(name), kind.word()))
                            .with_help("a group has processes only");
                        self.problems.add(found);
                    }
                    None => {
                        let source = self.source;
                        self.problems.add_with(|| {
                            let candidates = named
                                .iter()
                                .filter(|(_, named)| named.kind == ConfigKind::Process)
                                .map(|(name, _)| *name);
                            let message = format!("there is no process {}", quoted(name));
                            problem::at(source, item.span.clone(), message)
                                .did_you_mean(name, sorted(candidates))
                        });
                    }
                }
            }
            groups.insert(entry.key.clone(), members);
        }
        groups
    }

    fn restart(&mut self, node: Option<&Node>) -> Restart {
        let mut restart = Restart {
            policy: RestartPolicy::No,
            backoff: seconds(1),
            max_backoff: seconds(30),
            max_restarts: None,
        };
        let Some(node) = node else { return restart };
        let policy = node.text().or_else(|| text(node, "policy"));
        restart.policy = match policy {
            Some("always") => RestartPolicy::Always,
            Some("on-failure") => RestartPolicy::OnFailure,
            _ => RestartPolicy::No,
        };
        let longest = duration(node, "max_backoff");
        if let Some(first) = duration(node, "backoff") {
            restart.backoff = first;
        }
        restart.max_backoff = longest.unwrap_or(restart.max_backoff.max(restart.backoff));
        if restart.max_backoff < restart.backoff
            && let Some(wrong) = node.get("max_backoff")
        {
            let found = self.at(
                &wrong.span,
                format!(
                    "`max_backoff` is shorter than `backoff`, which is {}",
                    value::format_duration(restart.backoff)
                ),
            );
            self.problems.add(found);
        }
        restart.max_restarts = text(node, "max_restarts").and_then(number);
        restart
    }

    fn watch(&self, node: &Node) -> Watch {
        let paths = match &node.value {
            Value::Map(_) => node.get("paths").unwrap_or(node),
            _ => node,
        };
        Watch {
            paths: texts(paths).map(|path| self.path(path)).collect(),
            ignore: node
                .get("ignore")
                .map(|node| texts(node).map(str::to_owned).collect())
                .unwrap_or_default(),
            debounce: duration(node, "debounce").unwrap_or(Duration::from_millis(300)),
        }
    }

    fn services(&mut self, root: &Node, proxy: &Proxy) -> IndexMap<String, Service> {
        let mut services = IndexMap::new();
        let mut taken: BTreeMap<u16, String> = BTreeMap::new();
        for (port, what) in [
            (proxy.http_port, "the proxy's http_port"),
            (proxy.https_port, "the proxy's https_port"),
        ] {
            if let Some(port) = port {
                taken.insert(port, what.to_owned());
            }
        }
        for entry in section(root, "services") {
            let node = &entry.value;
            let listen = text(node, "listen").and_then(port_number);
            if let Some((port, listening)) = listen.zip(node.get("listen")) {
                if let Some(other) = taken.get(&port) {
                    let found = self.at(&listening.span, format!("port {port} is {other} already"));
                    self.problems.add(found);
                }
                taken.insert(port, format!("that of the service {}", quoted(&entry.key)));
            }
        }
        for entry in section(root, "services") {
            let node = &entry.value;
            let port = node.text().or_else(|| text(node, "port"));
            let service = Service {
                port: port.and_then(port_number).unwrap_or(0),
                host: text(node, "host").unwrap_or("127.0.0.1").to_owned(),
                listen: text(node, "listen").and_then(port_number),
            };
            if let Some(other) = taken.get(&service.port)
                && proxy.enabled
                && loopback(&service.host).is_some()
            {
                let span = node.get("port").unwrap_or(node).span.clone();
                let found = self
                    .at(&span, format!("port {} is {other} already", service.port))
                    .with_help("the proxy cannot listen where the service does");
                self.problems.add(found);
            }
            if let Some(host) = node.get("host")
                && host.text().is_some_and(|host| !is_host(host))
            {
                let found = self.at(&host.span, "`host` is not the name or address of a host");
                self.problems.add(found);
            }
            services.insert(entry.key.clone(), service);
        }
        services
    }

    pub(super) fn api(&mut self, node: Option<&Node>, mut api: Api) -> Api {
        let Some(node) = node else { return api };
        if let Some(port) = text(node, "port").and_then(port_number) {
            api.port = (port > 0).then_some(port);
        }
        if let Some(host) = node.get("host") {
            let text = host.text().unwrap_or_default();
            match loopback(text) {
                Some(host) => api.host = host,
                None if host.is_null() => {}
                None => {
                    let found = self
                        .at(
                            &host.span,
                            format!(
                                "`host` cannot be {}: the API listens on this machine only",
                                quoted(text)
                            ),
                        )
                        .with_help("write 127.0.0.1 or ::1; who may call it may run commands here");
                    self.problems.add(found);
                }
            }
        }
        api.auth = flag_of(node, "auth").unwrap_or(api.auth);
        api
    }

    /// Reads all keys of the proxy except for `enabled`.
    pub(super) fn proxy(&mut self, node: Option<&Node>, mut proxy: Proxy) -> Proxy {
        let Some(node) = node else { return proxy };
        if let Some(port) = text(node, "http_port").and_then(port_number) {
            proxy.http_port = (port > 0).then_some(port);
        }
        if let Some(port) = text(node, "https_port").and_then(port_number) {
            proxy.https_port = (port > 0).then_some(port);
        }
        if proxy.http_port.is_some() && proxy.http_port == proxy.https_port {
            let wrong = node.get("https_port").or_else(|| node.get("http_port"));
            let span = wrong.unwrap_or(node).span.clone();
            let found = self.at(&span, "`http_port` and `https_port` are the same");
            self.problems.add(found);
        }
        if let Some(domain) = text(node, "domain") {
            proxy.domain = domain.to_owned();
        }
        if let Some(node) = node.get("capture") {
            let capture = &mut proxy.capture;
            capture.enabled = flag_of(node, "enabled").unwrap_or(capture.enabled);
            capture.max_body_size = size(node, "max_body_size").unwrap_or(capture.max_body_size);
            capture.disk_budget = size(node, "disk_budget").unwrap_or(capture.disk_budget);
            // Added to the user's list: a project cannot reveal what the user redacts.
            for item in node.get("redact").map(Node::items).unwrap_or_default() {
                let name = item.text().unwrap_or_default().to_ascii_lowercase();
                if !capture.redact.contains(&name) {
                    capture.redact.push(name);
                }
            }
        }
        proxy
    }

    pub(super) fn logs(&mut self, node: Option<&Node>, mut logs: Logs) -> Logs {
        let Some(node) = node else { return logs };
        if let Some(dir) = text(node, "dir") {
            logs.dir = Some(self.path(dir));
        }
        logs.max_size = size(node, "max_size").unwrap_or(logs.max_size);
        if let Some(files) = text(node, "max_files").and_then(number) {
            logs.max_files = usize::try_from(files).unwrap_or(usize::MAX);
        }
        logs.retention = duration(node, "retention").unwrap_or(logs.retention);
        logs
    }
}

const fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}

fn section<'n>(node: &'n Node, key: &str) -> &'n [Entry] {
    node.get(key).map(Node::entries).unwrap_or_default()
}

/// The text of a key. None for an empty text, which was reported already or means the same.
fn text<'n>(node: &'n Node, key: &str) -> Option<&'n str> {
    node.get(key)?.text().filter(|text| !text.is_empty())
}

/// The texts of a key with one text or a list of texts.
fn texts(node: &Node) -> impl Iterator<Item = &str> {
    let one = node.text();
    one.into_iter()
        .chain(node.items().iter().filter_map(Node::text))
}

fn duration(node: &Node, key: &str) -> Option<Duration> {
    value::duration(text(node, key)?)
}

fn size(node: &Node, key: &str) -> Option<u64> {
    value::size(text(node, key)?)
}

pub(super) fn flag_of(node: &Node, key: &str) -> Option<bool> {
    match &node.get(key)?.value {
        Value::Scalar(scalar) => flag(scalar),
        _ => None,
    }
}

fn port_number(text: &str) -> Option<u16> {
    u16::try_from(number(text)?).ok()
}

fn cmd(node: &Node) -> String {
    let cmd = node.text().or_else(|| text(node, "cmd"));
    cmd.unwrap_or_default().to_owned()
}

/// Sorts names, so that suggestions do not depend on the order of a hash map.
fn sorted<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut names: Vec<_> = names.collect();
    names.sort_unstable();
    names
}

/// A dependency: its name and position, and the condition with its position.
type DependencyRef<'n> = (&'n str, Range<usize>, Option<(&'n str, Range<usize>)>);

fn dependencies_of(node: &Node) -> Vec<DependencyRef<'_>> {
    let Some(node) = node.get("depends_on") else {
        return Vec::new();
    };
    let listed = node.items().iter().filter_map(|item| {
        let name = item.text().filter(|name| !name.is_empty())?;
        Some((name, item.span.clone(), None))
    });
    let mapped = node.entries().iter().map(|entry| {
        let condition = entry.value.get("condition");
        let condition = condition.and_then(|node| Some((node.text()?, node.span.clone())));
        (entry.key.as_str(), entry.key_span.clone(), condition)
    });
    listed.chain(mapped).collect()
}

fn parse_condition(word: &str) -> Option<Condition> {
    Some(match word {
        "started" => Condition::Started,
        "healthy" => Condition::Healthy,
        "completed" => Condition::Completed,
        "completed_successfully" => Condition::CompletedSuccessfully,
        "log_ready" => Condition::LogReady,
        _ => return None,
    })
}

/// The reason why a condition can never hold, with advice.
fn impossible(condition: Condition, target: &Named) -> Option<(&'static str, &'static str)> {
    let node = &target.entry.value;
    match (target.kind, condition) {
        (ConfigKind::Dependency, Condition::Healthy | Condition::Started) => None,
        (ConfigKind::Dependency, _) => Some((
            "is a dependency, which never completes and has no log",
            "wait for `healthy`",
        )),
        (ConfigKind::Task, Condition::Healthy | Condition::LogReady) => Some((
            "is a task, which has no health check",
            "wait for `completed_successfully`, `completed` or `started`",
        )),
        (ConfigKind::Process, Condition::LogReady)
            if node.get("healthcheck").and_then(|c| c.get("log")).is_none() =>
        {
            Some((
                "has no `healthcheck.log` to wait for",
                "give it one, or wait for `healthy` or `started`",
            ))
        }
        (ConfigKind::Process, Condition::Completed | Condition::CompletedSuccessfully)
            if restarts_always(node) =>
        {
            Some((
                "is always restarted, so it never completes",
                "wait for `healthy` or `started`, or make it a task",
            ))
        }
        _ => None,
    }
}

fn restarts_always(node: &Node) -> bool {
    let Some(restart) = node.get("restart") else {
        return false;
    };
    restart.text().or_else(|| text(restart, "policy")) == Some("always")
}

fn stop_signal(word: &str) -> Option<StopSignal> {
    let all = [
        StopSignal::Term,
        StopSignal::Int,
        StopSignal::Hup,
        StopSignal::Quit,
        StopSignal::Usr1,
        StopSignal::Usr2,
    ];
    SIGNALS
        .iter()
        .zip(all)
        .find(|(known, _)| **known == word)
        .map(|(_, signal)| signal)
}

fn healthcheck(node: &Node) -> Option<HealthCheck> {
    let probe = text(node, "cmd")
        .map(|cmd| Probe::Cmd(cmd.to_owned()))
        .or_else(|| text(node, "http").map(|url| Probe::Http(url.to_owned())))
        .or_else(|| Some(Probe::Tcp(value::address(text(node, "tcp")?)?)))
        .or_else(|| text(node, "log").map(|regex| Probe::Log(regex.to_owned())))?;
    Some(HealthCheck {
        probe,
        interval: duration(node, "interval").unwrap_or(seconds(10)),
        timeout: duration(node, "timeout").unwrap_or(seconds(5)),
        retries: text(node, "retries").and_then(number).unwrap_or(3),
        start_period: duration(node, "start_period").unwrap_or(seconds(30)),
    })
}

fn dependency(node: &Node) -> Dependency {
    let nothing = Node {
        span: node.span.clone(),
        value: Value::Map(Vec::new()),
    };
    let check = node.get("check").unwrap_or(&nothing);
    let probe = text(check, "tcp")
        .and_then(value::address)
        .map(Probe::Tcp)
        .or_else(|| text(check, "url").map(|url| Probe::Http(url.to_owned())))
        .or_else(|| text(check, "cmd").map(|cmd| Probe::Cmd(cmd.to_owned())));
    Dependency {
        check: probe.unwrap_or_else(|| Probe::Cmd(String::new())),
        timeout: duration(check, "timeout").unwrap_or(seconds(30)),
        interval: duration(check, "interval").unwrap_or(seconds(1)),
        start: text(node, "start").map(str::to_owned),
        on_failure: match text(node, "on_failure") {
            Some("warn") => OnFailure::Warn,
            _ => OnFailure::Fail,
        },
    }
}

/// Parses an address to listen on. None unless it is a loopback address.
fn loopback(host: &str) -> Option<String> {
    if host == "localhost" {
        return Some("127.0.0.1".to_owned());
    }
    let address: IpAddr = host.parse().ok()?;
    address.is_loopback().then(|| address.to_string())
}

/// Whether a text is an IP address or a host name.
fn is_host(host: &str) -> bool {
    host.parse::<IpAddr>().is_ok()
        || value::fits(value::DOMAIN, &host.to_ascii_lowercase().replace('_', "-"))
}
