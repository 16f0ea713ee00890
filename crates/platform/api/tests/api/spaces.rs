//! Organizations, instances, spaces and items through the API, as clients use it.

use prox_testing::App;
use prox_types::{Event, Instance, Item, Me, Member, Organization, Page, Space};
use serde_json::{Value, json};

#[tokio::test]
async fn first_sign_in_creates_organization_and_instance() {
    let app = App::start().await;
    let ada = app.person("Ada.Lovelace@Example.com").await;
    assert_eq!(ada.me.email, "ada.lovelace@example.com");
    assert_eq!(ada.me.handle.as_str(), "ada-lovelace");

    let me: Me = ada.client.get("/api/me").await.expect(200);
    assert_eq!(me, ada.me);
    let organizations: Page<Organization> =
        ada.client.get("/api/me/organizations").await.expect(200);
    assert_eq!(organizations.items.len(), 1);
    assert!(organizations.items[0].personal);
    assert_eq!(organizations.items[0].role, prox_types::Role::Owner);
    let instances: Page<Instance> = ada.client.get(&ada.home("/instances")).await.expect(200);
    assert_eq!(instances.items[0].slug.as_str(), "main");
    let members: Page<Member> = ada.client.get(&ada.home("/members")).await.expect(200);
    assert_eq!(members.items.len(), 1);
}

#[tokio::test]
async fn a_second_sign_in_is_the_same_person_with_another_session() {
    let app = App::start().await;
    let first = app.person("ada@example.com").await;
    let second = app.person("ada@example.com").await;
    assert_eq!(first.me.id, second.me.id);
    assert_eq!(first.me.handle, second.me.handle);
    assert_ne!(first.me.session_id, second.me.session_id);
}

#[tokio::test]
async fn people_with_one_name_get_different_handles() {
    let app = App::start().await;
    let mut handles = Vec::new();
    for email in ["ada@one.example", "ada@two.example", "admin@example.com"] {
        handles.push(app.person(email).await.me.handle.to_string());
    }
    assert_eq!(handles, ["ada", "ada-2", "my-admin"]);
}

#[tokio::test]
async fn a_home_is_created_filled_published_and_read_by_version() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let made = ada
        .client
        .post(
            &ada.home("/spaces"),
            json!({"title": "Ada's home", "slug": "home"}),
        )
        .await;
    assert_eq!(made.header("etag"), "\"v1\"");
    let space: Space = made.expect(201);
    assert_eq!(space.visibility, prox_types::Visibility::Private);

    let item: Item = ada
        .client
        .post(
            &ada.home("/spaces/home/items"),
            json!({"kind": "link", "title": "Notes", "url": "https://example.com/"}),
        )
        .await
        .expect(201);
    assert_eq!(item.mode, prox_types::Mode::Tab);

    let published: Space = ada
        .client
        .post(&ada.home("/spaces/home/publish"), json!({}))
        .await
        .expect(200);
    assert_eq!(published.visibility, prox_types::Visibility::Public);
    assert_eq!(published.item_count, 1);
    assert_eq!(published.version, 3);
    assert!(published.published_at.is_some());

    let known = ada
        .client
        .with("if-none-match", "\"v3\"")
        .get(&ada.home("/spaces/home"))
        .await;
    known.expect_status(304);
    assert_eq!(known.text, "");
    let by_id: Space = ada
        .client
        .get(&ada.home(&format!("/spaces/{}", space.id)))
        .await
        .expect(200);
    assert_eq!(by_id, published);

    let private: Space = ada
        .client
        .post(&ada.home("/spaces/home/unpublish"), Value::Null)
        .await
        .expect(200);
    assert_eq!(private.published_at, None);
}

#[tokio::test]
async fn a_stale_change_is_refused_and_changes_nothing() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    let path = ada.home("/spaces/home");
    let _: Space = ada
        .client
        .with("if-match", "\"v1\"")
        .patch(&path, json!({"title": "One"}))
        .await
        .expect(200);
    ada.client
        .with("if-match", "\"v1\"")
        .patch(&path, json!({"title": "Two"}))
        .await
        .expect_status(412)
        .expect_problem("stale");
    ada.client
        .with("if-match", "nonsense")
        .patch(&path, json!({"title": "Two"}))
        .await
        .expect_status(400);
    let space: Space = ada.client.get(&path).await.expect(200);
    assert_eq!((space.title.as_str(), space.version), ("One", 2));
    ada.client
        .with("if-match", "\"v1\"")
        .delete(&path)
        .await
        .expect_status(412);
    ada.client
        .with("if-match", "\"v2\"")
        .delete(&path)
        .await
        .expect_status(204);
    ada.client.get(&path).await.expect_status(404);
}

