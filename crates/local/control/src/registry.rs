//! The registry of running supervisors: a state file for each project, and a lock that only one
//! supervisor can hold. A process is identified by its process id and start time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
#[cfg(target_os = "linux")]
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

#[cfg(target_os = "linux")]
use prox_config::model::API_PORTS;
use prox_events::since_boot;

/// The maximum size of a state file, in bytes.
const MAX_SIZE: u64 = 64 << 10;

/// A running supervisor, as its state file describes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Instance {
    /// The process id of the supervisor.
    pub pid: u32,
    /// The port of its local API.
    pub port: u16,
    /// The host of its local API.
    pub host: String,
    /// The canonical path of the project's folder.
    pub project_path: PathBuf,
    /// Time at which it started, RFC 3339.
    pub started_at: String,
    /// The path of the configuration file.
    pub config_file: PathBuf,
    /// The token of its local API; empty when none is required.
    #[serde(default)]
    pub token: String,
    /// The start of the process, which distinguishes it from a later one with the same process id:
    /// [`process_start`].
    #[serde(default)]
    pub process_start: String,
}

impl Instance {
    /// Whether the process still runs, and is not another one with the same process id.
    #[must_use]
    pub fn is_alive(&self) -> bool {
        process_start(self.pid).is_some_and(|start| start == self.process_start)
    }

    /// The time since it started, which is independent of changes of the clock where the system
    /// supports that.
    #[must_use]
    pub fn uptime(&self) -> Option<SignedDuration> {
        #[cfg(target_os = "linux")]
        if let Some((ticks, _)) = self.process_start.split_once('@') {
            let start = ticks.parse::<u64>().ok()? / rustix::param::clock_ticks_per_second();
            let uptime = since_boot().saturating_sub(Duration::from_secs(start));
            return uptime.try_into().ok();
        }
        let started: Timestamp = self.started_at.parse().ok()?;
        Some(Timestamp::now().duration_since(started))
    }
}

/// An error of the registry.
#[derive(Debug, thiserror::Error, miette::Diagnostic)]
pub enum RegistryError {
    /// Another supervisor runs the project.
    #[error("this project is already running{}", running(.0.as_deref()))]
    #[diagnostic(help(
        "`prox attach` shows it, `prox restart NAME` restarts a part, `prox down` ends it"
    ))]
    AlreadyRunning(Option<Box<Instance>>),
    /// The file belongs to another user.
    #[error("{} belongs to user {owner}, not to you, and is not trusted", path.display())]
    #[diagnostic(help("remove it, or set XDG_STATE_HOME to a folder of your own"))]
    NotOurs {
        /// The path of the file.
        path: PathBuf,
        /// The user id of its owner.
        owner: u32,
    },
    /// The file is not a valid state file.
    #[error("{} is broken: {reason}", path.display())]
    #[diagnostic(help("`prox up` replaces it when no supervisor runs for the project"))]
    Broken {
        /// The path of the file.
        path: PathBuf,
        /// The reason.
        reason: String,
    },
    /// A file cannot be read or written.
    #[error("cannot {action} {}: {error}", path.display())]
    Io {
        /// The failed action.
        action: &'static str,
        /// The path of the file.
        path: PathBuf,
        /// The error of the system.
        error: io::Error,
    },
    /// The state folder is unknown.
    #[error("there is no home folder")]
    #[diagnostic(help("set HOME or XDG_STATE_HOME"))]
    NoHome,
}

fn running(instance: Option<&Instance>) -> String {
    match instance {
        Some(instance) => format!(" (pid {}, port {})", instance.pid, instance.port),
        None => ": another `prox up` is just starting it".to_owned(),
    }
}

