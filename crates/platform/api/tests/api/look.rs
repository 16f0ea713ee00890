//! How items and spaces look.

use prox_testing::App;
use prox_types::{Item, ItemSize, Space, Theme};
use serde_json::{Value, json};

#[tokio::test]
async fn items_have_a_size_and_a_color() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    let items = ada.home("/spaces/home/items");
    let create = async |body: Value| -> Item { ada.client.post(&items, body).await.expect(201) };
    let card = create(json!({"kind": "card", "title": "T"})).await;
    assert_eq!((card.size, card.color), (ItemSize::Card, None));
    let folder = create(json!({"kind": "folder", "title": "T"})).await;
    assert_eq!((folder.size, folder.color), (ItemSize::Icon, None));
    let small = json!({"kind": "card", "title": "T", "size": "icon", "color": "#1F6470"});
    let small = create(small).await;
    assert_eq!(
        (small.size, small.color.as_deref()),
        (ItemSize::Icon, Some("#1f6470"))
    );

    let one = format!("{items}/{}", small.id);
    for (change, size, color) in [
        (json!({"size": "wide"}), "wide", json!("#1f6470")),
        (json!({"color": "#ABCDEF"}), "wide", json!("#abcdef")),
        (
            json!({"size": null, "title": "U"}),
            "wide",
            json!("#abcdef"),
        ),
        (json!({"color": null}), "wide", Value::Null),
        (
            json!({"color": "#000000", "size": "tall"}),
            "tall",
            json!("#000000"),
        ),
        (json!({"color": ""}), "tall", Value::Null),
        (json!({"size": "row"}), "row", Value::Null),
        (json!({"size": "icon"}), "icon", Value::Null),
        (json!({"size": "card"}), "card", Value::Null),
    ] {
        let changed = ada.client.patch(&one, change.clone()).await.json();
        assert_eq!(
            (&changed["size"], &changed["color"]),
            (&json!(size), &color),
            "{change}"
        );
        assert_eq!(ada.client.get(&one).await.json(), changed);
    }
    for (field, bad) in [
        ("size", json!("huge")),
        ("size", json!("")),
        ("color", json!("red")),
        ("color", json!("#fff")),
        ("color", json!("#gggggg")),
        ("color", json!("#1f64700")),
        ("color", json!(7)),
    ] {
        let mut body = json!({"kind": "card", "title": "T"});
        body[field] = bad.clone();
        for reply in [
            ada.client.post(&items, body).await,
            ada.client.patch(&one, json!({field: bad})).await,
        ] {
            let problem = reply.expect_status(422).json();
            assert_eq!(problem["errors"][0]["path"], field, "{bad}");
        }
    }
}

#[tokio::test]
async fn spaces_have_a_theme() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let spaces = ada.home("/spaces");
    let plain = ada.create_space("plain").await;
    assert_eq!(plain.theme, None);
    let body = json!({"title": "Garden", "theme": "forest"});
    let garden: Space = ada.client.post(&spaces, body).await.expect(201);
    assert_eq!(garden.theme, Some(Theme::Forest));
    let one = format!("{spaces}/garden");
    for theme in Theme::ALL {
        let change = json!({"theme": theme.name()});
        let changed: Space = ada.client.patch(&one, change).await.expect(200);
        assert_eq!(changed.theme, Some(theme));
    }
    for (change, theme) in [
        (json!({"title": "G"}), json!("contrast")),
        (json!({"theme": null}), Value::Null),
        (json!({"title": "H"}), Value::Null),
    ] {
        let changed = ada.client.patch(&one, change).await.json();
        assert_eq!(changed["theme"], theme);
        assert_eq!(ada.client.get(&one).await.json(), changed);
    }
    for bad in [json!("neon"), json!(""), json!("Forest")] {
        for reply in [
            ada.client
                .post(&spaces, json!({"title": "T", "theme": bad}))
                .await,
            ada.client.patch(&one, json!({"theme": bad})).await,
        ] {
            let problem = reply.expect_status(422).json();
            assert_eq!(problem["errors"][0]["path"], "theme", "{bad}");
        }
    }
}

