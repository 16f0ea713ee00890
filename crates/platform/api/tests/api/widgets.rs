//! Widgets: items that show something live on the desktop.

use prox_testing::{App, Person};
use prox_types::{Item, ItemKind, ItemSize, Mode, Page, SearchResult, Widget};
use serde_json::{Value, json};

const FEED: &str = "https://blog.example/feed.xml";

async fn add(person: &Person<'_>, item: Value) -> Item {
    let items = person.home("/spaces/home/items");
    person.client.post(&items, item).await.expect(201)
}

#[tokio::test]
async fn widgets_are_items_that_name_what_they_show() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    for (name, widget, url, body) in [
        ("clock", Widget::Clock, None, "UTC\nAmerica/Port-au-Prince"),
        ("health", Widget::Health, None, ""),
        ("events", Widget::Events, None, "instance: main"),
        ("search", Widget::Search, None, ""),
        ("feed", Widget::Feed, Some(FEED), ""),
    ] {
        let mut value = json!({"kind": "widget", "widget": name, "title": name, "body": body});
        if let Some(url) = url {
            value["url"] = json!(url);
        }
        let item = add(&ada, value).await;
        assert_eq!((item.kind, item.widget), (ItemKind::Widget, Some(widget)));
        assert_eq!((item.mode, item.size), (Mode::Card, ItemSize::Card));
        assert_eq!((item.url.as_deref(), item.body.as_str()), (url, body));
        let one = ada.home(&format!("/spaces/home/items/{}", item.id));
        assert_eq!(ada.client.get(&one).await.expect::<Item>(200), item);
    }
    let card = add(&ada, json!({"kind": "card", "title": "C", "widget": null})).await;
    assert_eq!(card.widget, None);
}

#[tokio::test]
async fn fields_that_do_not_fit_the_widget_are_reported() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    let items = ada.home("/spaces/home/items");
    let long = "x".repeat(1_001);
    let widget = |name: &str, more: Value| {
        let mut body = json!({"kind": "widget", "widget": name, "title": "W"});
        for (field, value) in more.as_object().unwrap() {
            body[field] = value.clone();
        }
        body
    };
    for (body, path) in [
        (json!({"kind": "widget", "title": "W"}), "widget"),
        (
            json!({"kind": "widget", "title": "W", "widget": null}),
            "widget",
        ),
        (widget("weather", json!({})), "widget"),
        (widget("clock", json!({"kind": "card"})), "widget"),
        (widget("feed", json!({})), "url"),
        (widget("feed", json!({"url": "feed:x"})), "url"),
        (widget("clock", json!({"url": FEED})), "url"),
        (widget("clock", json!({"body": "Europe Berlin"})), "body"),
        (widget("clock", json!({"body": "UTC\n\nUTC"})), "body"),
        (
            widget("clock", json!({"body": "UTC\n".repeat(12) + "UTC"})),
            "body",
        ),
        (widget("health", json!({"body": long})), "body"),
    ] {
        let reply = ada.client.post(&items, body.clone()).await;
        let problem = reply.expect_status(422).json();
        assert_eq!(problem["errors"][0]["path"], path, "{body}");
    }

    let clock = add(&ada, widget("clock", json!({}))).await;
    let feed = add(&ada, widget("feed", json!({"url": FEED}))).await;
    for (item, change, path) in [
        (&clock, json!({"url": FEED}), "url"),
        (&clock, json!({"body": "Europe Berlin"}), "body"),
        (&clock, json!({"body": "UTC\n"}), "body"),
        (&feed, json!({"body": long}), "body"),
        (&feed, json!({"widget": "clock"}), "widget"),
    ] {
        let one = format!("{items}/{}", item.id);
        let problem = ada
            .client
            .patch(&one, change.clone())
            .await
            .expect_status(422)
            .json();
        assert_eq!(problem["errors"][0]["path"], path, "{change}");
    }
    for (item, change) in [
        (
            &clock,
            json!({"body": "UTC\nAsia/Tokyo", "title": "Clocks", "size": "wide"}),
        ),
        (&clock, json!({"body": ""})),
        (
            &feed,
            json!({"url": "https://blog.example/atom.xml", "body": "x".repeat(1_000)}),
        ),
    ] {
        let one = format!("{items}/{}", item.id);
        let changed = ada
            .client
            .patch(&one, change.clone())
            .await
            .expect_status(200)
            .json();
        for (field, value) in change.as_object().unwrap() {
            assert_eq!(&changed[field], value);
        }
    }
}

#[tokio::test]
async fn search_finds_widgets_by_title_and_kind() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    add(
        &ada,
        json!({"kind": "widget", "widget": "clock", "title": "Zeppelin time"}),
    )
    .await;
    add(&ada, json!({"kind": "card", "title": "Zeppelin notes"})).await;
    for q in ["zeppelin%20kind:widget", "kind:widget", "kind:item%20time"] {
        let path = format!("/api/search?q={q}");
        let found: Page<SearchResult> = ada.client.get(&path).await.expect(200);
        assert_eq!(found.items.len(), 1, "{q}");
        assert_eq!(found.items[0].item_kind, Some(ItemKind::Widget));
        assert_eq!(found.items[0].title, "Zeppelin time");
    }
}

#[tokio::test]
async fn published_spaces_show_feeds_as_links_and_no_other_widget() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    for widget in ["clock", "health", "events", "search"] {
        add(
            &ada,
            json!({"kind": "widget", "widget": widget, "title": format!("Inner {widget}")}),
        )
        .await;
    }
    let feed = json!({"kind": "widget", "widget": "feed", "title": "Our blog", "url": FEED, "body": "own settings"});
    add(&ada, feed).await;
    ada.client
        .post(&ada.home("/spaces/home/publish"), Value::Null)
        .await
        .expect_status(200);
    for format in ["", ".md", ".json", ".rss"] {
        let page = app.anonymous().get(&format!("/@ada{format}")).await;
        page.expect_status(200);
        assert!(
            page.text.contains("Our blog") && page.text.contains(FEED),
            "{format}"
        );
        for inner in ["Inner", "widget", "own settings", "left_out", "more items"] {
            assert!(!page.text.contains(inner), "{format}: {inner}");
        }
    }
    let pack = app.anonymous().get("/@ada.json").await.json();
    assert_eq!(pack["apps"][0]["kind"], "link");
}
