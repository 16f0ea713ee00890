//! Grants, share links and slices: who sees which part of a space.

use http::Method;
use prox_api::ports::Clock as _;
use prox_testing::{APP_ORIGIN, App, Person, Reply, TestClient};
use prox_types::{
    Exposure, Grant, Item, ItemVisibility, Level, NewShareLink, Page, Principal, PrincipalType,
    ShareLink, SharedSpace, Slice, WarningKind,
};
use serde_json::{Value, json};

/// A space of Ada with a public and a private card, a private folder with a card, and a published page.
struct Home<'a> {
    ada: Person<'a>,
}

impl<'a> Home<'a> {
    async fn of(app: &'a App) -> Self {
        let ada = app.person("ada@example.com").await;
        ada.create_space("work").await;
        let home = Self { ada };
        home.add(json!({"title": "Open"})).await;
        home.add(json!({"title": "Hidden", "visibility": "private"}))
            .await;
        let folder = home
            .add(json!({"kind": "folder", "title": "Drawer", "visibility": "private"}))
            .await;
        home.add(json!({"title": "Inside", "place": {"folder_id": folder.id}}))
            .await;
        home
    }

    fn path(&self, tail: &str) -> String {
        self.ada.home(&format!("/spaces/work{tail}"))
    }

    async fn add(&self, mut body: Value) -> Item {
        if body["kind"].is_null() {
            body["kind"] = json!("card");
        }
        self.ada
            .client
            .post(&self.path("/items"), body)
            .await
            .expect(201)
    }

    async fn item(&self, title: &str) -> Item {
        let items: Page<Item> = self.ada.client.get(&self.path("/items")).await.expect(200);
        items
            .items
            .into_iter()
            .find(|item| item.title == title)
            .unwrap()
    }

    async fn publish(&self) {
        self.ada
            .client
            .post(&self.path("/publish"), json!({}))
            .await
            .expect_status(200);
    }

    async fn grant(&self, principal: Value, level: &str, item: Option<&Item>) -> Grant {
        let body =
            json!({"principal": principal, "level": level, "item": item.map(|item| item.id)});
        self.ada
            .client
            .post(&self.path("/grants"), body)
            .await
            .expect(201)
    }

    async fn link(&self, body: Value) -> NewShareLink {
        self.ada
            .client
            .post(&self.path("/share-links"), body)
            .await
            .expect(201)
    }

    /// The titles that a client sees on the page of the space, in order; none when there is no page.
    async fn seen(&self, client: &TestClient<'_>) -> Option<Vec<String>> {
        titles(&client.get("/@ada/work.json").await)
    }

    async fn seen_by(&self, person: &Person<'_>) -> Option<Vec<String>> {
        self.seen(&person.client).await
    }
}

/// The titles in a context pack.
fn titles(reply: &Reply) -> Option<Vec<String>> {
    if reply.status == 404 {
        return None;
    }
    reply.expect_status(200);
    let pack = reply.json();
    let mut titles = Vec::new();
    for kind in ["cards", "apps"] {
        for item in pack[kind].as_array().unwrap() {
            titles.push(item["title"].as_str().unwrap().to_owned());
        }
    }
    Some(titles)
}

fn some(titles: &[&str]) -> Option<Vec<String>> {
    Some(titles.iter().map(|title| (*title).to_owned()).collect())
}

/// The path of a link's address.
fn path_of(link: &NewShareLink) -> String {
    let url = link.url.as_deref().unwrap();
    url.strip_prefix(APP_ORIGIN).unwrap().to_owned()
}

fn user(person: &Person<'_>) -> Value {
    json!({"type": "user", "handle": person.me.handle})
}

