//! The wall clock is set while everything runs: forwards by a month, backwards by two days. A
//! preloaded library sets it, for `prox` and all its processes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rustix::process::Signal;
use serde_json::Value;

use crate::support::{Done, Project, finish, signal, until};

const DAY: i64 = 86_400;

/// Adds the seconds in a file to the wall clock; monotonic clocks stay unchanged.
const LIBRARY: &str = r#"
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long offset(void) {
    char text[32] = {0};
    int file = open(getenv("PROX_TEST_CLOCK"), O_RDONLY | O_CLOEXEC);
    if (file >= 0) {
        ssize_t length = read(file, text, sizeof text - 1);
        close(file);
        if (length > 0) return atol(text);
    }
    return 0;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int failed = syscall(SYS_clock_gettime, clock, now);
    if (!failed && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += offset();
    return failed;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec exact;
    int failed = clock_gettime(CLOCK_REALTIME, &exact);
    now->tv_sec = exact.tv_sec;
    now->tv_usec = exact.tv_nsec / 1000;
    return failed;
}

time_t time(time_t *now) {
    struct timespec exact;
    clock_gettime(CLOCK_REALTIME, &exact);
    if (now) *now = exact.tv_sec;
    return exact.tv_sec;
}
"#;

/// A project whose wall clock can be set.
struct Clocked {
    project: Project,
    library: PathBuf,
}

impl Clocked {
    fn new(yaml: &str) -> Self {
        let project = Project::new(yaml);
        let (source, library) = (project.path("clock.c"), project.path("clock.so"));
        fs::write(&source, LIBRARY).unwrap();
        let built = Command::new("cc")
            .args(["-shared", "-fPIC", "-o"])
            .args([&library, &source])
            .status();
        assert!(built.unwrap().success());
        Self { project, library }
    }

    fn file(&self) -> PathBuf {
        self.project.path("clock")
    }

    fn set(&self, seconds: i64) {
        let new = self.project.path("clock.new");
        fs::write(&new, seconds.to_string()).unwrap();
        fs::rename(new, self.file()).unwrap();
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = self.project.command_in(&self.project.root(), args);
        command
            .env("LD_PRELOAD", &self.library)
            .env("PROX_TEST_CLOCK", self.file());
        command
    }

    fn ok(&self, args: &[&str]) -> Done {
        let done: Done = self.command(args).output().unwrap().into();
        assert_eq!(done.code, 0, "{args:?}: {done:#?}");
        done
    }

    fn up(&self) -> Child {
        let up = self
            .command(&["up", "--no-tui"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.project.until_started();
        up.unwrap()
    }

    fn process(&self, name: &str) -> Value {
        let status: Done = self.command(&["status", "--json"]).output().unwrap().into();
        let status = status.json();
        let processes = status["processes"].as_array().unwrap();
        processes
            .iter()
            .find(|it| it["name"] == name)
            .unwrap()
            .clone()
    }

    /// The log of `web`, as a command shows it.
    fn said(&self, args: &[&str]) -> Vec<String> {
        let logs = self
            .ok(&[&["logs", "--json"], args, &["proc:web"]].concat())
            .out;
        logs.lines()
            .map(|line| serde_json::from_str::<Value>(line).unwrap())
            .filter(|line| line["stream"] == "stdout")
            .map(|line| line["line"].as_str().unwrap().to_owned())
            .collect()
    }

    fn say(&self, word: &str) {
        let body = format!("{{\"text\":\"{word}\\n\"}}");
        self.project
            .authorized("POST /api/v1/processes/web/stdin", &body);
        until(word, || self.said(&[]).iter().any(|said| said == word));
    }
}

fn lines(file: &Path) -> usize {
    fs::read_to_string(file).unwrap_or_default().lines().count()
}

/// The cell in a line of a table, below a word of its header.
fn cell<'a>(table: &'a str, name: &str, header: &str) -> &'a str {
    let at = table.lines().next().unwrap().find(header).unwrap();
    let row = table.lines().find(|line| line.contains(name)).unwrap();
    row[at..].split("  ").next().unwrap()
}

#[test]
fn everything_keeps_running_when_the_clock_is_set() {
    let clocked = Clocked::new(
        "processes:
  web:
    cmd: 'while read word; do echo $word; done'
    healthcheck: {cmd: echo >> checks, interval: 100ms}
  flaky: {cmd: 'exit 1', restart: {policy: on-failure, backoff: 100ms, max_backoff: 100ms}}
  stubborn: {cmd: \"trap '' TERM; while :; do sleep 0.05; done\", stop_timeout: 300ms}",
    );
    clocked.set(0);
    let up = clocked.up();
    clocked.say("before");
    let checks = clocked.project.root().join("checks");
    for (word, seconds) in [("forwards", 30 * DAY), ("backwards", -2 * DAY)] {
        let (checked, restarts) = (lines(&checks), clocked.process("flaky")["restarts"].clone());
        clocked.set(seconds);
        clocked.say(word);
        until("health checks", || lines(&checks) > checked + 2);
        until("restarts", || {
            clocked.process("flaky")["restarts"].as_u64() > restarts.as_u64().map(|it| it + 2)
        });
        until("an uptime of seconds, but some", || {
            let uptime = clocked.command(&["status"]).output().unwrap();
            let uptime = String::from_utf8(uptime.stdout).unwrap();
            let uptime = cell(&uptime, "web", "UPTIME");
            uptime.ends_with('s') && !uptime.contains(' ') && uptime != "0s"
        });
        let list = clocked.ok(&["list"]).out;
        let uptime = cell(&list, "project", "UPTIME").trim();
        assert!(uptime.ends_with('s') && uptime != "0s", "{list}");
    }
    assert_eq!(clocked.said(&[]), ["before", "forwards", "backwards"]);
    // New lines count as later than all earlier ones.
    assert_eq!(
        clocked.said(&["--since", "1m"]),
        ["before", "forwards", "backwards"]
    );
    clocked.set(0);
    assert_eq!(clocked.said(&["--since", "1m"]), ["before", "forwards"]);
    signal(up.id(), Signal::TERM);
    finish(up);
    assert_eq!(clocked.said(&[]), ["before", "forwards", "backwards"]);
}

#[test]
fn logs_outlive_a_clock_that_is_wrong_at_the_start() {
    let clocked = Clocked::new(
        "logs: {retention: 1h}
processes: {web: 'while read word; do echo $word; done'}",
    );
    let mut words = Vec::new();
    for (word, seconds) in [
        ("one", 0),
        ("two", 30 * DAY),
        ("three", -30 * DAY),
        ("four", 0),
    ] {
        clocked.set(seconds);
        let up = clocked.up();
        clocked.say(word);
        words.push(word);
        until("all in the files", || clocked.said(&["-n", "all"]) == words);
        signal(up.id(), Signal::TERM);
        finish(up);
    }
}
