//! What Slack sends, signed as Slack signs it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test may fail loudly, and look behind the API's back"
)]

use http::Method;
use prox_testing::{App, Person, Reply, SLACK_SIGNING_SECRET, TestClient};
use prox_types::{Connector, Event, Page};
use serde_json::{Value, json};

fn sign(secret: &str, timestamp: i64, body: &str) -> String {
    use hmac::{KeyInit, Mac};
    let mut mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(secret.as_bytes()).unwrap();
    mac.update(format!("v0:{timestamp}:{body}").as_bytes());
    let hex: String = mac
        .finalize()
        .into_bytes()
        .iter()
        .map(|b| format!("{b:02x}"))
        .collect();
    format!("v0={hex}")
}

fn now(app: &App) -> i64 {
    use prox_api::ports::Clock;
    app.fakes.now().as_second()
}

fn signed<'a>(app: &'a App, body: &str) -> TestClient<'a> {
    let timestamp = now(app);
    app.anonymous()
        .with("content-type", "application/json")
        .with("x-slack-request-timestamp", &timestamp.to_string())
        .with(
            "x-slack-signature",
            &sign(SLACK_SIGNING_SECRET, timestamp, body),
        )
}

async fn deliver(app: &App, body: &Value) -> Reply {
    let body = body.to_string();
    signed(app, &body)
        .send(Method::POST, "/hooks/slack", body)
        .await
}

fn message(team: &str, event_id: &str) -> Value {
    json!({
        "type": "event_callback", "team_id": team, "event_id": event_id,
        "event": {"type": "message", "text": "hello\u{0}there", "channel": "C1"},
    })
}

/// Goes through the whole installation, as a browser does.
async fn install(app: &App, person: &Person<'_>, team: &str) -> Reply {
    let begun = person
        .client
        .get(&person.home("/instances/main/connectors/slack/install"))
        .await;
    let address = begun.expect_status(303).header("location").to_owned();
    assert!(address.starts_with("https://slack.test/oauth/v2/authorize?client_id=slack-client&"));
    let state = address
        .split("state=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap()
        .to_owned();
    let cookie = begun
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let body = json!({"ok": true, "access_token": "xoxb", "team": {"id": team, "name": "Engines"}})
        .to_string();
    app.fakes
        .page("https://slack.test/api/oauth.v2.access", 200, &[], &body);
    let both = format!("__Host-prox={}; {cookie}", person.token);
    let path = format!("/api/connectors/slack/callback?code=c&state={state}");
    person.client.with("cookie", &both).get(&path).await
}

#[tokio::test]
async fn an_event_of_a_linked_team_is_stored_told_and_listed() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    assert_eq!(
        install(&app, &ada, "T1")
            .await
            .expect_status(303)
            .header("location"),
        "/?slack=connected"
    );
    let connectors: Page<Connector> = ada
        .client
        .get(&ada.home("/instances/main/connectors"))
        .await
        .expect(200);
    assert_eq!(connectors.items[0].external_id, "T1");
    app.fakes.take_pokes();

    deliver(&app, &message("T1", "Ev1"))
        .await
        .expect_status(200);
    let pokes = app.fakes.take_pokes();
    assert_eq!(pokes[0].1.keys[0][0], "events");
    let events: Page<Event> = ada
        .client
        .get(&ada.home("/instances/main/events"))
        .await
        .expect(200);
    assert_eq!(events.items[0].kind, "slack.message");
    assert_eq!(events.items[0].external_id.as_deref(), Some("Ev1"));
    assert_eq!(events.items[0].payload["event"]["channel"], "C1");

    // The same event again is fine, stored once, and tells nobody.
    let body = message("T1", "Ev1").to_string();
    signed(&app, &body)
        .with("x-slack-retry-num", "1")
        .send(Method::POST, "/hooks/slack", body)
        .await
        .expect_status(200);
    assert!(app.fakes.take_pokes().is_empty());
    // A retry of one that never arrived is stored.
    let body = message("T1", "Ev2").to_string();
    signed(&app, &body)
        .with("x-slack-retry-num", "2")
        .send(Method::POST, "/hooks/slack", body)
        .await
        .expect_status(200);
    let events: Page<Event> = ada
        .client
        .get(&ada.home("/instances/main/events"))
        .await
        .expect(200);
    assert_eq!(events.items.len(), 2);
}

