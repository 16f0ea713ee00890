//! Search: the rows of the design's table, filters, who finds what, and how entries stay true.

use std::collections::BTreeSet;

use http::Method;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use prox_integrations::unicode::Tables;
use prox_testing::{App, Person};
use prox_types::{
    Dataset, DatasetImport, Domain, Event, Instance, Item, Member, Organization, Page,
    SearchResult, SearchType, Segment, Space,
};
use serde_json::{Value, json};

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}

async fn search(person: &Person<'_>, q: &str) -> Vec<SearchResult> {
    let path = format!("/api/search?q={}", encoded(q));
    let page: Page<SearchResult> = person.client.get(&path).await.expect(200);
    page.items
}

fn titles(results: &[SearchResult]) -> Vec<&str> {
    results.iter().map(|result| result.title.as_str()).collect()
}

/// The segments with the hits in brackets.
fn marked(segments: &[Segment]) -> String {
    let mark = |s: &Segment| {
        if s.hit {
            format!("[{}]", s.text)
        } else {
            s.text.clone()
        }
    };
    segments.iter().map(mark).collect()
}

async fn add(person: &Person<'_>, space: &str, item: Value) -> Item {
    let path = person.home(&format!("/spaces/{space}/items"));
    person.client.post(&path, item).await.expect(201)
}

fn card(title: &str, body: &str) -> Value {
    json!({"kind": "card", "title": title, "body": body})
}

/// Fills the entries that a statement of the API did not write, as the sweep does.
async fn sweep(app: &App) -> i64 {
    let now = prox_types::Timestamp::UNIX_EPOCH;
    prox_api::fill_stale_entries(&mut app.connect().await, &Tables, now)
        .await
        .unwrap()
}

/// The items of the table, each with others that are like it.
async fn furnish(person: &Person<'_>) {
    let app = |title: &str, host: &str| json!({"kind": "app", "title": title, "url": format!("https://{host}/")});
    for item in [
        card(
            "Design tools",
            "We draw in Figma. Figma boards are in Figma.",
        ),
        app("Figma design board", "boards.example"),
        card("Graphics", "Grafana has graphs."),
        card(
            "Production plan",
            "The dashboard of production is in Grafana.",
        ),
        app("Grafana production dashboard", "grafana.example"),
        card("Deploy checklist", "Deploy on Tuesdays."),
        card("Who is oncall", "The oncall person has the phone."),
        json!({"kind": "card", "title": "Incident runbook", "tags": ["oncall"],
            "body": "First stop the deploy, then start the rollback."}),
        card("Container notes", "Our cluster runs on Kubernetes."),
        card("Kubernetes cluster credentials", ""),
        card(
            "Bekleidung",
            "In welcher Größe? Abholung in der Straße nebenan.",
        ),
        card("Größe und Straße", ""),
        card("Urlaub", "Drei Wochen im Sommer."),
        card("Urlaubsantrag", "Auch Überstunden können genommen werden."),
        card("Buffet", "A smorgas board."),
        card("Smörgåsbord", ""),
        card("دليل الأمن", "كلمات المرور"),
        card("دليل الموظف", "كيف تطلب الإجازات السنوية"),
        card("大阪オフィス", "受付は一階です"),
        card("京の東", "会場の議案室"),
        card("東京オフィス", "会議室は三階です"),
        card("Query language", "Each query is a string of words."),
        card("Retries", "The max of a retry."),
        card(
            "parseQueryString",
            "Reads a query string; see also maxRetry.",
        ),
        card("Older release", "v2.14.2 and v2.1.43"),
        card("Release notes", "v2.14.3 corrects the clock."),
        card("C guide", "C++ is another language."),
        card("C++ guide", "Templates."),
        card("C# conventions", "Names."),
        card("At the top", "T is a letter."),
        card("AT&T contract", ""),
        card("Wireless fidelity", "The wifi is slow."),
        card("Wi-Fi password", ""),
        card("It works on my machine", ""),
        card("Italian restaurants", ""),
        card("IT department", ""),
        card("Postgres versions", "PostgreSQL has a version each year."),
        card("PostgreSQL tuning", ""),
    ] {
        add(person, "work", item).await;
    }
}

