//! Converts the configuration of other programs to a `prox.yaml`, and lists everything that has no
//! equivalent. Executes nothing, and does not change the imported file.

mod node;
mod process_compose;
mod procfile;

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use serde::Serialize;

use super::problem::{self, ConfigErrors, Problems};
use super::source::{self, Source};
use super::{dotenv, emit};

/// The format of an imported file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, clap::ValueEnum)]
#[serde(rename_all = "kebab-case")]
pub enum Format {
    /// foreman, overmind, Heroku: `name: command` lines.
    Procfile,
    /// process-compose.
    ProcessCompose,
    /// The scripts of a package.json.
    PackageJson,
    /// The apps of a pm2 ecosystem file.
    Pm2,
}

/// A new `prox.yaml`, with notes about everything that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// Format of the imported file.
    pub format: Format,
    /// Text of the new file.
    pub yaml: String,
    /// Notes, sorted by line.
    pub notes: Vec<Note>,
}

/// A difference between the imported file and the new one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Note {
    /// Line of the imported file, from 1; 0 for the whole file.
    pub line: usize,
    /// Message: a sentence without a full stop.
    pub message: String,
}

/// Detects the format of a file by its name, then by its content.
pub fn detect(path: &Path, text: &str) -> Format {
    let name = path
        .file_name()
        .and_then(|name| name.to_str())
        .unwrap_or_default();
    let extension = path.extension().and_then(|extension| extension.to_str());
    match extension {
        _ if name.starts_with("Procfile") => Format::Procfile,
        _ if name == "package.json" => Format::PackageJson,
        Some("js" | "cjs" | "mjs" | "ts") => Format::Pm2,
        Some("json") if text.contains("\"scripts\"") && !text.contains("\"apps\"") => {
            Format::PackageJson
        }
        Some("json" | "json5" | "jsonc") => Format::Pm2,
        Some("yaml" | "yml") => Format::ProcessCompose,
        _ if text.lines().any(|line| line.trim_end() == "processes:") => Format::ProcessCompose,
        _ => Format::Procfile,
    }
}

/// Imports a file of another program. Detects the format when `format` is none.
///
/// # Errors
/// When the file cannot be read, or does not have this format.
pub fn import(path: &Path, format: Option<Format>) -> Result<Imported, ConfigErrors> {
    let mut problems = Problems::default();
    let imported = read(path, format, &mut problems);
    match imported {
        Some(imported) => problems.or_errors(imported),
        None => Err(problems.into_errors()),
    }
}

fn read(path: &Path, format: Option<Format>, problems: &mut Problems) -> Option<Imported> {
    let source = problem::read(path, problems)?;
    let format = format.unwrap_or_else(|| detect(path, &source.text));
    let env = env_beside(path);
    let (pairs, mut notes) = match format {
        Format::Procfile => procfile::import(&source, env.as_ref(), problems),
        Format::ProcessCompose => process_compose::import(&source, env.is_some(), problems)?,
        Format::PackageJson => node::package(&source, path, env.is_some(), problems)?,
        Format::Pm2 => node::ecosystem(&source, env.is_some(), problems)?,
    };
    notes.sort();
    notes.dedup();
    Some(Imported {
        format,
        yaml: emit::document(&pairs),
        notes,
    })
}

/// The variables of the `.env` file beside the imported one, which those programs read by default.
/// Its mistakes are reported when the new configuration is read.
fn env_beside(path: &Path) -> Option<BTreeMap<String, String>> {
    let path = path.with_file_name(".env");
    if !path.is_file() {
        return None;
    }
    let text = source::read(&path).unwrap_or_default();
    let source = Arc::new(Source::secret(&path, text));
    let nothing = BTreeMap::new();
    Some(dotenv::parse(&source, &nothing, &mut Problems::default()))
}

fn env_file() -> emit::Pair {
    emit::pair(
        "env_file",
        emit::Yaml::Map(vec![
            emit::pair("path", emit::Yaml::text(".env")),
            emit::pair("required", emit::Yaml::Flag(false)),
        ]),
    )
}

/// A valid name that is not in `taken`, similar to the old one. Adds it to `taken`.
fn possible_name(old: &str, taken: &mut HashSet<String>) -> String {
    let kept: String = old
        .chars()
        .map(|c| match c {
            c if c.is_ascii_alphanumeric() || "_.-".contains(c) => c,
            _ => '-',
        })
        .take(56)
        .collect();
    let kept = kept.trim_matches(['-', '.']);
    let base = match kept {
        "" => "process",
        "prox" => "prox-process",
        kept => kept,
    };
    let mut name = base.to_owned();
    let mut number = 2;
    while !taken.insert(name.clone()) {
        name = format!("{base}-{number}");
        number += 1;
    }
    name
}

/// Quotes a word for the shell.
fn quote(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./:=@%+,".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]
mod tests;
