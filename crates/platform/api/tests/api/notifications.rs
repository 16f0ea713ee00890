//! Notifications: who gets which, and what a person does with them.

use prox_testing::{App, Person};
use prox_types::{
    Domain, DomainStatus, Member, Notification, NotificationList, NotificationType, Organization,
};
use serde_json::{Value, json};

const LIST: &str = "/api/me/notifications";
const READ: &str = "/api/me/notifications/read";

async fn list(person: &Person<'_>) -> NotificationList {
    person.client.get(LIST).await.expect(200)
}

async fn add_member(person: &Person<'_>, base: &str, email: &str, role: &str) -> Member {
    let body = json!({"email": email, "role": role});
    person
        .client
        .post(&format!("{base}/members"), body)
        .await
        .expect(201)
}

/// An organization of `owner`, with its path.
async fn acme(owner: &Person<'_>) -> String {
    let made: Organization = owner
        .client
        .post("/api/organizations", json!({"name": "Acme"}))
        .await
        .expect(201);
    format!("/api/organizations/{}", made.slug)
}

/// The users whose notifications the last pokes name.
fn notified(app: &App) -> Vec<String> {
    let pokes = app.fakes.take_pokes();
    let keys = pokes.iter().flat_map(|(_, poke)| &poke.keys);
    keys.filter(|key| key[0] == "notifications")
        .map(|key| key[1].clone())
        .collect()
}

#[tokio::test]
async fn admins_and_owners_learn_who_joined() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let admin = app.person("admin@example.com").await;
    let member = app.person("member@example.com").await;
    let base = acme(&ada).await;
    add_member(&ada, &base, "admin@example.com", "admin").await;
    add_member(&ada, &base, "member@example.com", "member").await;
    app.fakes.take_pokes();
    app.fakes.advance(jiff::SignedDuration::from_mins(1));
    add_member(&ada, &base, "new@example.com", "owner").await;
    let mut users = notified(&app);
    users.sort();
    let mut expected = [ada.me.id.to_string(), admin.me.id.to_string()];
    expected.sort();
    assert_eq!(users, expected);

    assert_eq!(list(&member).await.items, []);
    let found = list(&admin).await;
    let titles: Vec<&str> = found.items.iter().map(|n| n.title.as_str()).collect();
    assert_eq!(
        titles,
        ["new joined Acme", "member joined Acme"],
        "not the admin's own"
    );
    let newest = &found.items[0];
    assert_eq!(newest.kind, NotificationType::MemberJoined);
    assert_eq!(newest.body, "new@example.com");
    assert_eq!(newest.url, "/o/acme?window=members");
    assert_eq!(newest.organization.as_ref().unwrap().name, "Acme");
    assert_eq!(newest.group_key, found.items[1].group_key);
    assert_eq!((newest.read_at, found.unread), (None, 2));

    // A repeated request adds nothing, and a refused one neither.
    let again = json!({"email": "new@example.com", "role": "member"});
    ada.client
        .post(&format!("{base}/members"), again)
        .await
        .expect_status(409);
    assert_eq!(list(&admin).await.items.len(), 2);
    // The address of an organization may change.
    ada.client
        .patch(&base, json!({"slug": "acme-two"}))
        .await
        .expect_status(200);
    assert_eq!(
        list(&admin).await.items[0].url,
        "/o/acme-two?window=members"
    );
}

#[tokio::test]
async fn admins_learn_when_a_domain_is_verified_or_lost() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("lab").await;
    let domains = ada.home("/spaces/lab/domains");
    let domain: Domain = ada
        .client
        .post(&domains, json!({"hostname": "lab.example.org"}))
        .await
        .expect(201);
    let verify = async |status: DomainStatus| {
        let path = format!("{domains}/{}/verify", domain.id);
        let checked: Domain = ada.client.post(&path, Value::Null).await.expect(200);
        assert_eq!(checked.status, status);
        list(&ada).await.items
    };
    let wrong_records = || {
        let body = r#"{"Status":0,"Answer":[{"name":"x","type":16,"data":"\"other\""}]}"#;
        app.fakes.page("https://dns.test/query", 200, &[], body);
    };
    let record = domain
        .records
        .iter()
        .find(|r| r.kind == "TXT")
        .unwrap()
        .clone();
    let right_records = || {
        let record = record.clone();
        app.fakes.site("https://dns.test/query", move |hop| {
            let answer = if hop.url.contains("TXT") {
                json!({"Status": 0, "Answer": [{"name": record.name, "type": 16, "data": format!("\"{}\"", record.value)}]})
            } else {
                json!({"Status": 0, "Answer": [{"name": "lab.example.org", "type": 5, "data": "edge.prox.test."}]})
            };
            Ok(prox_api::ports::HopAnswer { status: 200, headers: vec![], body: answer.to_string().into_bytes() })
        });
    };
    wrong_records();
    assert_eq!(
        verify(DomainStatus::Failed).await,
        [],
        "it was never verified"
    );
    right_records();
    app.fakes.take_pokes();
    let found = verify(DomainStatus::Verified).await;
    assert_eq!(notified(&app), [ada.me.id.to_string()]);
    let summary = |n: &Notification| (n.kind, n.title.clone(), n.body.clone(), n.url.clone());
    assert_eq!(
        summary(&found[0]),
        (
            NotificationType::DomainVerified,
            "lab.example.org is verified".to_owned(),
            "It shows lab now.".to_owned(),
            "/o/ada/lab?window=domains".to_owned(),
        )
    );
    assert_eq!(
        verify(DomainStatus::Verified).await.len(),
        1,
        "nothing changed"
    );
    wrong_records();
    app.fakes.advance(jiff::SignedDuration::from_mins(1));
    let found = verify(DomainStatus::Failed).await;
    assert_eq!(found.len(), 2);
    assert_eq!(
        (found[0].kind, found[0].title.as_str()),
        (
            NotificationType::DomainLost,
            "lab.example.org is no longer verified"
        )
    );
    assert!(!found[0].body.is_empty());
    // The same thing on the same day is one notification.
    right_records();
    assert_eq!(verify(DomainStatus::Verified).await.len(), 2);
}

