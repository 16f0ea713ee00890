//! The table of all API operations, for the tenancy matrix and the round-trip test. An operation
//! without a row fails both, with a message that shows what to add.

use std::collections::BTreeSet;

use http::Method;
use prox_testing::{Reply, TestClient};
use serde_json::{Value, json};

/// The callers who may succeed with an operation in their own organization.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum Who {
    Anonymous,
    SignedIn,
    /// Members, and anonymous callers when the resource is published.
    Viewer,
    Member,
    /// Members, and everybody who has a grant to view, edit or manage the space.
    View,
    Edit,
    /// Admins, and everybody who has a grant to manage the space.
    Manage,
    /// The member whose resource it is. For other members it does not exist.
    Creator,
    Admin,
    Owner,
    Platform,
}

/// One operation of the contract.
pub(crate) struct Operation {
    pub(crate) method: &'static str,
    /// The path with the variables of the contract.
    pub(crate) path: &'static str,
    pub(crate) who: Who,
    /// A valid body; null when the operation has none. A text is sent as it is, everything else as JSON.
    pub(crate) body: Value,
}

impl Operation {
    /// The number of its statements: one, except for [`EXCEPTIONS`].
    pub(crate) fn round_trips(&self) -> usize {
        let name = format!("{} {}", self.method, self.path);
        let exception = EXCEPTIONS.iter().find(|(other, ..)| *other == name);
        exception.map_or(1, |(_, count, _)| *count)
    }
}

/// Operations with another number of statements than one, and the reason.
const EXCEPTIONS: [(&str, usize, &str); 5] = [
    ("get /api/auth/providers", 0, "says what is configured"),
    (
        "get /api/auth/google/callback",
        0,
        "is refused without a state; a real one spends the state, asks the provider, then signs in",
    ),
    ("get /api/connectors/slack/callback", 0, "as Google's"),
    (
        "post /api/organizations/{org}/spaces/{space}/domains/{domain}/verify",
        2,
        "reads the claim, asks the DNS, records the result",
    ),
    (
        "post /api/organizations/{org}/spaces/{space}/health",
        2,
        "reads what is due, asks the sites, records the results",
    ),
];

/// The text of a small GIF, which differs by its width.
pub(crate) fn gif(width: char) -> String {
    format!("GIF89a{width}\0\u{1}\0\0\0\0;")
}

/// Sends the request of an operation.
pub(crate) async fn send(client: &TestClient<'_>, operation: &Operation, path: &str) -> Reply {
    let method: Method = operation.method.to_uppercase().parse().unwrap();
    let client = if path.ends_with("/socket") {
        client.with("upgrade", "websocket")
    } else {
        client.clone()
    };
    // Required parameters in queries.
    let query = match path.rsplit('/').next() {
        Some("view-as") => "?viewer=anyone",
        Some("preview") => "?type=integer",
        _ => "",
    };
    let path = &format!("{path}{query}");
    match &operation.body {
        Value::Null => client.send(method, path, "").await,
        Value::String(text) => client.send(method, path, text.clone()).await,
        body => client.json(method, path, body.clone()).await,
    }
}