#[tokio::test]
async fn the_home_keeps_its_slug_and_no_other_space_takes_it() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    for slug in ["home", "work"] {
        let _: Space = ada
            .client
            .post(&ada.home("/spaces"), json!({"title": slug, "slug": slug}))
            .await
            .expect(201);
    }
    ada.client
        .post(&ada.home("/spaces"), json!({"title": "x", "slug": "work"}))
        .await
        .expect_problem("slug_taken");
    let refused = ada
        .client
        .patch(&ada.home("/spaces/work"), json!({"slug": "home"}))
        .await;
    assert_eq!(
        refused.expect_status(422).json()["errors"][0]["path"],
        "slug"
    );
    ada.client
        .patch(&ada.home("/spaces/home"), json!({"slug": "other"}))
        .await
        .expect_status(422);
    ada.client
        .patch(
            &ada.home("/spaces/home"),
            json!({"slug": "home", "title": "Still"}),
        )
        .await
        .expect_status(200);
}

async fn titles(person: &prox_testing::Person<'_>, path: &str) -> Vec<String> {
    let page: Page<Item> = person.client.get(path).await.expect(200);
    page.items.into_iter().map(|item| item.title).collect()
}

#[tokio::test]
async fn items_keep_the_order_that_people_give_them() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    let items = ada.home("/spaces/home/items");
    let mut ids = Vec::new();
    for title in ["a", "b", "c"] {
        let item: Item = ada
            .client
            .post(&items, json!({"kind": "card", "title": title}))
            .await
            .expect(201);
        ids.push(item.id);
    }
    let first: Item = ada
        .client
        .post(
            &items,
            json!({"kind": "card", "title": "first", "place": {}}),
        )
        .await
        .expect(201);
    let _: Item = ada
        .client
        .post(
            &items,
            json!({"kind": "card", "title": "between", "place": {"after": ids[0]}}),
        )
        .await
        .expect(201);
    assert_eq!(
        titles(&ada, &items).await,
        ["first", "a", "between", "b", "c"]
    );

    let moved = ada
        .client
        .patch(
            &format!("{items}/{}", ids[2]),
            json!({"place": {"after": first.id}}),
        )
        .await;
    moved.expect_status(200);
    assert_eq!(
        titles(&ada, &items).await,
        ["first", "c", "a", "between", "b"]
    );
    let refused = ada
        .client
        .patch(
            &format!("{items}/{}", ids[2]),
            json!({"place": {"after": ids[2]}}),
        )
        .await;
    assert_eq!(
        refused.expect_status(422).json()["errors"][0]["path"],
        "place.after"
    );
}

#[tokio::test]
async fn a_hundred_insertions_at_one_place_keep_their_order() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    let items = ada.home("/spaces/home/items");
    let first: Item = ada
        .client
        .post(&items, json!({"kind": "card", "title": "first"}))
        .await
        .expect(201);
    let _: Item = ada
        .client
        .post(&items, json!({"kind": "card", "title": "last"}))
        .await
        .expect(201);
    for n in 0..100 {
        let body = json!({"kind": "card", "title": format!("{n}"), "place": {"after": first.id}});
        let _: Item = ada.client.post(&items, body).await.expect(201);
    }
    let mut expected: Vec<String> = (0..100).rev().map(|n| n.to_string()).collect();
    expected.insert(0, "first".to_owned());
    expected.push("last".to_owned());
    let page = format!("{items}?limit=200");
    assert_eq!(titles(&ada, &page).await, expected);
}

#[tokio::test]
async fn concurrent_inserts_at_one_place_give_one_order() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    let items = ada.home("/spaces/home/items");
    let first: Item = ada
        .client
        .post(&items, json!({"kind": "card", "title": "first"}))
        .await
        .expect(201);
    let insert = |title: &'static str| {
        let body = json!({"kind": "card", "title": title, "place": {"after": first.id}});
        let (client, items) = (ada.client.clone(), items.clone());
        async move {
            client
                .post(&items, body)
                .await
                .expect_status(201)
                .header("etag")
                .to_owned()
        }
    };
    futures_util::future::join_all(["a", "b", "c", "d", "e", "f"].map(insert)).await;
    let once = titles(&ada, &items).await;
    assert_eq!(once.len(), 7);
    assert_eq!(once, titles(&ada, &items).await);
    let space: Space = ada.client.get(&ada.home("/spaces/home")).await.expect(200);
    assert_eq!(space.version, 8, "every insertion counted");
}

