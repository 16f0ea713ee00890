//! Where the proxy keeps what outlives it.

use std::io;
use std::path::PathBuf;

/// Folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatePaths {
    /// The certificate authorities of all domains.
    pub authorities: PathBuf,
    /// The captured requests of one project.
    pub requests: PathBuf,
}

impl StatePaths {
    /// Those of a project, by its hash in the registry: below `$XDG_STATE_HOME/prox`, by default
    /// `~/.local/state/prox`.
    ///
    /// # Errors
    ///
    /// When there is no home folder.
    pub fn of(hash: &str) -> io::Result<Self> {
        let state = std::env::var_os("XDG_STATE_HOME")
            .map(PathBuf::from)
            .filter(|path| path.is_absolute())
            .or_else(|| Some(std::env::home_dir()?.join(".local/state")))
            .ok_or_else(|| io::Error::other("there is no home folder: set XDG_STATE_HOME"))?
            .join("prox");
        Ok(Self {
            authorities: state.join("ca"),
            requests: state.join("requests").join(hash),
        })
    }
}
