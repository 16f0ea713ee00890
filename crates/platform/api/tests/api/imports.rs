//! Imports: files that become rows of datasets.

use std::fmt::Write as _;

use http::Method;
use prox_testing::{App, Person};
use prox_types::{Dataset, DatasetImport, ImportState};
use serde_json::{Value, json};

async fn upload(
    person: &Person<'_>,
    query: &str,
    file: impl Into<axum::body::Body>,
) -> DatasetImport {
    let path = person.home(&format!("/imports?{query}"));
    person
        .client
        .send(Method::POST, &path, file)
        .await
        .expect(201)
}

async fn read(person: &Person<'_>, import: &DatasetImport) -> DatasetImport {
    person.client.get(&at(person, import, "")).await.expect(200)
}

fn at(person: &Person<'_>, import: &DatasetImport, rest: &str) -> String {
    person.home(&format!("/imports/{}{rest}", import.id))
}

/// Uploads a file, and waits until its columns are found.
async fn reviewed(app: &App, person: &Person<'_>, query: &str, file: &str) -> DatasetImport {
    let import = upload(person, query, file.to_owned()).await;
    app.finish_imports().await;
    read(person, &import).await
}

/// Stores an import, and waits for the end of it.
async fn stored(app: &App, person: &Person<'_>, import: &DatasetImport) -> DatasetImport {
    let path = at(person, import, "/store");
    let _: DatasetImport = person.client.post(&path, Value::Null).await.expect(200);
    app.finish_imports().await;
    read(person, import).await
}

/// Imports a file into a new dataset.
async fn imported(app: &App, person: &Person<'_>, name: &str, file: &str) -> Dataset {
    let import = reviewed(app, person, &format!("file_name={name}"), file).await;
    let import = stored(app, person, &import).await;
    assert_eq!(import.state, ImportState::Done, "{import:?}");
    let path = person.home(&format!("/datasets/{}", import.dataset_id.unwrap()));
    person.client.get(&path).await.expect(200)
}

/// The rows of a dataset as a JSON array of objects.
async fn rows(person: &Person<'_>, dataset: &Dataset) -> Vec<(String, Value)> {
    let path = person.home(&format!("/datasets/{}/rows?limit=200", dataset.id));
    let page: Value = person.client.get(&path).await.expect(200);
    let rows = page["items"].as_array().unwrap();
    rows.iter()
        .map(|row| {
            (
                row["id"].as_str().unwrap().to_owned(),
                row["values"].clone(),
            )
        })
        .collect()
}

const CITIES: &str = "city,people,since\nRome,2800000,0753-04-21\nOslo,709000,1048-01-01\n\
    Bern,many,1191-01-01\nParis,2100000,\n";

#[tokio::test]
async fn a_file_becomes_a_dataset_of_typed_rows() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let import = reviewed(&app, &ada, "file_name=Cities+2024.csv", CITIES).await;
    assert_eq!(import.state, ImportState::Review);
    assert_eq!((import.rows, import.bad_rows), (4, 0));
    assert_eq!(import.read_bytes, import.size);
    let types: Vec<_> = import.columns.iter().map(|it| it.r#type.name()).collect();
    assert_eq!(types, ["text", "text", "date"]);
    assert_eq!(
        import.sample[3],
        [Some("Paris".into()), Some("2100000".into()), None]
    );
    // One word is in the way of integers. With a choice, its row is kept aside.
    let integers = json!({"columns": {"people": {"type": "integer"}}});
    let choices = json!({"choices": integers, "name": "Cities"});
    let path = at(&ada, &import, "");
    let changed: DatasetImport = ada.client.patch(&path, choices).await.expect(200);
    assert_eq!(changed.state, ImportState::Reading);
    app.finish_imports().await;
    let import = read(&ada, &import).await;
    assert_eq!(import.columns[1].misfits.lines, [4]);

    app.fakes.take_pokes();
    let done = stored(&app, &ada, &import).await;
    assert_eq!(done.state, ImportState::Done);
    assert_eq!((done.rows, done.bad_rows), (3, 1));
    assert_eq!(done.changes.as_ref().unwrap().added, 3);
    let keys: Vec<String> = app
        .fakes
        .take_pokes()
        .iter()
        .flat_map(|(_, poke)| {
            poke.keys
                .iter()
                .map(|key| serde_json::to_string(key).unwrap())
        })
        .collect();
    let dataset = done.dataset_id.unwrap();
    for key in [json!(["import", import.id]), json!(["rows", dataset])] {
        assert!(keys.contains(&key.to_string()), "{key} of {keys:?}");
    }
    let path = ada.home("/datasets/cities");
    let dataset: Dataset = ada.client.get(&path).await.expect(200);
    assert_eq!((dataset.name.as_str(), dataset.row_count), ("Cities", 3));
    let found = rows(&ada, &dataset).await;
    assert_eq!(
        found[0],
        (
            "row_1".into(),
            json!({"city": "Rome", "people": 2800000, "since": "0753-04-21"})
        )
    );
    assert_eq!(found[2].1["since"], Value::Null);
    let bad = ada.client.get(&at(&ada, &import, "/bad-rows.csv")).await;
    let expected =
        "line,reason,text\n4,Column “people”: “many” is not an integer.,\"Bern,many,1191-01-01\"\n";
    assert_eq!(bad.text, expected);
    // A row that is added afterwards has a new number.
    let body = json!({"values": {"city": "Bern"}});
    let path = ada.home("/datasets/cities/rows");
    let row: Value = ada.client.post(&path, body).await.expect(201);
    assert_eq!(row["id"], "row_4");
}

