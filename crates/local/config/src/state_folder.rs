//! The folder for data that `prox` keeps between runs.

use std::path::PathBuf;

/// The state folder: `$XDG_STATE_HOME/prox`, by default `~/.local/state/prox`. None without a home
/// folder. A relative `XDG_STATE_HOME` is ignored, as the XDG specification requires.
#[must_use]
pub fn state_folder() -> Option<PathBuf> {
    let state = std::env::var_os("XDG_STATE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| Some(std::env::home_dir()?.join(".local/state")))?;
    Some(state.join("prox"))
}
