//! The tenancy matrix: every operation × every caller × own, foreign, deleted and missing resources.

use crate::operations::{self, Operation, Who, table};
use http::Method;
use prox_testing::{App, Person, Reply, TestClient};
use prox_types::{
    Collector, Connector, Dataset, DatasetImport, DatasetRow, Domain, Event, Grant, Instance, Item,
    Level, Member, NewShareLink, Organization, Page, Picture, Space, Workspace,
};
use serde_json::{Value, json};

#[test]
fn every_operation_of_the_contract_has_its_row() {
    operations::check_against_contract();
}

/// One organization with one resource of each kind.
struct World {
    organization: Organization,
    instance: Instance,
    event: Event,
    connector: Connector,
    space: Space,
    item: Item,
    /// A grant to an address that nobody has.
    grant: Grant,
    link: NewShareLink,
    domain: Domain,
    /// A workspace of the owner.
    workspace: Workspace,
    /// A picture that nothing uses.
    picture: Picture,
    /// A dataset with the column `c1`.
    dataset: Dataset,
    row: DatasetRow,
    collector: Collector,
    import: DatasetImport,
    /// A member to change and remove.
    member: Member,
}

/// The icon of every item, a picture that the tests' sites have.
const ICON: &str = "https://icons.test/i.gif";

impl World {
    async fn of(owner: &Person<'_>, app: &App, name: &str) -> Self {
        let c = &owner.client;
        app.fakes.page(ICON, 200, &[], "GIF89a;");
        app.fakes.page(
            "https://dns.test/query?name=icons.test",
            200,
            &[],
            r#"{"Status":0,"Answer":[{"name":"icons.test","type":1,"data":"93.184.216.34"}]}"#,
        );
        let organization: Organization = c
            .post("/api/organizations", json!({"name": name}))
            .await
            .expect(201);
        let base = format!("/api/organizations/{}", organization.id);
        let member = json!({"email": format!("target@{name}.example"), "role": "member"});
        let space: Space = c
            .post(&format!("{base}/spaces"), json!({"title": "S"}))
            .await
            .expect(201);
        let items = format!("{base}/spaces/{}/items", space.id);
        let width = name.chars().next().unwrap();
        let pictures = format!("{base}/pictures");
        let picture = operations::gif(width);
        let picture: Picture = c.send(Method::POST, &pictures, picture).await.expect(201);
        let cover = operations::gif(width.to_ascii_uppercase());
        let cover: Picture = c.send(Method::POST, &pictures, cover).await.expect(201);
        let cover = json!({"cover": format!("picture:{}", cover.hash)});
        let space: Space = c
            .patch(&format!("{base}/spaces/{}", space.id), cover)
            .await
            .expect(200);
        let domain = json!({"hostname": format!("www.{name}.example")});
        let grant = json!({"principal": {"type": "user", "email": format!("friend@{name}.example")}, "level": "view"});
        let instances: Page<Instance> = c.get(&format!("{base}/instances")).await.expect(200);
        let instance = instances.items[0].clone();
        let events = format!("{base}/instances/{}/events", instance.id);
        let datasets = format!("{base}/datasets");
        let dataset = json!({"name": "D", "columns": [{"name": "a"}]});
        let dataset: Dataset = c.post(&datasets, dataset).await.expect(201);
        let rows = format!("{datasets}/{}/rows", dataset.id);
        let row: DatasetRow = c
            .post(&rows, json!({"values": {"a": "x"}}))
            .await
            .expect(201);
        let collectors = format!("{datasets}/{}/collectors", dataset.id);
        let collector =
            json!({"instance": instance.id, "event_type": "c.d", "paths": {"c1": "/id"}});
        let collector: Collector = c.post(&collectors, collector).await.expect(201);
        let imports = format!("{base}/imports?dataset={}", dataset.id);
        let import: DatasetImport = c.send(Method::POST, &imports, "a\n1\n").await.expect(201);
        app.finish_imports().await;
        Self {
            member: c.post(&format!("{base}/members"), member).await.expect(201),
            event: c
                .post(&events, json!({"type": "a.b", "payload": {}}))
                .await
                .expect(201),
            item: c
                .post(&items, json!({"kind": "widget", "widget": "feed", "title": "I", "url": ICON, "icon": ICON}))
                .await
                .expect(201),
            grant: c
                .post(&format!("{base}/spaces/{}/grants", space.id), grant)
                .await
                .expect(201),
            link: c
                .post(
                    &format!("{base}/spaces/{}/share-links", space.id),
                    json!({"name": name}),
                )
                .await
                .expect(201),
            domain: c
                .post(&format!("{base}/spaces/{}/domains", space.id), domain)
                .await
                .expect(201),
            workspace: c
                .post(&format!("{base}/workspaces"), json!({"name": "W"}))
                .await
                .expect(201),
            connector: connect_slack(app, c, &instance, name).await,
            organization,
            instance,
            space,
            picture,
            dataset,
            row,
            collector,
            import,
        }
    }

