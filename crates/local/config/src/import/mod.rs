//! Converts the configuration of other programs to a `prox.yaml`, and lists everything that has no
//! equivalent. Runs nothing, and never changes the file it reads.

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

/// What a file was written for.
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

/// A `prox.yaml`, and what could not be put into it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Imported {
    /// What the file was read as.
    pub format: Format,
    /// The text of the new file.
    pub yaml: String,
    /// By line.
    pub notes: Vec<Note>,
}

/// Something that is not the same as before.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Note {
    /// In the file that was read, from 1; 0 for the file as a whole.
    pub line: usize,
    /// A sentence without its full stop.
    pub message: String,
}

/// What a file is, by its name and then by how it begins.
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

/// Reads a file of another program. `format` is guessed when it is none.
///
/// # Errors
/// When the file cannot be read, or not as this format.
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

/// The variables of the file that those programs read without being told. What is wrong with it
/// is told when the new configuration is read.
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

/// A name that is possible and not in `taken`, as like the old one as can be; taken now.
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

/// A word as the shell reads it.
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
