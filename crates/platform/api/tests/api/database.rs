//! Properties that the database guarantees: stored JSON, positions, races, indexes, limits.

use std::collections::HashSet;

use futures_util::future::join_all;
use http::Method;
use prox_testing::{App, Person};
use prox_types::{
    Collector, Connector, Dataset, DatasetImport, Domain, Event, Grant, Instance, Item, Member,
    Organization, Page, Session, ShareLink, Space, Workspace,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// A repeatable sequence of choices (xorshift).
struct Choices(u64);

impl Choices {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(n).unwrap()).unwrap()
    }
}

/// Texts that JSON has to escape, or that look like JSON.
const TEXTS: &[&str] = &[
    "plain",
    "\"quotes\" and \\ backslash",
    "},{\"id\":\"x",
    "Zoë 東京 👩‍🚀",
    "<script>&amp;</script>",
    "'single' $1 :title %s",
];

/// All entries of a list; the server must accept every cursor that it returns.
async fn all(person: &Person<'_>, path: &str, limit: usize) -> Vec<Value> {
    let mut items = Vec::new();
    let mut next = format!("{path}?limit={limit}");
    loop {
        let reply = person.client.get(&next).await;
        let page: Value = reply.expect(200);
        let found = page["items"].as_array().unwrap();
        assert!(found.len() <= limit);
        items.extend(found.iter().cloned());
        match page["next_cursor"].as_str() {
            None => return items,
            Some(cursor) => {
                assert!(!found.is_empty(), "a page with a next page has entries");
                next = format!("{path}?limit={limit}&cursor={cursor}");
            }
        }
    }
}

/// Checks that a list returns exactly the members of its type, on pages of any size.
async fn check_list<T: Serialize + DeserializeOwned>(person: &Person<'_>, path: &str) {
    let items = all(person, path, 200).await;
    assert!(!items.is_empty(), "{path} is empty: it proves nothing");
    assert_eq!(all(person, path, 3).await, items, "{path} in pages of 3");
    for item in items {
        let typed: T = serde_json::from_value(item.clone()).unwrap();
        let fresh = serde_json::to_value(typed).unwrap();
        let (fresh, stored) = (fresh.as_object().unwrap(), item.as_object().unwrap());
        assert_eq!(
            fresh.keys().collect::<HashSet<_>>(),
            stored.keys().collect::<HashSet<_>>(),
            "the type and the stored JSON of {path} differ: see migrations/README.md, \"Stored wire JSON\""
        );
        for (key, value) in fresh {
            if !key.ends_with("_at") {
                assert_eq!(value, &stored[key], "{path} {key}");
            }
        }
    }
}

