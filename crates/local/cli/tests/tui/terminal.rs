//! A project in its own folder, and its own tmux that shows it. Both end with the test.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::sleep;
use std::time::{Duration, Instant};

const PROX: &str = env!("CARGO_BIN_EXE_prox");
const TEST_TIMEOUT: Duration = Duration::from_secs(30);

/// A folder with a prox.yaml, and its own home and state folder.
pub(crate) struct Project {
    folder: tempfile::TempDir,
}

impl Project {
    pub(crate) fn new(config: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("shop").tempdir().unwrap();
        fs::write(folder.path().join("prox.yaml"), config).unwrap();
        Self { folder }
    }

    /// Writes a file in the folder.
    pub(crate) fn write(&self, file: &str, text: &str) {
        fs::write(self.root().join(file), text).unwrap();
    }

    /// The content of a file in the folder; empty while there is none.
    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.root().join(file)).unwrap_or_default()
    }

    fn root(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    fn env(&self) -> [(&'static str, PathBuf); 4] {
        [
            ("HOME", self.root().join("home")),
            ("XDG_STATE_HOME", self.root().join("state")),
            ("XDG_CONFIG_HOME", self.root().join("config")),
            ("XDG_DATA_HOME", self.root().join("data")),
        ]
    }

    /// Runs a prox command in the folder. Returns its output.
    pub(crate) fn prox(&self, args: &[&str]) -> String {
        let mut command = Command::new(PROX);
        command.args(args).current_dir(self.root()).envs(self.env());
        text(&command.output().unwrap())
    }

    /// Kills the supervisor without a chance to clean up.
    pub(crate) fn kill_supervisor(&self) {
        let instances = fs::read_dir(self.root().join("state/prox/instances")).unwrap();
        let files = instances.map(|entry| entry.unwrap().path());
        let file = files
            .into_iter()
            .find(|path| path.extension().is_some_and(|e| e == "json"));
        let state: serde_json::Value =
            serde_json::from_slice(&fs::read(file.unwrap()).unwrap()).unwrap();
        let pid = state.get("pid").unwrap().to_string();
        assert!(
            Command::new("kill")
                .args(["-KILL", &pid])
                .status()
                .unwrap()
                .success()
        );
    }
}

impl Drop for Project {
    fn drop(&mut self) {
        // A supervisor that a failed test left must not outlive it; without one, this command
        // fails.
        self.prox(&["down"]);
    }
}

/// Starts a server that answers with the value of `x-debug`. Returns its port.
pub(crate) fn server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut reader = BufReader::new(stream.unwrap());
            let mut said = "nothing".to_owned();
            let mut line = String::new();
            while reader.read_line(&mut line).unwrap() > 2 {
                if let Some(value) = line.to_lowercase().strip_prefix("x-debug:") {
                    value.trim().clone_into(&mut said);
                }
                line.clear();
            }
            let length = said.len();
            let answer = format!(
                "HTTP/1.1 200 OK\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{said}"
            );
            reader.into_inner().write_all(answer.as_bytes()).unwrap();
        }
    });
    port
}

/// A free port.
pub(crate) fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

/// Requests `/` from a port.
pub(crate) fn get(port: u16) {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream
        .write_all(b"GET /hello HTTP/1.1\r\nhost: api.localhost\r\nx-debug: one\r\nconnection: close\r\n\r\n")
        .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("one"), "{answer}");
}

/// A terminal that runs prox.
pub(crate) struct Terminal {
    socket: String,
}

impl Terminal {
    pub(crate) fn start(project: &Project, width: u16, height: u16, command: &str) -> Self {
        Self::start_with(project, width, height, "TERM=tmux-256color", command)
    }

    /// A terminal with one more environment variable.
    pub(crate) fn start_with(
        project: &Project,
        width: u16,
        height: u16,
        variable: &str,
        command: &str,
    ) -> Self {
        let script = |prox: &str| format!("{prox}; echo ended with $?; exec cat");
        Self::run(project, width, height, variable, command, script)
    }

    /// A shell that outlives its terminal, and writes the exit code into the file `code`.
    pub(crate) fn start_to_be_closed(project: &Project, command: &str) -> Self {
        let script = |prox: &str| format!("trap '' HUP; {prox}; echo $? > code");
        Self::run(project, 80, 24, "TERM=tmux-256color", command, script)
    }

