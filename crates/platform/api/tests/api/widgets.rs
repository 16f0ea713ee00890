//! Widgets: items that show something live on the desktop.

use http::Method;
use jiff::SignedDuration;
use prox_api::ports::{Clock as _, Hop, HopAnswer};
use prox_testing::{App, Person};
use prox_types::{
    CheckedHealth, Feed, HealthState, Item, ItemHealth, ItemKind, ItemSize, Mode, Page,
    SearchResult, Widget,
};
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

const RSS: &str = "<rss><channel><title>The blog</title><link>https://blog.example/</link>\
    <item><title>First &amp;amp; best</title><link>/1</link><pubDate>2026-01-01</pubDate></item></channel></rss>";

/// Lets every host resolve to a public address.
fn resolve_all(app: &App) {
    let addresses = r#"{"Status":0,"Answer":[{"name":"x","type":1,"data":"93.184.216.34"}]}"#;
    app.fakes
        .page("https://dns.test/query", 200, &[], addresses);
}

/// The requests to sites since the last call, without those to the DNS: method, URL and validators.
fn requests(app: &App) -> Vec<String> {
    let hops: Vec<Hop> = std::mem::take(&mut app.fakes.hops.lock().unwrap());
    hops.into_iter()
        .filter(|hop| !hop.url.starts_with("https://dns.test/"))
        .map(|hop| {
            let validators = hop
                .headers
                .iter()
                .filter(|(name, _)| name.starts_with("if-"))
                .map(|(name, value)| format!(" {name}: {value}"));
            format!(
                "{} {}{}",
                hop.method,
                hop.url,
                validators.collect::<String>()
            )
        })
        .collect()
}

/// A feed widget and the path of its entries.
async fn add_feed(person: &Person<'_>, url: &str) -> (Item, String) {
    let item = json!({"kind": "widget", "widget": "feed", "title": "Blog", "url": url});
    let item = add(person, item).await;
    let path = person.home(&format!("/spaces/home/items/{}/feed", item.id));
    (item, path)
}

#[tokio::test]
async fn a_feed_is_fetched_at_most_every_15_minutes() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    resolve_all(&app);
    let headers = [
        ("content-type", "application/rss+xml"),
        ("etag", "\"e1\""),
        ("last-modified", "Thu, 01 Jan 2026 00:00:00 GMT"),
    ];
    app.fakes.page(FEED, 200, &headers, RSS);
    let (item, path) = add_feed(&ada, FEED).await;
    let first = ada.client.get(&path).await.expect_status(200).json();
    assert_eq!(
        first,
        json!({
            "title": "The blog", "site_url": "https://blog.example/",
            "entries": [{
                "title": "First & best", "url": "https://blog.example/1",
                "published_at": "2026-01-01T00:00:00.000Z",
            }],
            "fetched_at": "2026-01-02T03:04:05.000Z", "checked_at": "2026-01-02T03:04:05.000Z",
            "reason": null,
        })
    );
    assert_eq!(requests(&app), [format!("GET {FEED}")]);
    app.fakes.advance(SignedDuration::from_mins(14));
    assert_eq!(ada.client.get(&path).await.json(), first);
    assert_eq!(requests(&app), Vec::<String>::new());

    // Unchanged.
    app.fakes.advance(SignedDuration::from_mins(1));
    app.fakes.page(FEED, 304, &[], "");
    let again = ada.client.get(&path).await.expect_status(200).json();
    assert_eq!(
        requests(&app),
        [format!(
            "GET {FEED} if-none-match: \"e1\" if-modified-since: Thu, 01 Jan 2026 00:00:00 GMT"
        )]
    );
    assert_eq!(again["entries"], first["entries"]);
    assert_eq!(again["fetched_at"], "2026-01-02T03:19:05.000Z");

    // Another address has nothing of this one.
    let other = "https://other.example/feed";
    app.fakes.page(
        other,
        200,
        &[],
        r#"{"version": "https://jsonfeed.org/version/1.1", "title": "Other"}"#,
    );
    let one = ada.home(&format!("/spaces/home/items/{}", item.id));
    ada.client
        .patch(&one, json!({"url": other}))
        .await
        .expect_status(200);
    let feed: Feed = ada.client.get(&path).await.expect(200);
    assert_eq!(
        (feed.title.as_deref(), feed.entries.len()),
        (Some("Other"), 0)
    );
    assert_eq!(requests(&app), [format!("GET {other}")]);
}