/// The tables with wire JSON.
async fn tables_with_wire(admin: &tokio_postgres::Client) -> Vec<String> {
    let rows = admin
        .query(
            "select table_name::text from information_schema.columns
             where column_name = 'wire' and table_schema = 'public' order by 1",
            &[],
        )
        .await
        .unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// Compares the stored JSON of every row with its columns, as Postgres itself renders them.
async fn check_stored_json(app: &App) {
    let admin = app.database.admin().await;
    for table in tables_with_wire(&admin).await {
        let rows: i64 = admin
            .query_one(&format!("select count(*) from \"{table}\""), &[])
            .await
            .unwrap()
            .get(0);
        assert!(rows > 0, "{table} is empty: it proves nothing");
        let wrong = admin
            .query(
                &format!(
                    r#"
select r.fields::text, e.key, e.value::text
from (select to_jsonb(x) as fields, ('{{' || x.wire || '}}')::jsonb as wire from "{table}" x) r,
  jsonb_each(r.wire) e
where case
  when e.key like '%\_at' then
    abs(extract(epoch from (e.value #>> '{{}}')::timestamptz - (r.fields->>e.key)::timestamptz)) >= 0.001
    or (r.fields->>e.key is null) <> (e.value = 'null')
  when e.key = 'position' then e.value #>> '{{}}' is distinct from r.fields->>e.key
  when e.key = 'has_passphrase' then e.value <> to_jsonb(r.fields->>'passphrase_hash' is not null)
  when r.fields ? 'report' and e.key in ('columns', 'notes', 'lists', 'sample') then
    e.value is distinct from coalesce(r.fields->'report'->e.key, '[]')
  when e.key = 'columns' then (select jsonb_agg(c - 'id' order by at) from jsonb_array_elements(e.value) with ordinality x(c, at))
    is distinct from (select jsonb_agg(c - 'slot' order by at) from jsonb_array_elements(r.fields->'columns') with ordinality x(c, at))
  when e.key = 'personal' then e.value <> to_jsonb(r.fields->>'personal_user_id' is not null)
  when e.key = 'external_id' then
    e.value #>> '{{}}' is distinct from coalesce(r.fields->>e.key, r.fields->>'delivery_id')
  else e.value is distinct from r.fields->e.key end"#
                ),
                &[],
            )
            .await
            .unwrap();
        if let Some(row) = wrong.first() {
            let (fields, key, value): (String, String, String) =
                (row.get(0), row.get(1), row.get(2));
            panic!("{table}: stored {key} is {value}, the row is {fields}");
        }
    }
}

#[tokio::test]
async fn stored_json_equals_the_rows_after_random_writes() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let home = ada.home("");
    let mut choices = Choices(0x9e37_79b9_7f4a_7c15);
    for slug in ["home", "work"] {
        ada.create_space(slug).await;
    }
    let member: Member = ada
        .client
        .post(
            &ada.home("/members"),
            json!({"email": "bob@example.com", "role": "admin"}),
        )
        .await
        .expect(201);
    let items = format!("{home}/spaces/home/items");
    let mut ids: Vec<String> = Vec::new();
    for n in 0..150 {
        app.fakes
            .advance(jiff::SignedDuration::from_micros(1_234_567));
        let text = TEXTS[choices.below(TEXTS.len())];
        let known = ids.get(choices.below(ids.len().max(1))).cloned();
        let (method, path, body) = match (choices.below(14), known) {
            (0, _) | (_, None) => (
                "POST",
                items.clone(),
                json!({"kind": "link", "title": text, "url": format!("https://example.com/?n={n}"),
                    "tags": [text], "reasons": [text], "icon": "https://example.com/i.png",
                    "size": (["row", "wide", "tall"][choices.below(3)]), "color": "#1F6470"}),
            ),
            (1, _) => (
                "POST",
                items.clone(),
                json!({"kind": "folder", "title": text, "place": {}}),
            ),
            (2, _) => (
                "POST",
                items.clone(),
                json!({"kind": "card", "title": text, "body": format!("{text}\n{text}")}),
            ),
            (3, Some(id)) => (
                "PATCH",
                format!("{items}/{id}"),
                json!({"title": text, "description": text}),
            ),
            (4, Some(id)) => (
                "PATCH",
                format!("{items}/{id}"),
                json!({"place": {"after": ids[0]}}),
            ),
            (5, Some(id)) => (
                "PATCH",
                format!("{items}/{}", ids[choices.below(ids.len())]),
                json!({"place": {"folder_id": id}}),
            ),
            (6, Some(id)) => ("DELETE", format!("{items}/{id}"), Value::Null),
            (7, _) => ("PATCH", home.clone(), json!({"name": text})),
            (8, _) => (
                "PATCH",
                format!("{home}/spaces/work"),
                json!({"title": text, "description": text, "accent": n, "cover": "art:dunes"}),
            ),
            (9, _) => (
                "POST",
                format!("{home}/instances/main/events"),
                json!({"type": "a.b", "external_id": format!("{n}"), "payload": {"text": text, "n": n}}),
            ),
            (10, _) => ("PATCH", String::from("/api/me"), json!({"name": text})),
            (12, _) => (
                "POST",
                items.clone(),
                json!({"kind": "widget", "widget": "clock", "title": text, "body": "UTC\nEurope/Berlin"}),
            ),
            (11, _) => (
                "POST",
                format!("{home}/workspaces"),
                json!({"name": text, "position": choices.below(5), "layout": {text: [text, n]}}),
            ),
            (_, _) => (
                "PATCH",
                format!("{home}/members/{}", member.id),
                json!({"role": (["owner", "admin", "member"][choices.below(3)])}),
            ),
        };
        let reply = ada
            .client
            .json(method.parse().unwrap(), &path, body.clone())
            .await;
        match reply.status.as_u16() {
            201 if path == items => ids.push(reply.expect::<Item>(201).id.to_string()),
            204 => ids.retain(|id| !path.ends_with(id)),
            200 | 201 | 422 => {}
            other => panic!("{method} {path} {body}: {other} {}", reply.text),
        }
    }
    for (path, body) in [
        ("/spaces/home/publish", json!({})),
        ("/spaces/home/domains", json!({"hostname": "ada.example"})),
        ("/instances", json!({"name": TEXTS[1]})),
        (
            "/datasets",
            json!({"name": TEXTS[1], "notes": TEXTS[1], "columns": [{"name": TEXTS[1], "type": "number", "format": {"decimals": 2}}]}),
        ),
        (
            "/spaces/home/grants",
            json!({"principal": {"type": "user", "email": "eve@example.com"}, "level": "edit"}),
        ),
        (
            "/spaces/home/share-links",
            json!({"name": TEXTS[1], "passphrase": "sesame", "max_uses": 3, "expires_at": "2027-01-01T00:00:00Z"}),
        ),
    ] {
        let reply = ada.client.post(&format!("{home}{path}"), body).await;
        assert!(reply.status.is_success(), "{}", reply.text);
    }
    let datasets: Page<Dataset> = ada.client.get(&ada.home("/datasets")).await.expect(200);
    let collectors = ada.home(&format!("/datasets/{}/collectors", datasets.items[0].id));
    let body = json!({"instance": "main", "event_type": "c.d", "paths": {"c1": "/payload/~1"}});
    ada.client.post(&collectors, body).await.expect_status(201);
    let imports = ada.home("/imports?file_name=a.csv");
    let import = ada.client.send(Method::POST, &imports, "a,b\n1,x\n2\n");
    import.await.expect_status(201);
    app.finish_imports().await;
    // Connectors come from Slack's answers; here rows are enough.
    let admin = app.database.admin().await;
    admin
        .batch_execute(
            r#"insert into account (id, provider, external_id, name, created_at, updated_at)
               values ('acc_01h455vb4pex5vsknk084sn02q', 'slack-bot', 'T1', 'The "team"', now(), now());
               insert into instance_account_permission (id, instance_id, account_id, created_at)
               select 'iap_01h455vb4pex5vsknk084sn02q', inst.id, 'acc_01h455vb4pex5vsknk084sn02q', now()
               from instance inst join organization o on o.id = inst.organization_id
               where inst.slug = 'main' and o.slug = 'ada'"#,
        )
        .await
        .unwrap();

    check_stored_json(&app).await;
    check_list::<Organization>(&ada, "/api/me/organizations").await;
    check_list::<Organization>(&bob, "/api/organizations").await;
    check_list::<Session>(&ada, "/api/auth/sessions").await;
    check_list::<Member>(&ada, &ada.home("/members")).await;
    check_list::<Instance>(&ada, &ada.home("/instances")).await;
    check_list::<Event>(&ada, &ada.home("/instances/main/events")).await;
    check_list::<Connector>(&ada, &ada.home("/instances/main/connectors")).await;
    check_list::<Space>(&ada, &ada.home("/spaces")).await;
    check_list::<Workspace>(&ada, &ada.home("/workspaces")).await;
    check_list::<Item>(&ada, &items).await;
    check_list::<Grant>(&ada, &ada.home("/spaces/home/grants")).await;
    check_list::<ShareLink>(&ada, &ada.home("/spaces/home/share-links")).await;
    check_list::<Dataset>(&ada, &ada.home("/datasets")).await;
    check_list::<Collector>(&ada, &collectors).await;
    check_list::<DatasetImport>(&ada, &ada.home("/imports")).await;
    check_list::<Domain>(&ada, &ada.home("/spaces/home/domains")).await;
}

#[tokio::test]
async fn a_new_wire_shape_rewrites_the_rows_that_exist() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    let admin = app.database.admin().await;
    // The recipe of migrations/README.md, with a member that the shape does not have yet.
    admin
        .batch_execute(
            r#"
create function space_wire_4(
    id text, organization_id text, slug text, title text, description text, visibility text, accent integer,
    cover text, theme text, version bigint, published_at timestamptz, created_at timestamptz, updated_at timestamptz)
  returns text language sql immutable parallel safe
  return (select wire_members(row_to_json(x)) from (select
    id, organization_id, slug, title, description, visibility, accent, cover, theme, version,
    wire_time(published_at) as published_at, wire_time(created_at) as created_at,
    wire_time(updated_at) as updated_at, length(title) as title_length) x);
alter table space alter column wire set expression as (space_wire_4(
  id, organization_id, slug, title, description, visibility, accent, cover, theme, version, published_at, created_at,
  updated_at));
drop function space_wire_3"#,
        )
        .await
        .unwrap();
    let page: Value = ada.client.get(&ada.home("/spaces")).await.expect(200);
    assert_eq!(page["items"][0]["title_length"], 4, "an old row");
    ada.client
        .patch(&ada.home("/spaces/home"), json!({"title": "Longer"}))
        .await
        .expect_status(200);
    let page: Value = ada.client.get(&ada.home("/spaces")).await.expect(200);
    assert_eq!(page["items"][0]["title_length"], 6, "a written row");
}

#[tokio::test]
async fn wire_columns_are_generated_by_versioned_functions() {
    let app = App::start().await;
    let admin = app.database.admin().await;
    let rows = admin
        .query(
            "select table_name::text, generation_expression::text from information_schema.columns
             where column_name = 'wire' and table_schema = 'public'",
            &[],
        )
        .await
        .unwrap();
    assert!(rows.len() >= 11);
    for row in rows {
        let (table, expression): (String, Option<String>) = (row.get(0), row.get(1));
        let expression = expression.unwrap_or_default();
        assert!(
            expression.contains("_wire_"),
            "{table}.wire is not generated by {table}_wire_N: {expression}"
        );
    }
}

#[tokio::test]
async fn every_foreign_key_has_an_index() {
    let app = App::start().await;
    let admin = app.database.admin().await;
    let rows = admin
        .query(
            "select c.conrelid::regclass || ' ' || c.conname from pg_constraint c
             where c.contype = 'f' and c.connamespace = 'public'::regnamespace and not exists (
               select from pg_index x
               where x.indrelid = c.conrelid and x.indpred is null and x.indisvalid
                 and (x.indkey::int2[])[0:cardinality(c.conkey) - 1] @> c.conkey)",
            &[],
        )
        .await
        .unwrap();
    let missing: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    assert!(
        missing.is_empty(),
        "deleting a referenced row scans these tables; add an index in a migration: {missing:?}"
    );
}

#[tokio::test]
async fn deleting_a_space_scans_no_table_for_each_item() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let space = ada.create_space("big").await;
    let admin = app.database.admin().await;
    admin
        .execute(
            "insert into item (id, space_id, kind, title, mode, position, created_at, updated_at)
             select 'itm_' || n, $1, 'card', 'x', 'card', n, now(), now() from generate_series(1, 5000) n",
            &[&space.id.to_string()],
        )
        .await
        .unwrap();
    admin.batch_execute("analyze item").await.unwrap();
    admin
        .batch_execute("delete from space where slug = 'big'")
        .await
        .unwrap();
    // Flushes the statistics of this connection, which the next query reads.
    admin
        .batch_execute("select pg_stat_force_next_flush()")
        .await
        .unwrap();
    let scanned: i64 = admin
        .query_one(
            "select sum(seq_scan)::int8 from pg_stat_user_tables
             where relname in ('item', 'grant', 'domain')",
            &[],
        )
        .await
        .unwrap()
        .get(0);
    // Without an index that begins with a foreign key's columns, each of 5,000 items causes a scan.
    assert!(scanned < 100, "{scanned} sequential scans");
}

async fn add(person: &Person<'_>, items: &str, title: &str, place: Value) -> Item {
    let mut body = json!({"kind": "card", "title": title});
    if !place.is_null() {
        body["place"] = place;
    }
    person.client.post(items, body).await.expect(201)
}

async fn titles(person: &Person<'_>, items: &str) -> Vec<String> {
    all(person, items, 50)
        .await
        .iter()
        .map(|item| item["title"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test]
async fn moves_into_one_gap_keep_positions_short_and_pages_readable() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    let items = ada.home("/spaces/home/items");
    let mut last = Vec::new();
    for title in ["a", "b", "c"] {
        last.push(add(&ada, &items, title, Value::Null).await.id.to_string());
    }
    for n in 0..320 {
        let moved: Item = ada
            .client
            .patch(
                &format!("{items}/{}", last[1 + n % 2]),
                json!({"place": {"after": last[0]}}),
            )
            .await
            .expect(200);
        assert!(moved.position.len() <= 60, "{}", moved.position);
        if n % 8 > 1 {
            continue;
        }
        let expected = if n % 2 == 0 {
            ["a", "b", "c"]
        } else {
            ["a", "c", "b"]
        };
        assert_eq!(titles(&ada, &items).await, expected, "after move {n}");
        assert_eq!(all(&ada, &items, 1).await.len(), 3);
    }
}

#[tokio::test]
async fn parallel_insertions_at_one_place_get_different_positions() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    let items = ada.home("/spaces/home/items");
    let first = add(&ada, &items, "first", Value::Null).await;
    let last = add(&ada, &items, "last", Value::Null).await;
    let places = [Value::Null, json!({}), json!({"after": first.id})];
    let adds = (0..30).map(|n| add(&ada, &items, "x", places[n % 3].clone()));
    join_all(adds).await;
    let listed = all(&ada, &items, 200).await;
    let positions: HashSet<&str> = listed
        .iter()
        .map(|item| item["position"].as_str().unwrap())
        .collect();
    assert_eq!(positions.len(), 32);
    // "After" means directly after, also beside items that were added at the same moment.
    let next = add(&ada, &items, "next", json!({"after": first.id})).await;
    let ids: Vec<String> = all(&ada, &items, 200)
        .await
        .iter()
        .map(|item| item["id"].as_str().unwrap().to_owned())
        .collect();
    let at = ids.iter().position(|id| *id == first.id.to_string());
    assert_eq!(ids[at.unwrap() + 1], next.id.to_string());
    assert!(ids.contains(&last.id.to_string()));
}

#[tokio::test]
async fn items_of_a_deleted_folder_take_its_place_in_order() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    let items = ada.home("/spaces/home/items");
    for title in ["A", "B"] {
        add(&ada, &items, title, Value::Null).await;
    }
    let folder: Item = ada
        .client
        .post(&items, json!({"kind": "folder", "title": "F"}))
        .await
        .expect(201);
    add(&ada, &items, "C", Value::Null).await;
    for title in ["X", "Y", "Z"] {
        add(&ada, &items, title, Value::Null).await;
    }
    for item in all(&ada, &items, 50).await {
        if ["X", "Y", "Z"].contains(&item["title"].as_str().unwrap()) {
            ada.client
                .patch(
                    &format!("{items}/{}", item["id"].as_str().unwrap()),
                    json!({"place": {"folder_id": folder.id}}),
                )
                .await
                .expect_status(200);
        }
    }
    // Each was added at the beginning of the folder, so the order is reversed.
    ada.client
        .delete(&format!("{items}/{}", folder.id))
        .await
        .expect_status(204);
    assert_eq!(titles(&ada, &items).await, ["A", "B", "Z", "Y", "X", "C"]);
    let listed = all(&ada, &items, 50).await;
    let after = |title: &str| listed.iter().find(|i| i["title"] == title).unwrap()["id"].clone();
    add(&ada, &items, "new", json!({"after": after("Y")})).await;
    assert_eq!(
        titles(&ada, &items).await,
        ["A", "B", "Z", "Y", "new", "X", "C"]
    );
}

