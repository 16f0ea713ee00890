//! What a statement answers: JSON, its version, and whom a change concerns.

use std::marker::PhantomData;

use serde::de::DeserializeOwned;

use crate::error::DbError;
use crate::statement::{Erased, OrganizationPoke};

/// What a statement answered.
#[derive(Debug)]
pub struct Answer<T> {
    /// JSON of a `T`, as Postgres wrote it; a list's is the bare array.
    pub body: String,
    /// The version behind the ETag, for what has one.
    pub version: Option<i64>,
    /// The key of the last entry, when a list goes on.
    pub next: Option<String>,
    /// Where the organization's sequence stood when this was read.
    pub seq: Option<i64>,
    /// Whom to tell, after a write.
    pub pokes: Vec<OrganizationPoke>,
    pub(crate) shape: PhantomData<fn() -> T>,
}

impl<T: DeserializeOwned> Answer<T> {
    /// The body as its type.
    ///
    /// # Errors
    /// [`DbError::Shape`] when statement and type disagree.
    pub fn parse(&self) -> Result<T, DbError> {
        read_body(&self.body)
    }
}

impl<T> Answer<T> {
    /// The answer without its type, for those who pass it on unread.
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
