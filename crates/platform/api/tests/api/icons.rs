//! Icons of items, which the service fetches from their sites and keeps.

use jiff::SignedDuration;
use prox_api::ports::{Hop, HopAnswer};
use prox_testing::{App, Person, TestClient};
use prox_types::{Item, Member};
use serde_json::{Value, json};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\nfirst";
const GIF: &[u8] = b"GIF89a;";

/// Lets every host resolve, and answers requests to `url`.
fn site(app: &App, url: &str, status: u16, body: &[u8]) {
    let addresses = r#"{"Status":0,"Answer":[{"name":"x","type":1,"data":"93.184.216.34"}]}"#;
    app.fakes
        .page("https://dns.test/query", 200, &[], addresses);
    let answer = HopAnswer {
        status,
        headers: vec![("content-type".into(), "text/html; charset=utf-8".into())],
        body: body.to_vec(),
    };
    app.fakes.site(url, move |_| Ok(answer.clone()));
}

/// The requests to sites since the last call, without those to the DNS.
fn requests(app: &App) -> Vec<String> {
    let hops: Vec<Hop> = std::mem::take(&mut app.fakes.hops.lock().unwrap());
    let sites = hops.into_iter().map(|hop| hop.url);
    sites
        .filter(|url| !url.starts_with("https://dns.test/"))
        .collect()
}

async fn add(person: &Person<'_>, body: Value) -> (Item, String) {
    let items = person.home("/spaces/home/items");
    let item: Item = person.client.post(&items, body).await.expect(201);
    let icon = format!("{items}/{}/icon", item.id);
    (item, icon)
}

async fn publish(person: &Person<'_>) {
    person
        .client
        .post(&person.home("/spaces/home/publish"), Value::Null)
        .await
        .expect_status(200);
}

/// An item without a picture, which the browser asks for again after some seconds. It is no error,
/// which browsers would report for each tile.
async fn expect_none(client: &TestClient<'_>, path: &str, seconds: u32) {
    let reply = client.get(path).await;
    reply.expect_status(204);
    assert_eq!(reply.text, "");
    let expected = format!("private, max-age={seconds}");
    assert_eq!(reply.header("cache-control"), expected, "{path}");
}

#[tokio::test]
async fn the_icon_of_an_item_is_fetched_once_and_kept() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    site(&app, "https://a.example/i.png", 200, PNG);
    let body = json!({"kind": "card", "title": "T", "icon": "https://a.example/i.png"});
    let (_, path) = add(&ada, body).await;
    let first = ada.client.get(&path).await;
    first.expect_status(200);
    assert_eq!(first.header("content-type"), "image/png");
    assert_eq!(first.header("cache-control"), "private, max-age=86400");
    assert_eq!(first.header("x-content-type-options"), "nosniff");
    assert_eq!(first.header("cross-origin-resource-policy"), "same-origin");
    assert_eq!(
        first.header("content-security-policy"),
        "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    );
    assert_eq!(requests(&app), ["https://a.example/i.png"]);
    let second = ada.client.get(&path).await;
    assert_eq!(second.text, first.text);
    let tag = first.header("etag");
    let known = ada.client.with("if-none-match", tag).get(&path).await;
    known.expect_status(304);
    assert_eq!(known.text, "");
    assert_eq!(known.header("etag"), tag);
    // Another item with this address uses the same one.
    let body = json!({"kind": "card", "title": "U", "icon": "https://a.example/i.png"});
    let (_, other) = add(&ada, body).await;
    ada.client.get(&other).await.expect_status(200);
    assert_eq!(requests(&app), Vec::<String>::new());
}

