//! Turns a failure into a problem document for the client and a cause for the log.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use prox_db::{DbError, StatementError};
use prox_types::{ErrorCode, FieldError};

/// An error of a request: what the client sees, and the cause for the log.
#[derive(Debug)]
pub struct ApiError {
    /// The public code.
    pub code: ErrorCode,
    /// What to do; the detail of the code when absent.
    pub detail: Option<String>,
    /// Invalid fields.
    pub errors: Vec<FieldError>,
    /// The cause, for the log only.
    pub cause: Option<String>,
}

impl ApiError {
    /// An error with its own advice.
    #[must_use]
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self {
            detail: Some(detail.into()),
            ..Self::from(code)
        }
    }

    /// An error of one invalid field.
    #[must_use]
    pub fn field(path: &str, message: impl Into<String>) -> Self {
        let error = FieldError {
            path: path.to_owned(),
            message: message.into(),
        };
        Self {
            errors: vec![error],
            ..Self::from(ErrorCode::Invalid)
        }
    }

    /// The same error with a cause for the log.
    #[must_use]
    pub fn because(mut self, cause: impl std::fmt::Display) -> Self {
        self.cause = Some(cause.to_string());
        self
    }
}

impl From<ErrorCode> for ApiError {
    fn from(code: ErrorCode) -> Self {
        Self {
            code,
            detail: None,
            errors: Vec::new(),
            cause: None,
        }
    }
}

impl From<StatementError> for ApiError {
    fn from(why: StatementError) -> Self {
        match why {
            StatementError::Refused { code, path: None } => code.into(),
            StatementError::Refused {
                code: _,
                path: Some(path),
            } => Self::field(&path, refused_field(&path)),
            StatementError::Failed(error) => error.into(),
        }
    }
}

impl From<DbError> for ApiError {
    fn from(error: DbError) -> Self {
        Self {
            detail: error.advice().map(str::to_owned),
            ..Self::from(error.code())
        }
        .because(chain(&error))
    }
}

/// An error with all its sources, for the log.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(source) = next {
        text = format!("{text}: {source}");
        next = source.source();
    }
    text
}

/// The message of a field that the database rejected.
fn refused_field(path: &str) -> &'static str {
    match path {
        "name" => "another column has this name",
        "type" => "some values do not fit; see the preview, and say clear_misfits to empty them",
        "column_order" => "must name each column of the dataset once",
        "instance" => "must be an instance of this organization",
        "paths" => "must name columns of the dataset by their ids, such as c1",
        "group" => {
            "must name columns of the dataset; buckets of dates are hour, day, week, month, quarter or year, those of numbers a width"
        }
        "sort" => {
            "must name what is there: columns of the dataset, a group or a value of the query"
        }
        "filter" => "must name columns of the dataset, and compare them with values of their type",
        "values" => {
            "must name columns of the dataset, each with a value or a function that fits its type"
        }
        "slug" => "the home keeps its name, and no other space can have it",
        "place.folder_id" => "must be a folder of this space; folders do not nest",
        "place.after" => "must be another item in the same folder",
        "principal" => "the members of this organization see the space already",
        "principal.id" => "there is no such person, organization or link of this space",
        "principal.handle" => "nobody has that handle",
        "item" => "must be an item of this space",
        "level" => "only people and organizations can change something",
        "expires_at" => "must be in the future",
        "icon" | "cover" => "there is no such picture in this organization; upload it first",
        "url" => "only an app, link or feed has a web address",
        "body" => {
            "only a card has a long text; settings of a widget have up to 1,000 characters, and those of a clock are time zones like Europe/Berlin, one on each line"
        }
        _ => "is not acceptable here",
    }
}

impl IntoResponse for ApiError {
    /// Stores the error in the extensions of an empty response. The envelope writes the document,
    /// because it knows the request id.
    fn into_response(self) -> Response {
        let status =
            StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = status.into_response();
        response
            .extensions_mut()
            .insert(Failure(std::sync::Arc::new(self)));
        response
    }
}

/// An error on its way to the envelope.
#[derive(Clone)]
pub(crate) struct Failure(pub(crate) std::sync::Arc<ApiError>);
