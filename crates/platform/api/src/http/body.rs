//! Reads the body: JSON, of which size, media type, syntax and fields are checked, in this order, or
//! a picture.

use garde::Validate;
use http::HeaderMap;
use http::header::CONTENT_TYPE;
use prox_integrations::json::replace_lone_surrogates;
use prox_types::{ErrorCode, FieldError, MAX_IMPORT, Object, Picture};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};

use crate::http::access::IDEMPOTENCY_KEY;
use crate::http::handler::{Extractor, MAX_JSON, RequestContext};
use crate::http::problem::ApiError;

/// The JSON body, parsed and validated.
pub(crate) struct Json<T>(pub(crate) T);

/// The JSON body of a change, as with [`Json`]. Its media type may also be that of a JSON merge patch
/// (RFC 7396).
pub(crate) struct MergePatch<T>(pub(crate) T);

/// The JSON body as with [`Json`], or the default when the request has no body.
pub(crate) struct OptionalJson<T>(pub(crate) T);

impl<T: DeserializeOwned + Validate<Context = ()>> Extractor for Json<T> {
    const MAX_BODY: usize = MAX_JSON;

    fn extract(context: &mut RequestContext) -> Result<Self, ApiError> {
        let bytes = take(context)?;
        if !is_json(&context.parts.headers) {
            return Err(ErrorCode::UnsupportedMediaType.into());
        }
        parse(&bytes).map(Self)
    }
}

impl<T: DeserializeOwned + Validate<Context = ()>> Extractor for MergePatch<T> {
    const MAX_BODY: usize = MAX_JSON;

    fn extract(context: &mut RequestContext) -> Result<Self, ApiError> {
        let bytes = take(context)?;
        let headers = &context.parts.headers;
        if !is_json(headers) && !has_media_type(headers, "application/merge-patch+json") {
            return Err(ErrorCode::UnsupportedMediaType.into());
        }
        parse(&bytes).map(Self)
    }
}

impl<T: DeserializeOwned + Validate<Context = ()> + Default> Extractor for OptionalJson<T> {
    const MAX_BODY: usize = MAX_JSON;

    fn extract(context: &mut RequestContext) -> Result<Self, ApiError> {
        let bytes = take(context)?;
        match (bytes.is_empty(), is_json(&context.parts.headers)) {
            (true, _) => Ok(Self(T::default())),
            (false, true) => parse(&bytes).map(Self),
            (false, false) => Err(ErrorCode::UnsupportedMediaType.into()),
        }
    }
}

/// The body of an uploaded picture, not checked yet except for its size.
pub(crate) struct PictureBody(pub(crate) Vec<u8>);

impl Extractor for PictureBody {
    const MAX_BODY: usize = Picture::MAX_SIZE;

    fn extract(context: &mut RequestContext) -> Result<Self, ApiError> {
        let too_large = "A picture has at most 512 kB. Scale it down first.";
        take_upload(context, too_large).map(Self)
    }
}

/// The body of an uploaded file of rows, not checked yet except for its size.
pub(crate) struct FileBody(pub(crate) Vec<u8>);

impl Extractor for FileBody {
    const MAX_BODY: usize = MAX_IMPORT;

    fn extract(context: &mut RequestContext) -> Result<Self, ApiError> {
        let too_large = "A file has at most 10 MB. Split it, and import the parts.";
        take_upload(context, too_large).map(Self)
    }
}

/// Takes an uploaded body, with words for one that is too large.
fn take_upload(context: &mut RequestContext, too_large: &str) -> Result<Vec<u8>, ApiError> {
    take(context).map_err(|error| match error.code {
        ErrorCode::TooLarge => ApiError::new(error.code, too_large),
        _ => error,
    })
}

/// Takes the body out of the context. The hash of one that has an idempotency key is stored in the call. It is
/// computed only after authentication, so that anonymous callers cost nothing.
fn take(context: &mut RequestContext) -> Result<Vec<u8>, ApiError> {
    let bytes = std::mem::replace(&mut context.body, Ok(Vec::new()))?;
    if context.parts.headers.contains_key(IDEMPOTENCY_KEY) {
        context.call.remember_body(Sha256::digest(&bytes).into());
    }
    Ok(bytes)
}

fn is_json(headers: &HeaderMap) -> bool {
    has_media_type(headers, "application/json")
}

fn has_media_type(headers: &HeaderMap, expected: &str) -> bool {
    let essence = headers
        .get(CONTENT_TYPE)
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.split(';').next());
    essence.is_some_and(|e| e.trim().eq_ignore_ascii_case(expected))
}

fn parse<T: DeserializeOwned + Validate<Context = ()>>(bytes: &[u8]) -> Result<T, ApiError> {
    let bytes = replace_lone_surrogates(bytes);
    let mut json = serde_json::Deserializer::from_slice(&bytes);
    let Object(value): Object<T> = serde_path_to_error::deserialize(&mut json).map_err(|why| {
        let path = why.path().to_string();
        let inner = why.into_inner();
        if inner.is_data() {
            return ApiError::field(
                if path == "." { "" } else { &path },
                without_position(&inner),
            );
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

/// serde's message without the position in the text; the path of the field replaces it.
fn without_position(why: &serde_json::Error) -> String {
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