#[tokio::test]
async fn the_icon_of_a_page_is_the_best_that_it_names() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    let page =
        b"<link rel=icon href=/s.png sizes=16x16><link rel=icon href=/v.svg type=image/svg+xml>";
    site(&app, "https://a.example/page", 200, page);
    site(
        &app,
        "https://a.example/v.svg",
        200,
        b"<svg onload='alert(1)'/>",
    );
    site(&app, "https://a.example/favicon.ico", 200, b"\0\0\x01\0ico");
    let link = |url: &str| json!({"kind": "link", "title": "T", "url": url});
    let (_, path) = add(&ada, link("https://a.example/page")).await;
    let reply = ada.client.get(&path).await;
    assert_eq!(reply.header("content-type"), "image/svg+xml");
    assert_eq!(
        requests(&app),
        ["https://a.example/page", "https://a.example/v.svg"]
    );
    // The usual address, when the named one is not a picture, and when the page names none.
    site(&app, "https://a.example/v.svg", 404, b"<html>");
    site(&app, "https://a.example/plain", 200, b"<title>x</title>");
    site(&app, "https://a.example/broken", 500, b"");
    for page in ["page?2", "plain", "broken"] {
        let (_, path) = add(&ada, link(&format!("https://a.example/{page}"))).await;
        let reply = ada.client.get(&path).await;
        assert_eq!(reply.header("content-type"), "image/x-icon", "{page}");
    }
}

#[tokio::test]
async fn what_is_not_a_small_picture_is_no_icon() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    let large = [GIF, &vec![b'x'; 256 * 1024]].concat();
    let largest = [GIF, &vec![b'x'; 256 * 1024 - GIF.len()]].concat();
    for (name, status, body, expected) in [
        ("html", 200, &b"<html><svg></svg>"[..], 204),
        ("empty", 200, b"", 204),
        ("missing", 404, GIF, 204),
        ("large", 200, &large, 204),
        ("largest", 200, &largest, 200),
    ] {
        let url = format!("https://a.example/{name}");
        site(&app, &url, status, body);
        let (_, path) = add(&ada, json!({"kind": "card", "title": "T", "icon": url})).await;
        let reply = ada.client.get(&path).await;
        assert_eq!(reply.status, expected, "{name}");
        // The answer is remembered for a day.
        requests(&app);
        app.fakes.advance(SignedDuration::from_hours(23));
        ada.client.get(&path).await.expect_status(expected);
        assert_eq!(requests(&app), Vec::<String>::new(), "{name}");
    }
    // A site that does not answer, an address that is not fetched, and an item without one.
    for (body, seconds) in [
        (
            json!({"kind": "link", "title": "T", "url": "https://down.example/"}),
            24 * 3600,
        ),
        (
            json!({"kind": "link", "title": "T", "url": "http://192.168.1.2/"}),
            24 * 3600,
        ),
        (json!({"kind": "folder", "title": "T"}), 60),
    ] {
        let (_, path) = add(&ada, body).await;
        expect_none(&ada.client, &path, seconds).await;
    }
}

#[tokio::test]
async fn browsers_ask_for_a_missing_icon_when_its_site_is_asked_again() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    site(&app, "https://a.example/i", 404, b"");
    let body = json!({"kind": "card", "title": "T", "icon": "https://a.example/i"});
    let (_, path) = add(&ada, body).await;
    expect_none(&ada.client, &path, 24 * 3600).await;
    app.fakes.advance(SignedDuration::from_hours(23));
    expect_none(&ada.client, &path, 3600).await;
    app.fakes.advance(SignedDuration::from_mins(30));
    requests(&app);
    publish(&ada).await;
    expect_none(&app.anonymous(), &path, 1800).await;
    assert_eq!(requests(&app), Vec::<String>::new());
    site(&app, "https://a.example/i", 200, PNG);
    app.fakes.advance(SignedDuration::from_mins(30));
    // Any request of a member fetches it now.
    expect_none(&app.anonymous(), &path, 60).await;
    ada.client.get(&path).await.expect_status(200);
    app.anonymous().get(&path).await.expect_status(200);
}

#[tokio::test]
async fn an_icon_is_fetched_again_after_a_week() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    site(&app, "https://a.example/i", 200, PNG);
    let body = json!({"kind": "card", "title": "T", "icon": "https://a.example/i"});
    let (_, path) = add(&ada, body).await;
    let type_of = async || {
        ada.client
            .get(&path)
            .await
            .header("content-type")
            .to_owned()
    };
    assert_eq!(type_of().await, "image/png");
    site(&app, "https://a.example/i", 200, GIF);
    app.fakes.advance(SignedDuration::from_hours(7 * 24 - 1));
    assert_eq!(type_of().await, "image/png");
    app.fakes.advance(SignedDuration::from_hours(2));
    assert_eq!(type_of().await, "image/gif");
    // A site that fails later does not take its icon away, and is asked again after a day.
    site(&app, "https://a.example/i", 503, b"");
    app.fakes.advance(SignedDuration::from_hours(7 * 24 + 1));
    requests(&app);
    for _ in 0..2 {
        assert_eq!(type_of().await, "image/gif");
    }
    assert_eq!(requests(&app).len(), 1);
    site(&app, "https://a.example/i", 200, PNG);
    app.fakes.advance(SignedDuration::from_hours(25));
    assert_eq!(type_of().await, "image/png");
}

