//! Deliveries of Slack, signed as Slack signs them, and installations.

use http::Method;
use prox_testing::{App, Person, Reply, SLACK_SIGNING_SECRET, TestClient};
use prox_types::{Collector, Connector, Dataset, Event, Page};
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

/// Installs the app in a team with all requests of a browser.
async fn install(app: &App, person: &Person<'_>, team: &str) -> Reply {
    let answer =
        json!({"ok": true, "access_token": "xoxb", "team": {"id": team, "name": "Engines"}});
    install_with(app, person, &answer).await
}

/// Installs the app with this answer of Slack to the code exchange.
async fn install_with(app: &App, person: &Person<'_>, answer: &Value) -> Reply {
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
    let body = answer.to_string();
    app.fakes
        .page("https://slack.test/api/oauth.v2.access", 200, &[], &body);
    let both = format!("__Host-prox={}; {cookie}", person.token);
    let path = format!("/api/connectors/slack/callback?code=c&state={state}");
    person.client.with("cookie", &both).get(&path).await
}

#[tokio::test]
async fn an_event_of_a_linked_team_is_stored_announced_and_listed() {
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
    assert_eq!(
        events.items[0].payload.text_at("/event/channel").as_deref(),
        Some("C1")
    );

    // The same event again is accepted, stored once, and sends no notice.
    let body = message("T1", "Ev1").to_string();
    signed(&app, &body)
        .with("x-slack-retry-num", "1")
        .send(Method::POST, "/hooks/slack", body)
        .await
        .expect_status(200);
    assert!(app.fakes.take_pokes().is_empty());
    // A retry of an event that never arrived is stored.
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
async fn nothing_is_stored_without_a_fresh_signature() {
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
async fn without_a_slack_app_the_browser_returns_to_the_app() {
    let app = App::without_slack().await;
    let ada = app.person("ada@example.com").await;
    let reply = ada
        .client
        .get(&ada.home("/instances/main/connectors/slack/install"))
        .await;
    reply.expect_status(303);
    assert_eq!(reply.header("location"), "/?slack=unavailable");
}

#[tokio::test]
async fn an_installation_is_bound_to_its_browser_and_used_once() {
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

/// Sends a signed form.
async fn submit(app: &App, body: &str) -> Reply {
    signed(app, body)
        .with("content-type", "application/x-www-form-urlencoded")
        .send(Method::POST, "/hooks/slack", body.to_owned())
        .await
}

/// Sends a signed interaction.
async fn interact(app: &App, payload: &Value) -> Reply {
    let json: String = payload
        .to_string()
        .bytes()
        .map(|byte| format!("%{byte:02X}"))
        .collect();
    submit(app, &format!("payload={json}")).await
}

async fn events(person: &Person<'_>) -> Vec<Event> {
    let path = person.home("/instances/main/events");
    let page: Page<Event> = person.client.get(&path).await.expect(200);
    page.items
}

async fn connectors(person: &Person<'_>) -> Vec<Connector> {
    let path = person.home("/instances/main/connectors");
    let page: Page<Connector> = person.client.get(&path).await.expect(200);
    page.items
}

async fn stored(app: &App) -> usize {
    let rows = app.database.admin().await;
    rows.query("select 1 from event", &[]).await.unwrap().len()
}

#[tokio::test]
async fn a_delivery_reaches_the_installation_it_is_for() {
    let app = App::start().await;
    let (ada, bob) = (
        app.person("ada@example.com").await,
        app.person("bob@example.com").await,
    );
    install(&app, &ada, "T1").await;
    install(&app, &bob, "T2").await;
    // Slack Connect: the event is from another workspace than the one that has the app.
    for (n, other) in ["T2", "TX"].into_iter().enumerate() {
        let mut event = message(other, &format!("Ev{n}"));
        event["authorizations"] = json!([{"team_id": "T1", "enterprise_id": null}]);
        deliver(&app, &event).await.expect_status(200);
    }
    let submission = json!({
        "type": "view_submission", "team": {"id": "TX"},
        "view": {"id": "V1", "app_installed_team_id": "T1"},
    });
    interact(&app, &submission).await.expect_status(200);
    assert_eq!(events(&ada).await.len(), 3);
    assert!(events(&bob).await.is_empty());
    deliver(&app, &message("T2", "Ev9"))
        .await
        .expect_status(200);
    assert_eq!(events(&bob).await.len(), 1);
}

#[tokio::test]
async fn a_certificate_check_needs_no_signature_and_stores_nothing() {
    let app = App::start().await;
    let unsigned = app
        .anonymous()
        .with("content-type", "application/x-www-form-urlencoded");
    for body in ["ssl_check=1&token=Xy", "ssl_check=1"] {
        let reply = unsigned.send(Method::POST, "/hooks/slack", body).await;
        assert_eq!(reply.expect_status(200).text, "");
    }
    for body in [
        "ssl_check=1&command=%2Fx&team_id=T1",
        "token=Xy",
        "ssl_check=0",
    ] {
        unsigned
            .send(Method::POST, "/hooks/slack", body)
            .await
            .expect_status(401);
    }
    submit(&app, "ssl_check=1&command=%2Fx&team_id=T1")
        .await
        .expect_status(200);
    assert_eq!(stored(&app).await, 0);
}

#[tokio::test]
async fn an_installation_for_a_whole_organization_is_linked() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let answer = json!({
        "ok": true, "access_token": "xoxb", "team": null, "is_enterprise_install": true,
        "enterprise": {"id": "E1", "name": "Engines Worldwide"},
    });
    let reply = install_with(&app, &ada, &answer).await;
    assert_eq!(reply.header("location"), "/?slack=connected");
    let connectors = connectors(&ada).await;
    assert_eq!(connectors[0].external_id, "E1");
    assert_eq!(connectors[0].name, "Engines Worldwide");

    let mut event = message("T5", "Ev1");
    event["team_id"] = Value::Null;
    event["enterprise_id"] = json!("E1");
    deliver(&app, &event).await.expect_status(200);
    let mut event = message("T5", "Ev2");
    event["authorizations"] =
        json!([{"team_id": "T5", "enterprise_id": "E1", "is_enterprise_install": true}]);
    deliver(&app, &event).await.expect_status(200);
    submit(
        &app,
        "command=%2Fx&team_id=T5&enterprise_id=E1&is_enterprise_install=true",
    )
    .await
    .expect_status(200);
    interact(
        &app,
        &json!({"type": "shortcut", "team": null, "enterprise": {"id": "E1"}, "is_enterprise_install": true}),
    )
    .await
    .expect_status(200);
    assert_eq!(events(&ada).await.len(), 4);
}

#[tokio::test]
async fn an_installation_without_a_usable_id_fails() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    for answer in [
        json!({"ok": true, "team": null}),
        json!({"ok": true, "team": {"id": ""}}),
        json!({"ok": true, "team": {"id": "T\u{0}1"}}),
        json!({"ok": true, "team": {"id": "T".repeat(5000)}}),
        json!({"ok": false, "error": "bad_code", "team": {"id": "T1"}}),
    ] {
        let reply = install_with(&app, &ada, &answer).await;
        assert_eq!(reply.header("location"), "/?slack=failed", "{answer}");
    }
    assert!(connectors(&ada).await.is_empty());
}

#[tokio::test]
async fn a_lone_surrogate_is_stored_as_a_replacement_character() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    install(&app, &ada, "T1").await;
    let body = r#"{"type":"event_callback","team_id":"T1","event_id":"Ev1","event":{"type":"message","text":"cut \ud83d"}}"#;
    signed(&app, body)
        .send(Method::POST, "/hooks/slack", body)
        .await
        .expect_status(200);
    assert_eq!(
        events(&ada).await[0]
            .payload
            .text_at("/event/text")
            .unwrap(),
        "cut \u{fffd}"
    );
    let body = r#"{"type":"deploy","payload":{"text":"\ude00"}}"#;
    let reply = ada
        .client
        .with("content-type", "application/json")
        .send(Method::POST, &ada.home("/instances/main/events"), body)
        .await;
    let event: Event = reply.expect(201);
    assert_eq!(event.payload.text_at("/text").unwrap(), "\u{fffd}");
}

