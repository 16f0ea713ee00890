//! The statements against the model of `prox_core::grants`, with random spaces, grants, links and viewers.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use futures_util::future::join_all;
use prox_core::grants::{Given, ModelItem, ModelSpace, ModelViewer, Principal};
use prox_core::share::ShareToken;
use prox_testing::{App, Person, TestClient};
use prox_types::{
    GrantId, Item, ItemId, ItemVisibility, Level, Member, Organization, Page, Role, ShareLinkId,
    Slice, SpaceId, Visibility,
};
use serde_json::json;
use uuid::Uuid;

/// Spaces of the test.
const WORLDS: usize = 110;
/// Items of each space.
const ITEMS: usize = 60;
/// Decisions that the test compares at least.
const CASES: usize = 100_000;

/// A deterministic source of choices (xorshift).
struct Choices(u64);

impl Choices {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(end).unwrap()).unwrap()
    }

    fn of<T: Copy>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())]
    }

    fn id<I: prox_types::EntityId>(&mut self) -> I {
        let mut bytes = [0; 16];
        for byte in &mut bytes {
            *byte = u8::try_from(self.below(256)).unwrap();
        }
        I::from_uuid(Uuid::from_bytes(bytes))
    }
}

/// The people and organizations of all worlds.
struct Cast<'a> {
    ada: Person<'a>,
    admin: Person<'a>,
    member: Person<'a>,
    bob: Person<'a>,
    carol: Person<'a>,
    dora: Person<'a>,
    crew: Organization,
    club: Organization,
}

/// A person, their role in Ada's organization, and what they are.
type Somebody<'p, 'a> = (&'p Person<'a>, Option<Role>, Vec<Principal<String>>);

impl<'a> Cast<'a> {
    async fn of(app: &'a App) -> Self {
        let [ada, admin, member, bob, carol, dora] = ["ada", "adam", "mel", "bob", "carol", "dora"]
            .map(|name| format!("{name}@example.com"));
        let ada = app.person(&ada).await;
        let cast = Self {
            admin: app.person(&admin).await,
            member: app.person(&member).await,
            bob: app.person(&bob).await,
            carol: app.person(&carol).await,
            dora: app.person(&dora).await,
            crew: organization(&ada, "Crew").await,
            club: organization(&ada, "Club").await,
            ada,
        };
        add(&cast.ada, &cast.ada.home("/members"), &cast.admin, "admin").await;
        add(
            &cast.ada,
            &cast.ada.home("/members"),
            &cast.member,
            "member",
        )
        .await;
        // Dora is in the crew; the admin is in the club, and Ada in both, which changes nothing for her.
        for (organization, person) in [(&cast.crew, &cast.dora), (&cast.club, &cast.admin)] {
            let members = format!("/api/organizations/{}/members", organization.id);
            add(&cast.ada, &members, person, "member").await;
        }
        cast
    }

    /// Everybody with an account.
    fn people(&self) -> Vec<Somebody<'_, 'a>> {
        let in_club = Principal::Organization(self.club.id.to_string());
        let in_crew = Principal::Organization(self.crew.id.to_string());
        let all = [
            (
                &self.ada,
                Some(Role::Owner),
                vec![in_club.clone(), in_crew.clone()],
            ),
            (&self.admin, Some(Role::Admin), vec![in_club]),
            (&self.member, Some(Role::Member), vec![]),
            (&self.bob, None, vec![]),
            (&self.carol, None, vec![]),
            (&self.dora, None, vec![in_crew]),
        ];
        all.into_iter()
            .map(|(person, role, mut is)| {
                is.push(Principal::User(person.me.id.to_string()));
                is.push(Principal::Email(person.me.email.clone()));
                (person, role, is)
            })
            .collect()
    }
}

async fn organization(owner: &Person<'_>, name: &str) -> Organization {
    let body = json!({ "name": name });
    owner
        .client
        .post("/api/organizations", body)
        .await
        .expect(201)
}

async fn add(owner: &Person<'_>, members: &str, person: &Person<'_>, role: &str) {
    let body = json!({"email": person.me.email, "role": role});
    let _: Member = owner.client.post(members, body).await.expect(201);
}

/// A random space in the database, and the same as a model.
struct World {
    slug: String,
    items: Vec<ItemId>,
    /// The number of folders, which are the first items.
    folders: usize,
    model: ModelSpace<String>,
    links: Vec<(ShareLinkId, ShareToken)>,
}

