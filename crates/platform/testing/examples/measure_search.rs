//! Measures search on 50,000 items in 2,000 organizations, beside `word_similarity` on the same items, and
//! prints one line of JSON. The figure of `./scripts/bench`; `DATABASE_URL` names the server.
//!
//! Both sides are measured between the last byte of the query and the last byte of its answer, at a proxy in
//! front of Postgres: planning, execution and sending. The proxy keeps its connections, as Hyperdrive does, so
//! that neither side waits until a new process of Postgres has read the catalog.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    clippy::print_stdout,
    reason = "a program for measuring, which may panic, prints, and talks to the database itself"
)]

use std::time::Duration;

use prox_integrations::unicode::Tables;
use prox_testing::{App, CountingProxy, Database, Person};
use prox_types::{Page, SearchResult, Timestamp};
use serde_json::json;
use tokio_postgres::NoTls;
use tokio_postgres::types::Type;

const ORGANIZATIONS: usize = 2_000;
const ITEMS: usize = 50_000;
const CALLERS: usize = 10;
const QUERIES: usize = 200;

/// Words, and the beginnings and ends of others.
const WORDS: [&str; 60] = [
    "deploy",
    "rollback",
    "incident",
    "runbook",
    "grafana",
    "dashboard",
    "production",
    "staging",
    "kubernetes",
    "cluster",
    "credentials",
    "postgres",
    "tuning",
    "backup",
    "restore",
    "invoice",
    "contract",
    "budget",
    "holiday",
    "calendar",
    "figma",
    "design",
    "board",
    "prototype",
    "release",
    "notes",
    "password",
    "wifi",
    "onboarding",
    "handbook",
    "security",
    "audit",
    "network",
    "printer",
    "kitchen",
    "garden",
    "travel",
    "tickets",
    "hotel",
    "recipe",
    "pasta",
    "music",
    "playlist",
    "camera",
    "lenses",
    "bicycle",
    "workshop",
    "library",
    "research",
    "paper",
    "thesis",
    "language",
    "compiler",
    "parser",
    "query",
    "string",
    "latency",
    "throughput",
    "monitoring",
    "alerts",
];

/// A repeatable sequence of choices (xorshift).
struct Choices(u64);

impl Choices {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % u64::try_from(n).unwrap()).unwrap()
    }

    /// One of 3,600 words. Some are much more frequent than others, as in every language.
    fn word(&mut self) -> String {
        let count = WORDS.len() * WORDS.len();
        let rank = (0..3).map(|_| self.below(count)).min().unwrap_or(0);
        let (first, second) = (WORDS[rank % WORDS.len()], WORDS[rank / WORDS.len()]);
        if rank < WORDS.len() {
            first.to_owned()
        } else {
            format!("{}{}", &first[..3], &second[second.len() - 4..])
        }
    }

    fn words(&mut self, count: usize) -> String {
        let all: Vec<String> = (0..count).map(|_| self.word()).collect();
        all.join(" ")
    }

    /// A query: a word, two, the beginning of one, or one with two letters exchanged.
    fn query(&mut self) -> String {
        let word = self.word();
        match self.below(4) {
            0 => word,
            1 => format!("{word} {}", self.word()),
            2 => word[..3].to_owned(),
            _ => {
                let at = 1 + self.below(word.len() - 2);
                let (a, b) = (&word[at..=at], &word[at + 1..=at + 1]);
                format!("{}{b}{a}{}", &word[..at], &word[at + 2..])
            }
        }
    }
}

/// An id with a number, which sorts by it.
fn id(prefix: &str, n: usize) -> String {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut suffix = [b'0'; 26];
    let mut rest = n;
    for digit in suffix.iter_mut().rev() {
        *digit = DIGITS[rest % 32];
        rest /= 32;
    }
    format!("{prefix}_{}", String::from_utf8_lossy(&suffix))
}

/// Adds organizations with a space and items each, and the callers as members of enough of them.
async fn fill(admin: &tokio_postgres::Client, callers: &[Person<'_>], choices: &mut Choices) {
    let mut rows = Vec::new();
    for n in 0..ITEMS {
        // A few organizations are large, most are small.
        let organization = choices
            .below(ORGANIZATIONS)
            .min(choices.below(ORGANIZATIONS));
        let is_card = choices.below(3) == 0;
        let length = 2 + choices.below(4);
        let title = format!("{} {n}", choices.words(length));
        let body = if is_card {
            choices.words(80)
        } else {
            String::new()
        };
        rows.push(json!({
            "id": id("itm", n), "space_id": id("spc", organization), "kind": if is_card { "card" } else { "link" },
            "title": title, "description": choices.words(8), "body": body, "tags": [choices.word()],
            "url": if is_card { None } else { Some(format!("https://{}.example/{}", choices.word(), choices.word())) },
            "position": n,
        }));
    }
    let organizations: Vec<String> = (0..ORGANIZATIONS).map(|n| id("org", n)).collect();
    let spaces: Vec<String> = (0..ORGANIZATIONS).map(|n| id("spc", n)).collect();
    admin
        .execute(
            "with o as (
               insert into organization (id, slug, name, created_at, updated_at)
               select x.id, 'organization-' || x.n, 'Organization ' || x.n, now(), now()
               from unnest($1::text[]) with ordinality x(id, n)),
             s as (
               insert into organization_sequence (organization_id) select unnest($1::text[]))
             insert into space (id, organization_id, slug, title, created_at, updated_at)
             select x.space, x.organization, 'home', 'Home', now(), now() from unnest($1::text[], $2::text[]) x(organization, space)",
            &[&organizations, &spaces],
        )
        .await
        .unwrap();
    for part in rows.chunks(5_000) {
        admin
            .execute(
                "insert into item (id, space_id, kind, title, description, body, tags, url, mode, position, created_at, updated_at)
                 select x.id, x.space_id, x.kind, x.title, x.description, x.body, x.tags, x.url, 'card', x.position, now(), now()
                 from json_to_recordset($1::text::json) x(id text, space_id text, kind text, title text, description text,
                   body text, tags text[], url text, position numeric)",
                &[&json!(part).to_string()],
            )
            .await
            .unwrap();
    }
    for (n, caller) in callers.iter().enumerate() {
        // From a tenth to two thirds of what the largest caller sees.
        let share = 30 + n * 25;
        let members: Vec<String> = (0..share).map(|m| id("member", 1_000 * n + m)).collect();
        let own: Vec<String> = (0..share)
            .map(|_| id("org", choices.below(ORGANIZATIONS)))
            .collect();
        admin
            .execute(
                "insert into organization_user_membership (id, organization_id, user_id, role, created_at, updated_at)
                 select x.id, x.organization, $3, 'member', now(), now() from unnest($1::text[], $2::text[]) x(id, organization)
                 on conflict do nothing",
                &[&members, &own, &caller.me.id.to_string()],
            )
            .await
            .unwrap();
    }
}

