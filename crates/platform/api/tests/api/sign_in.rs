//! Signing in and out with a fake Google that signs real tokens; sessions; members and their roles.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwt_simple::prelude::{Claims, Duration, RS256KeyPair, RSAKeyPairLike, UnixTimeStamp};
use prox_api::ports::HopAnswer;
use prox_testing::{App, Person, Reply};
use prox_types::{Me, Member, Organization, Page, Session};
use serde_json::{Value, json};

const ISSUER: &str = "https://accounts.google.test";

/// A fake identity provider with its key.
struct Issuer {
    key: RS256KeyPair,
    says: Mutex<Value>,
    /// The form of the last code exchange.
    exchanged: Mutex<String>,
}

/// The fault of a token.
#[derive(Clone, Copy, PartialEq)]
enum TokenFault {
    None,
    OtherKey,
    OtherAudience,
    OtherIssuer,
    Expired,
    OtherNonce,
    Unsigned,
}

impl Issuer {
    fn start(app: &App) -> Arc<Self> {
        let key = RS256KeyPair::generate(2048).unwrap().with_key_id("k1");
        let issuer = Arc::new(Self {
            key,
            says: Mutex::new(json!({})),
            exchanged: Mutex::default(),
        });
        let discovery = json!({
            "issuer": ISSUER, "authorization_endpoint": format!("{ISSUER}/authorize"),
            "token_endpoint": format!("{ISSUER}/token"), "jwks_uri": format!("{ISSUER}/keys"),
        });
        app.fakes.page(
            &format!("{ISSUER}/.well-known/openid-configuration"),
            200,
            &[],
            &discovery.to_string(),
        );
        let components = issuer.key.public_key().to_components();
        let keys = json!({"keys": [{
            "kty": "RSA", "kid": "k1", "alg": "RS256",
            "n": URL_SAFE_NO_PAD.encode(components.n), "e": URL_SAFE_NO_PAD.encode(components.e),
        }]});
        app.fakes
            .page(&format!("{ISSUER}/keys"), 200, &[], &keys.to_string());
        issuer
    }