#[tokio::test]
async fn parallel_claims_with_one_key_get_equal_answers() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    for (path, body) in [
        ("/spaces/home/domains", json!({"hostname": "ada.example"})),
        ("/spaces", json!({"title": "Once", "slug": "once"})),
        ("/spaces", json!({"title": "Any slug"})),
        (
            "/spaces/home/items",
            json!({"kind": "card", "title": "Once"}),
        ),
        ("/instances", json!({"name": "Once"})),
        (
            "/members",
            json!({"email": "bob@example.com", "role": "member"}),
        ),
        (
            "/instances/main/events",
            json!({"type": "a.b", "external_id": "1", "payload": {}}),
        ),
    ] {
        let client = ada.client.with(
            "idempotency-key",
            &format!("{path}{body}").replace(' ', "_"),
        );
        let path = ada.home(path);
        let replies = join_all((0..30).map(|_| client.post(&path, body.clone()))).await;
        for reply in &replies {
            reply.expect_status(201);
            assert_eq!(reply.json(), replies[0].json(), "{path}");
        }
    }
}

#[tokio::test]
async fn slugs_that_the_server_chooses_never_conflict() {
    let app = App::start().await;
    let people = join_all((0..30).map(|n| {
        let app = &app;
        async move { app.person(&format!("ada@host{n}.example")).await.me.handle }
    }))
    .await;
    assert_eq!(people.iter().collect::<HashSet<_>>().len(), 30);

    let ada = app.person("owner@example.com").await;
    for (path, body) in [
        ("/spaces", json!({"title": "Same title"})),
        ("/instances", json!({"name": "Same name"})),
    ] {
        let path = ada.home(path);
        let replies = join_all((0..40).map(|_| ada.client.post(&path, body.clone()))).await;
        let slugs: HashSet<String> = replies
            .iter()
            .map(|reply| reply.expect::<Value>(201)["slug"].to_string())
            .collect();
        assert_eq!(slugs.len(), 40, "{path}");
    }
    let replies = join_all((0..30).map(|_| {
        ada.client
            .post("/api/organizations", json!({"name": "Same team"}))
    }))
    .await;
    for reply in replies {
        reply.expect_status(201);
    }
}

