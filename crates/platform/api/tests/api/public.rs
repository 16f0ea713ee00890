//! Public pages for anonymous readers, at a path and at a custom hostname.

use prox_api::ports::Clock;
use prox_db::public::Reader;
use prox_testing::{App, Person};
use prox_types::{Domain, Organization, PublicSpace, Space};
use serde_json::{Value, json};

async fn publish(person: &Person<'_>, slug: &str, audience: &str) -> Space {
    let body = json!({"title": format!("The {slug}"), "slug": slug});
    let _: Space = person
        .client
        .post(&person.home("/spaces"), body)
        .await
        .expect(201);
    let card =
        json!({"kind": "card", "title": "Hello", "body": "**hi** <script>alert(1)</script>"});
    person
        .client
        .post(&person.home(&format!("/spaces/{slug}/items")), card)
        .await
        .expect_status(201);
    let path = person.home(&format!("/spaces/{slug}/publish"));
    person
        .client
        .post(&path, json!({"audience": audience}))
        .await
        .expect(200)
}

#[tokio::test]
async fn a_published_home_has_a_page_and_alternate_formats() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    publish(&ada, "home", "public").await;
    let page = app.anonymous().get("/@ada").await;
    page.expect_status(200);
    assert!(page.text.contains("The home"));
    assert!(page.text.contains("<strong>hi</strong>"));
    assert!(!page.text.contains("<script>alert"));
    assert_eq!(page.header("content-type"), "text/html; charset=utf-8");
    assert!(
        page.header("content-security-policy")
            .starts_with("default-src 'none'")
    );
    assert!(page.header("set-cookie").is_empty());
    assert!(page.header("cache-control").contains("public"));
    for (format, kind) in [
        ("md", "text/markdown"),
        ("json", "application/json"),
        ("rss", "application/rss+xml"),
    ] {
        let reply = app.anonymous().get(&format!("/@ada.{format}")).await;
        assert!(
            reply
                .expect_status(200)
                .header("content-type")
                .starts_with(kind)
        );
        // Any site may read it, without credentials.
        assert_eq!(reply.header("access-control-allow-origin"), "*");
        assert_eq!(reply.header("access-control-allow-credentials"), "");
    }
    let pack = app.anonymous().get("/@ada.json").await.json();
    assert_eq!(pack["space"]["visibility"], "public");
}

#[tokio::test]
async fn private_and_missing_answer_alike_and_unlisted_is_not_indexed() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    publish(&ada, "home", "public").await;
    publish(&ada, "party", "unlisted").await;
    let private: Space = ada
        .client
        .post(
            &ada.home("/spaces"),
            json!({"title": "Diary", "slug": "diary"}),
        )
        .await
        .expect(201);
    assert_eq!(private.published_at, None);

    let missing = app.anonymous().get("/@ada/nothing").await;
    for path in ["/@ada/diary", "/@nobody", "/@ada/diary.html"] {
        let reply = app.anonymous().get(path).await;
        assert_eq!(
            (reply.status, &reply.text),
            (missing.expect_status(404).status, &missing.text),
            "{path}"
        );
    }

    let party = app.anonymous().get("/@ada/party").await;
    assert_eq!(party.expect_status(200).header("x-robots-tag"), "noindex");
    let home = app.anonymous().get("/@ada").await;
    assert!(
        !home.text.contains("party"),
        "an unlisted space is not listed"
    );
    publish(&ada, "work", "public").await;
    assert!(app.anonymous().get("/@ada").await.text.contains("The work"));
}

