//! A project in its own folder, with its own home and registry. It ends with the test.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;

/// The timeout of everything, even on a loaded machine.
pub(crate) const TEST_TIMEOUT: Duration = Duration::from_secs(30);

pub(crate) struct Project {
    dir: tempfile::TempDir,
    folder: String,
}

/// The result of a finished command.
#[derive(Debug)]
pub(crate) struct Done {
    pub(crate) code: i32,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Done {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

impl From<Output> for Done {
    fn from(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            out: String::from_utf8(output.stdout).unwrap(),
            err: String::from_utf8(output.stderr).unwrap(),
        }
    }
}

impl Project {
    pub(crate) fn new(yaml: &str) -> Self {
        let project = Self {
            dir: tempfile::tempdir().unwrap(),
            folder: "project".to_owned(),
        };
        fs::create_dir_all(project.root().join("below/it")).unwrap();
        fs::create_dir_all(project.path("home")).unwrap();
        project.write(yaml);
        project
    }

    /// Another project of the same user.
    pub(crate) fn beside(&self, folder: &str, yaml: &str) -> PathBuf {
        let root = self.path(folder);
        fs::create_dir_all(&root).unwrap();
        fs::write(root.join("prox.yaml"), yaml).unwrap();
        root
    }

    pub(crate) fn write(&self, yaml: &str) {
        fs::write(self.root().join("prox.yaml"), yaml).unwrap();
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    pub(crate) fn root(&self) -> PathBuf {
        self.path(&self.folder)
    }

    pub(crate) fn command_in(&self, folder: &Path, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_prox"));
        command
            .args(args)
            .current_dir(folder)
            .env_remove("NO_COLOR")
            .env("HOME", self.path("home"))
            .env("XDG_STATE_HOME", self.path("state"))
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("XDG_DATA_HOME", self.path("data"))
            .stdin(Stdio::null());
        command
    }

    pub(crate) fn run_in(&self, folder: &Path, args: &[&str]) -> Done {
        self.command_in(folder, args).output().unwrap().into()
    }

    pub(crate) fn run(&self, args: &[&str]) -> Done {
        self.run_in(&self.root(), args)
    }

    /// Runs a command that must succeed.
    pub(crate) fn ok(&self, args: &[&str]) -> Done {
        let done = self.run(args);
        assert_eq!(done.code, 0, "{args:?}: {done:#?}");
        done
    }

    pub(crate) fn spawn(&self, args: &[&str]) -> Child {
        self.command_in(&self.root(), args)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
    }

    /// All state files.
    pub(crate) fn state_files(&self) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.path("state/prox/instances")) else {
            return Vec::new();
        };
        entries
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.extension().is_some_and(|it| it == "json"))
            .collect()
    }

    /// The state file of the only supervisor.
    pub(crate) fn state(&self) -> Value {
        let files = self.state_files();
        assert_eq!(files.len(), 1, "{files:?}");
        serde_json::from_slice(&fs::read(&files[0]).unwrap()).unwrap()
    }

    pub(crate) fn pid(&self) -> u32 {
        u32::try_from(self.state()["pid"].as_u64().unwrap()).unwrap()
    }

    /// Waits for the state file of a supervisor.
    pub(crate) fn until_started(&self) {
        until("a state file", || !self.state_files().is_empty());
    }

    /// The running projects, as `list --json` shows them.
    pub(crate) fn listed(&self) -> Vec<Value> {
        let list = self.ok(&["list", "--json"]).json();
        list.as_array().unwrap().clone()
    }

    /// A process as `status --json` shows it.
    pub(crate) fn process(&self, name: &str) -> Value {
        let status = self.run(&["status", "--json"]).json();
        let processes = status["processes"].as_array().unwrap();
        let found = processes.iter().find(|it| it["name"] == name);
        found.unwrap_or_else(|| panic!("{name}: {status}")).clone()
    }

    /// Sends one request, written by hand, to the local API. Returns status and body.
    pub(crate) fn http(
        &self,
        request: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> (u16, String) {
        let port = u16::try_from(self.state()["port"].as_u64().unwrap()).unwrap();
        let mut socket = TcpStream::connect(("127.0.0.1", port)).unwrap();
        socket.set_read_timeout(Some(TEST_TIMEOUT)).unwrap();
        let mut text = format!("{request} HTTP/1.1\r\nConnection: close\r\n");
        if headers.iter().all(|(name, _)| *name != "Host") {
            text += "Host: 127.0.0.1\r\n";
        }
        for (name, value) in headers {
            text += &format!("{name}: {value}\r\n");
        }
        text += &format!("Content-Length: {}\r\n\r\n{body}", body.len());
        socket.write_all(text.as_bytes()).unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
    }

    /// A request with the token.
    pub(crate) fn authorized(&self, request: &str, body: &str) -> (u16, String) {
        let bearer = format!("Bearer {}", self.state()["token"].as_str().unwrap());
        let headers = [
            ("Authorization", bearer.as_str()),
            ("Content-Type", "application/json"),
        ];
        self.http(request, &headers, body)
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        for file in self.state_files() {
            let text = fs::read(&file).unwrap_or_default();
            let state: Value = serde_json::from_slice(&text).unwrap_or_default();
            if let Some(config) = state["configFile"].as_str() {
                self.run_in(self.dir.path(), &["--config", config, "down"]);
            }
        }
    }
}

/// Waits until a condition is true.
pub(crate) fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + TEST_TIMEOUT;
    while !holds() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

pub(crate) fn signal(pid: u32, signal: rustix::process::Signal) {
    let pid = rustix::process::Pid::from_raw(i32::try_from(pid).unwrap()).unwrap();
    rustix::process::kill_process(pid, signal).unwrap();
}

/// Whether a process exists and is not a zombie.
pub(crate) fn is_alive(pid: u32) -> bool {
    prox_control::registry::process_start(pid).is_some()
}

/// Waits for the pid that a process writes into a file.
pub(crate) fn pid_in(file: &Path) -> u32 {
    let read = || fs::read_to_string(file).ok()?.trim().parse().ok();
    until("a pid in a file", || read().is_some());
    read().unwrap()
}

/// Waits for the end of a command.
pub(crate) fn finish(mut child: Child) -> Done {
    let deadline = Instant::now() + TEST_TIMEOUT;
    while child.try_wait().unwrap().is_none() {
        if Instant::now() > deadline {
            child.kill().unwrap();
            panic!(
                "it did not end: {:?}",
                Done::from(child.wait_with_output().unwrap())
            );
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    child.wait_with_output().unwrap().into()
}
