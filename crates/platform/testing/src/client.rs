//! Clients of the router: without a session, with a cookie, with a bearer token.

use axum::body::Body;
use http::{HeaderMap, Method, Request, StatusCode};
use http_body_util::BodyExt;
use prox_types::{Me, Space};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::app::{APP_ORIGIN, App};

/// A client without a session, and the builder of every request.
#[derive(Clone)]
pub struct TestClient<'a> {
    app: &'a App,
    headers: HeaderMap,
}

/// A signed-in user.
pub struct Person<'a> {
    /// A client with the user's cookie and the app's own origin.
    pub client: TestClient<'a>,
    /// The user.
    pub me: Me,
    /// The session token.
    pub token: String,
}

/// A response.
#[derive(Debug)]
pub struct Reply {
    /// HTTP status.
    pub status: StatusCode,
    /// Response headers.
    pub headers: HeaderMap,
    /// The body as text.
    pub text: String,
    /// The body.
    pub bytes: Vec<u8>,
    /// The ticket for the organization's room, in the response to a websocket upgrade.
    pub ticket: Option<prox_types::durable::room::Ticket>,
    /// The watcher's ticket, likewise.
    pub watch: Option<prox_types::durable::room::Watch>,
}

impl Reply {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text)
            .unwrap_or_else(|why| panic!("not JSON ({why}): {}", self.text))
    }

    /// Checks the status and parses the body.
    #[track_caller]
    pub fn expect<T: DeserializeOwned>(&self, status: u16) -> T {
        self.expect_status(status);
        serde_json::from_str(&self.text)
            .unwrap_or_else(|why| panic!("the body has another type ({why}): {}", self.text))
    }

    /// Checks the status.
    #[track_caller]
    pub fn expect_status(&self, status: u16) -> &Self {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        self
    }

    /// Checks that it is a problem document with this code.
    #[track_caller]
    pub fn expect_problem(&self, code: &str) -> &Self {
        assert_eq!(self.json()["code"], code, "{}", self.text);
        assert_eq!(self.header("content-type"), "application/problem+json");
        assert_eq!(self.json()["status"], self.status.as_u16());
        self
    }

    /// A header's text, empty when it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |v| v.to_str().unwrap())
    }
}

impl<'a> TestClient<'a> {
    pub(crate) fn new(app: &'a App) -> Self {
        Self {
            app,
            headers: HeaderMap::new(),
        }
    }

    /// The same client with one more header.
    pub fn with(&self, name: &'static str, value: &str) -> Self {
        self.with_value(name, value.parse().unwrap())
    }

    /// The same client with one more header, whose value may be any bytes.
    pub fn with_value(&self, name: &'static str, value: http::HeaderValue) -> Self {
        let mut more = self.clone();
        more.headers.insert(name, value);
        more
    }

    /// The same client without a header.
    pub fn without(&self, name: &str) -> Self {
        let mut fewer = self.clone();
        fewer.headers.remove(name);
        fewer
    }

    /// Sends a request with any body.
    pub async fn send(&self, method: Method, path: &str, body: impl Into<Body>) -> Reply {
        let mut request = Request::builder()
            .method(method.clone())
            .uri(path)
            .body(body.into())
            .unwrap();
        *request.headers_mut() = self.headers.clone();
        let mut response = self.app.answer(request).await;
        let ticket = response
            .extensions_mut()
            .remove::<prox_api::SocketTicket>()
            .map(|t| t.0);
        let watch = response
            .extensions_mut()
            .remove::<prox_api::WatchTicket>()
            .map(|t| t.0);
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        // A custom host serves public pages and no operations.
        if !self.headers.contains_key("x-prox-host") {
            crate::contract::check(&method, path, parts.status.as_u16(), &text);
        }
        Reply {
            status: parts.status,
            headers: parts.headers,
            text,
            bytes: bytes.to_vec(),
            ticket,
            watch,
        }
    }

    /// `GET`.
    pub async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, Body::empty()).await
    }

    /// `DELETE`.
    pub async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, Body::empty()).await
    }

    /// `POST` with JSON.
    pub async fn post(&self, path: &str, body: Value) -> Reply {
        self.json(Method::POST, path, body).await
    }

    /// `PATCH` with JSON.
    pub async fn patch(&self, path: &str, body: Value) -> Reply {
        self.json(Method::PATCH, path, body).await
    }

    /// Any method with JSON; null sends no body.
    pub async fn json(&self, method: Method, path: &str, body: Value) -> Reply {
        if body.is_null() {
            return self.send(method, path, Body::empty()).await;
        }
        self.with("content-type", "application/json")
            .send(method, path, body.to_string())
            .await
    }
}

impl<'a> Person<'a> {
    pub(crate) async fn sign_in(app: &'a App, email: &str) -> Self {
        let reply = app
            .anonymous()
            .post("/api/auth/dev", json!({ "email": email }))
            .await;
        let me: Me = reply.expect(200);
        let cookie = reply
            .header("set-cookie")
            .split(';')
            .next()
            .unwrap()
            .to_owned();
        let token = cookie.split_once('=').unwrap().1.to_owned();
        let client = app
            .anonymous()
            .with("cookie", &cookie)
            .with("origin", APP_ORIGIN);
        Self { client, me, token }
    }

    /// A client with the same session as a bearer token.
    pub fn bearer(&self) -> TestClient<'a> {
        self.client
            .app
            .anonymous()
            .with("authorization", &format!("Bearer {}", self.token))
    }

    /// Creates a private space in the personal organization; its title is its slug.
    pub async fn create_space(&self, slug: &str) -> Space {
        let body = json!({ "title": slug, "slug": slug });
        self.client
            .post(&self.home("/spaces"), body)
            .await
            .expect(201)
    }

    /// The path of the personal organization followed by `tail`.
    pub fn home(&self, tail: &str) -> String {
        format!("/api/organizations/{}{tail}", self.me.handle)
    }
}
