//! The answer of a statement: JSON, its version, and the pokes of a write.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use crate::error::DbError;
use crate::statement::{Erased, OrganizationPoke};

/// The answer of a statement.
#[derive(Debug)]
pub struct Answer<T> {
    /// JSON of a `T`, as Postgres wrote it; an array for a list.
    pub body: String,
    /// The version of the ETag, for resources with one.
    pub version: Option<i64>,
    /// The key of the last entry, when the list has more pages.
    pub next: Option<String>,
    /// The organization's sequence number at the time of the read.
    pub seq: Option<i64>,
    /// The pokes to send after a write.
    pub pokes: Vec<OrganizationPoke>,
    pub(crate) shape: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Answer<T> {
    /// Parses the body.
    ///
    /// # Errors
    /// [`DbError::Shape`] when the body does not have the type of the statement.
    pub fn parse(&self) -> Result<T, DbError> {
        read_body(&self.body)
    }
}

impl<T> Answer<T> {
    /// The answer without its type, for code that forwards the body without parsing it.
    #[must_use]
    pub fn erase(self) -> Answer<Erased> {
        self.shaped()
    }

    pub(crate) fn shaped<U>(self) -> Answer<U> {
        let Self {
            body,
            version,
            next,
            seq,
            pokes,
            shape: _,
        } = self;
        Answer {
            body,
            version,
            next,
            seq,
            pokes,
            shape: PhantomData,
        }
    }
}

pub(crate) fn read_body<T: DeserializeOwned>(body: &str) -> Result<T, DbError> {
    serde_json::from_str(body).map_err(|why| DbError::Shape(why.to_string()))
}
