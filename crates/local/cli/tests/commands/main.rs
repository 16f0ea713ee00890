//! Commands that need no supervisor, as people and scripts run them.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]

mod app;
mod config;
mod import;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// A folder with files, and an empty home.
struct Folder(TempDir);

/// The output of a command.
struct Answer {
    code: i32,
    stdout: String,
    stderr: String,
}

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn file(self, name: &str, text: &str) -> Self {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// Runs `prox` with these arguments in the folder `below`, without a terminal.
    fn prox_in(&self, below: &str, words: &str) -> Answer {
        self.run(below, words, &[])
    }

    /// The same with these environment variables.
    fn prox_with(&self, words: &str, env: &[(&str, &str)]) -> Answer {
        self.run("", words, env)
    }

    fn run(&self, below: &str, words: &str, env: &[(&str, &str)]) -> Answer {
        let home = self.path().join("home");
        std::fs::create_dir_all(&home).unwrap();
        let Output {
            status,
            stdout,
            stderr,
        } = Command::new(env!("CARGO_BIN_EXE_prox"))
            .args(words.split_whitespace())
            .current_dir(self.path().join(below))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap())
            .env("HOME", home)
            .envs(env.iter().copied())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        Answer {
            code: status.code().unwrap(),
            stdout: String::from_utf8(stdout).unwrap(),
            stderr: String::from_utf8(stderr).unwrap(),
        }
    }

    fn prox(&self, words: &str) -> Answer {
        self.prox_in("", words)
    }
}

impl Answer {
    fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}\n{}", self.stdout, self.stderr))
    }
}
