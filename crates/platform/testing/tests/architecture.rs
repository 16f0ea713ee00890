//! Checks the direction of dependencies between crates against `cargo metadata`.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests may panic, and run commands"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::process::Command;

use serde_json::Value;

/// The dependencies that each crate may have inside the workspace, except for those of its tests.
const DIRECTION: [(&str, &[&str]); 25] = [
    ("prox-charts", &[]),
    ("prox-types", &[]),
    ("prox-core", &["prox-types"]),
    ("prox-datasets", &["prox-types"]),
    ("prox-integrations", &["prox-types"]),
    ("prox-db", &["prox-types"]),
    ("prox-pages", &["prox-charts", "prox-types"]),
    (
        "prox-api",
        &[
            "prox-db",
            "prox-pages",
            "prox-charts",
            "prox-core",
            "prox-datasets",
            "prox-integrations",
            "prox-types",
        ],
    ),
    (
        "prox-runtime",
        &["prox-api", "prox-db", "prox-integrations", "prox-types"],
    ),
    (
        "prox-worker",
        &[
            "prox-runtime",
            "prox-api",
            "prox-db",
            "prox-core",
            "prox-types",
        ],
    ),
    ("prox-public", &["prox-runtime", "prox-api"]),
    ("prox-jobs", &["prox-runtime", "prox-api"]),
    ("prox-edge", &["prox-core", "prox-types"]),
    ("prox-events", &[]),
    ("prox-config", &[]),
    ("prox-logs", &["prox-config", "prox-events"]),
    ("prox-capture", &["prox-config", "prox-events", "prox-logs"]),
    (
        "prox-supervisor",
        &["prox-config", "prox-events", "prox-logs"],
    ),
    (
        "prox-proxy",
        &["prox-capture", "prox-config", "prox-events"],
    ),
    (
        "prox-control",
        &[
            "prox-capture",
            "prox-config",
            "prox-events",
            "prox-logs",
            "prox-proxy",
            "prox-supervisor",
        ],
    ),
    (
        "prox-tui",
        &[
            "prox-capture",
            "prox-control",
            "prox-events",
            "prox-logs",
            "prox-proxy",
        ],
    ),
    (
        "prox-cli",
        &[
            "prox-capture",
            "prox-config",
            "prox-control",
            "prox-events",
            "prox-integrations",
            "prox-logs",
            "prox-proxy",
            "prox-supervisor",
            "prox-tui",
        ],
    ),
    (
        "prox-testing",
        &[
            "prox-api",
            "prox-core",
            "prox-db",
            "prox-integrations",
            "prox-types",
        ],
    ),
    ("idna_adapter", &[]),
    ("stringprep", &[]),
];

/// Crates that bind to JavaScript. Only the workers and what they share may depend on them.
const JAVASCRIPT: [&str; 5] = [
    "worker",
    "worker-macros",
    "wasm-bindgen",
    "js-sys",
    "web-sys",
];

/// Crates for I/O, clocks or randomness. The pure crates may not depend on them.
const IMPURE: [&str; 8] = [
    "tokio",
    "tokio-postgres",
    "getrandom",
    "rand",
    "reqwest",
    "hyper",
    "axum",
    "http-body-util",
];

fn packages() -> Vec<Value> {
    let output = Command::new(env!("CARGO"))
        .args([
            "metadata",
            "--format-version",
            "1",
            "--no-deps",
            "--offline",
        ])
        .current_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/../../.."))
        .output()
        .unwrap();
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    metadata["packages"].as_array().unwrap().clone()
}

/// The direct dependencies of a package, except for those of its tests.
fn direct_dependencies(package: &Value) -> BTreeSet<String> {
    let dependencies = package["dependencies"].as_array().unwrap();
    let real = dependencies.iter().filter(|d| d["kind"] != "dev");
    real.map(|d| d["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn crates_depend_only_downwards() {
    let packages = packages();
    let ours: BTreeSet<&str> = packages
        .iter()
        .map(|p| p["name"].as_str().unwrap())
        .collect();
    let direction: BTreeMap<_, _> = DIRECTION.into_iter().collect();
    for package in &packages {
        let name = package["name"].as_str().unwrap();
        let allowed = direction
            .get(name)
            .unwrap_or_else(|| panic!("add {name} to DIRECTION"));
        for dependency in direct_dependencies(package)
            .iter()
            .filter(|d| ours.contains(d.as_str()))
        {
            assert!(
                allowed.contains(&dependency.as_str()),
                "{name} must not depend on {dependency}"
            );
        }
    }
}

/// Lines of Rust below a folder, tests included.
fn lines_below(folder: &Path) -> usize {
    let entries = std::fs::read_dir(folder).unwrap();
    let count = |path: &Path| {
        if path.is_dir() {
            lines_below(path)
        } else if path.extension().is_some_and(|it| it == "rs") {
            std::fs::read_to_string(path).unwrap().lines().count()
        } else {
            0
        }
    };
    entries.map(|entry| count(&entry.unwrap().path())).sum()
}

#[test]
fn no_crate_holds_more_than_a_fifth_of_all_lines() {
    let lines: Vec<(String, usize)> = packages()
        .iter()
        .map(|package| {
            let manifest = Path::new(package["manifest_path"].as_str().unwrap());
            let name = package["name"].as_str().unwrap().to_owned();
            (name, lines_below(manifest.parent().unwrap()))
        })
        .collect();
    let all: usize = lines.iter().map(|(_, count)| count).sum();
    for (name, count) in lines {
        assert!(
            count * 5 <= all,
            "{name} has {count} of {all} lines of Rust, more than a fifth: split it by what its \
             modules do (docs/ARCHITECTURE.md, \"Code map\")"
        );
    }
}

#[test]
fn only_the_workers_depend_on_javascript() {
    for package in packages() {
        let name = package["name"].as_str().unwrap();
        if [
            "prox-runtime",
            "prox-worker",
            "prox-public",
            "prox-jobs",
            "prox-edge",
        ]
        .contains(&name)
        {
            continue;
        }
        for dependency in direct_dependencies(&package) {
            assert!(
                !JAVASCRIPT.contains(&dependency.as_str()),
                "{name} depends on {dependency}"
            );
        }
    }
}

#[test]
fn the_rules_do_no_io_and_read_no_clock() {
    for name in [
        "prox-charts",
        "prox-types",
        "prox-core",
        "prox-datasets",
        "prox-integrations",
    ] {
        let packages = packages();
        let package = packages.iter().find(|p| p["name"] == name).unwrap();
        for dependency in direct_dependencies(package) {
            assert!(
                !IMPURE.contains(&dependency.as_str()),
                "{name} depends on {dependency}"
            );
        }
    }
}

#[test]
fn the_api_writes_no_sql_and_the_database_hands_out_no_rows() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    for (folder, forbidden) in [
        ("api/src", "tokio_postgres"),
        ("db/src", r"pub fn.*\bRow>"),
        ("pages/src", "tokio"),
    ] {
        let found = Command::new("grep")
            .args(["-rnE", forbidden, &format!("{root}/{folder}")])
            .output()
            .unwrap();
        assert!(
            found.stdout.is_empty(),
            "{}",
            String::from_utf8_lossy(&found.stdout)
        );
    }
}
