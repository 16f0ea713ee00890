//! Watchers of a space: who may open the socket of a space, and which changes close it.

use http::{HeaderMap, Method};
use prox_testing::{APP_ORIGIN, App, Person, Reply, TestClient};
use prox_types::durable::room::Close;
use prox_types::{Grant, Member, Organization, OrganizationId, Page, Space, SpaceId};
use serde_json::{Value, json};

async fn watch(client: &TestClient<'_>, space: &str) -> Reply {
    let path = format!("/api/spaces/{space}/socket");
    client.with("upgrade", "WebSocket").get(&path).await
}

/// What two refusals of the same meaning have in common.
fn essence(reply: &Reply) -> (u16, Value, HeaderMap) {
    let (mut body, mut headers) = (reply.json(), reply.headers.clone());
    body["request_id"] = Value::Null;
    headers.remove("x-request-id");
    (reply.status.as_u16(), body, headers)
}

#[tokio::test]
async fn a_published_space_is_watched_by_anyone() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let space = ada.create_space("garden").await;
    for audience in ["public", "unlisted"] {
        let path = ada.home("/spaces/garden/publish");
        let body = json!({ "audience": audience });
        let _: Space = ada.client.post(&path, body).await.expect(200);
        let dead = ada.client.with("cookie", "__Host-prox=nonsense");
        for (client, person) in [
            (&app.anonymous(), None),
            (&dead, None),
            (&ada.client, Some(&ada)),
            (&bob.client, Some(&bob)),
            (&bob.bearer(), Some(&bob)),
        ] {
            let reply = watch(client, &space.id.to_string()).await;
            reply.expect_status(101);
            assert!(reply.ticket.is_none());
            let watch = reply.watch.unwrap();
            assert_eq!(watch.organization_id, space.organization_id);
            assert_eq!(watch.space_id, space.id);
            assert_eq!(watch.user_id, person.map(|person| person.me.id));
            assert_eq!(watch.session_id, person.map(|person| person.me.session_id));
        }
    }
}

#[tokio::test]
async fn a_private_space_is_watched_by_members_only() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let space = ada.create_space("diary").await;
    let members = ada.home("/members");
    let member = json!({"email": "bob@example.com", "role": "member"});
    let member: Member = ada.client.post(&members, member).await.expect(201);

    let reply = watch(&bob.client, &space.id.to_string()).await;
    reply.expect_status(101);
    let watch_of_bob = reply.watch.unwrap();
    assert_eq!(watch_of_bob.user_id, Some(bob.me.id));
    // Each change counts, so that a later revocation is recognized as later.
    let items = ada.home("/spaces/diary/items");
    let item = json!({"kind": "card", "title": "A day"});
    ada.client.post(&items, item).await.expect_status(201);
    let reply = watch(&bob.client, &space.id.to_string()).await;
    assert_eq!(reply.watch.unwrap().head, watch_of_bob.head + 1);

    let eve = app.person("eve@example.com").await;
    let signed_out = app.person("ada@example.com").await;
    let path = "/api/auth/sign-out";
    signed_out
        .client
        .post(path, Value::Null)
        .await
        .expect_status(204);
    let removed = format!("{members}/{}", member.id);
    ada.client.delete(&removed).await.expect_status(204);
    let gone = ada.create_space("gone").await;
    let path = ada.home("/spaces/gone");
    ada.client.delete(&path).await.expect_status(204);

    let missing = "spc_01h455vb4pex5vsknk084sn02q";
    let expected = watch(&ada.client, missing).await;
    expected.expect_status(404).expect_problem("not_found");
    let (private, gone) = (space.id.to_string(), gone.id.to_string());
    for (name, client, space) in [
        ("anonymous", &app.anonymous(), private.as_str()),
        ("outsider", &eve.client, &private),
        ("outsider by bearer", &eve.bearer(), &private),
        ("former member", &bob.client, &private),
        ("ended session", &signed_out.client, &private),
        ("ended bearer", &signed_out.bearer(), &private),
        ("deleted", &ada.client, &gone),
        ("missing, anonymous", &app.anonymous(), missing),
        ("slug", &ada.client, "diary"),
        (
            "another kind of id",
            &ada.client,
            "itm_01h455vb4pex5vsknk084sn02q",
        ),
        ("no text", &ada.client, "%ff"),
        ("quote", &ada.client, "'--"),
    ] {
        let reply = watch(client, space).await;
        assert_eq!(essence(&reply), essence(&expected), "{name}");
        assert!(reply.watch.is_none(), "{name}");
    }
}