#[tokio::test]
async fn each_query_of_the_table_finds_its_item_first() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("work").await;
    furnish(&ada).await;
    let mut wrong = Vec::new();
    for (queries, first) in [
        (&["figma", "fimga"][..], "Figma design board"),
        (
            &["graf", "production dashbord"],
            "Grafana production dashboard",
        ),
        (
            &[
                "deploy rollback",
                "#oncall",
                "tag:oncall",
                "\"deploy\" rollb",
            ],
            "Incident runbook",
        ),
        (&["kubernets"], "Kubernetes cluster credentials"),
        (
            &["GRÖSSE", "größe", "straße", "strasse", "STRASSE"],
            "Größe und Straße",
        ),
        (&["uberstunden", "Überstunden"], "Urlaubsantrag"),
        (&["smorgasbord", "Smörgås"], "Smörgåsbord"),
        (&["الاجازات", "الإجازات"], "دليل الموظف"),
        (&["東京", "会議室", "東京オフィス"], "東京オフィス"),
        (
            &["query string", "max_retry", "maxRetry", "parsequery"],
            "parseQueryString",
        ),
        (&["v2.14.3", "2.14.3"], "Release notes"),
        (&["c++", "C++ "], "C++ guide"),
        (&["C#", "c#"], "C# conventions"),
        (&["AT&T", "at&t"], "AT&T contract"),
        (&["wifi", "wi-fi", "Wi-Fi"], "Wi-Fi password"),
        (&["it", "IT "], "IT department"),
        (
            &["postgersql", "postgres tuning", "PostgreSQL t"],
            "PostgreSQL tuning",
        ),
    ] {
        for query in queries {
            let found = search(&ada, query).await;
            if found.first().is_none_or(|result| result.title != first) {
                wrong.push(format!("{query}: {:?} and not {first}", titles(&found)));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[tokio::test]
async fn hostile_queries_are_answered() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("work").await;
    add(
        &ada,
        "work",
        card("foo bar, don't be late: 50% off", "(draft"),
    )
    .await;
    let long = "x".repeat(10_000);
    let words = "word ".repeat(2_000);
    for (q, status, finds) in [
        ("foo bar", 200, true),
        ("don't be late", 200, true),
        ("50% off", 200, true),
        ("(draft", 200, true),
        ("-foo", 200, true),
        ("'", 200, false),
        ("\\", 200, false),
        ("foo\\", 200, true),
        ("'foo'", 200, true),
        ("foo & !bar | (:* <-> 'x", 200, false),
        ("\u{0}", 200, false),
        ("foo\u{0}", 200, true),
        ("in:\"\u{0}\"", 200, false),
        ("in:'x\\", 200, false),
        ("tag:'\\", 200, false),
        ("kind:';drop", 200, false),
        ("\u{202e}foo\u{200f}", 200, true),
        ("שלום \u{5b0}", 200, false),
        ("\"", 200, false),
        ("%", 200, false),
        ("$1 :now", 200, false),
        (long.as_str(), 422, false),
        (words.as_str(), 422, false),
    ] {
        let reply = ada
            .client
            .get(&format!("/api/search?q={}", encoded(q)))
            .await;
        assert_eq!(reply.status, status, "{q:?}: {}", reply.text);
        if status == 200 {
            let page: Page<SearchResult> = reply.expect(200);
            assert_eq!(
                !page.items.is_empty(),
                finds,
                "{q:?}: {:?}",
                titles(&page.items)
            );
        }
    }
    for (query, path) in [
        ("kind=nothing", "kind"),
        ("limit=0", "limit"),
        (&format!("in={}", "x".repeat(201)), "in"),
    ] {
        let reply = ada.client.get(&format!("/api/search?q=foo&{query}")).await;
        reply.expect_status(422);
        assert_eq!(reply.json()["errors"][0]["path"], path);
    }
    // Bytes that are not UTF-8.
    let reply = ada.client.get("/api/search?q=%ff%fe").await;
    assert!(reply.status == 200 || reply.status == 422, "{}", reply.text);
}

#[tokio::test]
async fn a_result_says_where_it_is_and_what_matched() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let space = ada.create_space("lab").await;
    let item = add(
        &ada,
        "lab",
        json!({"kind": "link", "title": "Grafana <b>board</b>", "url": "https://g.example/",
        "description": "All boards", "icon": "https://g.example/i.png"}),
    )
    .await;
    let found = search(&ada, "graf").await;
    let result = &found[0];
    assert_eq!(result.kind, SearchType::Item);
    assert_eq!(result.id, item.id.to_string());
    assert_eq!(
        result.url,
        format!("/o/ada/lab?window={}.{}", space.id, item.id)
    );
    assert_eq!(result.why, "Your home");
    assert_eq!(result.icon.as_deref(), Some("https://g.example/i.png"));
    assert_eq!(result.organization.slug.as_str(), "ada");
    assert_eq!(result.space.as_ref().unwrap().slug.as_str(), "lab");
    assert_eq!(marked(&result.title_segments), "[Grafana] <b>board</b>");
    assert_eq!(marked(&result.snippet), "All boards");
    let text = "# Steps\n\n- [x] Stop the **zeppelin**, see [the map](https://m.example/)";
    add(&ada, "lab", card("Journey", text)).await;
    assert_eq!(
        marked(&search(&ada, "zeppelin").await[0].snippet),
        "Steps ☑ Stop the [zeppelin], see the map"
    );

    let acme: Organization = ada
        .client
        .post("/api/organizations", json!({"name": "Acme"}))
        .await
        .expect(201);
    let base = format!("/api/organizations/{}", acme.id);
    let _: Member = ada
        .client
        .post(
            &format!("{base}/members"),
            json!({"email": "bob@example.com", "role": "member"}),
        )
        .await
        .expect(201);
    let _: Space = ada
        .client
        .post(&format!("{base}/spaces"), json!({"title": "Rockets"}))
        .await
        .expect(201);
    let found = search(&ada, "rockets").await;
    assert_eq!(
        (found[0].kind, found[0].why.as_str(), found[0].url.as_str()),
        (SearchType::Space, "Owner of Acme", "/o/acme/rockets")
    );
    assert_eq!(search(&bob, "rockets").await[0].why, "Member of Acme");
}

#[tokio::test]
async fn every_kind_of_thing_is_found() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("lab").await;
    let instance: Instance = ada
        .client
        .post(&ada.home("/instances"), json!({"name": "Zanzibar staging"}))
        .await
        .expect(201);
    let domain: Domain = ada
        .client
        .post(
            &ada.home("/spaces/lab/domains"),
            json!({"hostname": "zanzibar.example.org"}),
        )
        .await
        .expect(201);
    let event: Event = ada
        .client
        .post(
            &ada.home("/instances/main/events"),
            json!({"type": "trip.zanzibar", "payload": {"text": "Karibu"}}),
        )
        .await
        .expect(201);
    let member: Member = ada
        .client
        .post(
            &ada.home("/members"),
            json!({"email": "zanzibar@example.com", "role": "member"}),
        )
        .await
        .expect(201);
    let item = add(&ada, "lab", card("Zanzibar", "")).await;
    let space: Space = ada
        .client
        .post(&ada.home("/spaces"), json!({"title": "Zanzibar trip"}))
        .await
        .expect(201);
    // Found without a sweep.
    let found = search(&ada, "zanzibar").await;
    let kinds: BTreeSet<String> = found.iter().map(|r| format!("{:?}", r.kind)).collect();
    assert_eq!(kinds.len(), 6, "{found:#?}");
    // Each shows its row, and not only the window that lists it.
    for (filter, url, id) in [
        (
            "kind:event",
            format!(
                "/o/ada?window=events.{}.{}",
                event.instance_id.unwrap(),
                event.id
            ),
            event.id.to_string(),
        ),
        (
            "kind:member",
            format!("/o/ada?window=members.{}", member.id),
            member.id.to_string(),
        ),
        (
            "kind:domain",
            format!("/o/ada/lab?window=domains.{}", domain.id),
            domain.id.to_string(),
        ),
        (
            "kind:instance",
            format!("/o/ada?window=instances.{}", instance.id),
            instance.id.to_string(),
        ),
        (
            "kind:space",
            "/o/ada/zanzibar-trip".to_owned(),
            space.id.to_string(),
        ),
        (
            "kind:card",
            format!("/o/ada/lab?window={}.{}", item.space_id, item.id),
            item.id.to_string(),
        ),
    ] {
        let found = search(&ada, &format!("zanzibar {filter}")).await;
        assert_eq!(found.len(), 1, "{filter}: {:?}", titles(&found));
        assert_eq!((&found[0].url, &found[0].id), (&url, &id));
    }
    assert_eq!(
        marked(&search(&ada, "karibu").await[0].snippet),
        r#"{"text":"[Karibu]"}"#
    );
}

