//! `prox doctor`: checks whether this machine has what prox and the project need. Changes nothing.

mod engines;

use std::collections::BTreeSet;
use std::io::Read as _;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde::Serialize;
use serde_json::json;

use self::engines::Range;
use super::init::Engine;
use super::{init, print, print_json, project};
use crate::args::Global;
use crate::exit::{Exit, Outcome};
use prox_config::model::{API_PORTS, Project};
use prox_config::user;
use prox_control::registry::Registry;

/// The timeout of a tool that prints its version.
const TIMEOUT: Duration = Duration::from_secs(5);
/// Common tools of projects. A missing one is only noted.
const TOOLS: &[(&str, &str)] = &[
    ("sh", ""),
    ("git", "--version"),
    ("node", "--version"),
    ("npm", "--version"),
    ("python3", "--version"),
    ("docker", "--version"),
];

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
enum State {
    Ok,
    /// Useful information, but not a fault.
    Note,
    Fault,
}

#[derive(Debug, Serialize)]
struct Finding {
    name: &'static str,
    state: State,
    message: String,
}

pub(super) fn run(global: &Global) -> Outcome {
    let mut findings = vec![machine(), memory()];
    findings.push(finding(
        "prox",
        State::Ok,
        format!("version {}", env!("CARGO_PKG_VERSION")),
    ));
    let project = configuration(global, &mut findings);
    user_config(&mut findings);
    findings.push(state_folder());
    findings.push(api_ports());
    if let Some(project) = &project {
        // A running project uses its ports itself.
        if !runs(global) {
            findings.extend(proxy_ports(project));
            findings.extend(service_ports(project));
        }
        findings.extend(packages(project));
        findings.extend(engines(project));
        findings.extend(commands(project));
    }
    findings.extend(TOOLS.iter().map(|(tool, argument)| version(tool, argument)));
    let faulty = findings.iter().any(|finding| finding.state == State::Fault);
    if global.json {
        print_json(&json!({"ok": !faulty, "findings": findings}))?;
    } else {
        print(table(&findings))?;
    }
    Ok(if faulty { Exit::Failure } else { Exit::Ok })
}

fn finding(name: &'static str, state: State, message: impl Into<String>) -> Finding {
    Finding {
        name,
        state,
        message: message.into(),
    }
}

fn table(findings: &[Finding]) -> String {
    let width = findings.iter().map(|f| f.name.len()).max().unwrap_or(0);
    let mut text = String::new();
    for Finding {
        name,
        state,
        message,
    } in findings
    {
        let mark = match state {
            State::Ok => "ok   ",
            State::Note => "note ",
            State::Fault => "FAULT",
        };
        let message = message.replace('\n', &format!("\n{:width$}", "", width = width + 8));
        text.push_str(&format!("{mark}  {name:width$}  {message}\n"));
    }
    text
}

fn machine() -> Finding {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    finding(
        "machine",
        State::Ok,
        format!(
            "{} {}, {cores} {}",
            std::env::consts::OS,
            std::env::consts::ARCH,
            if cores == 1 {
                "processor"
            } else {
                "processors"
            }
        ),
    )
}

