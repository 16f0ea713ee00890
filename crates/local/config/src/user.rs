//! The user's own defaults: `config.yaml` in the configuration folder, with the keys `api`, `proxy`
//! and `logs` of `prox.yaml`. A project's `prox.yaml` overrides them.

use std::path::PathBuf;
use std::time::Duration;

use super::model::{Api, Capture, Logs, Proxy};
use super::problem::{ConfigErrors, Problems};
use super::schema;
use super::{Environment, Tree};

/// The settings for projects that do not have their own.
#[derive(Clone, Debug, PartialEq)]
pub struct UserConfig {
    /// Path of the file. None when there is none, and all settings are built in.
    pub file: Option<PathBuf>,
    /// The local API.
    pub api: Api,
    /// The proxy, except for whether it runs.
    pub proxy: Proxy,
    /// Whether the proxy runs. None: it runs when there are services.
    pub proxy_enabled: Option<bool>,
    /// The log files.
    pub logs: Logs,
}

impl Default for UserConfig {
    fn default() -> Self {
        Self {
            file: None,
            api: Api {
                port: None,
                host: "127.0.0.1".to_owned(),
                auth: true,
            },
            proxy: Proxy {
                enabled: false,
                http_port: Some(8080),
                https_port: None,
                domain: "localhost".to_owned(),
                capture: Capture {
                    enabled: true,
                    max_body_size: 1_000_000,
                    disk_budget: 1_000_000_000,
                    redact: Vec::new(),
                },
            },
            proxy_enabled: None,
            logs: Logs {
                dir: None,
                max_size: 10_000_000,
                max_files: 5,
                retention: Duration::from_secs(7 * 86_400),
            },
        }
    }
}

/// Reads the defaults of the user who runs this program.
///
/// # Errors
/// All mistakes in the file. A missing file is not an error.
pub fn load() -> Result<UserConfig, ConfigErrors> {
    load_in(&Environment::of_this_process())
}

/// Reads the defaults as [`load`] does, in a given environment.
///
/// # Errors
/// As [`load`].
pub fn load_in(environment: &Environment) -> Result<UserConfig, ConfigErrors> {
    let mut problems = Problems::default();
    let config = read(environment, &mut problems);
    problems.or_errors(config)
}

pub(super) fn read(environment: &Environment, problems: &mut Problems) -> UserConfig {
    let mut config = UserConfig::default();
    let Some(file) = environment
        .user_files()
        .into_iter()
        .find(|file| file.exists())
    else {
        return config;
    };
    let Some(mut tree) = Tree::open(&file, problems) else {
        return config;
    };
    tree.check(&schema::USER, &environment.env, problems);
    let folder = file.parent().unwrap_or(&file).to_owned();
    let mut reader = tree.reader(&folder, environment, &environment.env, problems);
    let root = &tree.root;
    config.api = reader.api(root.get("api"), config.api);
    config.proxy = reader.proxy(root.get("proxy"), config.proxy);
    config.proxy_enabled = root
        .get("proxy")
        .and_then(|node| super::read::flag_of(node, "enabled"));
    config.logs = reader.logs(root.get("logs"), config.logs);
    config.file = Some(file);
    config
}