/// Four notifications of Ada, a minute apart.
async fn four(app: &App, ada: &Person<'_>) -> Vec<Notification> {
    let base = acme(ada).await;
    for name in ["a", "b", "c", "d"] {
        app.fakes.advance(jiff::SignedDuration::from_mins(1));
        add_member(ada, &base, &format!("{name}@example.com"), "member").await;
    }
    list(ada).await.items
}

#[tokio::test]
async fn notifications_are_read_one_by_one_and_together() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let eve = app.person("eve@example.com").await;
    let all = four(&app, &ada).await;
    for (body, unread) in [
        (json!({"ids": []}), 4),
        (
            json!({"ids": [all[1].id, "ntf_01h455vb4pex5vsknk084sn02q"]}),
            3,
        ),
        (json!({"ids": [all[1].id]}), 3),
        (json!({"ids": [all[0].id], "before": all[3].created_at}), 3),
        (json!({"before": all[2].created_at}), 1),
        (json!({}), 0),
        (json!({}), 0),
    ] {
        // Another user's request changes nothing of it.
        eve.client.post(READ, body.clone()).await.expect_status(200);
        app.fakes.take_pokes();
        let answer: Value = ada.client.post(READ, body.clone()).await.expect(200);
        assert_eq!(answer["unread"], unread, "{body}");
        assert_eq!(list(&ada).await.unread, unread, "{body}");
    }
    let read: Vec<bool> = list(&ada)
        .await
        .items
        .iter()
        .map(|n| n.read_at.is_some())
        .collect();
    assert_eq!(read, [true; 4]);
    for bad in [
        json!({"ids": ["usr_01h455vb4pex5vsknk084sn02q"]}),
        json!({"ids": vec![all[0].id; 201]}),
        json!({"all": true}),
        json!({"before": "yesterday"}),
    ] {
        let status = ada.client.post(READ, bad.clone()).await.status.as_u16();
        assert!(matches!(status, 400 | 422), "{bad}: {status}");
    }
}

#[tokio::test]
async fn every_device_learns_what_was_read_or_deleted() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let eve = app.person("eve@example.com").await;
    let all = four(&app, &ada).await;
    let path = format!("{LIST}/{}", all[0].id);
    eve.client.delete(&path).await.expect_status(404);
    eve.client
        .delete(&format!("{LIST}/ntf_01h455vb4pex5vsknk084sn02q"))
        .await
        .expect_status(404);
    assert_eq!(list(&ada).await.items.len(), 4);
    app.fakes.take_pokes();
    ada.client
        .post(READ, json!({"ids": [all[1].id]}))
        .await
        .expect_status(200);
    assert_eq!(
        notified(&app),
        [ada.me.id.to_string(), ada.me.id.to_string()],
        "a poke for each organization"
    );
    ada.client.delete(&path).await.expect_status(204);
    assert_eq!(notified(&app).len(), 2);
    ada.client.delete(&path).await.expect_status(404);
    let left = list(&ada).await;
    assert_eq!((left.items.len(), left.unread), (3, 2));
}

#[tokio::test]
async fn a_former_member_has_no_notifications_of_the_organization() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let base = acme(&ada).await;
    let member = add_member(&ada, &base, "bob@example.com", "admin").await;
    add_member(&ada, &base, "new@example.com", "member").await;
    add_member(&bob, &bob.home(""), "ada@example.com", "member").await;
    assert_eq!(list(&bob).await.items.len(), 2);
    let path = format!("{base}/members/{}", member.id);
    ada.client.delete(&path).await.expect_status(204);
    let left = list(&bob).await;
    assert_eq!((left.items.len(), left.unread), (1, 1));
    assert_eq!(left.items[0].title, "ada joined bob");
    assert_eq!(list(&ada).await.items.len(), 2, "those of others stay");
}

#[tokio::test]
async fn pages_of_notifications_are_newest_first() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let all = four(&app, &ada).await;
    let mut seen = Vec::new();
    let mut next = format!("{LIST}?limit=3");
    loop {
        let page: NotificationList = ada.client.get(&next).await.expect(200);
        assert_eq!(page.unread, 4);
        seen.extend(page.items);
        match page.next_cursor {
            Some(cursor) => next = format!("{LIST}?limit=3&cursor={cursor}"),
            None => break,
        }
    }
    assert_eq!(seen, all);
    assert!(all.is_sorted_by(|a, b| a.created_at > b.created_at));
    ada.client
        .get("/api/me/notifications?cursor=nonsense")
        .await
        .expect_status(400);
}

#[tokio::test]
async fn notifications_end_with_their_time_and_their_organization() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    four(&app, &ada).await;
    app.fakes.advance(jiff::SignedDuration::from_hours(24 * 89));
    let ada = app.person("ada@example.com").await;
    add_member(&ada, "/api/organizations/acme", "e@example.com", "member").await;
    app.fakes.advance(jiff::SignedDuration::from_hours(36));
    use prox_api::ports::Clock;
    let mut client = app.connect().await;
    client
        .run(&prox_db::system::sweep().for_anonymous(app.fakes.now()))
        .await
        .unwrap();
    assert_eq!(list(&ada).await.items.len(), 1);
    ada.client
        .delete("/api/organizations/acme")
        .await
        .expect_status(204);
    assert_eq!(list(&ada).await.items, []);
}