#[tokio::test]
async fn a_former_handle_is_held_for_90_days_and_redirects() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    ada.create_space("home").await;
    ada.client
        .post(&ada.home("/spaces/home/publish"), json!({}))
        .await
        .expect_status(200);
    let organization = ada
        .client
        .get(&ada.home(""))
        .await
        .expect::<Organization>(200);
    let by_id = format!("/api/organizations/{}", organization.id);
    ada.client
        .patch(&by_id, json!({"slug": "countess"}))
        .await
        .expect_status(200);

    for (path, to) in [("/@ada", "/@countess"), ("/@ada.md", "/@countess.md")] {
        let moved = app.anonymous().get(path).await;
        assert_eq!(moved.expect_status(308).header("location"), to);
    }
    app.anonymous().get("/@countess").await.expect_status(200);
    let take = json!({"name": "Imposter", "slug": "ada"});
    bob.client
        .post("/api/organizations", take.clone())
        .await
        .expect_status(409)
        .expect_problem("slug_taken");
    bob.client
        .patch(&bob.home(""), json!({"slug": "ada"}))
        .await
        .expect_problem("slug_taken");
    assert_ne!(
        app.person("ada@other.example").await.me.handle.as_str(),
        "ada"
    );

    // Its own organization may take it back.
    for slug in ["ada", "countess"] {
        ada.client
            .patch(&by_id, json!({"slug": slug}))
            .await
            .expect_status(200);
    }
    app.fakes.advance(jiff::SignedDuration::from_hours(24 * 91));
    let bob = app.person("bob@example.com").await;
    bob.client
        .post("/api/organizations", take)
        .await
        .expect_status(201);
    app.anonymous().get("/@ada").await.expect_status(404);
}

