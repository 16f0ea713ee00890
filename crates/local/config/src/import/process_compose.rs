//! Imports process-compose files (F1bonacc1/process-compose, format 0.5): maps the keys that have
//! an equivalent; every other key becomes a note.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use regex::RegexSet;

use super::super::emit::{Pair, Yaml, pair};
use super::super::problem::{Problems, quoted};
use super::super::source::Source;
use super::super::value;
use super::super::yaml::{self, Entry, Node, Value};
use super::{Note, env_file, possible_name, quote};

/// Keys that are ignored without a note, because they make no difference for `prox`.
const IGNORED: &[&str] = &["version", "is_strict", "log_level", "log_length"];

/// The maximum number of restarts or retries in a `prox.yaml`.
const MAX_COUNT: u64 = 1_000_000;

/// The keys of the new file. None when the file is not YAML or has no processes.
pub(super) fn import(
    source: &Arc<Source>,
    has_env_file: bool,
    problems: &mut Problems,
) -> Option<(Vec<Pair>, Vec<Note>)> {
    let before = problems.count();
    let root = match yaml::parse(source, problems) {
        Some(root) => root,
        None if problems.count() > before => return None,
        None => Node {
            span: 0..0,
            value: Value::Map(Vec::new()),
        },
    };
    let Some(processes) = root
        .get("processes")
        .filter(|node| !node.entries().is_empty())
    else {
        let found = super::super::problem::about(
            Arc::clone(source),
            "there are no `processes` in it, so this is not a process-compose file",
        );
        problems.add(if root.get("services").is_some() {
            found.with_help(
                "of a file of docker compose, write each service that prox waits for as a dependency: `check: {tcp: localhost:5432}`, `start: docker compose up -d NAME`",
            )
        } else {
            found
        });
        return None;
    };
    let mut import = Import {
        source,
        notes: Vec::new(),
        names: BTreeMap::new(),
        processes,
        completed: waited_for_completion(processes),
        groups: BTreeMap::new(),
        longest_stop: Duration::ZERO,
    };
    let mut taken = HashSet::new();
    for entry in processes.entries() {
        let name = possible_name(&entry.key, &mut taken);
        if name != entry.key {
            import.note(
                entry.key_span.start,
                format!("the process {} is called {name} now", quoted(&entry.key)),
            );
        }
        import.names.insert(entry.key.clone(), name);
    }
    let shared = import.top(&root);
    let mut kept = Vec::new();
    let mut tasks = Vec::new();
    for entry in processes.entries() {
        let name = import.name(&entry.key);
        let is_task = import.is_task(entry);
        let comment = entry
            .value
            .get("description")
            .and_then(Node::text)
            .map(str::to_owned);
        let list = if is_task { &mut tasks } else { &mut kept };
        if let Some(value) = import.process(&name, entry, &shared, is_task) {
            list.push(Pair {
                comment,
                ..pair(name, value)
            });
        }
    }
    let mut pairs = Vec::new();
    if has_env_file && !is_true(&root, "disable_dotenv") {
        pairs.push(env_file());
    }
    if import.longest_stop > Duration::from_secs(8) {
        let longest = Duration::from_secs(600);
        let timeout = (import.longest_stop + Duration::from_secs(2)).min(longest);
        pairs.push(pair(
            "shutdown_timeout",
            Yaml::text(value::format_duration(timeout)),
        ));
    }
    pairs.push(pair("processes", Yaml::Map(kept)));
    if !tasks.is_empty() {
        pairs.push(pair("tasks", Yaml::Map(tasks)));
    }
    let groups = import.groups(&mut taken);
    if !groups.is_empty() {
        pairs.push(pair("groups", Yaml::Map(groups)));
    }
    Some((pairs, import.notes))
}

/// A namespace, which becomes a group.
struct Group {
    /// The position of its first mention.
    at: usize,
    members: Vec<String>,
}