fn memory() -> Finding {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes = |key: &str| -> Option<u64> {
        let line = text.lines().find(|line| line.starts_with(key))?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    match (kilobytes("MemTotal:"), kilobytes("MemAvailable:")) {
        (Some(total), Some(free)) => finding(
            "memory",
            State::Ok,
            format!("{} MiB, {} MiB of it free", total / 1_024, free / 1_024),
        ),
        _ => finding("memory", State::Note, "unknown on this system"),
    }
}

/// The project of this folder, if there is a valid one.
fn configuration(global: &Global, findings: &mut Vec<Finding>) -> Option<Project> {
    let here = std::env::current_dir().unwrap_or_default();
    let Some(file) = global.config.clone().or_else(|| prox_config::find(&here)) else {
        findings.push(finding(
            "project",
            State::Note,
            format!(
                "no prox.yaml here or above; {}",
                project::how_to_begin(&here)
            ),
        ));
        return None;
    };
    match prox_config::load(&file) {
        Ok(project) => {
            let message = format!("{} is valid", project.file.display());
            findings.push(finding("project", State::Ok, message));
            Some(project)
        }
        Err(errors) => {
            let message = format!("{errors}; `prox config check` shows them");
            findings.push(finding("project", State::Fault, message));
            None
        }
    }
}

fn user_config(findings: &mut Vec<Finding>) {
    findings.push(match user::load() {
        Ok(user) => match user.file {
            Some(file) => finding(
                "defaults",
                State::Ok,
                format!("{} is valid", file.display()),
            ),
            None => finding(
                "defaults",
                State::Ok,
                "built-in defaults; there is no config.yaml",
            ),
        },
        Err(errors) => finding("defaults", State::Fault, errors.to_string()),
    });
}

fn state_folder() -> Finding {
    let listed = Registry::of_user().and_then(|registry| registry.list());
    match listed {
        Ok((running, broken)) => {
            let mut message = match running.len() {
                0 => "no project runs".to_owned(),
                1 => "one project runs".to_owned(),
                n => format!("{n} projects run"),
            };
            for error in &broken {
                message.push_str(&format!("\n{error}"));
            }
            let state = if broken.is_empty() {
                State::Ok
            } else {
                State::Fault
            };
            finding("state", state, message)
        }
        Err(error) => finding("state", State::Fault, error.to_string()),
    }
}

fn is_free(port: u16) -> std::io::Result<()> {
    TcpListener::bind(("127.0.0.1", port)).map(|_| ())
}

fn api_ports() -> Finding {
    let all = API_PORTS.count();
    let free = API_PORTS.filter(|port| is_free(*port).is_ok()).count();
    let message = format!(
        "{free} of {all} ports are free for local APIs ({} to {})",
        API_PORTS.start(),
        API_PORTS.end()
    );
    let state = if free == 0 { State::Fault } else { State::Ok };
    finding("api ports", state, message)
}

fn runs(global: &Global) -> bool {
    project::locate(global)
        .and_then(|place| project::running(&place))
        .is_ok_and(|instance| instance.is_some())
}

fn proxy_ports(project: &Project) -> Vec<Finding> {
    if !project.proxy.enabled {
        return Vec::new();
    }
    let listens = project
        .services
        .values()
        .filter_map(|service| service.listen);
    let ports: BTreeSet<u16> = [project.proxy.http_port, project.proxy.https_port]
        .into_iter()
        .flatten()
        .chain(listens)
        .collect();
    ports
        .into_iter()
        .map(|port| match is_free(port) {
            Ok(()) => finding("proxy port", State::Ok, format!("{port} is free")),
            Err(error) if error.kind() == std::io::ErrorKind::PermissionDenied => finding(
                "proxy port",
                State::Fault,
                format!("{port} needs root: choose a port from 1024 on"),
            ),
            Err(_) => finding(
                "proxy port",
                State::Fault,
                format!(
                    "{port} is taken by another program, and `prox up` would fail; `prox list` shows whether it is another project"
                ),
            ),
        })
        .collect()
}

/// Ports of services on which another program listens. That may be intended: a service may be a
/// program that `prox` does not run.
fn service_ports(project: &Project) -> Vec<Finding> {
    let is_taken =
        |port| is_free(port).is_err_and(|error| error.kind() == std::io::ErrorKind::AddrInUse);
    let services = project.services.iter();
    services
        .filter(|(_, service)| matches!(service.host.as_str(), "127.0.0.1" | "localhost" | "::1"))
        .filter(|(name, service)| project.processes.contains_key(*name) && is_taken(service.port))
        .map(|(name, service)| {
            let message = format!(
                "{} is taken by another program, which would answer in place of {name}",
                service.port
            );
            finding("service port", State::Note, message)
        })
        .collect()
}

/// The folders in which processes and tasks run.
fn folders(project: &Project) -> BTreeSet<&PathBuf> {
    let processes = project.processes.values().map(|process| &process.dir);
    let tasks = project.tasks.values().map(|task| &task.dir);
    processes.chain(tasks).collect()
}

/// Checks for folders whose packages are not installed.
fn packages(project: &Project) -> Vec<Finding> {
    folders(project)
        .into_iter()
        .filter_map(|folder| {
            let install = init::missing_packages(folder)?;
            let message = format!("missing in {}; `{install}` installs them", folder.display());
            Some(finding("packages", State::Note, message))
        })
        .collect()
}

/// Checks for packages that need another version of Node, or whose `engines` are invalid.
fn engines(project: &Project) -> Vec<Finding> {
    let found = which("node").and_then(|path| first_line(&path, "--version"));
    let Some(node) = found.and_then(|line| engines::version(&line)) else {
        return Vec::new();
    };
    let note = |folder: &Path, Engine { package, range }: Engine| {
        let folder = folder.display();
        let message = match Range::parse(&range) {
            Ok(fits) if fits.has(&node) => return None,
            Ok(_) => format!("{package} in {folder} needs node {range}, and this is {node}"),
            Err(hint) => {
                format!(
                    "{package} in {folder} requires node `{range}`, which is not a range: {hint}"
                )
            }
        };
        Some(finding("engines", State::Note, message))
    };
    folders(project)
        .into_iter()
        .flat_map(|folder| {
            let engines = init::engines(folder).into_iter();
            engines.filter_map(move |engine| note(folder, engine))
        })
        .collect()
}

fn version(tool: &'static str, argument: &str) -> Finding {
    let Some(path) = which(tool) else {
        let state = if tool == "sh" {
            State::Fault
        } else {
            State::Note
        };
        return finding(tool, state, "is not there");
    };
    if argument.is_empty() {
        return finding(tool, State::Ok, path.display().to_string());
    }
    match first_line(&path, argument) {
        Some(line) => finding(tool, State::Ok, line),
        None => finding(
            tool,
            State::Note,
            format!("{} does not report a version", path.display()),
        ),
    }
}

/// The executable file of this name in the search path.
fn which(tool: &str) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt as _;
    let runs = |path: &PathBuf| {
        path.metadata()
            .is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
    };
    let folders = std::env::var_os("PATH")?;
    std::env::split_paths(&folders)
        .map(|folder| folder.join(tool))
        .find(runs)
}

