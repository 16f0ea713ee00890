//! Imports Procfiles as foreman, overmind and Heroku read them: one `name: command` per line.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use super::super::emit::{Pair, Yaml, pair};
use super::super::problem::{self, Problems, quoted};
use super::super::source::Source;
use super::{Note, env_file, possible_name};

/// Whether this may be meant as a name: other files have lines with a `:`, too.
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
    let first_port = env.and_then(|env| env.get("PORT")?.parse::<u16>().ok());
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
                "this line is no `name: command`",
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
        // foreman gives each process a port: 5000, 5100, …; its file of variables says another first.
        let port = usize::from(first_port.unwrap_or(5_000)) + 100 * processes.len();
        let value = if command.contains("$PORT") || command.contains("${PORT") {
            note(format!(
                "prox sets no `PORT`; {new} gets {port} as foreman would give it"
            ));
            Yaml::Map(vec![
                pair("cmd", Yaml::text(command)),
                pair(
                    "env",
                    Yaml::Map(vec![pair("PORT", Yaml::text(port.to_string()))]),
                ),
            ])
        } else {
            Yaml::text(command)
        };
        processes.push(pair(new, value));
    }
    if processes.is_empty() && problems.count() == before {
        let message = "there is no `name: command` in it, so this is no Procfile";
        problems.add(problem::about(Arc::clone(source), message));
    }
    let mut pairs = Vec::new();
    if env.is_some() {
        pairs.push(env_file());
    }
    pairs.push(pair("processes", Yaml::Map(processes)));
    (pairs, notes)
}
