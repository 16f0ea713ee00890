//! Access control of the local API: callers need the token, and requests of web pages are rejected,
//! as are requests for host names that are not this machine's own (DNS rebinding).

use std::net::IpAddr;
use std::sync::Arc;

use axum::body::to_bytes;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST, ORIGIN, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode, Uri};
use subtle::ConstantTimeEq as _;

use super::PREFIX;
use super::error::ApiError;

const JSON: &str = "application/json";
/// The maximum size of an error body, in bytes.
const MAX_ERROR: usize = 64 << 10;

/// The access rules of the local API.
#[derive(Clone, Debug)]
pub(super) struct Guard {
    /// The required token. None when callers need none.
    pub(super) token: Option<Arc<str>>,
}

pub(super) async fn check(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let checked = check_host(request.uri(), request.headers())
        .and_then(|()| check_token(&guard, request.uri(), request.headers()));
    match checked {
        Ok(()) => only_our_errors(next.run(request).await).await,
        Err(error) => {
            let mut answer = error.into_response();
            if answer.status() == StatusCode::UNAUTHORIZED {
                let bearer = HeaderValue::from_static("Bearer");
                answer.headers_mut().insert(WWW_AUTHENTICATE, bearer);
            }
            answer
        }
    }
}

/// Converts error responses of the framework, which are plain text, to our JSON errors.
async fn only_our_errors(answer: Response) -> Response {
    let status = answer.status();
    let ours = answer.headers().get(CONTENT_TYPE) == Some(&HeaderValue::from_static(JSON));
    if ours || !(status.is_client_error() || status.is_server_error()) {
        return answer;
    }
    let text = to_bytes(answer.into_body(), MAX_ERROR).await;
    let text = String::from_utf8_lossy(&text.unwrap_or_default()).into_owned();
    ApiError::new(status, "BAD_REQUEST", text).into_response()
}

fn check_host(uri: &Uri, headers: &HeaderMap) -> Result<(), ApiError> {
    let host = uri
        .authority()
        .map(http::uri::Authority::as_str)
        .or_else(|| headers.get(HOST)?.to_str().ok());
    if !host.is_some_and(is_loopback) {
        return Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "FORBIDDEN_HOST",
            "the local API answers to 127.0.0.1, [::1] and localhost only",
        ));
    }
    if headers.contains_key(ORIGIN) {
        return Err(ApiError::new(
            StatusCode::FORBIDDEN,
            "FORBIDDEN_ORIGIN",
            "the local API is not for web pages",
        ));
    }
    Ok(())
}

/// Whether a `Host` names this machine, with or without a port.
fn is_loopback(host: &str) -> bool {
    let Ok(authority) = host.parse::<http::uri::Authority>() else {
        return false;
    };
    let name = authority.host();
    let name = name
        .strip_prefix('[')
        .and_then(|name| name.strip_suffix(']'))
        .unwrap_or(name);
    name.eq_ignore_ascii_case("localhost")
        || name.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn check_token(guard: &Guard, uri: &Uri, headers: &HeaderMap) -> Result<(), ApiError> {
    let open = uri
        .path()
        .strip_prefix(PREFIX)
        .unwrap_or(uri.path())
        .eq("/health");
    let Some(token) = guard.token.as_ref().filter(|_| !open) else {
        return Ok(());
    };
    let given = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .unwrap_or_default();
    if bool::from(given.as_bytes().ct_eq(token.as_bytes())) {
        Ok(())
    } else {
        Err(ApiError::new(
            StatusCode::UNAUTHORIZED,
            "UNAUTHORIZED",
            "send the token of the state file as `Authorization: Bearer …`",
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machines_own_names_are_answered() {
        for host in [
            "127.0.0.1:5550",
            "127.0.0.1",
            "localhost:5550",
            "LOCALHOST",
            "[::1]:5550",
            "127.9.9.9",
        ] {
            assert!(is_loopback(host), "{host}");
        }
        for host in [
            "evil.example",
            "localhost.evil.example:5550",
            "127.0.0.1.nip.io",
            "evil@127.0.0.1x",
            "0.0.0.0",
            "10.0.0.1",
            "",
        ] {
            assert!(!is_loopback(host), "{host}");
        }
    }
}