/// An I/O error with the failed action.
fn io_error(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> RegistryError {
    let path = path.to_owned();
    move |error| RegistryError::Io {
        action,
        path,
        error,
    }
}

/// The hash that identifies a project: the first 12 hexadecimal digits of the SHA-256 of its
/// canonical path.
///
/// # Errors
///
/// When the folder does not exist.
pub fn hash(project: &Path) -> io::Result<String> {
    use std::os::unix::ffi::OsStrExt as _;
    let digest = Sha256::digest(project.canonicalize()?.as_os_str().as_bytes());
    Ok(digest
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect())
}

/// The registry of this user.
#[derive(Clone, Debug)]
pub struct Registry {
    dir: PathBuf,
}

impl Registry {
    /// The registry in `$XDG_STATE_HOME/prox/instances`, by default
    /// `~/.local/state/prox/instances`.
    ///
    /// # Errors
    ///
    /// [`RegistryError::NoHome`].
    pub fn of_user() -> Result<Self, RegistryError> {
        let state = prox_config::state_folder().ok_or(RegistryError::NoHome)?;
        Ok(Self::in_folder(state.join("instances")))
    }

    /// A registry in any folder.
    #[must_use]
    pub fn in_folder(dir: PathBuf) -> Self {
        Self { dir }
    }

    fn state_path(&self, hash: &str) -> PathBuf {
        self.dir.join(format!("{hash}.json"))
    }

    /// Finds the running supervisor of a project. Removes the state file of one that has died.
    ///
    /// # Errors
    ///
    /// When the state file is invalid, belongs to another user, or cannot be read.
    pub fn find(&self, hash: &str) -> Result<Option<Instance>, RegistryError> {
        let path = self.state_path(hash);
        match read(&path)? {
            Some(instance) if instance.is_alive() => Ok(Some(instance)),
            Some(_) => {
                self.clean(hash);
                Ok(None)
            }
            None => Ok(None),
        }
    }

    /// Lists all running supervisors sorted by project, with the errors of other files.
    ///
    /// # Errors
    ///
    /// When the folder cannot be read.
    pub fn list(&self) -> Result<(Vec<Instance>, Vec<RegistryError>), RegistryError> {
        let mut instances = Vec::new();
        let mut problems = Vec::new();
        let entries = match fs::read_dir(&self.dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok((instances, problems));
            }
            other => other.map_err(io_error("read", &self.dir))?,
        };
        for entry in entries {
            let entry = entry.map_err(io_error("read", &self.dir))?;
            let name = entry.file_name();
            let Some(hash) = name.to_str().and_then(|name| name.strip_suffix(".json")) else {
                continue;
            };
            match self.find(hash) {
                Ok(instance) => instances.extend(instance),
                Err(problem) => {
                    if matches!(problem, RegistryError::Broken { .. }) {
                        self.clean(hash);
                    }
                    problems.push(problem);
                }
            }
        }
        instances.sort_by(|a, b| a.project_path.cmp(&b.project_path));
        Ok((instances, problems))
    }

    /// Removes a state file, unless a supervisor holds the lock of the project.
    fn clean(&self, hash: &str) {
        // Only the holder of the lock may remove the file. Dropping the claim does.
        drop(self.claim(hash));
    }

    /// Takes the lock of a project for this process, until the claim is dropped.
    ///
    /// # Errors
    ///
    /// [`RegistryError::AlreadyRunning`], or when files belong to another user or cannot be
    /// written.
    pub fn claim(&self, hash: &str) -> Result<Claim, RegistryError> {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&self.dir)
            .map_err(io_error("make", &self.dir))?;
        let state = self.state_path(hash);
        let path = self.dir.join(format!("{hash}.lock"));
        loop {
            let lock = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(false)
                .mode(0o600)
                .custom_flags(no_follow())
                .open(&path)
                .map_err(not_opened("open", &path))?;
            check_owner(&lock, &path)?;
            match lock.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => {
                    let instance = read(&state).ok().flatten();
                    return Err(RegistryError::AlreadyRunning(
                        instance.filter(Instance::is_alive).map(Box::new),
                    ));
                }
                Err(TryLockError::Error(error)) => {
                    return Err(io_error("lock", &path)(error));
                }
            }
            // A lock on a file that its last holder removed in the meantime has no effect.
            let held = lock.metadata().map_err(io_error("read", &path))?;
            let same = fs::symlink_metadata(&path)
                .is_ok_and(|named| (named.dev(), named.ino()) == (held.dev(), held.ino()));
            if !same {
                continue;
            }
            match read(&state) {
                // A running supervisor whose lock file was removed.
                Ok(Some(instance)) if instance.is_alive() && instance.pid != std::process::id() => {
                    return Err(RegistryError::AlreadyRunning(Some(Box::new(instance))));
                }
                Err(error @ RegistryError::NotOurs { .. }) => return Err(error),
                _ => {}
            }
            return Ok(Claim {
                path,
                state,
                _lock: lock,
            });
        }
    }
}