#[tokio::test]
async fn a_slug_that_is_being_given_up_is_reserved_too() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let mut admin = app.database.admin().await;
    // The rename is not committed yet when the other request takes its snapshot.
    let renaming = admin.transaction().await.unwrap();
    renaming
        .batch_execute(
            "update organization set slug = 'countess' where slug = 'ada';
             insert into former_slug select 'ada', id, '2027-01-01' from organization where slug = 'countess'",
        )
        .await
        .unwrap();
    let take = bob.client.post(
        "/api/organizations",
        json!({"name": "Imposter", "slug": "ada"}),
    );
    let commit = async {
        let watcher = app.database.admin().await;
        loop {
            let waiting: i64 = watcher
                .query_one("select count(*) from pg_locks where not granted", &[])
                .await
                .unwrap()
                .get(0);
            if waiting > 0 {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        renaming.commit().await.unwrap();
    };
    let (reply, ()) = tokio::join!(take, commit);
    // The check or the trigger refuses; before the commit, the slug is simply taken.
    reply.expect_status(409).expect_problem("slug_taken");
    drop(ada);
}

#[tokio::test]
async fn the_person_of_a_personal_organization_stays_its_owner() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let _: Member = ada
        .client
        .post(
            &ada.home("/members"),
            json!({"email": "bob@example.com", "role": "owner"}),
        )
        .await
        .expect(201);
    let members: Page<Member> = ada.client.get(&ada.home("/members")).await.expect(200);
    let own = members.items.iter().find(|m| m.user_id == ada.me.id);
    let path = ada.home(&format!("/members/{}", own.unwrap().id));
    for client in [&ada.client, &bob.client] {
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
    ada.client.get(&ada.home("")).await.expect_status(200);
}

#[tokio::test]
async fn numbers_of_a_payload_keep_their_digits() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let events = ada.home("/instances/main/events");
    let payload =
        r#"{"a":8202522731445525542,"b":123456789012345678901234567890,"c":1e400,"d":1.10,"e":-0}"#;
    let sent = ada
        .client
        .with("content-type", "application/json")
        .send(
            http::Method::POST,
            &events,
            format!(r#"{{"type":"a.b","payload":{payload}}}"#),
        )
        .await;
    assert!(sent.expect_status(201).text.contains(payload));
    assert!(ada.client.get(&events).await.text.contains(payload));
}

#[tokio::test]
async fn many_huge_numbers_are_stored_as_short_as_they_were_sent() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let events = ada.home("/instances/main/events");
    let numbers = vec!["1e308"; 40_000].join(",");
    for _ in 0..10 {
        ada.client
            .with("content-type", "application/json")
            .send(
                http::Method::POST,
                &events,
                format!(r#"{{"type":"a.b","payload":{{"n":[{numbers}]}}}}"#),
            )
            .await
            .expect_status(201);
    }
    let page = ada.client.get(&events).await;
    assert!(page.text.len() < 1_300_000, "{} bytes", page.text.len());
    assert_eq!(all(&ada, &events, 200).await.len(), 10);
}

#[tokio::test]
async fn an_entry_above_the_page_size_is_a_page_of_its_own() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    let items = ada.home("/spaces/home/items");
    let body = "\u{1f600}".repeat(20_000);
    for _ in 0..30 {
        ada.client
            .post(
                &items,
                json!({"kind": "card", "title": "big", "body": body}),
            )
            .await
            .expect_status(201);
    }
    let page: Value = ada
        .client
        .get(&format!("{items}?limit=200"))
        .await
        .expect(200);
    assert!((1..30).contains(&page["items"].as_array().unwrap().len()));
    assert_eq!(all(&ada, &items, 200).await.len(), 30);
}