#[tokio::test]
async fn a_page_is_answered_304_until_anything_on_it_changes() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    publish(&ada, "home", "public").await;
    let mut tag = app.anonymous().get("/@ada").await.header("etag").to_owned();
    let changes: [(&str, &str, Value); 4] = [
        (
            "POST",
            "/spaces/home/items",
            json!({"kind": "card", "title": "New"}),
        ),
        ("PATCH", "/spaces/home", json!({"title": "Renamed"})),
        ("POST", "/spaces", json!({"title": "Work", "slug": "work"})),
        ("PATCH", "", json!({"name": "Countess of Lovelace"})),
    ];
    for (method, path, body) in changes {
        let known = app
            .anonymous()
            .with("if-none-match", &tag)
            .get("/@ada")
            .await;
        known.expect_status(304);
        assert!(known.text.is_empty());
        let reply = ada
            .client
            .json(method.parse().unwrap(), &ada.home(path), body)
            .await;
        assert!(reply.status.is_success());
        if path == "/spaces" {
            ada.client
                .post(&ada.home("/spaces/work/publish"), Value::Null)
                .await
                .expect_status(200);
        }
        let changed = app
            .anonymous()
            .with("if-none-match", &tag)
            .get("/@ada")
            .await;
        assert_ne!(
            changed.expect_status(200).header("etag"),
            tag,
            "{method} {path}"
        );
        tag = changed.header("etag").to_owned();
    }
}

fn answer_dns(app: &App, name: &'static str, txt: Option<String>, cname: Option<&'static str>) {
    let (txt, cname) = (txt.map(|t| format!("\"{t}\"")), cname.map(str::to_owned));
    app.fakes.site("https://dns.test/query", move |hop| {
        let data = if hop.url.contains(&format!("name=_prox.{name}&type=TXT")) {
            txt.clone()
                .map(|data| json!({"name": name, "type": 16, "TTL": 1, "data": data}))
        } else if hop.url.contains(&format!("name={name}&type=CNAME")) {
            cname
                .clone()
                .map(|data| json!({"name": name, "type": 5, "TTL": 1, "data": data}))
        } else {
            None
        };
        let body = json!({"Status": 0, "Answer": data.into_iter().collect::<Vec<_>>()});
        Ok(prox_api::ports::HopAnswer {
            status: 200,
            headers: vec![],
            body: body.to_string().into_bytes(),
        })
    });
}

#[tokio::test]
async fn a_hostname_serves_its_space_once_the_dns_proves_it() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    publish(&ada, "home", "public").await;
    let domains = ada.home("/spaces/home/domains");
    let domain: Domain = ada
        .client
        .post(&domains, json!({"hostname": "Home.Ada.example."}))
        .await
        .expect(201);
    assert_eq!(domain.hostname, "home.ada.example");
    let proof = domain
        .records
        .iter()
        .find(|r| r.kind == "TXT")
        .unwrap()
        .value
        .clone();
    let at_host = app.anonymous().with("x-prox-host", "home.ada.example");
    at_host.get("/").await.expect_status(421);

    let verify = format!("{domains}/{}/verify", domain.id);
    answer_dns(&app, "home.ada.example", None, None);
    let pending: Domain = ada.client.post(&verify, Value::Null).await.expect(200);
    assert_eq!(pending.status, prox_types::DomainStatus::Pending);
    assert!(pending.reason.is_some());
    answer_dns(
        &app,
        "home.ada.example",
        Some("prox-verify=wrong".to_owned()),
        None,
    );
    let failed: Domain = ada.client.post(&verify, Value::Null).await.expect(200);
    assert_eq!(failed.status, prox_types::DomainStatus::Failed);
    answer_dns(
        &app,
        "home.ada.example",
        Some(proof),
        Some("edge.prox.test."),
    );
    let verified: Domain = ada.client.post(&verify, Value::Null).await.expect(200);
    assert_eq!(verified.status, prox_types::DomainStatus::Verified);

    let page = at_host.get("/").await;
    assert!(
        page.expect_status(200)
            .text
            .contains("https://home.ada.example/")
    );
    at_host.get("/index.json").await.expect_status(200);
    at_host.get("/@ada").await.expect_status(404);
    at_host.get("/-").await.expect_status(404);
    at_host.get("/api/health").await.expect_status(404);
    let robots = at_host.get("/robots.txt").await;
    assert!(
        robots
            .expect_status(200)
            .text
            .contains("Sitemap: https://home.ada.example/sitemap.xml")
    );
    let sitemap = at_host.get("/sitemap.xml").await;
    assert!(
        sitemap
            .expect_status(200)
            .text
            .contains("<loc>https://home.ada.example/</loc>")
    );
    assert_eq!(sitemap.text.matches("<loc>").count(), 1);
    let icon = at_host.get("/favicon.ico").await;
    assert_eq!(
        icon.expect_status(200).header("content-type"),
        "image/svg+xml"
    );
    let unknown = app.anonymous().with("x-prox-host", "other.ada.example");
    for path in [
        "/",
        "/index.json",
        "/-",
        "/robots.txt",
        "/sitemap.xml",
        "/favicon.ico",
        "/@ada",
    ] {
        let reply = unknown.get(path).await;
        assert_eq!(reply.status, 421, "{path}");
        assert!(reply.text.contains("Nothing is published here"), "{path}");
    }

    // Private again: the host answers like an unknown one.
    ada.client
        .post(&ada.home("/spaces/home/unpublish"), Value::Null)
        .await
        .expect_status(200);
    at_host.get("/").await.expect_status(421);
    ada.client
        .delete(&format!("{domains}/{}", domain.id))
        .await
        .expect_status(204);
    let again: Domain = ada
        .client
        .post(&domains, json!({"hostname": "home.ada.example"}))
        .await
        .expect(201);
    assert_eq!(
        again.status,
        prox_types::DomainStatus::Pending,
        "a hostname that comes back is verified again"
    );
}

