//! Calls handlers with the arguments that extractors read from the request.
//!
//! Extractors are synchronous: the body is received before them, in code that all handlers share.
//! With axum's own extractors each handler would contain a state machine for each of them, and the
//! compressed worker would be 26 kB larger.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{FromRequestParts, MatchedPath, RawPathParams, Request};
use axum::handler::Handler;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt;
use http::header::CONTENT_LENGTH;
use http::request::Parts;
use http::{Extensions, HeaderMap};
use http_body_util::{BodyExt, Limited};
use prox_types::ErrorCode;

use crate::http::access::SignedIn;
use crate::http::call::Call;
use crate::http::problem::ApiError;
use crate::ports::Pending;

/// The header in which the edge names the custom host of a request. Only the edge sets it: it drops
/// the header from requests that come in.
pub(crate) const CUSTOM_HOST: &str = "x-prox-host";

/// The largest JSON body, in bytes.
pub(crate) const MAX_JSON: usize = 256 * 1024;

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

/// The request that extractors read, after its body was received.
pub(crate) struct RequestContext {
    pub(crate) call: Call,
    pub(crate) parts: Parts,
    /// The decoded path parameters with their names. None when one of them is not UTF-8.
    pub(crate) segments: Option<RawPathParams>,
    /// The received body. A read error is reported only when an extractor takes the body.
    pub(crate) body: Result<Vec<u8>, ApiError>,
    /// The user, once an extractor found a session token.
    pub(crate) person: Option<SignedIn>,
}

/// An argument of a handler, read from the request.
pub(crate) trait Extractor: Sized {
    /// The largest body that it reads, in bytes; 0 when it reads none.
    const MAX_BODY: usize = 0;

    fn extract(context: &mut RequestContext) -> Result<Self, ApiError>;
}

impl Extractor for Call {
    fn extract(context: &mut RequestContext) -> Result<Self, ApiError> {
        Ok(context.call.clone())
    }
}

impl Extractor for HeaderMap {
    fn extract(context: &mut RequestContext) -> Result<Self, ApiError> {
        Ok(context.parts.headers.clone())
    }
}

/// The future of a called handler.
type Work = Pending<'static, Result<Response, ApiError>>;

/// Extracts a handler's arguments and calls it.
type Extract = dyn Fn(&mut RequestContext) -> Result<Work, ApiError> + Send + Sync;

/// An async function whose arguments are [`Extractor`]s. They run in the order of the arguments.
pub(crate) trait Handle<Extractors>: Send + Sync + 'static {
    const MAX_BODY: usize;

    fn extract(&self, context: &mut RequestContext) -> Result<Work, ApiError>;
}

macro_rules! handlers {
    ($(($($extractor:ident),*))+) => {$(
        impl<F, W, $($extractor: Extractor),*> Handle<($($extractor,)*)> for F
        where
            F: Fn($($extractor),*) -> W + Send + Sync + 'static,
            W: Future<Output = Result<Response, ApiError>> + Send + 'static,
        {
            // One extractor at most reads the body.
            const MAX_BODY: usize = 0 $(+ $extractor::MAX_BODY)*;

            fn extract(&self, context: &mut RequestContext) -> Result<Work, ApiError> {
                Ok(Box::pin(self($($extractor::extract(context)?),*)))
            }
        }
    )+};
}

handlers! { (A) (A, B) (A, B, C) (A, B, C, D) }

/// A handler with its type erased, so that the code around it is compiled once for all handlers.
#[derive(Clone)]
pub(crate) struct Operation {
    extract: Arc<Extract>,
    max_body: usize,
}

impl Operation {
    pub(crate) fn new<H: Handle<Extractors>, Extractors>(handler: H) -> Self {
        Self {
            extract: Arc::new(move |context| handler.extract(context)),
            max_body: H::MAX_BODY,
        }
    }

    async fn answer(self, request: Request) -> Result<Response, ApiError> {
        let (mut parts, body) = request.into_parts();
        let call = admit(&parts.headers, &parts.extensions)?;
        let segments = RawPathParams::from_request_parts(&mut parts, &())
            .now_or_never()
            .and_then(Result::ok);
        let body = match self.max_body {
            0 => Ok(Vec::new()),
            limit => read_at_most(&parts.headers, body, limit).await,
        };
        let mut context = RequestContext {
            call,
            parts,
            segments,
            body,
            person: None,
        };
        match (self.extract)(&mut context) {
            Ok(work) => match work.await {
                Err(error) if matches!(error.code.status(), 400 | 422) => {
                    Err(reported_error(&context, error).await)
                }
                done => done,
            },
            Err(error) => Err(reported_error(&context, error).await),
        }
    }
}

/// The call of a request that matched a route of the API. On a custom host there is none, even when
/// the edge lets such a request through.
fn admit(headers: &HeaderMap, extensions: &Extensions) -> Result<Call, ApiError> {
    let call = Call::of(extensions)?;
    if let Some(route) = extensions.get::<MatchedPath>() {
        call.record_route(route.clone());
    }
    if headers.contains_key(CUSTOM_HOST) {
        return Err(ErrorCode::NotFound.into());
    }
    Ok(call)
}

/// [`admit`] for the routes that are no [`Operation`]. As a layer around all routes, it would cost
/// each request several allocations.
pub(crate) async fn admit_plain(request: Request, next: Next) -> Response {
    match admit(request.headers(), request.extensions()) {
        Ok(_) => next.run(request).await,
        Err(error) => error.into_response(),
    }
}

/// The error that an invalid request gets. When its session has ended, that is the error, so that a
/// caller without a session learns nothing about the validation.
async fn reported_error(context: &RequestContext, error: ApiError) -> ApiError {
    let Some(person) = &context.person else {
        return error;
    };
    match person.run(prox_db::account::me()).await {
        Err(ended) if ended.code == ErrorCode::Unauthenticated => ended,
        _ => error,
    }
}

impl Handler<(), ()> for Operation {
    type Future = Pending<'static, Response>;

    fn call(self, request: Request, (): ()) -> Self::Future {
        Box::pin(self.answer(request).map(IntoResponse::into_response))
    }
}
