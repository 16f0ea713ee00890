//! Workspaces of the caller.

use futures_util::future::join_all;
use http::Method;
use prox_testing::{App, Person};
use prox_types::{Member, Page, Workspace};
use serde_json::{Value, json};

async fn create(person: &Person<'_>, body: Value) -> Workspace {
    let path = person.home("/workspaces");
    person.client.post(&path, body).await.expect(201)
}

async fn names(person: &Person<'_>, path: &str) -> Vec<String> {
    let page: Page<Workspace> = person.client.get(path).await.expect(200);
    page.items.into_iter().map(|w| w.name).collect()
}

#[tokio::test]
async fn workspaces_are_created_ordered_changed_and_deleted() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let path = ada.home("/workspaces");
    let reply = ada.client.post(&path, json!({"name": " Writing "})).await;
    assert_eq!(reply.header("etag"), "\"v1\"");
    let writing: Workspace = reply.expect(201);
    assert_eq!((writing.name.as_str(), writing.position), ("Writing", 0));
    assert_eq!(writing.layout.as_str(), "{}");
    let layout = json!({"windows": {"w1": {"x": 1, "y": 2}}, "gone": null});
    let mail = create(&ada, json!({"name": "Mail", "layout": layout})).await;
    assert_eq!(mail.position, 1000);
    assert_eq!(
        mail.layout.as_str(),
        r#"{"windows": {"w1": {"x": 1, "y": 2}}}"#
    );
    create(&ada, json!({"name": "First", "position": -5})).await;
    create(&ada, json!({"name": "Last", "position": i32::MAX})).await;
    let full = create(&ada, json!({"name": "After the last"})).await;
    assert_eq!(full.position, i32::MAX);
    let all = ["First", "Writing", "Mail", "Last", "After the last"];
    assert_eq!(names(&ada, &path).await, all);

    // On pages of two.
    let mut paged = Vec::new();
    let mut next = format!("{path}?limit=2");
    loop {
        let page: Page<Workspace> = ada.client.get(&next).await.expect(200);
        paged.extend(page.items.into_iter().map(|w| w.name));
        match page.next_cursor {
            Some(cursor) => next = format!("{path}?limit=2&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(paged, all);

    let one = format!("{path}/{}", mail.id);
    let body =
        json!({"position": -9, "layout": {"windows": {"w1": {"x": 5, "y": null}, "w2": {}}}});
    let reply = ada
        .client
        .with("if-match", "\"v1\"")
        .patch(&one, body)
        .await;
    assert_eq!(reply.header("etag"), "\"v2\"");
    let changed: Workspace = reply.expect(200);
    assert_eq!((changed.name.as_str(), changed.position), ("Mail", -9));
    assert_eq!(
        serde_json::from_str::<Value>(changed.layout.as_str()).unwrap(),
        json!({"windows": {"w1": {"x": 5}, "w2": {}}})
    );
    for stale in [
        ada.client
            .with("if-match", "\"v1\"")
            .patch(&one, json!({"name": "No"}))
            .await,
        ada.client.with("if-match", "\"v1\"").delete(&one).await,
    ] {
        stale.expect_status(412).expect_problem("stale");
    }
    let merge_patch = ada
        .client
        .with("content-type", "application/merge-patch+json");
    merge_patch
        .send(Method::PATCH, &one, r#"{"name":"Post"}"#)
        .await
        .expect_status(200);
    let known = ada.client.with("if-none-match", "\"v3\"").get(&one).await;
    known.expect_status(304);
    let read: Workspace = ada.client.get(&one).await.expect(200);
    assert_eq!((read.name.as_str(), read.version), ("Post", 3));
    ada.client.delete(&one).await.expect_status(204);
    ada.client.get(&one).await.expect_status(404);
    ada.client.delete(&one).await.expect_status(404);
}

#[tokio::test]
async fn workspaces_of_other_members_do_not_exist() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let member: Member = ada
        .client
        .post(
            &ada.home("/members"),
            json!({"email": "bob@example.com", "role": "admin"}),
        )
        .await
        .expect(201);
    let of_ada = create(&ada, json!({"name": "Ada's"})).await;
    let path = ada.home("/workspaces");
    let one = format!("{path}/{}", of_ada.id);
    let missing = format!("{path}/wks_01h455vb4pex5vsknk084sn02q");
    assert_eq!(names(&bob, &path).await, Vec::<String>::new());
    for (method, body) in [
        (Method::GET, Value::Null),
        (Method::PATCH, json!({"name": "Mine"})),
        (Method::DELETE, Value::Null),
    ] {
        let mut answers = Vec::new();
        for path in [&one, &missing] {
            let reply = bob.client.json(method.clone(), path, body.clone()).await;
            let mut answer = reply.expect_status(404).json();
            answer["request_id"] = Value::Null;
            answers.push(answer);
        }
        assert_eq!(answers[0], answers[1], "{method}");
    }
    // Nobody learns from an id that another member has it.
    let body = json!({"name": "Bob's", "id": of_ada.id});
    bob.client.post(&path, body).await.expect_status(201);
    assert_eq!(names(&ada, &path).await, ["Ada's"]);
    assert_eq!(names(&bob, &path).await, ["Bob's"]);
    // They end with the membership.
    let members = ada.home("/members");
    ada.client
        .delete(&format!("{members}/{}", member.id))
        .await
        .expect_status(204);
    let again = json!({"email": "bob@example.com", "role": "member"});
    ada.client.post(&members, again).await.expect_status(201);
    assert_eq!(names(&bob, &path).await, Vec::<String>::new());
    assert_eq!(names(&ada, &path).await, ["Ada's"]);
}

#[tokio::test]
async fn a_workspace_may_have_the_id_of_its_client() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let path = ada.home("/workspaces");
    let body = json!({"name": "Offline", "id": "wks_01h455vb4pex5vsknk084sn02q"});
    let created = create(&ada, body.clone()).await;
    assert_eq!(created.id.to_string(), "wks_01h455vb4pex5vsknk084sn02q");
    ada.client
        .post(&path, body.clone())
        .await
        .expect_status(409)
        .expect_problem("conflict");
    let keyed = ada.client.with("idempotency-key", "k1");
    let body = json!({"name": "Keyed", "id": "wks_01h455vb4pex5vsknk084sn02r"});
    for _ in 0..2 {
        keyed.post(&path, body.clone()).await.expect_status(201);
    }
    for id in ["spc_01h455vb4pex5vsknk084sn02q", "", "x"] {
        let body = json!({"name": "Bad", "id": id});
        ada.client.post(&path, body).await.expect_status(422);
    }
    assert_eq!(names(&ada, &path).await, ["Offline", "Keyed"]);
}

#[tokio::test]
async fn a_member_has_at_most_fifty_workspaces() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let path = ada.home("/workspaces");
    for n in 0..44 {
        create(&ada, json!({"name": format!("{n}")})).await;
    }
    // Concurrent requests do not pass the limit either.
    let replies = join_all((0..8).map(|_| ada.client.post(&path, json!({"name": "Many"})))).await;
    let created = replies.iter().filter(|r| r.status == 201).count();
    assert!(created <= 6, "{created} of 6");
    for reply in replies.iter().filter(|r| r.status != 201) {
        assert_eq!(reply.status, 409, "{}", reply.text);
    }
    for _ in created..6 {
        create(&ada, json!({"name": "Rest"})).await;
    }
    let reply = ada.client.post(&path, json!({"name": "51"})).await;
    reply.expect_status(409).expect_problem("limit_reached");
    let page: Page<Workspace> = ada
        .client
        .get(&format!("{path}?limit=200"))
        .await
        .expect(200);
    assert_eq!(page.items.len(), 50);
    let one = format!("{path}/{}", page.items[7].id);
    ada.client.delete(&one).await.expect_status(204);
    create(&ada, json!({"name": "Again"})).await;
}

