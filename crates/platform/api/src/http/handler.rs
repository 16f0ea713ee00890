//! How a request comes to its handler: through extractors, which read what it is given.
//!
//! None of them waits. Only the request's body does, before them, in code that all handlers
//! share. With axum's own extractors each handler would carry the waiting for each of them,
//! and the worker would be 26 kB larger, compressed.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams, Request};
use axum::handler::Handler;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::HeaderMap;
use http::header::CONTENT_LENGTH;
use http::request::Parts;
use http_body_util::{BodyExt, Limited};
use prox_types::ErrorCode;

use crate::http::call::Call;
use crate::http::problem::ApiError;
use crate::ports::Pending;

/// The largest JSON body, in bytes.
const MAX_JSON: usize = 256 * 1024;

/// Reads a body of at most `limit` bytes.
pub(crate) async fn read_at_most(
    headers: &HeaderMap,
    body: Body,
    limit: usize,
) -> Result<Vec<u8>, ApiError> {
    let declared = headers
        .get(CONTENT_LENGTH)
        .and_then(|v| v.to_str().ok()?.parse::<usize>().ok());
    if declared.is_some_and(|length| length > limit) {
        return Err(ErrorCode::TooLarge.into());
    }
    match Limited::new(body, limit).collect().await {
        Ok(body) => Ok(body.to_bytes().to_vec()),
        Err(why) if why.is::<http_body_util::LengthLimitError>() => Err(ErrorCode::TooLarge.into()),
        Err(why) => Err(ApiError::from(ErrorCode::Malformed).because(why)),
    }
}

/// A request whose body is here.
pub(crate) struct Asked {
    pub(crate) call: Call,
    pub(crate) parts: Parts,
    /// The variables of the matched route, decoded, with their names.
    pub(crate) segments: RawPathParams,
    /// Why it could not be read concerns only those who want it, in their turn.
    pub(crate) body: Result<Vec<u8>, ApiError>,
}

/// What a handler is given, read from the request.
pub(crate) trait Extractor: Sized {
    /// Whether it is made of the body.
    const NEEDS_BODY: bool = false;

    fn of(asked: &mut Asked) -> Result<Self, ApiError>;
}

impl Extractor for Call {
    fn of(asked: &mut Asked) -> Result<Self, ApiError> {
        Ok(asked.call.clone())
    }
}

impl Extractor for HeaderMap {
    fn of(asked: &mut Asked) -> Result<Self, ApiError> {
        Ok(asked.parts.headers.clone())
    }
}

/// An answer on its way.
type Work = Pending<'static, Result<Response, ApiError>>;

/// Reads what a handler is given, and calls it with that.
type Begin = dyn Fn(&mut Asked) -> Result<Work, ApiError> + Send + Sync;

/// An async function over [`Extractor`]s, which read in their order.
pub(crate) trait Handle<Extractors>: Send + Sync + 'static {
    const NEEDS_BODY: bool;

    fn begin(&self, asked: &mut Asked) -> Result<Work, ApiError>;
}

macro_rules! handlers {
    ($(($($extractor:ident),*))+) => {$(
        impl<F, W, $($extractor: Extractor),*> Handle<($($extractor,)*)> for F
        where
            F: Fn($($extractor),*) -> W + Send + Sync + 'static,
            W: Future<Output = Result<Response, ApiError>> + Send + 'static,
        {
            const NEEDS_BODY: bool = false $(|| $extractor::NEEDS_BODY)*;

            fn begin(&self, asked: &mut Asked) -> Result<Work, ApiError> {
                Ok(Box::pin(self($($extractor::of(asked)?),*)))
            }
        }
    )+};
}

handlers! { (A) (A, B) (A, B, C) (A, B, C, D) }

/// A handler of any type as one type, so that what surrounds it is in the worker once, and
/// not for each of them.
#[derive(Clone)]
pub(crate) struct Operation {
    begin: Arc<Begin>,
    needs_body: bool,
}

impl Operation {
    pub(crate) fn new<H: Handle<Extractors>, Extractors>(handler: H) -> Self {
        Self {
            begin: Arc::new(move |asked| handler.begin(asked)),
            needs_body: H::NEEDS_BODY,
        }
    }

    async fn answer(self, request: Request) -> Result<Response, ApiError> {
        let (mut parts, body) = request.into_parts();
        let call = Call::of(&parts.extensions)?;
        let segments = RawPathParams::from_request_parts(&mut parts, &())
            .now_or_never()
            .and_then(Result::ok)
            .ok_or(ErrorCode::NotFound)?;
        let body = if self.needs_body {
            read_at_most(&parts.headers, body, MAX_JSON).await
        } else {
            Ok(Vec::new())
        };
        let mut asked = Asked {
            call,
            parts,
            segments,
            body,
        };
        (self.begin)(&mut asked)?.await
    }
}

impl Handler<(), ()> for Operation {
    type Future = Pending<'static, Response>;

    fn call(self, request: Request, (): ()) -> Self::Future {
        Box::pin(self.answer(request).map(IntoResponse::into_response))
    }
}