impl World {
    fn of(choices: &mut Choices, cast: &Cast<'_>, number: usize) -> (Self, String) {
        let space: SpaceId = choices.id();
        let slug = format!("w{number}");
        let visibility = choices.of(&[
            Visibility::Private,
            Visibility::Private,
            Visibility::Unlisted,
            Visibility::Public,
        ]);
        let visibility_text = match visibility {
            Visibility::Private => "private",
            Visibility::Unlisted => "unlisted",
            Visibility::Public => "public",
        };
        let mut sql = format!(
            "insert into space (id, organization_id, slug, title, visibility, published_at, created_at, updated_at)
             select '{space}', o.id, '{slug}', '{slug}', '{visibility_text}',
               case when '{visibility_text}' <> 'private' then now() end, now(), now()
             from organization o where o.slug = 'ada';"
        );
        let ids: Vec<ItemId> = (0..ITEMS).map(|_| choices.id()).collect();
        let folders = 1 + choices.below(6);
        let mut items = Vec::new();
        for (index, id) in ids.iter().enumerate() {
            let folder =
                (index >= folders && choices.below(2) == 0).then(|| choices.below(folders));
            let item = ModelItem {
                visibility: choices.of(&[ItemVisibility::Inherit, ItemVisibility::Private]),
                folder,
            };
            let kind = if index < folders { "folder" } else { "card" };
            let folder_id = folder.map_or("null".to_owned(), |folder| format!("'{}'", ids[folder]));
            write!(
                sql,
                "insert into item (id, space_id, kind, title, mode, visibility, folder_id, position, created_at,
                   updated_at)
                 values ('{id}', '{space}', '{kind}', 'i{index}', 'card', '{}', {folder_id}, {index}, now(), now());",
                item.visibility.name()
            )
            .unwrap();
            items.push(item);
        }
        let (mut grants, mut links) = (Vec::new(), Vec::new());
        for _ in 0..choices.below(3) {
            let id: ShareLinkId = choices.id();
            let secret: [u8; 32] =
                std::array::from_fn(|_| u8::try_from(choices.below(256)).unwrap());
            let token = ShareToken(secret);
            let item = (choices.below(2) == 0).then(|| choices.below(ITEMS));
            let hash: String = token
                .hash()
                .iter()
                .map(|byte| format!("{byte:02x}"))
                .collect();
            write!(
                sql,
                "insert into share_link (id, space_id, item_id, name, level, secret_hash, created_at)
                 values ('{id}', '{space}', {}, '', 'view', '\\x{hash}', now());",
                item.map_or("null".to_owned(), |item| format!("'{}'", ids[item]))
            )
            .unwrap();
            grants.push(Given {
                item,
                principal: Principal::Link(id.to_string()),
                level: Level::View,
            });
            links.push((id, token));
        }
        for _ in 0..choices.below(14) {
            let principal = random_principal(choices, cast, &links);
            let level = match principal {
                Principal::Anyone | Principal::Link(_) => Level::View,
                _ => choices.of(&[Level::View, Level::Edit, Level::Manage]),
            };
            let item = (choices.below(4) > 0).then(|| choices.below(ITEMS));
            sql.push_str(&grant_sql(
                choices.id(),
                &space,
                item.map(|i| &ids[i]),
                &principal,
                level,
            ));
            grants.push(Given {
                item,
                principal,
                level,
            });
        }
        let model = ModelSpace {
            visibility,
            items,
            grants,
        };
        let world = Self {
            slug,
            items: ids,
            folders,
            model,
            links,
        };
        (world, sql)
    }

    /// What the model lets a viewer see: the level on each visible item, by its id.
    fn expected(&self, viewer: &ModelViewer<String>) -> BTreeMap<ItemId, Level> {
        let levels = self.items.iter().enumerate();
        levels
            .filter_map(|(index, id)| Some((*id, self.model.item_level(index, viewer)?)))
            .collect()
    }
}

fn random_principal(
    choices: &mut Choices,
    cast: &Cast<'_>,
    links: &[(ShareLinkId, ShareToken)],
) -> Principal<String> {
    let people = [&cast.member, &cast.bob, &cast.carol, &cast.dora];
    match choices.below(6) {
        0 => Principal::Anyone,
        1 if !links.is_empty() => Principal::Link(links[choices.below(links.len())].0.to_string()),
        2 => Principal::Organization(choices.of(&[&cast.crew, &cast.club]).id.to_string()),
        3 | 4 => Principal::User(choices.of(&people).me.id.to_string()),
        _ => Principal::Email(choices.of(&people).me.email.clone()),
    }
}

fn grant_sql(
    id: GrantId,
    space: &SpaceId,
    item: Option<&ItemId>,
    principal: &Principal<String>,
    level: Level,
) -> String {
    let (kind, column, value) = match principal {
        Principal::Anyone => ("anyone", "user_id", "null".to_owned()),
        Principal::Link(id) => ("link", "share_link_id", format!("'{id}'")),
        Principal::Organization(id) => ("organization", "to_organization_id", format!("'{id}'")),
        Principal::User(id) => ("user", "user_id", format!("'{id}'")),
        Principal::Email(email) => ("user", "email", format!("'{email}'")),
    };
    let item = item.map_or("null".to_owned(), |item| format!("'{item}'"));
    format!(
        "insert into \"grant\" as g (id, space_id, item_id, principal, {column}, level, created_at)
         values ('{id}', '{space}', {item}, '{kind}', {value}, '{}', now())
         on conflict on constraint grant_principal_key do update set
           level = case when level_rank(g.level) > level_rank(excluded.level) then g.level else excluded.level end;",
        level.name()
    )
}

