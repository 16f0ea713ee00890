//! The API of a test: the real router with a database of its own and fakes.

use std::sync::Arc;

use axum::Router;
use futures_util::FutureExt;
use prox_api::config::{Config, Google, Slack};
use prox_api::ports::{Pending, Ports, RestrictedDatabase};
use prox_core::route::{RouteConfig, Target, route};
use prox_db::{Client, DbError};
use prox_integrations::address::AllowList;
use prox_integrations::unicode::Tables;
use tokio::net::TcpStream;

use crate::client::{Person, TestClient};
use crate::database::Database;
use crate::fakes::{Fakes, SLACK_SIGNING_SECRET};

/// The app's own origin in tests.
pub const APP_ORIGIN: &str = "https://prox.test";

/// The whole API, ready for requests.
pub struct App {
    /// The fakes of its ports.
    pub fakes: Arc<Fakes>,
    /// Its own database.
    pub database: Database,
    operations: Router,
    pages: Router,
    /// Its ports, for what runs outside of requests.
    pub ports: Arc<Ports>,
}

impl App {
    /// Starts with an empty database.
    pub async fn start() -> Self {
        let database = Database::create().await;
        let config = database.config.clone();
        Self::with(database, config, settings())
    }

    /// Starts as a deployment without a Slack app.
    pub async fn without_slack() -> Self {
        let database = Database::create().await;
        let config = database.config.clone();
        let settings = Config {
            slack: None,
            ..settings()
        };
        Self::with(database, config, settings)
    }

    /// Starts with the database behind a proxy at `port` of this machine.
    pub async fn behind_proxy(database: Database, port: u16) -> Self {
        let mut config = tokio_postgres::Config::new();
        config.host("127.0.0.1").port(port);
        if let Some(user) = database.config.get_user() {
            config.user(user);
        }
        if let Some(password) = database.config.get_password() {
            config.password(password);
        }
        if let Some(name) = database.config.get_dbname() {
            config.dbname(name);
        }
        Self::with(database, config, settings())
    }

    fn with(database: Database, config: tokio_postgres::Config, settings: Config) -> Self {
        let fakes = Arc::new(Fakes::default());
        let ports = Ports {
            database: RestrictedDatabase::new(Arc::new(Direct(config))),
            clock: fakes.clone(),
            random: fakes.clone(),
            unicode: Arc::new(Tables),
            realtime: fakes.clone(),
            transport: fakes.clone(),
            jobs: fakes.clone(),
            mail: fakes.clone(),
            log: fakes.clone(),
            config: Arc::new(settings),
        };
        Self {
            fakes,
            database,
            operations: prox_api::operations(),
            pages: prox_api::pages(),
            ports: Arc::new(ports),
        }
    }

    /// A client without a session.
    pub fn anonymous(&self) -> TestClient<'_> {
        TestClient::new(self)
    }

    /// Signs a person in by cookie, and creates the user when there is none.
    pub async fn person(&self, email: &str) -> Person<'_> {
        Person::sign_in(self, email).await
    }

    /// A connection to the database, as the API opens one for each request.
    pub async fn connect(&self) -> Client {
        let direct = Direct(self.database.config.clone());
        prox_api::ports::Database::connect(&direct).await.unwrap()
    }

    /// Takes the steps of the imports that requests began, until none has any left.
    pub async fn finish_imports(&self) {
        let mut client = self.connect().await;
        for import in self.fakes.take_imports() {
            loop {
                let step = prox_api::advance_import(&mut client, &self.ports, import);
                let done = step.await.unwrap();
                for sent in done.pokes {
                    self.ports.realtime.poke(sent.organization_id, sent.poke);
                }
                if !done.more {
                    break;
                }
            }
        }
    }

    /// Passes on the headers that [`prox_api::REQUEST_HEADERS`] names, as the workers do, to the routes of the worker
    /// that the edge would choose. What the edge answers itself goes to the pages.
    pub(crate) async fn answer(
        &self,
        mut request: http::Request<axum::body::Body>,
    ) -> axum::response::Response {
        let unread: Vec<_> = request
            .headers()
            .keys()
            .filter(|name| !prox_api::REQUEST_HEADERS.contains(&name.as_str()))
            .cloned()
            .collect();
        for name in unread {
            request.headers_mut().remove(name);
        }
        let target = route(
            "prox.test",
            request.uri().path(),
            &RouteConfig::from_origin(APP_ORIGIN),
        );
        let router = match target {
            Target::Api => &self.operations,
            _ => &self.pages,
        };
        prox_api::serve(router.clone(), self.ports.clone(), request).await
    }
}

fn settings() -> Config {
    Config {
        app_origin: APP_ORIGIN.to_owned(),
        cname_target: "edge.prox.test".to_owned(),
        google: Some(Google {
            issuer: "https://accounts.google.test".to_owned(),
            client_id: "google-client".to_owned(),
            client_secret: "google-secret".to_owned(),
        }),
        slack: Some(Slack {
            origin: "https://slack.test".to_owned(),
            signing_secret: SLACK_SIGNING_SECRET.to_owned(),
            client: Some(("slack-client".to_owned(), "slack-secret".to_owned())),
        }),
        resolver: "https://dns.test/query".to_owned(),
        egress_allow: AllowList::parse("accounts.google.test:443,slack.test:443"),
        version: "test",
    }
}

/// Opens a TCP connection for each request, as the worker does through its socket.
struct Direct(tokio_postgres::Config);

impl prox_api::ports::Database for Direct {
    fn connect(&self) -> Pending<'_, Result<Client, DbError>> {
        Box::pin(async {
            let host = match self.0.get_hosts().first() {
                Some(tokio_postgres::config::Host::Tcp(host)) => host.clone(),
                _ => return Err(DbError::Unreachable(None)),
            };
            let port = self.0.get_ports().first().copied().unwrap_or(5432);
            let stream = TcpStream::connect((host.as_str(), port))
                .await
                .map_err(|_| DbError::Unreachable(None))?;
            stream
                .set_nodelay(true)
                .map_err(|_| DbError::Unreachable(None))?;
            Client::connect(&self.0, stream, |connection| Box::pin(connection.map(drop))).await
        })
    }
}
