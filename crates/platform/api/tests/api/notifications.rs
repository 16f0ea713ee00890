//! Notifications: who gets which, and what a person does with them.

use futures_util::future::join_all;
use prox_api::ports::Clock;
use prox_testing::{App, Person};
use prox_types::{
    Domain, DomainStatus, Item, Member, Notification, NotificationList, NotificationType,
    Organization, Page,
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
    let new = add_member(&ada, &base, "new@example.com", "owner").await;
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
    assert_eq!(newest.url, format!("/o/acme?window=members.{}", new.id));
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
        format!("/o/acme-two?window=members.{}", new.id)
    );
}

/// The text of the TXT record that proves a hostname.
fn proof_of(domain: &Domain) -> String {
    let record = domain.records.iter().find(|r| r.kind == "TXT").unwrap();
    record.value.clone()
}

/// Lets the resolver answer with these records. Without an alias, the name does not exist.
fn answer_dns(app: &App, proof: Option<&str>, alias: Option<&str>) {
    let (proof, alias) = (proof.map(str::to_owned), alias.map(str::to_owned));
    app.fakes.site("https://dns.test/query", move |hop| {
        let answer = match (hop.url.contains("TXT"), &proof, &alias) {
            (true, Some(proof), _) => {
                json!({"Status": 0, "Answer": [{"name": "x", "type": 16, "data": format!("\"{proof}\"")}]})
            }
            (false, _, Some(alias)) => {
                json!({"Status": 0, "Answer": [{"name": "x", "type": 5, "data": alias}]})
            }
            (true, None, _) => json!({"Status": 0}),
            (false, _, None) => json!({"Status": 3}),
        };
        Ok(prox_api::ports::HopAnswer { status: 200, headers: vec![], body: answer.to_string().into_bytes() })
    });
}

#[tokio::test]
async fn the_sweep_notices_lost_domains() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("lab").await;
    let domains = ada.home("/spaces/lab/domains");
    for hostname in ["lab.example.org", "other.example.org"] {
        let body = json!({"hostname": hostname});
        let domain: Domain = ada.client.post(&domains, body).await.expect(201);
        if hostname == "lab.example.org" {
            answer_dns(&app, Some(&proof_of(&domain)), Some("edge.prox.test."));
            ada.client
                .post(&format!("{domains}/{}/verify", domain.id), Value::Null)
                .await
                .expect_status(200);
        }
    }
    let read = async || {
        let page: Page<Domain> = ada.client.get(&domains).await.expect(200);
        page.items
    };
    let proof = proof_of(&read().await[0]);
    let mut client = app.connect().await;
    // After this many minutes, the sweep looks at this many hostnames, and Ada has so many notifications.
    let mut look = async |minutes, looked, notifications| {
        app.fakes.advance(jiff::SignedDuration::from_mins(minutes));
        let now = app.fakes.now();
        let count = prox_api::recheck_domains(&mut client, &app.ports)
            .await
            .unwrap();
        assert_eq!(count, looked, "{now}");
        let ada = app.person("ada@example.com").await;
        assert_eq!(list(&ada).await.items.len(), notifications, "{now}");
        read().await[0].clone()
    };
    assert_eq!(look(60, 0, 1).await.status, DomainStatus::Verified);
    let seen = look(6 * 60, 1, 1).await;
    assert_eq!(seen.reason, None);
    // One wrong answer is not believed.
    answer_dns(&app, None, Some("elsewhere.example."));
    let seen = look(6 * 60 + 1, 1, 1).await;
    assert_eq!(seen.status, DomainStatus::Verified);
    assert!(seen.reason.is_some());
    assert_eq!(look(5, 0, 1).await.status, DomainStatus::Verified);
    answer_dns(&app, Some(&proof), Some("edge.prox.test."));
    assert_eq!(look(6, 1, 1).await.reason, None);
    // The resolver does not answer.
    app.fakes.page("https://dns.test/query", 500, &[], "");
    let seen = look(6 * 60 + 1, 1, 1).await;
    assert_eq!((seen.status, seen.reason), (DomainStatus::Verified, None));
    // The name is gone.
    answer_dns(&app, None, None);
    look(6 * 60 + 1, 1, 1).await;
    app.fakes.take_pokes();
    let seen = look(11, 1, 2).await;
    assert_eq!(seen.status, DomainStatus::Failed);
    assert_eq!(list(&ada).await.items[0].kind, NotificationType::DomainLost);
    assert!(seen.reason.unwrap().contains("does not exist"));
    // It returns by itself, on another day with a notification.
    answer_dns(&app, Some(&proof), Some("edge.prox.test."));
    assert_eq!(look(24 * 60, 1, 3).await.status, DomainStatus::Verified);
    assert_eq!(
        read().await[1].status,
        DomainStatus::Pending,
        "never verified"
    );
}