#[tokio::test]
async fn other_forms_of_an_address_redirect_once() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    publish(&ada, "home", "public").await;
    for (path, canonical) in [
        ("/%40ada", "/@ada"),
        ("/@Ada", "/@ada"),
        ("/@ada/", "/@ada"),
        ("/@ada/home", "/@ada"),
        ("/%40ADA/Home/", "/@ada"),
        ("/@ada/home.json", "/@ada.json"),
        ("/@Nobody", "/@nobody"),
    ] {
        let reply = app.anonymous().get(path).await;
        assert_eq!(
            reply.expect_status(308).header("location"),
            canonical,
            "{path}"
        );
    }
    app.anonymous().get("/@ada.json").await.expect_status(200);
}

#[tokio::test]
async fn a_public_path_without_a_page_answers_a_page() {
    let app = App::start().await;
    for path in ["/d/x", "/s/x", "/@nobody", "/@", "/_prox/x"] {
        let reply = app.anonymous().get(path).await;
        let kind = reply.expect_status(404).header("content-type");
        assert_eq!(kind, "text/html; charset=utf-8", "{path}");
    }
}

#[tokio::test]
async fn public_pages_refuse_other_methods_and_name_theirs() {
    let app = App::start().await;
    for path in ["/@ada", "/d/x", "/robots.txt"] {
        let reply = app.anonymous().post(path, Value::Null).await;
        assert_eq!(
            reply.expect_status(405).header("allow"),
            "GET, HEAD",
            "{path}"
        );
        reply.expect_problem("method_not_allowed");
    }
}

#[tokio::test]
async fn crawlers_find_only_public_pages() {
    let app = App::start().await;
    let (ada, bob) = (
        app.person("ada@example.com").await,
        app.person("bob@example.com").await,
    );
    publish(&ada, "home", "public").await;
    publish(&ada, "work", "public").await;
    publish(&ada, "party", "unlisted").await;
    publish(&bob, "boats", "public").await;
    let diary = json!({"title": "Diary", "slug": "diary"});
    ada.client
        .post(&ada.home("/spaces"), diary)
        .await
        .expect_status(201);

    let sitemap = app.anonymous().get("/sitemap.xml").await;
    assert_eq!(
        sitemap.expect_status(200).header("content-type"),
        "application/xml"
    );
    for path in ["/@ada<", "/@ada/work<", "/@bob/boats<"] {
        assert!(sitemap.text.contains(path), "{path} in {}", sitemap.text);
    }
    assert_eq!(sitemap.text.matches("<loc>").count(), 3);
    let robots = app.anonymous().get("/robots.txt").await;
    assert!(robots.expect_status(200).text.contains("/sitemap.xml"));
    assert!(robots.header("content-type").starts_with("text/plain"));
    let icon = app.anonymous().get("/favicon.ico").await;
    assert_eq!(
        icon.expect_status(200).header("content-type"),
        "image/x-icon"
    );
}

