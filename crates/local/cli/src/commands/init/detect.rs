//! Detects the kind of project in a folder, and the command that starts its development server on
//! the expected port. Only reads files.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use regex::Regex;
use serde_json::Value;

use crate::commands::project::importable;
use crate::exit::{Exit, Failure};

/// The framework of a project.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Next,
    Astro,
    Rsbuild,
    Vite,
    Static,
}

/// A detected project.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) kind: Kind,
    pub(super) id: String,
    pub(super) name: String,
    pub(super) description: Option<String>,
    /// The command that starts the development server.
    pub(super) cmd: String,
    pub(super) port: u16,
    /// Whether it prints its URL when it listens. The health check waits for that line if it can,
    /// because another program on the port would accept connections, too.
    pub(super) prints: bool,
}

impl Kind {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Next => "Next",
            Self::Astro => "Astro",
            Self::Rsbuild => "Rsbuild",
            Self::Vite => "Vite",
            Self::Static => "static",
        }
    }

    /// The name with an article.
    pub(super) fn words(self) -> String {
        let article = if self == Self::Astro { "an" } else { "a" };
        format!("{article} {}", self.word())
    }

    /// The default port of the development server.
    fn port(self) -> u16 {
        match self {
            Self::Next | Self::Rsbuild => 3000,
            Self::Astro => 4321,
            Self::Vite => 5173,
            Self::Static => 8000,
        }
    }

    /// The npm package of the framework.
    fn package(self) -> Option<&'static str> {
        match self {
            Self::Next => Some("next"),
            Self::Astro => Some("astro"),
            Self::Rsbuild => Some("@rsbuild/core"),
            Self::Vite => Some("vite"),
            Self::Static => None,
        }
    }

    /// The program, and its subcommand for development.
    fn program(self) -> (&'static str, &'static str) {
        match self {
            Self::Next => ("next", "dev"),
            Self::Astro => ("astro", "dev"),
            Self::Rsbuild => ("rsbuild", "dev"),
            Self::Vite => ("vite", "dev"),
            Self::Static => ("python3", ""),
        }
    }
}

/// Detects the project of a folder.
pub(super) fn detect(folder: &Path) -> Result<Found, Failure> {
    let package = package_of(folder)?;
    let Some(kind) = kind_of(folder, &package) else {
        let known = "Vite, Rsbuild, Next and Astro are known by their package.json, and everything else by an index.html; \
             for what is no web page, write a prox.yaml yourself:\nprocesses:\n  api: npm start";
        return Err(Failure::help(
            Exit::Failure,
            format!("no supported project found in {}", folder.display()),
            match (near(folder), importable(folder)) {
                (_, Some(file)) => format!(
                    "`prox import {file} --output prox.yaml` makes a prox.yaml of the {file}; {known}"
                ),
                (Some(near), None) => {
                    format!("one lies in {}: run `prox init` there", near.display())
                }
                (None, None) => known.to_owned(),
            },
        ));
    };
    let text = |key: &str| package.get(key).and_then(Value::as_str).map(one_line);
    let folder_name = folder.file_name().unwrap_or_default().to_string_lossy();
    let name = text("name").unwrap_or_else(|| one_line(&folder_name));
    // The scope names the owner of the package, not the package.
    let name = name.rsplit('/').next().unwrap_or(&name);
    let name = if name.is_empty() { "app" } else { name }.to_owned();
    let script = package
        .get("scripts")
        .and_then(|scripts| scripts.get("dev"))
        .and_then(Value::as_str)
        .filter(|_| kind != Kind::Static);
    let plain = script.is_none_or(|script| is_only(script, kind));
    let port = script
        .and_then(|script| port_of_script(script, kind))
        .or_else(|| port_of_config(folder, kind))
        .unwrap_or_else(|| kind.port());
    Ok(Found {
        kind,
        id: slug(&name),
        name,
        description: text("description").filter(|text| !text.is_empty()),
        cmd: command(kind, script, port, manager_of(folder, &package)),
        port,
        prints: plain,
    })
}

/// Whether a folder has a project with a known development server.
pub(crate) fn is_known(folder: &Path) -> bool {
    package_of(folder).is_ok_and(|package| kind_of(folder, &package).is_some())
}

/// The nearest folder above that has a project, else the first one below, within the usual depth of
/// workspaces.
fn near(folder: &Path) -> Option<PathBuf> {
    let above = folder.ancestors().skip(1).find(|above| is_known(above));
    above.map(Path::to_owned).or_else(|| {
        let children = folders_in(folder);
        let below = children.iter().flat_map(|child| folders_in(child));
        let mut all = children.iter().cloned().chain(below);
        all.find(|below| is_known(below))
    })
}

/// The folders in a folder, sorted, without hidden ones and `node_modules`.
fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            path.is_dir() && !name.starts_with('.') && name != "node_modules"
        })
        .collect();
    found.sort();
    found
}