#[tokio::test]
async fn spaces_have_an_accent_and_a_cover() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let plain = ada.create_space("plain").await;
    assert_eq!((plain.accent, plain.cover), (None, None));
    let spaces = ada.home("/spaces");
    let body = json!({"title": "Garden", "accent": 0, "cover": "art:dunes"});
    let garden: Space = ada.client.post(&spaces, body).await.expect(201);
    assert_eq!(
        (garden.accent, garden.cover.as_deref()),
        (Some(0), Some("art:dunes"))
    );
    let one = format!("{spaces}/garden");
    for (change, accent, cover) in [
        (json!({"accent": 359}), json!(359), json!("art:dunes")),
        (
            json!({"cover": "HTTPS://example.com/a.jpg"}),
            json!(359),
            json!("https://example.com/a.jpg"),
        ),
        (
            json!({"title": "G"}),
            json!(359),
            json!("https://example.com/a.jpg"),
        ),
        (
            json!({"accent": null}),
            Value::Null,
            json!("https://example.com/a.jpg"),
        ),
        (json!({"cover": null}), Value::Null, Value::Null),
        (
            json!({"cover": "art:no-such-art-yet"}),
            Value::Null,
            json!("art:no-such-art-yet"),
        ),
        (json!({"cover": "", "accent": 1}), json!(1), Value::Null),
    ] {
        let changed = ada.client.patch(&one, change.clone()).await.json();
        assert_eq!(
            (&changed["accent"], &changed["cover"]),
            (&accent, &cover),
            "{change}"
        );
        assert_eq!(ada.client.get(&one).await.json(), changed);
    }
    for (field, bad) in [
        ("accent", json!(360)),
        ("accent", json!(-1)),
        ("accent", json!(1.5)),
        ("accent", json!("red")),
        ("cover", json!("art:")),
        ("cover", json!("art:Dunes")),
        ("cover", json!("art:a/b")),
        ("cover", json!(format!("art:{}", "a".repeat(41)))),
        ("cover", json!("dunes")),
        ("cover", json!("javascript:alert(1)")),
        ("cover", json!("data:image/png;base64,AA")),
        ("cover", json!("https://user@example.com/")),
    ] {
        for reply in [
            ada.client
                .post(&spaces, json!({"title": "T", field: bad}))
                .await,
            ada.client.patch(&one, json!({field: bad})).await,
        ] {
            let problem = reply.expect_status(422).json();
            assert_eq!(problem["errors"][0]["path"], field, "{bad}");
        }
    }
}

/// The migrations that run before and with 0012, in order.
fn migrations() -> (Vec<String>, String) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../migrations");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|e| e == "sql"))
        .collect();
    files.sort();
    let at = files
        .iter()
        .position(|path| path.to_string_lossy().contains("0012_look_of_items"))
        .unwrap();
    let mut texts: Vec<String> = files[..=at]
        .iter()
        .map(|path| std::fs::read_to_string(path).unwrap())
        .collect();
    let last = texts.pop().unwrap();
    (texts, last)
}

#[tokio::test]
async fn items_that_exist_get_the_size_that_they_had() {
    let app = App::start().await;
    let admin = app.database.admin().await;
    let (before, migration) = migrations();
    // In a schema of its own, as in a database that has not run it yet.
    admin
        .batch_execute("create schema old; set search_path = old")
        .await
        .unwrap();
    for sql in before {
        admin.batch_execute(&sql).await.unwrap();
    }
    admin
        .batch_execute(
            "insert into organization (id, slug, name, created_at, updated_at)
               values ('org_1', 'o', 'O', now(), now());
             insert into space (id, organization_id, slug, title, description, created_at, updated_at)
               values ('spc_1', 'org_1', 's', 'S', '', now(), now());
             insert into item (id, space_id, kind, title, url, mode, position, created_at, updated_at) values
               ('itm_1', 'spc_1', 'card', 'C', null, 'card', 1, now(), now()),
               ('itm_2', 'spc_1', 'link', 'L', 'https://a.example', 'tab', 2, now(), now())",
        )
        .await
        .unwrap();
    admin.batch_execute(&migration).await.unwrap();
    let rows = admin
        .query("select wire from item order by id", &[])
        .await
        .unwrap();
    let sizes: Vec<Value> = rows
        .iter()
        .map(|row| {
            let wire: String = row.get(0);
            let item: Value = serde_json::from_str(&format!("{{{wire}}}")).unwrap();
            item["size"].clone()
        })
        .collect();
    assert_eq!(sizes, [json!("card"), json!("icon")]);
}

#[tokio::test]
async fn a_published_space_shows_its_look_under_its_policy() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    let home = ada.home("/spaces/home");
    ada.client
        .post(&format!("{home}/publish"), Value::Null)
        .await
        .expect_status(200);
    let plain = app.anonymous().get("/@ada").await;
    let look = json!({"accent": 30, "cover": "art:tide"});
    ada.client.patch(&home, look).await.expect_status(200);
    let page = app.anonymous().get("/@ada").await;
    assert!(page.text.contains(r#"<div class="cover art-tide">"#));
    assert!(page.text.contains("--accent-hue:30;"));
    let policies: Vec<_> = page
        .headers
        .get_all("content-security-policy")
        .iter()
        .collect();
    assert_eq!(policies.len(), 1, "two policies would both apply");
    assert_eq!(
        page.header("content-security-policy")
            .matches("'sha256-")
            .count(),
        2
    );
    assert_eq!(
        plain
            .header("content-security-policy")
            .matches("'sha256-")
            .count(),
        1
    );
    assert_ne!(page.header("etag"), plain.header("etag"));
    let json = app.anonymous().get("/@ada.json").await;
    assert_eq!(
        json.header("content-security-policy")
            .matches("'sha256-")
            .count(),
        1
    );
}