    /// A shell to type commands into.
    pub(crate) fn start_shell(project: &Project) -> Self {
        let script = |_: &str| "exec bash --norc --noprofile -i".to_owned();
        Self::run(project, 80, 24, "TERM=tmux-256color", "", script)
    }

    /// Types a prox command into the shell.
    pub(crate) fn type_prox(&self, command: &str) {
        self.keys(&[&format!("'{PROX}' {command}"), "Enter"]);
    }

    fn run(
        project: &Project,
        width: u16,
        height: u16,
        variable: &str,
        command: &str,
        script: impl Fn(&str) -> String,
    ) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let socket = format!("prox-test-{}-{number}", std::process::id());
        let terminal = Self { socket };
        let mut shell = format!("export {variable}");
        for (name, value) in project.env() {
            shell.push_str(&format!(" {name}='{}'", value.display()));
        }
        shell.push_str(&format!("; {}", script(&format!("'{PROX}' {command}"))));
        let size = [width.to_string(), height.to_string()];
        let root = project.root();
        terminal.tmux(&[
            "-f",
            "/dev/null",
            "new-session",
            "-d",
            "-x",
            &size[0],
            "-y",
            &size[1],
            "-c",
            root.to_str().unwrap(),
            &shell,
        ]);
        terminal
    }

    fn tmux(&self, args: &[&str]) -> String {
        let mut command = Command::new("tmux");
        // Without these, UTF-8 depends on the environment of the tests.
        command.args(["-u", "-L", &self.socket]).args(args);
        command
            .env("LC_ALL", "C.UTF-8")
            .env_remove("TMUX")
            .env_remove("NO_COLOR");
        match command.output() {
            Ok(output) => text(&output),
            Err(error) => panic!("tmux ({error}): ./scripts/test installs it"),
        }
    }

    /// The text on the screen.
    pub(crate) fn screen(&self) -> String {
        self.tmux(&["capture-pane", "-p"])
    }

    /// The text with its colours.
    pub(crate) fn coloured(&self) -> String {
        self.tmux(&["capture-pane", "-p", "-e"])
    }

    /// Waits until the screen meets the condition.
    pub(crate) fn wait(&self, what: &str, holds: impl Fn(&str) -> bool) {
        let deadline = Instant::now() + TEST_TIMEOUT;
        loop {
            let screen = self.screen();
            if holds(&screen) {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "there never was {what}:\n{screen}"
            );
            sleep(Duration::from_millis(30));
        }
    }

    /// Waits until another condition is met.
    pub(crate) fn until(&self, what: &str, holds: impl Fn() -> bool) {
        self.wait(what, |_| holds());
    }

    /// Closes the terminal, as closing its window does.
    pub(crate) fn close(&self) {
        self.tmux(&["kill-server"]);
    }

    /// Types keys, by tmux's names, or text.
    pub(crate) fn keys(&self, keys: &[&str]) {
        for key in keys {
            self.tmux(&["send-keys", key]);
        }
    }

    /// Presses the left button, counted from 0.
    pub(crate) fn click(&self, column: usize, row: usize) {
        for end in ['M', 'm'] {
            let press = format!("\u{1b}[<0;{};{}{end}", column + 1, row + 1);
            self.tmux(&["send-keys", "-l", &press]);
        }
    }

    pub(crate) fn resize(&self, width: u16, height: u16) {
        self.tmux(&[
            "resize-window",
            "-x",
            &width.to_string(),
            "-y",
            &height.to_string(),
        ]);
    }

    /// Allows programs to set the clipboard.
    pub(crate) fn share_clipboard(&self) {
        self.tmux(&["set-option", "-s", "set-clipboard", "on"]);
    }

    pub(crate) fn clipboard(&self) -> String {
        self.tmux(&["show-buffer"])
    }

    /// A property of the terminal, from tmux.
    pub(crate) fn ask(&self, format: &str) -> String {
        self.tmux(&["display-message", "-p", format])
            .trim()
            .to_owned()
    }

    /// Sends a signal to the prox that runs in the terminal: the one child of its shell.
    pub(crate) fn signal_prox(&self, signal: &str) {
        let shell = self.ask("#{pane_pid}");
        let children = Command::new("pgrep").args(["-P", &shell]).output().unwrap();
        let children = text(&children);
        let pid = children.split_whitespace().next().unwrap();
        let sent = Command::new("kill")
            .args([&format!("-{signal}"), pid])
            .status()
            .unwrap();
        assert!(sent.success());
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.close();
    }
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}