/// A text as one line, as a manifest requires.
fn one_line(text: &str) -> String {
    let words: Vec<_> = text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|word| !word.is_empty())
        .collect();
    words.join(" ")
}

/// The command that installs a folder's packages, when they are missing.
pub(crate) fn missing_packages(folder: &Path) -> Option<String> {
    let package = package_of(folder).ok()?;
    let needs = ["dependencies", "devDependencies"].iter().any(|key| {
        let of = package.get(key).and_then(Value::as_object);
        of.is_some_and(|of| !of.is_empty())
    });
    // The packages of a workspace may be in a folder above it.
    let has = folder
        .ancestors()
        .any(|above| above.join("node_modules").is_dir() || above.join(".pnp.cjs").is_file());
    (needs && !has).then(|| format!("{} install", manager_of(folder, &package)))
}

/// A range of Node versions that a package requires.
pub(crate) struct Engine {
    pub(crate) package: String,
    pub(crate) range: String,
}

/// The Node versions that the package of a folder and its framework require.
pub(crate) fn engines(folder: &Path) -> Vec<Engine> {
    let Ok(package) = package_of(folder) else {
        return Vec::new();
    };
    let made_with = kind_of(folder, &package).and_then(Kind::package);
    let made_with = made_with.and_then(|name| {
        let places = folder.ancestors();
        let mut places = places.map(|above| above.join("node_modules").join(name));
        places.find_map(|place| package_of(&place).ok().filter(Value::is_object))
    });
    let engine = |package: &Value| {
        let text = |value: &Value| value.as_str().map(one_line);
        Some(Engine {
            range: text(package.get("engines")?.get("node")?)?,
            package: text(package.get("name")?)?,
        })
    };
    [Some(package), made_with]
        .iter()
        .flatten()
        .filter_map(engine)
        .collect()
}

/// The package.json of a folder; null without one.
fn package_of(folder: &Path) -> Result<Value, Failure> {
    let path = folder.join("package.json");
    let fault = |error: &dyn std::fmt::Display| {
        Failure::message(Exit::Failure, format!("{}: {error}", path.display()))
    };
    match fs::read_to_string(&path) {
        // npm accepts a byte order mark, which is not allowed in JSON.
        Ok(text) => {
            serde_json::from_str(text.trim_start_matches('\u{feff}')).map_err(|error| fault(&error))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Value::Null),
        Err(error) => Err(fault(&error)),
    }
}

fn kind_of(folder: &Path, package: &Value) -> Option<Kind> {
    let depends = |name: &str| {
        ["dependencies", "devDependencies"]
            .iter()
            .any(|key| package.get(key).is_some_and(|of| of.get(name).is_some()))
    };
    // Astro and Next depend on Vite and others, so the outermost framework comes first.
    [Kind::Next, Kind::Astro, Kind::Rsbuild, Kind::Vite]
        .into_iter()
        .find(|kind| kind.package().is_some_and(depends))
        .or_else(|| folder.join("index.html").is_file().then_some(Kind::Static))
}

/// The package manager that package.json names, else that of the nearest lock file above, within
/// the repository.
fn manager_of(folder: &Path, package: &Value) -> &'static str {
    let named = package.get("packageManager").and_then(Value::as_str);
    let named = named.and_then(|named| named.split('@').next());
    if let Some(known) = ["npm", "pnpm", "yarn", "bun"]
        .into_iter()
        .find(|known| named == Some(known))
    {
        return known;
    }
    for above in folder.ancestors() {
        let locked = [
            ("package-lock.json", "npm"),
            ("pnpm-lock.yaml", "pnpm"),
            ("yarn.lock", "yarn"),
            ("bun.lock", "bun"),
            ("bun.lockb", "bun"),
        ]
        .into_iter()
        .find(|(file, _)| above.join(file).is_file());
        if let Some((_, manager)) = locked {
            return manager;
        }
        if above.join(".git").exists() {
            break;
        }
    }
    "npm"
}

/// The command that starts the server on its port only, with a "strict port" option if there is
/// one: otherwise it would take another port when a similar project runs, and that one would answer
/// instead. Astro and Rsbuild before 2.2 have no such option.
fn command(kind: Kind, script: Option<&str>, port: u16, manager: &str) -> String {
    if kind == Kind::Static {
        return format!("python3 -u -m http.server {port} --bind 127.0.0.1");
    }
    let mut words = match (script, manager) {
        (Some(_), manager) => format!("{manager} run dev"),
        (None, manager) => {
            let runner = match manager {
                "pnpm" => "pnpm exec",
                "yarn" => "yarn",
                "bun" => "bunx",
                _ => "npx",
            };
            let (program, serve) = kind.program();
            format!("{runner} {program} {serve}")
        }
    };
    if script.is_some_and(|script| !is_only(script, kind)) {
        return words;
    }
    let script = script.unwrap_or_default();
    let mut more = String::new();
    if port_of_script(script, kind).is_none() {
        more.push_str(&format!(" --port {port}"));
    }
    if kind == Kind::Vite && !script.contains("--strictPort") {
        more.push_str(" --strictPort");
    }
    if !more.is_empty() && manager == "npm" && words.ends_with("run dev") {
        words.push_str(" --");
    }
    words + &more
}

