//! Opens a text in the user's editor, through a temporary file.

use std::fs::{self, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use tokio::process::{Child, Command};

/// The exit code of `sh` when the program is not found.
const NOT_FOUND: i32 = 127;

/// A private temporary file, which is deleted on drop.
pub(super) struct File(PathBuf);

impl File {
    pub(super) fn new(text: &str) -> io::Result<Self> {
        let mut random = [0_u8; 8];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let name = format!("prox-{:016x}.http", u64::from_ne_bytes(random));
        let path = std::env::temp_dir().join(name);
        let mut options = OpenOptions::new();
        let mut file = options
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&path)?;
        let this = Self(path);
        file.write_all(text.as_bytes())?;
        Ok(this)
    }

    fn text(&self) -> io::Result<String> {
        fs::read_to_string(&self.0)
    }
}

impl Drop for File {
    fn drop(&mut self) {
        // The editor may have deleted the file.
        let _ = fs::remove_file(&self.0);
    }
}

/// The editor's command: `$VISUAL`, `$EDITOR` or `vi`.
fn program() -> String {
    let named = ["VISUAL", "EDITOR"].map(|name| std::env::var(name).unwrap_or_default());
    let named = named.into_iter().find(|name| !name.trim().is_empty());
    named.unwrap_or_else(|| "vi".to_owned())
}

pub(super) fn open(file: &File) -> io::Result<Child> {
    command(&program(), &file.0).spawn()
}

fn command(program: &str, path: &Path) -> Command {
    let mut command = Command::new("sh");
    let script = format!("{program} \"$1\"");
    command.args(["-c", &script, "sh"]).arg(path);
    command.kill_on_drop(true);
    command
}

/// Waits for the editor to end, and returns the edited text.
///
/// # Errors
///
/// The reason why there is no text, as a message for people.
pub(super) async fn finish(mut child: Child, file: &File) -> Result<String, String> {
    let ended = child.wait().await.map_err(|error| error.to_string())?;
    match ended.code() {
        Some(0) => file.text().map_err(|error| format!("the text: {error}")),
        Some(NOT_FOUND) => Err(format!(
            "the editor `{}` was not found: set VISUAL or EDITOR",
            program()
        )),
        _ => Err(format!("`{}` failed ({ended}): nothing is sent", program())),
    }
}
