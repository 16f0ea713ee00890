//! The envelope of every response, and the responses to faults.

use http::{HeaderValue, Method};
use prox_testing::{App, Database};
use prox_types::{ErrorCode, Mode, Preflight, Space};
use serde_json::{Value, json};

#[tokio::test]
async fn every_answer_has_an_id_and_security_headers() {
    let app = App::start().await;
    let reply = app.anonymous().get("/api/health").await;
    let id = reply.header("x-request-id");
    assert_eq!(id.parse::<uuid::Uuid>().unwrap().get_version_num(), 7);
    assert_eq!(reply.json()["database"], "ok");
    for path in ["/api/health", "/api/me", "/nowhere", "/@nobody"] {
        let reply = app.anonymous().get(path).await;
        assert_eq!(reply.header("x-content-type-options"), "nosniff", "{path}");
        assert!(
            reply
                .header("content-security-policy")
                .contains("frame-ancestors"),
            "{path}"
        );
    }
    let ours = "019b7ca9-8c88-7e39-89bf-dab9675089a2";
    assert_eq!(
        app.anonymous()
            .with("x-request-id", ours)
            .get("/api/health")
            .await
            .header("x-request-id"),
        ours
    );
    for bad in ["nonsense", "550e8400-e29b-41d4-a716-446655440000"] {
        assert_ne!(
            app.anonymous()
                .with("x-request-id", bad)
                .get("/api/health")
                .await
                .header("x-request-id"),
            bad
        );
    }
}

#[tokio::test]
async fn a_problem_names_its_request_and_the_log_its_cause() {
    let app = App::start().await;
    let reply = app.anonymous().get("/api/me").await;
    reply.expect_status(401).expect_problem("unauthenticated");
    assert_eq!(reply.json()["request_id"], reply.header("x-request-id"));
    let ada = app.person("ada@example.com").await;
    app.database
        .admin()
        .await
        .batch_execute("alter table space rename to elsewhere")
        .await
        .unwrap();
    let broken = ada.client.get(&ada.home("/spaces")).await;
    broken.expect_status(500).expect_problem("internal");
    assert!(!broken.text.contains("elsewhere") && !broken.text.contains("relation"));
    let log = app.fakes.log.lock().unwrap();
    let line = log
        .iter()
        .find(|l| l["request_id"] == broken.header("x-request-id"))
        .unwrap();
    assert!(line["cause"].as_str().unwrap().contains("relation"));
    assert_eq!(line["route"], "/api/organizations/{org}/spaces");
    for line in log.iter() {
        assert!(
            !line.to_string().contains("ada@example.com"),
            "no personal data in the log: {line}"
        );
    }
}