#[tokio::test]
async fn filters_limit_what_is_found() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    for slug in ["lab", "work"] {
        ada.create_space(slug).await;
        add(&ada, slug, card(&format!("Notes of {slug}"), "")).await;
        let link = json!({"kind": "link", "title": format!("Wiki of {slug}"), "url": "https://w.example/", "tags": ["On Call", slug, if slug == "lab" { "heute" } else { "morgen" }]});
        add(&ada, slug, link).await;
    }
    let tagged = json!({"kind": "card", "title": "Day", "body": "Not a tag: #heute"});
    add(&ada, "work", tagged).await;
    ada.client
        .patch(&ada.home("/spaces/work"), json!({"title": "The Öffice"}))
        .await
        .expect_status(200);
    for (q, expected) in [
        ("of kind:card", &["Notes of lab", "Notes of work"][..]),
        ("of kind:link in:lab", &["Wiki of lab"]),
        (
            "in:office kind:item",
            &["Day", "Notes of work", "Wiki of work"],
        ),
        ("in:\"the office\" notes", &["Notes of work"]),
        ("tag:oncall", &["Wiki of lab", "Wiki of work"]),
        ("tag:\"on call\" in:lab", &["Wiki of lab"]),
        ("tag:notes", &[]),
        ("tag:heute", &["Wiki of lab"]),
        ("kind:space lab", &["lab"]),
        ("in:nowhere notes", &[]),
        ("kind:nothing notes", &[]),
    ] {
        let found = search(&ada, q).await;
        let mut names = titles(&found);
        names.sort_unstable();
        assert_eq!(names, expected, "{q}");
    }
    for (query, expected) in [
        ("kind=card&in=lab", 1),
        ("kind=item", 5),
        ("in=lab&q=wiki", 1),
        ("kind=card&q=kind:link", 0),
        ("q=", 0),
        ("", 0),
    ] {
        let page: Page<SearchResult> = ada
            .client
            .get(&format!("/api/search?{query}"))
            .await
            .expect(200);
        assert_eq!(
            page.items.len(),
            expected,
            "{query}: {:?}",
            titles(&page.items)
        );
    }
}