/// The lock of a project. Dropping it removes the state file.
#[derive(Debug)]
pub struct Claim {
    path: PathBuf,
    state: PathBuf,
    _lock: File,
}

impl Claim {
    /// Writes the state file, atomically and readable for this user only.
    ///
    /// # Errors
    ///
    /// When the file cannot be written.
    pub fn publish(&self, instance: &Instance) -> Result<(), RegistryError> {
        let new = self.state.with_extension("json.new");
        let write = || {
            let mut file = OpenOptions::new()
                .write(true)
                .create(true)
                .truncate(true)
                .mode(0o600)
                .custom_flags(no_follow())
                .open(&new)?;
            file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
            file.write_all(&serde_json::to_vec_pretty(instance)?)?;
            file.sync_all()?;
            fs::rename(&new, &self.state)
        };
        write().map_err(io_error("write", &self.state))
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        // A file that remains is recognized as stale by its process.
        let _ = fs::remove_file(&self.state);
        let _ = fs::remove_file(&self.path);
    }
}

fn no_follow() -> i32 {
    i32::try_from(rustix::fs::OFlags::NOFOLLOW.bits()).unwrap_or(0)
}

fn check_owner(file: &File, path: &Path) -> Result<(), RegistryError> {
    let owner = file.metadata().map_err(io_error("read", path))?.uid();
    if owner == rustix::process::geteuid().as_raw() {
        Ok(())
    } else {
        Err(RegistryError::NotOurs {
            path: path.to_owned(),
            owner,
        })
    }
}

