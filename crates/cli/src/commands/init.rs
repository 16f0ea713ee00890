//! `prox init`: makes an existing project Prox-compatible: a manifest, a `prox.yaml`, a section in
//! the README. Shows every change before it is made; never touches a manifest or a `prox.yaml`
//! that is there.

use std::fs;
use std::io::{self, BufRead as _, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use similar::TextDiff;

use super::{print, print_json};
use crate::args::{Global, Init};
use crate::config::FILE_NAMES;
use crate::config::emit::{self, Yaml, pair};
use crate::config::manifest::{self, Manifest};
use crate::exit::{Exit, Failure, Outcome};

const BEGIN: &str = "<!-- prox:begin -->";
const END: &str = "<!-- prox:end -->";

/// What a project is made with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Next,
    Astro,
    Rsbuild,
    Vite,
    Static,
}

/// What is known of a project.
#[derive(Debug)]
struct Found {
    kind: Kind,
    id: String,
    name: String,
    description: Option<String>,
    /// Starts the development server.
    cmd: String,
    port: u16,
}

/// A file as it will be.
struct Change {
    path: PathBuf,
    /// None for a new file.
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
            "Nothing to do: all of it is there.",
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
    done(
        global,
        &found,
        &changes,
        "Done. `prox up` starts it, `prox validate` looks whether it can be embedded.",
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
    let mut text = format!("This is a {} project.\n\n", found.kind.word());
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
        let diff = TextDiff::from_lines(old, &change.new);
        text.push_str(&diff.unified_diff().header(before, &name).to_string());
        text.push('\n');
    }
    print(text)
}

/// Never asks where nobody can answer.
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
    Ok(matches!(answer.trim(), "y" | "Y" | "yes"))
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
            // What was shown is what is replaced.
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

impl Kind {
    fn word(self) -> &'static str {
        match self {
            Self::Next => "Next",
            Self::Astro => "Astro",
            Self::Rsbuild => "Rsbuild",
            Self::Vite => "Vite",
            Self::Static => "static",
        }
    }

    /// On which the development server listens unless it is told otherwise.
    fn port(self) -> u16 {
        match self {
            Self::Next | Self::Rsbuild => 3000,
            Self::Astro => 4321,
            Self::Vite => 5173,
            Self::Static => 8000,
        }
    }

    /// Without a script of the project.
    fn cmd(self) -> &'static str {
        match self {
            Self::Next => "npx next dev",
            Self::Astro => "npx astro dev",
            Self::Rsbuild => "npx rsbuild dev",
            Self::Vite => "npx vite",
            Self::Static => "python3 -m http.server 8000 --bind 127.0.0.1",
        }
    }
}

/// What lies in a folder.
fn detect(folder: &Path) -> Result<Found, Failure> {
    let package = package(folder)?;
    let depends = |name: &str| {
        ["dependencies", "devDependencies"]
            .iter()
            .any(|key| package.get(key).is_some_and(|of| of.get(name).is_some()))
    };
    // Astro and Next bring Vite and others with them, so the outermost comes first.
    let kind = [
        (Kind::Next, "next"),
        (Kind::Astro, "astro"),
        (Kind::Rsbuild, "@rsbuild/core"),
        (Kind::Vite, "vite"),
    ]
    .into_iter()
    .find(|(_, name)| depends(name))
    .map(|(kind, _)| kind)
    .or_else(|| folder.join("index.html").is_file().then_some(Kind::Static))
    .ok_or_else(|| {
        Failure::help(
            Exit::Failure,
            format!("no project that is known lies in {}", folder.display()),
            "known are Vite, Rsbuild, Next and Astro by package.json, and a folder with an index.html",
        )
    })?;
    let script = package
        .get("scripts")
        .and_then(|scripts| scripts.get("dev"))
        .and_then(Value::as_str)
        .filter(|_| kind != Kind::Static);
    let cmd = match script {
        Some(_) => format!("{} run dev", manager(folder)),
        None => kind.cmd().to_owned(),
    };
    let text = |key: &str| package.get(key).and_then(Value::as_str).map(str::to_owned);
    let folder_name = folder.file_name().unwrap_or_default().to_string_lossy();
    let name = text("name").unwrap_or_else(|| folder_name.into_owned());
    // A scope is whose it is, not what it is.
    let name = name.rsplit('/').next().unwrap_or(&name).to_owned();
    Ok(Found {
        kind,
        id: slug(&name),
        name,
        description: text("description").filter(|text| !text.trim().is_empty()),
        cmd,
        port: script.and_then(port_of).unwrap_or_else(|| kind.port()),
    })
}