#[tokio::test]
async fn an_entry_too_long_for_the_index_is_found() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    ada.create_space("lab").await;
    let words: Vec<String> = (0..2_000).map(|n| format!("word{n}")).collect();
    let body = format!("{} marmalade", words.join(" "));
    let mut long = card("Breakfast", &body);
    long["tags"] = json!(["kitchen"]);
    add(&ada, "lab", long).await;
    add(&ada, "lab", card("Marmalade", "")).await;
    assert_eq!(entries(&app, "is_long").await, 1);
    for (q, expected) in [
        ("marmalade", &["Marmalade", "Breakfast"][..]),
        ("marmalade word1999", &["Breakfast"]),
        ("tag:kitchen marm", &["Breakfast"]),
        ("breakfst", &["Breakfast"]),
        ("breakfast in:lab kind:card", &["Breakfast"]),
    ] {
        assert_eq!(titles(&search(&ada, q).await), expected, "{q}");
        assert_eq!(search(&bob, q).await.len(), 0, "{q}");
    }
}

#[tokio::test]
async fn only_members_find_what_is_in_an_organization() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let eve = app.person("eve@example.com").await;
    ada.create_space("home").await;
    add(&ada, "home", card("Treasure map", "")).await;
    // A public page is for its readers, not for the search of others.
    ada.client
        .post(&ada.home("/spaces/home/publish"), Value::Null)
        .await
        .expect_status(200);
    let member: Member = ada
        .client
        .post(
            &ada.home("/members"),
            json!({"email": "bob@example.com", "role": "member"}),
        )
        .await
        .expect(201);
    sweep(&app).await;
    assert_eq!(titles(&search(&bob, "treasure").await), ["Treasure map"]);
    assert!(search(&eve, "treasure").await.is_empty());
    assert!(
        search(&eve, "ada").await.is_empty(),
        "not a member of one of eve's organizations"
    );
    assert_eq!(search(&bob, "kind:member ada").await.len(), 1);
    assert_eq!(
        search(&bob, "kind:member bob").await.len(),
        2,
        "in two organizations"
    );
    let inside = async |person: &Person<'_>, org: &str| {
        let path = format!("/api/organizations/{org}/search?q=treasure");
        person.client.get(&path).await
    };
    let reply = inside(&bob, "ada").await;
    assert!(!reply.header("x-prox-seq").is_empty());
    assert_eq!(reply.expect::<Page<SearchResult>>(200).items.len(), 1);
    assert!(
        inside(&bob, "bob")
            .await
            .expect::<Page<SearchResult>>(200)
            .items
            .is_empty()
    );
    inside(&eve, "ada").await.expect_status(404);
    ada.client
        .delete(&ada.home(&format!("/members/{}", member.id)))
        .await
        .expect_status(204);
    assert!(search(&bob, "treasure").await.is_empty());
    app.anonymous()
        .get("/api/search?q=treasure")
        .await
        .expect_status(401);
    app.anonymous().get("/api/search").await.expect_status(401);
}

