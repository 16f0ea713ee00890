//! Preferences of the signed-in user, and the merge of JSON in the database.

use futures_util::future::join_all;
use http::Method;
use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use prox_testing::App;
use prox_types::Preferences;
use serde_json::{Map, Value, json};

const PATH: &str = "/api/me/preferences";

/// RFC 7396, section 2, as it is written there.
fn merge_patch(target: &Value, patch: &Value) -> Value {
    let Value::Object(members) = patch else {
        return patch.clone();
    };
    let mut merged = target.as_object().cloned().unwrap_or_default();
    for (name, value) in members {
        if value.is_null() {
            merged.remove(name);
        } else {
            let before = merged.get(name).cloned().unwrap_or_default();
            merged.insert(name.clone(), merge_patch(&before, value));
        }
    }
    Value::Object(merged)
}

/// Merges each pair in the database.
async fn merged_by_postgres(app: &App, pairs: &[(Value, Value)]) -> Vec<Value> {
    let (targets, patches): (Vec<String>, Vec<String>) = pairs
        .iter()
        .map(|(target, patch)| (target.to_string(), patch.to_string()))
        .unzip();
    let rows = app
        .database
        .admin()
        .await
        .query(
            "select jsonb_merge_patch(target::jsonb, patch::jsonb)::text
             from unnest($1::text[], $2::text[]) with ordinality x(target, patch, n) order by n",
            &[&targets, &patches],
        )
        .await
        .unwrap();
    rows.iter()
        .map(|row| serde_json::from_str(row.get(0)).unwrap())
        .collect()
}

#[tokio::test]
async fn merge_patch_follows_the_examples_of_the_rfc() {
    let app = App::start().await;
    let table = [
        (json!({"a":"b"}), json!({"a":"c"}), json!({"a":"c"})),
        (json!({"a":"b"}), json!({"b":"c"}), json!({"a":"b","b":"c"})),
        (json!({"a":"b"}), json!({"a":null}), json!({})),
        (
            json!({"a":"b","b":"c"}),
            json!({"a":null}),
            json!({"b":"c"}),
        ),
        (json!({"a":["b"]}), json!({"a":"c"}), json!({"a":"c"})),
        (json!({"a":"c"}), json!({"a":["b"]}), json!({"a":["b"]})),
        (
            json!({"a":{"b":"c"}}),
            json!({"a":{"b":"d","c":null}}),
            json!({"a":{"b":"d"}}),
        ),
        (json!({"a":[{"b":"c"}]}), json!({"a":[1]}), json!({"a":[1]})),
        (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
        (json!({"a":"b"}), json!(["c"]), json!(["c"])),
        (json!({"a":"foo"}), json!(null), json!(null)),
        (json!({"a":"foo"}), json!("bar"), json!("bar")),
        (json!({"e":null}), json!({"a":1}), json!({"e":null,"a":1})),
        (json!([1, 2]), json!({"a":"b","c":null}), json!({"a":"b"})),
        (
            json!({}),
            json!({"a":{"bb":{"ccc":null}}}),
            json!({"a":{"bb":{}}}),
        ),
    ];
    let pairs: Vec<(Value, Value)> = table
        .iter()
        .map(|(target, patch, _)| (target.clone(), patch.clone()))
        .collect();
    for ((target, patch, expected), merged) in
        table.iter().zip(merged_by_postgres(&app, &pairs).await)
    {
        assert_eq!(&merged, expected, "{target} + {patch}");
        assert_eq!(&merge_patch(target, patch), expected, "{target} + {patch}");
    }
}

#[tokio::test]
async fn merge_patch_equals_the_model_on_any_json() {
    // Few names, so that patches often meet members.
    let scalar = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9i32..9).prop_map(Value::from),
        "[\"\\\\{}é ]{0,3}".prop_map(Value::from),
    ];
    let any_json = scalar.prop_recursive(4, 40, 5, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec(("[a-d\"]|", inner), 0..5)
                .prop_map(|members| Value::Object(Map::from_iter(members))),
        ]
    });
    let pair = (any_json.clone(), any_json);
    let mut runner = TestRunner::default();
    let pairs: Vec<(Value, Value)> = (0..2_000)
        .map(|_| pair.new_tree(&mut runner).unwrap().current())
        .collect();
    let app = App::start().await;
    let merged = merged_by_postgres(&app, &pairs).await;
    for ((target, patch), merged) in pairs.iter().zip(merged) {
        assert_eq!(merged, merge_patch(target, patch), "{target} + {patch}");
    }
}

#[tokio::test]
async fn preferences_begin_empty_and_are_merged() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let reply = ada.client.get(PATH).await;
    assert_eq!(reply.header("etag"), "\"v0\"");
    assert_eq!(reply.json(), json!({"version": 0, "values": {}}));

    let first = ada
        .client
        .patch(
            PATH,
            json!({"theme": "dark", "dock": {"size": 48, "side": "left"}, "none": null}),
        )
        .await;
    assert_eq!(first.header("etag"), "\"v1\"");
    assert_eq!(
        first.expect_status(200).json(),
        json!({"version": 1, "values": {"theme": "dark", "dock": {"size": 48, "side": "left"}}})
    );
    let merge_patch = ada.client.with(
        "content-type",
        "application/merge-patch+json; charset=utf-8",
    );
    let second = merge_patch
        .send(
            Method::PATCH,
            PATH,
            r#"{"dock":{"size":null,"hidden":true},"later":[1,null]}"#,
        )
        .await;
    let expected = json!({"version": 2, "values": {
        "theme": "dark", "dock": {"side": "left", "hidden": true}, "later": [1, null],
    }});
    assert_eq!(second.expect_status(200).json(), expected);
    assert_eq!(ada.client.get(PATH).await.json(), expected);
    let known = ada.client.with("if-none-match", "\"v2\"").get(PATH).await;
    known.expect_status(304);
    // Nobody else has them.
    assert_eq!(
        bob.client.get(PATH).await.json(),
        json!({"version": 0, "values": {}})
    );
}