/// Every operation of the contract.
pub(crate) fn table() -> Vec<Operation> {
    use Who::{
        Admin, Anonymous, Creator, Edit, Manage, Member, Owner, Platform, SignedIn, View, Viewer,
    };
    // Operations without a body.
    let o = |method, path, who| Operation {
        method,
        path,
        who,
        body: Value::Null,
    };
    // Operations with a body.
    let w = |method, path, who, body| Operation {
        method,
        path,
        who,
        body,
    };
    vec![
        o("get", "/api/health", Anonymous),
        o("get", "/api/auth/providers", Anonymous),
        o("get", "/api/auth/google", Anonymous),
        o("get", "/api/auth/google/callback", Anonymous),
        o("post", "/api/auth/sign-out", SignedIn),
        o("get", "/api/auth/sessions", SignedIn),
        o("delete", "/api/auth/sessions/{session}", SignedIn),
        o("get", "/api/me", SignedIn),
        w("patch", "/api/me", SignedIn, json!({"name": "New"})),
        o("get", "/api/me/organizations", SignedIn),
        o("get", "/api/me/preferences", SignedIn),
        w(
            "patch",
            "/api/me/preferences",
            SignedIn,
            json!({"theme": "dark"}),
        ),
        o("get", "/api/me/notifications", SignedIn),
        w(
            "post",
            "/api/me/notifications",
            SignedIn,
            json!({"type": "api_unavailable", "seconds": 60}),
        ),
        o("delete", "/api/me/notifications", SignedIn),
        w(
            "post",
            "/api/me/notifications/read",
            SignedIn,
            json!({"ids": []}),
        ),
        o("delete", "/api/me/notifications/{notification}", SignedIn),
        o("get", "/api/organizations", SignedIn),
        w(
            "post",
            "/api/organizations",
            SignedIn,
            json!({"name": "Another"}),
        ),
        o("get", "/api/admin/events", Platform),
        o("get", "/api/connectors/slack/callback", SignedIn),
        w(
            "post",
            "/api/preflight",
            SignedIn,
            json!({"url": "https://nowhere.test/"}),
        ),
        o("get", "/api/search", SignedIn),
        o("get", "/api/organizations/{org}/search", Member),
        o("get", "/api/organizations/{org}", Member),
        w(
            "patch",
            "/api/organizations/{org}",
            Admin,
            json!({"name": "New"}),
        ),
        o("delete", "/api/organizations/{org}", Owner),
        o("get", "/api/organizations/{org}/socket", Member),
        o("get", "/api/spaces/{space}/socket", Viewer),
        o("get", "/api/organizations/{org}/members", Member),
        w(
            "post",
            "/api/organizations/{org}/members",
            Admin,
            json!({"email": "new@example.com", "role": "member"}),
        ),
        o("get", "/api/organizations/{org}/members/{member}", Member),
        w(
            "patch",
            "/api/organizations/{org}/members/{member}",
            Admin,
            json!({"role": "admin"}),
        ),
        o("delete", "/api/organizations/{org}/members/{member}", Admin),
        o("get", "/api/organizations/{org}/instances", Member),
        w(
            "post",
            "/api/organizations/{org}/instances",
            Admin,
            json!({"name": "New"}),
        ),
        o(
            "get",
            "/api/organizations/{org}/instances/{instance}",
            Member,
        ),
        w(
            "patch",
            "/api/organizations/{org}/instances/{instance}",
            Admin,
            json!({"name": "New"}),
        ),
        o(
            "delete",
            "/api/organizations/{org}/instances/{instance}",
            Admin,
        ),
        o(
            "get",
            "/api/organizations/{org}/instances/{instance}/events",
            Member,
        ),
        w(
            "post",
            "/api/organizations/{org}/instances/{instance}/events",
            Member,
            json!({"type": "a.b", "payload": {}}),
        ),
        o(
            "get",
            "/api/organizations/{org}/instances/{instance}/events/{event}",
            Member,
        ),
        o(
            "get",
            "/api/organizations/{org}/instances/{instance}/connectors",
            Member,
        ),
        o(
            "delete",
            "/api/organizations/{org}/instances/{instance}/connectors/{connector}",
            Admin,
        ),
        o(
            "get",
            "/api/organizations/{org}/instances/{instance}/connectors/slack/install",
            Admin,
        ),
        o("get", "/api/organizations/{org}/workspaces", Member),
        w(
            "post",
            "/api/organizations/{org}/workspaces",
            Member,
            json!({"name": "New"}),
        ),
        o(
            "get",
            "/api/organizations/{org}/workspaces/{workspace}",
            Creator,
        ),
        w(
            "patch",
            "/api/organizations/{org}/workspaces/{workspace}",
            Creator,
            json!({"name": "New", "layout": {"windows": {}}}),
        ),
        o(
            "delete",
            "/api/organizations/{org}/workspaces/{workspace}",
            Creator,
        ),
        o("get", "/api/organizations/{org}/spaces", Member),
        w(
            "post",
            "/api/organizations/{org}/spaces",
            Member,
            json!({"title": "New"}),
        ),
        o("get", "/api/organizations/{org}/spaces/{space}", View),
        w(
            "patch",
            "/api/organizations/{org}/spaces/{space}",
            Edit,
            json!({"title": "New"}),
        ),
        o("delete", "/api/organizations/{org}/spaces/{space}", Admin),
        o(
            "post",
            "/api/organizations/{org}/spaces/{space}/publish",
            Manage,
        ),
        o(
            "post",
            "/api/organizations/{org}/spaces/{space}/unpublish",
            Manage,
        ),
        o("get", "/api/organizations/{org}/spaces/{space}/items", View),
        w(
            "post",
            "/api/organizations/{org}/spaces/{space}/items",
            Edit,
            json!({"kind": "card", "title": "New"}),
        ),
        o(
            "get",
            "/api/organizations/{org}/spaces/{space}/items/{item}",
            View,
        ),
        o(
            "get",
            "/api/organizations/{org}/spaces/{space}/items/{item}/icon",
            Viewer,
        ),
        o(
            "get",
            "/api/organizations/{org}/spaces/{space}/items/{item}/feed",
            Member,
        ),
        o(
            "get",
            "/api/organizations/{org}/spaces/{space}/health",
            Member,
        ),
        o(
            "post",
            "/api/organizations/{org}/spaces/{space}/health",
            Member,
        ),
        w(
            "patch",
            "/api/organizations/{org}/spaces/{space}/items/{item}",
            Edit,
            json!({"title": "New"}),
        ),
        o(
            "delete",
            "/api/organizations/{org}/spaces/{space}/items/{item}",
            Edit,
        ),
        o(
            "get",
            "/api/organizations/{org}/spaces/{space}/cover",
            Viewer,
        ),
        o("get", "/api/organizations/{org}/pictures", Member),
        w(
            "post",
            "/api/organizations/{org}/pictures",
            Member,
            json!(gif('?')),
        ),
        o("get", "/api/organizations/{org}/pictures/{hash}", Member),
        o("delete", "/api/organizations/{org}/pictures/{hash}", Member),
        o("get", "/api/organizations/{org}/datasets", Member),
        w(
            "post",
            "/api/organizations/{org}/datasets",
            Member,
            json!({"name": "New", "columns": [{"name": "a"}]}),
        ),
        o("get", "/api/organizations/{org}/datasets/{dataset}", Member),
        w(
            "patch",
            "/api/organizations/{org}/datasets/{dataset}",
            Member,
            json!({"name": "New"}),
        ),
        o(
            "delete",
            "/api/organizations/{org}/datasets/{dataset}",
            Admin,
        ),
        w(
            "post",
            "/api/organizations/{org}/datasets/{dataset}/columns",
            Member,
            json!({"name": "New"}),
        ),
        w(
            "patch",
            "/api/organizations/{org}/datasets/{dataset}/columns/{column}",
            Member,
            json!({"notes": "New"}),
        ),
        o(
            "delete",
            "/api/organizations/{org}/datasets/{dataset}/columns/{column}",
            Member,
        ),
        o(
            "get",
            "/api/organizations/{org}/datasets/{dataset}/columns/{column}/preview",
            Member,
        ),
        w(
            "post",
            "/api/organizations/{org}/datasets/{dataset}/query",
            Member,
            json!({"values": [{"function": "count"}]}),
        ),
        o(
            "get",
            "/api/organizations/{org}/datasets/{dataset}/rows",
            Member,
        ),
        w(
            "post",
            "/api/organizations/{org}/datasets/{dataset}/rows",
            Member,
            json!({"values": {}}),
        ),
        o(
            "get",
            "/api/organizations/{org}/datasets/{dataset}/rows/{row}",
            Member,
        ),
        w(
            "patch",
            "/api/organizations/{org}/datasets/{dataset}/rows/{row}",
            Member,
            json!({"values": {}}),
        ),
        o(
            "delete",
            "/api/organizations/{org}/datasets/{dataset}/rows/{row}",
            Member,
        ),
        o(
            "get",
            "/api/organizations/{org}/datasets/{dataset}/export.csv",
            Member,
        ),
        o(
            "get",
            "/api/organizations/{org}/datasets/{dataset}/export.json",
            Member,
        ),
        o(
            "get",
            "/api/organizations/{org}/datasets/{dataset}/collectors",
            Member,
        ),
        w(
            "post",
            "/api/organizations/{org}/datasets/{dataset}/collectors",
            Member,
            json!({"instance": "main", "event_type": "a.b", "paths": {"c1": "/type"}}),
        ),
        o(
            "delete",
            "/api/organizations/{org}/datasets/{dataset}/collectors/{collector}",
            Member,
        ),
        o("get", "/api/organizations/{org}/imports", Member),
        w(
            "post",
            "/api/organizations/{org}/imports",
            Member,
            json!("a,b\n1,2\n"),
        ),
        o("get", "/api/organizations/{org}/imports/{import}", Member),
        w(
            "patch",
            "/api/organizations/{org}/imports/{import}",
            Member,
            json!({"name": "Renamed"}),
        ),
        o(
            "post",
            "/api/organizations/{org}/imports/{import}/store",
            Member,
        ),
        o(
            "post",
            "/api/organizations/{org}/imports/{import}/apply",
            Member,
        ),
        o(
            "get",
            "/api/organizations/{org}/imports/{import}/bad-rows.csv",
            Member,
        ),
        o(
            "delete",
            "/api/organizations/{org}/imports/{import}",
            Member,
        ),
        o("get", "/api/me/shared", SignedIn),
        w(
            "post",
            "/api/me/shared",
            SignedIn,
            json!({"token": "A".repeat(43)}),
        ),
        o(
            "get",
            "/api/organizations/{org}/spaces/{space}/grants",
            Manage,
        ),
        w(
            "post",
            "/api/organizations/{org}/spaces/{space}/grants",
            Manage,
            json!({"principal": {"type": "user", "email": "new@example.com"}, "level": "view"}),
        ),
        w(
            "patch",
            "/api/organizations/{org}/spaces/{space}/grants/{grant}",
            Manage,
            json!({"level": "edit"}),
        ),
        o(
            "delete",
            "/api/organizations/{org}/spaces/{space}/grants/{grant}",
            Manage,
        ),
        o(
            "get",
            "/api/organizations/{org}/spaces/{space}/share-links",
            Manage,
        ),
        w(
            "post",
            "/api/organizations/{org}/spaces/{space}/share-links",
            Manage,
            json!({"name": "New"}),
        ),
        o(
            "delete",
            "/api/organizations/{org}/spaces/{space}/share-links/{link}",
            Manage,
        ),
        o(
            "get",
            "/api/organizations/{org}/spaces/{space}/exposure",
            Manage,
        ),
        o(
            "get",
            "/api/organizations/{org}/spaces/{space}/view-as",
            Manage,
        ),
        o(
            "get",
            "/api/organizations/{org}/spaces/{space}/domains",
            Member,
        ),
        w(
            "post",
            "/api/organizations/{org}/spaces/{space}/domains",
            Admin,
            json!({"hostname": "new.example.com"}),
        ),
        o(
            "delete",
            "/api/organizations/{org}/spaces/{space}/domains/{domain}",
            Admin,
        ),
        o(
            "post",
            "/api/organizations/{org}/spaces/{space}/domains/{domain}/verify",
            Admin,
        ),
    ]
}

/// Compares the table with the contract.
pub(crate) fn check_against_contract() {
    let document: Value = prox_api::document();
    let paths = document["paths"].as_object().unwrap();
    let documented: BTreeSet<String> = paths
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().unwrap().keys();
            methods.map(move |method| format!("{method} {path}"))
        })
        .collect();
    let listed: BTreeSet<String> = table()
        .iter()
        .map(|o| format!("{} {}", o.method, o.path))
        .collect();
    let missing: Vec<_> = documented.difference(&listed).collect();
    assert!(
        missing.is_empty(),
        "operations without a row: {missing:?}. Add to table() in \
         crates/platform/api/tests/api/support/operations.rs: o(method, path, who may), or \
         w(method, path, who may, a valid body)."
    );
    let gone: Vec<_> = listed.difference(&documented).collect();
    assert!(
        gone.is_empty(),
        "rows without an operation: {gone:?}. Remove them from table() in \
         crates/platform/api/tests/api/support/operations.rs, or add the handler to contract! in \
         crates/platform/api/src/router.rs."
    );
}