#[tokio::test]
async fn commands_and_interactions_are_never_dropped_as_repeats() {
    let app = App::start().await;
    let suggestion = json!({"type": "block_suggestion", "team": {"id": "T1"}, "value": "a"});
    for _ in 0..2 {
        let reply = interact(&app, &suggestion).await;
        assert_eq!(reply.expect_status(200).json(), json!({"options": []}));
    }
    let command = "command=%2Fx&team_id=T1&trigger_id=1.2.x";
    for _ in 0..2 {
        assert_eq!(submit(&app, command).await.expect_status(200).text, "");
    }
    let closed = json!({"type": "view_closed", "team": {"id": "T1"}});
    for _ in 0..2 {
        assert_eq!(interact(&app, &closed).await.expect_status(200).text, "");
    }
    assert_eq!(stored(&app).await, 6);
    // Events are: Slack repeats them until the response is 200.
    let limited = json!({"type": "app_rate_limited", "team_id": "T1", "minute_rate_limited": 1});
    for _ in 0..2 {
        deliver(&app, &limited).await.expect_status(200);
        deliver(&app, &message("T1", "Ev1"))
            .await
            .expect_status(200);
    }
    assert_eq!(stored(&app).await, 8);
}

#[tokio::test]
async fn every_kind_of_delivery_is_stored_under_its_name() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    install(&app, &ada, "T1").await;
    let changed = json!({"type": "message", "subtype": "message_changed"});
    for (n, event) in [changed, json!({"type": "function_executed"})]
        .iter()
        .enumerate()
    {
        let mut delivery = message("T1", &format!("Ev{n}"));
        delivery["event"] = event.clone();
        deliver(&app, &delivery).await.expect_status(200);
    }
    let limited = json!({"type": "app_rate_limited", "team_id": "T1"});
    deliver(&app, &limited).await.expect_status(200);
    for kind in ["shortcut", "message_action", "view_closed"] {
        let payload = json!({"type": kind, "team": {"id": "T1"}});
        interact(&app, &payload).await.expect_status(200);
    }
    let mut kinds: Vec<String> = events(&ada).await.into_iter().map(|e| e.kind).collect();
    kinds.sort();
    assert_eq!(
        kinds,
        [
            "slack.app_rate_limited",
            "slack.function_executed",
            "slack.interactive",
            "slack.interactive",
            "slack.interactive",
            "slack.message.message_changed",
        ]
    );
}

