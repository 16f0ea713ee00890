//! Checks the dependency tree against `deny.toml`: licences, banned crates and sources. It does not
//! need `cargo-deny`, whose build takes minutes; only that program checks advisories.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "tests may panic, and run commands"
)]

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;
use spdx::{Expression, Licensee};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../..");

/// Runs cargo, which may download crates that only other platforms build.
fn cargo(args: &[&str]) -> String {
    let output = Command::new(env!("CARGO"))
        .args(args)
        .arg("--locked")
        .current_dir(ROOT)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
    String::from_utf8(output.stdout).unwrap()
}

/// Name and licence of every package that is built for any platform.
fn built() -> BTreeSet<(String, String)> {
    let tree = cargo(&[
        "tree",
        "--workspace",
        "--all-features",
        "--target",
        "all",
        "--prefix",
        "none",
        "--format",
        "{p}|{l}",
    ]);
    tree.lines()
        .filter_map(|line| line.split_once('|'))
        .map(|(package, licence)| {
            let name = package.split(' ').next().unwrap_or_default();
            let licence = licence.trim_end_matches(" (*)");
            (name.to_owned(), licence.to_owned())
        })
        .collect()
}

fn rules() -> toml::Table {
    let text = std::fs::read_to_string(format!("{ROOT}/deny.toml")).unwrap();
    text.parse().unwrap()
}

#[test]
fn every_licence_is_allowed() {
    let rules = rules();
    let allowed = rules["licenses"]["allow"].as_array().unwrap();
    let allowed: Vec<Licensee> = allowed
        .iter()
        .map(|licence| Licensee::parse(licence.as_str().unwrap()).unwrap())
        .collect();
    let is_allowed = |licence: &str| {
        Expression::parse_mode(licence, spdx::ParseMode::LAX)
            .is_ok_and(|terms| terms.evaluate(|term| allowed.iter().any(|one| one.satisfies(term))))
    };
    let rejected: Vec<_> = built()
        .into_iter()
        .filter(|(_, licence)| !is_allowed(licence))
        .collect();
    assert!(rejected.is_empty(), "not in deny.toml: {rejected:#?}");
}

#[test]
fn no_banned_crate_is_a_dependency() {
    let built = built();
    let rules = rules();
    let banned = rules["bans"]["deny"].as_array().unwrap();
    assert!(!banned.is_empty());
    for ban in banned {
        let banned = ban["name"].as_str().unwrap();
        let found = built.iter().any(|(name, _)| name == banned);
        assert!(!found, "{banned} is banned by deny.toml");
    }
}

#[test]
fn all_dependencies_come_from_the_registry() {
    let metadata: Value =
        serde_json::from_str(&cargo(&["metadata", "--format-version", "1"])).unwrap();
    for package in metadata["packages"].as_array().unwrap() {
        let source = package["source"].as_str();
        let known = source
            .is_none_or(|source| source == "registry+https://github.com/rust-lang/crates.io-index");
        assert!(known, "{} comes from {source:?}", package["name"]);
    }
}