    fn path(&self, template: &str) -> String {
        template
            .replace("{org}", &self.organization.id.to_string())
            .replace("{member}", &self.member.id.to_string())
            .replace("{instance}", &self.instance.id.to_string())
            .replace("{event}", &self.event.id.to_string())
            .replace("{connector}", &self.connector.id.to_string())
            .replace("{space}", &self.space.id.to_string())
            .replace("{item}", &self.item.id.to_string())
            .replace("{grant}", &self.grant.id.to_string())
            .replace("{link}", &self.link.link.id.to_string())
            .replace("{domain}", &self.domain.id.to_string())
            .replace("{workspace}", &self.workspace.id.to_string())
            .replace("{hash}", &self.picture.hash)
            .replace("{dataset}", &self.dataset.id.to_string())
            .replace("{column}", &self.dataset.columns[0].id.0)
            .replace("{row}", &self.row.id)
            .replace("{collector}", &self.collector.id.to_string())
            .replace("{import}", &self.import.id.to_string())
    }
}

/// Links a Slack team directly in the database; the installation has its own test.
async fn connect_slack(
    app: &App,
    client: &TestClient<'_>,
    instance: &Instance,
    team: &str,
) -> Connector {
    let admin = app.database.admin().await;
    let suffix = &instance.id.to_string()[5..];
    admin
        .batch_execute(&format!(
            "insert into account (id, provider, external_id, name, created_at, updated_at)
               values ('acc_{suffix}', 'slack-bot', 'T{team}', '{team}', now(), now());
             insert into instance_account_permission (id, instance_id, account_id, created_at)
               values ('iap_{suffix}', '{}', 'acc_{suffix}', now());",
            instance.id
        ))
        .await
        .unwrap();
    let path = format!(
        "/api/organizations/{}/instances/{}/connectors",
        instance.organization_id, instance.id
    );
    client
        .get(&path)
        .await
        .expect::<Page<Connector>>(200)
        .items
        .remove(0)
}

fn needs_session(operation: &Operation) -> bool {
    !matches!(operation.who, Who::Anonymous | Who::Viewer)
}

fn is_scoped(operation: &Operation) -> bool {
    operation.path.contains("{org}")
}

/// The parts of a response that must be equal in two responses of the same meaning.
fn essence(reply: &Reply) -> Value {
    let mut json = reply.json();
    json["request_id"] = Value::Null;
    json!([
        reply.status.as_u16(),
        json,
        reply.header("content-type"),
        reply.header("cache-control")
    ])
}