    /// Answers the next code exchange with a token for these claims.
    fn answer_with_token(self: &Arc<Self>, app: &App, who: Value, nonce: &str, fault: TokenFault) {
        use prox_api::ports::Clock;
        let now = u64::try_from(app.fakes.now().as_second()).unwrap();
        let age = if fault == TokenFault::Expired {
            7200
        } else {
            0
        };
        let mut custom = who.clone();
        if who["sub"].is_string() {
            custom.as_object_mut().unwrap().remove("sub");
        }
        let mut claims = Claims::with_custom_claims(custom, Duration::from_hours(1));
        claims.issued_at = Some(UnixTimeStamp::from_secs(now - age));
        claims.invalid_before = Some(UnixTimeStamp::from_secs(now - age));
        claims.expires_at = Some(UnixTimeStamp::from_secs(now - age + 3600));
        claims.nonce = Some(
            if fault == TokenFault::OtherNonce {
                "another"
            } else {
                nonce
            }
            .to_owned(),
        );
        claims.subject = who["sub"].as_str().map(str::to_owned);
        claims.issuer = Some(
            if fault == TokenFault::OtherIssuer {
                "https://evil.test"
            } else {
                ISSUER
            }
            .to_owned(),
        );
        let audience = if fault == TokenFault::OtherAudience {
            "another-client"
        } else {
            "google-client"
        };
        let claims = claims.with_audience(audience);
        let token = match fault {
            TokenFault::OtherKey => RS256KeyPair::generate(2048)
                .unwrap()
                .with_key_id("k1")
                .sign(claims)
                .unwrap(),
            TokenFault::Unsigned => {
                let signed = self.key.sign(claims).unwrap();
                let payload = signed.split('.').nth(1).unwrap().to_owned();
                format!(
                    "{}.{payload}.",
                    URL_SAFE_NO_PAD.encode(r#"{"alg":"none","kid":"k1"}"#)
                )
            }
            _ => self.key.sign(claims).unwrap(),
        };
        *self.says.lock().unwrap() =
            json!({"id_token": token, "access_token": "a", "token_type": "Bearer"});
        let issuer = self.clone();
        app.fakes.site(&format!("{ISSUER}/token"), move |hop| {
            *issuer.exchanged.lock().unwrap() =
                String::from_utf8(hop.body.clone().unwrap()).unwrap();
            let body = issuer.says.lock().unwrap().to_string().into_bytes();
            Ok(HopAnswer {
                status: 200,
                headers: vec![],
                body,
            })
        });
    }
}

fn query(address: &str, name: &str) -> String {
    let marker = format!("{name}=");
    address
        .split(['?', '&'])
        .find_map(|part| part.strip_prefix(&marker))
        .unwrap()
        .to_owned()
}

/// Signs in with all requests of a browser.
async fn sign_in(app: &App, issuer: &Arc<Issuer>, who: Value, fault: TokenFault) -> Reply {
    sign_in_over(app, issuer, who, fault, "").await
}

/// Signs in with a browser that has one more cookie.
async fn sign_in_over(
    app: &App,
    issuer: &Arc<Issuer>,
    who: Value,
    fault: TokenFault,
    more: &str,
) -> Reply {
    let begun = app
        .anonymous()
        .get("/api/auth/google?return_to=/o/ada")
        .await;
    let address = begun.expect_status(303).header("location").to_owned();
    assert!(address.starts_with(&format!("{ISSUER}/authorize?")));
    assert_eq!(query(&address, "code_challenge_method"), "S256");
    issuer.answer_with_token(app, who, &query(&address, "nonce"), fault);
    let cookie = begun
        .header("set-cookie")
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    let cookie = format!("{cookie}; {more}");
    let path = format!(
        "/api/auth/google/callback?code=c0de&state={}",
        query(&address, "state")
    );
    let reply = app.anonymous().with("cookie", &cookie).get(&path).await;
    // A state is consumed once, whatever the outcome.
    let again = app.anonymous().with("cookie", &cookie).get(&path).await;
    assert_eq!(again.header("location"), "/sign-in?google=expired");
    reply
}

fn ada() -> Value {
    json!({"sub": "1234", "email": "Ada@Example.com", "email_verified": true, "name": "Ada Lovelace", "picture": "https://pics.example/a"})
}

fn ada_at_google(sub: &str) -> Value {
    let mut who = ada();
    who["sub"] = json!(sub);
    who
}

/// The session cookie that a reply sets, for the next request.
fn cookie_of(reply: &Reply) -> String {
    let cookies = reply.headers.get_all("set-cookie").iter();
    let mut cookies = cookies.map(|v| v.to_str().unwrap().split(';').next().unwrap());
    let found = cookies.find(|cookie| cookie.starts_with("__Host-prox="));
    found.unwrap().to_owned()
}

async fn me(app: &App, reply: &Reply) -> Me {
    let cookies: Vec<_> = reply
        .headers
        .get_all("set-cookie")
        .iter()
        .map(|v| v.to_str().unwrap())
        .collect();
    let session = cookies
        .iter()
        .find(|c| c.starts_with("__Host-prox="))
        .unwrap();
    assert!(
        session.contains("HttpOnly")
            && session.contains("Secure")
            && session.contains("SameSite=Lax")
    );
    app.anonymous()
        .with("cookie", session.split(';').next().unwrap())
        .get("/api/me")
        .await
        .expect(200)
}

#[tokio::test]
async fn a_google_account_is_recognized_by_its_sub() {
    let app = App::start().await;
    let issuer = Issuer::start(&app);
    let first = sign_in(&app, &issuer, ada(), TokenFault::None).await;
    assert_eq!(first.expect_status(303).header("location"), "/o/ada");
    let who = me(&app, &first).await;
    assert_eq!(
        (who.email.as_str(), who.name.as_str(), who.handle.as_str()),
        ("ada@example.com", "Ada Lovelace", "ada-lovelace")
    );
    let form = issuer.exchanged.lock().unwrap().clone();
    assert!(form.contains("code_verifier=") && form.contains("code=c0de"));

    // Another email address with the same sub: the same person.
    let mut moved = ada();
    moved["email"] = json!("ada@elsewhere.example");
    let second = sign_in(&app, &issuer, moved, TokenFault::None).await;
    assert_eq!(me(&app, &second).await.id, who.id);

    // Another sub with her email address: refused.
    let mut impostor = ada();
    impostor["sub"] = json!("6666");
    let refused = sign_in(&app, &issuer, impostor, TokenFault::None).await;
    assert_eq!(refused.header("location"), "/sign-in?google=taken");
    assert!(!refused.header("set-cookie").contains("__Host-prox="));
}

#[tokio::test]
async fn a_token_for_another_sign_in_is_refused() {
    let app = App::start().await;
    let issuer = Issuer::start(&app);
    for fault in [
        TokenFault::OtherKey,
        TokenFault::OtherAudience,
        TokenFault::OtherIssuer,
        TokenFault::Expired,
        TokenFault::OtherNonce,
        TokenFault::Unsigned,
    ] {
        let reply = sign_in(&app, &issuer, ada(), fault).await;
        reply.expect_status(502).expect_problem("provider_failed");
    }
    let mut unverified = ada();
    unverified["email_verified"] = json!(false);
    let reply = sign_in(&app, &issuer, unverified, TokenFault::None).await;
    assert_eq!(reply.header("location"), "/sign-in?google=unverified");
    let people = app
        .database
        .admin()
        .await
        .query("select 1 from \"user\"", &[])
        .await
        .unwrap();
    assert!(people.is_empty());
}

/// The cookies of one browser.
#[derive(Clone, Default)]
struct Browser(BTreeMap<String, String>);

impl Browser {
    async fn get(&mut self, app: &App, path: &str) -> Reply {
        let cookies: Vec<String> = self.0.iter().map(|(n, v)| format!("{n}={v}")).collect();
        let client = app.anonymous().with("cookie", &cookies.join("; "));
        let reply = client.get(path).await;
        for set in reply.headers.get_all("set-cookie") {
            let (pair, attributes) = set.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.0.remove(name);
            } else {
                self.0.insert(name.to_owned(), value.to_owned());
            }
        }
        reply
    }

