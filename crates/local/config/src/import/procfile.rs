//! Imports Procfiles as foreman, overmind and Heroku read them: one `name: command` per line.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::super::emit::{Pair, Yaml, pair};
use super::super::problem::{self, Problems, quoted};
use super::super::source::Source;
use super::{Note, env_file, possible_name};

/// The port of the first process, unless the `.env` file sets another.
const FIRST_PORT: u16 = 5_000;
/// The difference between the ports of consecutive processes.
const PORT_STEP: u16 = 100;

/// Whether a text before a `:` can be a process name. Other files have lines with a `:`, too.
fn is_name(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || " _.-".contains(c))
}

/// The keys of the new file.
pub(super) fn import(
    source: &Arc<Source>,
    env: Option<&BTreeMap<String, String>>,
    problems: &mut Problems,
) -> (Vec<Pair>, Vec<Note>) {
    let mut notes = Vec::new();
    let mut names = HashSet::new();
    let mut processes = Vec::new();
    let mut at = 0;
    let before = problems.count();
    let first_port = env.and_then(|env| env.get("PORT")?.trim().parse::<u16>().ok());
    let first_port = first_port.unwrap_or(FIRST_PORT);
    for (number, raw) in source.text.split('\n').enumerate() {
        let start = at;
        at += raw.len() + 1;
        let mut note = |message: String| {
            notes.push(Note {
                line: number + 1,
                message,
            });
        };
        let line = raw.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let command = line
            .split_once(':')
            .map(|(name, command)| (name.trim(), command.trim()))
            .filter(|(name, command)| is_name(name) && !command.is_empty());
        let Some((name, command)) = command else {
            let found = problem::at(
                source,
                start..start + raw.len(),
                "this line is not `name: command`",
            );
            problems.add(found);
            continue;
        };
        if command.contains(char::is_control) {
            let found = problem::at(
                source,
                start..start + raw.len(),
                "there is a control character in this line",
            );
            problems.add(found);
            continue;
        }
        let new = possible_name(name, &mut names);
        if new != name {
            note(format!("the process {} is called {new} now", quoted(name)));
        }
        if name == "release" {
            note(
                "Heroku runs `release` once, before a release; here it is a process, make it a task if you need it"
                    .to_owned(),
            );
        }
        let port = first_port.checked_add(
            PORT_STEP.saturating_mul(u16::try_from(processes.len()).unwrap_or(u16::MAX)),
        );
        let Some(port) = port else {
            note(format!(
                "{new} has no `PORT`: there are no more ports after 65535"
            ));
            processes.push(pair(new, Yaml::text(command)));
            continue;
        };
        if processes.is_empty() {
            note(format!(
                "each process has a `PORT` of its own, from {port} on, as foreman gives it"
            ));
        }
        let port = Yaml::text(port.to_string());
        let value = Yaml::Map(vec![
            pair("cmd", Yaml::text(command)),
            pair("env", Yaml::Map(vec![pair("PORT", port)])),
        ]);
        processes.push(pair(new, value));
    }
    if processes.is_empty() && problems.count() == before {
        let message = "there is no `name: command` in it, so this is not a Procfile";
        problems.add(problem::about(Arc::clone(source), message));
    }
    let mut pairs = Vec::new();
    if env.is_some() {
        pairs.push(env_file());
    }
    pairs.push(pair("processes", Yaml::Map(processes)));
    (pairs, notes)
}
