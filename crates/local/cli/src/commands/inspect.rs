//! `prox inspect`: explains the permissions that an app requests.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::{print, print_json};
use crate::args::{Global, Inspect};
use crate::exit::{Exit, Failure, Outcome};
use prox_config::manifest;

pub(super) fn run(global: &Global, args: &Inspect) -> Outcome {
    let Inspect::Permissions { manifest: named } = args;
    let path = manifest_file(named.as_deref())?;
    let app = manifest::load(&path)?;
    if global.json {
        let permissions: Vec<_> = app
            .permissions
            .iter()
            .map(|permission| {
                json!({
                    "name": permission.name,
                    "meaning": manifest::meaning(&permission.name),
                    "reason": permission.reason,
                })
            })
            .collect();
        print_json(&json!({"manifest": path, "id": app.id, "permissions": permissions}))?;
        return Ok(Exit::Ok);
    }
    let mut text = if app.permissions.is_empty() {
        format!("{} requests nothing.\n", app.name)
    } else {
        format!("{} asks to\n", app.name)
    };
    for permission in &app.permissions {
        text.push_str(&format!(
            "  {} ({})\n      because: {}\n",
            manifest::meaning(&permission.name),
            permission.name,
            permission.reason
        ));
    }
    print(text)?;
    Ok(Exit::Ok)
}

/// The given manifest, or the nearest one in this folder or above it.
pub(super) fn manifest_file(named: Option<&Path>) -> Result<PathBuf, Failure> {
    if let Some(path) = named {
        return Ok(path.to_owned());
    }
    let here = std::env::current_dir()?;
    here.ancestors()
        .map(|folder| folder.join(manifest::FILE_NAME))
        .find(|path| path.is_file())
        .ok_or_else(|| {
            Failure::help(
                Exit::Config,
                format!(
                    "there is no {} in {} or above it",
                    manifest::FILE_NAME,
                    here.display()
                ),
                "`prox init` creates one",
            )
        })
}
