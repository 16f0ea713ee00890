//! Unusual but valid input, and races. Each test covers a kind of bug that users have reported.

use futures_util::future::join_all;
use http::header::HeaderValue;
use prox_testing::App;
use prox_types::{Item, Member, Organization, Space};
use serde_json::{Value, json};

#[tokio::test]
async fn a_session_cookie_is_found_among_any_other_bytes() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    for other in [&b"u=Jos\xc3\xa9"[..], b"u=Jos\xe9", b"\xff=\xfe"] {
        let cookie = [other, b"; __Host-prox=", ada.token.as_bytes()].concat();
        let client = ada
            .client
            .with_value("cookie", HeaderValue::from_bytes(&cookie).unwrap());
        client.get("/api/me").await.expect_status(200);
    }
}

#[tokio::test]
async fn the_person_of_a_personal_organization_stays_owner() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let members = ada.home("/members");
    let body = json!({"email": "bob@example.com", "role": "owner"});
    let second: Member = ada.client.post(&members, body).await.expect(201);
    let list: Value = bob.client.get(&members).await.json();
    let first = list["items"][0]["id"].as_str().unwrap().to_owned();
    for client in [&bob.client, &ada.client] {
        let path = format!("{members}/{first}");
        client
            .delete(&path)
            .await
            .expect_status(409)
            .expect_problem("personal_owner");
        client
            .patch(&path, json!({"role": "member"}))
            .await
            .expect_status(409)
            .expect_problem("personal_owner");
    }
    // The second owner may be removed, and leave.
    let path = format!("{members}/{}", second.id);
    bob.client.delete(&path).await.expect_status(204);
    ada.client.get(&members).await.expect_status(200);
}

#[tokio::test]
async fn concurrent_writes_never_conflict_over_a_chosen_slug() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let spaces = ada.home("/spaces");
    let made = join_all((0..20).map(|_| ada.client.post(&spaces, json!({"title": "Same"})))).await;
    for reply in &made {
        let _: Space = reply.expect(201);
    }
    let names = (0..20).map(|n| format!("ada@host{n}.example"));
    let signed_in = join_all(names.map(|email| {
        let app = &app;
        async move {
            let body = json!({"email": email, "name": "Grace Hopper"});
            app.anonymous().post("/api/auth/dev", body).await
        }
    }))
    .await;
    for reply in &signed_in {
        reply.expect_status(200);
    }
    let organizations = join_all((0..20).map(|_| {
        ada.client
            .post("/api/organizations", json!({"name": "Team"}))
    }))
    .await;
    for reply in &organizations {
        let _: Organization = reply.expect(201);
    }
    // A slug that the caller chose is a conflict.
    let body = json!({"title": "Other", "slug": "same"});
    ada.client
        .post(&spaces, body)
        .await
        .expect_status(409)
        .expect_problem("slug_taken");
}

#[tokio::test]
async fn item_addresses_are_checked_and_their_scheme_normalized() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("links").await;
    let items = ada.home("/spaces/links/items");
    for (given, stored) in [
        ("HTTPS://a.example/X", "https://a.example/X"),
        ("Http://a.example", "http://a.example"),
        ("https://münchen.example/ä", "https://münchen.example/ä"),
        ("http://[fd00::1]:8123/", "http://[fd00::1]:8123/"),
        ("http://nas:5000/", "http://nas:5000/"),
    ] {
        let body = json!({"kind": "link", "title": "T", "url": given});
        let item: Item = ada.client.post(&items, body).await.expect(201);
        assert_eq!(item.url.as_deref(), Some(stored));
    }
    for refused in [
        "https://[::1/",
        "https://<b>/",
        "https://a.example:99999/",
        "https://a b/",
        "https://",
        "https:///",
        "ftp://a.example/",
        "https://u@a.example/",
    ] {
        let body = json!({"kind": "link", "title": "T", "url": refused});
        let reply = ada.client.post(&items, body).await;
        assert_eq!(reply.status, 422, "{refused}: {}", reply.text);
        assert_eq!(reply.json()["errors"][0]["path"], "url", "{refused}");
        let body = json!({"kind": "card", "title": "T", "icon": refused});
        ada.client.post(&items, body).await.expect_status(422);
    }
}

#[tokio::test]
async fn member_addresses_may_have_any_letters_in_their_host() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let body = json!({"email": "Info@müller.example", "role": "member"});
    let member: Member = ada
        .client
        .post(&ada.home("/members"), body)
        .await
        .expect(201);
    assert_eq!(member.email, "info@xn--mller-kva.example");
    // The same person in both forms.
    let person = app.person("info@müller.example").await;
    assert_eq!(person.me.email, "info@xn--mller-kva.example");
    person.client.get(&ada.home("")).await.expect_status(200);
}

#[tokio::test]
async fn invisible_and_direction_changing_names_are_refused() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    for name in ["\u{200b}", "\u{202e}evil", "\u{2066}a\u{2069}", "\u{feff} "] {
        let reply = ada.client.patch("/api/me", json!({"name": name})).await;
        reply.expect_status(422).expect_problem("invalid");
    }
    let name = json!({"name": "مرحبا"});
    ada.client.patch("/api/me", name).await.expect_status(200);
}

#[tokio::test]
async fn public_pages_list_their_methods() {
    let app = App::start().await;
    let reply = app.anonymous().post("/@ada", Value::Null).await;
    reply
        .expect_status(405)
        .expect_problem("method_not_allowed");
    assert_eq!(reply.header("allow"), "GET, HEAD");
    assert_eq!(
        reply.header("referrer-policy"),
        "strict-origin-when-cross-origin"
    );
}
