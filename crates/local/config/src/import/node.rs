//! Imports files of Node projects: the scripts of a package.json, and the apps of a pm2 ecosystem
//! file. Parses literal values of an ecosystem file, and never executes it.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jsonc_parser::ast::{Object, ObjectProp, Value};

use super::super::emit::{Pair, Yaml, pair};
use super::super::problem::{self, Problem, Problems, quoted};
use super::super::source::Source;
use super::super::value;
use super::{Note, env_file, possible_name, quote};

/// The usual names of scripts that keep running.
const RUNNING: [&str; 5] = ["dev", "start", "serve", "watch", "develop"];
/// The maximum number of restarts in a `prox.yaml`.
const MAX_RESTARTS: u32 = 1_000_000;

/// Imports the scripts of a package.json that keep running, as processes.
pub(super) fn package(
    source: &Arc<Source>,
    path: &Path,
    has_env_file: bool,
    problems: &mut Problems,
) -> Option<(Vec<Pair>, Vec<Note>)> {
    let mut notes = Notes::of(source);
    let value = parse(source, 0..source.text.len())
        .map_err(|found| problems.add(*found))
        .ok()?;
    let scripts = value
        .as_object()
        .and_then(|root| root.get_object("scripts"));
    let scripts: &[ObjectProp] = scripts
        .map(|it| it.properties.as_slice())
        .unwrap_or_default();
    let first_word = |name: &str| RUNNING.iter().position(|word| is_variant(name, word));
    // `start` is usually the built version of `dev`, and would use the same port.
    let develops = scripts.iter().any(|it| is_variant(it.name.as_str(), "dev"));
    let manager = manager(path, value.as_object());
    let mut names = HashSet::new();
    let mut processes = Vec::new();
    for script in scripts {
        let old = script.name.as_str();
        let at = script.range.start;
        let Some(command) = script.value.as_string_lit() else {
            continue;
        };
        let built = develops && is_variant(old, "start");
        if first_word(old).is_none() || built {
            let is_hook = ["pre", "post"].iter().any(|hook| {
                old.strip_prefix(hook)
                    .is_some_and(|rest| scripts.iter().any(|it| it.name.as_str() == rest))
            });
            if !is_hook {
                let why = if built {
                    "`dev` runs in its place"
                } else {
                    "it ends by itself"
                };
                notes.add(at, format!("the script {} is left out: {why}", quoted(old)));
            }
            continue;
        }
        let name = possible_name(old, &mut names);
        let cmd = format!("{manager} run {}", quote(old));
        let comment = one_line(&command.value);
        processes.push(Pair {
            comment: Some(comment),
            ..pair(name, Yaml::text(cmd))
        });
    }
    if processes.is_empty() {
        let found = problem::about(
            Arc::clone(source),
            "this package.json has no script that goes on running",
        )
        .with_help("such as `dev`, `start`, `serve` or `watch`");
        problems.add(found);
        return None;
    }
    Some((
        document(has_env_file, None, processes, Vec::new()),
        notes.list,
    ))
}

/// Whether a script has a name or one of its variants: `dev`, `dev:api`, `api:dev`.
fn is_variant(name: &str, word: &str) -> bool {
    name.split([':', '-', '.']).any(|part| part == word)
}