#[tokio::test]
async fn an_import_again_by_key_says_what_it_changes_first() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let prices = imported(
        &app,
        &ada,
        "prices.csv",
        "sku,price,note\nA,1.50,x\nB,2,y\nC,3,\n",
    )
    .await;
    let query = format!("dataset={}", prices.slug);
    let file = "sku,price,stock\nA,1.5,7\nB,2.25,8\nD,9,1\nD,10,2\n,5,3\nE,dear,4\n";
    let import = reviewed(&app, &ada, &query, file).await;
    // The dataset decides the type, whatever the file looks like.
    assert_eq!(import.columns[1].misfits.lines, [7]);
    let path = at(&ada, &import, "");
    let merge = json!({"mode": "merge", "key": "sku", "removes": true});
    let changed: DatasetImport = ada.client.patch(&path, merge).await.expect(200);
    assert_eq!(changed.state, ImportState::Review);
    let ready = stored(&app, &ada, &import).await;
    assert_eq!(ready.state, ImportState::Ready, "{ready:?}");
    let changes = serde_json::to_value(ready.changes.as_ref().unwrap()).unwrap();
    let expected = json!({"added": 1, "changed": 2, "removed": 1, "unchanged": 0,
        "examples": {"added": ["D"], "changed": ["A", "B"], "removed": ["C"]}});
    assert_eq!(changes, expected);
    // Nothing has changed yet.
    assert_eq!(rows(&ada, &prices).await.len(), 3);
    let bad = ada
        .client
        .get(&at(&ada, &import, "/bad-rows.csv"))
        .await
        .text;
    let lines: Vec<&str> = bad
        .lines()
        .skip(1)
        .map(|line| line.split('"').next().unwrap())
        .collect();
    let expected = [
        "7,Column “price”: “dear” is not a number.,",
        "5,Line 4 has the key “D” already.,",
        "6,The key is empty.,",
    ];
    assert_eq!(lines, expected, "{bad}");

    let done: DatasetImport = ada
        .client
        .post(&at(&ada, &import, "/apply"), Value::Null)
        .await
        .expect(200);
    assert_eq!(done.state, ImportState::Done);
    let path = ada.home("/datasets/prices");
    let after: Dataset = ada.client.get(&path).await.expect(200);
    assert_eq!(after.row_count, 3);
    let names: Vec<_> = after.columns.iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["sku", "price", "note", "stock"]);
    let found = rows(&ada, &after).await;
    let expected = [
        (
            "row_1".to_owned(),
            json!({"sku": "A", "price": 1.5, "note": "x", "stock": 7}),
        ),
        (
            "row_2".to_owned(),
            json!({"sku": "B", "price": 2.25, "note": "y", "stock": 8}),
        ),
        (
            "row_4".to_owned(),
            json!({"sku": "D", "price": 9, "note": null, "stock": 1}),
        ),
    ];
    assert_eq!(found, expected);
}

