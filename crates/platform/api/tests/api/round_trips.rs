//! Each operation takes one round trip to the database, counted on the wire.

use crate::operations::{self, Operation, Who};
use http::Method;
use prox_testing::{App, CountingProxy, Database};
use prox_types::{
    Collector, Dataset, DatasetImport, DatasetRow, Domain, Event, Grant, Item, NewShareLink, Page,
    Picture, Space, Workspace,
};
use serde_json::{Value, json};

#[tokio::test]
async fn every_operation_takes_one_round_trip() {
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
    let grants = format!("{base}/spaces/home/grants");
    let anyone =
        json!({"principal": {"type": "user", "email": "bob@example.com"}, "level": "view"});
    let grant: Grant = ada.client.post(&grants, anyone).await.expect(201);
    let links = format!("{base}/spaces/home/share-links");
    let link: NewShareLink = ada.client.post(&links, json!({})).await.expect(201);
    let workspace: Workspace = ada
        .client
        .post(&format!("{base}/workspaces"), json!({"name": "W"}))
        .await
        .expect(201);
    let pictures = format!("{base}/pictures");
    let picture: Picture = ada
        .client
        .send(Method::POST, &pictures, operations::gif('!'))
        .await
        .expect(201);
    let dataset = json!({"name": "D", "columns": [{"name": "a"}]});
    let dataset: Dataset = ada
        .client
        .post(&format!("{base}/datasets"), dataset)
        .await
        .expect(201);
    let row: DatasetRow = ada
        .client
        .post(
            &format!("{base}/datasets/{}/rows", dataset.id),
            json!({"values": {"a": "x"}}),
        )
        .await
        .expect(201);
    let collector: Collector = ada
        .client
        .post(
            &format!("{base}/datasets/{}/collectors", dataset.id),
            json!({"instance": "main", "event_type": "c.d", "paths": {"c1": "/id"}}),
        )
        .await
        .expect(201);
    let imports = format!("{base}/imports");
    let import: DatasetImport = ada
        .client
        .send(Method::POST, &imports, "a\n1\n")
        .await
        .expect(201);
    let members: Value = ada.client.get(&format!("{base}/members")).await.json();
    ada.client
        .post(&format!("{base}/spaces/home/publish"), Value::Null)
        .await
        .expect_status(200);

    operations::check_against_contract();
    let mut counts = Vec::new();
    // Deletions last, the innermost resource first.
    let mut operations = operations::table();
    let opened = link
        .url
        .as_ref()
        .unwrap()
        .replace(prox_testing::APP_ORIGIN, "");
    for path in ["/@ada", "/@ada?view-as=anyone", opened.leak()] {
        operations.push(Operation {
            method: "get",
            path,
            who: Who::Anonymous,
            body: Value::Null,
        });
    }
    operations.sort_by_key(|o| {
        (
            o.path.ends_with("sign-out"),
            o.method == "delete",
            std::cmp::Reverse(o.path.matches('/').count()),
            o.path,
        )
    });
    for operation in operations {
        let path = operation
            .path
            .replace("{org}", ada.me.handle.as_str())
            .replace("{member}", members["items"][0]["id"].as_str().unwrap())
            .replace("{instance}", "main")
            .replace("{event}", &event.id.to_string())
            .replace("{connector}", "iap_01h455vb4pex5vsknk084sn02q")
            .replace("{space}", &space.id.to_string())
            .replace("{item}", &item.id.to_string())
            .replace("{grant}", &grant.id.to_string())
            .replace("{link}", &link.link.id.to_string())
            .replace("{domain}", &domain.id.to_string())
            .replace("{workspace}", &workspace.id.to_string())
            .replace("{hash}", &picture.hash)
            .replace("{dataset}", &dataset.id.to_string())
            .replace("{column}", &dataset.columns[0].id.0)
            .replace("{row}", &row.id)
            .replace("{collector}", &collector.id.to_string())
            .replace("{import}", &import.id.to_string())
            .replace("{notification}", "ntf_01h455vb4pex5vsknk084sn02q")
            .replace("{session}", "ses_01h455vb4pex5vsknk084sn02q");
        proxy.take();
        let reply = operations::send(&ada.client, &operation, &path).await;
        assert!(
            reply.status.as_u16() < 500 && reply.status != 422 && reply.status != 401,
            "{} {path}: {}",
            operation.method,
            reply.text
        );
        counts.push((operation, proxy.take()));
    }
    for (operation, count) in counts {
        let Operation { method, path, .. } = &operation;
        assert_eq!(count, operation.round_trips(), "{method} {path}");
    }
    let _: Page<Event> = app
        .person("bob@example.com")
        .await
        .client
        .get("/api/organizations/bob/instances/main/events")
        .await
        .expect(200);
}
