//! A connection to Postgres, used for one request.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::task::Poll;

use prox_types::ErrorCode;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::NoTls;
use tokio_postgres::tls::NoTlsStream;
use tokio_postgres::types::{ToSql, Type};

use crate::answer::{Answer, read_body};
use crate::error::DbError;
use crate::parameter;
use crate::statement::{Bound, Erased};

/// A connection to Postgres. Dropping it closes its stream.
pub struct Client {
    client: tokio_postgres::Client,
    connection: Connection,
}

/// Sends requests and receives answers while it is polled; ends when the connection is lost.
pub type Connection = Pin<Box<dyn Future<Output = ()> + Send>>;

/// The error of a statement.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// The statement rejected the request: not signed in, not a member, not found, stale…
    #[error("refused: {}", code.code())]
    Refused {
        /// The public error code.
        code: ErrorCode,
        /// The invalid field, for the code `invalid`.
        path: Option<String>,
    },
    /// The database failed.
    #[error(transparent)]
    Failed(#[from] DbError),
}

impl Client {
    /// Connects over a stream, which brings its own TLS, if any. `pin` makes the connection's
    /// future one that may cross threads, where the stream is not.
    ///
    /// # Errors
    /// [`DbError::Unreachable`] when the server does not accept the connection.
    pub async fn connect<S, F>(
        config: &tokio_postgres::Config,
        stream: S,
        pin: F,
    ) -> Result<Self, DbError>
    where
        S: AsyncRead + AsyncWrite + Unpin,
        F: FnOnce(tokio_postgres::Connection<S, NoTlsStream>) -> Connection,
    {
        let (client, connection) = config
            .connect_raw(stream, NoTls)
            .await
            .map_err(|why| DbError::Unreachable(Some(why)))?;
        Ok(Self {
            client,
            connection: pin(connection),
        })
    }

    /// Runs a statement in one round trip.
    ///
    /// # Errors
    /// [`StatementError::Refused`] when the statement rejects the request,
    /// [`StatementError::Failed`] when it did not run.
    pub async fn run<T>(&mut self, statement: &Bound<T>) -> Result<Answer<T>, StatementError> {
        let Bound {
            sql,
            parameters,
            check,
            ..
        } = statement;
        let answer = self.execute(sql, parameters).await?;
        check(&answer.body)?;
        Ok(answer.shaped())
    }

    async fn execute(
        &mut self,
        sql: &str,
        parameters: &[parameter::Bound],
    ) -> Result<Answer<Erased>, StatementError> {
        let parameters: Vec<(&(dyn ToSql + Sync), Type)> = parameters
            .iter()
            .map(|(value, ty)| (value.as_ref() as &(dyn ToSql + Sync), ty.clone()))
            .collect();
        let rows = drive(
            &mut self.connection,
            self.client.query_typed(sql, &parameters),
        )
        .await
        .map_err(DbError::from)?;
        let row = rows
            .first()
            .ok_or_else(|| DbError::Shape(String::from("no row")))?;
        let outcome: &str = row.try_get(0).map_err(DbError::from)?;
        if outcome != "ok" {
            return Err(refusal(outcome)?);
        }
        let body: Option<String> = row.try_get(1).map_err(DbError::from)?;
        let pokes: Option<String> = row.try_get(4).map_err(DbError::from)?;
        Ok(Answer {
            body: body.unwrap_or_else(|| String::from("null")),
            version: row.try_get(2).map_err(DbError::from)?,
            next: row.try_get(3).map_err(DbError::from)?,
            pokes: pokes.map_or(Ok(Vec::new()), |text| read_body(&text))?,
            seq: row.try_get(5).map_err(DbError::from)?,
            shape: std::marker::PhantomData,
        })
    }
}

/// Waits for a query, and moves the connection's bytes meanwhile. A task of its own for the
/// connection would cost two more turns of the runtime for each request.
async fn drive<T>(connection: &mut Connection, query: impl Future<Output = T>) -> T {
    let mut query = pin!(query);
    let mut lost = false;
    poll_fn(|context| {
        if let Poll::Ready(done) = query.as_mut().poll(context) {
            return Poll::Ready(done);
        }
        if !lost {
            lost = connection.as_mut().poll(context).is_ready();
        }
        // It may have received the answer, or dropped the query because it is lost.
        query.as_mut().poll(context)
    })
    .await
}

/// Parses the outcome column of a rejected request: `stale`, or `invalid place.after` with the path
/// of the field. `concurrent` means that the snapshot of the statement was too old to decide.
fn refusal(outcome: &str) -> Result<StatementError, DbError> {
    if outcome == "concurrent" {
        return Ok(DbError::Concurrent(None).into());
    }
    let (word, path) = match outcome.split_once(' ') {
        Some((word, path)) => (word, Some(path.to_owned())),
        None => (outcome, None),
    };
    let code = ErrorCode::ALL
        .iter()
        .copied()
        .find(|code| code.code() == word)
        .ok_or_else(|| DbError::Shape(format!("unknown outcome {outcome}")))?;
    Ok(StatementError::Refused { code, path })
}
