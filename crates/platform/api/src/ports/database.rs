//! The port to the database, which only an extractor can open.

use std::sync::Arc;

use prox_db::{Client, DbError};

use crate::ports::Pending;

/// Opens connections to the database, one for each request.
pub trait Database: Send + Sync {
    /// # Errors
    /// [`DbError::Unreachable`] when no server answers.
    fn connect(&self) -> Pending<'_, Result<Client, DbError>>;
}

/// A database that handlers cannot open: only [`Call`](crate::http::call::Call) can.
pub struct RestrictedDatabase(Arc<dyn Database>);

impl RestrictedDatabase {
    /// Restricts a database.
    #[must_use]
    pub fn new(database: Arc<dyn Database>) -> Self {
        Self(database)
    }

    /// Opens a connection.
    pub(crate) fn connect(&self) -> Pending<'_, Result<Client, DbError>> {
        self.0.connect()
    }
}