#[tokio::test]
async fn layouts_are_merged_atomically_and_limited() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let workspace = create(&ada, json!({"name": "W"})).await;
    let one = ada.home(&format!("/workspaces/{}", workspace.id));
    let patches = (0..20).map(|n| {
        let body = json!({"layout": {"windows": {format!("w{n}"): {"x": n}}}});
        ada.client.patch(&one, body)
    });
    for reply in join_all(patches).await {
        reply.expect_status(200);
    }
    let now = ada.client.get(&one).await.json();
    assert_eq!(now["version"], 21);
    assert_eq!(now["layout"]["windows"].as_object().unwrap().len(), 20);

    let mut deep = json!(1);
    for _ in 0..9 {
        deep = json!({"a": deep});
    }
    for layout in [deep, json!([]), json!("text"), json!({"a": "\u{0}"})] {
        for reply in [
            ada.client.patch(&one, json!({"layout": layout})).await,
            ada.client
                .post(
                    &ada.home("/workspaces"),
                    json!({"name": "W", "layout": layout}),
                )
                .await,
        ] {
            let problem = reply.expect_status(422).json();
            assert_eq!(problem["errors"][0]["path"], "layout", "{problem}");
        }
    }
    let raw = ada.client.with("content-type", "application/json");
    let number = raw.send(Method::PATCH, &one, r#"{"layout":{"a":1e131073}}"#);
    number.await.expect_status(422);
    for (name, status) in [("a", 200), ("b", 413)] {
        let half = json!({"layout": {name: "x".repeat(140_000)}});
        let reply = ada.client.patch(&one, half).await;
        reply.expect_status(status);
    }
    // A layout of null changes nothing, as everywhere in an update.
    let same = ada.client.patch(&one, json!({"layout": null})).await.json();
    assert_eq!(same["layout"]["windows"].as_object().unwrap().len(), 20);
}

#[tokio::test]
async fn changes_of_workspaces_name_their_person() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let key = |workspace: &Workspace| {
        vec![
            "workspaces".to_owned(),
            workspace.organization_id.to_string(),
            ada.me.id.to_string(),
        ]
    };
    app.fakes.take_pokes();
    let workspace = create(&ada, json!({"name": "W"})).await;
    let one = ada.home(&format!("/workspaces/{}", workspace.id));
    ada.client
        .patch(&one, json!({"name": "V"}))
        .await
        .expect_status(200);
    ada.client.delete(&one).await.expect_status(204);
    let pokes = app.fakes.take_pokes();
    assert_eq!(pokes.len(), 3);
    for (_, poke) in pokes {
        assert_eq!(poke.keys, [key(&workspace)]);
    }
}
