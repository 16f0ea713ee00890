//! What a statement can fail with, by what the caller can do about it.

use prox_types::ErrorCode;
use tokio_postgres::error::SqlState;

/// Why a statement did not run to its end.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// No connection, or it was lost. Whether a write happened is unknown.
    #[error("the database cannot be reached")]
    Unreachable(#[source] Option<tokio_postgres::Error>),
    /// A named constraint refused; nothing was written.
    #[error("constraint {0}")]
    Constraint(String),
    /// Another transaction was in the way; nothing was written, and a repeat may work.
    #[error("a concurrent change was in the way")]
    Concurrent(#[source] tokio_postgres::Error),
    /// The answer has not the shape that its statement promises: a bug.
    #[error("the answer does not fit its type: {0}")]
    Shape(String),
    /// The statement itself is wrong: a bug.
    #[error("the statement failed")]
    Statement(#[source] tokio_postgres::Error),
}

impl DbError {
    /// The public word for it.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Unreachable(_) => ErrorCode::Unavailable,
            Self::Concurrent(_) => ErrorCode::Unavailable,
            Self::Constraint(name) => constraint_code(name),
            Self::Shape(_) | Self::Statement(_) => ErrorCode::Internal,
        }
    }

    /// Whether nothing was written and the same statement may succeed now.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Concurrent(_) => true,
            // Two requests raced for one slug or one key: the second look sees the winner.
            Self::Constraint(name) => {
                matches!(
                    name.as_str(),
                    "organization_slug_key"
                        | "organization_personal_user_key"
                        | "user_email_key"
                        | "idempotency_key_pkey"
                        | "event_slack_external_id_key"
                        | "event_api_external_id_key"
                        | "instance_organization_slug_key"
                        | "space_organization_slug_key"
                        | "membership_organization_user_key"
                        | "account_provider_external_id_key"
                        | "permission_account_key"
                )
            }
            Self::Unreachable(_) | Self::Shape(_) | Self::Statement(_) => false,
        }
    }
}

fn constraint_code(name: &str) -> ErrorCode {
    match name {
        "organization_slug_key"
        | "instance_organization_slug_key"
        | "space_organization_slug_key" => ErrorCode::SlugTaken,
        "membership_organization_user_key" => ErrorCode::AlreadyMember,
        "domain_hostname_key" | "domain_organization_hostname_key" => ErrorCode::HostnameTaken,
        "idempotency_key_pkey" => ErrorCode::IdempotencyConflict,
        _ => ErrorCode::Conflict,
    }
}

impl From<tokio_postgres::Error> for DbError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(db) = error.as_db_error() else {
            return Self::Unreachable(Some(error));
        };
        let state = db.code();
        if let Some(name) = db.constraint() {
            return Self::Constraint(name.to_owned());
        }
        if *state == SqlState::T_R_SERIALIZATION_FAILURE
            || *state == SqlState::T_R_DEADLOCK_DETECTED
        {
            return Self::Concurrent(error);
        }
        // Class 08: connection; 57P: shutting down or starting; 53300: no connection left.
        if state.code().starts_with("08")
            || state.code().starts_with("57P")
            || *state == SqlState::TOO_MANY_CONNECTIONS
        {
            return Self::Unreachable(Some(error));
        }
        Self::Statement(error)
    }
}