#[tokio::test]
async fn a_malformed_request_gets_a_reason() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let c = ada.client.with("content-type", "application/json");
    let post = async |body: &str| {
        c.send(Method::POST, "/api/organizations", body.to_owned())
            .await
    };
    post("")
        .await
        .expect_status(400)
        .expect_problem("malformed");
    post("{")
        .await
        .expect_status(400)
        .expect_problem("malformed");
    post("{} trailing").await.expect_status(422);
    post(r#"{"name":"x"} {}"#)
        .await
        .expect_status(400)
        .expect_problem("malformed");
    post("[]")
        .await
        .expect_status(422)
        .expect_problem("invalid");
    post(r#"{"name":1}"#).await.expect_status(422);
    post(&format!(r#"{{"name":{}"#, "[".repeat(100_000)))
        .await
        .expect_status(422);
    post(&format!(r#"{{"name":"{}"}}"#, "x".repeat(300_000)))
        .await
        .expect_status(413)
        .expect_problem("too_large");
    let text = ada
        .client
        .with("content-type", "text/plain")
        .send(Method::POST, "/api/organizations", "{}")
        .await;
    text.expect_status(415)
        .expect_problem("unsupported_media_type");
    ada.client
        .send(Method::PUT, "/api/me", "")
        .await
        .expect_status(405)
        .expect_problem("method_not_allowed");
    ada.client
        .send(Method::POST, "/@ada", "")
        .await
        .expect_status(405);
    for key in ["", "two words", "a\tb", "ä", &"k".repeat(201)] {
        let key = HeaderValue::from_bytes(key.as_bytes()).unwrap();
        let reply = ada
            .client
            .with_value("idempotency-key", key.clone())
            .post("/api/organizations", json!({"name": "x"}))
            .await;
        assert_eq!(reply.status, 422, "{key:?}");
        assert_eq!(reply.json()["errors"][0]["path"], "Idempotency-Key");
    }
}

#[tokio::test]
async fn an_array_of_fields_is_not_an_object() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    let items = ada.home("/spaces/home/items");
    let card = |place: Value| json!({"kind": "card", "title": "T", "place": place});
    for (method, path, body, field) in [
        (Method::POST, "/api/organizations", json!(["N", null]), ""),
        (Method::PATCH, "/api/me", json!(["N"]), ""),
        (
            Method::POST,
            &ada.home("/spaces/home/publish"),
            json!(["public"]),
            "",
        ),
        (Method::POST, &items, card(json!([null, null])), "place"),
        (Method::PATCH, "/api/me", json!(7), ""),
    ] {
        let reply = ada.client.json(method, path, body.clone()).await;
        reply.expect_status(422).expect_problem("invalid");
        let error = &reply.json()["errors"][0];
        assert_eq!(error["path"], field, "{body}");
        let message = error["message"].as_str().unwrap();
        assert!(message.ends_with("expected an object"), "{message}");
    }
    for place in [Value::Null, json!({}), json!({"folder_id": null})] {
        let reply = ada.client.post(&items, card(place)).await;
        reply.expect_status(201);
    }
}

#[tokio::test]
async fn without_a_database_the_answer_is_503_and_nothing_is_claimed() {
    let database = Database::create().await;
    // A port that was just free: no server listens on it.
    let port = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap()
        .port();
    let app = App::behind_proxy(database, port).await;
    let bearer = format!("Bearer ses_01h455vb4pex5vsknk084sn02q.{}", "A".repeat(43));
    let somebody = app.anonymous().with("authorization", &bearer);
    let health = app.anonymous().get("/api/health").await;
    health.expect_status(503).expect_problem("unavailable");
    assert!(!health.header("retry-after").is_empty());
    somebody.get("/api/me").await.expect_status(503);
    somebody
        .post("/api/organizations", json!({"name": "x"}))
        .await
        .expect_status(503);
    let page = app.anonymous().get("/@ada").await;
    assert!(
        page.expect_status(503)
            .header("content-type")
            .starts_with("text/html")
    );
    app.anonymous()
        .get("/@ada.json")
        .await
        .expect_status(503)
        .expect_problem("unavailable");
}

#[tokio::test]
async fn socket_ticket_carries_the_sequence_number() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.client
        .get(&ada.home("/socket"))
        .await
        .expect_status(426)
        .expect_problem("upgrade_required");
    let _: Space = ada
        .client
        .post(&ada.home("/spaces"), json!({"title": "S"}))
        .await
        .expect(201);
    let upgrade = ada.client.with("upgrade", "websocket");
    let reply = upgrade
        .get(&format!("{}?since=0&epoch=e", ada.home("/socket")))
        .await;
    let ticket = reply.ticket.unwrap();
    assert_eq!(
        (ticket.head, ticket.since, ticket.epoch.as_deref()),
        (1, Some(0), Some("e"))
    );
    assert_eq!(
        (ticket.user_id, ticket.session_id),
        (ada.me.id, ada.me.session_id)
    );
    let eve = app.person("eve@example.com").await;
    let refused = eve
        .client
        .with("upgrade", "websocket")
        .get(&ada.home("/socket"))
        .await;
    refused.expect_status(404);
    assert!(refused.ticket.is_none());
}

#[tokio::test]
async fn the_preflight_reads_a_page_and_decides_how_it_opens() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    app.fakes.page(
        "https://dns.test/query",
        200,
        &[],
        r#"{"Status":0,"Answer":[{"name":"x","type":1,"TTL":1,"data":"93.184.216.34"}]}"#,
    );
    app.fakes
        .page("https://app.example/", 302, &[("location", "/start")], "");
    app.fakes.page(
        "https://app.example/start",
        200,
        &[("content-type", "text/html")],
        "<title>An app</title>",
    );
    app.fakes.page(
        "https://bank.example/",
        200,
        &[("content-type", "text/html"), ("x-frame-options", "DENY")],
        "<title>Bank</title>",
    );
    let ask = async |url: &str| ada.client.post("/api/preflight", json!({"url": url})).await;
    let found: Preflight = ask("https://app.example/").await.expect(200);
    assert!(found.embeddable);
    assert_eq!(
        (found.mode, found.final_url.as_str()),
        (prox_types::Mode::Embed, "https://app.example/start")
    );
    assert_eq!(found.title.as_deref(), Some("An app"));
    let bank: Preflight = ask("https://bank.example/").await.expect(200);
    assert_eq!((bank.mode, bank.embeddable), (prox_types::Mode::Tab, false));
    assert!(!bank.reasons.is_empty());
    let gone: Preflight = ask("https://gone.example/").await.expect(200);
    assert_eq!((gone.mode, gone.status), (prox_types::Mode::Card, None));
}

#[tokio::test]
async fn the_egress_guard_holds_on_every_hop() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let ask = async |url: &str| ada.client.post("/api/preflight", json!({"url": url})).await;
    for url in [
        "https://user:pw@example.com/",
        "ftp://example.com/",
        "nonsense",
        "javascript:alert(1)",
    ] {
        let reply = ask(url).await;
        assert_eq!(
            reply.expect_status(422).json()["errors"][0]["path"],
            "url",
            "{url}"
        );
    }
    // Browsers open these; the server does not fetch them.
    let not_fetched = async |url: &str, reason: &str| {
        let found: Preflight = ask(url).await.expect(200);
        assert_eq!((found.mode, found.status), (Mode::Tab, None), "{url}");
        assert!(
            found.reasons[0].contains(reason),
            "{url}: {:?}",
            found.reasons
        );
        assert_eq!(found.reasons.len(), 2, "{url}");
    };
    for (url, reason) in [
        ("http://example.com/", "not encrypted"),
        ("https://example.com:8443/", "not tested"),
        ("http://localhost:3000/", "local network"),
        ("http://nas:5000/", "local network"),
        ("http://[fd00::1]:8123/", "local network"),
        ("https://127.0.0.1/", "local network"),
        ("https://2130706433/", "local network"),
        ("https://0x7f.1/", "local network"),
        ("https://[::1]/", "local network"),
        ("https://[::ffff:10.0.0.1]/", "local network"),
        ("https://169.254.169.254/latest/meta-data", "local network"),
        ("https://localhost/", "local network"),
        ("https://metadata.google.internal/", "local network"),
    ] {
        not_fetched(url, reason).await;
    }
    assert!(
        app.fakes.hops.lock().unwrap().is_empty(),
        "nothing went out"
    );
    // A public page that redirects to a private address, and a public name that resolves to one.
    app.fakes.site("https://dns.test/query", |hop| {
        let address = if hop.url.contains("inner.example") {
            "10.0.0.7"
        } else {
            "93.184.216.34"
        };
        let body = format!(
            r#"{{"Status":0,"Answer":[{{"name":"x","type":1,"TTL":1,"data":"{address}"}}]}}"#
        );
        Ok(prox_api::ports::HopAnswer {
            status: 200,
            headers: vec![],
            body: body.into_bytes(),
        })
    });
    app.fakes.page(
        "https://trap.example/",
        302,
        &[("location", "https://169.254.169.254/")],
        "",
    );
    app.fakes.page(
        "https://loop.example/",
        302,
        &[("location", "https://loop.example/")],
        "",
    );
    not_fetched("https://trap.example/", "leads on to 169.254.169.254").await;
    not_fetched("https://inner.example/", "local network").await;
    let endless: Preflight = ask("https://loop.example/").await.expect(200);
    assert_eq!(endless.mode, prox_types::Mode::Card);
    let went: Vec<String> = app
        .fakes
        .hops
        .lock()
        .unwrap()
        .iter()
        .map(|h| h.url.clone())
        .collect();
    assert!(
        went.iter()
            .all(|url| !url.contains("169.254") && !url.starts_with("https://inner"))
    );
    // Anonymous callers cannot make the server send requests.
    let _: Value = app
        .anonymous()
        .post("/api/preflight", json!({"url": "https://app.example/"}))
        .await
        .expect(401);
}

#[test]
fn every_error_code_has_one_word_and_a_fitting_status() {
    for code in ErrorCode::ALL {
        assert!((400..600).contains(&code.status()));
        assert_eq!(serde_json::to_value(code).unwrap(), code.code());
        assert!(!code.title().ends_with('.') && code.detail().ends_with('.'));
    }
}