#[tokio::test]
async fn operations_need_a_live_session() {
    let app = App::start().await;
    let owner = app.person("owner@example.com").await;
    let world = World::of(&owner, &app, "ours").await;
    let dead = app.person("owner@example.com").await;
    dead.client
        .post("/api/auth/sign-out", Value::Null)
        .await
        .expect_status(204);
    let forged = app.anonymous().with(
        "cookie",
        &format!("__Host-prox={}.{}", owner.me.session_id, "A".repeat(43)),
    );
    for operation in table().iter().filter(|o| needs_session(o)) {
        let path = world
            .path(operation.path)
            .replace("{session}", &owner.me.session_id.to_string())
            .replace("{notification}", "ntf_01h455vb4pex5vsknk084sn02q");
        for (name, client) in [
            ("no session", app.anonymous()),
            ("ended session", dead.client.clone()),
            ("ended bearer", dead.bearer()),
            (
                "forged secret",
                forged.with("origin", prox_testing::APP_ORIGIN),
            ),
            (
                "odd bearer",
                owner.client.with("authorization", "Bearer nonsense"),
            ),
        ] {
            let reply = operations::send(&client, operation, &path).await;
            // Signing out of an ended session removes the cookie, and a callback without its state
            // redirects the browser; neither reads data.
            let over = (operation.path.ends_with("sign-out") && reply.status == 204)
                || (operation.path.ends_with("callback") && reply.status == 303);
            assert!(
                over || reply.status == 401,
                "{name}: {} {path}: {}",
                operation.method,
                reply.text
            );
        }
    }
}

#[tokio::test]
async fn foreign_deleted_and_missing_resources_answer_alike() {
    let app = App::start().await;
    let owner = app.person("owner@example.com").await;
    let outsider = app.person("stranger@example.com").await;
    let ours = World::of(&owner, &app, "ours").await;
    let theirs = World::of(&outsider, &app, "theirs").await;
    let gone = World::of(&owner, &app, "gone").await;
    owner
        .client
        .delete(&gone.path("/api/organizations/{org}"))
        .await
        .expect_status(204);
    for operation in table().iter().filter(|o| is_scoped(o)) {
        let missing_path = ours.path(operation.path).replace(
            &ours.organization.id.to_string(),
            "org_01h455vb4pex5vsknk084sn02q",
        );
        let missing = operations::send(&owner.client, operation, &missing_path).await;
        missing.expect_status(404).expect_problem("not_found");
        for (name, client, path) in [
            ("foreign", &outsider.client, ours.path(operation.path)),
            (
                "foreign by bearer",
                &outsider.bearer(),
                ours.path(operation.path),
            ),
            ("deleted", &owner.client, gone.path(operation.path)),
        ] {
            let reply = operations::send(client, operation, &path).await;
            assert_eq!(
                essence(&reply),
                essence(&missing),
                "{name}: {} {path}",
                operation.method
            );
        }
        // Own organization with another organization's resource: every variable but {org}.
        let own_id = theirs.organization.id.to_string();
        let mixed = ours
            .path(operation.path)
            .replace(&ours.organization.id.to_string(), &own_id);
        if operation.path.matches('{').count() > 1 {
            let reply = operations::send(&outsider.client, operation, &mixed).await;
            assert_eq!(
                essence(&reply),
                essence(&missing),
                "foreign thing: {} {mixed}",
                operation.method
            );
        }
    }
    // None of these requests changed anything.
    let space: Space = owner
        .client
        .get(&ours.path("/api/organizations/{org}/spaces/{space}"))
        .await
        .expect(200);
    assert_eq!(
        space.version,
        ours.space.version + 1,
        "only the item's own creation counted"
    );
    let item: Item = owner
        .client
        .get(&ours.path("/api/organizations/{org}/spaces/{space}/items/{item}"))
        .await
        .expect(200);
    assert_eq!(item, ours.item);
}

#[tokio::test]
async fn a_bad_id_in_a_path_is_not_found() {
    let app = App::start().await;
    let owner = app.person("owner@example.com").await;
    let ours = World::of(&owner, &app, "ours").await;
    for operation in table().iter().filter(|o| is_scoped(o)) {
        let (start, _) = operation.path.rsplit_once("/{").unwrap();
        let (_, tail) = operation.path.rsplit_once('}').unwrap();
        for bad in [
            "nonsense",
            "itm_",
            "usr_01h455vb4pex5vsknk084sn02q",
            "%00",
            "%ff",
            "..",
            "a%2Fb",
            "'--",
        ] {
            let path = format!("{}/{bad}{tail}", ours.path(start));
            let reply = operations::send(&owner.client, operation, &path).await;
            assert_eq!(
                reply.status, 404,
                "{} {path}: {}",
                operation.method, reply.text
            );
        }
    }
}