#[tokio::test]
async fn folders_contain_items_do_not_nest_and_release_them() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    let items = ada.home("/spaces/home/items");
    let folder: Item = ada
        .client
        .post(&items, json!({"kind": "folder", "title": "Tools"}))
        .await
        .expect(201);
    let inside: Item = ada
        .client
        .post(
            &items,
            json!({"kind": "card", "title": "in", "place": {"folder_id": folder.id}}),
        )
        .await
        .expect(201);
    assert_eq!(inside.folder_id, Some(folder.id));
    for body in [
        json!({"kind": "folder", "title": "x", "place": {"folder_id": folder.id}}),
        json!({"kind": "card", "title": "x", "place": {"folder_id": inside.id}}),
        json!({"kind": "card", "title": "x", "place": {"after": inside.id}}),
    ] {
        ada.client.post(&items, body).await.expect_status(422);
    }
    ada.client
        .delete(&format!("{items}/{}", folder.id))
        .await
        .expect_status(204);
    let left: Item = ada
        .client
        .get(&format!("{items}/{}", inside.id))
        .await
        .expect(200);
    assert_eq!(left.folder_id, None);
}

#[tokio::test]
async fn names_are_trimmed() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("tools").await;
    let card = json!({"kind": "card", "title": "\u{a0} Notes \n"});
    let items = ada.home("/spaces/tools/items");
    let item: Item = ada.client.post(&items, card).await.expect(201);
    assert_eq!(item.title, "Notes");
    let renamed = ada
        .client
        .with("if-match", "*")
        .patch(
            &ada.home("/spaces/tools"),
            json!({"title": " Our  tools\t"}),
        )
        .await;
    assert_eq!(renamed.expect::<Space>(200).title, "Our  tools");
}

#[tokio::test]
async fn fields_that_do_not_fit_the_kind_are_reported() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    let items = ada.home("/spaces/home/items");
    for (body, path) in [
        (json!({"kind": "app", "title": "x"}), "url"),
        (
            json!({"kind": "card", "title": "x", "url": "https://example.com"}),
            "url",
        ),
        (
            json!({"kind": "link", "title": "x", "url": "javascript:alert(1)"}),
            "url",
        ),
        (
            json!({"kind": "link", "title": "x", "url": "https://user@example.com"}),
            "url",
        ),
        (
            json!({"kind": "link", "title": "x", "url": "https://example.com", "body": "y"}),
            "body",
        ),
        (json!({"kind": "card", "title": "  "}), "title"),
        (json!({"kind": "card", "title": "a\u{0}b"}), "title"),
        (
            json!({"kind": "card", "title": "x", "body": "a\u{0}b"}),
            "body",
        ),
        (
            json!({"kind": "card", "title": "x", "organization_id": "org_1"}),
            "organization_id",
        ),
        (
            json!({"kind": "card", "title": "x", "place": {"after": "usr_01h455vb4pex5vsknk084sn02q"}}),
            "place.after",
        ),
        (json!({"kind": "window", "title": "x"}), "kind"),
    ] {
        let reply = ada.client.post(&items, body.clone()).await;
        let paths: Vec<_> = reply.expect_status(422).json()["errors"]
            .as_array()
            .unwrap()
            .iter()
            .map(|e| e["path"].clone())
            .collect();
        assert!(paths.contains(&json!(path)), "{body}: {paths:?}");
    }
    let item: Item = ada
        .client
        .post(&items, json!({"kind": "card", "title": "x"}))
        .await
        .expect(201);
    let reply = ada
        .client
        .patch(
            &format!("{items}/{}", item.id),
            json!({"url": "https://example.com"}),
        )
        .await;
    assert_eq!(reply.expect_status(422).json()["errors"][0]["path"], "url");
}

