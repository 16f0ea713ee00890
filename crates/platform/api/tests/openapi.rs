//! The committed contract is the code's.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and look behind the API's back"
)]

/// `UPDATE_SNAPSHOTS=1` writes it anew.
#[test]
fn the_committed_contract_is_current() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json");
    let current = prox_api::document().to_pretty_json().unwrap() + "\n";
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        std::fs::write(path, &current).unwrap();
    }
    let committed = std::fs::read_to_string(path).unwrap();
    assert!(
        committed == current,
        "crates/platform/api/openapi.json is stale: run with UPDATE_SNAPSHOTS=1 and commit it"
    );
}
