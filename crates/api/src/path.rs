//! Reading addresses: what does not parse is not there.

use axum::extract::{FromRequestParts, Query as AxumQuery};
use http::request::Parts;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use types::{ErrorCode, FieldError};

use crate::problem::ApiError;

/// The variables of a path. A bad id is a 404, like one that does not exist.
pub(crate) struct Path<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned + Send> FromRequestParts<S> for Path<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(path) => Ok(Self(path.0)),
            Err(_) => Err(ErrorCode::NotFound.into()),
        }
    }
}

/// A slug or an id in a path. What can be neither is not there.
#[derive(Clone, Debug)]
pub(crate) struct Name(String);

impl Name {
    /// Checks the shape, which both kinds share.
    pub(crate) fn parse(text: String) -> Option<Self> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        ((1..=64).contains(&text.len()) && text.bytes().all(plain)).then_some(Self(text))
    }
}

impl std::ops::Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
    }
}

impl<'de> Deserialize<'de> for Name {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(String::deserialize(deserializer)?)
            .ok_or_else(|| serde::de::Error::custom("neither slug nor id"))
    }
}

/// `?limit=&cursor=` of a list.
#[derive(Clone, Debug, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// How many, 1–200; 50 when absent.
    #[param(value_type = Option<i64>, minimum = 1, maximum = 200)]
    pub(crate) limit: Option<String>,
    /// `next_cursor` of the page before.
    pub(crate) cursor: Option<String>,
}

/// Query parameters; unknown ones are ignored.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Query<T> {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        match AxumQuery::<T>::from_request_parts(parts, state).await {
            Ok(query) => Ok(Self(query.0)),
            Err(why) => Err(ApiError {
                errors: vec![FieldError {
                    path: String::from("query"),
                    message: why.body_text(),
                }],
                ..ErrorCode::Invalid.into()
            }),
        }
    }
}
