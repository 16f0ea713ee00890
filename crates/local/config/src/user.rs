//! The user's own defaults: `config.yaml` in the configuration folder. A project's `prox.yaml`
//! overrides them. Has the keys `api`, `proxy` and `logs`, each as in `prox.yaml`.

use std::path::PathBuf;
use std::time::Duration;

use super::model::{Api, Capture, Logs, Proxy};
use super::problem::{ConfigErrors, Problems};
use super::schema;
use super::{Environment, Tree};

/// What holds where a project says nothing.
#[derive(Clone, Debug, PartialEq)]
pub struct UserConfig {
    /// The file; none when there is none, and all of this is built in.
    pub file: Option<PathBuf>,
    /// The local API.
    pub api: Api,
    /// The proxy, but for whether it runs.
    pub proxy: Proxy,
    /// Whether the proxy runs; none leaves it to whether there are services.
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

/// The defaults of the user who runs this program.
///
/// # Errors
/// Everything that is wrong with the file. A missing file is none.
pub fn load() -> Result<UserConfig, ConfigErrors> {
    load_in(&Environment::of_this_process())
}

/// As [`load`], in a given environment.
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