async fn entries(app: &App, condition: &str) -> i64 {
    let admin = app.database.admin().await;
    let sql = format!("select count(*) from search_entry where {condition}");
    admin.query_one(&sql, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn a_change_is_found_at_once() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("lab").await;
    let item = add(&ada, "lab", json!({"kind": "card", "title": "Alpha", "body": "bravo", "tags": ["charlie"], "description": "delta"})).await;
    let path = ada.home(&format!("/spaces/lab/items/{}", item.id));
    for (change, gone, there) in [
        (
            json!({"title": "Echo"}),
            "alpha",
            &["echo", "ehco", "bravo", "#charlie", "delta"][..],
        ),
        (
            json!({"body": "foxtrot"}),
            "bravo",
            &["echo", "foxtrot", "charlie", "delta"],
        ),
        (
            json!({"tags": ["golf"]}),
            "tag:charlie",
            &["echo", "foxtrot", "tag:golf", "delta"],
        ),
        (
            json!({"description": "", "tags": []}),
            "delta",
            &["echo", "foxtrot"],
        ),
        (json!({"place": {}}), "golf", &["echo", "foxtrot"]),
    ] {
        ada.client.patch(&path, change).await.expect_status(200);
        assert!(search(&ada, gone).await.is_empty(), "{gone}");
        for word in there {
            assert_eq!(titles(&search(&ada, word).await), ["Echo"], "{word}");
        }
    }
    // The weights of fields survive any number of changes.
    for n in 0..40 {
        ada.client
            .patch(
                &path,
                json!({"title": format!("Echo {n}"), "tags": [format!("t{n}")]}),
            )
            .await
            .expect_status(200);
    }
    assert_eq!(search(&ada, "tag:t39").await.len(), 1);
    assert!(search(&ada, "tag:t38").await.is_empty());
    assert_eq!(
        entries(&app, "stale and kind = 'card'").await,
        0,
        "no write left its entry to the sweep"
    );

    ada.client
        .patch(&ada.home("/spaces/lab"), json!({"title": "Hotel"}))
        .await
        .expect_status(200);
    assert_eq!(search(&ada, "hotel kind:space").await.len(), 1);
    assert!(
        search(&ada, "lab kind:space").await.len() == 1,
        "by its slug"
    );
    ada.client.delete(&path).await.expect_status(204);
    assert!(search(&ada, "echo").await.is_empty());
    assert_eq!(entries(&app, "kind = 'card'").await, 0);
    add(&ada, "lab", card("India", "")).await;
    ada.client
        .delete(&ada.home("/spaces/lab"))
        .await
        .expect_status(204);
    assert_eq!(entries(&app, "kind in ('card', 'space')").await, 0);
}

#[tokio::test]
async fn a_new_account_is_found_without_a_sweep() {
    let app = App::start().await;
    let ada = app.person("ada.lovelace@example.com").await;
    let _: Organization = ada
        .client
        .post("/api/organizations", json!({"name": "Acme"}))
        .await
        .expect(201);
    assert_eq!(entries(&app, "stale").await, 0);
    assert_eq!(search(&ada, "lovelace kind:member").await.len(), 2);
    assert_eq!(search(&ada, "main kind:instance").await.len(), 2);
}

#[tokio::test]
async fn rows_without_lexemes_are_found_after_a_sweep() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("old").await;
    let item = add(&ada, "old", card("Juliett", "kilo")).await;
    let admin = app.database.admin().await;
    // As after the migration: rows, and entries without lexemes.
    admin.batch_execute("update search_entry set stale = true, head = '', body = '', organization_id = null, space_id = null").await.unwrap();
    assert!(search(&ada, "juliett").await.is_empty());
    assert!(sweep(&app).await >= 4);
    assert_eq!(sweep(&app).await, 0);
    for word in [
        "juliett",
        "juliet",
        "kilo",
        "in:old juliett",
        "kind:space old",
        "kind:instance main",
        "kind:member ada",
    ] {
        assert_eq!(search(&ada, word).await.len(), 1, "{word}");
    }
    // As the release before writes, which knows nothing of entries.
    admin.batch_execute(&format!(
        "update item set title = 'Lima', updated_at = now() where id = '{0}';
         insert into item (id, space_id, kind, title, mode, position, created_at, updated_at)
         select 'itm_01h455vb4pex5vsknk084sn02q', space_id, 'card', 'Mike', 'card', 99, now(), now() from item where id = '{0}'",
        item.id
    )).await.unwrap();
    assert_eq!(sweep(&app).await, 2);
    for word in ["lima", "mike"] {
        assert_eq!(search(&ada, word).await.len(), 1, "{word}");
    }
    assert!(search(&ada, "juliett").await.is_empty());
}