#[tokio::test]
async fn a_removed_app_is_shown_as_disconnected() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    install(&app, &ada, "T1").await;
    let end = async |id: &str, event: Value| {
        let mut delivery = message("T1", id);
        delivery["event"] = event;
        app.fakes.take_pokes();
        deliver(&app, &delivery).await.expect_status(200);
        let mut keys: Vec<String> = app
            .fakes
            .take_pokes()
            .into_iter()
            .flat_map(|(_, poke)| poke.keys)
            .map(|key| key[0].to_string())
            .collect();
        keys.sort();
        keys
    };
    // A token of a person, not the bot's.
    let keys = end(
        "Ev1",
        json!({"type": "tokens_revoked", "tokens": {"oauth": ["U1"], "bot": []}}),
    )
    .await;
    assert_eq!(keys, ["events"]);
    let connected = connectors(&ada).await;
    assert_eq!(
        (
            connected[0].disconnected_at,
            &connected[0].disconnected_reason
        ),
        (None, &None)
    );

    let keys = end(
        "Ev2",
        json!({"type": "tokens_revoked", "tokens": {"bot": ["U2"]}}),
    )
    .await;
    assert_eq!(keys, ["connectors", "events", "notifications"]);
    let revoked = connectors(&ada).await;
    assert_eq!(
        revoked[0].disconnected_reason.as_deref(),
        Some("tokens_revoked")
    );
    let since = revoked[0].disconnected_at.unwrap();
    app.fakes.advance(jiff::SignedDuration::from_mins(1));
    end("Ev3", json!({"type": "app_uninstalled"})).await;
    let removed = connectors(&ada).await;
    assert_eq!(
        removed[0].disconnected_reason.as_deref(),
        Some("app_uninstalled")
    );
    assert_eq!(removed[0].disconnected_at, Some(since));

    let found: prox_types::NotificationList =
        ada.client.get("/api/me/notifications").await.expect(200);
    assert_eq!(found.items.len(), 1, "one for one connector");
    let notification = &found.items[0];
    assert_eq!(notification.title, "Engines was disconnected");
    assert!(notification.body.starts_with("Slack revoked the access"));
    assert_eq!(notification.url, "/o/ada?window=connectors");

    // After another installation, a late retry of the event changes nothing.
    install(&app, &ada, "T1").await;
    end("Ev3", json!({"type": "app_uninstalled"})).await;
    let again = connectors(&ada).await;
    assert_eq!(again.len(), 1);
    assert_eq!(
        (again[0].disconnected_at, &again[0].disconnected_reason),
        (None, &None)
    );

    // The workspace of one organization is not disconnected by an event of another.
    let bob = app.person("bob@example.com").await;
    install(&app, &bob, "T2").await;
    end("Ev4", json!({"type": "app_uninstalled"})).await;
    assert_eq!(connectors(&bob).await[0].disconnected_at, None);
}