/// The session is checked before anything else of a request.
#[tokio::test]
async fn a_dead_session_is_reported_before_a_bad_request() {
    let app = App::start().await;
    let owner = app.person("owner@example.com").await;
    let world = World::of(&owner, &app, "ours").await;
    let dead = app.person("owner@example.com").await;
    dead.client
        .post("/api/auth/sign-out", Value::Null)
        .await
        .expect_status(204);
    let operations = table();
    for operation in operations
        .iter()
        .filter(|o| o.path.contains('{') && needs_session(o))
    {
        let (start, _) = operation.path.rsplit_once("/{").unwrap();
        let (_, tail) = operation.path.rsplit_once('}').unwrap();
        // The second id is not UTF-8.
        for id in ["%00", "%ff"] {
            let path = format!("{}/{id}{tail}", world.path(start));
            for client in [&dead.client, &dead.bearer()] {
                let reply = operations::send(client, operation, &path).await;
                assert_eq!(reply.status, 401, "{} {path}", operation.method);
            }
        }
    }
    let spaces = world.path("/api/organizations/{org}/spaces");
    for client in [
        dead.client.with("content-type", "text/plain"),
        dead.client.with("content-type", "application/json"),
        dead.client.with("idempotency-key", ""),
    ] {
        let reply = client.send(Method::POST, &spaces, "nonsense").await;
        reply.expect_status(401).expect_problem("unauthenticated");
    }
    let list = dead.client.get(&format!("{spaces}?limit=0")).await;
    list.expect_status(401).expect_problem("unauthenticated");
}

