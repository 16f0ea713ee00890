//! `prox init`: adds a manifest, a `prox.yaml` and a section of the README to an existing project.
//! Shows every change before it makes it, and never changes an existing manifest or `prox.yaml`.

mod detect;

use std::fs;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use serde_json::json;

use self::detect::{Found, detect};
use super::{painted, print, print_json};
use crate::args::{Global, Init};
use crate::exit::{Exit, Failure, Outcome};
use crate::terminal::has_colour;
use prox_capture::unified::unified;
use prox_config::emit::{self, Yaml, pair};
use prox_config::manifest::{self, Manifest};
use prox_config::{FILE_NAMES, user};

pub(super) use self::detect::{Engine, engines, is_known, missing_packages};

const BEGIN: &str = "<!-- prox:begin -->";
const END: &str = "<!-- prox:end -->";

/// The change of a file.
struct Change {
    path: PathBuf,
    /// The old content. None for a new file.
    old: Option<String>,
    new: String,
}

pub(super) fn run(global: &Global, args: &Init) -> Outcome {
    let folder = std::env::current_dir()?;
    let found = detect(&folder)?;
    let changes = plan(&folder, &found)?;
    if changes.is_empty() {
        return done(
            global,
            &found,
            &changes,
            "Nothing to do: everything is in place.",
        );
    }
    if !global.json {
        show(&found, &changes)?;
    }
    if !args.yes && !confirmed(global)? {
        return done(global, &found, &[], "Nothing was changed.");
    }
    for change in &changes {
        apply(change)?;
    }
    let first = missing_packages(&folder).map_or_else(String::new, |install| {
        format!(" Its packages are missing: `{install}` first.")
    });
    done(
        global,
        &found,
        &changes,
        &format!(
            "Done.{first} `prox up` starts it; while it runs, `prox validate` checks whether it can be embedded."
        ),
    )
}

fn done(global: &Global, found: &Found, changes: &[Change], words: &str) -> Outcome {
    if global.json {
        let changes: Vec<_> = changes
            .iter()
            .map(|change| {
                let kind = if change.old.is_some() {
                    "update"
                } else {
                    "create"
                };
                json!({"file": change.path, "change": kind})
            })
            .collect();
        print_json(&json!({"kind": found.kind.word(), "port": found.port, "changes": changes}))?;
    } else {
        print(format!("{words}\n"))?;
    }
    Ok(Exit::Ok)
}

fn show(found: &Found, changes: &[Change]) -> Result<(), Failure> {
    let mut text = format!("This is {} project.\n\n", found.kind.words());
    for change in changes {
        let name = change
            .path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy();
        let old = change.old.as_deref().unwrap_or_default();
        let before = if change.old.is_some() {
            &name
        } else {
            "/dev/null"
        };
        let hunks = unified(old, &change.new);
        let diff = format!("--- {before}\n+++ {name}\n{hunks}");
        text.push_str(&painted(&diff, has_colour()));
        text.push('\n');
    }
    print(text)
}

/// Asks for confirmation, on a terminal only.
fn confirmed(global: &Global) -> Result<bool, Failure> {
    if global.json || !io::stdin().is_terminal() || !io::stdout().is_terminal() {
        return Err(Failure::help(
            Exit::Usage,
            "nothing was changed, because there is no terminal to ask",
            "`prox init --yes` makes the changes without asking",
        ));
    }
    print("Make these changes? [y/N] ")?;
    io::stdout().flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    if !answer.ends_with('\n') {
        print("\n")?;
    }
    let answer = answer.trim().to_ascii_lowercase();
    Ok(matches!(answer.as_str(), "y" | "yes"))
}

fn apply(change: &Change) -> Result<(), Failure> {
    let fault = |error: io::Error| {
        Failure::message(
            Exit::Failure,
            format!("cannot write {}: {error}", change.path.display()),
        )
    };
    match &change.old {
        None => fs::File::create_new(&change.path)
            .and_then(|mut file| file.write_all(change.new.as_bytes()))
            .map_err(fault),
        Some(old) => {
            // The file must not have changed since it was shown.
            if fs::read_to_string(&change.path).map_err(fault)? != *old {
                return Err(Failure::help(
                    Exit::Failure,
                    format!("{} has changed meanwhile", change.path.display()),
                    "run `prox init` again",
                ));
            }
            fs::write(&change.path, &change.new).map_err(fault)
        }
    }
}

/// The URLs of the app while it runs.
struct Address {
    /// The URL of its development server.
    dev: String,
    /// The URL through the proxy.
    proxy: Option<String>,
}

