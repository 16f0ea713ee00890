//! Reads `prox.yaml`, and reports all its mistakes at once.

mod check;
mod cycle;
mod dotenv;
pub mod emit;
pub mod import;
mod interpolate;
mod json;
pub mod json_schema;
pub mod manifest;
pub mod model;
mod pattern;
mod problem;
mod read;
mod schema;
mod source;
mod state_folder;
mod suggest;
pub mod user;
mod value;
mod yaml;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use self::check::Checker;
use self::interpolate::Variables;
use self::model::{Project, Warning};
use self::problem::Problems;
pub use self::problem::{ConfigErrors, Problem};
use self::read::Reader;
pub use self::source::Source;
pub use self::state_folder::state_folder;
pub use self::suggest::nearest;
pub use self::value::{duration, format_duration, without_credentials};
use self::yaml::{Node, Value};

/// The names of configuration files, the preferred one first.
pub const FILE_NAMES: [&str; 2] = ["prox.yaml", "prox.yml"];

/// What a configuration depends on in addition to its files.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// The environment variables.
    pub env: BTreeMap<String, String>,
    /// The user's home folder.
    pub home: Option<PathBuf>,
}

impl Environment {
    /// The environment of this process. A variable that is not UTF-8 counts as not set.
    pub fn of_this_process() -> Self {
        let env = std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect();
        Self {
            env,
            home: std::env::home_dir().filter(|home| home.is_absolute()),
        }
    }

    /// The possible paths of the user's own configuration, in order of precedence.
    fn user_files(&self) -> Vec<PathBuf> {
        let xdg = self
            .env
            .get("XDG_CONFIG_HOME")
            .map(PathBuf::from)
            .filter(|folder| folder.is_absolute())
            .or_else(|| Some(self.home.as_ref()?.join(".config")));
        let own = self.home.as_ref().map(|home| home.join(".prox"));
        xdg.map(|folder| folder.join("prox"))
            .into_iter()
            .chain(own)
            .map(|folder| folder.join("config.yaml"))
            .collect()
    }
}

/// Finds the configuration file of a folder, or of the nearest folder above it.
pub fn find(from: &Path) -> Option<PathBuf> {
    let from = from.canonicalize().ok()?;
    from.ancestors().find_map(|folder| {
        FILE_NAMES
            .iter()
            .map(|name| folder.join(name))
            .find(|file| file.is_file())
    })
}

/// Reads a configuration file over the user's defaults.
///
/// # Errors
/// All mistakes in it, in the files that it names, and in the user's defaults.
pub fn load(path: &Path) -> Result<Project, ConfigErrors> {
    load_in(path, &Environment::of_this_process())
}

/// Reads a configuration file as [`load`] does, in a given environment.
///
/// # Errors
/// As [`load`].
pub fn load_in(path: &Path, environment: &Environment) -> Result<Project, ConfigErrors> {
    let mut problems = Problems::default();
    match read_project(path, environment, &mut problems) {
        Some(mut project) => {
            let warnings = problems.take_warnings().into_iter();
            project.warnings = warnings.map(warning).collect();
            problems.or_errors(project)
        }
        None => Err(problems.into_errors()),
    }
}

fn warning(problem: Problem) -> Warning {
    Warning {
        file: problem.source.path.clone(),
        line: problem.position().map(|(line, _)| line),
        message: problem.message,
        help: problem.help,
    }
}

fn read_project(
    path: &Path,
    environment: &Environment,
    problems: &mut Problems,
) -> Option<Project> {
    let path = absolute(path);
    let mut tree = Tree::open(&path, problems)?;
    let root = path.parent().unwrap_or(&path).to_owned();
    let shared = tree.shared_env(&root, environment, problems);
    let mut known = shared.clone();
    known.extend(environment.env.clone());
    tree.check(&schema::PROJECT, &known, problems);
    // The environment takes precedence over the shared files, and every process inherits it.
    let inherited: BTreeMap<_, _> = shared
        .into_iter()
        .filter(|(name, _)| !environment.env.contains_key(name))
        .collect();
    let defaults = user::read(environment, problems);
    let mut reader = tree.reader(&root, environment, &known, problems);
    Some(reader.project(&tree.root, &inherited, defaults, path))
}

/// The path with symbolic links of its folder resolved, so that a project has one path.
fn absolute(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().and_then(|folder| folder.canonicalize().ok());
    match (folder, path.file_name()) {
        (Some(folder), Some(name)) => folder.join(name),
        _ => path,
    }
}

/// A file parsed to a tree.
struct Tree {
    source: Arc<Source>,
    root: Node,
}

impl Tree {
    /// Parses a file. None when it cannot be read or is not YAML; the reason is added to
    /// `problems`. An empty file is an empty mapping.
    fn open(path: &Path, problems: &mut Problems) -> Option<Self> {
        let source = problem::read(path, problems)?;
        let before = problems.count();
        let root = match yaml::parse(&source, problems) {
            Some(root) if !root.is_null() => root,
            Some(_) | None if problems.count() == before => Node {
                span: 0..0,
                value: Value::Map(Vec::new()),
            },
            _ => return None,
        };
        Some(Self { source, root })
    }

    /// Substitutes variables, and checks keys and types.
    fn check(
        &mut self,
        object: &'static schema::Object,
        known: &BTreeMap<String, String>,
        problems: &mut Problems,
    ) {
        let variables = Variables::new(vec![known]);
        Checker::new(&self.source, Some(&variables), problems).root(&mut self.root, object);
    }

    /// The variables of the top-level `env_file`. Its paths may contain environment variables.
    fn shared_env(
        &mut self,
        folder: &Path,
        environment: &Environment,
        problems: &mut Problems,
    ) -> BTreeMap<String, String> {
        let Some(mut node) = self.root.get("env_file").cloned() else {
            return BTreeMap::new();
        };
        let variables = Variables::new(vec![&environment.env]);
        Checker::new(&self.source, Some(&variables), problems).check(
            &mut node,
            &schema::ENV_FILES,
            "env_file",
        );
        self.reader(folder, environment, &environment.env, problems)
            .env_files(&node)
    }

    fn reader<'a>(
        &'a self,
        folder: &'a Path,
        environment: &'a Environment,
        known: &'a BTreeMap<String, String>,
        problems: &'a mut Problems,
    ) -> Reader<'a> {
        Reader {
            source: &self.source,
            root: folder,
            home: environment.home.as_deref(),
            known,
            problems,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod fuzz;
#[cfg(test)]
#[allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic
)]
mod tests;