#[tokio::test]
async fn a_lost_domain_stays_with_whom_else_has_it() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let mut made: Vec<Domain> = Vec::new();
    for person in [&ada, &bob] {
        person.create_space("lab").await;
        let path = person.home("/spaces/lab/domains");
        let body = json!({"hostname": "lab.example.org"});
        made.push(person.client.post(&path, body).await.expect(201));
    }
    let verify = async |person: &Person<'_>, domain: &Domain| -> Domain {
        let path = person.home(&format!("/spaces/lab/domains/{}/verify", domain.id));
        person.client.post(&path, Value::Null).await.expect(200)
    };
    let both = |proof: &str| answer_dns(&app, Some(proof), Some("edge.prox.test."));
    both(&proof_of(&made[0]));
    assert_eq!(verify(&ada, &made[0]).await.status, DomainStatus::Verified);
    both("other");
    assert_eq!(verify(&ada, &made[0]).await.status, DomainStatus::Failed);
    both(&proof_of(&made[1]));
    assert_eq!(verify(&bob, &made[1]).await.status, DomainStatus::Verified);
    // Ada's record is there again, and Bob's domain is due, too.
    both(&proof_of(&made[0]));
    let mut client = app.connect().await;
    app.fakes.advance(jiff::SignedDuration::from_hours(7));
    let count = prox_api::recheck_domains(&mut client, &app.ports)
        .await
        .unwrap();
    assert_eq!(count, 2);
    let read = async |person: &str| {
        let person = app.person(person).await;
        let path = person.home("/spaces/lab/domains");
        let page: Page<Domain> = person.client.get(&path).await.expect(200);
        page.items[0].status
    };
    assert_eq!(read("ada@example.com").await, DomainStatus::Failed);
    assert_eq!(read("bob@example.com").await, DomainStatus::Verified);
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
    let wrong_records = || answer_dns(&app, Some("other"), Some("edge.prox.test."));
    let proof = proof_of(&domain);
    let right_records = || answer_dns(&app, Some(&proof), Some("edge.prox.test."));
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
            format!("/o/ada/lab?window=domains.{}", domain.id),
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

/// An app in the space `lab` of a person.
async fn framed(person: &Person<'_>, title: &str) -> Item {
    let body = json!({"kind": "app", "title": title, "url": "https://a.example/"});
    person
        .client
        .post(&person.home("/spaces/lab/items"), body)
        .await
        .expect(201)
}

#[tokio::test]
async fn clients_report_what_was_not_shown() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let eve = app.person("eve@example.com").await;
    let space = ada.create_space("lab").await;
    let item = framed(&ada, "Grafana").await;
    let blocked = json!({"type": "frame_failed", "item": item.id, "failure": "blocked"});
    app.fakes.take_pokes();
    for _ in 0..2 {
        ada.client
            .post(LIST, blocked.clone())
            .await
            .expect_status(204);
    }
    assert_eq!(notified(&app), [ada.me.id.to_string()], "once");
    let found = list(&ada).await;
    assert_eq!((found.items.len(), found.unread), (1, 1));
    let only = &found.items[0];
    assert_eq!(only.kind, NotificationType::FrameFailed);
    assert_eq!(only.title, "Grafana could not be shown");
    assert_eq!(
        only.url,
        format!("/o/ada/lab?window={}.{}", space.id, item.id)
    );
    assert_eq!(only.group_key, format!("item {}", item.id));
    // Not another one's item; a missing one answers alike.
    eve.client.post(LIST, blocked).await.expect_status(404);
    let missing = json!({"type": "frame_failed", "item": "itm_01h455vb4pex5vsknk084sn02q", "failure": "blocked"});
    ada.client.post(LIST, missing).await.expect_status(404);
    assert_eq!(list(&eve).await.items, []);
    app.fakes.advance(jiff::SignedDuration::from_hours(24));
    let ada = app.person("ada@example.com").await;
    let unreachable = json!({"type": "frame_failed", "item": item.id, "failure": "unreachable"});
    ada.client.post(LIST, unreachable).await.expect_status(204);
    let found = list(&ada).await.items;
    assert_eq!(found.len(), 2, "a new day");
    assert_eq!(found[0].body, "Its site could not be reached.");
}

#[tokio::test]
async fn devices_that_lost_the_api_report_it_once() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let report = async |minutes, seconds, expected: usize| {
        app.fakes.advance(jiff::SignedDuration::from_mins(minutes));
        let body = json!({"type": "api_unavailable", "seconds": seconds});
        ada.client.post(LIST, body).await.expect_status(204);
        let found = list(&ada).await.items;
        assert_eq!(found.len(), expected);
        found[0].clone()
    };
    let first = report(0, 300, 1).await;
    assert_eq!(first.title, "Prox OS could not be reached");
    assert_eq!(first.body, "It did not answer for 5 minutes.");
    assert_eq!((first.url.as_str(), first.organization), ("/", None));
    report(0, 300, 1).await;
    report(1, 420, 1).await;
    report(5, 60, 2).await;
    assert_eq!(
        report(600, 7_200, 3).await.body,
        "It did not answer for 2 hours."
    );
}

