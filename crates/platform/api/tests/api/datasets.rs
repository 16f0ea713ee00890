//! Datasets: columns, rows, their order and selection, and export.

use http::Method;
use prox_testing::{App, Person};
use prox_types::{ColumnPreview, Dataset, DatasetRow, Page};
use serde_json::{Value, json};

/// A dataset of the person with these columns.
async fn dataset(person: &Person<'_>, columns: Value) -> Dataset {
    let body = json!({"name": "Sales", "columns": columns});
    let path = person.home("/datasets");
    person.client.post(&path, body).await.expect(201)
}

fn below(person: &Person<'_>, dataset: &Dataset, rest: &str) -> String {
    person.home(&format!("/datasets/{}{rest}", dataset.id))
}

async fn add(person: &Person<'_>, dataset: &Dataset, values: Value) -> DatasetRow {
    let path = below(person, dataset, "/rows");
    let body = json!({"values": values});
    person.client.post(&path, body).await.expect(201)
}

/// The values of one column, over all pages of two rows.
async fn column(person: &Person<'_>, dataset: &Dataset, query: &str, name: &str) -> Vec<Value> {
    let (mut values, mut cursor) = (Vec::new(), String::new());
    loop {
        let path = below(person, dataset, &format!("/rows?limit=2&{query}{cursor}"));
        let page: Value = person.client.get(&path).await.expect(200);
        let items = page["items"].as_array().unwrap();
        values.extend(items.iter().map(|row| row["values"][name].clone()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return values,
        }
    }
}

/// One column of each type, with values in the notation of the API and what comes back.
const VALUES: [(&str, &str, &str); 22] = [
    ("text", r#"" a""#, r#"" a""#),
    ("text", r#""""#, r#""""#),
    ("text", "7", r#""7""#),
    ("boolean", "true", "true"),
    ("boolean", r#""FALSE""#, "false"),
    ("integer", "9007199254740991", "9007199254740991"),
    (
        "integer",
        r#""9223372036854775807""#,
        r#""9223372036854775807""#,
    ),
    ("integer", "-3.0", "-3"),
    ("integer", r#""""#, "null"),
    (
        "numeric",
        r#""123456789012345678901.50""#,
        r#""123456789012345678901.50""#,
    ),
    ("number", "1e3", "1000"),
    ("number", "0.1", "0.1"),
    ("number", r#""-.5""#, "-0.5"),
    ("date", r#""2024-02-29""#, r#""2024-02-29""#),
    ("time", r#""10:30""#, r#""10:30:00""#),
    ("time", r#""10:30:00.250""#, r#""10:30:00.25""#),
    (
        "datetime",
        r#""2024-05-01 10:30""#,
        r#""2024-05-01T10:30:00""#,
    ),
    (
        "timestamp",
        r#""2024-05-01T10:30:00+02:00""#,
        r#""2024-05-01T08:30:00Z""#,
    ),
    (
        "timestamp",
        r#""2024-05-01T10:30Z""#,
        r#""2024-05-01T10:30:00Z""#,
    ),
    (
        "timestamp",
        r#""2024-12-31T23:30:00.5-01:00""#,
        r#""2025-01-01T00:30:00.5Z""#,
    ),
    ("date", "null", "null"),
    ("number", "123456789.125", "123456789.125"),
];

#[tokio::test]
async fn a_value_is_of_the_type_of_its_column() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let columns: Vec<Value> = VALUES
        .iter()
        .enumerate()
        .map(|(at, (kind, ..))| json!({"name": format!("{at}"), "type": kind}))
        .collect();
    let sales = dataset(&ada, json!(columns)).await;
    let body = VALUES
        .iter()
        .enumerate()
        .map(|(at, (_, given, _))| format!(r#""{at}":{given}"#));
    let body = body.collect::<Vec<_>>().join(",");
    let rows = below(&ada, &sales, "/rows");
    let client = ada.client.with("content-type", "application/json");
    let added = client
        .send(Method::POST, &rows, format!(r#"{{"values":{{{body}}}}}"#))
        .await;
    let added: Value = added.expect(201);
    for (at, (kind, given, expected)) in VALUES.iter().enumerate() {
        let found = added["values"][at.to_string()].to_string();
        assert_eq!(found, *expected, "{kind} {given}");
    }
    let path = below(&ada, &sales, "/rows/row_1");
    assert_eq!(ada.client.get(&path).await.expect::<Value>(200), added);

    for (kind, wrong) in [
        ("boolean", json!("yes")),
        ("boolean", json!(1)),
        ("integer", json!(1.5)),
        ("integer", json!("9223372036854775808")),
        ("integer", json!("1,000")),
        ("numeric", json!("NaN")),
        ("number", json!("1e400")),
        ("number", json!("five")),
        ("date", json!("2024-02-30")),
        ("date", json!("today")),
        ("date", json!("03/04/2024")),
        ("time", json!("24:00")),
        ("time", json!("allballs")),
        ("datetime", json!("2024-05-01")),
        ("datetime", json!("2024-05-01T10:30Z")),
        ("timestamp", json!("2024-05-01T10:30")),
        ("timestamp", json!("2024-05-01T25:00+02:00")),
        ("timestamp", json!("2024-13-01T10:00:00Z")),
        ("text", json!(["a"])),
        ("text", json!("x".repeat(65_537))),
    ] {
        let at = VALUES.iter().position(|(it, ..)| *it == kind).unwrap();
        let body = json!({"values": {at.to_string(): wrong}});
        let refused = ada.client.patch(&path, body.clone()).await;
        refused.expect_status(422).expect_problem("invalid");
        assert_eq!(refused.json()["errors"][0]["path"], "values", "{wrong}");
        ada.client.post(&rows, body).await.expect_status(422);
    }
    let unknown = ada
        .client
        .post(&rows, json!({"values": {"nobody": 1}}))
        .await;
    unknown.expect_status(422);
    assert_eq!(
        ada.client.get(&path).await.expect::<Value>(200),
        added,
        "nothing changed"
    );
    let now: Dataset = ada.client.get(&below(&ada, &sales, "")).await.expect(200);
    assert_eq!((now.row_count, now.version), (1, sales.version + 1));
}

#[tokio::test]
async fn rows_are_sorted_filtered_and_paged() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let columns = json!([
        {"name": "city"}, {"name": "price, net", "type": "numeric"}, {"name": "qty", "type": "integer"},
        {"name": "open", "type": "boolean"}, {"name": "at", "type": "timestamp"},
    ]);
    let sales = dataset(&ada, columns).await;
    let long = "z".repeat(700);
    for (city, price, qty, open, at) in [
        (
            "Rome",
            json!("10"),
            json!(2),
            json!(true),
            json!("2024-05-01T10:00:00.5Z"),
        ),
        (
            "Oslo",
            json!("9.5"),
            json!(1),
            json!(false),
            json!("2024-05-01T10:00:00Z"),
        ),
        ("rome", json!(null), json!(3), json!(true), json!(null)),
        (
            &*long,
            json!("9.50"),
            json!(3),
            json!(null),
            json!("2024-05-01T12:00:00+02:00"),
        ),
        (
            &*format!("{long}a"),
            json!("-1"),
            json!(null),
            json!(false),
            json!("2023-01-01T00:00:00Z"),
        ),
        (
            "it's 100%",
            json!("1000000000000000000000"),
            json!(2),
            json!(true),
            json!("2025-01-01T00:00:00Z"),
        ),
        (
            "",
            json!("0"),
            json!(2),
            json!(true),
            json!("2025-01-01T00:00:00Z"),
        ),
    ] {
        add(
            &ada,
            &sales,
            json!({"city": city, "price, net": price, "qty": qty, "open": open, "at": at}),
        )
        .await;
    }
    // Rows by their numbers.
    let ids = async |query: &str| {
        let path = below(&ada, &sales, &format!("/rows?{query}"));
        let page: Page<DatasetRow> = ada.client.get(&path).await.expect(200);
        let ids = page
            .items
            .iter()
            .map(|row| row.id["row_".len()..].to_owned());
        ids.collect::<Vec<_>>().join(" ")
    };
    for (query, expected) in [
        ("", "1 2 3 4 5 6 7"),
        ("sort=city", "7 2 1 6 3 4 5"),
        ("sort=-city", "5 4 3 6 1 2 7"),
        ("sort=%22price, net%22", "5 7 2 4 1 6 3"),
        ("sort=-%22price, net%22", "6 1 2 4 7 5 3"),
        ("sort=qty,-city", "2 6 1 7 4 3 5"),
        ("sort=at", "5 2 4 1 6 7 3"),
        ("filter=qty>1", "1 3 4 6 7"),
        ("filter=qty>1&filter=open=true&sort=-qty", "3 1 6 7"),
        ("filter=qty!=2", "2 3 4 5"),
        ("filter=qty=", "5"),
        ("filter=qty!=", "1 2 3 4 6 7"),
        ("filter=city~ROM", "1 3"),
        ("filter=city^r", "1 3"),
        ("filter=city=%22%22", "7"),
        ("filter=city=it's 100%25", "6"),
        ("filter=city~%25", "6"),
        ("filter=%22price, net%22%3e=9.5", "1 2 4 6"),
        ("filter=%22price, net%22=9.500", "2 4"),
        ("filter=open=false", "2 5"),
        ("filter=at=2024-05-01T10:00:00Z", "2 4"),
        (
            "filter=at>2024-05-01T10:00Z&filter=at<2025-01-01T00:00:00Z",
            "1",
        ),
        ("filter=qty~3", "3 4"),
    ] {
        let query = query
            .replace(' ', "%20")
            .replace('>', "%3e")
            .replace('<', "%3c");
        assert_eq!(ids(&query).await, expected, "{query}");
    }
    // Pages of two rows are the same rows in the same order, also where values are null, equal or long.
    for (query, name) in [
        ("sort=city", "city"),
        ("sort=-city", "city"),
        ("sort=-qty", "qty"),
        ("sort=qty,city", "qty"),
        ("sort=-at", "at"),
        ("", "city"),
    ] {
        let path = below(&ada, &sales, &format!("/rows?{query}"));
        let whole: Value = ada.client.get(&path).await.expect(200);
        let whole: Vec<Value> = whole["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["values"][name].clone())
            .collect();
        assert_eq!(column(&ada, &sales, query, name).await, whole, "{query}");
    }

    for (query, path) in [
        ("sort=nobody", "sort"),
        ("sort=qty,qty", "sort"),
        ("sort=qty,city,at,open", "sort"),
        ("filter=nobody=1", "filter"),
        ("filter=qty", "filter"),
        ("filter=qty=many", "filter"),
        ("filter=qty>", "filter"),
        ("filter=open=1", "filter"),
        ("filter=at>2024-05-01", "filter"),
        ("limit=0", "limit"),
    ] {
        let query = query.replace('>', "%3e");
        let reply = ada
            .client
            .get(&below(&ada, &sales, &format!("/rows?{query}")))
            .await;
        reply.expect_status(422);
        assert_eq!(reply.json()["errors"][0]["path"], path, "{query}");
    }
    // A cursor belongs to its order, and a forged one says nothing.
    let first: Value = ada
        .client
        .get(&below(&ada, &sales, "/rows?sort=city&limit=2"))
        .await
        .expect(200);
    let cursor = first["next_cursor"].as_str().unwrap();
    for query in [
        format!("sort=-city&cursor={cursor}"),
        String::from("cursor=nonsense"),
    ] {
        let reply = ada
            .client
            .get(&below(&ada, &sales, &format!("/rows?{query}")))
            .await;
        reply.expect_status(400).expect_problem("bad_cursor");
    }
}

#[tokio::test]
async fn a_row_is_changed_cell_by_cell_and_deleted() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let sales = dataset(
        &ada,
        json!([{"name": "a"}, {"name": "b", "type": "integer"}]),
    )
    .await;
    let first = add(&ada, &sales, json!({"a": "x"})).await;
    let second = add(&ada, &sales, json!({"a": "y", "b": 1})).await;
    assert_eq!((&*first.id, &*second.id), ("row_1", "row_2"));
    let path = below(&ada, &sales, "/rows/row_1");
    let changed: Value = ada
        .client
        .patch(&path, json!({"values": {"b": 5}}))
        .await
        .expect(200);
    assert_eq!(changed["values"], json!({"a": "x", "b": 5}));
    let changed: Value = ada
        .client
        .patch(&path, json!({"values": {"a": null}}))
        .await
        .expect(200);
    assert_eq!(changed["values"], json!({"a": null, "b": 5}));
    ada.client.delete(&path).await.expect_status(204);
    for reply in [
        ada.client.delete(&path).await,
        ada.client.get(&path).await,
        ada.client.patch(&path, json!({"values": {"b": 6}})).await,
        ada.client.patch(&path, json!({"values": {}})).await,
        ada.client.get(&below(&ada, &sales, "/rows/row_01")).await,
        ada.client.get(&below(&ada, &sales, "/rows/2")).await,
    ] {
        reply.expect_status(404);
    }
    // A number is never given twice.
    assert_eq!(add(&ada, &sales, json!({})).await.id, "row_3");
    let now: Dataset = ada.client.get(&below(&ada, &sales, "")).await.expect(200);
    assert_eq!(now.row_count, 2);
}

#[tokio::test]
async fn another_type_says_first_what_would_not_fit() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let sales = dataset(&ada, json!([{"name": "n"}, {"name": "m"}])).await;
    for n in ["1", "2.50", "three", " 4 ", ""] {
        add(&ada, &sales, json!({"n": n, "m": n})).await;
    }
    let preview = below(&ada, &sales, "/columns/c1/preview?type=integer");
    let preview: ColumnPreview = ada.client.get(&preview).await.expect(200);
    let texts: Vec<_> = preview
        .examples
        .iter()
        .map(|it| (&*it.row, &*it.text))
        .collect();
    assert_eq!(preview.total, 3);
    assert_eq!(
        texts,
        [("row_2", "2.50"), ("row_3", "three"), ("row_5", "")]
    );
    let path = below(&ada, &sales, "/columns/c1");
    let refused = ada.client.patch(&path, json!({"type": "numeric"})).await;
    refused.expect_status(422);
    assert_eq!(refused.json()["errors"][0]["path"], "type");
    assert_eq!(
        column(&ada, &sales, "", "n").await,
        ["1", "2.50", "three", " 4 ", ""]
    );

    let body = json!({"type": "numeric", "clear_misfits": true, "name": "number", "notes": "of things", "format": {"decimals": 2, "unit": "kg"}});
    let changed: Dataset = ada.client.patch(&path, body).await.expect(200);
    assert_eq!(
        serde_json::to_value(&changed.columns[0]).unwrap(),
        json!({
            "id": "c1", "name": "number", "type": "numeric", "notes": "of things", "format": {"decimals": 2, "unit": "kg"},
        })
    );
    assert_eq!(
        column(&ada, &sales, "", "number").await,
        [
            json!("1"),
            json!("2.50"),
            json!(null),
            json!("4"),
            json!(null)
        ]
    );
    assert_eq!(
        column(&ada, &sales, "sort=-number", "number").await[0],
        json!("4"),
        "they are numbers"
    );
    assert_eq!(
        column(&ada, &sales, "", "m").await[2],
        json!("three"),
        "the other column remains"
    );
    // Back to text: every value fits.
    let back: Dataset = ada
        .client
        .patch(&path, json!({"type": "text"}))
        .await
        .expect(200);
    assert_eq!(back.version, changed.version + 1);
    assert_eq!(column(&ada, &sales, "", "number").await[1], json!("2.50"));
}

#[tokio::test]
async fn columns_are_added_ordered_and_deleted() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let sales = dataset(&ada, json!([{"name": "a"}, {"name": "b"}])).await;
    add(&ada, &sales, json!({"a": "x", "b": "y"})).await;
    let columns = below(&ada, &sales, "/columns");
    let names = |dataset: &Dataset| {
        dataset
            .columns
            .iter()
            .map(|it| format!("{}={}", it.id.0, it.name))
            .collect::<Vec<_>>()
            .join(" ")
    };
    let now: Dataset = ada
        .client
        .delete(&format!("{columns}/c1"))
        .await
        .expect(200);
    assert_eq!(names(&now), "c2=b");
    ada.client
        .delete(&format!("{columns}/c1"))
        .await
        .expect_status(404);
    // The place of the deleted column is free again, and empty.
    let now: Dataset = ada
        .client
        .post(&columns, json!({"name": "c"}))
        .await
        .expect(201);
    assert_eq!(names(&now), "c2=b c1=c");
    assert_eq!(column(&ada, &sales, "", "c").await, [Value::Null]);
    for name in ["b", "c"] {
        let twice = ada.client.post(&columns, json!({"name": name})).await;
        twice.expect_status(422);
        assert_eq!(twice.json()["errors"][0]["path"], "name");
    }
    ada.client
        .patch(&format!("{columns}/c1"), json!({"name": "b"}))
        .await
        .expect_status(422);
    ada.client
        .patch(&format!("{columns}/c1"), json!({"name": "c"}))
        .await
        .expect_status(200);
    let path = below(&ada, &sales, "");
    let now: Dataset = ada
        .client
        .patch(&path, json!({"column_order": ["c1", "c2"]}))
        .await
        .expect(200);
    assert_eq!(names(&now), "c1=c c2=b");
    for order in [
        json!(["c1"]),
        json!(["c1", "c1"]),
        json!(["c1", "c2", "c3"]),
        json!([]),
    ] {
        ada.client
            .patch(&path, json!({"column_order": order}))
            .await
            .expect_status(422);
    }
    let stale = ada.client.with("if-match", "\"v1\"");
    for reply in [
        stale.patch(&path, json!({"name": "Old"})).await,
        stale.post(&columns, json!({"name": "d"})).await,
        stale
            .patch(&format!("{columns}/c1"), json!({"notes": "n"}))
            .await,
        stale.delete(&format!("{columns}/c1")).await,
        stale.delete(&path).await,
    ] {
        reply.expect_status(412).expect_problem("stale");
    }
    let mut now = now;
    while now.columns.len() < 64 {
        let name = format!("more {}", now.columns.len());
        now = ada
            .client
            .post(&columns, json!({"name": name}))
            .await
            .expect(201);
    }
    let full = ada.client.post(&columns, json!({"name": "one more"})).await;
    full.expect_status(409).expect_problem("limit_reached");
}

#[tokio::test]
async fn a_dataset_keeps_to_itself_and_goes_with_its_rows() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let sales = dataset(&ada, json!([{"name": "a"}])).await;
    let other = dataset(&ada, json!([{"name": "a"}])).await;
    assert_eq!(sales.slug.as_str(), "sales");
    assert_ne!(other.slug, sales.slug);
    add(&ada, &sales, json!({"a": "sales"})).await;
    add(&ada, &other, json!({"a": "other"})).await;
    assert_eq!(column(&ada, &other, "", "a").await, ["other"]);
    let path = ada.home("/datasets/sales");
    let renamed: Dataset = ada
        .client
        .patch(&path, json!({"slug": "turnover", "name": "T"}))
        .await
        .expect(200);
    assert_eq!((&*renamed.name, renamed.slug.as_str()), ("T", "turnover"));
    let taken = ada
        .client
        .patch(&below(&ada, &other, ""), json!({"slug": "turnover"}))
        .await;
    taken.expect_status(409).expect_problem("slug_taken");
    ada.client
        .delete(&below(&ada, &sales, ""))
        .await
        .expect_status(204);
    ada.client
        .get(&below(&ada, &sales, "/rows"))
        .await
        .expect_status(404);
    assert_eq!(column(&ada, &other, "", "a").await, ["other"]);
    let admin = app.database.admin().await;
    let rows: i64 = admin
        .query_one("select count(*) from dataset_row", &[])
        .await
        .unwrap()
        .get(0);
    assert_eq!(rows, 1, "the rows of the deleted dataset are gone");
}

#[tokio::test]
async fn an_export_has_every_value() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let columns = json!([
        {"name": "a,\"b"}, {"name": "n", "type": "numeric"}, {"name": "i", "type": "integer"},
        {"name": "f", "type": "number"}, {"name": "ok", "type": "boolean"}, {"name": "at", "type": "timestamp"},
    ]);
    let sales = dataset(&ada, columns).await;
    add(&ada, &sales, json!({"a,\"b": "x\n\"y\"", "n": "1.50", "i": "9223372036854775807", "f": 5, "ok": true, "at": "2024-05-01T10:00:00Z"})).await;
    add(&ada, &sales, json!({})).await;
    let reply = ada.client.get(&below(&ada, &sales, "/export.csv")).await;
    reply.expect_status(200);
    assert_eq!(reply.header("content-type"), "text/csv; charset=utf-8");
    assert_eq!(
        reply.header("content-disposition"),
        "attachment; filename=\"sales.csv\""
    );
    assert_eq!(
        reply.text,
        "\"a,\"\"b\",n,i,f,ok,at\n\"x\n\"\"y\"\"\",1.50,9223372036854775807,5.0,true,2024-05-01T10:00:00Z\n,,,,,\n"
    );
    let reply = ada.client.get(&below(&ada, &sales, "/export.json")).await;
    reply.expect_status(200);
    assert_eq!(
        reply.text,
        "[\n{\"a,\\\"b\":\"x\\n\\\"y\\\"\",\"n\":1.50,\"i\":9223372036854775807,\"f\":5.0,\"ok\":true,\"at\":\"2024-05-01T10:00:00Z\"},\n{\"a,\\\"b\":null,\"n\":null,\"i\":null,\"f\":null,\"ok\":null,\"at\":null}\n]\n"
    );
    let none = dataset(&ada, json!([])).await;
    let empty = ada.client.get(&below(&ada, &none, "/export.json")).await;
    assert_eq!(empty.text, "[\n]\n");
}

#[tokio::test]
async fn a_query_groups_rows_and_computes_figures() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let columns = json!([
        {"name": "city"}, {"name": "price", "type": "numeric"}, {"name": "qty", "type": "integer"},
        {"name": "day", "type": "date"}, {"name": "at", "type": "timestamp"}, {"name": "ok", "type": "boolean"},
    ]);
    let sales = dataset(&ada, columns).await;
    for (city, price, qty, day, at, ok) in [
        (
            json!("Rome"),
            json!("1.10"),
            json!(1),
            "2024-01-01",
            "2024-01-01T10:20:00Z",
            json!(true),
        ),
        (
            json!("Rome"),
            json!("2.20"),
            json!(12),
            "2024-03-31",
            "2024-01-01T10:40:00Z",
            json!(false),
        ),
        (
            json!("Oslo"),
            json!("9007199254740993.5"),
            json!(25),
            "2024-04-01",
            "2024-01-01T12:59:00+01:00",
            json!(true),
        ),
        (
            json!(null),
            json!(null),
            json!(null),
            "2024-12-30",
            "2025-01-01T00:00:00Z",
            json!(null),
        ),
    ] {
        add(
            &ada,
            &sales,
            json!({"city": city, "price": price, "qty": qty, "day": day, "at": at, "ok": ok}),
        )
        .await;
    }
    let path = below(&ada, &sales, "/query");
    let count = json!({"function": "count"});
    for (query, groups, expected) in [
        (
            json!({"values": [count, {"function": "count", "column": "price"}, {"function": "distinct", "column": "city"},
                {"function": "sum", "column": "qty"}, {"function": "avg", "column": "qty"}, {"function": "median", "column": "qty"},
            ]}),
            1,
            json!([[[], [4, 3, 2, 38, 12.6666666667, 12]]]),
        ),
        (
            json!({"values": [{"function": "sum", "column": "price"}, {"function": "min", "column": "day"},
                {"function": "max", "column": "at"}, {"function": "max", "column": "city"}, {"function": "max", "column": "ok"}]}),
            1,
            json!([[
                [],
                [
                    "9007199254740996.80",
                    "2024-01-01",
                    "2025-01-01T00:00:00Z",
                    "Rome",
                    true
                ]
            ]]),
        ),
        (
            json!({"group": [{"column": "city"}], "values": [count]}),
            3,
            json!([[["Oslo"], [1]], [["Rome"], [2]], [[null], [1]]]),
        ),
        (
            json!({"group": [{"column": "city"}], "values": [count, {"function": "sum", "column": "qty"}],
                "sort": {"by": "value", "index": 1, "desc": true}, "limit": 2}),
            3,
            json!([[["Oslo"], [1, 25]], [["Rome"], [2, 13]]]),
        ),
        (
            json!({"group": [{"column": "day", "bucket": "quarter"}], "values": [count], "sort": {"by": "group", "desc": true}}),
            3,
            json!([[["2024-Q4"], [1]], [["2024-Q2"], [1]], [["2024-Q1"], [2]]]),
        ),
        (
            json!({"group": [{"column": "day", "bucket": "week"}], "values": [count], "filter": ["day>2024-12-01"]}),
            1,
            json!([[["2025-W01"], [1]]]),
        ),
        (
            json!({"group": [{"column": "at", "bucket": "hour"}, {"column": "ok"}], "values": [count], "filter": ["at<2025-01-01T00:00:00Z"]}),
            3,
            json!([
                [["2024-01-01T10:00", false], [1]],
                [["2024-01-01T10:00", true], [1]],
                [["2024-01-01T11:00", true], [1]]
            ]),
        ),
        (
            json!({"group": [{"column": "qty", "bucket": "10"}], "values": [count], "filter": ["qty!="]}),
            3,
            json!([[[0], [1]], [[10], [1]], [[20], [1]]]),
        ),
        (
            json!({"group": [{"column": "city"}], "values": [count], "filter": ["city=Paris"]}),
            0,
            json!([]),
        ),
    ] {
        let answer: Value = ada.client.post(&path, query.clone()).await.expect(200);
        let rows = answer["rows"].as_array().unwrap().iter();
        let rows: Vec<Value> = rows
            .map(|row| json!([row["group"], row["values"]]))
            .collect();
        assert_eq!(json!(rows), expected, "{query}");
        assert_eq!(answer["groups"], groups, "{query}");
    }
    for (query, field) in [
        (json!({"values": []}), "values"),
        (json!({"values": [{"function": "sum"}]}), "values"),
        (
            json!({"values": [{"function": "sum", "column": "city"}]}),
            "values",
        ),
        (
            json!({"values": [{"function": "count", "column": "nobody"}]}),
            "values",
        ),
        (
            json!({"values": [count], "group": [{"column": "nobody"}]}),
            "group",
        ),
        (
            json!({"values": [count], "group": [{"column": "city", "bucket": "day"}]}),
            "group",
        ),
        (
            json!({"values": [count], "group": [{"column": "day", "bucket": "hour"}]}),
            "group",
        ),
        (
            json!({"values": [count], "group": [{"column": "qty", "bucket": "0"}]}),
            "group",
        ),
        (
            json!({"values": [count], "group": [{"column": "qty", "bucket": "'"}]}),
            "group",
        ),
        (json!({"values": [count], "filter": ["nobody=1"]}), "filter"),
        (json!({"values": [count], "sort": {"by": "group"}}), "sort"),
        (
            json!({"values": [count], "sort": {"by": "value", "index": 1}}),
            "sort",
        ),
        (json!({"values": [count], "limit": 0}), "limit"),
    ] {
        let refused = ada.client.post(&path, query.clone()).await;
        refused.expect_status(422);
        assert_eq!(refused.json()["errors"][0]["path"], field, "{query}");
    }
}
