//! Finds the project of a command, and connects to its supervisor.

use std::future::Future;
use std::path::{Path, PathBuf};

use super::init;
use crate::args::Global;
use crate::exit::{Exit, Failure};
use prox_config::import::import;
use prox_control::registry::{self, Instance, Registry, RegistryError};
use prox_control::{Client, ClientError};

/// A project, running or not.
#[derive(Clone, Debug)]
pub(super) struct ProjectLocation {
    /// The canonical path of the configuration file.
    pub(super) file: PathBuf,
    /// The hash that identifies the project in the registry.
    pub(super) hash: String,
}

/// Finds the project of `--config`, of this folder, or of one above it.
pub(super) fn locate(global: &Global) -> Result<ProjectLocation, Failure> {
    let file = match &global.config {
        Some(file) => file.clone(),
        None => {
            let here = std::env::current_dir()?;
            prox_config::find(&here).ok_or_else(|| {
                Failure::help(
                    Exit::Config,
                    format!("there is no prox.yaml in {} or above it", here.display()),
                    how_to_begin(&here),
                )
            })?
        }
    };
    let unreadable = |error: std::io::Error| {
        Failure::message(Exit::Config, format!("{}: {error}", file.display()))
    };
    let file = file.canonicalize().map_err(unreadable)?;
    let root = file.parent().unwrap_or(Path::new("/"));
    let hash = registry::hash(root).map_err(unreadable)?;
    Ok(ProjectLocation { file, hash })
}

/// Files of other programs that `prox import` reads, the most informative one first.
const IMPORTABLE: [&str; 8] = [
    "process-compose.yaml",
    "process-compose.yml",
    "Procfile.dev",
    "Procfile",
    "ecosystem.config.js",
    "ecosystem.config.cjs",
    "ecosystem.json",
    "package.json",
];

/// The first importable file in a folder.
pub(super) fn importable(folder: &Path) -> Option<&'static str> {
    let mut files = IMPORTABLE.into_iter();
    files.find(|name| import(&folder.join(name), None).is_ok())
}

/// The advice for a folder without a prox.yaml.
pub(super) fn how_to_begin(folder: &Path) -> String {
    match importable(folder) {
        // `init` supports these projects better: with a port and a health check.
        Some("package.json") if init::is_known(folder) => {
            "`prox init` creates one; `--config FILE` uses another file".to_owned()
        }
        Some(file) => format!("`prox import {file} --output prox.yaml` converts the {file}"),
        None => "`prox init` creates one; `--config FILE` uses another file".to_owned(),
    }
}

/// The running supervisor of a project.
pub(super) fn running(place: &ProjectLocation) -> Result<Option<Instance>, Failure> {
    match Registry::of_user()?.find(&place.hash) {
        // An invalid file does not mean that a supervisor runs; `up` replaces it.
        Err(error @ RegistryError::Broken { .. }) => Err(Failure::new(Exit::NotRunning, error)),
        other => Ok(other?),
    }
}

/// A client of the project's supervisor.
pub(super) fn connect(global: &Global) -> Result<Client, Failure> {
    let place = locate(global)?;
    match running(&place)? {
        Some(instance) => Ok(client(&instance)),
        None => Err(not_running(&place)),
    }
}

pub(super) fn client(instance: &Instance) -> Client {
    Client::new(&instance.host, instance.port, &instance.token)
}

pub(super) fn not_running(place: &ProjectLocation) -> Failure {
    let root = place.file.parent().unwrap_or(Path::new("/"));
    Failure::help(
        Exit::NotRunning,
        format!("prox is not running for {}", root.display()),
        "`prox up` starts it",
    )
}

/// Runs a future on this thread.
pub(super) fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?
        .block_on(work)
}

impl From<RegistryError> for Failure {
    fn from(error: RegistryError) -> Self {
        let code = match &error {
            RegistryError::AlreadyRunning(_) => "ALREADY_RUNNING",
            RegistryError::NotOurs { .. } => "STATE_NOT_OURS",
            RegistryError::Broken { .. } => "STATE_BROKEN",
            RegistryError::Io { .. } | RegistryError::NoHome => "STATE_UNUSABLE",
        };
        let failure = match &error {
            RegistryError::Io { .. } => Self::help(
                Exit::Failure,
                error,
                "set `XDG_STATE_HOME` to another folder for the state of prox",
            ),
            _ => Self::new(Exit::Failure, error),
        };
        failure.with_code(code)
    }
}

impl From<ClientError> for Failure {
    fn from(error: ClientError) -> Self {
        let exit = match (&error, error.code()) {
            (ClientError::NotReachable(_), _) => Exit::NotRunning,
            (_, Some("PROCESS_NOT_FOUND" | "PROCESS_NOT_IN_CONFIG" | "REQUEST_NOT_FOUND")) => {
                Exit::UnknownName
            }
            (_, Some("CONFIG_RELOAD_FAILED")) => Exit::Config,
            (_, Some("FILTER_INVALID")) => Exit::Usage,
            _ => Exit::Failure,
        };
        let code = error.code().map(str::to_owned);
        let failure = Self::message(exit, &error);
        match code {
            Some(code) => failure.with_code(code),
            None => failure,
        }
    }
}