/// An I/O error as with [`io_error`], or the owner of a file that this user must not open.
fn not_opened(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> RegistryError {
    move |error| {
        let ours = rustix::process::geteuid().as_raw();
        let owner = fs::symlink_metadata(path).map(|metadata| metadata.uid());
        match owner {
            Ok(owner) if owner != ours && error.kind() == io::ErrorKind::PermissionDenied => {
                RegistryError::NotOurs {
                    path: path.to_owned(),
                    owner,
                }
            }
            _ => io_error(action, path)(error),
        }
    }
}

fn read(path: &Path) -> Result<Option<Instance>, RegistryError> {
    let file = match OpenOptions::new()
        .read(true)
        .custom_flags(no_follow())
        .open(path)
    {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        other => other.map_err(not_opened("read", path))?,
    };
    check_owner(&file, path)?;
    let mut text = Vec::new();
    file.take(MAX_SIZE)
        .read_to_end(&mut text)
        .map_err(io_error("read", path))?;
    serde_json::from_slice(&text)
        .map(Some)
        .map_err(|error| RegistryError::Broken {
            path: path.to_owned(),
            reason: error.to_string(),
        })
}

/// The start of a process, which distinguishes it from all others with the same process id. None
/// when there is no such process. On Linux, the start time in ticks since boot (proc_pid_stat(5),
/// field 22) and the id of the boot.
#[must_use]
pub fn process_start(pid: u32) -> Option<String> {
    #[cfg(target_os = "linux")]
    {
        let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The name in parentheses may itself have spaces and parentheses; field 3 follows it.
        let (_, fields) = stat.rsplit_once(')')?;
        let mut fields = fields.split_ascii_whitespace();
        let state = fields.next()?;
        if state == "Z" || state == "X" {
            return None;
        }
        let ticks = fields.nth(18)?;
        let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        Some(format!("{ticks}@{}", boot.trim()))
    }
    #[cfg(not(target_os = "linux"))]
    {
        let output = std::process::Command::new("ps")
            .args(["-o", "lstart=", "-p", &pid.to_string()])
            .env("LC_ALL", "C")
            .output()
            .ok()?;
        let start = String::from_utf8(output.stdout).ok()?.trim().to_owned();
        Some(start).filter(|start| !start.is_empty())
    }
}

/// Opens the port of the local API: the given one, or the first free one of [`API_PORTS`].
///
/// # Errors
///
/// When the port or all ports are in use.
pub fn bind(host: IpAddr, port: Option<u16>) -> io::Result<TcpListener> {
    if let Some(port) = port.filter(|port| *port != 0) {
        return TcpListener::bind(SocketAddr::new(host, port));
    }
    let mut last = io::Error::from(io::ErrorKind::AddrInUse);
    for port in API_PORTS {
        match TcpListener::bind(SocketAddr::new(host, port)) {
            Ok(listener) => return Ok(listener),
            Err(error) => last = error,
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    #![allow(
        clippy::unwrap_used,
        clippy::panic,
        clippy::print_stderr,
        reason = "a test may fail loudly, and say that it was skipped"
    )]

    use std::os::unix::fs::PermissionsExt as _;
    use std::process::Command;

    use super::*;

    fn instance(pid: u32) -> Instance {
        Instance {
            pid,
            port: 5550,
            host: "127.0.0.1".to_owned(),
            project_path: "/project".into(),
            started_at: "2026-01-31T09:15:00Z".to_owned(),
            config_file: "/project/prox.yaml".into(),
            token: "secret".to_owned(),
            process_start: process_start(pid).unwrap_or_default(),
        }
    }

    fn registry() -> (tempfile::TempDir, Registry) {
        let dir = tempfile::tempdir().unwrap();
        let registry = Registry::in_folder(dir.path().join("instances"));
        (dir, registry)
    }

    #[test]
    fn the_hash_is_of_the_canonical_path() {
        let dir = tempfile::tempdir().unwrap();
        let real = dir.path().join("real");
        fs::create_dir(&real).unwrap();
        std::os::unix::fs::symlink(&real, dir.path().join("link")).unwrap();
        let expected = hash(&real).unwrap();
        assert_eq!(expected.len(), 12);
        assert_eq!(hash(&dir.path().join("link")).unwrap(), expected);
        assert_eq!(hash(&real.join("../link/.")).unwrap(), expected);
        assert_eq!(hash(Path::new("/")).unwrap(), "8a5edab28263");
    }

    #[test]
    fn a_published_instance_is_found_by_its_user_alone() {
        let (_dir, registry) = registry();
        assert_eq!(registry.find("a").unwrap(), None);
        let claim = registry.claim("a").unwrap();
        let instance = instance(std::process::id());
        claim.publish(&instance).unwrap();
        assert_eq!(registry.find("a").unwrap(), Some(instance.clone()));
        assert_eq!(registry.list().unwrap().0, [instance]);
        let metadata = fs::metadata(registry.state_path("a")).unwrap();
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600);
        let text = fs::read_to_string(registry.state_path("a")).unwrap();
        for field in [
            "pid",
            "port",
            "host",
            "projectPath",
            "startedAt",
            "configFile",
        ] {
            assert!(text.contains(&format!("\"{field}\"")), "{text}");
        }
        drop(claim);
        assert_eq!(registry.find("a").unwrap(), None);
        assert_eq!(fs::read_dir(&registry.dir).unwrap().count(), 0);
    }

    #[test]
    fn one_project_has_one_winner() {
        let (_dir, registry) = registry();
        let claims: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..8)
                .map(|_| scope.spawn(|| registry.claim("a")))
                .collect();
            threads.into_iter().map(|it| it.join().unwrap()).collect()
        });
        assert_eq!(claims.iter().filter(|claim| claim.is_ok()).count(), 1);
        for claim in &claims {
            if let Err(error) = claim {
                assert!(
                    matches!(error, RegistryError::AlreadyRunning(None)),
                    "{error}"
                );
            }
        }
        assert!(registry.claim("b").is_ok(), "other projects are free");
        drop(claims);
        assert!(registry.claim("a").is_ok());
    }

    #[test]
    fn a_reused_pid_is_not_the_supervisor() {
        let (_dir, registry) = registry();
        let mut other = Command::new("sleep").arg("60").spawn().unwrap();
        let mut stale = instance(other.id());
        assert!(stale.is_alive());
        stale.process_start = "12@another boot".to_owned();
        fs::create_dir_all(&registry.dir).unwrap();
        let path = registry.state_path("a");
        fs::write(&path, serde_json::to_vec(&stale).unwrap()).unwrap();
        assert_eq!(registry.find("a").unwrap(), None);
        assert!(!path.exists(), "the stale file is removed");
        assert_eq!(other.try_wait().unwrap(), None, "it was not signalled");
        other.kill().unwrap();
        other.wait().unwrap();
    }

    #[test]
    fn a_supervisor_whose_lock_was_removed_still_counts() {
        let (_dir, registry) = registry();
        let mut other = Command::new("sleep").arg("60").spawn().unwrap();
        fs::create_dir_all(&registry.dir).unwrap();
        let alive = serde_json::to_vec(&instance(other.id())).unwrap();
        fs::write(registry.state_path("a"), alive).unwrap();
        let Err(RegistryError::AlreadyRunning(Some(found))) = registry.claim("a") else {
            panic!("it runs");
        };
        assert_eq!(found.pid, other.id());
        other.kill().unwrap();
        other.wait().unwrap();
        assert!(registry.claim("a").is_ok());
    }

    #[test]
    fn broken_files_are_reported_and_replaced() {
        let (_dir, registry) = registry();
        fs::create_dir_all(&registry.dir).unwrap();
        for text in ["", "{", "[]", "{\"pid\":1}", "\0\0\0"] {
            fs::write(registry.state_path("a"), text).unwrap();
            let error = registry.find("a").unwrap_err();
            assert!(matches!(error, RegistryError::Broken { .. }), "{error}");
            assert!(registry.claim("a").is_ok());
            fs::write(registry.state_path("a"), text).unwrap();
            let (instances, problems) = registry.list().unwrap();
            assert_eq!((instances.len(), problems.len()), (0, 1));
            assert!(!registry.state_path("a").exists());
        }
    }

    #[test]
    fn a_link_in_the_place_of_the_file_is_not_followed() {
        let (dir, registry) = registry();
        fs::create_dir_all(&registry.dir).unwrap();
        let target = dir.path().join("elsewhere");
        fs::write(
            &target,
            serde_json::to_vec(&instance(std::process::id())).unwrap(),
        )
        .unwrap();
        std::os::unix::fs::symlink(&target, registry.state_path("a")).unwrap();
        assert!(registry.find("a").is_err());
    }

    /// Only root can make a file of another user.
    #[test]
    fn a_state_file_of_another_user_is_refused() {
        if !rustix::process::geteuid().is_root() {
            eprintln!("skipped: this needs root");
            return;
        }
        let (_dir, registry) = registry();
        fs::create_dir_all(&registry.dir).unwrap();
        let path = registry.state_path("a");
        fs::write(
            &path,
            serde_json::to_vec(&instance(std::process::id())).unwrap(),
        )
        .unwrap();
        std::os::unix::fs::chown(&path, Some(12345), None).unwrap();
        for error in [
            registry.find("a").unwrap_err(),
            registry.claim("a").unwrap_err(),
        ] {
            let RegistryError::NotOurs { owner, .. } = error else {
                panic!("{error}");
            };
            assert_eq!(owner, 12345);
        }
        assert!(path.exists(), "it is not ours to remove");
    }

    #[test]
    fn a_process_is_known_by_its_start() {
        let own = std::process::id();
        assert!(process_start(own).is_some());
        assert_eq!(process_start(own), process_start(own));
        let mut child = Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        assert_eq!(process_start(child.id()), None);
    }

    #[test]
    fn a_used_port_is_skipped_unless_it_is_configured() {
        let host = IpAddr::from([127, 0, 0, 1]);
        let first = bind(host, None).unwrap();
        let second = bind(host, None).unwrap();
        let port = first.local_addr().unwrap().port();
        assert!(API_PORTS.contains(&port));
        assert!(second.local_addr().unwrap().port() > port);
        assert!(bind(host, Some(port)).is_err());
    }
}