struct Import<'a> {
    source: &'a Source,
    notes: Vec<Note>,
    /// The new names of processes, by old name.
    names: BTreeMap<String, String>,
    /// The processes of the imported file.
    processes: &'a Node,
    /// The old names of processes whose end another process waits for.
    completed: HashSet<&'a str>,
    /// The groups, by namespace.
    groups: BTreeMap<String, Group>,
    longest_stop: Duration,
}

impl Import<'_> {
    fn note(&mut self, at: usize, message: impl Into<String>) {
        let (line, _) = self.source.position(at);
        self.notes.push(Note {
            line,
            message: message.into(),
        });
    }

    /// Notes a key without an equivalent. `path` has the keys above it, each followed by a dot.
    fn no_equivalent(&mut self, entry: &Entry, whose: &str, path: &str, instead: &str) {
        let key = quoted(&entry.key);
        let key = key.trim_matches('"');
        let mut message = format!("{whose}: `{path}{key}` has no equivalent");
        if !instead.is_empty() {
            message.push_str("; ");
            message.push_str(instead);
        }
        self.note(entry.key_span.start, message);
    }

    fn name(&self, old: &str) -> String {
        self.names
            .get(old)
            .cloned()
            .unwrap_or_else(|| old.to_owned())
    }

    fn is_task(&self, entry: &Entry) -> bool {
        self.completed.contains(entry.key.as_str()) && can_be_task(&entry.value)
    }

    /// Imports the top-level keys. Returns the environment of all processes.
    fn top(&mut self, root: &Node) -> Vec<Pair> {
        let mut shared = Vec::new();
        for entry in root.entries() {
            match entry.key.as_str() {
                "processes" | "disable_dotenv" => {}
                "environment" => shared = self.environment(&entry.value),
                key if IGNORED.contains(&key) || key.starts_with("x-") => {}
                "log_location" => self.no_equivalent(
                    entry,
                    "the file",
                    "",
                    "prox writes one log for each process; see `logs.dir`",
                ),
                "shell" => self.no_equivalent(entry, "the file", "", "commands run in `sh -c`"),
                "vars" => self.no_equivalent(
                    entry,
                    "the file",
                    "",
                    "use the environment or `env_file`, and fill templates in yourself",
                ),
                _ => self.no_equivalent(entry, "the file", "", ""),
            }
        }
        shared
    }

    /// Imports a process. None when it is left out.
    fn process(
        &mut self,
        name: &str,
        entry: &Entry,
        shared: &[Pair],
        is_task: bool,
    ) -> Option<Yaml> {
        let mut node = entry.value.clone();
        if is_true(&node, "disabled") {
            self.note(
                entry.key_span.start,
                format!("{name} is disabled, and left out"),
            );
            return None;
        }
        self.fill_templates(name, &mut node);
        let node = &node;
        let mut made = Made::default();
        let mut env = shared.to_vec();
        for entry in node.entries() {
            let text = entry.value.text().unwrap_or_default();
            match entry.key.as_str() {
                "command" if text.trim().is_empty() => {}
                "command" => {
                    made.cmd = Some(self.command(name, entry.value.span.start, text));
                }
                "entrypoint" => {
                    let words: Vec<_> = entry.value.items().iter().filter_map(Node::text).collect();
                    let words: Vec<_> = words.iter().map(|word| quote(word)).collect();
                    made.entrypoint = (!words.is_empty()).then(|| words.join(" "));
                }
                "working_dir" if text.trim().is_empty() => {}
                "working_dir" => made.set("dir", Yaml::text(interpolated(text))),
                "environment" => {
                    for new in self.environment(&entry.value) {
                        env.retain(|old| old.key != new.key);
                        env.push(new);
                    }
                }
                "depends_on" => {
                    let waits = self.depends_on(name, &entry.value);
                    if !waits.is_empty() {
                        made.set("depends_on", Yaml::Map(waits));
                    }
                }
                "availability" => self.availability(name, &entry.value, &mut made),
                "readiness_probe" => self.probe(name, entry, &mut made),
                "ready_log_line" => {
                    if node.get("readiness_probe").is_some() {
                        self.no_equivalent(entry, name, "", "a process has one health check");
                    } else {
                        let line = pair("log", Yaml::text(regex::escape(text)));
                        made.set("healthcheck", Yaml::Map(vec![line]));
                    }
                }
                "liveness_probe" => self.no_equivalent(
                    entry,
                    name, "",
                    "a process that becomes unhealthy is shown so, and not restarted",
                ),
                "shutdown" => self.shutdown(name, &entry.value, &mut made),
                "is_tty" => made.set("pty", Yaml::Flag(text == "true")),
                "namespace" if text != "default" && !is_task => {
                    let group = self.groups.entry(text.to_owned()).or_insert(Group {
                        at: entry.key_span.start,
                        members: Vec::new(),
                    });
                    group.members.push(name.to_owned());
                }
                "namespace" | "disabled" | "description" => {}
                "replicas" if text == "1" => {}
                "replicas" => self.no_equivalent(entry, name, "", "write one process for each"),
                "log_location" => self.no_equivalent(
                    entry,
                    name, "",
                    "prox writes one log for each process; see `logs.dir`",
                ),
                key if key.starts_with("is_") && text == "false" => {}
                "is_daemon" | "launch_timeout_seconds" => self.no_equivalent(
                    entry,
                    name, "",
                    "prox runs commands in the foreground; what runs elsewhere is a dependency with `check` and `start`",
                ),
                "is_foreground" | "is_interactive" => {
                    self.no_equivalent(entry, name, "", "`pty: true` gives it a terminal");
                }
                key if key.starts_with("x-") => {}
                _ => self.no_equivalent(entry, name, "", ""),
            }
        }
        let cmd = made.cmd.as_deref().unwrap_or_default();
        for (variable, value) in [
            ("PC_PROC_NAME", entry.key.as_str()),
            ("PC_REPLICA_NUM", "0"),
        ] {
            if cmd.contains(variable) && !env.iter().any(|pair| pair.key == variable) {
                env.push(pair(variable, Yaml::text(value.replace('$', "$$"))));
            }
        }
        if !env.is_empty() {
            made.set("env", Yaml::Map(env));
        }
        if is_task {
            made.set("timeout", Yaml::text("1h"));
            self.note(
                entry.key_span.start,
                format!("{name} is a task, because others wait for its end; tasks have a `timeout`, here 1h"),
            );
        }
        let cmd = match (made.cmd, made.entrypoint) {
            (Some(cmd), _) => cmd,
            (None, Some(entrypoint)) => entrypoint,
            (None, None) => {
                self.note(
                    entry.key_span.start,
                    format!("{name} has no command; fill in its `cmd`"),
                );
                "false".to_owned()
            }
        };
        if made.pairs.is_empty() {
            return Some(Yaml::Text(cmd));
        }
        made.pairs.insert(0, pair("cmd", Yaml::Text(cmd)));
        made.pairs
            .sort_by_key(|pair| ORDER.iter().position(|key| *key == pair.key));
        Some(Yaml::Map(made.pairs))
    }

    /// Imports a command, in which `$$` means `$`; the shell substitutes the rest. process-compose
    /// runs commands in bash, so a command that `sh` does not support still runs in bash.
    fn command(&mut self, name: &str, at: usize, text: &str) -> String {
        let text = text.replace("$$", "$");
        if !needs_bash(&text) {
            return text;
        }
        self.note(
            at,
            format!("{name}: its command is written for bash, so bash runs it"),
        );
        format!("bash -c {}", quote(&text))
    }

    /// Replaces the only template with a meaning for a single process, and notes the others.
    fn fill_templates(&mut self, name: &str, node: &mut Node) {
        let at = node.span.start;
        match &mut node.value {
            Value::Scalar(scalar) => {
                let mut out = String::new();
                let mut rest = scalar.text.as_str();
                while let Some((before, after)) = rest.split_once("{{") {
                    let Some((inner, after)) = after.split_once("}}") else {
                        break;
                    };
                    out.push_str(before);
                    if inner.trim() == ".PC_REPLICA_NUM" {
                        out.push('0');
                        let message = "`{{.PC_REPLICA_NUM}}` is 0 now, because a process runs once";
                        self.note(at, format!("{name}: {message}"));
                    } else {
                        out.push_str(&format!("{{{{{inner}}}}}"));
                        let template = quoted(&format!("{{{{{inner}}}}}"));
                        let message = "is not filled in; write what it stands for";
                        self.note(at, format!("{name}: {template} {message}"));
                    }
                    rest = after;
                }
                out.push_str(rest);
                scalar.text = out;
            }
            Value::List(items) => {
                for item in items {
                    self.fill_templates(name, item);
                }
            }
            Value::Map(entries) => {
                for entry in entries.iter_mut().filter(|it| it.key != "description") {
                    self.fill_templates(name, &mut entry.value);
                }
            }
        }
    }

    /// Imports an environment: `NAME=value` texts, or a mapping.
    fn environment(&mut self, node: &Node) -> Vec<Pair> {
        let mut env: Vec<Pair> = Vec::new();
        let listed = node.items().iter().filter_map(|item| {
            let text = item.text()?;
            let (name, value) = text.split_once('=').unwrap_or(("", text));
            Some((name.trim(), value, item.span.start))
        });
        let mapped = node.entries().iter().filter_map(|entry| {
            Some((
                entry.key.as_str(),
                entry.value.text()?,
                entry.key_span.start,
            ))
        });
        for (name, text, at) in listed.chain(mapped) {
            if !value::fits(value::VARIABLE, name) {
                self.note(at, "this is not `NAME=value`, and was left out");
                continue;
            }
            let new = interpolated(text);
            if has_bare_variable(&new) {
                self.note(
                    at,
                    format!("{} names a variable, which has to be set; write `${{NAME:-}}` where it may be missing", quoted(name)),
                );
            }
            env.retain(|old| old.key != name);
            env.push(pair(name, Yaml::Text(new)));
        }
        env
    }

    fn depends_on(&mut self, name: &str, node: &Node) -> Vec<Pair> {
        let mut waits = Vec::new();
        let processes = self.processes.entries();
        for entry in node.entries() {
            let at = entry.key_span.start;
            let old = entry.value.get("condition").and_then(Node::text);
            let target = processes.iter().find(|process| process.key == entry.key);
            let Some(target) = target.filter(|target| !is_true(&target.value, "disabled")) else {
                let key = quoted(&entry.key);
                self.note(
                    at,
                    format!("{name} waits no more for {key}, which is not there"),
                );
                continue;
            };
            let condition = match old {
                Some("process_healthy") => "healthy",
                Some("process_completed") => "completed",
                Some("process_completed_successfully") => "completed_successfully",
                Some("process_log_ready") => "log_ready",
                _ => "started",
            };
            let is_known = matches!(old, None | Some("process_started")) || condition != "started";
            let holds = is_known && self.can_hold(condition, target);
            if !holds {
                let old = quoted(old.unwrap_or_default());
                let why = if is_known {
                    "can never hold"
                } else {
                    "has no equivalent"
                };
                self.note(
                    at,
                    format!("{name}: the condition {old} {why}; it is `started` now"),
                );
            }
            let condition = if holds { condition } else { "started" };
            let condition = pair("condition", Yaml::text(condition));
            waits.push(pair(self.name(&entry.key), Yaml::Map(vec![condition])));
        }
        waits
    }

    /// Whether a process can meet a condition of `prox`.
    fn can_hold(&self, condition: &str, target: &Entry) -> bool {
        let has = |key| target.value.get(key).is_some();
        let restart = target.value.get("availability");
        let restart = restart.and_then(|availability| availability.get("restart")?.text());
        match condition {
            "healthy" => !self.is_task(target),
            "log_ready" => has("ready_log_line") && !has("readiness_probe"),
            "completed" | "completed_successfully" => restart != Some("always"),
            _ => true,
        }
    }

    fn availability(&mut self, name: &str, node: &Node, made: &mut Made) {
        let mut restart = Vec::new();
        let mut policy = "no";
        for entry in node.entries() {
            let text = entry.value.text().unwrap_or_default();
            match entry.key.as_str() {
                "restart" => {
                    policy = match text {
                        "always" => "always",
                        "on_failure" => "on-failure",
                        "no" => "no",
                        _ => {
                            self.note(
                                entry.key_span.start,
                                format!(
                                    "{name}: the policy {} has no equivalent; it is `no` now",
                                    quoted(text)
                                ),
                            );
                            "no"
                        }
                    }
                }
                "backoff_seconds" => {
                    if let Some(wait) = seconds(text) {
                        restart.push(pair("backoff", Yaml::text(wait.clone())));
                        restart.push(pair("max_backoff", Yaml::text(wait)));
                    }
                }
                "max_restarts" if text == "0" => {}
                "max_restarts" => {
                    if let Ok(count) = text.parse::<u64>() {
                        let count = Yaml::Number(count.min(MAX_COUNT));
                        restart.push(pair("max_restarts", count));
                    }
                }
                _ if text == "false" => {}
                _ => self.no_equivalent(entry, name, "availability.", ""),
            }
        }
        if policy == "no" {
            return;
        }
        let value = if restart.is_empty() {
            Yaml::text(policy)
        } else {
            restart.insert(0, pair("policy", Yaml::text(policy)));
            Yaml::Map(restart)
        };
        made.set("restart", value);
    }

    fn probe(&mut self, name: &str, entry: &Entry, made: &mut Made) {
        let mut check = Vec::new();
        for entry in entry.value.entries() {
            let text = entry.value.text().unwrap_or_default();
            let mut time = |key: &str| {
                if let Some(time) = seconds(text) {
                    check.push(pair(key, Yaml::text(time)));
                }
            };
            match entry.key.as_str() {
                "period_seconds" => time("interval"),
                "timeout_seconds" => time("timeout"),
                "initial_delay_seconds" => time("start_period"),
                "failure_threshold" => {
                    if let Ok(count) = text.parse::<u64>() {
                        let count = Yaml::Number(count.clamp(1, MAX_COUNT));
                        check.push(pair("retries", count));
                    }
                }
                "success_threshold" if matches!(text, "0" | "1") => {}
                "exec" => {
                    let cmd = entry.value.get("command");
                    let cmd = cmd.and_then(|node| Some((node.span.start, node.text()?)));
                    let Some((at, cmd)) = cmd.filter(|(_, cmd)| !cmd.trim().is_empty()) else {
                        continue;
                    };
                    let cmd = self.command(name, at, cmd);
                    let cmd = match entry.value.get("working_dir").and_then(Node::text) {
                        Some(dir) => format!("cd {} && {cmd}", quote(dir)),
                        None => cmd,
                    };
                    check.insert(0, pair("cmd", Yaml::Text(cmd)));
                }
                "http_get" => {
                    let url = self.url(name, &entry.value);
                    check.insert(0, pair("http", Yaml::Text(url)));
                }
                _ => self.no_equivalent(entry, name, "readiness_probe.", ""),
            }
        }
        let probes = ["cmd", "http"];
        match check
            .iter()
            .filter(|pair| probes.contains(&pair.key.as_str()))
            .count()
        {
            1 => made.set("healthcheck", Yaml::Map(check)),
            0 => self.no_equivalent(entry, name, "", "it has no `exec` and no `http_get`"),
            _ => {
                self.no_equivalent(
                    entry,
                    name,
                    "",
                    "a health check has one probe; the first is kept",
                );
                let mut first = true;
                check.retain(|pair| {
                    let is_probe = probes.contains(&pair.key.as_str());
                    !is_probe || std::mem::take(&mut first)
                });
                made.set("healthcheck", Yaml::Map(check));
            }
        }
    }

    fn url(&mut self, name: &str, node: &Node) -> String {
        let part = |key: &str| {
            let text = node.get(key).and_then(Node::text).unwrap_or_default();
            interpolated(text)
        };
        for entry in node.entries() {
            if !["host", "scheme", "path", "port"].contains(&entry.key.as_str()) {
                self.no_equivalent(
                    entry,
                    name,
                    "readiness_probe.http_get.",
                    "2xx and 3xx are healthy",
                );
            }
        }
        let or = |text: String, default: &str| match text.as_str() {
            "" => default.to_owned(),
            _ => text,
        };
        let scheme = or(part("scheme").to_lowercase(), "http");
        let host = or(part("host"), "127.0.0.1");
        let path = part("path");
        let slash = if path.starts_with('/') || path.is_empty() {
            ""
        } else {
            "/"
        };
        match part("port").as_str() {
            "" => format!("{scheme}://{host}{slash}{path}"),
            port => format!("{scheme}://{host}:{port}{slash}{path}"),
        }
    }

    fn shutdown(&mut self, name: &str, node: &Node, made: &mut Made) {
        for entry in node.entries() {
            let text = entry.value.text().unwrap_or_default();
            match entry.key.as_str() {
                "signal" => match text {
                    "1" => made.set("stop_signal", Yaml::text("SIGHUP")),
                    "2" => made.set("stop_signal", Yaml::text("SIGINT")),
                    "3" => made.set("stop_signal", Yaml::text("SIGQUIT")),
                    "10" => made.set("stop_signal", Yaml::text("SIGUSR1")),
                    "12" => made.set("stop_signal", Yaml::text("SIGUSR2")),
                    "0" | "15" => {}
                    _ => self.no_equivalent(entry, name, "shutdown.", "it is SIGTERM now"),
                },
                "timeout_seconds" => {
                    if let Some(time) = seconds(text).and_then(|text| value::duration(&text)) {
                        let time = time.min(Duration::from_secs(598));
                        self.longest_stop = self.longest_stop.max(time);
                        made.set("stop_timeout", Yaml::text(value::format_duration(time)));
                    }
                }
                "command" => {
                    self.no_equivalent(
                        entry,
                        name,
                        "shutdown.",
                        "processes are stopped by `stop_signal`",
                    );
                }
                "parent_only" if text == "false" => {}
                "parent_only" => {
                    self.no_equivalent(
                        entry,
                        name,
                        "shutdown.",
                        "the whole process group is stopped",
                    );
                }
                _ => self.no_equivalent(entry, name, "shutdown.", ""),
            }
        }
    }

    fn groups(&mut self, taken: &mut HashSet<String>) -> Vec<Pair> {
        let groups = std::mem::take(&mut self.groups);
        groups
            .into_iter()
            .map(|(namespace, Group { at, members })| {
                let name = possible_name(&namespace, taken);
                if name != namespace {
                    self.note(
                        at,
                        format!(
                            "the namespace {} is the group {name} now",
                            quoted(&namespace)
                        ),
                    );
                }
                pair(
                    name,
                    Yaml::List(members.into_iter().map(Yaml::Text).collect()),
                )
            })
            .collect()
    }
}