#[tokio::test]
async fn a_lone_surrogate_is_stored_as_u_fffd() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("home").await;
    for (path, body, stored) in [
        (
            "/instances/main/events",
            r#"{"type":"a.b","payload":{"text":"cut \ud83d"}}"#,
            r#"cut \ufffd"#,
        ),
        (
            "/spaces/home/items",
            r#"{"kind":"card","title":"cut \ud83d"}"#,
            "cut \u{fffd}",
        ),
    ] {
        let reply = ada
            .client
            .with("content-type", "application/json")
            .send(http::Method::POST, &ada.home(path), body)
            .await;
        assert!(
            reply.expect_status(201).text.contains(stored),
            "{}",
            reply.text
        );
    }
}

#[tokio::test]
async fn a_payload_that_is_nested_too_deeply_is_refused() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    for levels in [101, 3_000] {
        let (open, close) = ("[".repeat(levels - 1), "]".repeat(levels - 1));
        let reply = ada
            .client
            .with("content-type", "application/json")
            .send(
                http::Method::POST,
                &ada.home("/instances/main/events"),
                format!(r#"{{"type":"a.b","payload":{{"a":{open}{close}}}}}"#),
            )
            .await;
        reply.expect_status(422);
        assert_eq!(reply.json()["errors"][0]["path"], "payload");
    }
}