/// The package manager that package.json names, else the one of the lock file beside it.
fn manager(path: &Path, package: Option<&Object<'_>>) -> &'static str {
    let named = package.and_then(|package| package.get_string("packageManager"));
    let named = named.and_then(|named| named.value.split('@').next());
    let locks = [
        ("pnpm", "pnpm-lock.yaml"),
        ("yarn", "yarn.lock"),
        ("bun", "bun.lock"),
        ("bun", "bun.lockb"),
    ];
    let by_name = locks.iter().find(|(manager, _)| Some(*manager) == named);
    let by_lock = || {
        locks
            .iter()
            .find(|(_, lock)| path.with_file_name(lock).is_file())
    };
    let found = by_name.or_else(|| by_lock().filter(|_| named.is_none()));
    found.map_or("npm", |(manager, _)| manager)
}

/// Imports the apps of a pm2 ecosystem file, as processes.
pub(super) fn ecosystem(
    source: &Arc<Source>,
    has_env_file: bool,
    problems: &mut Problems,
) -> Option<(Vec<Pair>, Vec<Note>)> {
    let value = match exported(&source.text) {
        Some(range) => parse(source, range),
        None => Err(Box::new(problem::about(
            Arc::clone(source),
            "there is no `module.exports = { apps: […] }` in it",
        ))),
    };
    let is_json = source.path.extension().is_some_and(|it| it == "json");
    let computed = |found: Problem| match is_json {
        true => found,
        false => found.with_help(print_exports(&source.path)),
    };
    let value = value.map_err(|found| problems.add(computed(*found))).ok()?;
    let apps = match &value {
        Value::Array(apps) => Some(apps.elements.as_slice()),
        Value::Object(root) => root.get("apps").map(|apps| match &apps.value {
            Value::Array(apps) => apps.elements.as_slice(),
            one => std::slice::from_ref(one),
        }),
        _ => None,
    };
    let apps: Vec<&Object> = apps
        .into_iter()
        .flatten()
        .filter_map(Value::as_object)
        .collect();
    if apps.is_empty() {
        let found = problem::about(Arc::clone(source), "there are no `apps` in it");
        problems.add(computed(found));
        return None;
    }
    let mut import = Apps {
        notes: Notes::of(source),
        names: HashSet::new(),
        groups: BTreeMap::new(),
        longest_stop: Duration::ZERO,
    };
    let mut processes = Vec::new();
    for app in apps {
        match import.app(app) {
            Some(process) => processes.push(process),
            None => import.notes.add(
                app.range.start,
                "this app names no `script`, and is left out",
            ),
        }
    }
    if processes.is_empty() {
        let message = "no app in it names a `script`";
        problems.add(problem::about(Arc::clone(source), message));
        return None;
    }
    let shutdown = (import.longest_stop > Duration::from_secs(8))
        .then(|| (import.longest_stop + Duration::from_secs(2)).min(Duration::from_secs(600)));
    let mut groups = Vec::new();
    for (namespace, members) in std::mem::take(&mut import.groups) {
        let name = possible_name(&namespace, &mut import.names);
        let members = members.into_iter().map(Yaml::Text).collect();
        groups.push(pair(name, Yaml::List(members)));
    }
    let pairs = document(has_env_file, shutdown, processes, groups);
    Some((pairs, import.notes.list))
}

fn document(
    has_env_file: bool,
    shutdown: Option<Duration>,
    processes: Vec<Pair>,
    groups: Vec<Pair>,
) -> Vec<Pair> {
    let mut pairs = Vec::new();
    if has_env_file {
        pairs.push(env_file());
    }
    if let Some(timeout) = shutdown {
        pairs.push(pair(
            "shutdown_timeout",
            Yaml::text(value::format_duration(timeout)),
        ));
    }
    pairs.push(pair("processes", Yaml::Map(processes)));
    if !groups.is_empty() {
        pairs.push(pair("groups", Yaml::Map(groups)));
    }
    pairs
}

/// The advice for an ecosystem file that computes its apps: a command that prints them. `import`
/// loads both CommonJS and ES modules.
fn print_exports(path: &Path) -> String {
    let module = if path.is_absolute() {
        path.to_path_buf()
    } else {
        Path::new(".").join(path)
    };
    // A path begins with a slash or a dot, so that `import` does not look for a package.
    let module = serde_json::Value::from(module.to_string_lossy());
    let script = format!("import({module}).then(it => console.log(JSON.stringify(it.default)))");
    format!(
        "prox does not run it: print what it exports into a new file, and import that: \
         `node -e {} > ecosystem.json`",
        quote(&script)
    )
}

/// The exported value of an ecosystem file: all of a JSON file, else what follows `module.exports
/// =` or `export default`.
fn exported(text: &str) -> Option<Range<usize>> {
    let start = if text.trim_start().starts_with(['{', '[']) {
        0
    } else if let Some((before, after)) = text.split_once("module.exports") {
        let value = after.trim_start().strip_prefix('=')?;
        // Not `module.exports == x`.
        (!value.starts_with('=')).then_some(
            before.len() + "module.exports".len() + after.len() - after.trim_start().len() + 1,
        )?
    } else {
        let (before, _) = text.split_once("export default")?;
        before.len() + "export default".len()
    };
    let end = text.trim_end().trim_end_matches(';').len();
    Some(start..end.max(start))
}

/// A literal of JSON or JavaScript.
fn parse(source: &Arc<Source>, range: Range<usize>) -> Result<Value<'_>, Box<Problem>> {
    let text = source.text.get(range.clone()).unwrap_or_default();
    let parsed = jsonc_parser::parse_to_ast(text, &Default::default(), &Default::default());
    match parsed {
        Ok(parsed) => parsed
            .value
            .ok_or_else(|| Box::new(problem::about(Arc::clone(source), "there is nothing in it"))),
        Err(error) => {
            let at = range.start + error.range().start;
            let message = "this is not a literal value";
            Err(Box::new(problem::at(source, at..at + 1, message)))
        }
    }
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Collects notes with their lines.
struct Notes<'a> {
    source: &'a Source,
    list: Vec<Note>,
    /// The start of the literal to which positions are relative.
    offset: usize,
}