#[tokio::test]
async fn a_sweep_does_not_overwrite_a_concurrent_change() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("old").await;
    let item = add(&ada, "old", card("November", "")).await;
    let admin = app.database.admin().await;
    admin
        .batch_execute("update search_entry set stale = true")
        .await
        .unwrap();
    let now = prox_types::Timestamp::UNIX_EPOCH;
    let mut client = app.connect().await;
    let stale = client
        .run(&prox_db::search::stale(100).for_anonymous(now))
        .await
        .unwrap()
        .parse()
        .unwrap();
    let path = ada.home(&format!("/spaces/old/items/{}", item.id));
    ada.client
        .patch(&path, json!({"title": "Oscar"}))
        .await
        .expect_status(200);
    let count = stale.len();
    let nothing = stale
        .into_iter()
        .map(|entry| (entry, prox_db::search::EntryTerms::default()))
        .collect();
    let mut client = app.connect().await;
    let filled = client
        .run(&prox_db::search::fill(nothing).for_anonymous(now))
        .await
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(usize::try_from(filled).unwrap(), count - 1);
    assert_eq!(search(&ada, "oscar").await.len(), 1);
}

#[tokio::test]
async fn pages_have_every_result_once() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("big").await;
    for n in 0..130 {
        add(&ada, "big", card(&format!("Papa {n}"), "")).await;
    }
    for limit in [7, 50, 200] {
        let (mut seen, mut next, mut pages) = (BTreeSet::new(), String::new(), 0);
        loop {
            let path = format!("/api/search?q=papa&limit={limit}{next}");
            let page: Page<SearchResult> = ada.client.get(&path).await.expect(200);
            assert!(page.items.len() <= limit);
            for result in page.items {
                assert!(seen.insert(result.id.clone()), "{} twice", result.title);
            }
            pages += 1;
            match page.next_cursor {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => break,
            }
        }
        assert_eq!(seen.len(), 130, "in pages of {limit}");
        assert!(pages >= 3);
        if limit == 7 {
            ada.client
                .get(&format!("/api/search?q=other{next}"))
                .await
                .expect_status(400)
                .expect_problem("bad_cursor");
        }
    }
}