#[tokio::test]
async fn lists_page_through_everything_once() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    let items = ada.home("/spaces/home/items");
    let events = ada.home("/instances/main/events");
    for n in 0..7 {
        let _: Item = ada
            .client
            .post(&items, json!({"kind": "card", "title": n.to_string()}))
            .await
            .expect(201);
        let _: Event = ada
            .client
            .post(&events, json!({"type": "test.done", "payload": {"n": n}}))
            .await
            .expect(201);
    }
    for (list, backwards) in [(&items, false), (&events, true)] {
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page: Value = ada
                .client
                .get(&format!("{list}?limit=3{cursor}"))
                .await
                .expect(200);
            assert!(page["items"].as_array().unwrap().len() <= 3);
            seen.extend(
                page["items"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|i| i["id"].as_str().unwrap().to_owned()),
            );
            match page["next_cursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen.len(), 7);
        if backwards {
            assert!(seen.is_sorted_by(|a, b| a > b));
        }
        ada.client
            .get(&format!("{list}?cursor=nonsense"))
            .await
            .expect_status(400)
            .expect_problem("bad_cursor");
        ada.client
            .get(&format!("{list}?limit=0"))
            .await
            .expect_status(422);
        ada.client
            .get(&format!("{list}?limit=201"))
            .await
            .expect_status(422);
    }
    let page: Value = ada
        .client
        .get(&format!("{items}?limit=3"))
        .await
        .expect(200);
    let foreign = format!("{events}?cursor={}", page["next_cursor"].as_str().unwrap());
    ada.client.get(&foreign).await.expect_problem("bad_cursor");
}

#[tokio::test]
async fn a_repeated_write_is_answered_once_and_done_once() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let once = ada.client.with("idempotency-key", "one");
    let first: Space = once
        .post(&ada.home("/spaces"), json!({"title": "Work"}))
        .await
        .expect(201);
    app.fakes.take_pokes();
    let again = once
        .post(&ada.home("/spaces"), json!({"title": "Work"}))
        .await;
    assert_eq!(again.header("etag"), "\"v1\"");
    let again: Space = again.expect(201);
    assert_eq!(first, again);
    assert!(
        app.fakes.take_pokes().is_empty(),
        "nothing changed, so nobody is told"
    );
    once.post(&ada.home("/spaces"), json!({"title": "Other"}))
        .await
        .expect_status(409)
        .expect_problem("idempotency_conflict");
    let spaces: Page<Space> = ada.client.get(&ada.home("/spaces")).await.expect(200);
    assert_eq!(spaces.items.len(), 1);
    // The same key of another person is another key.
    let bob = app.person("bob@example.com").await;
    let _: Space = bob
        .client
        .with("idempotency-key", "one")
        .post(&bob.home("/spaces"), json!({"title": "Bob's"}))
        .await
        .expect(201);
}

#[tokio::test]
async fn a_write_that_is_sent_twice_concurrently_is_done_once() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let once = ada.client.with("idempotency-key", "race");
    let path = ada.home("/spaces");
    let replies =
        futures_util::future::join_all((0..8).map(|_| once.post(&path, json!({"title": "Work"}))))
            .await;
    let ids: std::collections::BTreeSet<String> = replies
        .into_iter()
        .map(|reply| reply.expect::<Space>(201).id.to_string())
        .collect();
    assert_eq!(ids.len(), 1);
    let spaces: Page<Space> = ada.client.get(&path).await.expect(200);
    assert_eq!(spaces.items.len(), 1);
}

#[tokio::test]
async fn every_write_pokes_the_room_without_gaps() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let space = ada.create_space("home").await;
    let items = ada.home("/spaces/home/items");
    let item: Item = ada
        .client
        .post(&items, json!({"kind": "card", "title": "x"}))
        .await
        .expect(201);
    ada.client
        .patch(&format!("{items}/{}", item.id), json!({"title": "y"}))
        .await
        .expect_status(200);
    ada.client
        .post(&items, json!({"kind": "app", "title": "no address"}))
        .await
        .expect_status(422);
    ada.client
        .delete(&format!("{items}/{}", item.id))
        .await
        .expect_status(204);
    let pokes = app.fakes.take_pokes();
    let seqs: Vec<i64> = pokes.iter().map(|(_, poke)| poke.seq).collect();
    assert_eq!(seqs, [1, 2, 3, 4]);
    assert!(pokes.iter().all(|(org, _)| *org == space.organization_id));
    assert_eq!(
        pokes[0].1.keys,
        [vec!["spaces".to_owned(), space.organization_id.to_string()]]
    );
    assert!(
        pokes[1]
            .1
            .keys
            .contains(&vec!["items".to_owned(), space.id.to_string()])
    );
    let outbox = app
        .database
        .admin()
        .await
        .query("select seq from outbox order by seq", &[])
        .await
        .unwrap();
    assert_eq!(outbox.len(), 4);
    for read in [ada.home("/spaces/home"), ada.home("/spaces"), items] {
        assert_eq!(
            ada.client.get(&read).await.header("x-prox-seq"),
            "4",
            "{read}"
        );
    }
}