/// Null without a package.json.
fn package(folder: &Path) -> Result<Value, Failure> {
    let path = folder.join("package.json");
    match fs::read_to_string(&path) {
        Ok(text) => serde_json::from_str(&text).map_err(|error| {
            Failure::message(Exit::Failure, format!("{}: {error}", path.display()))
        }),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Value::Null),
        Err(error) => Err(Failure::message(
            Exit::Failure,
            format!("{}: {error}", path.display()),
        )),
    }
}

/// The package manager that the lock file is of.
fn manager(folder: &Path) -> &'static str {
    [
        ("pnpm-lock.yaml", "pnpm"),
        ("yarn.lock", "yarn"),
        ("bun.lock", "bun"),
        ("bun.lockb", "bun"),
    ]
    .into_iter()
    .find(|(file, _)| folder.join(file).is_file())
    .map_or("npm", |(_, manager)| manager)
}

/// The port that a script names: `--port 80`, `--port=80`, `-p 80`.
fn port_of(script: &str) -> Option<u16> {
    let words: Vec<_> = script.split([' ', '=']).collect();
    let at = words
        .iter()
        .position(|word| matches!(*word, "--port" | "-p"))?;
    words.get(at + 1)?.parse().ok().filter(|port| *port > 0)
}

fn slug(name: &str) -> String {
    let parts: Vec<_> = name
        .to_lowercase()
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    match parts.join("-") {
        slug if slug.is_empty() => "app".to_owned(),
        slug => slug,
    }
}

/// What differs from what should be.
fn plan(folder: &Path, found: &Found) -> Result<Vec<Change>, Failure> {
    let mut changes = Vec::new();
    let create = |path: PathBuf, new: String| Change {
        path,
        old: None,
        new,
    };
    let path = folder.join(manifest::FILE_NAME);
    if !path.exists() {
        changes.push(create(path, manifest_of(found)?));
    }
    if !FILE_NAMES.iter().any(|name| folder.join(name).exists()) {
        changes.push(create(folder.join("prox.yaml"), configuration(found)));
    }
    let path = folder.join("README.md");
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
    let new = readme(old.as_deref(), found);
    if old.as_ref() != Some(&new) {
        changes.push(Change { path, old, new });
    }
    Ok(changes)
}

fn manifest_of(found: &Found) -> Result<String, Failure> {
    let manifest = Manifest {
        schema_version: 1,
        id: found.id.clone(),
        name: found.name.clone(),
        description: found.description.clone(),
        icon: None,
        entry: None,
        url: None,
        dev_url: format!("http://localhost:{}/", found.port),
        mode: "embed".to_owned(),
        permissions: Vec::new(),
        tags: Vec::new(),
    };
    let text = serde_json::to_string_pretty(&manifest)
        .map_err(|error| Failure::message(Exit::Failure, error))?;
    Ok(text + "\n")
}

fn configuration(found: &Found) -> String {
    let url = format!("http://localhost:{}/", found.port);
    let check = Yaml::Map(vec![
        pair("http", Yaml::Text(url)),
        pair("interval", Yaml::text("2s")),
    ]);
    let web = Yaml::Map(vec![
        pair("cmd", Yaml::text(&found.cmd)),
        pair("healthcheck", check),
    ]);
    let port = Yaml::Number(found.port.into());
    emit::document(&[
        pair("processes", Yaml::Map(vec![pair("web", web)])),
        pair("services", Yaml::Map(vec![pair("web", port)])),
    ])
}

/// The README with its section, between two marks that stay.
fn readme(old: Option<&str>, found: &Found) -> String {
    let section = format!(
        "{BEGIN}\n## Prox OS\n\nThis app can stand on a Prox OS home. `app.manifest.json` says what it is and what it asks for.\n\n```sh\nprox up         # starts it: http://localhost:{port}, and http://web.localhost:8080 with its requests\nprox validate   # looks whether it can be embedded\n```\n{END}",
        port = found.port
    );
    let Some(old) = old else {
        return format!("# {}\n\n{section}\n", found.name);
    };
    let place = old.find(BEGIN).and_then(|begin| {
        let end = begin + old.get(begin..)?.find(END)? + END.len();
        Some((old.get(..begin)?, old.get(end..)?))
    });
    match place {
        Some((before, after)) => format!("{before}{section}{after}"),
        None if old.trim().is_empty() => format!("# {}\n\n{section}\n", found.name),
        None => format!("{}\n\n{section}\n", old.trim_end()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_read_from_scripts() {
        assert_eq!(port_of("vite --port 3001"), Some(3001));
        assert_eq!(port_of("next dev -p=4000 --turbo"), Some(4000));
        assert_eq!(port_of("vite"), None);
        assert_eq!(port_of("vite --port"), None);
    }

    #[test]
    fn names_become_slugs() {
        assert_eq!(slug("My App_2"), "my-app-2");
        assert_eq!(slug("ü"), "app");
    }
}