#[tokio::test]
async fn a_late_end_of_an_earlier_installation_is_ignored() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    install(&app, &ada, "T1").await;
    app.fakes.advance(jiff::SignedDuration::from_mins(1));
    let removed_at = now(&app);
    app.fakes.advance(jiff::SignedDuration::from_mins(1));
    // Slack delivers the end of the first installation after the second one, which is not known
    // here yet.
    install(&app, &ada, "T1").await;
    app.fakes.advance(jiff::SignedDuration::from_mins(1));
    let end = async |id: &str, event: Value, at: Value| {
        let mut delivery = message("T1", id);
        delivery["event"] = event;
        delivery["event_time"] = at;
        deliver(&app, &delivery).await.expect_status(200);
        let connectors = connectors(&ada).await;
        assert_eq!(connectors.len(), 1);
        connectors[0].disconnected_reason.clone()
    };
    let removed = json!({"type": "app_uninstalled"});
    let revoked = json!({"type": "tokens_revoked", "tokens": {"bot": ["U2"]}});
    for (n, event) in [&removed, &revoked].into_iter().enumerate() {
        let reason = end(&format!("Ev{n}"), event.clone(), json!(removed_at)).await;
        assert_eq!(reason, None, "{event}");
    }
    assert_eq!(events(&ada).await.len(), 2);

    // The end of the second installation counts, even in the second of its beginning.
    let reason = end("Ev3", revoked, json!(removed_at + 60)).await;
    assert_eq!(reason.as_deref(), Some("tokens_revoked"));
    // After a third installation, an event of the second one is late, too.
    install(&app, &ada, "T1").await;
    let reason = end("Ev4", removed.clone(), json!(now(&app) - 1)).await;
    assert_eq!(reason, None);
    // An event without a time happened now.
    let reason = end("Ev5", removed, Value::Null).await;
    assert_eq!(reason.as_deref(), Some("app_uninstalled"));
}

#[tokio::test]
async fn the_numbers_of_a_payload_keep_their_text() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    install(&app, &ada, "T1").await;
    let numbers = "[8202522731445525542,123456789012345678901234567890,1e400,1.0,-0,1E+2]";
    let body = format!(
        r#"{{"type":"event_callback","team_id":"T1","event_id":"Ev1","event":{{"type":"message","n":{numbers}}}}}"#
    );
    signed(&app, &body)
        .send(Method::POST, "/hooks/slack", body.clone())
        .await
        .expect_status(200);
    let payload = format!(r#"{{"type":"shortcut","team":{{"id":"T1"}},"n":{numbers}}}"#);
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("payload", &payload)
        .finish();
    submit(&app, &form).await.expect_status(200);
    let sent = format!(r#"{{"type":"deploy","payload":{{"n":{numbers}}}}}"#);
    ada.client
        .with("content-type", "application/json")
        .send(Method::POST, &ada.home("/instances/main/events"), sent)
        .await
        .expect_status(201);
    let found = events(&ada).await;
    assert_eq!(found.len(), 3);
    for event in found {
        let place = if event.payload.at("/event").is_some() {
            "/event/n"
        } else {
            "/n"
        };
        assert_eq!(event.payload.at(place), Some(numbers), "{}", event.kind);
    }
}

#[tokio::test]
async fn one_event_id_of_two_teams_is_two_events() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    install(&app, &ada, "T1").await.expect_status(303);
    // Another team uses the id first; then our team uses it, and repeats it.
    for team in ["T9", "T1", "T1"] {
        deliver(&app, &message(team, "Ev1"))
            .await
            .expect_status(200);
    }
    let found = events(&ada).await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].external_id.as_deref(), Some("Ev1"));
    assert_eq!(stored(&app).await, 2);
}