impl<'a> Notes<'a> {
    fn of(source: &'a Source) -> Self {
        Self {
            source,
            list: Vec::new(),
            offset: exported(&source.text).map_or(0, |range| range.start),
        }
    }

    fn add(&mut self, at: usize, message: impl Into<String>) {
        let (line, _) = self.source.position(self.offset + at);
        self.list.push(Note {
            line,
            message: message.into(),
        });
    }
}

struct Apps<'a> {
    notes: Notes<'a>,
    names: HashSet<String>,
    /// The processes of each namespace.
    groups: BTreeMap<String, Vec<String>>,
    longest_stop: Duration,
}

impl Apps<'_> {
    /// Imports an app. None for an app without a script.
    fn app(&mut self, app: &Object<'_>) -> Option<Pair> {
        let text = |key: &str| app.get(key).and_then(|it| scalar(&it.value));
        let script = text("script").filter(|script| !script.trim().is_empty())?;
        let file = script.rsplit('/').next().unwrap_or_default();
        let stem = file.split('.').next().unwrap_or_default();
        let old = text("name").unwrap_or_else(|| stem.to_owned());
        let name = possible_name(&old, &mut self.names);
        if name != old {
            let message = format!("the app {} is called {name} now", quoted(&old));
            self.notes.add(app.range.start, message);
        }
        let mut pairs = vec![pair("cmd", Yaml::text(command(app, &script)))];
        // pm2 stops processes with SIGINT, and restarts every process that ends.
        let mut restart = vec![pair("policy", Yaml::text("always"))];
        let mut restarts = true;
        let mut ignored = vec![Yaml::text("node_modules")];
        let mut watch = None;
        for property in &app.properties {
            let key = property.name.as_str();
            let said = scalar(&property.value).unwrap_or_default();
            let number = said.parse::<u64>().ok();
            match key {
                "name" | "script" | "args" | "interpreter" | "exec_interpreter" | "node_args"
                | "interpreter_args" => {}
                "cwd" => pairs.push(pair("dir", Yaml::text(escaped(&said)))),
                "env" => {
                    let env = property
                        .value
                        .as_object()
                        .map(|it| it.properties.as_slice());
                    let env = env.unwrap_or_default().iter().filter_map(|it| {
                        let key = it.name.as_str();
                        let text = scalar(&it.value)?;
                        value::fits(value::VARIABLE, key)
                            .then(|| pair(key, Yaml::Text(escaped(&text))))
                    });
                    let env: Vec<Pair> = env.collect();
                    if !env.is_empty() {
                        pairs.push(pair("env", Yaml::Map(env)));
                    }
                }
                "autorestart" => restarts = said != "false",
                "max_restarts" => {
                    let count = number.unwrap_or_default().min(u64::from(MAX_RESTARTS));
                    restart.push(pair("max_restarts", Yaml::Number(count)));
                }
                "restart_delay" => {
                    if let Some(wait) = number.filter(|wait| *wait > 0) {
                        let wait =
                            value::format_duration(Duration::from_millis(wait.min(86_400_000)));
                        restart.push(pair("backoff", Yaml::text(wait.clone())));
                        restart.push(pair("max_backoff", Yaml::text(wait)));
                    }
                }
                "kill_timeout" => {
                    let time = Duration::from_millis(number.unwrap_or_default().min(598_000));
                    if time > Duration::ZERO {
                        self.longest_stop = self.longest_stop.max(time);
                        pairs.push(pair(
                            "stop_timeout",
                            Yaml::text(value::format_duration(time)),
                        ));
                    }
                }
                "watch" if said == "true" => watch = Some(vec![Yaml::text(".")]),
                "watch" => {
                    let paths = texts(&property.value);
                    watch = (!paths.is_empty() && said != "false").then_some(paths);
                }
                "ignore_watch" => ignored.extend(texts(&property.value)),
                "namespace" if said == "default" => {}
                "namespace" => self.groups.entry(said).or_default().push(name.clone()),
                "instances" | "exec_mode"
                    if matches!(said.as_str(), "1" | "fork" | "fork_mode") => {}
                _ if said == "false" => {}
                _ => {
                    let instead = match key {
                        "instances" | "exec_mode" => "; write one process for each",
                        key if key.starts_with("env_") => "; `env` is kept",
                        key if key.ends_with("_file") => {
                            "; prox writes one log for each process, see `logs.dir`"
                        }
                        _ => "",
                    };
                    let key = quoted(key);
                    let key = key.trim_matches('"');
                    let message = format!("{name}: `{key}` has no equivalent{instead}");
                    self.notes.add(property.range.start, message);
                }
            }
        }
        if restarts {
            let all = match restart.len() {
                1 => Yaml::text("always"),
                _ => Yaml::Map(restart),
            };
            pairs.push(pair("restart", all));
        }
        if let Some(paths) = watch {
            let paths = pair("paths", Yaml::List(paths));
            let ignore = pair("ignore", Yaml::List(ignored));
            pairs.push(pair("watch", Yaml::Map(vec![paths, ignore])));
        }
        pairs.push(pair("stop_signal", Yaml::text("SIGINT")));
        Some(pair(name, Yaml::Map(pairs)))
    }
}