#[tokio::test]
async fn preferences_of_another_version_are_stale() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let patch =
        async |tag: &str, body: Value| ada.client.with("if-match", tag).patch(PATH, body).await;
    patch("\"v1\"", json!({"a": 1}))
        .await
        .expect_status(412)
        .expect_problem("stale");
    patch("\"v0\"", json!({"a": 1})).await.expect_status(200);
    patch("\"v0\"", json!({"a": 2}))
        .await
        .expect_status(412)
        .expect_problem("stale");
    patch("\"v0\", \"v1\"", json!({"a": 3}))
        .await
        .expect_status(200);
    patch("*", json!({"b": 4})).await.expect_status(200);
    let now: Preferences = ada.client.get(PATH).await.expect(200);
    assert_eq!(
        (now.version, now.values.as_str()),
        (3, r#"{"a": 3, "b": 4}"#)
    );
}

#[tokio::test]
async fn patches_of_many_devices_all_hold() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let patches = (0..20).map(|n| {
        let body = json!({"devices": {format!("d{n}"): n}});
        async {
            ada.client.patch(PATH, body).await.expect_status(200);
        }
    });
    join_all(patches).await;
    let now = ada.client.get(PATH).await.json();
    assert_eq!(now["version"], 20);
    assert_eq!(now["values"]["devices"].as_object().unwrap().len(), 20);
}

#[tokio::test]
async fn a_repeated_patch_of_preferences_is_done_once() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let client = ada.client.with("idempotency-key", "k1");
    for _ in 0..2 {
        let reply = client.patch(PATH, json!({"a": 1})).await;
        assert_eq!(reply.expect_status(200).json()["version"], 1);
    }
    client
        .patch(PATH, json!({"a": 2}))
        .await
        .expect_status(409)
        .expect_problem("idempotency_conflict");
}

#[tokio::test]
async fn a_patch_of_preferences_reaches_every_organization() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.client
        .post("/api/organizations", json!({"name": "Engines"}))
        .await
        .expect_status(201);
    app.fakes.take_pokes();
    ada.client
        .patch(PATH, json!({"a": 1}))
        .await
        .expect_status(200);
    let pokes = app.fakes.take_pokes();
    assert_eq!(pokes.len(), 2);
    for (_, poke) in pokes {
        assert_eq!(
            poke.keys,
            [["preferences".to_owned(), ada.me.id.to_string()]]
        );
    }
}

#[tokio::test]
async fn preferences_that_cannot_be_stored_are_refused() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let nested = |levels: usize| format!("{}1{}", r#"{"a":"#.repeat(levels), "}".repeat(levels));
    let client = ada.client.with("content-type", "application/json");
    for (body, status, code) in [
        (String::from("[]"), 422, "invalid"),
        (String::from("null"), 422, "invalid"),
        (String::from("1"), 422, "invalid"),
        (String::from("{"), 400, "malformed"),
        (String::from("{} {}"), 400, "malformed"),
        (String::new(), 400, "malformed"),
        (nested(9), 422, "invalid"),
        (nested(1_000), 422, "invalid"),
        (String::from(r#"{"a":"\u0000"}"#), 422, "invalid"),
        (String::from(r#"{"a\u0000b":1}"#), 422, "invalid"),
        (String::from(r#"{"a":{"b":["\u0000"]}}"#), 422, "invalid"),
        (String::from(r#"{"a":1e131073}"#), 422, "invalid"),
        (String::from(r#"{"a":1e-20000}"#), 422, "invalid"),
        (
            format!(r#"{{"a":{}}}"#, "9".repeat(140_000)),
            422,
            "invalid",
        ),
        (
            format!(r#"{{"a":"{}"}}"#, "x".repeat(65_528)),
            413,
            "too_large",
        ),
        (
            format!(r#"{{"a":"{}"}}"#, "x".repeat(262_144)),
            413,
            "too_large",
        ),
        (
            format!(r#"{{"a":[{}1]}}"#, "1e400,".repeat(40_000)),
            413,
            "too_large",
        ),
    ] {
        let reply = client.send(Method::PATCH, PATH, body.clone()).await;
        let what: String = body.chars().take(60).collect();
        assert_eq!(reply.status.as_u16(), status, "{what}: {}", reply.text);
        reply.expect_problem(code);
    }
    let text = ada.client.with("content-type", "text/plain");
    text.send(Method::PATCH, PATH, "{}")
        .await
        .expect_status(415);
    assert_eq!(ada.client.get(PATH).await.json()["version"], 0);
    for body in [
        nested(8),
        format!(r#"{{"a":"{}"}}"#, "x".repeat(65_527)),
        String::from(r#"{"a":"\ud83d","n":1e400,"m":-0.5e-3}"#),
    ] {
        let reply = client.send(Method::PATCH, PATH, body).await;
        reply.expect_status(200);
    }
}

#[tokio::test]
async fn the_limit_of_preferences_counts_what_was_there() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let half = "x".repeat(40_000);
    ada.client
        .patch(PATH, json!({"a": half}))
        .await
        .expect_status(200);
    let reply = ada.client.patch(PATH, json!({"b": half})).await;
    reply.expect_status(413).expect_problem("too_large");
    let detail = reply.json()["detail"].as_str().unwrap().to_owned();
    assert!(detail.contains("65,536 bytes"), "{detail}");
    ada.client
        .patch(PATH, json!({"a": null, "b": half}))
        .await
        .expect_status(200);
}