#[tokio::test]
async fn an_import_adds_or_replaces_rows_at_once() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let log = imported(&app, &ada, "log.csv", "at,what\n10:30,a\n11:30,b\n").await;
    for (mode, file, expected) in [
        (
            "add",
            "what\nc\n",
            json!([["row_1", "a"], ["row_2", "b"], ["row_3", "c"]]),
        ),
        (
            "replace",
            "what\nd\ne\n",
            json!([["row_4", "d"], ["row_5", "e"]]),
        ),
    ] {
        let import = reviewed(&app, &ada, &format!("dataset={}", log.id), file).await;
        let path = at(&ada, &import, "");
        let _: DatasetImport = ada
            .client
            .patch(&path, json!({"mode": mode}))
            .await
            .expect(200);
        let ready = stored(&app, &ada, &import).await;
        assert_eq!(ready.state, ImportState::Ready);
        let path = at(&ada, &import, "/apply");
        // What was reviewed is what is applied.
        let stale = ada.client.with("if-match", "\"v1\"");
        stale
            .post(&path, Value::Null)
            .await
            .expect_status(412)
            .expect_problem("stale");
        let _: DatasetImport = ada.client.post(&path, Value::Null).await.expect(200);
        let found = rows(&ada, &log).await;
        let found: Vec<_> = found
            .iter()
            .map(|(id, row)| json!([id, row["what"]]))
            .collect();
        assert_eq!(json!(found), expected, "{mode}");
        ada.client
            .post(&path, Value::Null)
            .await
            .expect_status(409)
            .expect_problem("conflict");
    }
    // A column that changed since is a conflict; storing again takes it into account.
    let import = reviewed(&app, &ada, &format!("dataset={}", log.id), "what\nf\n").await;
    let ready = stored(&app, &ada, &import).await;
    assert_eq!(ready.state, ImportState::Ready);
    let column = ada.home(&format!("/datasets/{}/columns/c2", log.id));
    ada.client
        .patch(&column, json!({"name": "text"}))
        .await
        .expect_status(200);
    let path = at(&ada, &import, "/apply");
    ada.client
        .post(&path, Value::Null)
        .await
        .expect_status(409)
        .expect_problem("conflict");
}

#[tokio::test]
async fn what_cannot_be_imported_says_why_and_loses_nothing() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    for (file, words) in [
        ("", "This file is empty."),
        (
            "a,b\n\"1,2\n",
            "The quote that opens on line 2 is never closed.",
        ),
        ("{\"a\": 1", "holds no list of objects"),
    ] {
        let import = reviewed(&app, &ada, "file_name=x", file).await;
        assert_eq!(import.state, ImportState::Failed, "{file}");
        let problem = import.problem.clone().unwrap();
        assert!(problem.contains(words), "{problem}");
        let path = at(&ada, &import, "/store");
        ada.client.post(&path, Value::Null).await.expect_status(409);
    }
    // Another choice reads a file after all.
    let import = reviewed(&app, &ada, "file_name=x", "{\"a\": 1").await;
    let choices = json!({"choices": {"delimiter": "|", "header": false}});
    let path = at(&ada, &import, "");
    let _: DatasetImport = ada.client.patch(&path, choices).await.expect(200);
    app.finish_imports().await;
    let again = read(&ada, &import).await;
    assert_eq!((again.state, again.rows), (ImportState::Review, 1));
    // The key of a merge is a column of both.
    let kept = imported(&app, &ada, "kept.csv", "a,b\n1,x\n1,y\n").await;
    let import = reviewed(&app, &ada, &format!("dataset={}", kept.slug), "a,c\n1,z\n").await;
    let path = at(&ada, &import, "");
    for key in ["b", "c", "nothing"] {
        let body = json!({"mode": "merge", "key": key});
        let _: DatasetImport = ada.client.patch(&path, body).await.expect(200);
        let path = at(&ada, &import, "/store");
        let reply = ada.client.post(&path, Value::Null).await;
        assert_eq!(reply.status, 422, "{key}: {}", reply.text);
    }
    let body = json!({"mode": "merge", "key": "a"});
    let _: DatasetImport = ada.client.patch(&path, body).await.expect(200);
    let again = stored(&app, &ada, &import).await;
    assert_eq!(again.state, ImportState::Review);
    assert!(again.problem.unwrap().contains("cannot be the key"));
    // A cancelled import leaves nothing behind.
    ada.client.delete(&path).await.expect_status(204);
    ada.client.get(&path).await.expect_status(404);
    assert_eq!(rows(&ada, &kept).await.len(), 2);
    let admin = app.database.admin().await;
    let orphans = "select count(*) from dataset_row r where not exists (
      select from dataset d where d.rows_number = r.rows_number)";
    let orphans: i64 = admin.query_one(orphans, &[]).await.unwrap().get(0);
    assert_eq!(orphans, 0);
    let path = ada.home("/imports?dataset=nothing");
    ada.client
        .send(Method::POST, &path, "a\n1\n")
        .await
        .expect_status(422);
    let large = vec![b'a'; 10_000_001];
    let reply = ada.client.send(Method::POST, &path, large).await;
    reply.expect_status(413).expect_problem("too_large");
}