/// The command of an app's script, with the interpreter that the app names, or that of the file's
/// extension.
fn command(app: &Object<'_>, script: &str) -> String {
    let words = |key: &str| -> Option<String> {
        match &app.get(key)?.value {
            Value::Array(words) => {
                let words = words.elements.iter().filter_map(scalar);
                let words: Vec<_> = words.map(|word| quote(&word)).collect();
                Some(words.join(" "))
            }
            one => scalar(one),
        }
    };
    let named = words("interpreter").or_else(|| words("exec_interpreter"));
    // As in pm2, a script with spaces is a command line.
    let is_line = script.contains(char::is_whitespace);
    let ending = script
        .rsplit('/')
        .next()
        .and_then(|file| file.rsplit_once('.'));
    let interpreter = match (named.as_deref(), ending.map(|(_, ending)| ending)) {
        (Some("none"), _) => None,
        (Some(named), _) => Some(named),
        (None, _) if is_line => None,
        (None, Some("js" | "cjs" | "mjs")) => Some("node"),
        (None, Some("ts" | "tsx")) => Some("bun"),
        (None, Some("py")) => Some("python3"),
        (None, Some("sh")) => Some("bash"),
        (None, Some("rb")) => Some("ruby"),
        (None, Some("php")) => Some("php"),
        (None, Some("pl")) => Some("perl"),
        (None, _) => None,
    };
    let arguments = words("node_args").or_else(|| words("interpreter_args"));
    let script = match is_line {
        true => script.to_owned(),
        false => quote(script),
    };
    let parts = [
        interpreter.map(str::to_owned),
        arguments.filter(|_| interpreter.is_some()),
        Some(script),
        words("args"),
    ];
    let parts: Vec<String> = parts
        .into_iter()
        .flatten()
        .filter(|it| !it.is_empty())
        .collect();
    one_line(&parts.join(" "))
}

fn scalar(value: &Value<'_>) -> Option<String> {
    match value {
        Value::StringLit(text) => Some(text.value.to_string()),
        Value::NumberLit(number) => Some(number.value.to_owned()),
        Value::BooleanLit(flag) => Some(flag.value.to_string()),
        Value::NullKeyword(_) | Value::Object(_) | Value::Array(_) => None,
    }
}

/// The texts of a value: one text, or a list.
fn texts(value: &Value<'_>) -> Vec<Yaml> {
    let items = match value {
        Value::Array(items) => items.elements.as_slice(),
        one => std::slice::from_ref(one),
    };
    let items = items.iter().filter_map(Value::as_string_lit);
    items.map(|item| Yaml::Text(escaped(&item.value))).collect()
}

/// Escapes `$`.
fn escaped(text: &str) -> String {
    text.replace('$', "$$")
}
