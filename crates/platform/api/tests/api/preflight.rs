//! The frame preflight over redirects, refreshes, cookies and DNS answers.

use prox_api::ports::{HopAnswer, TransportError};
use prox_testing::App;
use prox_types::{Mode, Preflight};
use serde_json::json;

/// Every name resolves to a public address.
fn resolve_all(app: &App) {
    app.fakes.page(
        "https://dns.test/query",
        200,
        &[],
        r#"{"Status":0,"Answer":[{"name":"x","type":1,"TTL":1,"data":"93.184.216.34"}]}"#,
    );
}

#[tokio::test]
async fn a_page_that_does_not_answer_has_one_reason() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    resolve_all(&app);
    for (error, expected) in [
        (
            TransportError::Unreachable("the connection failed".to_owned()),
            "This address does not answer: the connection failed.",
        ),
        (
            TransportError::TimedOut,
            "This address does not answer: it took too long.",
        ),
    ] {
        app.fakes
            .site("https://away.example/", move |_| Err(error.clone()));
        let body = json!({"url": "https://away.example/"});
        let reply: Preflight = ada.client.post("/api/preflight", body).await.expect(200);
        assert_eq!(reply.reasons, [expected]);
    }
}

#[tokio::test]
async fn the_preflight_follows_the_refresh_of_a_page() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    resolve_all(&app);
    let html = ("content-type", "text/html");
    app.fakes.page(
        "https://refuses.example/",
        200,
        &[html, ("x-frame-options", "DENY")],
        "<title>Closed</title>",
    );
    app.fakes
        .page("https://open.example/", 200, &[html], "<title>Open</title>");
    let leads = |host: &str, header: &str, body: &str| {
        let headers = [html, ("refresh", header)];
        let headers = if header.is_empty() {
            &headers[..1]
        } else {
            &headers[..]
        };
        app.fakes
            .page(&format!("https://{host}.example/"), 200, headers, body);
    };
    let meta = |to: &str| format!("<title>First</title><meta http-equiv=refresh content=\"{to}\">");
    leads("header", "0; url=https://refuses.example/", "");
    leads("meta", "", &meta("1;url='https://refuses.example/'"));
    leads(
        "both",
        "0; url=https://open.example/",
        &meta("0;url=https://refuses.example/"),
    );
    leads("twice", "", &meta("0;url=https://meta.example/"));
    leads("late", "", &meta("3600;url=https://refuses.example/"));
    leads("itself", "", &meta("5"));
    leads("ping", "", &meta("5;url=https://pong.example/"));
    leads("pong", "", &meta("5;url=https://ping.example/"));
    leads("inner", "", &meta("0;url=http://192.168.0.1/"));
    leads("silent", "", &meta("0;url=https://gone.example/"));
    app.fakes.page(
        "https://closed-first.example/",
        200,
        &[
            html,
            ("x-frame-options", "DENY"),
            ("refresh", "0;url=https://open.example/"),
        ],
        "",
    );
    for (host, mode, title) in [
        ("header", Mode::Tab, Some("Closed")),
        ("meta", Mode::Tab, Some("Closed")),
        ("both", Mode::Embed, Some("Open")),
        ("twice", Mode::Tab, Some("Closed")),
        ("late", Mode::Embed, Some("First")),
        ("itself", Mode::Embed, Some("First")),
        ("ping", Mode::Embed, Some("First")),
        ("inner", Mode::Tab, Some("First")),
        ("silent", Mode::Card, None),
        ("closed-first", Mode::Tab, None),
    ] {
        let url = format!("https://{host}.example/");
        let body = json!({ "url": url });
        let found: Preflight = ada.client.post("/api/preflight", body).await.expect(200);
        assert_eq!(found.mode, mode, "{host}: {:?}", found.reasons);
        assert_eq!(found.title.as_deref(), title, "{host}");
    }
    // Redirects and refreshes share one limit.
    app.fakes.site("https://endless.example/", |hop| {
        let next = format!("{}a", hop.url);
        let headers = vec![
            ("content-type".to_owned(), "text/html".to_owned()),
            ("refresh".to_owned(), format!("0;url={next}")),
        ];
        Ok(HopAnswer {
            status: 200,
            headers,
            body: Vec::new(),
        })
    });
    let body = json!({"url": "https://endless.example/"});
    let found: Preflight = ada.client.post("/api/preflight", body).await.expect(200);
    assert_eq!((found.mode, found.status), (Mode::Card, None));
    assert!(found.reasons[0].contains("redirects too often"));
}

