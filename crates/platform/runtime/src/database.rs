//! Connections to Postgres through Hyperdrive, one for each attempt at a statement:
//! on Workers, none may outlive the event that opened it.

use std::pin::pin;
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::{Either, select};
use prox_api::ports::{Database, Pending};
use prox_db::{Client, DbError};
use worker::send::{SendFuture, SendWrapper};
use worker::{Delay, Env};

use crate::socket::Socket;

/// The timeout of a connection. Slack waits 3 s for the whole response, and then repeats its
/// request.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// The database behind the binding `HYPERDRIVE`. Costs nothing before the first connection.
pub struct Postgres {
    env: SendWrapper<Env>,
}

impl Postgres {
    pub fn of(env: &Env) -> Self {
        Self {
            env: SendWrapper::new(env.clone()),
        }
    }

    async fn open(&self) -> Result<Client, DbError> {
        let unreachable = |_| DbError::Unreachable(None);
        let hyperdrive = self.env.hyperdrive("HYPERDRIVE").map_err(unreachable)?;
        // Hyperdrive encrypts the connection to Postgres. Its socket needs no address.
        let mut config = tokio_postgres::Config::new();
        config
            .user(hyperdrive.user())
            .password(hyperdrive.password())
            .dbname(hyperdrive.database());
        let socket = Socket::open(&hyperdrive).map_err(unreachable)?;
        let client = Client::connect(&config, socket, |connection| {
            // The client reports a lost connection.
            Box::pin(SendFuture::new(connection.map(drop)))
        });
        match select(pin!(client), Delay::from(CONNECT_TIMEOUT)).await {
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