#[tokio::test]
async fn a_feed_that_fails_is_answered_as_it_was_kept() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    resolve_all(&app);
    let (_, path) = add_feed(&ada, FEED).await;
    let never = ada.client.get(&path).await.expect_status(200).json();
    assert_eq!(never["entries"], json!([]));
    assert_eq!(never["fetched_at"], Value::Null);
    assert_eq!(never["checked_at"], "2026-01-02T03:04:05.000Z");
    let reason = never["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("This address does not answer"),
        "{reason}"
    );
    requests(&app);
    assert_eq!(ada.client.get(&path).await.json(), never);
    assert_eq!(
        requests(&app),
        Vec::<String>::new(),
        "also failures are kept"
    );

    app.fakes.advance(SignedDuration::from_mins(15));
    app.fakes.page(FEED, 200, &[], RSS);
    let good: Feed = ada.client.get(&path).await.expect(200);
    assert_eq!((good.entries.len(), good.reason), (1, None));
    for (status, body, reason) in [
        (503, RSS, "The site answers with the status 503."),
        // Nothing was asked of it that this could answer.
        (304, "", "The site answers with the status 304."),
        (
            200,
            "<html>x</html>",
            "There is no feed at this address, and no page that names one.",
        ),
        (
            200,
            "",
            "There is no feed at this address, and no page that names one.",
        ),
    ] {
        app.fakes.advance(SignedDuration::from_mins(15));
        app.fakes.page(FEED, status, &[], body);
        let kept: Feed = ada.client.get(&path).await.expect(200);
        assert_eq!(kept.entries, good.entries);
        assert_eq!(kept.fetched_at, good.fetched_at);
        assert_eq!(kept.checked_at, Some(app.fakes.now()));
        assert_eq!(kept.reason.as_deref(), Some(reason));
    }
    // The guard refuses what is not on the public internet.
    let (_, path) = add_feed(&ada, "http://192.168.1.2/feed").await;
    requests(&app);
    let local: Feed = ada.client.get(&path).await.expect(200);
    assert!(local.reason.is_some() && local.entries.is_empty());
    assert_eq!(requests(&app), Vec::<String>::new());
}

#[tokio::test]
async fn the_feed_of_a_page_is_found_once() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    resolve_all(&app);
    let page = "https://blog.example/about";
    let link = "<title>x</title><link rel='alternate stylesheet' href=/s.css><link rel=alternate type='application/rss+xml' href=/feed.xml>";
    app.fakes
        .page(page, 200, &[("content-type", "text/html")], link);
    app.fakes.page(FEED, 200, &[("etag", "\"e1\"")], RSS);
    let (_, path) = add_feed(&ada, page).await;
    let feed: Feed = ada.client.get(&path).await.expect(200);
    assert_eq!(feed.title.as_deref(), Some("The blog"));
    assert_eq!(
        requests(&app),
        [format!("GET {page}"), format!("GET {FEED}")]
    );
    app.fakes.advance(SignedDuration::from_mins(15));
    app.fakes.page(FEED, 304, &[], "");
    ada.client.get(&path).await.expect_status(200);
    assert_eq!(
        requests(&app),
        [format!("GET {FEED} if-none-match: \"e1\"")]
    );

    // A page whose feed is a page is not followed again.
    let loops = "https://blog.example/loop";
    app.fakes.page(
        loops,
        200,
        &[],
        "<link rel=alternate type=application/atom+xml href=/loop><title>x</title>",
    );
    let (_, path) = add_feed(&ada, loops).await;
    let feed: Feed = ada.client.get(&path).await.expect(200);
    assert!(feed.reason.is_some());
    assert_eq!(requests(&app).len(), 2);
}

#[tokio::test]
async fn only_members_read_feeds_and_only_of_feed_widgets() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    ada.create_space("home").await;
    resolve_all(&app);
    app.fakes.page(FEED, 200, &[], RSS);
    let (_, path) = add_feed(&ada, FEED).await;
    ada.client
        .post(&ada.home("/spaces/home/publish"), Value::Null)
        .await
        .expect_status(200);
    app.anonymous().get(&path).await.expect_status(401);
    bob.client.get(&path).await.expect_status(404);
    for item in [
        json!({"kind": "link", "title": "L", "url": FEED}),
        json!({"kind": "widget", "widget": "clock", "title": "C"}),
    ] {
        let item = add(&ada, item).await;
        let path = ada.home(&format!("/spaces/home/items/{}/feed", item.id));
        ada.client.get(&path).await.expect_status(404);
    }
    assert_eq!(requests(&app), Vec::<String>::new());
}

/// The health of the items of the space, by their titles.
async fn health(person: &Person<'_>) -> Vec<ItemHealth> {
    let page: Page<ItemHealth> = person
        .client
        .get(&person.home("/spaces/home/health"))
        .await
        .expect(200);
    page.items
}

async fn check(person: &Person<'_>) -> CheckedHealth {
    let path = person.home("/spaces/home/health");
    person.client.post(&path, Value::Null).await.expect(200)
}