#[tokio::test]
async fn each_role_may_do_what_the_table_allows_and_no_more() {
    let app = App::start().await;
    let owner = app.person("owner@example.com").await;
    let admin = app.person("admin@example.com").await;
    let member = app.person("member@example.com").await;
    app.fakes
        .page("https://dns.test/query", 200, &[], r#"{"Status":3}"#);
    for (round, operation) in table().iter().enumerate().filter(|(_, o)| is_scoped(o)) {
        // An organization for each operation, because some delete it.
        let world = World::of(&owner, &app, &format!("round{round}")).await;
        let members = world.path("/api/organizations/{org}/members");
        for (person, role) in [(&admin, "admin"), (&member, "member")] {
            let body = json!({"email": person.me.email, "role": role});
            let _: Member = owner.client.post(&members, body).await.expect(201);
        }
        let path = world.path(operation.path);
        if let Some(import) = path.strip_suffix("/apply") {
            let store = format!("{import}/store");
            owner
                .client
                .post(&store, Value::Null)
                .await
                .expect_status(200);
            app.finish_imports().await;
        }
        let may = |who: Who| match operation.who {
            Who::Member | Who::Viewer | Who::View | Who::Edit => true,
            Who::Admin | Who::Manage => matches!(who, Who::Admin | Who::Owner),
            _ => who == Who::Owner,
        };
        // The lowest role first, because higher ones may delete the resource.
        for (who, person) in [
            (Who::Member, &member),
            (Who::Admin, &admin),
            (Who::Owner, &owner),
        ] {
            let reply = operations::send(&person.client, operation, &path).await;
            if !may(who) {
                let refused = if operation.who == Who::Creator {
                    404
                } else {
                    403
                };
                assert_eq!(
                    reply.status, refused,
                    "{who:?}: {} {path}: {}",
                    operation.method, reply.text
                );
                continue;
            }
            let status = reply.status.as_u16();
            assert!(
                status < 400,
                "{who:?}: {} {path}: {}",
                operation.method,
                reply.text
            );
            break;
        }
    }
}

/// People who are no members: with a grant on the space, with one on its item, and with none.
#[tokio::test]
async fn guests_may_do_what_their_grant_allows_and_no_more() {
    let app = App::start().await;
    let owner = app.person("owner@example.com").await;
    let outsider = app.person("outsider@example.com").await;
    let friend = app.person("friend@example.com").await;
    let editor = app.person("editor@example.com").await;
    let manager = app.person("manager@example.com").await;
    let of_item = app.person("of-item@example.com").await;
    let guests = [
        (&friend, Some(Level::View)),
        (&editor, Some(Level::Edit)),
        (&manager, Some(Level::Manage)),
    ];
    app.fakes
        .page("https://dns.test/query", 200, &[], r#"{"Status":3}"#);
    for (round, operation) in table().iter().enumerate().filter(|(_, o)| is_scoped(o)) {
        let world = World::of(&owner, &app, &format!("round{round}")).await;
        let grants = world.path("/api/organizations/{org}/spaces/{space}/grants");
        for (person, level) in guests {
            let body =
                json!({"principal": {"type": "user", "handle": person.me.handle}, "level": level});
            let _: Grant = owner.client.post(&grants, body).await.expect(201);
        }
        let body = json!({"principal": {"type": "user", "handle": of_item.me.handle}, "level": "view",
            "item": world.item.id});
        let _: Grant = owner.client.post(&grants, body).await.expect(201);
        let path = world.path(operation.path);
        let needed = match operation.who {
            Who::View | Who::Viewer => Some(Level::View),
            Who::Edit => Some(Level::Edit),
            Who::Manage => Some(Level::Manage),
            _ => None,
        };
        for client in [&outsider.client, &app.anonymous()] {
            let reply = operations::send(client, operation, &path).await;
            assert!(
                matches!(reply.status.as_u16(), 401 | 404),
                "outsider: {} {path}: {}",
                operation.method,
                reply.text
            );
        }
        // Somebody with a single item sees nothing else, and changes nothing.
        let reply = operations::send(&of_item.client, operation, &path).await;
        let sees = needed == Some(Level::View)
            && (operation.path.contains("{item}") || operation.path.ends_with("/items"));
        let expected = match needed {
            None => &[404][..],
            Some(_) if sees => &[200, 204],
            Some(_) => &[403, 404],
        };
        assert!(
            expected.contains(&reply.status.as_u16()),
            "of an item: {} {path}: {}",
            operation.method,
            reply.text
        );
        for (person, level) in guests {
            let reply = operations::send(&person.client, operation, &path).await;
            let status = reply.status.as_u16();
            let message = format!("{level:?}: {} {path}: {}", operation.method, reply.text);
            match needed {
                None => assert_eq!(status, 404, "{message}"),
                Some(needed) if level < Some(needed) => assert_eq!(status, 403, "{message}"),
                Some(_) => {
                    assert!(status < 400, "{message}");
                    break;
                }
            }
        }
    }
}

#[tokio::test]
async fn only_platform_admins_see_unclaimed_events() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    ada.client
        .get("/api/admin/events")
        .await
        .expect_status(403)
        .expect_problem("forbidden");
    let admin = app.database.admin().await;
    admin
        .batch_execute("update \"user\" set role = 'admin'")
        .await
        .unwrap();
    let page: Page<Event> = ada.client.get("/api/admin/events").await.expect(200);
    assert!(page.items.is_empty());
}

#[tokio::test]
async fn a_mutation_by_cookie_from_another_site_is_refused() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    let from = |origin: &str| ada.client.with("origin", origin);
    for client in [
        from("https://evil.test"),
        from("https://prox.test.evil.test"),
        from("http://prox.test"),
        from("https://prox.test:8443"),
        from("null"),
        ada.client.without("origin"),
    ] {
        client
            .post("/api/organizations", json!({"name": "x"}))
            .await
            .expect_status(403)
            .expect_problem("cross_site");
        let socket = client
            .with("upgrade", "websocket")
            .get(&ada.home("/socket"))
            .await;
        socket.expect_status(403).expect_problem("cross_site");
        client.get("/api/me").await.expect_status(200);
    }
    // Browsers never send a bearer token by themselves.
    let _: Organization = ada
        .bearer()
        .post("/api/organizations", json!({"name": "x"}))
        .await
        .expect(201);
    // A request with a bearer token ignores cookies.
    let both = ada.client.with("authorization", "Bearer ses_x.y");
    both.get("/api/me").await.expect_status(401);
    let twice = ada.client.with(
        "cookie",
        &format!("__Host-prox={0}; __Host-prox={0}", ada.token),
    );
    twice.get("/api/me").await.expect_status(401);
}