#[tokio::test]
async fn only_an_upgrade_from_the_app_itself_uses_the_cookie() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let space = ada.create_space("garden").await.id.to_string();
    let publish = ada.home("/spaces/garden/publish");
    ada.client
        .post(&publish, Value::Null)
        .await
        .expect_status(200);

    // A request that is no upgrade learns nothing about the space.
    for space in [space.as_str(), "spc_01h455vb4pex5vsknk084sn02q"] {
        let path = format!("/api/spaces/{space}/socket");
        for client in [&ada.client, &app.anonymous()] {
            client.get(&path).await.expect_status(426);
            let other = client.with("upgrade", "h2c").get(&path).await;
            other.expect_status(426).expect_problem("upgrade_required");
        }
        let post = ada.client.post(&path, Value::Null).await;
        post.expect_status(405);
    }
    for origin in ["https://evil.example", "null"] {
        let reply = watch(&ada.client.with("origin", origin), &space).await;
        reply.expect_status(403).expect_problem("cross_site");
        let reply = watch(&app.anonymous().with("origin", origin), &space).await;
        reply.expect_status(101);
        let reply = watch(&ada.bearer().with("origin", origin), &space).await;
        reply.expect_status(101);
    }
    let reply = watch(&ada.client.without("origin"), &space).await;
    reply.expect_status(403);
    let reply = watch(&ada.client.with("origin", APP_ORIGIN), &space).await;
    assert_eq!(reply.watch.unwrap().user_id, Some(ada.me.id));
}

#[tokio::test]
async fn the_end_of_a_publication_closes_the_watchers_of_that_space() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let space = ada.create_space("garden").await;
    let path = ada.home("/spaces/garden");
    let closes = |space: SpaceId| {
        let pokes = app.fakes.take_pokes();
        let [(_, poke)] = &pokes[..] else {
            panic!("{pokes:?}");
        };
        assert!(
            poke.keys
                .contains(&vec!["space".to_owned(), space.to_string()])
        );
        poke.close
    };
    app.fakes.take_pokes();
    for (method, tail, body, expected) in [
        (Method::POST, "/publish", Value::Null, None),
        (
            Method::POST,
            "/publish",
            json!({"audience": "unlisted"}),
            None,
        ),
        (Method::PATCH, "", json!({"title": "Park"}), None),
        (
            Method::POST,
            "/unpublish",
            Value::Null,
            Some(Close::Space(space.id)),
        ),
        (
            Method::DELETE,
            "",
            Value::Null,
            Some(Close::Space(space.id)),
        ),
    ] {
        let reply = ada
            .client
            .json(method.clone(), &format!("{path}{tail}"), body)
            .await;
        assert!(reply.status.is_success(), "{method} {tail}: {}", reply.text);
        assert_eq!(closes(space.id), expected, "{method} {tail}");
    }
    // A request that changes nothing closes nothing.
    ada.create_space("other").await;
    app.fakes.take_pokes();
    let stale = ada.client.with("if-match", "\"v99\"");
    let path = ada.home("/spaces/other");
    stale
        .post(&format!("{path}/unpublish"), Value::Null)
        .await
        .expect_status(412);
    stale.delete(&path).await.expect_status(412);
    assert!(app.fakes.take_pokes().is_empty());
}