#[tokio::test]
async fn an_event_becomes_a_row_of_the_datasets_that_collect_it() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    install(&app, &ada, "T1").await.expect_status(303);
    let dataset: Dataset = ada
        .client
        .post(
            &ada.home("/datasets"),
            json!({"name": "Messages", "columns": [
                {"name": "text"}, {"name": "when", "type": "timestamp"}, {"name": "amount", "type": "integer"},
            ]}),
        )
        .await
        .expect(201);
    let below = |rest: &str| ada.home(&format!("/datasets/messages/{rest}"));
    let collector = |kind: &str, path: &str| {
        json!({"instance": "main", "event_type": kind,
            "paths": {"c1": path, "c2": "/created_at", "c3": "/payload/amount"}})
    };
    let of_slack = collector("slack.message", "/payload/event/text");
    let created = ada
        .client
        .post(&below("collectors"), of_slack.clone())
        .await;
    let created: Collector = created.expect(201);
    assert_eq!(created.dataset_id, dataset.id);
    let of_api = collector("order.paid", "/payload/a~1b/0");
    ada.client
        .post(&below("collectors"), of_api)
        .await
        .expect_status(201);
    app.fakes.take_pokes();

    let hello = json!({
        "type": "event_callback", "team_id": "T1", "event_id": "Ev1",
        "event": {"type": "message", "text": "hello", "channel": "C1"},
    });
    // Slack repeats what it believes lost; only the first delivery is an event.
    for _ in 0..2 {
        deliver(&app, &hello).await.expect_status(200);
    }
    let keys = format!("{:?}", app.fakes.take_pokes());
    assert!(
        keys.contains("rows") && keys.contains(&dataset.id.to_string()),
        "{keys}"
    );
    // The service replaces the NUL of this one.
    deliver(&app, &message("T1", "Ev2"))
        .await
        .expect_status(200);
    let events = ada.home("/instances/main/events");
    for (amount, external) in [(json!(7), "o1"), (json!("many"), "o2"), (json!(8), "o1")] {
        let body = json!({"type": "order.paid", "external_id": external, "payload": {"a/b": ["paid"], "amount": amount}});
        ada.client.post(&events, body).await.expect_status(201);
    }
    let rows: Value = ada.client.get(&below("rows")).await.expect(200);
    let values = rows["items"].as_array().unwrap().iter();
    let values: Vec<Value> = values
        .map(|row| json!([row["values"]["text"], row["values"]["amount"]]))
        .collect();
    assert_eq!(
        json!(values),
        json!([
            ["hello", null],
            ["hello\u{fffd}there", null],
            ["paid", 7],
            ["paid", null]
        ])
    );
    let event: Value = ada.client.get(&events).await.expect(200);
    let first = event["items"].as_array().unwrap().last().unwrap();
    let at: jiff::Timestamp = first["created_at"].as_str().unwrap().parse().unwrap();
    let when = rows["items"][0]["values"]["when"].as_str().unwrap();
    assert_eq!(when.parse::<jiff::Timestamp>().unwrap(), at);
    assert_eq!(event["items"].as_array().unwrap().len(), 4);

    for (body, field) in [
        (
            json!({"instance": "nobody", "event_type": "a", "paths": {"c1": "/id"}}),
            "instance",
        ),
        (
            json!({"instance": "main", "event_type": "a", "paths": {"c9": "/id"}}),
            "paths",
        ),
        (
            json!({"instance": "main", "event_type": "a", "paths": {"c1": "id"}}),
            "paths",
        ),
        (
            json!({"instance": "main", "event_type": "a", "paths": {}}),
            "paths",
        ),
    ] {
        let refused = ada.client.post(&below("collectors"), body.clone()).await;
        refused.expect_status(422);
        assert_eq!(refused.json()["errors"][0]["path"], field, "{body}");
    }
    let twice = ada.client.post(&below("collectors"), of_slack).await;
    twice.expect_status(409).expect_problem("conflict");
    let path = below(&format!("collectors/{}", created.id));
    ada.client.delete(&path).await.expect_status(204);
    ada.client.delete(&path).await.expect_status(404);
    deliver(&app, &message("T1", "Ev3"))
        .await
        .expect_status(200);
    let now: Dataset = ada
        .client
        .get(&below("")[..below("").len() - 1])
        .await
        .expect(200);
    assert_eq!(now.row_count, 4, "nothing is collected any more");
}