    /// Begins a sign-in. Returns the URL at the provider.
    async fn begin(&mut self, app: &App, return_to: &str) -> String {
        let path = format!("/api/auth/google?return_to={return_to}");
        let begun = self.get(app, &path).await;
        begun.expect_status(303).header("location").to_owned()
    }
}

fn callback(address: &str) -> String {
    let state = query(address, "state");
    format!("/api/auth/google/callback?code=c0de&state={state}")
}

#[tokio::test]
async fn a_state_without_its_browser_is_refused() {
    let app = App::start().await;
    let issuer = Issuer::start(&app);
    let mut browser = Browser::default();
    let address = browser.begin(&app, "//evil.test").await;
    let (name, value) = browser.0.first_key_value().unwrap();
    let mut other = Browser::default();
    other.begin(&app, "/").await;
    let (other_name, other_value) = other.0.first_key_value().unwrap();
    for cookies in [
        Vec::new(),
        vec![(name, "x")],
        vec![(name, "")],
        vec![(name, other_value.as_str())],
        vec![(other_name, other_value.as_str())],
        vec![(other_name, value.as_str())],
    ] {
        let owned = |(name, value): &(&String, &str)| ((*name).clone(), (*value).to_owned());
        let mut browser = Browser(cookies.iter().map(owned).collect());
        let reply = browser.get(&app, &callback(&address)).await;
        let expired = "/sign-in?google=expired";
        assert_eq!(reply.header("location"), expired, "{cookies:?}");
    }
    let denied = "/api/auth/google/callback?error=access_denied";
    let denied = app.anonymous().get(denied).await;
    assert_eq!(denied.header("location"), "/sign-in?google=declined");
    // The state was not consumed: its own browser still signs in. A return address on another site
    // was dropped.
    issuer.answer_with_token(&app, ada(), &query(&address, "nonce"), TokenFault::None);
    let entered = browser.get(&app, &callback(&address)).await;
    assert_eq!(entered.expect_status(303).header("location"), "/");
    assert!(browser.0.contains_key("__Host-prox"));
}