#[tokio::test]
async fn reports_are_checked_and_limited() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.create_space("lab").await;
    let item = framed(&ada, "A").await.id;
    for bad in [
        json!({}),
        json!({"type": "member_joined"}),
        json!({"type": "domain_lost", "seconds": 60}),
        json!({"type": "frame_failed"}),
        json!({"type": "frame_failed", "item": item}),
        json!({"type": "frame_failed", "failure": "blocked"}),
        json!({"type": "frame_failed", "item": item, "failure": "slow"}),
        json!({"type": "frame_failed", "item": item, "failure": "blocked", "seconds": 60}),
        json!({"type": "frame_failed", "item": "spc_01h455vb4pex5vsknk084sn02q", "failure": "blocked"}),
        json!({"type": "api_unavailable"}),
        json!({"type": "api_unavailable", "seconds": 59}),
        json!({"type": "api_unavailable", "seconds": 604_801}),
        json!({"type": "api_unavailable", "seconds": 60, "item": item}),
        json!({"type": "api_unavailable", "seconds": 60, "failure": "blocked"}),
        json!({"type": "api_unavailable", "seconds": 60, "title": "Mine"}),
    ] {
        let status = ada.client.post(LIST, bad.clone()).await.status.as_u16();
        assert!(matches!(status, 400 | 422), "{bad}: {status}");
    }
    assert_eq!(list(&ada).await.items, []);
    for n in 0..51 {
        let item = framed(&ada, &format!("{n}")).await.id;
        let body = json!({"type": "frame_failed", "item": item, "failure": "blocked"});
        let expected = if n < 50 { 204 } else { 409 };
        ada.client.post(LIST, body).await.expect_status(expected);
    }
    let found: NotificationList = ada
        .client
        .get(&format!("{LIST}?limit=100"))
        .await
        .expect(200);
    assert_eq!(found.items.len(), 50);
}

#[tokio::test]
async fn concurrent_reports_end_at_the_limit() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let eve = app.person("eve@example.com").await;
    ada.create_space("lab").await;
    let mut bodies = Vec::new();
    for n in 0..20 {
        let item = framed(&ada, &format!("{n}")).await.id;
        bodies.push(json!({"type": "frame_failed", "item": item, "failure": "blocked"}));
    }
    let first = ada.client.post(LIST, bodies[0].clone()).await;
    first.expect_status(204);
    // 45 more for each of them: copies of the first.
    let admin = app.database.admin().await;
    let copies = "insert into notification
        (user_id, id, organization_id, type, title, body, path, group_key, dedupe_key, created_at)
      select u.id, n.id || k, n.organization_id, n.type, n.title, n.body, n.path, n.group_key, k, n.created_at
      from notification n, \"user\" u, generate_series(1, 45) k";
    admin.batch_execute(copies).await.unwrap();
    let reports = bodies[1..]
        .iter()
        .map(|body| ada.client.post(LIST, body.clone()));
    let replies = join_all(reports).await;
    let refused: Vec<_> = replies.iter().filter(|r| r.status != 204).collect();
    assert_eq!(refused.len(), 15);
    for reply in refused {
        reply.expect_status(409).expect_problem("limit_reached");
    }
    // What was reported before is not counted, and another user has reports of their own.
    let again = ada.client.post(LIST, bodies[0].clone()).await;
    again.expect_status(204);
    let lost = json!({"type": "api_unavailable", "seconds": 60});
    eve.client.post(LIST, lost).await.expect_status(204);
    app.fakes.advance(jiff::SignedDuration::from_hours(25));
    let next = ada.client.post(LIST, bodies[1].clone()).await;
    next.expect_status(204);
}

#[tokio::test]
async fn notifications_are_cleared_together() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let eve = app.person("eve@example.com").await;
    let all = four(&app, &ada).await;
    let id = |n: usize| all[n].id.to_string();
    let group = all[0].group_key.replace(' ', "%20");
    for (query, left) in [
        ("?ids=".to_owned(), 4),
        (format!("?ids={}&group=other", id(0)), 4),
        (
            format!("?ids={},{}", id(0), "ntf_01h455vb4pex5vsknk084sn02q"),
            3,
        ),
        (format!("?before={}", all[3].created_at), 2),
        (format!("?group={group}&ids={}", id(1)), 1),
        (String::new(), 0),
        (String::new(), 0),
    ] {
        let path = format!("{LIST}{query}");
        eve.client.delete(&path).await.expect_status(204);
        app.fakes.take_pokes();
        let before = list(&ada).await.items.len();
        ada.client.delete(&path).await.expect_status(204);
        assert_eq!(list(&ada).await.items.len(), left, "{query}");
        assert_eq!(notified(&app).is_empty(), before == left, "{query}");
    }
    for bad in [
        "?ids=usr_01h455vb4pex5vsknk084sn02q".to_owned(),
        format!("?ids={}", vec![id(0); 201].join(",")),
        "?before=yesterday".to_owned(),
    ] {
        let status = ada
            .client
            .delete(&format!("{LIST}{bad}"))
            .await
            .status
            .as_u16();
        assert!(matches!(status, 400 | 422), "{bad}: {status}");
    }
}
