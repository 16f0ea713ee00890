//! One flight to the database for each request, counted on the wire.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and look behind the API's back"
)]

use std::collections::BTreeMap;

use http::Method;
use prox_testing::{App, CountingProxy, Database};
use prox_types::{Domain, Event, Item, Page, Space};
use serde_json::{Value, json};

/// Routes that need more than one statement, or none, and why.
const EXCEPTIONS: [(&str, usize, &str); 4] = [
    ("get /api/auth/providers", 0, "says what is configured"),
    (
        "get /api/auth/google/callback",
        0,
        "refuses without its state before it asks anybody; a real one spends the state, asks the provider, then signs in",
    ),
    ("get /api/connectors/slack/callback", 0, "as Google's"),
    (
        "post /api/organizations/{org}/spaces/{space}/domains/{domain}/verify",
        2,
        "reads the claim, asks the DNS, records what it said",
    ),
];

#[tokio::test]
async fn every_operation_takes_one_flight() {
    let database = Database::create().await;
    let host = match &database.config.get_hosts()[0] {
        tokio_postgres::config::Host::Tcp(host) => host.clone(),
        other => panic!("a TCP host, not {other:?}"),
    };
    let proxy = CountingProxy::start((host, database.config.get_ports()[0])).await;
    let app = App::behind_proxy(database, proxy.port).await;
    app.fakes
        .page("https://dns.test/query", 200, &[], r#"{"Status":3}"#);
    let discovery = json!({
        "issuer": "https://accounts.google.test", "authorization_endpoint": "https://accounts.google.test/a",
        "token_endpoint": "https://accounts.google.test/t", "jwks_uri": "https://accounts.google.test/k",
    });
    app.fakes.page(
        "https://accounts.google.test/.well-known/openid-configuration",
        200,
        &[],
        &discovery.to_string(),
    );
    let ada = app.person("ada@example.com").await;
    let base = ada.home("");
    let space: Space = ada
        .client
        .post(
            &format!("{base}/spaces"),
            json!({"title": "S", "slug": "home"}),
        )
        .await
        .expect(201);
    let items = format!("{base}/spaces/home/items");
    let item: Item = ada
        .client
        .post(&items, json!({"kind": "card", "title": "I"}))
        .await
        .expect(201);
    let events = format!("{base}/instances/main/events");
    let event: Event = ada
        .client
        .post(&events, json!({"type": "a.b", "payload": {}}))
        .await
        .expect(201);
    let domain: Domain = ada
        .client
        .post(
            &format!("{base}/spaces/home/domains"),
            json!({"hostname": "www.example.org"}),
        )
        .await
        .expect(201);
    let members: Value = ada.client.get(&format!("{base}/members")).await.json();
    ada.client
        .post(&format!("{base}/spaces/home/publish"), Value::Null)
        .await
        .expect_status(200);

    let document: Value = prox_api::document();
    let mut flights = BTreeMap::new();
    // Deletions last, and among them the innermost first.
    let mut operations: Vec<(String, String)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .flat_map(|(path, methods)| {
            methods
                .as_object()
                .unwrap()
                .keys()
                .map(|m| (m.clone(), path.clone()))
        })
        .collect();
    operations.push(("get".to_owned(), "/@ada".to_owned()));
    operations.sort_by_key(|(method, path)| {
        (
            path.ends_with("sign-out"),
            method == "delete",
            std::cmp::Reverse(path.matches('/').count()),
            path.clone(),
        )
    });
    for (method, template) in operations {
        let path = template
            .replace("{org}", ada.me.handle.as_str())
            .replace("{member}", members["items"][0]["id"].as_str().unwrap())
            .replace("{instance}", "main")
            .replace("{event}", &event.id.to_string())
            .replace("{connector}", "iap_01h455vb4pex5vsknk084sn02q")
            .replace("{space}", &space.id.to_string())
            .replace("{item}", &item.id.to_string())
            .replace("{domain}", &domain.id.to_string())
            .replace("{session}", "ses_01h455vb4pex5vsknk084sn02q");
        proxy.take();
        let client = if path.ends_with("/socket") {
            ada.client.with("upgrade", "websocket")
        } else {
            ada.client.clone()
        };
        let body = match (method.as_str(), template.rsplit('/').next().unwrap()) {
            ("post", "organizations") => json!({"name": "Another"}),
            ("post", "members") => json!({"email": "new@example.com", "role": "member"}),
            ("post", "instances") => json!({"name": "Another"}),
            ("post", "events") => json!({"type": "a.b", "payload": {}}),
            ("post", "spaces") => json!({"title": "Another"}),
            ("post", "items") => json!({"kind": "card", "title": "Another"}),
            ("post", "domains") => json!({"hostname": "new.example.org"}),
            ("post", "preflight") => json!({"url": "https://nowhere.test/"}),
            ("patch", "{member}") => json!({"role": "owner"}),
            ("patch", "me" | "{org}" | "{instance}") => json!({"name": "New"}),
            ("patch", "{space}" | "{item}") => json!({"title": "New"}),
            _ => Value::Null,
        };
        let reply = client
            .json(
                method.to_uppercase().parse::<Method>().unwrap(),
                &path,
                body,
            )
            .await;
        assert!(
            reply.status.as_u16() < 500 && reply.status != 422 && reply.status != 401,
            "{method} {path}: {}",
            reply.text
        );
        flights.insert(format!("{method} {template}"), proxy.take());
    }
    for (operation, count) in flights {
        let allowed = EXCEPTIONS
            .iter()
            .find(|(name, ..)| *name == operation)
            .map_or(1, |(_, count, _)| *count);
        assert_eq!(count, allowed, "{operation}");
    }
    let _: Page<Event> = app
        .person("bob@example.com")
        .await
        .client
        .get("/api/organizations/bob/instances/main/events")
        .await
        .expect(200);
}