#[tokio::test]
async fn a_hostname_belongs_to_one_organization_at_a_time() {
    let app = App::start().await;
    let (ada, bob) = (
        app.person("ada@example.com").await,
        app.person("bob@example.com").await,
    );
    publish(&ada, "home", "public").await;
    publish(&bob, "home", "public").await;
    let claim = json!({"hostname": "www.example.org"});
    let a: Domain = ada
        .client
        .post(&ada.home("/spaces/home/domains"), claim.clone())
        .await
        .expect(201);
    // An unproven claim blocks no other claim.
    let b: Domain = bob
        .client
        .post(&bob.home("/spaces/home/domains"), claim.clone())
        .await
        .expect(201);
    let token = |d: &Domain| {
        d.records
            .iter()
            .find(|r| r.kind == "TXT")
            .unwrap()
            .value
            .clone()
    };
    assert_ne!(token(&a), token(&b));
    answer_dns(&app, "www.example.org", Some(token(&b)), None);
    let path = |person: &Person<'_>, d: &Domain| {
        person.home(&format!("/spaces/home/domains/{}/verify", d.id))
    };
    let failed: Domain = ada
        .client
        .post(&path(&ada, &a), Value::Null)
        .await
        .expect(200);
    assert_eq!(
        failed.status,
        prox_types::DomainStatus::Failed,
        "another organization's proof is none"
    );
    let verified: Domain = bob
        .client
        .post(&path(&bob, &b), Value::Null)
        .await
        .expect(200);
    assert_eq!(verified.status, prox_types::DomainStatus::Verified);
    answer_dns(&app, "www.example.org", Some(token(&a)), None);
    ada.client
        .post(&path(&ada, &a), Value::Null)
        .await
        .expect_status(409)
        .expect_problem("hostname_taken");
    let carol = app.person("carol@example.com").await;
    publish(&carol, "home", "public").await;
    let refused = carol
        .client
        .post(&carol.home("/spaces/home/domains"), claim)
        .await;
    refused.expect_status(409).expect_problem("hostname_taken");
}

#[tokio::test]
async fn hostnames_that_no_one_can_own_are_refused() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    publish(&ada, "home", "public").await;
    for hostname in [
        "localhost",
        "10.0.0.1",
        "prox.test",
        "x.prox.test",
        "edge.prox.test",
        "a b.example",
        "https://a.example",
        "*.a.example",
        "a",
    ] {
        let reply = ada
            .client
            .post(
                &ada.home("/spaces/home/domains"),
                json!({"hostname": hostname}),
            )
            .await;
        assert_eq!(
            reply.expect_status(422).json()["errors"][0]["path"],
            "hostname",
            "{hostname}"
        );
    }
}

#[tokio::test]
async fn a_former_handle_redirects_to_the_new_one() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    publish(&ada, "home", "public").await;
    let _: Organization = ada
        .client
        .patch(&ada.home(""), json!({"slug": "countess"}))
        .await
        .expect(200);
    let moved = app.anonymous().get("/@ada.md").await;
    assert_eq!(moved.expect_status(308).header("location"), "/@countess.md");
    app.anonymous().get("/@countess").await.expect_status(200);
    app.anonymous().get("/@nobody").await.expect_status(404);
}

