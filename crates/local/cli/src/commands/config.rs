//! `prox config`: checks `prox.yaml`, or prints its JSON Schema.

use serde_json::json;

use super::{print, print_json, project, warn};
use crate::args::{Config, Global};
use crate::exit::{Exit, Outcome};
use prox_config::json_schema;
use prox_config::model::Project;

pub(super) fn run(global: &Global, args: &Config) -> Outcome {
    match args {
        Config::Check => check(global),
        Config::Schema => {
            print(json_schema::text())?;
            Ok(Exit::Ok)
        }
    }
}

fn check(global: &Global) -> Outcome {
    let project = prox_config::load(&project::locate(global)?.file)?;
    if global.json {
        print_json(&json!({
            "file": project.file,
            "processes": names(project.processes.keys()),
            "tasks": names(project.tasks.keys()),
            "dependencies": names(project.dependencies.keys()),
            "groups": names(project.groups.keys()),
            "services": names(project.services.keys()),
            "warnings": project.warnings,
        }))?;
    } else {
        print(format!(
            "{} is valid: {}\n",
            project.file.display(),
            summary(&project)
        ))?;
        for warning in &project.warnings {
            warn(warning);
        }
    }
    Ok(Exit::Ok)
}

fn names<'a>(names: impl Iterator<Item = &'a String>) -> Vec<&'a String> {
    names.collect()
}

fn summary(project: &Project) -> String {
    let parts: Vec<_> = [
        (project.processes.len(), "process", "processes"),
        (project.tasks.len(), "task", "tasks"),
        (project.dependencies.len(), "dependency", "dependencies"),
        (project.groups.len(), "group", "groups"),
        (project.services.len(), "service", "services"),
    ]
    .into_iter()
    .filter(|(count, _, _)| *count > 0)
    .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
    .collect();
    parts.join(", ")
}
