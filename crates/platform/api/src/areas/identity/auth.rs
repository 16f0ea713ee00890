//! Sign-in, sign-out and the sessions of a user.

use axum::response::Response;
#[cfg(feature = "dev")]
use futures_util::TryFutureExt;
use http::header;
use prox_core::session::{clear_cookie, cookie_name};
use prox_types::{ErrorCode, Page, Provider, Providers, Session};

use super::organizations::new_organization;
use crate::areas::search::of_named;
#[cfg(feature = "dev")]
use crate::areas::with_free_slug;
use crate::http::access::SignedIn;
use crate::http::call::Call;
use crate::http::path::{Paging, Path, Query, SessionPath};
use crate::http::problem::ApiError;
use crate::http::reply;

/// Lists the ways to sign in that this deployment offers.
#[utoipa::path(get, path = "/api/auth/providers", tag = "auth", security(()), responses((status = 200, body = Providers)))]
pub(crate) async fn list_providers(call: Call) -> Result<Response, ApiError> {
    let google = call.ports().config.google.as_ref().map(|_| Provider {
        id: String::from("google"),
        name: String::from("Google"),
        url: Some(String::from("/api/auth/google")),
    });
    let dev = cfg!(feature = "dev").then(|| Provider {
        id: String::from("dev"),
        name: String::from("Development"),
        url: None,
    });
    reply::json_response(&Providers {
        items: google.into_iter().chain(dev).collect(),
    })
}

/// Signs in by email address alone, and creates the user when there is none. Ends the session of the
/// cookie. Development only.
#[cfg(feature = "dev")]
pub(crate) async fn development_sign_in(
    crate::http::access::SigningIn(caller): crate::http::access::SigningIn,
    headers: http::HeaderMap,
    crate::http::body::Json(body): crate::http::body::Json<prox_types::DevSignIn>,
) -> Result<Response, ApiError> {
    let ports = caller.call.ports();
    // Otherwise a form on a foreign page could sign its visitor in as somebody else.
    let sender = headers
        .get(header::ORIGIN)
        .map(|v| v.to_str().unwrap_or_default());
    if sender.is_some() && !prox_core::origin::is_same_origin(sender, &ports.config.app_origin) {
        return Err(ErrorCode::CrossSite.into());
    }
    let email = ascii_email(&body.email, &*ports.unicode)?;
    let name = body.name.unwrap_or_else(|| local_part(&email));
    let write = || {
        let (sign_in, token) = prepare_sign_in(ports, &headers, &name, &email);
        let statement = prox_db::account::development_sign_in(sign_in, email.clone(), name.clone());
        caller.run(statement).map_ok(|answer| (answer, token))
    };
    let (answer, token) = with_free_slug(true, write).await?;
    let mut response = reply::one(http::StatusCode::OK, answer);
    give_session(&mut response, ports, &token);
    Ok(response)
}

/// The part of an email address before the `@`, which is a user's name until they choose one.
pub(crate) fn local_part(email: &str) -> String {
    email.split('@').next().unwrap_or_default().to_owned()
}

/// An email address in lower case, its host in ASCII (IDNA).
///
/// # Errors
/// When the host is not a hostname.
pub(crate) fn ascii_email(
    email: &str,
    unicode: &dyn prox_integrations::unicode::Unicode,
) -> Result<String, ApiError> {
    let email = email.to_lowercase();
    if email.is_ascii() {
        return Ok(email);
    }
    let (name, host) = email.split_once('@').unwrap_or((&email, ""));
    let host = prox_integrations::unicode::parse_url(&format!("https://{host}/"), None, unicode)
        .and_then(|url| url.host_str().map(str::to_owned))
        .map(|host| format!("{name}@{host}"))
        .filter(|email| prox_types::is_email(email));
    host.ok_or_else(|| ApiError::field("email", "must be one address like ada@example.com"))
}

/// Prepares what every sign-in stores, with the token of the new session.
pub(crate) fn prepare_sign_in(
    ports: &crate::ports::Ports,
    headers: &http::HeaderMap,
    name: &str,
    email: &str,
) -> (prox_db::account::SignIn, prox_core::session::SessionToken) {
    use prox_core::session::{SESSION_LIFETIME, SessionToken, secret_hash};

    let token = SessionToken {
        id: ports.id(),
        secret: ports.secret(),
    };
    let handles = prox_core::slug::handle_candidates(name, email, &ports.secret(), &|text| {
        ports.unicode.decompose(text)
    });
    let user_agent = headers
        .get(header::USER_AGENT)
        .and_then(|v| v.to_str().ok());
    let sign_in = prox_db::account::SignIn {
        user: ports.id(),
        user_terms: of_named(Some(name), Some(email), &*ports.unicode),
        organization: new_organization(ports),
        handles: handles.into_iter().map(|slug| slug.to_string()).collect(),
        session: token.id,
        secret_hash: secret_hash(&token.secret),
        user_agent: user_agent.map(|text| text.chars().take(200).collect()),
        expires_at: ports
            .clock
            .now()
            .saturating_add(SESSION_LIFETIME)
            .unwrap_or(ports.clock.now()),
    };
    (sign_in, token)
}

/// Sets the session cookie.
pub(crate) fn give_session(
    response: &mut Response,
    ports: &crate::ports::Ports,
    token: &prox_core::session::SessionToken,
) {
    use prox_core::session::{SESSION_LIFETIME, set_cookie};

    let secure = ports.config.secure();
    let cookie = set_cookie(
        cookie_name(secure),
        &token.to_string(),
        SESSION_LIFETIME.as_secs(),
        secure,
    );
    reply::set(response, header::SET_COOKIE, &cookie);
}

/// Ends this session and deletes its cookie.
#[utoipa::path(post, path = "/api/auth/sign-out", tag = "auth", responses((status = 204, description = "Signed out")))]
pub(crate) async fn sign_out(person: SignedIn) -> Result<Response, ApiError> {
    match person.run(prox_db::account::revoke_session(None)).await {
        Ok(_) => {}
        // The session ended already; the cookie is still deleted.
        Err(error) if matches!(error.code, ErrorCode::NotFound | ErrorCode::Unauthenticated) => {}
        Err(error) => return Err(error),
    }
    let secure = person.call.ports().config.secure();
    let mut response = reply::no_content();
    reply::set(
        &mut response,
        header::SET_COOKIE,
        &clear_cookie(cookie_name(secure), secure),
    );
    Ok(response)
}

/// Lists the sessions of the signed-in user, newest first.
#[utoipa::path(get, path = "/api/auth/sessions", tag = "auth", params(Paging), responses((status = 200, body = Page<Session>)))]
pub(crate) async fn list_sessions(
    person: SignedIn,
    Query(paging): Query<Paging>,
) -> Result<Response, ApiError> {
    let page = reply::page("sessions", &paging)?;
    Ok(reply::list(
        "sessions",
        person.run(prox_db::account::sessions(page)).await?,
    ))
}

/// Ends a session of the signed-in user; its sockets close at once.
#[utoipa::path(delete, path = "/api/auth/sessions/{session}", tag = "auth", params(SessionPath), responses((status = 204, description = "Ended")))]
pub(crate) async fn revoke_session(
    person: SignedIn,
    Path(SessionPath { session }): Path<SessionPath>,
) -> Result<Response, ApiError> {
    person
        .run(prox_db::account::revoke_session(Some(session)))
        .await?;
    Ok(reply::no_content())
}