#[tokio::test]
async fn a_check_says_which_addresses_answer() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let space = ada.create_space("home").await;
    resolve_all(&app);
    let site = |url: &'static str, head: u16, get: u16| {
        app.fakes.site(url, move |hop| {
            let status = if hop.method == Method::HEAD {
                head
            } else {
                get
            };
            let location =
                (url.ends_with("moved")).then(|| ("location".into(), "https://b.example/".into()));
            Ok(HopAnswer {
                status,
                headers: location.into_iter().collect(),
                body: Vec::new(),
            })
        });
    };
    let sites = [
        (
            "https://a.example/",
            200,
            200,
            HealthState::Ok,
            Some(200),
            None,
        ),
        (
            "https://a.example/head-not-allowed",
            405,
            200,
            HealthState::Ok,
            Some(200),
            None,
        ),
        (
            "https://a.example/sign-in",
            401,
            401,
            HealthState::Ok,
            Some(401),
            None,
        ),
        (
            "https://a.example/moved",
            301,
            301,
            HealthState::Ok,
            Some(204),
            None,
        ),
        (
            "https://a.example/gone",
            404,
            404,
            HealthState::Failing,
            Some(404),
            Some("It answers with the status 404 (Not Found)."),
        ),
        (
            "https://a.example/broken",
            500,
            502,
            HealthState::Failing,
            Some(502),
            Some("It answers with the status 502 (Bad Gateway)."),
        ),
        (
            "http://192.168.1.2/",
            200,
            200,
            HealthState::Unknown,
            None,
            Some("Only https addresses are fetched."),
        ),
    ];
    site("https://b.example/", 204, 204);
    for (url, head, get, ..) in sites {
        site(url, head, get);
        // Ids of different milliseconds are in the order of their creation.
        app.fakes.advance(SignedDuration::from_millis(1));
        add(&ada, json!({"kind": "link", "title": url, "url": url})).await;
    }
    add(&ada, json!({"kind": "card", "title": "without an address"})).await;
    let before = health(&ada).await;
    assert_eq!(before.len(), sites.len());
    for item in &before {
        assert_eq!(
            (item.state, item.status, &item.reason, item.checked_at),
            (HealthState::Unknown, None, &None, None)
        );
    }
    app.fakes.take_pokes();
    let checked = check(&ada).await;
    assert_eq!((checked.items.len(), checked.due), (sites.len(), 0));
    assert_eq!(health(&ada).await, checked.items);
    for (item, (url, _, _, state, status, reason)) in checked.items.iter().zip(sites) {
        assert_eq!((item.state, item.status), (state, status), "{url}");
        assert_eq!(item.checked_at, Some(app.fakes.now()));
        match reason {
            Some(reason) if status.is_some() => assert_eq!(item.reason.as_deref(), Some(reason)),
            Some(_) => assert!(item.reason.is_some(), "{url}"),
            None => assert_eq!(item.reason, None, "{url}"),
        }
    }
    let sent = requests(&app);
    assert!(sent.contains(&String::from("HEAD https://a.example/")));
    assert!(!sent.contains(&String::from("GET https://a.example/")));
    assert!(sent.contains(&String::from("GET https://a.example/head-not-allowed")));
    assert!(!sent.iter().any(|url| url.contains("192.168")));
    let pokes = app.fakes.take_pokes();
    let keys = serde_json::to_value(&pokes[0].1.keys).unwrap();
    assert_eq!((pokes.len(), keys), (1, json!([["health", space.id]])));

    // Nothing is due for 5 minutes; then nobody is told, because nothing changed.
    assert_eq!(check(&ada).await.items, []);
    assert_eq!(requests(&app), Vec::<String>::new());
    app.fakes.advance(SignedDuration::from_mins(5));
    assert_eq!(check(&ada).await.items.len(), sites.len());
    assert_eq!(app.fakes.take_pokes().len(), 0);
    app.fakes.advance(SignedDuration::from_mins(5));
    site("https://a.example/gone", 200, 200);
    check(&ada).await;
    assert_eq!(app.fakes.take_pokes().len(), 1);
    // A changed address is unknown, and due at once.
    let one = ada.home(&format!("/spaces/home/items/{}", before[0].item_id));
    ada.client
        .patch(&one, json!({"url": "https://b.example/"}))
        .await
        .expect_status(200);
    assert_eq!(health(&ada).await[0].state, HealthState::Unknown);
    let checked = check(&ada).await;
    assert_eq!(
        (checked.items.len(), checked.items[0].status),
        (1, Some(204))
    );
}

#[tokio::test]
async fn a_check_takes_the_oldest_20_addresses() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    resolve_all(&app);
    app.fakes.page("https://a.example/", 200, &[], "");
    let mut ids = Vec::new();
    for n in 0..45 {
        let link = json!({"kind": "link", "title": "L", "url": format!("https://a.example/{n}")});
        app.fakes.advance(SignedDuration::from_millis(1));
        ids.push(add(&ada, link).await.id);
    }
    let mut checked = Vec::new();
    for (count, due) in [(20, 25), (20, 5), (5, 0)] {
        let result = check(&ada).await;
        assert_eq!((result.items.len(), result.due), (count, due));
        checked.extend(result.items.iter().map(|item| item.item_id));
        app.fakes.advance(SignedDuration::from_secs(60));
    }
    checked.sort();
    assert_eq!(checked, ids);
    let page: Page<ItemHealth> = ada
        .client
        .get(&ada.home("/spaces/home/health?limit=10"))
        .await
        .expect(200);
    assert!(page.items.len() == 10 && page.next_cursor.is_some());
}
