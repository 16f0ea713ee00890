//! The current request's ports and id, and the only function that runs its statements.

use std::sync::{Arc, OnceLock};

use axum::extract::MatchedPath;
use http::Extensions;
use prox_db::{Access, Answer, Bound, DbError, Erased, StatementError};
use prox_types::ErrorCode;

use crate::http::problem::ApiError;
use crate::ports::{Pending, Ports};

/// The current request: its ports, its id, and the hash of its body.
#[derive(Clone)]
pub struct Call(Arc<CallParts>);

struct CallParts {
    ports: Arc<Ports>,
    request_id: String,
    body_hash: OnceLock<[u8; 32]>,
    route: OnceLock<MatchedPath>,
}

impl Call {
    pub(crate) fn new(ports: Arc<Ports>, request_id: String) -> Self {
        Self(Arc::new(CallParts {
            ports,
            request_id,
            body_hash: OnceLock::new(),
            route: OnceLock::new(),
        }))
    }

    /// The call that the envelope stored in the request's extensions.
    pub(crate) fn of(extensions: &Extensions) -> Result<Self, ApiError> {
        extensions
            .get::<Self>()
            .cloned()
            .ok_or_else(|| ApiError::from(ErrorCode::Internal).because("no envelope"))
    }

    /// The platform's ports.
    #[must_use]
    pub fn ports(&self) -> &Ports {
        &self.0.ports
    }

    pub(crate) fn request_id(&self) -> &str {
        &self.0.request_id
    }

    pub(crate) fn record_route(&self, route: MatchedPath) {
        // A request matches one route.
        let _ = self.0.route.set(route);
    }

    /// The pattern of the matched route; a path itself may contain personal data.
    pub(crate) fn route(&self) -> Option<&str> {
        self.0.route.get().map(MatchedPath::as_str)
    }

    pub(crate) fn remember_body(&self, hash: [u8; 32]) {
        // The body is hashed once; a second hash would be the same.
        let _ = self.0.body_hash.set(hash);
    }

    /// The hash of the body; empty until an extractor has read it, and without an idempotency key.
    pub(crate) fn body_hash(&self) -> &[u8] {
        self.0.body_hash.get().map_or(&[], |hash| hash)
    }

    /// Runs a statement, and retries it when that is safe and may succeed.
    pub(crate) async fn run(&self, statement: Bound<Erased>) -> Result<Answer<Erased>, ApiError> {
        let mut attempts = 1;
        let answer = loop {
            match self.attempt(&statement).await {
                Err(StatementError::Failed(why))
                    if attempts < max_attempts(statement.access(), &why) =>
                {
                    attempts += 1;
                }
                other => break other?,
            }
        };
        for addressed in &answer.pokes {
            self.ports()
                .realtime
                .poke(addressed.organization_id, addressed.poke.clone());
        }
        Ok(answer)
    }

    async fn attempt(&self, statement: &Bound<Erased>) -> Result<Answer<Erased>, StatementError> {
        let mut client = self.ports().database.connect().await?;
        client.run(statement).await
    }
}

/// A round trip to the database. The type of its answer is erased, so that one copy of this code
/// serves every handler.
pub(crate) type RoundTrip<'a> = Pending<'a, Result<Answer<Erased>, ApiError>>;

/// The maximum number of attempts. A write that lost a race against a concurrent write may lose the
/// next one to another; five attempts let the last of many succeed. A read whose connection failed
/// gets a second attempt.
fn max_attempts(access: Access, why: &DbError) -> u32 {
    if why.is_retryable() {
        5
    } else if access == Access::Read && matches!(why, DbError::Unreachable(_)) {
        2
    } else {
        1
    }
}
