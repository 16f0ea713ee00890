//! Errors of the database, distinguished by what the caller can do about them.

use prox_types::ErrorCode;
use tokio_postgres::error::SqlState;

/// An error of the database.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// There is no connection, or it was lost. It is unknown whether a write was committed.
    #[error("the database cannot be reached")]
    Unreachable(#[source] Option<tokio_postgres::Error>),
    /// A unique or foreign key constraint was violated, because another transaction committed after
    /// this statement began. Nothing was written; a retry sees what the other transaction wrote.
    #[error("lost a race for constraint {0}")]
    Raced(String),
    /// A check constraint was violated; nothing was written.
    #[error("constraint {0}")]
    Constraint(String),
    /// A conflict with a concurrent transaction; nothing was written, and a retry may succeed.
    #[error("a concurrent change was in the way")]
    Concurrent(#[source] Option<tokio_postgres::Error>),
    /// The statement ran longer than `statement_timeout`; nothing was written.
    #[error("the statement timed out")]
    TimedOut(#[source] tokio_postgres::Error),
    /// The answer does not have the type of its statement: a bug.
    #[error("the answer does not fit its type: {0}")]
    Shape(String),
    /// The statement itself is wrong: a bug.
    #[error("the statement failed")]
    Statement(#[source] tokio_postgres::Error),
}

impl DbError {
    /// The public error code.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Unreachable(_) | Self::Concurrent(_) | Self::TimedOut(_) => {
                ErrorCode::Unavailable
            }
            Self::Raced(name) | Self::Constraint(name) => constraint_code(name),
            Self::Shape(_) | Self::Statement(_) => ErrorCode::Internal,
        }
    }

    /// What the client can do, when the error has more precise advice than its code.
    #[must_use]
    pub fn advice(&self) -> Option<&'static str> {
        match self {
            Self::Constraint(name) if name == "preference_values_size" => Some(
                "The preferences would have more than 65,536 bytes. Remove members of them first.",
            ),
            Self::Constraint(name) if name == "workspace_layout_size" => {
                Some("The layout would have more than 262,144 bytes. Remove members of it first.")
            }
            _ => None,
        }
    }

    /// Whether nothing was written, and a retry of the statement may succeed.
    #[must_use]
    pub fn is_retryable(&self) -> bool {
        match self {
            Self::Raced(_) | Self::Concurrent(_) => true,
            Self::Unreachable(_)
            | Self::Constraint(_)
            | Self::TimedOut(_)
            | Self::Shape(_)
            | Self::Statement(_) => false,
        }
    }
}

fn constraint_code(name: &str) -> ErrorCode {
    match name {
        "organization_slug_key"
        | "instance_organization_slug_key"
        | "space_organization_slug_key"
        | "dataset_organization_slug_key" => ErrorCode::SlugTaken,
        "membership_organization_user_key" => ErrorCode::AlreadyMember,
        "domain_hostname_key" | "domain_organization_hostname_key" => ErrorCode::HostnameTaken,
        "picture_limit"
        | "notification_report_limit"
        | "grant_limit"
        | "share_link_limit"
        | "dataset_limit"
        | "dataset_row_count_limit" => ErrorCode::LimitReached,
        "idempotency_key_pkey" => ErrorCode::IdempotencyConflict,
        "event_payload_size" | "preference_values_size" | "workspace_layout_size" => {
            ErrorCode::TooLarge
        }
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
            let name = name.to_owned();
            return if *state == SqlState::UNIQUE_VIOLATION
                || *state == SqlState::FOREIGN_KEY_VIOLATION
            {
                Self::Raced(name)
            } else {
                Self::Constraint(name)
            };
        }
        if *state == SqlState::T_R_SERIALIZATION_FAILURE
            || *state == SqlState::T_R_DEADLOCK_DETECTED
        {
            return Self::Concurrent(Some(error));
        }
        if *state == SqlState::QUERY_CANCELED {
            return Self::TimedOut(error);
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