/// The first line of a tool's output. None when there is none in time.
fn first_line(path: &Path, argument: &str) -> Option<String> {
    let mut child = Command::new(path)
        .arg(argument)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .ok()?;
    let until = Instant::now() + TIMEOUT;
    while child.try_wait().ok()?.is_none() {
        if Instant::now() > until {
            let _ = child.kill();
            let _ = child.wait();
            return None;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    let mut text = String::new();
    let out = child.stdout.as_mut()?;
    out.take(10_000).read_to_string(&mut text).ok()?;
    let line = text.lines().next()?.trim();
    (!line.is_empty()).then(|| line.chars().filter(|c| !c.is_control()).collect())
}

/// The first words of the project's commands that are not found.
fn commands(project: &Project) -> Vec<Finding> {
    let processes = project.processes.iter().map(|(name, p)| (name, &p.cmd));
    let tasks = project.tasks.iter().map(|(name, task)| (name, &task.cmd));
    processes
        .chain(tasks)
        .filter_map(|(name, cmd)| {
            let word = cmd.split_whitespace().next()?;
            // Builtins and computed words of the shell cannot be looked up.
            let plain = word
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "-_.+".contains(c));
            if !plain || is_builtin(word) || which(word).is_some() {
                return None;
            }
            let message = format!("{name} runs `{word}`, which is not in the search path");
            Some(finding("command", State::Note, message))
        })
        .collect()
}

fn is_builtin(word: &str) -> bool {
    const WORDS: &[&str] = &[
        ".", "alias", "case", "cd", "command", "eval", "exec", "exit", "export", "for", "if",
        "read", "set", "shift", "source", "trap", "ulimit", "umask", "unset", "until", "wait",
        "while", ":",
    ];
    WORDS.contains(&word)
}
