//! The committed OpenAPI document is the code's.

use serde_json::Value;

use crate::support::Project;

/// `UPDATE_SNAPSHOTS=1` writes it anew.
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
        "crates/local/cli/openapi.json is stale: run with UPDATE_SNAPSHOTS=1 and commit it"
    );
    assert!(current.contains("\"openapi\": \"3.1"));
}

/// A viewer lists operations below their tags, each by its summary.
#[test]
fn each_operation_stands_below_a_tag_that_is_explained() {
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

#[test]
fn what_the_contract_names_is_there_under_its_method() {
    let project = Project::new("processes: {web: sleep 1000}\n");
    project.ok(&["up", "-d"]);
    let (status, body) = project.authorized("GET /api/v1/openapi.json", "");
    assert_eq!(status, 200);
    let contract: Value = serde_json::from_str(&body).unwrap();
    let mut operations: Vec<(&String, &String)> = contract["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, item)| {
            item.as_object()
                .unwrap()
                .keys()
                .map(move |method| (path, method))
        })
        // A stream does not end.
        .filter(|(path, _)| !path.ends_with("/stream") && !path.ends_with("/events"))
        .collect();
    // This one ends the supervisor.
    operations.sort_by_key(|(path, _)| path.ends_with("/shutdown"));
    assert!(operations.len() > 10);
    for (path, method) in operations {
        let path = path.replace("{name}", "nobody").replace("{id}", "nothing");
        let request = format!("{} {path}", method.to_uppercase());
        let (status, body) = project.authorized(&request, "{}");
        assert_ne!(status, 405, "{request}");
        assert!(!body.contains("\"NOT_FOUND\""), "{request}: {body}");
    }
}
