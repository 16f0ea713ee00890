//! Path and query parameters. A path parameter that does not parse is a 404.

use std::str::FromStr;

use axum::extract::Query as AxumQuery;
use prox_types::{ErrorCode, FieldError};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::http::handler::{Extractor, RequestContext};
use crate::http::problem::ApiError;

/// The variables of a path, in its order. A bad id is a 404, like one that does not exist.
pub(crate) struct Path<T>(pub(crate) T);

impl<T: FromSegments> Extractor for Path<T> {
    fn extract(context: &mut RequestContext) -> Result<Self, ApiError> {
        let mut texts = context.segments.iter().map(|(_, text)| text);
        T::from_segments(&mut texts)
            .map(Self)
            .ok_or_else(|| ErrorCode::NotFound.into())
    }
}

/// A tuple of what the variables of a path say. Our own, because axum's way through serde
/// costs the worker a deserializer for each tuple.
pub(crate) trait FromSegments: Sized {
    fn from_segments(texts: &mut dyn Iterator<Item = &str>) -> Option<Self>;
}

macro_rules! tuples {
    ($(($($part:ident),+))+) => {$(
        impl<$($part: FromStr),+> FromSegments for ($($part,)+) {
            fn from_segments(texts: &mut dyn Iterator<Item = &str>) -> Option<Self> {
                Some(($(texts.next()?.parse::<$part>().ok()?,)+))
            }
        }
    )+};
}

tuples! { (A) (A, B) (A, B, C) }

/// A slug or an id in a path. What can be neither is not there.
#[derive(Clone, Debug)]
pub(crate) struct Name(String);

/// A text that is neither slug nor id.
#[derive(Debug)]
pub(crate) struct NoName;

impl FromStr for Name {
    type Err = NoName;

    /// Checks the shape, which both kinds share.
    fn from_str(text: &str) -> Result<Self, NoName> {
        let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
        if (1..=64).contains(&text.len()) && text.bytes().all(plain) {
            Ok(Self(text.to_owned()))
        } else {
            Err(NoName)
        }
    }
}

impl std::ops::Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.0
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

impl<T: DeserializeOwned> Extractor for Query<T> {
    fn extract(context: &mut RequestContext) -> Result<Self, ApiError> {
        match AxumQuery::<T>::try_from_uri(&context.parts.uri) {
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
