//! Connections to Postgres through Hyperdrive, one for each attempt at a statement:
//! on Workers, none may outlive the event that opened it.

use std::pin::pin;
use std::time::Duration;

use api::ports::{Database, Pending};
use db::{Client, DbError};
use futures_util::future::{Either, select};
use worker::send::SendFuture;
use worker::{Delay, Env, Hyperdrive, Result};

use crate::background::Background;

/// How long to wait for a connection. Slack waits 3 s for the whole answer, and asks again.
const PATIENCE: Duration = Duration::from_secs(3);

/// The database behind the binding `HYPERDRIVE`.
pub(crate) struct Postgres {
    hyperdrive: Hyperdrive,
    config: tokio_postgres::Config,
    background: Background,
}

impl Postgres {
    /// # Errors
    /// When the binding is missing.
    pub(crate) fn of(env: &Env, background: Background) -> Result<Self> {
        let hyperdrive = env.hyperdrive("HYPERDRIVE")?;
        // TLS, where there is any, is Hyperdrive's. Its socket needs no address.
        let mut config = tokio_postgres::Config::new();
        config
            .user(hyperdrive.user())
            .password(hyperdrive.password())
            .dbname(hyperdrive.database());
        Ok(Self {
            hyperdrive,
            config,
            background,
        })
    }

    async fn open(&self) -> Result<Client, DbError> {
        let socket = self
            .hyperdrive
            .connect()
            .map_err(|_| DbError::Unreachable(None))?;
        let client = Client::connect(&self.config, socket, |connection| {
            // A lost connection is the client's to report.
            self.background.run(async move {
                let _ = connection.await;
            });
        });
        match select(pin!(client), Delay::from(PATIENCE)).await {
            Either::Left((client, _)) => client,
            Either::Right(_) => Err(DbError::Unreachable(None)),
        }
    }
}

impl Database for Postgres {
    fn connect(&self) -> Pending<'_, Result<Client, DbError>> {
        Box::pin(SendFuture::new(self.open()))
    }
}