impl Address {
    /// The URLs by the existing `prox.yaml`, or by the new one. Uses the service on the detected
    /// port, else the first. None when the file is invalid or has no services.
    fn of(existing: Option<&Path>, found: &Found) -> Option<Self> {
        let (service, port, proxy) = match existing {
            Some(file) => {
                let project = prox_config::load(file).ok()?;
                let mut services = project.services.iter();
                let (name, service) = services
                    .find(|(_, service)| service.port == found.port)
                    .or_else(|| project.services.first())?;
                (name.clone(), service.port, project.proxy)
            }
            None => ("web".to_owned(), found.port, user::load().ok()?.proxy),
        };
        Some(Self {
            dev: format!("http://localhost:{port}"),
            proxy: proxy
                .http_port
                .map(|port| format!("http://{service}.{}:{port}", proxy.domain)),
        })
    }
}

/// The necessary changes.
fn plan(folder: &Path, found: &Found) -> Result<Vec<Change>, Failure> {
    let mut changes = Vec::new();
    let create = |path: PathBuf, new: String| Change {
        path,
        old: None,
        new,
    };
    let existing = FILE_NAMES.iter().map(|name| folder.join(name));
    let existing = existing.into_iter().find(|file| file.exists());
    let address = Address::of(existing.as_deref(), found);
    let path = folder.join(manifest::FILE_NAME);
    if !path.exists() {
        changes.push(create(path, manifest_of(found, address.as_ref())?));
    }
    if existing.is_none() {
        changes.push(create(folder.join("prox.yaml"), configuration(found)));
    }
    let path = readme_of(folder)?;
    let old = match fs::read_to_string(&path) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => {
            return Err(Failure::message(
                Exit::Failure,
                format!("{}: {error}", path.display()),
            ));
        }
    };
    let new = readme(old.as_deref(), found, address.as_ref());
    if old.as_ref() != Some(&new) {
        changes.push(Change { path, old, new });
    }
    Ok(changes)
}

fn manifest_of(found: &Found, address: Option<&Address>) -> Result<String, Failure> {
    let dev = address.map_or_else(
        || format!("http://localhost:{}", found.port),
        |address| address.dev.clone(),
    );
    let manifest = Manifest {
        schema_version: 1,
        id: found.id.clone(),
        name: found.name.clone(),
        description: found.description.clone(),
        icon: None,
        entry: None,
        url: None,
        dev_url: dev + "/",
        mode: "embed".to_owned(),
        permissions: Vec::new(),
        tags: Vec::new(),
    };
    let text = serde_json::to_string_pretty(&manifest)
        .map_err(|error| Failure::message(Exit::Failure, error))?;
    Ok(text + "\n")
}

/// The new `prox.yaml`. The health check does not request a page, because a development server
/// would compile and log it every time.
fn configuration(found: &Found) -> String {
    let check = if found.prints {
        pair("log", Yaml::text(format!("http.+:{}", found.port)))
    } else {
        pair("tcp", Yaml::text(format!("localhost:{}", found.port)))
    };
    let web = Yaml::Map(vec![
        pair("cmd", Yaml::text(&found.cmd)),
        pair("healthcheck", Yaml::Map(vec![check])),
    ]);
    let port = Yaml::Number(found.port.into());
    emit::document(&[
        pair("processes", Yaml::Map(vec![pair("web", web)])),
        pair("services", Yaml::Map(vec![pair("web", port)])),
    ])
}

/// The path of `README.md`, ignoring case.
fn readme_of(folder: &Path) -> Result<PathBuf, Failure> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().eq_ignore_ascii_case("README.md") {
            return Ok(entry.path());
        }
    }
    Ok(folder.join("README.md"))
}

/// The README with the section of `prox` between two marks.
fn readme(old: Option<&str>, found: &Found, address: Option<&Address>) -> String {
    let places = match address {
        None => String::new(),
        Some(Address { dev, proxy: None }) => format!(": {dev}"),
        Some(Address {
            dev,
            proxy: Some(proxy),
        }) => format!(": {dev}, and {proxy} with its requests"),
    };
    let section = format!(
        "{BEGIN}\n## Prox OS\n\nThis app can be added to a Prox OS home. `app.manifest.json` describes it and the permissions that it requests.\n\n```sh\nprox up         # starts it{places}\nprox validate   # checks whether it can be embedded\n```\n{END}"
    );
    let Some(old) = old.filter(|old| !old.trim().is_empty()) else {
        return format!("# {}\n\n{section}\n", found.name);
    };
    // The line ends of the file are kept.
    let (section, end) = if old.contains("\r\n") {
        (section.replace('\n', "\r\n"), "\r\n")
    } else {
        (section, "\n")
    };
    let place = old.find(BEGIN).and_then(|begin| {
        let end = begin + old.get(begin..)?.find(END)? + END.len();
        Some((old.get(..begin)?, old.get(end..)?))
    });
    match place {
        Some((before, after)) => format!("{before}{section}{after}"),
        None => format!("{}{end}{end}{section}{end}", old.trim_end()),
    }
}
