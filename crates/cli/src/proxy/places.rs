//! Where the proxy keeps what outlives it.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// Folders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Places {
    /// The certificate authorities of all domains.
    pub authorities: PathBuf,
    /// The captured requests of one project.
    pub requests: PathBuf,
}

impl Places {
    /// Those of the project in a folder: below `$XDG_STATE_HOME/prox`.
    #[must_use]
    pub fn of(root: &Path) -> Self {
        let state = state(std::env::var_os("XDG_STATE_HOME"), std::env::var_os("HOME"));
        Self {
            authorities: state.join("ca"),
            requests: state.join("requests").join(hash(root)),
        }
    }
}

fn state(xdg: Option<OsString>, home: Option<OsString>) -> PathBuf {
    let absolute =
        |value: Option<OsString>| value.map(PathBuf::from).filter(|path| path.is_absolute());
    absolute(xdg)
        .or_else(|| absolute(home).map(|home| home.join(".local/state")))
        .unwrap_or_else(std::env::temp_dir)
        .join("prox")
}

/// The first 12 hexadecimal digits of the SHA-256 of a project's canonical path.
fn hash(root: &Path) -> String {
    let canonical = root.canonicalize().unwrap_or_else(|_| root.to_owned());
    let digest = Sha256::digest(canonical.as_os_str().as_encoded_bytes());
    digest
        .iter()
        .take(6)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_lies_where_the_system_says() {
        let path = |text: &str| Some(OsString::from(text));
        assert_eq!(state(path("/s"), path("/h")), Path::new("/s/prox"));
        assert_eq!(
            state(path("relative"), path("/h")),
            Path::new("/h/.local/state/prox")
        );
        assert_eq!(state(None, path("/h")), Path::new("/h/.local/state/prox"));
    }
}