#[tokio::test]
async fn concurrent_writes_never_share_or_skip_a_sequence_number() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let path = ada.home("/spaces");
    futures_util::future::join_all((0..20).map(|n| {
        ada.client
            .post(&path, json!({"title": format!("Space {n}")}))
    }))
    .await;
    let mut seqs: Vec<i64> = app
        .fakes
        .take_pokes()
        .iter()
        .map(|(_, poke)| poke.seq)
        .collect();
    seqs.sort_unstable();
    assert_eq!(seqs, (1..=20).collect::<Vec<_>>());
}

#[tokio::test]
async fn an_owner_creates_renames_and_deletes_an_organization() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let made: Organization = ada
        .client
        .post("/api/organizations", json!({"name": "Analytical Engines"}))
        .await
        .expect(201);
    assert_eq!(made.slug.as_str(), "analytical-engines");
    ada.client
        .post("/api/organizations", json!({"name": "x", "slug": "admin"}))
        .await
        .expect_problem("slug_taken");
    ada.client
        .post(
            "/api/organizations",
            json!({"name": "x", "slug": "analytical-engines"}),
        )
        .await
        .expect_problem("slug_taken");
    ada.client
        .post(
            "/api/organizations",
            json!({"name": "x", "slug": "Not A Slug"}),
        )
        .await
        .expect_status(422);
    let renamed: Organization = ada
        .client
        .patch(
            "/api/organizations/analytical-engines",
            json!({"slug": "engines"}),
        )
        .await
        .expect(200);
    assert_eq!(renamed.id, made.id);
    ada.client
        .get("/api/organizations/analytical-engines")
        .await
        .expect_status(404);
    ada.client
        .patch("/api/organizations/engines", json!({"slug": ada.me.handle}))
        .await
        .expect_status(409);
    app.fakes.take_pokes();
    ada.client
        .delete("/api/organizations/engines")
        .await
        .expect_status(204);
    let pokes = app.fakes.take_pokes();
    assert_eq!(
        pokes[0].1.close,
        Some(prox_types::durable::room::Close::Everyone)
    );
    ada.client
        .get(&format!("/api/organizations/{}", made.id))
        .await
        .expect_status(404);
    ada.client
        .delete(&ada.home(""))
        .await
        .expect_status(409)
        .expect_problem("conflict");
}

#[tokio::test]
async fn instances_are_created_renamed_and_deleted_with_their_events() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let path = ada.home("/instances");
    let made: Instance = ada
        .client
        .post(&path, json!({"name": "Staging"}))
        .await
        .expect(201);
    assert_eq!(made.slug.as_str(), "staging");
    ada.client
        .post(&path, json!({"name": "x", "slug": "staging"}))
        .await
        .expect_problem("slug_taken");
    let _: Instance = ada
        .client
        .patch(&format!("{path}/staging"), json!({"name": "Trial"}))
        .await
        .expect(200);
    let events = format!("{path}/staging/events");
    let event: Event = ada
        .client
        .post(
            &events,
            json!({"type": "deploy.done", "payload": {"text": "a\u{0}b"}}),
        )
        .await
        .expect(201);
    let same: Event = ada
        .client
        .get(&format!("{events}/{}", event.id))
        .await
        .expect(200);
    assert_eq!(same, event);
    ada.client
        .post(&events, json!({"type": "slack.message", "payload": {}}))
        .await
        .expect_status(422);
    ada.client
        .post(&events, json!({"type": "deploy.done", "payload": []}))
        .await
        .expect_status(422);
    ada.client
        .delete(&format!("{path}/staging"))
        .await
        .expect_status(204);
    ada.client.get(&events).await.expect_status(404);
}

#[tokio::test]
async fn an_event_with_a_known_external_id_is_answered_not_repeated() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let events = ada.home("/instances/main/events");
    let body = json!({"type": "deploy.done", "external_id": "42", "payload": {}});
    let first: Event = ada.client.post(&events, body.clone()).await.expect(201);
    let again: Event = ada.client.post(&events, body).await.expect(201);
    assert_eq!(first.id, again.id);
    let page: Page<Event> = ada.client.get(&events).await.expect(200);
    assert_eq!(page.items.len(), 1);
}
