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