#[tokio::test]
async fn datasets_are_found_by_name_notes_and_columns() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let body = json!({"name": "Quarterly turnover", "notes": "From the ledger",
        "columns": [{"name": "region"}]});
    let dataset: Dataset = ada
        .client
        .post(&ada.home("/datasets"), body)
        .await
        .expect(201);
    for words in [
        "turnover",
        "quarterly-turnover",
        "ledger",
        "region",
        "kind:dataset turnovr",
    ] {
        let found = search(&ada, words).await;
        let [one] = &found[..] else {
            panic!("{words}: {found:?}");
        };
        assert_eq!(one.kind, SearchType::Dataset);
        assert_eq!(one.url, format!("/o/ada?window=datasets.{}", dataset.id));
        assert_eq!(search(&bob, words).await, []);
    }
    let path = ada.home(&format!("/datasets/{}", dataset.id));
    let change = json!({"name": "Yearly turnover", "notes": "Audited"});
    ada.client.patch(&path, change).await.expect_status(200);
    assert_eq!(search(&ada, "audited yearly region").await.len(), 1);
    assert_eq!(search(&ada, "ledger").await, []);
    // Columns that change later are found after the sweep.
    app.fakes.advance(jiff::SignedDuration::from_secs(1));
    let columns = format!("{path}/columns");
    ada.client
        .post(&columns, json!({"name": "zanzibar"}))
        .await
        .expect_status(201);
    let mut client = app.connect().await;
    let now = prox_api::ports::Clock::now(&*app.fakes);
    prox_api::fill_stale_entries(&mut client, &Tables, now)
        .await
        .unwrap();
    assert_eq!(search(&ada, "zanzibar").await.len(), 1);
    // A file is found as soon as it is imported.
    let path = ada.home("/imports?file_name=ships.csv");
    let file = "harbour,tonnage\nBergen,3\n";
    let import: DatasetImport = ada.client.send(Method::POST, &path, file).await.expect(201);
    app.finish_imports().await;
    let path = ada.home(&format!("/imports/{}/store", import.id));
    ada.client.post(&path, Value::Null).await.expect_status(200);
    app.finish_imports().await;
    assert_eq!(search(&ada, "ships").await[0].title, "ships");
    assert_eq!(search(&ada, "tonnage").await[0].title, "ships");
    let path = ada.home(&format!("/datasets/{}", dataset.id));
    ada.client.delete(&path).await.expect_status(204);
    assert_eq!(search(&ada, "turnover").await, []);
}