#[tokio::test]
async fn two_concurrent_sign_ins_in_one_browser_both_succeed() {
    let app = App::start().await;
    let issuer = Issuer::start(&app);
    for first_ends in [0, 1] {
        let mut browser = Browser::default();
        let tabs = [
            browser.begin(&app, "/o/one").await,
            browser.begin(&app, "/o/two").await,
        ];
        assert_eq!(browser.0.len(), 2, "{:?}", browser.0.keys());
        for (left, tab) in [(1, first_ends), (0, 1 - first_ends)] {
            issuer.answer_with_token(&app, ada(), &query(&tabs[tab], "nonce"), TokenFault::None);
            let reply = browser.get(&app, &callback(&tabs[tab])).await;
            let returned = reply.expect_status(303).header("location").to_owned();
            assert_eq!(returned, ["/o/one", "/o/two"][tab]);
            let states = browser.0.keys().filter(|name| name.contains("google"));
            assert_eq!(states.count(), left);
            browser.get(&app, "/api/me").await.expect_status(200);
        }
    }
}

#[tokio::test]
async fn a_token_with_invalid_claims_is_refused() {
    let app = App::start().await;
    let issuer = Issuer::start(&app);
    let long = "a".repeat(5_000);
    let texts = [
        json!("a\u{0}da"),
        json!(""),
        json!(" "),
        json!(long),
        json!(null),
        json!(["ada"]),
    ];
    let emails = [
        json!("a\u{0}da@example.com"),
        json!("ada@exam\u{0}ple.com"),
        json!("a@x.com,b@y.com"),
        json!("Ada <ada@example.com>"),
        json!(format!("{long}@example.com")),
        json!(format!("ada@{long}.com")),
        json!(5),
    ];
    let odd = (texts.iter().map(|value| ("sub", value.clone())))
        .chain(texts.iter().chain(&emails).map(|v| ("email", v.clone())))
        .chain(["true", "1"].map(|text| ("email_verified", json!(text))))
        .chain([0, 1].map(|number| ("email_verified", json!(number))))
        .chain([("email_verified", json!(null))]);
    let mut count = 0;
    let mut refuse = async |who: Value, expected: &str| {
        let reply = sign_in(&app, &issuer, who.clone(), TokenFault::None).await;
        let outcome = match reply.status.as_u16() {
            303 => reply.header("location").to_owned(),
            _ => reply
                .expect_problem("provider_failed")
                .status
                .as_str()
                .to_owned(),
        };
        assert_eq!(outcome, expected, "{who}");
        assert!(
            !reply.header("set-cookie").contains("__Host-prox="),
            "{who}"
        );
        count += 1;
    };
    let unverified = "/sign-in?google=unverified";
    for (claim, value) in odd {
        let mut who = ada();
        // Libraries do not read a token without a string here.
        let is_token = claim != "sub" || value.is_string() || value.is_null();
        who[claim] = value;
        refuse(who, if is_token { unverified } else { "502" }).await;
    }
    for claim in ["sub", "email", "email_verified"] {
        let mut who = ada();
        who.as_object_mut().unwrap().remove(claim);
        refuse(who, unverified).await;
    }
    assert_eq!(count, 27);
    let people = app.database.admin().await;
    let people = people.query("select 1 from \"user\"", &[]).await.unwrap();
    assert!(people.is_empty());
}