/// Adds items, each newer than the one before. The first of each hundred is a folder with the
/// other 99 in it.
async fn add_many(app: &App, space: &Space, count: i32, body: &str) {
    let sql = "insert into item
        (id, space_id, kind, title, body, mode, folder_id, position, created_at, updated_at)
      select 'itm_' || lpad(n::text, 26, '0'), $1,
        case when n % 100 = 0 then 'folder' else 'card' end, 'Thing ' || n,
        case when n % 100 = 0 then '' else $3 end, 'card',
        case when n % 100 > 0 then 'itm_' || lpad((n - n % 100)::text, 26, '0') end,
        1000 + n, '2026-01-01Z', '2026-01-01Z'::timestamptz + n * interval '1 minute'
      from generate_series(0, $2 - 1) n";
    let admin = app.database.admin().await;
    let id = space.id.to_string();
    admin.execute(sql, &[&id, &count, &body]).await.unwrap();
    admin.batch_execute("analyze item").await.unwrap();
}

/// The answer of the page's statement.
async fn read(app: &App, reader: Reader) -> PublicSpace {
    let mut client = app.connect().await;
    let statement = prox_db::public::by_handle("ada", "home", reader);
    let answer = client
        .run(&statement.for_viewer(None, app.fakes.now()))
        .await;
    answer.unwrap().parse().unwrap()
}

#[tokio::test]
async fn a_page_of_many_items_reads_no_more_than_it_shows() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let space = publish(&ada, "home", "public").await;
    add_many(&app, &space, 9_910, "text").await;

    let page = read(&app, Reader::Page).await;
    assert_eq!((page.items.len(), page.items_left_out), (2_000, 7_911));
    let shown = page.items.iter().map(|item| item.title.clone());
    let first = (0..1_999).map(|n| format!("Thing {n}"));
    assert!(shown.eq(std::iter::once("Hello".to_owned()).chain(first)));
    let feed = read(&app, Reader::Feed).await;
    assert_eq!((feed.items.len(), feed.items_left_out), (2_050, 7_861));
    assert_eq!(feed.items[2_000].kind, prox_types::ItemKind::Card);

    let html = app.anonymous().get("/@ada").await;
    assert!(
        html.text
            .contains("7911 more items are too much for this page.")
    );
    let pack = app.anonymous().get("/@ada.json").await.json();
    assert_eq!(pack["space"]["items_left_out"], 7_911);
    // The feed has the newest item, which the page leaves out.
    let rss = app.anonymous().get("/@ada.rss").await;
    assert!(rss.text.contains("<title>Thing 9909</title>"));
    assert!(!rss.text.contains("<title>Thing 9900</title>"), "a folder");
    assert_eq!(rss.text.matches("<item>").count(), 50);
}

#[tokio::test]
async fn a_page_of_large_items_reads_no_more_text_than_it_shows() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let space = publish(&ada, "home", "public").await;
    add_many(&app, &space, 100, &"x".repeat(20_000)).await;
    let page = read(&app, Reader::Page).await;
    let text = |item: &prox_types::PublicItem| item.title.len() + item.body.len();
    let read: usize = page.items.iter().map(text).sum();
    assert!(read <= PublicSpace::MAX_TEXT && read > PublicSpace::MAX_TEXT - 21_000);
    assert_eq!(page.items.len() + page.items_left_out, 101);
    let html = app.anonymous().get("/@ada").await;
    let note = format!("{} more items are too much", page.items_left_out);
    assert!(html.text.contains(&note));
}

#[tokio::test]
async fn no_route_of_the_api_answers_on_a_custom_host() {
    let app = App::start().await;
    let at_host = app.anonymous().with("x-prox-host", "home.ada.example");
    let document = serde_json::to_value(prox_api::document()).unwrap();
    let mut routes: Vec<(String, String)> = Vec::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys() {
            routes.push((method.to_uppercase(), path.replace(['{', '}'], "")));
        }
    }
    assert!(routes.len() > 40, "{routes:?}");
    for (method, path) in [
        ("POST", "/hooks/slack"),
        ("GET", "/api/openapi.json"),
        ("GET", "/api/docs"),
        ("PUT", "/api/me"),
    ] {
        routes.push((method.to_owned(), path.to_owned()));
    }
    for (method, path) in routes {
        let method = http::Method::from_bytes(method.as_bytes()).unwrap();
        let reply = at_host.send(method.clone(), &path, "").await;
        assert_eq!(reply.status, 404, "{method} {path}: {}", reply.text);
    }
}
