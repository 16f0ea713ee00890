//! The committed OpenAPI document equals the code's.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test may fail loudly"
)]

/// `UPDATE_SNAPSHOTS=1` writes the file again.
#[test]
fn the_committed_contract_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let current = prox_control::document().to_pretty_json().unwrap() + "\n";
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(path, &current).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(
        committed == current,
        "crates/local/control/openapi.json is stale: run with UPDATE_SNAPSHOTS=1 and commit it"
    );
    assert!(current.contains("\"openapi\": \"3.1"));
}

/// Viewers list operations below their tags, each with its summary.
#[test]
fn each_operation_has_a_tag_with_a_description() {
    let contract = serde_json::to_value(prox_control::document()).unwrap();
    let tags = contract["tags"].as_array().unwrap();
    assert!(tags.iter().all(|tag| tag["description"].is_string()));
    let paths = contract["paths"].as_object().unwrap();
    for (path, item) in paths {
        for operation in item.as_object().unwrap().values() {
            let named = operation["tags"].as_array().unwrap();
            assert_eq!(named.len(), 1, "{path}");
            assert!(tags.iter().any(|tag| tag["name"] == named[0]), "{path}");
            let summary = operation["summary"].as_str().unwrap();
            assert!(!summary.contains('\n'), "{path}: {summary}");
        }
    }
}