#[tokio::test]
async fn each_viewer_sees_their_slice_of_one_page() {
    let app = App::start().await;
    let home = Home::of(&app).await;
    let bob = app.person("bob@example.com").await;
    let all = some(&["Open", "Hidden", "Inside"]);

    // Private: only members see anything.
    assert_eq!(home.seen(&app.anonymous()).await, None);
    assert_eq!(home.seen_by(&bob).await, None);
    assert_eq!(home.seen_by(&home.ada).await, all);

    home.publish().await;
    assert_eq!(home.seen(&app.anonymous()).await, some(&["Open"]));
    assert_eq!(home.seen_by(&bob).await, some(&["Open"]));
    assert_eq!(home.seen_by(&home.ada).await, all);

    // A grant on a private item widens one person's slice.
    let hidden = home.item("Hidden").await;
    let grant = home.grant(user(&bob), "view", Some(&hidden)).await;
    assert_eq!(home.seen_by(&bob).await, some(&["Open", "Hidden"]));
    assert_eq!(home.seen(&app.anonymous()).await, some(&["Open"]));
    // A grant on a folder holds for what is in it.
    let drawer = home.item("Drawer").await;
    home.grant(user(&bob), "view", Some(&drawer)).await;
    assert_eq!(home.seen_by(&bob).await, all);

    // Revoked: the next request shows it no more.
    home.ada
        .client
        .delete(&home.path(&format!("/grants/{}", grant.id)))
        .await
        .expect_status(204);
    assert_eq!(home.seen_by(&bob).await, some(&["Open", "Inside"]));
    // The same by bearer, and in the other formats.
    assert_eq!(home.seen(&bob.bearer()).await, some(&["Open", "Inside"]));
    for path in ["/@ada/work", "/@ada/work.md", "/@ada/work.rss"] {
        let own = bob.client.get(path).await;
        assert!(own.text.contains("Inside"), "{path}: {}", own.text);
        assert!(!own.text.contains("Hidden"), "{path}: {}", own.text);
        assert_eq!(own.header("cache-control"), "private, no-cache", "{path}");
        assert_eq!(own.header("access-control-allow-origin"), "", "{path}");
        let everybody = app.anonymous().get(path).await;
        assert!(!everybody.text.contains("Inside"), "{path}");
        assert!(
            everybody.header("cache-control").contains("public"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn an_address_is_granted_before_it_has_an_account() {
    let app = App::start().await;
    let home = Home::of(&app).await;
    let grant = home
        .grant(
            json!({"type": "user", "email": "Carol@Example.com"}),
            "view",
            None,
        )
        .await;
    assert_eq!(
        grant.principal,
        Principal {
            kind: PrincipalType::User,
            id: None,
            handle: None,
            email: Some("carol@example.com".to_owned()),
            name: None,
        }
    );
    let carol = app.person("carol@example.com").await;
    assert_eq!(home.seen_by(&carol).await, some(&["Open"]));
    // An address that nobody proved to own counts for nothing.
    let admin = app.database.admin().await;
    admin
        .batch_execute(
            "update \"user\" set email_verified = false where email = 'carol@example.com'",
        )
        .await
        .unwrap();
    assert_eq!(home.seen_by(&carol).await, None);
}

#[tokio::test]
async fn a_grant_to_an_organization_is_for_its_members() {
    let app = App::start().await;
    let home = Home::of(&app).await;
    let dora = app.person("dora@example.com").await;
    let team = json!({"name": "Crew", "slug": "crew"});
    dora.client
        .post("/api/organizations", team)
        .await
        .expect_status(201);
    home.grant(
        json!({"type": "organization", "handle": "crew"}),
        "view",
        None,
    )
    .await;
    assert_eq!(home.seen_by(&dora).await, some(&["Open"]));
    let eve = app.person("eve@example.com").await;
    assert_eq!(home.seen_by(&eve).await, None);
    let member = json!({"email": "eve@example.com", "role": "member"});
    let member: prox_types::Member = dora
        .client
        .post("/api/organizations/crew/members", member)
        .await
        .expect(201);
    assert_eq!(home.seen_by(&eve).await, some(&["Open"]));
    dora.client
        .delete(&format!("/api/organizations/crew/members/{}", member.id))
        .await
        .expect_status(204);
    assert_eq!(home.seen_by(&eve).await, None);
}

#[tokio::test]
async fn a_guest_edits_what_is_shared_and_nothing_else() {
    let app = App::start().await;
    let home = Home::of(&app).await;
    let bob = app.person("bob@example.com").await;
    let open = home.item("Open").await;
    let hidden = home.item("Hidden").await;
    home.grant(user(&bob), "edit", Some(&open)).await;
    let change = json!({"title": "Opened"});
    let path = |item: &Item| home.path(&format!("/items/{}", item.id));
    let changed: Item = bob
        .client
        .patch(&path(&open), change.clone())
        .await
        .expect(200);
    assert_eq!(changed.title, "Opened");
    // What they do not see is not there, and the space itself is not theirs to change.
    bob.client
        .patch(&path(&hidden), change.clone())
        .await
        .expect_status(404);
    let list: Page<Item> = bob.client.get(&home.path("/items")).await.expect(200);
    assert_eq!(list.items.len(), 1);
    for (method, path, body) in [
        (Method::GET, home.path(""), Value::Null),
        (Method::PATCH, home.path(""), change.clone()),
        (
            Method::POST,
            home.path("/items"),
            json!({"kind": "card", "title": "New"}),
        ),
        (Method::DELETE, path(&open), Value::Null),
        (Method::PATCH, path(&open), json!({"visibility": "private"})),
        (Method::PATCH, path(&open), json!({"place": {}})),
        (Method::GET, home.path("/grants"), Value::Null),
    ] {
        let reply = bob.client.json(method.clone(), &path, body.clone()).await;
        assert_eq!(reply.status, 403, "{method} {path} {body}: {}", reply.text);
    }
    // With a grant on the space they add and remove items, and a manager decides who sees them.
    let grant = home.grant(user(&bob), "edit", None).await;
    let new = json!({"kind": "card", "title": "New"});
    let new: Item = bob.client.post(&home.path("/items"), new).await.expect(201);
    bob.client
        .patch(&path(&new), json!({"visibility": "private"}))
        .await
        .expect_status(403);
    bob.client.delete(&path(&new)).await.expect_status(204);
    bob.client
        .patch(&path(&hidden), change)
        .await
        .expect_status(404);
    home.ada
        .client
        .patch(
            &home.path(&format!("/grants/{}", grant.id)),
            json!({"level": "manage"}),
        )
        .await
        .expect_status(200);
    let hide = json!({"visibility": "private"});
    let hidden: Item = bob.client.patch(&path(&open), hide).await.expect(200);
    assert_eq!(hidden.visibility, ItemVisibility::Private);
}

#[tokio::test]
async fn a_folder_that_is_deleted_exposes_nothing() {
    let app = App::start().await;
    let home = Home::of(&app).await;
    home.publish().await;
    let drawer = home.item("Drawer").await;
    home.ada
        .client
        .delete(&home.path(&format!("/items/{}", drawer.id)))
        .await
        .expect_status(204);
    assert_eq!(
        home.item("Inside").await.visibility,
        ItemVisibility::Private
    );
    assert_eq!(home.seen(&app.anonymous()).await, some(&["Open"]));
}

#[tokio::test]
async fn a_viewer_of_single_items_learns_nothing_of_the_space() {
    let app = App::start().await;
    let home = Home::of(&app).await;
    let described =
        json!({"title": "Secret plan", "description": "Of the takeover", "cover": "art:dunes"});
    home.ada
        .client
        .patch(&home.path(""), described)
        .await
        .expect_status(200);
    let bob = app.person("bob@example.com").await;
    let hidden = home.item("Hidden").await;
    home.grant(user(&bob), "view", Some(&hidden)).await;
    let page = bob.client.get("/@ada/work").await;
    page.expect_status(200);
    for text in ["Secret plan", "takeover", "dunes", "Open", "Inside"] {
        assert!(!page.text.contains(text), "{text}: {}", page.text);
    }
    let shared: Page<SharedSpace> = bob.client.get("/api/me/shared").await.expect(200);
    let [space] = &shared.items[..] else {
        panic!("one space");
    };
    assert_eq!(
        (space.title.as_deref(), space.level, space.items),
        (None, None, 1)
    );
    assert_eq!(space.organization.slug.as_str(), "ada");
}

#[tokio::test]
async fn a_link_shows_its_slice_until_it_ends() {
    let app = App::start().await;
    let home = Home::of(&app).await;
    let whole = home.link(json!({"name": "For friends"})).await;
    let single = home
        .link(json!({"item": home.item("Hidden").await.id}))
        .await;
    let get = async |link: &NewShareLink| {
        app.anonymous()
            .get(&format!("{}.json", path_of(link)))
            .await
    };
    assert_eq!(titles(&get(&whole).await), some(&["Open"]));
    assert_eq!(titles(&get(&single).await), some(&["Hidden"]));
    // A grant to the link widens its slice.
    home.grant(
        json!({"type": "link", "id": whole.link.id}),
        "view",
        Some(&home.item("Drawer").await),
    )
    .await;
    assert_eq!(titles(&get(&whole).await), some(&["Open", "Inside"]));
    // It shows what everybody with the link sees, also to a member.
    let page = home.ada.client.get(&path_of(&whole)).await;
    page.expect_status(200);
    assert!(!page.text.contains("Hidden"));
    assert_eq!(page.header("cache-control"), "private, no-cache");
    assert_eq!(page.header("x-robots-tag"), "noindex");
    assert_eq!(page.header("set-cookie"), "");

    let links: Page<ShareLink> = home
        .ada
        .client
        .get(&home.path("/share-links"))
        .await
        .expect(200);
    let uses = |link: &NewShareLink| {
        let found = links.items.iter().find(|other| other.id == link.link.id);
        found.unwrap().uses
    };
    assert_eq!(
        (uses(&whole), uses(&single)),
        (1, 0),
        "a page counts, other formats do not"
    );

    home.ada
        .client
        .delete(&home.path(&format!("/share-links/{}", whole.link.id)))
        .await
        .expect_status(204);
    let missing = app.anonymous().get(&format!("/s/{}", "A".repeat(43))).await;
    let revoked = app.anonymous().get(&path_of(&whole)).await;
    assert_eq!(
        (revoked.status, &revoked.text),
        (missing.expect_status(404).status, &missing.text)
    );
    let grants: Page<Grant> = home.ada.client.get(&home.path("/grants")).await.expect(200);
    assert!(grants.items.is_empty(), "a grant to a link ends with it");
}

#[tokio::test]
async fn a_link_expires() {
    let app = App::start().await;
    let home = Home::of(&app).await;
    let soon = app.fakes.now() + jiff::SignedDuration::from_hours(1);
    let link = home.link(json!({"expires_at": soon.to_string()})).await;
    let bob = app.person("bob@example.com").await;
    let token = path_of(&link).split_off("/s/".len());
    let keep = json!({"token": token});
    bob.client
        .post("/api/me/shared", keep)
        .await
        .expect_status(201);
    app.anonymous()
        .get(&path_of(&link))
        .await
        .expect_status(200);
    assert_eq!(home.seen_by(&bob).await, some(&["Open"]));
    app.fakes.advance(jiff::SignedDuration::from_hours(1));
    let ended = app.anonymous().get(&path_of(&link)).await;
    ended.expect_status(410);
    assert!(ended.text.contains("does not open any more"));
    assert_eq!(home.seen_by(&bob).await, None, "what was kept ends with it");
    let shared: Page<SharedSpace> = bob.client.get("/api/me/shared").await.expect(200);
    assert!(shared.items.is_empty());
    let past = json!({"expires_at": "2020-01-01T00:00:00Z"});
    let reply = home.ada.client.post(&home.path("/share-links"), past).await;
    reply.expect_status(422).expect_problem("invalid");
}

/// Sends the form of a link.
async fn enter(client: &TestClient<'_>, link: &NewShareLink, passphrase: &str) -> Reply {
    let client = client.with("content-type", "application/x-www-form-urlencoded");
    let form = format!("passphrase={passphrase}");
    client.send(Method::POST, &path_of(link), form).await
}

#[tokio::test]
async fn a_passphrase_is_asked_for_and_not_guessed() {
    let app = App::start().await;
    let home = Home::of(&app).await;
    let link = home.link(json!({"passphrase": "open sesame"})).await;
    assert!(link.link.has_passphrase);
    let client = app.anonymous();
    let gate = client.get(&path_of(&link)).await;
    assert!(gate.text.contains("asks for a passphrase"), "{}", gate.text);
    assert!(!gate.text.contains("<article"), "{}", gate.text);
    for tail in [".json", ".md", ".rss", "/cover"] {
        let reply = client.get(&format!("{}{tail}", path_of(&link))).await;
        assert!(
            matches!(reply.status.as_u16(), 403 | 404),
            "{tail}: {}",
            reply.text
        );
        assert!(!reply.text.contains("\"Open\""), "{tail}: {}", reply.text);
    }
    enter(&client, &link, "wrong").await.expect_status(403);
    let entered = enter(&client, &link, "open+sesame").await;
    entered.expect_status(303);
    let cookie = entered
        .header("set-cookie")
        .split_once(';')
        .unwrap()
        .0
        .to_owned();
    assert!(entered.header("set-cookie").contains("Path=/s/;"));
    let visitor = client.with("cookie", &cookie);
    let reply = visitor.get(&format!("{}.json", path_of(&link))).await;
    assert_eq!(titles(&reply), some(&["Open"]));
    // Ten wrong ones close it for a quarter of an hour, also for the right one.
    for _ in 0..10 {
        enter(&client, &link, "wrong").await.expect_status(403);
    }
    let locked = enter(&client, &link, "open+sesame").await;
    locked.expect_status(429);
    assert_eq!(locked.header("retry-after"), "900");
    visitor.get(&path_of(&link)).await.expect_status(200);
    app.fakes.advance(jiff::SignedDuration::from_mins(16));
    enter(&client, &link, "open+sesame")
        .await
        .expect_status(303);
}

async fn sweep(app: &App) {
    let mut client = app.connect().await;
    let statement = prox_db::system::sweep().for_anonymous(app.fakes.now());
    client.run(&statement).await.unwrap();
}

#[tokio::test]
async fn a_limit_holds_for_a_thousand_visitors_at_once() {
    let app = App::start().await;
    let home = Home::of(&app).await;
    let link = home.link(json!({"max_uses": 7})).await;
    let client = app.anonymous();
    // Looking at it is no use.
    for _ in 0..3 {
        let gate = client.get(&path_of(&link)).await;
        assert!(gate.text.contains("limited number of times"));
    }
    let mut entered = Vec::new();
    for _ in 0..20 {
        let visits = (0..50).map(|_| enter(&client, &link, ""));
        let replies = futures_util::future::join_all(visits).await;
        entered.extend(replies.into_iter().filter(|reply| reply.status == 303));
    }
    assert_eq!(entered.len(), 7);
    enter(&client, &link, "").await.expect_status(410);
    client.get(&path_of(&link)).await.expect_status(410);
    sweep(&app).await;
    // Those who are in come back.
    let cookie = entered[0]
        .header("set-cookie")
        .split_once(';')
        .unwrap()
        .0
        .to_owned();
    for _ in 0..3 {
        let visitor = client.with("cookie", &cookie);
        visitor.get(&path_of(&link)).await.expect_status(200);
    }
    // For thirty days, after which it is forgotten who entered.
    app.fakes.advance(jiff::SignedDuration::from_hours(31 * 24));
    sweep(&app).await;
    let visitor = client.with("cookie", &cookie);
    visitor.get(&path_of(&link)).await.expect_status(410);
    let ada = app.person("ada@example.com").await;
    let links: Page<ShareLink> = ada.client.get(&home.path("/share-links")).await.expect(200);
    assert_eq!(links.items[0].uses, 7);
}

#[tokio::test]
async fn a_kept_link_lets_its_holder_edit_until_it_ends() {
    let app = App::start().await;
    let home = Home::of(&app).await;
    let link = home
        .link(json!({"level": "edit", "passphrase": "sesame"}))
        .await;
    let bob = app.person("bob@example.com").await;
    let token = path_of(&link).split_off("/s/".len());
    let keep = |passphrase: &str| json!({"token": token, "passphrase": passphrase});
    bob.client
        .post("/api/me/shared", keep("wrong"))
        .await
        .expect_status(422);
    let space: SharedSpace = bob
        .client
        .post("/api/me/shared", keep("sesame"))
        .await
        .expect(201);
    assert_eq!(space.level, Some(Level::Edit));
    let items = home.path("/items");
    let body = json!({"kind": "card", "title": "By Bob"});
    let added: Item = bob.client.post(&items, body.clone()).await.expect(201);
    assert_eq!(added.level, Level::Edit);
    app.fakes.take_pokes();
    home.ada
        .client
        .delete(&home.path(&format!("/share-links/{}", link.link.id)))
        .await
        .expect_status(204);
    let pokes = app.fakes.take_pokes();
    let told = pokes.iter().any(|(_, poke)| poke.keys == [["shared"]]);
    assert!(told, "the holder is told: {pokes:?}");
    bob.client.post(&items, body).await.expect_status(404);
    for token in [token.as_str(), "nonsense", ""] {
        let reply = bob
            .client
            .post("/api/me/shared", json!({"token": token}))
            .await;
        reply.expect_status(404);
    }
}

#[tokio::test]
async fn a_repeated_link_has_no_second_address() {
    let app = App::start().await;
    let home = Home::of(&app).await;
    let client = home.ada.client.with("idempotency-key", "once");
    let links = home.path("/share-links");
    let first: NewShareLink = client.post(&links, json!({"name": "x"})).await.expect(201);
    let second: NewShareLink = client.post(&links, json!({"name": "x"})).await.expect(201);
    assert_eq!(first.link.id, second.link.id);
    assert!(first.url.is_some() && second.url.is_none());
    // The address is stored nowhere.
    let admin = app.database.admin().await;
    let token = path_of(&first).split_off("/s/".len());
    let row = admin
        .query_one(
            "select count(*) from idempotency_key where body::text like '%' || $1 || '%'",
            &[&token],
        )
        .await
        .unwrap();
    assert_eq!(row.get::<_, i64>(0), 0);
}

#[tokio::test]
async fn a_manager_sees_a_slice_as_its_viewer() {
    let app = App::start().await;
    let home = Home::of(&app).await;
    home.publish().await;
    let bob = app.person("bob@example.com").await;
    let outsider = app.person("outsider@example.com").await;
    home.grant(user(&bob), "edit", Some(&home.item("Hidden").await))
        .await;
    home.grant(
        json!({"type": "user", "email": "carol@example.com"}),
        "view",
        Some(&home.item("Drawer").await),
    )
    .await;
    let link = home
        .link(json!({"item": home.item("Drawer").await.id}))
        .await;
    let all = ["Open", "Hidden", "Drawer", "Inside"];
    for (viewer, expected) in [
        ("anyone".to_owned(), &["Open"][..]),
        ("user:bob".to_owned(), &["Open", "Hidden"]),
        (
            "user:carol@example.com".to_owned(),
            &["Open", "Drawer", "Inside"],
        ),
        // Nobody learns which address a handle has, nor who exists.
        ("user:bob@example.com".to_owned(), &["Open"]),
        ("user:outsider".to_owned(), &["Open"]),
        ("user:nobody".to_owned(), &["Open"]),
        (
            format!("link:{}", link.link.id),
            &["Open", "Drawer", "Inside"],
        ),
        ("role:member".to_owned(), &all),
        ("role:owner".to_owned(), &all),
        ("user:ada".to_owned(), &all),
    ] {
        let path = home.path(&format!("/view-as?viewer={viewer}"));
        let slice: Slice = home.ada.client.get(&path).await.expect(200);
        let mut titles: Vec<&str> = slice.items.iter().map(|i| i.title.as_str()).collect();
        titles.sort_unstable();
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        assert_eq!(titles, expected, "{viewer}");
        // The page is made by the same statement as the viewer's own.
        let page = home
            .ada
            .client
            .get(&format!("/@ada/work?view-as={viewer}"))
            .await;
        page.expect_status(200);
        assert!(
            page.text.contains("Nothing can be changed here"),
            "{viewer}"
        );
        let csp = page.header("content-security-policy");
        assert_eq!(
            csp.matches("'sha256-").count(),
            2,
            "its second style sheet: {csp}"
        );
        for title in ["Hidden", "Inside"] {
            assert_eq!(
                page.text.contains(title),
                expected.contains(&title),
                "{viewer} {title}"
            );
        }
    }
    let levels: Slice = home
        .ada
        .client
        .get(&home.path("/view-as?viewer=user:bob"))
        .await
        .expect(200);
    assert_eq!(levels.level, Some(Level::View));
    let hidden = levels.items.iter().find(|i| i.title == "Hidden").unwrap();
    assert_eq!(hidden.level, Level::Edit);
    for viewer in ["", "x", "role:x", "link:x", "user:"] {
        let reply = home
            .ada
            .client
            .get(&home.path(&format!("/view-as?viewer={viewer}")))
            .await;
        reply.expect_status(422);
    }
    // For others, also with an account, the preview does not exist.
    for client in [&outsider.client, &bob.client, &app.anonymous()] {
        let reply = client.get("/@ada/work?view-as=role:owner").await;
        reply.expect_status(404);
    }
}

#[tokio::test]
async fn the_exposure_report_names_viewers_and_warns() {
    let app = App::start().await;
    let home = Home::of(&app).await;
    home.publish().await;
    let key = format!("ghp_{}", "a1B2c3D4e5".repeat(4));
    home.add(json!({"title": "Notes", "body": format!("the key is {key}")}))
        .await;
    home.add(json!({"kind": "link", "title": "Router", "url": "http://192.168.1.1/"}))
        .await;
    home.add(json!({"kind": "link", "title": "Wiki", "url": "http://wiki.corp/"}))
        .await;
    home.grant(
        json!({"type": "user", "email": "carol@example.com"}),
        "edit",
        None,
    )
    .await;
    home.grant(
        json!({"type": "anyone"}),
        "view",
        Some(&home.item("Hidden").await),
    )
    .await;
    let link = home
        .link(json!({"name": "L", "item": home.item("Inside").await.id}))
        .await;

    let report: Exposure = home
        .ada
        .client
        .get(&home.path("/exposure"))
        .await
        .expect(200);
    let kinds = |audience: &[prox_types::Viewing]| -> Vec<PrincipalType> {
        audience
            .iter()
            .map(|viewing| viewing.principal.kind)
            .collect()
    };
    assert_eq!(kinds(&report.audience), [PrincipalType::User]);
    let of = |title: &str| {
        report
            .items
            .iter()
            .find(|item| item.title == title)
            .unwrap()
    };
    assert_eq!(kinds(&of("Hidden").audience), [PrincipalType::Anyone]);
    assert_eq!(of("Hidden").inherits_from, None);
    assert_eq!(
        of("Inside").inherits_from,
        Some(prox_types::InheritsFrom::Folder)
    );
    assert_eq!(of("Inside").audience[0].share_link_id, Some(link.link.id));
    for (title, kind, field) in [
        ("Notes", WarningKind::Secret, "body"),
        ("Router", WarningKind::PrivateAddress, "url"),
        ("Wiki", WarningKind::InternalHostname, "url"),
    ] {
        let [warning] = &of(title).warnings[..] else {
            panic!("{title}: {:?}", of(title).warnings);
        };
        assert_eq!((warning.kind, warning.field.as_str()), (kind, field));
    }
    assert!(!serde_json::to_string(&report).unwrap().contains(&key));

    // Only those with a warning, in pages.
    let mut titles = Vec::new();
    let mut path = home.path("/exposure?warnings=true&limit=2");
    loop {
        let page: Exposure = home.ada.client.get(&path).await.expect(200);
        titles.extend(page.items.into_iter().map(|item| item.title));
        match page.next_cursor {
            Some(cursor) => {
                path = home.path(&format!("/exposure?warnings=true&limit=2&cursor={cursor}"))
            }
            None => break,
        }
    }
    assert_eq!(titles, ["Notes", "Router", "Wiki"]);
}

#[tokio::test]
async fn a_grant_names_one_principal_that_exists() {
    let app = App::start().await;
    let home = Home::of(&app).await;
    let item = home.item("Open").await;
    for (body, path) in [
        (
            json!({"principal": {"type": "user"}, "level": "view"}),
            "principal.id",
        ),
        (
            json!({"principal": {"type": "anyone", "id": "x"}, "level": "view"}),
            "principal.id",
        ),
        (
            json!({"principal": {"type": "user", "handle": "nobody"}, "level": "view"}),
            "principal.handle",
        ),
        (
            json!({"principal": {"type": "organization", "handle": "ada"}, "level": "view"}),
            "principal",
        ),
        (
            json!({"principal": {"type": "link", "id": "shr_01h455vb4pex5vsknk084sn02q"}, "level": "view"}),
            "principal.id",
        ),
        (
            json!({"principal": {"type": "anyone"}, "level": "edit"}),
            "level",
        ),
        (
            json!({"principal": {"type": "user", "email": "a@x.example,b@y.example"}, "level": "view"}),
            "principal.email",
        ),
        (
            json!({"principal": {"type": "anyone"}, "level": "view", "item": "itm_01h455vb4pex5vsknk084sn02q"}),
            "item",
        ),
    ] {
        let reply = home
            .ada
            .client
            .post(&home.path("/grants"), body.clone())
            .await;
        let problem = reply.expect_status(422).json();
        assert_eq!(problem["errors"][0]["path"], path, "{body}: {problem}");
    }
    // A second grant to the same principal replaces the level.
    let bob = app.person("bob@example.com").await;
    let first = home.grant(user(&bob), "view", Some(&item)).await;
    let second = home.grant(user(&bob), "edit", Some(&item)).await;
    assert_eq!((first.id, second.level), (second.id, Level::Edit));
}

#[tokio::test]
async fn a_change_of_sharing_is_told_to_those_it_concerns() {
    let app = App::start().await;
    let home = Home::of(&app).await;
    let bob = app.person("bob@example.com").await;
    app.fakes.take_pokes();
    let grant = home.grant(user(&bob), "view", None).await;
    let told =
        |pokes: &[(prox_types::OrganizationId, prox_types::durable::room::Poke)]| -> Vec<String> {
            let mut nouns: Vec<String> = pokes
                .iter()
                .flat_map(|(_, poke)| poke.keys.iter().map(|key| key[0].clone()))
                .collect();
            nouns.sort();
            nouns
        };
    assert_eq!(told(&app.fakes.take_pokes()), ["grants", "shared", "space"]);
    home.ada
        .client
        .delete(&home.path(&format!("/grants/{}", grant.id)))
        .await
        .expect_status(204);
    let pokes = app.fakes.take_pokes();
    assert_eq!(told(&pokes), ["grants", "shared", "space"]);
    let of_ada = &pokes
        .iter()
        .find(|(_, poke)| poke.keys.len() == 2)
        .unwrap()
        .1;
    let closed = serde_json::to_value(of_ada.close).unwrap();
    assert_eq!(closed, json!({"space": grant.space_id}));
}

#[tokio::test]
async fn a_manager_of_an_item_shares_that_item_only() {
    let app = App::start().await;
    let home = Home::of(&app).await;
    let bob = app.person("bob@example.com").await;
    let (open, hidden) = (home.item("Open").await, home.item("Hidden").await);
    home.grant(user(&bob), "manage", Some(&open)).await;
    let other = home
        .grant(
            json!({"type": "user", "email": "carol@example.com"}),
            "view",
            Some(&hidden),
        )
        .await;
    let whole = home.link(json!({})).await;
    let share = |item: Option<&Item>| {
        json!({"principal": {"type": "user", "email": "dora@example.com"}, "level": "view",
        "item": item.map(|item| item.id)})
    };
    let grants = home.path("/grants");
    let own: Grant = bob
        .client
        .post(&grants, share(Some(&open)))
        .await
        .expect(201);
    for item in [Some(&hidden), None] {
        bob.client
            .post(&grants, share(item))
            .await
            .expect_status(403);
    }
    let list: Page<Grant> = bob.client.get(&grants).await.expect(200);
    assert!(
        list.items
            .iter()
            .all(|grant| grant.item_id == Some(open.id))
    );
    assert_eq!(list.items.len(), 2);
    let path = |id: String| home.path(&format!("/grants/{id}"));
    bob.client
        .patch(&path(own.id.to_string()), json!({"level": "edit"}))
        .await
        .expect_status(200);
    for method in [Method::DELETE, Method::PATCH] {
        let reply = bob
            .client
            .json(
                method,
                &path(other.id.to_string()),
                json!({"level": "edit"}),
            )
            .await;
        reply.expect_status(403);
    }
    bob.client
        .delete(&path(own.id.to_string()))
        .await
        .expect_status(204);
    let links = home.path("/share-links");
    let link: NewShareLink = bob
        .client
        .post(&links, json!({"item": open.id}))
        .await
        .expect(201);
    bob.client.post(&links, json!({})).await.expect_status(403);
    let list: Page<ShareLink> = bob.client.get(&links).await.expect(200);
    assert_eq!(list.items.len(), 1);
    let end = |link: &NewShareLink| home.path(&format!("/share-links/{}", link.link.id));
    bob.client.delete(&end(&whole)).await.expect_status(403);
    bob.client.delete(&end(&link)).await.expect_status(204);
    let hide = json!({"visibility": "private"});
    let item = home.path(&format!("/items/{}", open.id));
    bob.client.patch(&item, hide).await.expect_status(200);
    for path in ["/exposure", "/view-as?viewer=anyone", ""] {
        bob.client.get(&home.path(path)).await.expect_status(403);
    }
}

/// The database only picks texts that the rule may warn of, so it must pick every one that the rule warns of.
#[tokio::test]
async fn the_pattern_finds_every_text_with_a_warning() {
    let app = App::start().await;
    let admin = app.database.admin().await;
    let key = "a1B2c3D4e5".repeat(6);
    for text in [
        format!("AKIA{key}"),
        format!("github_pat_{key}"),
        format!("dop_v1_{key}"),
        format!("xoxb-{key}"),
        "DB_PASSWORD=s3cret!x".to_owned(),
        "https://ada.l:lovelace1@db.example.com/".to_owned(),
        "postgres://ada:lovelace1@db.example.com/home".to_owned(),
        "http://nas".to_owned(),
        "see http://nas. Then".to_owned(),
        "[x](http://nas:5000/)".to_owned(),
        "http://ada@nas/".to_owned(),
        "grafana.internal".to_owned(),
        "http://box.home.arpa/".to_owned(),
        "fe80:0:0:0:1:2:3:4".to_owned(),
        "http://[fd00::1]/".to_owned(),
        "::1".to_owned(),
        "10.0.0.1".to_owned(),
    ] {
        let warnings = prox_core::exposure::warnings("body", &text);
        assert!(!warnings.is_empty(), "no warning: {text}");
        let found: bool = admin
            .query_one(
                "select $1::text ~* $2::text",
                &[&text, &prox_core::exposure::PATTERN],
            )
            .await
            .unwrap()
            .get(0);
        assert!(found, "{text}");
    }
}