/// Whether a script runs only this program, so that appended arguments reach it.
fn is_only(script: &str, kind: Kind) -> bool {
    let (program, _) = kind.program();
    let mut words = script
        .split_whitespace()
        .skip_while(|word| word.contains('=') || *word == "cross-env");
    words.next() == Some(program) && !script.contains(['&', '|', ';', '>', '<', '#', '`', '('])
}

/// The port in a script: `--port 80`, `--port=80`, `-p 80`, and `PORT=80`, which only Next reads.
fn port_of_script(script: &str, kind: Kind) -> Option<u16> {
    let words: Vec<_> = script.split([' ', '=']).collect();
    let names = |name: &str| words.iter().position(|word| *word == name);
    let at = names("--port")
        .or_else(|| names("-p"))
        .or_else(|| names("PORT").filter(|_| kind == Kind::Next))?;
    words.get(at + 1)?.parse().ok().filter(|port| *port > 0)
}

/// The port in the configuration file of the framework, when it is a literal number.
fn port_of_config(folder: &Path, kind: Kind) -> Option<u16> {
    static PORT: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"\bserver\s*:\s*\{[^{}]*?\bport\s*:\s*([0-9]{1,5})\b").ok());
    let (program, _) = kind.program();
    ["ts", "mts", "js", "mjs", "cjs"].iter().find_map(|ending| {
        let file = folder.join(format!("{program}.config.{ending}"));
        let text = fs::read_to_string(file).ok()?;
        let found = PORT.as_ref()?.captures(&text)?;
        found.get(1)?.as_str().parse().ok().filter(|port| *port > 0)
    })
}

fn slug(name: &str) -> String {
    let name = name.to_lowercase();
    let parts: Vec<_> = name
        .split(|c: char| !c.is_ascii_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect();
    if parts.is_empty() {
        "app".to_owned()
    } else {
        parts.join("-")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ports_are_read_from_scripts() {
        let vite = |script| port_of_script(script, Kind::Vite);
        let next = |script| port_of_script(script, Kind::Next);
        assert_eq!(vite("vite --port 3001"), Some(3001));
        assert_eq!(next("next dev -p=4000 --turbo"), Some(4000));
        assert_eq!(next("PORT=4000 next dev"), Some(4000));
        assert_eq!(next("PORT=4000 next dev --port 3001"), Some(3001));
        assert_eq!(vite("vite"), None);
        assert_eq!(vite("vite --port"), None);
        // Vite does not read `PORT`, and would use another port.
        assert_eq!(vite("PORT=4000 vite"), None);
    }

    #[test]
    fn names_become_slugs() {
        assert_eq!(slug("My App_2"), "my-app-2");
        assert_eq!(slug("ü"), "app");
    }

    #[test]
    fn each_package_manager_passes_arguments_its_own_way() {
        let vite = |script, manager| command(Kind::Vite, script, 5173, manager);
        for (script, manager, command) in [
            (
                Some("vite"),
                "npm",
                "npm run dev -- --port 5173 --strictPort",
            ),
            (
                Some("vite"),
                "pnpm",
                "pnpm run dev --port 5173 --strictPort",
            ),
            (
                Some("vite dev"),
                "yarn",
                "yarn run dev --port 5173 --strictPort",
            ),
            (Some("vite --port 5173"), "bun", "bun run dev --strictPort"),
            (Some("vite --port 5173 --strictPort"), "npm", "npm run dev"),
            (
                Some("cross-env DEBUG=1 vite"),
                "pnpm",
                "pnpm run dev --port 5173 --strictPort",
            ),
            (None, "npm", "npx vite dev --port 5173 --strictPort"),
            (None, "pnpm", "pnpm exec vite dev --port 5173 --strictPort"),
            (None, "yarn", "yarn vite dev --port 5173 --strictPort"),
            // Appended arguments would go to another program.
            (Some("vite | tee log"), "npm", "npm run dev"),
            (Some("tsc -b && vite"), "npm", "npm run dev"),
            (Some("concurrently vite api"), "npm", "npm run dev"),
        ] {
            assert_eq!(vite(script, manager), command, "{script:?}");
        }
        assert_eq!(
            command(Kind::Next, Some("next dev"), 3000, "npm"),
            "npm run dev -- --port 3000"
        );
    }
}