#[tokio::test]
async fn a_statement_that_runs_too_long_is_503_and_writes_nothing() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let mut admin = app.database.admin().await;
    let name: String = admin
        .query_one("select current_database()::text", &[])
        .await
        .unwrap()
        .get(0);
    admin
        .batch_execute(&format!(
            "alter database {name} set statement_timeout = '300ms'"
        ))
        .await
        .unwrap();
    let blocking = admin.transaction().await.unwrap();
    blocking
        .batch_execute("lock table organization_sequence")
        .await
        .unwrap();
    let path = ada.home("/spaces");
    let body = json!({"title": "Late", "slug": "late"});
    let reply = ada.client.post(&path, body.clone()).await;
    reply.expect_status(503).expect_problem("unavailable");
    assert_ne!(reply.header("retry-after"), "");
    blocking.rollback().await.unwrap();
    ada.client.post(&path, body).await.expect_status(201);
}

#[tokio::test]
async fn migrations_limit_how_long_a_statement_runs() {
    let app = App::start().await;
    let admin = app.database.admin().await;
    let settings = admin
        .query(
            "select s.setconfig from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
             where d.datname = $1",
            &[&prox_testing::Database::template_name()],
        )
        .await
        .unwrap();
    let settings: Vec<Vec<String>> = settings.iter().map(|row| row.get(0)).collect();
    assert!(
        settings
            .concat()
            .iter()
            .any(|s| s == "statement_timeout=15s"),
        "{settings:?}"
    );
}
