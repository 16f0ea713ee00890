//! Errors of the local API, always `{error, code}`.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::response::{IntoResponse, Response};
use http::StatusCode;

use super::api_types::ErrorBody;

/// An error with its status, a code for programs and a message for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    status: StatusCode,
    code: &'static str,
    message: String,
}

impl ApiError {
    /// An error.
    pub fn new(status: StatusCode, code: &'static str, message: impl ToString) -> Self {
        Self {
            status,
            code,
            message: message.to_string(),
        }
    }

    /// The error of a name that no process, task, dependency or group has.
    pub fn process_not_found(name: &str) -> Self {
        Self::new(
            StatusCode::NOT_FOUND,
            "PROCESS_NOT_FOUND",
            format!("there is no process, task or group `{name}`"),
        )
    }

    /// The error of a sequence number after which lines are not available any more.
    pub fn cursor_gone() -> Self {
        Self::new(
            StatusCode::GONE,
            "CURSOR_GONE",
            "some lines after this place are not kept any more; read again without it",
        )
    }

    /// The error of an invalid filter.
    pub fn filter_invalid(message: impl ToString) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "FILTER_INVALID", message)
    }

    /// An internal error: 500.
    pub fn internal(message: impl ToString) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "INTERNAL", message)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = ErrorBody {
            error: self.message,
            code: self.code.to_owned(),
        };
        (self.status, Json(body)).into_response()
    }
}

impl From<std::io::Error> for ApiError {
    fn from(error: std::io::Error) -> Self {
        Self::internal(error)
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        Self::new(rejection.status(), "BAD_REQUEST", rejection.body_text())
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        Self::new(rejection.status(), "BAD_REQUEST", rejection.body_text())
    }
}

impl From<PathRejection> for ApiError {
    fn from(rejection: PathRejection) -> Self {
        Self::new(rejection.status(), "BAD_REQUEST", rejection.body_text())
    }
}