#[tokio::test]
async fn unusual_names_and_pictures_do_not_prevent_a_sign_in() {
    let app = App::start().await;
    let issuer = Issuer::start(&app);
    let long = "n".repeat(5_000);
    let picture = "https://pics.example/a";
    for (n, (claim, value, name, image)) in [
        ("name", json!("A\u{0}da\u{202e}"), "Ada", Some(picture)),
        ("name", json!(""), "p1", Some(picture)),
        ("name", json!("\u{200b}"), "p2", Some(picture)),
        ("name", json!(long), &long[..80], Some(picture)),
        ("name", json!(5), "p4", Some(picture)),
        ("name", json!(null), "p5", Some(picture)),
        ("picture", json!(""), "Ada Lovelace", None),
        (
            "picture",
            json!("http://pics.example/"),
            "Ada Lovelace",
            None,
        ),
        (
            "picture",
            json!("javascript:alert(1)"),
            "Ada Lovelace",
            None,
        ),
        ("picture", json!("https://a\u{0}"), "Ada Lovelace", None),
        (
            "picture",
            json!(format!("https://{long}")),
            "Ada Lovelace",
            None,
        ),
        ("picture", json!([picture]), "Ada Lovelace", None),
        (
            "email",
            json!("Ada@M\u{fc}ller.example"),
            "Ada Lovelace",
            Some(picture),
        ),
    ]
    .into_iter()
    .enumerate()
    {
        let mut who = ada();
        who["sub"] = json!(format!("sub{n}"));
        who["email"] = json!(format!("p{n}@example.com"));
        who[claim] = value.clone();
        let reply = sign_in(&app, &issuer, who, TokenFault::None).await;
        let person = me(&app, reply.expect_status(303)).await;
        assert_eq!(person.name, name, "{claim} {value}");
        assert_eq!(person.image.as_deref(), image, "{claim} {value}");
        if claim == "email" {
            assert_eq!(person.email, "ada@xn--mller-kva.example");
        }
    }
}

#[tokio::test]
async fn an_added_person_joins_at_their_first_sign_in() {
    let app = App::start().await;
    let issuer = Issuer::start(&app);
    let boss = app.person("boss@example.com").await;
    let body = json!({"email": "ada@example.com", "role": "admin"});
    boss.client
        .post(&boss.home("/members"), body.clone())
        .await
        .expect_status(201);
    assert_eq!(app.fakes.emails.lock().unwrap()[0].to, "ada@example.com");
    boss.client
        .post(&boss.home("/members"), body)
        .await
        .expect_status(409)
        .expect_problem("already_member");
    let entered = sign_in(&app, &issuer, ada(), TokenFault::None).await;
    let cookie = entered
        .headers
        .get_all("set-cookie")
        .iter()
        .find_map(|v| {
            v.to_str()
                .unwrap()
                .split(';')
                .next()
                .filter(|c| c.starts_with("__Host-prox="))
        })
        .unwrap()
        .to_owned();
    let organizations: Value = app
        .anonymous()
        .with("cookie", &cookie)
        .get("/api/me/organizations")
        .await
        .json();
    assert_eq!(organizations["items"].as_array().unwrap().len(), 2);
    assert_eq!(organizations["items"][0]["role"], "admin");
}

#[tokio::test]
async fn ending_a_session_ends_it_at_once_and_closes_its_sockets_only() {
    let app = App::start().await;
    let laptop = app.person("ada@example.com").await;
    app.fakes.advance(jiff::SignedDuration::from_secs(1));
    let phone = app.person("ada@example.com").await;
    let eve = app.person("eve@example.com").await;
    let sessions: Page<Session> = laptop.client.get("/api/auth/sessions").await.expect(200);
    assert_eq!(
        sessions.items.iter().map(|s| s.current).collect::<Vec<_>>(),
        [false, true]
    );
    let path = format!("/api/auth/sessions/{}", phone.me.session_id);
    eve.client.delete(&path).await.expect_status(404);
    app.fakes.take_pokes();
    laptop.client.delete(&path).await.expect_status(204);
    let pokes = app.fakes.take_pokes();
    assert_eq!(
        pokes[0].1.close,
        Some(prox_types::durable::room::Close::Session(
            phone.me.session_id
        ))
    );
    phone
        .client
        .get("/api/me")
        .await
        .expect_status(401)
        .expect_problem("unauthenticated");
    laptop.client.delete(&path).await.expect_status(404);

    let out = laptop.client.post("/api/auth/sign-out", Value::Null).await;
    assert!(
        out.expect_status(204)
            .header("set-cookie")
            .contains("Max-Age=0")
    );
    laptop.client.get("/api/me").await.expect_status(401);
}

/// The id of the session that a reply sets.
fn new_session(reply: &Reply) -> String {
    let cookie = cookie_of(reply);
    let token = cookie.strip_prefix("__Host-prox=").unwrap();
    token.split('.').next().unwrap().to_owned()
}