/// Grants the view of a space.
async fn grant(owner: &Person<'_>, space: &str, principal: Value) {
    let path = owner.home(&format!("/spaces/{space}/grants"));
    let body = json!({"principal": principal, "level": "view"});
    let _: Grant = owner.client.post(&path, body).await.expect(201);
}

/// The pokes since the last call that close sockets, with their rooms.
fn closes(app: &App) -> Vec<(OrganizationId, Close)> {
    let mut closes: Vec<_> = app
        .fakes
        .take_pokes()
        .into_iter()
        .filter_map(|(organization, poke)| Some((organization, poke.close?)))
        .collect();
    closes.sort_by_key(|(organization, _)| *organization);
    closes
}

#[tokio::test]
async fn an_ended_session_closes_the_watchers_of_a_guest() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let space = ada.create_space("garden").await;
    // Another space, whose grant counts once more for nobody.
    ada.create_space("park").await;
    for name in ["by-id", "by-address", "by-organization", "outsider"] {
        let guest = app.person(&format!("{name}@example.com")).await;
        let own: Organization = guest.client.get(&guest.home("")).await.expect(200);
        let principal = match name {
            "by-id" => json!({"type": "user", "id": guest.me.id}),
            "by-address" => json!({"type": "user", "email": guest.me.email}),
            "by-organization" => json!({"type": "organization", "id": own.id}),
            _ => Value::Null,
        };
        if !principal.is_null() {
            for space in ["garden", "park"] {
                grant(&ada, space, principal.clone()).await;
            }
        }
        app.fakes.take_pokes();
        let path = "/api/auth/sign-out";
        guest
            .client
            .post(path, Value::Null)
            .await
            .expect_status(204);
        let close = Close::Session(guest.me.session_id);
        let mut expected = vec![(own.id, close)];
        if !principal.is_null() {
            expected.push((space.organization_id, close));
            expected.sort_by_key(|(organization, _)| *organization);
        }
        assert_eq!(closes(&app), expected, "{name}");
    }
}

#[tokio::test]
async fn watchers_by_a_grant_of_an_organization_end_with_it() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let bob = app.person("bob@example.com").await;
    let eve = app.person("eve@example.com").await;
    let space = ada.create_space("garden").await;
    ada.create_space("park").await;
    for granted in [false, true] {
        let team = json!({"name": "Team"});
        let team: Organization = bob
            .client
            .post("/api/organizations", team)
            .await
            .expect(201);
        if granted {
            let principal = json!({"type": "organization", "id": team.id});
            grant(&ada, "garden", principal.clone()).await;
            grant(&ada, "park", principal).await;
        }
        let path = format!("/api/organizations/{}", team.id);
        let member = json!({"email": "eve@example.com", "role": "member"});
        let members = format!("{path}/members");
        let member: Member = bob.client.post(&members, member).await.expect(201);
        let rechecked = granted.then_some((space.organization_id, Close::Watchers));

        app.fakes.take_pokes();
        let all: Page<Member> = bob.client.get(&members).await.expect(200);
        let owner = all.items.iter().find(|m| m.user_id == bob.me.id).unwrap();
        let refused = bob.client.delete(&format!("{members}/{}", owner.id)).await;
        refused.expect_status(409);
        assert_eq!(closes(&app), []);

        let removed = format!("{members}/{}", member.id);
        bob.client.delete(&removed).await.expect_status(204);
        let mut expected = vec![(team.id, Close::User(eve.me.id))];
        expected.extend(rechecked);
        expected.sort_by_key(|(organization, _)| *organization);
        assert_eq!(closes(&app), expected);

        bob.client.delete(&path).await.expect_status(204);
        let mut expected = vec![(team.id, Close::Everyone)];
        expected.extend(rechecked);
        expected.sort_by_key(|(organization, _)| *organization);
        assert_eq!(closes(&app), expected);
    }
}