#[tokio::test]
async fn a_large_file_is_read_in_steps_and_exports_to_the_same() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let mut file = String::from("id,name,amount,paid,at,when\n");
    for n in 0..60_000 {
        let (cents, paid, second) = (n % 100, n % 3 == 0, n % 60);
        let name = match n % 4 {
            0 => String::new(),
            1 => format!("\"a, \"\"{n}\"\"\nb\u{1f}\u{1e}\u{1d}\""),
            _ => format!("name {n}"),
        };
        let _ = writeln!(
            file,
            "{n},{name},{n}.{cents}5,{paid},2024-05-01,2024-05-01T10:30:{second:02}Z"
        );
    }
    assert!(file.len() > 3_000_000);
    let import = upload(&ada, "file_name=large.csv", file.clone()).await;
    // Two workers that take the same steps do not store a row twice.
    let id = import.id;
    let (mut one, mut other) = (app.connect().await, app.connect().await);
    loop {
        let steps = (
            prox_api::advance_import(&mut one, &app.ports, id),
            prox_api::advance_import(&mut other, &app.ports, id),
        );
        let (a, b) = futures_util::future::join(steps.0, steps.1).await;
        if !a.unwrap().more && !b.unwrap().more {
            match read(&ada, &import).await.state {
                ImportState::Review => {
                    let path = at(&ada, &import, "/store");
                    let _: DatasetImport = ada.client.post(&path, Value::Null).await.expect(200);
                }
                _ => break,
            }
        }
    }
    let done = read(&ada, &import).await;
    assert_eq!(done.state, ImportState::Done, "{:?}", done.problem);
    assert_eq!((done.rows, done.bad_rows), (60_000, 0));
    let types: Vec<_> = done.columns.iter().map(|it| it.r#type.name()).collect();
    assert_eq!(
        types,
        ["integer", "text", "number", "boolean", "date", "timestamp"]
    );
    let path = ada.home("/datasets/large/export.csv");
    let exported = ada.client.get(&path).await.text;
    assert!(exported == file, "the export differs from the file");
}

#[tokio::test]
async fn a_step_that_the_database_refuses_ends_the_import() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let import = reviewed(&app, &ada, "file_name=a.csv", "a\n1\n").await;
    let admin = app.database.admin().await;
    admin
        .batch_execute("alter table dataset_row add constraint never check (false) not valid")
        .await
        .unwrap();
    let failed = stored(&app, &ada, &import).await;
    assert_eq!(failed.state, ImportState::Failed);
    assert!(failed.problem.is_some());
    // Nothing is stored, and it can be tried again.
    admin
        .batch_execute("alter table dataset_row drop constraint never")
        .await
        .unwrap();
    let path = at(&ada, &import, "");
    let _: DatasetImport = ada.client.patch(&path, json!({})).await.expect(200);
    app.finish_imports().await;
    let done = stored(&app, &ada, &import).await;
    assert_eq!((done.state, done.rows), (ImportState::Done, 1));
}