/// The active sessions in the database, in order.
async fn active_sessions(app: &App) -> Vec<String> {
    let admin = app.database.admin().await;
    let sql = "select id from session where revoked_at is null order by id";
    let rows = admin.query(sql, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

fn sorted(mut ids: Vec<String>) -> Vec<String> {
    ids.sort_unstable();
    ids
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Provider {
    Development,
    Google,
}

/// Signs in with a browser that has this cookie.
async fn enter(
    app: &App,
    issuer: &Arc<Issuer>,
    provider: Provider,
    email: &str,
    cookie: &str,
) -> Reply {
    let reply = match provider {
        Provider::Development => {
            let browser = app.anonymous().with("cookie", cookie);
            let body = json!({"email": email});
            browser.post("/api/auth/dev", body).await
        }
        Provider::Google => {
            let who = json!({"sub": email, "email": email, "email_verified": true, "name": email});
            sign_in_over(app, issuer, who, TokenFault::None, cookie).await
        }
    };
    assert!(matches!(reply.status.as_u16(), 200 | 303), "{}", reply.text);
    reply
}

#[tokio::test]
async fn a_sign_in_ends_the_session_that_it_replaces() {
    use prox_types::durable::room::Close;
    let app = App::start().await;
    let issuer = Issuer::start(&app);
    for provider in [Provider::Development, Provider::Google] {
        for (n, next) in ["same", "known", "new"].into_iter().enumerate() {
            let email = |name: &str| format!("{name}-{provider:?}-{n}@example.com").to_lowercase();
            let (mine, known) = (email("ada"), email("known"));
            let first = enter(&app, &issuer, provider, &mine, "").await;
            let phone = enter(&app, &issuer, provider, &mine, "").await;
            enter(&app, &issuer, provider, &known, "").await;
            let old = cookie_of(&first);
            let client = app.anonymous().with("cookie", &old);
            let team: Organization = client
                .with("origin", prox_testing::APP_ORIGIN)
                .post("/api/organizations", json!({"name": "Team"}))
                .await
                .expect(201);
            let me: Me = client.get("/api/me").await.expect(200);
            let before = active_sessions(&app).await;
            app.fakes.take_pokes();

            let next = if next == "same" {
                mine.clone()
            } else {
                email(next)
            };
            let second = enter(&app, &issuer, provider, &next, &old).await;
            client.get("/api/me").await.expect_status(401);
            let of_phone = app.anonymous().with("cookie", &cookie_of(&phone));
            of_phone.get("/api/me").await.expect_status(200);
            let now: Me = app
                .anonymous()
                .with("cookie", &cookie_of(&second))
                .get("/api/me")
                .await
                .expect(200);
            assert_eq!(now.email, next);
            let mut expected = before;
            expected.retain(|id| *id != me.session_id.to_string());
            expected.push(new_session(&second));
            assert_eq!(active_sessions(&app).await, sorted(expected), "{next}");

            // Its sockets close in each organization of the person.
            let pokes = app.fakes.take_pokes();
            assert!(
                pokes
                    .iter()
                    .all(|(_, poke)| poke.close == Some(Close::Session(me.session_id))),
                "{pokes:?}"
            );
            let rooms: Vec<_> = pokes.iter().map(|(room, _)| *room).collect();
            assert_eq!(rooms.len(), 2, "{next}");
            assert!(rooms.contains(&team.id), "{next}");
        }
    }
}

#[tokio::test]
async fn a_sign_in_ends_nothing_without_a_valid_cookie() {
    let app = App::start().await;
    let issuer = Issuer::start(&app);
    let ada = app.person("ada@example.com").await;
    let id = ada.me.session_id;
    let forged = format!("__Host-prox={id}.{}", "A".repeat(43));
    let other_name = format!("prox={}", ada.token);
    let twice = format!("__Host-prox={0}; __Host-prox={0}", ada.token);
    let malformed = format!("__Host-prox={id}");
    for provider in [Provider::Development, Provider::Google] {
        for cookie in ["", &forged, &other_name, &twice, &malformed] {
            app.fakes.take_pokes();
            enter(&app, &issuer, provider, "bob@example.com", cookie).await;
            ada.client.get("/api/me").await.expect_status(200);
            assert!(app.fakes.take_pokes().is_empty(), "{cookie}");
        }
    }
    // A program keeps its token, and its cookies are ignored.
    let client = ada
        .bearer()
        .with("cookie", &format!("__Host-prox={}", ada.token));
    let body = json!({"email": "bob@example.com"});
    client.post("/api/auth/dev", body).await.expect_status(200);
    ada.client.get("/api/me").await.expect_status(200);

    // A sign-in that is refused leaves the session.
    sign_in(&app, &issuer, ada_at_google("1234"), TokenFault::None).await;
    let cookie = format!("__Host-prox={}", app.person("eve@example.com").await.token);
    let eve = app.anonymous().with("cookie", &cookie);
    let other = ada_at_google("6666");
    let refused = sign_in_over(&app, &issuer, other, TokenFault::None, &cookie).await;
    assert_eq!(refused.header("location"), "/sign-in?google=taken");
    eve.get("/api/me").await.expect_status(200);

    // One that ended stays as it was: nothing closes a second time.
    let bob = app.person("bob@example.com").await;
    bob.client
        .post("/api/auth/sign-out", Value::Null)
        .await
        .expect_status(204);
    let old = app.person("zoe@example.com").await;
    app.fakes
        .advance(jiff::SignedDuration::from_hours(30 * 24 + 1));
    app.fakes.take_pokes();
    for ended in [bob, old] {
        let cookie = format!("__Host-prox={}", ended.token);
        for provider in [Provider::Development, Provider::Google] {
            enter(&app, &issuer, provider, "new@example.com", &cookie).await;
        }
    }
    assert!(app.fakes.take_pokes().is_empty());
    let admin = app.database.admin().await;
    let sql = "select 1 from session where revoked_at > expires_at";
    assert!(admin.query(sql, &[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn two_tabs_that_sign_in_at_once_end_the_old_session_once() {
    let app = App::start().await;
    let issuer = Issuer::start(&app);
    for email in ["ada@example.com", "bob@example.com"] {
        let ada = app.person("ada@example.com").await;
        app.person("bob@example.com").await;
        app.fakes.take_pokes();
        let cookie = format!("__Host-prox={}", ada.token);
        let tab = |_| enter(&app, &issuer, Provider::Development, email, &cookie);
        futures_util::future::join_all((0..8).map(tab)).await;
        ada.client.get("/api/me").await.expect_status(401);
        assert_eq!(app.fakes.take_pokes().len(), 1);
    }
}

#[tokio::test]
async fn a_session_ends_by_itself_after_thirty_days() {
    let app = App::start().await;
    let ada = app.person("ada@example.com").await;
    app.fakes
        .advance(jiff::SignedDuration::from_hours(30 * 24 - 1));
    ada.client.get("/api/me").await.expect_status(200);
    app.fakes.advance(jiff::SignedDuration::from_hours(2));
    ada.client.get("/api/me").await.expect_status(401);
}

#[tokio::test]
async fn a_sign_in_form_on_a_foreign_page_is_refused() {
    let app = App::start().await;
    let foreign = app.anonymous().with("origin", "https://evil.test");
    foreign
        .post("/api/auth/dev", json!({"email": "eve@example.com"}))
        .await
        .expect_status(403)
        .expect_problem("cross_site");
    for email in [
        "a@x.test,b@y.test",
        "no-at",
        "a@b",
        "a b@c.de",
        "A <a@b.de>",
        "",
    ] {
        app.anonymous()
            .post("/api/auth/dev", json!({"email": email}))
            .await
            .expect_status(422);
    }
}

async fn member_id(boss: &Person<'_>, email: &str) -> String {
    let members: Value = boss.client.get(&boss.home("/members")).await.json();
    let found = members["items"]
        .as_array()
        .unwrap()
        .iter()
        .find(|m| m["email"] == email)
        .unwrap();
    found["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn owners_admins_and_members_change_only_allowed_members() {
    let app = App::start().await;
    let boss = app.person("boss@example.com").await;
    let admin = app.person("admin@example.com").await;
    let ada = app.person("ada@example.com").await;
    let members = boss.home("/members");
    boss.client
        .post(
            &members,
            json!({"email": "admin@example.com", "role": "admin"}),
        )
        .await
        .expect_status(201);
    admin
        .client
        .post(
            &members,
            json!({"email": "ada@example.com", "role": "owner"}),
        )
        .await
        .expect_status(403);
    admin
        .client
        .post(
            &members,
            json!({"email": "ada@example.com", "role": "member"}),
        )
        .await
        .expect_status(201);
    let at = |id: &str| format!("{members}/{id}");
    let (b, a, m) = (
        member_id(&boss, "boss@example.com").await,
        member_id(&boss, "admin@example.com").await,
        member_id(&boss, "ada@example.com").await,
    );
    admin
        .client
        .patch(&at(&b), json!({"role": "member"}))
        .await
        .expect_status(403);
    admin
        .client
        .patch(&at(&a), json!({"role": "owner"}))
        .await
        .expect_status(403);
    admin.client.delete(&at(&b)).await.expect_status(403);
    ada.client.delete(&at(&a)).await.expect_status(403);
    boss.client
        .patch(&at(&b), json!({"role": "admin"}))
        .await
        .expect_status(409)
        .expect_problem("personal_owner");
    let team: Organization = boss
        .client
        .post("/api/organizations", json!({"name": "Team"}))
        .await
        .expect(201);
    let team = format!("/api/organizations/{}/members", team.id);
    let founders: Page<Member> = boss.client.get(&team).await.expect(200);
    let founder = format!("{team}/{}", founders.items[0].id);
    boss.client
        .patch(&founder, json!({"role": "admin"}))
        .await
        .expect_status(409)
        .expect_problem("last_owner");
    boss.client
        .delete(&founder)
        .await
        .expect_status(409)
        .expect_problem("last_owner");
    app.fakes.take_pokes();
    ada.client.delete(&at(&m)).await.expect_status(204);
    assert_eq!(
        app.fakes.take_pokes()[0].1.close,
        Some(prox_types::durable::room::Close::User(ada.me.id))
    );
    ada.client.get(&members).await.expect_status(404);
    boss.client
        .patch(&at(&a), json!({"role": "owner"}))
        .await
        .expect_status(200);
    // Of two owners who leave at the same moment, one stays.
    let (first, second) = (at(&a), at(&b));
    let (one, two) = tokio::join!(admin.client.delete(&first), boss.client.delete(&second));
    let mut statuses = [one.status.as_u16(), two.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 409]);
}

#[tokio::test]
async fn the_database_and_the_rules_agree_about_members() {
    use prox_types::Role::{self, Admin, Member, Owner};
    let app = App::start().await;
    let boss = app.person("boss@example.com").await;
    let actor = app.person("actor@example.com").await;
    let members = boss.home("/members");
    let add = async |email: &str, role: Role| {
        let body = json!({"email": email, "role": role});
        boss.client.post(&members, body).await.expect_status(201);
        format!("{members}/{}", member_id(&boss, email).await)
    };
    let own = add("actor@example.com", Member).await;
    let mut round = 0;
    for role in [Owner, Admin, Member] {
        boss.client
            .patch(&own, json!({"role": role}))
            .await
            .expect_status(200);
        for current in [None, Some(Member), Some(Admin), Some(Owner)] {
            for new in [None, Some(Member), Some(Admin), Some(Owner)] {
                if current.is_none() && new.is_none() {
                    continue;
                }
                round += 1;
                let email = format!("target{round}@example.com");
                let reply = match (current, new) {
                    (None, Some(new)) => {
                        actor
                            .client
                            .post(&members, json!({"email": email, "role": new}))
                            .await
                    }
                    (Some(current), Some(new)) => {
                        let target = add(&email, current).await;
                        actor.client.patch(&target, json!({"role": new})).await
                    }
                    (Some(current), None) => {
                        let target = add(&email, current).await;
                        actor.client.delete(&target).await
                    }
                    (None, None) => continue,
                };
                let allowed = prox_core::roles::may_change_member(role, current, new);
                let expected = if allowed {
                    reply.status.is_success()
                } else {
                    reply.status == 403
                };
                assert!(expected, "{role:?} {current:?} → {new:?}: {}", reply.text);
            }
        }
    }
}
