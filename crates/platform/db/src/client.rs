//! A connection to Postgres, used for one request.

use prox_types::ErrorCode;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Connection, NoTls};

use crate::answer::{Answer, read_body};
use crate::error::DbError;
use crate::parameter;
use crate::statement::{Bound, Erased};

/// A connection to Postgres.
#[derive(Debug)]
pub struct Client(tokio_postgres::Client);

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
    /// Connects over a stream, and passes the connection's future to `spawn`.
    /// The stream brings its own TLS, if any.
    ///
    /// # Errors
    /// [`DbError::Unreachable`] when the server does not accept the connection.
    pub async fn connect<S, F>(
        config: &tokio_postgres::Config,
        stream: S,
        spawn: F,
    ) -> Result<Self, DbError>
    where
        S: AsyncRead + AsyncWrite + Unpin,
        F: FnOnce(Connection<S, tokio_postgres::tls::NoTlsStream>),
    {
        let (client, connection) = config
            .connect_raw(stream, NoTls)
            .await
            .map_err(|why| DbError::Unreachable(Some(why)))?;
        spawn(connection);
        Ok(Self(client))
    }

    /// Runs a statement in one round trip.
    ///
    /// # Errors
    /// [`StatementError::Refused`] when the statement rejects the request,
    /// [`StatementError::Failed`] when it did not run.
    pub async fn run<T>(&self, statement: &Bound<T>) -> Result<Answer<T>, StatementError> {
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
        &self,
        sql: &str,
        parameters: &[parameter::Bound],
    ) -> Result<Answer<Erased>, StatementError> {
        let parameters: Vec<(&(dyn ToSql + Sync), Type)> = parameters
            .iter()
            .map(|(value, ty)| (value.as_ref() as &(dyn ToSql + Sync), ty.clone()))
            .collect();
        let rows = self
            .0
            .query_typed(sql, &parameters)
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