#[tokio::test]
async fn outsiders_see_icons_of_published_spaces_that_are_kept() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let eve = app.person("eve@example.com").await;
    let bob = app.person("bob@example.com").await;
    let members = ada.home("/members");
    let body = json!({"email": "bob@example.com", "role": "member"});
    let _: Member = ada.client.post(&members, body).await.expect(201);
    ada.create_space("home").await;
    site(&app, "https://a.example/i", 200, PNG);
    let body = json!({"kind": "card", "title": "T", "icon": "https://a.example/i"});
    let (_, path) = add(&ada, body).await;
    let stale_cookie = app.anonymous().with(
        "cookie",
        "__Host-prox=ses_01h455vb4pex5vsknk084sn02q.nonsense",
    );
    let outsiders = [
        app.anonymous(),
        eve.client.clone(),
        eve.bearer(),
        stale_cookie,
        app.anonymous().with("authorization", "Bearer nonsense"),
    ];
    for outsider in &outsiders {
        let reply = outsider.get(&path).await;
        reply.expect_status(404).expect_problem("not_found");
        assert_eq!(reply.header("cache-control"), "no-store", "as if missing");
    }
    publish(&ada).await;
    for outsider in &outsiders {
        expect_none(outsider, &path, 60).await;
    }
    assert_eq!(
        requests(&app),
        Vec::<String>::new(),
        "nothing is fetched for outsiders"
    );
    bob.client.get(&path).await.expect_status(200);
    for outsider in &outsiders {
        let reply = outsider.get(&path).await;
        reply.expect_status(200);
        assert_eq!(reply.header("cache-control"), "public, max-age=86400");
        assert_eq!(reply.header("cross-origin-resource-policy"), "cross-origin");
    }
    // Nor when it is old.
    app.fakes.advance(SignedDuration::from_hours(8 * 24));
    requests(&app);
    app.anonymous().get(&path).await.expect_status(200);
    assert_eq!(requests(&app), Vec::<String>::new());
    ada.client
        .post(&ada.home("/spaces/home/unpublish"), Value::Null)
        .await
        .expect_status(200);
    app.anonymous().get(&path).await.expect_status(404);
}

#[tokio::test]
async fn only_one_request_fetches_an_icon_at_a_time() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    site(&app, "https://a.example/i", 200, PNG);
    let body = json!({"kind": "card", "title": "T", "icon": "https://a.example/i"});
    let (_, path) = add(&ada, body).await;
    let replies = futures_util::future::join_all((0..8).map(|_| ada.client.get(&path))).await;
    assert!(replies.iter().any(|reply| reply.status == 200));
    assert!(
        replies
            .iter()
            .all(|reply| matches!(reply.status.as_u16(), 200 | 204))
    );
    assert_eq!(requests(&app).len(), 1);
    ada.client.get(&path).await.expect_status(200);
}

#[tokio::test]
async fn a_public_page_shows_kept_icons_and_asks_no_other_site() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    publish(&ada).await;
    site(&app, "https://a.example/", 200, b"<title>x</title>");
    site(&app, "https://a.example/favicon.ico", 200, PNG);
    let link = json!({"kind": "link", "title": "T", "url": "https://a.example/"});
    let (_, path) = add(&ada, link).await;
    let page = async || app.anonymous().get("/@ada").await.text;
    assert!(!page().await.contains("<img"));
    ada.client.get(&path).await.expect_status(200);
    assert!(page().await.contains(&format!("<img src=\"{path}?of=")));
    // An icon of its own is asked for even before it is kept: a member's visit fetches it.
    let own = json!({"kind": "link", "title": "U", "url": "https://a.example/u", "icon": "https://other.example/i.png"});
    let (_, path) = add(&ada, own).await;
    let text = page().await;
    assert!(text.contains(&format!("<img src=\"{path}?of=")));
    assert!(!text.contains("other.example"));
}