/// The cards that a page shows, by their ids.
async fn on_page(client: &TestClient<'_>, path: &str) -> Vec<ItemId> {
    let reply = client.get(path).await;
    if reply.status == 404 {
        return Vec::new();
    }
    reply.expect_status(200);
    let pack = reply.json();
    let cards = pack["cards"].as_array().unwrap();
    let mut ids: Vec<ItemId> = cards
        .iter()
        .map(|card| card["id"].as_str().unwrap().parse().unwrap())
        .collect();
    ids.sort_unstable();
    ids
}

/// Compares what one world shows to each viewer with the model, and returns the number of decisions.
async fn compare(app: &App, cast: &Cast<'_>, world: &World) -> usize {
    let page = format!("/@ada/{}.json", world.slug);
    let mut viewers: Vec<(String, TestClient<'_>, String, ModelViewer<String>)> = vec![(
        "anyone".to_owned(),
        app.anonymous(),
        page.clone(),
        ModelViewer {
            role: None,
            is: vec![Principal::Anyone],
            with_public: true,
        },
    )];
    for (person, role, mut is) in cast.people() {
        is.push(Principal::Anyone);
        let viewer = ModelViewer {
            role,
            is,
            with_public: true,
        };
        let name = person.me.handle.to_string();
        viewers.push((name, person.client.clone(), page.clone(), viewer));
    }
    for (id, token) in &world.links {
        let viewer = ModelViewer {
            role: None,
            is: vec![Principal::Anyone, Principal::Link(id.to_string())],
            with_public: true,
        };
        let path = format!("/s/{token}.json");
        viewers.push((format!("link:{id}"), app.anonymous(), path, viewer));
    }
    let mut cases = 0;
    // The pages.
    for (name, client, path, viewer) in &viewers {
        let shown = on_page(client, path).await;
        let mut expected: Vec<ItemId> = world.expected(viewer).into_keys().collect();
        expected.sort_unstable();
        // A page has a folder as a heading only.
        expected.retain(|id| !world.items[..world.folders].contains(id));
        assert_eq!(shown, expected, "{name} at {path}: {:?}", world.model);
        cases += ITEMS;
    }
    // The levels, for viewers that a manager names.
    for (name, _, _, viewer) in viewers
        .iter()
        .filter(|(name, ..)| name == "anyone" || name.starts_with("link:"))
    {
        let path = cast
            .ada
            .home(&format!("/spaces/{}/view-as?viewer={name}", world.slug));
        let slice: Slice = cast.ada.client.get(&path).await.expect(200);
        let levels: BTreeMap<ItemId, Level> = slice
            .items
            .iter()
            .map(|seen| (seen.id, seen.level))
            .collect();
        assert_eq!(
            levels,
            world.expected(viewer),
            "as {name}: {:?}",
            world.model
        );
        assert_eq!(
            slice.level,
            world.model.level(viewer),
            "as {name}: {:?}",
            world.model
        );
        cases += ITEMS + 1;
    }
    // The API, to which what everybody sees does not count.
    for (person, role, is) in cast.people() {
        let viewer = ModelViewer {
            role,
            is,
            with_public: false,
        };
        let path = cast
            .ada
            .home(&format!("/spaces/{}/items?limit=200", world.slug));
        let reply = person.client.get(&path).await;
        let seen: BTreeMap<ItemId, Level> = if reply.status == 404 {
            BTreeMap::new()
        } else {
            let list: Page<Item> = reply.expect(200);
            let levels = list.items.iter().map(|item| (item.id, item.level));
            levels.collect()
        };
        assert_eq!(
            seen,
            world.expected(&viewer),
            "{} by API: {:?}",
            person.me.handle,
            world.model
        );
        cases += ITEMS;
    }
    cases
}

#[tokio::test(flavor = "multi_thread")]
async fn the_statements_and_the_model_agree_about_slices() {
    let app = App::start().await;
    let cast = Cast::of(&app).await;
    let mut choices = Choices(0x5eed_1e55_ca5e_0011);
    let admin = app.database.admin().await;
    let mut worlds = Vec::new();
    for number in 0..WORLDS {
        let (world, sql) = World::of(&mut choices, &cast, number);
        admin.batch_execute(&sql).await.unwrap();
        worlds.push(world);
    }
    let mut cases = 0;
    for some in worlds.chunks(8) {
        let compared = some.iter().map(|world| compare(&app, &cast, world));
        cases += join_all(compared).await.iter().sum::<usize>();
    }
    assert!(cases >= CASES, "{cases} cases");
}