#[tokio::test]
async fn an_event_of_an_unknown_team_is_kept_for_platform_admins() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    deliver(&app, &message("T9", "Ev1"))
        .await
        .expect_status(200);
    deliver(
        &app,
        &json!({"type": "event_callback", "event": {"type": "message", "subtype": "Channel Join"}}),
    )
    .await
    .expect_status(200);
    app.database
        .admin()
        .await
        .batch_execute("update \"user\" set role = 'admin'")
        .await
        .unwrap();
    let events: Page<Event> = ada.client.get("/api/admin/events").await.expect(200);
    assert_eq!(events.items.len(), 2);
    assert_eq!(events.items[1].instance_id, None);
    let own: Page<Event> = ada
        .client
        .get(&ada.home("/instances/main/events"))
        .await
        .expect(200);
    assert!(own.items.is_empty());
}

#[tokio::test]
async fn the_address_check_is_answered_with_its_challenge() {
    let app = App::start().await;
    let reply = deliver(
        &app,
        &json!({"type": "url_verification", "challenge": "3eZbrw1a"}),
    )
    .await;
    assert_eq!(
        (
            reply.expect_status(200).text.as_str(),
            reply.header("content-type")
        ),
        ("3eZbrw1a", "text/plain; charset=utf-8")
    );
}

#[tokio::test]
async fn nothing_is_stored_without_a_fresh_signature_over_the_raw_bytes() {
    let app = App::start().await;
    let body = message("T1", "Ev1").to_string();
    let good = signed(&app, &body);
    let at = |seconds: i64| {
        let time = now(&app) + seconds;
        good.with("x-slack-request-timestamp", &time.to_string())
            .with(
                "x-slack-signature",
                &sign(SLACK_SIGNING_SECRET, time, &body),
            )
    };
    let refused = [
        good.without("x-slack-signature"),
        good.without("x-slack-request-timestamp"),
        good.with("x-slack-signature", "v0="),
        good.with("x-slack-signature", ""),
        good.with(
            "x-slack-signature",
            &sign("another secret", now(&app), &body),
        ),
        good.with("x-slack-request-timestamp", &(now(&app) + 1).to_string()),
        good.with("x-slack-request-timestamp", "9223372036854775807"),
        at(-301),
        at(301),
    ];
    for client in refused {
        client
            .send(Method::POST, "/hooks/slack", body.clone())
            .await
            .expect_status(401)
            .expect_problem("bad_signature");
    }
    good.send(Method::POST, "/hooks/slack", format!("{body} "))
        .await
        .expect_status(401);
    let stored = app
        .database
        .admin()
        .await
        .query("select 1 from event", &[])
        .await
        .unwrap();
    assert!(stored.is_empty());
    for client in [at(-300), at(300)] {
        client
            .send(Method::POST, "/hooks/slack", body.clone())
            .await
            .expect_status(200);
    }
    let odd = "not json";
    signed(&app, odd)
        .send(Method::POST, "/hooks/slack", odd)
        .await
        .expect_status(400)
        .expect_problem("malformed");
}

#[tokio::test]
async fn a_team_is_not_taken_from_the_instance_that_has_it() {
    let app = App::start().await;
    let (ada, bob) = (
        app.person("ada@example.com").await,
        app.person("bob@example.com").await,
    );
    install(&app, &ada, "T1").await;
    assert_eq!(
        install(&app, &bob, "T1").await.header("location"),
        "/?slack=taken"
    );
    assert_eq!(
        install(&app, &ada, "T1").await.header("location"),
        "/?slack=connected"
    );
    let connectors: Page<Connector> = ada
        .client
        .get(&ada.home("/instances/main/connectors"))
        .await
        .expect(200);
    let path = ada.home(&format!(
        "/instances/main/connectors/{}",
        connectors.items[0].id
    ));
    ada.client.delete(&path).await.expect_status(204);
    assert_eq!(
        install(&app, &bob, "T1").await.header("location"),
        "/?slack=connected"
    );
}

#[tokio::test]
async fn an_installation_is_bound_to_its_browser_and_its_person_and_used_once() {
    let app = App::start().await;
    let (ada, eve) = (
        app.person("ada@example.com").await,
        app.person("eve@example.com").await,
    );
    let begun = ada
        .client
        .get(&ada.home("/instances/main/connectors/slack/install"))
        .await;
    let location = begun.header("location").to_owned();
    let state = location.split("state=").nth(1).unwrap();
    let cookie = begun
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let path = format!("/api/connectors/slack/callback?code=c&state={state}");
    let with_state = |person: &Person<'_>| format!("__Host-prox={}; {cookie}", person.token);
    let expired = |reply: Reply| assert_eq!(reply.header("location"), "/?slack=expired");
    expired(ada.client.get(&path).await);
    expired(
        eve.client
            .with("cookie", &with_state(&eve))
            .get(&path)
            .await,
    );
    app.fakes.advance(jiff::SignedDuration::from_mins(16));
    expired(
        ada.client
            .with("cookie", &with_state(&ada))
            .get(&path)
            .await,
    );
    assert!(
        app.fakes.hops.lock().unwrap().is_empty(),
        "no code was spent"
    );
}