/// The search that is compared with: trigrams of all texts of the caller's items.
const BY_SIMILARITY: &str = "
  select i.id, i.title from organization_user_membership m
  join space s on s.organization_id = m.organization_id join item i on i.space_id = s.id
  where m.user_id = $1
    and word_similarity($2, i.title || ' ' || array_to_string(i.tags, ' ') || ' ' || i.description || ' ' || i.body) > 0.5
  order by word_similarity($2, i.title || ' ' || array_to_string(i.tags, ' ') || ' ' || i.description || ' ' || i.body) desc,
    i.updated_at desc limit 50";

fn percentiles(mut times: Vec<Duration>) -> serde_json::Value {
    times.sort();
    let at = |percent: usize| {
        times[(times.len() * percent / 100).min(times.len() - 1)].as_secs_f64() * 1e3
    };
    json!({ "p50": at(50), "p95": at(95), "max": at(100) })
}

#[tokio::main]
async fn main() {
    let database = Database::create().await;
    let admin = database.admin().await;
    admin
        .batch_execute("create extension if not exists pg_trgm")
        .await
        .unwrap();
    let host = match &database.config.get_hosts()[0] {
        tokio_postgres::config::Host::Tcp(host) => host.clone(),
        other => panic!("a TCP host, not {other:?}"),
    };
    let proxy = CountingProxy::keeping_connections((host, database.config.get_ports()[0])).await;
    let mut behind_proxy = database.config.clone();
    behind_proxy = {
        let mut config = tokio_postgres::Config::new();
        config.host("127.0.0.1").port(proxy.port);
        config.user(behind_proxy.get_user().unwrap_or_default());
        config.password(behind_proxy.get_password().unwrap_or_default());
        config.dbname(behind_proxy.get_dbname().unwrap_or_default());
        config
    };
    let app = App::behind_proxy(database, proxy.port).await;
    let mut callers = Vec::new();
    for n in 0..CALLERS {
        callers.push(app.person(&format!("caller{n}@example.com")).await);
    }
    let mut choices = Choices(0x9e37_79b9_7f4a_7c15);
    fill(&admin, &callers, &mut choices).await;
    while prox_api::fill_stale_entries(&mut app.connect().await, &Tables, Timestamp::UNIX_EPOCH)
        .await
        .unwrap()
        > 0
    {}
    admin.batch_execute("vacuum analyze").await.unwrap();
    let mut visible = Vec::new();
    for caller in &callers {
        let row = admin
            .query_one(
                "select count(*) from organization_user_membership m join search_entry se using (organization_id)
                 where m.user_id = $1",
                &[&caller.me.id.to_string()],
            )
            .await
            .unwrap();
        visible.push(row.get::<_, i64>(0));
    }
    visible.sort_unstable();
    let (client, connection) = behind_proxy.connect(NoTls).await.unwrap();
    tokio::spawn(connection);
    let (mut ours, mut theirs, mut found) = (Vec::new(), Vec::new(), 0);
    // The first queries warm the caches of both sides and do not count.
    for n in 0..QUERIES + 20 {
        let caller = &callers[n % CALLERS];
        let query = choices.query();
        let path = format!("/api/search?limit=20&q={}", query.replace(' ', "%20"));
        proxy.take_times();
        let page: Page<SearchResult> = caller.client.get(&path).await.expect(200);
        let our_times = proxy.take_times();
        client
            .query_typed(
                BY_SIMILARITY,
                &[
                    (&caller.me.id.to_string(), Type::TEXT),
                    (&query, Type::TEXT),
                ],
            )
            .await
            .unwrap();
        let their_times = proxy.take_times();
        if n >= 20 {
            ours.extend(our_times);
            theirs.extend(their_times);
            found += usize::from(!page.items.is_empty());
        }
    }
    assert_eq!((ours.len(), theirs.len()), (QUERIES, QUERIES));
    println!(
        "{}",
        json!({
            "ours": percentiles(ours), "theirs": percentiles(theirs), "queries": QUERIES, "found": found,
            "visible": visible[visible.len() / 2], "visible_most": visible.last(),
        })
    );
}