#[tokio::test]
async fn a_preflight_keeps_cookies_and_a_new_one_has_none() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    resolve_all(&app);
    // Redirects to itself until the client sends its cookie.
    app.fakes.site("https://gate.example/", |hop| {
        let cookies: Vec<&str> = hop
            .headers
            .iter()
            .filter(|(name, _)| name == "cookie")
            .map(|(_, value)| value.as_str())
            .collect();
        let headers = |pairs: &[(&str, &str)]| {
            pairs
                .iter()
                .map(|(n, v)| ((*n).to_owned(), (*v).to_owned()))
                .collect()
        };
        Ok(match cookies[..] {
            ["seen=1; more=2"] => HopAnswer {
                status: 200,
                headers: headers(&[("content-type", "text/html")]),
                body: b"<title>Inside</title>".to_vec(),
            },
            _ => HopAnswer {
                status: 302,
                headers: headers(&[
                    ("set-cookie", "seen=1; Secure; HttpOnly"),
                    ("set-cookie", "more=2"),
                    ("location", "/"),
                ]),
                body: Vec::new(),
            },
        })
    });
    for _ in 0..2 {
        app.fakes.hops.lock().unwrap().clear();
        let body = json!({"url": "https://gate.example/"});
        let found: Preflight = ada.client.post("/api/preflight", body).await.expect(200);
        assert_eq!(found.title.as_deref(), Some("Inside"));
        let hops = app.fakes.hops.lock().unwrap();
        let sent: Vec<_> = hops
            .iter()
            .filter(|hop| hop.url.starts_with("https://gate"))
            .collect();
        assert_eq!(sent.len(), 2);
        assert!(!sent[0].headers.iter().any(|(name, _)| name == "cookie"));
    }
    // Another site gets no cookies.
    app.fakes.page(
        "https://away.example/",
        302,
        &[
            ("set-cookie", "x=1; Domain=example"),
            ("location", "https://gate.example/"),
        ],
        "",
    );
    app.fakes.hops.lock().unwrap().clear();
    let body = json!({"url": "https://away.example/"});
    let _: Preflight = ada.client.post("/api/preflight", body).await.expect(200);
    let hops = app.fakes.hops.lock().unwrap();
    let leaked =
        |hop: &&prox_api::ports::Hop| hop.headers.iter().any(|(_, value)| value.contains("x=1"));
    assert_eq!(hops.iter().filter(leaked).count(), 0);
}

#[tokio::test]
async fn no_request_is_sent_unless_all_addresses_are_known() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    app.fakes
        .page("https://", 200, &[("content-type", "text/html")], "");
    let a = |address: &str| format!(r#"{{"type":1,"data":"{address}"}}"#);
    let many = vec![a("93.184.216.34"); 100].join(",");
    let public = a("93.184.216.34");
    let none = r#"{"Status":0}"#.to_owned();
    let found = |records: &str| format!(r#"{{"Status":0,"Answer":[{records}]}}"#);
    for (name, v4, v6, is_known) in [
        ("good", (200, found(&public)), (200, none.clone()), true),
        (
            "six",
            (200, none.clone()),
            (200, found(r#"{"type":28,"data":"2606:4700::1"}"#)),
            true,
        ),
        ("hundred", (200, found(&many)), (200, none.clone()), true),
        (
            "servfail",
            (200, found(&public)),
            (200, r#"{"Status":2}"#.to_owned()),
            false,
        ),
        ("error", (200, found(&public)), (500, none.clone()), false),
        (
            "garbage",
            (200, found(&public)),
            (200, "<html>".to_owned()),
            false,
        ),
        (
            "v4-fails",
            (200, r#"{"Status":5}"#.to_owned()),
            (200, found(r#"{"type":28,"data":"2606:4700::1"}"#)),
            false,
        ),
        (
            "truncated",
            (
                200,
                format!(r#"{{"Status":0,"TC":true,"Answer":[{public}]}}"#),
            ),
            (200, none.clone()),
            false,
        ),
        (
            "late",
            (200, found(&format!("{many},{}", a("10.0.0.1")))),
            (200, none.clone()),
            false,
        ),
        (
            "odd",
            (200, found(&format!("{public},{}", a("nonsense")))),
            (200, none.clone()),
            false,
        ),
        ("none", (200, none.clone()), (200, none.clone()), false),
    ] {
        app.fakes.site("https://dns.test/query", move |hop| {
            let (status, body) = if hop.url.contains("type=AAAA") {
                &v6
            } else {
                &v4
            };
            Ok(HopAnswer {
                status: *status,
                headers: Vec::new(),
                body: body.clone().into_bytes(),
            })
        });
        app.fakes.hops.lock().unwrap().clear();
        let body = json!({"url": format!("https://{name}.example/")});
        let reply: Preflight = ada.client.post("/api/preflight", body).await.expect(200);
        assert_eq!(
            reply.status.is_some(),
            is_known,
            "{name}: {:?}",
            reply.reasons
        );
        let hops = app.fakes.hops.lock().unwrap();
        let went_out = hops
            .iter()
            .any(|hop| !hop.url.starts_with("https://dns.test/"));
        assert_eq!(went_out, is_known, "{name}");
    }
    // A resolver that fails for one kind of address.
    app.fakes.site("https://dns.test/query", |hop| {
        if hop.url.contains("type=AAAA") {
            return Err(TransportError::TimedOut);
        }
        let body = r#"{"Status":0,"Answer":[{"type":1,"data":"93.184.216.34"}]}"#;
        Ok(HopAnswer {
            status: 200,
            headers: Vec::new(),
            body: body.as_bytes().to_vec(),
        })
    });
    let body = json!({"url": "https://half.example/"});
    let reply: Preflight = ada.client.post("/api/preflight", body).await.expect(200);
    assert_eq!(reply.status, None);
}