/// The order of the keys of a process.
const ORDER: &[&str] = &[
    "cmd",
    "dir",
    "env",
    "pty",
    "depends_on",
    "timeout",
    "restart",
    "healthcheck",
    "stop_signal",
    "stop_timeout",
];

/// A process that is being built.
#[derive(Default)]
struct Made {
    cmd: Option<String>,
    entrypoint: Option<String>,
    pairs: Vec<Pair>,
}

impl Made {
    fn set(&mut self, key: &str, value: Yaml) {
        self.pairs.push(pair(key, value));
    }
}

/// The old names of processes whose end another process waits for.
fn waited_for_completion(processes: &Node) -> HashSet<&str> {
    processes
        .entries()
        .iter()
        .filter_map(|entry| entry.value.get("depends_on"))
        .flat_map(Node::entries)
        .filter(|entry| {
            let condition = entry.value.get("condition").and_then(Node::text);
            condition.is_some_and(|condition| condition.starts_with("process_completed"))
        })
        .map(|entry| entry.key.as_str())
        .collect()
}

/// Whether a process has only keys that a task can have.
fn can_be_task(node: &Node) -> bool {
    const OK: &[&str] = &[
        "command",
        "entrypoint",
        "working_dir",
        "environment",
        "depends_on",
        "description",
        "namespace",
        "disabled",
    ];
    node.entries().iter().all(|entry| match entry.key.as_str() {
        "availability" => matches!(
            entry.value.get("restart").and_then(Node::text),
            None | Some("no")
        ),
        key => OK.contains(&key),
    })
}

