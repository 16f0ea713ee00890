//! The OpenAPI document that the program serves lists operations that exist.

use serde_json::Value;

use crate::support::Project;

#[test]
fn every_operation_of_the_contract_exists() {
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
