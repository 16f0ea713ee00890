//! Reading a JSON body: size, media type, syntax, fields, in this order.

use axum::extract::{FromRequest, Request};
use garde::Validate;
use http::header::CONTENT_TYPE;
use http_body_util::{BodyExt, Limited};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use types::{ErrorCode, FieldError};

use crate::access::Call;
use crate::problem::ApiError;

/// The largest JSON body, in bytes.
pub(crate) const MAX_JSON: usize = 256 * 1024;

/// A body that was read and found valid.
pub(crate) struct Json<T>(pub(crate) T);

/// As [`Json`], and the default when there is no body.
pub(crate) struct OptionalJson<T>(pub(crate) T);

impl<S: Send + Sync, T> FromRequest<S> for Json<T>
where
    T: DeserializeOwned + Validate<Context = ()>,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let typed = is_json(&request);
        let bytes = read(request).await?;
        if !typed {
            return Err(ErrorCode::UnsupportedMediaType.into());
        }
        parse(&bytes).map(Self)
    }
}

impl<S: Send + Sync, T> FromRequest<S> for OptionalJson<T>
where
    T: DeserializeOwned + Validate<Context = ()> + Default,
{
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let typed = is_json(&request);
        let bytes = read(request).await?;
        match (bytes.is_empty(), typed) {
            (true, _) => Ok(Self(T::default())),
            (false, true) => parse(&bytes).map(Self),
            (false, false) => Err(ErrorCode::UnsupportedMediaType.into()),
        }
    }
}

/// Reads a body of at most `limit` bytes.
pub(crate) async fn read_at_most(request: Request, limit: usize) -> Result<Vec<u8>, ApiError> {
    let declared = request
        .headers()
        .get(http::header::CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > limit) {
        return Err(ErrorCode::TooLarge.into());
    }
    match Limited::new(request.into_body(), limit).collect().await {
        Ok(body) => Ok(body.to_bytes().to_vec()),
        Err(why) if why.is::<http_body_util::LengthLimitError>() => Err(ErrorCode::TooLarge.into()),
        Err(why) => Err(ApiError::from(ErrorCode::Malformed).because(why)),
    }
}

async fn read(request: Request) -> Result<Vec<u8>, ApiError> {
    let call = Call::of(request.extensions())?;
    let bytes = read_at_most(request, MAX_JSON).await?;
    call.remember_body(Sha256::digest(&bytes).into());
    Ok(bytes)
}

fn is_json(request: &Request) -> bool {
    let essence = request
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.split(';').next());
    essence.is_some_and(|e| e.trim().eq_ignore_ascii_case("application/json"))
}

fn parse<T: DeserializeOwned + Validate<Context = ()>>(bytes: &[u8]) -> Result<T, ApiError> {
    let mut json = serde_json::Deserializer::from_slice(bytes);
    let value: T = serde_path_to_error::deserialize(&mut json).map_err(|why| {
        let path = why.path().to_string();
        let inner = why.into_inner();
        if inner.is_data() {
            return ApiError::field(if path == "." { "" } else { &path }, plain(&inner));
        }
        ApiError::new(
            ErrorCode::Malformed,
            format!("The body is not JSON: {inner}."),
        )
    })?;
    json.end().map_err(|why| {
        ApiError::new(
            ErrorCode::Malformed,
            format!("The body is not JSON: {why}."),
        )
    })?;
    value.validate().map_err(|report| ApiError {
        errors: report.iter().map(field).collect(),
        ..ErrorCode::Invalid.into()
    })?;
    Ok(value)
}

/// serde's words without its position, which the path already gives.
fn plain(why: &serde_json::Error) -> String {
    let text = why.to_string();
    text.rsplit_once(" at line ")
        .map_or(text.clone(), |(words, _)| words.to_owned())
}

fn field((path, why): &(garde::Path, garde::Error)) -> FieldError {
    FieldError {
        path: path.to_string(),
        message: why.to_string(),
    }
}
