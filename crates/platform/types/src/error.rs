//! The table of all errors, and the problem documents (RFC 9457) that are made from it.

use serde::{Deserialize, Serialize};

macro_rules! errors {
    ($($(#[$doc:meta])* $name:ident = $status:literal, $code:literal, $title:literal, $detail:literal;)+) => {
        /// The stable code of an error, for programs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum ErrorCode {
            $($(#[$doc])* $name,)+
        }

        impl ErrorCode {
            /// Every code, for tests and documentation.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// The HTTP status.
            #[must_use]
            pub const fn status(self) -> u16 {
                match self { $(Self::$name => $status),+ }
            }

            /// The code in JSON.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code),+ }
            }

            /// The title for people.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title),+ }
            }

            /// What to do, when the request has no more precise advice.
            #[must_use]
            pub const fn detail(self) -> &'static str {
                match self { $(Self::$name => $detail),+ }
            }
        }
    };
}

errors! {
    /// The request could not be parsed.
    Malformed = 400, "malformed", "The request could not be read",
        "Check that the request is complete and its JSON well-formed.";
    /// The cursor was not issued by this server for this list.
    BadCursor = 400, "bad_cursor", "That page marker is not valid",
        "Start the list again without a cursor.";
    /// The request has no session, or its session ended.
    Unauthenticated = 401, "unauthenticated", "Sign in to continue",
        "You are not signed in, or the session ended.";
    /// The signature of a webhook is invalid.
    BadSignature = 401, "bad_signature", "The signature did not verify",
        "Check the signing secret and the clock of the sender.";
    /// The caller's role does not allow the operation.
    Forbidden = 403, "forbidden", "You are not allowed to do that",
        "Your role does not include this. An admin or owner can do it.";
    /// A write with a cookie came from another site.
    CrossSite = 403, "cross_site", "That request came from another site",
        "Repeat it from the app itself.";
    /// It does not exist, or the caller may not see it.
    NotFound = 404, "not_found", "There is nothing here",
        "It does not exist, or it is not shared with you.";
    /// The path does not support the method.
    MethodNotAllowed = 405, "method_not_allowed", "That method is not supported here",
        "See /api/docs for what this address takes.";
    /// The change contradicts what is stored.
    Conflict = 409, "conflict", "That conflicts with what is already there",
        "Fetch the current state and decide again.";
    /// The slug is in use, or reserved.
    SlugTaken = 409, "slug_taken", "That name is already taken",
        "Choose another name for the address.";
    /// Another space uses the hostname.
    HostnameTaken = 409, "hostname_taken", "That hostname is already in use",
        "Remove it where it is in use first.";
    /// The person is already a member.
    AlreadyMember = 409, "already_member", "That person is already a member",
        "Change their role instead.";
    /// An organization cannot lose its last owner.
    LastOwner = 409, "last_owner", "An organization needs at least one owner",
        "Make somebody else an owner first.";
    /// A personal organization cannot change its owner.
    PersonalOwner = 409, "personal_owner", "A personal organization keeps its owner",
        "The person whose home it is stays its owner. Make a separate organization to share ownership.";
    /// There are as many as there may be.
    LimitReached = 409, "limit_reached", "There are already as many as there can be",
        "Delete one that you no longer need, then try again.";
    /// Something uses the picture.
    PictureInUse = 409, "picture_in_use", "That picture is in use",
        "Choose another icon, cover or wallpaper where it is used, then delete it.";
    /// The idempotency key was used for another request.
    IdempotencyConflict = 409, "idempotency_conflict", "That idempotency key belongs to another request",
        "Use a new Idempotency-Key for a new request.";
    /// A share link ended, or was used as often as it may be.
    LinkEnded = 410, "link_ended", "That link does not open any more",
        "Ask the person who sent it for a new one.";
    /// The version in `If-Match` is not the current one.
    Stale = 412, "stale", "Someone changed this in the meantime",
        "Fetch the current version, and repeat your change on it.";
    /// The body is larger than the route allows.
    TooLarge = 413, "too_large", "The request is too large",
        "Send less at once.";
    /// The body is not JSON.
    UnsupportedMediaType = 415, "unsupported_media_type", "Send JSON",
        "Set the header content-type: application/json.";
    /// No space is published on this host.
    UnknownHost = 421, "unknown_host", "Nothing is published on this host",
        "If this is your domain, add it to a space and verify it.";
    /// The request is well-formed, but a field is invalid.
    Invalid = 422, "invalid", "Some fields need another look",
        "See errors for each field.";
    /// The route takes websocket upgrades only.
    UpgradeRequired = 426, "upgrade_required", "Connect with a websocket",
        "This address speaks websocket only.";
    /// Too many wrong passphrases came.
    TooManyAttempts = 429, "too_many_attempts", "That was wrong too often",
        "Wait a quarter of an hour, then try again.";
    /// A bug, or a fault without a code of its own.
    Internal = 500, "internal", "Something broke on our side",
        "Try again. If it stays, report the request id.";
    /// An identity provider or another service failed, or did not answer.
    ProviderFailed = 502, "provider_failed", "The other service did not answer as expected",
        "Try again in a moment.";
    /// The database does not answer.
    Unavailable = 503, "unavailable", "The database cannot be reached",
        "Try again in a few seconds. A change that you just made may not be stored.";
}

/// A field that is invalid.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// Path of the field, with dots: `place.after`. Empty for the body as a whole.
    pub path: String,
    /// What to correct.
    pub message: String,
}

/// A problem document, `application/problem+json` (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// URI reference of the problem type: `/problems/{code}`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Title for people, the same for every problem of a code.
    pub title: String,
    /// HTTP status.
    pub status: u16,
    /// Stable code for programs.
    pub code: ErrorCode,
    /// What to do, for this request.
    pub detail: String,
    /// Id of the request, to quote in a report; also in the header `x-request-id`.
    pub request_id: String,
    /// Invalid fields, for 422; omitted otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

impl Problem {
    /// A problem document with the title and detail of its code.
    #[must_use]
    pub fn new(code: ErrorCode, request_id: &str) -> Self {
        Self {
            kind: format!("/problems/{}", code.code()),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            detail: code.detail().to_owned(),
            request_id: request_id.to_owned(),
            errors: Vec::new(),
        }
    }

    /// The document as JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl ErrorCode {
    /// The headers of responses with this code, in addition to the common ones.
    #[must_use]
    pub const fn headers(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Unavailable => &[("retry-after", "2")],
            Self::TooManyAttempts => &[("retry-after", "900")],
            _ => &[],
        }
    }
}