fn is_true(node: &Node, key: &str) -> bool {
    matches!(node.get(key).map(|node| &node.value), Some(Value::Scalar(s)) if s.text == "true")
}

/// A number of seconds as a duration. None for zero and for other texts.
fn seconds(text: &str) -> Option<String> {
    let count: u64 = text.parse().ok()?;
    (count > 0).then(|| value::format_duration(Duration::from_secs(count.min(86_400))))
}

/// Whether a command uses features of bash that `sh` may not have.
fn needs_bash(cmd: &str) -> bool {
    static BASH: LazyLock<Option<RegexSet>> = LazyLock::new(|| {
        let begin = r"(?m)(?:^|[;&|({!]|\b(?:then|do|else|elif|if|while|until))\s*";
        let words = r"(?:\[\[|\(\(|(?:source|function|declare|typeset|shopt|pushd|popd|mapfile|readarray|select|let|coproc|echo\s+-e)\s)";
        RegexSet::new([
            format!("{begin}{words}"),
            // Process substitution, here strings, both streams at once, quotes with escapes.
            r#"[<>]\(|<<<|&>|\|&|\$'|\$""#.to_owned(),
            // Arrays, and expansions that modify a value.
            r"\b[A-Za-z_][A-Za-z0-9_]*\+?=\(|\$\{!|\$\{[A-Za-z_][A-Za-z0-9_]*(?:\[|\^|,|/|:\s*-?[0-9])"
                .to_owned(),
            r"(?:^|[^$])\{[^{}\s]*(?:\.\.|,)[^{}\s]*\}".to_owned(),
            r"\[\s[^\]]*\s==\s|\bpipefail\b|\$\{?(?:RANDOM|SECONDS|BASH\w*|PIPESTATUS|EUID|HOSTNAME)\b"
                .to_owned(),
        ])
        .ok()
    });
    // Text in single quotes is for another program.
    let mut outside = String::new();
    for (at, part) in cmd.split('\'').enumerate() {
        let quoted = at % 2 == 1 && !outside.ends_with('$');
        outside.push_str(if quoted { "''" } else { part });
        if outside.ends_with('$') {
            outside.push('\'');
        }
    }
    BASH.as_ref().is_some_and(|bash| bash.is_match(&outside))
}

/// Converts `$NAME`, which process-compose substitutes, to `${NAME}`.
fn interpolated(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('$') {
        let (before, after) = rest.split_at_checked(at + 1).unwrap_or((rest, ""));
        out.push_str(before);
        let length = after
            .find(|c: char| !c.is_ascii_alphanumeric() && c != '_')
            .unwrap_or(after.len());
        if let Some(escaped) = after.strip_prefix('$') {
            out.push('$');
            rest = escaped;
        } else if length > 0 && !after.starts_with(|c: char| c.is_ascii_digit()) {
            let (name, after) = after.split_at_checked(length).unwrap_or((after, ""));
            out.push_str(&format!("{{{name}}}"));
            rest = after;
        } else {
            rest = after;
        }
    }
    out.push_str(rest);
    out
}

/// Whether a text has a `${NAME}` without a default.
fn has_bare_variable(text: &str) -> bool {
    text.replace("$$", "").split("${").skip(1).any(|rest| {
        rest.split_once('}')
            .is_some_and(|(name, _)| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'))
    })
}
