//! The committed OpenAPI document is the code's.

/// `UPDATE_SNAPSHOTS=1` writes it anew.
#[test]
fn the_committed_contract_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let current = prox::api::document().to_pretty_json().unwrap() + "\n";
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(path, &current).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(
        committed == current,
        "crates/cli/openapi.json is stale: run with UPDATE_SNAPSHOTS=1 and commit it"
    );
    assert!(current.contains("\"openapi\": \"3.1"));
}
