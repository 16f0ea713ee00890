//! Statements of the platform itself: the sweep, and the recovery of a room.

use jiff::SignedDuration;
use prox_api::ports::Clock;
use prox_db::system::{missed, sweep};
use prox_testing::App;
use prox_types::durable::room::Close;
use prox_types::{OrganizationId, Page, Space};
use serde_json::json;

#[tokio::test]
async fn a_room_recovers_what_it_missed_in_order() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    for n in 0..5 {
        ada.client
            .post(&ada.home("/spaces"), json!({"title": n.to_string()}))
            .await
            .expect_status(201);
    }
    let organization: Page<Space> = ada.client.get(&ada.home("/spaces")).await.expect(200);
    let id: OrganizationId = organization.items[0].organization_id;
    let mut client = app.connect().await;
    let now = app.fakes.now();
    let found = client
        .run(&missed(id, 2).for_anonymous(now))
        .await
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(
        found.pokes.iter().map(|p| p.seq).collect::<Vec<_>>(),
        [3, 4, 5]
    );
    assert_eq!(found.head, 5);
    let told: Vec<_> = app
        .fakes
        .take_pokes()
        .into_iter()
        .map(|(_, poke)| poke)
        .collect();
    assert_eq!(found.pokes, told[2..]);
}

#[tokio::test]
async fn a_deleted_organization_can_still_close_its_sockets() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let made: prox_types::Organization = ada
        .client
        .post("/api/organizations", json!({"name": "Engines"}))
        .await
        .expect(201);
    ada.client
        .delete("/api/organizations/engines")
        .await
        .expect_status(204);
    let mut client = app.connect().await;
    let found = client
        .run(&missed(made.id, 0).for_anonymous(app.fakes.now()))
        .await
        .unwrap()
        .parse()
        .unwrap();
    assert_eq!(
        (found.head, found.pokes[0].close),
        (1, Some(Close::Everyone))
    );
}

#[tokio::test]
async fn the_sweep_answers_new_heads_and_deletes_old_rows() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let post = async |title: &str| {
        let once = ada.client.with("idempotency-key", title);
        once.post(&ada.home("/spaces"), json!({"title": title}))
            .await
            .expect_status(201);
    };
    post("one").await;
    app.fakes.advance(SignedDuration::from_hours(25));
    post("two").await;
    let mut client = app.connect().await;
    let mut run = async || {
        client
            .run(&sweep().for_anonymous(app.fakes.now()))
            .await
            .unwrap()
            .parse()
            .unwrap()
    };
    let heads = run().await;
    assert_eq!(heads.iter().map(|h| h.seq).collect::<Vec<_>>(), [2]);
    let left = app
        .database
        .admin()
        .await
        .query("select seq from outbox", &[])
        .await
        .unwrap();
    assert_eq!(
        left.iter().map(|r| r.get::<_, i64>(0)).collect::<Vec<_>>(),
        [2]
    );
    let keys = app
        .database
        .admin()
        .await
        .query("select key from idempotency_key", &[])
        .await
        .unwrap();
    assert_eq!(keys.len(), 1);
    app.fakes.advance(SignedDuration::from_mins(10));
    assert!(
        run().await.is_empty(),
        "rooms are reminded for some minutes only"
    );
    ada.client.get("/api/me").await.expect_status(200);
}
