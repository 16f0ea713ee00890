//! The folders in which the proxy keeps files between runs.

use std::io;
use std::path::PathBuf;

/// The folders of one project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatePaths {
    /// The certificate authorities of all domains.
    pub authorities: PathBuf,
    /// The captured requests of one project.
    pub requests: PathBuf,
}

impl StatePaths {
    /// The folders of the project with this hash in the registry, below
    /// [`prox_config::state_folder`].
    ///
    /// # Errors
    ///
    /// When there is no home folder.
    pub fn of(hash: &str) -> io::Result<Self> {
        let state = prox_config::state_folder()
            .ok_or_else(|| io::Error::other("there is no home folder: set XDG_STATE_HOME"))?;
        Ok(Self {
            authorities: state.join("ca"),
            requests: state.join("requests").join(hash),
        })
    }
}
