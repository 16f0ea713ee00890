//! The one connection type. It lives as long as one request.

use prox_types::ErrorCode;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Connection, NoTls};

use crate::answer::{Answer, read_body};
use crate::error::DbError;
use crate::statement::{Bound, Erased, Parameter};

/// A connection to Postgres.
#[derive(Debug)]
pub struct Client(tokio_postgres::Client);

/// Why a statement has no answer.
#[derive(Debug, thiserror::Error)]
pub enum StatementError {
    /// The statement decided: not signed in, not a member, not found, stale…
    #[error("refused: {}", code.code())]
    Refused {
        /// The public word for it.
        code: ErrorCode,
        /// The field at fault, for `invalid`.
        path: Option<String>,
    },
    /// The database failed.
    #[error(transparent)]
    Failed(#[from] DbError),
}

impl Client {
    /// Speaks Postgres over a stream, and hands the connection's driver to `spawn`.
    /// The stream is trusted: TLS, where there is any, is the stream's own.
    ///
    /// # Errors
    /// [`DbError::Unreachable`] when the server does not let us in.
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

    /// Runs a statement: one flight.
    ///
    /// # Errors
    /// [`StatementError::Refused`] when the statement says no, [`StatementError::Failed`] when it did not run.
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
        parameters: &[Parameter],
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

/// A statement's own words for no: a code, and for `invalid` a space and the field's path.
fn refusal(outcome: &str) -> Result<StatementError, DbError> {
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
